package agenda_test

import (
	"context"
	"fmt"
	"path/filepath"
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
	"capillare/internal/territory"
)

// monday is when most tests take place: nobody is on holiday for eight weeks.
var monday = calendar.NewDay(2027, time.January, 11)

var system = identity.System("test")

// at returns an instant of the wall clock of Rome.
func at(d calendar.Day, hour, minute int) time.Time {
	t, err := d.At(calendar.Minute(hour*60 + minute))
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// world is a small network with an agenda.
type world struct {
	tb     testing.TB
	db     *sqldb.DB
	bus    *jobs.Bus
	points *points.Service
	people *facilitators.Service
	agenda *agenda.Service
	body   string
	n      int
}

func newWorld(tb testing.TB, db *sqldb.DB) *world {
	tb.Helper()
	return newWorldOf(tb, db, 60)
}

// newWorldOf is a world whose times can be booked some days ahead.
func newWorldOf(tb testing.TB, db *sqldb.DB, days int) *world {
	tb.Helper()
	ctx := tb.Context()
	w := &world{tb: tb, db: db, bus: jobs.NewBus()}
	towns := territory.New(db)
	_, err := towns.LoadRows(ctx, []territory.SeedRow{{
		Belfiore: "A187", ISTAT: "077001", Name: "Aliano", ProvinceCode: "077", ProvinceName: "Matera", Sigla: "MT",
		RegionCode: "17", RegionName: "Basilicata", Population: 1100, Located: true, Lat: 40.31, Lon: 16.23, CAPs: []string{"75010"},
	}})
	w.must(err)
	bodies := orgs.New(db, towns)
	w.points = points.New(db, points.Deps{Bus: w.bus, Territory: towns, Orgs: bodies, Funding: funding.New(db)})
	keys, _, err := sealed.LoadOrCreate(filepath.Join(tb.TempDir(), "keys.json"))
	w.must(err)
	w.people = facilitators.New(db, w.bus, w.points, keys)
	w.agenda = agenda.New(db, w.points, w.people, agenda.Options{
		Bus:     w.bus,
		Horizon: func(context.Context, *sqldb.Tx) (int, error) { return days, nil },
	})
	w.agenda.Subscribe(w.bus)
	w.body, err = bodies.Add(ctx, system, orgs.Body{Name: "Comune di Aliano", Kind: "municipality", Belfiore: "A187"})
	w.must(err)
	return w
}

func (w *world) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

// point adds an open point with one address and returns both ids.
func (w *world) point(hours string) (id, address string) {
	w.tb.Helper()
	w.n++
	bands, err := calendar.ParseBands(hours)
	w.must(err)
	id, err = w.points.Add(w.tb.Context(), system, points.Point{
		OfficialName: fmt.Sprintf("Punto %d", w.n), Kind: points.Fixed, ManagingBodyID: w.body, State: points.StateOpen,
		OpenedOn: calendar.NewDay(2026, time.July, 1), Booking: points.BookingPossible,
		Addresses: []points.Address{{Street: "Via Roma 1", CAP: "75010", Belfiore: "A187", At: geo.Point{Lat: 40.31, Lon: 16.23}, HasAt: true,
			Schedules: []points.Schedule{{Bands: bands}}}},
	})
	w.must(err)
	p, err := w.points.ByID(w.tb.Context(), system, id)
	w.must(err)
	return id, p.Addresses[0].ID
}

// person adds a facilitator who serves the points.
func (w *world) person(pointIDs ...string) string {
	w.tb.Helper()
	w.n++
	ctx := w.tb.Context()
	id, err := w.people.Add(ctx, system, facilitators.Facilitator{
		BodyID: w.body, Name: "Anna", Surname: fmt.Sprintf("Prova %d", w.n), From: calendar.NewDay(2026, time.July, 1),
	}, "")
	w.must(err)
	for _, p := range pointIDs {
		w.must(w.people.Serve(ctx, system, id, p, calendar.NewDay(2026, time.July, 1), calendar.Day{}))
	}
	return id
}

// duty puts a person on duty every week.
func (w *world) duty(d facilitators.Duty) string {
	w.tb.Helper()
	if d.From.IsZero() {
		d.From = calendar.NewDay(2026, time.July, 1)
	}
	id, err := w.people.AddDuty(w.tb.Context(), system, d)
	w.must(err)
	return id
}

// morning is a shift of one weekday from 9 to 13, of half hours.
func morning(person, point, address string, day calendar.Weekday) facilitators.Duty {
	return facilitators.Duty{FacilitatorID: person, PointID: point, AddressID: address, Weekday: day, Starts: 9 * 60, Ends: 13 * 60}
}

// simple is one point open on weekdays with one person there on Monday mornings.
func simple(tb testing.TB, db *sqldb.DB) (w *world, point, address, person string) {
	tb.Helper()
	w = newWorld(tb, db)
	point, address = w.point("lun-ven 9-13")
	person = w.person(point)
	w.duty(morning(person, point, address, calendar.Monday))
	return w, point, address, person
}

func (w *world) hold(point string, when time.Time) (agenda.Booking, string, error) {
	return w.agenda.Hold(w.tb.Context(), agenda.HoldRequest{Where: agenda.Where{PointID: point, StartsAt: when}})
}

// book takes a time from the hold to the confirmation.
func (w *world) book(point string, when time.Time, name string) agenda.Booking {
	w.tb.Helper()
	_, secret, err := w.hold(point, when)
	w.must(err)
	_, err = w.agenda.Fill(w.tb.Context(), secret, agenda.Details{Contact: agenda.Contact{Name: name, Phone: "055 1234567"}})
	w.must(err)
	b, err := w.agenda.Confirm(w.tb.Context(), secret, agenda.ConfirmRequest{NoticeVersion: "2026-07", Anyway: true})
	w.must(err)
	return b
}

// free returns the free seats at each time of a day, as "09:00=1 09:30=2".
func (w *world) free(point string, d calendar.Day) string {
	w.tb.Helper()
	times, err := w.agenda.Times(w.tb.Context(), point, "", d, d)
	w.must(err)
	text := ""
	for _, t := range times {
		text += fmt.Sprintf("%s=%d ", calendar.MinuteOf(t.StartsAt), t.Free)
	}
	return text
}

// check looks at the whole of the agenda: seats add up, cells belong to slots with bookings and to no
// other, nobody is in two places, and what overlaps a booked slot has no free seat.
func (w *world) check() error {
	return w.db.View(context.WithoutCancel(w.tb.Context()), func(tx *sqldb.Tx) error {
		for _, rule := range invariants {
			rows, err := tx.QueryContext(w.tb.Context(), rule.query)
			if err != nil {
				return fmt.Errorf("%s: %w", rule.name, err)
			}
			bad := ""
			for rows.Next() {
				var id string
				if err := rows.Scan(&id); err != nil {
					return err
				}
				bad += " " + id
			}
			if err := rows.Close(); err != nil {
				return err
			}
			if bad != "" {
				return fmt.Errorf("%s:%s", rule.name, bad)
			}
		}
		return nil
	})
}

const active = `b.state IN ('held', 'confirmed', 'attended', 'absent', 'served')`

const overlapping = `o.facilitator_id = s.facilitator_id AND o.day = s.day AND o.id <> s.id AND o.starts_at < s.ends_at AND o.ends_at > s.starts_at`

const hasBookings = `EXISTS (SELECT 1 FROM agenda_booking b WHERE b.slot_id = o.id AND ` + active + `)`

var invariants = []struct{ name, query string }{
	{"seats are not free + given", `SELECT s.id FROM agenda_slot s
		WHERE s.state = 'open' AND NOT EXISTS (SELECT 1 FROM agenda_slot o WHERE ` + overlapping + ` AND ` + hasBookings + `)
		AND s.seats <> s.free + (SELECT count(*) FROM agenda_booking b WHERE b.slot_id = s.id AND ` + active + `)`},
	{"more given than seats", `SELECT s.id FROM agenda_slot s WHERE s.seats < (SELECT count(*) FROM agenda_booking b WHERE b.slot_id = s.id AND ` + active + `)`},
	{"free beside an overlapping booked slot", `SELECT s.id FROM agenda_slot s WHERE s.free > 0
		AND EXISTS (SELECT 1 FROM agenda_slot o WHERE ` + overlapping + ` AND ` + hasBookings + `)`},
	{"somebody in two places", `SELECT s.id FROM agenda_slot s, agenda_slot o WHERE ` + overlapping + ` AND ` + hasBookings + `
		AND EXISTS (SELECT 1 FROM agenda_booking b WHERE b.slot_id = s.id AND ` + active + `)`},
	{"cells of a slot without bookings", `SELECT DISTINCT c.slot_id FROM agenda_cell c
		WHERE NOT EXISTS (SELECT 1 FROM agenda_booking b WHERE b.slot_id = c.slot_id AND ` + active + `)`},
	{"a booked slot without cells", `SELECT o.id FROM agenda_slot o WHERE ` + hasBookings + ` AND NOT EXISTS (SELECT 1 FROM agenda_cell c WHERE c.slot_id = o.id)`},
	{"who comes together is not as many as was said", `SELECT b.id FROM agenda_booking b
		WHERE b.together_id IS NULL AND b.state IN ('held', 'confirmed')
		AND b.party <> 1 + (SELECT count(*) FROM agenda_booking o WHERE o.together_id = b.id AND o.state IN ('held', 'confirmed', 'attended', 'absent', 'served'))`},
	{"somebody comes with nobody", `SELECT o.id FROM agenda_booking o JOIN agenda_booking b ON b.id = o.together_id
		WHERE o.state = 'held' AND b.state <> 'held' OR o.state = 'confirmed' AND b.state IN ('held', 'expired', 'cancelled')`},
	{"who comes together does not follow", `SELECT o.id FROM agenda_booking o JOIN agenda_booking b ON b.id = o.together_id
		WHERE o.state IN ('held', 'confirmed') AND b.state IN ('held', 'confirmed')
		AND (o.facilitator_id <> b.facilitator_id OR o.day <> b.day OR o.kind = 'group' AND o.slot_id <> b.slot_id OR o.kind <> 'group' AND o.starts_at <= b.starts_at)`},
	{"a booking that says another time than its slot", `SELECT b.id FROM agenda_booking b JOIN agenda_slot s ON s.id = b.slot_id
		WHERE b.starts_at <> s.starts_at OR b.ends_at <> s.ends_at OR b.day <> s.day OR b.point_id <> s.point_id OR b.facilitator_id <> s.facilitator_id OR b.kind <> s.kind`},
}
