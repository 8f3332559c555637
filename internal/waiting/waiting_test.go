package waiting_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/waiting"
)

func TestFreedSeatGoesToTheFirstWhoSuits(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		taken := w.book(at(monday, 9, 0), "Rosa")
		tuesdays := w.wish()
		tuesdays.Weekdays = calendar.WeekdaysOf(calendar.Tuesday)
		w.join(waiting.Request{Wish: tuesdays, Contact: agenda.Contact{Name: "Ada", Phone: "055 1000001"}})
		bruno, carla := w.joinAs("Bruno"), w.joinAs("Carla")
		if got := w.offer(); got != nil {
			t.Fatalf("offers of a full point = %v, want none", got)
		}
		_, err := w.agenda.Cancel(ctx, taken.Code, "")
		w.must(err)
		if diff := cmp.Diff([]string{"Bruno"}, w.offer()); diff != "" {
			t.Fatalf("offered (-want +got):\n%s", diff)
		}
		if _, _, err := w.agenda.Hold(ctx, agenda.HoldRequest{Where: agenda.Where{PointID: w.point, StartsAt: at(monday, 9, 0)}}); !errors.Is(err, agenda.ErrTaken) {
			t.Errorf("Hold of an offered time = %v, want %v", err, agenda.ErrTaken)
		}
		w.consistent()

		o := w.opened(bruno)
		if want := o.Offer.MadeAt.Add(3 * time.Hour); !o.Offer.Until.Equal(want) || o.Offer.State != waiting.OfferOpen {
			t.Errorf("offer until %v in state %s, want %v and open", o.Offer.Until, o.Offer.State, want)
		}
		w.must(w.waiting.Refuse(ctx, waiting.By{Code: bruno.Code}, o.Offer.ID))
		w.must(w.waiting.Refuse(ctx, waiting.By{Code: bruno.Code}, o.Offer.ID))
		if diff := cmp.Diff([]string{"Carla"}, w.offer()); diff != "" {
			t.Fatalf("after a refusal (-want +got):\n%s", diff)
		}
		secret := w.offered[1].Secret
		b, err := w.waiting.Accept(ctx, waiting.By{Secret: secret}, w.opened(carla).Offer.ID)
		w.must(err)
		again, err := w.waiting.Accept(ctx, waiting.By{Code: carla.Code}, w.opened(carla).Offer.ID)
		if b.State != agenda.Confirmed || b.Contact.Name != "Carla" || err != nil || again.ID != b.ID {
			t.Errorf("Accept = %+v, again %v, %v", b, again.ID, err)
		}
		if got := w.opened(carla).Entry.State; got != waiting.Satisfied {
			t.Errorf("state after accepting = %s, want %s", got, waiting.Satisfied)
		}
		w.consistent()
	})
}

func TestAcceptingMovesTheBookingAndItsSeatIsOffered(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.morning(w.point, 2)
		// Two people at nine, one at half past: the later ones wait for nine.
		rosa, _ := w.book(at(monday, 9, 0), "Rosa"), w.book(at(monday, 9, 0), "Ugo")
		late := w.book(at(monday, 9, 30), "Lia")
		wish := w.wish()
		wish.BookingID = late.ID
		lia := w.join(waiting.Request{Wish: wish})
		if _, err := w.waiting.Join(ctx, public, waiting.Request{Wish: wish}); !errors.Is(err, waiting.ErrAlready) {
			t.Errorf("Join again = %v, want %v", err, waiting.ErrAlready)
		}
		max := w.joinAs("Max")
		if got := w.offer(); got != nil {
			t.Fatalf("offers of a full point = %v, want none", got)
		}
		_, err := w.agenda.Cancel(ctx, rosa.Code, "")
		w.must(err)
		if diff := cmp.Diff([]string{"Lia"}, w.offer()); diff != "" {
			t.Fatalf("offered (-want +got):\n%s", diff)
		}
		b, err := w.waiting.Accept(ctx, waiting.By{ID: lia.ID, Who: system}, w.opened(lia).Offer.ID)
		if err != nil || b.ID != late.ID || b.Code != late.Code || !b.StartsAt.Equal(at(monday, 9, 0)) {
			t.Fatalf("Accept = %+v, %v, want the booking moved to nine", b, err)
		}
		if diff := cmp.Diff([]string{"Max"}, w.offer()); diff != "" {
			t.Fatalf("the seat that the move left (-want +got):\n%s", diff)
		}
		if o := w.opened(max).Offer; !o.StartsAt.Equal(at(monday, 9, 30)) {
			t.Errorf("Max is offered %v, want half past nine", o.StartsAt)
		}
		w.consistent()
	})
}

