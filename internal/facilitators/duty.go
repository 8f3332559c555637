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
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// Serve says that a person serves a point from a day to a day (zero: it goes on). who needs authority
// over both the point and the body the person works for.
func (s *Service) Serve(ctx context.Context, who identity.Actor, facilitatorID, pointID string, from, to calendar.Day) error {
	return refused(s.base.Update(ctx, func(tx *sqldb.Tx) error {
		return s.ServeTx(ctx, tx, who, facilitatorID, Served{PointID: pointID, From: from, To: to})
	}))
}

// ServeTx is Serve inside the caller's transaction: for imports.
func (s *Service) ServeTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, facilitatorID string, at Served) error {
	if at.From.IsZero() || !at.To.IsZero() && at.To.Before(at.From) {
		return errs.Problems{{Field: "from", Key: "facilitators.ends_before"}}.Err()
	}
	f, err := s.editable(ctx, tx, who, facilitatorID)
	if err != nil {
		return err
	}
	p, err := s.points.RequirePoint(ctx, tx, who, identity.EditFacilitators, at.PointID)
	if err != nil {
		return err
	}
	for _, was := range f.Points {
		if was.PointID == at.PointID && !later(was.From, at.From).After(lastOf(was.To, at.To)) {
			return ErrServesTwice
		}
	}
	arg := db.InsertServedParams{FacilitatorID: facilitatorID, PointID: at.PointID, FromDay: at.From, ToDay: at.To}
	if err := db.New(tx).InsertServed(ctx, arg); err != nil {
		return fmt.Errorf("serve a point: %w", err)
	}
	return s.record(ctx, tx, who, p, "facilitators.serve", facilitatorID)
}

// lastOf is the earlier of two last days, with a day far ahead for two that never end.
func lastOf(a, b calendar.Day) calendar.Day {
	if d := earlier(a, b); !d.IsZero() {
		return d
	}
	return calendar.NewDay(9999, 12, 31)
}

// Stopping is the fact that a person serves a point until Last and no longer: access to it ends too.
type Stopping struct {
	AccountID, PointID string
	Last               calendar.Day
	Who                identity.Actor
}

// StopServing says that on is the last day on which a person serves a point; [Stopping] tells it.
func (s *Service) StopServing(ctx context.Context, who identity.Actor, facilitatorID, pointID string, on calendar.Day) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		p, err := s.points.RequirePoint(ctx, tx, who, identity.EditFacilitators, pointID)
		if err != nil {
			return err
		}
		q := db.New(tx)
		n, err := q.EndServed(ctx, db.EndServedParams{FacilitatorID: facilitatorID, PointID: pointID, ToDay: on})
		if err != nil {
			return fmt.Errorf("stop serving: %w", err)
		}
		m, err := q.DeleteServedAfter(ctx, db.DeleteServedAfterParams{FacilitatorID: facilitatorID, PointID: pointID, OnDay: on})
		if err != nil {
			return fmt.Errorf("stop serving: %w", err)
		}
		if n+m == 0 {
			return ErrNotServing
		}
		if err := s.record(ctx, tx, who, p, "facilitators.stop_serving", facilitatorID); err != nil {
			return err
		}
		f, err := s.byID(ctx, tx, facilitatorID)
		if err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, Stopping{AccountID: f.AccountID, PointID: pointID, Last: on, Who: who})
	})
}

// AddDuty adds a weekly shift and returns its id. It refuses a shift that overlaps another of the same
// person (ErrDutyOverlap), and one at a point that the person does not serve on its first day
// (ErrNotServing).
func (s *Service) AddDuty(ctx context.Context, who identity.Actor, d Duty) (string, error) {
	d, err := checkedDuty(d)
	if err != nil {
		return "", err
	}
	var id string
	err = s.base.Update(ctx, func(tx *sqldb.Tx) error {
		id, err = s.addDuty(ctx, tx, who, d)
		return err
	})
	return id, err
}

