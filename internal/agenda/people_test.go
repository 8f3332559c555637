package agenda_test

import (
	"errors"
	"sync"
	"testing"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// whose returns the facilitator of a booking now.
func (w *world) whose(b agenda.Booking) string {
	w.tb.Helper()
	b, err := w.agenda.ByID(w.tb.Context(), system, b.ID)
	w.must(err)
	return b.FacilitatorID
}

func TestWhoLeavesIsReplaced(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, address, anna := simple(t, db)
		heir := w.person()
		next := monday.AddDays(7)
		before := w.book(point, at(monday, 9, 0), "Prima")
		after := w.book(point, at(next, 9, 0), "Dopo")
		// Somebody else is there already at ten on that Monday, and has nothing to do.
		other := w.person(point)
		d := morning(other, point, address, calendar.Monday)
		d.From, d.To, d.Starts, d.Ends = next, next, 10*60, 11*60
		w.duty(d)
		counts, err := w.agenda.CountToCome(t.Context(), anna, next)
		if err != nil || counts[point] != 1 {
			t.Errorf("CountToCome() = %v, %v, want one", counts, err)
		}
		w.must(w.people.HandOver(t.Context(), system, facilitators.Handover{
			FacilitatorID: anna, Last: monday.AddDays(1), To: map[string]string{point: heir},
		}))
		if w.whose(before) != anna || w.whose(after) != heir {
			t.Errorf("appointments are %s and %s, want %s before and %s after", w.whose(before), w.whose(after), anna, heir)
		}
		w.must(w.check())
	})
}

func TestWhoComesTogetherStaysTogetherWhenSomebodyLeaves(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, address, anna := simple(t, db)
		next := monday.AddDays(7)
		b, err := w.agenda.BookFor(t.Context(), system, agenda.ForRequest{
			Where:   agenda.Where{PointID: point, StartsAt: at(next, 9, 0), Party: 2},
			Details: agenda.Details{Contact: agenda.Contact{Name: "Rosa"}}, Anyway: true,
		})
		w.must(err)
		for range 2 {
			d := morning(w.person(point), point, address, calendar.Monday)
			d.From = next
			w.duty(d)
		}
		w.must(w.people.HandOver(t.Context(), system, facilitators.Handover{FacilitatorID: anna, Last: monday}))
		list, err := w.agenda.Together(t.Context(), system, b.ID)
		if err != nil || len(list) != 2 || list[0].FacilitatorID == anna || list[0].FacilitatorID != list[1].FacilitatorID {
			t.Errorf("Together() = %+v, %v, want the two with one other person", list, err)
		}
		w.consistent()
	})
}

func TestWhoLeavesWithoutAnHeirLeavesCalls(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, anna := simple(t, db)
		b := w.book(point, at(monday.AddDays(7), 9, 0), "Dopo")
		w.must(w.people.HandOver(t.Context(), system, facilitators.Handover{FacilitatorID: anna, Last: monday}))
		list, err := w.agenda.StrandedOf(t.Context(), system, anna)
		if err != nil || len(list) != 1 || list[0].ID != b.ID {
			t.Errorf("StrandedOf() = %v, %v, want the appointment to be called", list, err)
		}
		w.must(w.check())
	})
}

func TestAPersonEnteredTwiceBecomesOneAndTwoAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, address, kept := simple(t, db)
		gone := w.person(point)
		d := morning(gone, point, address, calendar.Tuesday)
		w.duty(d)
		tuesday := monday.AddDays(1)
		theirs := w.book(point, at(tuesday, 9, 0), "Martedì")
		ours := w.book(point, at(monday, 9, 0), "Lunedì")
		before := w.free(point, tuesday)
		id, err := w.people.Merge(t.Context(), system, gone, kept)
		w.must(err)
		if w.whose(theirs) != kept || w.whose(ours) != kept || w.free(point, tuesday) != before {
			t.Errorf("after the merge: %s, %s, free %q; want %s and %q", w.whose(theirs), w.whose(ours), w.free(point, tuesday), kept, before)
		}
		w.must(w.check())
		later := w.book(point, at(monday, 10, 0), "Ancora")
		stayed, err := w.people.UndoMerge(t.Context(), system, id)
		w.must(err)
		if len(stayed) != 0 || w.whose(theirs) != gone || w.whose(ours) != kept || w.whose(later) != kept || w.free(point, tuesday) != before {
			t.Errorf("after the undo: stayed %v, %s, %s, free %q", stayed, w.whose(theirs), w.whose(ours), w.free(point, tuesday))
		}
		w.must(w.check())
	})
}

func TestTwoInTwoPlacesAreNotOne(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, kept := simple(t, db)
		far, farAddress := w.point("lun-ven 9-13")
		gone := w.person(far)
		shift := w.duty(morning(gone, far, farAddress, calendar.Monday))
		w.book(point, at(monday, 9, 0), "Qui")
		w.book(far, at(monday, 9, 0), "Là")
		if _, err := w.people.Merge(t.Context(), system, gone, kept); !errors.Is(err, facilitators.ErrMergeDuty) {
			t.Errorf("Merge() with shifts at the same time = %v, want ErrMergeDuty", err)
		}
		w.must(w.people.EndDuty(t.Context(), system, shift, monday.AddDays(-8)))
		_, err := w.people.Merge(t.Context(), system, gone, kept)
		if !errors.Is(err, agenda.ErrMergeClash) || err.Error() == "" {
			t.Errorf("Merge() with appointments at the same time = %v, want ErrMergeClash", err)
		}
		w.must(w.check())
	})
}

func TestRivalsMergeEachOther(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, one := simple(t, db)
		two := w.person(point)
		var wg sync.WaitGroup
		got := make([]error, 2)
		for i, pair := range [][2]string{{one, two}, {two, one}} {
			wg.Go(func() { _, got[i] = w.people.Merge(t.Context(), system, pair[0], pair[1]) })
		}
		wg.Wait()
		won := 0
		for _, err := range got {
			if err == nil {
				won++
			} else if !errors.Is(err, facilitators.ErrMerged) {
				t.Errorf("Merge() = %v, want nil or ErrMerged", err)
			}
		}
		if won != 1 {
			t.Errorf("%d of two crossing merges were done, want 1", won)
		}
		w.must(w.check())
	})
}
