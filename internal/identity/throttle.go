package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"capillare/internal/errs"
	"capillare/internal/identity/internal/db"
	"capillare/internal/sqldb"
)

const (
	// freeForAccount (from one client) and freeForAddress are the failures before waiting begins. An address is often a
	// whole town hall, so one colleague who has forgotten must not lock the others out.
	freeForAccount = 5
	freeForAddress = 20
	// freeFromAnywhere bounds guessing by many clients together.
	freeFromAnywhere = 100
	firstWait        = 2 * time.Second
	longestWait      = 15 * time.Minute
	// forgetAfter is how long after the last failure the count starts anew.
	forgetAfter = time.Hour
)

// throttleKey is what failures are counted for.
type throttleKey struct {
	hash string
	free int
	// forget says that a success forgets every failure, not only its own try.
	forget bool
}

// throttleKeys are what a try to sign in is counted for: the account from this client, the client, the
// account from anywhere. The first keeps one client from guessing, and others' failures from making the
// person wait. It changes with the password, so that a new one is not kept waiting for the old.
func (s *Service) throttleKeys(account db.IdentityAccount, email, clientIP string) []throttleKey {
	if clientIP == "" {
		return []throttleKey{{digest("account " + email), freeForAccount, true}}
	}
	return []throttleKey{
		{s.conceal("account " + email + " " + account.PasswordHash + " from " + clientIP), freeForAccount, true},
		{s.conceal("address " + clientIP), freeForAddress, false},
		{digest("account " + email), freeFromAnywhere, true},
	}
}

// waitAfter is how long the next try must wait after so many failures.
func waitAfter(failures, free int) time.Duration {
	if failures <= free {
		return 0
	}
	steps := failures - free - 1
	if steps > 20 {
		return longestWait
	}
	return min(firstWait<<steps, longestWait)
}

// attempt counts a try as failed before it is made, so that a hundred tries at once are not all free;
// succeeded takes it back. It returns how long to wait when the try may not be made now.
func attempt(ctx context.Context, tx *sqldb.Tx, keys []throttleKey) (time.Duration, error) {
	q := db.New(tx)
	counts := make([]int, len(keys))
	var wait time.Duration
	for i, key := range keys {
		row, err := q.ThrottleByKey(ctx, key.hash)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("throttle: %w", err)
		}
		if tx.Now.Sub(row.Until.Time) < forgetAfter {
			counts[i] = row.Failures
		}
		wait = max(wait, row.Until.Sub(tx.Now))
	}
	if wait > 0 {
		return wait, nil
	}
	for i, key := range keys {
		until := tx.Now.Add(waitAfter(counts[i]+1, key.free))
		err := q.SetThrottle(ctx, db.SetThrottleParams{KeyHash: key.hash, Failures: counts[i] + 1, Until: sqldb.At(until)})
		if err != nil {
			return 0, fmt.Errorf("throttle: %w", err)
		}
	}
	return 0, nil
}

// succeeded forgets the failures of the account, and of the address only the try just made: else one
// good password would buy any number of bad ones.
func succeeded(ctx context.Context, tx *sqldb.Tx, keys []throttleKey) error {
	q := db.New(tx)
	for _, key := range keys {
		if key.forget {
			if err := q.DeleteThrottle(ctx, key.hash); err != nil {
				return fmt.Errorf("throttle: %w", err)
			}
			continue
		}
		row, err := q.ThrottleByKey(ctx, key.hash)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return fmt.Errorf("throttle: %w", err)
		}
		err = q.SetThrottle(ctx, db.SetThrottleParams{
			KeyHash: key.hash, Failures: max(0, row.Failures-1), Until: sqldb.At(tx.Now),
		})
		if err != nil {
			return fmt.Errorf("throttle: %w", err)
		}
	}
	return nil
}

// throttled is ErrThrottled with the seconds to wait.
func throttled(wait time.Duration) error {
	return ErrThrottled.With(errs.Args{"seconds": int(math.Ceil(wait.Seconds()))})
}
