package campaigns

import (
	"context"
	"fmt"

	"capillare/internal/campaigns/internal/db"
	"capillare/internal/facilitators"
	"capillare/internal/jobs"
	"capillare/internal/orgs"
	"capillare/internal/sqldb"
)

// whatTurn names the turns that followed a person entered twice.
const whatTurn = "campaigns.turn"

// whatCampaign names the campaigns that followed a body into another.
const whatCampaign = "campaigns.body"

// Subscribe makes turns follow people who were entered twice and shifts that change, and campaigns their body.
func (s *Service) Subscribe(bus *jobs.Bus) {
	followBodies(bus)
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, c facilitators.Continued) error {
		for _, id := range c.Into {
			if err := db.New(tx).ContinueDuty(ctx, db.ContinueDutyParams{FromID: c.From, IntoID: id}); err != nil {
				return fmt.Errorf("shifts of a turn: %w", err)
			}
		}
		return nil
	})
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

func followBodies(bus *jobs.Bus) {
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, m orgs.Merged) error {
		ids, err := db.New(tx).MoveCampaigns(ctx, db.MoveCampaignsParams{
			Gone: sqldb.OptText(m.From), Kept: sqldb.OptText(m.Into), Every: true, Ids: sqldb.List(nil),
		})
		if err != nil {
			return fmt.Errorf("campaigns of a merged body: %w", err)
		}
		m.Moved(whatCampaign, ids...)
		return nil
	})
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, u orgs.MergeUndone) error {
		ids, err := db.New(tx).MoveCampaigns(ctx, db.MoveCampaignsParams{
			Gone: sqldb.OptText(u.Into), Kept: sqldb.OptText(u.From), Ids: sqldb.List(u.Of(whatCampaign)),
		})
		if err != nil {
			return fmt.Errorf("campaigns of a merged body: %w", err)
		}
		u.Back(whatCampaign, ids)
		return nil
	})
}
