package facilitators_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// change makes a change of a shift.
func (w *world) change(c facilitators.Change) error {
	w.t.Helper()
	return w.db.Update(w.t.Context(), func(tx *sqldb.Tx) error { return w.people.ChangeTx(w.t.Context(), tx, system, c) })
}

func (w *world) addEntry(e facilitators.Entry) ([]string, error) {
	w.t.Helper()
	var ids []string
	err := w.db.Update(w.t.Context(), func(tx *sqldb.Tx) (err error) {
		ids, err = w.people.AddEntryTx(w.t.Context(), tx, system, e)
		return err
	})
	return ids, err
}

func (w *world) standIn(in facilitators.StandIn, id string, needs facilitators.Needs) error {
	w.t.Helper()
	return w.db.Update(w.t.Context(), func(tx *sqldb.Tx) error {
		return w.people.StandInTx(w.t.Context(), tx, system, in, id, needs)
	})
}

// who lists who is on duty at the first point: "11 Anna 09:00-13:00".
func (w *world) who(from, to calendar.Day) string {
	w.t.Helper()
	var words []string
	w.must(w.db.View(w.t.Context(), func(tx *sqldb.Tx) error {
		words = nil
		list, err := w.people.OnDuty(w.t.Context(), tx, []string{w.point[0]}, from, to)
		for _, o := range list {
			f := w.load(o.Duty.FacilitatorID)
			_, _, day := o.Day.Date()
			words = append(words, fmt.Sprintf("%d %s %s-%s", day, f.Surname, o.Duty.Starts, o.Duty.Ends))
		}
		return err
	}))
	return strings.Join(words, ", ")
}

// serving adds a person who serves the first point.
func (w *world) serving(surname string) string {
	w.t.Helper()
	id := w.add(surname, "")
	w.must(w.people.Serve(w.t.Context(), system, id, w.point[0], july, never))
	return id
}

// entry is Monday and Wednesday, nine to twelve and two to five.
func (w *world) entry(person string) facilitators.Entry {
	d := w.shift(person, 0, 0, 0)
	d.From = monday
	return facilitators.Entry{
		Duty: d, Weekdays: calendar.WeekdaysOf(calendar.Monday, calendar.Wednesday),
		Bands: []facilitators.Hours{{Starts: 540, Ends: 720}, {Starts: 840, Ends: 1020}},
	}
}

func TestEntryOfSeveralBandsIsReadAsOne(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ids, err := w.addEntry(w.entry(w.serving("Rossi")))
		w.must(err)
		want := "11 Rossi 09:00-12:00, 11 Rossi 14:00-17:00, 13 Rossi 09:00-12:00, 13 Rossi 14:00-17:00"
		if got := w.who(monday, monday.AddDays(6)); got != want {
			t.Errorf("on duty: %s, want %s", got, want)
		}
		e, err := w.people.Entry(t.Context(), system, ids[3])
		w.must(err)
		if len(e.IDs) != 4 || len(e.Bands) != 2 || e.Weekdays != calendar.WeekdaysOf(calendar.Monday, calendar.Wednesday) {
			t.Errorf("Entry() = %+v, want all four shifts as one", e)
		}
	})
}

func TestEntriesInTurnsDoNotMeet(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		e := w.entry(w.serving("Rossi"))
		e.Every = 2
		_, err := w.addEntry(e)
		w.must(err)
		other := e
		other.From = monday.AddDays(7)
		if _, err := w.addEntry(other); err != nil {
			t.Errorf("a shift of the other weeks: %v, want none refused", err)
		}
		last := e
		last.Every, last.Nth = 0, calendar.LastOfMonth
		if _, err := w.addEntry(last); !errors.Is(err, facilitators.ErrDutyOverlap) {
			t.Errorf("a shift of the last weeks of a month: %v, want ErrDutyOverlap", err)
		}
		if got, want := w.who(monday.AddDays(7), monday.AddDays(8)), "18 Rossi 09:00-12:00, 18 Rossi 14:00-17:00"; got != want {
			t.Errorf("on duty: %s, want %s", got, want)
		}
	})
}

