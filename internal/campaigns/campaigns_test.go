package campaigns_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/campaigns"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/points"
)

const nine, thirteen, fifteen, eighteen = 9 * 60, 13 * 60, 15 * 60, 18 * 60

// flood is the campaign of Empoli: six people at three places, one of them a stop made for it.
func flood(w *world) string {
	var turns []campaigns.Turn
	home, homeAddress := w.point("lun-ven 9-13")
	away, awayAddress := w.point("lun 9-11")
	for range 2 {
		turns = append(turns, campaigns.Turn{FacilitatorID: w.person(home), PointID: home, AddressID: homeAddress, Weekdays: work, Starts: nine, Ends: thirteen})
		turns = append(turns, campaigns.Turn{FacilitatorID: w.person(away), PointID: away, AddressID: awayAddress, Weekdays: work, Starts: nine, Ends: thirteen})
		turns = append(turns, campaigns.Turn{
			FacilitatorID: w.person(), PointID: home, Place: campaigns.Place{Name: "Palestra di Ponzano", Street: "Via del Campo 3", CAP: "75010", Belfiore: "A187"},
			Weekdays: calendar.WeekdaysOf(calendar.Saturday), Starts: fifteen, Ends: eighteen,
		})
	}
	return w.campaign(turns...)
}

func TestPreviewIsWhatIsMade(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id := flood(w)
		preview, err := w.campaigns.Preview(ctx, system, id)
		w.must(err)
		// Six weeks: four people with four hours on five days, two with three hours on Saturdays.
		if want := 6 * (4*4*5 + 2*3); preview.Seats != want {
			t.Errorf("preview of %d appointments, want %d", preview.Seats, want)
		}
		if ofKind, _ := w.slots(); ofKind != 0 {
			t.Errorf("a preview left %d times", ofKind)
		}
		if c := w.load(id); !c.Planned() || c.Made() || len(w.pointOf(c.Turns[0].PointID).Addresses) != 1 {
			t.Errorf("a preview changed something: %+v", c)
		}
		made := w.make(id)
		byPlace := cmp.Transformer("place", func(d campaigns.DayOutcome) campaigns.DayOutcome {
			if d.Day.Weekday() == calendar.Saturday {
				d.AddressID = "" // the new place has another id when it is really made
			}
			return d
		})
		if diff := cmp.Diff(preview, made, byPlace, cmp.AllowUnexported(calendar.Day{})); diff != "" {
			t.Errorf("what was made differs from the preview (-preview +made):\n%s", diff)
		}
		if ofKind, _ := w.slots(); ofKind != made.Seats {
			t.Errorf("%d times of the kind, want %d", ofKind, made.Seats)
		}
		if n := len(w.pointOf(made.Days[0].PointID).Addresses) + len(w.pointOf(made.Days[1].PointID).Addresses); n != 3 {
			t.Errorf("the two points have %d addresses, want 3: one stop for two people", n)
		}
	})
}

func TestPlacesOpenOnlyWhereTheyAreShut(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		point, address := w.point("lun 9-11, mar 14-18")
		_, err := w.points.AddClosure(ctx, system, points.Closure{PointID: point, From: monday.AddDays(7), To: monday.AddDays(7), Reason: "Lavori"})
		w.must(err)
		// The first Monday has an opening of its own already.
		w.must(w.points.PutException(ctx, system, points.Exception{AddressID: address, Day: monday, Reason: "Festa", Bands: bands(t, "lun 8-10")}))
		id := w.campaign(campaigns.Turn{
			FacilitatorID: w.person(point), PointID: point, AddressID: address, Weekdays: calendar.WeekdaysOf(calendar.Monday, calendar.Tuesday),
			Starts: nine, Ends: thirteen, To: monday.AddDays(13),
		})
		out := w.make(id)
		var left []string
		for _, l := range out.LeftOut {
			left = append(left, l.Day.String()+" "+l.Why)
		}
		if diff := cmp.Diff([]string{"2027-01-18 " + points.ByClosure}, left); diff != "" {
			t.Errorf("left out (-want +got):\n%s", diff)
		}
		hours := func(d calendar.Day) string { return calendar.Bands(w.pointOf(point).OpenBands(address, d)).String() }
		for _, test := range []struct {
			day  calendar.Day
			want string
		}{{monday, "lun 8-13"}, {monday.AddDays(1), "mar 9-13, mar 14-18"}, {monday.AddDays(8), "mar 9-13, mar 14-18"}, {monday.AddDays(14), "lun 9-11"}} {
			if got := hours(test.day); got != bands(t, test.want).String() {
				t.Errorf("%s is open %q, want %q", test.day, got, test.want)
			}
		}
		if out.Seats != 3*4 {
			t.Errorf("%d appointments, want 12 on three days", out.Seats)
		}
		w.must(w.campaigns.End(ctx, system, id, monday, w.load(id).Version))
		for _, test := range []struct {
			day  calendar.Day
			want string
		}{{monday, "lun 8-13"}, {monday.AddDays(1), "mar 14-18"}, {monday.AddDays(8), "mar 14-18"}} {
			if got := hours(test.day); got != bands(t, test.want).String() {
				t.Errorf("after the end %s is open %q, want %q", test.day, got, test.want)
			}
		}
	})
}

