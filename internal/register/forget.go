package register

import (
	"context"
	"fmt"

	"capillare/internal/calendar"
	"capillare/internal/register/internal/db"
	"capillare/internal/sqldb"
)

// forgetAtOnce bounds a transaction of ForgetNames, so that nobody at a desk waits for it.
const forgetAtOnce = 500

// ForgetNames deletes names and surnames of citizens who were served last before a day, and returns how
// many. The tax code stays sealed, because a first access is counted once for ever; a person who comes
// back is asked for the name again.
func (s *Service) ForgetNames(ctx context.Context, before calendar.Day) (int, error) {
	total, after := 0, ""
	for {
		var ids []string
		err := s.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
			q := db.New(tx)
			ids, err = q.CitizensToForget(ctx, db.CitizensToForgetParams{After: after, ChangedBefore: sqldb.At(before.Start()), Day: before, Max: forgetAtOnce})
			if err != nil || len(ids) == 0 {
				return err
			}
			_, err = q.ForgetNames(ctx, sqldb.List(ids))
			return err
		})
		if err != nil {
			return total, fmt.Errorf("register: forget names: %w", err)
		}
		if total += len(ids); len(ids) < forgetAtOnce {
			return total, nil
		}
		after = ids[len(ids)-1]
	}
}
