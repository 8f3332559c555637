package identity_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// eachKept is each with bodies that must keep a referent: all but "closed".
func eachKept(t *testing.T, fn func(t *testing.T, f *fixture)) {
	t.Helper()
	sqldbtest.RunAt(t, nine, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		bus := jobs.NewBus()
		jobs.Subscribe(bus, func(_ context.Context, _ *sqldb.Tx, fact identity.ReferentGone) error {
			if fact.BodyID == "closed" {
				return nil
			}
			return identity.ErrLastReferent
		})
		o := cheap()
		o.Bus = bus
		f := &fixture{Service: identity.New(db, o), db: db, clock: clock, admin: identity.System("test")}
		fn(t, f)
	})
}

// referent makes an account and its role of referent of a body, and returns both ids.
func (f *fixture) referent(t *testing.T, email, body string, from, to calendar.Day) (account, role string) {
	t.Helper()
	account = f.create(t, email, "Referente")
	role, err := f.Grant(t.Context(), f.admin, identity.Holding{
		AccountID: account, Role: identity.ManagingBody, Scope: identity.ScopeBody, ScopeID: body, From: from, To: to,
	})
	if err != nil {
		t.Fatalf("Grant() = %v, want nil", err)
	}
	return account, role
}

func TestLastReferentStays(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, f *fixture) {
		today, never := calendar.DayOf(nine), calendar.Day{}
		one, role := f.referent(t, "uno@comune.it", "b1", today, never)
		refused := map[string]error{
			"Revoke":   f.Revoke(t.Context(), f.admin, role, never),
			"in time":  f.Revoke(t.Context(), f.admin, role, today.AddDays(90)),
			"Extend":   f.Extend(t.Context(), f.admin, role, today.AddDays(90)),
			"Disable":  f.Disable(t.Context(), f.admin, one),
			"HandOver": f.HandOver(t.Context(), f.admin, identity.Handover{AccountID: one, Last: today}),
		}
		for name, err := range refused {
			if !errors.Is(err, identity.ErrLastReferent) {
				t.Errorf("%s of the last referent = %v, want ErrLastReferent", name, err)
			}
		}
		// Somebody who comes too late leaves days without anybody.
		two, _ := f.referent(t, "due@comune.it", "b1", today.AddDays(10), never)
		if err := f.Revoke(t.Context(), f.admin, role, today.AddDays(8)); !errors.Is(err, identity.ErrLastReferent) {
			t.Errorf("Revoke() with a gap = %v, want ErrLastReferent", err)
		}
		if err := f.Revoke(t.Context(), f.admin, role, today.AddDays(9)); err != nil {
			t.Errorf("Revoke() on the day before the next = %v, want nil", err)
		}
		if err := f.Disable(t.Context(), f.admin, two); !errors.Is(err, identity.ErrLastReferent) {
			t.Errorf("Disable(the next) = %v, want ErrLastReferent", err)
		}
		_, free := f.referent(t, "tre@comune.it", "closed", today, never)
		if err := f.Revoke(t.Context(), f.admin, free, never); err != nil {
			t.Errorf("Revoke() of a body that runs nothing = %v, want nil", err)
		}
	})
}

func TestTwoReferentsLeaveAtOnce(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, f *fixture) {
		today := calendar.DayOf(nine)
		one, _ := f.referent(t, "uno@comune.it", "b1", today, calendar.Day{})
		_, role := f.referent(t, "due@comune.it", "b1", today, calendar.Day{})
		three, _ := f.referent(t, "tre@comune.it", "b1", today, calendar.Day{})
		leave := []func() error{
			func() error { return f.Disable(t.Context(), f.admin, one) },
			func() error { return f.Revoke(t.Context(), f.admin, role, calendar.Day{}) },
			func() error {
				return f.HandOver(t.Context(), f.admin, identity.Handover{AccountID: three, Last: today})
			},
		}
		var wg sync.WaitGroup
		got := make([]error, len(leave))
		for i, fn := range leave {
			wg.Go(func() { got[i] = fn() })
		}
		wg.Wait()
		stayed := 0
		for _, err := range got {
			if errors.Is(err, identity.ErrLastReferent) {
				stayed++
			} else if err != nil {
				t.Errorf("leaving = %v, want nil or ErrLastReferent", err)
			}
		}
		if stayed != 1 {
			t.Errorf("%d of three referents were kept, want the last", stayed)
		}
	})
}

func TestTwoAdministratorsHandOverAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		if _, err := f.Grant(t.Context(), f.admin, identity.Holding{AccountID: f.fac, Role: identity.Administrator, Scope: identity.ScopeNetwork}); err != nil {
			t.Fatalf("Grant() = %v, want nil", err)
		}
		today := calendar.DayOf(nine)
		var wg sync.WaitGroup
		got := make([]error, 2)
		for i, id := range []string{f.adminID, f.fac} {
			wg.Go(func() {
				got[i] = f.HandOver(t.Context(), f.admin, identity.Handover{AccountID: id, Last: today})
			})
		}
		wg.Wait()
		if errors.Is(got[0], identity.ErrLastAdministrator) == errors.Is(got[1], identity.ErrLastAdministrator) {
			t.Errorf("two administrators leaving at once = %v, want one refused", got)
		}
	})
}

func TestAnInvitedAdministratorDoesNotCount(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		l := f.invite(t, "ivo@comune.it", identity.Holding{Role: identity.Administrator, Scope: identity.ScopeNetwork})
		if err := f.Disable(t.Context(), f.admin, f.adminID); !errors.Is(err, identity.ErrLastAdministrator) {
			t.Errorf("Disable() while the other never came = %v, want ErrLastAdministrator", err)
		}
		if _, err := f.UseLink(t.Context(), l.Token, good); err != nil {
			t.Fatalf("UseLink() = %v, want nil", err)
		}
		if err := f.Disable(t.Context(), f.admin, f.adminID); err != nil {
			t.Errorf("Disable() = %v, want nil", err)
		}
	})
}

func TestHandOverGivesRolesToWhoFollows(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, f *fixture) {
		today := calendar.DayOf(nine)
		last := today.AddDays(20)
		one, role := f.referent(t, "uno@comune.it", "b1", today, calendar.Day{})
		two := f.create(t, "due@comune.it", "Due")
		if err := f.HandOver(t.Context(), f.admin, identity.Handover{AccountID: one, Last: today.AddDays(-1)}); err == nil {
			t.Error("HandOver() yesterday = nil, want a refusal")
		}
		gone := f.create(t, "tre@comune.it", "Tre")
		if err := f.Disable(t.Context(), f.admin, gone); err != nil {
			t.Fatal(err)
		}
		h := identity.Handover{AccountID: one, Last: last, To: map[string]string{role: gone}}
		if err := f.HandOver(t.Context(), f.admin, h); !errors.Is(err, identity.ErrHeirDisabled) {
			t.Errorf("HandOver() to a disabled account = %v, want ErrHeirDisabled", err)
		}
		h.To[role] = two
		if err := f.HandOver(t.Context(), f.admin, h); err != nil {
			t.Fatalf("HandOver() = %v, want nil", err)
		}
		can := func(account string) bool {
			who, err := f.ActorFor(t.Context(), account)
			if err != nil {
				t.Fatalf("ActorFor() = %v", err)
			}
			return who.Can(identity.EditFacilitators)
		}
		if !can(one) || can(two) {
			t.Errorf("before: %v, %v, want the one who leaves alone", can(one), can(two))
		}
		f.clock.Add(21 * 24 * time.Hour)
		if can(one) || !can(two) {
			t.Errorf("after: %v, %v, want the one who follows alone", can(one), can(two))
		}
	})
}

