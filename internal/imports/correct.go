package imports

import (
	"context"
	"slices"
	"strings"

	"capillare/internal/identity"
	"capillare/internal/imports/internal/db"
	"capillare/internal/sqldb"
)

// WrongRow is a row with something to correct.
type WrongRow struct {
	// Number is the number in the spreadsheet.
	Number int
	// Problems are those of the row as a whole.
	Problems []RowProblem
	// Cells are all those of the row, in the order of the file.
	Cells []WrongCell
}

// WrongCell is one cell of a WrongRow.
type WrongCell struct {
	// Field is the column as templates name it, Title as the file does.
	Field, Title string
	// Value is what the file holds, tax codes too: the page is for who sent them.
	Value    string
	Problems []RowProblem
}

// Correction is what somebody wrote instead of the cells of a row.
type Correction struct {
	// Row is the number in the spreadsheet.
	Row int
	// Cells are the new texts by WrongCell.Field; those that are not there stay.
	Cells map[string]string
	// Drop leaves the row out of the import.
	Drop bool
}

// WrongRows returns some of the rows to correct, in the order of the file, and how many there are in
// all. There are none while a job is at work on the batch, or when it does not wait any more.
func (s *Service) WrongRows(ctx context.Context, who identity.Actor, batchID string, skip, most int) ([]WrongRow, int, error) {
	if err := allow(who); err != nil {
		return nil, 0, err
	}
	b, waiting, err := s.load(ctx, batchID)
	if err != nil || !b.Open() || waiting.Head == nil {
		return nil, 0, err
	}
	rows, problems, total, err := s.partsOf(batchID).wrong(ctx, *waiting.Head, skip, most)
	if err != nil {
		return nil, 0, err
	}
	list := make([]WrongRow, len(rows))
	for i, r := range rows {
		list[i] = wrongRow(*waiting.Head, r, problems[r.Number])
	}
	return list, total, nil
}

// wrongRow puts each problem at its cell; a column that the file lacks becomes a cell when a problem is
// about it, because there it can be filled in.
func wrongRow(h head, r row, problems []RowProblem) WrongRow {
	w := WrongRow{Number: r.Number}
	columns := slices.Clone(h.Columns)
	for _, one := range problems {
		if one.Field != "" && !slices.Contains(columns, one.Field) {
			columns = append(columns, one.Field)
		}
	}
	for _, column := range columns {
		cell := WrongCell{Field: column, Title: h.Titles[column], Value: r.cell(column)}
		if cell.Title == "" {
			cell.Title = column
		}
		for _, one := range problems {
			if one.Field == column {
				cell.Problems = append(cell.Problems, one)
			}
		}
		w.Cells = append(w.Cells, cell)
	}
	for _, one := range problems {
		if one.Field == "" {
			w.Problems = append(w.Problems, one)
		}
	}
	return w
}

// Correct writes corrections into the waiting rows and has the whole file looked at again, the others
// rows as they are: at once, or by a job when the file is large. It refuses with ErrWorking,
// ErrApplied and ErrDiscarded when the batch does not wait for corrections.
func (s *Service) Correct(ctx context.Context, who identity.Actor, batchID string, list []Correction) (Batch, error) {
	if err := allow(who); err != nil {
		return Batch{}, err
	}
	var rows int
	err := s.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
		rows, err = s.correctTx(ctx, tx, who, batchID, list)
		return err
	})
	if err != nil {
		return Batch{}, fault("correct", err)
	}
	return s.checkSoon(ctx, who, batchID, rows, Previewed, Stopped)
}

func (s *Service) correctTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, batchID string, list []Correction) (rows int, err error) {
	b, waiting, err := batchTx(ctx, tx, batchID)
	if err != nil {
		return 0, err
	}
	if !b.Open() || waiting.Head == nil {
		return 0, whyNot(ctx, tx, batchID)
	}
	h := waiting.Head
	h.learn(columnNames(b.Kind, h.Form), list)
	byPart := map[int][]Correction{}
	for _, one := range list {
		part := h.partOf(one.Row)
		byPart[part] = append(byPart[part], one)
	}
	waits, dropped := s.partsOf(batchID), 0
	for part, some := range byPart {
		n, err := waits.correct(ctx, tx, *h, part, some)
		if err != nil {
			return 0, err
		}
		dropped += n
	}
	if b.Total == dropped {
		return 0, ErrNoRows
	}
	arg := db.SetPayloadParams{ID: batchID, Payload: text(waiting), Total: b.Total - dropped}
	if _, err := db.New(tx).SetPayload(ctx, arg); err != nil {
		return 0, err
	}
	return b.Total - dropped, note(ctx, tx, who, "imports.correct", batchID, map[string]any{"rows": len(list), "dropped": dropped})
}

// learn adds the columns that corrections fill in and the file lacks.
func (h *head) learn(known []string, list []Correction) {
	for _, column := range known {
		filled := slices.ContainsFunc(list, func(c Correction) bool { return c.Cells[column] != "" })
		if filled && !slices.Contains(h.Columns, column) {
			h.Columns = append(h.Columns, column)
			h.Titles[column] = column
		}
	}
}

// correct writes corrections into one part and returns how many rows it dropped.
func (p parts) correct(ctx context.Context, tx *sqldb.Tx, h head, part int, list []Correction) (dropped int, err error) {
	rows, err := p.read(ctx, tx, h, part)
	if err != nil {
		return 0, err
	}
	kept := rows[:0]
	for _, r := range rows {
		i := slices.IndexFunc(list, func(c Correction) bool { return c.Row == r.Number })
		switch {
		case i < 0:
		case list[i].Drop:
			dropped++
			continue
		default:
			r = r.with(h, list[i].Cells)
		}
		kept = append(kept, r)
	}
	safe, err := p.seal(h.Columns, kept)
	if err != nil {
		return 0, err
	}
	return dropped, db.New(tx).SetCells(ctx, db.SetCellsParams{BatchID: p.batch, Part: part, Cells: text(safe)})
}

// with returns the row with other texts; what stood beyond the last title is taken for corrected.
func (r row) with(h head, cells map[string]string) row {
	out := make([]string, len(h.Columns))
	copy(out, r.Cells)
	for i, column := range h.Columns {
		if text, ok := cells[column]; ok {
			out[i] = strings.TrimSpace(printable(text))
		}
	}
	r.Cells, r.Beyond = out, ""
	return r
}

func columnNames(kind, layout string) []string {
	var names []string
	for _, f := range formsOf(kind) {
		if f.name == layout {
			for _, c := range f.columns {
				names = append(names, c.Name)
			}
		}
	}
	return names
}
