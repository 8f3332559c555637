package waiting_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/errs"
	"capillare/internal/waiting"
)

// together runs every fn at once and returns what each answered.
func together(fns []func() error) []error {
	got := make([]error, len(fns))
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i, fn := range fns {
		wg.Go(func() {
			<-start
			got[i] = fn()
		})
	}
	close(start)
	wg.Wait()
	return got
}

// fair fails for an answer that is neither a success nor one of the refusals that a rival may get.
func fair(t *testing.T, got []error, refusals ...error) (won int) {
	t.Helper()
	for i, err := range got {
		known := err == nil
		for _, r := range refusals {
			known = known || errors.Is(err, r)
		}
		if !known {
			t.Errorf("rival %d = %v, want success or one of %v", i, err, refusals)
		}
		if err == nil {
			won++
		}
	}
	return won
}

// Ten people wait, four seats are freed at once while citizens try to book the same times and the job of
// the point runs several times over: each seat has one owner, and whoever was offered one asked before
// whoever was not.
func TestRivalsForFreedSeats(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		const seats = 4
		w.morning(w.point, 1)
		w.morning(w.point, 1)
		w.morning(w.point, 1)
		var taken []agenda.Booking
		for i := range seats {
			taken = append(taken, w.book(at(monday, 9, 0), fmt.Sprint("booked ", i)))
		}
		var entries []waiting.Entry
		for i := range 10 {
			entries = append(entries, w.joinAs(fmt.Sprint("waits ", i)))
		}
		var fns []func() error
		for _, b := range taken {
			fns = append(fns, func() error { _, err := w.agenda.Cancel(ctx, b.Code, ""); return err })
		}
		for range 6 {
			fns = append(fns, func() error { _, err := w.waiting.OfferAt(ctx, w.point); return err },
				func() error {
					_, _, err := w.agenda.Hold(ctx, agenda.HoldRequest{Where: agenda.Where{PointID: w.point, StartsAt: at(monday, 9, 0)}})
					return err
				})
		}
		fair(t, together(fns), agenda.ErrTaken)
		w.consistent()
		w.offer()
		w.consistent()
		waits := false
		for i, e := range entries {
			offered := w.opened(e).Offer.State == waiting.OfferOpen
			if offered && waits {
				t.Errorf("entry %d has an offer, one that asked earlier has none", i)
			}
			waits = waits || !offered
		}

		// Whoever has an offer accepts twice at once, leaves, or lets it be swept: one answer counts.
		fns = nil
		for _, e := range entries {
			o := w.opened(e).Offer
			if o.ID == "" {
				continue
			}
			by := waiting.By{Code: e.Code}
			accept := func() error { _, err := w.waiting.Accept(ctx, by, o.ID); return err }
			fns = append(fns, accept, accept, func() error { return w.waiting.Refuse(ctx, by, o.ID) }, func() error { return w.waiting.Leave(ctx, by) },
				func() error { _, err := w.waiting.Sweep(ctx); return err })
		}
		fair(t, together(fns), waiting.ErrNoOffer, waiting.ErrEnded, waiting.ErrMissed)
		w.consistent()

		// Nothing is held for ever: when nobody answers any longer every seat is given or free.
		for range 20 {
			w.offer()
			w.clock.Add(13 * time.Hour)
			_, err := w.agenda.Sweep(ctx)
			w.must(err)
			_, err = w.waiting.Sweep(ctx)
			w.must(err)
			w.consistent()
		}
		list, _, err := w.waiting.List(ctx, system, waiting.Filter{Offered: true})
		if err != nil || len(list) > 0 {
			t.Errorf("open offers at the end = %d, %v, want none", len(list), err)
		}
	})
}

// A booking that waits is moved by its person, cancelled, and moved by an accepted offer, all at once:
// it ends in one place, and the offered seat has one owner or none.
func TestRivalsForOneBooking(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.morning(w.point, 6)
		for round := range 5 {
			b := w.book(at(monday, 11, 0), fmt.Sprint("Lia ", round))
			wish := w.wish()
			wish.BookingID = b.ID
			e := w.join(waiting.Request{Wish: wish})
			if got := w.offer(); len(got) != 1 {
				t.Fatalf("round %d: offered = %v, want one", round, got)
			}
			o := w.opened(e).Offer
			by := waiting.By{Code: e.Code}
			accept := func() error { _, err := w.waiting.Accept(ctx, by, o.ID); return err }
			fair(t, together([]func() error{accept, accept,
				func() error {
					_, err := w.agenda.Move(ctx, b.Code, agenda.MoveRequest{Where: agenda.Where{PointID: w.point, StartsAt: at(monday, 10, 30)}})
					return err
				},
				func() error { _, err := w.agenda.Cancel(ctx, b.Code, ""); return err },
				func() error { _, err := w.waiting.OfferAt(ctx, w.point); return err },
			}), waiting.ErrNoOffer, waiting.ErrEnded, waiting.ErrMissed, agenda.ErrEnded, agenda.ErrTaken)
			w.consistent()
			after := w.opened(e)
			if after.Entry.State == waiting.Waiting {
				w.must(w.waiting.Leave(ctx, by))
			}
			if _, err := w.agenda.Cancel(ctx, b.Code, ""); err != nil && errs.Of(err) != errs.Conflict {
				t.Fatal(err)
			}
			w.consistent()
		}
	})
}

// Forty clicks on one form are one entry.
func TestSameJoinFortyTimes(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ids := make([]string, 40)
		var fns []func() error
		for i := range ids {
			fns = append(fns, func() error {
				e, err := w.waiting.Join(t.Context(), public, waiting.Request{
					Wish: w.wish(), Contact: agenda.Contact{Name: "Ada", Phone: "055 123456"}, Key: "the same click, forty times",
				})
				ids[i] = e.ID
				return err
			})
		}
		fair(t, together(fns))
		for i, id := range ids {
			if id == "" || id != ids[0] {
				t.Errorf("click %d = entry %q, want %q", i, id, ids[0])
			}
		}
	})
}
