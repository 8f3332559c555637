package backup_test

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"capillare/internal/backup"
	"capillare/internal/config"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/messages"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// house is a network whose copies go somewhere and whose mail goes to a folder.
type house struct {
	*backup.Service
	db    *sqldb.DB
	clock *sqldbtest.Clock
	jobs  *jobs.Runner
	data  string
	mail  string
}

var evening = time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC)

func newHouse(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock, o config.Backup) *house {
	t.Helper()
	h := &house{db: db, clock: clock, data: t.TempDir(), mail: t.TempDir()}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	who := identity.New(db, identity.Options{Cost: identity.Cost{MemoryKiB: 8, Time: 1, Threads: 1}})
	if _, err := who.FirstAdministrator(t.Context(), identity.NewAccount{Email: "capo@rete.example", Name: "Ada Bo", Password: "una password lunga 42"}); err != nil {
		t.Fatal(err)
	}
	keys, _, err := sealed.LoadOrCreate(filepath.Join(h.data, "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	post := messages.New(db, messages.Options{Mail: config.Mail{Folder: h.mail, From: "rete@rete.example"}, Keys: keys, Log: log})
	h.Service, err = backup.New(db, backup.Deps{Options: o, Data: h.data, KeyPath: filepath.Join(h.data, "backup.key"), Identity: who, Messages: post, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	h.jobs = jobs.NewRunner(db, log)
	h.Handle(h.jobs)
	post.Handle(h.jobs)
	return h
}

// night lets the jobs of the next twelve hours run, hour by hour.
func (h *house) night(t *testing.T) {
	t.Helper()
	for range 12 {
		if _, err := h.jobs.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.clock.Add(time.Hour)
	}
}

func (h *house) letters(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(h.mail, "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(text))
	}
	return all
}

func (h *house) status(t *testing.T) backup.Status {
	t.Helper()
	st, err := h.Status(t.Context(), identity.System("test"))
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func TestEveryNightACopyEveryWeekATrial(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, evening, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		remote := newS3(t)
		o := remote.options("copie/rete")
		o.Hour = "02:30"
		h := newHouse(t, db, clock, o)
		for range 2 * 8 {
			h.night(t)
		}
		st := h.status(t)
		if len(st.Copies) != 3 || st.LastCopy.State != backup.Done || st.LastCopy.Rows == 0 || st.LastCopy.Bytes == 0 {
			t.Errorf("after eight nights: %d copies, last %+v, want the two of the rule and the one that was tried out", len(st.Copies), st.LastCopy)
		}
		if st.LastDrill.State != backup.Done || st.LastDrill.Rows == 0 || st.FailedDrill {
			t.Errorf("after a week: last trial %+v, want one that went well", st.LastDrill)
		}
		if left, _ := filepath.Glob(filepath.Join(h.data, ".*-*")); len(left) != 0 {
			t.Errorf("left in the folder: %v", left)
		}
		if all := h.letters(t); len(all) != 0 {
			t.Errorf("%d letters although all went well", len(all))
		}
		for _, r := range st.Runs {
			if strings.Contains(r.Place, "segreto") || r.State != backup.Done {
				t.Errorf("run %+v", r)
			}
		}
	})
}

func TestAFailedCopyIsToldOnceADay(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, evening, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		remote := newS3(t)
		o := remote.options("copie")
		o.Hour = "02:30"
		h := newHouse(t, db, clock, o)
		remote.down.Store(true)
		h.night(t)
		st := h.status(t)
		if st.LastCopy.State != "" || len(st.Runs) < 2 || st.Runs[0].Fault != "unreachable" || st.Fault != "unreachable" {
			t.Errorf("status = %+v, want tries that failed because the store does not answer", st)
		}
		all := h.letters(t)
		if len(all) != 1 || !strings.Contains(all[0], "capo@rete.example") {
			t.Fatalf("%d letters, want one to the administrator", len(all))
		}
		remote.down.Store(false)
		h.night(t)
		h.night(t)
		if st := h.status(t); st.LastCopy.State != backup.Done {
			t.Errorf("when the store answers again: %+v, want a copy", st.LastCopy)
		}
		if n := len(h.letters(t)); n != 1 {
			t.Errorf("%d letters in all, want the first alone", n)
		}
	})
}

func TestMissingCopiesAreTold(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, evening, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock, config.Backup{Hour: config.Never})
		if err := h.Watch(t.Context()); err != nil || len(h.letters(t)) != 0 {
			t.Errorf("Watch() of a new network = %v, %d letters, want silence", err, len(h.letters(t)))
		}
		if _, err := h.Copy(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct{ hours, want int }{{47, 0}, {2, 1}, {1, 1}, {25, 2}} {
			clock.Add(time.Duration(step.hours) * time.Hour)
			if err := h.Watch(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := h.jobs.RunDue(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := len(h.letters(t)); got != step.want {
				t.Errorf("%d hours later: %d letters, want %d", step.hours, got, step.want)
			}
		}
	})
}

func TestATrialFindsWhatIsWrongWithACopy(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		spoil func(t *testing.T, h *house, path string)
		want  string
	}{
		"cut": {func(t *testing.T, _ *house, path string) {
			info, err := os.Stat(path)
			if err = errors.Join(err, os.Truncate(path, info.Size()-30)); err != nil {
				t.Fatal(err)
			}
		}, "damaged"},
		"another key": {func(t *testing.T, h *house, _ string) {
			if err := os.Remove(filepath.Join(h.data, "backup.key")); err != nil {
				t.Fatal(err)
			}
			if _, _, err := backup.LoadOrCreateKey(filepath.Join(h.data, "backup.key")); err != nil {
				t.Fatal(err)
			}
		}, "wrong_key"},
		"no key": {func(t *testing.T, h *house, _ string) {
			if err := os.Remove(filepath.Join(h.data, "backup.key")); err != nil {
				t.Fatal(err)
			}
		}, "key"},
		"gone": {func(t *testing.T, _ *house, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, "no_copy"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := sqldbtest.NewClock(evening)
			db := sqldbtest.OpenAt(t, sqldb.SQLite, clock)
			h := newHouse(t, db, clock, config.Backup{Hour: config.Never})
			run, err := h.Copy(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			tt.spoil(t, h, filepath.Join(h.data, "backups", run.Name))
			drill, err := h.Drill(t.Context(), "")
			if err == nil || drill.State != backup.Failed || drill.Fault != tt.want {
				t.Errorf("Drill() = %+v %v, want the fault %s", drill, err, tt.want)
			}
			if _, err := h.jobs.RunDue(t.Context()); err != nil || len(h.letters(t)) != 1 {
				t.Errorf("%d letters (%v), want one", len(h.letters(t)), err)
			}
			if !h.status(t).FailedDrill {
				t.Error("the status does not say that the last trial failed")
			}
		})
	}
}

func TestAskingIsForAdministrators(t *testing.T) {
	t.Parallel()
	clock := sqldbtest.NewClock(evening)
	db := sqldbtest.OpenAt(t, sqldb.SQLite, clock)
	h := newHouse(t, db, clock, config.Backup{Hour: config.Never})
	nobody := identity.Actor{AccountID: "x"}
	if err := h.AskCopy(t.Context(), nobody); !errors.Is(err, identity.ErrForbidden) {
		t.Errorf("AskCopy() of nobody = %v, want %v", err, identity.ErrForbidden)
	}
	if _, err := h.Status(t.Context(), nobody); !errors.Is(err, identity.ErrForbidden) {
		t.Errorf("Status() of nobody = %v, want %v", err, identity.ErrForbidden)
	}
	for range 2 { // asked twice, done once
		if err := h.AskCopy(t.Context(), identity.System("test")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.jobs.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := h.AskDrill(t.Context(), identity.System("test")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.jobs.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if st := h.status(t); len(st.Runs) != 2 || st.LastDrill.Rows != st.LastCopy.Rows {
		t.Errorf("runs = %+v, want a copy and its trial", st.Runs)
	}
}

// A copy of an older version of the program is restored by this one.
func TestACopyOfAnOlderSchema(t *testing.T) {
	t.Parallel()
	for _, engine := range sqldbtest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			old := "sqlite:" + filepath.Join(t.TempDir(), "old.db")
			if _, err := sqldb.MigrateTo(t.Context(), old, sqldb.Target{Version: 11}); err != nil {
				t.Fatal(err)
			}
			source := sqldbtest.OpenURL(t, sqldb.Options{URL: old, AnySchema: true})
			plant(t, source)
			key, _, err := backup.LoadOrCreateKey(filepath.Join(t.TempDir(), "key"))
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "copy")
			f, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = backup.Write(t.Context(), source, key.Recipient(), f)
			if err = errors.Join(err, f.Close()); err != nil {
				t.Fatal(err)
			}
			in, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			_, url := sqldbtest.Empty(t, engine)
			sum, err := backup.RestoreInto(t.Context(), backup.Place{URL: url, Now: time.Now}, key, in)
			if err != nil || sum.Rows == 0 {
				t.Fatalf("RestoreInto() = %+v %v, want rows", sum, err)
			}
			if name := accountName(t, sqldbtest.OpenURL(t, sqldb.Options{URL: url})); !strings.HasPrefix(name, "Ada") {
				t.Errorf("restored name = %q", name)
			}
		})
	}
}
