package visits

import (
	"context"
	"errors"
	"strings"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/kinds"
	"capillare/internal/sqldb"
	"capillare/internal/visits/internal/db"
)

// whatVisit names the plans that followed a person entered twice.
const whatVisit = "visits.request"

// Plan says when and where somebody goes, without a time of the agenda; again, when it changes. A booking
// that the plan had is cancelled then. It refuses with fields: day, from, to, facilitator, place.
func (s *Service) Plan(ctx context.Context, who identity.Actor, seen Seen, plan Plan) (Request, error) {
	return s.answer(ctx, who, seen, "plan", func(tx *sqldb.Tx, r *Request) error {
		plan.Place, plan.BookingID = strings.TrimSpace(plan.Place), ""
		if err := s.checkPlan(ctx, tx, r.PointID, plan); err != nil {
			return err
		}
		r.planned(tx, who, plan)
		return nil
	})
}

func (r *Request) planned(tx *sqldb.Tx, who identity.Actor, plan Plan) {
	takeCharge(tx, who, r)
	r.State, r.Plan, r.PlannedAt = Planned, plan, tx.Now
}

func (s *Service) checkPlan(ctx context.Context, tx *sqldb.Tx, pointID string, plan Plan) error {
	var p errs.Problems
	today := calendar.DayOf(tx.Now)
	switch {
	case plan.Day.IsZero():
		p.Add("day", "visits.day_missing")
	case plan.Day.Before(today):
		p.Add("day", "visits.day_past")
	}
	if !plan.From.Valid() || !plan.To.Valid() || plan.To <= plan.From {
		p.Add("to", "visits.hours")
	}
	tooLong(&p, "place", plan.Place, longestPlace)
	people, err := s.People.ByIDsTx(ctx, tx, []string{plan.FacilitatorID})
	if err != nil {
		return err
	}
	// A request of no point is planned by who has the whole network: anybody may go.
	if f, ok := people[plan.FacilitatorID]; !ok || !f.WorksOn(plan.Day) || pointID != "" && !f.ServesOn(pointID, plan.Day) {
		p.Add("facilitator", "visits.facilitator_missing")
	}
	return p.Err()
}

// PlanAt plans a visit at a free time of the agenda, which it books with the contact of the request: a
// kind of appointment at home or in a village. It refuses as a booking does.
func (s *Service) PlanAt(ctx context.Context, who identity.Actor, seen Seen, where agenda.Where) (Request, error) {
	return s.answer(ctx, who, seen, "plan", func(tx *sqldb.Tx, r *Request) error {
		if r.PointID == "" || where.PointID != r.PointID {
			return ErrStep
		}
		where.Audience = kinds.Staff
		const holdFor = time.Minute // it is confirmed at once
		_, secret, err := s.Agenda.HoldFor(ctx, tx, agenda.HoldRequest{Where: where, Channel: r.Channel, Language: r.Language}, tx.Now.Add(holdFor))
		if err != nil {
			return err
		}
		b, err := s.Agenda.ConfirmHeld(ctx, tx, who, secret, agenda.Details{
			Topic: r.Topic, Reason: r.Need, Needs: r.Place, Language: r.Language, Contact: r.Contact,
		})
		if err != nil {
			return err
		}
		r.planned(tx, who, planOf(b))
		return nil
	})
}

func planOf(b agenda.Booking) Plan {
	return Plan{
		Day: b.Day, From: calendar.MinuteOf(b.StartsAt), To: calendar.MinuteOf(b.EndsAt), FacilitatorID: b.FacilitatorID, BookingID: b.ID,
	}
}

// Subscribe makes plans follow the agenda and people entered twice.
func (s *Service) Subscribe(bus *jobs.Bus) {
	jobs.Subscribe(bus, s.followBooking)
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, m facilitators.Merged) error {
		ids, err := db.New(tx).MoveFacilitator(ctx, db.MoveFacilitatorParams{Gone: sqldb.OptText(m.From), Kept: sqldb.OptText(m.Into)})
		m.Moved(whatVisit, ids...)
		return err
	})
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, u facilitators.MergeUndone) error {
		return db.New(tx).MoveFacilitatorBack(ctx, db.MoveFacilitatorBackParams{
			Gone: sqldb.OptText(u.From), Kept: sqldb.OptText(u.Into), Ids: sqldb.List(u.Of(whatVisit)),
		})
	})
}

// followBooking keeps a plan and its time in the agenda together: it moves with it, and without a time the
// request waits for another plan.
func (s *Service) followBooking(ctx context.Context, tx *sqldb.Tx, c agenda.Changed) error {
	switch c.What {
	case agenda.Moved, agenda.Reassigned, agenda.CancelledByCitizen, agenda.CancelledByService:
	default:
		return nil
	}
	row, err := db.New(tx).RequestByBooking(ctx, sqldb.OptText(c.Booking.ID))
	before, err := found(row.VisitsRequest, err)
	if before.State != Planned || err != nil {
		return ignoreMissing(err)
	}
	after := before
	if c.Booking.State == agenda.Cancelled {
		after.unplan()
	} else {
		after.Plan = planOf(c.Booking)
		after.Plan.Place = before.Plan.Place
	}
	if err := put(ctx, tx, after); err != nil {
		return err
	}
	// The agenda tells the person what happens to the appointment: a second message would be one too many.
	return note(ctx, tx, c.Who, "follow", before, after)
}

// ignoreMissing is nil when there is no such request.
func ignoreMissing(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Helpers returns who could go for a request: the people who help at its point today, all of the network
// when it belongs to none.
func (s *Service) Helpers(ctx context.Context, who identity.Actor, id string) ([]facilitators.Facilitator, error) {
	r, err := s.ByID(ctx, who, id)
	if err != nil {
		return nil, err
	}
	const atMost = 500
	list, _, err := s.People.List(ctx, identity.System("visits"), facilitators.Filter{PointID: r.PointID, State: facilitators.Active, Max: atMost})
	return list, err
}
