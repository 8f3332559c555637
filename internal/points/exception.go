package points

import (
	"context"
	"slices"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/points/internal/db"
	"capillare/internal/sqldb"
)

// onItsDay puts every band on the weekday of the day.
func (e Exception) onItsDay() Exception {
	e.Bands = slices.Clone(e.Bands)
	for i := range e.Bands {
		e.Bands[i].Weekday = e.Day.Weekday()
	}
	return e
}

// normal returns an exceptional opening as it is kept, or refuses with the fields day, hours and reason.
func (e Exception) normal(today calendar.Day) (Exception, error) {
	var problems errs.Problems
	e.Reason = strings.TrimSpace(e.Reason)
	switch {
	case e.Day.IsZero():
		problems.Add("day", "points.exception_day")
	case e.Day.Before(today):
		problems.Add("day", "points.exception_past")
	}
	if e.Reason == "" {
		problems.Add("reason", "points.exception_reason")
	}
	e = e.onItsDay()
	bands, err := e.Bands.Normal()
	if err := problems.Check("hours", err); err != nil {
		return Exception{}, err
	}
	if e.Bands = bands; err == nil && len(bands) == 0 {
		problems.Add("hours", "points.exception_hours")
	}
	return e, problems.Err()
}

// WithException returns the point as PutException would leave it, or refuses like it.
func (p Point) WithException(e Exception, today calendar.Day) (Point, error) {
	e, err := e.normal(today)
	if err != nil {
		return Point{}, err
	}
	p = p.clone()
	i := slices.IndexFunc(p.Addresses, func(a Address) bool { return a.ID == e.AddressID })
	if i < 0 {
		return Point{}, identity.ErrNotHere
	}
	others := slices.DeleteFunc(p.Addresses[i].Exceptions, func(old Exception) bool { return old.Day == e.Day })
	p.Addresses[i].Exceptions = append(others, e)
	return p, nil
}

// WithoutException returns the point as RemoveException would leave it.
func (p Point) WithoutException(id string) Point {
	p = p.clone()
	for i := range p.Addresses {
		p.Addresses[i].Exceptions = slices.DeleteFunc(p.Addresses[i].Exceptions, func(e Exception) bool { return e.ID == id })
	}
	return p
}

// PutException opens an address on a day with bands of its own, in place of what was said of that day
// before. It refuses with fields, and with identity.ErrNotHere.
func (s *Service) PutException(ctx context.Context, who identity.Actor, e Exception) error {
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error { return s.putException(ctx, tx, who, e) })
	return fault("put an exceptional opening", err)
}

func (s *Service) putException(ctx context.Context, tx *sqldb.Tx, who identity.Actor, e Exception) error {
	p, err := s.requireOwner(ctx, tx, who, db.New(tx).PointOfAddress, e.AddressID)
	if err != nil {
		return err
	}
	if e, err = e.normal(calendar.DayOf(tx.Now)); err != nil {
		return err
	}
	a, _ := p.Address(e.AddressID)
	old, _ := a.ExceptionOn(e.Day)
	if err := writeException(ctx, tx, e); err != nil {
		return err
	}
	return s.noteHours(ctx, tx, who, "points.exception", p, changed("exception", old.text(), e.text()))
}

// RemoveException takes an exceptional opening away. It refuses with ErrNoException.
func (s *Service) RemoveException(ctx context.Context, who identity.Actor, id string) error {
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		address, err := q.AddressOfException(ctx, id)
		if missing(err) {
			return ErrNoException
		}
		if err != nil {
			return err
		}
		p, err := s.requireOwner(ctx, tx, who, q.PointOfAddress, address)
		if err != nil {
			return err
		}
		a, _ := p.Address(address)
		i := slices.IndexFunc(a.Exceptions, func(e Exception) bool { return e.ID == id })
		if i < 0 {
			return ErrNoException
		}
		if err := dropException(ctx, q, id); err != nil {
			return err
		}
		return s.noteHours(ctx, tx, who, "points.exception_removed", p, changed("exception", a.Exceptions[i].text(), ""))
	})
	return fault("remove an exceptional opening", err)
}

func dropException(ctx context.Context, q *db.Queries, id string) error {
	if err := q.DeleteExceptionBands(ctx, id); err != nil {
		return err
	}
	_, err := q.DeleteException(ctx, id)
	return err
}

// noteHours counts and writes down a change of hours, and tells it.
func (s *Service) noteHours(ctx context.Context, tx *sqldb.Tx, who identity.Actor, action string, p Point, detail any) error {
	if err := s.hoursChanged(ctx, tx, p.ID, 0); err != nil {
		return err
	}
	if err := note(ctx, tx, who, action, p, detail); err != nil {
		return err
	}
	return s.bus.Publish(ctx, tx, HoursChanged{PointID: p.ID})
}
