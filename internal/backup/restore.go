package backup

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"filippo.io/age"

	"capillare/internal/sqldb"
)

// What can be wrong with a copy or with the place it should go.
var (
	ErrNotEmpty  = errors.New("the database already holds a network: restore only into an empty one")
	ErrWrongKey  = errors.New("the copy cannot be opened with this key")
	ErrTruncated = errors.New("the copy is incomplete: its last line is missing, take another one")
	ErrOtherForm = errors.New("the copy comes from a version with another schema: restore it with that version, then migrate")
	ErrDiffers   = errors.New("what was restored differs from the copy")
)

// chunk is how many rows one transaction puts back.
const chunk = 2000

// Restore puts the copy of r back into db, which must be migrated and empty, and compares counts
// and hashes. When it fails the database is not usable: empty it and start again.
func Restore(ctx context.Context, db *sqldb.DB, key age.Identity, r io.Reader) (Summary, error) {
	tables, err := lasting(ctx, db)
	if err != nil {
		return Summary{}, err
	}
	if err := requireEmpty(ctx, db, tables); err != nil {
		return Summary{}, err
	}
	opened, err := age.Decrypt(r, key)
	if err != nil {
		return Summary{}, fmt.Errorf("%w: %w", ErrWrongKey, err)
	}
	unpacked, err := gzip.NewReader(opened)
	if err != nil {
		return Summary{}, fmt.Errorf("%w: %w", ErrTruncated, err)
	}
	in := json.NewDecoder(bufio.NewReader(unpacked))
	in.UseNumber()
	var head header
	if err := in.Decode(&head); err != nil {
		return Summary{}, fmt.Errorf("%w: %w", ErrTruncated, err)
	}
	if head.Format != format || head.Schema != shape(tables) {
		return Summary{}, ErrOtherForm
	}
	p := putter{db: db, in: in}
	end, err := p.all(ctx)
	if err != nil {
		return Summary{}, err
	}
	sum := Summary{TakenAt: head.TakenAt, Tables: len(tables)}
	for _, t := range end {
		sum.Rows += t.Rows
	}
	return sum, compare(ctx, db, tables, end)
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
	db      *sqldb.DB
	in      *json.Decoder
	table   string
	columns []string
	rows    [][]any
}

func (p *putter) all(ctx context.Context) (map[string]*tally, error) {
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
			p.table, p.columns = l.Table, l.Columns
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
	places := make([]string, len(p.columns))
	for i := range places {
		places[i] = "$" + strconv.Itoa(i+1)
	}
	// Safety: the shape of the copy was compared with the schema, so the names are the catalogue's own.
	insert := "INSERT INTO " + p.table + " (" + strings.Join(p.columns, ", ") + ") VALUES (" + strings.Join(places, ", ") + ")"
	asText := p.db.Engine() == sqldb.Postgres
	err := p.db.Update(ctx, func(tx *sqldb.Tx) error {
		for _, row := range p.rows {
			args := make([]any, len(row))
			for i, v := range row {
				var err error
				if args[i], err = stored(v, asText); err != nil {
					return err
				}
			}
			if _, err := tx.ExecContext(ctx, insert, args...); err != nil {
				return err
			}
		}
		return nil
	})
	p.rows = nil
	if err != nil {
		return fmt.Errorf("restore %s: %w", p.table, err)
	}
	return nil
}

func compare(ctx context.Context, db *sqldb.DB, tables []sqldb.Table, want map[string]*tally) error {
	return db.View(ctx, func(tx *sqldb.Tx) error {
		for _, t := range tables {
			got, err := eachRow(ctx, tx, t, nil)
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
