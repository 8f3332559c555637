package backup_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"

	"capillare/internal/backup"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// corrected puts a service and its correction, and then changes the first.
func corrected(t *testing.T, db *sqldb.DB) {
	t.Helper()
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		now := sqldb.At(tx.Now)
		for _, s := range []string{
			`INSERT INTO orgs_body (id, name, search, kind, created_at) VALUES ('b', 'B', 'b', 'other', $1)`,
			`INSERT INTO funding_programme (id, code, name, starts_on, ends_on, created_at) VALUES ('p', 'P', 'P', '2026-07-01', '2027-12-31', $1)`,
			`INSERT INTO funding_project (id, programme_id, body_id, code, name, starts_on, ends_on, created_at)
				VALUES ('j', 'p', 'b', 'J', 'J', '2026-07-01', '2027-12-31', $1)`,
			`INSERT INTO points_point (id, code, official_name, public_name, search, kind, managing_body_id, state, created_at)
				VALUES ('o', 'O', 'O', 'O', 'o', 'fixed', 'b', 'open', $1)`,
			`INSERT INTO facilitators_facilitator (id, body_id, name, surname, search, from_day, created_at)
				VALUES ('f', 'b', 'F', 'F', 'f', '2026-07-01', $1)`,
			`INSERT INTO territory_municipality (belfiore, name, search, province_code, region_code)
				SELECT 'A187', 'Aliano', 'aliano', '077', '17' WHERE CAST($1 AS text) IS NOT NULL`,
			`INSERT INTO points_address (id, point_id, position, belfiore) SELECT 'a', 'o', 0, 'A187' WHERE CAST($1 AS text) IS NOT NULL`,
		} {
			if err := run(t, tx, s, now); err != nil {
				return err
			}
		}
		const record = `INSERT INTO register_record (id, programme_id, project_id, body_id, point_id, address_id, facilitator_id, corrects,
			day, starts_at, minutes, types, areas, skills, domains, created_at, updated_at)
			VALUES ($2, 'p', 'j', 'b', 'o', 'a', 'f', $3, '2026-11-24', $1, 30, 'A', 'A', '1', 'A', $1, $1)`
		if err := run(t, tx, record, now, "r1", nil); err != nil {
			return err
		}
		return run(t, tx, record, now, "r2", "r1")
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		return run(t, tx, `UPDATE register_record SET outcome = 'part', updated_at = $1 WHERE id = 'r1'`, sqldb.At(tx.Now))
	}); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, tx *sqldb.Tx, statement string, args ...any) error {
	t.Helper()
	if _, err := tx.ExecContext(t.Context(), statement, args...); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

func TestACorrectionIsRestoredAfterWhatItCorrects(t *testing.T) {
	t.Parallel()
	for _, engine := range sqldbtest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			source, place := sqldbtest.Open(t, engine), sqldbtest.Open(t, engine)
			plantPlaces(t, source)
			corrected(t, source)
			key, _, err := backup.LoadOrCreateKey(filepath.Join(t.TempDir(), "backup.key"))
			if err != nil {
				t.Fatal(err)
			}
			var copied bytes.Buffer
			if _, err := backup.Write(t.Context(), source, key.Recipient(), &copied); err != nil {
				t.Fatal(err)
			}
			if _, err := backup.Restore(t.Context(), place, key, &copied); err != nil {
				t.Errorf("Restore(a service and its correction) = %v, want nil", err)
			}
		})
	}
}

func plantPlaces(t *testing.T, db *sqldb.DB) {
	t.Helper()
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		if err := run(t, tx, `INSERT INTO territory_region (code, name) VALUES ('17', 'Basilicata')`); err != nil {
			return err
		}
		return run(t, tx, `INSERT INTO territory_province (code, abbr, name, region_code) VALUES ('077', 'MT', 'Matera', '17')`)
	})
	if err != nil {
		t.Fatal(err)
	}
}
