package app

import (
	"context"

	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// What followed a body into another, or a person's other record: roles, and the account left behind.
const (
	whatRole    = "identity.role"
	whatAccount = "identity.account"
)

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
		return a.Identity.EndRolesTx(ctx, tx, f.Who, f.AccountID, f.Last, func(h identity.Holding) bool { return h.Role == identity.Facilitator })
	})
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, f facilitators.Stopping) error {
		if f.AccountID == "" {
			return nil
		}
		return a.Identity.EndRolesTx(ctx, tx, f.Who, f.AccountID, f.Last, func(h identity.Holding) bool {
			return h.Role == identity.Facilitator && h.Scope == identity.ScopePoint && h.ScopeID == f.PointID
		})
	})
	jobs.Subscribe(bus, a.joinAccounts)
	jobs.Subscribe(bus, a.partAccounts)
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, g identity.Granting) error {
		if g.Scope != identity.ScopeBody {
			return nil
		}
		ended, err := orgs.Ended(ctx, tx, g.ScopeID)
		if err == nil && len(ended) > 0 {
			err = errs.Problems{{Field: "scope", Key: "identity.body_ended"}}.Err()
		}
		return err
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

// joinAccounts leaves one account to a person who had two: it gets the facilitator's roles of the other,
// with which nobody signs in any more unless it has other roles.
func (a *App) joinAccounts(ctx context.Context, tx *sqldb.Tx, m facilitators.Merged) error {
	if m.OtherAccount == "" {
		return nil
	}
	roles, disabled, err := a.Identity.JoinAccountsTx(ctx, tx, m.Who, m.OtherAccount, m.KeptAccount, identity.Facilitator)
	m.Moved(whatRole, roles...)
	if disabled {
		m.Moved(whatAccount, m.OtherAccount)
	}
	return err
}

func (a *App) partAccounts(ctx context.Context, tx *sqldb.Tx, u facilitators.MergeUndone) error {
	if u.OtherAccount == "" {
		return nil
	}
	back, err := a.Identity.GiveRolesTx(ctx, tx, u.Of(whatRole), u.KeptAccount, u.OtherAccount)
	if err != nil {
		return err
	}
	u.Back(whatRole, back)
	for _, id := range u.Of(whatAccount) {
		if err := a.Identity.EnableTx(ctx, tx, u.Who, id); err != nil {
			return err
		}
	}
	u.Back(whatAccount, u.Of(whatAccount))
	return nil
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