// TestEndGivesBackWhatWasThere ends a campaign before it begins: hours are those of before, and times of it go.
func TestEndGivesBackWhatWasThere(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id := flood(w)
		_, before := w.slots()
		home, far := w.load(id).Turns[0], campaigns.Turn{}
		for _, t := range w.load(id).Turns {
			if t.Place.Name != "" {
				home = t
			}
		}
		for _, t := range w.load(id).Turns {
			if t.PointID != home.PointID {
				far = t
			}
		}
		w.must(w.points.PutException(ctx, system, points.Exception{AddressID: far.AddressID, Day: monday, Reason: "Festa", Bands: bands(t, "lun 8-10")}))
		was := w.pointOf(far.PointID).Addresses[0].Exceptions
		w.make(id)
		booked, err := w.agenda.BookFor(ctx, system, agenda.ForRequest{
			Where:   agenda.Where{PointID: home.PointID, KindID: w.kind, StartsAt: at(monday.AddDays(2), 9)},
			Details: agenda.Details{Contact: agenda.Contact{Name: "Rosa"}},
		})
		w.must(err)
		w.must(w.campaigns.End(ctx, system, id, monday.AddDays(-1), w.load(id).Version))
		if _, after := w.slots(); after != before {
			t.Errorf("%d open times after the end, want %d", after, before)
		}
		now := w.pointOf(far.PointID).Addresses[0].Exceptions
		if len(now) != 1 || now[0].Reason != was[0].Reason || now[0].Bands.String() != was[0].Bands.String() {
			t.Errorf("exceptional openings %+v, want those of before %+v", now, was)
		}
		stranded, err := w.agenda.Stranded(ctx, system, "")
		w.must(err)
		if len(stranded) != 1 || stranded[0].ID != booked.ID {
			t.Errorf("stranded %v, want the one booking", stranded)
		}
		if err := w.campaigns.End(ctx, system, id, monday, 0); !errors.Is(err, campaigns.ErrOver) {
			t.Errorf("a second End = %v, want over", err)
		}
	})
}

// TestOneTurnEnds keeps the openings that another turn needs.
func TestOneTurnEnds(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		point, address := w.point("sab 9-11")
		turn := func() campaigns.Turn {
			return campaigns.Turn{FacilitatorID: w.person(point), PointID: point, AddressID: address, Weekdays: work, Starts: nine, Ends: thirteen}
		}
		id := w.campaign(turn(), turn())
		all := w.make(id).Seats
		turns := w.load(id).Turns
		w.must(w.campaigns.EndTurn(ctx, system, id, turns[0].ID, monday.AddDays(-1)))
		if ofKind, _ := w.slots(); ofKind != all/2 {
			t.Errorf("%d times after one of two turns ended, want %d", ofKind, all/2)
		}
		if err := w.campaigns.EndTurn(ctx, system, id, turns[0].ID, monday); !errors.Is(err, campaigns.ErrRival) {
			t.Errorf("a second EndTurn = %v, want rival", err)
		}
		w.must(w.campaigns.EndTurn(ctx, system, id, turns[1].ID, monday.AddDays(-1)))
		if n := len(w.pointOf(point).Addresses[0].Exceptions); n != 0 {
			t.Errorf("%d exceptional openings are left, want none", n)
		}
	})
}

