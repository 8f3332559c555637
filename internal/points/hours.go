package points

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/errs"
)

// OpenOn reports whether the point is in service on d, holidays, closures and hours apart.
func (p Point) OpenOn(d calendar.Day) bool {
	switch p.State {
	case StateOpen, StateSuspended, StateClosed:
	default:
		return false
	}
	return !p.OpenedOn.IsZero() && !d.Before(p.OpenedOn) &&
		(p.SuspendedOn.IsZero() || d.Before(p.SuspendedOn)) &&
		(p.ClosedOn.IsZero() || d.Before(p.ClosedOn))
}

// Listed reports whether citizens should find the point on d: it is open, or will be.
func (p Point) Listed(d calendar.Day) bool {
	return p.OpenOn(d) || p.State == StateOpen && d.Before(p.OpenedOn)
}

// ClosureOn returns the closure that shuts the point on d: its own, of its body or of the network.
func (p Point) ClosureOn(d calendar.Day) (Closure, bool) {
	for _, c := range p.Closures {
		if !d.Before(c.From) && !d.After(c.To) {
			return c, true
		}
	}
	return Closure{}, false
}

// What decides whether an address is open on a day, the strongest first; "points.why." + word is the text.
const (
	ByState     = "state"     // the point is not in service
	ByException = "exception" // an exceptional opening
	ByClosure   = "closure"   // a closure of the point, of its body or of the network
	ByPatron    = "patron"    // the patron's day of the municipality
	ByHoliday   = "holiday"   // a national holiday
	BySeason    = "season"    // the week of a season
	ByWeek      = "week"      // the ordinary week
)

// Opening is when one address is open on one day, and why.
type Opening struct {
	// Bands are in order; none when it is shut.
	Bands []calendar.Band
	// Why is one of the words above.
	Why string
	// Reason is what people are told: of an exceptional opening or of a closure.
	Reason string
}

// OpeningOn decides whether an address is open on d. This is the one place where that is decided: the
// order of its questions is the rule (see the package).
func (p Point) OpeningOn(a Address, d calendar.Day) Opening {
	if !p.OpenOn(d) {
		return Opening{Why: ByState}
	}
	if e, ok := a.ExceptionOn(d); ok {
		return Opening{Bands: e.Bands, Why: ByException, Reason: e.Reason}
	}
	if c, shut := p.ClosureOn(d); shut {
		return Opening{Why: ByClosure, Reason: c.Reason}
	}
	if !p.OpenOnPatron && a.patronOn(d) {
		return Opening{Why: ByPatron}
	}
	if _, holiday := calendar.Holiday(d); holiday {
		return Opening{Why: ByHoliday}
	}
	week, why := a.weekOn(d)
	return Opening{Bands: week.On(d.Weekday()), Why: why}
}

// OpenBands returns when an address is open on d, in order. An empty addressID takes all the addresses
// together.
func (p Point) OpenBands(addressID string, d calendar.Day) []calendar.Band {
	var bands []calendar.Band
	for _, a := range p.Addresses {
		if addressID == "" || a.ID == addressID {
			bands = append(bands, p.OpeningOn(a, d).Bands...)
		}
	}
	slices.SortFunc(bands, func(a, b calendar.Band) int {
		return cmp.Or(cmp.Compare(a.Opens, b.Opens), cmp.Compare(a.Closes, b.Closes))
	})
	return bands
}

// Covers reports whether an address is open without a break from an instant to an instant of one day.
func (p Point) Covers(addressID string, from, to time.Time) bool {
	day, minute, end := calendar.DayOf(from), calendar.MinuteOf(from), calendar.MinuteOf(to)
	if calendar.DayOf(to) != day { // the midnight that ends it
		end += calendar.EndOfDay
	}
	for _, b := range p.OpenBands(addressID, day) {
		// Bands that touch are one opening: what is covered so far moves on.
		if b.Opens <= minute && minute < b.Closes {
			minute = b.Closes
		}
	}
	return minute >= end
}

// OpenAt reports whether an address is open at an instant.
func (p Point) OpenAt(addressID string, at time.Time) bool {
	minute := calendar.MinuteOf(at)
	return slices.ContainsFunc(p.OpenBands(addressID, calendar.DayOf(at)), func(b calendar.Band) bool {
		return b.Opens <= minute && minute < b.Closes
	})
}

