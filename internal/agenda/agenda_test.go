package agenda_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// early is before the first time of monday.
var early = at(monday, 7, 0)

func onBoth(t *testing.T, fn func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock)) {
	t.Helper()
	t.Parallel()
	sqldbtest.RunAt(t, early, fn)
}

func (w *world) consistent() {
	w.tb.Helper()
	if err := w.check(); err != nil {
		w.tb.Error(err)
	}
}

func TestBookFromHoldToConfirmation(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, address, person := simple(t, db)
		b, secret, err := w.hold(point, at(monday, 9, 30))
		if err != nil || b.State != agenda.Held || !b.HeldUntil.Equal(early.Add(5*time.Minute)) || b.Seat != 1 {
			t.Fatalf("Hold = %+v, %v", b, err)
		}
		if got, want := w.free(point, monday), "09:00=1 10:00=1 10:30=1 11:00=1 11:30=1 12:00=1 12:30=1 "; got != want {
			t.Errorf("free times = %q, want %q", got, want)
		}
		if _, err := w.agenda.Confirm(t.Context(), secret, agenda.ConfirmRequest{NoticeVersion: "2026-07"}); !hasProblem(err, "name", "agenda.name_missing") {
			t.Errorf("Confirm without a name = %v, want a problem of the field name", err)
		}
		typed := agenda.Details{Topic: "H", Reason: "spid", Needs: "sedia a rotelle", Language: "it",
			Contact: agenda.Contact{Name: "Rosa  Bianchi", Phone: "+39 055 123-45.67", Email: "rosa@posta.it", OnBehalf: "mia madre"}}
		if _, err := w.agenda.Fill(t.Context(), secret, typed); err != nil {
			t.Fatal(err)
		}
		got, err := w.agenda.Confirm(t.Context(), secret, agenda.ConfirmRequest{NoticeVersion: "2026-07"})
		if err != nil {
			t.Fatal(err)
		}
		typed.Contact.Name, typed.Contact.Phone = "Rosa Bianchi", "0551234567"
		if diff := cmp.Diff(typed, got.Details); diff != "" {
			t.Errorf("details (-want +got):\n%s", diff)
		}
		if got.State != agenda.Confirmed || got.ID != b.ID || got.Code != b.Code || got.FacilitatorID != person || got.AddressID != address ||
			got.NoticeVersion != "2026-07" || !got.HeldUntil.IsZero() || !got.EndsAt.Equal(at(monday, 10, 0)) {
			t.Errorf("Confirm = %+v", got)
		}
		again, err := w.agenda.Confirm(t.Context(), secret, agenda.ConfirmRequest{NoticeVersion: "2026-07"})
		if err != nil || again.Version != got.Version {
			t.Errorf("second Confirm = %+v, %v, want the same answer", again, err)
		}
		byCode, err := w.agenda.ByCode(t.Context(), got.Code)
		if err != nil || byCode.ID != got.ID {
			t.Errorf("ByCode = %v, %v", byCode.ID, err)
		}
		w.consistent()
	})
}

func hasProblem(err error, field, key string) bool {
	r, ok := errors.AsType[*errs.Refusal](err)
	if !ok {
		return false
	}
	for _, p := range r.Problems {
		if p.Field == field && p.Key == key {
			return true
		}
	}
	return false
}

func TestDraftIsNotFoundByCode(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		b, secret, err := w.hold(point, at(monday, 9, 0))
		w.must(err)
		if _, err := w.agenda.ByCode(t.Context(), b.Code); !errors.Is(err, agenda.ErrNotFound) {
			t.Errorf("ByCode of a draft = %v, want not found", err)
		}
		if _, err := w.agenda.BySecret(t.Context(), secret+"x"); !errors.Is(err, agenda.ErrNotFound) {
			t.Errorf("BySecret of nobody = %v, want not found", err)
		}
		w.must(w.agenda.Drop(t.Context(), secret))
		if got := w.free(point, monday); got[:8] != "09:00=1 " {
			t.Errorf("after Drop free times = %q", got)
		}
		w.consistent()
	})
}