func TestConflictsAreNamedAndNothingIsMade(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		point, address := w.point("lun-ven 9-18")
		busy := w.person(point)
		_, err := w.people.AddDuty(ctx, system, facilitators.Duty{
			FacilitatorID: busy, PointID: point, AddressID: address, Weekday: calendar.Tuesday, Starts: nine, Ends: thirteen,
			Kind: facilitators.Individual, SlotMinutes: 30, Seats: 1, From: july,
		})
		w.must(err)
		id := w.campaign(
			campaigns.Turn{FacilitatorID: w.person(point), PointID: point, AddressID: address, Weekdays: work, Starts: nine, Ends: thirteen},
			campaigns.Turn{FacilitatorID: busy, PointID: point, AddressID: address, Weekdays: work, Starts: nine, Ends: thirteen},
		)
		turns := w.load(id).Turns
		slices.SortFunc(turns, func(a, b campaigns.Turn) int { // that of the busy person is the second
			if a.FacilitatorID == busy {
				return 1
			}
			return -1
		})
		out, err := w.campaigns.Preview(ctx, system, id)
		w.must(err)
		if len(out.Conflicts) != 1 || out.Conflicts[0].TurnID != turns[1].ID || !errors.Is(out.Conflicts[0].Err, facilitators.ErrDutyOverlap) {
			t.Errorf("conflicts %+v, want the second turn", out.Conflicts)
		}
		if _, err := w.campaigns.Make(ctx, system, id, w.load(id).Version); !errors.Is(err, campaigns.ErrConflicts) {
			t.Errorf("Make = %v, want conflicts", err)
		}
		if ofKind, _ := w.slots(); ofKind != 0 {
			t.Errorf("%d times were made in spite of a conflict", ofKind)
		}
		w.must(w.campaigns.DropTurn(ctx, system, id, turns[1].ID))
		w.make(id)
		if _, err := w.campaigns.Make(ctx, system, id, w.load(id).Version); !errors.Is(err, campaigns.ErrNothing) {
			t.Errorf("Make with nothing planned = %v", err)
		}
	})
}

// TestRivalsMakeOnce has several managers confirm the same preview.
func TestRivalsMakeOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		id := flood(w)
		version := w.load(id).Version
		errs := make([]error, 4)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() { _, errs[i] = w.campaigns.Make(context.WithoutCancel(t.Context()), system, id, version) })
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case !errors.Is(err, campaigns.ErrRival):
				t.Errorf("a rival got %v, want rival", err)
			}
		}
		if won != 1 {
			t.Errorf("%d managers made the campaign, want 1", won)
		}
	})
}

func TestBoard(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		point, address := w.point("lun-ven 9-13")
		id := w.campaign(campaigns.Turn{FacilitatorID: w.person(point), PointID: point, AddressID: address, Weekdays: work, Starts: nine, Ends: thirteen})
		w.make(id)
		for hour := 9; hour < 12; hour++ {
			_, err := w.agenda.BookFor(ctx, system, agenda.ForRequest{
				Where:   agenda.Where{PointID: point, KindID: w.kind, StartsAt: at(monday, hour)},
				Details: agenda.Details{Contact: agenda.Contact{Name: fmt.Sprintf("Rosa %d", hour)}},
			})
			w.must(err)
		}
		c, today := w.load(id), monday.AddDays(-4)
		b, err := w.campaigns.Board(ctx, system, c, today)
		w.must(err)
		got := []int{b.Seats, b.Taken, b.Free, b.LastWeek, b.FreeAtTheEnd}
		if diff := cmp.Diff([]int{120, 3, 117, 3, 20}, got); diff != "" {
			t.Errorf("seats, taken, free, last week, free at the end (-want +got):\n%s", diff)
		}
		if first := b.Days[0]; first.Day != monday || first.Taken != 3 || first.Free != 1 {
			t.Errorf("the first day is %+v", first)
		}
		// 447 are lacking at three a week: 1,043 days.
		if want := today.AddDays(1043); b.FullOn != want || !b.Late {
			t.Errorf("full on %v (late %v), want %v", b.FullOn, b.Late, want)
		}
		load, err := w.agenda.Load(ctx, system, agenda.LoadQuery{PointIDs: []string{point}, From: monday, To: monday.AddDays(6)})
		w.must(err)
		if diff := cmp.Diff(agenda.PointDayLoad{PointID: point, Day: monday, Minutes: 240, BookedMinutes: 180, Booked: 3}, load[0], cmp.AllowUnexported(calendar.Day{})); diff != "" {
			t.Errorf("load (-want +got):\n%s", diff)
		}
		stranger := identity.Actor{Grants: []identity.Grant{{Role: identity.ManagingBody, Scope: identity.ScopeBody, ScopeID: "other"}}}
		if _, err := w.campaigns.ByID(ctx, stranger, id); !errors.Is(err, campaigns.ErrNotFound) {
			t.Errorf("ByID by another body = %v, want not found", err)
		}
		if _, err := w.campaigns.Preview(ctx, stranger, id); !errors.Is(err, campaigns.ErrNotFound) {
			t.Errorf("Preview by another body = %v, want not found", err)
		}
		public, err := w.campaigns.ByCode(ctx, "aiuti-per-l-alluvione")
		if err != nil || public.ID != id {
			t.Errorf("ByCode = %v, %v", public, err)
		}
	})
}

