package agenda_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/kinds"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/testkit"
)

// offering is one point with one person who is there on Monday mornings for the kinds given.
type offering struct {
	*world
	kinds         *kinds.Service
	point, person string
	ids           []string
}

func newOffering(tb testing.TB, db *sqldb.DB, list ...kinds.Kind) offering {
	tb.Helper()
	return newOfferingIn(newWorld(tb, db), list...)
}

func newOfferingIn(w *world, list ...kinds.Kind) offering {
	w.tb.Helper()
	db := w.db
	o := offering{world: w, kinds: kinds.New(db, kinds.Deps{Points: w.points, Bus: w.bus})}
	point, address := w.point("lun-ven 9-13")
	o.point, o.person = point, w.person(point)
	for _, k := range list {
		o.ids = append(o.ids, o.add(k))
	}
	shift := morning(o.person, point, address, calendar.Monday)
	shift.Ends, shift.KindIDs = 12*60, o.ids
	w.duty(shift)
	return o
}

func (o offering) add(k kinds.Kind) string {
	o.tb.Helper()
	if k.Name == "" {
		k.Name = fmt.Sprintf("Tipo %d", len(o.ids)+1)
	}
	if k.From.IsZero() {
		k.From = calendar.NewDay(2026, time.July, 1)
	}
	id, err := o.kinds.Add(o.tb.Context(), system, k)
	o.must(err)
	return id
}

// change changes a kind as f says.
func (o offering) change(id string, f func(*kinds.Kind)) {
	o.tb.Helper()
	k, err := o.kinds.ByID(o.tb.Context(), system, id)
	o.must(err)
	f(&k)
	o.must(o.kinds.Change(o.tb.Context(), system, k))
}

// times draws what an audience sees of Monday.
func (o offering) times(a kinds.Audience) string {
	o.tb.Helper()
	list, err := o.agenda.TimesFor(o.tb.Context(), agenda.Where{PointID: o.point, Audience: a}, monday, monday)
	o.must(err)
	slices.SortFunc(list, func(a, b agenda.Time) int { return cmp.Or(a.StartsAt.Compare(b.StartsAt), a.Minutes()-b.Minutes()) })
	text := ""
	for _, t := range list {
		text += fmt.Sprintf("%s+%d=%d ", calendar.MinuteOf(t.StartsAt), t.Minutes(), t.Free)
	}
	return text
}

func (o offering) want(a kinds.Audience, want string) {
	o.tb.Helper()
	if got := o.times(a); got != want {
		o.tb.Errorf("times of %q = %q, want %q", a, got, want)
	}
}

func (o offering) bookAs(a kinds.Audience, kindID string, hour, minute int) (agenda.Booking, error) {
	shape := agenda.Individual
	if kindID != "" {
		k, err := o.kinds.ByID(o.tb.Context(), system, kindID)
		o.must(err)
		shape = k.Mode.Shape()
	}
	return o.agenda.BookFor(o.tb.Context(), system, agenda.ForRequest{
		Where:   agenda.Where{PointID: o.point, Kind: shape, KindID: kindID, Audience: a, StartsAt: at(monday, hour, minute)},
		Details: agenda.Details{Contact: agenda.Contact{Name: "Rosa"}}, Anyway: true,
	})
}

func (o offering) clean() {
	o.tb.Helper()
	found, err := o.agenda.Verify(o.tb.Context())
	o.must(err)
	if found.Difference > 0 {
		o.tb.Errorf("Verify = %+v, want no difference", found)
	}
}

func TestKindsShareThePersonsTime(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		o := newOffering(t, db, kinds.Kind{Minutes: 60}, kinds.Kind{Mode: kinds.Phone, Minutes: 20, After: 10})
		o.want("", "09:00+20=1 09:00+60=1 09:30+20=1 10:00+20=1 10:00+60=1 10:30+20=1 11:00+20=1 11:00+60=1 11:30+20=1 ")
		// The call at 9:30 and its pause take the whole hour from the other kind; the one at 9 stays.
		call, err := o.bookAs("", o.ids[1], 9, 30)
		o.must(err)
		o.want("", "09:00+20=1 10:00+20=1 10:00+60=1 10:30+20=1 11:00+20=1 11:00+60=1 11:30+20=1 ")
		if _, err := o.bookAs("", o.ids[0], 9, 0); !errors.Is(err, agenda.ErrTaken) {
			t.Errorf("an hour over a call = %v, want ErrTaken", err)
		}
		_, err = o.agenda.Cancel(t.Context(), call.Code, "")
		o.must(err)
		o.want("", "09:00+20=1 09:00+60=1 09:30+20=1 10:00+20=1 10:00+60=1 10:30+20=1 11:00+20=1 11:00+60=1 11:30+20=1 ")
		o.clean()
	})
}

