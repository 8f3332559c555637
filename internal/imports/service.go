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
	// Actor tells a job on whose authority it works; nil is needed by nobody who sends small files.
	Actor func(ctx context.Context, accountID string) (identity.Actor, error)
	// KeepDays tells for how long the rows of a batch that nobody applies are kept; nil means a week.
	KeepDays func(ctx context.Context) (int, error)
	// Rebuild makes the bookable times of a point follow its shifts; nil when nobody keeps such times.
	Rebuild func(ctx context.Context, tx *sqldb.Tx, pointID string) error
}

// New returns a Service on db.
func New(base *sqldb.DB, d Deps) *Service {
	return &Service{db: base, network: network.New(base), Deps: d}
}

// payload is what the column of that name holds.
type payload struct {
	// Head is there only while the rows wait.
	Head   *head  `json:"head,omitempty"`
	Report Report `json:"report"`
}

// allow lets in who may import into the whole network: a file says nothing of whose rows it holds.
func allow(who identity.Actor) error { return who.Require(identity.RunImports, identity.Target{}) }

// Preview reads a file and says what it would change; nothing changes but the list of batches. It
// refuses a file that cannot be read as a whole; rows that are wrong are in the batch. It answers when
// all is looked at, however long the file: for the command line. Pages call [Service.Receive].
func (s *Service) Preview(ctx context.Context, who identity.Actor, kind, fileName string, r io.Reader) (Batch, error) {
	id, _, err := s.stage(ctx, who, kind, fileName, r)
	if err != nil {
		return Batch{}, err
	}
	if err := s.begin(ctx, id, Checking, Staging); err != nil {
		return Batch{}, err
	}
	b, err := s.checked(ctx, who, id)
	return b, s.forget(ctx, id, err)
}

// forget takes a new batch away when the file is refused as a whole: that is said to who sent it, and
// the batch would only repeat it.
func (s *Service) forget(ctx context.Context, id string, err error) error {
	if _, refused := refusalOf(err); refused {
		return errors.Join(err, s.remove(context.WithoutCancel(ctx), id))
	}
	return err
}

func (s *Service) remove(ctx context.Context, id string) error {
	return fault("remove", s.db.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		if err := q.DeleteParts(ctx, id); err != nil {
			return err
		}
		return q.DeleteBatch(ctx, id)
	}))
}

// Receive is Preview for a page: a large file is looked at by a job, and the batch that it returns is
// still [Checking].
func (s *Service) Receive(ctx context.Context, who identity.Actor, kind, fileName string, r io.Reader) (Batch, error) {
	id, rows, err := s.stage(ctx, who, kind, fileName, r)
	if err != nil {
		return Batch{}, err
	}
	b, err := s.checkSoon(ctx, who, id, rows, Staging)
	return b, s.forget(ctx, id, err)
}

// stage takes a file in, and returns the id of the batch and the number of rows. A file whose sender
// goes away halfway leaves nothing that anybody must clear up.
func (s *Service) stage(ctx context.Context, who identity.Actor, kind, fileName string, r io.Reader) (id string, rows int, err error) {
	if err := allow(who); err != nil {
		return "", 0, err
	}
	st, err := readFile(kind, fileName, r)
	if err != nil {
		return "", 0, err
	}
	id = sqldb.NewID(s.db.Now())
	st.head.Starts = startsOf(st.rows)
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if err := db.New(tx).InsertBatch(ctx, db.InsertBatchParams{
			ID: id, Kind: kind, FileName: baseName(fileName), Payload: text(payload{Head: &st.head}), Total: len(st.rows),
			CreatedBy: sqldb.OptText(authorOf(who)), CreatedAt: sqldb.At(tx.Now),
		}); err != nil {
			return err
		}
		return note(ctx, tx, who, "imports.preview", id, map[string]any{"kind": kind, "rows": len(st.rows)})
	})
	if err != nil {
		return "", 0, fault("keep a file", err)
	}
	if err := s.partsOf(id).put(ctx, st.head.Columns, st.rows); err != nil {
		return "", 0, errors.Join(err, s.remove(context.WithoutCancel(ctx), id))
	}
	return id, len(st.rows), nil
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

// Discard throws a batch away with its rows. It refuses with ErrNoBatch, ErrApplied and ErrWorking.
func (s *Service) Discard(ctx context.Context, who identity.Actor, batchID string) error {
	if err := allow(who); err != nil {
		return err
	}
	return fault("discard", s.db.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		n, err := q.DiscardBatch(ctx, db.DiscardBatchParams{ID: batchID, Payload: text(payload{})})
		if err != nil {
			return err
		}
		if n > 0 {
			if err := q.DeleteParts(ctx, batchID); err != nil {
				return err
			}
			return note(ctx, tx, who, "imports.discard", batchID, nil)
		}
		b, err := q.BatchByID(ctx, batchID)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return ErrNoBatch
		case err == nil && b.State == Applied:
			return ErrApplied
		case err == nil && b.State == Applying:
			return ErrWorking
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
				Total: r.Total, Done: r.Done, PhaseAt: r.PhaseAt.Time, TouchedAt: r.TouchedAt.Time,
			})
		}
		return err
	})
	return list, fault("list", err)
}

func (s *Service) load(ctx context.Context, id string) (b Batch, p payload, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		b, p, err = batchTx(ctx, tx, id)
		return err
	})
	return b, p, fault("read a batch", err)
}

func batchTx(ctx context.Context, tx *sqldb.Tx, id string) (Batch, payload, error) {
	r, err := db.New(tx).BatchByID(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Batch{}, payload{}, ErrNoBatch
	}
	if err != nil {
		return Batch{}, payload{}, err
	}
	var p payload
	if err := json.Unmarshal([]byte(r.Payload), &p); err != nil {
		return Batch{}, payload{}, fmt.Errorf("payload of batch %s: %w", id, err)
	}
	return Batch{
		ID: r.ID, Kind: r.Kind, FileName: r.FileName, State: r.State, Added: r.Added, Changed: r.Changed,
		Unchanged: r.Unchanged, Wrong: r.Wrong, CreatedBy: string(r.CreatedBy), CreatedAt: r.CreatedAt.Time, AppliedAt: r.AppliedAt.Time,
		Total: r.Total, Done: r.Done, PhaseAt: r.PhaseAt.Time, TouchedAt: r.TouchedAt.Time, Report: p.Report,
	}, p, nil
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
