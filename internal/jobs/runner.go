package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"capillare/internal/jobs/internal/db"
	"capillare/internal/sqldb"
)

const (
	// MaxAttempts is how often a job is tried before it counts as failed.
	MaxAttempts = 10
	// lockFor is how long a worker may keep a job; another may take it afterwards.
	lockFor = 5 * time.Minute
	// workFor ends the context of a handler a little before its lock does.
	workFor = lockFor - 15*time.Second
	// pollEvery is how often an idle worker looks.
	pollEvery = time.Second
	// keepDone and keepFailed are how long jobs stay that are over.
	keepDone   = 30 * 24 * time.Hour
	keepFailed = 90 * 24 * time.Hour
	maxMessage = 500
)

type handler struct {
	run func(ctx context.Context, payload []byte) error
	// limit is how long it may take; 0 is the ordinary few minutes.
	limit time.Duration
}

// Long is a Job that may take longer than a few minutes, such as a copy of everything. A worker that
// stopped with it gives it back only after the limit.
type Long interface {
	Job
	// Limit ends the work; it is the same for every value of the type.
	Limit() time.Duration
}

type recurring struct {
	job  Job
	when Schedule
}

// Runner takes due jobs out of the queue and runs them. Register everything before Run.
type Runner struct {
	db       *sqldb.DB
	log      *slog.Logger
	handlers map[string]handler
	recur    []recurring
}

// tidy forgets the jobs that were over long ago.
type tidy struct{}

// Kind names the work.
func (tidy) Kind() string { return "jobs.tidy" }

// NewRunner returns a Runner over the queue in base. A nil log is slog.Default.
func NewRunner(base *sqldb.DB, log *slog.Logger) *Runner {
	if log == nil {
		log = slog.Default()
	}
	r := &Runner{db: base, log: log, handlers: map[string]handler{}}
	Handle(r, r.tidy)
	r.Every(tidy{}, Daily(4*60))
	return r
}

// Handle makes fn do the jobs of type T. fn opens its own transactions and may run twice.
func Handle[T Job](r *Runner, fn func(ctx context.Context, job T) error) {
	var zero T
	h := handler{run: func(ctx context.Context, payload []byte) error {
		var job T
		if err := json.Unmarshal(payload, &job); err != nil {
			return fmt.Errorf("read the payload: %w", err)
		}
		return fn(ctx, job)
	}}
	if long, ok := any(zero).(Long); ok {
		h.limit = long.Limit()
	}
	r.handlers[zero.Kind()] = h
}

// Every puts job into the queue again and again, by its schedule. After a stop of the program it runs
// once for all the times missed.
func (r *Runner) Every(job Job, when Schedule) { r.recur = append(r.recur, recurring{job, when}) }

// Run works with so many workers until ctx ends, and returns after the last handler.
func (r *Runner) Run(ctx context.Context, workers int) {
	var all sync.WaitGroup
	for range max(1, workers) {
		all.Go(func() { r.work(ctx) })
	}
	all.Wait()
}

