package backup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"capillare/internal/backup"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// plant puts rows of every kind of column: text with a marker's beginning, booleans, JSON, days,
// instants, NULLs, bytes, a generated column.
func plant(t *testing.T, db *sqldb.DB) {
	t.Helper()
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		now := sqldb.At(tx.Now)
		for _, s := range []struct {
			sql  string
			args []any
		}{
			{`INSERT INTO identity_account (id, email, name, password_hash, must_change, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
				[]any{"a1", "ada@example.org", "Ada \u00e8 \"qui\"\n; b: {x}", "x", true, now}},
			{`INSERT INTO identity_session (token_hash, account_id, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $3, $3)`,
				[]any{"hash", "a1", now}},
			{`INSERT INTO audit_entry (id, at, actor_id, actor_role, action, subject, subject_id, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
				[]any{"e1", now, "a1", "region", "points.hours", "point", "p1", sqldb.RawJSON(`{"b": 1,   "a": [1, 2.5, null]}`)}},
			{`INSERT INTO territory_region (code, name) VALUES ($1, $2)`, []any{"17", "Basilicata"}},
			{`INSERT INTO territory_province (code, abbr, name, region_code) VALUES ($1, $2, $3, $4)`, []any{"077", "MT", "Matera", "17"}},
			{`INSERT INTO territory_municipality (belfiore, name, search, province_code, region_code, lat, lon, capital) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
				[]any{"A196", "Aliano", "aliano", "077", "17", 40.313, 16.228, false}},
			{`INSERT INTO register_citizen (id, identified_by, tax_code_key, tax_code_cipher, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)`,
				[]any{"c1", "tax_code", "00ff", []byte{0, 1, 2, 255}, now, now}},
		} {
			if _, err := tx.ExecContext(t.Context(), s.sql, s.args...); err != nil {
				return fmt.Errorf("%s: %w", s.sql, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestACopyOfOneEngineIsRestoredInTheOther(t *testing.T) {
	t.Parallel()
	for _, from := range sqldbtest.Engines() {
		for _, to := range sqldbtest.Engines() {
			t.Run(fmt.Sprintf("%s to %s", from, to), func(t *testing.T) {
				t.Parallel()
				source, place := sqldbtest.Open(t, from), sqldbtest.Open(t, to)
				plant(t, source)
				key, created, err := backup.LoadOrCreateKey(filepath.Join(t.TempDir(), "sub", "backup.key"))
				if err != nil || !created {
					t.Fatalf("LoadOrCreateKey = created %v, %v", created, err)
				}
				var copied bytes.Buffer
				wrote, err := backup.Write(t.Context(), source, key.Recipient(), &copied)
				if err != nil {
					t.Fatal(err)
				}
				if bytes.Contains(copied.Bytes(), []byte("ada@example.org")) {
					t.Error("the copy can be read without its key")
				}
				read, err := backup.Restore(t.Context(), place, key, bytes.NewReader(copied.Bytes()))
				if err != nil {
					t.Fatal(err)
				}
				if read.Rows != wrote.Rows || read.Rows != 6 {
					t.Errorf("restored %d rows of %d, want 6", read.Rows, wrote.Rows)
				}
				if n := sessions(t, place); n != 0 {
					t.Errorf("%d sessions were restored, want nobody signed in", n)
				}
				if name := accountName(t, place); name != "Ada \u00e8 \"qui\"\n; b: {x}" {
					t.Errorf("restored name = %q", name)
				}
				if _, err := backup.Restore(t.Context(), place, key, bytes.NewReader(copied.Bytes())); !errors.Is(err, backup.ErrNotEmpty) {
					t.Errorf("Restore over a network = %v, want ErrNotEmpty", err)
				}
			})
		}
	}
}

func sessions(t *testing.T, db *sqldb.DB) (n int) {
	t.Helper()
	err := db.View(t.Context(), func(tx *sqldb.Tx) error {
		return tx.QueryRowContext(t.Context(), `SELECT count(*) FROM identity_session`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func accountName(t *testing.T, db *sqldb.DB) (name string) {
	t.Helper()
	err := db.View(t.Context(), func(tx *sqldb.Tx) error {
		return tx.QueryRowContext(t.Context(), `SELECT name FROM identity_account WHERE id = $1`, "a1").Scan(&name)
	})
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func TestADamagedCopyIsRefused(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		plant(t, db)
		dir := t.TempDir()
		key, _, err := backup.LoadOrCreateKey(filepath.Join(dir, "one"))
		if err != nil {
			t.Fatal(err)
		}
		other, _, err := backup.LoadOrCreateKey(filepath.Join(dir, "two"))
		if err != nil {
			t.Fatal(err)
		}
		var copied bytes.Buffer
		if _, err := backup.Write(context.Background(), db, key.Recipient(), &copied); err != nil {
			t.Fatal(err)
		}
		place := sqldbtest.Open(t, db.Engine())
		if _, err := backup.Restore(t.Context(), place, other, bytes.NewReader(copied.Bytes())); !errors.Is(err, backup.ErrWrongKey) {
			t.Errorf("Restore with another key = %v, want ErrWrongKey", err)
		}
		cut := copied.Bytes()[:copied.Len()-20]
		if _, err := backup.Restore(t.Context(), place, key, bytes.NewReader(cut)); err == nil {
			t.Error("a truncated copy was restored without a word")
		}
	})
}
