package agenda

import (
	"context"
	"fmt"
	"slices"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/jobs"
	"capillare/internal/kinds"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// RebuildJob asks for [Service.Rebuild] of several points, each in a transaction of its own: a closure of
// the network would keep everybody waiting in one.
type RebuildJob struct {
	PointIDs []string `json:"point_ids"`
}

// Kind names the job in the queue.
func (RebuildJob) Kind() string { return "agenda.rebuild" }

// pointsTogether is how many points one job rebuilds, so that a job that fails repeats little.
const pointsTogether = 200

// followMany rebuilds at once what is small, and leaves the rest to jobs: bookable times follow within
// seconds.
func (s *Service) followMany(ctx context.Context, tx *sqldb.Tx, f points.ManyChanged) error {
	if len(f.PointIDs) == 1 {
		return s.Rebuild(ctx, tx, f.PointIDs[0])
	}
	for ids := f.PointIDs; len(ids) > 0; ids = ids[min(pointsTogether, len(ids)):] {
		if err := jobs.Enqueue(ctx, tx, RebuildJob{PointIDs: ids[:min(pointsTogether, len(ids))]}); err != nil {
			return err
		}
	}
	return nil
}

// pointsAtOnce is how many points are rebuilt in the transaction of a change of their kinds.
const pointsAtOnce = 10

// followKind rebuilds the points where a kind is offered, or was.
func (s *Service) followKind(ctx context.Context, tx *sqldb.Tx, f kinds.Changed) error {
	ids, err := s.facilitators.PointsOfKind(ctx, tx, f.KindID)
	if err != nil {
		return err
	}
	with, err := db.New(tx).PointsWithKind(ctx, db.PointsWithKindParams{KindID: sqldb.OptText(f.KindID), Today: today(tx)})
	if err != nil {
		return fmt.Errorf("points with times of a kind: %w", err)
	}
	ids = append(ids, with...)
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) <= pointsAtOnce {
		return s.rebuild(ctx, tx, ids)
	}
	return s.followMany(ctx, tx, points.ManyChanged{PointIDs: ids})
}

// RebuildMany does what a RebuildJob asks.
func (s *Service) RebuildMany(ctx context.Context, job RebuildJob) error {
	for _, id := range job.PointIDs {
		if err := s.base.Update(ctx, func(tx *sqldb.Tx) error { return s.Rebuild(ctx, tx, id) }); err != nil {
			return fmt.Errorf("rebuild point %s: %w", id, err)
		}
	}
	return nil
}
