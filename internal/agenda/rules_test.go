package agenda_test

import (
	"testing"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

func TestSlotsFollowTheRules(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w, point, address, person := simple(t, db)
		ctx := t.Context()
		next := monday.AddDays(7)
		b := w.book(point, at(next, 12, 0), "Rosa")
		cancelled := w.book(point, at(next, 12, 30), "Ugo")
		_, err := w.agenda.Cancel(ctx, cancelled.Code, "")
		w.must(err)
		short, err := calendar.ParseBands("lun-ven 9-12")
		w.must(err)
		w.must(w.points.SetHours(ctx, system, address, calendar.Day{}, calendar.Day{}, "", short))
		const shortDay = "09:00=1 09:30=1 10:00=1 10:30=1 11:00=1 11:30=1 "
		if got := w.free(point, next); got != shortDay {
			t.Errorf("with shorter hours free = %q, want %q", got, shortDay)
		}
		stranded, err := w.agenda.Stranded(ctx, system, point)
		if err != nil || len(stranded) != 1 || stranded[0].ID != b.ID {
			t.Fatalf("Stranded = %v, %v, want the booking at 12", stranded, err)
		}
		long, err := calendar.ParseBands("lun-ven 9-13")
		w.must(err)
		w.must(w.points.SetHours(ctx, system, address, calendar.Day{}, calendar.Day{}, "", long))
		if got, want := w.free(point, next), shortDay+"12:30=1 "; got != want {
			t.Errorf("with the old hours again free = %q, want %q", got, want)
		}
		if stranded, err := w.agenda.Stranded(ctx, system, point); err != nil || len(stranded) != 0 {
			t.Errorf("Stranded = %v, %v, want none", stranded, err)
		}
		w.consistent()

		away, err := w.people.AddAbsence(ctx, system, facilitators.Absence{FacilitatorID: person, From: next, To: next})
		w.must(err)
		if got := w.free(point, next); got != "" {
			t.Errorf("with nobody there free = %q", got)
		}
		w.must(w.people.RemoveAbsence(ctx, system, away))
		if got, want := w.free(point, next), shortDay+"12:30=1 "; got != want {
			t.Errorf("with the person back free = %q, want %q", got, want)
		}
		_, err = w.points.AddClosure(ctx, system, points.Closure{PointID: point, From: next, To: next, Reason: "neve"})
		w.must(err)
		if got := w.free(point, next); got != "" {
			t.Errorf("on a closed day free = %q", got)
		}
		moved, err := w.agenda.Move(ctx, b.Code, agenda.MoveRequest{Where: agenda.Where{PointID: point, StartsAt: at(monday, 9, 0)}})
		if err != nil || moved.Day != monday {
			t.Errorf("Move of a stranded booking = %+v, %v", moved, err)
		}
		w.consistent()

		w.must(w.agenda.Extend(ctx)) // takes away the withdrawn slot that the move left empty
		before := w.count("agenda_slot")
		w.must(w.agenda.Extend(ctx))
		if got := w.count("agenda_slot"); got != before {
			t.Errorf("Extend again: %d slots, want %d", got, before)
		}
		clock.Set(at(next, 7, 0))
		w.must(w.agenda.Extend(ctx))
		if got, want := w.count("agenda_slot"), before+8; got != want {
			t.Errorf("Extend a week later: %d slots, want %d", got, want)
		}
		w.consistent()
	})
}

func (w *world) count(table string) int {
	w.tb.Helper()
	var n int
	w.must(w.db.View(w.tb.Context(), func(tx *sqldb.Tx) error {
		return tx.QueryRowContext(w.tb.Context(), "SELECT count(*) FROM "+table).Scan(&n)
	}))
	return n
}

func TestLongerTimesKeepBookings(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w := newWorld(t, db)
		point, address := w.point("lun 9-13")
		anna := w.person(point)
		old := w.duty(morning(anna, point, address, calendar.Monday))
		b := w.book(point, at(monday, 9, 0), "Rosa")
		w.must(w.people.EndDuty(t.Context(), system, old, monday.AddDays(-1)))
		d := morning(anna, point, address, calendar.Monday)
		d.SlotMinutes, d.From = 60, monday
		w.duty(d)
		if got, want := w.free(point, monday), "10:00=1 11:00=1 12:00=1 "; got != want {
			t.Errorf("free = %q, want %q: she has a booking from 9 to 9:30", got, want)
		}
		w.consistent()
		_, err := w.agenda.Cancel(t.Context(), b.Code, "")
		w.must(err)
		if got, want := w.free(point, monday), "09:00=1 10:00=1 11:00=1 12:00=1 "; got != want {
			t.Errorf("free = %q, want %q", got, want)
		}
		w.consistent()
	})
}
