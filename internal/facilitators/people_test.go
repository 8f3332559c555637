package facilitators_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// manager is who manages body i.
func (w *world) manager(i int) identity.Actor {
	return identity.Actor{AccountID: "m", Grants: []identity.Grant{{Role: identity.ManagingBody, Scope: identity.ScopeBody, ScopeID: w.body[i]}}}
}

func (w *world) load(id string) facilitators.Facilitator {
	w.t.Helper()
	f, err := w.people.ByID(w.t.Context(), system, id)
	w.must(err)
	return f
}

func (w *world) dutyID(id string, err error) string {
	w.t.Helper()
	w.must(err)
	return id
}

func TestWhoManagesThePointMayChangeThePartnersPeople(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, id := t.Context(), w.add("Rossi", "")
		f := w.load(id)
		if err := w.people.Edit(ctx, w.manager(1), f); !errors.Is(err, identity.ErrNotHere) {
			t.Errorf("Edit() by a stranger = %v, want ErrNotHere", err)
		}
		w.must(w.people.Serve(ctx, system, id, w.point[1], july, never))
		f = w.load(id)
		f.Phone = "0971 1"
		if err := w.people.Edit(ctx, w.manager(1), f); err != nil {
			t.Errorf("Edit() by who manages the point = %v, want nil", err)
		}
		if _, err := w.people.AddAbsence(ctx, w.manager(1), facilitators.Absence{FacilitatorID: id, From: monday, To: monday}); err != nil {
			t.Errorf("AddAbsence() by who manages the point = %v, want nil", err)
		}
		f.BodyID = w.body[1]
		if err := w.people.Edit(ctx, w.manager(1), f); err != nil {
			t.Errorf("Edit() that takes the person on = %v, want nil", err)
		}
		w.must(w.people.Serve(ctx, system, id, w.point[0], july, never))
		err := w.people.HandOver(ctx, w.manager(0), facilitators.Handover{FacilitatorID: id, Last: monday})
		if !errors.Is(err, identity.ErrNotHere) {
			t.Errorf("HandOver() by who manages one point of two = %v, want ErrNotHere", err)
		}
	})
}

func TestEditWithCodeIsAllOrNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.add("Prima", taxCode)
		f := w.load(w.add("Seconda", ""))
		f.Phone = "0971 2"
		if err := w.people.EditWithCode(ctx, system, f, taxCode); !errors.Is(err, facilitators.ErrTwice) {
			t.Fatalf("EditWithCode() with somebody's code = %v, want ErrTwice", err)
		}
		if got := w.load(f.ID); got.Phone != "" {
			t.Errorf("phone = %q after a refused code, want none", got.Phone)
		}
		rows, err := w.people.History(ctx, system, f.ID)
		if err != nil || len(rows) != 1 {
			t.Errorf("History() = %v, %v, want the making alone", rows, err)
		}
		w.must(w.people.EditWithCode(ctx, system, f, ""))
		if rows, err = w.people.History(ctx, system, f.ID); err != nil || len(rows) != 2 {
			t.Fatalf("History() = %v, %v, want two rows", rows, err)
		}
		edit := rows[slices.IndexFunc(rows, func(r audit.Row) bool { return r.Action == "facilitators.edit" })]
		if c := edit.Changes(); len(c) != 1 || c[0].Field != "Phone" || c[0].To != "" {
			t.Errorf("changes = %+v, want the name of the field alone", c)
		}
	})
}

func TestListFilters(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, here, away := t.Context(), w.add("Attiva", ""), w.add("Assente", "")
		for _, id := range []string{here, away} {
			w.must(w.people.Serve(ctx, system, id, w.point[0], july, never))
			w.dutyID(w.people.AddDuty(ctx, system, w.shift(id, calendar.Monday, 540, 600)))
		}
		w.dutyID(w.people.AddAbsence(ctx, system, facilitators.Absence{FacilitatorID: away, From: monday, To: monday}))
		gone := w.load(w.add("Andata", ""))
		gone.To, gone.Languages = monday.AddDays(-1), []string{"fr"}
		w.must(w.people.Edit(ctx, system, gone))
		for want, f := range map[string]facilitators.Filter{
			"Attiva":         {OnDuty: true},
			"Andata":         {State: facilitators.Left},
			"Andata again":   {Language: "fr"},
			"Assente Attiva": {PointID: w.point[0]},
		} {
			list, n, err := w.people.List(ctx, system, f)
			w.must(err)
			var names []string
			for _, one := range list {
				names = append(names, one.Surname)
			}
			if got := strings.Join(names, " "); got != strings.TrimSuffix(want, " again") || n != len(list) {
				t.Errorf("List(%+v) = %q of %d, want %q", f, got, n, want)
			}
		}
	})
}

