package orgs

import (
	"context"
	"fmt"

	"capillare/internal/audit"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/orgs/internal/db"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// Service keeps the bodies.
type Service struct {
	db        *sqldb.DB
	bus       *jobs.Bus
	territory *territory.Service
}

// New returns a Service on db.
func New(db *sqldb.DB, places *territory.Service) *Service {
	return &Service{db: db, territory: places}
}

// Telling returns a Service like s that publishes its facts on bus.
func (s *Service) Telling(bus *jobs.Bus) *Service {
	told := *s
	told.bus = bus
	return &told
}

// Add adds a body with its roles and returns its id. It refuses with fields when something typed is
// wrong or belongs to another body in force.
func (s *Service) Add(ctx context.Context, who identity.Actor, b Body, roles ...Role) (id string, err error) {
	b, err = s.Check(ctx, b)
	if err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		id, err = s.AddTx(ctx, tx, who, b, roles...)
		return err
	})
	return id, err
}

// Check returns b as Add would keep it, or refuses with fields. Whether names and codes are free is
// known only when it is added.
func (s *Service) Check(ctx context.Context, b Body) (Body, error) { return s.normal(ctx, b) }

// AddTx is Add within the transaction of the caller, for a body that Check returned.
func (s *Service) AddTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, b Body, roles ...Role) (string, error) {
	if err := who.Require(identity.EditBodies, identity.Target{}); err != nil {
		return "", err
	}
	if err := checkRoles(roles); err != nil {
		return "", err
	}
	q, id := db.New(tx), sqldb.NewID(tx.Now)
	err := q.InsertBody(ctx, db.InsertBodyParams{
		ID: id, Name: b.Name, ShortName: b.ShortName, Search: territory.Fold(b.Name), Kind: b.Kind,
		IpaCode: sqldb.OptText(b.IPACode), TaxCode: sqldb.OptText(b.TaxCode), Belfiore: sqldb.OptText(b.Belfiore),
		Email: b.Email, Pec: b.PEC, Phone: b.Phone, CreatedAt: sqldb.At(tx.Now),
	})
	if err != nil {
		return "", fault("add", taken(err))
	}
	for _, r := range roles {
		if err := insertRole(ctx, q, id, r); err != nil {
			return "", err
		}
	}
	return id, note(ctx, tx, who, "orgs.add", id, map[string]any{"kind": b.Kind, "roles": len(roles)})
}

// Edit changes the details of b.ID. It refuses as Add does, with ErrNotHere and ErrMerged, and with
// ErrChanged when b.Version is not the latest.
func (s *Service) Edit(ctx context.Context, who identity.Actor, b Body) error {
	if err := who.Require(identity.EditBodies, identity.Target{Bodies: []string{b.ID}}); err != nil {
		return err
	}
	b, err := s.normal(ctx, b)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error { return s.EditTx(ctx, tx, who, b) })
}

// EditTx is Edit within the transaction of the caller, for a body that Check returned.
func (s *Service) EditTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, b Body) error {
	if err := who.Require(identity.EditBodies, identity.Target{Bodies: []string{b.ID}}); err != nil {
		return err
	}
	found, err := byIDs(ctx, tx, []string{b.ID})
	if err != nil {
		return fault("edit", err)
	}
	old, ok := found[b.ID]
	switch {
	case !ok:
		return ErrNotHere
	case old.MergedInto != "":
		return ErrMerged
	}
	b.EndedOn = old.EndedOn
	changes := audit.Compare(old, b)
	switch {
	case len(changes.Changes) == 0:
		return nil
	case b.Version != old.Version:
		return ErrChanged
	}
	if err := update(ctx, db.New(tx), b); err != nil {
		return err
	}
	return note(ctx, tx, who, "orgs.edit", b.ID, changes)
}

func update(ctx context.Context, q *db.Queries, b Body) error {
	_, err := q.UpdateBody(ctx, db.UpdateBodyParams{
		ID: b.ID, Name: b.Name, ShortName: b.ShortName, Search: territory.Fold(b.Name), Kind: b.Kind,
		IpaCode: sqldb.OptText(b.IPACode), TaxCode: sqldb.OptText(b.TaxCode), Belfiore: sqldb.OptText(b.Belfiore),
		Email: b.Email, Pec: b.PEC, Phone: b.Phone,
	})
	return fault("edit", taken(err))
}

func note(ctx context.Context, tx *sqldb.Tx, who identity.Actor, action, id string, detail any) error {
	return audit.Write(ctx, tx, who, audit.Entry{Action: action, Subject: "body", SubjectID: id, BodyID: id, Detail: detail})
}

func fault(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("orgs: %s: %w", doing, err)
}
