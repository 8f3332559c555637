package sqldb_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"capillare/internal/sqldb"
)

// together makes n callers of Update wait behind a blocked one, so that they share the next
// transaction, and returns their errors. The blocked one writes nothing.
func together(t *testing.T, db *sqldb.DB, fns ...func(tx *sqldb.Tx) error) []error {
	t.Helper()
	release, inside := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		err := db.Update(t.Context(), func(*sqldb.Tx) error {
			close(inside)
			<-release
			return errors.New("writes nothing")
		})
		if err == nil {
			t.Error("the blocked Update() = nil, want its error")
		}
	})
	<-inside
	// The blocked transaction is older than groupTime when it is released: nobody joins it.
	old := time.After(30 * time.Millisecond)
	got := make([]error, len(fns))
	for i, fn := range fns {
		got[i] = errors.New("ended its goroutine")
		wg.Go(func() { got[i] = db.Update(t.Context(), fn) })
		for db.Waiting() < i+1 {
			runtime.Gosched()
		}
	}
	<-old
	close(release)
	wg.Wait()
	return got
}

func slots(ctx context.Context, n int) []func(tx *sqldb.Tx) error {
	var fns []func(tx *sqldb.Tx) error
	for i := range n {
		fns = append(fns, insertSlot(ctx, fmt.Sprintf("n%02d", i), 1))
	}
	return fns
}

func allNil(t *testing.T, got []error) {
	t.Helper()
	for i, err := range got {
		if err != nil {
			t.Errorf("member %d: Update() = %v, want nil", i, err)
		}
	}
}

func TestWaitingCallersShareOneCommit(t *testing.T) {
	t.Parallel()
	db := fixture(t, sqldb.SQLite)
	allNil(t, together(t, db, slots(t.Context(), 20)...))
	if s := db.Stats(); s != (sqldb.Stats{Updates: 20, Commits: 1}) {
		t.Errorf("Stats() = %+v, want 20 updates in 1 commit", s)
	}
}

func TestAContextThatEndsMidwayUndoesOnlyItsCaller(t *testing.T) {
	t.Parallel()
	db := fixture(t, sqldb.SQLite)
	ctx, cancel := context.WithCancel(t.Context())
	var own error
	leaves := func(tx *sqldb.Tx) error {
		cancel()
		return insertSlot(ctx, "leaver", 1)(tx)
	}
	fns := append(slots(t.Context(), 3), func(tx *sqldb.Tx) error { return nil })
	fns = append(fns, slots(t.Context(), 6)[3:]...)
	release := make(chan struct{})
	go func() { own = db.Update(ctx, leaves); close(release) }()
	<-release
	if !errors.Is(own, context.Canceled) {
		t.Errorf("Update() = %v, want %v", own, context.Canceled)
	}
	allNil(t, together(t, db, fns...))
	if n := count(t, db, "SELECT count(*) FROM t_slot WHERE id = 'leaver'"); n != 0 {
		t.Errorf("the cancelled caller left %d rows, want 0", n)
	}
	if n := count(t, db, "SELECT count(*) FROM t_slot"); n != 6 {
		t.Errorf("%d rows of the others, want 6", n)
	}
}

func TestAStatementIsNotCancelledMidway(t *testing.T) {
	t.Parallel()
	db := fixture(t, sqldb.SQLite)
	ctx, cancel := context.WithCancel(t.Context())
	var statement error
	err := db.Update(ctx, func(tx *sqldb.Tx) error {
		cancel()
		_, statement = tx.ExecContext(ctx, "UPDATE t_slot SET rev = 1")
		return nil
	})
	if statement != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("statement = %v, Update() = %v, want nil and %v", statement, err, context.Canceled)
	}
}

func TestACallerMayLeaveTheQueue(t *testing.T) {
	t.Parallel()
	db := fixture(t, sqldb.SQLite)
	ctx, cancel := context.WithCancel(t.Context())
	var ran atomic.Bool
	inside, release, blocked := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		blocked <- db.Update(t.Context(), func(*sqldb.Tx) error { close(inside); <-release; return nil })
	}()
	<-inside
	left := make(chan error)
	go func() { left <- db.Update(ctx, func(*sqldb.Tx) error { ran.Store(true); return nil }) }()
	for db.Waiting() == 0 {
		runtime.Gosched()
	}
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("Update() of the leaver = %v, want %v", err, context.Canceled)
	}
	close(release)
	if err := <-blocked; err != nil {
		t.Errorf("Update() of the blocked one = %v, want nil", err)
	}
	addSlot(t, db, "s", 1)
	if ran.Load() {
		t.Error("the function of a caller that had left ran")
	}
}

