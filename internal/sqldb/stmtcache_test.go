package sqldb_test

import (
	"fmt"
	"testing"

	"capillare/internal/sqldb"
)

func TestOneTextInsideTheRowsOfItself(t *testing.T) {
	t.Parallel()
	db := fixture(t, sqldb.SQLite)
	const numbers = "SELECT id FROM t_slot WHERE id >= $1 ORDER BY id"
	for i := range 4 {
		addSlot(t, db, fmt.Sprint(i), 1)
	}
	var pairs int
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		pairs = 0
		outer, err := tx.QueryContext(t.Context(), numbers, "0")
		if err != nil {
			return err
		}
		defer outer.Close()
		for outer.Next() {
			var id string
			if err := outer.Scan(&id); err != nil {
				return err
			}
			inner, err := tx.QueryContext(t.Context(), numbers, id)
			if err != nil {
				return err
			}
			for inner.Next() {
				pairs++
			}
			if err := inner.Close(); err != nil {
				return err
			}
		}
		return outer.Err()
	})
	if err != nil || pairs != 4+3+2+1 {
		t.Errorf("%d pairs (%v), want 10", pairs, err)
	}
}

func TestMoreTextsThanTheCacheKeeps(t *testing.T) {
	t.Parallel()
	db := fixture(t, sqldb.SQLite)
	for round := range 2 {
		for i := range 600 {
			if got := count(t, db, fmt.Sprintf("SELECT %d", i)); got != i {
				t.Fatalf("round %d: SELECT %d = %d", round, i, got)
			}
		}
	}
}

func TestATextIsPreparedAgainAfterTheSchemaChanged(t *testing.T) {
	t.Parallel()
	db := fixture(t, sqldb.SQLite)
	columns := func() int {
		n := 0
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			rows, err := tx.QueryContext(t.Context(), "SELECT * FROM t_span")
			if err != nil {
				return err
			}
			defer rows.Close()
			names, err := rows.Columns()
			n = len(names)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := columns()
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.ExecContext(t.Context(), "ALTER TABLE t_span ADD COLUMN more TEXT")
		return err
	})
	if after := columns(); err != nil || after != before+1 {
		t.Errorf("%d columns, then %d (%v), want one more", before, after, err)
	}
}
