package monitoring

import (
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/funding"
)

// riskPercent is the part of the expected value below which a target is at risk.
const riskPercent = 85

// Goal is one dated target seen from a day.
type Goal struct {
	DueOn calendar.Day
	Value int
	// Percent is how much of Value is reached, rounded down, and may be over 100.
	Percent int
	// Expected is what the linear pace asks by now; Forecast is where the average pace leads by DueOn.
	Expected, Forecast int
	AtRisk             bool
}

// Indicator is one of the four national figures.
type Indicator struct {
	// KPI is one of the constants of package funding.
	KPI     string
	Reached int
	// Next is the first target not yet due, Final the last one; nil when there is none.
	Next, Final *Goal
}

// goal measures reached against value, due on a day, for a programme that began on start.
func goal(reached, value int, start, due, on calendar.Day) *Goal {
	total, gone := due.Sub(start)+1, on.Sub(start)+1
	gone = min(max(gone, 0), max(total, 0))
	g := &Goal{DueOn: due, Value: value, Expected: value, Forecast: reached}
	if value > 0 {
		g.Percent = reached * 100 / value
	}
	if total > 0 {
		g.Expected = value * gone / total
		if gone > 0 {
			g.Forecast = reached * total / gone
		}
	}
	g.AtRisk = reached*100 < g.Expected*riskPercent
	return g
}

// step is what a set of targets asks by a day.
type step struct {
	due   calendar.Day
	value int
}

// steps adds up the targets of several projects for one indicator: at each due date, the last value
// that each project has to have reached by then.
func steps(targets []funding.Target, kpi string) []step {
	byProject := map[string][]step{}
	var dates []calendar.Day
	for _, t := range targets {
		if t.KPI == kpi {
			byProject[t.ProjectID] = append(byProject[t.ProjectID], step{t.DueOn, t.Value})
			dates = append(dates, t.DueOn)
		}
	}
	slices.SortFunc(dates, calendar.Day.Compare)
	dates = slices.Compact(dates)
	out := make([]step, len(dates))
	for i, due := range dates {
		out[i].due = due
		for _, list := range byProject {
			slices.SortFunc(list, func(a, b step) int { return a.due.Compare(b.due) })
			for _, s := range slices.Backward(list) {
				if !s.due.After(due) {
					out[i].value += s.value
					break
				}
			}
		}
	}
	return out
}

func indicator(kpi string, reached int, targets []funding.Target, start, on calendar.Day) Indicator {
	out := Indicator{KPI: kpi, Reached: reached}
	list := steps(targets, kpi)
	for _, s := range list {
		if !s.due.Before(on) {
			out.Next = goal(reached, s.value, start, s.due, on)
			break
		}
	}
	if len(list) > 0 {
		last := list[len(list)-1]
		out.Final = goal(reached, last.value, start, last.due, on)
	}
	if kpi == funding.KPIPoints || kpi == funding.KPIFacilitators {
		out.stands(reached)
	}
	return out
}

// stands is for what is there or not, points and people: it does not grow by itself, so the forecast is
// what there is.
func (i *Indicator) stands(reached int) {
	for _, g := range []*Goal{i.Next, i.Final} {
		if g != nil {
			g.Forecast = reached
		}
	}
}