// Ordinary returns the bands of the ordinary week.
func (a Address) Ordinary() calendar.Bands {
	for _, s := range a.Schedules {
		if s.ordinary() {
			return s.Bands
		}
	}
	return nil
}

// WeekOn returns the week that holds on d: that of a season, or the ordinary one.
func (a Address) WeekOn(d calendar.Day) calendar.Bands {
	week, _ := a.weekOn(d)
	return week
}

func (a Address) weekOn(d calendar.Day) (week calendar.Bands, why string) {
	for _, s := range a.Schedules {
		if !s.ordinary() && !d.Before(s.From) && !d.After(s.To) {
			return s.Bands, BySeason
		}
	}
	return a.Ordinary(), ByWeek
}

// ExceptionOn returns the exceptional opening of d.
func (a Address) ExceptionOn(d calendar.Day) (Exception, bool) {
	i := slices.IndexFunc(a.Exceptions, func(e Exception) bool { return e.Day == d })
	if i < 0 {
		return Exception{}, false
	}
	return a.Exceptions[i], true
}

// OpensFrom reports whether the address has hours of some kind on d or later: a week, a season or an exceptional
// opening. A stop made for a few weeks has none once they are over.
func (a Address) OpensFrom(d calendar.Day) bool {
	week := func(s Schedule) bool { return len(s.Bands) > 0 && (s.ordinary() || !s.To.Before(d)) }
	return slices.ContainsFunc(a.Schedules, week) || slices.ContainsFunc(a.Exceptions, func(e Exception) bool { return !e.Day.Before(d) })
}

// OpenAddresses returns the addresses that have hours on d or later; all of them when none has.
func (p Point) OpenAddresses(d calendar.Day) []Address {
	open := slices.DeleteFunc(slices.Clone(p.Addresses), func(a Address) bool { return !a.OpensFrom(d) })
	if len(open) == 0 {
		return p.Addresses
	}
	return open
}

// patronOn reports whether d is the patron's day of the municipality.
func (a Address) patronOn(d calendar.Day) bool {
	return a.PatronDay != "" && strings.HasSuffix(d.String(), "-"+a.PatronDay)
}

func (s Schedule) ordinary() bool { return s.From.IsZero() && s.To.IsZero() }

// normal returns the schedule as it is kept, or refuses with the fields from, to and hours.
func (s Schedule) normal() (Schedule, error) {
	var problems errs.Problems
	switch {
	case s.From.IsZero() != s.To.IsZero():
		problems.Add("from", "points.season_days")
	case s.To.Before(s.From):
		problems.Add("to", "points.days_reversed")
	}
	bands, err := s.Bands.Normal()
	if err := problems.Check("hours", err); err != nil {
		return Schedule{}, err
	}
	s.Bands = bands
	return s, problems.Err()
}

// checkSeasons refuses two seasons of one address that share a day.
func checkSeasons(schedules []Schedule) error {
	for i, a := range schedules {
		for _, b := range schedules[:i] {
			if a.ordinary() && b.ordinary() {
				return problem("hours", "points.ordinary_twice")
			}
			if !a.ordinary() && !b.ordinary() && !a.From.After(b.To) && !b.From.After(a.To) {
				return problem("from", "points.season_overlap", errs.Args{"name": b.Name, "from": b.From, "to": b.To})
			}
		}
	}
	return nil
}

// normal returns a closure as it is kept, or refuses one that says nothing. Without a last day it lasts one.
func (c Closure) normal() (Closure, error) {
	c.Reason = strings.TrimSpace(c.Reason)
	if c.To.IsZero() {
		c.To = c.From
	}
	if c.Reach == "" {
		c.Reach = OfPoint
	}
	var problems errs.Problems
	if c.From.IsZero() {
		problems.Add("from", "points.closure_from")
	}
	if c.To.Before(c.From) {
		problems.Add("to", "points.days_reversed")
	}
	if c.Reason == "" {
		problems.Add("reason", "points.closure_reason")
	}
	return c, problems.Err()
}

func problem(field, key string, args ...errs.Args) error {
	var problems errs.Problems
	problems.Add(field, key, args...)
	return problems.Err()
}
