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
}

const (
	listsSheet    = "Elenchi"
	templateRows  = defaultRows + 1
	longestCell   = 32767
	textFormat    = 49
	narrowest     = 12
	widest        = 40
	sheetNameSize = 31
)

// WriteXLSX writes a workbook whose cells are all text, so that codes keep their zeros and nothing
// runs as a formula; columns with Choices have a drop-down list.
func WriteXLSX(w io.Writer, sheets ...Sheet) error {
	book := excelize.NewFile()
	defer book.Close()
	first := book.GetSheetName(0)
	lists := &choiceLists{book: book}
	for i, sheet := range sheets {
		name := sheetName(sheet.Name, i)
		if i == 0 {
			if err := book.SetSheetName(first, name); err != nil {
				return fmt.Errorf("tabular: name sheet %q: %w", name, err)
			}
		} else if _, err := book.NewSheet(name); err != nil {
			return fmt.Errorf("tabular: add sheet %q: %w", name, err)
		}
		if err := lists.add(name, sheet); err != nil {
			return fmt.Errorf("tabular: choices of sheet %q: %w", name, err)
		}
		if err := writeSheet(book, name, sheet); err != nil {
			return fmt.Errorf("tabular: write sheet %q: %w", name, err)
		}
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

func writeSheet(book *excelize.File, name string, sheet Sheet) error {
	out, err := book.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := dressSheet(book, out, sheet.Header); err != nil {
		return err
	}
	line := 1
	if len(sheet.Header) > 0 {
		bold, err := book.NewStyle(&excelize.Style{NumFmt: textFormat, Font: &excelize.Font{Bold: true}})
		if err != nil {
			return err
		}
		if err := setRow(out, line, sheet.Header, bold); err != nil {
			return err
		}
		line++
	}
	if sheet.Rows == nil {
		return out.Flush()
	}
	text, err := book.NewStyle(&excelize.Style{NumFmt: textFormat})
	if err != nil {
		return err
	}
	for cells, err := range sheet.Rows {
		if err != nil {
			return err
		}
		if err := setRow(out, line, cells, text); err != nil {
			return err
		}
		line++
	}
	return out.Flush()
}

// dressSheet makes the columns text, so that what people type keeps its zeros, and the header fixed.
func dressSheet(book *excelize.File, out *excelize.StreamWriter, header []string) error {
	text, err := book.NewStyle(&excelize.Style{NumFmt: textFormat})
	if err != nil {
		return err
	}
	for i, name := range header {
		if err := out.SetColStyle(i+1, i+1, text); err != nil {
			return err
		}
		width := float64(min(max(utf8.RuneCountInString(name)+4, narrowest), widest))
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if len(header) == 0 {
		return nil
	}
	return out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
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
}

func (c *choiceLists) add(sheet string, of Sheet) error {
	for i, name := range of.Header {
		choices := of.Choices[name]
		if len(choices) == 0 {
			continue
		}
		list, err := c.write(choices)
		if err != nil {
			return err
		}
		column, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		rule := excelize.NewDataValidation(true)
		rule.SetSqref(fmt.Sprintf("%s2:%s%d", column, column, templateRows))
		rule.SetSqrefDropList(list)
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
