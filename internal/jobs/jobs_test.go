package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/jobs"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

type ring struct{ Number int }

func (ring) Kind() string { return "test.ring" }

type nightly struct{}

func (nightly) Kind() string { return "test.nightly" }

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func enqueue(t *testing.T, db *sqldb.DB, job jobs.Job, opts ...jobs.Options) {
	t.Helper()
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return jobs.Enqueue(t.Context(), tx, job, opts...) })
	if err != nil {
		t.Fatalf("Enqueue(%v) = %v, want nil", job, err)
	}
}

func runDue(t *testing.T, r *jobs.Runner) int {
	t.Helper()
	n, err := r.RunDue(t.Context())
	if err != nil {
		t.Fatalf("RunDue() = %v, want nil", err)
	}
	return n
}

func health(t *testing.T, db *sqldb.DB) jobs.Health {
	t.Helper()
	var h jobs.Health
	err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
		h, err = jobs.HealthOf(t.Context(), tx)
		return err
	})
	if err != nil {
		t.Fatalf("HealthOf() = %v, want nil", err)
	}
	return h
}

func TestNoJobTwice(t *testing.T) {
	t.Parallel()
	const howMany, workers = 20, 8
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		for i := range howMany {
			enqueue(t, db, ring{i})
		}
		r := jobs.NewRunner(db, quiet())
		var mu sync.Mutex
		times := map[int]int{}
		jobs.Handle(r, func(_ context.Context, job ring) error {
			mu.Lock()
			defer mu.Unlock()
			times[job.Number]++
			return nil
		})
		var all sync.WaitGroup
		var total [workers]int
		for w := range workers {
			all.Go(func() {
				n, err := r.RunDue(t.Context())
				if err != nil {
					t.Errorf("RunDue() of worker %d = %v, want nil", w, err)
				}
				total[w] = n
			})
		}
		all.Wait()
		sum := 0
		for _, n := range total {
			sum += n
		}
		if sum != howMany || len(times) != howMany {
			t.Errorf("%d workers ran %d jobs, %d different ones, want %d of each", workers, sum, len(times), howMany)
		}
		for number, n := range times {
			if n != 1 {
				t.Errorf("job %d ran %d times, want once", number, n)
			}
		}
	})
}

func TestRetriesThenFails(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		enqueue(t, db, ring{1})
		r := jobs.NewRunner(db, quiet())
		var tried int
		jobs.Handle(r, func(context.Context, ring) error { tried++; return fmt.Errorf("attempt %d", tried) })
		var waits []time.Duration
		for last := start; tried < jobs.MaxAttempts && clock.Now().Before(start.Add(5*time.Hour)); clock.Add(5 * time.Second) {
			if runDue(t, r) > 0 {
				waits = append(waits, clock.Now().Sub(last))
				last = clock.Now()
			}
		}
		want := []time.Duration{0}
		for wait := 10 * time.Second; len(want) < jobs.MaxAttempts; wait *= 2 {
			want = append(want, wait)
		}
		if d := cmp.Diff(want, waits); d != "" {
			t.Errorf("waits between attempts differ (-want +got):\n%s", d)
		}
		clock.Add(24 * time.Hour)
		if runDue(t, r); tried != jobs.MaxAttempts {
			t.Errorf("tried %d times, want %d and no more", tried, jobs.MaxAttempts)
		}
		h := health(t, db)
		if h.Failed != 1 || len(h.Last) != 1 || h.Last[0].Error != "attempt 10" || h.Last[0].Kind != "test.ring" {
			t.Errorf("HealthOf() = %+v, want the one failure with its last error", h)
		}
	})
}

