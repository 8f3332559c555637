package backup

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"

	"capillare/internal/backup/internal/db"
	"capillare/internal/sqldb"
)

// errNoKey says that the key of copies cannot be read.
var errNoKey = errors.New("the key of the copies cannot be read")

// Copy takes a copy, brings it to its place and removes those that the rule lets go. A copy that failed
// stands in the list of runs, and is told to the administrators.
func (s *Service) Copy(ctx context.Context, askedBy string) (Run, error) {
	unlock, err := s.lock()
	if err != nil {
		return Run{}, err
	}
	defer unlock()
	run, err := s.begin(ctx, Copying, askedBy)
	if err != nil {
		return run, err
	}
	sum, bytes, fault := s.send(ctx, run.Name)
	run.Bytes, run.Rows, run.Tables = bytes, sum.Rows, sum.Tables
	run, err = s.end(ctx, run, fault)
	if err != nil {
		return run, err
	}
	if err := s.prune(ctx); err != nil {
		// The copy is good; that an old one stays too is told by the room that is left.
		s.deps.Log.Warn("backup: old copies were not removed", "error", err.Error())
	}
	return run, nil
}

// send writes the copy to a file of its own first: what goes to the place has a known length, and no
// transaction stays open because a line is slow.
func (s *Service) send(ctx context.Context, name string) (sum Summary, bytes int64, err error) {
	key, _, err := LoadOrCreateKey(s.deps.KeyPath)
	if err != nil {
		return sum, 0, fmt.Errorf("%w: %w", errNoKey, err)
	}
	draft, err := os.CreateTemp(s.deps.Data, ".copy-")
	if err != nil {
		return sum, 0, placeFault(err)
	}
	defer func() { _ = draft.Close(); _ = os.Remove(draft.Name()) }()
	if sum, err = Write(ctx, s.db, key.Recipient(), draft); err != nil {
		return sum, 0, draftFault(err)
	}
	if bytes, err = draft.Seek(0, io.SeekCurrent); err != nil {
		return sum, 0, err
	}
	if _, err = draft.Seek(0, io.SeekStart); err != nil {
		return sum, 0, err
	}
	return sum, bytes, s.store.Put(ctx, name, bufio.NewReader(draft), bytes)
}

// draftFault tells a full disk from a database that cannot be read.
func draftFault(err error) error {
	if full := placeFault(err); errors.Is(full, ErrFull) {
		return full
	}
	return err
}

// prune removes what the rule lets go. The last copy that a trial found good always stays.
func (s *Service) prune(ctx context.Context) error {
	copies, err := s.store.List(ctx)
	if err != nil {
		return err
	}
	var always []string
	for _, kind := range []Kind{Copying, Drilling} {
		if last, ok, err := s.Last(ctx, kind, Done); err != nil {
			return err
		} else if ok {
			always = append(always, last.Name)
		}
	}
	for _, c := range s.keep.Superfluous(copies, s.db.Now(), always...) {
		if err := s.store.Remove(ctx, c.Name); err != nil {
			return err
		}
		s.deps.Log.Info("backup: an old copy was removed", "name", c.Name)
	}
	return nil
}

// Drill restores the newest copy into a database of its own, which it throws away, and compares counts and
// hashes with what the copy says, and the rows with what was written down when it was taken.
func (s *Service) Drill(ctx context.Context, askedBy string) (Run, error) {
	unlock, err := s.lock()
	if err != nil {
		return Run{}, err
	}
	defer unlock()
	run, err := s.begin(ctx, Drilling, askedBy)
	if err != nil {
		return run, err
	}
	newest, fault := s.newest(ctx)
	run.Name, run.Bytes = newest.Name, newest.Bytes
	if fault == nil {
		var sum Summary
		sum, fault = s.try(ctx, newest)
		run.Rows, run.Tables = sum.Rows, sum.Tables
	}
	return s.end(ctx, run, fault)
}

func (s *Service) newest(ctx context.Context) (Copy, error) {
	copies, err := s.store.List(ctx)
	if err != nil {
		return Copy{}, err
	}
	return newestOf(copies, s.db.Now())
}

// newestOf returns the last copy that was taken. One of a day that has not come was taken with a wrong clock:
// it counts only when all are such, because then the clock is wrong now.
func newestOf(copies []Copy, now time.Time) (Copy, error) {
	if len(copies) == 0 {
		return Copy{}, ErrNoCopy
	}
	past := slices.DeleteFunc(slices.Clone(copies), func(c Copy) bool { return c.At.After(now) })
	if len(past) > 0 {
		copies = past
	}
	return slices.MaxFunc(copies, func(a, b Copy) int { return a.At.Compare(b.At) }), nil
}

func (s *Service) try(ctx context.Context, c Copy) (sum Summary, err error) {
	key, err := LoadKey(s.deps.KeyPath)
	if err != nil {
		return sum, fmt.Errorf("%w: %w", errNoKey, err)
	}
	dir, err := os.MkdirTemp(s.deps.Data, ".drill-")
	if err != nil {
		return sum, placeFault(err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	in, err := s.store.Get(ctx, c.Name)
	if err != nil {
		return sum, err
	}
	defer func() { _ = in.Close() }()
	if sum, err = RestoreInto(ctx, s.trialPlace(dir), age.Identity(key), in); err != nil {
		return sum, draftFault(err)
	}
	return sum, s.sameAsTaken(ctx, c.Name, sum)
}

func (s *Service) trialPlace(dir string) Place {
	return Place{URL: "sqlite:" + filepath.Join(dir, "trial.db"), Now: s.db.Now, Log: s.deps.Log}
}

// sameAsTaken compares a restored copy with the run that took it. Copies taken by hand have no run.
func (s *Service) sameAsTaken(ctx context.Context, name string, sum Summary) error {
	var taken db.BackupRun
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		taken, err = db.New(tx).CopyNamed(ctx, name)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil && (taken.RowCount != sum.Rows || taken.TableCount != sum.Tables) {
		return fmt.Errorf("%w: %d rows of %d tables, %d of %d when it was taken", ErrDiffers, sum.Rows, sum.Tables, taken.RowCount, taken.TableCount)
	}
	return err
}
