package register

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/register/internal/db"
	"capillare/internal/sqldb"
)

// Numbers are what is counted (it: servizi, accessi, accessi unici).
type Numbers struct{ Services, Accesses, UniqueAccesses int }

// Add returns the sum of n and o.
func (n Numbers) Add(o Numbers) Numbers {
	return Numbers{n.Services + o.Services, n.Accesses + o.Accesses, n.UniqueAccesses + o.UniqueAccesses}
}

// cell is where numbers are kept.
type cell struct{ point, project, month string }

func (r Record) cell() cell { return cell{r.PointID, r.ProjectID, r.Day.Month()} }

func compareCells(a, b cell) int {
	return cmp.Or(cmp.Compare(a.point, b.point), cmp.Compare(a.project, b.project), cmp.Compare(a.month, b.month))
}

// person in a programme, and the record of their first service there.
type firstKey struct{ programme, citizen string }

type first struct {
	record   string
	day      calendar.Day
	startsAt time.Time
	cell     cell
}

func (r Record) asFirst() first { return first{r.ID, r.Day, r.StartsAt, r.cell()} }

// before is the order of "first": by day, start and id. The start decides the day.
func (f first) before(o first) bool {
	return cmp.Or(f.startsAt.Compare(o.startsAt), cmp.Compare(f.record, o.record)) < 0
}

// tally gathers the changes of one transaction to first services and counters. They are written last
// and in one order, so that writers wait for each other shortly and never in a circle.
type tally struct {
	firsts map[firstKey]first
	dirty  map[firstKey]bool
	gone   map[firstKey]bool
	deltas map[cell]Numbers
}

// few is up to how many rows are read one by one: see the query CitizenByKey.
const few = 4

// newTally begins with the first services that the given citizens, by programme, already have.
func newTally(ctx context.Context, tx *sqldb.Tx, citizens map[string][]string) (*tally, error) {
	t := &tally{firsts: map[firstKey]first{}, dirty: map[firstKey]bool{}, gone: map[firstKey]bool{}, deltas: map[cell]Numbers{}}
	for _, programmeID := range slices.Sorted(maps.Keys(citizens)) {
		rows, err := firstsOf(ctx, db.New(tx), programmeID, citizens[programmeID])
		if err != nil {
			return nil, fmt.Errorf("register: first services: %w", err)
		}
		for _, r := range rows {
			t.firsts[firstKey{r.ProgrammeID, r.CitizenID}] = first{r.RecordID, r.Day, r.StartsAt.Time, cell{r.PointID, r.ProjectID, r.Month}}
		}
	}
	return t, nil
}

func firstsOf(ctx context.Context, q *db.Queries, programmeID string, citizens []string) ([]db.FirstsOfRow, error) {
	if len(citizens) > few {
		return q.FirstsOf(ctx, db.FirstsOfParams{ProgrammeID: programmeID, Ids: sqldb.List(citizens)})
	}
	var out []db.FirstsOfRow
	for _, id := range citizens {
		rows, err := q.FirstsOfOne(ctx, db.FirstsOfOneParams{ProgrammeID: programmeID, CitizenID: id})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out = append(out, db.FirstsOfRow(r))
		}
	}
	return out, nil
}

// service counts a record that comes (+1) or goes (-1): only with somebody who counts.
func (t *tally) service(r Record, sign int) {
	if r.Countable == 0 {
		return
	}
	t.deltas[r.cell()] = t.deltas[r.cell()].Add(Numbers{Services: sign, Accesses: sign * r.Countable})
}

func (t *tally) unique(c cell, n int) { t.deltas[c] = t.deltas[c].Add(Numbers{UniqueAccesses: n}) }

// meet makes r the first service of a citizen when no earlier one is known, and reports whether it did.
func (t *tally) meet(r Record, citizenID string) bool {
	key, now := firstKey{r.ProgrammeID, citizenID}, r.asFirst()
	if old, ok := t.firsts[key]; ok {
		if !now.before(old) {
			return false
		}
		t.unique(old.cell, -1)
	}
	t.firsts[key] = now
	t.dirty[key] = true
	t.unique(now.cell, +1)
	return true
}

// part takes r, already cancelled, away from a citizen: the earliest of the remaining ones, if any,
// becomes the first.
func (t *tally) part(ctx context.Context, tx *sqldb.Tx, r Record, citizenID string) error {
	key := firstKey{r.ProgrammeID, citizenID}
	if t.firsts[key].record != r.ID {
		return nil
	}
	t.unique(r.cell(), -1)
	row, err := db.New(tx).EarliestOf(ctx, db.EarliestOfParams{CitizenID: citizenID, ProgrammeID: r.ProgrammeID})
	if errors.Is(err, sql.ErrNoRows) {
		delete(t.firsts, key)
		t.gone[key] = true
		return nil
	}
	if err != nil {
		return fmt.Errorf("register: the next first service: %w", err)
	}
	next := first{row.ID, row.Day, row.StartsAt.Time, cell{row.PointID, row.ProjectID, row.Month}}
	t.firsts[key] = next
	t.dirty[key] = true
	t.unique(next.cell, +1)
	return nil
}

func compareKeys(a, b firstKey) int {
	return cmp.Or(cmp.Compare(a.programme, b.programme), cmp.Compare(a.citizen, b.citizen))
}

// flush writes what was gathered.
func (t *tally) flush(ctx context.Context, tx *sqldb.Tx) error {
	q := db.New(tx)
	for _, key := range slices.SortedFunc(maps.Keys(t.gone), compareKeys) {
		if err := q.DeleteFirst(ctx, db.DeleteFirstParams{ProgrammeID: key.programme, CitizenID: key.citizen}); err != nil {
			return fmt.Errorf("register: take away a first service: %w", err)
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(t.dirty), compareKeys) {
		f := t.firsts[key]
		err := q.SetFirst(ctx, db.SetFirstParams{ProgrammeID: key.programme, CitizenID: key.citizen,
			RecordID: f.record, Day: f.day, StartsAt: sqldb.At(f.startsAt)})
		if err != nil {
			return fmt.Errorf("register: set a first service: %w", err)
		}
	}
	for _, c := range slices.SortedFunc(maps.Keys(t.deltas), compareCells) {
		n := t.deltas[c]
		if n == (Numbers{}) {
			continue
		}
		err := q.AddCount(ctx, db.AddCountParams{PointID: c.point, ProjectID: c.project, Month: c.month,
			Services: n.Services, Accesses: n.Accesses, UniqueAccesses: n.UniqueAccesses})
		if err != nil {
			return fmt.Errorf("register: add to the counters: %w", err)
		}
	}
	return nil
}
