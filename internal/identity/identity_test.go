package identity_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

const good = "sedia lampo torrente 4"

// nine is 10:00 in Rome on a Tuesday.
var nine = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func cheap() identity.Options {
	return identity.Options{Cost: identity.Cost{MemoryKiB: 8, Time: 1, Threads: 1}}
}

// fixture is a network with one administrator and one facilitator.
type fixture struct {
	*identity.Service
	db           *sqldb.DB
	clock        *sqldbtest.Clock
	admin        identity.Actor
	adminID, fac string
}

func each(t *testing.T, fn func(t *testing.T, f *fixture)) {
	t.Helper()
	sqldbtest.RunAt(t, nine, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		f := &fixture{Service: identity.New(db, cheap()), db: db, clock: clock}
		var err error
		f.adminID, err = f.FirstAdministrator(t.Context(), identity.NewAccount{Email: " Ada@Regione.IT ", Name: "Ada  Neri", Password: good})
		if err != nil {
			t.Fatalf("FirstAdministrator() = %v, want nil", err)
		}
		if f.admin, err = f.ActorFor(t.Context(), f.adminID); err != nil {
			t.Fatalf("ActorFor(admin) = %v, want nil", err)
		}
		f.fac = f.create(t, "fabio@comune.it", "Fabio Verdi")
		fn(t, f)
	})
}

func (f *fixture) create(t *testing.T, email, name string) string {
	t.Helper()
	id, err := f.CreateAccount(t.Context(), f.admin, identity.NewAccount{Email: email, Name: name, Password: good})
	if err != nil {
		t.Fatalf("CreateAccount(%s) = %v, want nil", email, err)
	}
	return id
}

func (f *fixture) signIn(t *testing.T, email, password string) string {
	t.Helper()
	token, err := f.SignIn(t.Context(), email, password, "10.0.0.1")
	if err != nil {
		t.Fatalf("SignIn(%s) = %v, want nil", email, err)
	}
	return token
}

func problems(err error) string {
	var out []string
	if r, ok := errors.AsType[*errs.Refusal](err); ok {
		for _, p := range r.Problems {
			out = append(out, p.Field+" "+p.Key)
		}
	}
	return strings.Join(out, ", ")
}

func TestFirstAdministratorOnlyOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		_, err := f.FirstAdministrator(t.Context(), identity.NewAccount{Email: "eva@regione.it", Name: "Eva Bo", Password: good})
		if !errors.Is(err, identity.ErrNotEmpty) {
			t.Errorf("FirstAdministrator() again = %v, want ErrNotEmpty", err)
		}
		if err := f.admin.Require(identity.ManageAccounts, identity.Target{}); err != nil {
			t.Errorf("Require(ManageAccounts) of the first administrator = %v, want nil", err)
		}
		if err := f.admin.Require(identity.EditPoints, identity.Target{}); err != nil {
			t.Errorf("Require(EditPoints) of the first administrator = %v, want nil, to set the network up", err)
		}
		if f.admin.Can(identity.SeeRegister) || f.admin.Can(identity.SeeAgenda) {
			t.Error("the first administrator sees citizens, want not")
		}
		token := f.signIn(t, "ADA@regione.it", good)
		if _, session, err := f.Actor(t.Context(), token); err != nil || session.MustChange || session.Name != "Ada Neri" {
			t.Errorf("Actor() = %+v, %v, want Ada Neri, who chose her own password", session, err)
		}
	})
}

func TestSignInAnswersAlike(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		gone := f.create(t, "gina@comune.it", "Gina Blu")
		if err := f.Disable(t.Context(), f.admin, gone); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ name, email, password string }{
			{"wrong password", "fabio@comune.it", "not this one at all"},
			{"unknown address", "nobody@comune.it", good},
			{"disabled", "gina@comune.it", good},
			{"nothing", "", ""},
			{"a very long password", "fabio@comune.it", strings.Repeat("x", 100_000)},
		} {
			token, err := f.SignIn(t.Context(), c.email, c.password, "10.0.0.9")
			if token != "" || !errors.Is(err, identity.ErrSignIn) || err.Error() != identity.ErrSignIn.Error() {
				t.Errorf("%s: SignIn() = %q, %v, want ErrSignIn", c.name, token, err)
			}
		}
	})
}

