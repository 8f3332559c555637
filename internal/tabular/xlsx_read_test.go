package tabular

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"capillare/internal/testkit"
)

func workbook(t testing.TB, sheets ...Sheet) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteXLSX(&b, sheets...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// typed makes a workbook as people do: values and number formats in the cells of Foglio1.
func typed(t testing.TB, fill func(book *excelize.File)) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	fill(book)
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func put(t testing.TB, book *excelize.File, cell string, value any, format string) {
	t.Helper()
	if err := book.SetCellValue("Sheet1", cell, value); err != nil {
		t.Fatal(err)
	}
	if format == "" {
		return
	}
	style, err := book.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		t.Fatal(err)
	}
	if err := book.SetCellStyle("Sheet1", cell, cell, style); err != nil {
		t.Fatal(err)
	}
}

func TestReadXLSXValues(t *testing.T) {
	t.Parallel()
	instant := time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)
	day := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		value  any
		format string
		want   string
	}{
		{"text with zeros", "028001", "", "028001"},
		{"number", 28001, "", "28001"},
		{"number shown with zeros", 28001, "000000", "028001"},
		{"long number", 12345678901, "", "12345678901"},
		{"number of fifteen figures", 123456789012345, "", "123456789012345"},
		{"longer number", 1234567890123450000.0, "", "1234567890123450000"},
		{"number shown with exponent", 123456, "0.00E+00", "123456"},
		{"decimals", 12.5, "0", "12.5"},
		{"small decimals", 0.000015, "", "0.000015"},
		{"sum with noise", 0.1 + 0.2, "", "0.3"},
		{"thousands", 1234.5, "#,##0.00", "1234.5"},
		{"euro", 1234.5, `#,##0.00\ "days €"`, "1234.5"},
		{"colour", 7, "[Magenta]0", "7"},
		{"percentage", 0.55, "0%", "0.55"},
		{"text format", 5012, "@", "5012"},
		{"Italian date", day, "dd/mm/yyyy", "2026-11-24"},
		{"long date", day, `[$-410]dddd\ d\ mmmm\ yyyy;@`, "2026-11-24"},
		{"month", day, "mmm-yy", "2026-11-24"},
		{"standard date", day, "", "2026-11-24"},
		{"date and time", instant, "dd/mm/yyyy hh:mm", "2026-11-24 09:30"},
		{"time", 0.75, "h:mm AM/PM", "18:00"},
		{"elapsed", 1.25, "[h]:mm", "30:00"},
		{"true", true, "", "TRUE"},
		{"blanks around", " \u00a0A ", "", "A"},
		{"formula text stays", "=1+1", "", "=1+1"},
		{"apostrophe stays", "'=1", "", "'=1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			data := typed(t, func(book *excelize.File) {
				put(t, book, "A1", "Colonna", "")
				put(t, book, "A2", tt.value, tt.format)
				if day, ok := tt.value.(time.Time); ok && tt.format == "" {
					style, err := book.NewStyle(&excelize.Style{NumFmt: 14})
					if err != nil {
						t.Fatal(err)
					}
					put(t, book, "A2", day, "")
					if err := book.SetCellStyle("Sheet1", "A2", "A2", style); err != nil {
						t.Fatal(err)
					}
				}
			})
			table, err := Read("a.xlsx", bytes.NewReader(data), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if len(table.Rows) != 1 || table.Rows[0].Cells[0] != tt.want {
				t.Errorf("Read(%v as %q) = %v, want %q", tt.value, tt.format, table.Rows, tt.want)
			}
		})
	}
}

