package agenda

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// alternativesWithin is how many minutes away another point may be that is offered instead of a lost time.
const alternativesWithin = 45

// Alternative is a free time offered instead of one that is taken.
type Alternative struct {
	Time
	PointID string
}

// Alternatives returns the n free times nearest to one that was lost, in order of time: of the same point,
// kind and number of people; when these are fewer, the first ones of points near by.
func (s *Service) Alternatives(ctx context.Context, w Where, n int) ([]Alternative, error) {
	if w.Kind == "" {
		w.Kind = Individual
	}
	var own []Time
	err := s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
		own, err = around(ctx, tx, w, n)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("alternatives: %w", err)
	}
	list := make([]Alternative, 0, n)
	for _, t := range nearestTo(own, w.StartsAt, n) {
		list = append(list, Alternative{Time: t, PointID: w.PointID})
	}
	if len(list) >= n || w.Party > 1 {
		return list, nil
	}
	others, err := s.elsewhere(ctx, w, n-len(list))
	return append(list, others...), err
}

// nearestTo returns the n times nearest to an instant, in order of time.
func nearestTo(list []Time, at time.Time, n int) []Time {
	slices.SortStableFunc(list, func(a, b Time) int { return cmp.Compare(a.StartsAt.Sub(at).Abs(), b.StartsAt.Sub(at).Abs()) })
	list = list[:min(len(list), n)]
	slices.SortStableFunc(list, func(a, b Time) int { return a.StartsAt.Compare(b.StartsAt) })
	return list
}

// around returns free times of the point before and after w, the n nearest among them.
func around(ctx context.Context, tx *sqldb.Tx, w Where, n int) ([]Time, error) {
	if w.Party > 1 || !public(w.Audience) {
		return times(ctx, tx, w, today(tx), calendar.DayOf(w.StartsAt).AddDays(365))
	}
	q := db.New(tx)
	from := w.StartsAt.Add(-time.Microsecond)
	if tx.Now.After(from) {
		from = tx.Now
	}
	later, err := q.Times(ctx, db.TimesParams{
		PointID: w.PointID, Kind: w.Kind, AnyKindID: w.KindID == "", KindID: slotKind(w.KindID), Now: sqldb.At(tx.Now),
		After: sqldb.At(from), Before: sqldb.At(w.StartsAt.AddDate(1, 0, 0)), Max: int32(n),
	})
	if err != nil {
		return nil, err
	}
	earlier, err := q.TimesBefore(ctx, db.TimesBeforeParams{
		PointID: w.PointID, Kind: w.Kind, AnyKindID: w.KindID == "", KindID: slotKind(w.KindID), Now: sqldb.At(tx.Now),
		After: sqldb.At(tx.Now), Before: sqldb.At(w.StartsAt), Max: int32(n),
	})
	if err != nil {
		return nil, err
	}
	list := make([]Time, 0, len(later)+len(earlier))
	for _, r := range later {
		list = append(list, timeOf(r))
	}
	for _, r := range earlier {
		list = append(list, timeOf(db.TimesRow(r)))
	}
	return list, nil
}

// elsewhere returns the first free times of other points near by.
func (s *Service) elsewhere(ctx context.Context, w Where, n int) ([]Alternative, error) {
	here, err := s.placeOf(ctx, w)
	if err != nil {
		return nil, err
	}
	here.Within = alternativesWithin
	found, err := s.FirstTimes(ctx, SearchQuery{
		Near: here, Audience: w.Audience, KindID: w.KindID, Shape: w.Kind, Order: Nearest, Max: n + 1, Each: 1,
	})
	if err != nil {
		return nil, err
	}
	var list []Alternative
	for _, f := range found {
		if f.Point.ID != w.PointID && len(f.Times) > 0 && len(list) < n {
			list = append(list, Alternative{Time: f.Times[0], PointID: f.Point.ID})
		}
	}
	return list, nil
}

// placeOf is where the lost time was.
func (s *Service) placeOf(ctx context.Context, w Where) (points.Search, error) {
	found, err := s.points.ByIDs(ctx, []string{w.PointID})
	if err != nil {
		return points.Search{}, err
	}
	for _, a := range found[w.PointID].Addresses {
		if w.AddressID == "" || a.ID == w.AddressID {
			return points.Search{Town: a.Belfiore, From: a.At}, nil
		}
	}
	return points.Search{}, ErrNotFound
}
