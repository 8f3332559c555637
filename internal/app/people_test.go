package app

import (
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/config"
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
