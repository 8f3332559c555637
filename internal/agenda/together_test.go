package agenda_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/jobs"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// freeFor returns the times at which some people can come together, as "09:00 09:30".
func (w *world) freeFor(point string, party int) string {
	w.tb.Helper()
	times, err := w.agenda.TimesFor(w.tb.Context(), agenda.Where{PointID: point, Party: party}, monday, monday)
	w.must(err)
	text := ""
	for _, t := range times {
		text += fmt.Sprintf("%s-%s ", calendar.MinuteOf(t.StartsAt), calendar.MinuteOf(t.EndsAt))
	}
	return text
}

func (w *world) together(point string, hour, minute, party int) agenda.Booking {
	w.tb.Helper()
	b, err := w.agenda.BookFor(w.tb.Context(), system, agenda.ForRequest{
		Where:   agenda.Where{PointID: point, StartsAt: at(monday, hour, minute), Party: party},
		Details: agenda.Details{Contact: agenda.Contact{Name: "Rosa", Phone: "055 1234567"}}, Anyway: true,
	})
	w.must(err)
	return b
}

func TestTwoWhoComeTogetherFollowEachOther(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		ctx := t.Context()
		var told []string
		jobs.Subscribe(w.bus, func(_ context.Context, _ *sqldb.Tx, f agenda.Changed) error {
			told = append(told, fmt.Sprintf("%s %d", f.What, f.Booking.Party))
			return nil
		})
		w.book(point, at(monday, 10, 0), "Ugo")
		told = nil
		if got, want := w.freeFor(point, 2), "09:00-10:00 10:30-11:30 11:00-12:00 11:30-12:30 12:00-13:00 "; got != want {
			t.Errorf("times for two = %q, want %q", got, want)
		}
		_, _, err := w.agenda.Hold(ctx, agenda.HoldRequest{Where: agenda.Where{PointID: point, StartsAt: at(monday, 9, 30), Party: 2}})
		if !errors.Is(err, agenda.ErrTaken) {
			t.Errorf("Hold for two where only one fits = %v, want ErrTaken", err)
		}
		w.consistent()
		b, secret, err := w.agenda.Hold(ctx, agenda.HoldRequest{Where: agenda.Where{PointID: point, StartsAt: at(monday, 9, 0), Party: 2}})
		if err != nil || b.Party != 2 || !b.Until.Equal(at(monday, 10, 0)) {
			t.Fatalf("Hold for two = %+v, %v", b, err)
		}
		_, err = w.agenda.Fill(ctx, secret, agenda.Details{Topic: "A", Contact: agenda.Contact{Name: "Rosa", Phone: "055 1234567"}})
		w.must(err)
		b, err = w.agenda.Confirm(ctx, secret, agenda.ConfirmRequest{NoticeVersion: "1", Anyway: true})
		w.must(err)
		b, err = w.agenda.Move(ctx, b.Code, agenda.MoveRequest{Where: agenda.Where{PointID: point, StartsAt: at(monday, 11, 30)}})
		if err != nil || b.Party != 2 || !b.Until.Equal(at(monday, 12, 30)) {
			t.Errorf("Move of two = %+v, %v", b, err)
		}
		list, err := w.agenda.Together(ctx, system, b.ID)
		if err != nil || len(list) != 2 || list[1].TogetherID != b.ID || list[1].Topic != "A" || list[1].Contact.Name != "Rosa" {
			t.Errorf("Together = %+v, %v, want the two", list, err)
		}
		if _, err := w.agenda.ByCode(ctx, list[1].Code); !errors.Is(err, agenda.ErrNotFound) {
			t.Errorf("ByCode of the second one = %v, want ErrNotFound: one code is for both", err)
		}
		w.consistent()
		b, err = w.agenda.OneFewer(ctx, b.Code, "")
		if err != nil || b.Party != 1 || !b.Until.Equal(at(monday, 12, 0)) {
			t.Errorf("OneFewer = %+v, %v", b, err)
		}
		if _, err := w.agenda.OneFewer(ctx, b.Code, ""); !errors.Is(err, agenda.ErrAlone) {
			t.Errorf("OneFewer of one = %v, want ErrAlone", err)
		}
		_, err = w.agenda.Cancel(ctx, b.Code, "")
		w.must(err)
		if got, want := fmt.Sprint(told), "[booked 2 moved 2 fewer 1 cancelled_by_citizen 1]"; got != want {
			t.Errorf("told %s, want %s: one fact for all", got, want)
		}
		w.consistent()
	})
}

