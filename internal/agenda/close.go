package agenda

import (
	"context"
	"fmt"

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
		// An exceptional opening is stronger than a closure: it must go too.
		if _, shut := point.ClosureOn(day); !shut || len(point.OpenBands("", day)) > 0 {
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

// CancelledByService returns the bookings of a point on a day that the service cancelled, in order of
// time: the list of people to call, for who comes back to it after [Service.CloseDay].
func (s *Service) CancelledByService(ctx context.Context, who identity.Actor, pointID string, day calendar.Day) ([]Booking, error) {
	var list []Booking
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		if _, err := s.points.RequirePoint(ctx, tx, who, identity.Book, pointID); err != nil {
			return err
		}
		rows, err := db.New(tx).CancelledOfPoint(ctx, db.CancelledOfPointParams{PointID: pointID, Day: day, CancelledBy: ByService})
		if err != nil {
			return fmt.Errorf("cancelled bookings of a point: %w", err)
		}
		list = make([]Booking, len(rows))
		for i, r := range rows {
			list[i] = bookingOf(db.BookingByIDRow(r))
		}
		return nil
	})
	return list, err
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
			if b, err = s.cancel(ctx, tx, q, who, b, ByService); err != nil {
				return nil, err
			}
			toCall = append(toCall, b)
		}
	}
	return toCall, nil
}
