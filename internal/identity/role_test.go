package identity_test

import (
	"errors"
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
)

func TestRolesHoldByDayInRome(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		// In UTC it is still 24 November when in Rome the 25th has begun.
		day := calendar.NewDay(2026, 11, 25)
		_, err := f.Grant(t.Context(), f.admin, identity.Holding{
			AccountID: f.fac, Role: identity.Facilitator, Scope: identity.ScopePoint, ScopeID: "p1", From: day, To: day,
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			at   string
			want bool
		}{
			{"2026-11-24T22:59:59Z", false}, {"2026-11-24T23:00:00Z", true},
			{"2026-11-25T22:59:59Z", true}, {"2026-11-25T23:00:00Z", false},
		} {
			at, _ := time.Parse(time.RFC3339, c.at)
			f.clock.Set(at)
			who, err := f.ActorFor(t.Context(), f.fac)
			if err != nil || who.Can(identity.Record) != c.want {
				t.Errorf("at %s: Can(Record) = %v, %v, want %v", c.at, who.Can(identity.Record), err, c.want)
			}
		}
	})
}

func TestRevokeWorksAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		role := identity.Holding{AccountID: f.fac, Role: identity.Facilitator, Scope: identity.ScopePoint, ScopeID: "p1"}
		id, err := f.Grant(t.Context(), f.admin, role)
		if err != nil {
			t.Fatal(err)
		}
		token := f.signIn(t, "fabio@comune.it", good)
		can := func() bool {
			who, _, err := f.Actor(t.Context(), token)
			if err != nil {
				t.Fatal(err)
			}
			return who.Can(identity.Record)
		}
		if !can() {
			t.Fatal("Can(Record) after Grant = false, want true")
		}
		if _, err := f.Grant(t.Context(), f.admin, role); errs.Of(err) != errs.Conflict {
			t.Errorf("Grant() twice = %v, want a conflict", err)
		}
		if err := f.Revoke(t.Context(), f.admin, id, calendar.Day{}); err != nil || can() {
			t.Errorf("Revoke(now) = %v, Can(Record) = %v, want no more", err, can())
		}
		role.From = calendar.NewDay(2026, 11, 1)
		if id, err = f.Grant(t.Context(), f.admin, role); err != nil {
			t.Fatal(err)
		}
		if err := f.Revoke(t.Context(), f.admin, id, calendar.NewDay(2026, 11, 24)); err != nil || !can() {
			t.Errorf("Revoke(today) = %v, Can(Record) = %v, want until the evening", err, can())
		}
		if err := f.Revoke(t.Context(), f.admin, id, calendar.NewDay(2026, 11, 3)); err != nil || can() {
			t.Errorf("Revoke(a day of the past) = %v, Can(Record) = %v, want no more", err, can())
		}
		roles, err := f.RolesOf(t.Context(), f.admin, f.fac)
		if err != nil || len(roles[f.fac]) != 1 || roles[f.fac][0].To != calendar.NewDay(2026, 11, 23) {
			t.Errorf("RolesOf() = %v, %v, want the one role, until yesterday: what was is not rewritten", roles, err)
		}
		if err := f.Revoke(t.Context(), f.admin, "none", calendar.Day{}); !errors.Is(err, identity.ErrNoRole) {
			t.Errorf("Revoke(none) = %v, want ErrNoRole", err)
		}
	})
}

func TestGrantRefuses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		for _, c := range []struct {
			h    identity.Holding
			want string
		}{
			{identity.Holding{Role: "king", Scope: identity.ScopeNetwork}, "role identity.role"},
			{identity.Holding{Role: identity.Facilitator, Scope: identity.ScopeNetwork}, "scope identity.scope"},
			{identity.Holding{Role: identity.Facilitator, Scope: identity.ScopePoint}, "scope identity.scope"},
			{identity.Holding{Role: identity.Administrator, Scope: identity.ScopeBody, ScopeID: "b"}, "scope identity.scope"},
			{identity.Holding{Role: identity.Region, Scope: identity.ScopeNetwork, ScopeID: "b"}, "scope identity.scope"},
			{identity.Holding{Role: identity.Region, Scope: identity.ScopeNetwork, To: calendar.NewDay(2026, 11, 23)}, "to identity.days_reversed"},
		} {
			c.h.AccountID = f.fac
			if _, err := f.Grant(t.Context(), f.admin, c.h); problems(err) != c.want {
				t.Errorf("Grant(%+v) = %v, want %s", c.h, err, c.want)
			}
		}
		h := identity.Holding{AccountID: "none", Role: identity.Region, Scope: identity.ScopeNetwork}
		if _, err := f.Grant(t.Context(), f.admin, h); !errors.Is(err, identity.ErrNoAccount) {
			t.Errorf("Grant(unknown account) = %v, want ErrNoAccount", err)
		}
	})
}

func TestLastAdministratorStays(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		admin := func(accountID string) string {
			t.Helper()
			roles, err := f.RolesOf(t.Context(), f.admin, accountID)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range roles[accountID] {
				if h.Role == identity.Administrator {
					return h.ID
				}
			}
			t.Fatalf("account %s is no administrator", accountID)
			return ""
		}
		refused := func(what string, err error) {
			t.Helper()
			if !errors.Is(err, identity.ErrLastAdministrator) {
				t.Errorf("%s = %v, want ErrLastAdministrator", what, err)
			}
		}
		refused("Revoke(only one)", f.Revoke(t.Context(), f.admin, admin(f.adminID), calendar.Day{}))
		refused("Revoke(only one, next year)", f.Revoke(t.Context(), f.admin, admin(f.adminID), calendar.NewDay(2027, 11, 24)))
		refused("Disable(only one)", f.Disable(t.Context(), f.admin, f.adminID))
		grant := func(h identity.Holding) {
			t.Helper()
			h.Role, h.Scope = identity.Administrator, identity.ScopeNetwork
			if _, err := f.Grant(t.Context(), f.admin, h); err != nil {
				t.Fatal(err)
			}
		}
		second := f.create(t, "eva@regione.it", "Eva Bo")
		grant(identity.Holding{AccountID: second, To: calendar.NewDay(2026, 12, 31)})
		refused("Disable(the other ends)", f.Disable(t.Context(), f.admin, f.adminID))
		third := f.create(t, "ugo@regione.it", "Ugo Li")
		grant(identity.Holding{AccountID: third})
		if err := f.Disable(t.Context(), f.admin, third); err != nil {
			t.Errorf("Disable(one of two) = %v, want nil", err)
		}
		refused("Disable(the other is disabled)", f.Disable(t.Context(), f.admin, f.adminID))
		if err := f.Enable(t.Context(), f.admin, third); err != nil {
			t.Fatal(err)
		}
		if err := f.Revoke(t.Context(), f.admin, admin(f.adminID), calendar.Day{}); err != nil {
			t.Errorf("Revoke(one of two) = %v, want nil", err)
		}
	})
}

// TestTwoAdministratorsLeaveAtOnce is a race that looks harmless to each of the two.
func TestTwoAdministratorsLeaveAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		second := f.create(t, "eva@regione.it", "Eva Bo")
		h := identity.Holding{AccountID: second, Role: identity.Administrator, Scope: identity.ScopeNetwork}
		if _, err := f.Grant(t.Context(), f.admin, h); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 2)
		for _, id := range []string{f.adminID, second} {
			go func() { done <- f.Disable(t.Context(), f.admin, id) }()
		}
		first, last := <-done, <-done
		if (first == nil) == (last == nil) {
			t.Errorf("Disable() of both at once = %v and %v, want exactly one", first, last)
		}
	})
}
