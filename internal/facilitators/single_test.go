package facilitators_test

import (
	"errors"
	"slices"
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/kinds"
	"capillare/internal/sqldb"
)

// bands gives the entry of a shift other hours from now on.
func (w *world) bands(dutyID string, bands ...facilitators.Hours) error {
	w.t.Helper()
	e, err := w.people.Entry(w.t.Context(), system, dutyID)
	w.must(err)
	e.Bands = bands
	return w.change(facilitators.Change{DutyID: dutyID, Scope: facilitators.Always, Entry: e})
}

// What was said of both bands of a day holds for the one that follows them, and back.
func TestBandsJoinedAndDividedKeepSingleTimes(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, away, here := t.Context(), w.serving("Rossi"), w.serving("Verdi")
		ids, err := w.addEntry(w.entry(away))
		w.must(err)
		next := monday.AddDays(7)
		absence, err := w.people.AddAbsence(ctx, system, facilitators.Absence{FacilitatorID: away, From: monday})
		w.must(err)
		for _, id := range ids[:2] {
			w.must(w.change(facilitators.Change{DutyID: id, Scope: facilitators.Once, Day: next, Cancel: true}))
			w.must(w.standIn(facilitators.StandIn{DutyID: id, Day: monday, AbsenceID: absence}, here, facilitators.Needs{}))
		}
		w.must(w.bands(ids[0], facilitators.Hours{Starts: 540, Ends: 1020}))
		if got, want := w.who(monday, next), "11 Verdi 09:00-17:00, 13 Rossi 09:00-17:00"; got != want {
			t.Errorf("two bands made one: %s, want %s", got, want)
		}
		list, err := w.people.Duties(ctx, system, w.point[0])
		w.must(err)
		w.must(w.bands(list[0].ID, facilitators.Hours{Starts: 540, Ends: 720}, facilitators.Hours{Starts: 840, Ends: 1020}))
		if got, want := w.who(next, next), ""; got != want {
			t.Errorf("a day cancelled, in two bands again: %s, want nobody", got)
		}
	})
}

func TestWhoStandsInIsNotElsewhereWhenHoursChange(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		away, here := w.serving("Rossi"), w.serving("Verdi")
		ids, err := w.addEntry(w.entry(away))
		w.must(err)
		w.dutyID(w.people.AddDuty(t.Context(), system, w.shift(here, calendar.Monday, 720, 840)))
		absence, err := w.people.AddAbsence(t.Context(), system, facilitators.Absence{FacilitatorID: away, From: monday})
		w.must(err)
		w.must(w.standIn(facilitators.StandIn{DutyID: ids[0], Day: monday, AbsenceID: absence}, here, facilitators.Needs{}))
		later := facilitators.Occurrence{FacilitatorID: away, AddressID: w.address[0], Starts: 660, Ends: 780}
		err = w.change(facilitators.Change{DutyID: ids[0], Scope: facilitators.Once, Day: monday, One: later})
		if !errors.Is(err, facilitators.ErrDutyOverlap) {
			t.Errorf("one time at the hours of the substitute's own shift: %v, want ErrDutyOverlap", err)
		}
		err = w.bands(ids[0], facilitators.Hours{Starts: 660, Ends: 780})
		if !errors.Is(err, facilitators.ErrDutyOverlap) {
			t.Errorf("always at the hours of the substitute's own shift: %v, want ErrDutyOverlap", err)
		}
	})
}