func TestBadShifts(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		person := w.serving("Rossi")
		for name, test := range map[string]struct {
			spoil func(*facilitators.Entry)
			field string
		}{
			"end before start":         {func(e *facilitators.Entry) { e.Bands = []facilitators.Hours{{Starts: 720, Ends: 540}} }, "ends"},
			"bands that meet":          {func(e *facilitators.Entry) { e.Bands[1].Starts = 600 }, "starts"},
			"no band":                  {func(e *facilitators.Entry) { e.Bands = nil }, "starts"},
			"no weekday":               {func(e *facilitators.Entry) { e.Weekdays = 0 }, "weekday"},
			"last day before first":    {func(e *facilitators.Entry) { e.To = e.From.AddDays(-1) }, "to"},
			"never":                    {func(e *facilitators.Entry) { e.From, e.To = monday.AddDays(3), monday.AddDays(4) }, "to"},
			"eleven years":             {func(e *facilitators.Entry) { e.To = e.From.AddDays(11 * 366) }, "to"},
			"five hundred seats":       {func(e *facilitators.Entry) { e.Kind, e.Seats = facilitators.Group, 500 }, "seats"},
			"no seats":                 {func(e *facilitators.Entry) { e.Kind, e.Seats = facilitators.Group, 0 }, "seats"},
			"every hundred weeks":      {func(e *facilitators.Entry) { e.Every = 100 }, "every"},
			"every minus one weeks":    {func(e *facilitators.Entry) { e.Every = -1 }, "every"},
			"the fifth of a month":     {func(e *facilitators.Entry) { e.Nth = 5 }, "every"},
			"an address of another":    {func(e *facilitators.Entry) { e.AddressID = w.address[1] }, "address_id"},
			"not on a multiple of 5":   {func(e *facilitators.Entry) { e.Bands[0].Starts = 541 }, "starts"},
			"shorter than its minutes": {func(e *facilitators.Entry) { e.Bands[0].Ends = 555 }, "slot_minutes"},
		} {
			e := w.entry(person)
			test.spoil(&e)
			_, err := w.addEntry(e)
			refusal, ok := errors.AsType[*errs.Refusal](err)
			if !ok || len(refusal.Problems) == 0 || refusal.Problems[0].Field != test.field {
				t.Errorf("%s: %v, want a problem of %s", name, err, test.field)
			}
		}
	})
}

func TestChangeOneTime(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		one, other := w.serving("Rossi"), w.serving("Verdi")
		ids, err := w.addEntry(w.entry(one))
		w.must(err)
		next := monday.AddDays(7)
		once := facilitators.Change{DutyID: ids[0], Scope: facilitators.Once, Day: next, One: facilitators.Occurrence{
			FacilitatorID: other, AddressID: w.address[0], Starts: 600, Ends: 780}}
		w.must(w.change(once))
		if got, want := w.who(next, next), "18 Verdi 10:00-13:00, 18 Rossi 14:00-17:00"; got != want {
			t.Errorf("one time changed: %s, want %s", got, want)
		}
		busy := w.shift(other, calendar.Monday, 540, 660)
		if _, err := w.people.AddDuty(t.Context(), system, busy); !errors.Is(err, facilitators.ErrDutyOverlap) {
			t.Errorf("AddDuty() where somebody stands in once = %v, want ErrDutyOverlap", err)
		}
		w.must(w.change(facilitators.Change{DutyID: ids[1], Scope: facilitators.Once, Day: next, Cancel: true}))
		if got, want := w.who(next, next), "18 Verdi 10:00-13:00"; got != want {
			t.Errorf("one time cancelled: %s, want %s", got, want)
		}
		for _, id := range ids[:2] {
			w.must(w.change(facilitators.Change{DutyID: id, Scope: facilitators.Once, Day: next, Restore: true}))
		}
		if got, want := w.who(next, next), "18 Rossi 09:00-12:00, 18 Rossi 14:00-17:00"; got != want {
			t.Errorf("restored: %s, want %s", got, want)
		}
		for name, day := range map[string]calendar.Day{"over": monday.AddDays(-7), "not a day of it": next.AddDays(1)} {
			if err := w.change(facilitators.Change{DutyID: ids[0], Scope: facilitators.Once, Day: day, Cancel: true}); errs.Of(err) != errs.Invalid {
				t.Errorf("a time that is %s: %v, want Invalid", name, err)
			}
		}
		w.dutyID(w.people.AddDuty(t.Context(), system, w.shift(other, calendar.Wednesday, 540, 720)))
		clash := once
		clash.DutyID, clash.Day = ids[2], monday.AddDays(9)
		if err := w.change(clash); !errors.Is(err, facilitators.ErrDutyOverlap) {
			t.Errorf("one time of somebody who is elsewhere = %v, want ErrDutyOverlap", err)
		}
	})
}

