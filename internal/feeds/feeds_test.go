package feeds_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/feeds"
	"capillare/internal/funding"
	"capillare/internal/geo"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
)

var (
	now    = time.Date(2027, time.January, 14, 9, 0, 0, 0, time.UTC)
	monday = calendar.NewDay(2027, time.January, 18)
	system = identity.System("test")
)

// world is a point with one booking, two people with accounts and the feeds.
type world struct {
	t      *testing.T
	db     *sqldb.DB
	clock  *sqldbtest.Clock
	bus    *jobs.Bus
	people *facilitators.Service
	feeds  *feeds.Service
	point  string
	ids    [2]string         // of the two facilitators
	actors [2]identity.Actor // who they are
	rights map[string]identity.Actor
}

func run(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	sqldbtest.RunAt(t, now, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w := &world{t: t, db: db, clock: clock, bus: jobs.NewBus(), rights: map[string]identity.Actor{}}
		ctx, towns, since := t.Context(), territory.New(db), calendar.NewDay(2026, time.July, 1)
		_, err := towns.LoadRows(ctx, []territory.SeedRow{{Belfiore: "A187", ISTAT: "077001", Name: "Aliano", ProvinceCode: "077", ProvinceName: "Matera",
			Sigla: "MT", RegionCode: "17", RegionName: "Basilicata", Population: 1100, Located: true, Lat: 40.31, Lon: 16.23, CAPs: []string{"75010"}}})
		w.must(err)
		bodies := orgs.New(db, towns)
		pts := points.New(db, points.Deps{Bus: w.bus, Territory: towns, Orgs: bodies, Funding: funding.New(db)})
		keys, _, err := sealed.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
		w.must(err)
		w.people = facilitators.New(db, w.bus, pts, keys)
		times := agenda.New(db, pts, w.people, agenda.Options{Bus: w.bus})
		times.Subscribe(w.bus)
		w.feeds = feeds.New(db, feeds.Deps{Agenda: times, Points: pts, Facilitators: w.people, Actor: w.actorFor})
		w.feeds.Subscribe(w.bus)
		body, err := bodies.Add(ctx, system, orgs.Body{Name: "Comune di Aliano", Kind: "municipality", Belfiore: "A187"})
		w.must(err)
		bands, err := calendar.ParseBands("lun-ven 9-13")
		w.must(err)
		w.point, err = pts.Add(ctx, system, points.Point{OfficialName: "Punto di Aliano", Kind: points.Fixed, ManagingBodyID: body, State: points.StateOpen,
			OpenedOn: since, Booking: points.BookingPossible, Addresses: []points.Address{{Street: "Via Roma 1", CAP: "75010", Belfiore: "A187",
				At: geo.Point{Lat: 40.31, Lon: 16.23}, HasAt: true, Schedules: []points.Schedule{{Bands: bands}}}}})
		w.must(err)
		p, err := pts.ByID(ctx, system, w.point)
		w.must(err)
		accounts := identity.New(db)
		for i, surname := range []string{"Uno", "Due"} {
			w.addPerson(accounts, body, i, surname)
		}
		_, err = w.people.AddDuty(ctx, system, facilitators.Duty{FacilitatorID: w.ids[0], PointID: w.point, AddressID: p.Addresses[0].ID,
			Weekday: calendar.Monday, Starts: 9 * 60, Ends: 13 * 60, From: since})
		w.must(err)
		when, err := monday.At(10 * 60)
		w.must(err)
		_, err = times.BookFor(ctx, system, agenda.ForRequest{Where: agenda.Where{PointID: w.point, StartsAt: when},
			Details: agenda.Details{Contact: agenda.Contact{Name: "Maria Rossi", Phone: "055 1234567"}}})
		w.must(err)
		test(t, w)
	})
}

func (w *world) addPerson(accounts *identity.Service, body string, i int, surname string) {
	w.t.Helper()
	ctx, since := w.t.Context(), calendar.NewDay(2026, time.July, 1)
	id, err := accounts.CreateAccount(ctx, system, identity.NewAccount{Name: "Anna " + surname, Email: strings.ToLower(surname) + "@rete.example", Password: "una-parola-lunga-2026"})
	w.must(err)
	w.ids[i], err = w.people.Add(ctx, system, facilitators.Facilitator{BodyID: body, Name: "Anna", Surname: surname, From: since, AccountID: id}, "")
	w.must(err)
	w.must(w.people.Serve(ctx, system, w.ids[i], w.point, since, calendar.Day{}))
	w.actors[i] = identity.Actor{AccountID: id, Grants: []identity.Grant{{Role: identity.Facilitator, Scope: identity.ScopePoint, ScopeID: w.point}}}
	w.rights[id] = w.actors[i]
}

