package messages

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"capillare/internal/i18n"
	"capillare/internal/jobs"
	"capillare/internal/messages/internal/db"
	"capillare/internal/sqldb"
)

// defaultKeepDays is how long settled messages stay when nobody says.
const defaultKeepDays = 90

// waits are the pauses between the attempts: a day in all, so that a night without a server, or a
// password that is mended in the morning, loses nothing.
var waits = [...]time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 8 * time.Hour}

// letter is a message ready to leave.
type letter struct {
	content
	id     string
	at     time.Time
	lang   i18n.Lang
	sender Sender
}

// carrier hands letters over to whoever takes them further. Its refusals are *Trouble.
type carrier interface {
	carry(ctx context.Context, l letter) error
}

// sendJob sends one message.
type sendJob struct {
	ID string
}

// Kind implements jobs.Job.
func (sendJob) Kind() string { return "messages.send" }

// tidyJob forgets the messages settled long ago.
type tidyJob struct{}

// Kind implements jobs.Job.
func (tidyJob) Kind() string { return "messages.tidy" }

// Handle registers the work of the package on r.
func (s *Service) Handle(r *jobs.Runner) {
	jobs.Handle(r, s.deliver)
	jobs.Handle(r, func(ctx context.Context, _ tidyJob) error { return s.Tidy(ctx) })
	r.Every(tidyJob{}, jobs.Daily(3*60+20))
}

// deliver sends a message and writes down how it went. It does nothing for one that is settled.
func (s *Service) deliver(ctx context.Context, job sendJob) error {
	var row db.QueuedRow
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		row, err = db.New(tx).Queued(ctx, job.ID)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("messages: read: %w", err)
	}
	trouble := s.carry(ctx, row)
	// What has left must be written down even when the program is being stopped.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	return s.settle(ctx, row, trouble)
}

func (s *Service) carry(ctx context.Context, row db.QueuedRow) *Trouble {
	with := s.carriers[Channel(row.Channel)]
	if with == nil {
		return &Trouble{Key: "messages.trouble.not_ready"}
	}
	plain, err := s.options.Keys.Open(sealPurpose, row.Sealed, row.ID)
	if err != nil {
		return &Trouble{Key: "messages.trouble.unreadable", Permanent: true}
	}
	l := letter{id: row.ID, at: s.db.Now(), lang: i18n.Lang(row.Language)}
	if err := json.Unmarshal(plain, &l.content); err != nil {
		return &Trouble{Key: "messages.trouble.unreadable", Permanent: true}
	}
	if s.options.Sender != nil {
		if l.sender, err = s.options.Sender(ctx); err != nil {
			return &Trouble{Key: "messages.trouble.other"}
		}
	}
	return troubleOf(with.carry(ctx, l))
}

// settle writes the outcome: sent, to be tried again, or given up. Addresses and words go with the first
// and the last.
func (s *Service) settle(ctx context.Context, row db.QueuedRow, trouble *Trouble) error {
	if trouble != nil {
		s.log.Warn("a message did not leave", "kind", row.Kind, "id", row.ID, "attempt", row.Attempts+1,
			"trouble", trouble.Key, "code", trouble.Code, "permanent", trouble.Permanent)
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		q, now := db.New(tx), sqldb.At(tx.Now)
		switch {
		case trouble == nil:
			_, err := q.Settle(ctx, db.SettleParams{ID: row.ID, State: string(Sent), SettledAt: now})
			return err
		case trouble.Permanent || row.Attempts >= len(waits):
			_, err := q.Settle(ctx, db.SettleParams{ID: row.ID, State: string(Failed), Trouble: trouble.Key, Code: trouble.Code, SettledAt: now})
			return err
		}
		next := tx.Now.Add(waits[row.Attempts])
		n, err := q.Postpone(ctx, db.PostponeParams{ID: row.ID, Trouble: trouble.Key, Code: trouble.Code, NextAt: sqldb.At(next)})
		if err != nil || n == 0 {
			return err
		}
		return jobs.Enqueue(ctx, tx, sendJob{ID: row.ID}, jobs.Options{At: next})
	})
}

// Tidy forgets the messages that were settled longer ago than they are kept.
func (s *Service) Tidy(ctx context.Context) error {
	days := defaultKeepDays
	if s.options.KeepDays != nil {
		var err error
		if days, err = s.options.KeepDays(ctx); err != nil {
			return err
		}
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := db.New(tx).DeleteSettled(ctx, sqldb.At(tx.Now.AddDate(0, 0, -days)))
		return err
	})
}
