package register

import (
	"context"
	"fmt"

	"capillare/internal/facilitators"
	"capillare/internal/jobs"
	"capillare/internal/register/internal/db"
	"capillare/internal/sqldb"
)

// whatRecord names the services that followed a person entered twice.
const whatRecord = "register.record"

// Subscribe makes services follow who gave them when a person was entered twice. Nothing that counts
// changes: services and accesses are counted by point and month.
func (s *Service) Subscribe(bus *jobs.Bus) {
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, m facilitators.Merged) error {
		ids, err := db.New(tx).MoveRecordsOf(ctx, db.MoveRecordsOfParams{Gone: m.From, Kept: m.Into})
		if err != nil {
			return fmt.Errorf("register: services of a person entered twice: %w", err)
		}
		m.Moved(whatRecord, ids...)
		return nil
	})
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, u facilitators.MergeUndone) error {
		back, err := db.New(tx).MoveRecordsBack(ctx, db.MoveRecordsBackParams{Gone: u.From, Kept: u.Into, Ids: sqldb.List(u.Of(whatRecord))})
		if err != nil {
			return fmt.Errorf("register: services of two persons again: %w", err)
		}
		u.Back(whatRecord, back)
		return nil
	})
}
