package tabular

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"capillare/internal/errs"
)

const (
	// unzipLimit bounds a workbook once unpacked, as a whole and for each sheet.
	unzipLimit = 64 << 20
	// partLimit bounds each part that is not a sheet: these become many small objects in memory.
	partLimit = 24 << 20
	// entryLimit bounds the files in a workbook: real ones have some tens.
	entryLimit = 2000
	// sheetLimit bounds the sheets that are looked into for data.
	sheetLimit = 200
)

// partRule says how much one part of a workbook may hold. A few bytes of XML become an object of some
// hundreds, so elements are counted too: forty kilobytes of zipped styles took two gigabytes.
type partRule struct {
	prefix          string
	bytes, elements int64
}

// partRules are looked at in order; the last is for every other XML part, which is only kept.
var partRules = [...]partRule{
	{"xl/worksheets/sheet", unzipLimit, 6_000_000},
	{"xl/sharedstrings", partLimit, 2_000_000},
	{"xl/styles", partLimit, 300_000},
	{"xl/workbook", 2 << 20, 50_000},
	{"", partLimit, 2_000_000},
}

func readXLSX(data []byte, limits Limits) (*Table, error) {
	tables, err := readSheets(data, limits, 1)
	if err != nil {
		return nil, err
	}
	return tables[0], nil
}

// Workbook reads every sheet of an XLSX workbook that has rows, the hidden ones last.
func Workbook(data []byte, limits Limits) ([]*Table, error) {
	limits = limits.orDefaults()
	if int64(len(data)) > limits.Bytes {
		return nil, tooLarge(limits)
	}
	return readSheets(data, limits, sheetLimit)
}

// readSheets reads the first sheets that have rows, at most so many; there is at least one.
func readSheets(data []byte, limits Limits, most int) ([]*Table, error) {
	if err := inspect(data, limits); err != nil {
		return nil, err
	}
	book, err := openBook(data)
	if err != nil {
		return nil, err
	}
	defer book.Close()
	if len(book.GetSheetList()) > sheetLimit {
		return nil, tooLarge(limits)
	}
	var tables []*Table
	for _, sheet := range sheetOrder(book) {
		rows, err := readSheet(book, sheet, limits)
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			continue
		}
		t, err := newTable(rows, limits)
		if err != nil {
			return nil, err
		}
		t.Format, t.Sheet = XLSX, sheet
		if tables = append(tables, t); len(tables) == most {
			return tables, nil
		}
	}
	if len(tables) == 0 {
		return nil, ErrEmpty
	}
	return tables, nil
}

// inspect unpacks everything once to nowhere: the sizes that a zip declares may be false, and the
// reader of workbooks takes a part that ends early for a shorter one.
func inspect(data []byte, limits Limits) error {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return ErrBrokenXLSX
	}
	if len(archive.File) > entryLimit {
		return tooLarge(limits)
	}
	var declared uint64
	workbook := false
	for _, entry := range archive.File {
		if declared += entry.UncompressedSize64; declared > unzipLimit || entry.UncompressedSize64 > unzipLimit {
			return tooLarge(limits)
		}
		workbook = workbook || strings.HasPrefix(strings.ToLower(entry.Name), "xl/workbook")
		if entry.Name == "content.xml" {
			return ErrOpenDocument
		}
	}
	if !workbook {
		return ErrBinary
	}
	for _, entry := range archive.File {
		if err := inspectEntry(entry, limits); err != nil {
			return err
		}
	}
	return nil
}

func inspectEntry(entry *zip.File, limits Limits) error {
	part, err := entry.Open()
	if err != nil {
		return ErrBrokenXLSX
	}
	defer part.Close()
	bounded := &io.LimitedReader{R: part, N: int64(entry.UncompressedSize64) + 1}
	if name := strings.ToLower(entry.Name); strings.HasSuffix(name, ".xml") {
		i := slices.IndexFunc(partRules[:], func(r partRule) bool { return strings.HasPrefix(name, r.prefix) })
		if entry.UncompressedSize64 > uint64(partRules[i].bytes) {
			return tooLarge(limits)
		}
		elements, err := countElements(bounded, partRules[i].elements)
		if err != nil {
			return ErrBrokenXLSX
		}
		if elements > partRules[i].elements {
			return tooLarge(limits)
		}
	}
	if _, err := io.Copy(io.Discard, bounded); err != nil || bounded.N == 0 {
		return ErrBrokenXLSX
	}
	return nil
}

// countElements reads an XML text to its end, or until it has more elements than most.
func countElements(r io.Reader, most int64) (int64, error) {
	decoder := xml.NewDecoder(r)
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for elements := int64(0); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return elements, nil
		}
		if err != nil {
			return 0, err
		}
		if _, ok := token.(xml.StartElement); ok {
			if elements++; elements > most {
				return elements, nil
			}
		}
	}
}

func openBook(data []byte) (book *excelize.File, err error) {
	// The library meets files made to break it: what it cannot read is a broken file, not our fault.
	defer func() {
		if recover() != nil {
			book, err = nil, ErrBrokenXLSX
		}
	}()
	book, err = excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: unzipLimit, UnzipXMLSizeLimit: unzipLimit,
	})
	if err != nil {
		return nil, ErrBrokenXLSX
	}
	if err := plainStyles(book); err != nil {
		return nil, ErrBrokenXLSX
	}
	return book, nil
}

