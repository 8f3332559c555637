package agenda

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// The names of the limits as they are kept.
const (
	ruleMonth = "month_minutes"
	ruleOpen  = "open_bookings"
)

// The largest limits: beyond them a limit limits nobody.
const (
	mostMonthMinutes = 6000
	mostOpenBookings = 50
)

// Refusals and questions about how much one person books.
var (
	// ErrSameDay is a question, not a refusal: the person has another appointment on that day. Say Anyway to
	// go on.
	ErrSameDay      = errs.New(errs.Conflict, "agenda.same_day")
	ErrMonthMinutes = errs.New(errs.Conflict, "agenda.month_minutes")
	ErrOpenBookings = errs.New(errs.Conflict, "agenda.open_bookings")
)

// Limits are how much one person may book (it: limiti); 0 is no limit.
type Limits struct {
	// MonthMinutes is how many minutes of appointments alone with a facilitator in a month.
	MonthMinutes int
	// OpenBookings is how many appointments still to come.
	OpenBookings int
}

// Limits returns the limits of the network.
func (s *Service) Limits(ctx context.Context) (l Limits, err error) {
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		l, err = limits(ctx, db.New(tx))
		return err
	})
	return l, err
}

func limits(ctx context.Context, q *db.Queries) (l Limits, err error) {
	rows, err := q.Rules(ctx)
	if err != nil {
		return l, fmt.Errorf("limits: %w", err)
	}
	for _, r := range rows {
		switch r.Name {
		case ruleMonth:
			l.MonthMinutes = r.Number
		case ruleOpen:
			l.OpenBookings = r.Number
		}
	}
	return l, nil
}

// SetLimits changes the limits of the network; bookings made so far stay. It refuses with fields.
func (s *Service) SetLimits(ctx context.Context, who identity.Actor, l Limits) error {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return err
	}
	var p errs.Problems
	if l.MonthMinutes < 0 || l.MonthMinutes > mostMonthMinutes {
		p.Add(ruleMonth, "agenda.limit_range", errs.Args{"max": mostMonthMinutes})
	}
	if l.OpenBookings < 0 || l.OpenBookings > mostOpenBookings {
		p.Add(ruleOpen, "agenda.limit_range", errs.Args{"max": mostOpenBookings})
	}
	if err := p.Err(); err != nil {
		return err
	}
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		before, err := limits(ctx, q)
		if err != nil {
			return err
		}
		var changes audit.Changes
		for _, rule := range []struct {
			name    string
			was, is int
		}{{ruleMonth, before.MonthMinutes, l.MonthMinutes}, {ruleOpen, before.OpenBookings, l.OpenBookings}} {
			if rule.was == rule.is {
				continue
			}
			changes.Changes = append(changes.Changes, audit.Change{Field: rule.name, From: strconv.Itoa(rule.was), To: strconv.Itoa(rule.is)})
			if err := putRule(ctx, q, rule.name, rule.is); err != nil {
				return err
			}
		}
		if len(changes.Changes) == 0 {
			return nil
		}
		return audit.Write(ctx, tx, who, audit.Entry{Action: "network.limits", Subject: "network", SubjectID: "1", Detail: changes})
	})
}

func putRule(ctx context.Context, q *db.Queries, name string, number int) error {
	err := q.DeleteRule(ctx, name)
	if err == nil && number > 0 {
		err = q.PutRule(ctx, db.PutRuleParams{Name: name, Number: number})
	}
	if err != nil {
		return fmt.Errorf("write a limit: %w", err)
	}
	return nil
}

// Advice tells what stands in the way of confirming a draft, as far as what was typed says who it is for:
// nil, a limit (ErrMonthMinutes, ErrOpenBookings) or the question ErrSameDay. It is asked as soon as the
// person is known, so that nobody types on for nothing.
func (s *Service) Advice(ctx context.Context, secret string) error {
	return s.base.View(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		b, err := bySecret(ctx, q, secret)
		if err != nil || !b.Draft() || b.Contact.Name == "" {
			return err
		}
		if err := withinLimits(ctx, tx, q, b); err != nil {
			return err
		}
		return sameDay(ctx, q, b)
	})
}

// question asks ErrSameDay of a draft. It needs not be in the transaction that books: what matters is that
// it was asked.
func (s *Service) question(ctx context.Context, secret string) error {
	return s.base.View(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		b, err := bySecret(ctx, q, secret)
		if errors.Is(err, ErrNotFound) || err == nil && !b.Draft() {
			return nil
		}
		if err != nil {
			return err
		}
		return sameDay(ctx, q, b)
	})
}

