package notify_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/calls"
	"capillare/internal/config"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/visits"
	"capillare/internal/waiting"
)

// slot says that the time of a booking is there, or was taken away by the rules.
func (w *world) slot(b agenda.Booking, state string) {
	w.tb.Helper()
	w.must(w.db.Update(w.tb.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.ExecContext(w.tb.Context(), "UPDATE agenda_slot SET state = "+quote(state)+" WHERE id = "+quote(b.SlotID))
		return err
	}))
}

func (w *world) toCall() (list []calls.Call) {
	w.tb.Helper()
	list, err := w.calls.List(w.tb.Context(), system, "")
	w.must(err)
	return list
}

// A time that comes back takes the call about it with it; lost again, the person is to be called again.
func TestStrandedCallFollowsTheTime(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.book(at(monday, 10, 30), landline)
		for range 2 {
			w.slot(b, "withdrawn")
			w.tell(agenda.Changed{What: agenda.LeftWithoutPlace, Booking: b, Before: b, Who: system})
			w.clock.Add(31 * time.Minute)
			w.run()
			if list := w.toCall(); len(list) != 1 || list[0].Why != calls.Stranded || list[0].Phone == "" {
				t.Fatalf("calls about a lost time = %+v, want one with its number", list)
			}
			w.slot(b, "open")
			w.run()
			if list := w.toCall(); len(list) != 0 {
				t.Errorf("calls about a time that came back = %+v, want none", list)
			}
		}
		if got := w.outcomes(b); !strings.Contains(got, "reminder_first call queued") {
			t.Errorf("outcomes = %s, want the reminder still to come", got)
		}
	})
}

// In the evening an appointment of the next morning goes to another week: it is the old one that they would
// travel for.
func TestMovedAwayFromTheMorning(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.book(at(monday, 9, 0), withMail)
		w.runUntil(at(monday.AddDays(-1), 22, 0))
		_, err := w.agenda.MoveFor(t.Context(), system, b.ID, agenda.MoveRequest{Where: agenda.Where{PointID: w.point, StartsAt: at(monday.AddDays(7), 9, 0)}})
		w.must(err)
		w.run()
		if got := w.outcomes(b); !strings.Contains(got, "moved sms sent") {
			t.Errorf("outcomes at once = %s, want the move told by SMS", got)
		}
	})
}

// Who withdraws a request in the evening hears no more of the visit in the morning.
func TestWithdrawnVisitIsNotTold(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		w.clock.Set(at(monday, 22, 0))
		planned := visits.Request{ID: "v1", Version: 2, State: visits.Planned, PointID: w.point, Ask: visits.Ask{Language: "it", Contact: withMail}}
		w.tell(visits.Answered{Request: planned, Before: visits.Request{ID: "v1", State: visits.Taken}})
		withdrawn := planned
		withdrawn.Version, withdrawn.State, withdrawn.Refusal = 3, visits.Refused, visits.Withdrawn
		w.tell(visits.Answered{Request: withdrawn, Before: planned})
		w.runUntil(at(monday.AddDays(1), 9, 0))
		if got, want := w.about(calls.Visit, "v1"), "visit email dropped"; got != want || len(w.left()) != 0 {
			t.Errorf("about the visit: %s, %d messages left; want %s and none", got, len(w.left()), want)
		}
	})
}

// An offer whose SMS is refused is told by voice, and not any more once it is answered.
func TestRefusedOfferIsPhoned(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, now, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }))
		t.Cleanup(gateway.Close)
		w := newWorldOver(t, db, clock, config.SMS{Address: gateway.URL})
		e, err := w.waits.Join(t.Context(), system, waiting.Request{Wish: waiting.Wish{PointID: w.point, Suits: calendar.AnyTime()}, Contact: mobile})
		w.must(err)
		_, err = w.waits.OfferAt(t.Context(), w.point)
		w.must(err)
		w.run()
		if list := w.toCall(); len(list) != 1 || list[0].Why != calls.Offer || list[0].Phone == "" {
			t.Fatalf("calls about an offer that was not delivered = %+v (%s), want one with its number", list, w.about(calls.Waiting, e.ID))
		}
		o, err := w.waits.Open(t.Context(), waiting.By{ID: e.ID, Who: system})
		w.must(err)
		w.must(w.waits.Refuse(t.Context(), waiting.By{ID: e.ID, Who: system}, o.Offer.ID))
		if list := w.toCall(); len(list) != 0 {
			t.Errorf("calls about an offer that was answered = %+v, want none", list)
		}
	})
}