func TestChangeFollowingAndAlways(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ids, err := w.addEntry(w.entry(w.serving("Rossi")))
		w.must(err)
		third := monday.AddDays(14)
		w.must(w.change(facilitators.Change{DutyID: ids[0], Scope: facilitators.Once, Day: third, Cancel: true}))
		e, err := w.people.Entry(t.Context(), system, ids[0])
		w.must(err)
		e.Weekdays, e.Bands = calendar.WeekdaysOf(calendar.Monday), []facilitators.Hours{{Starts: 600, Ends: 720}}
		second := monday.AddDays(7)
		w.must(w.change(facilitators.Change{DutyID: ids[0], Scope: facilitators.Following, Day: second, Entry: e}))
		if got, want := w.who(monday, monday.AddDays(6)), "11 Rossi 09:00-12:00, 11 Rossi 14:00-17:00, 13 Rossi 09:00-12:00, 13 Rossi 14:00-17:00"; got != want {
			t.Errorf("before the day: %s, want %s", got, want)
		}
		if got, want := w.who(second, second.AddDays(20)), "18 Rossi 10:00-12:00, 1 Rossi 10:00-12:00"; got != want {
			t.Errorf("from the day on, but for the time cancelled: %s, want %s", got, want)
		}
		list, err := w.people.Duties(t.Context(), system, w.point[0])
		w.must(err)
		e, err = w.people.Entry(t.Context(), system, list[len(list)-1].ID)
		w.must(err)
		w.must(w.change(facilitators.Change{DutyID: e.ID, Scope: facilitators.Always, Cancel: true}))
		if got := w.who(monday, monday.AddDays(60)); strings.Contains(got, "14:00") && strings.Contains(got, "10:00") {
			t.Errorf("after the end of one entry: %s, want one of them gone", got)
		}
		past := facilitators.Change{DutyID: ids[0], Scope: facilitators.Following, Day: monday.AddDays(-1), Entry: e}
		if err := w.change(past); errs.Of(err) != errs.Invalid && !errors.Is(err, facilitators.ErrNotFound) {
			t.Errorf("a change in the past: %v, want a refusal", err)
		}
	})
}

func TestHoursOfAbsenceAndWhoStandsIn(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, away, here, alone := t.Context(), w.serving("Rossi"), w.serving("Verdi"), w.add("Bianchi", "")
		ids, err := w.addEntry(w.entry(away))
		w.must(err)
		id, err := w.people.AddAbsence(ctx, system, facilitators.Absence{
			FacilitatorID: away, From: monday, Starts: 600, Ends: 900, Reason: facilitators.Illness,
		})
		w.must(err)
		if got, want := w.who(monday, monday), "11 Rossi 09:00-10:00, 11 Rossi 15:00-17:00"; got != want {
			t.Errorf("with hours of absence: %s, want %s", got, want)
		}
		in := facilitators.StandIn{DutyID: ids[0], Day: monday, AbsenceID: id}
		list, err := w.people.Candidates(ctx, system, in, facilitators.Needs{Languages: []string{"en"}})
		w.must(err)
		if len(list) != 2 || list[0].ID != here || list[1].ID != alone {
			t.Errorf("Candidates() = %v, want who serves the point, then who works for the same body", list)
		}
		if err := w.standIn(in, here, facilitators.Needs{Languages: []string{"ar"}}); !errors.Is(err, facilitators.ErrNotSuited) {
			t.Errorf("StandInTx() without the language = %v, want ErrNotSuited", err)
		}
		w.must(w.standIn(in, alone, facilitators.Needs{}))
		if got, want := w.who(monday, monday), "11 Rossi 09:00-10:00, 11 Bianchi 10:00-12:00, 11 Rossi 15:00-17:00"; got != want {
			t.Errorf("with a substitute: %s, want %s", got, want)
		}
		gaps, err := w.people.Gaps(ctx, system, id)
		w.must(err)
		if len(gaps) != 2 || gaps[0].SubstituteID != alone || gaps[1].SubstituteID != "" || gaps[1].Duty.Starts != 840 || gaps[1].Duty.Ends != 900 {
			t.Errorf("Gaps() = %+v, want one with a substitute and one from 14 to 15 without", gaps)
		}
		w.must(w.people.RemoveAbsence(ctx, system, id))
		if got, want := w.who(monday, monday), "11 Rossi 09:00-12:00, 11 Rossi 14:00-17:00"; got != want {
			t.Errorf("without the absence: %s, want %s", got, want)
		}
	})
}

func TestStandInForOneTime(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		away, here := w.serving("Rossi"), w.serving("Verdi")
		ids, err := w.addEntry(w.entry(away))
		w.must(err)
		in := facilitators.StandIn{DutyID: ids[1], Day: monday}
		w.must(w.standIn(in, here, facilitators.Needs{}))
		if got, want := w.who(monday, monday), "11 Rossi 09:00-12:00, 11 Verdi 14:00-17:00"; got != want {
			t.Errorf("one time of another: %s, want %s", got, want)
		}
		w.must(w.standIn(in, "", facilitators.Needs{}))
		if got, want := w.who(monday, monday), "11 Rossi 09:00-12:00, 11 Rossi 14:00-17:00"; got != want {
			t.Errorf("given back: %s, want %s", got, want)
		}
	})
}

