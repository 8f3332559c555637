package register_test

import (
	"context"
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/register/registertest"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

func TestForgetNames(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, registertest.Now(), func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		ctx, n := context.Background(), registertest.New(t, db)
		day := registertest.Today().AddDays(-1)
		for citizen := 1; citizen <= 2; citizen++ {
			if _, err := n.Register.Register(ctx, registertest.System(), n.Service(0, day, calendar.Minute(9*60+citizen*60), registertest.Citizen(citizen))); err != nil {
				t.Fatal(err)
			}
		}
		clock.Set(registertest.Now().AddDate(0, 0, 100))
		later := registertest.Today().AddDays(99)
		if _, err := n.Register.Register(ctx, registertest.System(), n.Service(0, later, 9*60, registertest.Citizen(2))); err != nil {
			t.Fatal(err)
		}
		named := func() (all int) {
			t.Helper()
			err := db.View(ctx, func(tx *sqldb.Tx) error {
				return tx.QueryRowContext(ctx, "SELECT count(*) FROM register_citizen WHERE name_cipher IS NOT NULL OR surname_cipher IS NOT NULL").Scan(&all)
			})
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		if got, err := n.Register.ForgetNames(ctx, day); err != nil || got != 0 || named() != 2 {
			t.Errorf("ForgetNames(too early) = %d, %v, %d named, want nobody forgotten", got, err, named())
		}
		if got, err := n.Register.ForgetNames(ctx, later); err != nil || got != 1 || named() != 1 {
			t.Errorf("ForgetNames = %d, %v, %d named, want one forgotten: the other came back", got, err, named())
		}
		if got, err := n.Register.ForgetNames(ctx, later); err != nil || got != 0 {
			t.Errorf("ForgetNames again = %d, %v, want 0", got, err)
		}
	})
}
