package tabular

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"capillare/internal/errs"
)

// Encoding is how the letters of a CSV file are written.
type Encoding string

// The encodings that are read; the first three are also written.
const (
	// UTF8BOM is UTF-8 with the mark that spreadsheets need to show accents.
	UTF8BOM     Encoding = "utf-8-bom"
	UTF8        Encoding = "utf-8"
	Windows1252 Encoding = "windows-1252"
	UTF16       Encoding = "utf-16"
)

const byteOrderMark = "\uFEFF"

// separators in order of preference when two explain a file equally well.
const separators = ";\t,|"

func readCSV(data []byte, limits Limits) (*Table, error) {
	text, encoding, err := decode(data)
	if err != nil {
		return nil, err
	}
	sep, body := chooseSeparator(text)
	rows, err := readRecords(body, sep, limits)
	if err != nil {
		return nil, err
	}
	t, err := newTable(rows, limits)
	if err != nil {
		return nil, err
	}
	t.Format, t.Separator, t.Encoding = CSV, string(sep), encoding
	return t, nil
}

func decode(data []byte) (string, Encoding, error) {
	if bytes.HasPrefix(data, []byte("\xFF\xFE")) || bytes.HasPrefix(data, []byte("\xFE\xFF")) {
		wide, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		if err != nil || bytes.IndexByte(wide, 0) >= 0 {
			return "", "", ErrBinary
		}
		return string(wide), UTF16, nil
	}
	if isBinary(data) {
		return "", "", ErrBinary
	}
	if !utf8.Valid(data) {
		text, err := charmap.Windows1252.NewDecoder().Bytes(data)
		if err != nil {
			return "", "", fmt.Errorf("tabular: decode windows-1252: %w", err)
		}
		return string(text), Windows1252, nil
	}
	text, marked := strings.CutPrefix(string(data), byteOrderMark)
	if marked {
		return text, UTF8BOM, nil
	}
	return text, UTF8, nil
}

// isBinary looks for what no text has: a zero byte, more than a stray control character, or the
// beginning of a document of another kind.
func isBinary(data []byte) bool {
	start := bytes.ToLower(bytes.TrimSpace(data[:min(len(data), 1024)]))
	for _, other := range []string{"%pdf", "{\\rtf", "<!doctype", "<html", "<?xml", "<table"} {
		if bytes.HasPrefix(start, []byte(other)) {
			return true
		}
	}
	controls := 0
	for _, b := range data {
		if b == 0 {
			return true
		}
		if b < ' ' && b != '\t' && b != '\n' && b != '\r' {
			controls++
		}
	}
	return controls > 5+len(data)/1000
}

// chooseSeparator obeys a first line "sep=;", else takes the separator that gives most rows the same
// number of columns. It returns the text without that line, which spreadsheets do not show.
func chooseSeparator(text string) (byte, string) {
	if rest, ok := strings.CutPrefix(text, "sep="); ok && len(rest) > 1 && strings.IndexByte(separators, rest[0]) >= 0 {
		after := strings.TrimPrefix(rest[1:], "\r")
		if body, ok := strings.CutPrefix(after, "\n"); ok {
			return rest[0], body
		}
	}
	best, most := separators[0], 0
	for _, sep := range []byte(separators) {
		if score := regularity(text, sep); score > most {
			best, most = sep, score
		}
	}
	return best, text
}

// regularity is columns times rows for the commonest number of columns of the first rows.
func regularity(text string, sep byte) int {
	const sample = 50
	count := map[int]int{}
	in := csvText{text: text, sep: sep}
	for range sample {
		cells, ok := in.next()
		if !ok {
			break
		}
		if len(cells) > 1 {
			count[len(cells)]++
		}
	}
	score := 0
	for columns, rows := range count {
		score = max(score, columns*rows)
	}
	return score
}