func TestThrottle(t *testing.T) {
	t.Parallel()
	for _, email := range []string{"fabio@comune.it", "nobody@comune.it"} {
		t.Run(email, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, f *fixture) {
				try := func(password string) int {
					_, err := f.SignIn(t.Context(), email, password, "")
					r, ok := errors.AsType[*errs.Refusal](err)
					if !ok {
						return -1
					}
					seconds, _ := r.Args["seconds"].(int)
					return seconds
				}
				for i := range 6 {
					if wait := try("wrong wrong wrong"); wait != 0 {
						t.Fatalf("attempt %d: wait = %d s, want none", i+1, wait)
					}
				}
				for _, want := range []int{2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900} {
					if wait := try(good); wait != want {
						t.Fatalf("wait = %d s, want %d, the right password too", wait, want)
					}
					f.clock.Add(time.Duration(want) * time.Second)
					if wait := try("wrong wrong wrong"); wait != 0 {
						t.Fatalf("after %d s: wait = %d s, want a try", want, wait)
					}
				}
				again := identity.New(f.db, cheap())
				if _, err := again.SignIn(t.Context(), email, good, ""); !errors.Is(err, identity.ErrThrottled) {
					t.Errorf("after a restart: SignIn() = %v, want ErrThrottled", err)
				}
				f.clock.Add(2 * time.Hour)
				for i := range 5 {
					if wait := try("wrong wrong wrong"); wait != 0 {
						t.Fatalf("two hours later, attempt %d: wait = %d s, want none", i+1, wait)
					}
				}
			})
		})
	}
}

func TestThrottleOfAnAddress(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		for i := range 21 {
			email := strings.Repeat("x", i+1) + "@comune.it"
			if _, err := f.SignIn(t.Context(), email, "wrong wrong wrong", "10.0.0.7"); !errors.Is(err, identity.ErrSignIn) {
				t.Fatalf("attempt %d = %v, want ErrSignIn", i+1, err)
			}
		}
		if _, err := f.SignIn(t.Context(), "fabio@comune.it", good, "10.0.0.7"); !errors.Is(err, identity.ErrThrottled) {
			t.Errorf("SignIn() from the address = %v, want ErrThrottled", err)
		}
		f.signIn(t, "fabio@comune.it", good)
	})
}

func TestSuccessForgetsFailures(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		for range 3 {
			for range 5 {
				if _, err := f.SignIn(t.Context(), "fabio@comune.it", "wrong wrong wrong", ""); !errors.Is(err, identity.ErrSignIn) {
					t.Fatalf("SignIn(wrong) = %v, want ErrSignIn", err)
				}
			}
			f.signIn(t, "fabio@comune.it", good)
		}
	})
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		alive := func(token string) bool {
			_, _, err := f.Actor(t.Context(), token)
			if err != nil && !errors.Is(err, identity.ErrSession) {
				t.Fatalf("Actor() = %v, want nil or ErrSession", err)
			}
			return err == nil
		}
		idle := f.signIn(t, "fabio@comune.it", good)
		f.clock.Add(identity.IdleTime - time.Second)
		used := f.signIn(t, "fabio@comune.it", good)
		if idle == used {
			t.Error("two sign-ins gave one token")
		}
		f.clock.Add(time.Second)
		if alive(idle) || !alive(used) {
			t.Error("after 8 hours the idle session lives, or the other does not")
		}
		start := f.clock.Now().Add(-time.Second)
		for f.clock.Now().Add(7 * time.Hour).Before(start.Add(identity.LongestSession)) {
			f.clock.Add(7 * time.Hour)
			if !alive(used) {
				t.Fatalf("a session in use ended after %v", f.clock.Now().Sub(start))
			}
		}
		f.clock.Set(start.Add(identity.LongestSession))
		if alive(used) {
			t.Error("a session in use lives after 7 days")
		}
		out := f.signIn(t, "fabio@comune.it", good)
		if err := f.SignOut(t.Context(), out); err != nil || alive(out) {
			t.Errorf("SignOut() = %v, session alive %v, want it over", err, alive(out))
		}
		off := f.signIn(t, "fabio@comune.it", good)
		if err := f.Disable(t.Context(), f.admin, f.fac); err != nil || alive(off) {
			t.Errorf("Disable() = %v, session alive %v, want it over", err, alive(off))
		}
		if err := f.Enable(t.Context(), f.admin, f.fac); err != nil || alive(off) {
			t.Errorf("Enable() = %v, old session alive %v, want it over still", err, alive(off))
		}
		f.signIn(t, "fabio@comune.it", good)
		if err := f.Tidy(t.Context()); err != nil {
			t.Errorf("Tidy() = %v, want nil", err)
		}
		if alive("") || alive("x") || alive(strings.Repeat("x", 5000)) {
			t.Error("a token that nobody got is good")
		}
	})
}