// actorFor gives the rights that the test leaves to an account.
func (w *world) actorFor(_ context.Context, id string) (identity.Actor, error) {
	return w.rights[id], nil
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) reads(token string, want int) {
	w.t.Helper()
	_, list, err := w.feeds.Read(w.t.Context(), token)
	if want < 0 {
		if !errors.Is(err, feeds.ErrNotFound) {
			w.t.Errorf("Read = %d appointments, %v, want ErrNotFound", len(list), err)
		}
		return
	}
	if err != nil || len(list) != want {
		w.t.Errorf("Read = %d appointments, %v, want %d", len(list), err, want)
	}
}

// kept is what the table holds of the addresses.
func (w *world) kept() (all string) {
	w.t.Helper()
	w.must(w.db.View(w.t.Context(), func(tx *sqldb.Tx) error {
		rows, err := tx.QueryContext(w.t.Context(), "SELECT token_hash || id FROM feeds_feed")
		if err != nil {
			return err
		}
		for rows.Next() {
			var one string
			if err := rows.Scan(&one); err != nil {
				return err
			}
			all += one
		}
		return rows.Close()
	}))
	return all
}

func TestLifeOfAFeed(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		ctx, who := t.Context(), w.actors[0]
		own, token, err := w.feeds.Add(ctx, who, feeds.Feed{FacilitatorID: w.ids[0]})
		w.must(err)
		_, ofPoint, err := w.feeds.Add(ctx, who, feeds.Feed{PointID: w.point, Initials: true})
		w.must(err)
		w.reads(token, 1)
		w.reads(ofPoint, 1)
		w.reads("nessuno", -1)
		if kept := w.kept(); strings.Contains(kept, token) || strings.Contains(kept, ofPoint) {
			t.Error("a token itself is kept")
		}
		list, err := w.feeds.Mine(ctx, who)
		if err != nil || len(list) != 2 || !list[0].ReadOn.Equal(calendar.DayOf(now)) {
			t.Errorf("Mine = %+v, %v, want two, read today", list, err)
		}
		if err := w.feeds.Remove(ctx, w.actors[1], own.ID); !errors.Is(err, feeds.ErrNotFound) {
			t.Errorf("Remove of another's = %v, want ErrNotFound", err)
		}
		_, fresh, err := w.feeds.Renew(ctx, who, own.ID)
		w.must(err)
		w.reads(token, -1)
		w.reads(fresh, 1)
		w.must(w.feeds.ShowInitials(ctx, who, own.ID, true))
		if f, _, err := w.feeds.Read(ctx, fresh); err != nil || !f.Initials {
			t.Errorf("Read = %+v, %v, want it to show initials", f, err)
		}
		w.must(w.feeds.Remove(ctx, who, own.ID))
		w.reads(fresh, -1)
		w.reads(ofPoint, 1)
	})
}

func TestNobodyReadsMoreThanTheirOwn(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		if _, _, err := w.feeds.Add(ctx, w.actors[0], feeds.Feed{PointID: "altrove"}); err == nil {
			t.Error("Add of a point elsewhere = nil, want a refusal")
		}
		if _, _, err := w.feeds.Add(ctx, identity.Actor{AccountID: "x"}, feeds.Feed{PointID: w.point}); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("Add by who sees no agenda = %v, want forbidden", err)
		}
		if _, _, err := w.feeds.Add(ctx, w.actors[1], feeds.Feed{FacilitatorID: w.ids[0]}); err == nil {
			t.Error("Add of a colleague's = nil, want a refusal: facilitators see no people")
		}
		_, token, err := w.feeds.Add(ctx, w.actors[0], feeds.Feed{PointID: w.point})
		w.must(err)
		w.rights[w.actors[0].AccountID] = identity.Actor{AccountID: w.actors[0].AccountID}
		w.reads(token, -1)
	})
}

func TestNotTooMany(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		for range 20 {
			_, _, err := w.feeds.Add(t.Context(), w.actors[0], feeds.Feed{PointID: w.point})
			w.must(err)
		}
		if _, _, err := w.feeds.Add(t.Context(), w.actors[0], feeds.Feed{PointID: w.point}); !errors.Is(err, feeds.ErrTooMany) {
			t.Errorf("the twenty-first = %v, want ErrTooMany", err)
		}
	})
}
