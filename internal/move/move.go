// Package move carries a whole network from one database to another, usually from SQLite to PostgreSQL or
// back (it: trasloco).
//
// Its rules: nobody writes to the source meanwhile; rows go over in chunks, and how far each table came is
// written in the destination in the same transaction as the rows, so that a move that was killed goes on
// where it stood; at the end every table is counted and its hashes are summed on both sides, and only when
// all agree is the destination a network. The source stays as it was.
//
// People sign in again afterwards: sessions stay behind. Files beside the database, such as keys, do not move.
package move

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"capillare/internal/backup"
	"capillare/internal/move/internal/db"
	"capillare/internal/sqldb"
)

// What can be wrong with a move.
var (
	ErrNotEmpty    = errors.New("the destination already holds a network: move only into a new database")
	ErrOtherSource = errors.New("the destination holds half a move of another database: give a new one")
	ErrChanged     = errors.New("the source was changed after the move began: give a new destination and begin again")
	ErrSame        = errors.New("source and destination are the same database")
	ErrOtherForm   = errors.New("source and destination have different tables: bring both to this version")
)

// States of a table on its way.
const (
	copying = "copying"
	copied  = "copied"
)

// Options say what goes where.
type Options struct {
	From, To *sqldb.DB
	// Source names the source without secrets, so that only the same one goes on with half a move.
	Source string
	// Progress hears after each chunk how many rows of a table are there; nil hears nothing.
	Progress func(table string, done, all int64)
}

// Table is one table that was moved.
type Table struct {
	Name string
	Rows int64
	// Sum is the sum of the hashes of its rows, the same on both sides.
	Sum string
}

// Summary says what was moved.
type Summary struct {
	Tables []Table
	Rows   int64
	// Resumed says that an earlier move was gone on with, from so many rows.
	Resumed     bool
	ResumedFrom int64
}

// Run moves everything, or goes on with a move that was stopped.
func Run(ctx context.Context, o Options) (Summary, error) {
	var sum Summary
	err := o.From.Freeze(ctx, func(tx *sqldb.Tx) error {
		m := mover{Options: o, source: tx}
		if err := m.prepare(ctx); err != nil {
			return err
		}
		for _, t := range m.tables {
			if err := m.carry(ctx, t); err != nil {
				return err
			}
		}
		if err := m.verify(ctx); err != nil {
			return err
		}
		sum = m.sum
		return m.forget(ctx)
	})
	return sum, err
}

// mover is a move under way.
type mover struct {
	Options
	source *sqldb.Tx
	tables []sqldb.Table
	reach  map[string]db.MoveTable
	sum    Summary
}

