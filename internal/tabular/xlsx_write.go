package tabular

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Sheet is one sheet of a workbook to write.
type Sheet struct {
	// Name is cut and cleaned to what a workbook allows.
	Name   string
	Header []string
	// Rows may be nil, for a template to fill in.
	Rows Rows
	// Choices gives, by name of a column in Header, the texts among which its cells choose.
	Choices map[string][]string
	// From is the same with the name of a later sheet of the workbook, whose first column holds the texts.
	From map[string]string
	// Closed are the columns with choices whose cells take nothing else; the others only offer them.
	Closed []string
	// Must are the columns that have to be filled in: their heads stand out.
	Must []string
	// Prose folds long texts into several lines: for sheets that explain.
	Prose bool
}

const (
	listsSheet    = "Elenchi"
	templateRows  = defaultRows + 1
	longestCell   = 32767
	textFormat    = 49
	narrowest     = 12
	widest        = 40
	proseWidth    = 90
	sheetNameSize = 31
)

// WriteXLSX writes a workbook whose cells are all text, so that codes keep their zeros and nothing
// runs as a formula; columns with Choices have a drop-down list.
func WriteXLSX(w io.Writer, sheets ...Sheet) error {
	book := excelize.NewFile()
	defer book.Close()
	first := book.GetSheetName(0)
	lists := &choiceLists{book: book, columns: map[string]string{}}
	looks, err := newLooks(book)
	if err != nil {
		return fmt.Errorf("tabular: styles: %w", err)
	}
	for i, sheet := range sheets {
		name := sheetName(sheet.Name, i)
		if i == 0 {
			err = book.SetSheetName(first, name)
		} else {
			_, err = book.NewSheet(name)
		}
		if err != nil {
			return fmt.Errorf("tabular: add sheet %q: %w", name, err)
		}
	}
	// From the last to the first: how long a list is must be known when a drop-down points to it.
	for i, sheet := range slices.Backward(sheets) {
		name := sheetName(sheet.Name, i)
		if err := lists.add(name, sheet); err != nil {
			return fmt.Errorf("tabular: choices of sheet %q: %w", name, err)
		}
		rows, err := writeSheet(book, name, sheet, looks)
		if err != nil {
			return fmt.Errorf("tabular: write sheet %q: %w", name, err)
		}
		lists.columns[sheet.Name] = firstColumn(name, rows)
	}
	if err := lists.hide(); err != nil {
		return fmt.Errorf("tabular: hide lists: %w", err)
	}
	if err := book.Write(w); err != nil {
		return fmt.Errorf("tabular: write workbook: %w", err)
	}
	return nil
}

func sheetName(name string, i int) string {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) {
			return ' '
		}
		return r
	}, name), " '")
	if runes := []rune(name); len(runes) > sheetNameSize {
		name = strings.TrimSpace(string(runes[:sheetNameSize]))
	}
	if name == "" || strings.EqualFold(name, listsSheet) {
		return fmt.Sprintf("Foglio%d", i+1)
	}
	return name
}

// looks are the styles of a workbook.
type looks struct{ text, prose, head, must int }

func newLooks(book *excelize.File) (looks, error) {
	var l looks
	fill := func(colour string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
	}
	for _, one := range []struct {
		id    *int
		style excelize.Style
	}{
		{&l.text, excelize.Style{}},
		{&l.prose, excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}},
		{&l.head, excelize.Style{Font: &excelize.Font{Bold: true}, Fill: fill("E6ECF2")}},
		{&l.must, excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: fill("17324D")}},
	} {
		// Everything is text, so that what people type keeps its zeros.
		one.style.NumFmt = textFormat
		id, err := book.NewStyle(&one.style)
		if err != nil {
			return looks{}, err
		}
		*one.id = id
	}
	return l, nil
}

