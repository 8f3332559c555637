package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"capillare/internal/audit"
	"capillare/internal/backup/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/config"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/messages"
	"capillare/internal/sqldb"
)

// Kind is what a run did.
type Kind string

// The kinds of runs.
const (
	Copying  Kind = "copy"  // a copy was taken
	Drilling Kind = "drill" // the newest copy was restored into a database of its own and compared
)

// State is how a run went.
type State string

// The states of a run.
const (
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
)

// Run is one copy taken, or one tried out.
type Run struct {
	ID      string
	Kind    Kind
	State   State
	AskedBy string // the account, empty for the program itself
	Started time.Time
	Ended   time.Time
	Place   string
	Name    string // of the copy
	Bytes   int64
	Rows    int64
	Tables  int
	Fault   string // a key of the texts "backup.fault...", empty when all went well
	Detail  string // what the system said, for whoever mends it
}

// Took returns how long the run took, 0 while it runs.
func (r Run) Took() time.Duration {
	if r.Ended.IsZero() {
		return 0
	}
	return r.Ended.Sub(r.Started)
}

// Deps is what the service needs.
type Deps struct {
	Options config.Backup
	// Data is the folder of the network, KeyPath the file of the key of copies.
	Data, KeyPath string
	Identity      *identity.Service
	Messages      *messages.Service
	Log           *slog.Logger
}

// ErrUnderWay says that a copy or a trial is being made already.
var ErrUnderWay = errs.New(errs.Conflict, "backup.under_way")

// Service takes copies by night and on demand, keeps them by rule and tries them out.
type Service struct {
	db    *sqldb.DB
	deps  Deps
	store Store
	hour  calendar.Minute
	never bool
	keep  Keep
	busy  sync.Mutex // see lock
}

// New returns a Service, or says which option cannot be used.
func New(base *sqldb.DB, d Deps) (*Service, error) {
	if d.Log == nil {
		d.Log = slog.Default()
	}
	s := &Service{db: base, deps: d, keep: Keep{Daily: d.Options.KeepDaily, Weekly: d.Options.KeepWeekly, Monthly: d.Options.KeepMonthly}}
	var err error
	if s.store, err = OpenStore(d.Options, d.Data); err != nil {
		return nil, fmt.Errorf("backup-to: %w", err)
	}
	switch d.Options.Hour {
	case config.Never, "":
		s.never = true
	default:
		if s.hour, err = calendar.ParseMinute(d.Options.Hour); err != nil {
			return nil, fmt.Errorf("backup-hour is a time such as 02:30, or never: %w", err)
		}
	}
	return s, nil
}

// runFor ends a run: a copy of the whole network takes minutes, never hours.
const runFor = 2 * time.Hour

// copyJob takes a copy.
type copyJob struct{ AskedBy string }

// Kind implements jobs.Job.
func (copyJob) Kind() string { return "backup.copy" }

// Limit implements jobs.Long.
func (copyJob) Limit() time.Duration { return runFor }

// nightJob takes the copy of the night: a kind of its own, so that its place in the queue is too.
type nightJob struct{}

// Kind implements jobs.Job.
func (nightJob) Kind() string { return "backup.night" }

// Limit implements jobs.Long.
func (nightJob) Limit() time.Duration { return runFor }

// drillJob tries out the newest copy.
type drillJob struct{ AskedBy string }

// Kind implements jobs.Job.
func (drillJob) Kind() string { return "backup.drill" }

// Limit implements jobs.Long.
func (drillJob) Limit() time.Duration { return runFor }

// weekJob is the trial of the week.
type weekJob struct{}

// Kind implements jobs.Job.
func (weekJob) Kind() string { return "backup.week" }

// Limit implements jobs.Long.
func (weekJob) Limit() time.Duration { return runFor }

// watchJob looks whether copies come.
type watchJob struct{}

// Kind implements jobs.Job.
func (watchJob) Kind() string { return "backup.watch" }

// weekly is how often the newest copy is tried out without being asked.
const weekly = 7 * 24 * time.Hour

// Handle does the jobs of copies, and plans them.
func (s *Service) Handle(r *jobs.Runner) {
	jobs.Handle(r, func(ctx context.Context, job copyJob) error { return s.once(ctx, s.Copy, job.AskedBy) })
	jobs.Handle(r, func(ctx context.Context, _ nightJob) error { return s.once(ctx, s.Copy, "") })
	jobs.Handle(r, func(ctx context.Context, job drillJob) error { return s.once(ctx, s.Drill, job.AskedBy) })
	jobs.Handle(r, func(ctx context.Context, _ weekJob) error { return s.once(ctx, s.Drill, "") })
	jobs.Handle(r, func(ctx context.Context, _ watchJob) error { return s.Watch(ctx) })
	if s.never {
		return
	}
	r.Every(nightJob{}, jobs.Daily(s.hour))
	r.Every(weekJob{}, jobs.Period(weekly))
	r.Every(watchJob{}, jobs.Period(time.Hour))
}

// once leaves a run out while another is under way. The fault of a run stands in its row and was told: the
// queue tries again only what it may mend, a copy that failed.
func (s *Service) once(ctx context.Context, run func(context.Context, string) (Run, error), askedBy string) error {
	got, err := run(ctx, askedBy)
	if errors.Is(err, ErrUnderWay) || got.Kind == Drilling && got.State == Failed {
		return nil
	}
	return err
}

