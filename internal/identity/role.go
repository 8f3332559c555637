package identity

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity/internal/db"
	"capillare/internal/sqldb"
)

// Holding is a role that an account holds in a scope, from a day to a day (it: incarico).
type Holding struct {
	ID, AccountID string
	Role          Role
	Scope         Scope
	// ScopeID is the id of the programme, body, project or point; empty for the network.
	ScopeID string
	// From is the first day; To the last, zero for no end. Days are those of Rome.
	From, To calendar.Day
}

// On reports whether the role holds on day d.
func (h Holding) On(d calendar.Day) bool {
	return !d.Before(h.From) && (h.To.IsZero() || !d.After(h.To))
}

// Holder is a Holding with the person, for the list of who may do what.
type Holder struct {
	Holding
	Name, Email string
}

// ScopesOf returns the scopes in which role makes sense, the usual one first.
func ScopesOf(role Role) []Scope {
	switch role {
	case Region:
		return []Scope{ScopeNetwork, ScopeProgramme}
	case ManagingBody:
		return []Scope{ScopeBody, ScopeProject}
	case DeliveringPartner:
		return []Scope{ScopeBody, ScopePoint}
	case Facilitator:
		return []Scope{ScopePoint, ScopeProject, ScopeBody}
	case Operator:
		return []Scope{ScopeNetwork, ScopeProgramme, ScopeBody, ScopeProject, ScopePoint}
	case Auditor:
		return []Scope{ScopeNetwork, ScopeProgramme, ScopeBody, ScopeProject}
	case Administrator:
		return []Scope{ScopeNetwork}
	}
	return nil
}

func (h Holding) check() error {
	var problems errs.Problems
	if !slices.Contains(Roles(), h.Role) {
		problems.Add("role", "identity.role")
	} else if !slices.Contains(ScopesOf(h.Role), h.Scope) || (h.Scope == ScopeNetwork) != (h.ScopeID == "") {
		problems.Add("scope", "identity.scope")
	}
	if !h.To.IsZero() && h.To.Before(h.From) {
		problems.Add("to", "identity.days_reversed")
	}
	return problems.Err()
}

// Granting is the fact that a role is about to be given. Whoever knows that its scope is no more refuses
// it with a problem of the field scope.
type Granting struct{ Holding }

// Grant gives h.AccountID a role and returns its id. A zero From is today. It needs ManageAccounts over
// the network, refuses with problems of the fields role, scope and to, and writes the audit. That the
// programme, body, project or point exists is for the caller to see to.
func (s *Service) Grant(ctx context.Context, who Actor, h Holding) (id string, err error) {
	if err := who.Require(ManageAccounts, Target{}); err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if _, err := accountByID(ctx, tx, h.AccountID); err != nil {
			return err
		}
		id, err = s.insertRole(ctx, tx, who, h)
		return err
	})
	return id, roleTwice(err)
}

func roleTwice(err error) error {
	if c, broken := sqldb.Broken(err); broken && c == "identity_role_once" {
		return errRoleTwice
	}
	return err
}

func (s *Service) insertRole(ctx context.Context, tx *sqldb.Tx, who Actor, h Holding) (string, error) {
	if h.From.IsZero() {
		h.From = calendar.DayOf(tx.Now)
	}
	if err := h.check(); err != nil {
		return "", err
	}
	if err := s.bus.Publish(ctx, tx, Granting{h}); err != nil {
		return "", err
	}
	id := sqldb.NewID(tx.Now)
	err := db.New(tx).InsertRole(ctx, db.InsertRoleParams{
		ID: id, AccountID: h.AccountID, Role: string(h.Role), Scope: string(h.Scope), ScopeID: h.ScopeID,
		FromDay: h.From, ToDay: h.To, GrantedBy: sqldb.OptText(who.AccountID),
	})
	if err != nil {
		return "", fmt.Errorf("grant: %w", err)
	}
	e := audit.Entry{Action: "identity.grant", Subject: "account", SubjectID: h.AccountID, Detail: h.detail(id)}
	return id, audit.Write(ctx, tx, who, e)
}

func (h Holding) detail(id string) map[string]string {
	return map[string]string{
		"id": id, "role": string(h.Role), "scope": string(h.Scope), "scope_id": h.ScopeID,
		"from": h.From.String(), "to": h.To.String(),
	}
}