func TestAFailedStepRunsEveryMemberAgainAlone(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"SAVEPOINT m", "RELEASE m", "ROLLBACK TO m", "COMMIT"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			db := fixture(t, sqldb.SQLite)
			var left atomic.Int32
			left.Store(1)
			if step == "RELEASE m" || step == "SAVEPOINT m" {
				left.Store(3) // not the blocked one, nor the first member, but one in the middle
			}
			db.SetFault(func(s string) error {
				if s == step && left.Add(-1) == 0 {
					return errors.New("lost")
				}
				return nil
			})
			no := errors.New("no")
			fns := append(slots(t.Context(), 5), func(tx *sqldb.Tx) error { return errors.Join(insertSlot(t.Context(), "no", 1)(tx), no) })
			if step == "ROLLBACK TO m" {
				left.Store(2)
			}
			got := together(t, db, fns...)
			allNil(t, got[:5])
			if !errors.Is(got[5], no) {
				t.Errorf("the member that fails: Update() = %v, want %v", got[5], no)
			}
			if n := count(t, db, "SELECT count(*) FROM t_slot"); n != 5 {
				t.Errorf("%d rows, want 5: each member once", n)
			}
			if s := db.Stats(); s.Retries == 0 || s.Updates != 5 {
				t.Errorf("Stats() = %+v, want retries and 5 updates", s)
			}
		})
	}
}

func TestALostTransactionRunsTheOthersAgain(t *testing.T) {
	t.Parallel()
	db := fixture(t, sqldb.SQLite)
	bomb := func(tx *sqldb.Tx) error {
		// SQLite undoes the whole transaction here; what follows must not be written on its own.
		if _, err := tx.ExecContext(t.Context(), "INSERT INTO t_bomb VALUES ('x')"); err == nil {
			t.Error("the bomb did not go off")
		}
		if err := insertSlot(t.Context(), "stray", 1)(tx); err == nil {
			t.Error("a statement after the loss of the transaction was accepted")
		}
		return nil
	}
	fns := append(slots(t.Context(), 4), bomb)
	fns = append(fns, slots(t.Context(), 8)[4:]...)
	got := together(t, db, fns...)
	if name, ok := sqldb.Broken(got[4]); !ok || name != "t_bomb" {
		t.Errorf("the bomb: Update() = %v, want what it raised", got[4])
	}
	allNil(t, append(got[:4:4], got[5:]...))
	if n := count(t, db, "SELECT count(*) FROM t_slot"); n != 8 {
		t.Errorf("%d rows, want 8", n)
	}
}

func TestAPanicRefusesOnlyItsCaller(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	db := fixture(t, sqldb.SQLite, func(o *sqldb.Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	fns := append(slots(t.Context(), 2), func(tx *sqldb.Tx) error {
		if err := insertSlot(t.Context(), "panics", 1)(tx); err != nil {
			return err
		}
		panic("boom")
	})
	fns = append(fns, slots(t.Context(), 4)[2:]...)
	got := together(t, db, fns...)
	if !errors.Is(got[2], sqldb.ErrPanic) {
		t.Errorf("Update(panic) = %v, want %v", got[2], sqldb.ErrPanic)
	}
	allNil(t, append(got[:2:2], got[3:]...))
	if s := db.Stats(); s.Commits != 1 || s.Retries != 0 {
		t.Errorf("Stats() = %+v, want one commit and no retries", s)
	}
	if !strings.Contains(log.String(), "group_test.go") {
		t.Errorf("log = %s, want the stack of the panic", log.String())
	}
}

func TestAGoroutineThatEndsInsideHarmsNobody(t *testing.T) {
	t.Parallel()
	db := fixture(t, sqldb.SQLite)
	fns := append(slots(t.Context(), 2), func(tx *sqldb.Tx) error {
		err := insertSlot(t.Context(), "ends", 1)(tx)
		if err == nil {
			runtime.Goexit()
		}
		return err
	})
	got := together(t, db, fns...)
	allNil(t, got[:2])
	if n := count(t, db, "SELECT count(*) FROM t_slot"); n != 2 {
		t.Errorf("%d rows, want 2", n)
	}
}

func TestASlowFunctionIsNamedInTheLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	db := fixture(t, sqldb.SQLite, func(o *sqldb.Options) {
		o.Log, o.SlowFunc = slog.New(slog.NewTextHandler(&log, nil)), time.Nanosecond
	})
	addSlot(t, db, "s", 1)
	if !strings.Contains(log.String(), "slow transaction") || !strings.Contains(log.String(), "sqldb_test.") {
		t.Errorf("log = %q, want the name of the slow function", log.String())
	}
}

// diskError is what the driver says when the fsync of a commit fails.
type diskError struct{}

func (diskError) Error() string { return "disk I/O error (1034)" }
func (diskError) Code() int     { return 1034 }

func TestADiskErrorStopsWriting(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"COMMIT", "BEGIN IMMEDIATE", "RELEASE m"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			db := fixture(t, sqldb.SQLite)
			var broken atomic.Bool
			db.SetFault(func(s string) error {
				if s == step && broken.CompareAndSwap(true, false) {
					return diskError{}
				}
				return nil
			})
			addSlot(t, db, "before", 1)
			broken.Store(true)
			for i := range 3 {
				err := db.Update(t.Context(), insertSlot(t.Context(), fmt.Sprint("after", i), 1))
				if !errors.Is(err, sqldb.ErrStopped) {
					t.Errorf("Update() number %d after the disk failed = %v, want %v", i, err, sqldb.ErrStopped)
				}
			}
			if n := count(t, db, "SELECT count(*) FROM t_slot"); n != 1 {
				t.Errorf("%d rows are read after the stop, want 1", n)
			}
			if err := db.Ping(t.Context()); !errors.Is(err, sqldb.ErrStopped) {
				t.Errorf("Ping() = %v, want %v", err, sqldb.ErrStopped)
			}
		})
	}
}

