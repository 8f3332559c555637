package imports

import (
	"context"
	"slices"
	"time"

	"capillare/internal/identity"
	"capillare/internal/imports/internal/db"
	"capillare/internal/sqldb"
)

// begin takes a batch into a phase of work. It refuses with ErrNoBatch, ErrDiscarded, ErrApplied and
// ErrWorking when it is in none of the states from.
func (s *Service) begin(ctx context.Context, id, state string, from ...string) error {
	return fault("begin", s.db.Update(ctx, func(tx *sqldb.Tx) error { return beginTx(ctx, tx, id, state, from) }))
}

func beginTx(ctx context.Context, tx *sqldb.Tx, id, state string, from []string) error {
	n, err := db.New(tx).BeginPhase(ctx, db.BeginPhaseParams{ID: id, State: state, At: sqldb.At(tx.Now), FromStates: sqldb.List(from)})
	if err != nil || n > 0 {
		return err
	}
	return whyNot(ctx, tx, id)
}

// whyNot says why a batch could not be taken.
func whyNot(ctx context.Context, tx *sqldb.Tx, id string) error {
	b, _, err := batchTx(ctx, tx, id)
	switch {
	case err != nil:
		return err
	case b.State == Applied:
		return ErrApplied
	case b.State == Discarded:
		return ErrDiscarded
	}
	return ErrWorking
}

// checkSoon looks at a batch at once when it is small, by a job otherwise. A sender who goes away meanwhile
// would leave a batch at work with nobody working on it: so it goes on without them.
func (s *Service) checkSoon(ctx context.Context, who identity.Actor, id string, rows int, from ...string) (Batch, error) {
	ctx = context.WithoutCancel(ctx)
	if rows <= atOnce {
		if err := s.begin(ctx, id, Checking, from...); err != nil {
			return Batch{}, err
		}
		return s.checked(ctx, who, id)
	}
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if err := beginTx(ctx, tx, id, Checking, from); err != nil {
			return err
		}
		return enqueue(ctx, tx, CheckJob{BatchID: id, AccountID: who.AccountID}, id)
	})
	if err != nil {
		return Batch{}, fault("begin", err)
	}
	return s.ByID(ctx, who, id)
}

// checked looks at every row of a batch in the state Checking and keeps what it finds.
func (s *Service) checked(ctx context.Context, who identity.Actor, id string) (Batch, error) {
	batch, waiting, err := s.load(ctx, id)
	if err != nil {
		return Batch{}, err
	}
	p, err := s.look(ctx, who, batch, waiting)
	if err != nil {
		if _, refused := refusalOf(err); refused {
			if _, stop := s.stop(context.WithoutCancel(ctx), id, Checking, Stopped); stop != nil {
				return Batch{}, stop
			}
		}
		return Batch{}, err
	}
	if err := s.keep(ctx, id, *waiting.Head, p); err != nil {
		return Batch{}, err
	}
	return s.ByID(ctx, who, id)
}

// look plans a batch, and writes down how far it is.
func (s *Service) look(ctx context.Context, who identity.Actor, b Batch, waiting payload) (*plan, error) {
	if waiting.Head == nil {
		return nil, ErrDiscarded
	}
	meter := &meter{service: s, id: b.ID, state: b.State, told: s.db.Now()}
	tell := func(done int) error { return meter.tell(ctx, done) }
	p, err := s.plan(ctx, who, b.Kind, source{head: *waiting.Head, rows: s.partsOf(b.ID).all(ctx, *waiting.Head, tell)})
	if err != nil {
		return nil, err
	}
	p.sort()
	return p, nil
}

// sort puts what was found in the order of the rows: some kinds are looked at in two rounds.
func (p *plan) sort() {
	byRow := func(a, b RowProblem) int { return a.Row - b.Row }
	slices.SortStableFunc(p.kept, byRow)
	slices.SortStableFunc(p.report.Warnings, byRow)
	p.report.Problems = p.kept[:min(len(p.kept), maxProblems)]
}

// keep writes what was found beside the rows, and gives the batch to who decides.
func (s *Service) keep(ctx context.Context, id string, h head, p *plan) error {
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := db.New(tx).CheckedBatch(ctx, db.CheckedBatchParams{
			ID: id, Payload: text(payload{Head: &h, Report: p.report}), Added: p.added, Changed: p.changed, Unchanged: p.unchanged,
			Wrong: p.wrong, Total: p.rows, FromStates: sqldb.List([]string{Checking, Applying}),
		})
		if err != nil {
			return err
		}
		if n == 0 {
			return errStopped
		}
		return s.partsOf(id).mark(ctx, tx, h, p.kept)
	})
	return fault("keep what is wrong", err)
}

// tellEvery is how often work on a batch writes down how far it is, and learns whether to stop.
const tellEvery = 400 * time.Millisecond

// meter writes down how far the work on a batch is.
type meter struct {
	service   *Service
	id, state string
	told      time.Time
}

// tell returns errStopped when the batch is not in its state any more.
func (m *meter) tell(ctx context.Context, done int) error {
	if m.service.db.Now().Sub(m.told) < tellEvery {
		return nil
	}
	return m.service.db.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := db.New(tx).TouchBatch(ctx, db.TouchBatchParams{ID: m.id, Done: done, At: sqldb.At(tx.Now), State: m.state})
		if err == nil && n == 0 {
			err = errStopped
		}
		m.told = tx.Now
		return err
	})
}
