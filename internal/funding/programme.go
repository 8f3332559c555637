package funding

import (
	"context"

	"capillare/internal/audit"
	"capillare/internal/errs"
	"capillare/internal/funding/internal/db"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

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
		return note(ctx, tx, who, "funding.programme_added", "programme", id, audit.Compare(Programme{}, p))
	})
	return id, fault("add a programme", err)
}

// EditProgramme changes p.ID. It refuses with fields, also when a project or target would fall outside
// its days, and with ErrChanged when p.Version is not the latest.
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
	return fault("edit a programme", s.editProgramme(ctx, tx, who, p))
}

func (s *Service) editProgramme(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p Programme) error {
	old, err := s.ProgrammeByID(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	p.EndedOn = old.EndedOn
	changes := audit.Compare(old, p)
	switch {
	case len(changes.Changes) == 0:
		return nil
	case p.Version != old.Version:
		return ErrChanged
	}
	q := db.New(tx)
	if err := holds(ctx, q, old, p); err != nil {
		return err
	}
	if _, err := q.UpdateProgramme(ctx, db.UpdateProgrammeParams{
		ID: p.ID, Code: p.Code, Name: p.Name, Cup: p.CUP, Act: p.Act, StartsOn: p.StartsOn, EndsOn: p.EndsOn,
		AmountCents: p.AmountCents, CofundingCents: p.CofundingCents,
		MinorsFrom: p.MinorsFrom, UploadCutoff: p.UploadCutoff,
		MinWeeklyMinutes: p.MinWeeklyMinutes, OpeningDays: p.OpeningDays,
	}); err != nil {
		return taken(err)
	}
	return note(ctx, tx, who, "funding.programme", "programme", p.ID, changes)
}

// holds refuses days that leave a project outside, or a target that was inside until now: one that an
// import put outside does not keep its programme from being changed.
func holds(ctx context.Context, q *db.Queries, old, p Programme) error {
	spans, err := q.ProjectSpan(ctx, p.ID)
	if err != nil {
		return err
	}
	targets, err := q.TargetsOf(ctx, p.ID)
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
	for _, t := range targets {
		if within(old, t.DueOn) && !within(p, t.DueOn) {
			problems.Add("ends_on", "funding.targets_outside", errs.Args{"day": t.DueOn})
			break
		}
	}
	return problems.Err()
}
