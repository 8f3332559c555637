package agenda

import (
	"context"

	"capillare/internal/calendar"
	"capillare/internal/sqldb"
)

// PlannedUntil returns the times that the rules give a point from now to a day, also beyond the days that
// can be booked now: for who plans further ahead. It asks no permission.
func (s *Service) PlannedUntil(ctx context.Context, tx *sqldb.Tx, pointID string, last calendar.Day) ([]Slot, error) {
	return s.wantedUntil(ctx, tx, pointID, last)
}
