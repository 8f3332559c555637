package coverage

import (
	"capillare/internal/calendar"
	"capillare/internal/points"
)

// Which says which points count.
type Which string

// The choices; "coverage.which." + one is the word.
const (
	// InService counts the points in service on the day, whether or not they open on that very day.
	InService Which = "service"
	// OpenThatDay counts the addresses that are open on the day.
	OpenThatDay Which = "open"
	// Planned counts the points in service and those that are awarded, being set up or about to open: a
	// scenario.
	Planned Which = "planned"
)

// Choices lists them.
func Choices() []Which { return []Which{InService, OpenThatDay, Planned} }

// Limits lists the minutes within which a point may be asked to be.
func Limits() []int { return []int{15, 20, 30} }

// UsualLimit is the one of them that nobody has to choose.
const UsualLimit = 20

// Question is what coverage is asked for.
type Question struct {
	// Region is the ISTAT code of the region; empty is all of Italy.
	Region string
	Day    calendar.Day
	Which  Which
	// Minutes is within how many a municipality is reached.
	Minutes int
}

// counts reports whether somebody is to be found at an address of p.
func (q Question) counts(p points.Point, a points.Address) bool {
	if q.Which == OpenThatDay {
		return len(p.OpeningOn(a, q.Day).Bands) > 0
	}
	if !p.OpenOn(q.Day) && (q.Which != Planned || !coming(p, q.Day)) {
		return false
	}
	// The hours of a fixed point may still be to be completed; where a tour stops, hours alone tell.
	return kept(a, q.Day) || p.Kind == points.Fixed && p.HoursToComplete()
}

// coming reports whether p is not yet in service on a day, but will be.
func coming(p points.Point, d calendar.Day) bool {
	switch p.State {
	case points.StateAwarded, points.StateSettingUp:
		return true
	case points.StateOpen:
		return d.Before(p.OpenedOn)
	}
	return false
}

// kept reports whether an address has hours in the days around d.
func kept(a points.Address, d calendar.Day) bool {
	_, exceptional := a.ExceptionOn(d)
	return exceptional || len(a.WeekOn(d)) > 0
}
