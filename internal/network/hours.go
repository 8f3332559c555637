package network

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/network/internal/db"
	"capillare/internal/sqldb"
)

// Hours are when somebody answers the phone of the network.
type Hours struct {
	Bands calendar.Bands
	// OnHolidays says that national holidays are days like the others.
	OnHolidays bool
	// Closed are the days when nobody answers.
	Closed []Days
}

// Days are days from one to another, both included.
type Days struct{ From, To calendar.Day }

// String returns "2026-08-14 – 2026-08-16", for the history.
func (d Days) String() string {
	if d.From == d.To {
		return d.From.String()
	}
	return d.From.String() + " – " + d.To.String()
}

// maxClosed keeps the list of closed days readable.
const maxClosed = 100

// Known reports whether any hours are kept.
func (h Hours) Known() bool { return len(h.Bands) > 0 }

// OpenAt reports whether somebody answers at an instant.
func (h Hours) OpenAt(at time.Time) bool {
	minute := calendar.MinuteOf(at)
	return slices.ContainsFunc(h.on(calendar.DayOf(at)), func(b calendar.Band) bool { return b.Opens <= minute && minute < b.Closes })
}

// Next returns the day and minute when somebody answers next after an instant, within three weeks.
func (h Hours) Next(at time.Time) (day calendar.Day, opens calendar.Minute, ok bool) {
	today, minute := calendar.DayOf(at), calendar.MinuteOf(at)
	for i := range 22 {
		day = today.AddDays(i)
		for _, b := range h.on(day) {
			if i > 0 || b.Opens > minute {
				return day, b.Opens, true
			}
		}
	}
	return calendar.Day{}, 0, false
}

// on returns the bands of a day.
func (h Hours) on(day calendar.Day) []calendar.Band {
	if _, holiday := calendar.Holiday(day); holiday && !h.OnHolidays {
		return nil
	}
	if slices.ContainsFunc(h.Closed, func(c Days) bool { return !day.Before(c.From) && !day.After(c.To) }) {
		return nil
	}
	return h.Bands.On(day.Weekday())
}

// writtenHours are the hours as the history shows them.
type writtenHours struct {
	Week           string `json:"hours"`
	OpenOnHolidays string `json:"open_on_holidays"`
	Closed         string `json:"closed_days"`
}

func (h Hours) written() writtenHours {
	var closed []string
	for _, c := range h.Closed {
		closed = append(closed, c.String())
	}
	out := writtenHours{Week: h.Bands.OSM(), Closed: strings.Join(closed, ", ")}
	if h.OnHolidays {
		out.OpenOnHolidays = "true"
	}
	return out
}

// SetHours changes when somebody answers the phone.
func (s *Service) SetHours(ctx context.Context, who identity.Actor, h Hours) error {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return err
	}
	h, err := h.normal()
	if err != nil {
		return err
	}
	return s.done(s.db.Update(ctx, func(tx *sqldb.Tx) error {
		set, err := setting(ctx, tx)
		if err != nil {
			return err
		}
		before, err := hours(ctx, tx, set)
		if err != nil {
			return err
		}
		set.OpenOnHolidays = h.OnHolidays
		if err := db.New(tx).PutSetting(ctx, set.row(tx)); err != nil {
			return err
		}
		if err := putHours(ctx, tx, h); err != nil {
			return err
		}
		return write(ctx, tx, who, "network.hours", audit.Compare(before.written(), h.written()))
	}), "hours")
}

func putHours(ctx context.Context, tx *sqldb.Tx, h Hours) error {
	q := db.New(tx)
	if err := q.DeleteBands(ctx); err != nil {
		return err
	}
	if err := q.DeleteClosed(ctx); err != nil {
		return err
	}
	for _, b := range h.Bands {
		if err := q.AddBand(ctx, db.AddBandParams{Weekday: int(b.Weekday), Opens: int(b.Opens), Closes: int(b.Closes)}); err != nil {
			return err
		}
	}
	for _, c := range h.Closed {
		if err := q.AddClosed(ctx, db.AddClosedParams{FromDay: c.From, ToDay: c.To}); err != nil {
			return err
		}
	}
	return nil
}

func (h Hours) normal() (Hours, error) {
	var problems errs.Problems
	bands, err := h.Bands.Normal()
	if err := problems.Check("hours", err); err != nil {
		return Hours{}, err
	}
	h.Bands = bands
	h.Closed = slices.Clone(h.Closed)
	slices.SortFunc(h.Closed, func(a, b Days) int { return a.From.Compare(b.From) })
	if len(h.Closed) > maxClosed {
		problems.Add("closed", "network.closed_many", errs.Args{"max": strconv.Itoa(maxClosed)})
	}
	for i, c := range h.Closed {
		if c.To.Before(c.From) {
			problems.Add("closed", "network.closed_order", errs.Args{"day": c.From})
		} else if i > 0 && !c.From.After(h.Closed[i-1].To) {
			problems.Add("closed", "network.closed_twice", errs.Args{"day": c.From})
		}
	}
	return h, problems.Err()
}
