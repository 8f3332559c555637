package points

import (
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/errs"
)

// NextStates returns the states that may follow state, for the buttons of a page.
func NextStates(state string) []string {
	switch state {
	case StateAwarded:
		return []string{StateSettingUp, StateClosed}
	case StateSettingUp:
		return []string{StateOpen, StateClosed}
	case StateOpen:
		return []string{StateSuspended, StateClosed}
	case StateSuspended:
		return []string{StateOpen, StateClosed}
	}
	return nil
}

// step returns p after it goes to state on a day (zero is today), or refuses.
func (p Point) step(state string, on, today calendar.Day) (Point, error) {
	if !slices.Contains(NextStates(p.State), state) {
		return Point{}, ErrStateStep.With(errs.Args{"from": p.State, "to": state})
	}
	if on.IsZero() {
		on = today
	}
	again := p.State == StateSuspended && state == StateOpen
	last := p.lastDay()
	if again {
		last = p.OpenedOn
		if on.After(today) {
			return Point{}, problem("on", "points.reopen_future")
		}
	}
	if on.Before(last) {
		return Point{}, problem("on", "points.state_before", errs.Args{"day": last})
	}
	p.State = state
	switch {
	case again:
		p.SuspendedOn = calendar.Day{}
	case state == StateSettingUp:
		p.SettingUpOn = on
	case state == StateOpen:
		p.OpenedOn = on
	case state == StateSuspended:
		p.SuspendedOn = on
	case state == StateClosed:
		p.ClosedOn = on
	}
	return p, p.checkOpen()
}

// lastDay is the latest day of a state reached so far.
func (p Point) lastDay() calendar.Day {
	var last calendar.Day
	for _, d := range []calendar.Day{p.AwardedOn, p.SettingUpOn, p.OpenedOn, p.SuspendedOn, p.ClosedOn} {
		if d.After(last) {
			last = d
		}
	}
	return last
}

// checkOpen refuses an open point that lacks what an open one needs.
func (p Point) checkOpen() error {
	switch {
	case p.State != StateOpen:
		return nil
	case p.HoursToComplete():
		return ErrNeedsHours
	case p.Kind == Itinerant && len(p.Addresses) < 2:
		return ErrNeedsPlaces
	}
	return nil
}

// stateDays puts the day of the state in its place when it is missing and checks the order of all.
func (p Point) stateDays(today calendar.Day) (Point, error) {
	day := map[string]*calendar.Day{
		StateAwarded: &p.AwardedOn, StateSettingUp: &p.SettingUpOn, StateOpen: &p.OpenedOn,
		StateSuspended: &p.SuspendedOn, StateClosed: &p.ClosedOn,
	}[p.State]
	if day != nil && day.IsZero() {
		*day = today
	}
	var last calendar.Day
	for _, step := range []struct {
		field string
		day   calendar.Day
	}{
		{"awarded_on", p.AwardedOn}, {"setting_up_on", p.SettingUpOn}, {"opened_on", p.OpenedOn},
		{"suspended_on", p.SuspendedOn}, {"closed_on", p.ClosedOn},
	} {
		if step.day.IsZero() {
			continue
		}
		if step.day.Before(last) {
			return Point{}, problem(step.field, "points.state_before", errs.Args{"day": last})
		}
		last = step.day
	}
	return p, nil
}
