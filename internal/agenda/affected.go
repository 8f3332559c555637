package agenda

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

const (
	// affectedAtOnce bounds the bookings looked at: more than a network has in front of it.
	affectedAtOnce = 100000
	// pointsOffered is up to how many points the nearest time is looked for: a list of people from more
	// places than these is read point by point.
	pointsOffered = 25
)

// Affected is a booking whose time would no longer be open.
type Affected struct {
	Booking Booking
	// Nearest is the free time of the same point and kind that is nearest to it and would stay open, when
	// there is one.
	Nearest    Time
	HasNearest bool
}

// Affected returns the confirmed bookings to come that would be stranded if the points were as given:
// for looking before hours change. They come by time; bookings stranded already are not among them. It
// refuses with identity.ErrForbidden who sees no agenda; points of others are left out.
func (s *Service) Affected(ctx context.Context, who identity.Actor, after ...points.Point) ([]Affected, error) {
	see, err := s.points.Visible(ctx, who, identity.SeeAgenda)
	if err != nil {
		return nil, err
	}
	byID := map[string]points.Point{}
	for _, p := range after {
		if see.Has(p.ID) {
			byID[p.ID] = p
		}
	}
	var list []Affected
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		if list, err = affected(ctx, tx, byID); err != nil {
			return err
		}
		return offerNearest(ctx, tx, list, byID)
	})
	return list, err
}

// CountAffected returns how many bookings Affected would list: a number says nothing about people, so
// that who changes hours without seeing the agenda knows it too.
func (s *Service) CountAffected(ctx context.Context, after ...points.Point) (n int, err error) {
	byID := map[string]points.Point{}
	for _, p := range after {
		byID[p.ID] = p
	}
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		list, err := affected(ctx, tx, byID)
		n = len(list)
		return err
	})
	return n, err
}

func affected(ctx context.Context, tx *sqldb.Tx, after map[string]points.Point) ([]Affected, error) {
	rows, err := db.New(tx).WaitingAt(ctx, db.WaitingAtParams{
		FromDay: today(tx), After: sqldb.At(tx.Now), Points: sqldb.List(slices.Collect(maps.Keys(after))), Max: affectedAtOnce,
	})
	if err != nil {
		return nil, fmt.Errorf("bookings ahead: %w", err)
	}
	var list []Affected
	for _, r := range rows {
		b := bookingOf(db.BookingByIDRow(r))
		if !after[b.PointID].Covers(b.AddressID, b.StartsAt, b.EndsAt) {
			list = append(list, Affected{Booking: b})
		}
	}
	return list, nil
}

// offerNearest finds the nearest free time of each booking, of all in one read.
func offerNearest(ctx context.Context, tx *sqldb.Tx, list []Affected, after map[string]points.Point) error {
	var ids []string
	for _, a := range list {
		if !slices.Contains(ids, a.Booking.PointID) {
			ids = append(ids, a.Booking.PointID)
		}
	}
	if len(ids) == 0 || len(ids) > pointsOffered {
		return nil
	}
	rows, err := db.New(tx).FreeAt(ctx, db.FreeAtParams{FromDay: today(tx), After: sqldb.At(tx.Now), Points: sqldb.List(ids), Max: affectedAtOnce})
	if err != nil {
		return fmt.Errorf("free times ahead: %w", err)
	}
	free := map[string][]Time{}
	for _, r := range rows {
		t := Time{StartsAt: r.StartsAt.Time, EndsAt: r.EndsAt.Time, Kind: r.Kind, AddressID: r.AddressID, Free: r.Free}
		if after[r.PointID].Covers(t.AddressID, t.StartsAt, t.EndsAt) {
			free[r.PointID+t.Kind] = append(free[r.PointID+t.Kind], t)
		}
	}
	for i, a := range list {
		list[i].Nearest, list[i].HasNearest = nearest(free[a.Booking.PointID+a.Booking.Kind], a.Booking.StartsAt)
	}
	return nil
}

// nearest returns the time nearest to at among times in order; of two as near, the later one.
func nearest(times []Time, at time.Time) (Time, bool) {
	i, _ := slices.BinarySearchFunc(times, at, func(t Time, at time.Time) int { return t.StartsAt.Compare(at) })
	switch {
	case len(times) == 0:
		return Time{}, false
	case i == len(times):
		return times[i-1], true
	case i > 0 && at.Sub(times[i-1].StartsAt) < times[i].StartsAt.Sub(at):
		return times[i-1], true
	}
	return times[i], true
}
