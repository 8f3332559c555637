package identity

import (
	"context"
	"fmt"

	"capillare/internal/calendar"
	"capillare/internal/identity/internal/db"
	"capillare/internal/sqldb"
)

// ReferentGone is the fact that a body would be without a referent (a managing_body role over it) from a
// day on, or earlier than before. Whoever knows what the body still runs refuses it with ErrLastReferent.
type ReferentGone struct {
	BodyID string
	From   calendar.Day
}

// keeping makes a change of one account's roles or state and refuses it when it brings forward the day
// from which the network has no administrator, or a body no referent. Both are read before and after in
// the transaction of the change, so that of two rivals who leave at once the second is refused.
func (s *Service) keeping(ctx context.Context, tx *sqldb.Tx, accountID string, change func() error) error {
	bodies, err := referredBodies(ctx, tx, accountID)
	if err != nil {
		return err
	}
	before, err := readCover(ctx, tx, bodies)
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	after, err := readCover(ctx, tx, bodies)
	if err != nil {
		return err
	}
	if sooner(after.administrators, before.administrators) {
		return ErrLastAdministrator
	}
	for _, id := range bodies {
		if !sooner(after.referents[id], before.referents[id]) {
			continue
		}
		if err := s.bus.Publish(ctx, tx, ReferentGone{BodyID: id, From: after.referents[id]}); err != nil {
			return err
		}
	}
	return nil
}

// referredBodies are those of which the account is, or will be, a referent.
func referredBodies(ctx context.Context, tx *sqldb.Tx, accountID string) ([]string, error) {
	rows, err := db.New(tx).RolesOfAccounts(ctx, sqldb.List([]string{accountID}))
	if err != nil {
		return nil, fmt.Errorf("roles of an account: %w", err)
	}
	today := calendar.DayOf(tx.Now)
	var ids []string
	seen := map[string]bool{}
	for _, r := range rows {
		over := !r.ToDay.IsZero() && r.ToDay.Before(today)
		if Role(r.Role) == ManagingBody && Scope(r.Scope) == ScopeBody && !over && !seen[r.ScopeID] {
			seen[r.ScopeID] = true
			ids = append(ids, r.ScopeID)
		}
	}
	return ids, nil
}

// cover is the first day without an administrator, and without a referent by body; zero is never.
type cover struct {
	administrators calendar.Day
	referents      map[string]calendar.Day
}

func readCover(ctx context.Context, tx *sqldb.Tx, bodies []string) (cover, error) {
	q, today := db.New(tx), calendar.DayOf(tx.Now)
	c := cover{referents: map[string]calendar.Day{}}
	found, err := q.AdministratorsToCome(ctx, today)
	if err != nil {
		return c, fmt.Errorf("look for administrators: %w", err)
	}
	held := make([]Holding, len(found))
	for i, r := range found {
		held[i] = Holding{From: r.FromDay, To: r.ToDay}
	}
	c.administrators = firstWithout(held, today)
	for _, id := range bodies {
		rows, err := q.Referents(ctx, db.ReferentsParams{BodyID: id, Day: today})
		if err != nil {
			return c, fmt.Errorf("look for referents: %w", err)
		}
		held := make([]Holding, len(rows))
		for i, r := range rows {
			held[i] = Holding{From: r.FromDay, To: r.ToDay}
		}
		c.referents[id] = firstWithout(held, today)
	}
	return c, nil
}

// firstWithout returns the first day from today on which none of the roles, ordered by their first day,
// is held; zero when there is always one.
func firstWithout(roles []Holding, today calendar.Day) calendar.Day {
	day := today
	for _, h := range roles {
		if h.From.After(day) {
			return day
		}
		if h.To.IsZero() {
			return calendar.Day{}
		}
		if !h.To.Before(day) {
			day = h.To.AddDays(1)
		}
	}
	return day
}

// sooner reports whether a comes before b, where zero is never.
func sooner(a, b calendar.Day) bool { return !a.IsZero() && (b.IsZero() || a.Before(b)) }
