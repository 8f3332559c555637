package facilitators

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"capillare/internal/calendar"
)

// anyRoster draws the shifts of three people at one point around a change of clocks, with what goes otherwise.
func anyRoster(t *rapid.T) roster {
	people := []string{"a", "b", "c"}
	from := rapid.SampledFrom([]calendar.Day{calendar.NewDay(2027, time.March, 22), calendar.NewDay(2027, time.October, 25)}).Draw(t, "from")
	r := roster{from: from, to: from.AddDays(20), people: map[string]Facilitator{}, away: map[string][]Absence{},
		changed: map[dutyDay]Occurrence{}, instead: map[dutyDay][]Substitute{}}
	for _, id := range people {
		r.people[id] = Facilitator{ID: id, State: Active, From: from, Points: []Served{{PointID: "p", From: from}}}
	}
	hours := func(name string) (calendar.Minute, calendar.Minute) {
		starts := rapid.IntRange(0, 280).Draw(t, name)
		return calendar.Minute(5 * starts), calendar.Minute(5 * (starts + rapid.IntRange(1, 288-starts).Draw(t, name+" lasts")))
	}
	day := func(name string) calendar.Day { return from.AddDays(rapid.IntRange(0, 20).Draw(t, name)) }
	for i := range rapid.IntRange(1, 3).Draw(t, "shifts") {
		d := Duty{ID: fmt.Sprint(i), FacilitatorID: people[i], PointID: "p", Weekday: calendar.Weekday(rapid.IntRange(1, 7).Draw(t, "weekday")),
			Every: rapid.IntRange(0, 3).Draw(t, "every"), From: day("first day")}
		d.Starts, d.Ends = hours("shift")
		r.duties = append(r.duties, d)
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "absences") {
		a := Absence{ID: fmt.Sprint(i), FacilitatorID: rapid.SampledFrom(people).Draw(t, "away"), From: day("away from")}
		if a.To = a.From.AddDays(rapid.IntRange(0, 3).Draw(t, "days")); a.To == a.From {
			a.Starts, a.Ends = hours("away")
		}
		r.away[a.FacilitatorID] = append(r.away[a.FacilitatorID], a)
		at := dutyDay{rapid.SampledFrom(r.duties).Draw(t, "covered").ID, day("covered on")}
		r.instead[at] = append(r.instead[at], Substitute{AbsenceID: a.ID, FacilitatorID: rapid.SampledFrom(people).Draw(t, "stands in")})
	}
	for range rapid.IntRange(0, 2).Draw(t, "changes") {
		o := Occurrence{DutyID: rapid.SampledFrom(r.duties).Draw(t, "changed").ID, Day: day("changed on"), Cancelled: rapid.Bool().Draw(t, "cancelled"),
			FacilitatorID: rapid.SampledFrom(people).Draw(t, "changed to")}
		o.Starts, o.Ends = hours("changed")
		r.changed[dutyDay{o.DutyID, o.Day}] = o
	}
	return r
}

// present lists who is there for which shift at five minutes of a day, by the rules in the order in which
// people say them.
func (r roster) present(day calendar.Day, m calendar.Minute) []string {
	var list []string
	isAway := func(id string) (string, bool) {
		for _, a := range r.away[id] {
			whole := a.Starts == 0 && a.Ends == 0
			if !day.Before(a.From) && !day.After(a.To) && (whole || a.Starts <= m && m < a.Ends) {
				return a.ID, true
			}
		}
		return "", false
	}
	for _, d := range r.duties {
		comes := !day.Before(d.From) && day.Weekday() == d.Weekday
		if first := d.From; comes && d.Every > 1 {
			// Weeks are counted from that of the first day.
			monday := first.AddDays(1 - int(first.Weekday()))
			comes = day.Sub(monday)/7%d.Every == 0
		}
		who, starts, ends := d.FacilitatorID, d.Starts, d.Ends
		if o, ok := r.changed[dutyDay{d.ID, day}]; ok {
			comes = comes && !o.Cancelled
			who, starts, ends = o.FacilitatorID, o.Starts, o.Ends
		}
		if !comes || m < starts || m >= ends {
			continue
		}
		if _, away := isAway(who); !away {
			list = append(list, d.ID+who)
			continue
		}
		for _, sub := range r.instead[dutyDay{d.ID, day}] {
			for _, a := range r.away[who] {
				whole := a.Starts == 0 && a.Ends == 0
				covers := a.ID == sub.AbsenceID && !day.Before(a.From) && !day.After(a.To) && (whole || a.Starts <= m && m < a.Ends)
				if _, away := isAway(sub.FacilitatorID); covers && !away {
					list = append(list, d.ID+sub.FacilitatorID)
				}
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func TestOnDutyAgreesWithEveryFiveMinutes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := anyRoster(t)
		got := map[string][]string{}
		for _, o := range r.onDuty() {
			for m := o.Duty.Starts; m < o.Duty.Ends; m += 5 {
				at := o.Day.String() + " " + m.String()
				got[at] = append(got[at], o.Duty.ID+o.Duty.FacilitatorID)
			}
		}
		for at := range got {
			slices.Sort(got[at])
			got[at] = slices.Compact(got[at])
		}
		want := map[string][]string{}
		for day := r.from; !day.After(r.to); day = day.AddDays(1) {
			for m := calendar.Minute(0); m < calendar.EndOfDay; m += 5 {
				if list := r.present(day, m); len(list) > 0 {
					want[day.String()+" "+m.String()] = list
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("who is on duty (-by five minutes, +by stretches):\n%s", diff)
		}
	})
}
