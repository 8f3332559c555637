package public_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/coverage"
	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/geo"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/kinds"
	"capillare/internal/network"
	"capillare/internal/opendata"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
	"capillare/internal/visits"
	"capillare/internal/waiting"
	"capillare/internal/web/public"
	"capillare/internal/web/ui"
)

var system = identity.System("test")

// tuesday is when the tests take place: 24 November 2026, half past eight in the morning.
var tuesday = time.Date(2026, time.November, 24, 7, 30, 0, 0, time.UTC)

// world is a network with its pages.
type world struct {
	tb     testing.TB
	clock  *sqldbtest.Clock
	deps   public.Deps
	people *facilitators.Service
	towns  map[string]territory.SeedRow
	body   string
	h      http.Handler
}

func newWorld(tb testing.TB, db *sqldb.DB, clock *sqldbtest.Clock) *world {
	tb.Helper()
	ctx := tb.Context()
	w := &world{tb: tb, clock: clock, towns: map[string]territory.SeedRow{}}
	towns := territory.New(db)
	var rows []territory.SeedRow
	seed, err := territory.Seed()
	w.must(err)
	for _, row := range seed {
		if row.RegionCode == "17" {
			rows = append(rows, row)
			w.towns[row.Name] = row
		}
	}
	_, err = towns.LoadRows(ctx, rows)
	w.must(err)
	bus, bodies := jobs.NewBus(), orgs.New(db, towns)
	pts := points.New(db, points.Deps{Bus: bus, Territory: towns, Orgs: bodies, Funding: funding.New(db)})
	keys, _, err := sealed.LoadOrCreate(filepath.Join(tb.TempDir(), "keys.json"))
	w.must(err)
	w.people = facilitators.New(db, bus, pts, keys)
	offered := kinds.New(db, kinds.Deps{Points: pts, Bus: bus})
	book := agenda.New(db, pts, w.people, agenda.Options{Bus: bus, Kinds: offered, Horizon: func(context.Context, *sqldb.Tx) (int, error) { return 30, nil }})
	book.Subscribe(bus)
	w.body, err = bodies.Add(ctx, system, orgs.Body{Name: "Regione Basilicata", Kind: "region"})
	w.must(err)
	net := network.New(db)
	w.deps = public.Deps{Points: pts, Agenda: book, Kinds: offered, Territory: towns, Network: net,
		OpenData: opendata.New(opendata.Deps{Points: pts, Orgs: bodies, Territory: towns}), Keys: keys, Coverage: coverage.New(coverage.Deps{Points: pts, Territory: towns}), Orgs: bodies, BaseURL: "https://servizi.example.it"}
	w.deps.Waiting = waiting.New(db, book, pts, waiting.Options{Bus: bus, Keys: keys})
	w.deps.Waiting.Subscribe(bus)
	w.deps.Visits = visits.New(db, visits.Deps{Bus: bus, Points: pts, Territory: towns, Agenda: book, People: w.people})
	w.serve()
	return w
}

// setUp makes the network known.
func (w *world) setUp() {
	w.tb.Helper()
	w.must(w.deps.Network.SetUp(w.tb.Context(), system, network.Setting{
		Name: "Digitale Facile Basilicata", Tagline: "La rete dei punti che ti aiutano con il digitale", RegionCode: "17",
		Phone: "800 29 20 20", PhoneHours: "gratuito, lun–ven 8–18", Email: "aiuto@example.it", NoticeVersion: "2026-07", HorizonDays: 30,
	}))
}

// serve makes the pages from w.deps.
func (w *world) serve() {
	w.tb.Helper()
	s := &ui.Server{Now: w.clock.Now, Frame: func(r *http.Request, p *ui.Page) {
		p.Network = ui.Network{
			Name: "Digitale Facile Basilicata", Tagline: "La rete dei punti che ti aiutano con il digitale", Region: "Regione Basilicata",
			Phone: "800 29 20 20", PhoneHours: "gratuito, lun–ven 8–18", Email: "aiuto@example.it",
		}
		p.Menu = public.Menu(p.Printer)
	}}
	h, err := s.Handler(public.Routes(w.deps), nil)
	w.must(err)
	w.h = h
}

func (w *world) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

// place is a point to add: one facilitator is there every morning from Monday to Friday.
type place struct {
	town, name, kind, booking string
	access                    []string
	closed                    []points.Closure
}

