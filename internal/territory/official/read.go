package official

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"path"

	"capillare/internal/errs"
	"capillare/internal/tabular"
)

const (
	// wholeLimit bounds what must be held whole: workbooks and maps.
	wholeLimit = 128 << 20
	// streamLimit bounds what is read row by row.
	streamLimit = 4 << 30
	// rowLimit bounds the rows kept of one table.
	rowLimit = 2_000_000
	// sheetRowLimit bounds the rows of a sheet, and columnLimit the columns of any table.
	sheetRowLimit = 100_000
	columnLimit   = 300
)

// Read reads one official file, or every table inside a zip, and finds out what each is. The rows of
// a zip's tables of one kind stay apart, one File each, in the order of the archive.
//
// A file that cannot be used at all is refused with an error that says why; rows that cannot be
// trusted are left out and told in Problems. In a zip, a table of no known kind becomes a File of
// kind Unknown with its reason, because archives carry notes; any other refusal refuses the archive.
func Read(name string, r io.Reader, o Options) ([]File, error) {
	o = o.orDefaults()
	name = path.Base(name)
	start := bufio.NewReaderSize(r, 4096)
	head, err := start.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("official: read file: %w", err)
	}
	if !isArchive(head) {
		return readPlain(name, start, o)
	}
	data, err := whole(start, o)
	if err != nil {
		return nil, err
	}
	if isWorkbook(data) {
		return readWorkbook(name, data, o)
	}
	return readZip(name, data, o)
}

// isArchive reports whether a file begins as zips and workbooks do; so does an empty zip.
func isArchive(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06"))
}

func (o Options) orDefaults() Options {
	o.MaxRows = cmp.Or(o.MaxRows, rowLimit)
	return o
}

// whole reads everything, with a bound.
func whole(r io.Reader, o Options) ([]byte, error) {
	limit := cmp.Or(o.MaxBytes, int64(wholeLimit))
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("official: read file: %w", err)
	}
	if int64(len(data)) > limit {
		return nil, tabular.ErrTooLarge.With(errs.Args{"limit": max(1, limit>>20)})
	}
	return data, nil
}

// readPlain reads a file that is neither a zip nor a workbook.
func readPlain(name string, r *bufio.Reader, o Options) ([]File, error) {
	head, _ := r.Peek(512)
	text := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")))
	if bytes.HasPrefix(text, []byte("{")) {
		data, err := whole(r, o)
		if err != nil {
			return nil, err
		}
		f, err := readMap(name, data, o)
		if err != nil {
			return nil, err
		}
		return []File{f}, nil
	}
	if bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0")) {
		_, err := tabular.Read(name, r, tabular.Limits{Bytes: wholeLimit})
		return nil, cmp.Or(err, error(tabular.ErrOldXLS))
	}
	f, err := readStream(name, r, o)
	if err != nil {
		return nil, err
	}
	return []File{f}, nil
}

// readStream reads a CSV file row by row.
func readStream(name string, r io.Reader, o Options) (File, error) {
	limit := cmp.Or(o.MaxBytes, int64(streamLimit))
	in, err := tabular.NewStream(r, tabular.Limits{Bytes: limit, Columns: columnLimit})
	if err != nil {
		return File{}, err
	}
	return readTable(File{Name: name}, in.Next, o)
}

// readWorkbook reads the sheets that are of a known kind: legends and notes stand on others.
func readWorkbook(name string, data []byte, o Options) ([]File, error) {
	tables, err := tabular.Workbook(data, tabular.Limits{Bytes: wholeLimit, Rows: sheetRowLimit, Columns: columnLimit})
	if err != nil {
		return nil, err
	}
	var files []File
	var refused error
	for _, t := range tables {
		f, err := readTable(File{Name: name, Title: t.Sheet}, nextOf(t.Records()), o)
		if err != nil {
			// The first sheet is the one that people see.
			refused = cmp.Or(refused, err)
			continue
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		return nil, refused
	}
	return files, nil
}

func nextOf(rows []tabular.Row) func() (tabular.Row, error) {
	return func() (tabular.Row, error) {
		if len(rows) == 0 {
			return tabular.Row{}, io.EOF
		}
		row := rows[0]
		rows = rows[1:]
		return row, nil
	}
}