func TestWhoAsksDecides(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		o := newOffering(t, db,
			kinds.Kind{Minutes: 90, Kept: 2}, kinds.Kind{Mode: kinds.Group, Minutes: 180, Seats: 3, Kept: 1, Audience: kinds.Partners})
		o.want(kinds.Everyone, "09:00+90=1 ")
		o.want(kinds.Partners, "09:00+90=1 09:00+180=2 ")
		o.want(kinds.Staff, "09:00+90=1 09:00+180=3 10:30+90=1 ")
		if _, err := o.bookAs(kinds.Everyone, o.ids[0], 10, 30); !errors.Is(err, agenda.ErrTaken) {
			t.Errorf("a citizen at a time kept back = %v, want ErrTaken", err)
		}
		for range 2 {
			_, err := o.bookAs(kinds.Partners, o.ids[1], 9, 0)
			o.must(err)
		}
		for who, want := range map[kinds.Audience]error{kinds.Everyone: agenda.ErrTaken, kinds.Partners: agenda.ErrTaken, kinds.Staff: nil} {
			if _, err := o.bookAs(who, o.ids[1], 9, 0); !errors.Is(err, want) {
				t.Errorf("the last seat for %q = %v, want %v", who, err, want)
			}
		}
		// From an hour before, only the staff.
		o.change(o.ids[0], func(k *kinds.Kind) { k.NoticeMinutes, k.Kept = 60, 0 })
		clock.Set(at(monday, 9, 31))
		o.want(kinds.Everyone, "")
		o.clean()
	})
}

func TestAChangedKindChangesItsTimes(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		o := newOffering(t, db, kinds.Kind{Minutes: 60})
		b, err := o.bookAs("", o.ids[0], 10, 0)
		o.must(err)
		// The pause makes the grid another: what was booked stays, stranded, and nothing falls on it.
		o.change(o.ids[0], func(k *kinds.Kind) { k.After = 30 })
		o.want("", "")
		if list, err := o.agenda.Stranded(t.Context(), system, o.point); err != nil || len(list) != 1 || list[0].ID != b.ID {
			t.Errorf("Stranded = %v, %v, want the booking of 10", list, err)
		}
		o.clean()
		o.change(o.ids[0], func(k *kinds.Kind) { k.After = 0 })
		o.want("", "09:00+60=1 11:00+60=1 ")
		o.must(o.kinds.End(t.Context(), system, o.ids[0], monday.AddDays(-1)))
		o.want("", "")
		o.clean()
	})
}

func TestASmallerGroupGivesNoSeatAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		o := newOffering(t, db, kinds.Kind{Mode: kinds.Group, Minutes: 180, Seats: 5})
		var booked []agenda.Booking
		for range 4 {
			b, err := o.bookAs("", o.ids[0], 9, 0)
			o.must(err)
			booked = append(booked, b)
		}
		o.want("", "09:00+180=1 ")
		o.change(o.ids[0], func(k *kinds.Kind) { k.Seats = 2 })
		for i, want := range []string{"", "", "09:00+180=1 ", "09:00+180=2 "} {
			_, err := o.agenda.Cancel(t.Context(), booked[i].Code, "")
			o.must(err)
			o.want("", want)
			o.clean()
		}
	})
}

func TestANewPauseKeepsTheSeatsOfAGroup(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		o := newOffering(t, db, kinds.Kind{Mode: kinds.Group, Minutes: 60, Seats: 5}, kinds.Kind{Minutes: 30})
		group, alone := o.ids[0], o.ids[1]
		_, err := o.bookAs("", group, 9, 0)
		o.must(err)
		next, err := o.bookAs("", alone, 10, 0)
		o.must(err)
		// The pause would lie over the appointment at ten, which was promised first, and is so again.
		o.change(group, func(k *kinds.Kind) { k.After = 15 })
		o.clean()
		_, err = o.agenda.Cancel(t.Context(), next.Code, "")
		o.must(err)
		o.clean()
		_, err = o.bookAs("", alone, 10, 0)
		o.must(err)
		o.clean()
	})
}

