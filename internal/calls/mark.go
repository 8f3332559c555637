package calls

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"capillare/internal/audit"
	"capillare/internal/calls/internal/db"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/sqldb"
)

// MarkDone says that the person was told. It refuses with ErrSettled a call that is to do no more.
func (s *Service) MarkDone(ctx context.Context, who identity.Actor, id string) (Call, error) {
	return s.mark(ctx, who, id, "calls.done", func(tx *sqldb.Tx, c Call) error {
		return s.settle(ctx, tx, c, Done)
	})
}

// MarkGone says that the call is not needed any more.
func (s *Service) MarkGone(ctx context.Context, who identity.Actor, id string) (Call, error) {
	return s.mark(ctx, who, id, "calls.gone", func(tx *sqldb.Tx, c Call) error {
		return s.settle(ctx, tx, c, Gone)
	})
}

// MarkNoAnswer says that nobody answered: the call stays to do.
func (s *Service) MarkNoAnswer(ctx context.Context, who identity.Actor, id string) (Call, error) {
	return s.mark(ctx, who, id, "calls.no_answer", func(tx *sqldb.Tx, c Call) error {
		_, err := db.New(tx).Tried(ctx, db.TriedParams{ID: c.ID, TriedAt: sqldb.At(tx.Now)})
		return err
	})
}

func (s *Service) mark(ctx context.Context, who identity.Actor, id, action string, do func(tx *sqldb.Tx, c Call) error) (Call, error) {
	var c Call
	err := s.base.Update(ctx, func(tx *sqldb.Tx) error {
		var err error
		if c, err = byID(ctx, tx, id); err != nil {
			return err
		}
		if _, err := s.points.RequirePoint(ctx, tx, who, identity.Book, c.PointID); err != nil {
			return err
		}
		if c.State != ToDo {
			return ErrSettled
		}
		if err := do(tx, c); err != nil {
			return fmt.Errorf("calls: mark: %w", err)
		}
		if c, err = byID(ctx, tx, id); err != nil {
			return err
		}
		return audit.Write(ctx, tx, who, audit.Entry{Action: action, Subject: c.Subject, SubjectID: c.SubjectID, PointID: c.PointID,
			Detail: map[string]any{"why": c.Why, "tries": c.Tries}})
	})
	return c, err
}

func byID(ctx context.Context, tx *sqldb.Tx, id string) (Call, error) {
	row, err := db.New(tx).CallByID(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Call{}, ErrNotFound
	}
	if err != nil {
		return Call{}, fmt.Errorf("calls: read: %w", err)
	}
	return callOf(row.CallsCall), nil
}

// settle ends a call and tells so; who and which number go with it.
func (s *Service) settle(ctx context.Context, tx *sqldb.Tx, c Call, state string) error {
	n, err := db.New(tx).Settle(ctx, db.SettleParams{ID: c.ID, State: state, SettledAt: sqldb.At(tx.Now)})
	if err != nil {
		return fmt.Errorf("calls: settle: %w", err)
	}
	if n == 0 {
		return nil
	}
	c.State, c.SettledAt, c.Name, c.Phone = state, tx.Now, "", ""
	return s.bus.Publish(ctx, tx, Settled{Call: c})
}

// sweepJob asks for [Service.Sweep], tidyJob for [Service.Tidy].
type (
	sweepJob struct{}
	tidyJob  struct{}
)

// Kind implements jobs.Job.
func (sweepJob) Kind() string { return "calls.sweep" }

// Kind implements jobs.Job.
func (tidyJob) Kind() string { return "calls.tidy" }

// Handle gives the runner the work of this package and when to do it.
func (s *Service) Handle(r *jobs.Runner) {
	jobs.Handle(r, func(ctx context.Context, _ sweepJob) error { return s.Sweep(ctx) })
	jobs.Handle(r, func(ctx context.Context, _ tidyJob) error { return s.Tidy(ctx) })
	r.Every(sweepJob{}, jobs.Period(15*time.Minute))
	r.Every(tidyJob{}, jobs.Daily(3*60+15))
}

// sweptAtOnce bounds a transaction of Sweep.
const sweptAtOnce = 100

// Sweep settles as Late the calls that nobody made in time: their numbers go.
func (s *Service) Sweep(ctx context.Context) error {
	for n := sweptAtOnce; n == sweptAtOnce; {
		err := s.base.Update(ctx, func(tx *sqldb.Tx) error {
			rows, err := db.New(tx).Overdue(ctx, db.OverdueParams{Now: sqldb.At(tx.Now), Max: sweptAtOnce})
			if err != nil {
				return err
			}
			n = len(rows)
			for _, r := range rows {
				if err := s.settle(ctx, tx, callOf(r.CallsCall), Late); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("calls: sweep: %w", err)
		}
	}
	return nil
}

// Tidy forgets the calls that were settled longer ago than they are kept.
func (s *Service) Tidy(ctx context.Context) error {
	days, err := s.keep(ctx)
	if err != nil {
		return err
	}
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := db.New(tx).Forget(ctx, sqldb.At(tx.Now.AddDate(0, 0, -days)))
		return err
	})
}
