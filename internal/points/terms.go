package points

import (
	"context"

	"capillare/internal/calendar"
)

// Terms are what the programme that pays for a point asks of it; zero asks for nothing.
type Terms struct {
	ProgrammeID string
	// MinWeekly is how many minutes of a week it must be open, at least.
	MinWeekly int
	// OpeningDays is how many days it has from its award to its opening.
	OpeningDays int
}

// Terms returns the terms of points, by point: of all in two reads.
func (s *Service) Terms(ctx context.Context, list ...Point) (map[string]Terms, error) {
	var ids []string
	for _, p := range list {
		if p.ProjectID != "" {
			ids = append(ids, p.ProjectID)
		}
	}
	projects, err := s.funding.ProjectsByIDs(ctx, ids)
	if err != nil {
		return nil, err
	}
	ids = ids[:0]
	for _, project := range projects {
		ids = append(ids, project.ProgrammeID)
	}
	programmes, err := s.funding.ProgrammesByIDs(ctx, ids)
	terms := make(map[string]Terms, len(list))
	for _, p := range list {
		programme := programmes[projects[p.ProjectID].ProgrammeID]
		terms[p.ID] = Terms{ProgrammeID: programme.ID, MinWeekly: programme.MinWeeklyMinutes, OpeningDays: programme.OpeningDays}
	}
	return terms, err
}

// OpenBy returns the last day on which the point may open without being late, when there is one.
func (p Point) OpenBy(t Terms) (calendar.Day, bool) {
	if t.OpeningDays == 0 || p.AwardedOn.IsZero() {
		return calendar.Day{}, false
	}
	return p.AwardedOn.AddDays(t.OpeningDays), true
}

// DaysLate returns how many days after the last allowed one the point opened, or how many have passed
// until today when it is still to open; 0 when it is not late.
func (p Point) DaysLate(t Terms, today calendar.Day) int {
	last, ok := p.OpenBy(t)
	switch {
	case !ok, p.OpenedOn.IsZero() && p.State == StateClosed:
		return 0
	case !p.OpenedOn.IsZero():
		return max(0, p.OpenedOn.Sub(last))
	}
	return max(0, today.Sub(last))
}

// Late reports whether the point should be open by now and is not.
func (p Point) Late(t Terms, today calendar.Day) bool {
	return (p.State == StateAwarded || p.State == StateSettingUp) && p.DaysLate(t, today) > 0
}

// BelowMinimum reports whether the ordinary week is shorter than the programme asks. A closed point is not.
func (p Point) BelowMinimum(t Terms) bool {
	return p.State != StateClosed && p.WeeklyMinutes < t.MinWeekly
}

// MinutesOn returns the minutes of the week that holds on d, of all addresses.
func (p Point) MinutesOn(d calendar.Day) int {
	total := 0
	for _, a := range p.Addresses {
		total += a.WeekOn(d).Minutes()
	}
	return total
}
