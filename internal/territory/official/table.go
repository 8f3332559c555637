package official

import (
	"cmp"
	"errors"
	"io"
	"regexp"
	"strings"

	"capillare/internal/errs"
	"capillare/internal/tabular"
)

// sheet is a table while it is read.
type sheet struct {
	file   *File
	o      Options
	header []string
	at     map[string]int
	// first is the row in which each key stood first.
	first map[string]int
	// summed reports that rows are not kept one by one, so that any number of them may come.
	summed bool
	// finish is called after the last row, when not nil.
	finish func()
	// err stops the reading: the callback of Options refused.
	err error
}

// readTable finds the header, then takes row after row.
func readTable(f File, next func() (tabular.Row, error), o Options) (File, error) {
	var head []tabular.Row
	for len(head) < headSearch {
		row, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return File{}, err
		}
		head = append(head, row)
	}
	if len(head) == 0 {
		return File{}, tabular.ErrEmpty
	}
	m, err := recognise(head, o)
	if err != nil {
		return File{}, err
	}
	f.Kind = m.format.kind
	f.describe(head[:m.header], head[m.header], o)
	s := &sheet{file: &f, o: o, header: head[m.header].Cells, at: m.at, first: map[string]int{}}
	take := m.format.rows(s)
	if err := s.all(head[m.header+1:], next, take); err != nil {
		return File{}, err
	}
	if s.finish != nil {
		s.finish()
	}
	return f.checked(o)
}

// all takes the rows that were read to find the header, then the others.
func (s *sheet) all(first []tabular.Row, next func() (tabular.Row, error), take func(*row)) error {
	for s.err == nil {
		var in tabular.Row
		var err error
		if len(first) > 0 {
			in, first = first[0], first[1:]
		} else if in, err = next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		s.take(in, take)
		if !s.summed && s.file.Rows > s.o.MaxRows {
			return tabular.ErrTooManyRows.With(errs.Args{"limit": s.o.MaxRows})
		}
	}
	return s.err
}

func (s *sheet) take(in tabular.Row, take func(*row)) {
	if isNote(in.Cells) {
		s.file.Skipped++
		return
	}
	r := row{sheet: s, number: in.Number, cells: in.Cells}
	take(&r)
	switch {
	case r.wrong:
		s.file.Wrong++
	case r.skipped:
		s.file.Skipped++
	default:
		s.file.Rows++
	}
}

// note matches the beginning of what publishers write under a table.
var note = regexp.MustCompile(`(?i)^(not[ae]\b|fonte\b|totale\b|italia$|\(\*|\*|\(?[0-9a-z]\)\s|legenda\b|p\s*=|s\s*=)`)

// isNote reports whether a row is a note or a total. A note fills one cell, sometimes two; a total
// says so in one of the first two cells.
func isNote(cells []string) bool {
	filled := 0
	for _, cell := range cells {
		if cell != "" {
			filled++
		}
	}
	if filled <= 2 && (note.MatchString(cmp.Or(cells...)) || filled == 1 && strings.Contains(cmp.Or(cells...), " ")) {
		return true
	}
	for _, cell := range cells[:min(2, len(cells))] {
		switch tabular.Canonical(cell) {
		case "totale", "totaleitalia", "italia":
			return true
		}
	}
	return false
}

// fewTowns is below what a list of all Italy seems cut: there were never less than 7,800 municipalities
// in the years of these files.
const fewTowns = 7000

// checked refuses a table without a single good row, and wonders about a short one.
func (f File) checked(o Options) (File, error) {
	if f.Rows == 0 && f.Wrong == 0 {
		if f.Kind == Travel && f.Skipped > 0 {
			return f, nil
		}
		return File{}, ErrNoRows.With(errs.Args{"kind": f.Kind.name()})
	}
	if f.Rows == 0 || f.Kind == Posas && len(f.Ages) == 0 {
		p := f.Problems[0]
		return File{}, &errs.Refusal{Kind: errs.Invalid, Key: ErrAllWrong.Key, Args: errs.Args{
			"kind": f.Kind.name(), "rows": f.Wrong, "row": p.Row, "column": p.Column,
		}, Problems: []errs.Problem{{Field: p.Column, Key: p.Key, Args: p.Args}}}
	}
	switch f.Kind {
	case Situas, Elenco, Sut, Population, Classifications, InnerAreas:
		if f.Rows < fewTowns {
			f.note(Problem{Key: "official.few_rows", Args: errs.Args{"rows": f.Rows}, Notice: true})
		}
	}
	if f.Reference.IsZero() {
		f.Reference = o.Reference
	}
	return f, nil
}

// note keeps a problem, when there is still room.
func (f *File) note(p Problem) {
	if len(f.Problems) < MaxProblems {
		f.Problems = append(f.Problems, p)
	}
}
