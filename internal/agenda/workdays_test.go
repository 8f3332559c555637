package agenda_test

import (
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

func TestHoursOfAPersonLeaveOutDaysOnWhichThePointIsShut(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, person := simple(t, db)
		next := monday.AddDays(7)
		_, err := w.points.AddClosure(t.Context(), system, points.Closure{PointID: point, From: next, To: next, Reason: "neve"})
		w.must(err)
		days, err := w.agenda.WorkDays(t.Context(), system, facilitators.Facilitator{ID: person}, monday, next)
		w.must(err)
		for _, one := range []struct {
			day             calendar.Day
			shifts, minutes int
		}{{monday, 1, 4 * 60}, {monday.AddDays(1), 0, 0}, {next, 0, 0}} {
			got := days[one.day.Sub(monday)]
			if len(got.Shifts) != one.shifts || got.OnDuty != one.minutes {
				t.Errorf("WorkDays(%v) = %d shifts of %d minutes, want %d of %d", one.day, len(got.Shifts), got.OnDuty, one.shifts, one.minutes)
			}
		}
		p, err := w.points.ByID(t.Context(), system, point)
		w.must(err)
		list, err := w.agenda.Presences(t.Context(), system, []points.Point{p}, next, next)
		w.must(err)
		if list[0].OnDuty != 0 || len(list[0].People) != 0 {
			t.Errorf("Presences(closed) = %d minutes of %v, want nobody on duty", list[0].OnDuty, list[0].People)
		}
	})
}