func TestAPlainAppointmentIsNotHandedToAKind(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		o := newOffering(t, db, kinds.Kind{Mode: kinds.Phone, Minutes: 60})
		p, err := o.points.ByID(t.Context(), system, o.point)
		o.must(err)
		leaving := o.person2(p.Addresses[0].ID)
		b, err := o.agenda.BookFor(t.Context(), system, agenda.ForRequest{
			Where:   agenda.Where{PointID: o.point, KindID: agenda.Plain, StartsAt: at(monday.AddDays(7), 9, 0)},
			Details: agenda.Details{Contact: agenda.Contact{Name: "Rosa"}},
		})
		o.must(err)
		o.must(o.people.HandOver(t.Context(), system, facilitators.Handover{FacilitatorID: leaving, Last: monday}))
		list, err := o.agenda.StrandedOf(t.Context(), system, leaving)
		if err != nil || len(list) != 1 || list[0].ID != b.ID || list[0].KindID != "" {
			t.Errorf("StrandedOf = %+v, %v, want the appointment at the desk, which is not to become a call of an hour", list, err)
		}
	})
}

// person2 is another person at the point on Monday mornings, for the plain appointment.
func (o offering) person2(address string) string {
	id := o.world.person(o.point)
	o.duty(morning(id, o.point, address, calendar.Monday))
	return id
}

// TestEqualTimesTakeTurns books the first time of many days: no person gets them all.
func TestEqualTimesTakeTurns(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w := newWorld(t, db)
		point, address := w.point("lun-ven 9-13")
		for range 2 {
			w.duty(morning(w.person(point), point, address, calendar.Monday))
		}
		first := map[string]int{}
		for week := range 8 {
			b := w.book(point, at(monday.AddDays(7*week), 9, 0), fmt.Sprint("Rosa ", week))
			first[b.FacilitatorID]++
		}
		if len(first) != 2 {
			t.Errorf("eight first appointments = %v, want both people among them", first)
		}
	})
}

func TestVerifyFindsAndMends(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		o := newOffering(t, db, kinds.Kind{Minutes: 60, After: 15}, kinds.Kind{Mode: kinds.Group, Minutes: 60, Seats: 4})
		_, err := o.bookAs("", o.ids[1], 10, 0)
		o.must(err)
		o.clean()
		before := o.times(kinds.Staff)
		for _, plant := range []struct{ what, sql string }{
			{agenda.Missing, `DELETE FROM agenda_slot WHERE id = (SELECT min(id) FROM agenda_slot WHERE seats = 1)`},
			{agenda.Seats, `UPDATE agenda_slot SET free = 4 WHERE free = 3`},
			{agenda.Seats, `UPDATE agenda_slot SET free = 0 WHERE id = (SELECT max(id) FROM agenda_slot WHERE seats = 1 AND free = 1)`},
			{agenda.Terms, `UPDATE agenda_slot SET seats = 9, free = 9 WHERE id = (SELECT max(id) FROM agenda_slot WHERE seats = 4 AND free = 4)`},
			{agenda.Terms, `UPDATE agenda_slot SET audience = 'staff' WHERE id = (SELECT max(id) FROM agenda_slot)`},
			{agenda.Terms, `UPDATE agenda_slot SET busy_to = ends_at WHERE id = (SELECT max(id) FROM agenda_slot WHERE busy_to > ends_at)`},
			{agenda.Unwanted, `INSERT INTO agenda_slot (id, point_id, address_id, facilitator_id, kind, day, starts_at, ends_at, seats, free, closes_at, busy_from, busy_to)
				SELECT 'planted', point_id, address_id, facilitator_id, 'individual', day, starts_at, ends_at, 1, 1, starts_at, starts_at, ends_at
				FROM agenda_slot WHERE id = (SELECT max(id) FROM agenda_slot)`},
			{agenda.StrayCell, `INSERT INTO agenda_cell (facilitator_id, cell, slot_id) SELECT facilitator_id, 99999999, id FROM agenda_slot WHERE free = 3`},
			{agenda.LostCell, `DELETE FROM agenda_cell WHERE cell = (SELECT min(cell) FROM agenda_cell)`},
		} {
			o.must(db.Update(t.Context(), func(tx *sqldb.Tx) error {
				done, err := tx.ExecContext(t.Context(), plant.sql)
				if err == nil {
					if n, _ := done.RowsAffected(); n != 1 {
						err = fmt.Errorf("%s planted %d times: %s", plant.what, n, plant.sql)
					}
				}
				return err
			}))
			clock.Add(time.Minute)
			found, err := o.agenda.Verify(t.Context())
			o.must(err)
			if len(found.Examples) == 0 || found.Examples[0].What != plant.what || found.Examples[0].PointID != o.point {
				t.Errorf("Verify after %q = %+v, want %s first", plant.sql, found, plant.what)
			}
			last, ok, err := o.agenda.LastCheck(t.Context())
			if err != nil || !ok || last.Difference != found.Difference || last.Points != 1 || len(last.Examples) != len(found.Examples) {
				t.Errorf("LastCheck = %+v, %v, %v, want %+v", last, ok, err, found)
			}
			clock.Add(time.Minute)
			o.clean()
			if got := o.times(kinds.Staff); got != before {
				t.Errorf("times after mending %q = %q, want %q", plant.sql, got, before)
			}
		}
	})
}

