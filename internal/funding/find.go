package funding

import (
	"context"
	"slices"

	"capillare/internal/audit"
	"capillare/internal/funding/internal/db"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// Programmes returns the programmes that who may see, the newest first: for a body, those in which it
// has a project.
func (s *Service) Programmes(ctx context.Context, who identity.Actor) ([]Programme, error) {
	return s.FindProgrammes(ctx, who, Filter{})
}

// FindProgrammes is Programmes for those that f chooses by words and state.
func (s *Service) FindProgrammes(ctx context.Context, who identity.Actor, f Filter) ([]Programme, error) {
	if !who.Can(identity.SeeFunding) {
		return nil, identity.ErrForbidden
	}
	reach := who.Reach(identity.SeeFunding)
	var found []Programme
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).ListProgrammes(ctx, db.ListProgrammesParams{
			Everywhere: reach.All, Programmes: sqldb.List(reach.Programmes), Projects: sqldb.List(reach.Projects), Bodies: sqldb.List(reach.Bodies),
		})
		found = found[:0]
		for _, r := range rows {
			p := programme(db.ProgrammesByIDsRow(r))
			if f.keeps(p.State(f.On), p.Code, p.Name, p.CUP) {
				found = append(found, p)
			}
		}
		return err
	})
	return found, fault("programmes", err)
}

// Projects returns the projects that who may see, by code.
func (s *Service) Projects(ctx context.Context, who identity.Actor, f Filter) (found []Project, err error) {
	if !who.Can(identity.SeeFunding) {
		return nil, identity.ErrForbidden
	}
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		found, err = projects(ctx, tx, who.Reach(identity.SeeFunding), f)
		return err
	})
	return found, fault("projects", err)
}

func projects(ctx context.Context, tx *sqldb.Tx, reach identity.Reach, f Filter) ([]Project, error) {
	rows, err := db.New(tx).ListProjects(ctx, db.ListProjectsParams{
		Everywhere: reach.All, Programmes: sqldb.List(reach.Programmes), Projects: sqldb.List(reach.Projects), Bodies: sqldb.List(reach.Bodies),
		AnyProgramme: f.ProgrammeID == "", ProgrammeID: f.ProgrammeID, AnyBody: f.BodyID == "", BodyID: f.BodyID,
	})
	var found []Project
	for _, r := range rows {
		p := project(db.ProjectsByIDsRow(r))
		if f.keeps(p.State(f.On), p.Code, p.Name, p.CUP) {
			found = append(found, p)
		}
	}
	return found, err
}

// Targets returns the targets of a programme that who may see: those of the programme for whoever sees
// it, those of a project for whoever sees the project. It refuses with ErrNoProgramme.
func (s *Service) Targets(ctx context.Context, who identity.Actor, programmeID string) (found []Target, err error) {
	if !who.Can(identity.SeeFunding) {
		return nil, identity.ErrForbidden
	}
	reach := who.Reach(identity.SeeFunding)
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		mine, err := projects(ctx, tx, reach, Filter{ProgrammeID: programmeID})
		if err != nil {
			return err
		}
		if len(mine) == 0 && who.Require(identity.SeeFunding, identity.Target{Programme: programmeID}) != nil {
			return ErrNoProgramme
		}
		seen := map[string]bool{"": true}
		for _, p := range mine {
			seen[p.ID] = true
		}
		rows, err := db.New(tx).TargetsOf(ctx, programmeID)
		found = found[:0]
		for _, r := range rows {
			if seen[string(r.ProjectID)] {
				found = append(found, Target{ProgrammeID: r.ProgrammeID, ProjectID: string(r.ProjectID), KPI: r.Kpi, DueOn: r.DueOn, Value: r.Value})
			}
		}
		return err
	})
	return found, fault("targets", err)
}

// ProgrammeHistory returns what was done to a programme that who may see, the newest first.
func (s *Service) ProgrammeHistory(ctx context.Context, who identity.Actor, id string) ([]audit.Row, error) {
	list, err := s.Programmes(ctx, who)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(list, func(p Programme) bool { return p.ID == id }) {
		return nil, ErrNoProgramme
	}
	return s.history(ctx, "programme", id)
}

// ProjectHistory returns what was done to a project that who may see, the newest first.
func (s *Service) ProjectHistory(ctx context.Context, who identity.Actor, id string) ([]audit.Row, error) {
	list, err := s.Projects(ctx, who, Filter{})
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(list, func(p Project) bool { return p.ID == id }) {
		return nil, ErrNoProject
	}
	return s.history(ctx, "project", id)
}

