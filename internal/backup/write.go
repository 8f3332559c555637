package backup

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"capillare/internal/sqldb"
)

// format is the first word of a copy; a later incompatible form takes another.
const format = "capillare-backup-1"

// header is the first line of a copy.
type header struct {
	Format  string    `json:"format"`
	Schema  string    `json:"schema"`
	TakenAt time.Time `json:"taken_at"`
}

// line is every other line: the beginning of a table, a row of it, or the end.
type line struct {
	Table   string            `json:"table,omitempty"`
	Columns []string          `json:"columns,omitempty"`
	Row     []any             `json:"row,omitempty"`
	End     map[string]*tally `json:"end,omitempty"`
}

// Summary says what a copy holds.
type Summary struct {
	TakenAt time.Time
	Tables  int
	Rows    int64
}

// Write copies the network to w, encrypted for key. It reads one snapshot: people go on working.
func Write(ctx context.Context, db *sqldb.DB, key age.Recipient, w io.Writer) (Summary, error) {
	tables, err := lasting(ctx, db)
	if err != nil {
		return Summary{}, err
	}
	sealed, err := age.Encrypt(w, key)
	if err != nil {
		return Summary{}, fmt.Errorf("encrypt the copy: %w", err)
	}
	packed := gzip.NewWriter(sealed)
	out := bufio.NewWriter(packed)
	sum, err := writeLines(ctx, db, tables, json.NewEncoder(out))
	return sum, errors.Join(err, out.Flush(), packed.Close(), sealed.Close())
}

func writeLines(ctx context.Context, db *sqldb.DB, tables []sqldb.Table, out *json.Encoder) (Summary, error) {
	sum := Summary{TakenAt: db.Now(), Tables: len(tables)}
	if err := out.Encode(header{Format: format, Schema: shape(tables), TakenAt: sum.TakenAt}); err != nil {
		return sum, err
	}
	end := map[string]*tally{}
	err := db.View(ctx, func(tx *sqldb.Tx) error {
		for _, t := range tables {
			if err := out.Encode(line{Table: t.Name, Columns: t.Columns}); err != nil {
				return err
			}
			one, err := eachRow(ctx, tx, t, func(row []any) error { return out.Encode(line{Row: row}) })
			if err != nil {
				return fmt.Errorf("copy %s: %w", t.Name, err)
			}
			end[t.Name] = one
			sum.Rows += one.Rows
		}
		return nil
	})
	if err != nil {
		return sum, err
	}
	return sum, out.Encode(line{End: end})
}

// eachRow reads a table and counts it; each, when not nil, sees every row in portable form.
func eachRow(ctx context.Context, tx *sqldb.Tx, t sqldb.Table, each func(row []any) error) (*tally, error) {
	// Rows that point to others of their table, such as corrections, come after them: ids grow with time,
	// while PostgreSQL by itself gives rows in the order of their last change.
	// Safety: names of tables and columns come from the engine's own catalogue.
	rows, err := tx.QueryContext(ctx, "SELECT "+strings.Join(t.Columns, ", ")+" FROM "+t.Name+" ORDER BY "+t.Columns[0])
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	kinds, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	count := &tally{}
	row := make([]any, len(t.Columns))
	into := make([]any, len(row))
	for i := range row {
		into[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for i := range row {
			if row[i], err = portable(row[i], kinds[i].DatabaseTypeName()); err != nil {
				return nil, err
			}
		}
		if err := count.add(row); err != nil {
			return nil, err
		}
		if each != nil {
			if err := each(row); err != nil {
				return nil, err
			}
		}
	}
	count.close()
	return count, rows.Err()
}

// lasting returns the tables whose rows a copy carries: not those of the moment, so that nobody is signed
// in, or kept waiting, in the restored place because they were in the old one.
func lasting(ctx context.Context, db *sqldb.DB) ([]sqldb.Table, error) {
	tables, err := db.Tables(ctx)
	return slices.DeleteFunc(tables, func(t sqldb.Table) bool {
		return t.Name == "identity_session" || t.Name == "identity_throttle"
	}), err
}

// shape names the schema by its tables and columns, which both engines share.
func shape(tables []sqldb.Table) string {
	var all strings.Builder
	for _, t := range tables {
		all.WriteString(t.Name + "(" + strings.Join(t.Columns, ",") + ")")
	}
	var t tally
	_ = t.add([]any{all.String()})
	t.close()
	return t.Sum
}
