package sqldb_test

import (
	"context"
	"database/sql"
	"os"
	"strings"
	"testing"

	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// fixture returns a database with the tables of testdata beside those of the migrations.
func fixture(tb testing.TB, engine sqldb.Engine, change ...func(*sqldb.Options)) *sqldb.DB {
	tb.Helper()
	o := sqldb.Options{URL: fixtureURL(tb, engine)}
	for _, c := range change {
		c(&o)
	}
	return sqldbtest.OpenURL(tb, o)
}

func fixtureURL(tb testing.TB, engine sqldb.Engine) string {
	tb.Helper()
	app, owner := sqldbtest.Database(tb, engine)
	script, err := os.ReadFile("testdata/" + string(engine) + ".sql")
	if err != nil {
		tb.Fatal(err)
	}
	pool := ownerPool(tb, engine, owner)
	for text := range strings.SplitSeq(string(script), "-- next") {
		if _, err := pool.Exec(text); err != nil {
			tb.Fatalf("%s: %v", text, err)
		}
	}
	return app
}

func ownerPool(tb testing.TB, engine sqldb.Engine, owner string) *sql.DB {
	tb.Helper()
	driver, address := "pgx", owner
	if engine == sqldb.SQLite {
		driver, address = "sqlite", "file:"+strings.TrimPrefix(owner, "sqlite:")+"?_pragma=journal_mode(WAL)"
	}
	pool, err := sql.Open(driver, address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := pool.Close(); err != nil {
			tb.Errorf("close the owner's pool: %v", err)
		}
	})
	return pool
}

// both runs fn on both engines, with the tables of testdata.
func both(t *testing.T, fn func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	for _, engine := range sqldbtest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			fn(t, fixture(t, engine))
		})
	}
}

func addSlot(t testing.TB, db *sqldb.DB, id string, capacity int) {
	t.Helper()
	if err := db.Update(t.Context(), insertSlot(t.Context(), id, capacity)); err != nil {
		t.Fatalf("insert slot %s: %v", id, err)
	}
}

func insertSlot(ctx context.Context, id string, capacity int) func(tx *sqldb.Tx) error {
	return func(tx *sqldb.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO t_slot (id, capacity) VALUES ($1, $2)", id, capacity)
		return err
	}
}

func count(t testing.TB, db *sqldb.DB, query string, args ...any) int {
	t.Helper()
	var n int
	err := db.View(t.Context(), func(tx *sqldb.Tx) error {
		return tx.QueryRowContext(t.Context(), query, args...).Scan(&n)
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}
