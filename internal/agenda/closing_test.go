package agenda_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/geo"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// fates counts what became of the bookings.
func fates(list []agenda.Outcome) map[string]int {
	n := map[string]int{}
	for _, o := range list {
		n[o.Fate]++
	}
	return n
}

func TestCloseCancels(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		ctx, who := t.Context(), facilitatorAt(point)
		past := w.book(point, at(monday, 9, 0), "Rosa")
		later := w.book(point, at(monday, 11, 0), "Ugo")
		_, secret, err := w.hold(point, at(monday, 12, 0))
		w.must(err)
		clock.Set(at(monday, 10, 10))
		closing := agenda.Closing{Day: monday, PointIDs: []string{point}, Reason: "neve"}
		done, err := w.agenda.Close(ctx, who, closing)
		if err != nil || len(done.Outcomes) != 1 {
			t.Fatalf("Close = %+v, %v, want one booking", done, err)
		}
		got := done.Outcomes[0]
		if got.Booking.ID != later.ID || got.Booking.CancelledBy != agenda.ByService || got.Fate != agenda.CancelledByService || got.Booking.Contact.Phone != "0551234567" {
			t.Errorf("Close = %+v, want the later one cancelled, with its phone", got)
		}
		if got := w.free(point, monday); got != "" {
			t.Errorf("after Close free = %q, want none", got)
		}
		if b, err := w.agenda.ByCode(ctx, past.Code); err != nil || b.State != agenda.Confirmed {
			t.Errorf("the booking that was over = %v, %v, want as it was", b.State, err)
		}
		if b, err := w.agenda.BySecret(ctx, secret); err != nil || b.State != agenda.Expired {
			t.Errorf("the draft = %v, %v, want expired", b.State, err)
		}
		if again, err := w.agenda.Close(ctx, who, closing); err != nil || len(again.Outcomes) != 0 {
			t.Errorf("Close again = %v, %v, want nothing left", again, err)
		}
		back, err := w.agenda.ClosedDay(ctx, who, done.ID)
		if err != nil || len(back.Outcomes) != 1 || back.Outcomes[0].Booking.ID != later.ID || !back.Outcomes[0].WasAt.Equal(later.StartsAt) {
			t.Errorf("ClosedDay = %+v, %v, want what Close answered", back, err)
		}
		if _, err := w.agenda.ClosedDay(ctx, facilitatorAt("elsewhere"), done.ID); !errors.Is(err, agenda.ErrNotFound) {
			t.Errorf("ClosedDay for a stranger = %v, want not found", err)
		}
		if list, err := w.agenda.ClosedDays(ctx, who, monday); err != nil || len(list) != 2 {
			t.Errorf("ClosedDays = %v, %v, want both", list, err)
		}
		w.consistent()
	})
}

func TestCloseRefuses(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		for name, tt := range map[string]struct {
			closing agenda.Closing
			want    error
		}{
			"a day that is over": {agenda.Closing{Day: monday.AddDays(-30), PointIDs: []string{point}, Reason: "x"}, agenda.ErrPast},
			"nothing":            {agenda.Closing{Day: monday, Reason: "x"}, agenda.ErrNothingToClose},
			"too many points":    {agenda.Closing{Day: monday, PointIDs: slices.Repeat([]string{point}, 40), Reason: "x"}, agenda.ErrTooManyToClose},
			"a point of others":  {agenda.Closing{Day: monday, PointIDs: []string{point, "elsewhere"}, Reason: "x"}, identity.ErrNotHere},
		} {
			if _, err := w.agenda.Close(t.Context(), facilitatorAt(point), tt.closing); !errors.Is(err, tt.want) {
				t.Errorf("Close of %s = %v, want %v", name, err, tt.want)
			}
		}
		if _, err := w.agenda.Close(t.Context(), facilitatorAt(point), agenda.Closing{Day: monday, PointIDs: []string{point}}); err == nil {
			t.Error("Close without a reason = nil, want a refusal")
		}
	})
}