func TestOfferWithoutAnswer(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.must(w.waiting.SetSetting(ctx, system, waiting.Setting{AnswerMinutes: 60, MissedAtMost: 2}))
		w.morning(w.point, 2)
		ada := w.joinAs("Ada")
		if got := w.offer(); len(got) != 1 {
			t.Fatalf("offered = %v, want Ada", got)
		}
		first := w.opened(ada).Offer
		w.clock.Add(61 * time.Minute)
		if _, err := w.waiting.Accept(ctx, waiting.By{Code: ada.Code}, first.ID); !errors.Is(err, waiting.ErrMissed) {
			t.Errorf("Accept too late = %v, want %v", err, waiting.ErrMissed)
		}
		_, err := w.agenda.Sweep(ctx)
		w.must(err)
		n, err := w.waiting.Sweep(ctx)
		if err != nil || n != 1 {
			t.Fatalf("Sweep = %d, %v, want 1", n, err)
		}
		w.consistent()
		if got := w.offer(); len(got) != 1 {
			t.Fatalf("offered again = %v, want Ada", got)
		}
		if second := w.opened(ada).Offer; second.StartsAt.Equal(first.StartsAt) {
			t.Errorf("the time that was not taken, %v, was offered again", second.StartsAt)
		}
		w.clock.Add(61 * time.Minute)
		_, err = w.waiting.Sweep(ctx)
		w.must(err)
		if got := w.opened(ada).Entry; got.State != waiting.Unanswered || got.Missed != 2 {
			t.Errorf("entry = %s after %d, want %s after 2", got.State, got.Missed, waiting.Unanswered)
		}
		if len(w.ended) != 1 || w.ended[0].Entry.Contact.Name != "Ada" {
			t.Errorf("told of %d ends, want that of Ada", len(w.ended))
		}
		w.consistent()
	})
}

func TestEntryFollowsItsBooking(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.morning(w.point, 4)
		wait := func(b agenda.Booking) waiting.Entry {
			wish := w.wish()
			wish.BookingID = b.ID
			return w.join(waiting.Request{Wish: wish})
		}
		last := w.book(at(monday, 10, 30), "Lia")
		lia := wait(last)
		if got := w.offer(); len(got) != 1 {
			t.Fatalf("offered = %v, want Lia", got)
		}
		offer := w.opened(lia).Offer
		_, err := w.agenda.Move(ctx, last.Code, agenda.MoveRequest{Where: agenda.Where{PointID: w.point, StartsAt: at(monday, 9, 0)}})
		w.must(err)
		if o := w.opened(lia); !offer.StartsAt.Equal(at(monday, 9, 0)) || o.Offer.State != waiting.OfferWithdrawn || o.Entry.State != waiting.Waiting {
			t.Errorf("after a move the offer of %v is %s, the entry %s, want withdrawn and waiting", offer.StartsAt, o.Offer.State, o.Entry.State)
		}
		if got := w.offer(); got != nil {
			t.Errorf("offered = %v, want nothing: there is no earlier time", got)
		}
		ugo := wait(w.book(at(monday, 10, 0), "Ugo"))
		if got := w.offer(); len(got) != 1 {
			t.Fatalf("offered = %v, want Ugo", got)
		}
		_, err = w.agenda.CancelByService(ctx, system, w.opened(ugo).Entry.BookingID, "")
		w.must(err)
		if o := w.opened(ugo); o.Entry.State != waiting.Stopped || o.Offer.State != waiting.OfferWithdrawn {
			t.Errorf("after a cancellation the entry is %s, the offer %s", o.Entry.State, o.Offer.State)
		}
		w.consistent()
		w.clock.Set(at(monday, 9, 0))
		_, err = w.waiting.Sweep(ctx)
		w.must(err)
		if got := w.opened(lia).Entry.State; got != waiting.Over {
			t.Errorf("state once the appointment has begun = %s, want %s", got, waiting.Over)
		}
		w.consistent()
	})
}

func TestLeaveAndWhoMay(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		ada := w.joinAs("Ada")
		if got := w.offer(); len(got) != 1 {
			t.Fatalf("offered = %v, want Ada", got)
		}
		stranger := identity.Actor{AccountID: "x", Grants: []identity.Grant{{Role: identity.Operator, Scope: identity.ScopePoint, ScopeID: "elsewhere"}}}
		for _, who := range []identity.Actor{{}, stranger} {
			by := waiting.By{ID: ada.ID, Who: who}
			if _, err := w.waiting.Open(ctx, by); errs.Of(err) != errs.NotFound && errs.Of(err) != errs.Forbidden {
				t.Errorf("Open by who may not = %v, want a refusal", err)
			}
			if err := w.waiting.Leave(ctx, by); errs.Of(err) != errs.NotFound && errs.Of(err) != errs.Forbidden {
				t.Errorf("Leave by who may not = %v, want a refusal", err)
			}
		}
		if _, err := w.waiting.Join(ctx, stranger, waiting.Request{Wish: w.wish(), Contact: agenda.Contact{Name: "Ugo", Phone: "055 999999"}}); errs.Of(err) != errs.NotFound {
			t.Errorf("Join by an operator of another point = %v, want not found", err)
		}
		for range 2 {
			w.must(w.waiting.Leave(ctx, waiting.By{Code: ada.Code}))
		}
		if o := w.opened(ada); o.Entry.State != waiting.Left || o.Offer.State != waiting.OfferWithdrawn {
			t.Errorf("after leaving the entry is %s, the offer %s", o.Entry.State, o.Offer.State)
		}
		if _, err := w.waiting.Accept(ctx, waiting.By{Code: ada.Code}, w.opened(ada).Offer.ID); !errors.Is(err, waiting.ErrEnded) {
			t.Errorf("Accept after leaving = %v, want %v", err, waiting.ErrEnded)
		}
		w.consistent()
		w.clock.Add(40 * 24 * time.Hour)
		if n, err := w.waiting.Forget(ctx); err != nil || n != 1 {
			t.Errorf("Forget = %d, %v, want 1", n, err)
		}
		if got := w.opened(ada).Entry.Contact; got != (agenda.Contact{}) {
			t.Errorf("contact after its time = %+v, want none", got)
		}
	})
}

