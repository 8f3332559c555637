package agenda

import (
	"context"
	"fmt"
	"slices"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// foundAtOnce bounds what a search answers.
const foundAtOnce = 50

// required loads a booking at a point where who holds p.
func (s *Service) required(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p identity.Permission, id string) (Booking, error) {
	if !who.Can(p) {
		return Booking{}, identity.ErrForbidden
	}
	b, err := byID(ctx, db.New(tx), id)
	if err != nil {
		return Booking{}, err
	}
	_, err = s.points.RequirePoint(ctx, tx, who, p, b.PointID)
	return b, err
}

// ByID returns a booking of an own point.
func (s *Service) ByID(ctx context.Context, who identity.Actor, bookingID string) (Booking, error) {
	var b Booking
	err := s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
		b, err = s.required(ctx, tx, who, identity.SeeAgenda, bookingID)
		return err
	})
	return b, err
}

// Day returns the slots of a facilitator on a day at the points that who may see, in order of time,
// each with its bookings.
func (s *Service) Day(ctx context.Context, who identity.Actor, facilitatorID string, day calendar.Day) ([]Entry, error) {
	see, err := s.points.Visible(ctx, who, identity.SeeAgenda)
	if err != nil {
		return nil, err
	}
	var list []Entry
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		slots, err := q.SlotsOfDay(ctx, db.SlotsOfDayParams{FacilitatorID: facilitatorID, FromDay: day, ToDay: day})
		if err != nil {
			return fmt.Errorf("slots of a day: %w", err)
		}
		rows, err := q.BookingsOfFacilitator(ctx, db.BookingsOfFacilitatorParams{FacilitatorID: facilitatorID, FromDay: day, ToDay: day})
		if err != nil {
			return fmt.Errorf("bookings of a day: %w", err)
		}
		bookings := make([]Booking, len(rows))
		for i, r := range rows {
			bookings[i] = bookingOf(db.BookingByIDRow(r))
		}
		slots = slices.DeleteFunc(slots, func(r db.AgendaSlot) bool { return !see.All && !slices.Contains(see.IDs, r.PointID) })
		list = entries(slots, bookings)
		return nil
	})
	return list, err
}

// PointDay returns the slots of every facilitator of a point on a day, in order of time.
func (s *Service) PointDay(ctx context.Context, who identity.Actor, pointID string, day calendar.Day) ([]Entry, error) {
	var list []Entry
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		if _, err := s.points.RequirePoint(ctx, tx, who, identity.SeeAgenda, pointID); err != nil {
			return err
		}
		q := db.New(tx)
		slots, err := q.SlotsOfPoint(ctx, db.SlotsOfPointParams{PointID: pointID, Day: day})
		if err != nil {
			return fmt.Errorf("slots of a point: %w", err)
		}
		bookings, err := bookingsOfPoint(ctx, q, pointID, day)
		if err != nil {
			return err
		}
		list = entries(slots, bookings)
		return nil
	})
	return list, err
}

func bookingsOfPoint(ctx context.Context, q *db.Queries, pointID string, day calendar.Day) ([]Booking, error) {
	rows, err := q.BookingsOfPoint(ctx, db.BookingsOfPointParams{PointID: pointID, FromDay: day, ToDay: day})
	if err != nil {
		return nil, fmt.Errorf("bookings of a point: %w", err)
	}
	list := make([]Booking, len(rows))
	for i, r := range rows {
		list[i] = bookingOf(db.BookingByIDRow(r))
	}
	return list, nil
}

// entries puts bookings into their slots. A withdrawn slot without bookings is nobody's business.
func entries(slots []db.AgendaSlot, bookings []Booking) []Entry {
	in := map[string][]Booking{}
	for _, b := range bookings {
		in[b.SlotID] = append(in[b.SlotID], b)
	}
	var list []Entry
	for _, r := range slots {
		if r.State == Withdrawn && len(in[r.ID]) == 0 {
			continue
		}
		list = append(list, Entry{Slot: slotFrom(r), Bookings: in[r.ID]})
	}
	return list
}

