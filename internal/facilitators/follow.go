package facilitators

import (
	"context"
	"fmt"

	"capillare/internal/facilitators/internal/db"
	"capillare/internal/jobs"
	"capillare/internal/orgs"
	"capillare/internal/sqldb"
)

// whatBody names the people who followed a body into another.
const whatBody = "facilitators.body"

// Subscribe makes people follow the body they work for when it becomes part of another.
func (s *Service) Subscribe(bus *jobs.Bus) {
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, m orgs.Merged) error {
		ids, err := db.New(tx).SetBody(ctx, db.SetBodyParams{Gone: m.From, Kept: m.Into, Every: true, Ids: "[]"})
		if err != nil {
			return fmt.Errorf("people of a merged body: %w", err)
		}
		m.Moved(whatBody, ids...)
		return nil
	})
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, u orgs.MergeUndone) error {
		back, err := db.New(tx).SetBody(ctx, db.SetBodyParams{Gone: u.Into, Kept: u.From, Ids: sqldb.List(u.Of(whatBody))})
		if err != nil {
			return fmt.Errorf("people of a merged body: %w", err)
		}
		u.Back(whatBody, back)
		return nil
	})
}
