package points

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/points/internal/db"
	"capillare/internal/sqldb"
)

// SetHours sets the ordinary week of an address, or with from and to those of a season, which name may
// name. A season with the same two days is replaced; one that shares a day with another is refused at
// the field "from". Empty bands take the week or the season away. It refuses with fields, with ErrNeedsHours
// when an open point would remain without hours, and with identity.ErrNotHere.
func (s *Service) SetHours(ctx context.Context, who identity.Actor, addressID string, from, to calendar.Day, name string, b calendar.Bands) error {
	return s.PutWeek(ctx, who, WeekChange{AddressID: addressID, Week: Schedule{Name: name, From: from, To: to, Bands: b}})
}

// SetHoursTx is SetHours within the transaction of the caller.
func (s *Service) SetHoursTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, addressID string, week Schedule) error {
	return s.putWeek(ctx, tx, who, WeekChange{AddressID: addressID, Week: week})
}

// WeekChange is a week to put in the place of another.
type WeekChange struct {
	AddressID string
	// ScheduleID is the season to change, whose days may change too; empty replaces the week with the same
	// days, or adds it.
	ScheduleID string
	// Week takes the other away when it has no bands.
	Week Schedule
	// Seen is the HoursVersion that the person saw; 0 does not ask.
	Seen int
}

// PutWeek changes a week of an address. It refuses like SetHours, and with ErrChanged when the hours of
// the point are no longer those that were seen.
func (s *Service) PutWeek(ctx context.Context, who identity.Actor, c WeekChange) error {
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error { return s.putWeek(ctx, tx, who, c) })
	return fault("put a week", err)
}

func (s *Service) putWeek(ctx context.Context, tx *sqldb.Tx, who identity.Actor, c WeekChange) error {
	p, err := s.requireOwner(ctx, tx, who, db.New(tx).PointOfAddress, c.AddressID)
	if err != nil {
		return err
	}
	after, old, err := p.withWeek(c)
	if err != nil {
		return err
	}
	week, err := c.Week.normal()
	if err != nil {
		return err
	}
	if err := putSchedule(ctx, tx, c.AddressID, old.ID, week); err != nil {
		return err
	}
	if err := db.New(tx).UpdateMinutes(ctx, p.ID); err != nil {
		return err
	}
	if err := s.hoursChanged(ctx, tx, p.ID, c.Seen); err != nil {
		return err
	}
	if err := note(ctx, tx, who, "points.hours", p, hoursChanges(p, after)); err != nil {
		return err
	}
	return s.bus.Publish(ctx, tx, HoursChanged{PointID: p.ID})
}

// hoursChanged counts a change of hours; it refuses with ErrChanged when seen is not the latest.
func (s *Service) hoursChanged(ctx context.Context, tx *sqldb.Tx, pointID string, seen int) error {
	n, err := db.New(tx).NextHours(ctx, db.NextHoursParams{ID: pointID, Seen: seen, Unseen: seen == 0})
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// WithWeek returns the point as PutWeek would leave it, or refuses like it: for looking before saving.
func (p Point) WithWeek(c WeekChange) (Point, error) {
	after, _, err := p.withWeek(c)
	return after, err
}

func (p Point) withWeek(c WeekChange) (after Point, old Schedule, err error) {
	week := c.Week
	week.Name = strings.TrimSpace(week.Name)
	if week, err = week.normal(); err != nil {
		return Point{}, Schedule{}, err
	}
	after = p.clone()
	i := slices.IndexFunc(after.Addresses, func(a Address) bool { return a.ID == c.AddressID })
	if i < 0 {
		return Point{}, Schedule{}, identity.ErrNotHere
	}
	schedules, old := replace(after.Addresses[i].Schedules, c.ScheduleID, week)
	if c.ScheduleID != "" && (old.ID == "" || old.ordinary() != week.ordinary()) {
		return Point{}, Schedule{}, identity.ErrNotHere
	}
	if err := checkSeasons(schedules); err != nil {
		return Point{}, Schedule{}, err
	}
	after.Addresses[i].Schedules = schedules
	return after.counted(), old, after.checkOpen()
}

// counted returns p with the weekly minutes of its weeks.
func (p Point) counted() Point {
	p.WeeklyMinutes = 0
	for _, a := range p.Addresses {
		p.WeeklyMinutes += a.Ordinary().Minutes()
	}
	return p
}

// replace returns the schedules with week in place of old: the one called id or, without id, the one
// with the same days. A week without bands is left out.
func replace(schedules []Schedule, id string, week Schedule) (result []Schedule, old Schedule) {
	for _, s := range schedules {
		if id != "" && s.ID == id || id == "" && s.From == week.From && s.To == week.To {
			old = s
			continue
		}
		result = append(result, s)
	}
	if week.ID = old.ID; len(week.Bands) > 0 {
		result = append(result, week)
	}
	slices.SortStableFunc(result, func(a, b Schedule) int { return a.From.Compare(b.From) })
	return result, old
}

// putSchedule writes the week over the schedule id, or as a new one when id is empty; a week without
// bands goes.
func putSchedule(ctx context.Context, tx *sqldb.Tx, addressID, id string, week Schedule) (err error) {
	q := db.New(tx)
	if id != "" {
		if err := q.DeleteBands(ctx, id); err != nil {
			return err
		}
	}
	switch {
	case len(week.Bands) == 0 && id == "":
		return nil
	case len(week.Bands) == 0:
		return q.DeleteSchedule(ctx, id)
	case week.ordinary():
		// Rivals may both find no ordinary week: the second must meet the first, not break the index.
		id, err = q.PutOrdinary(ctx, db.PutOrdinaryParams{ID: sqldb.NewID(tx.Now), AddressID: addressID, Name: week.Name})
	case id == "":
		id = sqldb.NewID(tx.Now)
		err = q.InsertSeason(ctx, db.InsertSeasonParams{ID: id, AddressID: addressID, Name: week.Name, FromDay: week.From, ToDay: week.To})
	default:
		err = q.UpdateSeason(ctx, db.UpdateSeasonParams{ID: id, Name: week.Name, FromDay: week.From, ToDay: week.To})
	}
	if err != nil {
		return err
	}
	for _, b := range week.Bands {
		if err := q.InsertBand(ctx, db.InsertBandParams{
			ScheduleID: id, Weekday: int(b.Weekday), Opens: int(b.Opens), Closes: int(b.Closes),
		}); err != nil {
			return taken(err)
		}
	}
	return nil
}

// AddClosure shuts a point for some days and returns the id of the closure. It refuses with fields.
func (s *Service) AddClosure(ctx context.Context, who identity.Actor, c Closure) (id string, err error) {
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		id, err = s.AddClosureTx(ctx, tx, who, c)
		return err
	})
	return id, fault("add a closure", err)
}

