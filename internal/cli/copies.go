package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"capillare/internal/backup"
	"capillare/internal/config"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

type backupCmd struct {
	Store  config.Store  `embed:""`
	Backup config.Backup `embed:""`
	To     string        `name:"to" help:"File to write. Empty: the place of the scheduled copies, where the rule of keeping holds." placeholder:"FILE"`
}

// Run takes a copy now: to its place, written down as those of the night are, or to a file of its own.
func (b backupCmd) Run(c *console) (err error) {
	db, err := openDB(c, b.Store.DatabaseURL())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	key, created, err := backup.LoadOrCreateKey(b.Store.BackupKeyPath())
	if err != nil {
		return err
	}
	if b.To != "" {
		sum, err := copyTo(c, db, key, b.To)
		if err != nil {
			return err
		}
		c.printf("Copied %d rows of %d tables to %s\n", sum.Rows, sum.Tables, b.To)
	} else {
		copies, err := copiesOf(c, db, b.Store, b.Backup)
		if err != nil {
			return err
		}
		run, err := copies.Copy(c.ctx, "")
		if err != nil {
			return err
		}
		c.printf("Copied %d rows of %d tables to %s in %s\n", run.Rows, run.Tables, run.Name, run.Place)
	}
	if created {
		c.printf("A new key was made: %s\n", b.Store.BackupKeyPath())
	}
	c.printf("To restore you need this file, %s and %s: keep the keys in another place than the copies.\n", b.Store.BackupKeyPath(), b.Store.KeysPath())
	return nil
}

// copiesOf is the service of copies without mail: whoever types a command reads what went wrong.
func copiesOf(c *console, db *sqldb.DB, s config.Store, o config.Backup) (*backup.Service, error) {
	return backup.New(db, backup.Deps{Options: o, Data: s.Data, KeyPath: s.BackupKeyPath(), Identity: identity.New(db), Log: c.log})
}

// copyTo writes a copy next to a temporary name first, so that a half copy never has the good name.
func copyTo(c *console, db *sqldb.DB, key *age.X25519Identity, path string) (backup.Summary, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return backup.Summary{}, err
	}
	f, err := os.OpenFile(path+".part", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return backup.Summary{}, fmt.Errorf("%w: another copy is being written there, or was left half done: remove it and try again", err)
	}
	sum, err := backup.Write(c.ctx, db, key.Recipient(), f)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(path + ".part")
		return sum, err
	}
	return sum, os.Rename(path+".part", path)
}

type drillCmd struct {
	Store  config.Store  `embed:""`
	Backup config.Backup `embed:""`
}

// Run tries the newest copy out.
func (d drillCmd) Run(c *console) (err error) {
	db, err := openDB(c, d.Store.DatabaseURL())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	copies, err := copiesOf(c, db, d.Store, d.Backup)
	if err != nil {
		return err
	}
	run, err := copies.Drill(c.ctx, "")
	if err != nil {
		return err
	}
	c.printf("The copy %s is good: %d rows of %d tables were restored elsewhere, counts and hashes agree.\n", run.Name, run.Rows, run.Tables)
	return nil
}

type restoreCmd struct {
	Store  config.Store  `embed:""`
	Backup config.Backup `embed:""`
	From   string        `arg:"" help:"Copy to put back: a file, the name of a copy in the place of the scheduled ones, or the word newest."`
}

// Run fills an empty place with a copy, of this version of the program or of an older one.
func (r restoreCmd) Run(c *console) (err error) {
	key, err := backup.LoadKey(r.Store.BackupKeyPath())
	if err != nil {
		return fmt.Errorf("the key of the copy: %w. Give --backup-key the file kept apart", err)
	}
	in, err := r.open(c)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	if err := os.MkdirAll(r.Store.Data, 0o700); err != nil {
		return err
	}
	sum, err := backup.RestoreInto(c.ctx, backup.Place{URL: r.Store.OwnerURL(), Role: r.Store.ApplicationRole(), Now: time.Now, Log: c.log}, key, in)
	if err != nil {
		return err
	}
	c.printf("Restored %d rows of %d tables, taken on %s. Counts and hashes agree with the copy.\n",
		sum.Rows, sum.Tables, sum.TakenAt.Format(time.DateTime))
	if _, err := os.Stat(r.Store.KeysPath()); err != nil {
		c.printf("Put the keys of the tax codes back too: %s is not there.\n", r.Store.KeysPath())
	}
	return nil
}

// open finds the copy: a file when there is one of that name.
func (r restoreCmd) open(c *console) (io.ReadCloser, error) {
	if f, err := os.Open(r.From); err == nil {
		return f, nil
	}
	place, err := backup.OpenStore(r.Backup, r.Store.Data)
	if err != nil {
		return nil, err
	}
	return backup.Fetch(c.ctx, place, r.From, time.Now())
}
