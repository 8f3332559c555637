package points

import (
	"cmp"
	"slices"

	"capillare/internal/calendar"
)

// What is odd about the hours of a point, none of it forbidden; "points.warning." + kind is the text.
const (
	WarnMinimum  = "minimum"   // the week is shorter than the programme asks
	WarnSeason   = "season"    // the week of a season is
	WarnNoDay    = "no_day"    // open on no day
	WarnGap      = "gap"       // no hours at all between two seasons
	WarnBreak    = "break"     // a break so short that it may be a slip
	WarnNoDuty   = "no_duty"   // open with nobody on duty
	WarnOffHours = "off_hours" // somebody on duty while shut
)

// shortBreak is a break that citizens would not go home for.
const shortBreak = 30

// Warning is one odd thing.
type Warning struct {
	Kind      string
	AddressID string
	// Minutes are those of a week, for WarnMinimum and WarnSeason.
	Minutes int
	// Name and From to To are those of a season, or of a gap.
	Name     string
	From, To calendar.Day
	// Bands are the hours concerned.
	Bands calendar.Bands
}

// Shift is a weekly shift at an address, as far as opening is concerned.
type Shift struct {
	AddressID string
	Band      calendar.Band
	// From and To are its days; no To is for good.
	From, To calendar.Day
}

// Warnings says what is odd about the hours of the point from today on: against its terms, against the
// shifts, and in themselves.
func (p Point) Warnings(t Terms, shifts []Shift, today calendar.Day) []Warning {
	var list []Warning
	if p.HoursToComplete() {
		return append(list, Warning{Kind: WarnNoDay})
	}
	if p.WeeklyMinutes < t.MinWeekly {
		list = append(list, Warning{Kind: WarnMinimum, Minutes: p.WeeklyMinutes})
	}
	list = append(list, p.seasonWarnings(t, today)...)
	for _, a := range p.Addresses {
		list = append(list, a.breaks()...)
		list = append(list, a.gaps(today)...)
		list = append(list, a.shiftWarnings(shifts, today)...)
	}
	return list
}

// seasonWarnings looks at each season to come with the other addresses as they are on its first day.
func (p Point) seasonWarnings(t Terms, today calendar.Day) []Warning {
	var list []Warning
	for _, a := range p.Addresses {
		for _, s := range a.Schedules {
			if s.ordinary() || s.To.Before(today) {
				continue
			}
			if minutes := p.MinutesOn(s.From); minutes < t.MinWeekly {
				list = append(list, Warning{Kind: WarnSeason, AddressID: a.ID, Minutes: minutes, Name: s.Name, From: s.From, To: s.To})
			}
		}
	}
	return list
}

func (a Address) breaks() []Warning {
	var short calendar.Bands
	for _, s := range a.Schedules {
		for i := 1; i < len(s.Bands); i++ {
			before, after := s.Bands[i-1], s.Bands[i]
			if pause := after.Opens - before.Closes; before.Weekday == after.Weekday && pause > 0 && pause < shortBreak {
				short = append(short, calendar.Band{Weekday: before.Weekday, Opens: before.Closes, Closes: after.Opens})
			}
		}
	}
	if len(short) == 0 {
		return nil
	}
	return []Warning{{Kind: WarnBreak, AddressID: a.ID, Bands: short}}
}

// gaps are the days between two seasons of an address that has no ordinary week.
func (a Address) gaps(today calendar.Day) []Warning {
	if len(a.Ordinary()) > 0 {
		return nil
	}
	var list []Warning
	for i := 1; i < len(a.Schedules); i++ {
		from, to := a.Schedules[i-1].To.AddDays(1), a.Schedules[i].From.AddDays(-1)
		if !to.Before(from) && !to.Before(today) {
			list = append(list, Warning{Kind: WarnGap, AddressID: a.ID, From: from, To: to})
		}
	}
	return list
}

// shiftWarnings compares the ordinary week with the shifts that go on from today.
func (a Address) shiftWarnings(shifts []Shift, today calendar.Day) []Warning {
	var duty calendar.Bands
	for _, s := range shifts {
		if s.AddressID == a.ID && !s.From.After(today) && (s.To.IsZero() || !s.To.Before(today)) {
			duty = append(duty, s.Band)
		}
	}
	open := a.WeekOn(today)
	var list []Warning
	if alone := without(open, duty); len(alone) > 0 {
		list = append(list, Warning{Kind: WarnNoDuty, AddressID: a.ID, Bands: alone})
	}
	if shut := without(duty, open); len(shut) > 0 {
		list = append(list, Warning{Kind: WarnOffHours, AddressID: a.ID, Bands: shut})
	}
	return list
}

// without returns the stretches of list that no band of others covers, in order and each once.
func without(list, others calendar.Bands) calendar.Bands {
	var left calendar.Bands
	for _, b := range list {
		rest := calendar.Bands{b}
		for _, o := range others {
			rest = cut(rest, o)
		}
		left = append(left, rest...)
	}
	slices.SortFunc(left, func(a, b calendar.Band) int {
		return cmp.Or(cmp.Compare(a.Weekday, b.Weekday), cmp.Compare(a.Opens, b.Opens), cmp.Compare(a.Closes, b.Closes))
	})
	return joined(left)
}

// cut takes the stretch o out of bands.
func cut(bands calendar.Bands, o calendar.Band) calendar.Bands {
	var left calendar.Bands
	for _, b := range bands {
		if b.Weekday != o.Weekday || o.Closes <= b.Opens || b.Closes <= o.Opens {
			left = append(left, b)
			continue
		}
		if b.Opens < o.Opens {
			left = append(left, calendar.Band{Weekday: b.Weekday, Opens: b.Opens, Closes: o.Opens})
		}
		if o.Closes < b.Closes {
			left = append(left, calendar.Band{Weekday: b.Weekday, Opens: o.Closes, Closes: b.Closes})
		}
	}
	return left
}

// joined makes one band of sorted ones that touch or overlap.
func joined(sorted calendar.Bands) calendar.Bands {
	var list calendar.Bands
	for _, b := range sorted {
		if n := len(list); n > 0 && list[n-1].Weekday == b.Weekday && b.Opens <= list[n-1].Closes {
			list[n-1].Closes = max(list[n-1].Closes, b.Closes)
			continue
		}
		list = append(list, b)
	}
	return list
}
