package points

import (
	"cmp"
	"slices"
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

// ClosureOn returns the closure that shuts the point on d.
func (p Point) ClosureOn(d calendar.Day) (Closure, bool) {
	for _, c := range p.Closures {
		if !d.Before(c.From) && !d.After(c.To) {
			return c, true
		}
	}
	return Closure{}, false
}

// OpenBands returns when an address is open on d, in order: nothing when the point is not in service,
// on a national holiday or during a closure; else the hours of the season that covers d, or the
// ordinary ones. An empty addressID takes all the addresses together.
func (p Point) OpenBands(addressID string, d calendar.Day) []calendar.Band {
	if !p.OpenOn(d) {
		return nil
	}
	if _, holiday := calendar.Holiday(d); holiday {
		return nil
	}
	if _, shut := p.ClosureOn(d); shut {
		return nil
	}
	var bands []calendar.Band
	for _, a := range p.Addresses {
		if addressID == "" || a.ID == addressID {
			bands = append(bands, a.WeekOn(d).On(d.Weekday())...)
		}
	}
	slices.SortFunc(bands, func(a, b calendar.Band) int {
		return cmp.Or(cmp.Compare(a.Opens, b.Opens), cmp.Compare(a.Closes, b.Closes))
	})
	return bands
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
	for _, s := range a.Schedules {
		if !s.ordinary() && !d.Before(s.From) && !d.After(s.To) {
			return s.Bands
		}
	}
	return a.Ordinary()
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

// check refuses a closure that says nothing.
func (c Closure) check() error {
	var problems errs.Problems
	if c.From.IsZero() {
		problems.Add("from", "points.closure_from")
	}
	if c.To.IsZero() || c.To.Before(c.From) {
		problems.Add("to", "points.days_reversed")
	}
	if c.Reason == "" {
		problems.Add("reason", "points.closure_reason")
	}
	return problems.Err()
}

func problem(field, key string, args ...errs.Args) error {
	var problems errs.Problems
	problems.Add(field, key, args...)
	return problems.Err()
}