func TestReadXLSXRows(t *testing.T) {
	t.Parallel()
	data := typed(t, func(book *excelize.File) {
		for _, name := range []string{"Dati", "Altro"} {
			if _, err := book.NewSheet(name); err != nil {
				t.Fatal(err)
			}
		}
		cells := map[string]string{
			"A1": "Elenco", "B4": "Comune", "D4": "Codice", "B5": "A", "D5": "001", "B9": "B", "C9": "x",
		}
		for at, value := range cells {
			if err := book.SetCellStr("Dati", at, value); err != nil {
				t.Fatal(err)
			}
		}
		if err := book.SetCellStr("Altro", "A1", "niente"); err != nil {
			t.Fatal(err)
		}
	})
	table, got := rowsOf(t, "a.xlsx", string(data))
	want := [][]any{{5, "A", "001", ""}, {9, "B", "", ""}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if table.Format != XLSX || table.Sheet != "Dati" {
		t.Errorf("Read() = %s %q, want xlsx Dati: the first sheet with data", table.Format, table.Sheet)
	}
}

func TestReadXLSXHiddenLast(t *testing.T) {
	t.Parallel()
	data := typed(t, func(book *excelize.File) {
		if _, err := book.NewSheet("Dati"); err != nil {
			t.Fatal(err)
		}
		put(t, book, "A1", "lista", "")
		if err := book.SetCellStr("Dati", "A1", "Comune"); err != nil {
			t.Fatal(err)
		}
		book.SetActiveSheet(1)
		if err := book.SetSheetVisible("Sheet1", false); err != nil {
			t.Fatal(err)
		}
	})
	table, err := Read("a.xlsx", bytes.NewReader(data), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if table.Sheet != "Dati" {
		t.Errorf("Read() took sheet %q, want Dati: the other is hidden", table.Sheet)
	}
}

// rezip changes the parts of a workbook; a part changed to nothing goes.
func rezip(t testing.TB, data []byte, change func(name string, part []byte) []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, entry := range in.File {
		r, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if part = change(entry.Name, part); part == nil {
			continue
		}
		w, err := out.Create(entry.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadXLSXRefuses(t *testing.T) {
	t.Parallel()
	good := workbook(t, Sheet{Name: "Dati", Header: []string{"Comune", "Codice"}, Rows: RowsOf(slices.Repeat([][]string{{"A", "1"}}, 300))})
	onSheet := func(change func([]byte) []byte) []byte {
		return rezip(t, good, func(name string, part []byte) []byte {
			if name == "xl/worksheets/sheet1.xml" {
				return change(part)
			}
			return part
		})
	}
	damaged := bytes.Clone(good)
	for i := len(damaged) / 3; i < len(damaged)/3+40; i++ {
		damaged[i] ^= 0x55
	}
	tests := []struct {
		name string
		data []byte
		want error
	}{
		{"cut at half", good[:len(good)/2], ErrBrokenXLSX},
		{"cut at the end", good[:len(good)-10], ErrBrokenXLSX},
		{"only the beginning", []byte("PK\x03\x04"), ErrBrokenXLSX},
		{"damaged inside", damaged, ErrBrokenXLSX},
		{"sheet cut inside", onSheet(func(p []byte) []byte { return p[:len(p)/2] }), ErrBrokenXLSX},
		{"sheet with a control letter", onSheet(func(p []byte) []byte { return bytes.Replace(p, []byte(">A<"), []byte(">\x0bA<"), 1) }), ErrBrokenXLSX},
		{"sheet missing", onSheet(func([]byte) []byte { return nil }), ErrEmpty},
		{"a zip of something else", rezip(t, good, func(name string, part []byte) []byte {
			if strings.HasPrefix(name, "xl/") {
				return nil
			}
			return part
		}), ErrBinary},
		{"no rows", workbook(t, Sheet{Name: "Dati"}), ErrEmpty},
		{"too many rows", good, ErrTooManyRows},
		{"a cell far away", onSheet(func(p []byte) []byte { return bytes.Replace(p, []byte(`r="B9"`), []byte(`r="XFD9"`), 1) }), ErrTooManyColumns},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			limits := Limits{Rows: 500}
			if errors.Is(tt.want, ErrTooManyRows) {
				limits.Rows = 200
			}
			_, err := Read("a.xlsx", bytes.NewReader(tt.data), limits)
			if !errors.Is(err, tt.want) {
				t.Errorf("Read(%s) = %v, want %v", tt.name, err, tt.want)
			}
		})
	}
}

func TestReadXLSXOpenDocument(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for name, text := range map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"} {
		w, err := out.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Read("a.ods", &b, Limits{}); !errors.Is(err, ErrOpenDocument) {
		t.Errorf("Read(ods) = %v, want %v", err, ErrOpenDocument)
	}
}

// A small file that unpacks to 128 MB is refused from what it declares, and one that declares less
// than it holds while it is counted: neither is ever whole in memory.
func TestReadXLSXBomb(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	good := workbook(t, Sheet{Header: []string{"Comune"}, Rows: RowsOf([][]string{{"A"}})})
	bomb := rezip(t, good, func(name string, part []byte) []byte {
		if name == "xl/worksheets/sheet1.xml" {
			return append(part, bytes.Repeat([]byte(" "), 128<<20)...)
		}
		return part
	})
	if len(bomb) > 1<<20 {
		t.Fatalf("the bomb is of %d bytes, too large for this test", len(bomb))
	}
	if _, err := Read("a.xlsx", bytes.NewReader(bomb), Limits{}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("Read(bomb) = %v, want %v", err, ErrTooLarge)
	}
	liar := lie(t, bomb)
	if _, err := Read("a.xlsx", bytes.NewReader(liar), Limits{}); !errors.Is(err, ErrBrokenXLSX) {
		t.Errorf("Read(bomb that declares less) = %v, want %v", err, ErrBrokenXLSX)
	}
}

// Few zipped bytes that would become many objects are refused too.
func TestReadXLSXManyElements(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	good := workbook(t, Sheet{Header: []string{"Comune"}, Rows: RowsOf([][]string{{"A"}})})
	tests := []struct {
		name, before, unit string
		times              int
	}{
		{"xl/styles.xml", "</cellXfs>", "<xf/>", 300_000},
		{"xl/styles.xml", "</cellXfs>", "<!-- nothing but room -->", 1_100_000},
		{"xl/workbook.xml", "</sheets>", `<sheet name="a" sheetId="9"/>`, 60_000},
		{"xl/workbook.xml", "</sheets>", `<sheet name="a" sheetId="9" r:id="rId1"/>`, 40_000},
	}
	for _, tt := range tests {
		bomb := rezip(t, good, func(name string, part []byte) []byte {
			if name != tt.name {
				return part
			}
			if !bytes.Contains(part, []byte(tt.before)) {
				t.Fatalf("no %s in %s", tt.before, tt.name)
			}
			return bytes.Replace(part, []byte(tt.before), []byte(strings.Repeat(tt.unit, tt.times)+tt.before), 1)
		})
		if _, err := Read("a.xlsx", bytes.NewReader(bomb), Limits{}); !errors.Is(err, ErrTooLarge) {
			t.Errorf("Read(%s with %d %s) = %v, want %v", tt.name, tt.times, tt.unit, err, ErrTooLarge)
		}
	}
}

// lie makes the directory of a zip declare 4096 bytes for what is larger than 64 MB.
func lie(t *testing.T, data []byte) []byte {
	t.Helper()
	data = bytes.Clone(data)
	lied := false
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte("PK\x01\x02"))
		if i < 0 {
			break
		}
		at += i
		if size := data[at+24 : at+28]; size[3] >= 4 { // little endian
			copy(size, []byte{0, 16, 0, 0})
			lied = true
		}
		at += 4
	}
	if !lied {
		t.Fatal("no large part in the zip")
	}
	return data
}