func TestMoveScope(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		held := identity.Holding{AccountID: f.fac, Role: identity.ManagingBody, Scope: identity.ScopeBody, ScopeID: "old"}
		if _, err := f.Grant(t.Context(), f.admin, held); err != nil {
			t.Fatal(err)
		}
		twice := held
		twice.AccountID = f.adminID
		for _, twice.ScopeID = range []string{"old", "new"} {
			if _, err := f.Grant(t.Context(), f.admin, twice); err != nil {
				t.Fatal(err)
			}
		}
		scopes := func(account string) []string {
			roles, err := f.RolesOf(t.Context(), f.admin, account)
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, h := range roles[account] {
				if h.Scope == identity.ScopeBody {
					ids = append(ids, h.ScopeID)
				}
			}
			slices.Sort(ids)
			return ids
		}
		var moved, back []string
		err := f.db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
			moved, err = f.MoveScopeTx(t.Context(), tx, identity.ScopeBody, "old", "new")
			return err
		})
		if err != nil || len(moved) != 1 || !slices.Equal(scopes(f.fac), []string{"new"}) || !slices.Equal(scopes(f.adminID), []string{"new", "old"}) {
			t.Fatalf("MoveScopeTx() = %v, %v; scopes %v, %v", moved, err, scopes(f.fac), scopes(f.adminID))
		}
		err = f.db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
			back, err = f.MoveRolesTx(t.Context(), tx, moved, "new", "old")
			return err
		})
		if err != nil || !slices.Equal(back, moved) || !slices.Equal(scopes(f.fac), []string{"old"}) {
			t.Errorf("MoveRolesTx() = %v, %v; scopes %v, want old", back, err, scopes(f.fac))
		}
	})
}

func TestAccessAndReviews(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		f.invite(t, "ivo@comune.it", identity.Holding{Role: identity.Operator, Scope: identity.ScopePoint, ScopeID: "p1"})
		f.signIn(t, "ada@regione.it", good)
		all, err := f.Access(t.Context(), f.admin, identity.AccessFilter{})
		if err != nil || len(all) != 3 {
			t.Fatalf("Access() = %v, %v, want three roles", all, err)
		}
		here, err := f.Access(t.Context(), f.admin, identity.AccessFilter{Scopes: []identity.Grant{{Scope: identity.ScopePoint, ScopeID: "p1"}}})
		if err != nil || len(here) != 1 || here[0].State != identity.StateInvited {
			t.Fatalf("Access(p1) = %+v, %v, want the invited operator", here, err)
		}
		if here[0].Unused(nine) || !here[0].Unused(nine.Add(identity.UnusedTime)) {
			t.Error("Unused() of an account that was never used does not count from its making")
		}
		if err := f.MarkReviewed(t.Context(), f.admin, " tutto a posto "); err != nil {
			t.Fatalf("MarkReviewed() = %v, want nil", err)
		}
		done, err := f.Reviews(t.Context(), f.admin)
		if err != nil || len(done) != 1 || done[0].DoneBy != f.adminID || done[0].Accounts != 3 || done[0].Roles != 3 || done[0].Note != "tutto a posto" {
			t.Errorf("Reviews() = %+v, %v, want one of three accounts and roles", done, err)
		}
		if err := f.MarkReviewed(t.Context(), identity.Actor{AccountID: f.fac}, ""); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("MarkReviewed() by anybody = %v, want ErrForbidden", err)
		}
	})
}

func TestEditAccountKeepsNoPersonalData(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		l := f.invite(t, "ivo@comune.it")
		if err := f.EditAccount(t.Context(), f.admin, l.AccountID, "Ivo  Bruni", "Ivo.Bruni@comune.it"); err != nil {
			t.Fatalf("EditAccount() = %v, want nil", err)
		}
		if _, err := f.OpenLink(t.Context(), l.Token); !errors.Is(err, identity.ErrLink) {
			t.Errorf("the link sent to the address of before: %v, want ErrLink", err)
		}
		if err := f.EditAccount(t.Context(), f.admin, l.AccountID, "Ivo Bruni", "fabio@comune.it"); err == nil {
			t.Error("EditAccount() with somebody's address = nil, want a refusal")
		}
		rows, err := f.History(t.Context(), f.admin, l.AccountID)
		i := slices.IndexFunc(rows, func(r audit.Row) bool { return r.Action == "identity.edit" })
		if err != nil || len(rows) != 2 || i < 0 {
			t.Fatalf("History() = %+v, %v, want the edit and the invitation", rows, err)
		}
		for _, c := range rows[i].Changes() {
			if c.From != "" || c.To != "" {
				t.Errorf("change of %s kept %q to %q, want neither", c.Field, c.From, c.To)
			}
		}
		if len(rows[i].Changes()) != 2 {
			t.Errorf("changes = %v, want name and email", rows[i].Changes())
		}
	})
}
