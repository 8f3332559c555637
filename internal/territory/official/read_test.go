package official_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/tabular"
	"capillare/internal/territory/official"
)

func number(t testing.TB, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func decimal(t testing.TB, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func read(t testing.TB, name, text string, o official.Options) official.File {
	t.Helper()
	files, err := official.Read(name, strings.NewReader(text), o)
	if err != nil {
		t.Fatalf("Read(%s) = %v, want a file", name, err)
	}
	if len(files) != 1 {
		t.Fatalf("Read(%s) = %d files, want 1", name, len(files))
	}
	return files[0]
}

// refusedWith checks the refusal, and that its words are whole in both languages.
func refusedWith(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error = %v, want %v", err, want)
	}
	r, ok := errors.AsType[*errs.Refusal](err)
	if !ok {
		t.Fatalf("error %v is no refusal", err)
	}
	for _, lang := range []i18n.Lang{i18n.Italian, i18n.English} {
		whole(t, i18n.Default().Printer(lang).Refusal(r))
	}
}

func whole(t testing.TB, words string) {
	t.Helper()
	if strings.ContainsAny(words, "{}") || strings.HasPrefix(words, "[") || strings.Contains(words, "[official.") {
		t.Errorf("message %q is not whole", words)
	}
}

// keys lists the problems as row, column and key, and checks that their words are whole.
func keys(t testing.TB, f official.File) []string {
	t.Helper()
	var all []string
	for _, p := range f.Problems {
		if p.Key == "official.few_rows" {
			continue
		}
		all = append(all, fmt.Sprintf("%d %s %s", p.Row, p.Column, strings.TrimPrefix(p.Key, "official.")))
		for _, lang := range []i18n.Lang{i18n.Italian, i18n.English} {
			whole(t, i18n.Default().Printer(lang).T(p.Key, p.Args))
		}
	}
	return all
}

func zipped(t testing.TB, files ...[2]string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		part, err := w.Create(f[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(f[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func workbook(t testing.TB, sheets ...tabular.Sheet) string {
	t.Helper()
	var b bytes.Buffer
	if err := tabular.WriteXLSX(&b, sheets...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const (
	sutHead    = " NR.;DESCRIZIONE COMUNE;SIGLA;CODICE ELETTORALE;CODICE ISTAT;CODICE BELFIORE\n"
	sutAbano   = "1;ABANO TERME;PD;1050540010;=\"028001\";A001\n"
	travelHead = "Name;Origine;Destinazione;Total_Minu;Total_Mete\n"
)

func TestUnknownNamesColumnsAndKinds(t *testing.T) {
	t.Parallel()
	_, err := official.Read("spesa.csv", strings.NewReader("articolo;prezzo\npane;2\n"), official.Options{})
	refusedWith(t, err, official.ErrUnknown)
	r, _ := errors.AsType[*errs.Refusal](err)
	words := i18n.Default().Printer(i18n.Italian).Refusal(r)
	for _, want := range []string{"articolo, prezzo", "Elenco dei comuni italiani (ISTAT)", "IndicePA"} {
		if !strings.Contains(words, want) {
			t.Errorf("message %q does not name %q", words, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file, text string
		options          official.Options
		want             error
	}{
		{"empty", "a.csv", "", official.Options{}, tabular.ErrEmpty},
		{"blank", "a.csv", "\n \n", official.Options{}, tabular.ErrEmpty},
		{"web page", "a.csv", "<!DOCTYPE html><html>404</html>", official.Options{}, tabular.ErrBinary},
		{"old workbook", "a.xls", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old", official.Options{}, tabular.ErrOldXLS},
		{"missing column", "sut.csv", strings.ReplaceAll(sutHead+sutAbano, "CODICE ELETTORALE", "ALTRO"), official.Options{}, official.ErrColumns},
		{"another kind was said", "sut.csv", sutHead + sutAbano, official.Options{Kind: official.Archive}, official.ErrUnknown},
		{"header only", "sut.csv", sutHead, official.Options{}, official.ErrNoRows},
		{"every row wrong", "sut.csv", sutHead + "1;ABANO;PD;1050540010;28;A001\n", official.Options{}, official.ErrAllWrong},
		{"too large", "sut.csv", sutHead + sutAbano, official.Options{MaxBytes: 20}, tabular.ErrTooLarge},
		{"broken json", "a.json", `{"type":"Topology",`, official.Options{}, official.ErrJSON},
		{"other json", "a.json", `{"type":"Point","coordinates":[11,43]}`, official.Options{}, official.ErrJSON},
		{"map without shapes", "a.json", `{"type":"FeatureCollection","features":[]}`, official.Options{}, official.ErrNoRows},
		{"broken zip", "a.zip", "PK\x03\x04 not a zip", official.Options{}, official.ErrZip},
		{"empty zip", "a.zip", zipped(t), official.Options{}, official.ErrZipEmpty},
		{"columns that begin as a zip", "a.csv", "PK;nome\n1;x\n", official.Options{}, official.ErrUnknown},
		{"zip of pictures", "a.zip", zipped(t, [2]string{"a.png", "x"}), official.Options{}, official.ErrZipEmpty},
		{"zip of unknown tables", "a.zip", zipped(t, [2]string{"a.csv", "articolo;prezzo\npane;2\n"}), official.Options{}, official.ErrUnknown},
		{"wrong file in a zip", "a.zip", zipped(t, [2]string{"sut.csv", sutHead}), official.Options{}, official.ErrEntry},
		{"workbook of something else", "a.xlsx", workbook(t, tabular.Sheet{Name: "Spesa", Header: []string{"articolo", "prezzo"}, Rows: tabular.RowsOf([][]string{{"pane", "2"}})}), official.Options{}, official.ErrUnknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := official.Read(tt.file, strings.NewReader(tt.text), tt.options)
			refusedWith(t, err, tt.want)
		})
	}
}

func TestMissingColumnIsNamed(t *testing.T) {
	t.Parallel()
	_, err := official.Read("sut.csv", strings.NewReader(strings.ReplaceAll(sutHead+sutAbano, "CODICE ELETTORALE", "ALTRO")), official.Options{})
	r, ok := errors.AsType[*errs.Refusal](err)
	if !ok {
		t.Fatalf("error = %v, want a refusal", err)
	}
	if r.Args["missing"] != "CODICE ELETTORALE" || r.Args["kind"] != errs.TextKey("official.kind.sut") {
		t.Errorf("args = %v, want CODICE ELETTORALE missing in sut", r.Args)
	}
}

func TestTooManyRowsAreRefused(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(travelHead)
	for i := range 100 {
		fmt.Fprintf(&b, "x;1001;%d;3,5;4000\n", 1002+i)
	}
	_, err := official.Read("t.txt", strings.NewReader(b.String()), official.Options{MaxRows: 40})
	refusedWith(t, err, tabular.ErrTooManyRows)
}

func TestFaultIsNoRefusal(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk fell")
	_, err := official.Read("a.csv", failing{broken}, official.Options{})
	if !errors.Is(err, broken) || errs.Of(err) != "" {
		t.Errorf("error = %v, want the fault", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestZip(t *testing.T) {
	t.Parallel()
	text := zipped(t,
		[2]string{"elenchi/leggimi.pdf", "%PDF"},
		[2]string{"__MACOSX/._sut.csv", "junk"},
		[2]string{"elenchi/leggimi.txt", "Questo archivio contiene\ndue elenchi\n"},
		[2]string{"elenchi/sut.csv", sutHead + sutAbano},
		[2]string{"elenchi/tempi.txt", travelHead + "1;1001;1002;12,5;9000\n"},
		[2]string{"fogli/variazioni.xlsx", workbook(t, variazioni(), soppressioni())},
	)
	files, err := official.Read("tutto.zip", strings.NewReader(text), official.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, fmt.Sprintf("%s %s %d %d", f.Name, f.Kind, f.Rows, len(f.Problems)))
	}
	want := []string{
		"tutto.zip/leggimi.txt unknown 0 1",
		"tutto.zip/sut.csv sut 1 1",
		"tutto.zip/tempi.txt travel 1 0",
		"tutto.zip/variazioni.xlsx changes 1 0",
		"tutto.zip/variazioni.xlsx suppressions 1 0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestProblemsAreCappedAndCounted(t *testing.T) {
	t.Parallel()
	f := read(t, "sut.csv", sutHead+sutAbano+strings.Repeat("2;X;PD;1;28;A001\n", 500), official.Options{})
	if f.Wrong != 500 || f.Rows != 1 || len(f.Problems) != official.MaxProblems {
		t.Errorf("wrong %d, rows %d, problems %d; want 500, 1, %d", f.Wrong, f.Rows, len(f.Problems), official.MaxProblems)
	}
}

func TestMeanings(t *testing.T) {
	t.Parallel()
	want := []official.Meaning{{Name: "from", Required: true}, {Name: "to", Required: true}, {Name: "minutes", Required: true}, {Name: "metres"}, {Name: "km"}}
	if diff := cmp.Diff(want, official.Meanings(official.Travel)); diff != "" {
		t.Errorf("Meanings(travel) (-want +got):\n%s", diff)
	}
	if got := official.Meanings(official.Situas); got != nil {
		t.Errorf("Meanings(situas) = %v, want none", got)
	}
	for _, k := range official.Kinds() {
		if !i18n.Default().Printer(i18n.English).Has("official.kind." + string(k)) {
			t.Errorf("kind %s has no name", k)
		}
	}
}
