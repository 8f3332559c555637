package sqldb

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Table is one table as the migrated schema has it.
type Table struct {
	Name string
	// Columns are those that a program writes: generated ones are left out.
	Columns []string
	// Key are the columns of the primary key, in its order.
	Key []string
	// Parents are the tables that foreign keys of this one point to.
	Parents []string
}

// Each engine's own catalogue, asked for the same three things: pairs of table and column in order,
// of table and column of its key, and of table and parent. goose_db_version is bookkeeping, not data.
const (
	sqliteColumns = `SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name <> 'goose_db_version' AND c.hidden = 0 ORDER BY t.name, c.cid`
	sqliteParents = `SELECT t.name, f."table" FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY t.name, f."table"`
	sqliteKeys = `SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name <> 'goose_db_version' AND c.pk > 0 ORDER BY t.name, c.pk`
	postgresKeys = `SELECT t.relname, a.attname FROM pg_constraint k
		JOIN pg_class t ON t.oid = k.conrelid CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY part(number, place)
		JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = part.number
		WHERE k.contype = 'p' AND t.relnamespace = current_schema()::regnamespace AND t.relname <> 'goose_db_version'
		ORDER BY t.relname, part.place`
	postgresColumns = `SELECT c.table_name, c.column_name FROM information_schema.columns c
		JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE'
		WHERE c.table_schema = current_schema() AND c.table_name <> 'goose_db_version' AND c.is_generated = 'NEVER'
		ORDER BY c.table_name, c.ordinal_position`
	postgresParents = `SELECT child.relname, parent.relname FROM pg_constraint f
		JOIN pg_class child ON child.oid = f.conrelid JOIN pg_class parent ON parent.oid = f.confrelid
		WHERE f.contype = 'f' AND child.relnamespace = current_schema()::regnamespace ORDER BY 1, 2`
)

// Tables returns every table of the schema, parents before children: the order in which rows can be
// put back. Backups use it; queries know their tables.
func (db *DB) Tables(ctx context.Context) ([]Table, error) {
	columns, keys, parents := sqliteColumns, sqliteKeys, sqliteParents
	if db.engine == Postgres {
		columns, keys, parents = postgresColumns, postgresKeys, postgresParents
	}
	var tables []Table
	err := db.View(ctx, func(tx *Tx) error {
		tables = nil
		pairs, err := tx.pairs(ctx, columns)
		if err != nil {
			return err
		}
		for _, p := range pairs {
			if len(tables) == 0 || tables[len(tables)-1].Name != p[0] {
				tables = append(tables, Table{Name: p[0]})
			}
			last := &tables[len(tables)-1]
			last.Columns = append(last.Columns, p[1])
		}
		of, err := tx.pairs(ctx, keys)
		if err != nil {
			return err
		}
		if pairs, err = tx.pairs(ctx, parents); err != nil {
			return err
		}
		for i := range tables {
			tables[i].Key = second(of, tables[i].Name)
			tables[i].Parents = slices.DeleteFunc(second(pairs, tables[i].Name), func(p string) bool { return p == tables[i].Name })
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	return parentsFirst(tables)
}

// second returns the second words of the pairs that begin with first.
func second(pairs [][2]string, first string) []string {
	var found []string
	for _, p := range pairs {
		if p[0] == first {
			found = append(found, p[1])
		}
	}
	return found
}

func (tx *Tx) pairs(ctx context.Context, query string) ([][2]string, error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var pairs [][2]string
	for rows.Next() {
		var p [2]string
		if err := rows.Scan(&p[0], &p[1]); err != nil {
			return nil, err
		}
		pairs = append(pairs, p)
	}
	return pairs, rows.Err()
}

func parentsFirst(tables []Table) ([]Table, error) {
	var sorted []Table
	placed := map[string]bool{}
	for len(sorted) < len(tables) {
		before := len(sorted)
		for _, t := range tables {
			waits := slices.ContainsFunc(t.Parents, func(p string) bool { return !placed[p] })
			if !placed[t.Name] && !waits {
				placed[t.Name] = true
				sorted = append(sorted, t)
			}
		}
		if len(sorted) == before {
			var left []string
			for _, t := range tables {
				if !placed[t.Name] {
					left = append(left, t.Name)
				}
			}
			return nil, fmt.Errorf("foreign keys go round in a circle: %s", strings.Join(left, ", "))
		}
	}
	return sorted, nil
}
