package imports

import (
	"context"
	"errors"
	"slices"
	"time"

	"capillare/internal/identity"
	"capillare/internal/imports/internal/db"
	"capillare/internal/jobs"
	"capillare/internal/sqldb"
)

// The work that this package leaves for later.
type (
	// CheckJob looks at the rows of a batch.
	CheckJob struct{ BatchID, AccountID string }
	// ApplyJob applies a batch.
	ApplyJob struct{ BatchID, AccountID string }
	// FollowJob makes the bookable times of some points follow their new shifts.
	FollowJob struct{ PointIDs []string }
	// ReviveJob begins again the work of a program that died.
	ReviveJob struct{}
	// TidyJob throws away what nobody came back for.
	TidyJob struct{}
)

// Kind names the job in the queue.
func (CheckJob) Kind() string { return "imports.check" }

// Kind names the job in the queue.
func (ApplyJob) Kind() string { return "imports.apply" }

// Kind names the job in the queue.
func (FollowJob) Kind() string { return "imports.follow" }

// Kind names the job in the queue.
func (ReviveJob) Kind() string { return "imports.revive" }

// Kind names the job in the queue.
func (TidyJob) Kind() string { return "imports.tidy" }

// Handle gives the runner the work of this package and when to do it.
func (s *Service) Handle(r *jobs.Runner) {
	jobs.Handle(r, s.check)
	jobs.Handle(r, s.applyLater)
	jobs.Handle(r, s.follow)
	jobs.Handle(r, func(ctx context.Context, _ ReviveJob) error { return s.revive(ctx) })
	jobs.Handle(r, func(ctx context.Context, _ TidyJob) error { return s.Tidy(ctx) })
	r.Every(TidyJob{}, jobs.Daily(3*60+40))
}

func (s *Service) actor(ctx context.Context, accountID string) (identity.Actor, error) {
	if accountID == "" || s.Actor == nil {
		return identity.System("imports"), nil
	}
	return s.Deps.Actor(ctx, accountID)
}

// enqueue leaves one kind of work on a batch for later, once. Each kind has its own key: work that was
// stopped before it began still waits, and must not keep the other kind out.
func enqueue(ctx context.Context, tx *sqldb.Tx, job jobs.Job, batchID string) error {
	return jobs.Enqueue(ctx, tx, job, jobs.Options{UniqueKey: job.Kind() + ":" + batchID})
}

func (s *Service) check(ctx context.Context, job CheckJob) error {
	return s.work(ctx, job.BatchID, Checking, func(who identity.Actor) error {
		_, err := s.checked(ctx, who, job.BatchID)
		return err
	}, job.AccountID)
}

func (s *Service) applyLater(ctx context.Context, job ApplyJob) error {
	return s.work(ctx, job.BatchID, Applying, func(who identity.Actor) error { return s.applied(ctx, who, job.BatchID) }, job.AccountID)
}

// work does the work of a job when it is still to be done. A refusal is kept where its sender looks, not
// in the queue: trying again would give the same answer.
func (s *Service) work(ctx context.Context, id, state string, do func(identity.Actor) error, accountID string) error {
	b, _, err := s.load(ctx, id)
	if errors.Is(err, ErrNoBatch) || err == nil && b.State != state {
		return nil
	}
	if err != nil {
		return err
	}
	who, err := s.actor(ctx, accountID)
	if err == nil {
		err = allow(who)
	}
	if err == nil {
		err = do(who)
	}
	if _, refused := refusalOf(err); refused || errors.Is(err, errStopped) {
		_, err = s.stop(ctx, id, state, map[string]string{Checking: Stopped, Applying: Previewed}[state])
	}
	return err
}

// follow rebuilds point after point, each in a transaction of its own.
func (s *Service) follow(ctx context.Context, job FollowJob) error {
	if s.Rebuild == nil {
		return nil
	}
	for _, id := range job.PointIDs {
		if err := s.db.Update(ctx, func(tx *sqldb.Tx) error { return s.Rebuild(ctx, tx, id) }); err != nil {
			return fault("bookable times of a point", err)
		}
	}
	return nil
}

// pointsAtOnce is how many points one FollowJob rebuilds.
const pointsAtOnce = 25

func (s *Service) followLater(ctx context.Context, tx *sqldb.Tx, pointIDs []string) error {
	for some := range slices.Chunk(pointIDs, pointsAtOnce) {
		if err := jobs.Enqueue(ctx, tx, FollowJob{PointIDs: some}); err != nil {
			return err
		}
	}
	return nil
}

// silence is how long work on a batch may say nothing before it counts as dead.
const silence = 20 * time.Second

// Wake sees to it that work cut off by a stop of the program goes on soon: the queue by itself would
// give it to another worker only minutes later. Call it when the program starts.
func (s *Service) Wake(ctx context.Context) error {
	return fault("wake", s.db.Update(ctx, func(tx *sqldb.Tx) error {
		return jobs.Enqueue(ctx, tx, ReviveJob{}, jobs.Options{At: tx.Now.Add(silence), UniqueKey: "imports.revive"})
	}))
}

func (s *Service) revive(ctx context.Context) error {
	return fault("revive", s.db.Update(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).StaleBatches(ctx, sqldb.At(tx.Now.Add(-silence)))
		if err != nil {
			return err
		}
		for _, r := range rows {
			var job jobs.Job = CheckJob{BatchID: r.ID, AccountID: string(r.CreatedBy)}
			if r.State == Applying {
				job = ApplyJob{BatchID: r.ID, AccountID: string(r.CreatedBy)}
			}
			if err := enqueue(ctx, tx, job, r.ID); err != nil {
				return err
			}
		}
		return nil
	}))
}

// Tidy throws away the batches that nobody applied in time, with their rows.
func (s *Service) Tidy(ctx context.Context) error {
	days := usualKeepDays
	if s.KeepDays != nil {
		var err error
		if days, err = s.KeepDays(ctx); err != nil {
			return fault("tidy", err)
		}
	}
	return fault("tidy", s.db.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		ids, err := q.OldBatches(ctx, sqldb.At(tx.Now.AddDate(0, 0, -days)))
		if err != nil {
			return err
		}
		for _, id := range ids {
			if _, err := q.DiscardBatch(ctx, db.DiscardBatchParams{ID: id, Payload: text(payload{})}); err != nil {
				return err
			}
			if err := q.DeleteParts(ctx, id); err != nil {
				return err
			}
			if err := note(ctx, tx, identity.System("imports"), "imports.discard", id, nil); err != nil {
				return err
			}
		}
		return nil
	}))
}
