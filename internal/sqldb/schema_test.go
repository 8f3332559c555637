package sqldb_test

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"

	"github.com/google/go-cmp/cmp"
)

// TestSameShape compares what the two folders of migrations make: columns with their nullability,
// views, unique indexes with their columns, names of checks.
func TestSameShape(t *testing.T) {
	t.Parallel()
	shapes := map[sqldb.Engine]map[string][]string{}
	for _, engine := range sqldbtest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			db := sqldbtest.Open(t, engine)
			shapes[engine] = map[string][]string{
				"columns": rowsOf(t, db, columnsQuery[engine]),
				"views":   rowsOf(t, db, viewsQuery[engine]),
				"indexes": rowsOf(t, db, indexesQuery[engine]),
				"checks":  checks(t, db),
			}
		})
	}
	if len(shapes) < 2 {
		t.Skip("one engine only: NOTHING WAS COMPARED")
	}
	for _, what := range []string{"columns", "views", "indexes", "checks"} {
		if diff := cmp.Diff(shapes[sqldb.SQLite][what], shapes[sqldb.Postgres][what]); diff != "" {
			t.Errorf("%s differ: -sqlite +postgres\n%s", what, diff)
		}
	}
	if len(shapes[sqldb.SQLite]["columns"]) == 0 {
		t.Error("no columns were found")
	}
}

// TestUniqueColumnsAreUnambiguous guards Broken: SQLite names columns, not the index.
func TestUniqueColumnsAreUnambiguous(t *testing.T) {
	t.Parallel()
	db := sqldbtest.Open(t, sqldb.SQLite)
	first := map[string]string{}
	for _, line := range rowsOf(t, db, indexesQuery[sqldb.SQLite]) {
		name, columns, _ := strings.Cut(line, " ")
		if other, ok := first[columns]; ok {
			t.Errorf("%s and %s are unique over the same columns %s: Broken cannot tell them apart", other, name, columns)
		}
		first[columns] = name
	}
}

// columnsQuery gives "table.column null|not null". A table named t_... belongs to a test.
var columnsQuery = map[sqldb.Engine]string{
	sqldb.SQLite: `SELECT m.name || '.' || c.name || CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN ' not null' ELSE ' null' END
		FROM sqlite_schema m, pragma_table_xinfo(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'goose_db_version'`,
	sqldb.Postgres: `SELECT c.relname || '.' || a.attname || CASE WHEN a.attnotnull THEN ' not null' ELSE ' null' END
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'goose_db_version'`,
}

// viewsQuery gives "view.column". Whether it may be NULL neither engine knows.
var viewsQuery = map[sqldb.Engine]string{
	sqldb.SQLite: `SELECT m.name || '.' || c.name FROM sqlite_schema m, pragma_table_xinfo(m.name) c WHERE m.type = 'view'`,
	sqldb.Postgres: `SELECT c.relname || '.' || a.attname
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v'`,
}

// indexesQuery gives "index table(column,column)" of unique indexes with a name of their own. Indexes
// over expressions show ? for them.
var indexesQuery = map[sqldb.Engine]string{
	sqldb.SQLite: `SELECT l.name || ' ' || m.name || '(' ||
			(SELECT group_concat(coalesce(i.name, '?'), ',' ORDER BY i.seqno) FROM pragma_index_info(l.name) i) || ')'
		FROM sqlite_schema m, pragma_index_list(m.name) l
		WHERE m.type = 'table' AND l."unique" = 1 AND l.origin = 'c' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'goose_db_version'`,
	sqldb.Postgres: `SELECT i.relname || ' ' || t.relname || '(' ||
			(SELECT string_agg(coalesce(a.attname, '?'), ',' ORDER BY k.n)
			 FROM unnest(x.indkey::int2[]) WITH ORDINALITY k(attnum, n)
			 LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum AND k.attnum > 0) || ')'
		FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
		WHERE t.relnamespace = 'public'::regnamespace AND x.indisunique AND t.relname <> 'goose_db_version'
		AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = x.indexrelid)`,
}

var checkName = regexp.MustCompile(`(?i)CONSTRAINT\s+"?(\w+)"?\s+CHECK`)

// checks returns the names of the CHECKs that have one. Those without are of one engine alone: they
// stand in for a type of the other, and no rule may lean on them.
func checks(t *testing.T, db *sqldb.DB) []string {
	t.Helper()
	if db.Engine() == sqldb.Postgres {
		return rowsOf(t, db, `SELECT c.conname FROM pg_constraint c
			WHERE c.connamespace = 'public'::regnamespace AND c.contype = 'c'`)
	}
	var names []string
	for _, text := range rowsOf(t, db, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL") {
		for _, m := range checkName.FindAllStringSubmatch(text, -1) {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return names
}

func rowsOf(t *testing.T, db *sqldb.DB, query string) []string {
	t.Helper()
	var all []string
	err := db.View(context.Background(), func(tx *sqldb.Tx) error {
		rows, err := tx.QueryContext(context.Background(), query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var one string
			if err := rows.Scan(&one); err != nil {
				return err
			}
			all = append(all, one)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}