// Revoke makes on the last day of a role; a zero on ends it now, and so does a day before today. It
// needs ManageAccounts over the network, refuses with ErrLastAdministrator and when the person is the last
// referent of a body that cannot be without one, and writes the audit.
func (s *Service) Revoke(ctx context.Context, who Actor, roleID string, on calendar.Day) error {
	if err := who.Require(ManageAccounts, Target{}); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		h, err := roleByID(ctx, tx, roleID)
		if err != nil {
			return err
		}
		h.To = on
		if err := s.keeping(ctx, tx, h.AccountID, func() error { return endRole(ctx, tx, &h) }); err != nil {
			return err
		}
		e := audit.Entry{Action: "identity.revoke", Subject: "account", SubjectID: h.AccountID, Detail: h.detail(roleID)}
		return audit.Write(ctx, tx, who, e)
	})
}

// endRole ends h on h.To, or yesterday when that is over already, so that today nothing is left of it.
// A role that would end before it began was never used: it goes.
func endRole(ctx context.Context, tx *sqldb.Tx, h *Holding) error {
	q, today := db.New(tx), calendar.DayOf(tx.Now)
	if h.To.IsZero() || h.To.Before(today) {
		h.To = today.AddDays(-1)
	}
	if h.To.Before(h.From) {
		return q.DeleteRole(ctx, h.ID)
	}
	return q.EndRole(ctx, db.EndRoleParams{ToDay: h.To, ID: h.ID})
}

func roleByID(ctx context.Context, tx *sqldb.Tx, id string) (Holding, error) {
	row, err := db.New(tx).RoleByID(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Holding{}, ErrNoRole
	}
	if err != nil {
		return Holding{}, fmt.Errorf("role: %w", err)
	}
	return holding(row), nil
}

// Extend gives a role that is not over another last day; a zero to is none. It needs ManageAccounts over
// the network, refuses with a problem of the field to, ErrLastAdministrator and like Revoke, and writes
// the audit.
func (s *Service) Extend(ctx context.Context, who Actor, roleID string, to calendar.Day) error {
	if err := who.Require(ManageAccounts, Target{}); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		h, err := roleByID(ctx, tx, roleID)
		if err != nil {
			return err
		}
		today := calendar.DayOf(tx.Now)
		if !h.To.IsZero() && h.To.Before(today) {
			return ErrRoleOver
		}
		if !to.IsZero() && (to.Before(today) || to.Before(h.From)) {
			return errs.Problems{{Field: "to", Key: "identity.days_reversed"}}.Err()
		}
		h.To = to
		err = s.keeping(ctx, tx, h.AccountID, func() error {
			return db.New(tx).EndRole(ctx, db.EndRoleParams{ToDay: h.To, ID: h.ID})
		})
		if err != nil {
			return err
		}
		e := audit.Entry{Action: "identity.extend", Subject: "account", SubjectID: h.AccountID, Detail: h.detail(roleID)}
		return audit.Write(ctx, tx, who, e)
	})
}

func holding(r db.IdentityRole) Holding {
	return Holding{
		ID: r.ID, AccountID: r.AccountID, Role: Role(r.Role), Scope: Scope(r.Scope), ScopeID: r.ScopeID,
		From: r.FromDay, To: r.ToDay,
	}
}

// RolesOf returns the roles of accounts, past and future ones too, by account. It needs ManageAccounts
// over the network, except for one's own.
func (s *Service) RolesOf(ctx context.Context, who Actor, accountIDs ...string) (map[string][]Holding, error) {
	if len(accountIDs) != 1 || who.AccountID == "" || accountIDs[0] != who.AccountID {
		if err := who.Require(ManageAccounts, Target{}); err != nil {
			return nil, err
		}
	}
	if len(accountIDs) == 0 {
		return map[string][]Holding{}, nil
	}
	list, err := json.Marshal(accountIDs)
	if err != nil {
		return nil, err
	}
	var roles map[string][]Holding
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		found, err := db.New(tx).RolesOfAccounts(ctx, string(list))
		roles = map[string][]Holding{}
		for _, r := range found {
			roles[r.AccountID] = append(roles[r.AccountID], holding(r))
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("roles of accounts: %w", err)
	}
	return roles, nil
}
