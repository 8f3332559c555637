package agenda_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

const rivals = 40

// race runs fn for each rival at once and counts those who won; ErrTaken is the only fair refusal.
func race(t *testing.T, n int, fn func(i int) error) (won int) {
	t.Helper()
	errs := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = fn(i)
		})
	}
	close(start)
	wg.Wait()
	for i, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, agenda.ErrTaken):
			t.Errorf("rival %d = %v, want a booking or taken", i, err)
		}
	}
	return won
}

func TestFortyRivalsForOneSeat(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		won := race(t, rivals, func(int) error {
			_, _, err := w.hold(point, at(monday, 9, 0))
			return err
		})
		if won != 1 {
			t.Errorf("%d rivals hold one seat, want 1", won)
		}
		won = race(t, rivals, func(i int) error {
			_, err := w.agenda.BookFor(t.Context(), system, agenda.ForRequest{
				Where: agenda.Where{PointID: point, StartsAt: at(monday, 10, 0)}, Details: agenda.Details{Contact: agenda.Contact{Name: fmt.Sprint(i)}},
			})
			return err
		})
		if won != 1 {
			t.Errorf("%d rivals booked one seat, want 1", won)
		}
		w.consistent()
	})
}

func TestFortyRivalsForTheLastSeats(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w := newWorld(t, db)
		point, address := w.point("lun 9-13")
		for range 2 {
			d := morning(w.person(point), point, address, calendar.Monday)
			d.Kind, d.Seats = agenda.Group, 6
			w.duty(d)
		}
		where := agenda.Where{PointID: point, Kind: agenda.Group, StartsAt: at(monday, 9, 0)}
		for range 11 {
			_, _, err := w.agenda.Hold(t.Context(), agenda.HoldRequest{Where: where})
			w.must(err)
		}
		hold := func(int) error {
			_, _, err := w.agenda.Hold(t.Context(), agenda.HoldRequest{Where: where})
			return err
		}
		if won := race(t, rivals, hold); won != 1 {
			t.Errorf("%d rivals hold the last seat, want 1", won)
		}
		where.StartsAt = at(monday, 10, 0)
		if won := race(t, rivals, hold); won != 12 {
			t.Errorf("%d rivals hold 12 seats, want 12", won)
		}
		w.consistent()
	})
}

func TestRivalsForAnExpiredHold(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		_, secret, err := w.hold(point, at(monday, 9, 0))
		w.must(err)
		_, err = w.agenda.Fill(t.Context(), secret, agenda.Details{Contact: agenda.Contact{Name: "Rosa"}})
		w.must(err)
		clock.Add(6 * minute)
		won := race(t, rivals, func(i int) error {
			switch i {
			case 0:
				_, err := w.agenda.Confirm(t.Context(), secret, agenda.ConfirmRequest{NoticeVersion: "1"})
				return err
			case 1:
				if _, err := w.agenda.Sweep(t.Context()); err != nil {
					return err
				}
			}
			_, _, err := w.hold(point, at(monday, 9, 0))
			return err
		})
		if won != 1 {
			t.Errorf("%d rivals have the time whose hold ran out, want 1", won)
		}
		w.consistent()
	})
}

func TestSameClickFortyTimes(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		ids := make([]string, rivals)
		race(t, rivals, func(i int) error {
			b, secret, err := w.agenda.Hold(t.Context(), agenda.HoldRequest{Where: agenda.Where{PointID: point, StartsAt: at(monday, 9, 0)}, Key: "the same click, twice"})
			if err != nil {
				return fmt.Errorf("hold: %w", err)
			}
			if _, err = w.agenda.Fill(t.Context(), secret, agenda.Details{Contact: agenda.Contact{Name: "Rosa"}}); err != nil && !errors.Is(err, agenda.ErrNotDraft) {
				return fmt.Errorf("fill: %w", err)
			}
			b, err = w.agenda.Confirm(t.Context(), secret, agenda.ConfirmRequest{NoticeVersion: "1", Key: "the same click, twice"})
			ids[i] = b.ID
			return err
		})
		for i, id := range ids {
			if id == "" || id != ids[0] {
				t.Errorf("click %d has booking %q, want %q", i, id, ids[0])
			}
		}
		w.consistent()
	})
}

func TestRivalsMoveToOneTime(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		var codes []string
		for i := range 7 {
			codes = append(codes, w.book(point, at(monday, 9, 30*i), fmt.Sprint(i)).Code)
		}
		won := race(t, len(codes), func(i int) error {
			_, err := w.agenda.Move(t.Context(), codes[i], agenda.MoveRequest{Where: agenda.Where{PointID: point, StartsAt: at(monday, 12, 30)}})
			return err
		})
		if won != 1 {
			t.Errorf("%d bookings moved to one time, want 1", won)
		}
		for _, code := range codes {
			if b, err := w.agenda.ByCode(t.Context(), code); err != nil || b.State != agenda.Confirmed {
				t.Errorf("booking %s = %v, %v, want confirmed", code, b.State, err)
			}
		}
		w.consistent()
	})
}

func TestRivalsAtTwoPlacesOfOnePerson(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w := newWorld(t, db)
		here, hereAddress := w.point("lun 9-13")
		there, thereAddress := w.point("lun 9-13")
		anna := w.person(here, there)
		w.duty(morning(anna, here, hereAddress, calendar.Monday))
		w.must(db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.ExecContext(t.Context(), `INSERT INTO facilitators_duty (id, facilitator_id, point_id, address_id, weekday, starts, ends, from_day)
				VALUES ($1, $2, $3, $4, 1, 555, 780, '2026-07-01')`, sqldb.NewID(tx.Now), anna, there, thereAddress)
			if err != nil {
				return err
			}
			return w.agenda.Rebuild(t.Context(), tx, there)
		}))
		won := race(t, rivals, func(i int) error {
			point, when := here, at(monday, 9, 30)
			if i%2 == 0 {
				point, when = there, at(monday, 9, 15)
			}
			_, _, err := w.hold(point, when)
			return err
		})
		if won != 1 {
			t.Errorf("%d rivals hold times of one person that overlap, want 1", won)
		}
		w.consistent()
	})
}
