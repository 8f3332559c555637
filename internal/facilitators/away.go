package facilitators

import (
	"context"

	"capillare/internal/calendar"
	"capillare/internal/sqldb"
)

// AwayOf returns the absences of a person that touch the days from one to another. It asks no permission:
// callers show to the person, or to who works at the same point, when somebody is away and not why.
func (s *Service) AwayOf(ctx context.Context, tx *sqldb.Tx, facilitatorID string, from, to calendar.Day) ([]Absence, error) {
	found, err := absences(ctx, tx, []string{facilitatorID}, from, to)
	return found[facilitatorID], err
}