// Snow: everybody is moved to the first free times after their own, at the same point before a near one.
func TestCloseMoves(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		ctx, who := t.Context(), facilitatorAt(point)
		near, address := w.point("mar 9-13")
		d := morning(w.person(near), near, address, calendar.Tuesday)
		w.duty(d)
		next := monday.AddDays(7)
		w.book(point, at(next, 9, 30), "Zoe")
		for _, hour := range []int{9, 10} {
			w.book(point, at(monday, hour, 0), fmt.Sprint("P", hour))
		}
		closing := agenda.Closing{Day: monday, PointIDs: []string{point}, Reason: "neve", Move: true}
		plan, err := w.agenda.Foresee(ctx, who, closing)
		w.must(err)
		done, err := w.agenda.Close(ctx, who, closing)
		if err != nil || fates(done.Outcomes)[agenda.Moved] != 2 {
			t.Fatalf("Close = %+v, %v, want both moved", done, err)
		}
		for i, o := range done.Outcomes {
			if !o.Booking.StartsAt.Equal(plan[i].To.StartsAt) || o.Booking.PointID != plan[i].To.PointID {
				t.Errorf("moved to %v, foreseen %v", o.Booking.StartsAt, plan[i].To.StartsAt)
			}
			if o.Booking.StartsAt.Before(o.WasAt) {
				t.Errorf("moved from %v to %v, want no earlier", o.WasAt, o.Booking.StartsAt)
			}
		}
		// Within a week the own point comes first: Monday next at nine and, for ten, Monday next at ten.
		if got := done.Outcomes[0].Booking; got.PointID != point || !got.StartsAt.Equal(at(next, 9, 0)) {
			t.Errorf("the first went to %v, want the same hour a week later", got.StartsAt)
		}
		w.consistent()
	})
}

// A near point takes who would wait more than a week, and only what citizens could take there.
func TestCloseMovesToANearPoint(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		near, address := w.point("mar 9-10")
		w.duty(morning(w.person(near), near, address, calendar.Tuesday))
		for hour := 9; hour < 13; hour++ {
			w.book(point, at(monday.AddDays(7), hour, 0), "x")
			w.book(point, at(monday.AddDays(7), hour, 30), "x")
		}
		for _, minute := range []int{0, 30} {
			w.book(point, at(monday, 9, minute), "y")
		}
		w.book(point, at(monday, 10, 0), "z")
		done, err := w.agenda.Close(t.Context(), facilitatorAt(point), agenda.Closing{Day: monday, PointIDs: []string{point}, Reason: "neve", Move: true})
		w.must(err)
		if n := fates(done.Outcomes); n[agenda.Moved] != 3 {
			t.Fatalf("fates = %v, want three moved", n)
		}
		for i, want := range []string{near, near, point} {
			if got := done.Outcomes[i].Booking; got.PointID != want {
				t.Errorf("booking %d went to %s on %v, want %s", i, got.PointID, got.Day, want)
			}
		}
		w.consistent()
	})
}

// Who falls ill leaves the bookings to a colleague on duty at the same time; the others move or go.
func TestCloseForAnIllPerson(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w := newWorldOf(t, db, 5)
		point, address := w.point("lun-ven 9-13")
		ill, colleague := w.person(point), w.person(point)
		w.duty(morning(ill, point, address, calendar.Monday))
		d := morning(colleague, point, address, calendar.Monday)
		d.Ends = 10 * 60
		first := w.bookWith(point, at(monday, 9, 0), ill)
		second := w.bookWith(point, at(monday, 11, 0), ill)
		w.duty(d)
		who := identity.Actor{Grants: []identity.Grant{{Role: identity.ManagingBody, Scope: identity.ScopeBody, ScopeID: w.body}}}
		done, err := w.agenda.Close(t.Context(), who, agenda.Closing{Day: monday, FacilitatorID: ill, Move: true})
		if err != nil || len(done.Outcomes) != 2 {
			t.Fatalf("Close = %+v, %v, want two", done, err)
		}
		if got := done.Outcomes[0]; got.Fate != agenda.Reassigned || got.Booking.FacilitatorID != colleague || !got.Booking.StartsAt.Equal(first.StartsAt) {
			t.Errorf("the first = %+v, want the same time with the colleague", got)
		}
		if got := done.Outcomes[1]; got.Fate != agenda.CancelledByService || got.Booking.ID != second.ID {
			t.Errorf("the second = %+v, want cancelled: nothing is free", got)
		}
		if days, err := w.agenda.Between(t.Context(), who, ill, monday, monday); err != nil || len(days) != 0 {
			t.Errorf("the ill one still has %v, %v, want nothing", days, err)
		}
		w.consistent()
	})
}

