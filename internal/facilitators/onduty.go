package facilitators

import (
	"cmp"
	"slices"

	"capillare/internal/calendar"
)

// expand returns the shifts that really take place from a day to a day, by day, time and id.
func expand(duties []Duty, people map[string]Facilitator, away map[string][]Absence, from, to calendar.Day) []OnDay {
	var list []OnDay
	for _, d := range duties {
		f, known := people[d.FacilitatorID]
		if !known {
			continue
		}
		first := later(from, d.From)
		last := earlier(to, d.To)
		first = first.AddDays((int(d.Weekday) - int(first.Weekday()) + 7) % 7)
		for day := first; !day.After(last); day = day.AddDays(7) {
			if f.WorksOn(day) && f.ServesOn(d.PointID, day) && !isAway(away[d.FacilitatorID], day) {
				list = append(list, OnDay{Duty: d, Day: day})
			}
		}
	}
	slices.SortFunc(list, func(a, b OnDay) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Duty.Starts, b.Duty.Starts), cmp.Compare(a.Duty.ID, b.Duty.ID))
	})
	return list
}

func isAway(list []Absence, day calendar.Day) bool {
	return slices.ContainsFunc(list, func(a Absence) bool { return within(day, a.From, a.To) })
}

// joined returns the stretches of both lists, one where two of a point touch or overlap.
func joined(a, b []Served) []Served {
	sorted := slices.SortedFunc(slices.Values(slices.Concat(a, b)), func(x, y Served) int {
		return cmp.Or(cmp.Compare(x.PointID, y.PointID), x.From.Compare(y.From))
	})
	var list []Served
	for _, p := range sorted {
		n := len(list) - 1
		if n < 0 || list[n].PointID != p.PointID || !list[n].To.IsZero() && p.From.After(list[n].To.AddDays(1)) {
			list = append(list, p)
			continue
		}
		if p.To.IsZero() || !list[n].To.IsZero() && p.To.After(list[n].To) {
			list[n].To = p.To
		}
	}
	return list
}
