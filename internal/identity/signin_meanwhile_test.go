package identity

import (
	"errors"
	"runtime"
	"testing"

	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// While the password waits its turn to be checked, the account is disabled: no session may come of it.
func TestDisabledWhileThePasswordIsChecked(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, base *sqldb.DB) {
		s := New(base, Options{Cost: Cost{MemoryKiB: 8, Time: 1, Threads: 1}})
		ctx := t.Context()
		id, err := s.CreateAccount(ctx, System("test"), NewAccount{Email: "ada@example.org", Name: "Ada Prova", Password: "sedia lampo torrente 4"})
		if err != nil {
			t.Fatal(err)
		}
		for range hashesAtOnce {
			s.hasher.slots <- struct{}{}
		}
		answer := make(chan error, 1)
		go func() {
			_, err := s.SignIn(ctx, "ada@example.org", "sedia lampo torrente 4", "127.0.0.1")
			answer <- err
		}()
		for tried := 0; tried == 0; runtime.Gosched() { // until the first look at the account is over
			err := base.View(ctx, func(tx *sqldb.Tx) error {
				return tx.QueryRowContext(ctx, "SELECT count(*) FROM identity_throttle").Scan(&tried)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Disable(ctx, System("test"), id); err != nil {
			t.Fatal(err)
		}
		for range hashesAtOnce {
			<-s.hasher.slots
		}
		if err := <-answer; !errors.Is(err, ErrSignIn) {
			t.Errorf("SignIn of an account disabled meanwhile = %v, want ErrSignIn", err)
		}
	})
}
