package notify_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/calls"
	"capillare/internal/config"
	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/geo"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/kinds"
	"capillare/internal/messages"
	"capillare/internal/network"
	"capillare/internal/notify"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
	"capillare/internal/waiting"
)

// monday is when the appointments of most tests are; now a week and a half before, by day.
var (
	monday = calendar.NewDay(2027, time.January, 25)
	now    = at(calendar.NewDay(2027, time.January, 14), 10, 0)
	system = identity.System("test")
)

// at returns an instant of the wall clock of Rome.
func at(d calendar.Day, hour, minute int) time.Time {
	t, err := d.At(calendar.Minute(hour*60 + minute))
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// world is a small network that writes its messages to a folder.
type world struct {
	tb     testing.TB
	db     *sqldb.DB
	clock  *sqldbtest.Clock
	bus    *jobs.Bus
	runner *jobs.Runner
	agenda *agenda.Service
	calls  *calls.Service
	notify *notify.Service
	waits  *waiting.Service
	folder string
	point  string
}

func newWorld(tb testing.TB, db *sqldb.DB, clock *sqldbtest.Clock) *world {
	return newWorldOver(tb, db, clock, config.SMS{})
}

// newWorldOver is a world whose SMS go to a gateway; without one they go to the folder too.
func newWorldOver(tb testing.TB, db *sqldb.DB, clock *sqldbtest.Clock, sms config.SMS) *world {
	tb.Helper()
	ctx := tb.Context()
	w := &world{tb: tb, db: db, clock: clock, bus: jobs.NewBus(), runner: jobs.NewRunner(db, nil), folder: filepath.Join(tb.TempDir(), "posta")}
	towns := territory.New(db)
	_, err := towns.LoadRows(ctx, []territory.SeedRow{{Belfiore: "A187", ISTAT: "077001", Name: "Aliano", ProvinceCode: "077", ProvinceName: "Matera",
		Sigla: "MT", RegionCode: "17", RegionName: "Basilicata", Population: 1100, Located: true, Lat: 40.31, Lon: 16.23, CAPs: []string{"75010"}}})
	w.must(err)
	net, bodies := network.New(db), orgs.New(db, towns)
	w.must(net.SetUp(ctx, system, network.Setting{Name: "Rete di prova", RegionCode: "17", Phone: "800 29 20 20"}))
	pts := points.New(db, points.Deps{Bus: w.bus, Territory: towns, Orgs: bodies, Funding: funding.New(db)})
	keys, _, err := sealed.LoadOrCreate(filepath.Join(tb.TempDir(), "keys.json"))
	w.must(err)
	people, offered := facilitators.New(db, w.bus, pts, keys), kinds.New(db, kinds.Deps{Points: pts, Bus: w.bus})
	w.agenda = agenda.New(db, pts, people, agenda.Options{Bus: w.bus})
	post := messages.New(db, messages.Options{Mail: config.Mail{Folder: w.folder, From: "rete@rete.example"}, SMS: sms, Keys: keys, Bus: w.bus})
	if sms.Address != "" {
		post = messages.New(db, messages.Options{SMS: sms, Keys: keys, Bus: w.bus})
	}
	w.calls = calls.New(db, w.bus, pts, nil)
	w.waits = waiting.New(db, w.agenda, pts, waiting.Options{Bus: w.bus, Keys: keys})
	w.notify = notify.New(db, notify.Deps{Agenda: w.agenda, Calls: w.calls, Kinds: offered, Messages: post, Network: net, Points: pts, Territory: towns,
		Waiting: w.waits, From: "rete@rete.example", BaseURL: func() string { return "https://rete.example" }})
	w.agenda.Subscribe(w.bus)
	w.notify.Subscribe(w.bus)
	post.Handle(w.runner)
	w.notify.Handle(w.runner)
	w.calls.Handle(w.runner)
	w.build(bodies, pts, people)
	return w
}

// build opens a point with somebody there on weekday mornings.
func (w *world) build(bodies *orgs.Service, pts *points.Service, people *facilitators.Service) {
	w.tb.Helper()
	ctx, since := w.tb.Context(), calendar.NewDay(2026, time.July, 1)
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
	person, err := people.Add(ctx, system, facilitators.Facilitator{BodyID: body, Name: "Anna", Surname: "Prova", From: since}, "")
	w.must(err)
	w.must(people.Serve(ctx, system, person, w.point, since, calendar.Day{}))
	_, err = people.AddDuty(ctx, system, facilitators.Duty{FacilitatorID: person, PointID: w.point, AddressID: p.Addresses[0].ID,
		Weekday: calendar.Monday, Starts: 9 * 60, Ends: 13 * 60, From: since})
	w.must(err)
}

func (w *world) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

var (
	withMail = agenda.Contact{Name: "Maria Rossi", Phone: "333 1234567", Email: "maria@posta.example"}
	mobile   = agenda.Contact{Name: "Maria Rossi", Phone: "333 1234567"}
	landline = agenda.Contact{Name: "Maria Rossi", Phone: "055 1234567"}
)

// book books on line.
func (w *world) book(when time.Time, c agenda.Contact) agenda.Booking {
	w.tb.Helper()
	ctx := w.tb.Context()
	_, secret, err := w.agenda.Hold(ctx, agenda.HoldRequest{Where: agenda.Where{PointID: w.point, StartsAt: when}})
	w.must(err)
	_, err = w.agenda.Fill(ctx, secret, agenda.Details{Topic: "A", Reason: "Il mio segreto", Contact: c})
	w.must(err)
	b, err := w.agenda.Confirm(ctx, secret, agenda.ConfirmRequest{NoticeVersion: "1", Anyway: true})
	w.must(err)
	return b
}

// run does the work that is due.
func (w *world) run() {
	w.tb.Helper()
	w.must(w.notify.SendDue(w.tb.Context()))
	for {
		n, err := w.runner.RunDue(w.tb.Context())
		w.must(err)
		if n == 0 {
			return
		}
	}
}

// runUntil lets time pass from one thing that is due to the next.
func (w *world) runUntil(end time.Time) {
	w.tb.Helper()
	w.run()
	for {
		next := end
		w.must(w.db.View(w.tb.Context(), func(tx *sqldb.Tx) error {
			for _, query := range []string{"SELECT min(due_at) FROM notify_notice WHERE state = 'planned'", "SELECT min(next_at) FROM messages_message WHERE state = 'queued'"} {
				var due sqldb.Time
				if err := tx.QueryRowContext(w.tb.Context(), query).Scan(&due); err != nil {
					return err
				}
				if !due.IsZero() && due.Before(next) && due.After(w.clock.Now()) {
					next = due.Time
				}
			}
			return nil
		}))
		w.clock.Set(next)
		w.run()
		if !next.Before(end) {
			return
		}
	}
}

// outcomes are the notices of a booking: "confirmation email sent".
func (w *world) outcomes(b agenda.Booking) string {
	w.tb.Helper()
	list, err := w.notify.OutcomesOf(w.tb.Context(), system, b.ID)
	w.must(err)
	var words []string
	for _, o := range list {
		words = append(words, strings.Join(slices.DeleteFunc([]string{string(o.Purpose), string(o.Channel), o.State, o.Reason},
			func(s string) bool { return s == "" }), " "))
	}
	return strings.Join(words, ", ")
}

// left are the messages that left.
func (w *world) left() []string {
	w.tb.Helper()
	entries, err := os.ReadDir(w.folder)
	if err != nil {
		return nil
	}
	var all []string
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(w.folder, e.Name()))
		w.must(err)
		all = append(all, string(text))
	}
	return all
}

// dump is all that the tables of notices and calls hold.
func (w *world) dump() string {
	w.tb.Helper()
	var out strings.Builder
	w.must(w.db.View(context.Background(), func(tx *sqldb.Tx) error {
		for _, query := range []string{"SELECT subject || purpose || channel || state || reason FROM notify_notice", "SELECT name || phone || why || state FROM calls_call"} {
			rows, err := tx.QueryContext(context.Background(), query)
			if err != nil {
				return err
			}
			for rows.Next() {
				var text string
				if err := rows.Scan(&text); err != nil {
					return err
				}
				out.WriteString(text + "\n")
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
		return nil
	}))
	return out.String()
}
