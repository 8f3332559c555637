package tabular

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

func TestWriteCSV(t *testing.T) {
	t.Parallel()
	rows := [][]string{
		{"028001", "Forlì; \"bella\"", "=HYPERLINK(\"http://x\")"},
		{"+39 055 123456", "-12,5", "@SUM(A1)"},
		{"+1+2", "-", "\tx"},
		{"", "'=1", "-cmd"},
	}
	tests := []struct {
		name    string
		options CSVOptions
		want    string
	}{
		{"for spreadsheets", CSVOptions{}, "\uFEFFa;b;c\r\n" +
			"028001;\"Forlì; \"\"bella\"\"\";\"'=HYPERLINK(\"\"http://x\"\")\"\r\n" +
			"+39 055 123456;-12,5;'@SUM(A1)\r\n'+1+2;-;'\tx\r\n;''=1;'-cmd\r\n"},
		{"exact", CSVOptions{Separator: ',', Encoding: UTF8, Exact: true}, "a,b,c\r\n" +
			"028001,\"Forlì; \"\"bella\"\"\",\"=HYPERLINK(\"\"http://x\"\")\"\r\n" +
			"+39 055 123456,\"-12,5\",@SUM(A1)\r\n+1+2,-,\"\tx\"\r\n,'=1,-cmd\r\n"},
		{"windows", CSVOptions{Encoding: Windows1252, Exact: true}, "a;b;c\r\n" +
			"028001;\"Forl\xec; \"\"bella\"\"\";\"=HYPERLINK(\"\"http://x\"\")\"\r\n" +
			"+39 055 123456;-12,5;@SUM(A1)\r\n+1+2;-;\"\tx\"\r\n;'=1;-cmd\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			if err := WriteCSV(&b, []string{"a", "b", "c"}, RowsOf(rows), tt.options); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Errorf("WriteCSV() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWriteCSVLongWindows(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	row := []string{strings.Repeat("è", 9001)}
	if err := WriteCSV(&b, nil, RowsOf([][]string{row}), CSVOptions{Encoding: Windows1252}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(b.String(), "\xe8"); got != 9001 {
		t.Errorf("%d letters written, want 9001: none cut between two writes", got)
	}
}

func TestWriteCSVRefuses(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	err := WriteCSV(&b, nil, RowsOf([][]string{{"Łódź"}}), CSVOptions{Encoding: Windows1252})
	if !errors.Is(err, ErrEncoding) {
		t.Errorf("WriteCSV(Łódź) = %v, want %v", err, ErrEncoding)
	}
	fault := errors.New("no more rows")
	failing := func(yield func([]string, error) bool) { yield(nil, fault) }
	if err := WriteCSV(&b, nil, failing, CSVOptions{}); !errors.Is(err, fault) {
		t.Errorf("WriteCSV(failing) = %v, want %v", err, fault)
	}
	if err := WriteXLSX(&b, Sheet{Rows: failing}); !errors.Is(err, fault) {
		t.Errorf("WriteXLSX(failing) = %v, want %v", err, fault)
	}
	if err := WriteXLSX(&b, Sheet{Rows: RowsOf([][]string{{strings.Repeat("a", longestCell+1)}})}); err == nil {
		t.Error("WriteXLSX(cell too long) = nil, want an error: the text would be cut")
	}
	if err := WriteCSV(&b, nil, RowsOf(nil), CSVOptions{Encoding: UTF16}); err == nil {
		t.Error("WriteCSV(utf-16) = nil, want an error")
	}
}

// Nothing that is not a plain number begins, in a file for spreadsheets, as a formula does; and what
// we write reads back as it was.
func TestWriteCSVRoundTrip(t *testing.T) {
	t.Parallel()
	cell := rapid.OneOf(
		rapid.StringMatching(`[=+@'" ;,\-a-z0-9\n]{0,8}[a-z0-9]`),
		rapid.StringMatching(`'{0,3}[=+@-][0-9a-z(]{0,5}`),
	)
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 3, 3), 1, 5).Draw(t, "rows")
		sep := rapid.SampledFrom([]rune{';', ',', '\t'}).Draw(t, "sep")
		var b bytes.Buffer
		if err := WriteCSV(&b, []string{"uno", "due", "tre"}, RowsOf(rows), CSVOptions{Separator: sep}); err != nil {
			t.Fatal(err)
		}
		in := csvText{text: strings.TrimPrefix(b.String(), byteOrderMark), sep: byte(sep)}
		if _, ok := in.next(); !ok {
			t.Fatal("no header")
		}
		for _, want := range rows {
			cells, _ := in.next()
			if len(cells) != len(want) {
				t.Fatalf("row %q has %d cells, want %d", cells, len(cells), len(want))
			}
			for i, cell := range cells {
				if strings.ContainsAny(cell[:1], "=+-@\n") && !number.MatchString(cell) {
					t.Fatalf("cell %q would run as a formula", cell)
				}
				if got := plain(cell); got != want[i] {
					t.Fatalf("cell %q reads back as %q", want[i], got)
				}
			}
		}
	})
}

func TestWriteXLSXRoundTrip(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"028001", "=1+1", "Forlì"}, {"00100", "", "riga\ndue"}, {"1E5", "+39 055", "2026-11-24"}}
	data := workbook(t,
		Sheet{Name: "Punti: elenco [1/2] con un nome davvero lungo", Header: []string{"Codice", "Testo", "Nome"}, Rows: RowsOf(rows)},
		Sheet{Header: []string{"Altro"}},
	)
	table, err := Read("a.xlsx", bytes.NewReader(data), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var got [][]string
	for _, row := range table.Rows {
		got = append(got, row.Cells)
	}
	if diff := cmp.Diff(rows, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if formula, err := book.GetCellFormula(table.Sheet, "B2"); err != nil || formula != "" {
		t.Errorf("GetCellFormula(B2) = %q, %v, want none", formula, err)
	}
	if got := len([]rune(table.Sheet)); got > sheetNameSize || strings.ContainsAny(table.Sheet, `[]:/`) {
		t.Errorf("sheet is called %q, want at most %d plain letters", table.Sheet, sheetNameSize)
	}
}

func TestWriteXLSXChoices(t *testing.T) {
	t.Parallel()
	long := slices.Repeat([]string{"Un testo abbastanza lungo da non stare nella regola"}, 20)
	data := workbook(t, Sheet{
		Name: "Modello", Header: []string{"Codice", "Stato", "Tipo"},
		Choices: map[string][]string{"Stato": {"aperto", "chiuso"}, "Tipo": long},
	})
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rules, err := book.GetDataValidations("Modello")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, rule := range rules {
		got[rule.Sqref] = rule.Formula1
	}
	want := map[string]string{"B2:B20001": "Elenchi!$A$1:$A$2", "C2:C20001": "Elenchi!$B$1:$B$20"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("drop-downs (-want +got):\n%s", diff)
	}
	if visible, err := book.GetSheetVisible(listsSheet); err != nil || visible {
		t.Errorf("GetSheetVisible(%s) = %v, %v, want hidden", listsSheet, visible, err)
	}
	table, err := Read("a.xlsx", bytes.NewReader(data), Limits{})
	if err != nil || table.Sheet != "Modello" || len(table.Rows) != 0 {
		t.Errorf("Read(template) = %+v, %v, want the header of Modello alone", table, err)
	}
}
