package facilitators

import (
	"context"
	"fmt"

	"capillare/internal/calendar"
	"capillare/internal/facilitators/internal/db"
	"capillare/internal/sqldb"
)

// Helpers is how many people help at a point on a day, and how many of them have shifts there.
type Helpers struct{ People, OnDuty int }

// HelpersOf counts who helps at points on a day; a point without anybody is not in the map. It asks no
// permission: callers ask for points that they may see.
func (s *Service) HelpersOf(ctx context.Context, pointIDs []string, day calendar.Day) (map[string]Helpers, error) {
	var found map[string]Helpers
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		found = map[string]Helpers{}
		rows, err := db.New(tx).Helpers(ctx, db.HelpersParams{Points: sqldb.List(pointIDs), Day: day})
		for _, r := range rows {
			h := found[r.PointID]
			h.People++
			if r.OnDuty {
				h.OnDuty++
			}
			found[r.PointID] = h
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("who helps at points: %w", err)
	}
	return found, nil
}
