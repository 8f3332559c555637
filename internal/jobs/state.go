package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"capillare/internal/jobs/internal/db"
	"capillare/internal/sqldb"
)

// Health is how the queue is doing: for "doctor" and for those who keep the service running.
type Health struct {
	Waiting, Done, Failed int
	// Late is since when the oldest job that should run has been waiting for a worker; zero when none does.
	Late time.Time
	// Last are the latest failures, the newest first.
	Last []Failure
}

// Failure is a job that was given up.
type Failure struct {
	ID, Kind, Error string
	Attempts        int
	At              time.Time
}

// HealthOf reads how the queue is doing.
func HealthOf(ctx context.Context, tx *sqldb.Tx) (Health, error) {
	q := db.New(tx)
	states, err := q.CountStates(ctx)
	if err != nil {
		return Health{}, fmt.Errorf("jobs: health: %w", err)
	}
	var h Health
	for _, s := range states {
		switch s.State {
		case "waiting":
			h.Waiting = int(s.N)
		case "done":
			h.Done = int(s.N)
		case "failed":
			h.Failed = int(s.N)
		}
	}
	oldest, err := q.OldestDue(ctx, sqldb.At(tx.Now))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Health{}, fmt.Errorf("jobs: health: %w", err)
	}
	if err == nil && oldest.Before(tx.Now) {
		h.Late = oldest.Time
	}
	last, err := q.LastFailed(ctx, 10)
	if err != nil {
		return Health{}, fmt.Errorf("jobs: health: %w", err)
	}
	for _, f := range last {
		h.Last = append(h.Last, Failure{ID: f.ID, Kind: f.Kind, Error: f.LastError, Attempts: f.Attempts, At: f.DoneAt.Time})
	}
	return h, nil
}