func readRecords(text string, sep byte, limits Limits) ([]Row, error) {
	in := csvText{text: text, sep: sep}
	var rows []Row
	for number := 1; ; number++ {
		cells, ok := in.next()
		if !ok {
			return rows, nil
		}
		if in.open {
			return nil, ErrOpenQuote.With(errs.Args{"row": number})
		}
		for i, cell := range cells {
			cells[i] = plain(cell)
		}
		row, blank := newRow(number, cells)
		if blank && !in.wide {
			continue
		}
		if in.wide || len(row.Cells) > limits.Columns {
			return nil, ErrTooManyColumns.With(errs.Args{"limit": limits.Columns, "row": number})
		}
		if rows = append(rows, row); len(rows) > limits.Rows+headerSearch {
			return nil, ErrTooManyRows.With(errs.Args{"limit": limits.Rows})
		}
	}
}

// newRow trims the cells and drops the empty ones at the end; a row without any is blank.
func newRow(number int, cells []string) (row Row, blank bool) {
	for i, cell := range cells {
		cells[i] = strings.TrimSpace(strings.Trim(cell, "\uFEFF\u200B"))
	}
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	return Row{Number: number, Cells: slices.Clip(cells)}, len(cells) == 0
}

// csvText takes records from a text. It is kinder than encoding/csv, on purpose: it knows ="0123",
// the three line ends, quotes inside words, and says where a quote was never closed.
type csvText struct {
	text string
	sep  byte
	at   int
	// width is how many cells to expect, when known.
	width int
	// open and wide say why the last record is not to be believed.
	open, wide bool
}

// widestRecord is as wide as a spreadsheet can be: a file of separators alone must not fill memory.
const widestRecord = 16384

func (c *csvText) next() (cells []string, ok bool) {
	if c.at >= len(c.text) {
		return nil, false
	}
	cells = make([]string, 0, c.width)
	for {
		cells = append(cells, c.field())
		if c.at >= len(c.text) {
			return cells, true
		}
		end := c.text[c.at]
		c.at++
		if end == c.sep {
			if c.at == len(c.text) {
				return append(cells, ""), true
			}
			if len(cells) == widestRecord {
				c.wide, c.at = true, len(c.text)
				return cells, true
			}
			continue
		}
		if end == '\r' && c.at < len(c.text) && c.text[c.at] == '\n' {
			c.at++
		}
		return cells, true
	}
}

// field reads up to the separator or line end, and stops on it.
func (c *csvText) field() string {
	switch rest := c.text[c.at:]; {
	case strings.HasPrefix(rest, `="`):
		c.at += 2
	case strings.HasPrefix(rest, `"`):
		c.at++
	default:
		return c.bare()
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(c.text[c.at:], '"')
		if i < 0 {
			c.open = true
			b.WriteString(c.text[c.at:])
			c.at = len(c.text)
			return b.String()
		}
		b.WriteString(c.text[c.at : c.at+i])
		c.at += i + 1
		switch {
		case c.at < len(c.text) && c.text[c.at] == '"':
			b.WriteByte('"')
			c.at++
		case c.closes(c.at) || !c.closesLater():
			return b.String() + c.bare()
		default:
			b.WriteByte('"')
		}
	}
}

func (c *csvText) bare() string {
	rest := c.text[c.at:]
	i := strings.IndexAny(rest, string(c.sep)+"\r\n")
	if i < 0 {
		i = len(rest)
	}
	c.at += i
	return rest[:i]
}

// closes reports whether a quote just before at ends its field.
func (c *csvText) closes(at int) bool {
	for at < len(c.text) && c.text[at] == ' ' {
		at++
	}
	return at >= len(c.text) || c.text[at] == c.sep || c.text[at] == '\n' || c.text[at] == '\r'
}

// closesLater reports whether the same line has the true end of the field, so that the quote just
// read belongs to the words. It looks only a little ahead, so that a hostile file costs no time.
func (c *csvText) closesLater() bool {
	const ahead = 200
	for i := c.at; i < min(len(c.text), c.at+ahead); i++ {
		switch c.text[i] {
		case '\n', '\r':
			return false
		case '"':
			if c.closes(i + 1) {
				return true
			}
		}
	}
	return false
}