func TestHoldExpiresAndIsRenewed(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		_, secret, err := w.hold(point, at(monday, 9, 0))
		w.must(err)
		for _, step := range []struct{ after, until time.Duration }{{4, 9}, {8, 13}, {12, 17}, {16, 20}, {19, 20}} {
			clock.Set(early.Add(step.after * time.Minute))
			b, err := w.agenda.Renew(t.Context(), secret)
			if want := early.Add(step.until * time.Minute); err != nil || !b.HeldUntil.Equal(want) {
				t.Errorf("Renew after %d minutes = until %v, %v, want %v", step.after, b.HeldUntil, err, want)
			}
		}
		clock.Set(early.Add(20 * time.Minute))
		if _, err := w.agenda.Renew(t.Context(), secret); !errors.Is(err, agenda.ErrExpired) {
			t.Errorf("Renew after 20 minutes = %v, want expired", err)
		}
		if n, err := w.agenda.Sweep(t.Context()); n != 0 || err != nil {
			t.Errorf("Sweep at the very end = %d, %v, want 0", n, err)
		}
		clock.Add(time.Second)
		if n, err := w.agenda.Sweep(t.Context()); n != 1 || err != nil {
			t.Errorf("Sweep = %d, %v, want 1", n, err)
		}
		b, err := w.agenda.BySecret(t.Context(), secret)
		if err != nil || b.State != agenda.Expired {
			t.Errorf("after Sweep = %v, %v, want expired", b.State, err)
		}
		w.consistent()
	})
}

func TestExpiredHoldDoesNotBlock(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		_, first, err := w.hold(point, at(monday, 9, 0))
		w.must(err)
		_, err = w.agenda.Fill(t.Context(), first, agenda.Details{Contact: agenda.Contact{Name: "Rosa"}})
		w.must(err)
		if _, _, err := w.hold(point, at(monday, 9, 0)); !errors.Is(err, agenda.ErrTaken) {
			t.Fatalf("Hold of a held time = %v, want taken", err)
		}
		clock.Add(5*time.Minute + time.Second)
		second, _, err := w.hold(point, at(monday, 9, 0))
		if err != nil {
			t.Fatalf("Hold of a time whose hold ran out = %v", err)
		}
		_, err = w.agenda.Confirm(t.Context(), first, agenda.ConfirmRequest{NoticeVersion: "1"})
		if !errors.Is(err, agenda.ErrTaken) {
			t.Errorf("Confirm of the expired draft = %v, want taken", err)
		}
		lost, err := w.agenda.BySecret(t.Context(), first)
		if err != nil || lost.State != agenda.Expired || lost.Contact.Name != "Rosa" {
			t.Errorf("the expired draft = %+v, %v, want what was typed", lost, err)
		}
		if second.State != agenda.Held {
			t.Errorf("the second hold is %s", second.State)
		}
		b, err := w.agenda.Retake(t.Context(), first, agenda.Where{PointID: point, StartsAt: at(monday, 9, 30)}, "")
		if err != nil || b.State != agenda.Held || b.Contact.Name != "Rosa" {
			t.Errorf("Retake = %+v, %v", b, err)
		}
		b, err = w.agenda.Confirm(t.Context(), first, agenda.ConfirmRequest{NoticeVersion: "1"})
		if err != nil || !b.StartsAt.Equal(at(monday, 9, 30)) {
			t.Errorf("Confirm = %+v, %v", b, err)
		}
		w.consistent()
	})
}

func TestConfirmTakesAnExpiredTimeAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		_, secret, err := w.hold(point, at(monday, 9, 0))
		w.must(err)
		clock.Add(6 * time.Minute)
		if _, err := w.agenda.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err = w.agenda.Fill(t.Context(), secret, agenda.Details{Contact: agenda.Contact{Name: "Rosa"}})
		w.must(err)
		b, err := w.agenda.Confirm(t.Context(), secret, agenda.ConfirmRequest{NoticeVersion: "1"})
		if err != nil || b.State != agenda.Confirmed || !b.StartsAt.Equal(at(monday, 9, 0)) {
			t.Errorf("Confirm = %+v, %v", b, err)
		}
		w.consistent()
	})
}

func TestAHeldTimeThatTheRulesTakeAwayIsNotConfirmed(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, address, _ := simple(t, db)
		hold := func() string {
			_, secret, err := w.hold(point, at(monday, 10, 0))
			w.must(err)
			_, err = w.agenda.Fill(t.Context(), secret, agenda.Details{Contact: agenda.Contact{Name: "Rosa"}})
			w.must(err)
			return secret
		}
		secret := hold()
		closure, err := w.points.AddClosure(t.Context(), system, points.Closure{PointID: point, From: monday, To: monday, Reason: "neve"})
		w.must(err)
		if b, err := w.agenda.Confirm(t.Context(), secret, agenda.ConfirmRequest{NoticeVersion: "1"}); !errors.Is(err, agenda.ErrTaken) {
			t.Errorf("Confirm at a point closed meanwhile = %v, %v, want %v", b.State, err, agenda.ErrTaken)
		}
		if b, err := w.agenda.BySecret(t.Context(), secret); err != nil || b.Contact.Name != "Rosa" {
			t.Errorf("draft afterwards = %+v, %v, want what was typed", b, err)
		}
		w.must(w.agenda.Drop(t.Context(), secret))
		w.must(w.points.RemoveClosure(t.Context(), system, closure))
		secret = hold()
		first, err := w.agenda.BySecret(t.Context(), secret)
		w.must(err)
		other := w.person(point)
		w.duty(morning(other, point, address, calendar.Monday))
		w.must(w.people.StopServing(t.Context(), system, first.FacilitatorID, point, monday.AddDays(-1)))
		if b, err := w.agenda.Confirm(t.Context(), secret, agenda.ConfirmRequest{NoticeVersion: "1"}); err != nil || b.State != agenda.Confirmed || b.FacilitatorID != other {
			t.Errorf("Confirm after the facilitator left = %+v, %v, want confirmed with %s", b, err, other)
		}
		w.consistent()
	})
}

func TestRetakeFreesTheOldTime(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		w.book(point, at(monday, 10, 0), "Ugo")
		_, secret, err := w.hold(point, at(monday, 9, 0))
		w.must(err)
		if _, err := w.agenda.Retake(t.Context(), secret, agenda.Where{PointID: point, StartsAt: at(monday, 10, 0)}, ""); !errors.Is(err, agenda.ErrTaken) {
			t.Errorf("Retake of a taken time = %v, want taken", err)
		}
		b, err := w.agenda.BySecret(t.Context(), secret)
		if err != nil || b.State != agenda.Held || !b.StartsAt.Equal(at(monday, 9, 0)) {
			t.Errorf("after the refusal the draft is %+v, %v", b, err)
		}
		if _, err := w.agenda.Retake(t.Context(), secret, agenda.Where{PointID: point, StartsAt: at(monday, 10, 30)}, ""); err != nil {
			t.Error(err)
		}
		if got, want := w.free(point, monday), "09:00=1 09:30=1 11:00=1 11:30=1 12:00=1 12:30=1 "; got != want {
			t.Errorf("free times = %q, want %q", got, want)
		}
		w.consistent()
	})
}

