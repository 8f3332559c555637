package tabular

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func template(t *testing.T) []byte {
	t.Helper()
	var book bytes.Buffer
	err := WriteXLSX(&book,
		Sheet{Name: "Punti", Header: []string{"codice", "tipo", "ente", "vuoto"}, Must: []string{"codice"}, Closed: []string{"tipo"},
			Choices: map[string][]string{"tipo": {"fisso", "itinerante"}}, From: map[string]string{"ente": "Elenco d'enti", "vuoto": "Niente"}},
		Sheet{Name: "Come si compila", Prose: true, Header: []string{"colonna", "che cosa"}, Rows: RowsOf([][]string{{"codice", "Il codice."}})},
		Sheet{Name: "Elenco d'enti", Header: []string{"ente"}, Rows: RowsOf([][]string{{"Auser"}, {"Comune di Empoli"}})},
		Sheet{Name: "Niente", Header: []string{"ente"}})
	if err != nil {
		t.Fatal(err)
	}
	return book.Bytes()
}

// A list on a sheet of its own is pointed to where it stands; an empty one gives no drop-down.
func TestTemplateLists(t *testing.T) {
	t.Parallel()
	book, err := excelize.OpenReader(bytes.NewReader(template(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if d := cmp.Diff([]string{"Punti", "Come si compila", "Elenco d'enti", "Niente", listsSheet}, book.GetSheetList()); d != "" {
		t.Errorf("sheets (-want +got):\n%s", d)
	}
	rules, err := book.GetDataValidations("Punti")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, r := range rules {
		got[strings.Trim(r.Sqref, "$")+" "+strings.TrimSuffix(strings.TrimPrefix(r.Formula1, "<formula1>"), "</formula1>")] = r.ShowErrorMessage
	}
	want := map[string]bool{"B2:B20001 Elenchi!$A$1:$A$2": true, "C2:C20001 'Elenco d''enti'!$A$2:$A$3": false}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("drop-downs, and whether they take nothing else (-want +got):\n%s", d)
	}
	must, err := book.GetCellStyle("Punti", "A1")
	if err != nil {
		t.Fatal(err)
	}
	if other, err := book.GetCellStyle("Punti", "B1"); err != nil || other == must {
		t.Errorf("the head of an obligatory column looks like the others: %d, %d, %v", must, other, err)
	}
}

// Every part of the workbook is XML that can be read to its end.
func TestTemplateIsSound(t *testing.T) {
	t.Parallel()
	data := template(t)
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range archive.File {
		part, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		decoder := xml.NewDecoder(part)
		for err == nil {
			_, err = decoder.Token()
		}
		if !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", entry.Name, err)
		}
		_ = part.Close()
	}
}
