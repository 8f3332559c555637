package agenda

import (
	"context"

	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// What happened to a booking, as [Changed] says it.
const (
	Booked             = "booked"
	Moved              = "moved"
	CancelledByCitizen = "cancelled_by_citizen"
	CancelledByService = "cancelled_by_service"
	// Fewer says that one of the people who come together no longer comes.
	Fewer = "fewer"
	// Reassigned says that another facilitator took over: place and time are as before.
	Reassigned      = "reassigned"
	MarkedAbsent    = "marked_absent"
	MarkedAttended  = "marked_attended"
	MarkedServed    = "marked_served"
	BackToConfirmed = "back_to_confirmed"
	// LeftWithoutPlace says that the rules no longer cover the time of a booking.
	LeftWithoutPlace = "stranded"
)

// Changed tells what happened to a booking, in the transaction in which it happens. For people who come
// together it is told once, of the first one; only marks (absent, attended, served) are told of each.
type Changed struct {
	What string
	// Booking is how it is now, Before how it was: the zero Booking when it was just booked.
	Booking, Before Booking
	Who             identity.Actor
	// Silent asks that nobody be told: who made the change has told them, or will.
	Silent bool
}

// Freed tells that a seat which citizens can book may have become free at a point.
type Freed struct{ PointID string }

// CodeAsked tells that somebody has lost the codes of these bookings. They go to To, the phone or the mail
// that all of them were made with, and nowhere else.
type CodeAsked struct {
	To       string
	Bookings []Booking
}

func (s *Service) tell(ctx context.Context, tx *sqldb.Tx, facts ...any) error {
	for _, f := range facts {
		if err := s.bus.Publish(ctx, tx, f); err != nil {
			return err
		}
	}
	return nil
}