func (w *world) add(p place) points.Point {
	w.tb.Helper()
	ctx, town, since := w.tb.Context(), w.towns[p.town], calendar.NewDay(2026, time.July, 1)
	if town.Belfiore == "" {
		w.tb.Fatalf("no town %q in the seed", p.town)
	}
	bands, err := calendar.ParseBands("lun-ven 9-13; mar 15-18")
	w.must(err)
	address := func(street string) points.Address {
		return points.Address{Place: "Biblioteca comunale", Street: street, CAP: town.CAPs[0], Belfiore: town.Belfiore,
			At: geo.Point{Lat: town.Lat, Lon: town.Lon}, HasAt: true, Schedules: []points.Schedule{{Bands: bands}}}
	}
	point := points.Point{
		OfficialName: p.name, Kind: p.kind, ManagingBodyID: w.body, State: points.StateOpen, OpenedOn: since,
		Booking: p.booking, Phone: "0971 123456", Accessibility: p.access, Languages: []string{"it", "en"}, Services: []string{"facilitation", "training"},
		Addresses: []points.Address{address("Via Nazario Sauro 1")},
	}
	if point.Booking == "" {
		point.Booking = points.BookingPossible
	}
	if point.Kind == "" {
		point.Kind = points.Fixed
	}
	if point.Kind == points.Itinerant {
		point.Addresses = append(point.Addresses, address("Piazza Garibaldi 2"))
	}
	id, err := w.deps.Points.Add(ctx, system, point)
	w.must(err)
	for _, c := range p.closed {
		c.PointID = id
		_, err := w.deps.Points.AddClosure(ctx, system, c)
		w.must(err)
	}
	point, err = w.deps.Points.ByID(ctx, system, id)
	w.must(err)
	if point.Booking != points.BookingNone {
		w.staff(point, since)
	}
	return point
}

func (w *world) staff(point points.Point, since calendar.Day) {
	w.tb.Helper()
	ctx := w.tb.Context()
	person, err := w.people.Add(ctx, system, facilitators.Facilitator{BodyID: w.body, Name: "Anna", Surname: "Prova " + point.Code, From: since}, "")
	w.must(err)
	w.must(w.people.Serve(ctx, system, person, point.ID, since, calendar.Day{}))
	for day := calendar.Monday; day <= calendar.Friday; day++ {
		_, err := w.people.AddDuty(ctx, system, facilitators.Duty{
			FacilitatorID: person, PointID: point.ID, AddressID: point.Addresses[0].ID, Weekday: day, Starts: 9 * 60, Ends: 13 * 60, From: since,
		})
		w.must(err)
	}
}

// run gives a test a network of three points on both engines.
func run(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	sqldbtest.RunAt(t, tuesday, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) { test(t, threePoints(t, db, clock)) })
}

func threePoints(tb testing.TB, db *sqldb.DB, clock *sqldbtest.Clock) *world {
	tb.Helper()
	w := newWorld(tb, db, clock)
	w.setUp()
	w.add(place{town: "Potenza", name: "Potenza Centro", access: []string{"ramp", "toilet"}, closed: []points.Closure{
		{From: calendar.NewDay(2026, time.December, 9), To: calendar.NewDay(2026, time.December, 10), Reason: "lavori"},
	}})
	w.add(place{town: "Matera", name: "Biblioteca Stigliani"})
	w.add(place{town: "Aliano", name: "Aliano e dintorni", kind: points.Itinerant})
	return w
}

// region gives a test the whole of Basilicata: 32 points. One engine is enough for what depends on
// pages alone.
func region(t *testing.T) *world {
	t.Helper()
	db, clock := openAt(t)
	w := newWorld(t, db, clock)
	w.setUp()
	var names []string
	for name := range w.towns {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return w.towns[b].Population - w.towns[a].Population })
	for i, name := range names[:32] {
		kind := points.Fixed
		if i%4 == 3 {
			kind = points.Itinerant
		}
		w.add(place{town: name, name: fmt.Sprintf("Punto Digitale Facile – %s, biblioteca comunale", name), kind: kind, access: []string{"ramp", "toilet", "bus"}})
	}
	return w
}

func openAt(tb testing.TB) (*sqldb.DB, *sqldbtest.Clock) {
	tb.Helper()
	clock := sqldbtest.NewClock(tuesday)
	return sqldbtest.OpenAt(tb, sqldb.SQLite, clock), clock
}
