package identity

import (
	"context"
	"fmt"

	"capillare/internal/identity/internal/db"
	"capillare/internal/sqldb"
)

// MoveScopeTx makes the roles held in from be held in into, two things of one kind that become one, in
// the transaction that joins them. It returns the roles moved; one that the account has in into already,
// from the same day, stays behind.
func (s *Service) MoveScopeTx(ctx context.Context, tx *sqldb.Tx, scope Scope, from, into string) ([]string, error) {
	q := db.New(tx)
	roles, err := q.RolesInScope(ctx, db.RolesInScopeParams{Scope: string(scope), ScopeID: from})
	if err != nil {
		return nil, fmt.Errorf("move roles: %w", err)
	}
	ids := make([]string, len(roles))
	for i, r := range roles {
		ids[i] = r.ID
	}
	return s.MoveRolesTx(ctx, tx, ids, from, into)
}

// MoveRolesTx makes those of the roles ids that are held in from be held in into, and returns which they
// were: it also takes MoveScopeTx back.
func (s *Service) MoveRolesTx(ctx context.Context, tx *sqldb.Tx, ids []string, from, into string) ([]string, error) {
	q := db.New(tx)
	roles, err := q.RolesByIDs(ctx, sqldb.List(ids))
	if err != nil {
		return nil, fmt.Errorf("move roles: %w", err)
	}
	var moved []string
	for _, r := range roles {
		if r.ScopeID != from {
			continue
		}
		there, err := q.RolesInScope(ctx, db.RolesInScopeParams{Scope: r.Scope, ScopeID: into})
		if err != nil {
			return nil, fmt.Errorf("move roles: %w", err)
		}
		if has(there, r) {
			continue
		}
		if err := q.SetScope(ctx, db.SetScopeParams{ID: r.ID, ScopeID: into}); err != nil {
			return nil, fmt.Errorf("move roles: %w", err)
		}
		moved = append(moved, r.ID)
	}
	return moved, nil
}

// has reports whether the account of r has its role from the same day among list: the database allows one.
func has(list []db.IdentityRole, r db.IdentityRole) bool {
	for _, one := range list {
		if one.AccountID == r.AccountID && one.Role == r.Role && one.FromDay == r.FromDay {
			return true
		}
	}
	return false
}