func TestTokenIsNotKept(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		token := f.signIn(t, "fabio@comune.it", good)
		err := f.db.View(t.Context(), func(tx *sqldb.Tx) error {
			var kept string
			if err := tx.QueryRowContext(t.Context(), "SELECT token_hash FROM identity_session").Scan(&kept); err != nil {
				return err
			}
			if kept == token || strings.Contains(kept, token) || len(kept) != 64 || len(token) < 43 {
				t.Errorf("kept %q of the token %q, want its SHA-256", kept, token)
			}
			var hash string
			if err := tx.QueryRowContext(t.Context(), "SELECT password_hash FROM identity_account WHERE email = 'fabio@comune.it'").Scan(&hash); err != nil {
				return err
			}
			if !strings.HasPrefix(hash, "$argon2id$v=19$m=8,t=1,p=1$") {
				t.Errorf("password hash = %q, want a PHC string of argon2id", hash)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		token := f.signIn(t, "fabio@comune.it", good)
		who, session, err := f.Actor(t.Context(), token)
		if err != nil || !session.MustChange {
			t.Fatalf("Actor() = %+v, %v, want a password that must be changed: somebody else gave it", session, err)
		}
		for _, c := range []struct{ old, fresh, want string }{
			{"wrong wrong wrong", "montagna quadro pesca", "old identity.password_wrong"},
			{good, "short", "new identity.password_short"},
			{good, good, "new identity.password_same"},
			{good, "fabio quadro pesca", "new identity.password_personal"},
		} {
			if _, err := f.ChangePassword(t.Context(), who, c.old, c.fresh); problems(err) != c.want {
				t.Errorf("ChangePassword(%q, %q) = %v, want %s", c.old, c.fresh, err, c.want)
			}
		}
		fresh, err := f.ChangePassword(t.Context(), who, good, "montagna quadro pesca")
		if err != nil {
			t.Fatalf("ChangePassword() = %v, want nil", err)
		}
		if _, _, err := f.Actor(t.Context(), token); !errors.Is(err, identity.ErrSession) {
			t.Errorf("Actor(old token) = %v, want ErrSession", err)
		}
		if _, session, err = f.Actor(t.Context(), fresh); err != nil || session.MustChange {
			t.Errorf("Actor(new token) = %+v, %v, want a password of one's own", session, err)
		}
		reset, err := f.ResetPassword(t.Context(), f.admin, f.fac)
		if err != nil || identity.CheckPassword(reset, "Fabio Verdi", "fabio@comune.it") != nil {
			t.Fatalf("ResetPassword() = %q, %v, want a good password", reset, err)
		}
		if _, _, err := f.Actor(t.Context(), fresh); !errors.Is(err, identity.ErrSession) {
			t.Errorf("Actor() after a reset = %v, want ErrSession", err)
		}
		if _, session, err = f.Actor(t.Context(), f.signIn(t, "fabio@comune.it", reset)); err != nil || !session.MustChange {
			t.Errorf("Actor() with the reset password = %+v, %v, want one that must be changed", session, err)
		}
	})
}

func TestOnlyAdministratorsManage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		for _, role := range identity.Roles() {
			if role == identity.Administrator {
				continue
			}
			who := identity.Actor{AccountID: "x", Grants: []identity.Grant{{Role: role, Scope: identity.ScopeNetwork}}}
			f.refusesAll(t, string(role), who)
		}
		f.refusesAll(t, "nobody", identity.Actor{})
		elsewhere := identity.Actor{Grants: []identity.Grant{{Role: identity.Administrator, Scope: identity.ScopeBody, ScopeID: "b"}}}
		f.refusesAll(t, "administrator of a body", elsewhere)
		own := identity.Actor{AccountID: f.fac}
		if _, err := f.ByID(t.Context(), own, f.fac); err != nil {
			t.Errorf("ByID(own) = %v, want nil", err)
		}
		if _, err := f.RolesOf(t.Context(), own, f.fac); err != nil {
			t.Errorf("RolesOf(own) = %v, want nil", err)
		}
		if _, err := f.RolesOf(t.Context(), own, f.fac, f.adminID); err == nil {
			t.Error("RolesOf(own and another) = nil, want a refusal")
		}
	})
}

func (f *fixture) refusesAll(t *testing.T, name string, who identity.Actor) {
	t.Helper()
	ctx := t.Context()
	calls := map[string]func() error{
		"CreateAccount": func() error {
			_, err := f.CreateAccount(ctx, who, identity.NewAccount{Email: "z@z.it", Name: "Zeta", Password: good})
			return err
		},
		"Grant": func() error {
			_, err := f.Grant(ctx, who, identity.Holding{AccountID: f.fac, Role: identity.Administrator, Scope: identity.ScopeNetwork})
			return err
		},
		"Revoke":        func() error { return f.Revoke(ctx, who, "any", calendar.Day{}) },
		"ResetPassword": func() error { _, err := f.ResetPassword(ctx, who, f.adminID); return err },
		"Disable":       func() error { return f.Disable(ctx, who, f.fac) },
		"Enable":        func() error { return f.Enable(ctx, who, f.fac) },
		"ByID":          func() error { _, err := f.ByID(ctx, who, f.adminID); return err },
		"List":          func() error { _, _, err := f.List(ctx, who, identity.Filter{}); return err },
		"RolesOf":       func() error { _, err := f.RolesOf(ctx, who, f.adminID); return err },
		"Holders":       func() error { _, _, err := f.Holders(ctx, who, identity.HolderFilter{}); return err },
	}
	for call, fn := range calls {
		if err := fn(); !errors.Is(err, identity.ErrForbidden) && !errors.Is(err, identity.ErrNotHere) {
			t.Errorf("%s: %s() = %v, want a refusal", name, call, err)
		}
	}
}