func TestResettle(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, address, _ := simple(t, db)
		ctx, who := t.Context(), facilitatorAt(point)
		b := w.book(point, at(monday, 12, 0), "Rosa")
		other := w.book(point, at(monday, 12, 30), "Ugo")
		hours, err := calendar.ParseBands("lun-ven 9-12")
		w.must(err)
		w.must(w.points.SetHours(ctx, system, address, calendar.Day{}, calendar.Day{}, "", hours))
		list, err := w.agenda.Propose(ctx, who, "")
		if err != nil || len(list) != 2 || list[0].Fate != agenda.Moved || !list[0].To.StartsAt.Equal(at(monday.AddDays(7), 9, 0)) {
			t.Fatalf("Propose = %+v, %v, want a week later", list, err)
		}
		if list[0].To.StartsAt.Equal(list[1].To.StartsAt) {
			t.Errorf("both are proposed %v, want different times", list[0].To.StartsAt)
		}
		taken := w.book(point, at(monday.AddDays(7), 9, 0), "Zoe")
		if _, err := w.agenda.ResettleTo(ctx, who, b.ID, list[0].To); !errors.Is(err, agenda.ErrTaken) {
			t.Errorf("ResettleTo a time that %s has = %v, want taken", taken.Code, err)
		}
		if _, err := w.agenda.ResettleTo(ctx, facilitatorAt("elsewhere"), b.ID, list[0].To); !errors.Is(err, identity.ErrNotHere) {
			t.Errorf("ResettleTo by a stranger = %v, want not here", err)
		}
		got, err := w.agenda.ResettleTo(ctx, who, b.ID, list[1].To)
		if err != nil || got.Fate != agenda.Moved || !got.Booking.StartsAt.Equal(list[1].To.StartsAt) || got.Booking.Code != b.Code {
			t.Errorf("ResettleTo = %+v, %v, want the time proposed and the same code", got, err)
		}
		all, err := w.agenda.Resettle(ctx, who, []string{b.ID, other.ID}, true)
		if err != nil || len(all) != 1 || all[0].Booking.ID != other.ID || all[0].Fate != agenda.Moved {
			t.Errorf("Resettle = %+v, %v, want only the one still stranded", all, err)
		}
		if left, err := w.agenda.Stranded(ctx, who, ""); err != nil || len(left) != 0 {
			t.Errorf("Stranded = %v, %v, want none", left, err)
		}
		w.consistent()
	})
}

// While a day is closed, citizens take the times that were proposed: nobody is lost, nobody sits twice.
func TestRivalsOfAClosing(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		ctx, next := t.Context(), monday.AddDays(7)
		for hour := 9; hour < 13; hour++ {
			w.book(point, at(monday, hour, 0), fmt.Sprint("P", hour))
		}
		start := make(chan struct{})
		var wg sync.WaitGroup
		won := make([]bool, 8)
		for i := range won {
			wg.Go(func() {
				<-start
				_, _, err := w.hold(point, at(next, 9+i/2, 30*(i%2)))
				if won[i] = err == nil; !won[i] && !errors.Is(err, agenda.ErrTaken) {
					t.Errorf("rival %d = %v, want a hold or taken", i, err)
				}
			})
		}
		var done agenda.ClosedDay
		wg.Go(func() {
			<-start
			var err error
			if done, err = w.agenda.Close(ctx, facilitatorAt(point), agenda.Closing{Day: monday, PointIDs: []string{point}, Reason: "neve", Move: true}); err != nil {
				t.Errorf("Close = %v", err)
			}
		})
		close(start)
		wg.Wait()
		n := fates(done.Outcomes)
		if n[agenda.Moved]+n[agenda.CancelledByService] != 4 {
			t.Errorf("fates = %v, want four moved or cancelled", n)
		}
		for _, o := range done.Outcomes {
			b, err := w.agenda.ByCode(ctx, o.Booking.Code)
			if err != nil || o.Fate == agenda.Moved && (b.State != agenda.Confirmed || !b.StartsAt.After(o.WasAt)) || o.Fate == agenda.CancelledByService && b.State != agenda.Cancelled {
				t.Errorf("%s: %v on %v, %v", o.Fate, b.State, b.StartsAt, err)
			}
		}
		w.consistent()
	})
}

