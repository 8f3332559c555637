package identity

import (
	"context"
	"fmt"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/identity/internal/db"
	"capillare/internal/sqldb"
)

// WithAccess returns the names of those who hold a role over a body today, each once: whoever ends a
// body must know whom that concerns. It needs EditBodies over the body.
func (s *Service) WithAccess(ctx context.Context, who Actor, bodyID string) ([]string, error) {
	if err := who.Require(EditBodies, Target{Bodies: []string{bodyID}}); err != nil {
		return nil, err
	}
	var names []string
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).EveryRole(ctx, db.EveryRoleParams{AnyRole: true, Scopes: sqldb.List([]string{string(ScopeBody) + ":" + bodyID})})
		names = names[:0]
		for _, r := range rows {
			if r.State == stateActive && (Holding{From: r.FromDay, To: r.ToDay}).On(calendar.DayOf(tx.Now)) {
				names = append(names, r.Name)
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("who has access: %w", err)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
