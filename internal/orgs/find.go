package orgs

import (
	"context"
	"database/sql"
	"errors"

	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/orgs/internal/db"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// Filter chooses bodies. The zero Filter is the first of all those in force.
type Filter struct {
	// Search is part of the name, in any writing.
	Search string
	// Kind is one of Kinds, or empty for all.
	Kind string
	// Ended includes those that are no more.
	Ended bool
	// Max is how many at most; 0 is 100.
	Max int
	// After is the id of the last body already shown.
	After string
}

const pageSize = 100

// List returns the bodies that who may see, by name. A role that reaches only some bodies sees those;
// the partners that share its points are known to package points.
func (s *Service) List(ctx context.Context, who identity.Actor, f Filter) ([]Body, error) {
	if !who.Can(identity.SeeBodies) {
		return nil, identity.ErrForbidden
	}
	reach := who.Reach(identity.SeeBodies)
	if f.Max <= 0 {
		f.Max = pageSize
	}
	search := territory.Fold(f.Search)
	var found []Body
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		q, after := db.New(tx), ""
		if f.After != "" {
			var err error
			after, err = q.SearchOf(ctx, f.After)
			if errors.Is(err, sql.ErrNoRows) {
				found = nil
				return nil
			}
			if err != nil {
				return err
			}
		}
		rows, err := q.ListBodies(ctx, db.ListBodiesParams{
			Everywhere: reach.All, Ids: sqldb.List(reach.Bodies),
			AnyKind: f.Kind == "", Kind: f.Kind,
			AnyName: search == "", Pattern: "%" + search + "%", WithEnded: f.Ended,
			FromStart: f.After == "", AfterSearch: after, AfterID: f.After, Max: int32(f.Max),
		})
		found = found[:0]
		for _, r := range rows {
			found = append(found, fromRow(db.BodiesByIDsRow(r)))
		}
		return err
	})
	return found, fault("list", err)
}

// ByID returns a body that who may see. It refuses with identity.ErrForbidden and ErrNotHere.
func (s *Service) ByID(ctx context.Context, who identity.Actor, id string) (Body, error) {
	if err := who.Require(identity.SeeBodies, identity.Target{Bodies: []string{id}}); err != nil {
		return Body{}, err
	}
	found, err := s.ByIDs(ctx, []string{id})
	if err != nil {
		return Body{}, err
	}
	b, ok := found[id]
	if !ok {
		return Body{}, ErrNotHere
	}
	return b, nil
}

// ByIDs returns bodies by id, for pages that name them; unknown ids are left out. Names of bodies are
// public, so it asks for no actor.
func (s *Service) ByIDs(ctx context.Context, ids []string) (found map[string]Body, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		found, err = byIDs(ctx, tx, ids)
		return err
	})
	return found, fault("by ids", err)
}

// ByIDsTx is ByIDs within the transaction of the caller.
func (s *Service) ByIDsTx(ctx context.Context, tx *sqldb.Tx, ids []string) (map[string]Body, error) {
	found, err := byIDs(ctx, tx, ids)
	return found, fault("by ids", err)
}

// FindByName returns the body in force whose name is name, however it is written (case, accents,
// signs). It refuses with ErrNotHere.
func (s *Service) FindByName(ctx context.Context, tx *sqldb.Tx, name string) (Body, error) {
	rows, err := db.New(tx).BodiesBySearch(ctx, territory.Fold(name))
	if err != nil {
		return Body{}, fault("find", err)
	}
	if len(rows) == 0 {
		return Body{}, ErrNotHere
	}
	return fromRow(db.BodiesByIDsRow(rows[0])), nil
}

// Count returns how many bodies are in force.
func (s *Service) Count(ctx context.Context) (n int, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		count, err := db.New(tx).CountBodies(ctx)
		n = int(count)
		return err
	})
	return n, fault("count", err)
}

func byIDs(ctx context.Context, tx *sqldb.Tx, ids []string) (map[string]Body, error) {
	found := make(map[string]Body, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := db.New(tx).BodiesByIDs(ctx, sqldb.List(ids))
	for _, r := range rows {
		found[r.ID] = fromRow(r)
	}
	return found, err
}

func fromRow(r db.BodiesByIDsRow) Body {
	return Body{
		ID: r.ID, Name: r.Name, ShortName: r.ShortName, Kind: r.Kind,
		IPACode: string(r.IpaCode), TaxCode: string(r.TaxCode), Belfiore: string(r.Belfiore),
		Email: r.Email, PEC: r.Pec, Phone: r.Phone, EndedOn: calendar.Day(r.EndedOn),
	}
}
