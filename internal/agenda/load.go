package agenda

import (
	"context"
	"fmt"
	"time"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// LoadQuery asks how full points are.
type LoadQuery struct {
	PointIDs []string
	From, To calendar.Day
}

// KindDay is how full a point is on a day with the times of one kind.
type KindDay struct {
	PointID string
	Day     calendar.Day
	// Seats is how many people can come, Taken how many have booked, Free how many more can: less than the
	// difference when the facilitator is booked for something else.
	Seats, Taken, Free int
}

// KindLoad returns how full the times of a kind are, by day and point, at the points of which who may see the
// agenda, and how many of the appointments were booked in the last seven days. Numbers only: no names.
func (s *Service) KindLoad(ctx context.Context, who identity.Actor, kindID string, q LoadQuery) (days []KindDay, lastWeek int, err error) {
	ids, err := s.visibleOf(ctx, who, q.PointIDs)
	if err != nil {
		return nil, 0, err
	}
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).LoadOfKind(ctx, db.LoadOfKindParams{
			KindID: sqldb.OptText(kindID), FromDay: q.From, ToDay: q.To, Points: sqldb.List(ids),
		})
		if err != nil {
			return fmt.Errorf("load of a kind: %w", err)
		}
		days = make([]KindDay, len(rows))
		for i, r := range rows {
			days[i] = KindDay{PointID: r.PointID, Day: r.Day, Seats: int(r.Seats), Taken: int(r.Taken), Free: int(r.Free)}
		}
		n, err := db.New(tx).BookedSince(ctx, db.BookedSinceParams{
			KindID: sqldb.OptText(kindID), FromDay: q.From, ToDay: q.To, Since: sqldb.At(tx.Now.AddDate(0, 0, -7)), Points: sqldb.List(ids),
		})
		lastWeek = int(n)
		return err
	})
	return days, lastWeek, err
}

// visibleOf keeps the points of which who may see the load: numbers of times are no names, so that who sees
// the points sees them too.
func (s *Service) visibleOf(ctx context.Context, who identity.Actor, pointIDs []string) ([]string, error) {
	see, err := s.points.Visible(ctx, who, identity.SeePoints)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, id := range pointIDs {
		if see.Has(id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// PointDayLoad is how full a point is on a day, whatever the kinds.
type PointDayLoad struct {
	PointID string
	Day     calendar.Day
	// Minutes is how long people are there for appointments, each person counted; BookedMinutes of which.
	Minutes, BookedMinutes int
	// Booked is how many appointments there are.
	Booked int
}

// Share is the part of the time that is booked, from 0 to 100.
func (l PointDayLoad) Share() int {
	if l.Minutes == 0 {
		return 0
	}
	return min(100, 100*l.BookedMinutes/l.Minutes)
}

// Load returns how full points are, by point and day. Times of several kinds over the same minutes of a person
// count once.
func (s *Service) Load(ctx context.Context, who identity.Actor, q LoadQuery) (days []PointDayLoad, err error) {
	ids, err := s.visibleOf(ctx, who, q.PointIDs)
	if err != nil {
		return nil, err
	}
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).LoadSlots(ctx, db.LoadSlotsParams{FromDay: q.From, ToDay: q.To, Points: sqldb.List(ids)})
		if err != nil {
			return fmt.Errorf("load of points: %w", err)
		}
		days = loadOf(rows)
		return nil
	})
	return days, err
}

// loadOf adds up slots, which come by point, day, person and time.
func loadOf(rows []db.LoadSlotsRow) []PointDayLoad {
	var days []PointDayLoad
	var person string
	var until time.Time
	for _, r := range rows {
		if r.State == Withdrawn && r.Taken == 0 {
			continue
		}
		if n := len(days); n == 0 || days[n-1].PointID != r.PointID || days[n-1].Day != r.Day {
			days, person = append(days, PointDayLoad{PointID: r.PointID, Day: r.Day}), ""
		}
		if r.FacilitatorID != person {
			person, until = r.FacilitatorID, time.Time{}
		}
		day := &days[len(days)-1]
		from := r.StartsAt.Time
		if from.Before(until) {
			from = until
		}
		if r.EndsAt.Time.After(from) {
			day.Minutes += minutesBetween(from, r.EndsAt.Time)
			until = r.EndsAt.Time
		}
		if r.Taken > 0 {
			// A group with one person in it takes its share of the time.
			day.BookedMinutes += minutesBetween(r.StartsAt.Time, r.EndsAt.Time) * int(r.Taken) / r.Seats
			day.Booked += int(r.Taken)
		}
	}
	return days
}
