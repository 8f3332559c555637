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

// PhoneBook is how people reach the network: number, address and when somebody answers.
type PhoneBook struct {
	Phone, Note, Email string
	Hours              Hours
}

// writtenPhone is a PhoneBook as the history shows it.
type writtenPhone struct {
	Phone          string `json:"phone"`
	Note           string `json:"phone_hours"`
	Email          string `json:"email"`
	Week           string `json:"hours"`
	OpenOnHolidays bool   `json:"open_on_holidays"`
	Closed         string `json:"closed_days"`
}

func written(set Setting, h Hours) writtenPhone {
	var closed []string
	for _, c := range h.Closed {
		closed = append(closed, c.String())
	}
	return writtenPhone{Phone: set.Phone, Note: set.PhoneHours, Email: set.Email, Week: h.Bands.OSM(), OpenOnHolidays: h.OnHolidays,
		Closed: strings.Join(closed, ", ")}
}

// SetPhone changes how people reach the network. It refuses with fields when something is wrong with what
// was typed.
func (s *Service) SetPhone(ctx context.Context, who identity.Actor, book PhoneBook) error {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return err
	}
	h, err := book.Hours.normal()
	if err != nil {
		return err
	}
	return s.done(s.db.Update(ctx, func(tx *sqldb.Tx) error {
		before, err := setting(ctx, tx)
		if err != nil {
			return err
		}
		kept, err := hours(ctx, tx, before)
		if err != nil {
			return err
		}
		after := before
		after.Phone, after.PhoneHours, after.Email, after.OpenOnHolidays = book.Phone, book.Note, book.Email, h.OnHolidays
		if after, err = after.normal(); err != nil {
			return err
		}
		if err := db.New(tx).PutSetting(ctx, after.row(tx)); err != nil {
			return err
		}
		if err := putHours(ctx, tx, h); err != nil {
			return err
		}
		return write(ctx, tx, who, "network.phone", audit.Compare(written(before, kept), written(after, h)))
	}), "phone")
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
