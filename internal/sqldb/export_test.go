package sqldb

import (
	"context"
	"io/fs"
	"log/slog"
)

// Migrations are the files of one engine.
func Migrations(engine Engine) (fs.FS, error) {
	return fs.Sub(migrations, "migrations/"+string(engine))
}

// MigrateWith is Migrate with other files.
func MigrateWith(ctx context.Context, url string, files fs.FS) error {
	engine, path, err := splitURL(url)
	if err != nil {
		return err
	}
	pool, err := postgresPool(url)
	if engine == SQLite {
		pool, err = sqliteOwner(path)
	}
	if err != nil {
		return err
	}
	_, err = up(ctx, pool, engine, steps{files, 0, slog.New(slog.DiscardHandler)})
	return err
}

// SetFault makes steps of the group fail; call it before the first Update.
func (db *DB) SetFault(fault func(step string) error) { db.group.fault = fault }

// Waiting returns how many callers of Update wait in the queue.
func (db *DB) Waiting() int { return len(db.group.queue) }

// CheckpointCommits is after how many commits the log is moved into the file.
const CheckpointCommits = checkpointCommits