func TestTwelveHoldsForAClient(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		hold := func(n int) (string, error) { // six times each Monday morning
			_, secret, err := w.agenda.Hold(t.Context(), agenda.HoldRequest{
				Where: agenda.Where{PointID: point, StartsAt: at(monday.AddDays(7*(n/6)), 9, 30*(n%6))}, ClientKey: "client",
			})
			return secret, err
		}
		first, err := hold(0)
		w.must(err)
		for n := 1; n < 12; n++ {
			if _, err := hold(n); err != nil {
				t.Fatalf("Hold number %d = %v", n+1, err)
			}
		}
		if _, err := hold(12); !errors.Is(err, agenda.ErrTooManyHolds) || errs.Of(err) != errs.Unavailable {
			t.Errorf("thirteenth Hold = %v, want too many", err)
		}
		w.must(w.agenda.Drop(t.Context(), first))
		if _, err := hold(12); err != nil {
			t.Errorf("Hold after one was given up = %v", err)
		}
		clock.Add(6 * time.Minute)
		if _, err := hold(13); err != nil {
			t.Errorf("Hold after the others ran out = %v", err)
		}
		w.consistent()
	})
}

func TestSameKeySameAnswer(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		r := agenda.HoldRequest{Where: agenda.Where{PointID: point, StartsAt: at(monday, 9, 0)}, Key: "0123456789abcdef"}
		one, secret, err := w.agenda.Hold(t.Context(), r)
		w.must(err)
		two, again, err := w.agenda.Hold(t.Context(), r)
		if err != nil || two.ID != one.ID || again != secret {
			t.Errorf("second Hold = %s %q, %v, want %s %q", two.ID, again, err, one.ID, secret)
		}
		clock.Add(time.Hour)
		_, err = w.agenda.Sweep(t.Context())
		w.must(err)
		three, again, err := w.agenda.Hold(t.Context(), r)
		if err != nil || three.ID != one.ID || again != secret || three.State != agenda.Held {
			t.Errorf("Hold after the first ran out = %+v, %v", three, err)
		}
		r.Key = "short"
		if _, _, err := w.agenda.Hold(t.Context(), r); !errors.Is(err, agenda.ErrKey) {
			t.Errorf("Hold with a short key = %v, want refused", err)
		}

		book := agenda.ForRequest{Where: agenda.Where{PointID: point, StartsAt: at(monday, 11, 0)}, Key: "fedcba9876543210",
			Details: agenda.Details{Contact: agenda.Contact{Name: "Rosa"}}}
		first, err := w.agenda.BookFor(t.Context(), system, book)
		w.must(err)
		second, err := w.agenda.BookFor(t.Context(), system, book)
		if err != nil || second.ID != first.ID {
			t.Errorf("second BookFor = %s, %v, want %s", second.ID, err, first.ID)
		}
		w.consistent()
	})
}

func TestCancelAndMove(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		b := w.book(point, at(monday, 9, 0), "Rosa")
		other := w.book(point, at(monday, 12, 0), "Ugo")
		if _, err := w.agenda.Move(t.Context(), b.Code, agenda.MoveRequest{Where: agenda.Where{PointID: point, StartsAt: other.StartsAt}}); !errors.Is(err, agenda.ErrTaken) {
			t.Errorf("Move to a taken time = %v, want taken", err)
		}
		moved, err := w.agenda.Move(t.Context(), b.Code, agenda.MoveRequest{Where: agenda.Where{PointID: point, StartsAt: at(monday.AddDays(7), 10, 0)}})
		if err != nil || moved.ID != b.ID || moved.Code != b.Code || moved.Day != monday.AddDays(7) || moved.State != agenda.Confirmed {
			t.Fatalf("Move = %+v, %v", moved, err)
		}
		if same, err := w.agenda.Move(t.Context(), b.Code, agenda.MoveRequest{Where: agenda.Where{PointID: point, StartsAt: moved.StartsAt}}); err != nil || same.Version != moved.Version {
			t.Errorf("Move to the same time = %+v, %v, want nothing changed", same, err)
		}
		cancelled, err := w.agenda.Cancel(t.Context(), b.Code, "")
		if err != nil || cancelled.State != agenda.Cancelled || cancelled.CancelledBy != agenda.ByCitizen {
			t.Errorf("Cancel = %+v, %v", cancelled, err)
		}
		if _, err := w.agenda.Cancel(t.Context(), b.Code, ""); !errors.Is(err, agenda.ErrEnded) {
			t.Errorf("second Cancel = %v, want ended", err)
		}
		clock.Set(at(monday, 12, 0))
		for name, call := range map[string]func() error{
			"Cancel": func() error { _, err := w.agenda.Cancel(t.Context(), other.Code, ""); return err },
			"Move": func() error {
				_, err := w.agenda.Move(t.Context(), other.Code, agenda.MoveRequest{Where: agenda.Where{PointID: point, StartsAt: at(monday, 12, 30)}})
				return err
			},
			"Hold": func() error { _, _, err := w.hold(point, at(monday, 12, 0)); return err },
		} {
			if err := call(); !errors.Is(err, agenda.ErrPast) {
				t.Errorf("%s of what has begun = %v, want past", name, err)
			}
		}
		w.consistent()
	})
}

func TestLeastLoadFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, address, anna := simple(t, db)
		w.duty(morning(anna, point, address, calendar.Tuesday))
		bruno := w.person(point)
		w.duty(morning(bruno, point, address, calendar.Monday))
		w.duty(morning(bruno, point, address, calendar.Tuesday))
		one := w.book(point, at(monday, 9, 0), "Uno")
		two := w.book(point, at(monday, 10, 0), "Due")
		if one.FacilitatorID == two.FacilitatorID {
			t.Errorf("the second booking of the day went to the same person")
		}
		three := w.book(point, at(monday, 9, 0), "Tre")
		if three.FacilitatorID == one.FacilitatorID {
			t.Errorf("one person has two bookings at 9")
		}
		_, err := w.agenda.Cancel(t.Context(), two.Code, "")
		w.must(err)
		busy := one.FacilitatorID
		if three.FacilitatorID != two.FacilitatorID {
			t.Fatal("the third booking should be with the second person")
		}
		// Both have one on Monday; another for the first one makes the week of the second lighter.
		got, err := w.agenda.BookFor(t.Context(), system, agenda.ForRequest{
			Where:   agenda.Where{PointID: point, StartsAt: at(monday, 11, 0), FacilitatorID: busy},
			Details: agenda.Details{Contact: agenda.Contact{Name: "Quattro"}},
		})
		if err != nil || got.FacilitatorID != busy {
			t.Fatalf("BookFor with a wish = %+v, %v", got, err)
		}
		tuesday := w.book(point, at(monday.AddDays(1), 9, 0), "Cinque")
		if tuesday.FacilitatorID == busy {
			t.Errorf("Tuesday went to the person with more to do in the week")
		}
		w.consistent()
	})
}

