package agenda_test

import (
	"context"
	"errors"
	"testing"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// changing is a change of shifts at a point.
func (w *world) changing(point string, c facilitators.Change) agenda.ShiftChange {
	return agenda.ShiftChange{PointIDs: []string{point}, Make: func(ctx context.Context, tx *sqldb.Tx) error {
		return w.people.ChangeTx(ctx, tx, system, c)
	}}
}

// shorter is a shift of Mondays from today on from ten to one instead of from nine.
func (w *world) shorter(point, dutyID string) agenda.ShiftChange {
	w.tb.Helper()
	e, err := w.people.Entry(w.tb.Context(), system, dutyID)
	w.must(err)
	e.Bands = []facilitators.Hours{{Starts: 600, Ends: 780}}
	return w.changing(point, facilitators.Change{DutyID: dutyID, Scope: facilitators.Always, Entry: e})
}

func (w *world) onlyDuty(point string) string {
	w.tb.Helper()
	list, err := w.people.Duties(w.tb.Context(), system, point)
	w.must(err)
	if len(list) != 1 {
		w.tb.Fatalf("%d shifts, want one", len(list))
	}
	return list[0].ID
}

func TestForeseeShiftsChangesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		next := monday.AddDays(7)
		early, late := w.book(point, at(next, 9, 30), "Presto"), w.book(point, at(next, 11, 0), "Tardi")
		free := w.free(point, next)
		seen, err := w.agenda.ForeseeShifts(t.Context(), system, w.shorter(point, w.onlyDuty(point)))
		w.must(err)
		if len(seen.Lost) != 1 || seen.Lost[0].Booking.ID != early.ID || seen.Hidden != 0 || seen.Handed != 0 {
			t.Fatalf("ForeseeShifts() = %+v, want one lost", seen)
		}
		if to := seen.Lost[0].To.StartsAt; !to.Equal(at(next, 10, 0)) {
			t.Errorf("nearest free time %v, want ten on the same day", to)
		}
		if got := w.free(point, next); got != free {
			t.Errorf("free after looking: %s, want %s", got, free)
		}
		if b, err := w.agenda.ByID(t.Context(), system, late.ID); err != nil || !b.StartsAt.Equal(late.StartsAt) {
			t.Errorf("another booking after looking: %+v, %v", b, err)
		}
	})
}

func TestWhoComesTogetherIsLostTogether(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		ctx, duty := t.Context(), w.onlyDuty(point)
		b := w.together(point, 12, 0, 2)
		e, err := w.people.Entry(ctx, system, duty)
		w.must(err)
		e.Bands = []facilitators.Hours{{Starts: 540, Ends: 750}}
		c := w.changing(point, facilitators.Change{DutyID: duty, Scope: facilitators.Always, Entry: e})
		seen, err := w.agenda.ForeseeShifts(ctx, system, c)
		if err != nil || len(seen.Lost) != 1 || seen.Lost[0].Booking.ID != b.ID {
			t.Fatalf("ForeseeShifts() = %+v, %v, want the first of the two, whose companion loses the time", seen, err)
		}
		_, err = w.agenda.ChangeShifts(ctx, system, c, nil)
		w.must(err)
		list, err := w.agenda.Together(ctx, system, b.ID)
		w.must(err)
		done, err := w.agenda.Resettle(ctx, system, []string{list[1].ID}, false)
		if err != nil || len(done) != 1 || done[0].Booking.ID != b.ID || done[0].Fate != agenda.Moved {
			t.Errorf("Resettle() of the second = %+v, %v, want both moved", done, err)
		}
		w.consistent()
	})
}

