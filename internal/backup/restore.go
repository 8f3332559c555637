package backup

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"filippo.io/age"

	"capillare/internal/sqldb"
)

// What can be wrong with a copy or with the place it should go.
var (
	ErrNotEmpty  = errors.New("the database already holds a network: restore only into an empty one")
	ErrWrongKey  = errors.New("the copy cannot be opened with this key")
	ErrTruncated = errors.New("the copy is incomplete: its last line is missing, take another one")
	ErrOtherForm = errors.New("the copy has another schema than the database: give a new, empty database")
	ErrNewerCopy = errors.New("the copy was taken by a newer version of the program: restore it with that version")
	ErrDiffers   = errors.New("what was restored differs from the copy")
)

// firstRelease is the schema of copies that do not name theirs.
const firstRelease = 11

// copied is a copy that was opened and whose first line was read.
type copied struct {
	head header
	in   *json.Decoder
}

// unseal opens a copy and reads its first line.
func unseal(key age.Identity, r io.Reader) (copied, error) {
	opened, err := age.Decrypt(r, key)
	if err != nil {
		return copied{}, fmt.Errorf("%w: %w", ErrWrongKey, err)
	}
	unpacked, err := gzip.NewReader(opened)
	if err != nil {
		return copied{}, fmt.Errorf("%w: %w", ErrTruncated, err)
	}
	c := copied{in: json.NewDecoder(bufio.NewReader(unpacked))}
	c.in.UseNumber()
	if err := c.in.Decode(&c.head); err != nil {
		return copied{}, fmt.Errorf("%w: %w", ErrTruncated, err)
	}
	if c.head.Format != format {
		return copied{}, ErrOtherForm
	}
	if c.head.Version == 0 {
		c.head.Version = firstRelease
	}
	return c, nil
}

// Restore puts the copy of r back into db, which must be empty and of the schema of the copy, and compares
// counts and hashes. When it fails the database is not usable: empty it and start again.
func Restore(ctx context.Context, db *sqldb.DB, key age.Identity, r io.Reader) (Summary, error) {
	tables, err := Lasting(ctx, db)
	if err != nil {
		return Summary{}, err
	}
	if err := requireEmpty(ctx, db, tables); err != nil {
		return Summary{}, err
	}
	c, err := unseal(key, r)
	if err != nil {
		return Summary{}, err
	}
	return c.restore(ctx, db, tables)
}

func (c copied) restore(ctx context.Context, db *sqldb.DB, tables []sqldb.Table) (Summary, error) {
	if c.head.Schema != shape(tables) {
		return Summary{}, ErrOtherForm
	}
	p := putter{db: db, in: c.in, known: tables}
	end, err := p.all(ctx)
	if err != nil {
		return Summary{}, err
	}
	sum := Summary{TakenAt: c.head.TakenAt, Tables: len(tables)}
	for _, t := range end {
		sum.Rows += t.Rows
	}
	return sum, compare(ctx, db, tables, end)
}

// Place is a database to restore into.
type Place struct {
	// URL is the owner's address.
	URL string
	// Role is the application role of PostgreSQL; empty grants nothing.
	Role string
	// Now is the clock.
	Now func() time.Time
	Log *slog.Logger
}

// RestoreInto makes the schema that the copy of r had, puts the copy back, compares counts and hashes, and
// then brings the schema to this version: a copy of an older version of the program is as good as any.
func RestoreInto(ctx context.Context, to Place, key age.Identity, r io.Reader) (Summary, error) {
	c, err := unseal(key, r)
	if err != nil {
		return Summary{}, err
	}
	if err := to.requireNew(ctx); err != nil {
		return Summary{}, err
	}
	if _, err := sqldb.MigrateTo(ctx, to.URL, sqldb.Target{Version: c.head.Version, Log: to.Log}); err != nil {
		return Summary{}, err
	}
	sum, err := c.restoreAt(ctx, to)
	if err != nil {
		return Summary{}, err
	}
	_, err = sqldb.Migrate(ctx, to.URL, to.Role, to.Log)
	return sum, err
}

func (p Place) open(ctx context.Context) (*sqldb.DB, error) {
	return sqldb.Open(ctx, sqldb.Options{URL: p.URL, Now: p.Now, Log: p.Log, SlowFunc: time.Minute, AnySchema: true})
}

// requireNew looks before anything is changed: a network that is there is not even migrated.
func (p Place) requireNew(ctx context.Context) (err error) {
	db, err := p.open(ctx)
	if errors.Is(err, sqldb.ErrNotMigrated) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tables, err := Lasting(ctx, db)
	if err != nil {
		return err
	}
	return requireEmpty(ctx, db, tables)
}

func (c copied) restoreAt(ctx context.Context, to Place) (sum Summary, err error) {
	db, err := to.open(ctx)
	if err != nil {
		return Summary{}, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	have, _, err := db.SchemaVersion(ctx)
	if err != nil {
		return Summary{}, err
	}
	if have < c.head.Version {
		return Summary{}, ErrNewerCopy
	}
	tables, err := Lasting(ctx, db)
	if err != nil {
		return Summary{}, err
	}
	return c.restore(ctx, db, tables)
}

func requireEmpty(ctx context.Context, db *sqldb.DB, tables []sqldb.Table) error {
	return db.View(ctx, func(tx *sqldb.Tx) error {
		for _, t := range tables {
			var n int64
			// Safety: the name comes from the engine's own catalogue.
			if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM "+t.Name+" LIMIT 1) x").Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				return fmt.Errorf("%w (table %s has rows)", ErrNotEmpty, t.Name)
			}
		}
		return nil
	})
}

// putter reads lines and puts rows back, a chunk to a transaction.
type putter struct {
	db    *sqldb.DB
	in    *json.Decoder
	known []sqldb.Table
	table sqldb.Table
	rows  [][]any
}

func (p *putter) all(ctx context.Context) (map[string]*Tally, error) {
	for {
		var l line
		if err := p.in.Decode(&l); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrTruncated, err)
		}
		switch {
		case l.End != nil:
			return l.End, p.flush(ctx)
		case l.Table != "":
			if err := p.flush(ctx); err != nil {
				return nil, err
			}
			i := slices.IndexFunc(p.known, func(t sqldb.Table) bool { return t.Name == l.Table })
			if i < 0 || !slices.Equal(p.known[i].Columns, l.Columns) {
				return nil, ErrOtherForm
			}
			p.table = p.known[i]
		default:
			p.rows = append(p.rows, l.Row)
			if len(p.rows) == chunk {
				if err := p.flush(ctx); err != nil {
					return nil, err
				}
			}
		}
	}
}

func (p *putter) flush(ctx context.Context) error {
	if len(p.rows) == 0 {
		return nil
	}
	err := p.db.Update(ctx, func(tx *sqldb.Tx) error { return Insert(ctx, p.db, tx, p.table, p.rows) })
	p.rows = nil
	if err != nil {
		return fmt.Errorf("restore %s: %w", p.table.Name, err)
	}
	return nil
}

func compare(ctx context.Context, db *sqldb.DB, tables []sqldb.Table, want map[string]*Tally) error {
	return db.View(ctx, func(tx *sqldb.Tx) error {
		for _, t := range tables {
			got, err := Count(ctx, tx, t)
			if err != nil {
				return err
			}
			w := want[t.Name]
			if w == nil || w.Rows != got.Rows || w.Sum != got.Sum {
				return fmt.Errorf("%w: table %s", ErrDiffers, t.Name)
			}
		}
		return nil
	})
}
