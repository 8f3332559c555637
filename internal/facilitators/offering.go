package facilitators

import (
	"context"
	"slices"

	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// DutiesOfKind returns the shifts, not over yet, that offer a kind of appointment, at the first points of
// those that who may see; points is at how many points they are in all.
func (s *Service) DutiesOfKind(ctx context.Context, who identity.Actor, kindID string, most int) (list []Duty, points int, err error) {
	see, err := s.points.Visible(ctx, who, identity.SeeFacilitators)
	if err != nil {
		return nil, 0, err
	}
	var ids []string
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		ids, err = s.PointsOfKind(ctx, tx, kindID)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return !see.Has(id) })
	for _, id := range ids[:min(most, len(ids))] {
		duties, err := s.Duties(ctx, who, id)
		if err != nil {
			return nil, 0, err
		}
		for _, d := range duties {
			if slices.Contains(d.KindIDs, kindID) {
				list = append(list, d)
			}
		}
	}
	return list, len(ids), nil
}
