package agenda_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/jobs"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// offer holds a time for somebody who waits.
func (w *world) offer(where agenda.Where, d time.Duration) (agenda.Booking, string) {
	w.tb.Helper()
	var b agenda.Booking
	var secret string
	w.must(w.db.Update(w.tb.Context(), func(tx *sqldb.Tx) (err error) {
		b, secret, err = w.agenda.HoldFor(w.tb.Context(), tx, agenda.HoldRequest{Where: where}, tx.Now.Add(d))
		return err
	}))
	return b, secret
}

func (w *world) accept(id, secret string) (b agenda.Booking, err error) {
	err = w.db.Update(w.tb.Context(), func(tx *sqldb.Tx) error {
		b, err = w.agenda.MoveToHeld(w.tb.Context(), tx, system, id, secret)
		return err
	})
	return b, err
}

func TestAnOfferMovesABooking(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		var facts []string
		jobs.Subscribe(w.bus, func(_ context.Context, _ *sqldb.Tx, f agenda.Changed) error {
			facts = append(facts, f.What)
			return nil
		})
		jobs.Subscribe(w.bus, func(_ context.Context, _ *sqldb.Tx, f agenda.Freed) error { facts = append(facts, "freed"); return nil })
		next := monday.AddDays(7)
		late, err := w.agenda.BookFor(t.Context(), system, agenda.ForRequest{
			Where: agenda.Where{PointID: point, StartsAt: at(next, 12, 0), Party: 2}, Details: agenda.Details{Contact: agenda.Contact{Name: "Rosa"}},
		})
		w.must(err)
		_, secret := w.offer(agenda.Where{PointID: point, StartsAt: at(next, 9, 0), Party: 2}, 3*time.Hour)
		clock.Add(time.Hour)
		if b, err := w.agenda.Renew(t.Context(), secret); err != nil || b.HeldUntil.Before(clock.Now().Add(time.Hour)) {
			t.Errorf("Renew of an offer = %v, %v, want it as long as it was", b.HeldUntil, err)
		}
		b, err := w.accept(late.ID, secret)
		if err != nil || b.Code != late.Code || !b.StartsAt.Equal(at(next, 9, 0)) || !b.Until.Equal(at(next, 10, 0)) {
			t.Fatalf("MoveToHeld = %+v, %v, want the booking at 9", b, err)
		}
		if got, want := w.free(point, next), "10:00=1 10:30=1 11:00=1 11:30=1 12:00=1 12:30=1 "; got != want {
			t.Errorf("free = %q, want %q", got, want)
		}
		if _, err := w.accept(late.ID, secret); !errors.Is(err, agenda.ErrExpired) {
			t.Errorf("MoveToHeld twice = %v, want ErrExpired", err)
		}
		w.consistent()
		_, secret = w.offer(agenda.Where{PointID: point, StartsAt: at(next, 11, 0)}, time.Hour)
		if _, err := w.accept(late.ID, secret); !errors.Is(err, agenda.ErrParty) {
			t.Errorf("MoveToHeld of two to one seat = %v, want ErrParty", err)
		}
		facts = nil
		clock.Add(2 * time.Hour)
		if _, err := w.accept(late.ID, secret); !errors.Is(err, agenda.ErrExpired) {
			t.Errorf("MoveToHeld of a late answer = %v, want ErrExpired", err)
		}
		_, err = w.agenda.Sweep(t.Context())
		w.must(err)
		if len(facts) != 1 || facts[0] != "freed" {
			t.Errorf("an offer that ran out told %v, want that a seat is free", facts)
		}
		w.consistent()
	})
}

