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

// ExtendJob asks for [Service.Extend], SweepJob for [Service.Sweep], PurgeJob for [Service.Purge].
type (
	ExtendJob struct{}
	SweepJob  struct{}
	PurgeJob  struct{}
)

// Kind names the job in the queue.
func (ExtendJob) Kind() string { return "agenda.extend" }

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
	jobs.Handle(r, func(ctx context.Context, _ ExtendJob) error { return s.Extend(ctx) })
	jobs.Handle(r, func(ctx context.Context, _ SweepJob) error { _, err := s.Sweep(ctx); return err })
	jobs.Handle(r, func(ctx context.Context, _ PurgeJob) error { _, err := s.Purge(ctx); return err })
	jobs.Handle(r, s.RebuildMany)
	r.Every(SweepJob{}, jobs.Period(time.Minute))
	r.Every(ExtendJob{}, jobs.Daily(2*60+10))
	r.Every(PurgeJob{}, jobs.Daily(2*60+40))
}

// Extend rebuilds every point with shifts or future slots, a transaction for each, so that the horizon
// moves on and whatever differs from the rules is mended.
func (s *Service) Extend(ctx context.Context) error {
	var ids []string
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		withDuty, err := s.facilitators.PointsWithDuty(ctx, tx)
		if err != nil {
			return err
		}
		withSlots, err := db.New(tx).PointsWithSlots(ctx, today(tx))
		if err != nil {
			return fmt.Errorf("points with slots: %w", err)
		}
		ids = append(withDuty, withSlots...)
		return nil
	})
	if err != nil {
		return err
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if err := s.base.Update(ctx, func(tx *sqldb.Tx) error { return s.Rebuild(ctx, tx, id) }); err != nil {
			return fmt.Errorf("extend point %s: %w", id, err)
		}
	}
	return nil
}
