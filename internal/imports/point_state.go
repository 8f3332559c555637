package imports

import (
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/points"
)

func (r *pointRow) hasHours() bool {
	for _, p := range r.places {
		if len(p.bands) > 0 {
			return true
		}
	}
	return r.exists && !r.old.HoursToComplete()
}

// begin chooses the state of a new point of which the row says none.
func (r *pointRow) begin(c *check) {
	opened := c.day(colOpened)
	if r.exists {
		if c.cell(colState) == "" && r.hasHours() && r.old.HoursToComplete() && r.old.State == points.StateSettingUp {
			c.warn(colHours, "imports.open_by_hand")
		}
		return
	}
	r.want.State = points.StateSettingUp
	if c.cell(colState) != "" {
		r.want.OpenedOn = opened
		return
	}
	switch {
	case !r.hasHours():
	case r.want.Kind == points.Itinerant && len(r.want.Addresses) < 2:
		c.warn(colKind, "imports.itinerant_places")
	default:
		r.want.State, r.want.OpenedOn = points.StateOpen, opened
	}
}

// state takes the point to the state that the row says, as the page of the point would.
func (r *pointRow) state(c *check, today calendar.Day) error {
	state, on := c.word(colState, stateWords(), ""), c.day(colStateFrom)
	if state == "" || r.exists && state == r.old.State {
		return nil
	}
	if !r.exists {
		r.newState(c, state, on)
		return nil
	}
	step, reached := points.Step{State: state, On: on}, r.want
	reached.Addresses = slices.Clone(reached.Addresses)
	for _, p := range r.places {
		// The hours of these very rows are put in before the step.
		if len(p.bands) > 0 {
			reached.Addresses[p.index].Schedules = []points.Schedule{{Bands: p.bands}}
		}
	}
	if _, err := reached.Reach(step, today); err != nil {
		return c.refused(err, colState, map[string]string{"on": colStateFrom})
	}
	r.step = step
	return nil
}

// newState sets the state of a point that was there before the program.
func (r *pointRow) newState(c *check, state string, on calendar.Day) {
	r.want.State = state
	if state == points.StateOpen && r.want.OpenedOn.IsZero() {
		r.want.OpenedOn = on
	}
	switch state {
	case points.StateAwarded:
		r.want.AwardedOn = on
	case points.StateSettingUp:
		r.want.SettingUpOn = on
	case points.StateSuspended:
		r.want.SuspendedOn = on
	case points.StateClosed:
		r.want.ClosedOn = on
	}
	switch {
	case state != points.StateOpen && !on.IsZero() && r.want.OpenedOn.After(on):
		c.wrong(colStateFrom, "points.state_before", errs.Args{"day": r.want.OpenedOn})
	case state != points.StateOpen:
	case !r.hasHours():
		c.wrong(colState, points.ErrNeedsHours.Key)
	case r.want.Kind == points.Itinerant && len(r.want.Addresses) < 2:
		c.wrong(colState, points.ErrNeedsPlaces.Key)
	}
}
