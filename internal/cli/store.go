package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"capillare/internal/backup"
	"capillare/internal/config"
	"capillare/internal/move"
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
	{backup.ErrTruncated, "take another copy: this one ends too early. The page Backups and: capillare drill say which copies are good."},
	{backup.ErrNewerCopy, "install the version of the program that took the copy, or a later one."},
	{backup.ErrNoCopy, "the place of the copies has no such copy. Give a file, the name of a copy, or the word newest."},
	{backup.ErrRefused, "check --backup-access and --backup-secret."},
	{backup.ErrUnreachable, "check the network and --backup-to."},
	{move.ErrNotEmpty, "give --to a new, empty database."},
	{move.ErrOtherSource, "give --to a new, empty database, or go on from the database that the move began with."},
	{move.ErrChanged, "stop the program, give --to a new, empty database and move again."},
	{sqldb.ErrWriting, "stop the program (systemctl stop capillare) and try again: nobody may write meanwhile."},
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

// Run brings the schema to this version, after a copy of what was there.
func (m migrateCmd) Run(c *console) error {
	applied, err := upgrade(c, m.Store)
	if err != nil {
		return err
	}
	c.printf("Database ready: %d migrations applied.\n", applied)
	return nil
}

// migrate brings the schema of a new place to this version.
func migrate(c *console, s config.Store) (int, error) {
	if path, ok := strings.CutPrefix(s.OwnerURL(), "sqlite:"); ok {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return 0, err
		}
	}
	return sqldb.Migrate(c.ctx, s.OwnerURL(), s.ApplicationRole(), c.log)
}

// upgrade is migrate for a place that may hold a network: it is copied first, when its schema is older.
func upgrade(c *console, s config.Store) (int, error) {
	older, err := copyOlder(c, s)
	if err != nil {
		return 0, fmt.Errorf("the copy before the upgrade failed, so nothing was changed: %w", err)
	}
	applied, err := migrate(c, s)
	if err != nil && older != "" {
		return applied, fmt.Errorf("%w. What was there is in %s", err, older)
	}
	return applied, err
}

// copyOlder copies a network of an older schema and returns where to; "" when there is none.
func copyOlder(c *console, s config.Store) (path string, err error) {
	db, err := sqldb.Open(c.ctx, sqldb.Options{URL: s.OwnerURL(), Now: time.Now, Log: c.log, SlowFunc: time.Minute, AnySchema: true})
	if errors.Is(err, sqldb.ErrNotMigrated) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	have, want, err := db.SchemaVersion(c.ctx)
	if err != nil || have == 0 || have >= want {
		return "", err
	}
	key, _, err := backup.LoadOrCreateKey(s.BackupKeyPath())
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("%s%s-schema-%d.capillare", beforeUpgrade, time.Now().UTC().Format("20060102T150405Z"), have)
	path = filepath.Join(s.Data, "backups", name)
	sum, err := copyTo(c, db, key, path)
	if err != nil {
		return "", err
	}
	c.printf("Before the upgrade %d rows were copied to %s\n", sum.Rows, path)
	return path, pruneUpgrades(filepath.Dir(path))
}

const (
	beforeUpgrade = "before-upgrade-"
	// keepUpgrades is how many copies of earlier upgrades stay: the rule of the nights does not see them.
	keepUpgrades = 3
)

func pruneUpgrades(dir string) error {
	names, err := filepath.Glob(filepath.Join(dir, beforeUpgrade+"*.capillare"))
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, old := range names[:max(0, len(names)-keepUpgrades)] {
		if err := os.Remove(old); err != nil {
			return err
		}
	}
	return nil
}

func openDB(c *console, url string) (*sqldb.DB, error) {
	return sqldb.Open(c.ctx, sqldb.Options{URL: url, Now: time.Now, Log: c.log, SlowFunc: time.Second})
}
