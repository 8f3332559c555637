package notify

import (
	"context"
	"fmt"
	"time"

	"capillare/internal/calls"
	"capillare/internal/jobs"
	"capillare/internal/messages"
	"capillare/internal/notify/internal/db"
	"capillare/internal/sqldb"
)

// The states of a notice; the package comment draws how one leads to another.
const (
	Planned = "planned"
	Queued  = "queued"
	Sent    = "sent"
	Failed  = "failed"
	Late    = "late"
	Dropped = "dropped"
)

// notice is something to tell.
type notice struct {
	Subject, SubjectID string
	Version            int
	Purpose            Purpose
	Due, Expires       time.Time
	way
	// Call is who to phone when the way is a call; what stands above is filled in.
	Call calls.Call
}

// put plans a notice, or writes down why there is none. One that stands already is left as it is.
func (s *Service) put(ctx context.Context, tx *sqldb.Tx, n notice) error {
	row := n.row(tx)
	switch {
	case n.Channel == NoWay:
		row.State, row.Reason, row.SettledAt = Dropped, n.Reason, sqldb.At(tx.Now)
	case !n.Due.Before(n.Expires) || !tx.Now.Before(n.Expires):
		row.State, row.SettledAt = Late, sqldb.At(tx.Now)
	case n.Channel == Call:
		id, err := s.Calls.Add(ctx, tx, n.phoneCall())
		if err != nil {
			return err
		}
		if id == "" {
			// It was asked for before, by this very notice.
			return nil
		}
		row.State, row.MessageID = Queued, sqldb.OptText(id)
	}
	added, err := db.New(tx).AddNotice(ctx, row)
	if err != nil {
		return fmt.Errorf("notify: plan: %w", err)
	}
	if added == 0 || row.State != Planned || n.Due.After(tx.Now) {
		return nil
	}
	return jobs.Enqueue(ctx, tx, noticeJob{ID: row.ID})
}

func (n notice) row(tx *sqldb.Tx) db.AddNoticeParams {
	return db.AddNoticeParams{ID: sqldb.NewID(tx.Now), Subject: n.Subject, SubjectID: n.SubjectID, Version: n.Version,
		Purpose: string(n.Purpose), Channel: string(n.Channel), State: Planned, DueAt: sqldb.At(n.Due), ExpiresAt: sqldb.At(n.Expires),
		CreatedAt: sqldb.At(tx.Now)}
}

func (n notice) phoneCall() calls.Call {
	c := n.Call
	c.Subject, c.SubjectID, c.Version, c.From, c.Until = n.Subject, n.SubjectID, n.Version, n.Due, n.Expires
	return c
}

// post writes a notice and its message in one transaction, for what must be written now: a secret link
// that nobody can read again later.
func (s *Service) post(ctx context.Context, tx *sqldb.Tx, n notice, m messages.Message) error {
	row := n.row(tx)
	m.ID = sqldb.NewID(tx.Now)
	row.State, row.MessageID = Queued, sqldb.OptText(m.ID)
	if !n.Due.Before(n.Expires) {
		row.State, row.MessageID, row.SettledAt = Late, "", sqldb.At(tx.Now)
	}
	added, err := db.New(tx).AddNotice(ctx, row)
	if err != nil {
		return fmt.Errorf("notify: post: %w", err)
	}
	if added == 0 || row.State == Late {
		return nil
	}
	m.Kind, m.NotBefore, m.ExpiresAt = kindOf(n.Purpose), n.Due, n.Expires
	return s.Messages.Send(ctx, tx, m)
}

// kindOf names the messages of a purpose; "settings.message." + kind is the word.
func kindOf(p Purpose) string { return "notify." + string(p) }

// supersede drops what was still to be told about a subject, and the calls.
func (s *Service) supersede(ctx context.Context, tx *sqldb.Tx, subject, id, reason string) error {
	q := db.New(tx)
	rows, err := q.OpenNotices(ctx, db.OpenNoticesParams{Subject: subject, SubjectID: id})
	if err != nil {
		return fmt.Errorf("notify: drop: %w", err)
	}
	for _, r := range rows {
		n := r.NotifyNotice
		if err := settle(ctx, tx, n.ID, Dropped, reason); err != nil {
			return err
		}
		if n.State == Queued && Channel(n.Channel) != Call {
			if err := s.Messages.Drop(ctx, tx, string(n.MessageID)); err != nil {
				return err
			}
		}
	}
	return s.Calls.Drop(ctx, tx, subject, id)
}

// dropCalls takes back the calls of one purpose about a booking: the reminders stay.
func (s *Service) dropCalls(ctx context.Context, tx *sqldb.Tx, bookingID string, purpose Purpose) error {
	rows, err := db.New(tx).OpenNotices(ctx, db.OpenNoticesParams{Subject: calls.Booking, SubjectID: bookingID})
	if err != nil {
		return fmt.Errorf("notify: drop: %w", err)
	}
	for _, r := range rows {
		n := r.NotifyNotice
		if Purpose(n.Purpose) != purpose || Channel(n.Channel) != Call || n.State != Queued {
			continue
		}
		if err := settle(ctx, tx, n.ID, Dropped, ReasonChanged); err != nil {
			return err
		}
		if err := s.Calls.DropOne(ctx, tx, string(n.MessageID)); err != nil {
			return err
		}
	}
	return nil
}

func settle(ctx context.Context, tx *sqldb.Tx, id, state, reason string) error {
	_, err := db.New(tx).SettleNotice(ctx, db.SettleNoticeParams{ID: id, State: state, Reason: reason, SettledAt: sqldb.At(tx.Now)})
	if err != nil {
		return fmt.Errorf("notify: settle: %w", err)
	}
	return nil
}
