package facilitators

import (
	"context"
	"fmt"

	"capillare/internal/facilitators/internal/db"
	"capillare/internal/sqldb"
)

// PointsOffering returns the points with a shift, not over yet, that offers a kind of appointment.
func (s *Service) PointsOffering(ctx context.Context, tx *sqldb.Tx, kindID string) ([]string, error) {
	ids, err := db.New(tx).PointsOffering(ctx, db.PointsOfferingParams{KindID: kindID, Today: today(tx)})
	if err != nil {
		return nil, fmt.Errorf("points that offer a kind: %w", err)
	}
	return ids, nil
}
