package messages

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/messages/internal/db"
	"capillare/internal/sqldb"
)

// State is how far a message is.
type State string

// The states.
const (
	Queued State = "queued" // not yet tried, or to be tried again
	Sent   State = "sent"   // taken by the server, which does not mean read
	Failed State = "failed" // given up
	Late   State = "late"   // of no more use before it could leave
	// Dropped is a message that somebody said was of no more use.
	Dropped State = "dropped"
)

// ErrUnknown says that there is no such message, or no more.
var ErrUnknown = errs.New(errs.NotFound, "messages.unknown")

// Settled is the fact that a message was sent, given up or came too late, told in the transaction that
// writes it.
type Settled struct {
	ID, Kind string
	Channel  Channel
	State    State
	// Trouble and Code are those of [Delivery].
	Trouble, Code string
}

// Delivery is what is known of a message: nothing of what it says.
type Delivery struct {
	ID, Kind string
	Channel  Channel
	// Masked is the address as it may be shown.
	Masked   string
	State    State
	Attempts int
	// Trouble is the key of what went wrong the last time, Code the status that the server gave.
	Trouble, Code string
	CreatedAt     time.Time
	// NextAt is when it is tried again; SettledAt when it was sent or given up.
	NextAt, SettledAt time.Time
}

// Delivery returns what is known of a message.
func (s *Service) Delivery(ctx context.Context, id string) (Delivery, error) {
	var out Delivery
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		row, err := db.New(tx).Delivery(ctx, id)
		out = deliveryOf(db.LatestRow(row))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Delivery{}, ErrUnknown
	}
	if err != nil {
		return Delivery{}, fmt.Errorf("messages: delivery: %w", err)
	}
	return out, nil
}

// Latest returns the last n messages in state (all, when empty), the newest first. It is for those who
// set up the network.
func (s *Service) Latest(ctx context.Context, who identity.Actor, state State, n int) ([]Delivery, error) {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return nil, err
	}
	var rows []db.LatestRow
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		rows, err = db.New(tx).Latest(ctx, db.LatestParams{State: string(state), N: n})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("messages: latest: %w", err)
	}
	out := make([]Delivery, 0, len(rows))
	for _, row := range rows {
		out = append(out, deliveryOf(row))
	}
	return out, nil
}

// Counts returns how many messages are in each state, in the caller's transaction.
func (s *Service) Counts(ctx context.Context, tx *sqldb.Tx) (map[State]int, error) {
	rows, err := db.New(tx).CountStates(ctx)
	if err != nil {
		return nil, fmt.Errorf("messages: counts: %w", err)
	}
	out := map[State]int{}
	for _, row := range rows {
		out[State(row.State)] = int(row.N)
	}
	return out, nil
}

func deliveryOf(row db.LatestRow) Delivery {
	return Delivery{ID: row.ID, Kind: row.Kind, Channel: Channel(row.Channel), Masked: row.Masked, State: State(row.State),
		Attempts: row.Attempts, Trouble: row.Trouble, Code: row.Code,
		CreatedAt: row.CreatedAt.Time, NextAt: row.NextAt.Time, SettledAt: row.SettledAt.Time}
}
