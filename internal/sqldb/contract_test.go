package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"capillare/internal/sqldb"
)

var errFull = errors.New("full")

// book looks, then inserts: right only if every transaction runs as if it were alone.
func book(ctx context.Context, slot, citizen string) func(tx *sqldb.Tx) error {
	return func(tx *sqldb.Tx) error {
		var capacity, taken int
		err := tx.QueryRowContext(ctx, "SELECT capacity FROM t_slot WHERE id = $1", slot).Scan(&capacity)
		if err != nil {
			return err
		}
		err = tx.QueryRowContext(ctx, "SELECT count(*) FROM t_booking WHERE slot_id = $1", slot).Scan(&taken)
		if err != nil {
			return err
		}
		if taken >= capacity {
			return errFull
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO t_booking (id, slot_id, seat, citizen, created_at) VALUES ($1, $2, $3, $4, $5)",
			sqldb.NewID(tx.Now), slot, rand.IntN(1_000_000_000), citizen, sqldb.At(tx.Now))
		return err
	}
}

func TestFortyRivalsForTheLastSeat(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *sqldb.DB) {
		addSlot(t, db, "s", 1)
		got := make([]error, 40)
		var wg sync.WaitGroup
		for i := range got {
			wg.Go(func() { got[i] = db.Update(t.Context(), book(t.Context(), "s", fmt.Sprint(i))) })
		}
		wg.Wait()
		won := 0
		for i, err := range got {
			switch {
			case err == nil:
				won++
			case !errors.Is(err, errFull):
				t.Errorf("rival %d: Update() = %v, want nil or %v", i, err, errFull)
			}
		}
		if rows := count(t, db, "SELECT count(*) FROM t_booking"); won != 1 || rows != 1 {
			t.Errorf("%d rivals won and %d bookings are there, want 1 and 1", won, rows)
		}
	})
}

func TestCountersLoseNothing(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *sqldb.DB) {
		addSlot(t, db, "s", 1)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 10 {
					err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
						var rev int
						if err := tx.QueryRowContext(t.Context(), "SELECT rev FROM t_slot").Scan(&rev); err != nil {
							return err
						}
						_, err := tx.ExecContext(t.Context(), "UPDATE t_slot SET rev = $1", rev+1)
						return err
					})
					if err != nil {
						t.Errorf("Update() = %v, want nil", err)
					}
				}
			})
		}
		wg.Wait()
		if got := count(t, db, "SELECT rev FROM t_slot"); got != 80 {
			t.Errorf("rev = %d after 80 steps, want 80", got)
		}
		if s := db.Stats(); s.Updates != 81 {
			t.Errorf("Stats() = %+v, want 81 updates", s)
		}
	})
}

func TestAnErrorUndoesEverything(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *sqldb.DB) {
		want := errors.New("no")
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			return errors.Join(insertSlot(t.Context(), "s", 1)(tx), want)
		})
		if !errors.Is(err, want) || count(t, db, "SELECT count(*) FROM t_slot") != 0 {
			t.Errorf("Update() = %v with %d rows, want %v and none", err, count(t, db, "SELECT count(*) FROM t_slot"), want)
		}
	})
}

func TestAFailedStatementLosesTheTransaction(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *sqldb.DB) {
		addSlot(t, db, "s", 1)
		var later error
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			if err := insertSlot(t.Context(), "s", 1)(tx); err == nil {
				t.Error("a second slot s was accepted")
			}
			later = insertSlot(t.Context(), "other", 1)(tx)
			return nil
		})
		if later == nil || err == nil {
			t.Errorf("after a failed statement: later = %v, Update() = %v, want two errors", later, err)
		}
		if n := count(t, db, "SELECT count(*) FROM t_slot"); n != 1 {
			t.Errorf("%d slots, want 1", n)
		}
		addSlot(t, db, "next", 1)
	})
}

// A domain may turn a statement's error into a refusal of its own; the retry must still see a rival.
func TestARetryNeedsNoErrorOfTheFunction(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *sqldb.DB) {
		addSlot(t, db, "s", 1)
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
					if err := tx.QueryRowContext(t.Context(), "SELECT rev FROM t_slot").Scan(new(int)); err != nil {
						return errors.New("hidden by the function")
					}
					if _, err := tx.ExecContext(t.Context(), "UPDATE t_slot SET rev = rev + 1"); err != nil {
						return errors.New("hidden by the function")
					}
					return nil
				})
				if err != nil {
					t.Errorf("Update() = %v, want nil after its retries", err)
				}
			})
		}
		wg.Wait()
		if n := count(t, db, "SELECT rev FROM t_slot"); n != 12 {
			t.Errorf("rev = %d, want 12", n)
		}
	})
}

func TestASwallowedErrorIsStillNamed(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *sqldb.DB) {
		addSlot(t, db, "s", 1)
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_ = insertSlot(t.Context(), "s", 1)(tx)
			return nil
		})
		if name, ok := sqldb.Broken(err); !ok || name != "t_slot_pkey" {
			t.Errorf("Update() = %v, want the broken t_slot_pkey", err)
		}
	})
}

