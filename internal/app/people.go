package app

import (
	"context"

	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// whatRole names the roles that followed a body into another.
const whatRole = "identity.role"

// followPeople makes access follow what happens elsewhere: a person leaves, a body becomes part of
// another; and keeps a referent for every body that runs open points.
func (a *App) followPeople(bus *jobs.Bus) {
	a.Facilitators.Subscribe(bus)
	a.Register.Subscribe(bus)
	jobs.Subscribe(bus, a.keepReferent)
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, f facilitators.Leaving) error {
		if f.AccountID == "" {
			return nil
		}
		return a.Identity.EndRolesTx(ctx, tx, f.Who, f.AccountID, f.Last, identity.Facilitator)
	})
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, m orgs.Merged) error {
		ids, err := a.Identity.MoveScopeTx(ctx, tx, identity.ScopeBody, m.From, m.Into)
		m.Moved(whatRole, ids...)
		return err
	})
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, u orgs.MergeUndone) error {
		back, err := a.Identity.MoveRolesTx(ctx, tx, u.Of(whatRole), u.Into, u.From)
		u.Back(whatRole, back)
		return err
	})
}

// keepReferent refuses to leave a body that runs open points without anybody to answer for them.
func (a *App) keepReferent(ctx context.Context, tx *sqldb.Tx, gone identity.ReferentGone) error {
	referent := identity.Actor{Grants: []identity.Grant{{Role: identity.ManagingBody, Scope: identity.ScopeBody, ScopeID: gone.BodyID}}}
	own, err := a.Points.VisibleTx(ctx, tx, referent, identity.SeePoints)
	if err != nil {
		return err
	}
	found, err := a.Points.ByIDsTx(ctx, tx, own.IDs)
	if err != nil {
		return err
	}
	for _, p := range found {
		if p.ManagingBodyID == gone.BodyID && p.State == points.StateOpen {
			return identity.ErrLastReferent
		}
	}
	return nil
}
