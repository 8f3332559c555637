package campaigns_test

import (
	"errors"
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/campaigns"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/kinds"
	"capillare/internal/orgs"
	"capillare/internal/points"
)

// What somebody says of a day while a campaign runs stays when it ends.
func TestEndLeavesWhatOthersSaid(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		point, address := w.point("lun 9-11")
		put := func(d calendar.Day, hours string) {
			w.must(w.points.PutException(ctx, system, points.Exception{AddressID: address, Day: d, Reason: "Festa", Bands: bands(t, hours)}))
		}
		narrowed, shut := monday.AddDays(7), monday.AddDays(14)
		put(shut, "lun 8-10")
		id := w.campaign(campaigns.Turn{
			FacilitatorID: w.person(point), PointID: point, AddressID: address, Weekdays: calendar.WeekdaysOf(calendar.Monday), Starts: nine, Ends: thirteen,
		})
		w.make(id)
		put(narrowed, "lun 10-11")
		e, ok := w.pointOf(point).Addresses[0].ExceptionOn(shut)
		if !ok {
			t.Fatal("the campaign did not open the third Monday")
		}
		w.must(w.points.RemoveException(ctx, system, e.ID))
		w.must(w.campaigns.End(ctx, system, id, monday.AddDays(-1), w.load(id).Version))
		a := w.pointOf(point).Addresses[0]
		if e, ok := a.ExceptionOn(narrowed); !ok || e.Reason != "Festa" {
			t.Errorf("the hours that somebody gave the second Monday are %+v, %t, want kept", e, ok)
		}
		if e, ok := a.ExceptionOn(shut); ok {
			t.Errorf("the opening that somebody took away is back: %+v", e)
		}
		if _, ok := a.ExceptionOn(monday); ok {
			t.Error("the opening of the campaign on the first Monday is left")
		}
	})
}

// A shift of a turn that is changed by hand, or handed over, is still of the turn and ends with it.
func TestEndReachesShiftsThatGoOn(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		point, address := w.point("lun-ven 9-18")
		leaver, heir := w.person(point), w.person(point)
		id := w.campaign(campaigns.Turn{
			FacilitatorID: leaver, PointID: point, AddressID: address, Weekdays: calendar.WeekdaysOf(calendar.Monday), Starts: nine, Ends: thirteen,
		})
		w.make(id)
		duties, err := w.people.Duties(ctx, system, point)
		w.must(err)
		e, err := w.people.Entry(ctx, system, duties[0].ID)
		w.must(err)
		e.Bands = []facilitators.Hours{{Starts: nine + 60, Ends: thirteen + 60}}
		w.must(w.people.Change(ctx, system, facilitators.Change{DutyID: e.ID, Scope: facilitators.Following, Day: monday.AddDays(7), Entry: e}))
		w.must(w.people.HandOver(ctx, system, facilitators.Handover{FacilitatorID: leaver, Last: monday.AddDays(13), To: map[string]string{point: heir}}))
		w.must(w.campaigns.EndTurn(ctx, system, id, w.load(id).Turns[0].ID, monday))
		duties, err = w.people.Duties(ctx, system, point)
		w.must(err)
		if len(duties) != 1 || duties[0].To != monday {
			t.Errorf("shifts after the end of the turn: %+v, want one that ends on %v", duties, monday)
		}
		if n, _ := w.slots(); n != 4 {
			t.Errorf("%d times are left, want the 4 of the first Monday", n)
		}
	})
}

func TestATurnEndsYesterdayAtTheEarliest(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		point, address := w.point("lun-ven 9-18")
		id := w.campaign(campaigns.Turn{FacilitatorID: w.person(point), PointID: point, AddressID: address, Weekdays: work, Starts: nine, Ends: thirteen})
		w.make(id)
		w.clock.Set(at(monday.AddDays(9), 9))
		turn := w.load(id).Turns[0].ID
		if err := w.campaigns.EndTurn(ctx, system, id, turn, calendar.Day{}); errs.Of(err) != errs.Invalid {
			t.Errorf("EndTurn() without a day = %v, want a refusal", err)
		}
		w.must(w.campaigns.EndTurn(ctx, system, id, turn, monday.AddDays(1)))
		if got, want := w.load(id).Turns[0].To, monday.AddDays(8); got != want {
			t.Errorf("a turn ended in the past has its last day on %v, want %v", got, want)
		}
	})
}

func TestKindsOfOthersAreNotOffered(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		other, err := w.bodies.Add(ctx, system, orgs.Body{Name: "Comune di Altrove", Kind: "municipality", Belfiore: "A187"})
		w.must(err)
		kind, err := w.kinds.Add(ctx, system, kinds.Kind{BodyID: other, Name: "Altrui", Mode: kinds.Desk, Minutes: 60, Audience: kinds.Everyone, From: july})
		w.must(err)
		c := campaigns.Campaign{Name: "Picco", BodyID: w.body, KindID: kind, Wanted: 10, From: monday, To: monday.AddDays(6)}
		if _, err := w.campaigns.Add(ctx, system, c); errs.Of(err) != errs.Invalid {
			t.Errorf("Add() with the kind of another body = %v, want a refusal", err)
		}
		c.BodyID = ""
		id, err := w.campaigns.Add(ctx, system, c)
		w.must(err)
		point, address := w.point("lun-ven 9-13")
		turn := campaigns.Turn{FacilitatorID: w.person(point), PointID: point, AddressID: address, Weekdays: work, Starts: nine, Ends: thirteen}
		if _, err := w.campaigns.AddTurn(ctx, system, id, turn); errs.Of(err) != errs.Invalid {
			t.Errorf("AddTurn() where the kind is not offered = %v, want a refusal", err)
		}
	})
}

// Two turns of somebody from elsewhere, on days of which one lot goes on longer, are no conflict.
func TestTurnsOfSomebodyFromElsewhere(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		point, address := w.point("lun-ven 9-13")
		person := w.person()
		turn := func(day calendar.Weekday, to calendar.Day) campaigns.Turn {
			return campaigns.Turn{FacilitatorID: person, PointID: point, AddressID: address, Weekdays: calendar.WeekdaysOf(day), Starts: nine, Ends: thirteen, To: to}
		}
		id := w.campaign(turn(calendar.Monday, monday.AddDays(7)), turn(calendar.Tuesday, monday.AddDays(15)))
		version := w.load(id).Version
		if _, err := w.campaigns.Make(t.Context(), system, id, version); errors.Is(err, campaigns.ErrConflicts) {
			out, _ := w.campaigns.Preview(t.Context(), system, id)
			t.Errorf("Make() has conflicts: %+v", out.Conflicts)
		} else {
			w.must(err)
		}
	})
}