// AddClosureTx is AddClosure within the transaction of the caller. It publishes Closed.
func (s *Service) AddClosureTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, c Closure) (string, error) {
	p, err := s.RequirePoint(ctx, tx, who, identity.EditPoints, c.PointID)
	if err != nil {
		return "", err
	}
	return s.close(ctx, tx, who, p, c)
}

// CloseForStaff is AddClosureTx for who works at the point today and holds perm there, such as a
// facilitator who must send people home: package agenda decides which permission that is. Exceptional
// openings on those days go, because they are stronger than a closure.
func (s *Service) CloseForStaff(ctx context.Context, tx *sqldb.Tx, who identity.Actor, perm identity.Permission, c Closure) (string, error) {
	p, err := s.RequirePoint(ctx, tx, who, perm, c.PointID)
	if err != nil {
		return "", err
	}
	for _, a := range p.Addresses {
		for _, e := range a.Exceptions {
			if e.Day.Before(c.From) || e.Day.After(c.To) {
				continue
			}
			if err := dropException(ctx, db.New(tx), e.ID); err != nil {
				return "", err
			}
			if err := note(ctx, tx, who, "points.exception_removed", p, changed("exception", e.text(), "")); err != nil {
				return "", err
			}
		}
	}
	return s.close(ctx, tx, who, p, c)
}

func (s *Service) close(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p Point, c Closure) (string, error) {
	c, err := c.normal()
	if err != nil {
		return "", err
	}
	c.ID = sqldb.NewID(tx.Now)
	if err := insertClosureAs(ctx, tx, c); err != nil {
		return "", err
	}
	if err := s.hoursChanged(ctx, tx, p.ID, 0); err != nil {
		return "", err
	}
	if err := note(ctx, tx, who, "points.closure", p, changed("closure", "", c.text())); err != nil {
		return "", err
	}
	return c.ID, s.bus.Publish(ctx, tx, Closed{PointID: p.ID, From: c.From, To: c.To})
}

// WithClosure returns the point as AddClosure would leave it, or refuses like it: for looking before
// saving. The reach of c may be any.
func (p Point) WithClosure(c Closure) (Point, error) {
	c, err := c.normal()
	if err != nil {
		return Point{}, err
	}
	p = p.clone()
	p.Closures = append(p.Closures, c)
	return p, nil
}

// RemoveClosure opens a point again on the days of a closure. It refuses with identity.ErrNotHere.
func (s *Service) RemoveClosure(ctx context.Context, who identity.Actor, id string) error {
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		p, err := s.requireOwner(ctx, tx, who, q.PointOfClosure, id)
		if err != nil {
			return err
		}
		if _, err := q.DeleteClosure(ctx, id); err != nil {
			return err
		}
		if err := s.hoursChanged(ctx, tx, p.ID, 0); err != nil {
			return err
		}
		i := slices.IndexFunc(p.Closures, func(c Closure) bool { return c.ID == id })
		if i < 0 {
			return identity.ErrNotHere
		}
		if err := note(ctx, tx, who, "points.closure_removed", p, changed("closure", p.Closures[i].text(), "")); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, HoursChanged{PointID: p.ID})
	})
	return fault("remove a closure", err)
}

// requireOwner returns the point that owns a part (an address, a closure), when who may edit it.
func (s *Service) requireOwner(ctx context.Context, tx *sqldb.Tx, who identity.Actor,
	owner func(context.Context, string) (string, error), partID string) (Point, error) {
	if !who.Can(identity.EditPoints) {
		return Point{}, identity.ErrForbidden
	}
	pointID, err := owner(ctx, partID)
	if errors.Is(err, sql.ErrNoRows) {
		return Point{}, identity.ErrNotHere
	}
	if err != nil {
		return Point{}, err
	}
	return s.RequirePoint(ctx, tx, who, identity.EditPoints, pointID)
}

func insertClosure(ctx context.Context, tx *sqldb.Tx, pointID string, c Closure) error {
	c.ID, c.PointID = sqldb.NewID(tx.Now), pointID
	return insertClosureAs(ctx, tx, c)
}

func insertClosureAs(ctx context.Context, tx *sqldb.Tx, c Closure) error {
	return db.New(tx).InsertClosure(ctx, db.InsertClosureParams{
		ID: c.ID, PointID: c.PointID, FromDay: c.From, ToDay: c.To, Reason: c.Reason, CreatedAt: sqldb.At(tx.Now),
	})
}
