package calls_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/calls"
	"capillare/internal/funding"
	"capillare/internal/geo"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
)

var (
	now    = time.Date(2027, time.January, 14, 9, 0, 0, 0, time.UTC)
	system = identity.System("test")
)

// world is two points of two bodies with calls to make.
type world struct {
	t      *testing.T
	db     *sqldb.DB
	clock  *sqldbtest.Clock
	calls  *calls.Service
	points [2]string
	bodies [2]string
	heard  []string
}

func run(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	sqldbtest.RunAt(t, now, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w := &world{t: t, db: db, clock: clock}
		ctx, bus, towns := t.Context(), jobs.NewBus(), territory.New(db)
		_, err := towns.LoadRows(ctx, []territory.SeedRow{{Belfiore: "A187", ISTAT: "077001", Name: "Aliano", ProvinceCode: "077", ProvinceName: "Matera",
			Sigla: "MT", RegionCode: "17", RegionName: "Basilicata", Population: 1100, Located: true, Lat: 40.31, Lon: 16.23, CAPs: []string{"75010"}}})
		w.must(err)
		bodies := orgs.New(db, towns)
		pts := points.New(db, points.Deps{Bus: bus, Territory: towns, Orgs: bodies, Funding: funding.New(db)})
		for i, name := range []string{"Uno", "Due"} {
			w.bodies[i], err = bodies.Add(ctx, system, orgs.Body{Name: "Ente " + name, Kind: "municipality", Belfiore: "A187"})
			w.must(err)
			w.points[i], err = pts.Add(ctx, system, points.Point{OfficialName: "Punto " + name, Kind: points.Fixed, ManagingBodyID: w.bodies[i],
				State: points.StateAwarded, AwardedOn: calendar.NewDay(2026, time.July, 1), Booking: points.BookingPossible,
				Addresses: []points.Address{{Street: "Via Roma 1", CAP: "75010", Belfiore: "A187", At: geo.Point{Lat: 40.31, Lon: 16.23}, HasAt: true}}})
			w.must(err)
		}
		w.calls = calls.New(db, bus, pts, nil)
		jobs.Subscribe(bus, func(_ context.Context, _ *sqldb.Tx, f calls.Settled) error {
			w.heard = append(w.heard, f.Call.Why+" "+f.Call.State+f.Call.Phone)
			return nil
		})
		test(t, w)
	})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) add(c calls.Call) (id string) {
	w.t.Helper()
	w.must(w.db.Update(w.t.Context(), func(tx *sqldb.Tx) (err error) {
		id, err = w.calls.Add(w.t.Context(), tx, c)
		return err
	}))
	return id
}

func (w *world) list(who identity.Actor, point string) string {
	w.t.Helper()
	list, err := w.calls.List(w.t.Context(), who, point)
	w.must(err)
	var names []string
	for _, c := range list {
		names = append(names, c.Name)
	}
	return strings.Join(names, " ")
}

// call is one to make at the first point, good for a day.
func (w *world) call(name string) calls.Call {
	return calls.Call{PointID: w.points[0], Subject: calls.Booking, SubjectID: "b-" + name, Version: 1, Why: calls.Cancelled,
		Name: name, Phone: "0551234567", Until: now.Add(24 * time.Hour)}
}

func (w *world) operatorOf(body int) identity.Actor {
	return identity.Actor{AccountID: "ada", Grants: []identity.Grant{{Role: identity.DeliveringPartner, Scope: identity.ScopeBody, ScopeID: w.bodies[body]}}}
}

