package funding

import (
	"context"
	"strconv"

	"capillare/internal/audit"
	"capillare/internal/errs"
	"capillare/internal/funding/internal/db"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// SetTarget sets or changes one target. It refuses with fields, also when it is due on a day outside its
// programme, ErrNoProgramme and ErrNoProject.
func (s *Service) SetTarget(ctx context.Context, who identity.Actor, t Target) error {
	if err := who.Require(identity.EditFunding, identity.Target{Programme: t.ProgrammeID}); err != nil {
		return err
	}
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error { return s.setWithin(ctx, tx, who, t) })
	return fault("set a target", err)
}

// setWithin sets a target that is due within its programme.
func (s *Service) setWithin(ctx context.Context, tx *sqldb.Tx, who identity.Actor, t Target) error {
	programme, err := s.ProgrammeByID(ctx, tx, t.ProgrammeID)
	if err != nil {
		return err
	}
	if err := t.within(programme); err != nil {
		return err
	}
	return s.SetTargetTx(ctx, tx, who, t)
}

// MoveTarget makes of one target of a programme another, with its own value: another day, indicator or
// project. It refuses as SetTarget does, with ErrNoTarget when was is gone, and with a field when t is
// there already.
func (s *Service) MoveTarget(ctx context.Context, who identity.Actor, was, t Target) error {
	if err := who.Require(identity.EditFunding, identity.Target{Programme: t.ProgrammeID}); err != nil {
		return err
	}
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if err := s.removeTarget(ctx, tx, who, was); err != nil {
			return err
		}
		there, err := targetValue(ctx, db.New(tx), t)
		if err != nil {
			return err
		}
		if len(there) > 0 {
			return errs.Problems{{Field: "due_on", Key: "funding.target_there"}}.Err()
		}
		return s.setWithin(ctx, tx, who, t)
	})
	return fault("move a target", err)
}

// SetTargetTx is SetTarget within the transaction of the caller, for imports: they warn of a day outside
// the programme, and whoever publishes has seen it.
func (s *Service) SetTargetTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, t Target) error {
	if err := who.Require(identity.EditFunding, identity.Target{Programme: t.ProgrammeID}); err != nil {
		return err
	}
	if err := t.check(); err != nil {
		return err
	}
	if _, err := s.ProgrammeByID(ctx, tx, t.ProgrammeID); err != nil {
		return err
	}
	q, id := db.New(tx), sqldb.NewID(tx.Now)
	changes, err := targetChanges(ctx, q, t, true)
	if err != nil {
		return err
	}
	if t.ProjectID == "" {
		if err := q.PutProgrammeTarget(ctx, db.PutProgrammeTargetParams{
			ID: id, ProgrammeID: t.ProgrammeID, Kpi: t.KPI, DueOn: t.DueOn, Value: t.Value,
		}); err != nil {
			return err
		}
		return note(ctx, tx, who, "funding.target", "programme", t.ProgrammeID, changes)
	}
	p, err := s.ProjectByID(ctx, tx, t.ProjectID)
	if err != nil {
		return err
	}
	if p.ProgrammeID != t.ProgrammeID {
		return ErrNoProject
	}
	if err := q.PutProjectTarget(ctx, db.PutProjectTargetParams{
		ID: id, ProgrammeID: t.ProgrammeID, ProjectID: sqldb.OptText(t.ProjectID), Kpi: t.KPI, DueOn: t.DueOn, Value: t.Value,
	}); err != nil {
		return err
	}
	return note(ctx, tx, who, "funding.target", "project", t.ProjectID, changes)
}

// RemoveTarget takes a target away, whatever its value. It refuses with ErrNoTarget.
func (s *Service) RemoveTarget(ctx context.Context, who identity.Actor, t Target) error {
	if err := who.Require(identity.EditFunding, identity.Target{Programme: t.ProgrammeID}); err != nil {
		return err
	}
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error { return s.removeTarget(ctx, tx, who, t) })
	return fault("remove a target", err)
}

func (s *Service) removeTarget(ctx context.Context, tx *sqldb.Tx, who identity.Actor, t Target) error {
	q := db.New(tx)
	changes, err := targetChanges(ctx, q, t, false)
	if err != nil {
		return err
	}
	n, err := q.DeleteTarget(ctx, db.DeleteTargetParams{
		ProgrammeID: t.ProgrammeID, Kpi: t.KPI, DueOn: t.DueOn,
		ProjectID: sqldb.OptText(t.ProjectID), OfProgramme: t.ProjectID == "",
	})
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrNoTarget
	}
	if t.ProjectID != "" {
		return note(ctx, tx, who, "funding.target_removed", "project", t.ProjectID, changes)
	}
	return note(ctx, tx, who, "funding.target_removed", "programme", t.ProgrammeID, changes)
}

// targetValue returns the value of a target, or nothing when it is not there.
func targetValue(ctx context.Context, q *db.Queries, t Target) ([]int, error) {
	return q.TargetValue(ctx, db.TargetValueParams{
		ProgrammeID: t.ProgrammeID, Kpi: t.KPI, DueOn: t.DueOn, ProjectID: sqldb.OptText(t.ProjectID), OfProgramme: t.ProjectID == "",
	})
}

// targetChanges tells a target in the words of the history: which one, and its value before and after.
func targetChanges(ctx context.Context, q *db.Queries, t Target, set bool) (audit.Changes, error) {
	was, err := targetValue(ctx, q, t)
	value := audit.Change{Field: "value"}
	if len(was) > 0 {
		value.From = strconv.Itoa(was[0])
	}
	if set {
		value.To = strconv.Itoa(t.Value)
	}
	return audit.Changes{Changes: []audit.Change{{Field: "kpi", To: t.KPI}, {Field: "due_on", To: t.DueOn.String()}, value}}, err
}