func TestChangeShiftsDoesWhatWasChosen(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		first, second, third := monday.AddDays(7), monday.AddDays(14), monday.AddDays(21)
		moved, cancelled, left := w.book(point, at(first, 9, 0), "Uno"), w.book(point, at(second, 9, 0), "Due"), w.book(point, at(third, 9, 30), "Tre")
		change := w.shorter(point, w.onlyDuty(point))
		seen, err := w.agenda.ForeseeShifts(t.Context(), system, change)
		w.must(err)
		if len(seen.Lost) != 3 {
			t.Fatalf("lost: %+v, want three", seen.Lost)
		}
		done, err := w.agenda.ChangeShifts(t.Context(), system, change, map[string]agenda.Choice{
			moved.ID: {Fate: agenda.Moved, To: seen.Lost[0].To}, cancelled.ID: {Fate: agenda.CancelledByService},
		})
		w.must(err)
		want := map[string]string{moved.ID: agenda.Moved, cancelled.ID: agenda.CancelledByService, left.ID: agenda.LeftWithoutPlace}
		for _, o := range done {
			if want[o.Booking.ID] != o.Fate {
				t.Errorf("%s became %s, want %s", o.Booking.Contact.Name, o.Fate, want[o.Booking.ID])
			}
			delete(want, o.Booking.ID)
		}
		if len(want) > 0 {
			t.Errorf("nothing is said of %v", want)
		}
		stranded, err := w.agenda.Stranded(t.Context(), system, point)
		if err != nil || len(stranded) != 1 || stranded[0].ID != left.ID {
			t.Errorf("stranded: %v, %v, want the one that was left", stranded, err)
		}
		w.must(w.check())
	})
}

func TestChangeShiftsRefusesATimeThatIsGone(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		next := monday.AddDays(7)
		b := w.book(point, at(next, 9, 0), "Uno")
		change := w.shorter(point, w.onlyDuty(point))
		seen, err := w.agenda.ForeseeShifts(t.Context(), system, change)
		w.must(err)
		w.book(point, seen.Lost[0].To.StartsAt, "Rivale")
		_, err = w.agenda.ChangeShifts(t.Context(), system, change, map[string]agenda.Choice{b.ID: {Fate: agenda.Moved, To: seen.Lost[0].To}})
		refusal, ok := errors.AsType[*errs.Refusal](err)
		if !ok || len(refusal.Problems) != 1 || refusal.Problems[0].Field != "to-"+b.ID {
			t.Fatalf("ChangeShifts() = %v, want a problem of that booking", err)
		}
		if got := w.free(point, next); got[:5] != "09:30" {
			t.Errorf("free after the refusal: %s, want the old shift", got)
		}
		w.must(w.check())
	})
}

func TestSubstituteTakesTheBookings(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		ctx := t.Context()
		w, point, address, anna := simple(t, db)
		next := monday.AddDays(7)
		heir, other := w.person(point), w.person(point)
		b := w.book(point, at(next, 9, 0), "Uno")
		d := morning(other, point, address, calendar.Monday)
		d.Every, d.Anchor = 2, monday
		w.duty(d)
		absence, err := w.people.AddAbsence(ctx, system, facilitators.Absence{FacilitatorID: anna, From: next, Reason: facilitators.Illness})
		w.must(err)
		gaps, err := w.people.Gaps(ctx, system, absence)
		w.must(err)
		in := facilitators.StandIn{DutyID: gaps[0].Duty.ID, Day: next, AbsenceID: absence}
		list, err := w.agenda.Substitutes(ctx, system, in)
		w.must(err)
		if len(list) != 2 {
			t.Fatalf("Substitutes() = %d people, want two: the other's shift is in the weeks between", len(list))
		}
		done, err := w.agenda.Substitute(ctx, system, in, heir)
		if err != nil || len(done) != 1 || done[0].Fate != agenda.Reassigned || w.whose(b) != heir {
			t.Errorf("Substitute() = %+v, %v, with %s; want the booking with who stands in", done, err, w.whose(b))
		}
		if _, err := w.agenda.Substitute(ctx, system, in, anna); !errors.Is(err, facilitators.ErrNotSuited) {
			t.Errorf("Substitute() with who is away = %v, want ErrNotSuited", err)
		}
		w.must(w.people.RemoveAbsence(ctx, system, absence))
		w.must(w.check())
	})
}

// An absence of some hours leaves the times around it where people booked them.
func TestHoursOfAbsenceKeepTheGrid(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, anna := simple(t, db)
		next := monday.AddDays(7)
		b := w.book(point, at(next, 11, 30), "Uno")
		_, err := w.people.AddAbsence(t.Context(), system, facilitators.Absence{FacilitatorID: anna, From: next, Starts: 9*60 + 10, Ends: 10*60 + 40})
		w.must(err)
		if got, want := w.free(point, next), "11:00=1 12:00=1 12:30=1 "; got != want {
			t.Errorf("free: %s, want %s", got, want)
		}
		if w.whose(b) != anna {
			t.Errorf("the booking outside the hours of absence is with %s, want %s", w.whose(b), anna)
		}
		w.must(w.check())
	})
}
