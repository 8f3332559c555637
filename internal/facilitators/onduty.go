package facilitators

import (
	"cmp"
	"slices"

	"capillare/internal/calendar"
)

// roster is everything that decides who is on duty, from a day to a day.
type roster struct {
	from, to calendar.Day
	duties   []Duty
	people   map[string]Facilitator
	away     map[string][]Absence
	changed  map[dutyDay]Occurrence
	instead  map[dutyDay][]Substitute
}

// dutyDay is one time of a shift.
type dutyDay struct {
	duty string
	day  calendar.Day
}

// stretch is some minutes of a day, the end excluded.
type stretch struct{ starts, ends calendar.Minute }

// onDuty returns the stretches that really take place, by day, time and id.
func (r roster) onDuty() []OnDay {
	var list []OnDay
	for _, d := range r.duties {
		for _, day := range d.Recurrence().Between(later(r.from, d.From), earlier(r.to, d.To)) {
			if one, held := r.occurrence(d, day); held {
				list = append(list, r.attended(one, day)...)
				list = append(list, r.covered(one, day)...)
			}
		}
	}
	slices.SortFunc(list, func(a, b OnDay) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Duty.Starts, b.Duty.Starts), cmp.Compare(a.Duty.ID, b.Duty.ID))
	})
	return list
}

// occurrence returns d as it is on a day, by whoever is meant to be there, and whether somebody is.
func (r roster) occurrence(d Duty, day calendar.Day) (Duty, bool) {
	owner := d.FacilitatorID
	if o, ok := r.changed[dutyDay{d.ID, day}]; ok {
		if o.Cancelled {
			return d, false
		}
		d = d.as(o)
	}
	f, known := r.people[d.FacilitatorID]
	// Who takes over one time need not serve the point.
	return d, known && f.WorksOn(day) && (f.ServesOn(d.PointID, day) || d.FacilitatorID != owner)
}

// as returns d with what o says of one day.
func (d Duty) as(o Occurrence) Duty {
	d.FacilitatorID, d.AddressID, d.Starts, d.Ends = o.FacilitatorID, o.AddressID, o.Starts, o.Ends
	return d
}

// attended is what the hours of absence leave of d.
func (r roster) attended(d Duty, day calendar.Day) []OnDay {
	var list []OnDay
	for _, s := range without(stretch{d.Starts, d.Ends}, hoursAway(r.away[d.FacilitatorID], day)) {
		here := d
		here.Starts, here.Ends = s.starts, s.ends
		list = append(list, OnDay{Duty: here, Day: day, Grid: d.Starts})
	}
	return list
}

// covered is what others do of d in the hours of absence.
func (r roster) covered(d Duty, day calendar.Day) []OnDay {
	var list []OnDay
	for _, sub := range r.instead[dutyDay{d.ID, day}] {
		i := slices.IndexFunc(r.away[d.FacilitatorID], func(a Absence) bool { return a.ID == sub.AbsenceID })
		f, known := r.people[sub.FacilitatorID]
		if i < 0 || !known || !f.WorksOn(day) {
			continue
		}
		gap, ok := r.away[d.FacilitatorID][i].on(day)
		gap = stretch{max(gap.starts, d.Starts), min(gap.ends, d.Ends)}
		if !ok || gap.ends <= gap.starts {
			continue
		}
		for _, s := range without(gap, hoursAway(r.away[f.ID], day)) {
			there := d
			there.FacilitatorID, there.Starts, there.Ends = f.ID, s.starts, s.ends
			list = append(list, OnDay{Duty: there, Day: day, Grid: d.Starts, Instead: d.FacilitatorID})
		}
	}
	return list
}

// on returns the hours of an absence on a day, and whether there are any.
func (a Absence) on(day calendar.Day) (stretch, bool) {
	if a.Whole() {
		return stretch{0, calendar.EndOfDay}, within(day, a.From, a.To)
	}
	return stretch{a.Starts, a.Ends}, day == a.From
}

func hoursAway(list []Absence, day calendar.Day) []stretch {
	var hours []stretch
	for _, a := range list {
		if s, ok := a.on(day); ok {
			hours = append(hours, s)
		}
	}
	return hours
}

// without returns what is left of a stretch when cuts are taken out of it, in order.
func without(s stretch, cuts []stretch) []stretch {
	left := []stretch{s}
	for _, cut := range cuts {
		var next []stretch
		for _, one := range left {
			if cut.ends <= one.starts || one.ends <= cut.starts {
				next = append(next, one)
				continue
			}
			if one.starts < cut.starts {
				next = append(next, stretch{one.starts, cut.starts})
			}
			if cut.ends < one.ends {
				next = append(next, stretch{cut.ends, one.ends})
			}
		}
		left = next
	}
	return left
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
