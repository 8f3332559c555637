package facilitators

import (
	"context"
	"fmt"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators/internal/db"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// Handover is that a person stops working here (it: passaggio di consegne): on Last for the last time,
// and from the day after somebody else, or nobody, at each point.
type Handover struct {
	FacilitatorID string
	Last          calendar.Day
	// To is who takes over, by id of the point; nobody at the points that are not in it.
	To map[string]string
}

// Leaving is the fact that a person works until Last and no longer, told after the shifts changed.
// Appointments after it find somebody else, and access ends.
type Leaving struct {
	FacilitatorID, AccountID string
	Last                     calendar.Day
	Who                      identity.Actor
}

// HandOver ends a person's work in one transaction: the points served, the shifts, which the successor at
// the point goes on with, and through [Leaving] the appointments and the access. It refuses a day that is
// over, a successor whose own shifts overlap (ErrDutyOverlap), and whom who may not send away.
func (s *Service) HandOver(ctx context.Context, who identity.Actor, h Handover) error {
	return refused(s.base.Update(ctx, func(tx *sqldb.Tx) error {
		if h.Last.Before(today(tx)) {
			return errs.Problems{{Field: "last", Key: ErrLastPast.Key}}.Err()
		}
		f, err := s.dismissable(ctx, tx, who, h.FacilitatorID)
		if err != nil {
			return err
		}
		if h.Last.Before(f.From) {
			return errs.Problems{{Field: "last", Key: "facilitators.ends_before"}}.Err()
		}
		touched, err := s.passOn(ctx, tx, who, f, h)
		if err != nil {
			return err
		}
		if err := s.leave(ctx, tx, who, f, h.Last); err != nil {
			return err
		}
		if err := s.publishPerson(ctx, tx, f.ID, touched); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, Leaving{FacilitatorID: f.ID, AccountID: f.AccountID, Last: h.Last, Who: who})
	}))
}

// leave writes the last day of a person's work.
func (s *Service) leave(ctx context.Context, tx *sqldb.Tx, who identity.Actor, f Facilitator, last calendar.Day) error {
	was := f
	f.To = last
	err := db.New(tx).SetFilled(ctx, db.SetFilledParams{
		ID: f.ID, AccountID: sqldb.OptText(f.AccountID), Email: f.Email, Phone: f.Phone, State: f.State, FromDay: f.From, ToDay: f.To,
	})
	if err != nil {
		return fmt.Errorf("hand over: %w", err)
	}
	return audit.Write(ctx, tx, who, audit.Entry{
		Action: "facilitators.handover", Subject: "facilitator", SubjectID: f.ID, BodyID: f.BodyID, Detail: audit.Compare(was, f),
	})
}

// passOn ends what a person does at every point and lets the successors go on; it returns the points.
func (s *Service) passOn(ctx context.Context, tx *sqldb.Tx, who identity.Actor, f Facilitator, h Handover) ([]string, error) {
	q := db.New(tx)
	rows, err := q.DutiesOfFacilitator(ctx, db.DutiesOfFacilitatorParams{FacilitatorID: f.ID, FromDay: h.Last.AddDays(1)})
	if err != nil {
		return nil, fmt.Errorf("hand over: %w", err)
	}
	shifts, err := duties(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	touched := servedOn(f, today(tx))
	for _, d := range shifts {
		if !contains(touched, d.PointID) {
			touched = append(touched, d.PointID)
		}
	}
	for _, pointID := range touched {
		heir := h.To[pointID]
		if heir == "" || heir == f.ID {
			continue
		}
		if err := s.succeed(ctx, tx, who, heir, Served{PointID: pointID, From: h.Last.AddDays(1)}); err != nil {
			return nil, err
		}
		if err := s.goOn(ctx, tx, who, shifts, pointID, heir, h.Last.AddDays(1)); err != nil {
			return nil, err
		}
	}
	for _, d := range shifts {
		if err := endDutyOn(ctx, q, d, h.Last); err != nil {
			return nil, err
		}
	}
	return touched, endServed(ctx, q, f.ID, h.Last)
}

// goOn gives the heir the shifts of a point from a day on, with what was said of single days.
func (s *Service) goOn(ctx context.Context, tx *sqldb.Tx, who identity.Actor, shifts []Duty, pointID, heir string, first calendar.Day) error {
	for _, d := range shifts {
		if d.PointID != pointID {
			continue
		}
		next := d
		next.FacilitatorID, next.From = heir, later(d.From, first)
		var err error
		if next.ID, err = s.addDuty(ctx, tx, who, next, d.ID); err != nil {
			return err
		}
		if err := carry(ctx, tx, d, []Duty{next}, next.From); err != nil {
			return err
		}
		if err := s.bus.Publish(ctx, tx, Continued{From: d.ID, Into: []string{next.ID}}); err != nil {
			return err
		}
	}
	return nil
}

// succeed makes the heir serve the point from a day on, if not already.
func (s *Service) succeed(ctx context.Context, tx *sqldb.Tx, who identity.Actor, heir string, at Served) error {
	if _, err := s.points.RequirePoint(ctx, tx, who, identity.EditFacilitators, at.PointID); err != nil {
		return err
	}
	f, err := s.byID(ctx, tx, heir)
	if err != nil {
		return err
	}
	if !f.WorksOn(at.From) || f.MergedInto != "" {
		return ErrNotWorking
	}
	for _, p := range f.Points {
		if p.PointID == at.PointID && (p.To.IsZero() || !p.To.Before(at.From)) {
			if !p.To.IsZero() || p.From.After(at.From) {
				return ErrServesTwice
			}
			return nil
		}
	}
	err = db.New(tx).InsertServed(ctx, db.InsertServedParams{FacilitatorID: heir, PointID: at.PointID, FromDay: at.From, ToDay: at.To})
	if err != nil {
		return fmt.Errorf("hand over: %w", err)
	}
	return audit.Write(ctx, tx, who, audit.Entry{
		Action: "facilitators.serve", Subject: "facilitator", SubjectID: heir, BodyID: f.BodyID, PointID: at.PointID,
	})
}

// endServed makes last the last day at every point; what would begin later goes.
func endServed(ctx context.Context, q *db.Queries, id string, last calendar.Day) error {
	rows, err := q.ServedAfter(ctx, db.ServedAfterParams{FacilitatorID: id, Day: last})
	if err != nil {
		return fmt.Errorf("stop serving: %w", err)
	}
	for _, r := range rows {
		if r.FromDay.After(last) {
			err = q.DeleteServed(ctx, db.DeleteServedParams{FacilitatorID: id, PointID: r.PointID, FromDay: r.FromDay})
		} else {
			err = q.SetServedEnd(ctx, db.SetServedEndParams{FacilitatorID: id, PointID: r.PointID, FromDay: r.FromDay, ToDay: last})
		}
		if err != nil {
			return fmt.Errorf("stop serving: %w", err)
		}
	}
	return nil
}

// endDutyOn makes last the last day of a shift; a shift that would end before it begins goes.
func endDutyOn(ctx context.Context, q *db.Queries, d Duty, last calendar.Day) error {
	var err error
	if last.Before(d.From) {
		err = q.DeleteDuty(ctx, d.ID)
	} else {
		err = q.SetDutyEnd(ctx, db.SetDutyEndParams{ID: d.ID, ToDay: last})
	}
	if err != nil {
		return fmt.Errorf("end a shift: %w", err)
	}
	return nil
}
