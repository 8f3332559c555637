package facilitators

import (
	"context"
	"fmt"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/facilitators/internal/db"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// endOfTime is a last day for questions without one.
func endOfTime() calendar.Day { return calendar.NewDay(9999, 12, 31) }

// OnDuty returns the stretches of shifts at points that really take place from a day to a day, by day and
// time: only of people who are active, serve the point or stand in, and are not away at that time.
func (s *Service) OnDuty(ctx context.Context, tx *sqldb.Tx, pointIDs []string, from, to calendar.Day) ([]OnDay, error) {
	rows, err := db.New(tx).DutiesOfPoints(ctx, db.DutiesOfPointsParams{Points: sqldb.List(pointIDs), FromDay: from, ToDay: to})
	if err != nil {
		return nil, fmt.Errorf("shifts of points: %w", err)
	}
	return s.expand(ctx, tx, rows, from, to)
}

// OnDutyAt is [Service.OnDuty] at a point whose people who may see.
func (s *Service) OnDutyAt(ctx context.Context, who identity.Actor, pointID string, from, to calendar.Day) (list []OnDay, err error) {
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		if _, err := s.points.RequirePoint(ctx, tx, who, identity.SeeFacilitators, pointID); err != nil {
			return err
		}
		list, err = s.OnDuty(ctx, tx, []string{pointID}, from, to)
		return err
	})
	return list, err
}

// OnDutyOf is OnDuty of people instead of points: where they are, by day and time, whoever's shift it is.
func (s *Service) OnDutyOf(ctx context.Context, tx *sqldb.Tx, ids []string, from, to calendar.Day) ([]OnDay, error) {
	q := db.New(tx)
	rows, err := q.DutiesOfPeople(ctx, db.DutiesOfPeopleParams{Ids: sqldb.List(ids), FromDay: from})
	if err != nil {
		return nil, fmt.Errorf("shifts of people: %w", err)
	}
	more, err := q.DutiesInstead(ctx, db.DutiesInsteadParams{Ids: sqldb.List(ids), FromDay: from, ToDay: to})
	if err != nil {
		return nil, fmt.Errorf("shifts of people: %w", err)
	}
	for _, r := range more {
		if !slices.ContainsFunc(rows, func(o db.FacilitatorsDuty) bool { return o.ID == r.ID }) {
			rows = append(rows, r)
		}
	}
	list, err := s.expand(ctx, tx, rows, from, to)
	return slices.DeleteFunc(list, func(o OnDay) bool { return !contains(ids, o.Duty.FacilitatorID) }), err
}

func (s *Service) expand(ctx context.Context, tx *sqldb.Tx, rows []db.FacilitatorsDuty, from, to calendar.Day) ([]OnDay, error) {
	r, err := s.roster(ctx, tx, rows, from, to)
	if err != nil {
		return nil, err
	}
	return r.onDuty(), nil
}

// roster reads what decides about some shifts from a day to a day.
func (s *Service) roster(ctx context.Context, tx *sqldb.Tx, rows []db.FacilitatorsDuty, from, to calendar.Day) (roster, error) {
	r := roster{from: from, to: to, away: map[string][]Absence{}}
	var err error
	if r.duties, err = duties(ctx, tx, rows); err != nil {
		return r, err
	}
	ids := make([]string, len(rows))
	people := map[string]bool{}
	for i, d := range rows {
		ids[i], people[d.FacilitatorID] = d.ID, true
	}
	if r.changed, err = occurrences(ctx, tx, ids, from, to); err != nil {
		return r, err
	}
	if r.instead, err = substitutes(ctx, tx, ids, from, to); err != nil {
		return r, err
	}
	for _, o := range r.changed {
		people[o.FacilitatorID] = true
	}
	for _, list := range r.instead {
		for _, one := range list {
			people[one.FacilitatorID] = true
		}
	}
	if r.people, err = s.ByIDsTx(ctx, tx, sortedKeys(people)); err != nil {
		return r, err
	}
	r.away, err = absences(ctx, tx, sortedKeys(people), from, to)
	return r, err
}

func occurrences(ctx context.Context, tx *sqldb.Tx, ids []string, from, to calendar.Day) (map[dutyDay]Occurrence, error) {
	rows, err := db.New(tx).OccurrencesOfDuties(ctx, db.OccurrencesOfDutiesParams{Duties: sqldb.List(ids), FromDay: from, ToDay: to})
	if err != nil {
		return nil, fmt.Errorf("times of shifts: %w", err)
	}
	found := make(map[dutyDay]Occurrence, len(rows))
	for _, o := range rows {
		found[dutyDay{o.DutyID, o.Day}] = Occurrence{
			DutyID: o.DutyID, Day: o.Day, Cancelled: o.State == cancelled, FacilitatorID: o.FacilitatorID, AddressID: o.AddressID,
			Starts: calendar.Minute(o.Starts), Ends: calendar.Minute(o.Ends),
		}
	}
	return found, nil
}

func substitutes(ctx context.Context, tx *sqldb.Tx, ids []string, from, to calendar.Day) (map[dutyDay][]Substitute, error) {
	rows, err := db.New(tx).SubstitutesOfDuties(ctx, db.SubstitutesOfDutiesParams{Duties: sqldb.List(ids), FromDay: from, ToDay: to})
	if err != nil {
		return nil, fmt.Errorf("who stands in: %w", err)
	}
	found := make(map[dutyDay][]Substitute, len(rows))
	for _, r := range rows {
		at := dutyDay{r.DutyID, r.Day}
		found[at] = append(found[at], Substitute{AbsenceID: r.AbsenceID, DutyID: r.DutyID, Day: r.Day, FacilitatorID: r.FacilitatorID})
	}
	return found, nil
}

