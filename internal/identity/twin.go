package identity

import (
	"context"
	"fmt"
	"slices"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/identity/internal/db"
	"capillare/internal/sqldb"
)

// JoinAccountsTx makes into take over the roles of some kinds that from holds, two accounts of one person,
// in the caller's transaction. from is disabled when no other role is left to it: an administrator who
// signs in with it as such keeps it. It returns the roles moved and whether from was disabled; one that
// into has already, from the same day, stays behind.
func (s *Service) JoinAccountsTx(ctx context.Context, tx *sqldb.Tx, who Actor, from, into string, kinds ...Role) (moved []string, disabled bool, err error) {
	roles, err := rolesAfter(ctx, tx, from, calendar.DayOf(tx.Now).AddDays(-1))
	if err != nil {
		return nil, false, err
	}
	var ids []string
	others := false
	for _, h := range roles {
		if slices.Contains(kinds, h.Role) {
			ids = append(ids, h.ID)
		} else {
			others = true
		}
	}
	if moved, err = s.GiveRolesTx(ctx, tx, ids, from, into); err != nil {
		return nil, false, err
	}
	account, err := accountByID(ctx, tx, from)
	if err != nil {
		return nil, false, err
	}
	if disabled = !others && account.State == stateActive; disabled {
		if err := s.setStateTx(ctx, tx, who, from, stateDisabled); err != nil {
			return nil, false, err
		}
	}
	return moved, disabled, audit.Write(ctx, tx, who, audit.Entry{
		Action: "identity.joined", Subject: "account", SubjectID: into, Detail: map[string]any{"from": from, "roles": len(moved)},
	})
}

// GiveRolesTx makes those of the roles ids that from holds be held by into, and returns which they were:
// it also takes JoinAccountsTx back. The caller has asked who may do that.
func (s *Service) GiveRolesTx(ctx context.Context, tx *sqldb.Tx, ids []string, from, into string) ([]string, error) {
	q := db.New(tx)
	roles, err := q.RolesByIDs(ctx, sqldb.List(ids))
	if err != nil {
		return nil, fmt.Errorf("give roles: %w", err)
	}
	there, err := q.RolesOfAccounts(ctx, sqldb.List([]string{into}))
	if err != nil {
		return nil, fmt.Errorf("give roles: %w", err)
	}
	var given []string
	for _, r := range roles {
		twice := slices.ContainsFunc(there, func(o db.IdentityRole) bool {
			return o.Role == r.Role && o.Scope == r.Scope && o.ScopeID == r.ScopeID && o.FromDay == r.FromDay
		})
		if r.AccountID != from || twice {
			continue
		}
		if err := q.SetRoleAccount(ctx, db.SetRoleAccountParams{ID: r.ID, AccountID: into}); err != nil {
			return nil, fmt.Errorf("give roles: %w", err)
		}
		given = append(given, r.ID)
	}
	return given, nil
}

// EnableTx lets an account that JoinAccountsTx disabled sign in again, in the caller's transaction.
func (s *Service) EnableTx(ctx context.Context, tx *sqldb.Tx, who Actor, accountID string) error {
	return s.setStateTx(ctx, tx, who, accountID, stateActive)
}
