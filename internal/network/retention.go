package network

import (
	"context"
	"fmt"
	"strconv"

	"capillare/internal/audit"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/network/internal/db"
	"capillare/internal/sqldb"
)

// Class is a kind of data with a life of its own.
type Class string

// The classes. Each has a job that obeys it, in the package that holds the data.
const (
	// Contacts are names and phones of bookings, after the appointment (agenda).
	Contacts Class = "contacts"
	// Names are names and surnames of citizens, after their last service (register).
	Names Class = "names"
	// MessagesSent are the traces of messages: kind, state and masked address (messages).
	MessagesSent Class = "messages"
	// Audit is who did what (audit).
	Audit Class = "audit"
	// ImportFiles are the rows of files that nobody has applied; those applied go at once (imports).
	ImportFiles Class = "imports"
)

// Span is what a class allows: the default and the limits, in days.
type Span struct{ Usual, Min, Max int }

// Classes returns the classes in the order of the page.
func Classes() []Class { return []Class{Contacts, Names, ImportFiles, MessagesSent, Audit} }

// SpanOf returns what class allows. The minima keep what the work or the law still needs: contacts while
// an appointment can be contested, names until the national file of the month is accepted, the audit for
// the six months asked of the accesses of administrators. The maxima keep "no longer than needed" true.
func SpanOf(class Class) Span {
	switch class {
	case Contacts:
		return Span{Usual: 30, Min: 7, Max: 180}
	case Names:
		return Span{Usual: 400, Min: 60, Max: 800}
	case ImportFiles:
		return Span{Usual: 7, Min: 1, Max: 60}
	case MessagesSent:
		return Span{Usual: 90, Min: 7, Max: 365}
	case Audit:
		return Span{Usual: 2190, Min: 180, Max: 3650}
	}
	return Span{}
}

// KeepDays returns for how many days things of class are kept, read in the caller's transaction.
func (s *Service) KeepDays(ctx context.Context, tx *sqldb.Tx, class Class) (int, error) {
	all, err := retention(ctx, tx)
	if err != nil {
		return 0, err
	}
	return daysOf(all, class), nil
}

// KeepDays returns for how many days things of class are kept.
func (c Current) KeepDays(class Class) int { return daysOf(c.retention, class) }

func daysOf(all map[Class]int, class Class) int {
	if days, ok := all[class]; ok {
		return days
	}
	return SpanOf(class).Usual
}

func retention(ctx context.Context, tx *sqldb.Tx) (map[Class]int, error) {
	rows, err := db.New(tx).Retention(ctx)
	if err != nil {
		return nil, fmt.Errorf("network: retention: %w", err)
	}
	all := make(map[Class]int, len(rows))
	for _, row := range rows {
		all[Class(row.Class)] = row.Days
	}
	return all, nil
}

// SetRetention changes for how many days classes are kept; those that are not in days stay as they are.
func (s *Service) SetRetention(ctx context.Context, who identity.Actor, days map[Class]int) error {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return err
	}
	var problems errs.Problems
	for _, class := range Classes() {
		span := SpanOf(class)
		if n, ok := days[class]; ok && (n < span.Min || n > span.Max) {
			problems.Add(string(class), "network.keep_days", errs.Args{"min": span.Min, "max": span.Max})
		}
	}
	if err := problems.Err(); err != nil {
		return err
	}
	return s.done(s.db.Update(ctx, func(tx *sqldb.Tx) error {
		before, err := retention(ctx, tx)
		if err != nil {
			return err
		}
		var changes audit.Changes
		for _, class := range Classes() {
			n, ok := days[class]
			if was := daysOf(before, class); ok && n != was {
				changes.Changes = append(changes.Changes, audit.Change{Field: "keep_" + string(class), From: strconv.Itoa(was), To: strconv.Itoa(n)})
				if err := db.New(tx).PutRetention(ctx, db.PutRetentionParams{Class: string(class), Days: n}); err != nil {
					return err
				}
			}
		}
		return write(ctx, tx, who, "network.retention", changes)
	}), "retention")
}
