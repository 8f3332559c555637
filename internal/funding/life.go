package funding

import (
	"context"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/funding/internal/db"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// ProjectEnding says that a project is about to stop: whoever still needs it refuses, and it goes on.
type ProjectEnding struct {
	ProjectID string
	On        calendar.Day
}

// EndProgramme stops a programme from a day on, today or before. It refuses with fields,
// ErrNoProgramme, ErrOver, and ErrProjectsOpen while a project is to begin or in force.
func (s *Service) EndProgramme(ctx context.Context, who identity.Actor, id string, on calendar.Day) error {
	return s.changeProgramme(ctx, who, id, "funding.programme_ended", func(ctx context.Context, tx *sqldb.Tx, p *Programme) error {
		today := calendar.DayOf(tx.Now)
		if p.State(today) == StateEnded {
			return ErrOver
		}
		if err := checkEnd(on, p.StartsOn, p.EndsOn, today); err != nil {
			return err
		}
		rows, err := db.New(tx).ProjectsOfProgramme(ctx, id)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if project(db.ProjectsByIDsRow(r)).State(today) != StateEnded {
				return ErrProjectsOpen
			}
		}
		p.EndedOn = on
		return nil
	})
}

// ReopenProgramme takes back the end of a programme: it goes on until its last day. It refuses with
// ErrNoProgramme and ErrNotEnded.
func (s *Service) ReopenProgramme(ctx context.Context, who identity.Actor, id string) error {
	return s.changeProgramme(ctx, who, id, "funding.programme_reopened", func(_ context.Context, _ *sqldb.Tx, p *Programme) error {
		if p.EndedOn.IsZero() {
			return ErrNotEnded
		}
		p.EndedOn = calendar.Day{}
		return nil
	})
}

func (s *Service) changeProgramme(ctx context.Context, who identity.Actor, id, action string,
	change func(context.Context, *sqldb.Tx, *Programme) error) error {
	if err := who.Require(identity.EditFunding, identity.Target{Programme: id}); err != nil {
		return err
	}
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		old, err := s.ProgrammeByID(ctx, tx, id)
		if err != nil {
			return err
		}
		p := old
		if err := change(ctx, tx, &p); err != nil {
			return err
		}
		if err := db.New(tx).EndProgramme(ctx, db.EndProgrammeParams{ID: id, EndedOn: p.EndedOn}); err != nil {
			return err
		}
		return note(ctx, tx, who, action, "programme", id, audit.Compare(old, p))
	})
	return fault("end or reopen a programme", err)
}

// EndProject stops a project from a day on, today or before. It refuses with fields, ErrNoProject,
// ErrOver, and as whoever still needs the project refuses (fact [ProjectEnding]).
func (s *Service) EndProject(ctx context.Context, who identity.Actor, id string, on calendar.Day) error {
	return s.changeProject(ctx, who, id, "funding.project_ended", func(ctx context.Context, tx *sqldb.Tx, p *Project, _ Programme) error {
		today := calendar.DayOf(tx.Now)
		if p.State(today) == StateEnded {
			return ErrOver
		}
		if err := checkEnd(on, p.StartsOn, p.EndsOn, today); err != nil {
			return err
		}
		p.EndedOn = on
		return s.bus.Publish(ctx, tx, ProjectEnding{ProjectID: id, On: on})
	})
}

// ReopenProject takes back the end of a project: it goes on until its last day. It refuses with
// ErrNoProject, ErrNotEnded, ErrProgrammeOver, and a field when its body is no more.
func (s *Service) ReopenProject(ctx context.Context, who identity.Actor, id string) error {
	return s.changeProject(ctx, who, id, "funding.project_reopened", func(ctx context.Context, tx *sqldb.Tx, p *Project, in Programme) error {
		switch {
		case p.EndedOn.IsZero():
			return ErrNotEnded
		case !in.EndedOn.IsZero():
			return ErrProgrammeOver
		}
		p.EndedOn = calendar.Day{}
		return requireBody(ctx, tx, p.BodyID)
	})
}

func (s *Service) changeProject(ctx context.Context, who identity.Actor, id, action string,
	change func(context.Context, *sqldb.Tx, *Project, Programme) error) error {
	if !who.Can(identity.EditFunding) {
		return identity.ErrForbidden
	}
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		old, programme, err := s.projectToChange(ctx, tx, who, id)
		if err != nil {
			return err
		}
		p := old
		if err := change(ctx, tx, &p, programme); err != nil {
			return err
		}
		if err := db.New(tx).EndProject(ctx, db.EndProjectParams{ID: id, EndedOn: p.EndedOn}); err != nil {
			return err
		}
		return note(ctx, tx, who, action, "project", id, audit.Compare(old, p))
	})
	return fault("end or reopen a project", err)
}

// checkEnd refuses a day of end that is to come, or outside the days of what ends. What is still to
// begin may stop before it does.
func checkEnd(on, starts, ends, today calendar.Day) error {
	var problems errs.Problems
	switch {
	case on.IsZero():
		problems.Add("on", "funding.end_missing")
	case on.After(today):
		problems.Add("on", "funding.end_future")
	case on.After(ends), on.Before(starts) && !today.Before(starts):
		problems.Add("on", "funding.end_outside", errs.Args{"from": starts, "to": ends})
	}
	return problems.Err()
}
