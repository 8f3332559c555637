package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"
)

// Engine is which of the two databases a DB runs on.
type Engine string

// The two engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Options say which database to open and how.
type Options struct {
	// URL is "sqlite:/path/file.db" or "postgres://user@host/name".
	URL string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Log receives slow functions, panics and the stop after a disk error; nil is slog.Default.
	Log *slog.Logger
	// Readers is how many may read at once on SQLite, and how many connections PostgreSQL may use in
	// all; 0 chooses.
	Readers int
	// SlowFunc is how long a function may hold a transaction before the log names it; 0 is 200 ms.
	SlowFunc time.Duration
	// AnySchema opens a schema of another version too: for a copy of it before it is migrated, and
	// for those who look at what is wrong. Services never do.
	AnySchema bool
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine Engine
	path   string // SQLite only: the file
	any    bool   // the schema may be of another version
	now    func() time.Time
	log    *slog.Logger
	slow   time.Duration
	read   *sql.DB // SQLite: the readers; PostgreSQL: everything
	group  *group  // SQLite only
	count  counters
}

type counters struct{ updates, commits, retries atomic.Int64 }

// Stats counts since Open.
type Stats struct {
	// Updates is how many calls of Update succeeded.
	Updates int64
	// Commits is how many transactions carried them: on SQLite each is one fsync.
	Commits int64
	// Retries is how many times a function ran again.
	Retries int64
}

// Open opens the database and checks that its schema is the one of this program: [ErrNotMigrated] and
// [ErrNewerSchema] say otherwise. It never changes the schema.
func Open(ctx context.Context, o Options) (*DB, error) {
	o = o.filled()
	engine, _, err := splitURL(o.URL)
	if err != nil {
		return nil, err
	}
	db := &DB{engine: engine, any: o.AnySchema, now: o.Now, log: o.Log, slow: o.SlowFunc}
	if engine == SQLite {
		err = db.openSQLite(ctx, o)
	} else {
		err = db.openPostgres(ctx, o)
	}
	if err != nil {
		return nil, err
	}
	return db, nil
}

func (o Options) filled() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Readers <= 0 {
		o.Readers = max(4, 2*runtime.NumCPU())
	}
	if o.SlowFunc <= 0 {
		o.SlowFunc = 200 * time.Millisecond
	}
	return o
}

// splitURL returns the engine and what its driver wants: a path or the whole address.
func splitURL(url string) (Engine, string, error) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		path = strings.TrimPrefix(path, "//")
		if path == "" || strings.ContainsAny(path, "?#") {
			return "", "", errors.New("sqldb: a SQLite address is sqlite:/path/file.db")
		}
		return SQLite, path, nil
	}
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		return Postgres, url, nil
	}
	return "", "", errors.New("sqldb: an address begins with sqlite: or postgres://")
}

// Engine returns which database this is. Only diagnostics ask.
func (db *DB) Engine() Engine { return db.engine }

// Now returns the instant, UTC, to the microsecond. Inside a transaction use Tx.Now.
func (db *DB) Now() time.Time { return db.now().UTC().Truncate(time.Microsecond) }

// Stats returns what was counted since Open.
func (db *DB) Stats() Stats {
	return Stats{Updates: db.count.updates.Load(), Commits: db.count.commits.Load(), Retries: db.count.retries.Load()}
}

// Ping says whether the database answers and, on SQLite, still writes.
func (db *DB) Ping(ctx context.Context) error {
	if db.group != nil && db.group.stopped() != nil {
		return ErrStopped
	}
	if err := db.read.PingContext(ctx); err != nil {
		return fmt.Errorf("sqldb: ping: %w", err)
	}
	return nil
}

// Close waits for the transaction under way and closes. Later calls answer [ErrClosed] or the like.
func (db *DB) Close() error {
	err := db.read.Close()
	if db.group != nil {
		err = errors.Join(err, db.group.close())
	}
	if err != nil {
		return fmt.Errorf("sqldb: close: %w", err)
	}
	return nil
}

// View runs fn in a read-only transaction that sees one state of the data.
func (db *DB) View(ctx context.Context, fn func(tx *Tx) error) error {
	opts := &sql.TxOptions{ReadOnly: true}
	if db.engine == Postgres {
		opts.Isolation = sql.LevelRepeatableRead
	}
	return db.inTx(ctx, opts, fn)
}

// Update runs fn in a transaction and returns after it is durable. All of fn happens or nothing of it,
// as if it had been alone. fn may run twice, and never calls Update itself, which on SQLite would wait
// for it for ever: see the package comment.
func (db *DB) Update(ctx context.Context, fn func(tx *Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if db.group != nil {
		return db.group.update(ctx, fn)
	}
	return db.updatePostgres(ctx, fn)
}

// inTx runs fn once in one transaction of the pool.
func (db *DB) inTx(ctx context.Context, opts *sql.TxOptions, fn func(tx *Tx) error) (err error) {
	conn, err := db.read.Conn(ctx)
	if err != nil {
		return fmt.Errorf("sqldb: connect: %w", err)
	}
	defer conn.Close()
	// A context that ends in the middle would close the connection; statements still see the caller's.
	std, err := conn.BeginTx(context.WithoutCancel(ctx), opts)
	if err != nil {
		return fmt.Errorf("sqldb: begin: %w", err)
	}
	defer func() {
		if p := recover(); p != nil {
			err = db.panicked(p)
		}
		if r := std.Rollback(); r != nil && !errors.Is(r, sql.ErrTxDone) && err == nil {
			err = fmt.Errorf("sqldb: rollback: %w", r)
		}
	}()
	begun := time.Now()
	tx := &Tx{Now: db.Now(), q: std}
	err = fn(tx)
	tx.over.Store(true)
	db.noteSlow(fn, time.Since(begun))
	if err == nil || isRival(tx.failed) {
		err = errors.Join(err, tx.failed)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return err
	}
	if err := std.Commit(); err != nil {
		return fmt.Errorf("sqldb: commit: %w", err)
	}
	return nil
}

// panicked logs the stack of a panic and returns the error its caller gets.
func (db *DB) panicked(p any) error {
	db.log.Error("panic in a transaction", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	return fmt.Errorf("%w: %v", ErrPanic, p)
}

func (db *DB) noteSlow(fn func(tx *Tx) error, took time.Duration) {
	if took > db.slow {
		db.log.Warn("slow transaction", "func", funcName(fn), "ms", took.Milliseconds())
	}
}
