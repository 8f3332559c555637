package agenda_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/kinds"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// wideWorld is a network over several municipalities, whose slots are written straight into the database:
// a search must answer for every slot that there can be, not only for those that shifts make today.
type wideWorld struct {
	*world
	towns  *territory.Service
	kinds  *kinds.Service
	seed   []territory.SeedRow
	places []points.Point
	staff  []facilitators.Facilitator
	kind   []kinds.Kind
}

// newWide makes a world over the municipalities of a region, all of Italy's for "".
func newWide(tb testing.TB, db *sqldb.DB, region string) *wideWorld {
	tb.Helper()
	ctx := tb.Context()
	w := &wideWorld{world: &world{tb: tb, db: db, bus: jobs.NewBus()}, towns: territory.New(db)}
	seed, err := territory.Seed()
	w.must(err)
	for _, row := range seed {
		if region == "" || row.RegionCode == region {
			w.seed = append(w.seed, row)
		}
	}
	_, err = w.towns.LoadRows(ctx, w.seed)
	w.must(err)
	bodies := orgs.New(db, w.towns)
	w.points = points.New(db, points.Deps{Bus: w.bus, Territory: w.towns, Orgs: bodies, Funding: funding.New(db)})
	keys, _, err := sealed.LoadOrCreate(filepath.Join(tb.TempDir(), "keys.json"))
	w.must(err)
	w.people = facilitators.New(db, w.bus, w.points, keys)
	w.kinds = kinds.New(db, kinds.Deps{Points: w.points, Bus: w.bus})
	w.agenda = agenda.New(db, w.points, w.people, agenda.Options{
		Kinds: w.kinds, Horizon: func(context.Context, *sqldb.Tx) (int, error) { return 60, nil },
	})
	w.body, err = bodies.Add(ctx, system, orgs.Body{Name: "Regione", Kind: orgs.KindOther})
	w.must(err)
	return w
}

// settle adds an open point with addresses in some towns.
func (w *wideWorld) settle(access []string, towns ...territory.SeedRow) points.Point {
	w.tb.Helper()
	w.n++
	p := points.Point{
		OfficialName: fmt.Sprintf("Punto %d", w.n), Kind: points.Fixed, ManagingBodyID: w.body, State: points.StateOpen,
		OpenedOn: calendar.NewDay(2026, time.July, 1), Booking: points.BookingPossible, Accessibility: access,
	}
	bands, err := calendar.ParseBands("lun-ven 9-20")
	w.must(err)
	for _, town := range towns {
		p.Addresses = append(p.Addresses, points.Address{Street: "Via Roma 1", CAP: town.CAPs[0], Belfiore: town.Belfiore, Schedules: []points.Schedule{{Bands: bands}}})
	}
	if len(towns) > 1 {
		p.Kind = points.Itinerant
	}
	id, err := w.points.Add(w.tb.Context(), system, p)
	w.must(err)
	p, err = w.points.ByID(w.tb.Context(), system, id)
	w.must(err)
	w.places = append(w.places, p)
	return p
}

// hire adds a facilitator who speaks languages.
func (w *wideWorld) hire(languages ...string) {
	w.tb.Helper()
	w.n++
	f := facilitators.Facilitator{BodyID: w.body, Name: "Anna", Surname: fmt.Sprintf("Prova %d", w.n), From: calendar.NewDay(2026, time.July, 1), Languages: languages}
	id, err := w.people.Add(w.tb.Context(), identity.System("test"), f, "")
	w.must(err)
	f.ID = id
	w.staff = append(w.staff, f)
}

// offer adds a kind of appointment.
func (w *wideWorld) offer(k kinds.Kind) {
	w.tb.Helper()
	w.n++
	k.Name, k.From, k.Audience, k.Seats = fmt.Sprintf("Tipo %d", w.n), calendar.NewDay(2026, time.July, 1), kinds.Everyone, max(1, k.Seats)
	id, err := w.kinds.Add(w.tb.Context(), system, k)
	w.must(err)
	k.ID = id
	w.kind = append(w.kind, k)
}

// rawSlot is a row of agenda_slot.
type rawSlot struct {
	id                     string
	point, address, person string
	kindID, shape          string
	mode                   kinds.Mode
	audience               kinds.Audience
	starts, ends, closes   time.Time
	seats, free, kept      int
}

const (
	slotColumns = `INSERT INTO agenda_slot (id, point_id, address_id, facilitator_id, kind, day, starts_at, ends_at, seats, free,
		kind_id, mode, kept, audience, closes_at, busy_from, busy_to, part) VALUES `
	bookingColumns = `INSERT INTO agenda_booking (id, code, secret_hash, slot_id, seat, point_id, facilitator_id, kind, day, starts_at, ends_at,
		state, channel, contact_id, created_at, updated_at) VALUES `
	rawTime   = "2006-01-02T15:04:05.000000Z"
	rawAtOnce = 500
)

func (s rawSlot) values() string {
	kind := "NULL"
	if s.kindID != "" {
		kind = "'" + s.kindID + "'"
	}
	part := 0
	switch m := calendar.MinuteOf(s.starts); {
	case m >= 18*60:
		part = 2
	case m >= 13*60:
		part = 1
	}
	from, to := s.starts.UTC().Format(rawTime), s.ends.UTC().Format(rawTime)
	return fmt.Sprintf("('%s','%s','%s','%s','%s','%s','%s','%s',%d,%d,%s,'%s',%d,'%s','%s','%s','%s',%d)", s.id, s.point, s.address, s.person, s.shape,
		calendar.DayOf(s.starts), from, to, s.seats, s.free, kind, s.mode, s.kept, s.audience, s.closes.UTC().Format(rawTime), from, to, part)
}

// booking is the row of a booking of the slot; its contact has the same id.
func (s rawSlot) booking(n int) string {
	now := s.starts.Add(-72 * time.Hour).UTC().Format(rawTime)
	return fmt.Sprintf("('%s','%08d','%d','%s',1,'%s','%s','%s','%s','%s','%s','confirmed','web','%s','%s','%s')", s.id, n, n, s.id, s.point, s.person,
		s.shape, calendar.DayOf(s.starts), s.starts.UTC().Format(rawTime), s.ends.UTC().Format(rawTime), s.id, now, now)
}

// analyze lets PostgreSQL know what is in its tables.
func (w *wideWorld) analyze() {
	w.tb.Helper()
	w.must(w.db.Update(w.tb.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.ExecContext(w.tb.Context(), "ANALYZE")
		return err
	}))
}

// write puts rows into a table, many in one statement.
func (w *wideWorld) write(into string, rows []string) {
	w.tb.Helper()
	const transaction = 20 * rawAtOnce
	for first := 0; first < len(rows); first += transaction {
		w.must(w.db.Update(w.tb.Context(), func(tx *sqldb.Tx) error {
			for at := first; at < min(first+transaction, len(rows)); at += rawAtOnce {
				if _, err := tx.ExecContext(w.tb.Context(), into+strings.Join(rows[at:min(at+rawAtOnce, len(rows))], ",")); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

// putSlots makes slots the only ones.
func (w *wideWorld) putSlots(slots []rawSlot) {
	w.tb.Helper()
	w.must(w.db.Update(w.tb.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.ExecContext(w.tb.Context(), "DELETE FROM agenda_slot")
		return err
	}))
	rows := make([]string, len(slots))
	for i, s := range slots {
		rows[i] = s.values()
	}
	w.write(slotColumns, rows)
}
