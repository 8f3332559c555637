package agenda_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/kinds"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/testkit"
)

// large are the tables that grow with the network and with time.
func large() []string {
	return []string{"agenda_slot", "agenda_booking", "agenda_cell", "agenda_contact"}
}

// TestNoQueryScansALargeTable asks both engines how they would run each query of this package. On a few
// thousand rows PostgreSQL would rather scan, so that scans are forbidden there: one that is left, or the
// reading of a whole index, means that no index answers.
func TestNoQueryScansALargeTable(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	allowed := []string{
		"ContactsToDelete", "PointsWithSlots", // by night they read all there is
		"FindByContact",                  // a part of a name is in no index
		"ForgetContacts", "MoveBookings", // of a list PostgreSQL expects a thousand ids, a third of the rows here
	}
	queries := generated(t)
	if len(queries) < 40 {
		t.Fatalf("%d generated queries were found, want all of the package", len(queries))
	}
	sqldbtest.RunAt(t, seekers, func(t *testing.T, base *sqldb.DB, _ *sqldbtest.Clock) {
		smallRegion(t, base).someOfAll()
		for name, text := range queries {
			scans := map[sqldb.Engine]func(*testing.T, *sqldb.DB, string) []string{sqldb.SQLite: scansOfSQLite, sqldb.Postgres: scansOfPostgres}[base.Engine()](t, base, text)
			if len(scans) > 0 && !slices.Contains(allowed, name) {
				t.Errorf("%s scans a large table: %q", name, scans)
			}
		}
	})
}

// TestSearchSeeksItsIndexes names the indexes that make a search fast.
func TestSearchSeeksItsIndexes(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	queries := generated(t)
	sqldbtest.RunAt(t, seekers, func(t *testing.T, base *sqldb.DB, _ *sqldbtest.Clock) {
		smallRegion(t, base).someOfAll()
		for name, index := range map[string]string{
			"FirstPublic": "agenda_slot_public", "FirstOfParts": "agenda_slot_part", "TimesOfPlace": "agenda_slot_part", "DaysWithTimes": "agenda_slot_part|agenda_slot_point",
		} {
			plan := strings.Join(planOf(t, base, queries[name]), "\n")
			if !regexp.MustCompile(index).MatchString(plan) {
				t.Errorf("%s does not seek %s:\n%s", name, index, plan)
			}
			if strings.HasPrefix(name, "First") && (strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, `"Sort"`)) {
				t.Errorf("%s sorts what the index has in order:\n%s", name, plan)
			}
		}
	})
}

// someOfAll writes enough rows into the large tables for PostgreSQL to tell an index from another.
func (w *wideWorld) someOfAll() {
	w.tb.Helper()
	if w.db.Engine() == sqldb.SQLite {
		return // its planner has no statistics
	}
	const many = 3000
	var slots, cells, contacts, bookings []string
	for n := range many {
		p := w.places[n%len(w.places)]
		s := rawSlot{
			id: fmt.Sprintf("%036d", n), point: p.ID, address: p.Addresses[0].ID, person: w.staff[n%len(w.staff)].ID, shape: agenda.Individual, mode: kinds.Desk,
			audience: kinds.Everyone, starts: seekers.Add(time.Duration(n) * time.Hour), seats: 1, free: n % 2,
		}
		s.ends, s.closes = s.starts.Add(30*time.Minute), s.starts
		slots = append(slots, s.values())
		cells = append(cells, fmt.Sprintf("('%s',%d,'%s')", s.person, n, s.id))
		contacts = append(contacts, fmt.Sprintf("('%s','Anna %d','%d','%s','%s')", s.id, n, n, calendar.DayOf(s.ends), s.starts.Format(rawTime)))
		bookings = append(bookings, s.booking(n))
	}
	w.write(slotColumns, slots)
	w.write("INSERT INTO agenda_cell (facilitator_id, cell, slot_id) VALUES ", cells)
	w.write("INSERT INTO agenda_contact (id, name, phone, delete_after, created_at) VALUES ", contacts)
	w.write(bookingColumns, bookings)
	w.analyze()
}

