package funding

import (
	"context"

	"capillare/internal/audit"
	"capillare/internal/errs"
	"capillare/internal/funding/internal/db"
	"capillare/internal/identity"
	"capillare/internal/orgs"
	"capillare/internal/sqldb"
)

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
		if !programme.EndedOn.IsZero() {
			return ErrProgrammeOver
		}
		if err := p.within(programme); err != nil {
			return err
		}
		if err := requireBody(ctx, tx, p.BodyID); err != nil {
			return err
		}
		id = sqldb.NewID(tx.Now)
		if err := db.New(tx).InsertProject(ctx, db.InsertProjectParams{
			ID: id, ProgrammeID: p.ProgrammeID, BodyID: p.BodyID, Code: p.Code, Name: p.Name, Cup: p.CUP,
			StartsOn: p.StartsOn, EndsOn: p.EndsOn, AmountCents: p.AmountCents, CreatedAt: sqldb.At(tx.Now),
		}); err != nil {
			return taken(err)
		}
		return note(ctx, tx, who, "funding.project_added", "project", id, audit.Compare(Project{}, p))
	})
	return id, fault("add a project", err)
}

// EditProject changes p.ID; its programme stays what it is. It refuses with fields and ErrNoProject, and
// with ErrChanged when p.Version is not the latest.
func (s *Service) EditProject(ctx context.Context, who identity.Actor, p Project) error {
	if !who.Can(identity.EditFunding) {
		return identity.ErrForbidden
	}
	p, err := p.normal()
	if err != nil {
		return err
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error { return s.editProject(ctx, tx, who, p) })
	return fault("edit a project", err)
}

func (s *Service) editProject(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p Project) error {
	old, programme, err := s.projectToChange(ctx, tx, who, p.ID)
	if err != nil {
		return err
	}
	p.ProgrammeID, p.EndedOn = old.ProgrammeID, old.EndedOn
	changes := audit.Compare(old, p)
	switch {
	case len(changes.Changes) == 0:
		return nil
	case p.Version != old.Version:
		return ErrChanged
	}
	if err := p.within(programme); err != nil {
		return err
	}
	if p.BodyID != old.BodyID {
		if err := requireBody(ctx, tx, p.BodyID); err != nil {
			return err
		}
	}
	if _, err := db.New(tx).UpdateProject(ctx, db.UpdateProjectParams{
		ID: p.ID, BodyID: p.BodyID, Code: p.Code, Name: p.Name, Cup: p.CUP,
		StartsOn: p.StartsOn, EndsOn: p.EndsOn, AmountCents: p.AmountCents,
	}); err != nil {
		return taken(err)
	}
	return note(ctx, tx, who, "funding.project", "project", p.ID, changes)
}

// projectToChange returns a project that who may change, with its programme.
func (s *Service) projectToChange(ctx context.Context, tx *sqldb.Tx, who identity.Actor, id string) (Project, Programme, error) {
	old, err := s.ProjectByID(ctx, tx, id)
	if err != nil {
		return Project{}, Programme{}, err
	}
	// Safety: the programme asked about is the stored one, not what the form says.
	if err := who.Require(identity.EditFunding, identity.Target{Programme: old.ProgrammeID, Project: old.ID}); err != nil {
		return Project{}, Programme{}, err
	}
	programme, err := s.ProgrammeByID(ctx, tx, old.ProgrammeID)
	return old, programme, err
}

// requireBody refuses a body that is no more; one that is not there breaks the foreign key.
func requireBody(ctx context.Context, tx *sqldb.Tx, id string) error {
	ended, err := orgs.Ended(ctx, tx, id)
	if err == nil && len(ended) > 0 {
		err = errs.Problems{{Field: "body_id", Key: "funding.body_ended"}}.Err()
	}
	return err
}
