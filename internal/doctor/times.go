package doctor

import (
	"context"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/errs"
)

// checkLate is how old the last nightly check of bookable times may be.
const checkLate = 3 * 24 * time.Hour

// times says what the last nightly check of bookable times found. Before the first night there is nothing to say.
func times(ctx context.Context, p *patient) []Finding {
	last, ran, err := agenda.LastCheck(ctx, p.db)
	args := errs.Args{"at": day(last.RanAt), "n": last.Difference, "slots": last.Slots}
	switch {
	case err != nil:
		return one(Wrong, "db_unreadable", nil, err)
	case !ran:
		return nil
	case p.now.Sub(last.RanAt) > checkLate:
		return one(Warn, "times_old", args)
	case last.Difference > 0:
		found := one(Warn, "times_differ", args)
		if len(last.Examples) > 0 {
			first := last.Examples[0]
			found[0].Detail = first.What + ", " + first.PointID + ", " + first.StartsAt.UTC().Format(time.RFC3339)
		}
		return found
	}
	return one(Good, "times", args)
}