func TestListAndHolders(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		f.create(t, "under_score@comune.it", "Zoe Per%cento")
		names := func(filter identity.Filter) string {
			t.Helper()
			list, total, err := f.List(t.Context(), f.admin, filter)
			if err != nil {
				t.Fatalf("List(%v) = %v, want nil", filter, err)
			}
			var out []string
			for _, a := range list {
				out = append(out, a.Name)
			}
			if filter.Max == 0 && total != len(list) {
				t.Errorf("List(%v): total %d of %d, want all", filter, total, len(list))
			}
			return strings.Join(out, ", ")
		}
		for _, c := range []struct {
			filter identity.Filter
			want   string
		}{
			{identity.Filter{}, "Ada Neri, Fabio Verdi, Zoe Per%cento"},
			{identity.Filter{Search: "VERDI"}, "Fabio Verdi"},
			{identity.Filter{Search: "regione.it"}, "Ada Neri"},
			{identity.Filter{Search: "r_score"}, "Zoe Per%cento"},
			{identity.Filter{Search: "d_ N"}, ""},
			{identity.Filter{Search: "%"}, "Zoe Per%cento"},
			{identity.Filter{Max: 1, Skip: 1}, "Fabio Verdi"},
		} {
			if got := names(c.filter); got != c.want {
				t.Errorf("List(%+v) = %q, want %q", c.filter, got, c.want)
			}
		}
		holders, total, err := f.Holders(t.Context(), f.admin, identity.HolderFilter{})
		if err != nil || total != 2 || holders[0].Name != "Ada Neri" {
			t.Errorf("Holders() = %v, %d, %v, want the two roles of Ada", holders, total, err)
		}
		if _, total, err = f.Holders(t.Context(), f.admin, identity.HolderFilter{Role: identity.Facilitator}); err != nil || total != 0 {
			t.Errorf("Holders(facilitator) = %d, %v, want none", total, err)
		}
		byID, err := f.Names(t.Context(), []string{f.fac, "none"})
		if err != nil || len(byID) != 1 || byID[f.fac] != "Fabio Verdi" {
			t.Errorf("Names() = %v, %v, want Fabio alone", byID, err)
		}
	})
}

func TestNamesAndRolesOfNobody(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		if got, err := f.Names(t.Context(), nil); err != nil || len(got) != 0 {
			t.Errorf("Names(nobody) = %v, %v, want none, nil", got, err)
		}
		if got, err := f.RolesOf(t.Context(), f.admin); err != nil || len(got) != 0 {
			t.Errorf("RolesOf(nobody) = %v, %v, want none, nil", got, err)
		}
	})
}

func TestCreateAccountRefuses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		for _, c := range []struct{ email, name, password, want string }{
			{"", "", "", "email identity.email, name identity.name, password identity.password_short"},
			{"a@b", "Bea", good, "email identity.email"},
			{"a@b.it, c@d.it", "Bea", good, "email identity.email"},
			{"a@b@c.it", "Bea", good, "email identity.email"},
			{"bea@comune.it", strings.Repeat("x", 121), good, "name identity.name"},
			{"FABIO@comune.it", "Fabio", good, "email identity.email_taken"},
		} {
			_, err := f.CreateAccount(t.Context(), f.admin, identity.NewAccount{Email: c.email, Name: c.name, Password: c.password})
			if problems(err) != c.want {
				t.Errorf("CreateAccount(%q, %q) = %v, want %s", c.email, c.name, err, c.want)
			}
		}
	})
}

func TestChangesAreAudited(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		f.signIn(t, "fabio@comune.it", good)
		if err := f.Disable(t.Context(), f.admin, f.fac); err != nil {
			t.Fatal(err)
		}
		var got []string
		err := f.db.View(t.Context(), func(tx *sqldb.Tx) error {
			rows, err := audit.List(t.Context(), tx, audit.Filter{Subject: "account", SubjectID: f.fac})
			for _, r := range rows {
				got = append(got, r.Action)
				if strings.Contains(string(r.Detail), "fabio") {
					t.Errorf("detail of %s = %s, want no address", r.Action, r.Detail)
				}
			}
			return err
		})
		seen := strings.Join(got, " ")
		for _, want := range []string{"identity.create", "identity.sign_in", "identity.disabled"} {
			if !strings.Contains(seen, want) {
				t.Errorf("audit = %s, %v, want %s", seen, err, want)
			}
		}
	})
}
