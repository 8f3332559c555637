package backup

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/sqldb"
)

// chunk is how many rows are read at once: a statement stays short, however long its table.
const chunk = 2000

// Lasting returns the tables whose rows are the network: not those of the moment, so that nobody is signed
// in, or kept waiting, in another place because they were in the old one, and no link that was used opens
// again.
func Lasting(ctx context.Context, db *sqldb.DB) ([]sqldb.Table, error) {
	tables, err := db.Tables(ctx)
	return slices.DeleteFunc(tables, func(t sqldb.Table) bool {
		return t.Name == "identity_session" || t.Name == "identity_throttle" || t.Name == "identity_link" || t.Name == "move_table"
	}), err
}

// Count counts the rows of t and sums their hashes.
func Count(ctx context.Context, tx *sqldb.Tx, t sqldb.Table) (*Tally, error) {
	return eachRow(ctx, tx, t, nil)
}

// eachRow reads a table and counts it; each, when not nil, sees every row in portable form. Rows that point
// to others of their table, such as corrections, come after them: keys grow with time.
func eachRow(ctx context.Context, tx *sqldb.Tx, t sqldb.Table, each func(row []any) error) (*Tally, error) {
	count := &Tally{}
	var after []any
	for {
		rows, err := ReadRows(ctx, tx, t, after)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if err := count.add(row); err != nil {
				return nil, err
			}
			if each == nil {
				continue
			}
			if err := each(row); err != nil {
				return nil, err
			}
		}
		if len(rows) < chunk {
			count.close()
			return count, nil
		}
		after = KeyOf(t, rows[len(rows)-1])
	}
}

// ReadRows returns the next rows of t after a key, in the order of the key, in portable form; a nil key
// begins. Fewer than [Chunk] rows are the last ones.
func ReadRows(ctx context.Context, tx *sqldb.Tx, t sqldb.Table, after []any) ([][]any, error) {
	key := strings.Join(t.Key, ", ")
	// Safety: names of tables and columns come from the engine's own catalogue.
	query := "SELECT " + strings.Join(t.Columns, ", ") + " FROM " + t.Name
	var args []any
	if after != nil {
		query += " WHERE (" + key + ") > (" + places(0, len(t.Key)) + ")"
		for _, v := range after {
			arg, err := stored(v, false)
			if err != nil {
				return nil, err
			}
			args = append(args, arg)
		}
	}
	query += " ORDER BY " + key + " LIMIT " + strconv.Itoa(chunk)
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", t.Name, err)
	}
	defer func() { _ = rows.Close() }()
	kinds, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	var all [][]any
	for rows.Next() {
		row := make([]any, len(t.Columns))
		into := make([]any, len(row))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for i := range row {
			if row[i], err = portable(row[i], kinds[i].DatabaseTypeName()); err != nil {
				return nil, fmt.Errorf("%s.%s: %w", t.Name, t.Columns[i], err)
			}
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

// Chunk is how many rows ReadRows returns at most.
const Chunk = chunk

// KeyOf returns the values of the key of row.
func KeyOf(t sqldb.Table, row []any) []any {
	key := make([]any, len(t.Key))
	for i, name := range t.Key {
		key[i] = row[slices.Index(t.Columns, name)]
	}
	return key
}

// statementValues is how many values one statement carries: many rows travel together, and either engine
// takes far more.
const statementValues = 2000

// Insert puts rows in portable form into t.
func Insert(ctx context.Context, db *sqldb.DB, tx *sqldb.Tx, t sqldb.Table, rows [][]any) error {
	asText := db.Engine() == sqldb.Postgres
	for some := range slices.Chunk(rows, max(1, statementValues/len(t.Columns))) {
		args := make([]any, 0, len(some)*len(t.Columns))
		for _, row := range some {
			for _, v := range row {
				arg, err := stored(v, asText)
				if err != nil {
					return err
				}
				args = append(args, arg)
			}
		}
		if _, err := tx.ExecContext(ctx, insertOf(t, len(some)), args...); err != nil {
			return err
		}
	}
	return nil
}

// insertOf writes the statement for n rows.
func insertOf(t sqldb.Table, n int) string {
	var text strings.Builder
	// Safety: the names were compared with the schema, or come from the engine's own catalogue.
	text.WriteString("INSERT INTO " + t.Name + " (" + strings.Join(t.Columns, ", ") + ") VALUES ")
	for row := range n {
		if row > 0 {
			text.WriteString(", ")
		}
		text.WriteString("(" + places(row*len(t.Columns), len(t.Columns)) + ")")
	}
	return text.String()
}

// places writes n places of values, counted from first.
func places(first, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = "$" + strconv.Itoa(first+i+1)
	}
	return strings.Join(all, ", ")
}
