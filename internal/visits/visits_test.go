package visits_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/errs"
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
	"capillare/internal/visits"
)

var (
	thursday = calendar.NewDay(2027, time.January, 7)
	monday   = calendar.NewDay(2027, time.January, 11)
	early    = at(thursday, 9, 0)
	system   = identity.System("test")
	public   = identity.Public("")
)

func at(d calendar.Day, hour, minute int) time.Time {
	t, err := d.At(calendar.Minute(hour*60 + minute))
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// world is two municipalities, a point in one of them with a facilitator on Monday mornings.
type world struct {
	tb            testing.TB
	clock         *sqldbtest.Clock
	points        *points.Service
	agenda        *agenda.Service
	visits        *visits.Service
	body          string
	point, helper string

	mu   sync.Mutex
	told []string
}

func onBoth(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	sqldbtest.RunAt(t, early, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) { fn(t, newWorld(t, db, clock)) })
}

func newWorld(tb testing.TB, db *sqldb.DB, clock *sqldbtest.Clock) *world {
	tb.Helper()
	ctx := tb.Context()
	w := &world{tb: tb, clock: clock}
	bus, towns := jobs.NewBus(), territory.New(db)
	_, err := towns.LoadRows(ctx, []territory.SeedRow{
		{Belfiore: "A187", ISTAT: "077001", Name: "Aliano", ProvinceCode: "077", ProvinceName: "Matera", Sigla: "MT",
			RegionCode: "17", RegionName: "Basilicata", Population: 1100, Located: true, Lat: 40.31, Lon: 16.23, CAPs: []string{"75010"}},
		{Belfiore: "A132", ISTAT: "076002", Name: "Albano di Lucania", ProvinceCode: "076", ProvinceName: "Potenza", Sigla: "PZ",
			RegionCode: "17", RegionName: "Basilicata", Population: 1400, Located: true, Lat: 40.58, Lon: 16.03, CAPs: []string{"85010"}},
	})
	w.must(err)
	bodies := orgs.New(db, towns)
	w.points = points.New(db, points.Deps{Bus: bus, Territory: towns, Orgs: bodies, Funding: funding.New(db)})
	keys, _, err := sealed.LoadOrCreate(filepath.Join(tb.TempDir(), "keys.json"))
	w.must(err)
	people := facilitators.New(db, bus, w.points, keys)
	w.agenda = agenda.New(db, w.points, people, agenda.Options{Bus: bus})
	w.agenda.Subscribe(bus)
	w.visits = visits.New(db, visits.Deps{Bus: bus, Points: w.points, Territory: towns, Agenda: w.agenda, People: people})
	w.visits.Subscribe(bus)
	jobs.Subscribe(bus, func(_ context.Context, _ *sqldb.Tx, f visits.Answered) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.told = append(w.told, f.Before.State+" "+f.Request.State)
		return nil
	})
	w.body, err = bodies.Add(ctx, system, orgs.Body{Name: "Comune di Aliano", Kind: "municipality", Belfiore: "A187"})
	w.must(err)
	address := ""
	w.point, address = w.addPoint("Punto di Aliano", 40.31)
	w.helper, err = people.Add(ctx, system, facilitators.Facilitator{BodyID: w.body, Name: "Anna", Surname: "Prova", From: calendar.NewDay(2026, time.July, 1)}, "")
	w.must(err)
	w.must(people.Serve(ctx, system, w.helper, w.point, calendar.NewDay(2026, time.July, 1), calendar.Day{}))
	_, err = people.AddDuty(ctx, system, facilitators.Duty{
		FacilitatorID: w.helper, PointID: w.point, AddressID: address, Weekday: calendar.Monday, Starts: 9 * 60, Ends: 10 * 60, From: monday, To: monday,
	})
	w.must(err)
	return w
}

func (w *world) addPoint(name string, lat float64) (id, address string) {
	w.tb.Helper()
	bands, err := calendar.ParseBands("lun-ven 9-13")
	w.must(err)
	id, err = w.points.Add(w.tb.Context(), system, points.Point{
		OfficialName: name, Kind: points.Fixed, ManagingBodyID: w.body, State: points.StateOpen,
		OpenedOn: calendar.NewDay(2026, time.July, 1), Booking: points.BookingPossible,
		Addresses: []points.Address{{Street: "Via Roma 1", CAP: "75010", Belfiore: "A187", At: geo.Point{Lat: lat, Lon: 16.23}, HasAt: true,
			Schedules: []points.Schedule{{Bands: bands}}}},
	})
	w.must(err)
	p, err := w.points.ByID(w.tb.Context(), system, id)
	w.must(err)
	return id, p.Addresses[0].ID
}

