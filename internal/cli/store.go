package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"capillare/internal/backup"
	"capillare/internal/config"
	"capillare/internal/sqldb"
)

// hints are what to do about faults that a set-up meets.
var hints = []struct {
	is  error
	say string
}{
	{sqldb.ErrNotMigrated, "the database has no tables of this version yet. Run: capillare migrate"},
	{sqldb.ErrNewerSchema, "the database was made by a newer version of the program. Install that version, or restore an older copy elsewhere."},
	{backup.ErrNotEmpty, "the database already holds a network. Give --data a new folder, or --database a new database."},
	{backup.ErrWrongKey, "the copy cannot be opened with this key. Give --backup-key the file kept from the place where the copy was taken."},
	{fs.ErrPermission, "the file or folder cannot be opened by this user. Run as its owner, or change the owner."},
}

// explain turns an error into one line that says what to do.
func explain(err error) string {
	for _, h := range hints {
		if errors.Is(err, h.is) {
			return h.say + " (" + err.Error() + ")"
		}
	}
	return err.Error()
}

type migrateCmd struct {
	Store config.Store `embed:""`
}

// Run brings the schema to this version.
func (m migrateCmd) Run(c *console) error {
	applied, err := migrate(c, m.Store)
	if err != nil {
		return err
	}
	c.printf("Database ready: %d migrations applied.\n", applied)
	return nil
}

func migrate(c *console, s config.Store) (int, error) {
	if path, ok := strings.CutPrefix(s.OwnerURL(), "sqlite:"); ok {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return 0, err
		}
	}
	return sqldb.Migrate(c.ctx, s.OwnerURL(), s.ApplicationRole(), c.log)
}

type backupCmd struct {
	Store config.Store `embed:""`
	To    string       `name:"to" help:"File to write. Empty: backups/DATE.capillare in the data folder." placeholder:"FILE"`
}

// Run writes a copy, next to a temporary name first, so that a half copy never has the good name.
func (b backupCmd) Run(c *console) (err error) {
	key, created, err := backup.LoadOrCreateKey(b.Store.BackupKeyPath())
	if err != nil {
		return err
	}
	db, err := openDB(c, b.Store.DatabaseURL())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	path := b.To
	if path == "" {
		path = filepath.Join(b.Store.Data, "backups", time.Now().UTC().Format("20060102T150405Z")+".capillare")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path+".part", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("%w: another copy is being written there, or was left half done: remove it and try again", err)
	}
	sum, err := backup.Write(c.ctx, db, key.Recipient(), f)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(path + ".part")
		return err
	}
	if err := os.Rename(path+".part", path); err != nil {
		return err
	}
	c.printf("Copied %d rows of %d tables to %s\n", sum.Rows, sum.Tables, path)
	if created {
		c.printf("A new key was made: %s\n", b.Store.BackupKeyPath())
	}
	c.printf("To restore you need this file, %s and %s: keep the keys in another place than the copies.\n", b.Store.BackupKeyPath(), b.Store.KeysPath())
	return nil
}

type restoreCmd struct {
	Store config.Store `embed:""`
	From  string       `arg:"" help:"Copy to put back."`
}

// Run migrates an empty place and fills it.
func (r restoreCmd) Run(c *console) (err error) {
	key, err := backup.LoadKey(r.Store.BackupKeyPath())
	if err != nil {
		return fmt.Errorf("the key of the copy: %w. Give --backup-key the file kept apart", err)
	}
	f, err := os.Open(r.From)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if _, err := migrate(c, r.Store); err != nil {
		return err
	}
	db, err := openDB(c, r.Store.OwnerURL())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	sum, err := backup.Restore(c.ctx, db, key, f)
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

func openDB(c *console, url string) (*sqldb.DB, error) {
	return sqldb.Open(c.ctx, sqldb.Options{URL: url, Now: time.Now, Log: c.log, SlowFunc: time.Second})
}
