package agenda

import (
	"context"
	"fmt"
	"time"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/kinds"
	"capillare/internal/sqldb"
)

// timesAtOnce bounds a list of times: more than two months of a busy point.
const timesAtOnce = 10000

// today is the civil day of the transaction.
func today(tx *sqldb.Tx) calendar.Day { return calendar.DayOf(tx.Now) }

// Times returns the times of a point that citizens can book from a day to a day, in order; kind "" means any.
func (s *Service) Times(ctx context.Context, pointID, kind string, from, to calendar.Day) ([]Time, error) {
	return s.TimesFor(ctx, Where{PointID: pointID, Kind: kind}, from, to)
}

// TimesFor returns the times from a day to a day that w.Audience can book: at a point, of a shape and a kind
// of appointment (any when empty), in order.
func (s *Service) TimesFor(ctx context.Context, w Where, from, to calendar.Day) (list []Time, err error) {
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		list, err = times(ctx, tx, w, from, to)
		return err
	})
	return list, err
}

func times(ctx context.Context, tx *sqldb.Tx, w Where, from, to calendar.Day) ([]Time, error) {
	after := tx.Now
	if start := from.Start().Add(-time.Microsecond); start.After(after) {
		after = start
	}
	if w.Party > 1 {
		return timesTogether(ctx, tx, w, from, to)
	}
	q, arg := db.New(tx), db.TimesParams{
		PointID: w.PointID, Now: sqldb.At(tx.Now), After: sqldb.At(after), Before: sqldb.At(to.AddDays(1).Start()),
		AnyKind: w.Kind == "", Kind: w.Kind, AnyKindID: w.KindID == "", KindID: slotKind(w.KindID), Max: timesAtOnce,
	}
	if !public(w.Audience) {
		rows, err := q.TimesInside(ctx, db.TimesInsideParams{
			PointID: w.PointID, FromDay: from, ToDay: to, Staff: w.Audience == kinds.Staff, Now: arg.Now, After: arg.After,
			AnyKind: arg.AnyKind, Kind: arg.Kind, AnyKindID: arg.AnyKindID, KindID: arg.KindID, Max: timesAtOnce,
		})
		return timesOf(rows, err, func(r db.TimesInsideRow) db.TimesRow { return db.TimesRow(r) })
	}
	rows, err := q.Times(ctx, arg)
	return timesOf(rows, err, func(r db.TimesRow) db.TimesRow { return r })
}

func timesOf[R any](rows []R, err error, as func(R) db.TimesRow) ([]Time, error) {
	if err != nil {
		return nil, fmt.Errorf("free times: %w", err)
	}
	list := make([]Time, len(rows))
	for i, r := range rows {
		list[i] = timeOf(as(r))
	}
	return list, nil
}

func timeOf(r db.TimesRow) Time {
	return Time{
		StartsAt: r.StartsAt.Time, EndsAt: r.EndsAt.Time, Kind: r.Kind, KindID: r.KindID, Mode: kinds.Mode(r.Mode),
		AddressID: r.AddressID, Free: int(r.Free),
	}
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
