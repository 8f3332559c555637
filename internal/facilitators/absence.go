package facilitators

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators/internal/db"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// Reasons returns the classes of reason of an absence, in the order of forms.
func Reasons() []string { return []string{Holiday, Illness, Training, Other} }

// checkedAbsence returns a with its defaults, or one refusal with every problem.
func checkedAbsence(a Absence) (Absence, error) {
	var p errs.Problems
	if a.To.IsZero() {
		a.To = a.From
	}
	if a.Reason == "" {
		a.Reason = Other
	}
	switch {
	case a.From.IsZero():
		p.Add("from", "form.required")
	case a.To.Before(a.From):
		p.Add("to", "facilitators.ends_before")
	}
	switch {
	case a.Starts == 0 && a.Ends == 0:
		a.Ends = calendar.EndOfDay
	case !a.Starts.Valid() || !a.Ends.Valid() || a.Starts%5 != 0 || a.Ends%5 != 0:
		p.Add("starts", "facilitators.duty_minutes")
	case a.Ends <= a.Starts:
		p.Add("ends", "facilitators.duty_reversed")
	case a.From != a.To:
		p.Add("to", "facilitators.absence_hours")
	}
	if !slices.Contains(Reasons(), a.Reason) {
		p.Add("reason", "form.choice")
	}
	return a, p.Err()
}

// AddAbsence says that a person is away at every point: from a day to a day, or for some hours of one day.
func (s *Service) AddAbsence(ctx context.Context, who identity.Actor, a Absence) (id string, err error) {
	err = s.base.Update(ctx, func(tx *sqldb.Tx) error {
		id, err = s.AddAbsenceTx(ctx, tx, who, a)
		return err
	})
	return id, err
}

// AddAbsenceTx is AddAbsence inside the caller's transaction.
func (s *Service) AddAbsenceTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, a Absence) (string, error) {
	a, err := checkedAbsence(a)
	if err != nil {
		return "", err
	}
	f, err := s.editable(ctx, tx, who, a.FacilitatorID)
	if err != nil {
		return "", err
	}
	id := sqldb.NewID(tx.Now)
	err = db.New(tx).InsertAbsence(ctx, db.InsertAbsenceParams{
		ID: id, FacilitatorID: f.ID, FromDay: a.From, ToDay: a.To, Starts: int(a.Starts), Ends: int(a.Ends), Reason: a.Reason,
		CreatedAt: sqldb.At(tx.Now),
	})
	if err != nil {
		return "", fmt.Errorf("add an absence: %w", err)
	}
	return id, s.recordAway(ctx, tx, who, f, "facilitators.absence_add")
}

// RemoveAbsence takes an absence back, with who stands in for it.
func (s *Service) RemoveAbsence(ctx context.Context, who identity.Actor, id string) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error { return s.RemoveAbsenceTx(ctx, tx, who, id) })
}

// RemoveAbsenceTx is RemoveAbsence inside the caller's transaction.
func (s *Service) RemoveAbsenceTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, id string) error {
	a, err := absenceByID(ctx, tx, id)
	if err != nil {
		return err
	}
	f, err := s.editable(ctx, tx, who, a.FacilitatorID)
	if err != nil {
		return err
	}
	touched, err := s.pointsCovered(ctx, tx, a)
	if err != nil {
		return err
	}
	if err := db.New(tx).DeleteAbsence(ctx, id); err != nil {
		return fmt.Errorf("remove an absence: %w", err)
	}
	return s.recordAway(ctx, tx, who, f, "facilitators.absence_remove", touched...)
}

// pointsCovered are the points where somebody stands in during an absence.
func (s *Service) pointsCovered(ctx context.Context, tx *sqldb.Tx, a Absence) ([]string, error) {
	gaps, err := s.gaps(ctx, tx, a)
	var ids []string
	for _, g := range gaps {
		if !contains(ids, g.Duty.PointID) {
			ids = append(ids, g.Duty.PointID)
		}
	}
	return ids, err
}

// AbsenceByID returns an absence of a person whom who may see.
func (s *Service) AbsenceByID(ctx context.Context, who identity.Actor, id string) (Absence, error) {
	var a Absence
	err := s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
		a, err = absenceByID(ctx, tx, id)
		return err
	})
	if err != nil {
		return a, err
	}
	_, err = s.ByID(ctx, who, a.FacilitatorID)
	return a, err
}

func absenceByID(ctx context.Context, tx *sqldb.Tx, id string) (Absence, error) {
	row, err := db.New(tx).AbsenceByID(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Absence{}, ErrNotFound
	}
	if err != nil {
		return Absence{}, fmt.Errorf("an absence: %w", err)
	}
	return absenceOf(row), nil
}

// recordAway leaves the days out of the audit: why and when somebody is ill concerns nobody later. It
// publishes [DutyChanged] for the points of the person and for others.
func (s *Service) recordAway(ctx context.Context, tx *sqldb.Tx, who identity.Actor, f Facilitator, action string, others ...string) error {
	err := audit.Write(ctx, tx, who, audit.Entry{Action: action, Subject: "facilitator", SubjectID: f.ID, BodyID: f.BodyID})
	if err != nil {
		return err
	}
	ids := pointsOf(f)
	for _, id := range others {
		if !contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return s.publishPerson(ctx, tx, f.ID, ids)
}

// Places returns the points that an absence of a person whom who may see would touch: those served, and those
// where the person does single times of others' shifts.
func (s *Service) Places(ctx context.Context, who identity.Actor, id string) (ids []string, err error) {
	f, err := s.ByID(ctx, who, id)
	if err != nil {
		return nil, err
	}
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		more, err := pointsInstead(ctx, tx, f.ID)
		ids = slices.Compact(slices.Sorted(slices.Values(append(pointsOf(f), more...))))
		return err
	})
	return ids, err
}

// Absences returns the absences of a person that have not ended.
func (s *Service) Absences(ctx context.Context, who identity.Actor, facilitatorID string) ([]Absence, error) {
	if _, err := s.ByID(ctx, who, facilitatorID); err != nil {
		return nil, err
	}
	var list []Absence
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		found, err := absences(ctx, tx, []string{facilitatorID}, today(tx), endOfTime())
		list = found[facilitatorID]
		return err
	})
	return list, err
}