func TestWhoIsCalledWhenAndByWhom(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		later, other, over, silent := w.call("dopo"), w.call("altrove"), w.call("tardi"), w.call("muto")
		later.From = now.Add(time.Hour)
		other.PointID = w.points[1]
		over.Until = now
		silent.Phone = ""
		first := w.call("prima")
		first.Until = now.Add(2 * time.Hour)
		for _, c := range []calls.Call{w.call("oggi"), later, other, first} {
			if w.add(c) == "" {
				t.Errorf("Add(%s) = no id", c.Name)
			}
		}
		for _, c := range []calls.Call{w.call("oggi"), over, silent} {
			if id := w.add(c); id != "" {
				t.Errorf("Add(%s) = %s, want nothing: asked before, of no use, or without a number", c.Name, id)
			}
		}
		if got := w.list(w.operatorOf(0), ""); got != "prima oggi" {
			t.Errorf("the own list = %q, want the more pressing first and nobody else's", got)
		}
		if got := w.list(system, w.points[1]); got != "altrove" {
			t.Errorf("the list of a point = %q", got)
		}
		w.clock.Add(3 * time.Hour)
		if got := w.list(w.operatorOf(0), ""); got != "dopo oggi" && got != "oggi dopo" {
			t.Errorf("three hours later = %q, want who is due and not who is late", got)
		}
		if n, err := w.calls.Count(t.Context(), w.operatorOf(0)); n != 2 || err != nil {
			t.Errorf("Count = %d, %v, want 2", n, err)
		}
		if _, err := w.calls.List(t.Context(), identity.Actor{AccountID: "x"}, ""); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("List of who sees no agenda = %v, want forbidden", err)
		}
	})
}

func TestMarks(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		ctx, who := t.Context(), w.operatorOf(0)
		id := w.add(w.call("oggi"))
		if _, err := w.calls.MarkDone(ctx, w.operatorOf(1), id); err == nil {
			t.Error("MarkDone by who works elsewhere = nil, want a refusal")
		}
		for n := 1; n <= 2; n++ {
			if c, err := w.calls.MarkNoAnswer(ctx, who, id); err != nil || c.Tries != n || c.State != calls.ToDo || c.Phone == "" {
				t.Errorf("MarkNoAnswer = %+v, %v, want it still to do after %d tries", c, err, n)
			}
		}
		if c, err := w.calls.MarkDone(ctx, who, id); err != nil || c.State != calls.Done || c.Name+c.Phone != "" {
			t.Errorf("MarkDone = %+v, %v, want it done, without who", c, err)
		}
		if _, err := w.calls.MarkGone(ctx, who, id); !errors.Is(err, calls.ErrSettled) {
			t.Errorf("MarkGone of a settled call = %v, want ErrSettled", err)
		}
		if _, err := w.calls.MarkDone(ctx, who, "nobody"); !errors.Is(err, calls.ErrNotFound) {
			t.Errorf("MarkDone of none = %v, want ErrNotFound", err)
		}
		if len(w.heard) != 1 || w.heard[0] != "cancelled done" {
			t.Errorf("heard %v, want the end once and no number", w.heard)
		}
	})
}

func TestDropSweepTidy(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.add(w.call("spostato"))
		w.add(w.call("dimenticato"))
		w.must(w.db.Update(ctx, func(tx *sqldb.Tx) error { return w.calls.Drop(ctx, tx, calls.Booking, "b-spostato") }))
		if got := w.list(system, ""); got != "dimenticato" {
			t.Errorf("after Drop = %q", got)
		}
		w.clock.Add(25 * time.Hour)
		w.must(w.calls.Sweep(ctx))
		if len(w.heard) != 2 || w.heard[0] != "cancelled gone" || w.heard[1] != "cancelled late" {
			t.Errorf("heard %v, want gone then late, without numbers", w.heard)
		}
		w.clock.Add(91 * 24 * time.Hour)
		w.must(w.calls.Tidy(ctx))
		var n int
		w.must(w.db.View(ctx, func(tx *sqldb.Tx) error {
			return tx.QueryRowContext(ctx, "SELECT count(*) FROM calls_call").Scan(&n)
		}))
		if n != 0 {
			t.Errorf("%d calls kept after their time, want none", n)
		}
	})
}
