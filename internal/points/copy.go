package points

import (
	"context"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/points/internal/db"
	"capillare/internal/sqldb"
)

// WithHoursOf returns the point with the ordinary week of another address in place of its own and, with
// seasons, those of its seasons that are not over. It refuses with ErrNeedsHours.
func (p Point) WithHoursOf(addressID string, from Address, seasons bool, today calendar.Day) (Point, error) {
	p = p.clone()
	i := slices.IndexFunc(p.Addresses, func(a Address) bool { return a.ID == addressID })
	if i < 0 {
		return Point{}, identity.ErrNotHere
	}
	var weeks []Schedule
	for _, s := range from.Schedules {
		if s.ordinary() || seasons && !s.To.Before(today) {
			weeks = append(weeks, Schedule{Name: s.Name, From: s.From, To: s.To, Bands: slices.Clone(s.Bands)})
		}
	}
	for _, s := range p.Addresses[i].Schedules {
		if !seasons && !s.ordinary() {
			weeks = append(weeks, s)
		}
	}
	slices.SortStableFunc(weeks, func(a, b Schedule) int { return a.From.Compare(b.From) })
	p.Addresses[i].Schedules = weeks
	p = p.counted()
	return p, p.checkOpen()
}

// HoursCopy says whose hours an address takes.
type HoursCopy struct {
	AddressID, FromID string
	// Seasons takes the seasons to come too, in place of its own.
	Seasons bool
	// Seen is the HoursVersion that the person saw; 0 does not ask.
	Seen int
}

// CopyHours gives an address the hours of another, of a point that who may see. It refuses like PutWeek.
func (s *Service) CopyHours(ctx context.Context, who identity.Actor, c HoursCopy) error {
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		p, err := s.requireOwner(ctx, tx, who, q.PointOfAddress, c.AddressID)
		if err != nil {
			return err
		}
		from, err := s.addressSeen(ctx, tx, who, c.FromID)
		if err != nil {
			return err
		}
		after, err := p.WithHoursOf(c.AddressID, from, c.Seasons, calendar.DayOf(tx.Now))
		if err != nil {
			return err
		}
		a, _ := after.Address(c.AddressID)
		if err := q.DeleteAddressBands(ctx, c.AddressID); err != nil {
			return err
		}
		if err := q.DeleteAddressSchedules(ctx, c.AddressID); err != nil {
			return err
		}
		for _, week := range a.Schedules {
			if err := putSchedule(ctx, tx, c.AddressID, "", week); err != nil {
				return err
			}
		}
		if err := q.UpdateMinutes(ctx, p.ID); err != nil {
			return err
		}
		if err := s.hoursChanged(ctx, tx, p.ID, c.Seen); err != nil {
			return err
		}
		if err := note(ctx, tx, who, "points.hours_copied", p, hoursChanges(p, after)); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, HoursChanged{PointID: p.ID})
	})
	return fault("copy hours", err)
}

// addressSeen returns an address of a point that who may see.
func (s *Service) addressSeen(ctx context.Context, tx *sqldb.Tx, who identity.Actor, addressID string) (Address, error) {
	pointID, err := db.New(tx).PointOfAddress(ctx, addressID)
	if missing(err) {
		return Address{}, identity.ErrNotHere
	}
	if err != nil {
		return Address{}, err
	}
	p, err := s.RequirePoint(ctx, tx, who, identity.SeePoints, pointID)
	a, _ := p.Address(addressID)
	return a, err
}
