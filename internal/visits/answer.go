package visits

import (
	"context"
	"slices"
	"strings"
	"time"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// Seen is a request as it was seen: what is done to it is refused with ErrChanged when it is no longer so.
type Seen struct {
	ID      string
	Version int
}

// step is one change of a request, by the name that the audit gives it.
type step struct {
	action string
	do     func(r *Request) error
}

// require refuses who may not p where the request belongs.
func (s *Service) require(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p identity.Permission, r Request) error {
	if r.PointID == "" {
		return who.Require(p, identity.Target{})
	}
	_, err := s.Points.RequirePoint(ctx, tx, who, p, r.PointID)
	return err
}

// ByID returns a request of an own point.
func (s *Service) ByID(ctx context.Context, who identity.Actor, id string) (Request, error) {
	var r Request
	err := s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
		r, err = s.own(ctx, tx, who, identity.SeeAgenda, id)
		return err
	})
	return r, err
}

// own loads a request where who holds p. One of others is not found.
func (s *Service) own(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p identity.Permission, id string) (Request, error) {
	if !who.Can(p) {
		return Request{}, identity.ErrForbidden
	}
	r, err := byID(ctx, tx, id)
	if err != nil {
		return r, err
	}
	return r, s.require(ctx, tx, who, p, r)
}

// History returns what was done to a request, the newest first.
func (s *Service) History(ctx context.Context, who identity.Actor, id string) (rows []audit.Row, err error) {
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		if _, err := s.own(ctx, tx, who, identity.SeeAgenda, id); err != nil {
			return err
		}
		rows, err = audit.List(ctx, tx, audit.Filter{Subject: subject, SubjectID: id})
		return err
	})
	return rows, err
}

// Take takes a request in charge.
func (s *Service) Take(ctx context.Context, who identity.Actor, seen Seen) (Request, error) {
	return s.answer(ctx, who, seen, "take", func(tx *sqldb.Tx, r *Request) error {
		if r.State != Received {
			return ErrStep
		}
		takeCharge(tx, who, r)
		r.State = Taken
		return nil
	})
}

// takeCharge notes who answers, once.
func takeCharge(tx *sqldb.Tx, who identity.Actor, r *Request) {
	if r.TakenAt.IsZero() {
		r.TakenAt, r.TakenBy = tx.Now, who.AccountID
	}
}

// PutBack undoes a plan: the day fell through. A booking made for it is cancelled.
func (s *Service) PutBack(ctx context.Context, who identity.Actor, seen Seen) (Request, error) {
	return s.answer(ctx, who, seen, "put_back", func(tx *sqldb.Tx, r *Request) error {
		if r.State != Planned {
			return ErrStep
		}
		r.unplan()
		return nil
	})
}

// unplan takes the request back to where somebody has it in charge.
func (r *Request) unplan() { r.State, r.Plan, r.PlannedAt = Taken, Plan{}, time.Time{} }

// Finish says that somebody went, and how many people were helped.
func (s *Service) Finish(ctx context.Context, who identity.Actor, seen Seen, helped int) (Request, error) {
	return s.answer(ctx, who, seen, "done", func(tx *sqldb.Tx, r *Request) error {
		if r.State != Planned {
			return ErrStep
		}
		if r.Plan.Day.After(calendar.DayOf(tx.Now)) {
			return ErrNotYet
		}
		if helped < 1 || helped > mostPeople {
			return errs.Problems{{Field: "helped", Key: "visits.people_range", Args: errs.Args{"max": mostPeople}}}.Err()
		}
		r.State, r.Helped, r.EndedAt = Done, helped, tx.Now
		return nil
	})
}

// Refuse ends a request with a reason and words for the person.
func (s *Service) Refuse(ctx context.Context, who identity.Actor, seen Seen, refusal, answer string) (Request, error) {
	return s.answer(ctx, who, seen, "refuse", func(tx *sqldb.Tx, r *Request) error {
		var p errs.Problems
		answer = strings.TrimSpace(answer)
		if !slices.Contains(Refusals(), refusal) {
			p.Add("refusal", "visits.refusal_missing")
		}
		if refusal == Other && answer == "" {
			p.Add("answer", "visits.answer_missing")
		}
		tooLong(&p, "answer", answer, longestAnswer)
		if err := p.Err(); err != nil {
			return err
		}
		takeCharge(tx, who, r)
		r.State, r.Refusal, r.Answer, r.EndedAt, r.Plan.BookingID = Refused, refusal, answer, tx.Now, ""
		return nil
	})
}

// Give gives a request to another point, which answers it from now on. The old one must be who's own; the
// new one may be any point of the network, as a colleague is asked for help.
func (s *Service) Give(ctx context.Context, who identity.Actor, seen Seen, pointID string) (Request, error) {
	return s.answer(ctx, who, seen, "give", func(tx *sqldb.Tx, r *Request) error {
		if r.State == Planned {
			return ErrStep
		}
		there, err := s.Points.ByIDsTx(ctx, tx, []string{pointID})
		if err != nil {
			return err
		}
		if p, ok := there[pointID]; !ok || !p.Listed(calendar.DayOf(tx.Now)) {
			return errs.Problems{{Field: "point", Key: "visits.point_missing"}}.Err()
		}
		r.PointID, r.Minutes = pointID, 0
		return nil
	})
}

// answer loads what was seen, changes it and tells who listens.
func (s *Service) answer(ctx context.Context, who identity.Actor, seen Seen, action string, do func(tx *sqldb.Tx, r *Request) error) (Request, error) {
	var after Request
	err := s.base.Update(ctx, func(tx *sqldb.Tx) error {
		before, err := s.own(ctx, tx, who, identity.Book, seen.ID)
		if err != nil {
			return err
		}
		if before.Version != seen.Version {
			return ErrChanged
		}
		after, err = s.change(ctx, tx, who, before, step{action, func(r *Request) error { return do(tx, r) }})
		return err
	})
	return after, err
}

func (s *Service) change(ctx context.Context, tx *sqldb.Tx, who identity.Actor, before Request, st step) (Request, error) {
	if before.Ended() {
		return before, ErrEnded
	}
	after := before
	if err := st.do(&after); err != nil {
		return before, err
	}
	if err := put(ctx, tx, after); err != nil {
		return before, err
	}
	after.Version++
	if old := before.Plan.BookingID; old != "" && old != after.Plan.BookingID {
		// Written first: what the agenda tells of its cancellation then concerns no request.
		if err := s.Agenda.CancelInTx(ctx, tx, who, old); err != nil {
			return after, err
		}
	}
	if err := note(ctx, tx, who, st.action, before, after); err != nil {
		return after, err
	}
	if before.State == after.State && before.Plan == after.Plan {
		return after, nil
	}
	return after, s.Bus.Publish(ctx, tx, Answered{Request: after, Before: before})
}
