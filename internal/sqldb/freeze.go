package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ErrWriting says that somebody else writes, so that the rows cannot be frozen.
var ErrWriting = errors.New("sqldb: somebody is writing to the database")

// Freeze runs fn, which only reads, while nobody may write: not even another process. It is for
// those who carry the whole database elsewhere. Writers wait and are then told to try again.
func (db *DB) Freeze(ctx context.Context, fn func(tx *Tx) error) error {
	if db.engine == Postgres {
		return db.freezePostgres(ctx, fn)
	}
	pool, err := sqlitePool(db.path, true)
	if err != nil {
		return err
	}
	// The transaction is immediate: it holds the file's one permission to write until it is rolled back.
	std, err := pool.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return errors.Join(fmt.Errorf("%w: %w", ErrWriting, err), pool.Close())
	}
	err = db.reading(std, fn)
	return errors.Join(err, std.Rollback(), pool.Close())
}

func (db *DB) freezePostgres(ctx context.Context, fn func(tx *Tx) error) error {
	tables, err := db.Tables(ctx)
	if err != nil {
		return err
	}
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = pgx.Identifier{t.Name}.Sanitize()
	}
	conn, err := db.read.Conn(ctx)
	if err != nil {
		return fmt.Errorf("sqldb: connect: %w", err)
	}
	defer func() { _ = conn.Close() }()
	std, err := conn.BeginTx(context.WithoutCancel(ctx), &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return fmt.Errorf("sqldb: begin: %w", err)
	}
	defer func() { _ = std.Rollback() }()
	// Safety: the names come from the server's own catalogue. Long tables may take longer than a page may.
	for _, text := range []string{"SET LOCAL lock_timeout = '5s'", "SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0",
		"LOCK TABLE " + strings.Join(names, ", ") + " IN SHARE MODE"} {
		_, err := std.ExecContext(ctx, text)
		if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == "55P03" {
			return fmt.Errorf("%w: %w", ErrWriting, err)
		}
		if err != nil {
			return fmt.Errorf("sqldb: freeze: %w", err)
		}
	}
	return db.reading(std, fn)
}

// reading gives fn a transaction of its own and takes it back.
func (db *DB) reading(std *sql.Tx, fn func(tx *Tx) error) error {
	tx := &Tx{Now: db.Now(), q: std}
	defer tx.over.Store(true)
	return fn(tx)
}
