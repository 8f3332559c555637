package audit_test

import (
	"context"
	"testing"
	"time"

	"capillare/internal/audit"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

func TestForget(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		ctx := context.Background()
		for i := range 5 {
			clock.Set(start.AddDate(0, 0, i))
			err := db.Update(ctx, func(tx *sqldb.Tx) error {
				return audit.Write(ctx, tx, identity.System("test"), audit.Entry{Action: "a", Subject: "s", SubjectID: "1"})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range []int{2, 1, 0} {
			err := db.Update(ctx, func(tx *sqldb.Tx) error {
				n, err := audit.Forget(ctx, tx, start.AddDate(0, 0, 3), 2)
				if n != want {
					t.Errorf("Forget = %d, want %d", n, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		err := db.View(ctx, func(tx *sqldb.Tx) error {
			rows, err := audit.List(ctx, tx, audit.Filter{})
			if len(rows) != 2 {
				t.Errorf("%d rows stay, want the newest two", len(rows))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