func TestHandOverPassesShiftsOn(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, leaver, heir := t.Context(), w.add("Parte", ""), w.add("Resta", "")
		w.must(w.people.Serve(ctx, system, leaver, w.point[0], july, never))
		w.must(w.people.Serve(ctx, system, leaver, w.point[1], july, never))
		w.dutyID(w.people.AddDuty(ctx, system, w.shift(leaver, calendar.Monday, 540, 780)))
		w.must(w.people.HandOver(ctx, system, facilitators.Handover{
			FacilitatorID: leaver, Last: monday, To: map[string]string{w.point[0]: heir},
		}))
		if got, want := w.onDuty(monday, monday.AddDays(8)), "2027-01-11 09:00-13:00; 2027-01-18 09:00-13:00"; got != want {
			t.Errorf("on duty: %s, want %s", got, want)
		}
		helpers, err := w.people.HelpersOf(ctx, w.point[:], monday.AddDays(7))
		if err != nil || helpers[w.point[0]] != (facilitators.Helpers{People: 1, OnDuty: 1}) || len(helpers) != 1 {
			t.Errorf("HelpersOf() = %v, %v, want one at the first point, nobody at the second", helpers, err)
		}
		if f := w.load(leaver); f.To != monday || f.StateOn(monday.AddDays(1)) != facilitators.Left || f.StateOn(monday) != facilitators.Active {
			t.Errorf("who left: %+v", f)
		}
		if err := w.people.HandOver(ctx, system, facilitators.Handover{FacilitatorID: heir, Last: monday.AddDays(-1)}); errs.Of(err) != errs.Invalid {
			t.Errorf("HandOver() yesterday = %v, want Invalid", err)
		}
		err = w.people.HandOver(ctx, system, facilitators.Handover{FacilitatorID: heir, Last: monday, To: map[string]string{w.point[0]: leaver}})
		if !errors.Is(err, facilitators.ErrNotWorking) {
			t.Errorf("HandOver() to who has left = %v, want ErrNotWorking", err)
		}
	})
}

func TestHandOverIsAllOrNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, leaver, busy := t.Context(), w.add("Parte", ""), w.add("Occupata", "")
		for _, id := range []string{leaver, busy} {
			w.must(w.people.Serve(ctx, system, id, w.point[0], july, never))
			w.dutyID(w.people.AddDuty(ctx, system, w.shift(id, calendar.Monday, 540, 780)))
		}
		err := w.people.HandOver(ctx, system, facilitators.Handover{FacilitatorID: leaver, Last: monday, To: map[string]string{w.point[0]: busy}})
		if !errors.Is(err, facilitators.ErrDutyOverlap) {
			t.Fatalf("HandOver() to somebody who is busy = %v, want ErrDutyOverlap", err)
		}
		if f := w.load(leaver); !f.To.IsZero() || !f.Points[0].To.IsZero() {
			t.Errorf("after a refusal: %+v, want as before", f)
		}
	})
}