func (w *world) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

func good() visits.Ask {
	return visits.Ask{
		Reason: visits.Distance, Belfiore: "A132", Place: "Piazza della chiesa", People: 4, Suits: calendar.AnyTime(), Need: "SPID",
		Contact: agenda.Contact{Name: "Rosa Bianchi", Phone: "055 123456"},
	}
}

func (w *world) ask() visits.Request {
	w.tb.Helper()
	r, err := w.visits.Ask(w.tb.Context(), public, good())
	w.must(err)
	return r
}

func seen(r visits.Request) visits.Seen { return visits.Seen{ID: r.ID, Version: r.Version} }

func (w *world) plan() visits.Plan {
	return visits.Plan{Day: monday, From: 15 * 60, To: 17 * 60, FacilitatorID: w.helper, Place: "Biblioteca"}
}

func TestFromTheRequestToTheVisit(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		r := w.ask()
		if r.State != visits.Received || r.PointID != w.point || r.Minutes == 0 || r.AnswerBy != thursday.AddDays(7) {
			t.Fatalf("Ask = %+v, want new, at the nearest point, to be answered in a week", r)
		}
		if _, err := w.visits.Finish(ctx, system, seen(r), 3); !errors.Is(err, visits.ErrStep) {
			t.Errorf("Finish of a new request = %v, want %v", err, visits.ErrStep)
		}
		taken, err := w.visits.Take(ctx, system, seen(r))
		if err != nil || taken.State != visits.Taken || !taken.TakenAt.Equal(early) {
			t.Fatalf("Take = %+v, %v", taken, err)
		}
		if _, err := w.visits.Take(ctx, system, seen(r)); !errors.Is(err, visits.ErrChanged) {
			t.Errorf("Take of what was seen before = %v, want %v", err, visits.ErrChanged)
		}
		planned, err := w.visits.Plan(ctx, system, seen(taken), w.plan())
		w.must(err)
		if _, err := w.visits.Finish(ctx, system, seen(planned), 3); !errors.Is(err, visits.ErrNotYet) {
			t.Errorf("Finish before the day = %v, want %v", err, visits.ErrNotYet)
		}
		back, err := w.visits.PutBack(ctx, system, seen(planned))
		if err != nil || back.State != visits.Taken || !back.Plan.Day.IsZero() {
			t.Fatalf("PutBack = %+v, %v", back, err)
		}
		planned, err = w.visits.Plan(ctx, system, seen(back), w.plan())
		w.must(err)
		w.clock.Set(at(monday, 18, 0))
		done, err := w.visits.Finish(ctx, system, seen(planned), 3)
		if err != nil || done.State != visits.Done || done.Helped != 3 {
			t.Fatalf("Finish = %+v, %v", done, err)
		}
		if _, err := w.visits.Withdraw(ctx, r.Code); !errors.Is(err, visits.ErrEnded) {
			t.Errorf("Withdraw of what is done = %v, want %v", err, visits.ErrEnded)
		}
		if diff := cmp.Diff([]string{" new", "new taken", "taken planned", "planned taken", "taken planned", "planned done"}, w.told); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		rows, err := w.visits.History(ctx, system, r.ID)
		if err != nil || len(rows) != 6 {
			t.Errorf("History = %d rows, %v, want 6", len(rows), err)
		}
		w.clock.Add(31 * 24 * time.Hour)
		if n, err := w.visits.Forget(ctx); err != nil || n != 1 {
			t.Errorf("Forget = %d, %v, want 1", n, err)
		}
		kept, err := w.visits.ByCode(ctx, r.Code)
		if err != nil || kept.Contact != (agenda.Contact{}) || kept.Place+kept.Need+kept.Plan.Place != "" || kept.People != 4 {
			t.Errorf("after its time the request is %+v, %v, want nothing of the person", kept, err)
		}
	})
}