// withinLimits refuses what the person of b may not book any more. In the transaction that books, because
// two bookings at once must not both be the last one allowed.
func withinLimits(ctx context.Context, tx *sqldb.Tx, q *db.Queries, b Booking) error {
	l, err := limits(ctx, q)
	if err != nil {
		return err
	}
	return l.allow(ctx, tx, q, b)
}

// allow refuses b when with the other bookings of its person it is beyond the limits.
func (l Limits) allow(ctx context.Context, tx *sqldb.Tx, q *db.Queries, b Booking) error {
	if l == (Limits{}) {
		return nil
	}
	first := monthOf(b.Day)
	from := first
	if now := today(tx); now.Before(from) {
		from = now
	}
	rows, err := ofContact(ctx, q, b, from)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(r db.BookingsOfContactRow) bool { return !samePerson(b, r) })
	open, minutes := 1, 0
	if b.Kind == Individual {
		minutes = minutesBetween(b.StartsAt, b.EndsAt)
	}
	for _, r := range rows {
		if r.State == Confirmed && r.StartsAt.After(tx.Now) {
			open++
		}
		if r.Kind == Individual && r.Day.Month() == b.Day.Month() {
			minutes += minutesBetween(r.StartsAt.Time, r.EndsAt.Time)
		}
	}
	switch {
	case l.OpenBookings > 0 && open > l.OpenBookings:
		return ErrOpenBookings.With(errs.Args{"n": l.OpenBookings})
	case l.MonthMinutes > 0 && b.Kind == Individual && minutes > l.MonthMinutes:
		return ErrMonthMinutes.With(errs.Args{"minutes": l.MonthMinutes})
	}
	return nil
}

// movedWithinLimits refuses a move to a month in which the person has no time left. In the same month a move
// changes nothing, also for who had more when the limit came.
func movedWithinLimits(ctx context.Context, tx *sqldb.Tx, q *db.Queries, b Booking, w Where) error {
	day := calendar.DayOf(w.StartsAt)
	if monthOf(day) == monthOf(b.Day) {
		return nil
	}
	l, err := limits(ctx, q)
	if err != nil {
		return err
	}
	// A move makes no booking more.
	l.OpenBookings = 0
	length := b.EndsAt.Sub(b.StartsAt)
	b.Day, b.StartsAt, b.EndsAt = day, w.StartsAt, w.StartsAt.Add(length)
	return l.allow(ctx, tx, q, b)
}

// monthOf is the first day of the month of d.
func monthOf(d calendar.Day) calendar.Day {
	year, month, _ := d.Date()
	return calendar.NewDay(year, month, 1)
}

func minutesBetween(from, to time.Time) int { return int(to.Sub(from) / time.Minute) }

// sameDay asks whether a second appointment on one day is meant. The hour of the first one is said only to
// who gives the same name too: a phone number alone must not tell when its owner is out.
func sameDay(ctx context.Context, q *db.Queries, b Booking) error {
	rows, err := ofContact(ctx, q, b, b.Day)
	if err != nil {
		return err
	}
	var asked error
	for _, r := range rows {
		if r.Day != b.Day {
			continue
		}
		if samePerson(b, r) {
			return ErrSameDay.With(errs.Args{"time": calendar.MinuteOf(r.StartsAt.Time).String()})
		}
		asked = ErrSameDay.With(errs.Args{"time": ""})
	}
	return asked
}

// ofContact returns the other bookings from a day on with the phone or the mail of b, or with its name
// alone when it has neither.
func ofContact(ctx context.Context, q *db.Queries, b Booking, from calendar.Day) ([]db.BookingsOfContactRow, error) {
	c := b.Contact
	arg := db.BookingsOfContactParams{Phone: c.Phone, Email: strings.ToLower(c.Email), FromDay: from}
	if c.Phone == "" && c.Email == "" {
		arg.Search = territory.Fold(c.Name)
	}
	rows, err := q.BookingsOfContact(ctx, arg)
	if err != nil {
		return nil, fmt.Errorf("bookings of a contact: %w", err)
	}
	return slices.DeleteFunc(rows, func(r db.BookingsOfContactRow) bool { return r.ID == b.ID }), nil
}

// samePerson reports whether two bookings with one phone or mail are for one person too: couples share
// both, and an association books for many with its own.
func samePerson(b Booking, r db.BookingsOfContactRow) bool {
	whom := territory.Fold(b.Contact.Name)
	if b.Contact.OnBehalf != "" {
		whom = territory.Fold(b.Contact.OnBehalf)
	}
	other := r.Search
	if r.OnBehalf != "" {
		other = territory.Fold(r.OnBehalf)
	}
	return sortedWords(whom) == sortedWords(other)
}

// sortedWords makes "Rossi Anna" and "Anna Rossi" one.
func sortedWords(s string) string {
	words := strings.Fields(s)
	slices.Sort(words)
	return strings.Join(words, " ")
}
