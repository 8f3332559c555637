package agenda

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/sqldb"
)

// alternatives is how many times are offered instead of one that is taken.
const alternatives = 3

// timesAtOnce bounds a list of times: more than two months of a busy point.
const timesAtOnce = 10000

// today is the civil day of the transaction.
func today(tx *sqldb.Tx) calendar.Day { return calendar.DayOf(tx.Now) }

// Times returns the free times of a point from a day to a day, in order; kind "" means any.
func (s *Service) Times(ctx context.Context, pointID, kind string, from, to calendar.Day) ([]Time, error) {
	var list []Time
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		after := tx.Now
		if start := from.Start().Add(-time.Microsecond); start.After(after) {
			after = start
		}
		rows, err := db.New(tx).Times(ctx, db.TimesParams{
			PointID: pointID, After: sqldb.At(after), Before: sqldb.At(to.AddDays(1).Start()), AnyKind: kind == "", Kind: kind, Max: timesAtOnce,
		})
		if err != nil {
			return fmt.Errorf("free times: %w", err)
		}
		list = make([]Time, len(rows))
		for i, r := range rows {
			list[i] = timeOf(r)
		}
		return nil
	})
	return list, err
}

// FirstFree returns the first free time of each of the points; those without one are not in the map.
func (s *Service) FirstFree(ctx context.Context, pointIDs []string) (map[string]time.Time, error) {
	first := make(map[string]time.Time, len(pointIDs))
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		clear(first)
		rows, err := db.New(tx).FirstFree(ctx, db.FirstFreeParams{Points: sqldb.List(pointIDs), After: sqldb.At(tx.Now)})
		if err != nil {
			return fmt.Errorf("first free times: %w", err)
		}
		for _, r := range rows {
			if !r.StartsAt.IsZero() {
				first[r.PointID] = r.StartsAt.Time
			}
		}
		return nil
	})
	return first, err
}

// Alternatives returns the three free times of a point nearest to an instant, in order of time.
func (s *Service) Alternatives(ctx context.Context, pointID, kind string, at time.Time) ([]Time, error) {
	if kind == "" {
		kind = Individual
	}
	var list []Time
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		list = nil
		q := db.New(tx)
		from := at.Add(-time.Microsecond)
		if tx.Now.After(from) {
			from = tx.Now
		}
		later, err := q.Times(ctx, db.TimesParams{
			PointID: pointID, Kind: kind, After: sqldb.At(from), Before: sqldb.At(at.AddDate(1, 0, 0)), Max: alternatives,
		})
		if err != nil {
			return fmt.Errorf("alternatives: %w", err)
		}
		earlier, err := q.TimesBefore(ctx, db.TimesBeforeParams{
			PointID: pointID, Kind: kind, After: sqldb.At(tx.Now), Before: sqldb.At(at), Max: alternatives,
		})
		if err != nil {
			return fmt.Errorf("alternatives: %w", err)
		}
		for _, r := range later {
			list = append(list, timeOf(r))
		}
		for _, r := range earlier {
			list = append(list, timeOf(db.TimesRow(r)))
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b Time) int { return cmp.Compare(a.StartsAt.Sub(at).Abs(), b.StartsAt.Sub(at).Abs()) })
	list = list[:min(len(list), alternatives)]
	slices.SortStableFunc(list, func(a, b Time) int { return a.StartsAt.Compare(b.StartsAt) })
	return list, err
}

func timeOf(r db.TimesRow) Time {
	return Time{StartsAt: r.StartsAt.Time, EndsAt: r.EndsAt.Time, Kind: r.Kind, AddressID: r.AddressID, Free: int(r.Free)}
}

// BySecret returns the draft or booking that a secret opens, or ErrNotFound.
func (s *Service) BySecret(ctx context.Context, secret string) (Booking, error) {
	var b Booking
	err := s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
		b, err = bySecret(ctx, db.New(tx), secret)
		return err
	})
	return b, err
}

// ByCode returns the booking with a code as codes.ParseCode gives it, or ErrNotFound. Drafts are not
// found. The caller limits how often codes are tried.
func (s *Service) ByCode(ctx context.Context, code string) (Booking, error) {
	var b Booking
	err := s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
		b, err = byCode(ctx, db.New(tx), code)
		return err
	})
	return b, err
}
