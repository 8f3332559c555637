package funding

import (
	"context"
	"strconv"

	"capillare/internal/audit"
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
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		programme, err := s.ProgrammeByID(ctx, tx, t.ProgrammeID)
		if err != nil {
			return err
		}
		if err := t.within(programme); err != nil {
			return err
		}
		return s.SetTargetTx(ctx, tx, who, t)
	})
	return fault("set a target", err)
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
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
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
	})
	return fault("remove a target", err)
}

// targetChanges tells a target in the words of the history: which one, and its value before and after.
func targetChanges(ctx context.Context, q *db.Queries, t Target, set bool) (audit.Changes, error) {
	was, err := q.TargetValue(ctx, db.TargetValueParams{
		ProgrammeID: t.ProgrammeID, Kpi: t.KPI, DueOn: t.DueOn, ProjectID: sqldb.OptText(t.ProjectID), OfProgramme: t.ProjectID == "",
	})
	value := audit.Change{Field: "value"}
	if len(was) > 0 {
		value.From = strconv.Itoa(was[0])
	}
	if set {
		value.To = strconv.Itoa(t.Value)
	}
	return audit.Changes{Changes: []audit.Change{{Field: "kpi", To: t.KPI}, {Field: "due_on", To: t.DueOn.String()}, value}}, err
}
