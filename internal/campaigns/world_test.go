package campaigns_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/campaigns"
	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/geo"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/kinds"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
)

var (
	// monday is the first day of the campaign; early is the Thursday before.
	monday = calendar.NewDay(2027, time.January, 11)
	early  = at(monday.AddDays(-4), 9)
	july   = calendar.NewDay(2026, time.July, 1)
	system = identity.System("test")
	work   = calendar.WeekdaysOf(calendar.Monday, calendar.Tuesday, calendar.Wednesday, calendar.Thursday, calendar.Friday)
)

func at(d calendar.Day, hour int) time.Time {
	t, err := d.At(calendar.Minute(hour * 60))
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// world is a body with points open in the morning, people who serve them, and a kind of one hour.
type world struct {
	tb        testing.TB
	db        *sqldb.DB
	clock     *sqldbtest.Clock
	points    *points.Service
	people    *facilitators.Service
	agenda    *agenda.Service
	kinds     *kinds.Service
	campaigns *campaigns.Service
	bodies    *orgs.Service
	body      string
	kind      string
	n         int
}

func onBoth(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	sqldbtest.RunAt(t, early, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w := newWorld(t, db)
		w.clock = clock
		fn(t, w)
	})
}

func newWorld(tb testing.TB, db *sqldb.DB) *world {
	tb.Helper()
	ctx := tb.Context()
	w := &world{tb: tb, db: db}
	bus := jobs.NewBus()
	towns := territory.New(db)
	_, err := towns.LoadRows(ctx, []territory.SeedRow{{
		Belfiore: "A187", ISTAT: "077001", Name: "Aliano", ProvinceCode: "077", ProvinceName: "Matera", Sigla: "MT",
		RegionCode: "17", RegionName: "Basilicata", Population: 1100, Located: true, Lat: 40.31, Lon: 16.23, CAPs: []string{"75010"},
	}})
	w.must(err)
	bodies := orgs.New(db, towns)
	w.points = points.New(db, points.Deps{Bus: bus, Territory: towns, Orgs: bodies, Funding: funding.New(db)})
	keys, _, err := sealed.LoadOrCreate(filepath.Join(tb.TempDir(), "keys.json"))
	w.must(err)
	w.people = facilitators.New(db, bus, w.points, keys)
	w.kinds = kinds.New(db, kinds.Deps{Points: w.points, Bus: bus})
	w.agenda = agenda.New(db, w.points, w.people, agenda.Options{Bus: bus, Kinds: w.kinds})
	w.agenda.Subscribe(bus)
	w.campaigns = campaigns.New(db, campaigns.Deps{Points: w.points, Kinds: w.kinds, Facilitators: w.people, Agenda: w.agenda})
	w.campaigns.Subscribe(bus)
	w.bodies = bodies
	w.body, err = bodies.Add(ctx, system, orgs.Body{Name: "Comune di Aliano", Kind: "municipality", Belfiore: "A187"})
	w.must(err)
	w.kind, err = w.kinds.Add(ctx, system, kinds.Kind{Name: "Aiuti per l'alluvione", Mode: kinds.Desk, Minutes: 60, Seats: 1, Audience: kinds.Everyone, From: july})
	w.must(err)
	return w
}

func (w *world) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

// point adds a point open at these hours and returns its id and its address.
func (w *world) point(hours string) (id, address string) {
	w.tb.Helper()
	w.n++
	bands, err := calendar.ParseBands(hours)
	w.must(err)
	id, err = w.points.Add(w.tb.Context(), system, points.Point{
		OfficialName: fmt.Sprintf("Punto %d", w.n), Kind: points.Fixed, ManagingBodyID: w.body, State: points.StateOpen,
		OpenedOn: july, Booking: points.BookingPossible,
		Addresses: []points.Address{{Place: "Biblioteca", Street: "Via Roma 1", CAP: "75010", Belfiore: "A187", At: geo.Point{Lat: 40.31, Lon: 16.23}, HasAt: true,
			Schedules: []points.Schedule{{Bands: bands}}}},
	})
	w.must(err)
	return id, w.pointOf(id).Addresses[0].ID
}

func (w *world) pointOf(id string) points.Point {
	w.tb.Helper()
	p, err := w.points.ByID(w.tb.Context(), system, id)
	w.must(err)
	return p
}

// person adds somebody who serves the points.
func (w *world) person(pointIDs ...string) string {
	w.tb.Helper()
	w.n++
	ctx := w.tb.Context()
	id, err := w.people.Add(ctx, system, facilitators.Facilitator{BodyID: w.body, Name: "Anna", Surname: fmt.Sprintf("Prova %d", w.n), From: july}, "")
	w.must(err)
	for _, p := range pointIDs {
		w.must(w.people.Serve(ctx, system, id, p, july, calendar.Day{}))
	}
	return id
}

// campaign adds one of six weeks with turns.
func (w *world) campaign(turns ...campaigns.Turn) string {
	w.tb.Helper()
	id, err := w.campaigns.Add(w.tb.Context(), system, campaigns.Campaign{
		Name: "Aiuti per l'alluvione", BodyID: w.body, KindID: w.kind, Wanted: 450, From: monday, To: monday.AddDays(6*7 - 1),
	})
	w.must(err)
	for _, t := range turns {
		_, err := w.campaigns.AddTurn(w.tb.Context(), system, id, t)
		w.must(err)
	}
	return id
}

func (w *world) load(id string) campaigns.Campaign {
	w.tb.Helper()
	c, err := w.campaigns.ByID(w.tb.Context(), system, id)
	w.must(err)
	return c
}

func (w *world) make(id string) campaigns.Outcome {
	w.tb.Helper()
	out, err := w.campaigns.Make(w.tb.Context(), system, id, w.load(id).Version)
	w.must(err)
	return out
}

// slots is how many open times of the kind the agenda has, and how many of all.
func (w *world) slots() (ofKind, all int) {
	w.tb.Helper()
	ctx := w.tb.Context()
	w.must(w.db.View(ctx, func(tx *sqldb.Tx) error {
		const q = `SELECT count(*), coalesce(sum(CASE WHEN kind_id = $1 THEN 1 ELSE 0 END), 0) FROM agenda_slot WHERE state = 'open'`
		return tx.QueryRowContext(ctx, q, w.kind).Scan(&all, &ofKind)
	}))
	return ofKind, all
}
