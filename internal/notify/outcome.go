package notify

import (
	"context"
	"fmt"
	"strings"
	"time"

	"capillare/internal/calls"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/notify/internal/db"
	"capillare/internal/sqldb"
)

// Outcome is a notice and what became of it: nothing of what it said, nor to whom.
type Outcome struct {
	Purpose Purpose
	Channel Channel
	State   string
	// Reason is why it was not needed, or the trouble that it met.
	Reason string
	// At is when it leaves, while it waits; else when it was settled.
	At time.Time
}

// OutcomesOf returns the notices about a booking of an own point, in the order in which they were planned.
// It refuses as [agenda.Service.ByID] does.
func (s *Service) OutcomesOf(ctx context.Context, who identity.Actor, bookingID string) ([]Outcome, error) {
	b, err := s.Agenda.ByID(ctx, who, bookingID)
	if err != nil {
		return nil, err
	}
	if b.TogetherID != "" {
		bookingID = b.TogetherID
	}
	return s.outcomes(ctx, calls.Booking, bookingID)
}

// OutcomesAbout returns the notices about an entry of the waiting list (calls.Waiting) or a request of a
// visit (calls.Visit). Callers have shown that who asks may see it.
func (s *Service) OutcomesAbout(ctx context.Context, subject, id string) ([]Outcome, error) {
	return s.outcomes(ctx, subject, id)
}

func (s *Service) outcomes(ctx context.Context, subject, id string) ([]Outcome, error) {
	var list []Outcome
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).NoticesOf(ctx, db.NoticesOfParams{Subject: subject, SubjectID: id})
		if err != nil {
			return fmt.Errorf("notify: outcomes: %w", err)
		}
		list = nil
		for _, r := range rows {
			n := r.NotifyNotice
			o := Outcome{Purpose: Purpose(n.Purpose), Channel: Channel(n.Channel), State: n.State, Reason: n.Reason, At: n.DueAt.Time}
			if !n.SettledAt.IsZero() {
				o.At = n.SettledAt.Time
			}
			list = append(list, o)
		}
		return nil
	})
	return list, err
}

// Title says in words what a notice is for.
func (o Outcome) Title(p i18n.Printer) string {
	return p.T("notify.purpose." + strings.TrimSuffix(string(o.Purpose), byPhone))
}

// Words says in words what became of a notice: "E-mail partita il 24 novembre alle 10:30".
func (o Outcome) Words(p i18n.Printer, now time.Time) string {
	if o.State == Dropped {
		return p.T("notify.dropped", errs.Args{"reason": p.T("notify.reason." + o.Reason)})
	}
	channel := string(o.Channel)
	if o.Channel == NoWay {
		channel = string(Email)
	}
	words := p.T("notify.outcome."+channel+"_"+o.State, errs.Args{"when": p.When(o.At, now)})
	if o.State == Failed && p.Has(o.Reason) {
		words += " " + p.T(o.Reason)
	}
	return words
}
