package territory

import (
	"context"
	"fmt"

	"capillare/internal/calendar"
	"capillare/internal/sqldb"
	"capillare/internal/territory/internal/db"
)

// Broadband is how the addresses of a municipality were connected on a day.
type Broadband struct {
	Day calendar.Day
	// Addresses counts all; White, Grey and Black those with no, one, several fast networks.
	Addresses, White, Grey, Black int
	// FTTH and FWA count those that fibre and fixed radio reach.
	FTTH, FWA int
	Source    *Source
}

// Broadband returns the newest figures of each municipality by Belfiore code; none until a file of
// them is imported.
func (s *Service) Broadband(ctx context.Context) (map[string]Broadband, error) {
	ix, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	found := map[string]Broadband{}
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).LatestBroadband(ctx)
		for _, r := range rows {
			found[r.Belfiore] = Broadband{Day: r.Day, Addresses: r.Addresses, White: r.White, Grey: r.Grey, Black: r.Black,
				FTTH: r.Ftth, FWA: r.Fwa, Source: ix.sources[r.SourceID]}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("territory: broadband: %w", err)
	}
	return found, nil
}