func TestBadRequests(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		good := agenda.Contact{Name: "Ada", Phone: "055 123456"}
		for name, tc := range map[string]struct {
			change func(r *waiting.Request)
			want   errs.Kind
		}{
			"no name":            {func(r *waiting.Request) { r.Contact.Name = "" }, errs.Invalid},
			"nothing to call":    {func(r *waiting.Request) { r.Contact.Phone = "" }, errs.Invalid},
			"minus one minute":   {func(r *waiting.Request) { r.Minutes = -1 }, errs.Invalid},
			"too far":            {func(r *waiting.Request) { r.Minutes = 121 }, errs.Invalid},
			"no day":             {func(r *waiting.Request) { r.Weekdays = 0 }, errs.Invalid},
			"an eighth day":      {func(r *waiting.Request) { r.Weekdays = 255 }, errs.Invalid},
			"no part of the day": {func(r *waiting.Request) { r.Part = "night" }, errs.Invalid},
			"ends before":        {func(r *waiting.Request) { r.From, r.Until = monday, monday.AddDays(-1) }, errs.Invalid},
			"over already":       {func(r *waiting.Request) { r.Until = monday.AddDays(-30) }, errs.Invalid},
			"a short key":        {func(r *waiting.Request) { r.Key = "x" }, errs.Invalid},
			"no such point":      {func(r *waiting.Request) { r.PointID = "none" }, errs.NotFound},
			"no such booking":    {func(r *waiting.Request) { r.BookingID = "none" }, errs.NotFound},
		} {
			r := waiting.Request{Wish: w.wish(), Contact: good}
			tc.change(&r)
			if _, err := w.waiting.Join(ctx, public, r); errs.Of(err) != tc.want {
				t.Errorf("%s: Join = %v, want %s", name, err, tc.want)
			}
		}
		const key = "one click and the same"
		first, err := w.waiting.Join(ctx, public, waiting.Request{Wish: w.wish(), Contact: good, Key: key})
		w.must(err)
		again, err := w.waiting.Join(ctx, public, waiting.Request{Wish: w.wish(), Contact: good, Key: key})
		if err != nil || again.ID != first.ID {
			t.Errorf("the same click = %v, %v, want %v", again.ID, err, first.ID)
		}
		for range 2 {
			w.join(waiting.Request{Contact: good})
		}
		if _, err := w.waiting.Join(ctx, public, waiting.Request{Wish: w.wish(), Contact: good}); !errors.Is(err, waiting.ErrTooMany) {
			t.Errorf("a fourth entry = %v, want %v", err, waiting.ErrTooMany)
		}
	})
}

func TestNearPoints(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.book(at(monday, 9, 0), "Rosa")
		near := w.pointAt(40.36) // some 6 km
		w.morning(near, 1)
		here := w.joinAs("Ada")
		wish := w.wish()
		wish.Minutes = 30
		farther := w.join(waiting.Request{Wish: wish, Contact: agenda.Contact{Name: "Bruno", Phone: "055 1000002"}})
		made, err := w.waiting.OfferAt(ctx, near)
		if err != nil || made != 1 {
			t.Fatalf("OfferAt(near) = %d, %v, want 1", made, err)
		}
		if a, b := w.opened(here).Offer, w.opened(farther).Offer; a.ID != "" || b.PointID != near {
			t.Errorf("offers = %+v and %+v, want only the second, at the near point", a, b)
		}
		// A point that opens later is found at night.
		other := w.pointAt(40.32)
		w.must(w.waiting.Refresh(ctx))
		w.morning(other, 1)
		w.must(w.waiting.Refuse(ctx, waiting.By{Code: farther.Code}, w.opened(farther).Offer.ID))
		if made, err := w.waiting.OfferAt(ctx, other); err != nil || made != 1 {
			t.Errorf("OfferAt(new point) = %d, %v, want 1", made, err)
		}
		w.consistent()
	})
}