func (s *Service) addDuty(ctx context.Context, tx *sqldb.Tx, who identity.Actor, d Duty) (string, error) {
	p, err := s.points.RequirePoint(ctx, tx, who, identity.EditFacilitators, d.PointID)
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(p.Addresses, func(a points.Address) bool { return a.ID == d.AddressID }) {
		return "", errs.Problems{{Field: "address_id", Key: "facilitators.address"}}.Err()
	}
	f, err := s.byID(ctx, tx, d.FacilitatorID)
	if err != nil {
		return "", err
	}
	if !f.ServesOn(d.PointID, d.From) {
		return "", ErrNotServing
	}
	q := db.New(tx)
	rows, err := q.DutiesOfFacilitator(ctx, db.DutiesOfFacilitatorParams{FacilitatorID: d.FacilitatorID, FromDay: d.From})
	if err != nil {
		return "", fmt.Errorf("add a shift: %w", err)
	}
	for _, r := range rows {
		if overlaps(dutyOf(r), d) {
			return "", ErrDutyOverlap
		}
	}
	d.ID = sqldb.NewID(tx.Now)
	err = q.InsertDuty(ctx, db.InsertDutyParams{
		ID: d.ID, FacilitatorID: d.FacilitatorID, PointID: d.PointID, AddressID: d.AddressID, Weekday: int(d.Weekday),
		Starts: int(d.Starts), Ends: int(d.Ends), Kind: d.Kind, SlotMinutes: d.SlotMinutes, Seats: d.Seats, FromDay: d.From, ToDay: d.To,
	})
	if err != nil {
		return "", fmt.Errorf("add a shift: %w", err)
	}
	return d.ID, s.record(ctx, tx, who, p, "facilitators.duty_add", d.FacilitatorID)
}

// EndDuty makes on the last day of a shift; a shift that would end before it begins is taken away.
func (s *Service) EndDuty(ctx context.Context, who identity.Actor, id string, on calendar.Day) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		row, err := q.DutyByID(ctx, id)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("end a shift: %w", err)
		}
		p, err := s.points.RequirePoint(ctx, tx, who, identity.EditFacilitators, row.PointID)
		if err != nil {
			return err
		}
		if err := endDutyOn(ctx, q, dutyOf(row), on); err != nil {
			return err
		}
		return s.record(ctx, tx, who, p, "facilitators.duty_end", row.FacilitatorID)
	})
}

// ChangeDuty gives a shift other times, another kind or another address from d.From on, and returns the
// id of what goes on from there: what was before stays as it was. The person, the point and the last day
// are those of d too. It refuses like AddDuty, and a day on which the shift is over.
func (s *Service) ChangeDuty(ctx context.Context, who identity.Actor, id string, d Duty) (string, error) {
	d, err := checkedDuty(d)
	if err != nil {
		return "", err
	}
	var fresh string
	err = s.base.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		row, err := q.DutyByID(ctx, id)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("change a shift: %w", err)
		}
		was := dutyOf(row)
		p, err := s.points.RequirePoint(ctx, tx, who, identity.EditFacilitators, was.PointID)
		if err != nil {
			return err
		}
		if d.From.Before(today(tx)) || !was.To.IsZero() && d.From.After(was.To) {
			return errs.Problems{{Field: "from", Key: "facilitators.change_from"}}.Err()
		}
		if err := endDutyOn(ctx, q, was, d.From.AddDays(-1)); err != nil {
			return err
		}
		d.PointID = was.PointID
		if fresh, err = s.addDuty(ctx, tx, who, d); err != nil || d.FacilitatorID == was.FacilitatorID {
			return err
		}
		return s.record(ctx, tx, who, p, "facilitators.duty_end", was.FacilitatorID)
	})
	return fresh, err
}

// record writes the audit of a change at a point and publishes [DutyChanged] for it.
func (s *Service) record(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p points.Point, action, facilitatorID string) error {
	err := audit.Write(ctx, tx, who, audit.Entry{
		Action: action, Subject: "facilitator", SubjectID: facilitatorID, BodyID: p.ManagingBodyID, PointID: p.ID,
	})
	if err != nil {
		return err
	}
	return s.publish(ctx, tx, facilitatorID, []string{p.ID})
}

// AddAbsence says that a person is away from a day to a day, at every point.
func (s *Service) AddAbsence(ctx context.Context, who identity.Actor, a Absence) (string, error) {
	if a.From.IsZero() || a.To.Before(a.From) {
		return "", errs.Problems{{Field: "to", Key: "facilitators.ends_before"}}.Err()
	}
	var id string
	err := s.base.Update(ctx, func(tx *sqldb.Tx) error {
		f, err := s.editable(ctx, tx, who, a.FacilitatorID)
		if err != nil {
			return err
		}
		id = sqldb.NewID(tx.Now)
		err = db.New(tx).InsertAbsence(ctx, db.InsertAbsenceParams{
			ID: id, FacilitatorID: f.ID, FromDay: a.From, ToDay: a.To, CreatedAt: sqldb.At(tx.Now),
		})
		if err != nil {
			return fmt.Errorf("add an absence: %w", err)
		}
		return s.recordAway(ctx, tx, who, f, "facilitators.absence_add")
	})
	return id, err
}

// RemoveAbsence takes an absence back.
func (s *Service) RemoveAbsence(ctx context.Context, who identity.Actor, id string) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		a, err := q.AbsenceByID(ctx, id)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("remove an absence: %w", err)
		}
		f, err := s.editable(ctx, tx, who, a.FacilitatorID)
		if err != nil {
			return err
		}
		if err := q.DeleteAbsence(ctx, id); err != nil {
			return fmt.Errorf("remove an absence: %w", err)
		}
		return s.recordAway(ctx, tx, who, f, "facilitators.absence_remove")
	})
}

