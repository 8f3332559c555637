package sqldb_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/testkit"

	"modernc.org/sqlite"
)

// relic is a row of an older version, put in as soon as its table is there.
type relic struct {
	since      int64
	table, sql string
}

func relics() []relic {
	return []relic{
		{2, "audit_entry", `INSERT INTO audit_entry (id, at, actor_id, actor_role, action, subject, subject_id, detail)
			VALUES ('e1', '2026-01-02T03:04:05.000006Z', 'a1', 'region', 'points.hours', 'point', 'p1', '{}')`},
		{3, "identity_account", `INSERT INTO identity_account (id, email, name, password_hash, created_at)
			VALUES ('a1', 'ada@example.org', 'Ada', 'x', '2026-01-02T03:04:05.000006Z')`},
		{4, "territory_region", `INSERT INTO territory_region (code, name) VALUES ('17', 'Basilicata')`},
		{4, "territory_province", `INSERT INTO territory_province (code, abbr, name, region_code) VALUES ('077', 'MT', 'Matera', '17')`},
		{4, "territory_municipality", `INSERT INTO territory_municipality (belfiore, name, search, province_code, region_code, lat, lon)
			VALUES ('A196', 'Aliano', 'aliano', '077', '17', 40.313, 16.228)`},
		{5, "orgs_body", `INSERT INTO orgs_body (id, kind, name, search, created_at) VALUES ('b1', 'municipality', 'Comune di Aliano', 'comune aliano', '2026-01-02T03:04:05.000006Z')`},
		{7, "points_point", `INSERT INTO points_point (id, code, official_name, public_name, search, kind, managing_body_id, state, created_at)
			VALUES ('p1', 'ALI-01', 'PDF Aliano', 'Aliano', 'aliano', 'fixed', 'b1', 'open', '2026-01-02T03:04:05.000006Z')`},
		{7, "points_address", `INSERT INTO points_address (id, point_id, position, belfiore) VALUES ('d1', 'p1', 1, 'A196')`},
	}
}

// olderSchema makes a database at version with the rows that it could hold, and returns the counts.
func olderSchema(t *testing.T, engine sqldb.Engine, version int64) (url string, rows map[string]int) {
	t.Helper()
	_, url = sqldbtest.Empty(t, engine)
	if _, err := sqldb.MigrateTo(t.Context(), url, sqldb.Target{Version: version}); err != nil {
		t.Fatal(err)
	}
	rows = map[string]int{}
	pool := ownerPool(t, engine, url)
	for _, r := range relics() {
		if r.since > version {
			continue
		}
		if _, err := pool.Exec(r.sql); err != nil {
			t.Fatalf("%s at version %d: %v", r.table, version, err)
		}
		rows[r.table]++
	}
	return url, rows
}

func versionsOf(t *testing.T, engine sqldb.Engine) (all []int64) {
	t.Helper()
	files, err := sqldb.Migrations(engine)
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		number, err := strconv.ParseInt(name[:5], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, number)
	}
	slices.Sort(all)
	return all
}

func requireRows(t *testing.T, pool *sql.DB, want map[string]int) {
	t.Helper()
	for table, n := range want {
		var got int
		if err := pool.QueryRow("SELECT count(*) FROM " + table).Scan(&got); err != nil || got != n {
			t.Errorf("%s has %d rows (%v) after the upgrade, want %d", table, got, err, n)
		}
	}
}

func TestEveryEarlierSchemaBecomesTheNewest(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	for _, engine := range sqldbtest.Engines() {
		for _, version := range versionsOf(t, engine) {
			t.Run(fmt.Sprintf("%s/%d", engine, version), func(t *testing.T) {
				t.Parallel()
				url, rows := olderSchema(t, engine, version)
				if _, err := sqldb.Migrate(t.Context(), url, "", nil); err != nil {
					t.Fatalf("Migrate() from version %d = %v, want nil", version, err)
				}
				requireRows(t, ownerPool(t, engine, url), rows)
				db := sqldbtest.OpenURL(t, sqldb.Options{URL: url})
				if have, want, err := db.SchemaVersion(t.Context()); have != want || err != nil {
					t.Errorf("SchemaVersion() = %d of %d, %v", have, want, err)
				}
			})
		}
	}
}

// envKilled holds the address that a child process migrates, envKillAt the file in whose middle or at
// whose end it is killed.
const (
	envKilled = "SQLDB_TEST_KILLED"
	envKillAt = "SQLDB_TEST_KILL_AT"
)