// TestASkippedNightIsNoDifference lets days pass without a run.
func TestASkippedNightIsNoDifference(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		o := newOffering(t, db, kinds.Kind{Minutes: 60, HorizonDays: 90}, kinds.Kind{Mode: kinds.Phone, Minutes: 20, HorizonDays: 7})
		for _, days := range []int{0, 1, 3, 20, 100} {
			clock.Set(early.AddDate(0, 0, days))
			o.clean()
		}
	})
}

// TestAnyHistoryOfKindsIsClean books, cancels, changes kinds and hours and lets time pass, at random; the
// check of the night must find nothing to mend.
func TestAnyHistoryOfKindsIsClean(t *testing.T) {
	testkit.WithoutRace(t)
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		fresh := []kinds.Kind{{Minutes: 30, After: 10, Kept: 3}, {Mode: kinds.Group, Minutes: 60, Seats: 3, Kept: 1}, {Mode: kinds.Phone, Minutes: 20, Before: 5}}
		o := newOfferingIn(newWorldOf(t, db, 1), fresh...)
		rapid.Check(t, func(t *rapid.T) {
			clock.Set(early)
			(&history{t: t, w: o.world}).forget()
			for i, k := range fresh {
				o.change(o.ids[i], func(is *kinds.Kind) { is.Before, is.After, is.Kept, is.NoticeMinutes = k.Before, k.After, k.Kept, 0 })
			}
			o.setHours("lun-ven 9-13")
			if o.times(kinds.Staff) == "" {
				t.Fatal("no time to book")
			}
			var codes []string
			for range rapid.IntRange(1, 15).Draw(t, "steps") {
				codes = o.any(t, clock, codes)
			}
			found, err := o.agenda.Verify(o.tb.Context())
			if err != nil || found.Difference > 0 {
				t.Fatalf("Verify = %+v, %v, want no difference", found, err)
			}
		})
	})
}

func (o offering) setHours(text string) {
	ctx := o.tb.Context()
	p, err := o.points.ByID(ctx, system, o.point)
	o.must(err)
	bands, err := calendar.ParseBands(text)
	o.must(err)
	o.must(o.points.SetHours(ctx, system, p.Addresses[0].ID, calendar.Day{}, calendar.Day{}, "", bands))
}

func (o offering) any(t *rapid.T, clock *sqldbtest.Clock, codes []string) []string {
	ctx := o.tb.Context()
	kind := rapid.SampledFrom(o.ids).Draw(t, "kind")
	switch rapid.SampledFrom([]string{"book", "book", "book", "cancel", "pauses", "kept", "hours", "wait"}).Draw(t, "step") {
	case "book":
		b, err := o.bookAs(rapid.SampledFrom(kinds.Audiences()).Draw(t, "who"), kind, rapid.IntRange(9, 11).Draw(t, "hour"), 5*rapid.IntRange(0, 11).Draw(t, "minute"))
		if err == nil {
			codes = append(codes, b.Code)
		} else if !errors.Is(err, agenda.ErrTaken) && !errors.Is(err, agenda.ErrPast) {
			t.Fatal(err)
		}
	case "cancel":
		if len(codes) > 0 {
			_, err := o.agenda.Cancel(ctx, rapid.SampledFrom(codes).Draw(t, "code"), "")
			if err != nil && !errors.Is(err, agenda.ErrEnded) && !errors.Is(err, agenda.ErrPast) {
				t.Fatal(err)
			}
		}
	case "pauses":
		o.change(kind, func(k *kinds.Kind) {
			k.After, k.Before = 5*rapid.IntRange(0, 4).Draw(t, "after"), 5*rapid.IntRange(0, 2).Draw(t, "before")
		})
	case "kept":
		o.change(kind, func(k *kinds.Kind) {
			k.Kept, k.NoticeMinutes = rapid.SampledFrom([]int{0, 2, 3}).Draw(t, "kept"), rapid.IntRange(0, 300).Draw(t, "notice")
		})
	case "hours":
		o.setHours(rapid.SampledFrom([]string{"lun 9-10:30", "lun-ven 9-13", "lun 10-12"}).Draw(t, "bands"))
	case "wait":
		clock.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "minutes")) * time.Minute)
	}
	return codes
}
