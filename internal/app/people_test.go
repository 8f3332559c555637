package app

import (
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/config"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

var tester = identity.System("test")

// onBoth opens the program over an empty database of each engine, with a body that runs an open point.
func onBoth(t *testing.T, fn func(t *testing.T, a *App, body, point string)) {
	t.Helper()
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		morning, err := tuesday.At(7 * 60)
		if err != nil {
			t.Fatal(err)
		}
		address, _ := sqldbtest.Database(t, db.Engine())
		a, err := Open(t.Context(), Options{Store: config.Store{Data: t.TempDir(), Database: config.Secret(address)},
			Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return morning }})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = a.Close() })
		if _, err := a.Territory.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		body, err := a.Orgs.Add(t.Context(), tester, orgs.Body{Name: "Comune di Aliano", Kind: orgs.KindMunicipality, Belfiore: "A187"})
		if err != nil {
			t.Fatal(err)
		}
		bands, err := calendar.ParseBands("lun-ven 9-13")
		if err != nil {
			t.Fatal(err)
		}
		point, err := a.Points.Add(t.Context(), tester, points.Point{
			OfficialName: "Punto di Aliano", Kind: points.Fixed, ManagingBodyID: body, State: points.StateOpen, OpenedOn: tuesday.AddDays(-30),
			Booking: points.BookingPossible, Addresses: []points.Address{{Street: "Via Roma", CAP: "75010", Belfiore: "A187",
				Schedules: []points.Schedule{{Bands: bands}}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		fn(t, a, body, point)
	})
}

// accountOf makes an account with a role.
func accountOf(t *testing.T, a *App, email string, h identity.Holding) string {
	t.Helper()
	id, err := a.Identity.CreateAccount(t.Context(), tester, identity.NewAccount{Email: email, Name: "Zoe Blu", Password: "sedia lampo torrente 4"})
	if err != nil {
		t.Fatal(err)
	}
	h.AccountID = id
	if _, err := a.Identity.Grant(t.Context(), tester, h); err != nil {
		t.Fatal(err)
	}
	return id
}

func referentOf(body string) identity.Holding {
	return identity.Holding{Role: identity.ManagingBody, Scope: identity.ScopeBody, ScopeID: body}
}

func TestABodyWithOpenPointsKeepsAReferent(t *testing.T) {
	onBoth(t, func(t *testing.T, a *App, body, _ string) {
		ids := []string{accountOf(t, a, "uno@comune.it", referentOf(body)), accountOf(t, a, "due@comune.it", referentOf(body))}
		var wg sync.WaitGroup
		got := make([]error, len(ids))
		for i, id := range ids {
			wg.Go(func() { got[i] = a.Identity.Disable(t.Context(), tester, id) })
		}
		wg.Wait()
		if errors.Is(got[0], identity.ErrLastReferent) == errors.Is(got[1], identity.ErrLastReferent) {
			t.Errorf("two referents leaving at once = %v, want one refused", got)
		}
		free, err := a.Orgs.Add(t.Context(), tester, orgs.Body{Name: "Cooperativa senza punti", Kind: orgs.KindOther})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Identity.Disable(t.Context(), tester, accountOf(t, a, "tre@comune.it", referentOf(free))); err != nil {
			t.Errorf("Disable() of the referent of a body without points = %v, want nil", err)
		}
	})
}

func TestAccessEndsWithTheWork(t *testing.T) {
	onBoth(t, func(t *testing.T, a *App, body, point string) {
		id := accountOf(t, a, "zoe@comune.it", identity.Holding{Role: identity.Facilitator, Scope: identity.ScopePoint, ScopeID: point})
		person, err := a.Facilitators.Add(t.Context(), tester, facilitators.Facilitator{BodyID: body, Name: "Zoe", Surname: "Blu", From: tuesday.AddDays(-9)}, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Facilitators.LinkAccount(t.Context(), tester, person, id); err != nil {
			t.Fatal(err)
		}
		last := tuesday.AddDays(5)
		if err := a.Facilitators.HandOver(t.Context(), tester, facilitators.Handover{FacilitatorID: person, Last: last}); err != nil {
			t.Fatalf("HandOver() = %v, want nil", err)
		}
		roles, err := a.Identity.RolesOf(t.Context(), tester, id)
		if err != nil || len(roles[id]) != 1 || roles[id][0].To != last {
			t.Errorf("roles after the handover = %+v, %v, want one until %v", roles[id], err, last)
		}
	})
}

func TestAccessAndPeopleFollowAMergedBody(t *testing.T) {
	onBoth(t, func(t *testing.T, a *App, body, _ string) {
		into, err := a.Orgs.Add(t.Context(), tester, orgs.Body{Name: "Unione dei Comuni", Kind: orgs.KindOther})
		if err != nil {
			t.Fatal(err)
		}
		id := accountOf(t, a, "uno@comune.it", referentOf(body))
		person, err := a.Facilitators.Add(t.Context(), tester, facilitators.Facilitator{BodyID: body, Name: "Zoe", Surname: "Blu", From: tuesday}, "")
		if err != nil {
			t.Fatal(err)
		}
		where := func() (role, employer string) {
			t.Helper()
			roles, err := a.Identity.RolesOf(t.Context(), tester, id)
			if err != nil {
				t.Fatal(err)
			}
			f, err := a.Facilitators.ByID(t.Context(), tester, person)
			if err != nil {
				t.Fatal(err)
			}
			return roles[id][0].ScopeID, f.BodyID
		}
		merge, err := a.Orgs.Merge(t.Context(), tester, orgs.Merging{FromID: body, IntoID: into})
		if err != nil {
			t.Fatalf("Merge() = %v, want nil", err)
		}
		if role, employer := where(); role != into || employer != into {
			t.Errorf("after the merge: role over %s, employed by %s, want %s", role, employer, into)
		}
		if stayed, err := a.Orgs.UndoMerge(t.Context(), tester, merge); err != nil || len(stayed) != 0 {
			t.Fatalf("UndoMerge() = %v, %v, want everything back", stayed, err)
		}
		if role, employer := where(); role != body || employer != body {
			t.Errorf("after the undo: role over %s, employed by %s, want %s", role, employer, body)
		}
	})
}

// peopleWithAccounts are two records of one person with an account each, both facilitators of the point.
func peopleWithAccounts(t *testing.T, a *App, body, point string) (people, accounts [2]string) {
	t.Helper()
	for i, email := range []string{"vecchio@comune.it", "nuovo@comune.it"} {
		var err error
		people[i], err = a.Facilitators.Add(t.Context(), tester, facilitators.Facilitator{BodyID: body, Name: "Zoe", Surname: "Blu", From: tuesday.AddDays(-9)}, "")
		if err != nil {
			t.Fatal(err)
		}
		accounts[i] = accountOf(t, a, email, identity.Holding{Role: identity.Facilitator, Scope: identity.ScopePoint, ScopeID: point, From: tuesday.AddDays(i)})
		if err := a.Facilitators.LinkAccount(t.Context(), tester, people[i], accounts[i]); err != nil {
			t.Fatal(err)
		}
	}
	return people, accounts
}

// standing is the state of an account and how many roles it has.
func standing(t *testing.T, a *App, id string) (identity.AccountState, int) {
	t.Helper()
	account, err := a.Identity.ByID(t.Context(), tester, id)
	if err != nil {
		t.Fatal(err)
	}
	roles, err := a.Identity.RolesOf(t.Context(), tester, id)
	if err != nil {
		t.Fatal(err)
	}
	return account.State(), len(roles[id])
}

func TestTheAccountOfAMergedRecordIsDisabled(t *testing.T) {
	onBoth(t, func(t *testing.T, a *App, body, point string) {
		people, accounts := peopleWithAccounts(t, a, body, point)
		referent := identity.Actor{AccountID: accounts[1], Grants: []identity.Grant{{Role: identity.ManagingBody, Scope: identity.ScopeBody, ScopeID: body}}}
		merge, err := a.Facilitators.Merge(t.Context(), referent, people[0], people[1])
		if err != nil {
			t.Fatalf("Merge() = %v, want nil", err)
		}
		if state, roles := standing(t, a, accounts[0]); state != identity.StateDisabled || roles != 0 {
			t.Errorf("the account left behind is %s with %d roles, want disabled with none", state, roles)
		}
		if state, roles := standing(t, a, accounts[1]); state != identity.StateActive || roles != 2 {
			t.Errorf("the account that stays is %s with %d roles, want active with both", state, roles)
		}
		stayed, err := a.Facilitators.UndoMerge(t.Context(), referent, merge)
		if err != nil || len(stayed) > 0 {
			t.Fatalf("UndoMerge() = %v, %v, want nothing left", stayed, err)
		}
		for i, id := range accounts {
			if state, roles := standing(t, a, id); state != identity.StateActive || roles != 1 {
				t.Errorf("account %d after the undo is %s with %d roles, want active with one", i, state, roles)
			}
			if f, err := a.Facilitators.ByAccount(t.Context(), id); err != nil || f.ID != people[i] {
				t.Errorf("account %d after the undo is of %s, %v, want %s", i, f.ID, err, people[i])
			}
		}
	})
}

func TestAMergeTakesNoOtherRoleAway(t *testing.T) {
	onBoth(t, func(t *testing.T, a *App, body, point string) {
		people, accounts := peopleWithAccounts(t, a, body, point)
		h := identity.Holding{AccountID: accounts[0], Role: identity.Administrator, Scope: identity.ScopeNetwork}
		if _, err := a.Identity.Grant(t.Context(), tester, h); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Facilitators.Merge(t.Context(), tester, people[0], people[1]); err != nil {
			t.Fatalf("Merge() = %v, want nil", err)
		}
		if state, roles := standing(t, a, accounts[0]); state != identity.StateActive || roles != 1 {
			t.Errorf("the account of an administrator is %s with %d roles, want active with that one", state, roles)
		}
	})
}

func TestAccessEndsWhenTheRecordSaysSo(t *testing.T) {
	left := func(f *facilitators.Facilitator) { f.State = facilitators.Left }
	ends := func(f *facilitators.Facilitator) { f.To = tuesday.AddDays(3) }
	onBoth(t, func(t *testing.T, a *App, body, point string) {
		people, accounts := peopleWithAccounts(t, a, body, point)
		for i, change := range []func(*facilitators.Facilitator){left, ends} {
			f, err := a.Facilitators.ByID(t.Context(), tester, people[i])
			if err != nil {
				t.Fatal(err)
			}
			change(&f)
			if err := a.Facilitators.Edit(t.Context(), tester, f); err != nil {
				t.Fatalf("Edit() = %v, want nil", err)
			}
		}
		if _, roles := standing(t, a, accounts[0]); roles != 0 {
			t.Errorf("who has left has %d roles, want none", roles)
		}
		roles, err := a.Identity.RolesOf(t.Context(), tester, accounts[1])
		if last := tuesday.AddDays(3); err != nil || len(roles[accounts[1]]) != 1 || roles[accounts[1]][0].To != last {
			t.Errorf("roles of who ends = %+v, %v, want one until %v", roles, err, last)
		}
	})
}

func TestNothingIsGivenOverAnEndedBody(t *testing.T) {
	onBoth(t, func(t *testing.T, a *App, _, _ string) {
		gone, err := a.Orgs.Add(t.Context(), tester, orgs.Body{Name: "Consorzio di una volta", Kind: orgs.KindOther})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Orgs.End(t.Context(), tester, gone, tuesday.AddDays(-1)); err != nil {
			t.Fatal(err)
		}
		field := func(err error) string {
			refusal, ok := errors.AsType[*errs.Refusal](err)
			if !ok || len(refusal.Problems) != 1 {
				return "none"
			}
			return refusal.Problems[0].Field
		}
		_, err = a.Identity.Invite(t.Context(), tester, identity.Invitation{Email: "ivo@comune.it", Name: "Ivo Nuovo", Roles: []identity.Holding{referentOf(gone)}}, nil)
		if got := field(err); got != "scope" {
			t.Errorf("Invite() over an ended body = %v, want a problem of scope", err)
		}
		_, err = a.Facilitators.Add(t.Context(), tester, facilitators.Facilitator{BodyID: gone, Name: "Zoe", Surname: "Blu", From: tuesday}, "")
		if got := field(err); got != "body_id" {
			t.Errorf("Add() to an ended body = %v, want a problem of body_id", err)
		}
	})
}

func TestAccessToAPointEndsWithTheServiceThere(t *testing.T) {
	onBoth(t, func(t *testing.T, a *App, body, point string) {
		people, accounts := peopleWithAccounts(t, a, body, point)
		h := identity.Holding{AccountID: accounts[0], Role: identity.Facilitator, Scope: identity.ScopeBody, ScopeID: body}
		if _, err := a.Identity.Grant(t.Context(), tester, h); err != nil {
			t.Fatal(err)
		}
		if err := a.Facilitators.Serve(t.Context(), tester, people[0], point, tuesday.AddDays(-9), calendar.Day{}); err != nil {
			t.Fatal(err)
		}
		last := tuesday.AddDays(4)
		if err := a.Facilitators.StopServing(t.Context(), tester, people[0], point, last); err != nil {
			t.Fatal(err)
		}
		roles, err := a.Identity.RolesOf(t.Context(), tester, accounts[0])
		if err != nil || len(roles[accounts[0]]) != 2 {
			t.Fatalf("roles = %+v, %v, want two", roles, err)
		}
		for _, h := range roles[accounts[0]] {
			if ends := h.To == last; ends != (h.Scope == identity.ScopePoint) {
				t.Errorf("role over the %s ends on %v, want that over the point alone to end on %v", h.Scope, h.To, last)
			}
		}
		if roles, err := a.Identity.RolesOf(t.Context(), tester, accounts[1]); err != nil || !roles[accounts[1]][0].To.IsZero() {
			t.Errorf("roles of a colleague = %+v, %v, want no end", roles, err)
		}
	})
}
