package waiting_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/facilitators"
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
	"capillare/internal/waiting"
)

var (
	// monday is when people want to come; early is Thursday morning before it.
	monday = calendar.NewDay(2027, time.January, 11)
	early  = at(monday.AddDays(-4), 9, 0)
	system = identity.System("test")
	public = identity.Public("")
)

// at returns an instant of the wall clock of Rome.
func at(d calendar.Day, hour, minute int) time.Time {
	t, err := d.At(calendar.Minute(hour*60 + minute))
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// world is a point with one facilitator on Monday mornings, times of half an hour, and who listens.
type world struct {
	tb      testing.TB
	db      *sqldb.DB
	clock   *sqldbtest.Clock
	points  *points.Service
	people  *facilitators.Service
	agenda  *agenda.Service
	waiting *waiting.Service
	body    string
	point   string
	n       int

	mu      sync.Mutex
	offered []waiting.Offered
	ended   []waiting.Ended
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
	w.agenda = agenda.New(db, w.points, w.people, agenda.Options{Bus: bus})
	w.agenda.Subscribe(bus)
	w.waiting = waiting.New(db, w.agenda, w.points, waiting.Options{Bus: bus, Keys: keys})
	w.waiting.Subscribe(bus)
	jobs.Subscribe(bus, func(_ context.Context, _ *sqldb.Tx, f waiting.Offered) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.offered = append(w.offered, f)
		return nil
	})
	jobs.Subscribe(bus, func(_ context.Context, _ *sqldb.Tx, f waiting.Ended) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.ended = append(w.ended, f)
		return nil
	})
	w.body, err = bodies.Add(ctx, system, orgs.Body{Name: "Comune di Aliano", Kind: "municipality", Belfiore: "A187"})
	w.must(err)
	w.point = w.pointAt(40.31)
	w.morning(w.point, 1)
	return w
}

func (w *world) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

// pointAt adds an open point at a latitude.
func (w *world) pointAt(lat float64) string {
	w.tb.Helper()
	w.n++
	bands, err := calendar.ParseBands("lun-ven 9-13")
	w.must(err)
	id, err := w.points.Add(w.tb.Context(), system, points.Point{
		OfficialName: fmt.Sprintf("Punto %d", w.n), Kind: points.Fixed, ManagingBodyID: w.body, State: points.StateOpen,
		OpenedOn: calendar.NewDay(2026, time.July, 1), Booking: points.BookingPossible,
		Addresses: []points.Address{{Street: "Via Roma 1", CAP: "75010", Belfiore: "A187", At: geo.Point{Lat: lat, Lon: 16.23}, HasAt: true,
			Schedules: []points.Schedule{{Bands: bands}}}},
	})
	w.must(err)
	return id
}

// morning puts somebody on duty on that Monday, for so many half hours from nine.
func (w *world) morning(point string, halves int) {
	w.tb.Helper()
	w.n++
	ctx := w.tb.Context()
	p, err := w.points.ByID(ctx, system, point)
	w.must(err)
	id, err := w.people.Add(ctx, system, facilitators.Facilitator{
		BodyID: w.body, Name: "Anna", Surname: fmt.Sprintf("Prova %d", w.n), From: calendar.NewDay(2026, time.July, 1),
	}, "")
	w.must(err)
	w.must(w.people.Serve(ctx, system, id, point, calendar.NewDay(2026, time.July, 1), calendar.Day{}))
	_, err = w.people.AddDuty(ctx, system, facilitators.Duty{
		FacilitatorID: id, PointID: point, AddressID: p.Addresses[0].ID, Weekday: calendar.Monday,
		Starts: 9 * 60, Ends: calendar.Minute(9*60 + 30*halves), From: monday, To: monday,
	})
	w.must(err)
}

// book books a time for somebody, as the desk does.
func (w *world) book(when time.Time, name string) agenda.Booking {
	w.tb.Helper()
	w.n++
	b, err := w.agenda.BookFor(w.tb.Context(), system, agenda.ForRequest{
		Where: agenda.Where{PointID: w.point, StartsAt: when}, Details: agenda.Details{Contact: agenda.Contact{Name: name, Phone: fmt.Sprintf("055%06d", w.n)}},
	})
	w.must(err)
	return b
}

// wish waits for any time at the point.
func (w *world) wish() waiting.Wish {
	return waiting.Wish{PointID: w.point, Suits: calendar.AnyTime()}
}

func (w *world) join(r waiting.Request) waiting.Entry {
	w.tb.Helper()
	if r.PointID == "" {
		r.Wish = w.wish()
	}
	e, err := w.waiting.Join(w.tb.Context(), public, r)
	w.must(err)
	w.clock.Add(time.Second) // nobody else asks in the same instant
	return e
}

// joinAs waits for any time, with a name and a phone of one's own.
func (w *world) joinAs(name string) waiting.Entry {
	w.tb.Helper()
	w.n++
	return w.join(waiting.Request{Contact: agenda.Contact{Name: name, Phone: fmt.Sprintf("06%07d", w.n)}})
}

// offer runs the job of the point and returns the names of who has got an offer, in order.
func (w *world) offer() []string {
	w.tb.Helper()
	w.mu.Lock()
	before := len(w.offered)
	w.mu.Unlock()
	_, err := w.waiting.OfferAt(w.tb.Context(), w.point)
	w.must(err)
	var names []string
	for _, o := range w.offered[before:] {
		names = append(names, o.Entry.Contact.Name)
	}
	return names
}

func (w *world) opened(e waiting.Entry) waiting.Opened {
	w.tb.Helper()
	o, err := w.waiting.Open(w.tb.Context(), waiting.By{Code: e.Code})
	w.must(err)
	return o
}

// consistent fails when a seat is given twice, or in two offers, or an open offer has no seat.
func (w *world) consistent() {
	w.tb.Helper()
	err := w.db.View(context.WithoutCancel(w.tb.Context()), func(tx *sqldb.Tx) error {
		for _, rule := range invariants {
			var n int
			if err := tx.QueryRowContext(w.tb.Context(), rule.query).Scan(&n); err != nil {
				return fmt.Errorf("%s: %w", rule.name, err)
			}
			if n > 0 {
				w.tb.Errorf("%s: %d", rule.name, n)
			}
		}
		return nil
	})
	w.must(err)
}

const active = `b.state IN ('held', 'confirmed', 'attended', 'absent', 'served')`

var invariants = []struct{ name, query string }{
	{"seats are not free + given", `SELECT count(*) FROM agenda_slot s WHERE s.state = 'open'
		AND s.seats <> s.free + (SELECT count(*) FROM agenda_booking b WHERE b.slot_id = s.id AND ` + active + `)`},
	{"an open offer without its seat", `SELECT count(*) FROM waiting_offer o WHERE o.state = 'open'
		AND NOT EXISTS (SELECT 1 FROM agenda_booking b WHERE b.id = o.held_id AND b.state = 'held')`},
	{"a seat held for an offer that is not open", `SELECT count(*) FROM waiting_offer o JOIN agenda_booking b ON b.id = o.held_id
		WHERE o.state <> 'open' AND b.state = 'held'`},
	{"an open offer of an entry that is over", `SELECT count(*) FROM waiting_offer o JOIN waiting_entry e ON e.id = o.entry_id
		WHERE o.state = 'open' AND e.state <> 'waiting'`},
	{"an entry satisfied without a booking", `SELECT count(*) FROM waiting_entry e WHERE e.state = 'satisfied' AND e.booking_id IS NULL`},
}
