package orgs

import (
	"context"
	"fmt"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/orgs/internal/db"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// Service keeps the bodies.
type Service struct {
	db        *sqldb.DB
	territory *territory.Service
}

// New returns a Service on db.
func New(db *sqldb.DB, places *territory.Service) *Service {
	return &Service{db: db, territory: places}
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

// Edit changes the details of b.ID. It refuses as Add does, and with ErrNotHere.
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
	n, err := db.New(tx).UpdateBody(ctx, db.UpdateBodyParams{
		ID: b.ID, Name: b.Name, ShortName: b.ShortName, Search: territory.Fold(b.Name), Kind: b.Kind,
		IpaCode: sqldb.OptText(b.IPACode), TaxCode: sqldb.OptText(b.TaxCode), Belfiore: sqldb.OptText(b.Belfiore),
		Email: b.Email, Pec: b.PEC, Phone: b.Phone,
	})
	if err != nil {
		return fault("edit", taken(err))
	}
	if n == 0 {
		return ErrNotHere
	}
	return note(ctx, tx, who, "orgs.edit", b.ID, nil)
}

// End says that a body is no more from a day on. It refuses with ErrNotHere and ErrEnded.
func (s *Service) End(ctx context.Context, who identity.Actor, id string, on calendar.Day) error {
	if err := who.Require(identity.EditBodies, identity.Target{Bodies: []string{id}}); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error { return s.EndTx(ctx, tx, who, id, on) })
}

// EndTx is End within the transaction of the caller.
func (s *Service) EndTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, id string, on calendar.Day) error {
	if err := who.Require(identity.EditBodies, identity.Target{Bodies: []string{id}}); err != nil {
		return err
	}
	if on.IsZero() {
		on = calendar.DayOf(tx.Now)
	}
	found, err := byIDs(ctx, tx, []string{id})
	if err != nil {
		return err
	}
	b, ok := found[id]
	switch {
	case !ok:
		return ErrNotHere
	case !b.EndedOn.IsZero():
		return ErrEnded
	}
	if _, err := db.New(tx).EndBody(ctx, db.EndBodyParams{ID: id, EndedOn: on}); err != nil {
		return fault("end", err)
	}
	return note(ctx, tx, who, "orgs.end", id, map[string]any{"on": on})
}

// AddRole gives a body a role. It refuses with fields.
func (s *Service) AddRole(ctx context.Context, who identity.Actor, bodyID string, r Role) error {
	if err := who.Require(identity.EditBodies, identity.Target{Bodies: []string{bodyID}}); err != nil {
		return err
	}
	if err := checkRoles([]Role{r}); err != nil {
		return err
	}
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error { return s.AddRoleTx(ctx, tx, who, bodyID, r) })
	if c, ok := sqldb.Broken(err); ok && c == sqldb.ForeignKey {
		return ErrNotHere
	}
	return err
}

// AddRoleTx is AddRole within the transaction of the caller, for a body that is there.
func (s *Service) AddRoleTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, bodyID string, r Role) error {
	if err := who.Require(identity.EditBodies, identity.Target{Bodies: []string{bodyID}}); err != nil {
		return err
	}
	if err := checkRoles([]Role{r}); err != nil {
		return err
	}
	if err := insertRole(ctx, db.New(tx), bodyID, r); err != nil {
		return err
	}
	return note(ctx, tx, who, "orgs.role", bodyID, map[string]any{"role": r.Name, "from": r.From, "to": r.To})
}

// Roles returns the roles of bodies, by body, the oldest first.
func (s *Service) Roles(ctx context.Context, bodyIDs []string) (map[string][]Role, error) {
	found := map[string][]Role{}
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).RolesOf(ctx, sqldb.List(bodyIDs))
		for _, r := range rows {
			found[r.BodyID] = append(found[r.BodyID], Role{Name: r.Role, From: r.FromDay, To: r.ToDay})
		}
		return err
	})
	return found, fault("roles", err)
}

func insertRole(ctx context.Context, q *db.Queries, bodyID string, r Role) error {
	err := q.InsertRole(ctx, db.InsertRoleParams{BodyID: bodyID, Role: r.Name, FromDay: r.From, ToDay: r.To})
	return fault("add role", taken(err))
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
