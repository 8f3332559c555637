package sqldbtest

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"capillare/internal/sqldb"
)

// Engines are the two, in the order tests name them.
func Engines() []sqldb.Engine { return []sqldb.Engine{sqldb.SQLite, sqldb.Postgres} }

// Run runs fn in a parallel subtest for each engine, on a fresh database with the clock of the machine.
func Run(t *testing.T, fn func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	each(t, func(t *testing.T, engine sqldb.Engine) {
		fn(t, open(t, engine, nil))
	})
}

// RunAt is Run with a clock that stands at start until the test moves it.
func RunAt(t *testing.T, start time.Time, fn func(t *testing.T, db *sqldb.DB, clock *Clock)) {
	t.Helper()
	each(t, func(t *testing.T, engine sqldb.Engine) {
		clock := NewClock(start)
		fn(t, open(t, engine, clock.Now), clock)
	})
}

func each(t *testing.T, fn func(t *testing.T, engine sqldb.Engine)) {
	t.Helper()
	for _, engine := range Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			fn(t, engine)
		})
	}
}

// Open returns a fresh database of one engine, closed at the end of the test or benchmark.
func Open(tb testing.TB, engine sqldb.Engine) *sqldb.DB {
	tb.Helper()
	return open(tb, engine, nil)
}

// OpenAt is Open with a clock that stands until the test moves it.
func OpenAt(tb testing.TB, engine sqldb.Engine, clock *Clock) *sqldb.DB {
	tb.Helper()
	return open(tb, engine, clock.Now)
}

func open(tb testing.TB, engine sqldb.Engine, now func() time.Time) *sqldb.DB {
	tb.Helper()
	app, _ := Database(tb, engine)
	return OpenURL(tb, sqldb.Options{URL: app, Now: now})
}

// OpenURL opens what Database made, with options of the test's own. The log goes to the test's.
func OpenURL(tb testing.TB, o sqldb.Options) *sqldb.DB {
	tb.Helper()
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(tb.Output(), nil))
	}
	db, err := sqldb.Open(context.Background(), o)
	if err != nil {
		tb.Fatalf("Open(%s) = %v, want a database", o.URL, err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("Close() = %v, want nil", err)
		}
	})
	return db
}

// Database makes a fresh, migrated database and returns the addresses of the application role and of the
// owner; on SQLite they are the same.
func Database(tb testing.TB, engine sqldb.Engine) (app, owner string) {
	tb.Helper()
	if engine == sqldb.Postgres {
		return postgresDatabase(tb, false)
	}
	body, err := sqliteTemplate()
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(tb.TempDir(), "test.db")
	if err := os.WriteFile(path, body, 0o600); err != nil {
		tb.Fatal(err)
	}
	return "sqlite:" + path, "sqlite:" + path
}

// Empty makes a database without tables and returns the addresses as Database does. Migrate it for AppRole.
func Empty(tb testing.TB, engine sqldb.Engine) (app, owner string) {
	tb.Helper()
	if engine == sqldb.Postgres {
		return postgresDatabase(tb, true)
	}
	path := filepath.Join(tb.TempDir(), "empty.db")
	return "sqlite:" + path, "sqlite:" + path
}

// AppRole is the application role of the databases of tests on PostgreSQL.
const AppRole = appRole

// sqliteTemplate is the migrated file, made once in a process and kept in memory.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "capillare-template-")
	if err != nil {
		return nil, fmt.Errorf("sqldbtest: template: %w", err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	if _, err := sqldb.Migrate(context.Background(), "sqlite:"+path, "", nil); err != nil {
		return nil, err
	}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		return nil, fmt.Errorf("sqldbtest: template: the log was not moved into the file")
	}
	return os.ReadFile(path)
})

// Clock is a clock that stands until it is moved. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that stands at start.
func NewClock(start time.Time) *Clock { return &Clock{now: start} }

// Now returns where the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock to t.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// Add moves the clock by d.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