// writeSheet writes one sheet and returns its last row.
func writeSheet(book *excelize.File, name string, sheet Sheet, l looks) (last int, err error) {
	out, err := book.NewStreamWriter(name)
	if err != nil {
		return 0, err
	}
	body := l.text
	if sheet.Prose {
		body = l.prose
	}
	if err := dressSheet(out, sheet, body); err != nil {
		return 0, err
	}
	line := 1
	if len(sheet.Header) > 0 {
		if err := setHeader(out, sheet, l); err != nil {
			return 0, err
		}
		line++
	}
	if sheet.Rows == nil {
		return line - 1, out.Flush()
	}
	for cells, err := range sheet.Rows {
		if err != nil {
			return 0, err
		}
		if err := setRow(out, line, cells, body); err != nil {
			return 0, err
		}
		line++
	}
	return line - 1, out.Flush()
}

// dressSheet makes the columns text and the header fixed.
func dressSheet(out *excelize.StreamWriter, sheet Sheet, style int) error {
	for i, name := range sheet.Header {
		if err := out.SetColStyle(i+1, i+1, style); err != nil {
			return err
		}
		width := float64(min(max(utf8.RuneCountInString(name)+4, narrowest), widest))
		if sheet.Prose && i == len(sheet.Header)-1 {
			width = proseWidth
		}
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if len(sheet.Header) == 0 {
		return nil
	}
	return out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

func setHeader(out *excelize.StreamWriter, sheet Sheet, l looks) error {
	cells := make([]any, len(sheet.Header))
	for i, name := range sheet.Header {
		style := l.head
		if slices.Contains(sheet.Must, name) {
			style = l.must
		}
		cells[i] = excelize.Cell{StyleID: style, Value: name}
	}
	return out.SetRow("A1", cells)
}

func setRow(out *excelize.StreamWriter, line int, cells []string, style int) error {
	values := make([]any, len(cells))
	for i, cell := range cells {
		if utf8.RuneCountInString(cell) > longestCell {
			return fmt.Errorf("row %d, column %d: longer than a cell may be", line, i+1)
		}
		values[i] = excelize.Cell{StyleID: style, Value: cell}
	}
	return out.SetRow(fmt.Sprintf("A%d", line), values)
}

// choiceLists keeps the texts of drop-downs on one hidden sheet: written in the rule itself they may
// not pass 255 letters.
type choiceLists struct {
	book *excelize.File
	used int
	// columns are the first columns of the sheets, by the name that the caller gave them; empty for a
	// sheet without rows.
	columns map[string]string
}

// firstColumn is where the texts of a sheet with a header stand.
func firstColumn(sheet string, last int) string {
	if last < 2 {
		return ""
	}
	return fmt.Sprintf("'%s'!$A$2:$A$%d", strings.ReplaceAll(sheet, "'", "''"), last)
}

func (c *choiceLists) add(sheet string, of Sheet) error {
	for i, name := range of.Header {
		list := c.columns[of.From[name]]
		if choices := of.Choices[name]; len(choices) > 0 {
			var err error
			if list, err = c.write(choices); err != nil {
				return err
			}
		}
		if list == "" {
			continue
		}
		column, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		rule := excelize.NewDataValidation(true)
		rule.SetSqref(fmt.Sprintf("%s2:%s%d", column, column, templateRows))
		rule.SetSqrefDropList(list)
		rule.ShowErrorMessage = slices.Contains(of.Closed, name)
		if err := c.book.AddDataValidation(sheet, rule); err != nil {
			return err
		}
	}
	return nil
}

func (c *choiceLists) write(choices []string) (string, error) {
	if c.used == 0 {
		if _, err := c.book.NewSheet(listsSheet); err != nil {
			return "", err
		}
	}
	c.used++
	column, err := excelize.ColumnNumberToName(c.used)
	if err != nil {
		return "", err
	}
	values := slices.Clone(choices)
	if err := c.book.SetSheetCol(listsSheet, column+"1", &values); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s!$%s$1:$%s$%d", listsSheet, column, column, len(choices)), nil
}

func (c *choiceLists) hide() error {
	if c.used == 0 {
		return nil
	}
	return c.book.SetSheetVisible(listsSheet, false)
}
