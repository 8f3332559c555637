package points

import (
	"context"

	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/points/internal/db"
	"capillare/internal/sqldb"
)

// ExceptionPlan is many exceptional openings of a point at once.
type ExceptionPlan struct {
	PointID string
	// Put are openings to write, each in place of what was said of its day before. Drop are those to take
	// away: of them only the address and the day count, and one that is not there is no error.
	Put, Drop []Exception
}

// PutExceptionsTx is PutException and RemoveException for a whole plan inside the caller's transaction: bookable
// times follow once, not once for each day.
func (s *Service) PutExceptionsTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, plan ExceptionPlan) error {
	p, err := s.RequirePoint(ctx, tx, who, identity.EditPoints, plan.PointID)
	if err != nil {
		return err
	}
	var days []calendar.Day
	for _, e := range plan.Drop {
		a, ok := p.Address(e.AddressID)
		if !ok {
			return identity.ErrNotHere
		}
		if old, there := a.ExceptionOn(e.Day); there {
			if err := dropException(ctx, db.New(tx), old.ID); err != nil {
				return fault("remove exceptional openings", err)
			}
			days = append(days, e.Day)
		}
	}
	for _, e := range plan.Put {
		if _, ok := p.Address(e.AddressID); !ok {
			return identity.ErrNotHere
		}
		if e, err = e.normal(calendar.DayOf(tx.Now)); err != nil {
			return err
		}
		if err := writeException(ctx, tx, e); err != nil {
			return fault("put exceptional openings", err)
		}
		days = append(days, e.Day)
	}
	if len(days) == 0 {
		return nil
	}
	return s.noteHours(ctx, tx, who, "points.exceptions", p, map[string]any{"days": days})
}

// writeException writes an opening that normal has returned, in place of what was said of its day.
func writeException(ctx context.Context, tx *sqldb.Tx, e Exception) error {
	q := db.New(tx)
	id, err := q.PutException(ctx, db.PutExceptionParams{
		ID: sqldb.NewID(tx.Now), AddressID: e.AddressID, Day: e.Day, Reason: e.Reason, CreatedAt: sqldb.At(tx.Now),
	})
	if err != nil {
		return err
	}
	if err := q.DeleteExceptionBands(ctx, id); err != nil {
		return err
	}
	for _, b := range e.Bands {
		if err := q.InsertExceptionBand(ctx, db.InsertExceptionBandParams{ExceptionID: id, Opens: int(b.Opens), Closes: int(b.Closes)}); err != nil {
			return taken(err)
		}
	}
	return nil
}