func TestMergeAndUndo(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, gone, kept := t.Context(), w.add("Rossi", taxCode), w.add("Rosi", "")
		w.must(w.people.Serve(ctx, system, gone, w.point[0], july, monday))
		w.must(w.people.Serve(ctx, system, kept, w.point[0], monday, never))
		w.must(w.people.Serve(ctx, system, gone, w.point[1], july, never))
		w.dutyID(w.people.AddDuty(ctx, system, w.shift(gone, calendar.Monday, 540, 600)))
		f := w.load(gone)
		f.Email = "anna@comune.it"
		w.must(w.people.Edit(ctx, system, f))
		before := []facilitators.Facilitator{w.load(gone), w.load(kept)}
		id, err := w.people.Merge(ctx, system, gone, kept)
		w.must(err)
		one := w.load(kept)
		if one.Email != "anna@comune.it" || !one.HasTaxCode || len(one.Points) != 2 || w.load(gone).MergedInto != kept {
			t.Errorf("after the merge: %+v", one)
		}
		codes, err := w.people.TaxCodes(ctx, system, []string{kept})
		if err != nil || codes[kept] != taxCode {
			t.Errorf("TaxCodes() = %v, %v, want the code of the other, sealed anew", codes, err)
		}
		if _, n, err := w.people.List(ctx, system, facilitators.Filter{}); err != nil || n != 1 {
			t.Errorf("List() = %d, %v, want one person", n, err)
		}
		if err := w.people.Edit(ctx, system, w.load(gone)); !errors.Is(err, facilitators.ErrMerged) {
			t.Errorf("Edit() of the record that went = %v, want ErrMerged", err)
		}
		stayed, err := w.people.UndoMerge(ctx, system, id)
		if err != nil || len(stayed) != 0 {
			t.Fatalf("UndoMerge() = %v, %v, want everything back", stayed, err)
		}
		for i, id := range []string{gone, kept} {
			after := w.load(id)
			after.Languages, after.Skills = before[i].Languages, before[i].Skills
			if after.State != before[i].State || after.To != before[i].To || after.Email != before[i].Email ||
				after.HasTaxCode != before[i].HasTaxCode || len(after.Points) != len(before[i].Points) || after.MergedInto != "" {
				t.Errorf("after the undo: %+v, want %+v", after, before[i])
			}
		}
		if _, err := w.people.UndoMerge(ctx, system, id); !errors.Is(err, facilitators.ErrUndoLate) {
			t.Errorf("UndoMerge() again = %v, want ErrUndoLate", err)
		}
	})
}

func TestMergeOfTwoPersonsIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, one, two := t.Context(), w.add("Rossi", taxCode), w.add("Bianchi", "BNCLCU85C03H501G")
		if _, err := w.people.Merge(ctx, system, one, two); !errors.Is(err, facilitators.ErrTwoCodes) {
			t.Errorf("Merge() of two tax codes = %v, want ErrTwoCodes", err)
		}
		if _, err := w.people.Merge(ctx, w.manager(1), one, two); !errors.Is(err, identity.ErrNotHere) {
			t.Errorf("Merge() by another body = %v, want ErrNotHere", err)
		}
		if _, err := w.people.Merge(ctx, system, one, one); !errors.Is(err, facilitators.ErrMerged) {
			t.Errorf("Merge() with itself = %v, want ErrMerged", err)
		}
	})
}

func TestUndoHasItsTime(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, monday.Start(), func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w := newWorld(t, db)
		one, two := w.add("Rossi", ""), w.add("Rosi", "")
		id, err := w.people.Merge(context.WithoutCancel(t.Context()), system, one, two)
		w.must(err)
		clock.Add(facilitators.UndoTime + time.Minute)
		if _, err := w.people.UndoMerge(t.Context(), system, id); !errors.Is(err, facilitators.ErrUndoLate) {
			t.Errorf("UndoMerge() after 14 days = %v, want ErrUndoLate", err)
		}
	})
}

func TestOnlyWhoMaySendAPersonAwayTakesItOn(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, id := t.Context(), w.add("Rossi", "")
		for _, point := range w.point {
			w.must(w.people.Serve(ctx, system, id, point, july, never))
		}
		f := w.load(id)
		f.BodyID = w.body[1]
		if err := w.people.Edit(ctx, w.manager(1), f); !errors.Is(err, identity.ErrNotHere) {
			t.Errorf("Edit() that takes on somebody who serves another body's point = %v, want ErrNotHere", err)
		}
	})
}

func TestABodyLinksNoAccount(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, id := t.Context(), w.add("Rossi", "")
		f := w.load(id)
		f.AccountID = "acc"
		w.must(w.people.Edit(ctx, w.manager(0), f))
		if got := w.load(id); got.AccountID != "" {
			t.Errorf("AccountID after Edit() = %q, want none", got.AccountID)
		}
		f.ID = ""
		if _, err := w.people.Add(ctx, w.manager(0), f, ""); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("Add() with an account = %v, want ErrForbidden", err)
		}
	})
}
