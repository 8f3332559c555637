package orgs

import (
	"context"
	"errors"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/orgs/internal/db"
	"capillare/internal/sqldb"
)

// End says that a body is no more from a day on, today or before. It refuses with fields, ErrNotHere and
// ErrEnded, and as whoever still needs the body refuses (fact [Ending]).
func (s *Service) End(ctx context.Context, who identity.Actor, id string, on calendar.Day) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error { return s.EndTx(ctx, tx, who, id, on) })
}

// EndTx is End within the transaction of the caller.
func (s *Service) EndTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, id string, on calendar.Day) error {
	if err := who.Require(identity.EditBodies, identity.Target{Bodies: []string{id}}); err != nil {
		return err
	}
	if on.IsZero() {
		on = calendar.DayOf(tx.Now)
	}
	if on.After(calendar.DayOf(tx.Now)) {
		return errs.Problems{{Field: "on", Key: "orgs.end_future"}}.Err()
	}
	old, err := living(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := s.bus.Publish(ctx, tx, Ending{BodyID: id, On: on}); err != nil {
		return err
	}
	if _, err := db.New(tx).EndBody(ctx, db.EndBodyParams{ID: id, EndedOn: on}); err != nil {
		return fault("end", err)
	}
	gone := old
	gone.EndedOn = on
	return note(ctx, tx, who, "orgs.end", id, audit.Compare(old, gone))
}

// living returns a body that has not ended, or ErrNotHere, ErrMerged, ErrEnded.
func living(ctx context.Context, tx *sqldb.Tx, id string) (Body, error) {
	found, err := byIDs(ctx, tx, []string{id})
	if err != nil {
		return Body{}, fault("read", err)
	}
	b, ok := found[id]
	switch {
	case !ok:
		return Body{}, ErrNotHere
	case b.MergedInto != "":
		return Body{}, ErrMerged
	case !b.EndedOn.IsZero():
		return Body{}, ErrEnded
	}
	return b, nil
}

// Reopen takes back the end of a body. It refuses with ErrNotHere, ErrNotEnded, with ErrMerged for one
// that became part of another, and with fields when its name or a code belongs to another body by now.
func (s *Service) Reopen(ctx context.Context, who identity.Actor, id string) error {
	if err := who.Require(identity.EditBodies, identity.Target{Bodies: []string{id}}); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		found, err := byIDs(ctx, tx, []string{id})
		if err != nil {
			return fault("reopen", err)
		}
		old, ok := found[id]
		switch {
		case !ok:
			return ErrNotHere
		case old.MergedInto != "":
			return ErrMerged
		case old.EndedOn.IsZero():
			return ErrNotEnded
		}
		if _, err := db.New(tx).ReopenBody(ctx, id); err != nil {
			return fault("reopen", taken(err))
		}
		again := old
		again.EndedOn = calendar.Day{}
		return note(ctx, tx, who, "orgs.reopen", id, audit.Compare(old, again))
	})
}

// AddRole gives a body a role. It refuses with fields, ErrNotHere and ErrEnded.
func (s *Service) AddRole(ctx context.Context, who identity.Actor, bodyID string, r Role) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error { return s.AddRoleTx(ctx, tx, who, bodyID, r) })
}

// AddRoleTx is AddRole within the transaction of the caller.
func (s *Service) AddRoleTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, bodyID string, r Role) error {
	if err := who.Require(identity.EditBodies, identity.Target{Bodies: []string{bodyID}}); err != nil {
		return err
	}
	if err := checkRoles([]Role{r}); err != nil {
		return err
	}
	if _, err := living(ctx, tx, bodyID); err != nil {
		return err
	}
	if err := insertRole(ctx, db.New(tx), bodyID, r); err != nil {
		return err
	}
	return note(ctx, tx, who, "orgs.role", bodyID, roleChanges(Role{}, r))
}

// EndRole makes on the last day of a role. It refuses with fields, ErrNotHere, ErrNoRole and
// ErrMerged.
func (s *Service) EndRole(ctx context.Context, who identity.Actor, bodyID string, r Role, on calendar.Day) error {
	if err := who.Require(identity.EditBodies, identity.Target{Bodies: []string{bodyID}}); err != nil {
		return err
	}
	var problems errs.Problems
	if on.IsZero() {
		problems.Add("on", "orgs.role_end")
	} else if on.Before(r.From) {
		problems.Add("on", "orgs.role_days")
	}
	if err := problems.Err(); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		// A body that has ended may still be told when its roles did.
		if _, err := living(ctx, tx, bodyID); err != nil && !errors.Is(err, ErrEnded) {
			return err
		}
		n, err := db.New(tx).EndRole(ctx, db.EndRoleParams{BodyID: bodyID, Role: r.Name, FromDay: r.From, ToDay: on})
		if err != nil {
			return fault("end a role", err)
		}
		if n == 0 {
			return ErrNoRole
		}
		ended := r
		ended.To = on
		return note(ctx, tx, who, "orgs.role_end", bodyID, roleChanges(r, ended))
	})
}

// roleChanges tells a role in the words of the history: which, and its days before and after.
func roleChanges(before, after Role) audit.Changes {
	all := audit.Changes{Changes: []audit.Change{{Field: "role", To: after.Name}}}
	if before.From.IsZero() {
		all.Changes = append(all.Changes, audit.Change{Field: "from", To: after.From.String()})
	}
	if before.To != after.To {
		all.Changes = append(all.Changes, audit.Change{Field: "to", From: before.To.String(), To: after.To.String()})
	}
	return all
}

// Roles returns the roles of bodies, by body, the oldest first.
func (s *Service) Roles(ctx context.Context, bodyIDs []string) (map[string][]Role, error) {
	found := map[string][]Role{}
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).RolesOf(ctx, sqldb.List(bodyIDs))
		for _, r := range rows {
			found[r.BodyID] = append(found[r.BodyID], Role{Name: r.Role, From: r.FromDay, To: r.ToDay})
		}
		return err
	})
	return found, fault("roles", err)
}

func insertRole(ctx context.Context, q *db.Queries, bodyID string, r Role) error {
	err := q.InsertRole(ctx, db.InsertRoleParams{BodyID: bodyID, Role: r.Name, FromDay: r.From, ToDay: r.To})
	return fault("add role", taken(err))
}