func (r *Runner) work(ctx context.Context) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		if _, err := r.RunDue(ctx); err != nil && ctx.Err() == nil {
			r.log.Error("jobs", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// RunDue runs what is due, one job after the other, until nothing is, and returns how many it ran,
// well or badly. A job that fails comes back later, so it is counted once.
func (r *Runner) RunDue(ctx context.Context) (int, error) {
	if err := r.plan(ctx); err != nil {
		return 0, err
	}
	for ran := 0; ; ran++ {
		claimed, err := r.claim(ctx)
		if err != nil || claimed == nil {
			return ran, err
		}
		if err := r.do(ctx, claimed); err != nil {
			return ran, err
		}
	}
}

// plan sees to it that each recurring job waits in the queue for its next time. It reads first,
// because nearly always there is nothing to write.
func (r *Runner) plan(ctx context.Context) error {
	missing := map[string]bool{}
	err := r.db.View(ctx, func(tx *sqldb.Tx) error {
		clear(missing)
		keys, err := db.New(tx).RecurringKeys(ctx)
		if err != nil {
			return err
		}
		for _, one := range r.recur {
			missing[recurKey(one.job)] = true
		}
		for _, key := range keys {
			delete(missing, string(key))
		}
		return nil
	})
	if err != nil || len(missing) == 0 {
		return err
	}
	return r.db.Update(ctx, func(tx *sqldb.Tx) error {
		for _, one := range r.recur {
			if key := recurKey(one.job); missing[key] {
				if err := Enqueue(ctx, tx, one.job, Options{At: one.when.Next(tx.Now), UniqueKey: key}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

const recurPrefix = "every:"

func recurKey(job Job) string { return recurPrefix + job.Kind() }

func (r *Runner) claim(ctx context.Context) (*db.ClaimJobRow, error) {
	var due int64
	err := r.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		due, err = db.New(tx).CountDue(ctx, sqldb.At(tx.Now))
		return err
	})
	if err != nil || due == 0 {
		return nil, err
	}
	var got *db.ClaimJobRow
	err = r.db.Update(ctx, func(tx *sqldb.Tx) error {
		got = nil
		row, err := db.New(tx).ClaimJob(ctx, db.ClaimJobParams{Until: sqldb.At(tx.Now.Add(lockFor)), Now: sqldb.At(tx.Now)})
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		got = &row
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim a job: %w", err)
	}
	return got, nil
}

// do runs a claimed job and writes down how it went.
func (r *Runner) do(ctx context.Context, job *db.ClaimJobRow) error {
	var failure error
	if job.Attempts > MaxAttempts {
		// Only a worker that died with the job leaves so many attempts behind.
		failure = errors.New("its worker stopped each time")
	} else {
		failure = r.call(ctx, job)
	}
	// The outcome is written even when the program is being stopped.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if failure != nil {
		r.log.Error("job", "kind", job.Kind, "id", job.ID, "attempt", job.Attempts, "error", failure.Error())
	}
	return r.db.Update(ctx, func(tx *sqldb.Tx) error { return settle(ctx, tx, job, failure) })
}

func settle(ctx context.Context, tx *sqldb.Tx, job *db.ClaimJobRow, failure error) error {
	q, now := db.New(tx), sqldb.At(tx.Now)
	var err error
	switch {
	case failure == nil:
		_, err = q.FinishJob(ctx, db.FinishJobParams{DoneAt: now, ID: job.ID, Attempts: job.Attempts})
	case job.Attempts >= MaxAttempts:
		_, err = q.FailJob(ctx, db.FailJobParams{DoneAt: now, LastError: message(failure), ID: job.ID, Attempts: job.Attempts})
	default:
		_, err = q.RetryJob(ctx, db.RetryJobParams{
			RunAt: sqldb.At(tx.Now.Add(backoff(job.Attempts))), LastError: message(failure), ID: job.ID, Attempts: job.Attempts,
		})
	}
	if err != nil {
		return fmt.Errorf("settle job %s: %w", job.Kind, err)
	}
	return nil
}

// call runs the handler; a panic is a failure like any other.
func (r *Runner) call(ctx context.Context, job *db.ClaimJobRow) (err error) {
	h, ok := r.handlers[job.Kind]
	if !ok {
		return fmt.Errorf("nobody handles %s", job.Kind)
	}
	limit := workFor
	if h.limit > limit {
		limit = h.limit
		if err := r.keepLonger(ctx, job, limit+lockFor-workFor); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("panic in a job", "kind", job.Kind, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return h.run(ctx, []byte(job.Payload))
}

// keepLonger holds the lock of a job for as long as the job may take.
func (r *Runner) keepLonger(ctx context.Context, job *db.ClaimJobRow, limit time.Duration) error {
	return r.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := db.New(tx).KeepLonger(ctx, db.KeepLongerParams{Until: sqldb.At(tx.Now.Add(limit)), ID: job.ID, Attempts: job.Attempts})
		return err
	})
}

// backoff is how long to wait after the attempt-th failure: 10 s, 20 s, 40 s ... 43 minutes at last.
func backoff(attempt int) time.Duration { return 10 * time.Second << (attempt - 1) }

func message(err error) string {
	text := []rune(err.Error())
	return string(text[:min(len(text), maxMessage)])
}

func (r *Runner) tidy(ctx context.Context, _ tidy) error {
	return r.db.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		_, err := q.DeleteOver(ctx, db.DeleteOverParams{State: "done", Before: sqldb.At(tx.Now.Add(-keepDone))})
		if err != nil {
			return err
		}
		_, err = q.DeleteOver(ctx, db.DeleteOverParams{State: "failed", Before: sqldb.At(tx.Now.Add(-keepFailed))})
		return err
	})
}
