package imports

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"capillare/internal/audit"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/imports/internal/db"
	"capillare/internal/network"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// Service keeps the batches.
type Service struct {
	db      *sqldb.DB
	network *network.Service
	Deps
}

// Deps are the services whose things are imported.
type Deps struct {
	Territory    *territory.Service
	Orgs         *orgs.Service
	Funding      *funding.Service
	Points       *points.Service
	Facilitators *facilitators.Service
	// Keys seal tax codes while they wait; files with tax codes need them.
	Keys *sealed.Keys
}

// New returns a Service on db.
func New(base *sqldb.DB, d Deps) *Service {
	return &Service{db: base, network: network.New(base), Deps: d}
}

// payload is what the column of that name holds.
type payload struct {
	// Staged is there only while the batch waits.
	Staged *staged `json:"staged,omitempty"`
	Report Report  `json:"report"`
}

func (p payload) text() sqldb.RawJSON {
	b, err := json.Marshal(p)
	if err != nil {
		panic(fmt.Errorf("imports: texts and numbers can always be written: %w", err))
	}
	return sqldb.RawJSON(b)
}

// allow lets in who may import into the whole network: a file says nothing of whose rows it holds.
func allow(who identity.Actor) error { return who.Require(identity.RunImports, identity.Target{}) }

// Preview reads a file and says what it would change; nothing changes but the list of batches. It
// refuses a file that cannot be read as a whole; rows that are wrong are in the batch.
func (s *Service) Preview(ctx context.Context, who identity.Actor, kind, fileName string, r io.Reader) (Batch, error) {
	if err := allow(who); err != nil {
		return Batch{}, err
	}
	st, err := readFile(kind, fileName, r)
	if err != nil {
		return Batch{}, err
	}
	p, err := s.plan(ctx, who, kind, st)
	if err != nil {
		return Batch{}, err
	}
	p.report.Unused = st.unused
	now := s.db.Now()
	id := sqldb.NewID(now)
	if err := st.seal(s.Keys, id); err != nil {
		return Batch{}, err
	}
	waiting, gone := payload{Staged: st, Report: p.report}.text(), payload{}.text()
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		if err := q.DiscardOld(ctx, db.DiscardOldParams{Payload: gone, Before: sqldb.At(tx.Now.Add(-keepRows))}); err != nil {
			return err
		}
		if err := q.InsertBatch(ctx, db.InsertBatchParams{
			ID: id, Kind: kind, FileName: baseName(fileName), Payload: waiting, Added: p.added, Changed: p.changed,
			Unchanged: p.unchanged, Wrong: p.wrong, CreatedBy: sqldb.OptText(authorOf(who)), CreatedAt: sqldb.At(tx.Now),
		}); err != nil {
			return err
		}
		return note(ctx, tx, who, "imports.preview", id, map[string]any{"kind": kind, "rows": len(st.Rows), "wrong": p.wrong})
	})
	if err != nil {
		return Batch{}, fault("keep a preview", err)
	}
	return s.ByID(ctx, who, id)
}

