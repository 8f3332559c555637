package funding

import (
	"context"
	"fmt"

	"capillare/internal/audit"
	"capillare/internal/errs"
	"capillare/internal/funding/internal/db"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// Service keeps programmes, projects and targets.
type Service struct{ db *sqldb.DB }

// New returns a Service on db.
func New(db *sqldb.DB) *Service { return &Service{db: db} }

// AddProgramme adds a programme and returns its id. It refuses with fields.
func (s *Service) AddProgramme(ctx context.Context, who identity.Actor, p Programme) (id string, err error) {
	if err := who.Require(identity.EditFunding, identity.Target{}); err != nil {
		return "", err
	}
	if p, err = p.normal(); err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		id = sqldb.NewID(tx.Now)
		if err := db.New(tx).InsertProgramme(ctx, db.InsertProgrammeParams{
			ID: id, Code: p.Code, Name: p.Name, Cup: p.CUP, Act: p.Act, StartsOn: p.StartsOn, EndsOn: p.EndsOn,
			AmountCents: p.AmountCents, CofundingCents: p.CofundingCents,
			MinorsFrom: p.MinorsFrom, UploadCutoff: p.UploadCutoff,
			MinWeeklyMinutes: p.MinWeeklyMinutes, OpeningDays: p.OpeningDays, CreatedAt: sqldb.At(tx.Now),
		}); err != nil {
			return taken(err)
		}
		return note(ctx, tx, who, "funding.programme", "programme", id, p)
	})
	return id, fault("add a programme", err)
}

// EditProgramme changes p.ID. It refuses with fields, also when a project would fall outside its days.
func (s *Service) EditProgramme(ctx context.Context, who identity.Actor, p Programme) error {
	if err := who.Require(identity.EditFunding, identity.Target{Programme: p.ID}); err != nil {
		return err
	}
	p, err := p.normal()
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error { return s.EditProgrammeTx(ctx, tx, who, p) })
}

// EditProgrammeTx is EditProgramme within the transaction of the caller: for imports.
func (s *Service) EditProgrammeTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p Programme) error {
	if err := who.Require(identity.EditFunding, identity.Target{Programme: p.ID}); err != nil {
		return err
	}
	p, err := p.normal()
	if err != nil {
		return err
	}
	return fault("edit a programme", editProgramme(ctx, tx, who, p))
}

func editProgramme(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p Programme) error {
	q := db.New(tx)
	if err := holdsProjects(ctx, q, p); err != nil {
		return err
	}
	n, err := q.UpdateProgramme(ctx, db.UpdateProgrammeParams{
		ID: p.ID, Code: p.Code, Name: p.Name, Cup: p.CUP, Act: p.Act, StartsOn: p.StartsOn, EndsOn: p.EndsOn,
		AmountCents: p.AmountCents, CofundingCents: p.CofundingCents,
		MinorsFrom: p.MinorsFrom, UploadCutoff: p.UploadCutoff,
		MinWeeklyMinutes: p.MinWeeklyMinutes, OpeningDays: p.OpeningDays,
	})
	if err != nil {
		return taken(err)
	}
	if n == 0 {
		return ErrNoProgramme
	}
	return note(ctx, tx, who, "funding.programme", "programme", p.ID, p)
}

func holdsProjects(ctx context.Context, q *db.Queries, p Programme) error {
	spans, err := q.ProjectSpan(ctx, p.ID)
	if err != nil {
		return err
	}
	var problems errs.Problems
	for _, span := range spans {
		if span.StartsOn.Before(p.StartsOn) {
			problems.Add("starts_on", "funding.projects_outside")
			break
		}
	}
	for _, span := range spans {
		if span.EndsOn.After(p.EndsOn) {
			problems.Add("ends_on", "funding.projects_outside")
			break
		}
	}
	return problems.Err()
}