func TestMergeTakesSingleTimesAlong(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, away, twin, kept := context.Background(), w.serving("Rossi"), w.serving("Verdi"), w.serving("Verdi")
		ids, err := w.addEntry(w.entry(away))
		w.must(err)
		w.must(w.standIn(facilitators.StandIn{DutyID: ids[0], Day: monday}, twin, facilitators.Needs{}))
		merge, err := w.people.Merge(ctx, system, twin, kept)
		w.must(err)
		if got, want := w.who(monday, monday), "11 Verdi 09:00-12:00, 11 Rossi 14:00-17:00"; got != want {
			t.Errorf("after the merge: %s, want %s", got, want)
		}
		stayed, err := w.people.UndoMerge(ctx, system, merge)
		if err != nil || len(stayed) > 0 {
			t.Errorf("UndoMerge() = %v, %v, want everything back", stayed, err)
		}
	})
}

func TestMergeRefusesWhoStandsInElsewhere(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		away, twin, kept := w.serving("Rossi"), w.serving("Verdi"), w.serving("Verdi")
		ids, err := w.addEntry(w.entry(away))
		w.must(err)
		w.dutyID(w.people.AddDuty(t.Context(), system, w.shift(kept, calendar.Monday, 600, 660)))
		w.must(w.standIn(facilitators.StandIn{DutyID: ids[0], Day: monday}, twin, facilitators.Needs{}))
		if _, err := w.people.Merge(t.Context(), system, twin, kept); !errors.Is(err, facilitators.ErrMergeDuty) {
			t.Errorf("Merge() of two at the same time = %v, want ErrMergeDuty", err)
		}
	})
}

func TestHandOverKeepsSingleTimes(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		leaver, heir := w.serving("Parte"), w.serving("Resta")
		ids, err := w.addEntry(w.entry(leaver))
		w.must(err)
		next := monday.AddDays(7)
		w.must(w.standIn(facilitators.StandIn{DutyID: ids[0], Day: next}, heir, facilitators.Needs{}))
		w.must(w.change(facilitators.Change{DutyID: ids[1], Scope: facilitators.Once, Day: next, Cancel: true}))
		w.must(w.people.HandOver(t.Context(), system, facilitators.Handover{
			FacilitatorID: leaver, Last: monday, To: map[string]string{w.point[0]: heir},
		}))
		if got, want := w.who(next, next), "18 Resta 09:00-12:00"; got != want {
			t.Errorf("on duty after: %s, want %s", got, want)
		}
	})
}

func TestRivalsPutNobodyInTwoPlaces(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		person := w.serving("Rossi")
		const rivals = 8
		results := make(chan error, rivals)
		for i := range rivals {
			d := w.shift(person, calendar.Monday, 540+5*i, 720)
			go func() {
				_, err := w.people.AddDuty(context.Background(), system, d)
				results <- err
			}()
		}
		added := 0
		for range rivals {
			switch err := <-results; {
			case err == nil:
				added++
			case !errors.Is(err, facilitators.ErrDutyOverlap):
				t.Errorf("AddDuty() = %v, want nil or ErrDutyOverlap", err)
			}
		}
		if added != 1 {
			t.Errorf("%d shifts of one person at the same time, want one", added)
		}
	})
}

func TestOutsideTheHoursOfThePoint(t *testing.T) {
	t.Parallel()
	bands, err := calendar.ParseBands("lun-ven 9-13; lun 15-18")
	if err != nil {
		t.Fatal(err)
	}
	p := points.Point{Addresses: []points.Address{{ID: "a", Schedules: []points.Schedule{{Bands: bands}}}}}
	for hours, want := range map[facilitators.Hours]string{
		{Starts: 540, Ends: 780}:  "sab 09:00-13:00",
		{Starts: 900, Ends: 1080}: "sab 15:00-18:00",
		{Starts: 540, Ends: 840}:  "lun 09:00-14:00; sab 09:00-14:00",
	} {
		e := facilitators.Entry{Duty: facilitators.Duty{AddressID: "a"}, Weekdays: calendar.WeekdaysOf(calendar.Monday, calendar.Saturday), Bands: []facilitators.Hours{hours}}
		if got := facilitators.Outside(p, e).String(); got != want {
			t.Errorf("Outside(%v) = %q, want %q", hours, got, want)
		}
	}
}