func TestBadInput(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		point, address := w.point("lun-ven 9-13")
		good := campaigns.Campaign{Name: "Picco", BodyID: w.body, KindID: w.kind, Wanted: 10, From: monday, To: monday.AddDays(6)}
		for _, test := range []struct {
			name  string
			wrong func(c *campaigns.Campaign)
			field string
		}{
			{"no name", func(c *campaigns.Campaign) { c.Name = " " }, "name"},
			{"no kind", func(c *campaigns.Campaign) { c.KindID = "" }, "kind"},
			{"another's kind", func(c *campaigns.Campaign) { c.KindID = "x" }, "kind"},
			{"nobody wanted", func(c *campaigns.Campaign) { c.Wanted = 0 }, "wanted"},
			{"ends before it begins", func(c *campaigns.Campaign) { c.To = monday.AddDays(-1) }, "to"},
			{"over", func(c *campaigns.Campaign) { c.From, c.To = july, july }, "to"},
			{"longer than a year", func(c *campaigns.Campaign) { c.To = monday.AddDays(400) }, "to"},
		} {
			c := good
			test.wrong(&c)
			_, err := w.campaigns.Add(ctx, system, c)
			refusesField(t, test.name, err, test.field)
		}
		id, err := w.campaigns.Add(ctx, system, good)
		w.must(err)
		turn := campaigns.Turn{FacilitatorID: w.person(point), PointID: point, AddressID: address, Weekdays: work, Starts: nine, Ends: thirteen}
		for _, test := range []struct {
			name  string
			wrong func(t *campaigns.Turn)
			field string
		}{
			{"nobody", func(t *campaigns.Turn) { t.FacilitatorID = "" }, "facilitator"},
			{"somebody who is not there", func(t *campaigns.Turn) { t.FacilitatorID = "x" }, "facilitator"},
			{"no place", func(t *campaigns.Turn) { t.AddressID = "" }, "address"},
			{"another point's address", func(t *campaigns.Turn) { t.AddressID = "x" }, "address"},
			{"no weekday", func(t *campaigns.Turn) { t.Weekdays = 0 }, "weekdays"},
			{"not on five minutes", func(t *campaigns.Turn) { t.Starts = nine + 1 }, "starts"},
			{"ends before it starts", func(t *campaigns.Turn) { t.Ends = nine }, "ends"},
			{"before the campaign", func(t *campaigns.Turn) { t.From = monday.AddDays(-7) }, "from"},
			{"after the campaign", func(t *campaigns.Turn) { t.To = monday.AddDays(7) }, "to"},
			{"a place without a municipality", func(t *campaigns.Turn) {
				t.AddressID, t.Place = "", campaigns.Place{Name: "Palestra", Street: "Via Roma", CAP: "75010"}
			}, "place_belfiore"},
		} {
			one := turn
			test.wrong(&one)
			_, err := w.campaigns.AddTurn(ctx, system, id, one)
			refusesField(t, test.name, err, test.field)
		}
		if err := w.campaigns.Change(ctx, system, campaigns.Campaign{ID: id, Name: "Picco", Wanted: 10, From: monday, To: monday.AddDays(6), Version: 7}); !errors.Is(err, campaigns.ErrRival) {
			t.Errorf("Change of an old version = %v, want rival", err)
		}
	})
}

func refusesField(t *testing.T, name string, err error, field string) {
	t.Helper()
	r, ok := errors.AsType[*errs.Refusal](err)
	if !ok || !slices.ContainsFunc(r.Problems, func(p errs.Problem) bool { return p.Field == field }) {
		t.Errorf("%s: %v, want a problem at %s", name, err, field)
	}
}

func bands(t *testing.T, text string) calendar.Bands {
	t.Helper()
	b, err := calendar.ParseBands(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