func (s *Service) history(ctx context.Context, subject, id string) (rows []audit.Row, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err = audit.List(ctx, tx, audit.Filter{Subject: subject, SubjectID: id})
		return err
	})
	return rows, fault("history", err)
}

// ProgrammesByIDs returns programmes by id, for pages that name them; unknown ids are left out.
func (s *Service) ProgrammesByIDs(ctx context.Context, ids []string) (map[string]Programme, error) {
	found := map[string]Programme{}
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).ProgrammesByIDs(ctx, sqldb.List(ids))
		for _, r := range rows {
			found[r.ID] = programme(r)
		}
		return err
	})
	return found, fault("programmes by ids", err)
}

// ProjectsByIDs returns projects by id, for pages that name them; unknown ids are left out.
func (s *Service) ProjectsByIDs(ctx context.Context, ids []string) (map[string]Project, error) {
	found := map[string]Project{}
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).ProjectsByIDs(ctx, sqldb.List(ids))
		for _, r := range rows {
			found[r.ID] = project(r)
		}
		return err
	})
	return found, fault("projects by ids", err)
}

// ProgrammeByID returns one programme within the transaction of the caller, or ErrNoProgramme.
func (s *Service) ProgrammeByID(ctx context.Context, tx *sqldb.Tx, id string) (Programme, error) {
	rows, err := db.New(tx).ProgrammesByIDs(ctx, sqldb.List([]string{id}))
	if err != nil {
		return Programme{}, fault("programme", err)
	}
	if len(rows) == 0 {
		return Programme{}, ErrNoProgramme
	}
	return programme(rows[0]), nil
}

// ProgrammeByCode returns the programme with a code, or ErrNoProgramme.
func (s *Service) ProgrammeByCode(ctx context.Context, tx *sqldb.Tx, code string) (Programme, error) {
	rows, err := db.New(tx).ProgrammeByCode(ctx, code)
	if err != nil {
		return Programme{}, fault("programme", err)
	}
	if len(rows) == 0 {
		return Programme{}, ErrNoProgramme
	}
	return programme(db.ProgrammesByIDsRow(rows[0])), nil
}

// ProjectByID returns one project within the transaction of the caller, or ErrNoProject.
func (s *Service) ProjectByID(ctx context.Context, tx *sqldb.Tx, id string) (Project, error) {
	rows, err := db.New(tx).ProjectsByIDs(ctx, sqldb.List([]string{id}))
	if err != nil {
		return Project{}, fault("project", err)
	}
	if len(rows) == 0 {
		return Project{}, ErrNoProject
	}
	return project(rows[0]), nil
}

// ProjectByCode returns the project with a code, or ErrNoProject.
func (s *Service) ProjectByCode(ctx context.Context, tx *sqldb.Tx, code string) (Project, error) {
	rows, err := db.New(tx).ProjectByCode(ctx, code)
	if err != nil {
		return Project{}, fault("project", err)
	}
	if len(rows) == 0 {
		return Project{}, ErrNoProject
	}
	return project(db.ProjectsByIDsRow(rows[0])), nil
}

// ProjectIDs returns the ids of the projects of some programmes, to turn a reach into points.
func (s *Service) ProjectIDs(ctx context.Context, tx *sqldb.Tx, programmes []string) ([]string, error) {
	if len(programmes) == 0 {
		return nil, nil
	}
	ids, err := db.New(tx).ProjectIDsOfProgrammes(ctx, sqldb.List(programmes))
	return ids, fault("projects of programmes", err)
}

func programme(r db.ProgrammesByIDsRow) Programme {
	return Programme{
		ID: r.ID, Code: r.Code, Name: r.Name, CUP: r.Cup, Act: r.Act, StartsOn: r.StartsOn, EndsOn: r.EndsOn,
		AmountCents: r.AmountCents, CofundingCents: r.CofundingCents, MinorsFrom: r.MinorsFrom, UploadCutoff: r.UploadCutoff,
		MinWeeklyMinutes: r.MinWeeklyMinutes, OpeningDays: r.OpeningDays, EndedOn: r.EndedOn, Version: r.Version,
	}
}

func project(r db.ProjectsByIDsRow) Project {
	return Project{
		ID: r.ID, ProgrammeID: r.ProgrammeID, BodyID: r.BodyID, Code: r.Code, Name: r.Name, CUP: r.Cup,
		StartsOn: r.StartsOn, EndsOn: r.EndsOn, AmountCents: r.AmountCents, EndedOn: r.EndedOn, Version: r.Version,
	}
}
