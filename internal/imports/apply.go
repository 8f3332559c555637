package imports

import (
	"context"
	"errors"

	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/imports/internal/db"
	"capillare/internal/sqldb"
)

// attempts is how often Apply looks again when somebody changes the same things meanwhile.
const attempts = 4

// Apply does what the batch says, all or nothing, and returns it with what was really done: rows are
// checked again, and what somebody did meanwhile counts as unchanged. Applied again, it returns the
// first result. It refuses with ErrWrong when a row is wrong (now), and with ErrDiscarded.
func (s *Service) Apply(ctx context.Context, who identity.Actor, batchID string) (Batch, error) {
	if err := allow(who); err != nil {
		return Batch{}, err
	}
	err := s.begin(ctx, batchID, Applying, Previewed, Applying)
	if err == nil {
		err = s.applied(ctx, who, batchID)
	}
	if err != nil && !errors.Is(err, ErrApplied) {
		return Batch{}, err
	}
	return s.ByID(ctx, who, batchID)
}

// Publish is Apply for a page: a large batch is applied by a job, and is still [Applying] when it is
// returned.
func (s *Service) Publish(ctx context.Context, who identity.Actor, batchID string) (Batch, error) {
	b, err := s.ByID(ctx, who, batchID)
	if err != nil || b.Total <= atOnce {
		if err != nil {
			return Batch{}, err
		}
		// Begun, it is done, even if who asked for it goes away: nobody else would end it.
		return s.Apply(context.WithoutCancel(ctx), who, batchID)
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if err := beginTx(ctx, tx, batchID, Applying, []string{Previewed}); err != nil {
			return err
		}
		return enqueue(ctx, tx, ApplyJob{BatchID: batchID, AccountID: who.AccountID}, batchID)
	})
	if err != nil && !errors.Is(err, ErrApplied) && !errors.Is(err, ErrWorking) {
		return Batch{}, fault("begin", err)
	}
	return s.ByID(ctx, who, batchID)
}

// applied tries to apply a batch in the state Applying, and gives it back when that is refused.
func (s *Service) applied(ctx context.Context, who identity.Actor, batchID string) error {
	var err error
	for range attempts {
		var done bool
		if done, err = s.tryApply(ctx, who, batchID); done {
			return nil
		}
		if kind := errs.Of(err); kind != errs.Conflict && kind != errs.Invalid || errors.Is(err, ErrWrong) || errors.Is(err, ErrDiscarded) {
			break
		}
	}
	if _, refused := refusalOf(err); refused && !errors.Is(err, ErrWrong) {
		if _, stop := s.stop(context.WithoutCancel(ctx), batchID, Applying, Previewed); stop != nil {
			return stop
		}
	}
	return err
}

// tryApply plans and applies once. A refusal may come from what others did between the two.
func (s *Service) tryApply(ctx context.Context, who identity.Actor, batchID string) (done bool, err error) {
	batch, waiting, err := s.load(ctx, batchID)
	switch {
	case err != nil:
		return false, err
	case batch.State == Applied:
		return true, nil
	case batch.State == Discarded || waiting.Head == nil:
		return false, ErrDiscarded
	}
	batch.State = Applying
	p, err := s.look(ctx, who, batch, waiting)
	if errors.Is(err, errStopped) || errors.Is(err, ErrDiscarded) {
		// A rival may have applied the batch meanwhile, and its rows are gone.
		return false, errMeanwhile
	}
	if err != nil {
		return false, err
	}
	if p.wrong > 0 {
		if err := s.keep(ctx, batchID, *waiting.Head, p); err != nil && !errors.Is(err, errStopped) {
			return false, err
		}
		return false, ErrWrong.With(errs.Args{"n": p.wrong})
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error { return s.publish(ctx, tx, who, batch, p) })
	return err == nil, fault("apply", err)
}

// publish claims the batch first: a rival with the same batch waits for it, and then finds it taken; a
// batch that was stopped is not there to be claimed.
func (s *Service) publish(ctx context.Context, tx *sqldb.Tx, who identity.Actor, b Batch, p *plan) error {
	q := db.New(tx)
	n, err := q.FinishBatch(ctx, db.FinishBatchParams{
		ID: b.ID, Payload: text(payload{Report: p.report.lasting(b.Kind)}), Added: p.added, Changed: p.changed, Unchanged: p.unchanged,
		AppliedAt: sqldb.At(tx.Now),
	})
	if err != nil {
		return err
	}
	if n == 0 {
		return errMeanwhile
	}
	if err := q.DeleteParts(ctx, b.ID); err != nil {
		return err
	}
	at := &run{who: who, bodies: map[string]string{}}
	for _, do := range p.steps {
		if err := do(ctx, tx, at); err != nil {
			return err
		}
	}
	return note(ctx, tx, who, "imports.apply", b.ID,
		map[string]any{"kind": b.Kind, "added": p.added, "changed": p.changed, "unchanged": p.unchanged, "bodies": len(p.report.Bodies)})
}

// lasting is what stays of a report once its batch is applied: nothing that only who decided had to see, and
// nothing about persons, who may want to be forgotten.
func (r Report) lasting(kind string) Report {
	r.Problems, r.Warnings, r.Unused = nil, nil, nil
	if kind == Facilitators || kind == Duties {
		r.Sample = nil
	}
	return r
}

// Stop ends the work on a batch: looking at it can be resumed, and a batch that was not applied yet
// waits again as it was. It reports false when there was no work to stop, for instance because it had
// just been done.
func (s *Service) Stop(ctx context.Context, who identity.Actor, batchID string) (stopped bool, err error) {
	if err := allow(who); err != nil {
		return false, err
	}
	if stopped, err = s.stop(ctx, batchID, Checking, Stopped); err != nil || stopped {
		return stopped, err
	}
	return s.stop(ctx, batchID, Applying, Previewed)
}

func (s *Service) stop(ctx context.Context, id, from, to string) (stopped bool, err error) {
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := db.New(tx).StopBatch(ctx, db.StopBatchParams{ID: id, FromState: from, State: to})
		stopped = n > 0
		return err
	})
	return stopped, fault("stop", err)
}

// Resume looks again at a batch whose check was stopped.
func (s *Service) Resume(ctx context.Context, who identity.Actor, batchID string) (Batch, error) {
	b, err := s.ByID(ctx, who, batchID)
	if err != nil {
		return Batch{}, err
	}
	return s.checkSoon(ctx, who, batchID, b.Total, Stopped, Previewed)
}
