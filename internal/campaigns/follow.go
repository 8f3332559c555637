package campaigns

import (
	"context"
	"fmt"

	"capillare/internal/campaigns/internal/db"
	"capillare/internal/facilitators"
	"capillare/internal/jobs"
	"capillare/internal/sqldb"
)

// whatTurn names the turns that followed a person entered twice.
const whatTurn = "campaigns.turn"

// Subscribe makes turns follow people who were entered twice, and back.
func (s *Service) Subscribe(bus *jobs.Bus) {
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, m facilitators.Merged) error {
		ids, err := db.New(tx).MoveTurns(ctx, db.MoveTurnsParams{Gone: m.From, Kept: m.Into, EveryTurn: true, Ids: sqldb.List(nil)})
		if err != nil {
			return fmt.Errorf("turns of who was entered twice: %w", err)
		}
		m.Moved(whatTurn, ids...)
		return nil
	})
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, u facilitators.MergeUndone) error {
		ids, err := db.New(tx).MoveTurns(ctx, db.MoveTurnsParams{Gone: u.Into, Kept: u.From, Ids: sqldb.List(u.Of(whatTurn))})
		if err != nil {
			return fmt.Errorf("turns of who was entered twice: %w", err)
		}
		u.Back(whatTurn, ids)
		return nil
	})
}