// AskCopy asks for a copy now; it begins some seconds later.
func (s *Service) AskCopy(ctx context.Context, who identity.Actor) error {
	return s.ask(ctx, who, copyJob{who.AuditID()}, "backup.copy_asked")
}

// AskDrill asks to try out the newest copy now.
func (s *Service) AskDrill(ctx context.Context, who identity.Actor) error {
	return s.ask(ctx, who, drillJob{who.AuditID()}, "backup.drill_asked")
}

func (s *Service) ask(ctx context.Context, who identity.Actor, job jobs.Job, action string) error {
	if err := who.Require(identity.Maintain, identity.Target{}); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if err := jobs.Enqueue(ctx, tx, job, jobs.Options{UniqueKey: "asked:" + job.Kind()}); err != nil {
			return err
		}
		return audit.Write(ctx, tx, who, audit.Entry{Action: action, Subject: "backup"})
	})
}

// keepRuns is how long the story of copies stays.
const keepRuns = 400 * 24 * time.Hour

// begin writes down that a run begins.
func (s *Service) begin(ctx context.Context, kind Kind, askedBy string) (Run, error) {
	var run Run
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		run = Run{ID: sqldb.NewID(tx.Now), Kind: kind, State: Running, AskedBy: askedBy, Started: tx.Now, Place: s.store.String()}
		if kind == Copying {
			run.Name = NameAt(tx.Now)
		}
		if _, err := q.EndLeftRuns(ctx, db.EndLeftRunsParams{Now: sqldb.At(tx.Now), Kind: string(kind)}); err != nil {
			return err
		}
		if _, err := q.DeleteRunsBefore(ctx, sqldb.At(tx.Now.Add(-keepRuns))); err != nil {
			return err
		}
		return q.StartRun(ctx, db.StartRunParams{ID: run.ID, Kind: string(kind), AskedBy: sqldb.OptText(askedBy),
			StartedAt: sqldb.At(tx.Now), Place: run.Place, Name: run.Name})
	})
	return run, err
}

const longestDetail = 300

// end writes down how a run went, even while the program is being stopped.
func (s *Service) end(ctx context.Context, run Run, fault error) (Run, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	run.State = Done
	if fault != nil {
		run.State, run.Fault = Failed, FaultOf(fault)
		text := []rune(fault.Error())
		run.Detail = string(text[:min(len(text), longestDetail)])
		s.deps.Log.Error("backup", "kind", run.Kind, "fault", run.Fault, "error", fault.Error())
	}
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		run.Ended = tx.Now
		_, err := db.New(tx).EndRun(ctx, db.EndRunParams{State: string(run.State), EndedAt: sqldb.At(tx.Now), Name: run.Name, Bytes: run.Bytes,
			RowCount: run.Rows, TableCount: run.Tables, Fault: run.Fault, Detail: run.Detail, ID: run.ID})
		return err
	})
	if fault != nil {
		err = errors.Join(err, s.alarm(ctx, alarmOf(run)))
	}
	return run, errors.Join(fault, err)
}

// FaultOf names a fault as the texts "backup.fault..." do.
func FaultOf(err error) string {
	for _, f := range []struct {
		is   error
		name string
	}{
		{ErrRefused, "refused"}, {ErrNoBucket, "no_bucket"}, {ErrFull, "full"}, {ErrUnwritable, "unwritable"}, {ErrNoCopy, "no_copy"},
		{ErrUnreachable, "unreachable"}, {errNoKey, "key"}, {ErrWrongKey, "wrong_key"}, {ErrTruncated, "damaged"}, {ErrDiffers, "differs"},
		{ErrOtherForm, "other_form"}, {ErrNewerCopy, "other_form"},
	} {
		if errors.Is(err, f.is) {
			return f.name
		}
	}
	return "other"
}

// Last returns the newest run of a kind that ended so; ok is false when there is none. Runs of days that
// have not come, which a wrong clock dated, do not count.
func (s *Service) Last(ctx context.Context, kind Kind, state State) (run Run, ok bool, err error) {
	return LastRun(ctx, s.db, kind, state)
}

// LastRun is Last for those who look at a database from outside.
func LastRun(ctx context.Context, base *sqldb.DB, kind Kind, state State) (run Run, ok bool, err error) {
	err = base.View(ctx, func(tx *sqldb.Tx) error {
		row, err := db.New(tx).LastRun(ctx, db.LastRunParams{Kind: string(kind), State: string(state), Until: sqldb.At(tx.Now)})
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		run, ok = runOf(row), err == nil
		return err
	})
	return run, ok, err
}

func runOf(r db.BackupRun) Run {
	return Run{ID: r.ID, Kind: Kind(r.Kind), State: State(r.State), AskedBy: string(r.AskedBy), Started: r.StartedAt.Time, Ended: r.EndedAt.Time,
		Place: r.Place, Name: r.Name, Bytes: r.Bytes, Rows: r.RowCount, Tables: r.TableCount, Fault: r.Fault, Detail: r.Detail}
}
