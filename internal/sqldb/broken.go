package sqldb

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
)

// ForeignKey is the name [Broken] gives to every broken foreign key: SQLite does not say which.
const ForeignKey = "foreign_key"

// Broken returns the constraint that made err: the name of a unique index or unique constraint
// (table_column_key when it has none of its own), table_pkey for a primary key, the name of a CHECK, of
// an EXCLUDE constraint or of what a trigger raised, [ForeignKey]. Names are the same on both engines.
func Broken(err error) (constraint string, ok bool) {
	if e, is := errors.AsType[*brokenError](err); is {
		return e.constraint, true
	}
	e, is := errors.AsType[*pgconn.PgError](err)
	if !is {
		return "", false
	}
	switch e.Code {
	case "23505", "23514", "23P01":
		return e.ConstraintName, true
	case "23503":
		return ForeignKey, true
	}
	return "", false
}

// brokenError is a SQLite error with the name of its constraint.
type brokenError struct {
	constraint string
	err        error
}

// Error names the constraint; no value that was typed is in it.
func (e *brokenError) Error() string { return fmt.Sprintf("%v [%s]", e.err, e.constraint) }

// Unwrap returns the driver's error.
func (e *brokenError) Unwrap() error { return e.err }

// named adds the name of the constraint to an error of this connection.
func (c *sqliteConn) named(err error) error {
	code := sqliteCode(err)
	text := sqliteText(err)
	switch code {
	case codeCheck:
		return &brokenError{strings.TrimPrefix(text, "CHECK constraint failed: "), err}
	case codeForeign:
		return &brokenError{ForeignKey, err}
	case codeTrigger:
		return &brokenError{text, err}
	case codePrimary, codeRowID:
		table, _, _ := strings.Cut(strings.TrimPrefix(text, "UNIQUE constraint failed: "), ".")
		return &brokenError{table + "_pkey", err}
	case codeUnique:
		return &brokenError{c.uniqueName(strings.TrimPrefix(text, "UNIQUE constraint failed: ")), err}
	}
	return err
}

// sqliteText takes "constraint failed: " and " (2067)" off the driver's message.
func sqliteText(err error) string {
	text := strings.TrimPrefix(err.Error(), "constraint failed: ")
	if i := strings.LastIndex(text, " ("); i >= 0 {
		text = text[:i]
	}
	return text
}

// uniqueNames remembers which index stands behind "table.column, table.column".
type uniqueNames struct {
	mu   sync.Mutex
	name map[string]string
}

func (c *sqliteConn) uniqueName(columns string) string {
	if index, ok := strings.CutPrefix(columns, "index '"); ok {
		return strings.TrimSuffix(index, "'")
	}
	c.unique.mu.Lock()
	defer c.unique.mu.Unlock()
	if name, ok := c.unique.name[columns]; ok {
		return name
	}
	name, err := c.findUnique(columns)
	if err != nil {
		return columns
	}
	c.unique.name[columns] = name
	return name
}

const indexesQuery = `SELECT l.name, l.origin, group_concat(i.name, ',' ORDER BY i.seqno)
FROM pragma_index_list(?1) l, pragma_index_info(l.name) i
WHERE l."unique" = 1 GROUP BY l.name, l.origin ORDER BY l.name`

func (c *sqliteConn) findUnique(columns string) (string, error) {
	table, _, _ := strings.Cut(columns, ".")
	var names []string
	for one := range strings.SplitSeq(columns, ", ") {
		names = append(names, strings.TrimPrefix(one, table+"."))
	}
	stmt, err := c.prepared(context.Background(), indexesQuery)
	if err != nil {
		return "", err
	}
	defer stmt.Close()
	rows, err := stmt.(driver.StmtQueryContext).QueryContext(context.Background(), []driver.NamedValue{{Ordinal: 1, Value: table}})
	if err != nil {
		return "", err
	}
	defer rows.Close()
	for got := make([]driver.Value, 3); ; {
		if err := rows.Next(got); errors.Is(err, io.EOF) {
			return table + "_" + strings.Join(names, "_") + "_key", nil
		} else if err != nil {
			return "", err
		}
		if fmt.Sprint(got[1]) == "c" && fmt.Sprint(got[2]) == strings.Join(names, ",") {
			return fmt.Sprint(got[0]), nil
		}
	}
}
