package imports

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"

	"capillare/internal/imports/internal/db"
	"capillare/internal/sqldb"
)

// partRows is how many rows wait together: few enough that correcting one rewrites little, enough that
// a large file is few writes.
const partRows = 500

// partsAtOnce is how many parts one transaction writes.
const partsAtOnce = 10

// parts are the waiting rows of one batch.
type parts struct {
	base *sqldb.DB
	vault
}

func (s *Service) partsOf(batchID string) parts {
	return parts{base: s.db, vault: vault{keys: s.Keys, batch: batchID}}
}

// startsOf returns the numbers of the first rows of the parts into which rows will be cut.
func startsOf(rows []row) []int {
	var starts []int
	for i := 0; i < len(rows); i += partRows {
		starts = append(starts, rows[i].Number)
	}
	return starts
}

// put writes the rows of a file, some parts in each transaction.
func (p parts) put(ctx context.Context, columns []string, rows []row) error {
	part := 0
	for some := range slices.Chunk(rows, partRows*partsAtOnce) {
		safe, err := p.seal(columns, some)
		if err != nil {
			return err
		}
		err = p.base.Update(ctx, func(tx *sqldb.Tx) error {
			at := part
			for one := range slices.Chunk(safe, partRows) {
				arg := db.InsertPartParams{BatchID: p.batch, Part: at, Cells: text(one), Problems: "[]"}
				if err := db.New(tx).InsertPart(ctx, arg); err != nil {
					return err
				}
				at++
			}
			return nil
		})
		if err != nil {
			return fault("keep rows", err)
		}
		part += (len(some) + partRows - 1) / partRows
	}
	return nil
}

// read returns the rows of one part; none when the part is no more.
func (p parts) read(ctx context.Context, tx *sqldb.Tx, h head, part int) ([]row, error) {
	cells, err := db.New(tx).PartOf(ctx, db.PartOfParams{BatchID: p.batch, Part: part})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrDiscarded
	}
	if err != nil {
		return nil, err
	}
	var rows []row
	if err := json.Unmarshal([]byte(cells), &rows); err != nil {
		return nil, fmt.Errorf("part %d of batch %s: %w", part, p.batch, err)
	}
	at := h.places()
	for i := range rows {
		rows[i].at = at
	}
	return rows, p.open(rows)
}

// all gives every row in order, one part in memory at a time, and tells after each part how many there
// were so far.
func (p parts) all(ctx context.Context, h head, tell func(done int) error) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		done := 0
		for part := range h.Starts {
			var rows []row
			err := p.base.View(ctx, func(tx *sqldb.Tx) (err error) {
				rows, err = p.read(ctx, tx, h, part)
				return err
			})
			for _, r := range rows {
				if err == nil && !yield(r, nil) {
					return
				}
			}
			done += len(rows)
			if err == nil {
				err = tell(done)
			}
			if err != nil {
				yield(row{}, err)
				return
			}
		}
	}
}

// partOf returns the part in which a row waits.
func (h head) partOf(number int) int {
	i, found := slices.BinarySearch(h.Starts, number)
	if !found {
		i--
	}
	return max(i, 0)
}

// mark writes beside each part what is wrong in its rows.
func (p parts) mark(ctx context.Context, tx *sqldb.Tx, h head, problems []RowProblem) error {
	q := db.New(tx)
	before, err := q.PartsWithWrong(ctx, p.batch)
	if err != nil {
		return err
	}
	byPart := map[int][]RowProblem{}
	for _, old := range before {
		byPart[old.Part] = nil
	}
	for _, one := range problems {
		part := h.partOf(one.Row)
		byPart[part] = append(byPart[part], one)
	}
	for part, list := range byPart {
		arg := db.SetProblemsParams{BatchID: p.batch, Part: part, Problems: "[]", Wrong: countRows(list)}
		if len(list) > 0 {
			arg.Problems = text(list)
		}
		if err := q.SetProblems(ctx, arg); err != nil {
			return err
		}
	}
	return nil
}

func countRows(problems []RowProblem) int {
	seen := map[int]bool{}
	for _, one := range problems {
		seen[one.Row] = true
	}
	return len(seen)
}

// wrong returns some of the rows with problems, in order, with all the problems of each, and how many
// such rows there are in all.
func (p parts) wrong(ctx context.Context, h head, skip, most int) (rows []row, problems map[int][]RowProblem, total int, err error) {
	err = p.base.View(ctx, func(tx *sqldb.Tx) error {
		rows, problems, total = nil, map[int][]RowProblem{}, 0
		list, err := db.New(tx).PartsWithWrong(ctx, p.batch)
		if err != nil {
			return err
		}
		for _, one := range list {
			first := total
			total += one.Wrong
			if total <= skip || first >= skip+most {
				continue
			}
			if err := p.wrongOf(ctx, tx, h, one, func(r row, list []RowProblem) {
				if first >= skip && len(rows) < most {
					rows = append(rows, r)
					problems[r.Number] = list
				}
				first++
			}); err != nil {
				return err
			}
		}
		return nil
	})
	return rows, problems, total, fault("read wrong rows", err)
}

func (p parts) wrongOf(ctx context.Context, tx *sqldb.Tx, h head, part db.PartsWithWrongRow, give func(row, []RowProblem)) error {
	var problems []RowProblem
	if err := json.Unmarshal([]byte(part.Problems), &problems); err != nil {
		return fmt.Errorf("problems of part %d of batch %s: %w", part.Part, p.batch, err)
	}
	rows, err := p.read(ctx, tx, h, part.Part)
	if err != nil {
		return err
	}
	byRow := map[int][]RowProblem{}
	for _, one := range problems {
		byRow[one.Row] = append(byRow[one.Row], one)
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.Number, b.Number) })
	for _, r := range rows {
		if list := byRow[r.Number]; len(list) > 0 {
			give(r, list)
		}
	}
	return nil
}

// text writes what waits as JSON: texts and numbers, which can always be written.
func text(v any) sqldb.RawJSON {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Errorf("imports: texts and numbers can always be written: %w", err))
	}
	return sqldb.RawJSON(b)
}