func TestTransactionsBelongToTheWrapper(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *sqldb.DB) {
		for _, text := range []string{"COMMIT", " rollback", "-- name: X :exec\nBEGIN", "RELEASE m", "SAVEPOINT x", "END;", ";commit"} {
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := tx.ExecContext(t.Context(), text)
				return err
			})
			if err == nil || !strings.Contains(err.Error(), "belong to DB.Update") {
				t.Errorf("Exec(%q) = %v, want a refusal", text, err)
			}
			err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
				return tx.QueryRowContext(t.Context(), text).Scan(new(int))
			})
			if err == nil {
				t.Errorf("QueryRow(%q) = nil, want a refusal", text)
			}
		}
	})
}

func TestATransactionEndsWithItsFunction(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *sqldb.DB) {
		var kept *sqldb.Tx
		if err := db.Update(t.Context(), func(tx *sqldb.Tx) error { kept = tx; return nil }); err != nil {
			t.Fatal(err)
		}
		if err := insertSlot(t.Context(), "late", 1)(kept); err == nil {
			t.Error("a statement after the end of its transaction = nil, want an error")
		}
		if err := kept.QueryRowContext(t.Context(), "SELECT 1").Scan(new(int)); err == nil {
			t.Error("a query after the end of its transaction = nil, want an error")
		}
	})
}

func TestRowsLeftOpenAreAnError(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *sqldb.DB) {
		addSlot(t, db, "a", 1)
		addSlot(t, db, "b", 1)
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			rows, err := tx.QueryContext(t.Context(), "SELECT id FROM t_slot")
			if err == nil {
				rows.Next()
			}
			return err
		})
		if db.Engine() == sqldb.SQLite && err == nil {
			t.Error("Update() with rows left open = nil, want an error")
		}
		addSlot(t, db, "c", 1)
	})
}

func TestViewWritesNothing(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *sqldb.DB) {
		if err := db.View(t.Context(), insertSlot(t.Context(), "s", 1)); err == nil {
			t.Error("View() with an INSERT = nil, want an error")
		}
	})
}

func TestViewSeesOneState(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *sqldb.DB) {
		var before, after int
		err := db.View(t.Context(), func(tx *sqldb.Tx) error {
			look := func(n *int) error {
				return tx.QueryRowContext(t.Context(), "SELECT count(*) FROM t_slot").Scan(n)
			}
			if err := look(&before); err != nil {
				return err
			}
			addSlot(t, db, "s", 1)
			return look(&after)
		})
		if err != nil || before != after {
			t.Errorf("View saw %d, then %d (%v), want the same twice", before, after, err)
		}
		if n := count(t, db, "SELECT count(*) FROM t_slot"); n != 1 {
			t.Errorf("the next View sees %d slots, want 1", n)
		}
	})
}

func TestAPanicBecomesAnError(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *sqldb.DB) {
		boom := func(tx *sqldb.Tx) error {
			if err := insertSlot(t.Context(), "s", 1)(tx); err != nil {
				return err
			}
			panic("boom")
		}
		if err := db.Update(t.Context(), boom); !errors.Is(err, sqldb.ErrPanic) {
			t.Errorf("Update(panic) = %v, want %v", err, sqldb.ErrPanic)
		}
		if err := db.View(t.Context(), func(*sqldb.Tx) error { panic("boom") }); !errors.Is(err, sqldb.ErrPanic) {
			t.Errorf("View(panic) = %v, want %v", err, sqldb.ErrPanic)
		}
		addSlot(t, db, "s", 1)
	})
}

func TestJobsAreClaimedOnce(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *sqldb.DB) {
		for i := range 20 {
			addSlot(t, db, fmt.Sprint(i), 1)
		}
		var mu sync.Mutex
		seen := map[string]int{}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for {
					var id string
					err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
						return tx.QueryRowContext(t.Context(), `UPDATE t_slot SET rev = 1 WHERE id =
							(SELECT s.id FROM t_slot s WHERE s.rev = 0 ORDER BY s.id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id`).Scan(&id)
					})
					if err != nil {
						return
					}
					mu.Lock()
					seen[id]++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		for id, n := range seen {
			if n != 1 {
				t.Errorf("job %s was given %d times, want once", id, n)
			}
		}
		if left := count(t, db, "SELECT count(*) FROM t_slot WHERE rev = 0"); len(seen)+left != 20 || len(seen) == 0 {
			t.Errorf("%d given and %d left, want 20 in all", len(seen), left)
		}
	})
}

func TestAStormOfCallersWhoGiveUp(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *sqldb.DB) {
		addSlot(t, db, "s", 1)
		var mu sync.Mutex
		good := 0
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				for i := range 60 {
					ctx, cancel := context.WithTimeout(t.Context(), rand.N(3*time.Millisecond))
					err := db.Update(ctx, insertSlot(ctx, fmt.Sprintf("%d-%d", w, i), 1))
					seen := db.View(ctx, func(tx *sqldb.Tx) error {
						return tx.QueryRowContext(ctx, "SELECT count(*) FROM t_slot").Scan(new(int))
					})
					end, _ := ctx.Deadline()
					if live := time.Now().Before(end); live && (seen != nil || err != nil) {
						t.Errorf("Update() = %v, View() = %v before the deadline, want nil", err, seen)
					}
					cancel()
					if err == nil {
						mu.Lock()
						good++
						mu.Unlock()
					}
				}
			})
		}
		wg.Wait()
		if rows := count(t, db, "SELECT count(*) FROM t_slot") - 1; rows != good {
			t.Errorf("%d rows for %d successes, want as many", rows, good)
		}
		addSlot(t, db, "after", 1)
	})
}