func TestPanicIsAFailure(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		enqueue(t, db, ring{1})
		r := jobs.NewRunner(db, quiet())
		var done bool
		jobs.Handle(r, func(context.Context, ring) error {
			if !done {
				done = true
				panic("first time")
			}
			return nil
		})
		first := runDue(t, r)
		clock.Add(time.Minute)
		if second := runDue(t, r); first != 1 || second != 1 {
			t.Errorf("RunDue() = %d then %d, want the job again after its panic", first, second)
		}
		if h := health(t, db); h.Done != 1 || h.Failed != 0 {
			t.Errorf("HealthOf() = %+v, want it done", h)
		}
	})
}

func TestWorkerThatDies(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		enqueue(t, db, ring{1})
		r := jobs.NewRunner(db, quiet())
		ran := 0
		jobs.Handle(r, func(ctx context.Context, _ ring) error {
			if ran++; ran > 1 {
				return nil
			}
			// While the first worker holds the job, another finds nothing; when the lock is over, it does.
			if n, err := r.RunDue(ctx); n != 0 || err != nil {
				t.Errorf("RunDue() of a second worker = %d, %v, want 0", n, err)
			}
			clock.Add(6 * time.Minute)
			if n, err := r.RunDue(ctx); n != 1 || err != nil {
				t.Errorf("RunDue() after the lock = %d, %v, want 1", n, err)
			}
			return errors.New("too late")
		})
		runDue(t, r)
		if h := health(t, db); h.Done != 1 || ran != 2 {
			t.Errorf("HealthOf() = %+v after %d runs, want the word of the second worker to count", h, ran)
		}
	})
}

func TestUniqueKey(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		r := jobs.NewRunner(db, quiet())
		var got []int
		jobs.Handle(r, func(_ context.Context, job ring) error {
			got = append(got, job.Number)
			if job.Number == 1 {
				enqueue(t, db, ring{3}, jobs.Options{UniqueKey: "k"})
				enqueue(t, db, ring{4}, jobs.Options{UniqueKey: "k"})
			}
			return nil
		})
		enqueue(t, db, ring{1}, jobs.Options{UniqueKey: "k"})
		enqueue(t, db, ring{2}, jobs.Options{UniqueKey: "k"})
		runDue(t, r)
		if d := cmp.Diff([]int{1, 3}, got); d != "" {
			t.Errorf("jobs run (-want +got), one waiting and one more asked for while it ran:\n%s", d)
		}
	})
}

func TestNothingWithoutCommit(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		no := errors.New("no")
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			if err := jobs.Enqueue(t.Context(), tx, ring{1}); err != nil {
				return err
			}
			return no
		})
		if !errors.Is(err, no) {
			t.Fatalf("Update() = %v, want %v", err, no)
		}
		if h := health(t, db); h.Waiting != 0 {
			t.Errorf("HealthOf() = %+v, want no job of a transaction that was refused", h)
		}
	})
}

func TestEvery(t *testing.T) {
	t.Parallel()
	// 2026-11-24 in Rome is one hour ahead of UTC.
	start := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		r := jobs.NewRunner(db, quiet())
		var ran []string
		jobs.Handle(r, func(context.Context, nightly) error {
			ran = append(ran, clock.Now().Format("02 15:04"))
			return nil
		})
		r.Every(nightly{}, jobs.Daily(3*60+30))
		for range 3 * 24 * 4 {
			runDue(t, r)
			runDue(t, r)
			clock.Add(15 * time.Minute)
		}
		if d := cmp.Diff([]string{"25 02:30", "26 02:30", "27 02:30"}, ran); d != "" {
			t.Errorf("runs differ (-want +got):\n%s", d)
		}
		ran = nil
		clock.Add(5 * 24 * time.Hour)
		runDue(t, r)
		runDue(t, r)
		if len(ran) != 1 {
			t.Errorf("runs after five days of stop = %v, want one", ran)
		}
	})
}

