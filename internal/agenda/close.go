package agenda

import (
	"context"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// CloseDay shuts a point on a day, or for the rest of it when it has begun: a closure with the reason
// is added, drafts expire, bookings are cancelled by the service. It returns those, in order of time,
// with the contacts: the list of people to call.
func (s *Service) CloseDay(ctx context.Context, who identity.Actor, pointID string, day calendar.Day, reason string) ([]Booking, error) {
	var toCall []Booking
	err := s.base.Update(ctx, func(tx *sqldb.Tx) error {
		toCall = nil
		point, err := s.points.RequirePoint(ctx, tx, who, identity.Book, pointID)
		if err != nil {
			return err
		}
		if day.Before(today(tx)) {
			return ErrPast
		}
		if _, shut := point.ClosureOn(day); !shut {
			closure := points.Closure{PointID: pointID, From: day, To: day, Reason: reason}
			if _, err := s.points.CloseForStaff(ctx, tx, who, identity.Book, closure); err != nil {
				return err
			}
		}
		if err := s.Rebuild(ctx, tx, pointID); err != nil {
			return err
		}
		toCall, err = s.cancelDay(ctx, tx, who, pointID, day)
		return err
	})
	return toCall, err
}

func (s *Service) cancelDay(ctx context.Context, tx *sqldb.Tx, who identity.Actor, pointID string, day calendar.Day) ([]Booking, error) {
	q := db.New(tx)
	bookings, err := bookingsOfPoint(ctx, q, pointID, day)
	if err != nil {
		return nil, err
	}
	var toCall []Booking
	for _, b := range bookings {
		switch {
		case !b.StartsAt.After(tx.Now):
		case b.State == Held:
			if err := end(ctx, tx, q, b, Expired, ""); err != nil {
				return nil, err
			}
		case b.State == Confirmed:
			if b, err = cancel(ctx, tx, q, who, b, ByService); err != nil {
				return nil, err
			}
			toCall = append(toCall, b)
		}
	}
	return toCall, nil
}
