package identity_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

func (f *fixture) invite(t *testing.T, email string, roles ...identity.Holding) identity.Link {
	t.Helper()
	l, err := f.Invite(t.Context(), f.admin, identity.Invitation{Email: email, Name: "Ivo Nuovo", Roles: roles}, nil)
	if err != nil {
		t.Fatalf("Invite(%s) = %v, want nil", email, err)
	}
	return l
}

func TestInviteOpensOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		today := calendar.DayOf(nine)
		l := f.invite(t, "Ivo@Comune.it", identity.Holding{
			Role: identity.ManagingBody, Scope: identity.ScopeBody, ScopeID: "b1", From: today, To: today.AddDays(30),
		})
		account, err := f.ByID(t.Context(), f.admin, l.AccountID)
		if err != nil || account.State() != identity.StateInvited || account.Email != "ivo@comune.it" {
			t.Fatalf("ByID() = %+v, %v, want an invited account", account, err)
		}
		if _, err := f.SignIn(t.Context(), "ivo@comune.it", "", ""); !errors.Is(err, identity.ErrSignIn) {
			t.Errorf("SignIn() without a password = %v, want ErrSignIn", err)
		}
		opened, err := f.OpenLink(t.Context(), l.Token)
		if err != nil || opened.Name != "Ivo Nuovo" || opened.Token != "" {
			t.Fatalf("OpenLink() = %+v, %v, want Ivo's", opened, err)
		}
		if _, err := f.UseLink(t.Context(), l.Token, "short"); errs.Of(err) != errs.Invalid {
			t.Errorf("UseLink(short) = %v, want Invalid", err)
		}
		session, err := f.UseLink(t.Context(), l.Token, good)
		if err != nil {
			t.Fatalf("UseLink() = %v, want nil", err)
		}
		who, _, err := f.Actor(t.Context(), session)
		if err != nil || !who.HasRole(identity.ManagingBody) {
			t.Errorf("Actor() = %+v, %v, want a managing body", who, err)
		}
		if _, err := f.UseLink(t.Context(), l.Token, good); !errors.Is(err, identity.ErrLink) {
			t.Errorf("UseLink() again = %v, want ErrLink", err)
		}
		if _, err := f.InviteAgain(t.Context(), f.admin, l.AccountID, nil); !errors.Is(err, identity.ErrNotInvited) {
			t.Errorf("InviteAgain() with a password = %v, want ErrNotInvited", err)
		}
		f.signIn(t, "ivo@comune.it", good)
	})
}

func TestInviteGrowsOldIsSentAgainAndWithdrawn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		first := f.invite(t, "ivo@comune.it")
		f.clock.Add(identity.InviteTime)
		if _, err := f.OpenLink(t.Context(), first.Token); !errors.Is(err, identity.ErrLink) {
			t.Errorf("OpenLink() after seven days = %v, want ErrLink", err)
		}
		second, err := f.InviteAgain(t.Context(), f.admin, first.AccountID, nil)
		if err != nil {
			t.Fatalf("InviteAgain() = %v, want nil", err)
		}
		third, err := f.InviteAgain(t.Context(), f.admin, first.AccountID, nil)
		if err != nil {
			t.Fatalf("InviteAgain() = %v, want nil", err)
		}
		if _, err := f.OpenLink(t.Context(), second.Token); !errors.Is(err, identity.ErrLink) {
			t.Errorf("OpenLink() of the one before = %v, want ErrLink", err)
		}
		until, err := f.InviteOf(t.Context(), f.admin, first.AccountID)
		if err != nil || !until.Equal(third.ExpiresAt) {
			t.Errorf("InviteOf() = %v, %v, want %v", until, err, third.ExpiresAt)
		}
		if err := f.WithdrawInvite(t.Context(), f.admin, first.AccountID); err != nil {
			t.Fatalf("WithdrawInvite() = %v, want nil", err)
		}
		if _, err := f.UseLink(t.Context(), third.Token, good); !errors.Is(err, identity.ErrLink) {
			t.Errorf("UseLink() of a withdrawn one = %v, want ErrLink", err)
		}
		for _, token := range []string{"", "x", third.Token + "x"} {
			if _, err := f.OpenLink(t.Context(), token); !errors.Is(err, identity.ErrLink) {
				t.Errorf("OpenLink(%q) = %v, want ErrLink", token, err)
			}
		}
	})
}

func TestInviteIsForAdministratorsAndNewPeople(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		if _, err := f.Invite(t.Context(), identity.Actor{AccountID: f.fac}, identity.Invitation{Email: "a@b.it", Name: "A"}, nil); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("Invite() by nobody = %v, want ErrForbidden", err)
		}
		_, err := f.Invite(t.Context(), f.admin, identity.Invitation{Email: "fabio@comune.it", Name: "F"}, nil)
		if errs.Of(err) != errs.Conflict {
			t.Errorf("Invite() of a known address = %v, want Conflict", err)
		}
		_, err = f.Invite(t.Context(), f.admin, identity.Invitation{Email: "no", Name: ""}, nil)
		if r, ok := errors.AsType[*errs.Refusal](err); !ok || len(r.Problems) != 2 {
			t.Errorf("Invite() of nothing = %v, want two problems", err)
		}
		down := errors.New("the message cannot be queued")
		_, err = f.Invite(t.Context(), f.admin, identity.Invitation{Email: "ivo@comune.it", Name: "Ivo"},
			func(context.Context, *sqldb.Tx, identity.Link) error { return down })
		if !errors.Is(err, down) {
			t.Errorf("Invite() = %v, want what the delivery said", err)
		}
		if list, _, err := f.List(t.Context(), f.admin, identity.Filter{Search: "ivo"}); err != nil || len(list) != 0 {
			t.Errorf("List() after a refused delivery = %v, %v, want nobody", list, err)
		}
	})
}

