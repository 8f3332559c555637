package sqldbtest_test

import (
	"context"
	"testing"
	"time"

	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

func TestRunAtGivesAFreshDatabaseAndAClock(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		clock.Add(time.Hour)
		var seen time.Time
		var one int
		err := db.Update(context.Background(), func(tx *sqldb.Tx) error {
			seen = tx.Now
			return tx.QueryRowContext(context.Background(), "SELECT 1").Scan(&one)
		})
		if err != nil || one != 1 || !seen.Equal(start.Add(time.Hour)) {
			t.Errorf("Update saw %v %d %v, want %v 1 nil", seen, one, err, start.Add(time.Hour))
		}
	})
}
