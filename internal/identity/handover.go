package identity

import (
	"context"
	"fmt"
	"slices"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity/internal/db"
	"capillare/internal/sqldb"
)

// Handover is that somebody leaves (it: passaggio di consegne): every role ends on Last, and another
// account may take each over from the day after.
type Handover struct {
	AccountID string
	Last      calendar.Day
	// To is the account that takes a role over, by id of the role; a role that is not in it just ends.
	To map[string]string
}

// HandOver ends every role of an account and gives each to whom h names, in one transaction. It needs
// ManageAccounts over the network, refuses a day before today, with ErrLastAdministrator and ErrHeirDisabled,
// and a body left without its last referent, and writes the audit.
func (s *Service) HandOver(ctx context.Context, who Actor, h Handover) error {
	if err := who.Require(ManageAccounts, Target{}); err != nil {
		return err
	}
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if h.Last.Before(calendar.DayOf(tx.Now)) {
			return errs.Problems{{Field: "last", Key: "identity.last_past"}}.Err()
		}
		if _, err := accountByID(ctx, tx, h.AccountID); err != nil {
			return err
		}
		roles, err := rolesAfter(ctx, tx, h.AccountID, h.Last)
		if err != nil {
			return err
		}
		err = s.keeping(ctx, tx, h.AccountID, func() error {
			for _, role := range roles {
				if err := s.passOn(ctx, tx, who, role, h); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, who, audit.Entry{
			Action: "identity.handover", Subject: "account", SubjectID: h.AccountID,
			Detail: map[string]any{"last": h.Last.String(), "roles": len(roles), "passed_on": len(h.To)},
		})
	})
	return roleTwice(err)
}

// rolesAfter are the roles of an account that would still hold after a day.
func rolesAfter(ctx context.Context, tx *sqldb.Tx, accountID string, last calendar.Day) ([]Holding, error) {
	rows, err := db.New(tx).RolesOfAccounts(ctx, sqldb.List([]string{accountID}))
	if err != nil {
		return nil, fmt.Errorf("roles of an account: %w", err)
	}
	var list []Holding
	for _, r := range rows {
		if h := holding(r); h.To.IsZero() || h.To.After(last) {
			list = append(list, h)
		}
	}
	return list, nil
}

func (s *Service) passOn(ctx context.Context, tx *sqldb.Tx, who Actor, role Holding, h Handover) error {
	if heir := h.To[role.ID]; heir != "" && heir != h.AccountID {
		account, err := accountByID(ctx, tx, heir)
		if err != nil {
			return err
		}
		if account.State != stateActive {
			return ErrHeirDisabled
		}
		next := role
		next.AccountID = heir
		if next.From = h.Last.AddDays(1); role.From.After(next.From) {
			next.From = role.From
		}
		if err := s.inherit(ctx, tx, who, next); err != nil {
			return err
		}
	}
	role.To = h.Last
	return endRole(ctx, tx, &role)
}

// inherit grants a role, unless the heir has the same one for as long already.
func (s *Service) inherit(ctx context.Context, tx *sqldb.Tx, who Actor, next Holding) error {
	rows, err := db.New(tx).RolesOfAccounts(ctx, sqldb.List([]string{next.AccountID}))
	if err != nil {
		return fmt.Errorf("roles of an account: %w", err)
	}
	same := func(r db.IdentityRole) bool {
		h := holding(r)
		return h.Role == next.Role && h.Scope == next.Scope && h.ScopeID == next.ScopeID && h.On(next.From) &&
			(h.To.IsZero() || !next.To.IsZero() && !h.To.Before(next.To))
	}
	if slices.ContainsFunc(rows, same) {
		return nil
	}
	_, err = s.insertRole(ctx, tx, who, next)
	return err
}

// EndRolesTx ends those roles of an account that which chooses on a day, in the caller's transaction: what
// follows when a person leaves in another package, which has asked who may do that. It refuses like
// HandOver.
func (s *Service) EndRolesTx(ctx context.Context, tx *sqldb.Tx, who Actor, accountID string, last calendar.Day, which func(Holding) bool) error {
	roles, err := rolesAfter(ctx, tx, accountID, last)
	if err != nil {
		return err
	}
	return s.keeping(ctx, tx, accountID, func() error {
		for _, h := range roles {
			if !which(h) {
				continue
			}
			h.To = last
			if err := endRole(ctx, tx, &h); err != nil {
				return err
			}
			e := audit.Entry{Action: "identity.revoke", Subject: "account", SubjectID: accountID, Detail: h.detail(h.ID)}
			if err := audit.Write(ctx, tx, who, e); err != nil {
				return err
			}
		}
		return nil
	})
}
