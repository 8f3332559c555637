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
	"capillare/internal/kinds"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// AddDuty adds a shift and returns its id. It refuses a shift that meets another of the same person
// (ErrDutyOverlap), one at a point that the person does not serve on its first day (ErrNotServing), and kinds of
// appointment that the point does not offer.
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

// addDuty adds a checked shift; shifts with the ids of instead are about to go and not in its way.
func (s *Service) addDuty(ctx context.Context, tx *sqldb.Tx, who identity.Actor, d Duty, instead ...string) (string, error) {
	p, err := s.points.RequirePoint(ctx, tx, who, identity.EditFacilitators, d.PointID)
	if err != nil {
		return "", err
	}
	if _, ok := p.Address(d.AddressID); !ok {
		return "", errs.Problems{{Field: "address_id", Key: "facilitators.address"}}.Err()
	}
	if err := offered(ctx, tx, p, d, instead); err != nil {
		return "", err
	}
	f, err := s.byID(ctx, tx, d.FacilitatorID)
	if err != nil {
		return "", err
	}
	if !f.ServesOn(d.PointID, d.From) {
		return "", ErrNotServing
	}
	if err := s.freeFor(ctx, tx, d, instead); err != nil {
		return "", err
	}
	d.ID = sqldb.NewID(tx.Now)
	if err := insertDuty(ctx, db.New(tx), d); err != nil {
		return "", err
	}
	return d.ID, s.record(ctx, tx, who, p, "facilitators.duty_add", d.FacilitatorID)
}

// offered refuses kinds that the point does not offer, but for those that the shifts of instead name already: the
// point may be another body's by now.
func offered(ctx context.Context, tx *sqldb.Tx, p points.Point, d Duty, instead []string) error {
	ids := slices.Clone(d.KindIDs)
	for _, id := range instead {
		if len(ids) == 0 {
			break
		}
		old, err := dutyByID(ctx, tx, id)
		if err != nil {
			return err
		}
		ids = slices.DeleteFunc(ids, func(kind string) bool { return contains(old.KindIDs, kind) })
	}
	if len(ids) == 0 {
		return nil
	}
	ok, err := kinds.Offered(ctx, tx, p, ids)
	if err == nil && !ok {
		err = errs.Problems{{Field: "kind_id", Key: "facilitators.kind_elsewhere"}}.Err()
	}
	return err
}

// freeFor refuses a shift that meets another of the same person, but for those of instead: by their rules,
// and by the single times from today on that go otherwise.
func (s *Service) freeFor(ctx context.Context, tx *sqldb.Tx, d Duty, instead []string) error {
	q := db.New(tx)
	rows, err := q.DutiesOfFacilitator(ctx, db.DutiesOfFacilitatorParams{FacilitatorID: d.FacilitatorID, FromDay: d.From})
	if err != nil {
		return fmt.Errorf("shifts of a person: %w", err)
	}
	for _, r := range rows {
		if !contains(instead, r.ID) && overlaps(dutyOf(r), d) {
			return ErrDutyOverlap
		}
	}
	single, err := s.singleTimes(ctx, tx, []string{d.FacilitatorID}, later(d.From, today(tx)))
	if err != nil {
		return err
	}
	for _, o := range single {
		if !contains(instead, o.Duty.ID) && d.On(o.Day) && o.meets(d.Starts, d.Ends) {
			return ErrDutyOverlap
		}
	}
	return nil
}

// singleTimes are what people do otherwise than their own shifts say: once elsewhere, at another hour, or
// standing in.
func (s *Service) singleTimes(ctx context.Context, tx *sqldb.Tx, ids []string, from calendar.Day) ([]OnDay, error) {
	rows, err := db.New(tx).DutiesInstead(ctx, db.DutiesInsteadParams{Ids: sqldb.List(ids), FromDay: from, ToDay: endOfTime()})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	list, err := s.expand(ctx, tx, rows, from, from.AddDays(366*calendar.MaxYears))
	return slices.DeleteFunc(list, func(o OnDay) bool { return !contains(ids, o.Duty.FacilitatorID) }), err
}

// meets reports whether o claims some of the minutes of its day.
func (o OnDay) meets(starts, ends calendar.Minute) bool {
	return o.Duty.Starts < ends && starts < o.Duty.Ends
}

func insertDuty(ctx context.Context, q *db.Queries, d Duty) error {
	err := q.InsertDuty(ctx, db.InsertDutyParams{
		ID: d.ID, FacilitatorID: d.FacilitatorID, PointID: d.PointID, AddressID: d.AddressID, Weekday: int(d.Weekday),
		Starts: int(d.Starts), Ends: int(d.Ends), Kind: d.Kind, SlotMinutes: d.SlotMinutes, Seats: d.Seats, FromDay: d.From, ToDay: d.To,
		EveryWeeks: max(d.Every, 1), AnchorDay: d.Anchor, Nth: d.Nth,
	})
	if err != nil {
		return fmt.Errorf("add a shift: %w", err)
	}
	return insertOffers(ctx, q, []Duty{d})
}

// EndDuty makes on the last day of a shift; a shift that would end before it begins is taken away. One that ends
// earlier anyway stays as it is: later it might meet another.
func (s *Service) EndDuty(ctx context.Context, who identity.Actor, id string, on calendar.Day) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error { return s.EndDutyTx(ctx, tx, who, id, on) })
}

// editableDuty returns a shift that who may change, with its point.
func (s *Service) editableDuty(ctx context.Context, tx *sqldb.Tx, who identity.Actor, id string) (Duty, points.Point, error) {
	d, err := dutyByID(ctx, tx, id)
	if err != nil {
		return d, points.Point{}, err
	}
	p, err := s.points.RequirePoint(ctx, tx, who, identity.EditFacilitators, d.PointID)
	return d, p, err
}

func dutyByID(ctx context.Context, tx *sqldb.Tx, id string) (Duty, error) {
	row, err := db.New(tx).DutyByID(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Duty{}, ErrNotFound
	}
	if err != nil {
		return Duty{}, fmt.Errorf("a shift: %w", err)
	}
	list, err := duties(ctx, tx, []db.FacilitatorsDuty{row})
	if err != nil {
		return Duty{}, err
	}
	return list[0], nil
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
