package backup_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"capillare/internal/backup"
	"capillare/internal/config"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// rival is the service of another process over the same network.
func (h *house) rival(t *testing.T, o config.Backup) *backup.Service {
	t.Helper()
	s, err := backup.New(h.db, backup.Deps{Options: o, Data: h.data, KeyPath: filepath.Join(h.data, "backup.key"), Identity: identity.New(h.db)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestACopyByHandLeavesTheCopyOfTheServerAlone(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, evening, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		remote := newS3(t)
		o := remote.options("copie/rete")
		h := newHouse(t, db, clock, o)
		byHand := h.rival(t, o)
		var rivals []error
		remote.onPut = func() {
			if len(rivals) > 0 {
				return
			}
			_, err := byHand.Copy(t.Context(), "")
			rivals = append(rivals, err)
			_, err = byHand.Drill(t.Context(), "")
			rivals = append(rivals, err)
		}
		run, err := h.Copy(t.Context(), "")
		if err != nil || run.State != backup.Done {
			t.Fatalf("Copy() = %+v, %v, want one that went well", run, err)
		}
		for i, err := range rivals {
			if !errors.Is(err, backup.ErrUnderWay) {
				t.Errorf("rival %d = %v, want %v", i, err, backup.ErrUnderWay)
			}
		}
		if runs := h.status(t).Runs; len(rivals) != 2 || len(runs) != 1 || runs[0].State != backup.Done {
			t.Errorf("%d rivals, runs %+v, want two and one run, done", len(rivals), runs)
		}
		if _, err := byHand.Copy(t.Context(), ""); err != nil {
			t.Errorf("Copy() once the other is over = %v, want none", err)
		}
	})
}

func TestWhatAKilledRunLeftIsRemoved(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, evening, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock, config.Backup{})
		trial := filepath.Join(h.data, ".drill-1", "trial.db")
		draft := filepath.Join(h.data, ".copy-1")
		part := filepath.Join(h.data, "backups", "20261120T013000Z.capillare.part")
		other := filepath.Join(h.data, "backups", "before-upgrade.capillare.part")
		for _, path := range []string{trial, draft, part, other} {
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := h.Copy(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{filepath.Dir(trial), draft, part} {
			if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("after a copy %s is still there (%v), want it gone", path, err)
			}
		}
		if _, err := os.Stat(other); err != nil {
			t.Errorf("after a copy: %v, want the file that is not a copy of the night left alone", err)
		}
	})
}

func TestACopyOfAClockThatWasAhead(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, evening, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock, config.Backup{Hour: "02:30", KeepDaily: 1})
		const years = 4 * 365 * 24 * time.Hour
		clock.Add(years)
		if _, err := h.Copy(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		clock.Add(-years)
		good, err := h.Copy(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		drill, err := h.Drill(t.Context(), "")
		if err != nil || drill.Name != good.Name {
			t.Errorf("Drill() tried out %s (%v), want %s: the other is of a day that has not come", drill.Name, err, good.Name)
		}
		if last := h.status(t).LastCopy; last.Name != good.Name {
			t.Errorf("the last copy is %s, want %s", last.Name, good.Name)
		}
		clock.Add(72 * time.Hour)
		if err := h.Watch(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := h.jobs.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(h.letters(t)); n != 1 {
			t.Errorf("three days without a copy: %d letters, want 1", n)
		}
	})
}

func TestRuleOfKeepingAndDaysThatHaveNotCome(t *testing.T) {
	t.Parallel()
	copies := nightly(evening.AddDate(0, 0, -3), 4)
	ahead := nightly(evening.AddDate(4, 0, 0), 1)
	rule := backup.Keep{Daily: 3}
	got := rule.Superfluous(append(copies, ahead...), evening)
	if len(got) != 1 || got[0].Name != copies[0].Name {
		t.Errorf("Superfluous(four nights and one of 2030) = %v, want only %s: a copy of a wrong clock takes no place", got, copies[0].Name)
	}
}