// Week returns how full the seven days from a day are, for one facilitator at the points who may see.
func (s *Service) Week(ctx context.Context, who identity.Actor, facilitatorID string, from calendar.Day) ([]DayLoad, error) {
	see, err := s.points.Visible(ctx, who, identity.SeeAgenda)
	if err != nil {
		return nil, err
	}
	const days = 7
	week := make([]DayLoad, days)
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		q, to := db.New(tx), from.AddDays(days-1)
		slots, err := q.SlotsOfDay(ctx, db.SlotsOfDayParams{FacilitatorID: facilitatorID, FromDay: from, ToDay: to})
		if err != nil {
			return fmt.Errorf("slots of a week: %w", err)
		}
		rows, err := q.BookingsOfFacilitator(ctx, db.BookingsOfFacilitatorParams{FacilitatorID: facilitatorID, FromDay: from, ToDay: to})
		if err != nil {
			return fmt.Errorf("bookings of a week: %w", err)
		}
		for i := range week {
			week[i] = DayLoad{Day: from.AddDays(i)}
		}
		for _, r := range slots {
			if !see.All && !slices.Contains(see.IDs, r.PointID) || r.State == Withdrawn {
				continue
			}
			d := &week[r.Day.Sub(from)]
			d.Slots++
			d.Seats += r.Seats
			d.Free += r.Free
		}
		for _, r := range rows {
			if see.All || slices.Contains(see.IDs, r.AgendaBooking.PointID) {
				week[r.AgendaBooking.Day.Sub(from)].Taken++
			}
		}
		return nil
	})
	return week, err
}

// Find returns the bookings at own points with a code, a phone number or a part of a name, the latest
// first, fifty at most.
func (s *Service) Find(ctx context.Context, who identity.Actor, text string) ([]Booking, error) {
	see, err := s.points.Visible(ctx, who, identity.SeeAgenda)
	if err != nil {
		return nil, err
	}
	sees := func(b Booking) bool { return see.All || slices.Contains(see.IDs, b.PointID) }
	var list []Booking
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		list = nil
		q := db.New(tx)
		if code, err := codes.ParseCode(text); err == nil {
			if b, err := byCode(ctx, q, code); err == nil && sees(b) {
				list = []Booking{b}
				return nil
			}
		}
		phone, _ := normalPhone(text)
		name := territory.Fold(text)
		if phone == "" && name == "" {
			return nil
		}
		pattern := "%" + name + "%"
		if phone != "" {
			// Digits are no name; an empty pattern would find everybody.
			pattern = phone
		} else {
			phone = text
		}
		rows, err := q.FindByContact(ctx, db.FindByContactParams{
			Phone: phone, Pattern: pattern, AllVisible: see.All, Points: sqldb.List(see.IDs), Max: foundAtOnce,
		})
		if err != nil {
			return fmt.Errorf("find bookings: %w", err)
		}
		for _, r := range rows {
			list = append(list, bookingOf(db.BookingByIDRow{
				AgendaBooking: r.AgendaBooking, AddressID: r.AddressID, KindID: r.KindID, Mode: r.Mode, ContactName: sqldb.OptText(r.ContactName),
				ContactPhone: sqldb.OptText(r.ContactPhone), ContactEmail: sqldb.OptText(r.ContactEmail), OnBehalf: sqldb.OptText(r.OnBehalf), Relation: sqldb.OptText(r.Relation),
			}))
		}
		return nil
	})
	return list, err
}

// Stranded returns the future bookings at own points whose time the rules no longer cover: to move, or
// to cancel with a call. pointID "" means every own point.
func (s *Service) Stranded(ctx context.Context, who identity.Actor, pointID string) ([]Booking, error) {
	see, err := s.points.Visible(ctx, who, identity.SeeAgenda)
	if err != nil {
		return nil, err
	}
	var list []Booking
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).StrandedBookings(ctx, db.StrandedBookingsParams{
			FromDay: today(tx), After: sqldb.At(tx.Now), AllVisible: see.All, Points: sqldb.List(see.IDs),
			AnyPoint: pointID == "", PointID: pointID, Max: timesAtOnce,
		})
		if err != nil {
			return fmt.Errorf("stranded bookings: %w", err)
		}
		list = make([]Booking, len(rows))
		for i, r := range rows {
			list[i] = bookingOf(db.BookingByIDRow(r))
		}
		return nil
	})
	return list, err
}

// Ahead returns how many confirmed bookings own points have from a day to a day.
func (s *Service) Ahead(ctx context.Context, who identity.Actor, from, to calendar.Day) (int, error) {
	see, err := s.points.Visible(ctx, who, identity.SeeAgenda)
	if err != nil {
		return 0, err
	}
	var n int64
	err = s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
		n, err = db.New(tx).CountWaiting(ctx, db.CountWaitingParams{FromDay: from, ToDay: to, AllVisible: see.All, Points: sqldb.List(see.IDs)})
		return err
	})
	return int(n), err
}