// baseName is the name of the file without the folders of the sender.
func baseName(name string) string {
	const longest = 120
	name = path.Base(strings.ReplaceAll(strings.TrimSpace(name), `\`, "/"))
	if runes := []rune(name); len(runes) > longest {
		name = string(runes[len(runes)-longest:])
	}
	return strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", ""), "")
}

// attempts is how often Apply looks again when somebody changes the same things meanwhile.
const attempts = 4

// Apply does what the batch says, all or nothing, and returns it with what was really done: rows are
// checked again, and what somebody did meanwhile counts as unchanged. Applied again, it returns the
// first result. It refuses with ErrWrong when a row is wrong (now), and with ErrDiscarded.
func (s *Service) Apply(ctx context.Context, who identity.Actor, batchID string) (Batch, error) {
	if err := allow(who); err != nil {
		return Batch{}, err
	}
	var err error
	for range attempts {
		var done bool
		if done, err = s.tryApply(ctx, who, batchID); done {
			return s.ByID(ctx, who, batchID)
		}
		if kind := errs.Of(err); kind != errs.Conflict && kind != errs.Invalid || errors.Is(err, ErrWrong) || errors.Is(err, ErrDiscarded) {
			break
		}
	}
	return Batch{}, err
}

// tryApply plans and applies once. A refusal may come from what others did between the two.
func (s *Service) tryApply(ctx context.Context, who identity.Actor, batchID string) (done bool, err error) {
	batch, waiting, err := s.load(ctx, batchID)
	switch {
	case err != nil:
		return false, err
	case batch.State == Applied:
		return true, nil
	case batch.State == Discarded || waiting.Staged == nil:
		return false, ErrDiscarded
	}
	open := waiting.Staged.clone()
	if err := open.unseal(s.Keys, batchID); err != nil {
		return false, err
	}
	p, err := s.plan(ctx, who, batch.Kind, open)
	if err != nil {
		return false, err
	}
	p.report.Unused = waiting.Report.Unused
	if p.wrong > 0 {
		return false, s.refresh(ctx, batchID, payload{Staged: waiting.Staged, Report: p.report}, p)
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error { return s.apply(ctx, tx, who, batch, p) })
	return err == nil, fault("apply", err)
}

// apply claims the batch first: a rival with the same batch waits for it, and then finds it taken.
func (s *Service) apply(ctx context.Context, tx *sqldb.Tx, who identity.Actor, b Batch, p *plan) error {
	n, err := db.New(tx).FinishBatch(ctx, db.FinishBatchParams{
		ID: b.ID, Payload: payload{Report: p.report}.text(), Added: p.added, Changed: p.changed, Unchanged: p.unchanged,
		AppliedAt: sqldb.At(tx.Now),
	})
	if err != nil {
		return err
	}
	if n == 0 {
		return errMeanwhile
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

// refresh keeps what is wrong now, so that the page of the batch says it, and refuses.
func (s *Service) refresh(ctx context.Context, id string, with payload, p *plan) error {
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		return db.New(tx).RefreshBatch(ctx, db.RefreshBatchParams{
			ID: id, Payload: with.text(), Added: p.added, Changed: p.changed, Unchanged: p.unchanged, Wrong: p.wrong,
		})
	})
	if err != nil {
		return fault("keep what is wrong", err)
	}
	return ErrWrong.With(errs.Args{"n": p.wrong})
}

// Discard throws a batch away with its rows. It refuses with ErrNoBatch and ErrApplied.
func (s *Service) Discard(ctx context.Context, who identity.Actor, batchID string) error {
	if err := allow(who); err != nil {
		return err
	}
	return fault("discard", s.db.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		n, err := q.DiscardBatch(ctx, db.DiscardBatchParams{ID: batchID, Payload: payload{}.text()})
		if err != nil {
			return err
		}
		if n > 0 {
			return note(ctx, tx, who, "imports.discard", batchID, nil)
		}
		b, err := q.BatchByID(ctx, batchID)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return ErrNoBatch
		case err == nil && b.State == Applied:
			return ErrApplied
		}
		return err
	}))
}

// ByID returns a batch. It refuses with ErrNoBatch.
func (s *Service) ByID(ctx context.Context, who identity.Actor, id string) (Batch, error) {
	if err := allow(who); err != nil {
		return Batch{}, err
	}
	b, _, err := s.load(ctx, id)
	return b, err
}

// List returns the latest batches, the newest first, without their reports.
func (s *Service) List(ctx context.Context, who identity.Actor, max int) (list []Batch, err error) {
	if err := allow(who); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).ListBatches(ctx, int32(max))
		list = nil
		for _, r := range rows {
			list = append(list, Batch{
				ID: r.ID, Kind: r.Kind, FileName: r.FileName, State: r.State, Added: r.Added, Changed: r.Changed,
				Unchanged: r.Unchanged, Wrong: r.Wrong, CreatedBy: string(r.CreatedBy), CreatedAt: r.CreatedAt.Time, AppliedAt: r.AppliedAt.Time,
			})
		}
		return err
	})
	return list, fault("list", err)
}

func (s *Service) load(ctx context.Context, id string) (b Batch, p payload, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		r, err := db.New(tx).BatchByID(ctx, id)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNoBatch
		}
		if err != nil {
			return err
		}
		p = payload{}
		if err := json.Unmarshal([]byte(r.Payload), &p); err != nil {
			return fmt.Errorf("payload of batch %s: %w", id, err)
		}
		b = Batch{
			ID: r.ID, Kind: r.Kind, FileName: r.FileName, State: r.State, Added: r.Added, Changed: r.Changed,
			Unchanged: r.Unchanged, Wrong: r.Wrong, CreatedBy: string(r.CreatedBy), CreatedAt: r.CreatedAt.Time, AppliedAt: r.AppliedAt.Time,
			Report: p.Report,
		}
		return nil
	})
	return b, p, fault("read a batch", err)
}

func note(ctx context.Context, tx *sqldb.Tx, who identity.Actor, action, id string, detail any) error {
	return audit.Write(ctx, tx, who, audit.Entry{Action: action, Subject: "import", SubjectID: id, Detail: detail})
}

func fault(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("imports: %s: %w", doing, err)
}
