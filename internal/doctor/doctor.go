// Package doctor looks for what is wrong with a set-up and says how to mend it (it: diagnosi).
//
// Its rules: a [Finding] is a key of the texts "doctor.KEY" and "doctor.KEY.mend", so that the command and
// the page say the same in both languages; each check looks at one thing, changes nothing and never takes
// long; a check that cannot look says so as a finding; nothing personal and no secret is in a finding.
// Checks are a table, in the order in which faults should be mended.
//
// It mends nothing, and it does not watch: whoever asks, looks.
package doctor

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/config"
	"capillare/internal/errs"
	"capillare/internal/sqldb"
)

// Verdict is how much a finding matters.
type Verdict string

// The verdicts, the worst last.
const (
	Good  Verdict = "good"
	Warn  Verdict = "warn"
	Wrong Verdict = "wrong"
)

// Finding is one thing looked at.
type Finding struct {
	Verdict Verdict
	// Key names the texts: "doctor.KEY" says what is, "doctor.KEY.mend" what to do.
	Key string
	// Args fill both texts.
	Args errs.Args
	// Detail is what the system said, in its own words; often empty.
	Detail string
}

// Env is what is looked at.
type Env struct {
	Store  config.Store
	Web    config.Web
	Mail   config.Mail
	Backup config.Backup
	// Assets says whether the program has its styles and scripts.
	Assets func() error
	// Serving says that the running program asks about itself: its port is its own.
	Serving bool
	Log     *slog.Logger
	Machine Machine
}

// Unwell reports whether something must be mended before people can work.
func Unwell(found []Finding) bool {
	for _, f := range found {
		if f.Verdict == Wrong {
			return true
		}
	}
	return false
}

// patient is the set-up under examination.
type patient struct {
	Env
	now time.Time
	// db is open when the database can be read; current says that its schema is of this program.
	db      *sqldb.DB
	current bool
}

// check looks at one thing.
type check struct {
	name string
	look func(ctx context.Context, p *patient) []Finding
	// needs says what must be well before the check makes sense.
	needs need
}

type need int

const (
	nothing    need = iota
	database        // that can be read
	schema          // of this version
	postgreSQL      // schema, on that engine
)

func checks() []check {
	return []check{
		{"assets", assets, nothing},
		{"user", user, nothing},
		{"disk", disk, nothing},
		{"memory", memory, nothing},
		{"clock", clock, nothing},
		{"zone", zone, nothing},
		{"folder", databaseFolder, nothing},
		{"database", openDatabase, nothing},
		{"schema", schemaVersion, database},
		{"sound", sound, database},
		{"writing", writing, database},
		{"newest", newestInstant, schema},
		{"postgres settings", durable, postgreSQL},
		{"postgres role", role, postgreSQL},
		{"postgres connections", connections, postgreSQL},
		{"keys", keys, nothing},
		{"backup key", backupKey, nothing},
		{"backup place", backupPlace, nothing},
		{"backup runs", backupRuns, schema},
		{"certificate", certificate, nothing},
		{"addresses", addresses, nothing},
		{"port", port, nothing},
		{"mail", mailServer, nothing},
		{"jobs", jobQueue, schema},
		{"times", times, schema},
		{"people", people, schema},
	}
}

// eachFor bounds one check.
const eachFor = 15 * time.Second

// Look runs every check that makes sense and returns what it found, in the order of the table.
func Look(ctx context.Context, env Env) (found []Finding, err error) {
	if env.Log == nil {
		env.Log = slog.New(slog.DiscardHandler)
	}
	p := &patient{Env: env, now: env.Machine.Now()}
	defer func() {
		if p.db != nil {
			err = errors.Join(err, p.db.Close())
		}
	}()
	for _, c := range checks() {
		if !p.has(c.needs) {
			continue
		}
		one, cancel := context.WithTimeout(ctx, eachFor)
		found = append(found, c.look(one, p)...)
		cancel()
		if ctx.Err() != nil {
			return found, ctx.Err()
		}
	}
	return found, nil
}

func (p *patient) has(n need) bool {
	switch n {
	case database:
		return p.db != nil
	case schema:
		return p.db != nil && p.current
	case postgreSQL:
		return p.db != nil && p.current && p.db.Engine() == sqldb.Postgres
	}
	return true
}

// one makes a finding alone.
func one(v Verdict, key string, args errs.Args, err ...error) []Finding {
	f := Finding{Verdict: v, Key: key, Args: args}
	if e := errors.Join(err...); e != nil {
		f.Detail = e.Error()
	}
	return []Finding{f}
}

// day is an instant as texts name it: "24/11/2026".
func day(t time.Time) string {
	if t.IsZero() {
		return "?"
	}
	return t.In(calendar.Rome).Format("02/01/2006")
}
