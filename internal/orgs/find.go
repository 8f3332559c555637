package orgs

import (
	"context"
	"slices"
	"strings"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/orgs/internal/db"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// Filter chooses bodies. The zero Filter is the first of all those in force.
type Filter struct {
	// Search is part of the name, in any writing, or a whole IPA code or tax code.
	Search string
	// Kind is one of Kinds, or empty for all.
	Kind string
	// Role is one of RoleNames, held today; empty for all.
	Role string
	// Province is where the seat is today, by code ("076") or letters ("PZ").
	Province string
	// Ended includes those that are no more; OnlyEnded leaves out the others.
	Ended, OnlyEnded bool
	// Only keeps these ids; nil does not narrow.
	Only []string
	// Also are bodies that the person meets elsewhere, for example as partners of its points.
	Also []string
	// Max is how many at most, 0 for 100; Page counts from 0.
	Max, Page int
}

const pageSize = 100

// List is Find without how many there are.
func (s *Service) List(ctx context.Context, who identity.Actor, f Filter) ([]Body, error) {
	found, _, err := s.Find(ctx, who, f)
	return found, err
}

// Find returns a page of the bodies that who may see, by name, and how many there are in all. A role that
// reaches only some bodies sees those and f.Also. A body that became part of another is left out.
func (s *Service) Find(ctx context.Context, who identity.Actor, f Filter) (found []Body, total int, err error) {
	if !who.Can(identity.SeeBodies) {
		return nil, 0, identity.ErrForbidden
	}
	var towns []string
	if f.Province != "" {
		if towns, err = s.territory.CodesIn(ctx, f.Province); err != nil {
			return nil, 0, fault("list", err)
		}
	}
	if f.Max <= 0 {
		f.Max = pageSize
	}
	what := f.params(who.Reach(identity.SeeBodies))
	what.Belfiore = sqldb.List(towns)
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		what.Today = calendar.DayOf(tx.Now)
		n, err := q.CountList(ctx, what)
		if err != nil {
			return err
		}
		rows, err := q.ListBodies(ctx, db.ListBodiesParams{
			Everywhere: what.Everywhere, Ids: what.Ids, AnyKind: what.AnyKind, Kind: what.Kind,
			AnyName: what.AnyName, Pattern: what.Pattern, Code: what.Code, AnyPlace: what.AnyPlace, Belfiore: what.Belfiore,
			AnyBody: what.AnyBody, Chosen: what.Chosen, AnyRole: what.AnyRole, Role: what.Role,
			WithLiving: what.WithLiving, WithEnded: what.WithEnded, Today: what.Today,
			Max: int32(f.Max), Skip: int32(max(0, f.Page) * f.Max),
		})
		found, total = found[:0], int(n)
		for _, r := range rows {
			found = append(found, fromRow(r))
		}
		return err
	})
	return found, total, fault("list", err)
}

func (f Filter) params(reach identity.Reach) db.CountListParams {
	search := territory.Fold(f.Search)
	return db.CountListParams{
		Everywhere: reach.All, Ids: sqldb.List(slices.Concat(reach.Bodies, f.Also)),
		AnyKind: f.Kind == "", Kind: f.Kind,
		AnyName: search == "", Pattern: "%" + search + "%", Code: sqldb.OptText(strings.ToLower(strings.TrimSpace(f.Search))),
		AnyPlace: f.Province == "", AnyBody: f.Only == nil, Chosen: sqldb.List(f.Only),
		AnyRole: f.Role == "", Role: f.Role,
		WithLiving: !f.OnlyEnded, WithEnded: f.Ended || f.OnlyEnded,
	}
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
	return fromRow(db.ListBodiesRow(rows[0])), nil
}

// Twins returns the bodies that have the name, IPA code or tax code of b, also those that are no more:
// perhaps b is there already.
func (s *Service) Twins(ctx context.Context, who identity.Actor, b Body) ([]Body, error) {
	if !who.Can(identity.EditBodies) {
		return nil, identity.ErrForbidden
	}
	var found []Body
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).Twins(ctx, db.TwinsParams{
			ID: b.ID, Search: territory.Fold(b.Name),
			IpaCode: sqldb.OptText(strings.ToLower(b.IPACode)), TaxCode: sqldb.OptText(b.TaxCode),
		})
		found = found[:0]
		for _, r := range rows {
			found = append(found, fromRow(db.ListBodiesRow(r)))
		}
		return err
	})
	return found, fault("twins", err)
}

// Ended returns those of ids that are no more on the day of the transaction: nothing new may be given
// to them.
func Ended(ctx context.Context, tx *sqldb.Tx, ids ...string) ([]string, error) {
	found, err := byIDs(ctx, tx, ids)
	var out []string
	for _, id := range ids {
		if b, ok := found[id]; ok && !b.InForce(calendar.DayOf(tx.Now)) {
			out = append(out, id)
		}
	}
	return out, fault("ended", err)
}

// History returns what was done to a body that who may see, the newest first.
func (s *Service) History(ctx context.Context, who identity.Actor, id string) (rows []audit.Row, err error) {
	if err := who.Require(identity.SeeBodies, identity.Target{Bodies: []string{id}}); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err = audit.List(ctx, tx, audit.Filter{Subject: "body", SubjectID: id})
		return err
	})
	return rows, fault("history", err)
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
		b := fromRow(db.ListBodiesRow{
			ID: r.ID, Name: r.Name, ShortName: r.ShortName, Kind: r.Kind, IpaCode: r.IpaCode, TaxCode: r.TaxCode,
			Belfiore: r.Belfiore, Email: r.Email, Pec: r.Pec, Phone: r.Phone, EndedOn: r.EndedOn, Version: r.Version,
		})
		b.MergedInto = string(r.IntoID)
		found[r.ID] = b
	}
	return found, err
}

func fromRow(r db.ListBodiesRow) Body {
	return Body{
		ID: r.ID, Name: r.Name, ShortName: r.ShortName, Kind: r.Kind,
		IPACode: string(r.IpaCode), TaxCode: string(r.TaxCode), Belfiore: string(r.Belfiore),
		Email: r.Email, PEC: r.Pec, Phone: r.Phone, EndedOn: r.EndedOn, Version: r.Version,
	}
}
