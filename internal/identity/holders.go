package identity

import (
	"context"
	"fmt"

	"capillare/internal/calendar"
	"capillare/internal/identity/internal/db"
	"capillare/internal/sqldb"
)

// HolderFilter chooses who may do what today.
type HolderFilter struct {
	// Role is empty for all.
	Role Role
	// Max is how many at most, 0 is 50; Skip is how many to leave out before.
	Max, Skip int
}

// Holders returns the roles held today by people who can sign in, and how many there are in all. It
// needs ManageAccounts over the network.
func (s *Service) Holders(ctx context.Context, who Actor, f HolderFilter) (list []Holder, total int, err error) {
	if err := who.Require(ManageAccounts, Target{}); err != nil {
		return nil, 0, err
	}
	if f.Max <= 0 {
		f.Max = 50
	}
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		q, day := db.New(tx), calendar.DayOf(tx.Now)
		n, err := q.CountHolders(ctx, db.CountHoldersParams{AnyRole: f.Role == "", Role: string(f.Role), Day: day})
		if err != nil {
			return err
		}
		found, err := q.Holders(ctx, db.HoldersParams{
			AnyRole: f.Role == "", Role: string(f.Role), Day: day, Max: int32(f.Max), Skip: int32(f.Skip),
		})
		total, list = int(n), make([]Holder, len(found))
		for i, r := range found {
			list[i] = Holder{Name: r.Name, Email: r.Email, Holding: Holding{
				ID: r.ID, AccountID: r.AccountID, Role: Role(r.Role), Scope: Scope(r.Scope), ScopeID: r.ScopeID,
				From: r.FromDay, To: r.ToDay,
			}}
		}
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("list who may do what: %w", err)
	}
	return list, total, nil
}