// Who closes a day sends everybody home, also from an exceptional opening.
func TestCloseAnExceptionalOpening(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, at(monday, 7, 0), func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, address, _ := simple(t, db)
		ctx := t.Context()
		w.must(w.points.PutException(ctx, system, points.Exception{AddressID: address, Day: monday, Reason: "fiera",
			Bands: calendar.Bands{{Opens: 10 * 60, Closes: 11 * 60}}}))
		if got := w.free(point, monday); got != "10:00=1 10:30=1 " {
			t.Fatalf("free on the exceptional day = %q, want the two half hours", got)
		}
		b := w.book(point, at(monday, 10, 0), "Ada")
		done, err := w.agenda.Close(ctx, system, agenda.Closing{Day: monday, PointIDs: []string{point}, Reason: "guasto"})
		if err != nil || len(done.Outcomes) != 1 || done.Outcomes[0].Booking.Code != b.Code || done.Outcomes[0].Booking.State != agenda.Cancelled {
			t.Errorf("Close = %v, %v, want the one to call", done, err)
		}
		if got := w.free(point, monday); got != "" {
			t.Errorf("free after Close = %q, want none", got)
		}
		w.must(w.check())
	})
}

// bookWith books a time with one person.
func (w *world) bookWith(point string, when time.Time, person string) agenda.Booking {
	w.tb.Helper()
	b, err := w.agenda.BookFor(w.tb.Context(), system, agenda.ForRequest{
		Where:   agenda.Where{PointID: point, StartsAt: when, FacilitatorID: person},
		Details: agenda.Details{Contact: agenda.Contact{Name: "Who comes at " + when.Format("15:04")}},
	})
	w.must(err)
	return b
}

// An itinerant point is in two villages an hour apart: nobody is sent from one to the other.
func TestCloseKeepsToTheVillage(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w := newWorldOf(t, db, 6)
		week := func(hours string) []points.Schedule {
			bands, err := calendar.ParseBands(hours)
			w.must(err)
			return []points.Schedule{{Bands: bands}}
		}
		here, far := geo.Point{Lat: 40.31, Lon: 16.23}, geo.Point{Lat: 40.95, Lon: 15.82}
		id, err := w.points.Add(t.Context(), system, points.Point{
			OfficialName: "Giro", Kind: points.Itinerant, ManagingBodyID: w.body, State: points.StateOpen,
			OpenedOn: calendar.NewDay(2026, time.July, 1), Booking: points.BookingPossible,
			Addresses: []points.Address{
				{Street: "Via Roma 1", CAP: "75010", Belfiore: "A187", At: here, HasAt: true, Schedules: week("lun 9-13; mer 9-10")},
				{Street: "Via Po 2", CAP: "75010", Belfiore: "A187", At: far, HasAt: true, Schedules: week("mar 9-13")},
			},
		})
		w.must(err)
		p, err := w.points.ByID(t.Context(), system, id)
		w.must(err)
		person := w.person(id)
		for i, day := range []calendar.Weekday{calendar.Monday, calendar.Tuesday, calendar.Wednesday} {
			w.duty(morning(person, id, p.Addresses[i%2].ID, day))
		}
		for hour := 9; hour < 12; hour++ {
			w.book(id, at(monday, hour, 0), fmt.Sprint("P", hour))
		}
		done, err := w.agenda.Close(t.Context(), facilitatorAt(id), agenda.Closing{Day: monday, PointIDs: []string{id}, Reason: "neve", Move: true})
		w.must(err)
		if n := fates(done.Outcomes); n[agenda.Moved] != 2 || n[agenda.CancelledByService] != 1 {
			t.Errorf("fates = %v, want two moved to Wednesday and one cancelled", n)
		}
		for _, o := range done.Outcomes {
			if o.Fate == agenda.Moved && o.Booking.AddressID != p.Addresses[0].ID {
				t.Errorf("moved to %s, want the same village", o.Booking.AddressID)
			}
		}
		w.consistent()
	})
}
