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
		source, err := s.requirePlace(ctx, tx, who, c.FromID)
		if err != nil {
			return err
		}
		from, _ := source.Address(c.FromID)
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

// requirePlace returns the point of an address, when who may see it.
func (s *Service) requirePlace(ctx context.Context, tx *sqldb.Tx, who identity.Actor, addressID string) (Point, error) {
	pointID, err := db.New(tx).PointOfAddress(ctx, addressID)
	if missing(err) {
		return Point{}, identity.ErrNotHere
	}
	if err != nil {
		return Point{}, fault("read", err)
	}
	return s.RequirePoint(ctx, tx, who, identity.SeePoints, pointID)
}

// ByAddress returns an address with its point, which who may see. It refuses with identity.ErrNotHere.
func (s *Service) ByAddress(ctx context.Context, who identity.Actor, addressID string) (p Point, a Address, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		p, err = s.requirePlace(ctx, tx, who, addressID)
		return err
	})
	a, _ = p.Address(addressID)
	return p, a, err
}