// recordAway leaves the days out of the audit: why and when somebody is ill concerns nobody later.
func (s *Service) recordAway(ctx context.Context, tx *sqldb.Tx, who identity.Actor, f Facilitator, action string) error {
	err := audit.Write(ctx, tx, who, audit.Entry{Action: action, Subject: "facilitator", SubjectID: f.ID, BodyID: f.BodyID})
	if err != nil {
		return err
	}
	return s.publish(ctx, tx, f.ID, pointsOf(f))
}

// OnDuty returns the shifts at points that really take place from a day to a day, by day and time:
// only of people who are active, serve the point and are not away on that day.
func (s *Service) OnDuty(ctx context.Context, tx *sqldb.Tx, pointIDs []string, from, to calendar.Day) ([]OnDay, error) {
	q := db.New(tx)
	rows, err := q.DutiesOfPoints(ctx, db.DutiesOfPointsParams{Points: sqldb.List(pointIDs), FromDay: from, ToDay: to})
	if err != nil {
		return nil, fmt.Errorf("shifts of points: %w", err)
	}
	var ids []string
	duties := make([]Duty, len(rows))
	for i, r := range rows {
		duties[i] = dutyOf(r)
		if !contains(ids, r.FacilitatorID) {
			ids = append(ids, r.FacilitatorID)
		}
	}
	people, err := s.ByIDsTx(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	away, err := q.Absences(ctx, db.AbsencesParams{Ids: sqldb.List(ids), FromDay: from, ToDay: to})
	if err != nil {
		return nil, fmt.Errorf("absences: %w", err)
	}
	absences := map[string][]Absence{}
	for _, a := range away {
		absences[a.FacilitatorID] = append(absences[a.FacilitatorID], absenceOf(a))
	}
	return expand(duties, people, absences, from, to), nil
}

// Duties returns the shifts at a point that have not ended, by weekday and time.
func (s *Service) Duties(ctx context.Context, who identity.Actor, pointID string) ([]Duty, error) {
	var list []Duty
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		if _, err := s.points.RequirePoint(ctx, tx, who, identity.SeeFacilitators, pointID); err != nil {
			return err
		}
		arg := db.DutiesOfPointsParams{Points: sqldb.List([]string{pointID}), FromDay: today(tx), ToDay: calendar.NewDay(9999, 12, 31)}
		rows, err := db.New(tx).DutiesOfPoints(ctx, arg)
		if err != nil {
			return fmt.Errorf("shifts of a point: %w", err)
		}
		list = make([]Duty, len(rows))
		for i, r := range rows {
			list[i] = dutyOf(r)
		}
		return nil
	})
	return list, err
}

// Absences returns the absences of a person that have not ended.
func (s *Service) Absences(ctx context.Context, who identity.Actor, facilitatorID string) ([]Absence, error) {
	if _, err := s.ByID(ctx, who, facilitatorID); err != nil {
		return nil, err
	}
	var list []Absence
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		arg := db.AbsencesParams{Ids: sqldb.List([]string{facilitatorID}), FromDay: today(tx), ToDay: calendar.NewDay(9999, 12, 31)}
		rows, err := db.New(tx).Absences(ctx, arg)
		if err != nil {
			return fmt.Errorf("absences: %w", err)
		}
		list = make([]Absence, len(rows))
		for i, r := range rows {
			list[i] = absenceOf(r)
		}
		return nil
	})
	return list, err
}

// PointsWithDuty returns the points with a shift that has not ended, for the nightly materialising.
func (s *Service) PointsWithDuty(ctx context.Context, tx *sqldb.Tx) ([]string, error) {
	ids, err := db.New(tx).PointsWithDuty(ctx, today(tx))
	if err != nil {
		return nil, fmt.Errorf("points with a shift: %w", err)
	}
	return ids, nil
}

func dutyOf(r db.FacilitatorsDuty) Duty {
	return Duty{
		ID: r.ID, FacilitatorID: r.FacilitatorID, PointID: r.PointID, AddressID: r.AddressID, Weekday: calendar.Weekday(r.Weekday),
		Starts: calendar.Minute(r.Starts), Ends: calendar.Minute(r.Ends), Kind: r.Kind, SlotMinutes: r.SlotMinutes, Seats: r.Seats,
		From: r.FromDay, To: r.ToDay,
	}
}

func absenceOf(a db.AbsencesRow) Absence {
	return Absence{ID: a.ID, FacilitatorID: a.FacilitatorID, From: a.FromDay, To: a.ToDay}
}
