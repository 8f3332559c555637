package kinds

import (
	"context"

	"capillare/internal/sqldb"
)

// Some is [Service.ByIDs] for pages, which have no transaction: the names of what was booked.
func (s *Service) Some(ctx context.Context, ids []string) (found map[string]Kind, err error) {
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		found, err = s.ByIDs(ctx, tx, ids)
		return err
	})
	return found, err
}
