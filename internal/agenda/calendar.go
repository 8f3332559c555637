package agenda

import (
	"context"
	"fmt"
	"slices"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// Given returns the bookings of a facilitator, or of a point when facilitatorID is "", from a day to a day,
// in order of time, at the points whose agenda who may see. Drafts and what was cancelled are not among
// them.
func (s *Service) Given(ctx context.Context, who identity.Actor, facilitatorID, pointID string, from, to calendar.Day) ([]Booking, error) {
	see, err := s.points.Visible(ctx, who, identity.SeeAgenda)
	if err != nil {
		return nil, err
	}
	var list []Booking
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		list = nil
		if facilitatorID == "" {
			rows, err := db.New(tx).BookingsOfPoint(ctx, db.BookingsOfPointParams{PointID: pointID, FromDay: from, ToDay: to})
			for _, r := range rows {
				list = append(list, bookingOf(db.BookingByIDRow(r)))
			}
			return err
		}
		rows, err := db.New(tx).BookingsOfFacilitator(ctx, db.BookingsOfFacilitatorParams{FacilitatorID: facilitatorID, FromDay: from, ToDay: to})
		for _, r := range rows {
			list = append(list, bookingOf(db.BookingByIDRow(r)))
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("bookings given: %w", err)
	}
	return slices.DeleteFunc(list, func(b Booking) bool { return b.State == Held || !see.Has(b.PointID) }), nil
}