// A migration is killed in the middle of each file and just before its commit: what was there is there
// still, and the next start goes on.
func TestKillNineInEachMigration(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	if url := os.Getenv(envKilled); url != "" {
		migrateAndDie(t, url, os.Getenv(envKillAt))
		return
	}
	for _, engine := range sqldbtest.Engines() {
		all := versionsOf(t, engine)
		for i, version := range all[1:] {
			from := all[i]
			t.Run(fmt.Sprintf("%s/%d", engine, version), func(t *testing.T) {
				t.Parallel()
				url, rows := olderSchema(t, engine, from)
				places := []string{"middle", "end"}
				if engine == sqldb.Postgres {
					places = places[1:] // the server undoes whatever was not committed, wherever it stopped
				}
				for _, where := range places {
					cmd := exec.Command(os.Args[0], "-test.run=^TestKillNineInEachMigration$")
					cmd.Env = append(os.Environ(), envKilled+"="+url, fmt.Sprintf("%s=%d %s", envKillAt, version, where))
					out, err := cmd.CombinedOutput()
					if died, ok := err.(*exec.ExitError); !ok || died.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
						t.Fatalf("the child ended with %v, want it killed:\n%s", err, out)
					}
					pool := ownerPool(t, engine, url)
					requireRows(t, pool, rows)
					var at int64
					if err := pool.QueryRow("SELECT max(version_id) FROM goose_db_version").Scan(&at); err != nil || at != from {
						t.Errorf("after the kill the schema is at %d (%v), want %d", at, err, from)
					}
				}
				if _, err := sqldb.Migrate(t.Context(), url, "", nil); err != nil {
					t.Fatalf("Migrate() after the kills = %v, want nil", err)
				}
				requireRows(t, ownerPool(t, engine, url), rows)
			})
		}
	}
}

// migrateAndDie migrates with a statement planted in one file that kills this process. PostgreSQL cannot
// kill its client: there the statement fails, in the same transaction, and the process then kills itself
// before it can say goodbye to the server.
func migrateAndDie(t *testing.T, url, where string) {
	number, place, _ := strings.Cut(where, " ")
	die := func() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL) }
	engine, statement := sqldb.Postgres, "SELECT 1/0;"
	if strings.HasPrefix(url, "sqlite:") {
		engine, statement = sqldb.SQLite, "SELECT die();"
		sqlite.MustRegisterScalarFunction("die", 0, func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
			die()
			return nil, nil
		})
	}
	version, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	files, err := sqldb.Migrations(engine)
	if err != nil {
		t.Fatal(err)
	}
	err = sqldb.MigrateWith(context.Background(), url, planted(t, files, version, statement, place == "middle"))
	if engine == sqldb.Postgres && err != nil && strings.Contains(err.Error(), "division by zero") {
		die()
		select {}
	}
	t.Fatalf("the migration ended with %v, want its death", err)
}

// planted returns the files with a statement put into one of them, after its first statement or at the end of its Up.
func planted(t *testing.T, files fs.FS, version int64, statement string, middle bool) fs.FS {
	t.Helper()
	all := fstest.MapFS{}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		body, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(body)
		if strings.HasPrefix(name, fmt.Sprintf("%05d", version)) {
			ups, down, found := strings.Cut(text, "-- +goose Down")
			if !found {
				t.Fatalf("%s has no Down", name)
			}
			if first, rest, split := strings.Cut(ups, ";\n"); middle && split && !strings.Contains(first, "StatementBegin") {
				ups = first + ";\n" + statement + "\n" + rest
			} else {
				ups += statement + "\n"
			}
			text = ups + "\n-- +goose Down" + down
		}
		all[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return all
}

func TestNobodyWritesWhatIsFrozen(t *testing.T) {
	t.Parallel()
	for _, engine := range sqldbtest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			url := fixtureURL(t, engine)
			db, other := sqldbtest.OpenURL(t, sqldb.Options{URL: url}), sqldbtest.OpenURL(t, sqldb.Options{URL: url})
			err := db.Freeze(t.Context(), func(tx *sqldb.Tx) error {
				// SQLite gives up by itself after its five seconds, PostgreSQL when the caller leaves.
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				if err := other.Update(ctx, insertSlot(ctx, sqldb.NewID(tx.Now), 1)); err == nil {
					t.Error("Update() of what is frozen = nil, want a refusal")
				}
				return tx.QueryRowContext(t.Context(), "SELECT count(*) FROM t_slot").Scan(new(int))
			})
			if err != nil {
				t.Fatalf("Freeze() = %v, want nil", err)
			}
			if err := other.Update(t.Context(), insertSlot(t.Context(), sqldb.NewID(db.Now()), 1)); err != nil {
				t.Errorf("Update() afterwards = %v, want nil", err)
			}
		})
	}
}