func TestPlanAtATimeOfTheAgenda(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		where := agenda.Where{PointID: w.point, StartsAt: at(monday, 9, 0)}
		r, other := w.ask(), w.ask()
		planned, err := w.visits.PlanAt(ctx, system, seen(r), where)
		if err != nil || planned.Plan.BookingID == "" || planned.Plan.Day != monday || planned.Plan.From != 9*60 || planned.Plan.FacilitatorID != w.helper {
			t.Fatalf("PlanAt = %+v, %v", planned.Plan, err)
		}
		if _, err := w.visits.PlanAt(ctx, system, seen(other), where); !errors.Is(err, agenda.ErrTaken) {
			t.Errorf("PlanAt of a time that is taken = %v, want %v", err, agenda.ErrTaken)
		}
		// The plan moves with the booking, and without it the request waits for another.
		_, err = w.agenda.MoveFor(ctx, system, planned.Plan.BookingID, agenda.MoveRequest{Where: agenda.Where{PointID: w.point, StartsAt: at(monday, 9, 30)}})
		w.must(err)
		moved, err := w.visits.ByID(ctx, system, r.ID)
		if err != nil || moved.Plan.From != 9*60+30 {
			t.Errorf("after a move the plan begins at %v, %v, want 09:30", moved.Plan.From, err)
		}
		back, err := w.visits.PutBack(ctx, system, seen(moved))
		w.must(err)
		if b, err := w.agenda.ByID(ctx, system, planned.Plan.BookingID); err != nil || b.State != agenda.Cancelled {
			t.Errorf("the booking of a plan that was undone is %s, %v, want cancelled", b.State, err)
		}
		planned, err = w.visits.PlanAt(ctx, system, seen(back), where)
		w.must(err)
		b, err := w.agenda.ByID(ctx, system, planned.Plan.BookingID)
		w.must(err)
		_, err = w.agenda.Cancel(ctx, b.Code, "")
		w.must(err)
		if got, err := w.visits.ByID(ctx, system, r.ID); err != nil || got.State != visits.Taken || got.Plan != (visits.Plan{}) {
			t.Errorf("after the booking was cancelled the request is %s %+v, %v, want taken without a plan", got.State, got.Plan, err)
		}
	})
}

func TestBadRequestsAndPlans(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for name, change := range map[string]func(a *visits.Ask){
			"no reason":       func(a *visits.Ask) { a.Reason = "" },
			"another reason":  func(a *visits.Ask) { a.Reason = "lazy" },
			"nowhere":         func(a *visits.Ask) { a.Belfiore = "Z999" },
			"no place":        func(a *visits.Ask) { a.Place = " " },
			"nobody":          func(a *visits.Ask) { a.People = 0 },
			"a whole town":    func(a *visits.Ask) { a.People = 501 },
			"no day":          func(a *visits.Ask) { a.Weekdays = 0 },
			"no such part":    func(a *visits.Ask) { a.Part = "night" },
			"no name":         func(a *visits.Ask) { a.Contact.Name = "" },
			"nothing to call": func(a *visits.Ask) { a.Contact.Phone = "" },
			"a short key":     func(a *visits.Ask) { a.Key = "x" },
		} {
			a := good()
			change(&a)
			if _, err := w.visits.Ask(ctx, public, a); errs.Of(err) != errs.Invalid && errs.Of(err) != errs.NotFound {
				t.Errorf("%s: Ask = %v, want a refusal", name, err)
			}
		}
		r := w.ask()
		for name, change := range map[string]func(p *visits.Plan){
			"no day":        func(p *visits.Plan) { p.Day = calendar.Day{} },
			"yesterday":     func(p *visits.Plan) { p.Day = thursday.AddDays(-1) },
			"ends before":   func(p *visits.Plan) { p.To = p.From },
			"after the day": func(p *visits.Plan) { p.To = 25 * 60 },
			"nobody goes":   func(p *visits.Plan) { p.FacilitatorID = "" },
			"a stranger":    func(p *visits.Plan) { p.FacilitatorID = "none" },
		} {
			p := w.plan()
			change(&p)
			if _, err := w.visits.Plan(ctx, system, seen(r), p); errs.Of(err) != errs.Invalid {
				t.Errorf("%s: Plan = %v, want invalid", name, err)
			}
		}
		if _, err := w.visits.Refuse(ctx, system, seen(r), "", ""); errs.Of(err) != errs.Invalid {
			t.Errorf("Refuse without a reason = %v, want invalid", err)
		}
		if _, err := w.visits.Refuse(ctx, system, seen(r), visits.Other, " "); errs.Of(err) != errs.Invalid {
			t.Errorf("Refuse for another reason without words = %v, want invalid", err)
		}
		if _, err := w.visits.Refuse(ctx, system, seen(r), visits.Withdrawn, ""); errs.Of(err) != errs.Invalid {
			t.Errorf("Refuse as who asked = %v, want invalid", err)
		}
	})
}