func TestSchedules(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		name      string
		when      jobs.Schedule
		now, want string
	}{
		{"period", jobs.Period(5 * time.Minute), "2026-11-24T09:03:00Z", "2026-11-24T09:05:00Z"},
		{"period on the mark", jobs.Period(5 * time.Minute), "2026-11-24T09:05:00Z", "2026-11-24T09:10:00Z"},
		{"later today", jobs.Daily(60), "2026-11-23T23:59:00Z", "2026-11-24T00:00:00Z"},
		{"tomorrow", jobs.Daily(60), "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z"},
		{"in summer", jobs.Daily(60), "2026-07-24T00:00:00Z", "2026-07-24T23:00:00Z"},
		{"the hour that is not there", jobs.Daily(150), "2027-03-27T12:00:00Z", "2027-03-28T01:30:00Z"},
		{"the hour that is there twice", jobs.Daily(150), "2027-10-30T12:00:00Z", "2027-10-31T00:30:00Z"},
	} {
		if got := c.when.Next(at(c.now)); !got.Equal(at(c.want)) {
			t.Errorf("%s: Next(%s) = %v, want %s", c.name, c.now, got.UTC(), c.want)
		}
	}
}

type left struct{ ID string }

type moved struct{ ID string }

func TestBus(t *testing.T) {
	t.Parallel()
	var heard []string
	bus := jobs.NewBus()
	no := errors.New("no")
	listen := func(name string, err error) {
		jobs.Subscribe(bus, func(_ context.Context, _ *sqldb.Tx, fact left) error {
			heard = append(heard, name+" "+fact.ID)
			return err
		})
	}
	jobs.Subscribe(bus, func(context.Context, *sqldb.Tx, moved) error { heard = append(heard, "moved"); return nil })
	listen("first", nil)
	listen("second", no)
	listen("third", nil)
	if err := bus.Publish(t.Context(), nil, left{"f1"}); !errors.Is(err, no) {
		t.Errorf("Publish() = %v, want %v", err, no)
	}
	if d := cmp.Diff([]string{"first f1", "second f1"}, heard); d != "" {
		t.Errorf("heard (-want +got), in order and up to the refusal:\n%s", d)
	}
	var nobody *jobs.Bus
	if err := nobody.Publish(t.Context(), nil, left{"f1"}); err != nil {
		t.Errorf("Publish() on no bus = %v, want nil", err)
	}
}

type slow struct{}

func (slow) Kind() string         { return "test.slow" }
func (slow) Limit() time.Duration { return time.Hour }

func TestALongJobKeepsItsLock(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC), func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		enqueue(t, db, slow{})
		r, other := jobs.NewRunner(db, quiet()), jobs.NewRunner(db, quiet())
		jobs.Handle(other, func(context.Context, slow) error { return errors.New("taken twice") })
		jobs.Handle(r, func(ctx context.Context, _ slow) error {
			clock.Add(50 * time.Minute)
			if n := runDue(t, other); n > 1 { // the nightly tidying may be due
				return fmt.Errorf("%d jobs ran meanwhile", n)
			}
			return ctx.Err()
		})
		runDue(t, r)
		if h := health(t, db); h.Failed != 0 || h.Done == 0 || !h.Late.IsZero() {
			t.Errorf("after the long job: %+v, want it done once", h)
		}
	})
}

func TestJobsThatAreOverAreForgotten(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC), func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		r := jobs.NewRunner(db, quiet())
		jobs.Handle(r, func(context.Context, ring) error { return errors.New("never") })
		enqueue(t, db, ring{1})
		for range jobs.MaxAttempts {
			runDue(t, r)
			clock.Add(time.Hour)
		}
		if h := health(t, db); h.Failed != 1 {
			t.Fatalf("failed = %d, want 1", h.Failed)
		}
		for _, step := range []struct{ days, want int }{{80, 1}, {12, 0}} {
			clock.Add(time.Duration(step.days) * 24 * time.Hour)
			runDue(t, r) // plans the tidying of the night
			clock.Add(24 * time.Hour)
			runDue(t, r)
			if h := health(t, db); h.Failed != step.want {
				t.Errorf("after %d more days failed = %d, want %d", step.days, h.Failed, step.want)
			}
		}
	})
}
