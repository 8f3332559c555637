package demo_test

import (
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/demo"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/testkit"
)

func TestTheDemoShowsWhatANetworkMeets(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	for _, today := range []calendar.Day{calendar.NewDay(2026, time.July, 8), tuesday, calendar.NewDay(2027, time.December, 31)} {
		t.Run(today.String(), func(t *testing.T) {
			t.Parallel()
			morning, err := today.At(7 * 60)
			if err != nil {
				t.Fatal(err)
			}
			db := sqldbtest.OpenAt(t, sqldb.SQLite, sqldbtest.NewClock(morning))
			s := services(t, db)
			if _, err := demo.Build(t.Context(), s, demo.Options{Region: "basilicata", Today: today, Seed: 1, Scale: 0.005}); err != nil {
				t.Fatal(err)
			}
			all, err := s.Points.All(t.Context(), identity.System("test"), identity.SeePoints)
			if err != nil {
				t.Fatal(err)
			}
			terms, err := s.Points.Terms(t.Context(), all...)
			if err != nil {
				t.Fatal(err)
			}
			got, eve := counts{}, calendar.NewDay(2026, time.December, 24)
			for _, p := range all {
				got.add(p, terms[p.ID], today)
				if _, shut := p.ClosureOn(eve); today == tuesday && !shut {
					t.Errorf("%s is open on Christmas Eve", p.PublicName)
				}
			}
			want := counts{open: 32, awarded: 1, settingUp: 1, suspended: 1, late: 1, openedLate: 1, short: 1, once: 1, seasons: 1, patron: got.patron}
			if got != want || got.patron == 0 {
				t.Errorf("the demo of %v has %+v, want %+v and some patron's days", today, got, want)
			}
			halfDone(t, s, all)
		})
	}
}

type counts struct{ open, awarded, settingUp, suspended, late, openedLate, short, once, seasons, patron int }

func (c *counts) add(p points.Point, terms points.Terms, today calendar.Day) {
	count := func(n *int, yes bool) {
		if yes {
			*n++
		}
	}
	count(&c.open, p.OpenOn(today))
	count(&c.awarded, p.State == points.StateAwarded)
	count(&c.settingUp, p.State == points.StateSettingUp)
	count(&c.suspended, p.State == points.StateSuspended)
	count(&c.late, p.Late(terms, today))
	count(&c.openedLate, p.State == points.StateOpen && p.DaysLate(terms, today) > 0)
	count(&c.short, p.BelowMinimum(terms))
	for _, a := range p.Addresses {
		count(&c.once, len(a.Exceptions) > 0)
		count(&c.seasons, len(a.Schedules) > 1)
		count(&c.patron, a.PatronDay != "")
	}
}

// halfDone looks at the check list of the point that is being set up.
func halfDone(t *testing.T, s demo.Services, all []points.Point) {
	t.Helper()
	for _, p := range all {
		if p.State != points.StateSettingUp {
			continue
		}
		tasks, err := s.Points.TasksOf(t.Context(), identity.System("test"), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		done := 0
		for _, task := range tasks {
			if task.Done() {
				done++
			}
		}
		if done != len(tasks)/2 {
			t.Errorf("%d of %d lines of the check list are done, want half", done, len(tasks))
		}
	}
}
