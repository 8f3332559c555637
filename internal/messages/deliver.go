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
	if !row.ExpiresAt.IsZero() && !s.db.Now().Before(row.ExpiresAt.Time) {
		return s.end(ctx, row, Late, nil)
	}
	left, trouble, err := s.attempt(ctx, row)
	if err != nil {
		return err
	}
	// What has left must be written down even when the program is being stopped.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	return s.settle(ctx, row, left, trouble)
}

// attempt sends a message, unless it turns out to have left before. Of a carrier that would send it twice,
// the attempt is written down first.
func (s *Service) attempt(ctx context.Context, row db.QueuedRow) (left bool, trouble *Trouble, err error) {
	with, careful := s.carriers[Channel(row.Channel)].(wary)
	if !careful {
		trouble = s.carry(ctx, row)
		return trouble == nil, trouble, nil
	}
	if row.Doubtful {
		became, err := with.became(ctx, row.ID)
		switch {
		case err != nil:
			trouble := *troubleOf(err)
			trouble.Doubtful = true
			return false, &trouble, nil
		case became == taken:
			return true, nil, nil
		case became == unknown:
			return false, &Trouble{Key: "messages.trouble.doubtful", Permanent: true}, nil
		}
	} else if err := s.begin(ctx, row.ID); err != nil {
		return false, nil, err
	}
	trouble = s.carry(ctx, row)
	return trouble == nil, trouble, nil
}

// begin writes down that an attempt begins.
func (s *Service) begin(ctx context.Context, id string) error {
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := db.New(tx).Begin(ctx, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("messages: begin: %w", err)
	}
	return nil
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

// settle writes the outcome: sent, to be tried again, or given up.
func (s *Service) settle(ctx context.Context, row db.QueuedRow, left bool, trouble *Trouble) error {
	if trouble != nil {
		s.log.Warn("a message did not leave", "kind", row.Kind, "id", row.ID, "attempt", row.Attempts+1,
			"trouble", trouble.Key, "code", trouble.Code, "permanent", trouble.Permanent, "doubtful", trouble.Doubtful)
	}
	switch {
	case left:
		return s.end(ctx, row, Sent, nil)
	case trouble.Permanent || row.Attempts >= len(waits):
		return s.end(ctx, row, Failed, trouble)
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		next := tx.Now.Add(waits[row.Attempts])
		if expires := row.ExpiresAt.Time; !expires.IsZero() && next.After(expires) {
			next = expires
		}
		n, err := db.New(tx).Postpone(ctx, db.PostponeParams{ID: row.ID, Trouble: trouble.Key, Code: trouble.Code,
			NextAt: sqldb.At(next), Doubtful: trouble.Doubtful})
		if err != nil || n == 0 {
			return err
		}
		return jobs.Enqueue(ctx, tx, sendJob{ID: row.ID}, jobs.Options{At: next})
	})
}

// end settles a message and tells so. Addresses and words go with it.
func (s *Service) end(ctx context.Context, row db.QueuedRow, state State, trouble *Trouble) error {
	if trouble == nil {
		trouble = &Trouble{}
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := db.New(tx).Settle(ctx, db.SettleParams{ID: row.ID, State: string(state), Trouble: trouble.Key, Code: trouble.Code,
			SettledAt: sqldb.At(tx.Now)})
		if err != nil || n == 0 {
			return err
		}
		return s.options.Bus.Publish(ctx, tx, Settled{ID: row.ID, Kind: row.Kind, Channel: Channel(row.Channel), State: state,
			Trouble: trouble.Key, Code: trouble.Code})
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
