package sqldb

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// versionTable is goose's record of what has been applied.
const versionTable = "goose_db_version"

// Migrate brings the schema up to date and returns how many migrations it applied. url is the owner's
// address. On PostgreSQL the application role may afterwards read and write the rows of every table,
// and nothing else; "" grants nothing. On SQLite the file is made when it is not there.
func Migrate(ctx context.Context, url, role string, log *slog.Logger) (applied int, err error) {
	return MigrateTo(ctx, url, Target{Role: role, Log: log})
}

// Target says how far a migration goes and who may use the tables afterwards.
type Target struct {
	// Version is the last migration to apply; 0 is the newest. Copies of an older version are put back so.
	Version int64
	// Role is the application role of PostgreSQL; empty grants nothing.
	Role string
	Log  *slog.Logger
}

// MigrateTo is Migrate to an earlier version of the schema.
func MigrateTo(ctx context.Context, url string, to Target) (applied int, err error) {
	role, log := to.Role, to.Log
	engine, path, err := splitURL(url)
	if err != nil {
		return 0, err
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	var pool *sql.DB
	if engine == SQLite {
		pool, err = sqliteOwner(path)
	} else {
		pool, err = postgresPool(url)
	}
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	// SQLite's pragmas and PostgreSQL's advisory lock belong to a connection.
	pool.SetMaxOpenConns(2)
	if err := refuseNewer(ctx, pool, engine); err != nil {
		return 0, err
	}
	folder, err := fs.Sub(migrations, "migrations/"+string(engine))
	if err != nil {
		return 0, fmt.Errorf("sqldb: migrations: %w", err)
	}
	applied, err = up(ctx, pool, engine, steps{folder, to.Version, log})
	if err != nil || engine == SQLite || role == "" {
		return applied, err
	}
	return applied, grant(ctx, pool, role)
}

// sqliteOwner opens the file for its migration, making it readable to its owner only.
func sqliteOwner(path string) (*sql.DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("sqldb: make the folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("sqldb: make the file: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("sqldb: make the file: %w", err)
	}
	return sql.Open("sqlite", sqliteDSN(path, true))
}

// steps are the migrations of a folder up to one of them; 0 is all.
type steps struct {
	folder fs.FS
	last   int64
	log    *slog.Logger
}

func up(ctx context.Context, pool *sql.DB, engine Engine, s steps) (int, error) {
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	dialect := goose.DialectSQLite3
	if engine == Postgres {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return 0, fmt.Errorf("sqldb: migrations: %w", err)
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, pool, s.folder, opts...)
	if err != nil {
		return 0, fmt.Errorf("sqldb: migrations: %w", err)
	}
	var results []*goose.MigrationResult
	if s.last == 0 {
		results, err = provider.Up(ctx)
	} else {
		results, err = provider.UpTo(ctx, s.last)
	}
	for _, r := range results {
		s.log.Info("migration applied", "name", filepath.Base(r.Source.Path), "ms", r.Duration.Milliseconds())
	}
	if err != nil {
		return len(results), fmt.Errorf("sqldb: migrate: %w", err)
	}
	return len(results), nil
}

// grant gives the application role the rows of every table and nothing of the schema.
func grant(ctx context.Context, pool *sql.DB, role string) error {
	to := pgx.Identifier{role}.Sanitize()
	for _, text := range []string{
		"GRANT USAGE ON SCHEMA public TO " + to,
		"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + to,
		"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO " + to,
		"REVOKE INSERT, UPDATE, DELETE ON " + versionTable + " FROM " + to,
	} {
		if _, err := pool.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("sqldb: grant to the application role: %w", err)
		}
	}
	return nil
}

// checkSchema compares the schema that is there with the one this program wants.
func (db *DB) checkSchema(ctx context.Context, pool *sql.DB) error {
	have, want, err := versions(ctx, pool, db.engine)
	switch {
	case err != nil || db.any:
		return err
	case have < want:
		return fmt.Errorf("%w (it is at %d of %d)", ErrNotMigrated, have, want)
	case have > want:
		return fmt.Errorf("%w (it is at %d, the program knows %d)", ErrNewerSchema, have, want)
	}
	return nil
}

func refuseNewer(ctx context.Context, pool *sql.DB, engine Engine) error {
	have, want, err := versions(ctx, pool, engine)
	if err == nil && have > want {
		return fmt.Errorf("%w (it is at %d, the program knows %d)", ErrNewerSchema, have, want)
	}
	return err
}

// versions returns the version of the schema, 0 when there is none, and the one wanted.
func versions(ctx context.Context, pool *sql.DB, engine Engine) (have, want int64, err error) {
	names, err := fs.Glob(migrations, "migrations/"+string(engine)+"/*.sql")
	if err != nil {
		return 0, 0, fmt.Errorf("sqldb: migrations: %w", err)
	}
	for _, name := range names {
		v, err := goose.NumericComponent(name)
		if err != nil {
			return 0, 0, fmt.Errorf("sqldb: migrations: %w", err)
		}
		want = max(want, v)
	}
	exists := "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = $1"
	if engine == Postgres {
		exists = "SELECT count(*) FROM pg_class WHERE oid = to_regclass($1)"
	}
	var tables int
	if err := pool.QueryRowContext(ctx, exists, versionTable).Scan(&tables); err != nil {
		return 0, 0, fmt.Errorf("sqldb: read the version of the schema: %w", err)
	}
	if tables == 0 {
		return 0, want, nil
	}
	row := pool.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM "+versionTable)
	if err := row.Scan(&have); err != nil {
		return 0, 0, fmt.Errorf("sqldb: read the version of the schema: %w", err)
	}
	return have, want, nil
}

// SchemaVersion returns the version of the schema that is there, 0 when there is none, and the one
// that this program wants.
func (db *DB) SchemaVersion(ctx context.Context) (have, want int64, err error) {
	return versions(ctx, db.read, db.engine)
}

// SchemaHash changes whenever a migration of the engine does: tests name their template by it.
func SchemaHash(engine Engine) (string, error) {
	sum := sha256.New()
	root := "migrations/" + string(engine)
	err := fs.WalkDir(migrations, root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(migrations, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n%s", name, len(body), body)
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("sqldb: migrations: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil))[:12], nil
}
