package agenda

import (
	"context"
	"fmt"
	"slices"
	"time"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/facilitators"
	"capillare/internal/jobs"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// VerifyJob asks for [Service.Verify], SweepJob for [Service.Sweep], PurgeJob for [Service.Purge].
type (
	VerifyJob struct{}
	SweepJob  struct{}
	PurgeJob  struct{}
)

// Kind names the job in the queue.
func (VerifyJob) Kind() string { return "agenda.verify" }

// Kind names the job in the queue.
func (SweepJob) Kind() string { return "agenda.sweep" }

// Kind names the job in the queue.
func (PurgeJob) Kind() string { return "agenda.purge" }

// Subscribe makes slots follow hours, closures, states and shifts in the transaction of the change.
func (s *Service) Subscribe(bus *jobs.Bus) {
	s.subscribePeople(bus)
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, f points.HoursChanged) error {
		return s.Rebuild(ctx, tx, f.PointID)
	})
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, f points.Closed) error {
		return s.Rebuild(ctx, tx, f.PointID)
	})
	jobs.Subscribe(bus, s.followMany)
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, f points.StateChanged) error {
		return s.Rebuild(ctx, tx, f.PointID)
	})
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, f facilitators.DutyChanged) error {
		return s.rebuild(ctx, tx, f.PointIDs)
	})
	jobs.Subscribe(bus, s.followKind)
}

// Handle gives the runner the work of this package and when to do it.
func (s *Service) Handle(r *jobs.Runner) {
	jobs.Handle(r, func(ctx context.Context, _ VerifyJob) error { _, err := s.Verify(ctx); return err })
	jobs.Handle(r, func(ctx context.Context, _ SweepJob) error { _, err := s.Sweep(ctx); return err })
	jobs.Handle(r, func(ctx context.Context, _ PurgeJob) error { _, err := s.Purge(ctx); return err })
	jobs.Handle(r, s.RebuildMany)
	r.Every(SweepJob{}, jobs.Period(time.Minute))
	r.Every(VerifyJob{}, jobs.Daily(2*60+10))
	r.Every(PurgeJob{}, jobs.Daily(2*60+40))
}

// Extend rebuilds every point with shifts or future slots, a transaction for each, so that the horizon
// moves on and whatever differs from the rules is mended. Every night [Service.Verify] does it, and looks first.
func (s *Service) Extend(ctx context.Context) error {
	var ids []string
	err := s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
		ids, err = s.pointsToKeep(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.base.Update(ctx, func(tx *sqldb.Tx) error { return s.Rebuild(ctx, tx, id) }); err != nil {
			return fmt.Errorf("extend point %s: %w", id, err)
		}
	}
	return nil
}

// pointsToKeep returns the points with shifts or future slots.
func (s *Service) pointsToKeep(ctx context.Context, tx *sqldb.Tx) ([]string, error) {
	withDuty, err := s.facilitators.PointsWithDuty(ctx, tx)
	if err != nil {
		return nil, err
	}
	withSlots, err := db.New(tx).PointsWithSlots(ctx, today(tx))
	if err != nil {
		return nil, fmt.Errorf("points with slots: %w", err)
	}
	ids := slices.Concat(withDuty, withSlots)
	slices.Sort(ids)
	return slices.Compact(ids), nil
}