// generated are the queries of this package by name.
func generated(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("internal/db/*.sql.go")
	if err != nil {
		t.Fatal(err)
	}
	queries := map[string]string{}
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, _ := strconv.Unquote(lit.Value)
			if head, rest, ok := strings.Cut(text, "\n"); ok && strings.HasPrefix(head, "-- name: ") {
				queries[strings.Fields(head)[2]] = rest
			}
			return true
		})
	}
	return queries
}

// planOf returns the lines of the plan of a query.
func planOf(t *testing.T, base *sqldb.DB, query string) []string {
	t.Helper()
	var lines []string
	err := base.Update(t.Context(), func(tx *sqldb.Tx) error {
		lines = nil
		if base.Engine() == sqldb.SQLite {
			return scanLines(t, tx, "EXPLAIN QUERY PLAN "+query, true, &lines)
		}
		// A generic plan is the one for any arguments: with NULL for all of them nothing would be read at all.
		for _, set := range []string{"SET LOCAL enable_seqscan = off", "SET LOCAL plan_cache_mode = force_generic_plan", "PREPARE explained AS " + query} {
			if _, err := tx.ExecContext(t.Context(), set); err != nil {
				return fmt.Errorf("%s: %w", set, err)
			}
		}
		args := strings.TrimSuffix(strings.Repeat("NULL,", parameters(query)), ",")
		if args != "" {
			args = "(" + args + ")"
		}
		if err := scanLines(t, tx, "EXPLAIN (FORMAT JSON) EXECUTE explained"+args, false, &lines); err != nil {
			return err
		}
		_, err := tx.ExecContext(t.Context(), "DEALLOCATE explained")
		return err
	})
	if err != nil {
		t.Fatalf("plan: %v", err)
	}
	return lines
}

func parameters(query string) int {
	most := 0
	for _, m := range regexp.MustCompile(`\$(\d+)`).FindAllStringSubmatch(query, -1) {
		n, _ := strconv.Atoi(m[1])
		most = max(most, n)
	}
	return most
}

// scanLines reads the last column of each row.
func scanLines(t *testing.T, tx *sqldb.Tx, query string, sqlite bool, lines *[]string) error {
	args := make([]any, 0)
	if sqlite {
		args = make([]any, parameters(query))
	}
	rows, err := tx.QueryContext(t.Context(), query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		dest := []any{&line}
		if sqlite {
			dest = []any{new(int), new(int), new(int), &line}
		}
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		*lines = append(*lines, line)
	}
	return rows.Err()
}

// scansOfSQLite returns the steps that read a large table from end to end. The plan names aliases, which
// the query explains.
func scansOfSQLite(t *testing.T, base *sqldb.DB, query string) []string {
	t.Helper()
	var found []string
	for _, line := range planOf(t, base, query) {
		name, isScan := strings.CutPrefix(line, "SCAN ")
		if !isScan {
			continue
		}
		name = strings.Fields(name)[0]
		for _, table := range large() {
			if name == table || regexp.MustCompile(`\b`+table+` (AS )?`+name+`\b`).MatchString(query) {
				found = append(found, line)
			}
		}
	}
	return found
}

// node is a step of a plan of PostgreSQL.
type node struct {
	Type     string `json:"Node Type"`
	Relation string `json:"Relation Name"`
	Index    string `json:"Index Name"`
	Cond     string `json:"Index Cond"`
	Plans    []node
}

// scansOfPostgres returns the steps that read a large table, or one of its indexes, from end to end.
func scansOfPostgres(t *testing.T, base *sqldb.DB, query string) []string {
	t.Helper()
	var plans []struct{ Plan node }
	if err := json.Unmarshal([]byte(strings.Join(planOf(t, base, query), "\n")), &plans); err != nil {
		t.Fatal(err)
	}
	var found []string
	var look func(n node)
	look = func(n node) {
		whole := n.Type == "Seq Scan" || (n.Type == "Index Scan" || n.Type == "Index Only Scan") && n.Cond == ""
		if whole && slices.Contains(large(), n.Relation) {
			found = append(found, n.Type+" "+n.Relation+" "+n.Index)
		}
		for _, sub := range n.Plans {
			look(sub)
		}
	}
	look(plans[0].Plan)
	return found
}