func TestAnOfferBecomesABooking(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		_, secret := w.offer(agenda.Where{PointID: point, StartsAt: at(monday, 9, 0)}, time.Hour)
		if _, _, err := w.hold(point, at(monday, 9, 0)); !errors.Is(err, agenda.ErrTaken) {
			t.Errorf("Hold of an offered time = %v, want ErrTaken", err)
		}
		w.must(w.db.Update(t.Context(), func(tx *sqldb.Tx) error {
			b, err := w.agenda.ConfirmHeld(t.Context(), tx, system, secret, agenda.Details{Contact: agenda.Contact{Name: "Rosa"}})
			if err == nil && (b.State != agenda.Confirmed || b.Contact.Name != "Rosa") {
				t.Errorf("ConfirmHeld = %+v", b)
			}
			return err
		}))
		w.consistent()
	})
}

func TestTheSameClickTwice(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		ctx := t.Context()
		b := w.book(point, at(monday, 9, 0), "Rosa")
		move := func(hour int, key string) agenda.Booking {
			b, err := w.agenda.Move(ctx, b.Code, agenda.MoveRequest{Where: agenda.Where{PointID: point, StartsAt: at(monday, hour, 0)}, Key: key})
			w.must(err)
			return b
		}
		move(10, "first click, first click")
		last := move(11, "second click, second click")
		if again := move(10, "first click, first click"); !again.StartsAt.Equal(last.StartsAt) || again.Version != last.Version {
			t.Errorf("the first click sent again moved the booking to %v", again.StartsAt)
		}
		if _, err := w.agenda.Move(ctx, b.Code, agenda.MoveRequest{Where: agenda.Where{PointID: point, StartsAt: at(monday, 9, 0)}, Key: "short"}); !errors.Is(err, agenda.ErrKey) {
			t.Errorf("Move with a short key = %v, want ErrKey", err)
		}
		const key = "the last click of all"
		for range 2 {
			if b, err := w.agenda.CancelByService(ctx, system, b.ID, key); err != nil || b.State != agenda.Cancelled || b.CancelledBy != agenda.ByService {
				t.Errorf("CancelByService = %+v, %v", b, err)
			}
		}
		if _, err := w.agenda.Cancel(ctx, b.Code, "another click, another"); !errors.Is(err, agenda.ErrEnded) {
			t.Errorf("Cancel of what was cancelled = %v, want ErrEnded", err)
		}
		clock.Add(72 * time.Hour)
		_, err := w.agenda.Purge(ctx)
		w.must(err)
		if n := w.count("agenda_request"); n != 0 {
			t.Errorf("%d requests are kept after three days, want none", n)
		}
		w.consistent()
	})
}

func TestAKeyIsForOneRequestOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		ctx := t.Context()
		const key = "a form that was sent, then changed"
		bookFor := func(name string, hour int) (agenda.Booking, error) {
			return w.agenda.BookFor(ctx, system, agenda.ForRequest{
				Where: agenda.Where{PointID: point, StartsAt: at(monday, hour, 0)}, Key: key, Anyway: true,
				Details: agenda.Details{Contact: agenda.Contact{Name: name}},
			})
		}
		anna, err := bookFor("Anna", 9)
		w.must(err)
		if again, err := bookFor("Anna", 9); err != nil || again.ID != anna.ID {
			t.Errorf("BookFor sent again = %s, %v, want %s", again.ID, err, anna.ID)
		}
		if _, err := bookFor("Bruno", 9); !errors.Is(err, agenda.ErrTaken) {
			t.Errorf("BookFor of another person at the same time = %v, want ErrTaken", err)
		}
		bruno, err := bookFor("Bruno", 10)
		if err != nil || bruno.Contact.Name != "Bruno" {
			t.Errorf("BookFor of another person = %+v, %v, want a booking of his own", bruno.Contact, err)
		}
		if b, err := w.agenda.Cancel(ctx, anna.Code, key); err != nil || b.ID != anna.ID {
			t.Errorf("Cancel = %s, %v", b.ID, err)
		}
		if b, err := w.agenda.Cancel(ctx, bruno.Code, key); err != nil || b.ID != bruno.ID || b.State != agenda.Cancelled {
			t.Errorf("Cancel of another booking with the same key = %s %s, %v, want his own", b.ID, b.State, err)
		}
		w.consistent()
	})
}
