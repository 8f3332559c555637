package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/stdlib"
)

// retries is how often a transaction is tried again before its caller hears that the store is busy.
const retries = 60

func postgresPool(address string) (*sql.DB, error) {
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		// pgx's own error is left out: it repeats the address, password and all.
		return nil, errors.New("sqldb: the PostgreSQL address cannot be read")
	}
	set := cfg.RuntimeParams
	for name, value := range map[string]string{
		"application_name":                    "capillare",
		"statement_timeout":                   "60s",
		"idle_in_transaction_session_timeout": "60s",
		"timezone":                            "UTC",
	} {
		if set[name] == "" {
			set[name] = value
		}
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 10 * time.Second
	}
	// A caller that gives up cancels its statement and leaves the connection whole: closing it, pgx's
	// default, makes a storm of cancelled pages a storm of new connections.
	cfg.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, CancelRequestDelay: 20 * time.Millisecond, DeadlineDelay: 5 * time.Second}
	}
	return stdlib.OpenDB(*cfg), nil
}

func (db *DB) openPostgres(ctx context.Context, o Options) error {
	pool, err := postgresPool(o.URL)
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(max(o.Readers, 8))
	pool.SetMaxIdleConns(max(o.Readers, 8))
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := db.checkSchema(ctx, pool); err != nil {
		return errors.Join(err, pool.Close())
	}
	db.read = pool
	return nil
}

func (db *DB) updatePostgres(ctx context.Context, fn func(tx *Tx) error) error {
	for try := range retries {
		err := db.inTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable}, fn)
		if err == nil {
			db.count.updates.Add(1)
			db.count.commits.Add(1)
			return nil
		}
		if !isRival(err) {
			return err
		}
		db.count.retries.Add(1)
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
	return fmt.Errorf("%w after %d tries", ErrBusy, retries)
}

// isRival reports whether err is a serialization failure or a deadlock, both cured by trying again.
func isRival(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40001" || e.Code == "40P01")
}

// pause waits a random while that grows with the tries.
func pause(ctx context.Context, try int) error {
	limit := min(time.Millisecond<<min(try, 6), 50*time.Millisecond)
	timer := time.NewTimer(rand.N(limit))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