// Who stands in at a point that is not the own one is away there too.
func TestAbsenceOfWhoStandsIn(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, away, alone := t.Context(), w.serving("Rossi"), w.add("Bianchi", "")
		ids, err := w.addEntry(w.entry(away))
		w.must(err)
		absence, err := w.people.AddAbsence(ctx, system, facilitators.Absence{FacilitatorID: away, From: monday})
		w.must(err)
		w.must(w.standIn(facilitators.StandIn{DutyID: ids[0], Day: monday, AbsenceID: absence}, alone, facilitators.Needs{}))
		w.changed = nil
		second, err := w.people.AddAbsence(ctx, system, facilitators.Absence{FacilitatorID: alone, From: monday})
		w.must(err)
		told := func() bool {
			return slices.ContainsFunc(w.changed, func(f facilitators.DutyChanged) bool { return slices.Contains(f.PointIDs, w.point[0]) })
		}
		if got := w.who(monday, monday); got != "" || !told() {
			t.Errorf("with both away: %q, told %+v; want nobody, and the point told", got, w.changed)
		}
		gaps, err := w.people.Gaps(ctx, system, absence)
		w.must(err)
		if len(gaps) != 2 || gaps[0].SubstituteID != "" {
			t.Errorf("Gaps() = %+v, want nobody standing in", gaps)
		}
		w.changed = nil
		w.must(w.people.RemoveAbsence(ctx, system, second))
		if got, want := w.who(monday, monday), "11 Bianchi 09:00-12:00"; got != want || !told() {
			t.Errorf("with the substitute back: %q, told %+v; want %q, and the point told", got, w.changed, want)
		}
	})
}

func TestOneTimeIsNotForThePeopleOfOthers(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ids, err := w.addEntry(w.entry(w.serving("Rossi")))
		w.must(err)
		stranger, err := w.people.Add(t.Context(), system, facilitators.Facilitator{BodyID: w.body[1], Name: "Ugo", Surname: "Neri", From: july}, "")
		w.must(err)
		one := facilitators.Occurrence{FacilitatorID: stranger, AddressID: w.address[0], Starts: 540, Ends: 720}
		err = w.change(facilitators.Change{DutyID: ids[0], Scope: facilitators.Once, Day: monday, One: one})
		if errs.Of(err) != errs.Invalid {
			t.Errorf("one time for somebody of another body: %v, want a refusal", err)
		}
	})
}

func TestEndDutyNeverProlongs(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		d := w.shift(w.serving("Rossi"), calendar.Monday, 540, 720)
		d.To = monday.AddDays(7)
		id := w.dutyID(w.people.AddDuty(t.Context(), system, d))
		w.must(w.people.EndDuty(t.Context(), system, id, monday.AddDays(21)))
		if got, want := w.who(monday, monday.AddDays(30)), "11 Rossi 09:00-12:00, 18 Rossi 09:00-12:00"; got != want {
			t.Errorf("ended later than it ends: %s, want %s", got, want)
		}
		if err := w.people.EndDuty(t.Context(), system, id, never); errs.Of(err) != errs.Invalid {
			t.Errorf("EndDuty() without a day = %v, want a refusal", err)
		}
	})
}

func TestAPlanMeetsWhoStandsIn(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, here := t.Context(), w.serving("Verdi")
		ids, err := w.addEntry(w.entry(w.serving("Rossi")))
		w.must(err)
		w.must(w.standIn(facilitators.StandIn{DutyID: ids[0], Day: monday}, here, facilitators.Needs{}))
		add, err := facilitators.CheckDuty(w.shift(here, calendar.Monday, 600, 660))
		w.must(err)
		err = w.db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := w.people.PublishTx(ctx, tx, system, facilitators.DutyPlan{Add: []facilitators.Duty{add}})
			return err
		})
		if !errors.Is(err, facilitators.ErrDutyOverlap) {
			t.Errorf("PublishTx() at the hours of a substitution = %v, want ErrDutyOverlap", err)
		}
	})
}

func TestKindsOfOthersAreRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		add := func(body string) string {
			return w.dutyID(w.kinds.Add(ctx, system, kinds.Kind{BodyID: body, Name: "Aiuto", Mode: kinds.Desk, Minutes: 30, Audience: kinds.Everyone, From: july}))
		}
		d := w.shift(w.serving("Rossi"), calendar.Monday, 540, 720)
		for _, test := range []struct{ name, kind string }{{"of another body", add(w.body[1])}, {"unknown", "no-such-kind"}} {
			d.KindIDs = []string{test.kind}
			if _, err := w.people.AddDuty(ctx, system, d); errs.Of(err) != errs.Invalid {
				t.Errorf("AddDuty() with a kind %s = %v, want a refusal", test.name, err)
			}
		}
		d.KindIDs = []string{add(w.body[0]), add("")}
		w.dutyID(w.people.AddDuty(ctx, system, d))
	})
}
