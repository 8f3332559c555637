package agenda

import (
	"context"

	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// StillStranded reports which of the bookings have lost their time to the rules and not got it back, by the
// id of the first of who comes together. It refuses as [Service.ByID] does when one is not of an own point.
func (s *Service) StillStranded(ctx context.Context, who identity.Actor, ids []string) (map[string]bool, error) {
	own, err := s.points.Visible(ctx, who, identity.SeeAgenda)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		list, err := strandedOf(ctx, tx, ids)
		if err != nil {
			return err
		}
		for _, b := range list {
			if !own.Has(b.PointID) {
				return identity.ErrNotHere
			}
			found[b.ID] = true
		}
		return nil
	})
	return found, err
}