func TestAFailedCheckpointStopsWriting(t *testing.T) {
	t.Parallel()
	db := fixture(t, sqldb.SQLite)
	var checkpoints atomic.Int32
	db.SetFault(func(s string) error {
		if strings.HasPrefix(s, "PRAGMA wal_checkpoint") && checkpoints.Add(1) == 2 {
			return diskError{}
		}
		return nil
	})
	// A checkpoint runs after the answers to a commit, so that it stops the next Update.
	good := 0
	for good <= 2*sqldb.CheckpointCommits {
		err := db.Update(t.Context(), insertSlot(t.Context(), fmt.Sprint(good), 1))
		if errors.Is(err, sqldb.ErrStopped) {
			break
		}
		if err != nil {
			t.Fatalf("Update() = %v, want nil or %v", err, sqldb.ErrStopped)
		}
		good++
	}
	if n := checkpoints.Load(); n != 2 {
		t.Errorf("%d checkpoints, want writing to stop at the second", n)
	}
	if n := count(t, db, "SELECT count(*) FROM t_slot"); n != good {
		t.Errorf("%d rows for %d successes, want as many", n, good)
	}
}

func TestCloseAnswersWhoWaits(t *testing.T) {
	t.Parallel()
	app := fixtureURL(t, sqldb.SQLite)
	db, err := sqldb.Open(t.Context(), sqldb.Options{URL: app})
	if err != nil {
		t.Fatal(err)
	}
	inside, release := make(chan struct{}), make(chan struct{})
	first, second, closed := make(chan error, 1), make(chan error, 1), make(chan error, 1)
	go func() {
		first <- db.Update(t.Context(), func(*sqldb.Tx) error { close(inside); <-release; return nil })
	}()
	<-inside
	go func() { second <- db.Update(t.Context(), func(*sqldb.Tx) error { return nil }) }()
	for db.Waiting() == 0 {
		runtime.Gosched()
	}
	go func() { closed <- db.Close() }()
	close(release)
	if err := errors.Join(<-first, <-closed); err != nil {
		t.Errorf("Close() with an Update under way = %v, want nil", err)
	}
	if err := <-second; err != nil && !errors.Is(err, sqldb.ErrClosed) {
		t.Errorf("the waiting Update() = %v, want nil or %v", err, sqldb.ErrClosed)
	}
	if err := db.Update(t.Context(), func(*sqldb.Tx) error { return nil }); !errors.Is(err, sqldb.ErrClosed) {
		t.Errorf("Update() after Close() = %v, want %v", err, sqldb.ErrClosed)
	}
}

func TestAPanicIsNotRunAgainWithTheOthers(t *testing.T) {
	t.Parallel()
	db := fixture(t, sqldb.SQLite)
	db.SetFault(func() func(string) error {
		var commits atomic.Int32
		return func(s string) error {
			if s == "COMMIT" && commits.Add(1) == 1 {
				return errors.New("lost")
			}
			return nil
		}
	}())
	var ran atomic.Int32
	got := together(t, db, append(slots(t.Context(), 2), func(*sqldb.Tx) error { ran.Add(1); panic("boom") })...)
	allNil(t, got[:2])
	if !errors.Is(got[2], sqldb.ErrPanic) || ran.Load() != 1 {
		t.Errorf("the panic ran %d times and gave %v, want once and %v", ran.Load(), got[2], sqldb.ErrPanic)
	}
}

// No test of a process can cut the power: that what was answered is on the disk rests on these.
func TestTheFileIsSetForDurability(t *testing.T) {
	t.Parallel()
	db := fixture(t, sqldb.SQLite)
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "wal_autocheckpoint": "0", "busy_timeout": "5000",
	} {
		var got string
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			return tx.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got)
		})
		if err != nil || got != want {
			t.Errorf("PRAGMA %s = %q %v, want %q", pragma, got, err, want)
		}
	}
	err := db.View(t.Context(), func(tx *sqldb.Tx) error {
		return tx.QueryRowContext(t.Context(), `SELECT "no such column"`).Scan(new(string))
	})
	if err == nil {
		t.Error("a misspelt name in double quotes became a text, want an error")
	}
}
