package sqldb_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

func TestMigrateTwiceAppliesOnce(t *testing.T) {
	t.Parallel()
	for _, engine := range sqldbtest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			_, owner := sqldbtest.Database(t, engine)
			if n, err := sqldb.Migrate(t.Context(), owner, "", nil); n != 0 || err != nil {
				t.Errorf("Migrate() of a migrated database = %d %v, want 0 nil", n, err)
			}
		})
	}
}

func TestMigrateFromNothing(t *testing.T) {
	t.Parallel()
	url := "sqlite:" + filepath.Join(t.TempDir(), "new folder", "città #1.db")
	if _, err := sqldb.Open(t.Context(), sqldb.Options{URL: url}); err == nil {
		t.Error("Open() of an address with # = nil, want an error")
	}
	url = "sqlite:" + filepath.Join(t.TempDir(), "new folder", "città.db")
	if _, err := sqldb.Open(t.Context(), sqldb.Options{URL: url}); !errors.Is(err, sqldb.ErrNotMigrated) {
		t.Errorf("Open() before Migrate() = %v, want %v", err, sqldb.ErrNotMigrated)
	}
	n, err := sqldb.Migrate(t.Context(), url, "", nil)
	if n == 0 || err != nil {
		t.Fatalf("Migrate() = %d %v, want some and nil", n, err)
	}
	info, err := os.Stat(url[len("sqlite:"):])
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v (%v), want 0600", info.Mode(), err)
	}
	sqldbtest.OpenURL(t, sqldb.Options{URL: url})
}

func TestOpenRefusesAnotherSchema(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, change string
		want         error
	}{
		{"newer", "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)", sqldb.ErrNewerSchema},
		{"older", "DELETE FROM goose_db_version WHERE version_id > 0", sqldb.ErrNotMigrated},
		{"none", "DROP TABLE goose_db_version", sqldb.ErrNotMigrated},
	}
	for _, tt := range tests {
		for _, engine := range sqldbtest.Engines() {
			t.Run(tt.name+"/"+string(engine), func(t *testing.T) {
				t.Parallel()
				app, owner := sqldbtest.Database(t, engine)
				if _, err := ownerPool(t, engine, owner).Exec(tt.change); err != nil {
					t.Fatal(err)
				}
				if _, err := sqldb.Open(t.Context(), sqldb.Options{URL: app}); !errors.Is(err, tt.want) {
					t.Errorf("Open() = %v, want %v", err, tt.want)
				}
				if tt.want != sqldb.ErrNewerSchema {
					return
				}
				if _, err := sqldb.Migrate(t.Context(), owner, "", nil); !errors.Is(err, tt.want) {
					t.Errorf("Migrate() = %v, want %v", err, tt.want)
				}
			})
		}
	}
}

func TestTheApplicationRoleMayNotChangeTheSchema(t *testing.T) {
	t.Parallel()
	db := fixture(t, sqldb.Postgres)
	for _, text := range []string{
		"DROP TABLE goose_db_version", "DELETE FROM goose_db_version", "CREATE TABLE mine (id integer)", "ALTER TABLE t_slot ADD more text",
	} {
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.ExecContext(t.Context(), text)
			return err
		})
		if err == nil {
			t.Errorf("%s as the application role = nil, want a refusal", text)
		}
	}
}

func TestOpenRefusesAddressesItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "sqlite:", "mysql://x", "/a/path.db", "sqlite:/a?mode=memory", "postgres://%zz"} {
		if db, err := sqldb.Open(t.Context(), sqldb.Options{URL: url}); err == nil {
			t.Errorf("Open(%q) = %v nil, want an error", url, db)
		}
	}
}

// The group of package sqldb rests on these: see its comment.
func TestMigrationsKeepTheContractOfTheGroup(t *testing.T) {
	t.Parallel()
	never := regexp.MustCompile(`(?i)\b(DEFERRABLE|RAISE\s*\(\s*ROLLBACK|ON\s+CONFLICT\s+ROLLBACK)\b`)
	files, err := filepath.Glob("migrations/*/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("migrations: %d files, %v", len(files), err)
	}
	comment := regexp.MustCompile(`--[^\n]*`)
	for _, name := range files {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := never.Find(comment.ReplaceAll(body, nil)); found != nil {
			t.Errorf("%s says %s: the group of SQLite cannot keep its promises with it", name, found)
		}
	}
}