// forgotten asks for a link and returns it; nil when none was made.
func (f *fixture) forgotten(t *testing.T, email, client string) (*identity.Link, error) {
	t.Helper()
	var got *identity.Link
	err := f.Forgotten(t.Context(), email, client, func(_ context.Context, _ *sqldb.Tx, l identity.Link) error {
		got = &l
		return nil
	})
	return got, err
}

func TestForgottenPassword(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		old := f.signIn(t, "fabio@comune.it", good)
		l, err := f.forgotten(t, " FABIO@comune.it ", "10.0.0.1")
		if err != nil || l == nil || l.Kind != identity.ResetLink {
			t.Fatalf("Forgotten() = %+v, %v, want a link", l, err)
		}
		if l, err := f.forgotten(t, "nobody@comune.it", "10.0.0.1"); err != nil || l != nil {
			t.Errorf("Forgotten(nobody) = %+v, %v, want neither", l, err)
		}
		const fresh = "ombrello giallo fiume 9"
		if _, err := f.UseLink(t.Context(), l.Token, fresh); err != nil {
			t.Fatalf("UseLink() = %v, want nil", err)
		}
		if _, _, err := f.Actor(t.Context(), old); !errors.Is(err, identity.ErrSession) {
			t.Errorf("the session of before: %v, want ErrSession", err)
		}
		f.signIn(t, "fabio@comune.it", fresh)
		if l, _ = f.forgotten(t, "fabio@comune.it", "10.0.0.2"); l == nil {
			t.Fatal("Forgotten() again made no link")
		}
		f.clock.Add(identity.ResetTime)
		if _, err := f.UseLink(t.Context(), l.Token, good); !errors.Is(err, identity.ErrLink) {
			t.Errorf("UseLink() two hours later = %v, want ErrLink", err)
		}
		if err := f.Disable(t.Context(), f.admin, f.fac); err != nil {
			t.Fatalf("Disable() = %v, want nil", err)
		}
		if l, err := f.forgotten(t, "fabio@comune.it", "10.0.0.3"); err != nil || l != nil {
			t.Errorf("Forgotten(disabled) = %+v, %v, want neither", l, err)
		}
	})
}

func TestForgottenIsThrottledAlike(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		for _, email := range []string{"fabio@comune.it", "nobody@comune.it"} {
			refused := 0
			for refused < 20 {
				if _, err := f.forgotten(t, email, "10.0.0.1"+email[:1]); errors.Is(err, identity.ErrThrottled) {
					break
				}
				refused++
			}
			if refused != 4 {
				t.Errorf("%s: %d requests before waiting, want 4", email, refused)
			}
		}
	})
}

func TestOthersFailuresDoNotKeepOneWaiting(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		for i := range 12 {
			_, err := f.SignIn(t.Context(), "fabio@comune.it", "wrong wrong wrong", "10.0.0.66")
			want := identity.ErrSignIn
			if i > 5 {
				want = identity.ErrThrottled
			}
			if !errors.Is(err, want) {
				t.Fatalf("attempt %d = %v, want %v", i+1, err, want)
			}
		}
		if _, err := f.SignIn(t.Context(), "fabio@comune.it", good, "10.0.0.7"); err != nil {
			t.Errorf("SignIn() of the person from elsewhere = %v, want nil", err)
		}
		password, err := f.ResetPassword(t.Context(), f.admin, f.fac)
		if err != nil {
			t.Fatalf("ResetPassword() = %v, want nil", err)
		}
		if _, err := f.SignIn(t.Context(), "fabio@comune.it", password, "10.0.0.66"); err != nil {
			t.Errorf("SignIn() with the new password from the client that failed = %v, want nil", err)
		}
	})
}

func TestRivalsForOneLink(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		l := f.invite(t, "ivo@comune.it")
		var wg sync.WaitGroup
		errsOf := make([]error, 6)
		for i := range errsOf {
			wg.Go(func() { _, errsOf[i] = f.UseLink(t.Context(), l.Token, good) })
		}
		wg.Wait()
		won := 0
		for _, err := range errsOf {
			if err == nil {
				won++
			} else if !errors.Is(err, identity.ErrLink) {
				t.Errorf("UseLink() = %v, want nil or ErrLink", err)
			}
		}
		if won != 1 {
			t.Errorf("%d rivals used one link, want 1", won)
		}
	})
}

func TestOldLinksAreForgotten(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		f.invite(t, "ivo@comune.it")
		// A link that is over stays for 30 days, to the second, so that its page says why.
		f.clock.Add(identity.InviteTime + 30*24*time.Hour)
		for _, want := range []int{1, 0} {
			if err := f.Tidy(t.Context()); err != nil {
				t.Fatalf("Tidy() = %v, want nil", err)
			}
			var left int
			err := f.db.View(t.Context(), func(tx *sqldb.Tx) error {
				return tx.QueryRowContext(t.Context(), "SELECT count(*) FROM identity_link").Scan(&left)
			})
			if err != nil || left != want {
				t.Errorf("links left = %d, %v, want %d", left, err, want)
			}
			f.clock.Add(time.Second)
		}
	})
}

func TestAWithdrawnInvitationStaysWithdrawn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		l := f.invite(t, "ivo@comune.it")
		if err := f.WithdrawInvite(t.Context(), f.admin, l.AccountID); err != nil {
			t.Fatal(err)
		}
		sent := 0
		err := f.Forgotten(t.Context(), "ivo@comune.it", "", func(context.Context, *sqldb.Tx, identity.Link) error { sent++; return nil })
		if err != nil || sent != 0 {
			t.Errorf("Forgotten() of who never had a password = %v, %d links, want none: it would open what was withdrawn", err, sent)
		}
	})
}
