package doctor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"capillare/internal/errs"
	"capillare/internal/sqldb"
)

// file returns the path of the SQLite file; ok is false on PostgreSQL.
func (p *patient) file() (path string, ok bool) {
	path, ok = strings.CutPrefix(p.Store.DatabaseURL(), "sqlite:")
	return strings.TrimPrefix(path, "//"), ok
}

// folders are those that the program writes.
func (p *patient) folders() []string {
	all := []string{p.Store.Data}
	if path, ok := p.file(); ok {
		all = append(all, filepath.Dir(path))
	}
	if _, remote := p.Backup.Bucket(); !remote {
		all = append(all, p.Backup.Folder(p.Store.Data))
	}
	return all
}

func databaseFolder(_ context.Context, p *patient) []Finding {
	path, ok := p.file()
	if !ok {
		return nil
	}
	dir := filepath.Dir(path)
	args := errs.Args{"path": dir}
	if d, err := p.Machine.Disk(dir); err == nil && d.Network != "" {
		return one(Wrong, "db_network", errs.Args{"path": dir, "kind": d.Network})
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil // the first start makes it
	}
	if err := canWrite(dir); err != nil {
		return one(Wrong, "db_readonly", args, err)
	}
	return nil
}

func openDatabase(ctx context.Context, p *patient) []Finding {
	db, err := sqldb.Open(ctx, sqldb.Options{URL: p.Store.DatabaseURL(), Now: p.Machine.Now, Log: p.Log, Readers: 2, SlowFunc: time.Minute, AnySchema: true})
	switch {
	case err == nil:
		p.db = db
		return nil
	case errors.Is(err, sqldb.ErrNotMigrated):
		return one(Warn, "db_none", nil, err)
	case damaged(err):
		return one(Wrong, "db_damaged", nil, err)
	case busy(err):
		return one(Wrong, "db_locked", nil, err)
	}
	if _, ok := p.file(); ok {
		return one(Wrong, "db_unreadable", nil, err)
	}
	return one(Wrong, "db_unreachable", nil, err)
}

// damaged and busy know SQLite's words: its errors reach us through several packages, as text.
func damaged(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "malformed") || strings.Contains(err.Error(), "not a database"))
}

func busy(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "database is locked") || strings.Contains(err.Error(), "SQLITE_BUSY"))
}

func schemaVersion(ctx context.Context, p *patient) []Finding {
	have, want, err := p.db.SchemaVersion(ctx)
	args := errs.Args{"have": int(have), "want": int(want), "engine": engineName(p.db.Engine())}
	switch {
	case damaged(err):
		return one(Wrong, "db_damaged", nil, err)
	case err != nil:
		return one(Wrong, "db_unreadable", nil, err)
	case have == 0:
		return one(Warn, "db_none", nil)
	case have < want:
		return one(Wrong, "schema_old", args)
	case have > want:
		return one(Wrong, "schema_newer", args)
	}
	p.current = true
	return one(Good, "database", args)
}

func engineName(e sqldb.Engine) string {
	if e == sqldb.Postgres {
		return "PostgreSQL"
	}
	return "SQLite"
}

// walLarge is when the log of the writer should long have been moved into the file.
const walLarge = 256 << 20

// sound reads the pages of the file.
func sound(ctx context.Context, p *patient) []Finding {
	path, ok := p.file()
	if !ok {
		return nil
	}
	var said string
	err := p.db.View(ctx, func(tx *sqldb.Tx) error {
		return tx.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&said)
	})
	if errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
		return nil // a file so large is looked at by the trials of copies
	}
	if err != nil || said != "ok" {
		p.current = false
		return one(Wrong, "db_damaged", nil, err, words(said))
	}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > walLarge {
		return one(Warn, "wal_large", errs.Args{"size": mega(uint64(info.Size()))})
	}
	return nil
}

func words(said string) error {
	if said == "" {
		return nil
	}
	return errors.New(said)
}

// writing asks for the one permission to write, and gives it back. PostgreSQL has many.
func writing(ctx context.Context, p *patient) []Finding {
	if _, ok := p.file(); !ok {
		return nil
	}
	err := p.db.Freeze(ctx, func(*sqldb.Tx) error { return nil })
	if errors.Is(err, sqldb.ErrWriting) {
		return one(Wrong, "db_locked", nil, err)
	}
	return nil
}