func TestTogetherInAGroup(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w := newWorld(t, db)
		point, address := w.point("lun 9-13")
		d := morning(w.person(point), point, address, calendar.Monday)
		d.Kind, d.Seats, d.SlotMinutes = agenda.Group, 5, 60
		w.duty(d)
		where := agenda.Where{PointID: point, Kind: agenda.Group, StartsAt: at(monday, 9, 0), Party: 3}
		_, secret, err := w.agenda.Hold(t.Context(), agenda.HoldRequest{Where: where})
		w.must(err)
		if _, _, err := w.agenda.Hold(t.Context(), agenda.HoldRequest{Where: where}); !errors.Is(err, agenda.ErrTaken) {
			t.Errorf("three more in five seats = %v, want ErrTaken", err)
		}
		w.consistent()
		where.Party = 2
		b, err := w.agenda.Retake(t.Context(), secret, where, "")
		if err != nil || b.Party != 2 {
			t.Errorf("Retake with one fewer = %+v, %v", b, err)
		}
		w.consistent()
		clock.Add(30 * minute)
		if n, err := w.agenda.Sweep(t.Context()); err != nil || n == 0 {
			t.Errorf("Sweep = %d, %v", n, err)
		}
		if got := w.free(point, monday); got != "09:00=5 10:00=5 11:00=5 12:00=5 " {
			t.Errorf("free after the holds ran out = %q, want all five seats", got)
		}
		w.consistent()
	})
}

// Who comes back to a hold that ran out, and wants more seats than are free without it, frees it once.
func TestAHoldMakesRoomForItself(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w := newWorld(t, db)
		point, address := w.point("lun 9-13")
		d := morning(w.person(point), point, address, calendar.Monday)
		d.Kind, d.Seats, d.SlotMinutes = agenda.Group, 4, 60
		w.duty(d)
		where := agenda.Where{PointID: point, Kind: agenda.Group, StartsAt: at(monday, 9, 0)}
		_, err := w.agenda.BookFor(t.Context(), system, agenda.ForRequest{Where: where, Details: agenda.Details{Contact: agenda.Contact{Name: "Ugo"}}})
		w.must(err)
		where.Party = 2
		_, secret, err := w.agenda.Hold(t.Context(), agenda.HoldRequest{Where: where})
		w.must(err)
		clock.Add(6 * minute)
		where.Party = 3
		if b, err := w.agenda.Retake(t.Context(), secret, where, ""); err != nil || b.Party != 3 {
			t.Errorf("Retake for one more = %+v, %v", b, err)
		}
		if got, want := w.free(point, monday), "10:00=4 11:00=4 12:00=4 "; got != want {
			t.Errorf("free = %q, want %q", got, want)
		}
		w.consistent()
	})
}

func TestBadParties(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		for _, party := range []int{-1, 5, 500} {
			where := agenda.Where{PointID: point, StartsAt: at(monday, 9, 0), Party: party}
			if _, _, err := w.agenda.Hold(t.Context(), agenda.HoldRequest{Where: where}); !errors.Is(err, agenda.ErrParty) {
				t.Errorf("Hold for %d = %v, want ErrParty", party, err)
			}
		}
		if _, _, err := w.hold(point, at(monday.AddDays(-7), 9, 0)); !errors.Is(err, agenda.ErrPast) {
			t.Errorf("Hold of a past time = %v, want ErrPast", err)
		}
		w.consistent()
	})
}

// Pairs, single people and offers want the same morning at once.
func TestRivalsTogether(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		const clients = 12
		var wait sync.WaitGroup
		seats := make([]int, clients)
		for i := range clients {
			wait.Go(func() {
				party := 1 + i%3
				_, err := w.agenda.BookFor(t.Context(), system, agenda.ForRequest{
					Where:   agenda.Where{PointID: point, StartsAt: at(monday, 9+i%2, 30), Party: party},
					Details: agenda.Details{Contact: agenda.Contact{Name: fmt.Sprintf("Rosa %d", i)}}, Anyway: true,
				})
				switch {
				case err == nil:
					seats[i] = party
				case !errors.Is(err, agenda.ErrTaken):
					t.Errorf("BookFor = %v, want a seat or ErrTaken", err)
				}
			})
		}
		wait.Wait()
		given := 0
		for _, n := range seats {
			given += n
		}
		if got := w.count("agenda_booking"); got != given || given == 0 {
			t.Errorf("%d bookings, want %d", got, given)
		}
		w.consistent()
	})
}