// sheetOrder puts the hidden sheets last: templates keep their lists there.
func sheetOrder(book *excelize.File) []string {
	var seen, hidden []string
	for _, name := range book.GetSheetList() {
		if visible, err := book.GetSheetVisible(name); err == nil && !visible {
			hidden = append(hidden, name)
			continue
		}
		seen = append(seen, name)
	}
	return append(seen, hidden...)
}

func readSheet(book *excelize.File, sheet string, limits Limits) (found []Row, err error) {
	defer func() {
		if recover() != nil {
			found, err = nil, ErrBrokenXLSX
		}
	}()
	rows, err := book.Rows(sheet)
	if err != nil {
		// Charts and dialogs are sheets too, and have no rows.
		return nil, nil
	}
	defer rows.Close()
	for number := 1; rows.Next(); number++ {
		cells, err := rows.Columns()
		if err != nil {
			return nil, ErrBrokenXLSX
		}
		for i, cell := range cells {
			cells[i] = withoutExponent(cell)
		}
		row, blank := newRow(number, cells)
		if blank {
			continue
		}
		if len(row.Cells) > limits.Columns {
			return nil, ErrTooManyColumns.With(errs.Args{"limit": limits.Columns, "row": number})
		}
		if found = append(found, row); len(found) > limits.Rows+headerSearch {
			return nil, ErrTooManyRows.With(errs.Args{"limit": limits.Rows})
		}
	}
	if rows.Error() != nil {
		return nil, ErrBrokenXLSX
	}
	return found, nil
}

var exponent = regexp.MustCompile(`^-?[0-9](\.[0-9]+)?E[+-][0-9]{1,2}$`)

// withoutExponent writes in full the long numbers, which are often codes.
func withoutExponent(cell string) string {
	if !exponent.MatchString(cell) {
		return cell
	}
	value, ok := new(big.Rat).SetString(cell)
	if !ok {
		return cell
	}
	if value.IsInt() {
		return value.Num().String()
	}
	return strings.TrimRight(value.FloatString(40), "0")
}

// The forms in which dates and times are read, whatever the workbook shows.
const (
	dateForm    = "yyyy-mm-dd"
	instantForm = "yyyy-mm-dd hh:mm"
	clockForm   = "hh:mm"
	elapsedForm = "[h]:mm"
)

// plainStyles changes the number formats of the workbook in memory, so that its reader gives dates in
// ISO, numbers without thousands, signs or rounding, and codes with the zeros of a format like 00000.
func plainStyles(book *excelize.File) error {
	forms := map[string]int{}
	for _, form := range []string{dateForm, instantForm, clockForm, elapsedForm} {
		code := form
		style, err := book.NewStyle(&excelize.Style{CustomNumFmt: &code})
		if err != nil {
			return fmt.Errorf("tabular: number format %s: %w", form, err)
		}
		forms[form] = *book.Styles.CellXfs.Xf[style].NumFmtID
	}
	custom := map[int]string{}
	for _, format := range book.Styles.NumFmts.NumFmt {
		custom[format.NumFmtID] = format.FormatCode
	}
	for i := range book.Styles.CellXfs.Xf {
		xf := &book.Styles.CellXfs.Xf[i]
		if xf.NumFmtID == nil {
			continue
		}
		code, ok := custom[*xf.NumFmtID]
		if !ok {
			code = builtinForm(*xf.NumFmtID)
		}
		if zeros.MatchString(code) {
			continue
		}
		id := forms[formOf(code)] // zero, the general format, when there is no form
		xf.NumFmtID = &id
	}
	return nil
}

// zeros matches the formats that only fill a code with zeros on the left.
var zeros = regexp.MustCompile(`^00+$`)

// builtinForm names the numbered formats of the standard that are dates or times.
func builtinForm(id int) string {
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return dateForm
	case id == 22:
		return instantForm
	case id >= 18 && id <= 21, id == 45, id == 47, id >= 32 && id <= 35, id == 55, id == 56:
		return clockForm
	case id == 46:
		return elapsedForm
	}
	return ""
}

var (
	// literal matches what a number format shows as it is, and its colours, languages and conditions.
	literal = regexp.MustCompile(`"[^"]*"|\\.|_.|\*.|\[[^\]]*\]`)
	elapsed = regexp.MustCompile(`\[(h+|m+|s+)\]`)
)

func formOf(code string) string {
	code = strings.ToLower(code)
	first, _, _ := strings.Cut(literal.ReplaceAllString(code, ""), ";")
	day, clock := strings.ContainsAny(first, "dy"), strings.ContainsAny(first, "hs")
	switch {
	case strings.HasPrefix(first, "general"):
		return ""
	case elapsed.MatchString(code):
		return elapsedForm
	case day && clock:
		return instantForm
	case clock:
		return clockForm
	case day, strings.Contains(first, "m"):
		return dateForm
	}
	return ""
}
