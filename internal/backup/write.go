package backup

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	Version int64     `json:"version"` // of the schema; copies of the first release do not say it
	TakenAt time.Time `json:"taken_at"`
}

// line is every other line: the beginning of a table, a row of it, or the end.
type line struct {
	Table   string            `json:"table,omitempty"`
	Columns []string          `json:"columns,omitempty"`
	Row     []any             `json:"row,omitempty"`
	End     map[string]*Tally `json:"end,omitempty"`
}

// Summary says what a copy holds.
type Summary struct {
	TakenAt time.Time
	Tables  int
	Rows    int64
}

// Write copies the network to w, encrypted for key. It reads one snapshot: people go on working.
func Write(ctx context.Context, db *sqldb.DB, key age.Recipient, w io.Writer) (Summary, error) {
	tables, err := Lasting(ctx, db)
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
	version, _, err := db.SchemaVersion(ctx)
	if err != nil {
		return sum, err
	}
	if err := out.Encode(header{Format: format, Schema: shape(tables), Version: version, TakenAt: sum.TakenAt}); err != nil {
		return sum, err
	}
	end := map[string]*Tally{}
	err = db.View(ctx, func(tx *sqldb.Tx) error {
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

// shape names the schema by its tables and columns, which both engines share.
func shape(tables []sqldb.Table) string {
	var all strings.Builder
	for _, t := range tables {
		all.WriteString(t.Name + "(" + strings.Join(t.Columns, ",") + ")")
	}
	var t Tally
	_ = t.add([]any{all.String()})
	t.close()
	return t.Sum
}