// absences returns the absences of people that meet some days, by person.
func absences(ctx context.Context, tx *sqldb.Tx, ids []string, from, to calendar.Day) (map[string][]Absence, error) {
	rows, err := db.New(tx).Absences(ctx, db.AbsencesParams{Ids: sqldb.List(ids), FromDay: from, ToDay: to})
	if err != nil {
		return nil, fmt.Errorf("absences: %w", err)
	}
	found := map[string][]Absence{}
	for _, a := range rows {
		found[a.FacilitatorID] = append(found[a.FacilitatorID], absenceOf(db.AbsenceByIDRow(a)))
	}
	return found, nil
}

func absenceOf(a db.AbsenceByIDRow) Absence {
	one := Absence{ID: a.ID, FacilitatorID: a.FacilitatorID, From: a.FromDay, To: a.ToDay, Reason: a.Reason}
	if calendar.Minute(a.Ends-a.Starts) < calendar.EndOfDay {
		one.Starts, one.Ends = calendar.Minute(a.Starts), calendar.Minute(a.Ends)
	}
	return one
}

// duties returns shifts with the kinds that they offer, in the order of the rows.
func duties(ctx context.Context, tx *sqldb.Tx, rows []db.FacilitatorsDuty) ([]Duty, error) {
	ids, list := make([]string, len(rows)), make([]Duty, len(rows))
	for i, r := range rows {
		ids[i], list[i] = r.ID, dutyOf(r)
	}
	kinds, err := db.New(tx).DutyKinds(ctx, sqldb.List(ids))
	if err != nil {
		return nil, fmt.Errorf("kinds of shifts: %w", err)
	}
	offers := map[string][]string{}
	for _, k := range kinds {
		offers[k.DutyID] = append(offers[k.DutyID], k.KindID)
	}
	for i, d := range list {
		list[i].KindIDs = offers[d.ID]
	}
	return list, nil
}

// Duties returns the shifts at a point that have not ended, by weekday and time.
func (s *Service) Duties(ctx context.Context, who identity.Actor, pointID string) ([]Duty, error) {
	var list []Duty
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		if _, err := s.points.RequirePoint(ctx, tx, who, identity.SeeFacilitators, pointID); err != nil {
			return err
		}
		arg := db.DutiesOfPointsParams{Points: sqldb.List([]string{pointID}), FromDay: today(tx), ToDay: endOfTime()}
		rows, err := db.New(tx).DutiesOfPoints(ctx, arg)
		if err != nil {
			return fmt.Errorf("shifts of a point: %w", err)
		}
		list, err = duties(ctx, tx, rows)
		return err
	})
	return list, err
}

// DutiesOfPerson returns the shifts of a person whom who may see that have not ended, at every point.
func (s *Service) DutiesOfPerson(ctx context.Context, who identity.Actor, id string) ([]Duty, error) {
	if _, err := s.ByID(ctx, who, id); err != nil {
		return nil, err
	}
	var list []Duty
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		found, err := s.DutiesOf(ctx, tx, []string{id}, today(tx))
		list = found[id]
		return err
	})
	return list, err
}

// onDutyToday returns who is on duty today, wherever.
func (s *Service) onDutyToday(ctx context.Context, tx *sqldb.Tx) ([]string, error) {
	day := today(tx)
	rows, err := db.New(tx).DutiesOnDay(ctx, db.DutiesOnDayParams{Weekday: int(day.Weekday()), Day: day})
	if err != nil {
		return nil, fmt.Errorf("shifts of a day: %w", err)
	}
	list, err := s.expand(ctx, tx, rows, day, day)
	people := map[string]bool{}
	for _, o := range list {
		people[o.Duty.FacilitatorID] = true
	}
	return sortedKeys(people), err
}

// PointsWithDuty returns the points with a shift that has not ended, for the nightly materialising.
func (s *Service) PointsWithDuty(ctx context.Context, tx *sqldb.Tx) ([]string, error) {
	ids, err := db.New(tx).PointsWithDuty(ctx, today(tx))
	if err != nil {
		return nil, fmt.Errorf("points with a shift: %w", err)
	}
	return ids, nil
}

// PointsOfKind returns the points where a shift that has not ended offers a kind.
func (s *Service) PointsOfKind(ctx context.Context, tx *sqldb.Tx, kindID string) ([]string, error) {
	ids, err := db.New(tx).PointsOfKind(ctx, db.PointsOfKindParams{KindID: kindID, Today: today(tx)})
	if err != nil {
		return nil, fmt.Errorf("points of a kind: %w", err)
	}
	return ids, nil
}

// cancelled and changed are the states of a time that goes otherwise.
const (
	cancelled = "cancelled"
	changed   = "changed"
)

func dutyOf(r db.FacilitatorsDuty) Duty {
	d := Duty{
		ID: r.ID, FacilitatorID: r.FacilitatorID, PointID: r.PointID, AddressID: r.AddressID, Weekday: calendar.Weekday(r.Weekday),
		Starts: calendar.Minute(r.Starts), Ends: calendar.Minute(r.Ends), Kind: r.Kind, SlotMinutes: r.SlotMinutes, Seats: r.Seats,
		From: r.FromDay, To: r.ToDay, Every: r.EveryWeeks, Anchor: r.AnchorDay, Nth: r.Nth,
	}
	if d.Every == 1 {
		d.Every = 0
	}
	return d
}
