package register

import (
	"context"
	"fmt"
	"slices"

	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// ownFacilitator returns the id of the facilitator that who is, "" when who is none.
func (s *Service) ownFacilitator(ctx context.Context, who identity.Actor) (string, error) {
	if who.AccountID == "" {
		return "", nil
	}
	f, err := s.Facilitators.ByAccount(ctx, who.AccountID)
	if errs.Of(err) == errs.NotFound {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("register: facilitator of the account: %w", err)
	}
	return f.ID, nil
}

// forOthers reports whether who holds p over target by a role other than facilitator: a facilitator
// acts only as oneself, a managing body for all its people.
func forOthers(who identity.Actor, p identity.Permission, target identity.Target) bool {
	others := who
	others.Grants = slices.DeleteFunc(slices.Clone(who.Grants), func(g identity.Grant) bool {
		return g.Role == identity.Facilitator
	})
	return others.Require(p, target) == nil
}

// reach is the points over which a permission holds, as queries want them.
type reach struct {
	every  bool
	points string
}

func (s *Service) reach(ctx context.Context, who identity.Actor, p identity.Permission) (reach, error) {
	if !who.Can(p) {
		return reach{}, identity.ErrForbidden
	}
	v, err := s.Points.Visible(ctx, who, p)
	if err != nil {
		return reach{}, fmt.Errorf("register: points in reach: %w", err)
	}
	return reach{every: v.All, points: sqldb.List(v.IDs)}, nil
}

// ids returns the non-empty members of a set, in order.
func ids(set map[string]bool) []string {
	var out []string
	for id := range set {
		if id != "" {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}
