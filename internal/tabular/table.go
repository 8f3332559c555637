package tabular

import (
	"iter"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"capillare/internal/errs"
)

// headerSearch is how many of the first rows may be titles and notes above the header.
const headerSearch = 30

// Format is how a file was written.
type Format string

// The formats that Read understands.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// Table is a file as it was read, before anybody says which columns are wanted.
type Table struct {
	// Header is the row that looks like the header; Match may find a better one.
	Header []string
	// Rows are the rows under Header, without the blank ones.
	Rows   []Row
	Format Format
	// Sheet is the name of the sheet that was read, of a workbook.
	Sheet string
	// Separator and Encoding say how a CSV file was understood.
	Separator string
	Encoding  Encoding

	records []Row
}

// Row is one row of a file.
type Row struct {
	// Number is the row as a spreadsheet numbers it, from 1, title and blank rows included.
	Number int
	// Cells are trimmed of blanks around them; trailing empty cells may be missing.
	Cells []string
}

// Column is a column that somebody wants.
type Column struct {
	// Name is how the column is called in messages and templates.
	Name string
	// Aliases are other names under which it is known, in order of preference.
	Aliases []string
	// Required makes a file without it be refused.
	Required bool
}

// Columns are the columns that somebody wants.
type Columns []Column

// Reader gives the rows of a table by the names of the columns wanted.
type Reader struct {
	header Row
	rows   []Row
	at     map[string]int
}

// Record is one row read by column name.
type Record struct {
	// Number is the row as a spreadsheet numbers it.
	Number int

	cells []string
	at    map[string]int
	width int
}

func newTable(records []Row, limits Limits) (*Table, error) {
	if len(records) == 0 {
		return nil, ErrEmpty
	}
	t := &Table{records: records}
	header := t.likelyHeader()
	t.Header, t.Rows = records[header].Cells, records[header+1:]
	if len(t.Rows) > limits.Rows {
		return nil, ErrTooManyRows.With(errs.Args{"limit": limits.Rows})
	}
	return t, nil
}

// likelyHeader returns the first row that fills most of the columns: a title fills one or two.
func (t *Table) likelyHeader() int {
	first := t.records[:min(len(t.records), headerSearch)]
	widest := 0
	for _, row := range first {
		widest = max(widest, row.filled())
	}
	return slices.IndexFunc(first, func(row Row) bool { return row.filled()*5 >= widest*3 })
}

func (r Row) filled() int {
	n := 0
	for _, cell := range r.Cells {
		if cell != "" {
			n++
		}
	}
	return n
}

// Match finds the wanted columns by name, case, accents, blanks and signs apart, and takes as header
// the row that holds most of them. Where a name stands twice the first column counts.
// It returns ErrMissingColumn, with the names missing and those seen, when a required one is not there.
func (t *Table) Match(columns Columns) (*Reader, error) {
	best, at := 0, map[string]int{}
	for i, row := range t.records[:min(len(t.records), headerSearch)] {
		if found := columns.find(row.Cells); len(found) > len(at) {
			best, at = i, found
		}
	}
	header := t.records[best]
	if len(at) == 0 {
		header = Row{Cells: t.Header}
	}
	if missing := columns.missing(at); len(missing) > 0 {
		return nil, ErrMissingColumn.With(errs.Args{
			"missing": strings.Join(missing, ", "),
			"seen":    namesSeen(header.Cells),
			"row":     header.Number,
		})
	}
	return &Reader{header: header, rows: t.records[best+1:], at: at}, nil
}

func (c Columns) find(cells []string) map[string]int {
	place := map[string]int{}
	for i, cell := range cells {
		name := canonical(cell)
		if _, twice := place[name]; !twice && name != "" {
			place[name] = i
		}
	}
	at := map[string]int{}
	for _, column := range c {
		for _, name := range append([]string{column.Name}, column.Aliases...) {
			if i, ok := place[canonical(name)]; ok {
				at[column.Name] = i
				break
			}
		}
	}
	return at
}

func (c Columns) missing(at map[string]int) []string {
	var names []string
	for _, column := range c {
		if _, ok := at[column.Name]; column.Required && !ok {
			names = append(names, column.Name)
		}
	}
	return names
}

// namesSeen keeps the message short: a person looks for a name among a few lines.
func namesSeen(cells []string) string {
	const most, longest = 40, 60
	var names []string
	for _, cell := range cells {
		name := strings.Join(strings.Fields(cell), " ")
		if name == "" {
			continue
		}
		if runes := []rune(name); len(runes) > longest {
			name = string(runes[:longest]) + "…"
		}
		if len(names) == most {
			names = append(names, "…")
			break
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// Records returns every row of the file that is not blank, from the first: titles and header too.
func (t *Table) Records() []Row { return t.records }

// Canonical reduces a column name to what Match compares: its letters and digits, lower case and
// without accents.
func Canonical(name string) string { return canonical(name) }

// canonical reduces a column name to its letters and digits, lower case and without accents.
func canonical(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Len returns the number of rows.
func (r *Reader) Len() int { return len(r.rows) }

// HeaderRow returns the number of the row in which the columns were found.
func (r *Reader) HeaderRow() int { return r.header.Number }

// Has reports whether the file has the column.
func (r *Reader) Has(name string) bool {
	_, ok := r.at[name]
	return ok
}

// Title returns the head of a column as the file writes it, "" when the file has no such column.
func (r *Reader) Title(name string) string {
	i, ok := r.at[name]
	if !ok {
		return ""
	}
	return strings.Join(strings.Fields(r.header.Cells[i]), " ")
}

// Unused returns the names of the columns of the file that nobody wanted.
func (r *Reader) Unused() []string {
	var names []string
	for i, cell := range r.header.Cells {
		used := false
		for _, at := range r.at {
			used = used || at == i
		}
		if !used && cell != "" {
			names = append(names, cell)
		}
	}
	return names
}

// All returns the rows in order.
func (r *Reader) All() iter.Seq[Record] {
	return func(yield func(Record) bool) {
		for _, row := range r.rows {
			if !yield(Record{Number: row.Number, cells: row.Cells, at: r.at, width: len(r.header.Cells)}) {
				return
			}
		}
	}
}

// Cell returns the text under a column, by its Name in Columns; empty when the file lacks it.
func (r Record) Cell(name string) string {
	i, ok := r.at[name]
	if !ok || i >= len(r.cells) {
		return ""
	}
	return r.cells[i]
}

// Beyond returns the texts to the right of the last title: a separator inside a text without quotes
// puts them there.
func (r Record) Beyond() []string {
	if len(r.cells) <= r.width {
		return nil
	}
	return r.cells[r.width:]
}

// Values returns the text of every column that the file has, by its Name in Columns.
func (r Record) Values() map[string]string {
	values := make(map[string]string, len(r.at))
	for name := range r.at {
		values[name] = r.Cell(name)
	}
	return values
}
