package notify

import (
	"context"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calls"
	"capillare/internal/messages"
	"capillare/internal/sqldb"
)

// strandedAfter is how long who mends an agenda has to find another time before the person is told that
// theirs is gone.
const strandedAfter = 30 * time.Minute

// followBooking plans what to tell about a booking that changed.
func (s *Service) followBooking(ctx context.Context, tx *sqldb.Tx, c agenda.Changed) error {
	b := c.Booking
	switch c.What {
	case agenda.MarkedAbsent, agenda.MarkedAttended, agenda.MarkedServed:
		return s.supersede(ctx, tx, calls.Booking, b.ID, ReasonOver)
	case agenda.Booked, agenda.Moved, agenda.CancelledByCitizen, agenda.CancelledByService:
	case agenda.LeftWithoutPlace:
		// Reminders stay: when the time comes back they are right again, and else they look first.
		return s.planNews(ctx, tx, c, Stranded)
	default:
		return nil
	}
	if c.What != agenda.Booked {
		if err := s.supersede(ctx, tx, calls.Booking, b.ID, ReasonChanged); err != nil {
			return err
		}
	}
	if err := s.planNews(ctx, tx, c, purposeOf(c)); err != nil {
		return err
	}
	if b.State != agenda.Confirmed {
		return nil
	}
	return s.planReminders(ctx, tx, b)
}

// purposeOf returns what a change is to the person.
func purposeOf(c agenda.Changed) Purpose {
	switch c.What {
	case agenda.Booked:
		return Confirmation
	case agenda.CancelledByCitizen:
		return CancelledByCitizen
	case agenda.CancelledByService:
		return CancelledByService
	}
	if c.Before.StartsAt.Equal(c.Booking.StartsAt) {
		return Place
	}
	return Moved
}

// planNews plans the notice of a change itself.
func (s *Service) planNews(ctx context.Context, tx *sqldb.Tx, c agenda.Changed, purpose Purpose) error {
	set, err := setting(ctx, tx)
	if err != nil {
		return err
	}
	b, staff := c.Booking, byStaff(c)
	n, near := s.about(b, purpose), nearer(c, tx.Now)
	who := s.reach(b, tx.Now, staff)
	who.Until = near.Sub(tx.Now)
	n.way = set.way(purpose, who)
	if c.Silent {
		n.way = way{Reason: ReasonSilent}
	}
	n.Expires = b.StartsAt
	n.Due = set.dueAt(tx.Now, near, !staff && n.Channel == Email, staff && purpose.bad())
	if purpose == Stranded {
		n.Due = set.dueAt(tx.Now.Add(strandedAfter), b.StartsAt, false, true)
	}
	if n.Channel == Call && purpose != Stranded {
		// Whoever calls knows what time it is: the list shows the call at once.
		n.Due = tx.Now
	}
	if err := s.put(ctx, tx, n); err != nil || !n.AlsoCall {
		return err
	}
	n.Purpose, n.way, n.Due = n.Purpose+byPhone, way{Channel: Call}, tx.Now
	return s.put(ctx, tx, n)
}

// nearer returns the first instant at which somebody who does not know of a change would travel for nothing:
// of a move, the time that is no more, when it comes before the new one.
func nearer(c agenda.Changed, now time.Time) time.Time {
	if was := c.Before.StartsAt; c.What == agenda.Moved && was.After(now) && was.Before(c.Booking.StartsAt) {
		return was
	}
	return c.Booking.StartsAt
}

// byStaff reports whether the service made a change, not the person.
func byStaff(c agenda.Changed) bool { return c.Who.AccountID != "" || c.Who.IsSystem() }

// planReminders plans the reminders that are worth it.
func (s *Service) planReminders(ctx context.Context, tx *sqldb.Tx, b agenda.Booking) error {
	set, err := setting(ctx, tx)
	if err != nil {
		return err
	}
	for _, r := range []struct {
		purpose Purpose
		hours   int
		apart   time.Duration
	}{{FirstReminder, set.FirstHours, firstApart}, {SecondReminder, set.SecondHours, secondApart}} {
		due, worth := set.reminderAt(tx.Now, b.StartsAt, r.hours, r.apart)
		if !worth {
			continue
		}
		n := s.about(b, r.purpose)
		n.way = set.way(r.purpose, s.reach(b, tx.Now, true))
		n.Due, n.Expires = due, set.lastUse(r.purpose, b.StartsAt)
		if n.Channel == Call {
			n.Expires = b.StartsAt
		}
		if n.Reason == ReasonNoContact {
			// The confirmation says it already.
			continue
		}
		if err := s.put(ctx, tx, n); err != nil {
			return err
		}
	}
	return nil
}

// lastUse returns until when a reminder is one.
func (set Setting) lastUse(p Purpose, starts time.Time) time.Time {
	const last = 15 * time.Minute
	if p == FirstReminder {
		return starts.Add(-max(time.Duration(set.SecondHours)*time.Hour, useful))
	}
	return starts.Add(-last)
}

// about returns a notice about a booking.
func (s *Service) about(b agenda.Booking, purpose Purpose) notice {
	return notice{Subject: calls.Booking, SubjectID: b.ID, Version: b.Version, Purpose: purpose,
		Call: calls.Call{PointID: b.PointID, Why: whyOf(purpose), Name: b.Contact.Name, Phone: b.Contact.Phone, Language: b.Language, About: b.StartsAt}}
}

// whyOf returns why somebody is called instead of written to.
func whyOf(p Purpose) string {
	switch p {
	case CancelledByService:
		return calls.Cancelled
	case Moved, Place:
		return calls.Moved
	case Stranded:
		return calls.Stranded
	case Offer:
		return calls.Offer
	case Visit:
		return calls.VisitAnswer
	}
	return calls.Reminder
}

// reach returns how the contact of a booking can be reached.
func (s *Service) reach(b agenda.Booking, now time.Time, staff bool) person {
	p := s.reachOf(b.Contact)
	p.Staff, p.Until = staff, b.StartsAt.Sub(now)
	return p
}

func (s *Service) reachOf(c agenda.Contact) person {
	return person{Email: s.Messages.Reachable(messages.Email, c.Email), Mobile: s.Messages.Reachable(messages.SMS, c.Phone), Phone: c.Phone != ""}
}
