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
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		return s.SetHoursTx(ctx, tx, who, addressID, Schedule{Name: name, From: from, To: to, Bands: b})
	})
	return fault("set hours", err)
}

// SetHoursTx is SetHours within the transaction of the caller.
func (s *Service) SetHoursTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, addressID string, week Schedule) error {
	p, err := s.requireOwner(ctx, tx, who, db.New(tx).PointOfAddress, addressID)
	if err != nil {
		return err
	}
	week.Name = strings.TrimSpace(week.Name)
	if week, err = week.normal(); err != nil {
		return err
	}
	i := slices.IndexFunc(p.Addresses, func(a Address) bool { return a.ID == addressID })
	schedules, id := replace(p.Addresses[i].Schedules, week)
	if err := checkSeasons(schedules); err != nil {
		return err
	}
	p.Addresses[i].Schedules = schedules
	if err := p.checkOpen(); err != nil {
		return err
	}
	if err := putSchedule(ctx, tx, addressID, id, week); err != nil {
		return err
	}
	if err := db.New(tx).UpdateMinutes(ctx, p.ID); err != nil {
		return err
	}
	detail := map[string]any{"address": addressID, "from": week.From, "to": week.To, "minutes": week.Bands.Minutes()}
	if err := note(ctx, tx, who, "points.hours", p, detail); err != nil {
		return err
	}
	return s.bus.Publish(ctx, tx, HoursChanged{PointID: p.ID})
}

// replace returns the schedules with week in place of the one with the same days, whose id it returns.
// A week without bands is left out.
func replace(schedules []Schedule, week Schedule) (result []Schedule, id string) {
	for _, s := range schedules {
		if s.From == week.From && s.To == week.To {
			id = s.ID
			continue
		}
		result = append(result, s)
	}
	if len(week.Bands) > 0 {
		result = append(result, week)
	}
	return result, id
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
		err = q.RenameSchedule(ctx, db.RenameScheduleParams{ID: id, Name: week.Name})
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
// facilitator who must send people home: package agenda decides which permission that is.
func (s *Service) CloseForStaff(ctx context.Context, tx *sqldb.Tx, who identity.Actor, perm identity.Permission, c Closure) (string, error) {
	p, err := s.RequirePoint(ctx, tx, who, perm, c.PointID)
	if err != nil {
		return "", err
	}
	return s.close(ctx, tx, who, p, c)
}

func (s *Service) close(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p Point, c Closure) (string, error) {
	c.Reason = strings.TrimSpace(c.Reason)
	if c.To.IsZero() {
		c.To = c.From
	}
	if err := c.check(); err != nil {
		return "", err
	}
	c.ID = sqldb.NewID(tx.Now)
	if err := insertClosureAs(ctx, tx, c); err != nil {
		return "", err
	}
	if err := db.New(tx).Touch(ctx, p.ID); err != nil {
		return "", err
	}
	if err := note(ctx, tx, who, "points.closure", p, map[string]any{"from": c.From, "to": c.To}); err != nil {
		return "", err
	}
	return c.ID, s.bus.Publish(ctx, tx, Closed{PointID: p.ID, From: c.From, To: c.To})
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
		if err := q.Touch(ctx, p.ID); err != nil {
			return err
		}
		if err := note(ctx, tx, who, "points.closure_removed", p, map[string]any{"closure": id}); err != nil {
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
