package imports

import (
	"errors"
	"io"
	"iter"
	"slices"
	"strings"

	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/tabular"
)

// head is what is known of a file beside its rows.
type head struct {
	// Form tells two layouts of one kind apart.
	Form string `json:"form,omitempty"`
	// Columns are the known columns in the order of the rows' cells; Titles are their heads as the file
	// writes them.
	Columns []string          `json:"columns"`
	Titles  map[string]string `json:"titles"`
	Unused  []string          `json:"unused,omitempty"`
	// Starts are the numbers of the first rows of the parts.
	Starts []int `json:"starts,omitempty"`
}

func (h head) places() map[string]int {
	at := make(map[string]int, len(h.Columns))
	for i, column := range h.Columns {
		at[column] = i
	}
	return at
}

// row is one row of a file.
type row struct {
	Number int `json:"n"`
	// Beyond is the first text to the right of the last title.
	Beyond string `json:"b,omitempty"`
	// Cells are in the order of the head's Columns; the last ones may be missing.
	Cells []string `json:"c"`
	at    map[string]int
}

// cell returns the text of a column, "" when it is empty or not in the file.
func (r row) cell(column string) string {
	if i, ok := r.at[column]; ok && i < len(r.Cells) {
		return r.Cells[i]
	}
	return ""
}

// staged is a file as it was read.
type staged struct {
	head head
	rows []row
}

// source gives the rows of a batch, from wherever they wait.
type source struct {
	head head
	rows iter.Seq2[row, error]
}

// readFile reads a file of a kind. It stops reading as soon as the file proves too large.
func readFile(kind, name string, r io.Reader) (*staged, error) {
	table, err := tabular.Read(name, r, tabular.Limits{Bytes: MaxBytes, Rows: MaxRows(kind)})
	if err != nil {
		return nil, err
	}
	form, columns, reader, err := matchForm(table, kind)
	if err != nil {
		return nil, err
	}
	st := &staged{head: head{Form: form, Titles: map[string]string{}, Unused: unusedOf(reader)}}
	for _, c := range columns {
		if title := reader.Title(c.Name); title != "" {
			st.head.Columns = append(st.head.Columns, c.Name)
			st.head.Titles[c.Name] = title
		}
	}
	at := st.head.places()
	for record := range reader.All() {
		one := row{Number: record.Number, Cells: make([]string, len(st.head.Columns)), at: at}
		blank, titles := true, true
		for i, column := range st.head.Columns {
			one.Cells[i] = printable(record.Cell(column))
			blank = blank && one.Cells[i] == ""
			titles = titles && one.Cells[i] == st.head.Titles[column]
		}
		// Sheets put one under the other repeat their titles.
		if titles {
			continue
		}
		for _, text := range record.Beyond() {
			if one.Beyond == "" {
				one.Beyond = printable(text)
			}
		}
		if !blank || one.Beyond != "" {
			st.rows = append(st.rows, one)
		}
	}
	if len(st.rows) == 0 {
		return nil, ErrNoRows
	}
	return st, nil
}

// unusedOf leaves out the column that our own list of wrong rows adds.
func unusedOf(reader *tabular.Reader) []string {
	return slices.DeleteFunc(reader.Unused(), func(title string) bool { return folded(title) == colError })
}

// printable takes away control characters, which no cell means and not every store keeps.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' {
			return -1
		}
		return r
	}, text)
}

// matchForm finds the columns of a kind in a table. When no layout fits, it refuses for the one that
// comes nearest: the one whose first column is there, else the first.
func matchForm(table *tabular.Table, kind string) (string, tabular.Columns, *tabular.Reader, error) {
	var refusal error
	for _, f := range formsOf(kind) {
		reader, err := table.Match(f.columns)
		if err == nil {
			return f.name, f.columns, reader, nil
		}
		if !errors.Is(err, tabular.ErrMissingColumn) {
			return "", nil, nil, err
		}
		if refusal == nil || f.begins(table) {
			refusal = err
		}
	}
	if refusal == nil {
		return "", nil, nil, ErrKind
	}
	return "", nil, nil, refusal
}

func authorOf(who identity.Actor) string {
	if who.AccountID != "" {
		return who.AccountID
	}
	return who.Name
}

// refusalOf returns the refusal in err.
func refusalOf(err error) (*errs.Refusal, bool) { return errors.AsType[*errs.Refusal](err) }