func TestNobodyInTwoPlaces(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w := newWorld(t, db)
		here, hereAddress := w.point("lun 9-13")
		there, thereAddress := w.point("lun 9-13")
		anna := w.person(here, there)
		w.duty(morning(anna, here, hereAddress, calendar.Monday))
		d := morning(anna, there, thereAddress, calendar.Monday)
		d.Starts, d.From = 9*60+15, calendar.NewDay(2026, time.July, 1)
		if _, err := w.people.AddDuty(t.Context(), system, d); !errors.Is(err, facilitators.ErrDutyOverlap) {
			t.Fatalf("AddDuty that overlaps = %v, want refused", err)
		}
		// Written past the rule, as an import from elsewhere might.
		w.must(db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.ExecContext(t.Context(), `INSERT INTO facilitators_duty (id, facilitator_id, point_id, address_id, weekday, starts, ends, from_day)
				VALUES ($1, $2, $3, $4, 1, 555, 780, '2026-07-01')`, sqldb.NewID(tx.Now), anna, there, thereAddress)
			if err != nil {
				return err
			}
			return w.agenda.Rebuild(t.Context(), tx, there)
		}))
		if got := w.free(there, monday); got[:16] != "09:15=1 09:45=1 " {
			t.Fatalf("free there = %q", got)
		}
		b := w.book(here, at(monday, 9, 30), "Rosa")
		if got, want := w.free(there, monday), "10:15=1 10:45=1 11:15=1 11:45=1 12:15=1 "; got != want {
			t.Errorf("free there = %q, want %q", got, want)
		}
		if _, _, err := w.hold(there, at(monday, 9, 15)); !errors.Is(err, agenda.ErrTaken) {
			t.Errorf("Hold there at 9:15 = %v, want taken", err)
		}
		_, secret, err := w.hold(there, at(monday, 10, 15))
		w.must(err)
		_, err = w.agenda.Cancel(t.Context(), b.Code, "")
		w.must(err)
		if got, want := w.free(there, monday), "09:15=1 09:45=1 10:45=1 11:15=1 11:45=1 12:15=1 "; got != want {
			t.Errorf("after Cancel free there = %q, want %q", got, want)
		}
		if got, want := w.free(here, monday), "09:00=1 09:30=1 11:00=1 11:30=1 12:00=1 12:30=1 "; got != want {
			t.Errorf("after Cancel free here = %q, want %q", got, want)
		}
		// The hold there ran out, and somebody here wants a time that it covers.
		clock.Add(6 * time.Minute)
		w.book(here, at(monday, 10, 30), "Ugo")
		if lost, err := w.agenda.BySecret(t.Context(), secret); err != nil || lost.State != agenda.Expired {
			t.Errorf("the hold there = %s, %v, want expired", lost.State, err)
		}
		w.consistent()
	})
}

func TestGroupSeats(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w := newWorld(t, db)
		point, address := w.point("lun 9-13")
		anna := w.person(point)
		d := morning(anna, point, address, calendar.Monday)
		d.Kind, d.Seats, d.SlotMinutes = agenda.Group, 3, 120
		w.duty(d)
		where := agenda.Where{PointID: point, Kind: agenda.Group, StartsAt: at(monday, 9, 0)}
		var codes []string
		for seat := 1; seat <= 3; seat++ {
			b, err := w.agenda.BookFor(t.Context(), system, agenda.ForRequest{Where: where, Details: agenda.Details{Contact: agenda.Contact{Name: "Uno"}}, Anyway: true})
			if err != nil || b.Seat != seat {
				t.Fatalf("BookFor seat %d = %d, %v", seat, b.Seat, err)
			}
			codes = append(codes, b.Code)
		}
		if _, _, err := w.agenda.Hold(t.Context(), agenda.HoldRequest{Where: where}); !errors.Is(err, agenda.ErrTaken) {
			t.Errorf("fourth seat = %v, want taken", err)
		}
		_, err := w.agenda.Cancel(t.Context(), codes[1], "")
		w.must(err)
		b, _, err := w.agenda.Hold(t.Context(), agenda.HoldRequest{Where: where})
		if err != nil || b.Seat != 2 {
			t.Errorf("the seat given back = %d, %v, want 2", b.Seat, err)
		}
		if _, _, err := w.hold(point, at(monday, 9, 0)); !errors.Is(err, agenda.ErrTaken) {
			t.Errorf("an individual time there = %v, want taken", err)
		}
		w.consistent()
	})
}

func TestAlternatives(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		w.book(point, at(monday, 9, 0), "Rosa")
		w.book(point, at(monday, 11, 0), "Ugo")
		near, err := w.agenda.Alternatives(t.Context(), agenda.Where{PointID: point, StartsAt: at(monday, 11, 0)}, 3)
		got := ""
		for _, n := range near {
			got += fmt.Sprintf("%s(%d) ", calendar.MinuteOf(n.StartsAt), n.Minutes())
		}
		if want := "10:30(30) 11:30(30) 12:00(30) "; err != nil || got != want {
			t.Errorf("Alternatives = %q, %v, want %q", got, err, want)
		}
	})
}
