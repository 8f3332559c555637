package facilitators

import (
	"context"
	"fmt"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators/internal/db"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// Serve says that a person serves a point from a day to a day (zero: it goes on). who needs authority
// over both the point and the body the person works for.
func (s *Service) Serve(ctx context.Context, who identity.Actor, facilitatorID, pointID string, from, to calendar.Day) error {
	return refused(s.base.Update(ctx, func(tx *sqldb.Tx) error {
		return s.ServeTx(ctx, tx, who, facilitatorID, Served{PointID: pointID, From: from, To: to})
	}))
}

// ServeTx is Serve inside the caller's transaction: for imports.
func (s *Service) ServeTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, facilitatorID string, at Served) error {
	if at.From.IsZero() || !at.To.IsZero() && at.To.Before(at.From) {
		return errs.Problems{{Field: "from", Key: "facilitators.ends_before"}}.Err()
	}
	f, err := s.editable(ctx, tx, who, facilitatorID)
	if err != nil {
		return err
	}
	p, err := s.points.RequirePoint(ctx, tx, who, identity.EditFacilitators, at.PointID)
	if err != nil {
		return err
	}
	for _, was := range f.Points {
		if was.PointID == at.PointID && !later(was.From, at.From).After(lastOf(was.To, at.To)) {
			return ErrServesTwice
		}
	}
	arg := db.InsertServedParams{FacilitatorID: facilitatorID, PointID: at.PointID, FromDay: at.From, ToDay: at.To}
	if err := db.New(tx).InsertServed(ctx, arg); err != nil {
		return fmt.Errorf("serve a point: %w", err)
	}
	return s.record(ctx, tx, who, p, "facilitators.serve", facilitatorID)
}

// lastOf is the earlier of two last days, with a day far ahead for two that never end.
func lastOf(a, b calendar.Day) calendar.Day {
	if d := earlier(a, b); !d.IsZero() {
		return d
	}
	return calendar.NewDay(9999, 12, 31)
}

// Stopping is the fact that a person serves a point until Last and no longer: access to it ends too.
type Stopping struct {
	AccountID, PointID string
	Last               calendar.Day
	Who                identity.Actor
}

// StopServing says that on is the last day on which a person serves a point; [Stopping] tells it.
func (s *Service) StopServing(ctx context.Context, who identity.Actor, facilitatorID, pointID string, on calendar.Day) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		p, err := s.points.RequirePoint(ctx, tx, who, identity.EditFacilitators, pointID)
		if err != nil {
			return err
		}
		q := db.New(tx)
		n, err := q.EndServed(ctx, db.EndServedParams{FacilitatorID: facilitatorID, PointID: pointID, ToDay: on})
		if err != nil {
			return fmt.Errorf("stop serving: %w", err)
		}
		m, err := q.DeleteServedAfter(ctx, db.DeleteServedAfterParams{FacilitatorID: facilitatorID, PointID: pointID, OnDay: on})
		if err != nil {
			return fmt.Errorf("stop serving: %w", err)
		}
		if n+m == 0 {
			return ErrNotServing
		}
		if err := s.record(ctx, tx, who, p, "facilitators.stop_serving", facilitatorID); err != nil {
			return err
		}
		f, err := s.byID(ctx, tx, facilitatorID)
		if err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, Stopping{AccountID: f.AccountID, PointID: pointID, Last: on, Who: who})
	})
}