func TestWhoAnswers(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		far, _ := w.addPoint("Punto lontano", 41.5)
		r := w.ask()
		of := func(point string) identity.Actor {
			return identity.Actor{AccountID: "a", Grants: []identity.Grant{{Role: identity.Facilitator, Scope: identity.ScopePoint, ScopeID: point}}}
		}
		ours, theirs := of(w.point), of(far)
		if _, err := w.visits.Take(ctx, theirs, seen(r)); errs.Of(err) != errs.NotFound {
			t.Errorf("Take by another point = %v, want not found", err)
		}
		if _, err := w.visits.Take(ctx, identity.Actor{}, seen(r)); errs.Of(err) != errs.Forbidden {
			t.Errorf("Take by nobody = %v, want forbidden", err)
		}
		given, err := w.visits.Give(ctx, ours, seen(r), far)
		w.must(err)
		if _, err := w.visits.ByID(ctx, ours, r.ID); errs.Of(err) != errs.NotFound {
			t.Errorf("ByID by who gave it away = %v, want not found", err)
		}
		if _, err := w.visits.Take(ctx, theirs, seen(given)); err != nil {
			t.Errorf("Take by who got it = %v", err)
		}
		for _, tc := range []struct {
			who  identity.Actor
			want int
		}{{ours, 0}, {theirs, 1}, {system, 1}} {
			list, total, err := w.visits.List(ctx, tc.who, visits.Filter{Search: "bianchi"})
			if err != nil || len(list) != tc.want || total != tc.want {
				t.Errorf("List for %v = %d of %d, %v, want %d", tc.who.Grants, len(list), total, err, tc.want)
			}
		}
		if _, err := w.visits.Unmet(ctx, theirs, thursday, thursday); errs.Of(err) != errs.Forbidden {
			t.Errorf("Unmet for a facilitator = %v, want forbidden", err)
		}
	})
}

func TestUnmetByMunicipality(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		near := good()
		near.Belfiore = "A187"
		_, err := w.visits.Ask(ctx, public, near)
		w.must(err)
		refused, withdrawn := w.ask(), w.ask()
		w.ask()
		_, err = w.visits.Refuse(ctx, system, seen(refused), visits.TooFar, "")
		w.must(err)
		_, err = w.visits.Withdraw(ctx, withdrawn.Code)
		w.must(err)
		w.clock.Add(10 * 24 * time.Hour)
		got, err := w.visits.Unmet(ctx, system, thursday, thursday)
		want := []visits.Demand{{Belfiore: "A132", Open: 1, Late: 1, Refused: 1, People: 8}, {Belfiore: "A187", Open: 1, Late: 1, People: 4}}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("Unmet (-want +got), %v:\n%s", err, diff)
		}
		if got, err := w.visits.Unmet(ctx, system, monday, monday); err != nil || len(got) != 0 {
			t.Errorf("Unmet of another day = %v, %v, want none", got, err)
		}
		if late, _, err := w.visits.List(ctx, system, visits.Filter{Late: true}); err != nil || len(late) != 2 {
			t.Errorf("late requests = %d, %v, want 2", len(late), err)
		}
	})
}

// Whoever clicks forty times asks once; of forty who take a request in charge one does.
func TestRivals(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		const rivals = 40
		codes, errors := make([]string, rivals), make([]error, rivals)
		together := func(fn func(i int)) {
			var wg sync.WaitGroup
			for i := range rivals {
				wg.Go(func() { fn(i) })
			}
			wg.Wait()
		}
		ask := good()
		ask.Key = "the same click, forty times"
		together(func(i int) {
			r, err := w.visits.Ask(t.Context(), public, ask)
			codes[i], errors[i] = r.Code, err
		})
		for i, code := range codes {
			if code != codes[0] || errors[i] != nil {
				t.Errorf("click %d = %q, %v, want %q", i, code, errors[i], codes[0])
			}
		}
		r, err := w.visits.ByCode(t.Context(), codes[0])
		w.must(err)
		won := 0
		together(func(i int) { _, errors[i] = w.visits.Take(t.Context(), system, seen(r)) })
		for i, err := range errors {
			if err == nil {
				won++
			} else if errs.Of(err) != errs.Conflict {
				t.Errorf("rival %d = %v, want a conflict", i, err)
			}
		}
		if won != 1 {
			t.Errorf("%d took the request in charge, want 1", won)
		}
	})
}

func TestAnswerDays(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for _, bad := range []int{0, -1, 61} {
			if err := w.visits.SetAnswerDays(ctx, system, bad); errs.Of(err) != errs.Invalid {
				t.Errorf("SetAnswerDays(%d) = %v, want invalid", bad, err)
			}
		}
		// Two days after Thursday is Saturday: the answer may come on Monday.
		w.must(w.visits.SetAnswerDays(ctx, system, 2))
		if r := w.ask(); r.AnswerBy != monday {
			t.Errorf("AnswerBy = %v, want %v", r.AnswerBy, monday)
		}
		if days, err := w.visits.AnswerDays(ctx); err != nil || fmt.Sprint(days) != "2" {
			t.Errorf("AnswerDays = %d, %v, want 2", days, err)
		}
	})
}