// prepare compares both sides and reads how far an earlier move came.
func (m *mover) prepare(ctx context.Context) error {
	var err error
	if m.tables, err = backup.Lasting(ctx, m.From); err != nil {
		return err
	}
	there, err := backup.Lasting(ctx, m.To)
	if err != nil {
		return err
	}
	if !slices.EqualFunc(byName(m.tables), byName(there), sameTable) {
		return ErrOtherForm
	}
	if err := m.readReach(ctx); err != nil {
		return err
	}
	if len(m.reach) > 0 {
		m.sum.Resumed = true
		return nil
	}
	if err := m.requireEmpty(ctx); err != nil {
		return err
	}
	err = m.To.Update(ctx, func(tx *sqldb.Tx) error {
		for _, t := range m.tables {
			if err := db.New(tx).AddTable(ctx, db.AddTableParams{Name: t.Name, Source: m.Source}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write down that a move begins: %w", err)
	}
	return m.readReach(ctx)
}

func byName(tables []sqldb.Table) []sqldb.Table {
	return slices.SortedFunc(slices.Values(tables), func(a, b sqldb.Table) int { return strings.Compare(a.Name, b.Name) })
}

func sameTable(a, b sqldb.Table) bool {
	return a.Name == b.Name && slices.Equal(a.Columns, b.Columns) && slices.Equal(a.Key, b.Key)
}

func (m *mover) readReach(ctx context.Context) error {
	var rows []db.MoveTable
	err := m.To.View(ctx, func(tx *sqldb.Tx) (err error) {
		rows, err = db.New(tx).Tables(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("read how far the move came: %w", err)
	}
	m.reach = map[string]db.MoveTable{}
	m.sum.ResumedFrom = 0
	for _, r := range rows {
		if r.Source != m.Source {
			return ErrOtherSource
		}
		m.reach[r.Name] = r
		m.sum.ResumedFrom += r.Copied
	}
	return nil
}

func (m *mover) requireEmpty(ctx context.Context) error {
	return m.To.View(ctx, func(tx *sqldb.Tx) error {
		for _, t := range m.tables {
			rows, err := backup.ReadRows(ctx, tx, t, nil)
			if err != nil {
				return err
			}
			if len(rows) > 0 {
				return fmt.Errorf("%w (table %s has rows)", ErrNotEmpty, t.Name)
			}
		}
		return nil
	})
}

// carry brings the rest of a table over.
func (m *mover) carry(ctx context.Context, t sqldb.Table) error {
	at := m.reach[t.Name]
	if at.State != copying {
		return nil
	}
	all, err := m.size(ctx, t)
	if err != nil {
		return err
	}
	var after []any
	if at.LastKey != "" {
		if after, err = readKey(at.LastKey); err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
	}
	for done := at.Copied; ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows, err := backup.ReadRows(ctx, m.source, t, after)
		if err != nil {
			return err
		}
		if err := m.put(ctx, t, rows, done); err != nil {
			return fmt.Errorf("move %s: %w", t.Name, err)
		}
		done += int64(len(rows))
		if m.Progress != nil {
			m.Progress(t.Name, done, all)
		}
		if len(rows) < backup.Chunk {
			return nil
		}
		after = backup.KeyOf(t, rows[len(rows)-1])
	}
}

func (m *mover) size(ctx context.Context, t sqldb.Table) (n int64, err error) {
	// Safety: the name comes from the engine's own catalogue.
	err = m.source.QueryRowContext(ctx, "SELECT count(*) FROM "+t.Name).Scan(&n)
	return n, err
}

// put writes a chunk and how far the table came, together.
func (m *mover) put(ctx context.Context, t sqldb.Table, rows [][]any, done int64) error {
	return m.To.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		if len(rows) > 0 {
			if err := backup.Insert(ctx, m.To, tx, t, rows); err != nil {
				return err
			}
			key, err := json.Marshal(backup.KeyOf(t, rows[len(rows)-1]))
			if err != nil {
				return err
			}
			n, err := q.Advance(ctx, db.AdvanceParams{LastKey: string(key), Added: int64(len(rows)), Name: t.Name, Before: done})
			if err != nil {
				return err
			}
			if n != 1 {
				return errors.New("another move goes into the same database")
			}
		}
		if len(rows) == backup.Chunk {
			return nil
		}
		_, err := q.SetState(ctx, db.SetStateParams{State: copied, Name: t.Name})
		return err
	})
}

// readKey reads a key as it was written down, numbers whole.
func readKey(text string) (key []any, err error) {
	in := json.NewDecoder(strings.NewReader(text))
	in.UseNumber()
	return key, in.Decode(&key)
}

// verify counts and sums every table on both sides.
func (m *mover) verify(ctx context.Context) error {
	var differ []string
	for _, t := range m.tables {
		here, err := backup.Count(ctx, m.source, t)
		if err != nil {
			return err
		}
		var there *backup.Tally
		err = m.To.View(ctx, func(tx *sqldb.Tx) (err error) {
			there, err = backup.Count(ctx, tx, t)
			return err
		})
		if err != nil {
			return err
		}
		if here.Rows != there.Rows || here.Sum != there.Sum {
			differ = append(differ, fmt.Sprintf("%s (%d rows, %d there)", t.Name, here.Rows, there.Rows))
			continue
		}
		m.sum.Tables = append(m.sum.Tables, Table{t.Name, here.Rows, here.Sum})
		m.sum.Rows += here.Rows
	}
	if len(differ) > 0 {
		return fmt.Errorf("%w: %s", ErrChanged, strings.Join(differ, ", "))
	}
	return nil
}

// forget makes the destination an ordinary network: nothing goes on from here.
func (m *mover) forget(ctx context.Context) error {
	return m.To.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := db.New(tx).Forget(ctx)
		return err
	})
}
