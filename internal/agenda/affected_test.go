package agenda_test

import (
	"errors"
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// Affected says exactly whom a change strands, and offers what is left.
func TestAffected(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, at(monday, 7, 0), func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, address, _ := simple(t, db)
		ctx, next := t.Context(), monday.AddDays(7)
		early, late := w.book(point, at(monday, 9, 0), "Ada"), w.book(point, at(next, 12, 30), "Bea")
		p, err := w.points.ByID(ctx, system, point)
		w.must(err)
		week := func(hours string) points.Point {
			bands, err := calendar.ParseBands(hours)
			w.must(err)
			after, err := p.WithWeek(points.WeekChange{AddressID: address, Week: points.Schedule{Bands: bands}})
			w.must(err)
			return after
		}
		closed := func(c points.Closure) points.Point {
			after, err := p.WithClosure(c)
			w.must(err)
			return after
		}
		for _, tt := range []struct {
			name    string
			after   points.Point
			codes   []string
			nearest time.Time // of the first
		}{
			{"nothing changes", p, nil, time.Time{}},
			{"longer hours", week("lun-ven 8-14"), nil, time.Time{}},
			{"shut at noon", week("lun-ven 9-12"), []string{late.Code}, at(next, 11, 30)},
			{"open from ten", week("lun-ven 10-13"), []string{early.Code}, at(monday, 10, 0)},
			{"no Monday", week("mar 9-13"), []string{early.Code, late.Code}, time.Time{}},
			{"shut for a day", closed(points.Closure{From: monday, To: monday, Reason: "x"}), []string{early.Code}, at(next, 9, 0)},
		} {
			got, err := w.agenda.Affected(ctx, system, tt.after)
			if err != nil || len(got) != len(tt.codes) {
				t.Errorf("%s: Affected = %v, %v, want %v", tt.name, got, err, tt.codes)
				continue
			}
			for i, a := range got {
				if a.Booking.Code != tt.codes[i] {
					t.Errorf("%s: Affected[%d] = %s, want %s", tt.name, i, a.Booking.Code, tt.codes[i])
				}
			}
			if n, err := w.agenda.CountAffected(ctx, tt.after); err != nil || n != len(got) {
				t.Errorf("%s: CountAffected = %d, %v, want %d", tt.name, n, err, len(got))
			}
			if len(got) > 0 && (got[0].HasNearest != !tt.nearest.IsZero() || got[0].HasNearest && !got[0].Nearest.StartsAt.Equal(tt.nearest)) {
				t.Errorf("%s: nearest = %v, want %v", tt.name, got[0].Nearest.StartsAt, tt.nearest)
			}
		}
		// What was foreseen is what happens.
		w.must(w.points.SetHours(ctx, system, address, calendar.Day{}, calendar.Day{}, "", week("lun-ven 9-12").Addresses[0].Ordinary()))
		stranded, err := w.agenda.Stranded(ctx, system, point)
		if err != nil || len(stranded) != 1 || stranded[0].Code != late.Code {
			t.Errorf("Stranded = %v, %v, want the one foreseen", stranded, err)
		}
		if again, err := w.agenda.Affected(ctx, system, week("lun-ven 9-12")); err != nil || len(again) != 0 {
			t.Errorf("Affected of what is stranded already = %v, %v, want none", again, err)
		}
		nobody := identity.Actor{AccountID: "x", Grants: []identity.Grant{{Role: identity.ManagingBody, Scope: identity.ScopeBody, ScopeID: "other"}}}
		if got, err := w.agenda.Affected(ctx, nobody, week("mar 9-13")); err != nil && !errors.Is(err, identity.ErrForbidden) || len(got) != 0 {
			t.Errorf("Affected by a stranger = %v, %v, want nothing", got, err)
		}
		w.must(w.check())
	})
}

// A closure of the network shuts every point, by jobs; an exceptional opening stays.
func TestWideClosureIsFollowed(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, at(monday, 7, 0), func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w := newWorld(t, db)
		ctx, next := t.Context(), monday.AddDays(7)
		runner := jobs.NewRunner(db, nil)
		w.agenda.Handle(runner)
		var ids, addresses []string
		for range 3 {
			point, address := w.point("lun-ven 9-13")
			w.duty(morning(w.person(point), point, address, calendar.Monday))
			ids, addresses = append(ids, point), append(addresses, address)
		}
		b := w.book(ids[0], at(next, 9, 0), "Ada")
		w.must(w.points.PutException(ctx, system, points.Exception{AddressID: addresses[2], Day: next, Reason: "fiera",
			Bands: calendar.Bands{{Opens: 9 * 60, Closes: 10 * 60}}}))
		id, err := w.points.AddWideClosure(ctx, system, points.WideClosure{From: next, Reason: "vigilia"})
		w.must(err)
		run := func() {
			_, err := runner.RunDue(ctx)
			w.must(err)
		}
		run()
		for i, want := range []string{"", "", "09:00=1 09:30=1 "} {
			if got := w.free(ids[i], next); got != want {
				t.Errorf("free times of point %d during the closure = %q, want %q", i, got, want)
			}
			if w.free(ids[i], monday) == "" {
				t.Errorf("point %d has no times on another day", i)
			}
		}
		stranded, err := w.agenda.Stranded(ctx, system, "")
		if err != nil || len(stranded) != 1 || stranded[0].Code != b.Code {
			t.Errorf("Stranded = %v, %v, want the one booking", stranded, err)
		}
		w.must(w.points.RemoveWideClosure(ctx, system, id))
		run()
		if stranded, err := w.agenda.Stranded(ctx, system, ""); err != nil || len(stranded) != 0 || w.free(ids[1], next) == "" {
			t.Errorf("after removing: stranded %v, %v, free %q", stranded, err, w.free(ids[1], next))
		}
		w.must(w.check())
	})
}
