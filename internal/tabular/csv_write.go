package tabular

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"capillare/internal/errs"
)

// Rows gives rows one by one, so that a large export is never whole in memory; an error ends it.
type Rows = iter.Seq2[[]string, error]

// RowsOf gives the rows of a slice.
func RowsOf(rows [][]string) Rows {
	return func(yield func([]string, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// CSVOptions say how a CSV file is written. The zero value suits Italian spreadsheets: semicolons,
// UTF-8 with its mark, no text that would run as a formula.
type CSVOptions struct {
	// Separator is ';' when zero.
	Separator rune
	// Encoding is UTF8BOM when empty; UTF16 is not written.
	Encoding Encoding
	// Exact leaves every text as it is, for files that another system reads.
	Exact bool
}

// WriteCSV writes a header (none when empty) and rows, with CRLF line ends. Texts that a spreadsheet
// would run as formulas get an apostrophe in front, unless options.Exact; numbers and telephone
// numbers are left alone. It returns ErrEncoding for a letter that the encoding does not have.
func WriteCSV(w io.Writer, header []string, rows Rows, options CSVOptions) error {
	out, err := encoder(w, options.Encoding)
	if err != nil {
		return err
	}
	sep := ";"
	if options.Separator != 0 {
		sep = string(options.Separator)
	}
	lines := bufio.NewWriter(out)
	write := func(cells []string) error {
		if !options.Exact {
			cells = harmlessRow(cells)
		}
		if options.Encoding == Windows1252 {
			if err := fitsWindows1252(cells); err != nil {
				return err
			}
		}
		return writeLine(lines, cells, sep)
	}
	if len(header) > 0 {
		if err := write(header); err != nil {
			return wroteNot(err)
		}
	}
	for cells, err := range rows {
		if err != nil {
			return err
		}
		if err := write(cells); err != nil {
			return wroteNot(err)
		}
	}
	return wroteNot(lines.Flush())
}

// writeLine does what encoding/csv does, but for the line breaks inside a text, which that package
// would change.
func writeLine(out *bufio.Writer, cells []string, sep string) error {
	for i, cell := range cells {
		if i > 0 {
			out.WriteString(sep)
		}
		out.WriteString(quoted(cell, sep))
	}
	if len(cells) == 1 && cells[0] == "" {
		out.WriteString(`""`)
	}
	_, err := out.WriteString("\r\n")
	return err
}

func quoted(cell, sep string) string {
	if !strings.ContainsAny(cell, sep+"\"\r\n") && strings.TrimSpace(cell) == cell {
		return cell
	}
	return `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
}

func wroteNot(err error) error {
	if err == nil || errs.Of(err) != "" {
		return err
	}
	return fmt.Errorf("tabular: write csv: %w", err)
}

func harmlessRow(cells []string) []string {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		safe[i] = harmless(cell)
	}
	return safe
}

func encoder(w io.Writer, encoding Encoding) (io.Writer, error) {
	switch encoding {
	case "", UTF8BOM:
		if _, err := io.WriteString(w, byteOrderMark); err != nil {
			return nil, wroteNot(err)
		}
		return w, nil
	case UTF8:
		return w, nil
	case Windows1252:
		return charmap.Windows1252.NewEncoder().Writer(w), nil
	}
	return nil, fmt.Errorf("tabular: encoding %q is not written", encoding)
}

// fitsWindows1252 looks before writing, so that the refusal can name the letter.
func fitsWindows1252(cells []string) error {
	for _, cell := range cells {
		for _, r := range cell {
			if _, ok := charmap.Windows1252.EncodeRune(r); !ok {
				return ErrEncoding.With(errs.Args{"letter": string(r)})
			}
		}
	}
	return nil
}
