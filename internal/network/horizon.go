package network

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"capillare/internal/network/internal/db"
	"capillare/internal/sqldb"
)

// usualHorizon holds until the network is set up.
const usualHorizon = 60

// HorizonDays returns how many days ahead times can be booked, read in the caller's transaction.
func (s *Service) HorizonDays(ctx context.Context, tx *sqldb.Tx) (int, error) {
	row, err := db.New(tx).Setting(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return usualHorizon, nil
	}
	if err != nil {
		return 0, fmt.Errorf("network: read the horizon: %w", err)
	}
	return row.HorizonDays, nil
}