// AddProject adds a project to its programme and returns its id. It refuses with fields and with
// ErrNoProgramme.
func (s *Service) AddProject(ctx context.Context, who identity.Actor, p Project) (id string, err error) {
	if err := who.Require(identity.EditFunding, identity.Target{Programme: p.ProgrammeID}); err != nil {
		return "", err
	}
	if p, err = p.normal(); err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		programme, err := s.ProgrammeByID(ctx, tx, p.ProgrammeID)
		if err != nil {
			return err
		}
		if err := p.within(programme); err != nil {
			return err
		}
		id = sqldb.NewID(tx.Now)
		if err := db.New(tx).InsertProject(ctx, db.InsertProjectParams{
			ID: id, ProgrammeID: p.ProgrammeID, BodyID: p.BodyID, Code: p.Code, Name: p.Name, Cup: p.CUP,
			StartsOn: p.StartsOn, EndsOn: p.EndsOn, AmountCents: p.AmountCents, CreatedAt: sqldb.At(tx.Now),
		}); err != nil {
			return taken(err)
		}
		return note(ctx, tx, who, "funding.project", "project", id, p)
	})
	return id, fault("add a project", err)
}

// EditProject changes p.ID; its programme stays what it is. It refuses with fields and ErrNoProject.
func (s *Service) EditProject(ctx context.Context, who identity.Actor, p Project) error {
	if !who.Can(identity.EditFunding) {
		return identity.ErrForbidden
	}
	p, err := p.normal()
	if err != nil {
		return err
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		old, err := s.ProjectByID(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		// Safety: the programme asked about is the stored one, not what the form says.
		if err := who.Require(identity.EditFunding, identity.Target{Programme: old.ProgrammeID, Project: old.ID}); err != nil {
			return err
		}
		programme, err := s.ProgrammeByID(ctx, tx, old.ProgrammeID)
		if err != nil {
			return err
		}
		if err := p.within(programme); err != nil {
			return err
		}
		if _, err := db.New(tx).UpdateProject(ctx, db.UpdateProjectParams{
			ID: p.ID, BodyID: p.BodyID, Code: p.Code, Name: p.Name, Cup: p.CUP,
			StartsOn: p.StartsOn, EndsOn: p.EndsOn, AmountCents: p.AmountCents,
		}); err != nil {
			return taken(err)
		}
		return note(ctx, tx, who, "funding.project", "project", p.ID, p)
	})
	return fault("edit a project", err)
}

// SetTarget sets or changes one target. It refuses with fields, ErrNoProgramme and ErrNoProject.
func (s *Service) SetTarget(ctx context.Context, who identity.Actor, t Target) error {
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error { return s.SetTargetTx(ctx, tx, who, t) })
	return fault("set a target", err)
}

// SetTargetTx is SetTarget within the transaction of the caller.
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
	if t.ProjectID == "" {
		if err := q.PutProgrammeTarget(ctx, db.PutProgrammeTargetParams{
			ID: id, ProgrammeID: t.ProgrammeID, Kpi: t.KPI, DueOn: t.DueOn, Value: t.Value,
		}); err != nil {
			return err
		}
		return note(ctx, tx, who, "funding.target", "programme", t.ProgrammeID, t)
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
	return note(ctx, tx, who, "funding.target", "project", t.ProjectID, t)
}

// RemoveTarget takes a target away, whatever its value. It refuses with ErrNoTarget.
func (s *Service) RemoveTarget(ctx context.Context, who identity.Actor, t Target) error {
	if err := who.Require(identity.EditFunding, identity.Target{Programme: t.ProgrammeID}); err != nil {
		return err
	}
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := db.New(tx).DeleteTarget(ctx, db.DeleteTargetParams{
			ProgrammeID: t.ProgrammeID, Kpi: t.KPI, DueOn: t.DueOn,
			ProjectID: sqldb.OptText(t.ProjectID), OfProgramme: t.ProjectID == "",
		})
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNoTarget
		}
		return note(ctx, tx, who, "funding.target_removed", "programme", t.ProgrammeID, t)
	})
	return fault("remove a target", err)
}

func note(ctx context.Context, tx *sqldb.Tx, who identity.Actor, action, subject, id string, detail any) error {
	return audit.Write(ctx, tx, who, audit.Entry{Action: action, Subject: subject, SubjectID: id, Detail: detail})
}

func fault(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("funding: %s: %w", doing, err)
}
