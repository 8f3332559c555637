package tabular

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"

	"capillare/internal/errs"
)

var wanted = Columns{
	{Name: "Comune", Aliases: []string{"Denominazione in italiano"}, Required: true},
	{Name: "Codice", Aliases: []string{"Codice ISTAT", "PROCOM"}, Required: true},
	{Name: "Note"},
}

// rowsOf reads a file and gives number, Comune, Codice and Note of each row.
func rowsOf(t *testing.T, name, text string) (*Table, [][]any) {
	t.Helper()
	table, err := Read(name, strings.NewReader(text), Limits{})
	if err != nil {
		t.Fatalf("Read(%q) = %v", text, err)
	}
	reader, err := table.Match(wanted)
	if err != nil {
		t.Fatalf("Match(%q) = %v", text, err)
	}
	var got [][]any
	for r := range reader.All() {
		got = append(got, []any{r.Number, r.Cell("Comune"), r.Cell("Codice"), r.Cell("Note")})
	}
	return table, got
}

func TestReadCSV(t *testing.T) {
	t.Parallel()
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("Comune\tCodice\r\nForlì\t040012\r\n")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, text, sep string
		encoding        Encoding
		want            [][]any
	}{
		{"commas", "Comune,Codice,Note\nAgliè,001001,\n", ",", UTF8, [][]any{{2, "Agliè", "001001", ""}}},
		{"semicolons, decimal commas", "Comune;Codice;Note\nA;001001;1,5\nB;001002;2,5\n", ";", UTF8,
			[][]any{{2, "A", "001001", "1,5"}, {3, "B", "001002", "2,5"}}},
		{"tabs", "Comune\tCodice\tNote\nA\t1\ta;b, c\n", "\t", UTF8, [][]any{{2, "A", "1", "a;b, c"}}},
		{"bars", "Comune|Codice\nA|1\n", "|", UTF8, [][]any{{2, "A", "1", ""}}},
		{"mark", "\uFEFFComune;Codice\r\nForlì;040012\r\n", ";", UTF8BOM, [][]any{{2, "Forlì", "040012", ""}}},
		{"windows-1252", "Comune;Codice\r\nForl\xec;040012\r\nSant\x92Elia;1\r\n", ";", Windows1252,
			[][]any{{2, "Forlì", "040012", ""}, {3, "Sant’Elia", "1", ""}}},
		{"utf-16", utf16, "\t", UTF16, [][]any{{2, "Forlì", "040012", ""}}},
		{"line ends of old Macs", "Comune;Codice\rA;1\rB;2", ";", UTF8, [][]any{{2, "A", "1", ""}, {3, "B", "2", ""}}},
		{"codes as formulas", "Comune;Codice\nA;=\"028001\"\n", ";", UTF8, [][]any{{2, "A", "028001", ""}}},
		{"sep line is not a row", "sep=,\r\nComune,Codice\r\nA,1\r\n", ",", UTF8, [][]any{{2, "A", "1", ""}}},
		{"title and blank rows", "Elenco dei comuni; anno 2026\n;;\n\nComune;Codice;Note\nA;1;\n ; ;\nB;2;x\n", ";", UTF8,
			[][]any{{5, "A", "1", ""}, {7, "B", "2", "x"}}},
		{"header with breaks, blanks, capitals, accents", "\"DENOMINAZIONE\n in Italiano \";\" codicè\tistat *\"\nA;1\n", ";", UTF8,
			[][]any{{2, "A", "1", ""}}},
		{"other order, columns unknown", "x;Note;Codice;y;Comune\n1;n;2;3;A\n", ";", UTF8, [][]any{{2, "A", "2", "n"}}},
		{"quotes", "Comune;Codice;Note\n\"A;B\";\"1\";\"detto \"\"il bello\"\"\nqui\"\nC;2;z\n", ";", UTF8,
			[][]any{{2, "A;B", "1", "detto \"il bello\"\nqui"}, {3, "C", "2", "z"}}},
		{"quotes left single", "Comune;Codice;Note\n\"Casa \"del\" popolo\";1;tubo 5\" x\nB;2;\n", ";", UTF8,
			[][]any{{2, "Casa \"del\" popolo", "1", "tubo 5\" x"}, {3, "B", "2", ""}}},
		{"short and long rows", "Comune;Codice;Note\nA;1\nB;2;n;extra;\n", ";", UTF8,
			[][]any{{2, "A", "1", ""}, {3, "B", "2", "n"}}},
		{"trailing separators everywhere", "Comune;Codice;;;;\nA;1;;;;\n", ";", UTF8, [][]any{{2, "A", "1", ""}}},
		{"apostrophe that we put", "Comune;Codice\nA;'=1+1\n", ";", UTF8, [][]any{{2, "A", "=1+1", ""}}},
		{"non-breaking blanks", "Comune\u00a0;Codice\n\u00a0A \u200b;1\n", ";", UTF8, [][]any{{2, "A", "1", ""}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			table, got := rowsOf(t, "elenco.csv", tt.text)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if table.Format != CSV || table.Separator != tt.sep || table.Encoding != tt.encoding {
				t.Errorf("Read() = %s %q %s, want csv %q %s", table.Format, table.Separator, table.Encoding, tt.sep, tt.encoding)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	wide := strings.Repeat("a;", 400)
	tests := []struct {
		name, file, text string
		want             error
	}{
		{"nothing", "a.csv", "", ErrEmpty},
		{"blanks", "a.csv", " \r\n\t\r\n", ErrEmpty},
		{"only separators", "a.csv", ";;;\n;;;\n", ErrEmpty},
		{"only a mark", "a.csv", "\uFEFF", ErrEmpty},
		{"zero bytes", "a.csv", "a;b\x00c\n", ErrBinary},
		{"pdf", "a.csv", "%PDF-1.7\n1 0 obj", ErrBinary},
		{"page saved as a sheet", "a.xls", "<html><table><tr><td>Comune</td></tr></table></html>", ErrBinary},
		{"old workbook", "a.xls", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest", ErrOldXLS},
		{"workbook with a password", "a.xlsx", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1...E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00", ErrProtected},
		{"noise named xlsx", "a.XLSX", "\x01\x02\x00\x03", ErrBrokenXLSX},
		{"quote never closed", "a.csv", "a;b\n1;\"due\n3;4\n", ErrOpenQuote},
		{"too wide", "a.csv", wide + "a\n" + wide + "a\n", ErrTooManyColumns},
		{"separators without end", "a.csv", "a" + strings.Repeat(";", 50_000), ErrTooManyColumns},
		{"too large", "a.csv", strings.Repeat("a;b\n", 20_000), ErrTooLarge},
		{"too many rows", "a.csv", strings.Repeat("a;b\n", 2000), ErrTooManyRows},
		{"one row too many", "a.csv", strings.Repeat("a;b\n", 1002), ErrTooManyRows},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Read(tt.file, strings.NewReader(tt.text), Limits{Bytes: 60_000, Rows: 1000})
			if !errors.Is(err, tt.want) {
				t.Errorf("Read(%s) = %v, want %v", tt.name, err, tt.want)
			}
		})
	}
	if _, err := Read("a.csv", strings.NewReader(strings.Repeat("a;b\n", 1001)), Limits{Rows: 1000}); err != nil {
		t.Errorf("Read(header and 1000 rows) = %v, want nil", err)
	}
}

func TestOpenQuoteNamesTheRow(t *testing.T) {
	t.Parallel()
	_, err := Read("a.csv", strings.NewReader("a;b\n\n1;2\n1;\"due\n3;4\n"), Limits{})
	r, ok := errors.AsType[*errs.Refusal](err)
	if !ok || r.Args["row"] != 4 {
		t.Errorf("Read(open quote) = %v, want a refusal that names row 4", err)
	}
}

func TestMatchMissing(t *testing.T) {
	t.Parallel()
	table, err := Read("a.csv", strings.NewReader("Titolo\nCitta;Cap;Note\nA;1;2\n"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = table.Match(wanted)
	r, ok := errors.AsType[*errs.Refusal](err)
	if !ok || !errors.Is(err, ErrMissingColumn) {
		t.Fatalf("Match() = %v, want %v", err, ErrMissingColumn)
	}
	want := errs.Args{"missing": "Comune, Codice", "seen": "Citta, Cap, Note", "row": 2}
	if diff := cmp.Diff(want, r.Args); diff != "" {
		t.Errorf("args (-want +got):\n%s", diff)
	}
	if _, err := table.Match(Columns{{Name: "Altro", Required: true}}); !errors.Is(err, ErrMissingColumn) {
		t.Errorf("Match(no column at all) = %v, want %v", err, ErrMissingColumn)
	}
}

func TestReaderColumns(t *testing.T) {
	t.Parallel()
	table, err := Read("a.csv", strings.NewReader("Comune;CAP;Comune;Codice ISTAT;Codice\nA;50100;B;1;2\n"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	reader, err := table.Match(wanted)
	if err != nil {
		t.Fatal(err)
	}
	if reader.Has("Note") || !reader.Has("Codice") || reader.Len() != 1 || reader.HeaderRow() != 1 {
		t.Errorf("Has(Note) %v, Has(Codice) %v, Len %d, HeaderRow %d, want false, true, 1, 1",
			reader.Has("Note"), reader.Has("Codice"), reader.Len(), reader.HeaderRow())
	}
	if got, want := reader.Unused(), []string{"CAP", "Comune", "Codice ISTAT"}; !slices.Equal(got, want) {
		t.Errorf("Unused() = %q, want %q", got, want)
	}
	for record := range reader.All() {
		want := map[string]string{"Comune": "A", "Codice": "2"}
		if diff := cmp.Diff(want, record.Values()); diff != "" {
			t.Errorf("Values() (-want +got):\n%s", diff)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"Comune;Codice\nA;=\"028001\"\n", "\uFEFFa,b\r\n\"x\"\"y\",2", "a\tb\rc\td", "sep=;\n", "\"", "=\"", "a;\"b\"c\"\n",
		"PK\x03\x04", "\xFF\xFEa\x00;\x00", "\xec;\x80\n",
	} {
		f.Add([]byte(seed))
	}
	f.Add(workbook(f, Sheet{Header: []string{"Comune", "Codice"}, Rows: RowsOf([][]string{{"A", "001"}})}))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := Read("a.csv", strings.NewReader(string(data)), Limits{Bytes: 1 << 20, Rows: 100, Columns: 20})
		if err != nil {
			if errs.Of(err) != errs.Invalid {
				t.Fatalf("Read(%q) = %v, want a refusal", data, err)
			}
			return
		}
		last := 0
		for _, row := range table.Rows {
			if row.Number <= last || len(row.Cells) == 0 || len(row.Cells) > 20 {
				t.Fatalf("Read(%q): row %d after %d with %d cells", data, row.Number, last, len(row.Cells))
			}
			last = row.Number
		}
	})
}
