package imports_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"capillare/internal/imports"
	"capillare/internal/jobs"
	"capillare/internal/points"
)

func postForm(path string, values url.Values) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func TestRowsAreCorrectedOnThePage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	sent := s.do(t, region(), upload(t, "points", "punti.csv", header+"P1;Empoli;Uno;;;;\nP2;Emploi;Due;Via Roma 1;;\"lun 9-13; lun 12-15\";\nP3;Boh;Tre;;;;\n"))
	rows := sent.Location + "/righe/correggi"
	page := s.do(t, region(), get(rows))
	page.wants(t, "rows to correct", 200, "Ci sono 2 righe da correggere.", "Riga 3 del file", "Riga 4 del file", "Forse volevi scrivere «Empoli»?",
		"Altre celle della riga", "Non importare questa riga", "Salva e ricontrolla")
	for _, want := range []string{`name="r3-comune"`, `value="Emploi"`, `name="r3-indirizzo"`, `value="Via Roma 1"`} {
		if !strings.Contains(string(page.Body), want) {
			t.Errorf("the form lacks %s", want)
		}
	}
	if strings.Contains(string(page.Body), "r2-comune") || page.Header.Get("Cache-Control") != "no-store" {
		t.Error("the form shows a row that is right, or may be kept by the browser")
	}

	half := s.do(t, region(), postForm(rows, url.Values{"row": {"3"}, "r3-comune": {"Empoli"}, "r3-orari": {"lun 9"}}))
	if half.Status != http.StatusSeeOther || half.Location != rows {
		t.Fatalf("a correction that leaves something wrong: %d to %q, want back to the rows", half.Status, half.Location)
	}
	page = s.do(t, region(), get(rows))
	page.wants(t, "what is still wrong", 200, "Riga 3 del file")
	if !strings.Contains(string(page.Body), `value="lun 9"`) {
		t.Error("what was typed is lost")
	}
	done := s.do(t, region(), postForm(rows, url.Values{"row": {"3", "4"}, "r3-orari": {"lun 9-13"}, "togli-4": {"1"}}))
	if done.Status != http.StatusSeeOther || done.Location != sent.Location {
		t.Fatalf("the last correction: %d to %q, want to the batch", done.Status, done.Location)
	}
	s.do(t, region(), get(rows)).wants(t, "nothing to correct", 200, "Non ci sono righe da correggere.")
	s.do(t, region(), get(sent.Location)).wants(t, "corrected", 200, "Il file è a posto", "Via Roma 1, Empoli")
	s.do(t, region(), post(sent.Location+"/applica"))
	if n, err := s.points.Count(t.Context()); err != nil || n[points.StateOpen]+n[points.StateSettingUp] != 2 {
		t.Errorf("points: %v, %v, want the two rows that were kept", n, err)
	}
}

func TestWrongRowsCanBeTakenAway(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	sent := s.do(t, region(), upload(t, "points", "punti.csv", header+"P1;Empoli;Uno;;;;\nP2;Emploi;Due;;;;\n"))
	for _, format := range []string{"xlsx", "csv"} {
		a := s.do(t, region(), get(sent.Location+"/da-correggere/righe."+format))
		if a.Status != 200 || !strings.Contains(a.Header.Get("Content-Disposition"), "righe-da-correggere."+format) || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("wrong rows as %s: %d, %v", format, a.Status, a.Header)
		}
	}
	s.do(t, region(), get(sent.Location+"/da-correggere/righe.pdf")).wants(t, "another format", 404)
}

// A large file is a job: its page refreshes itself until somebody asks it not to, and can be stopped.
func TestWorkIsSeenAndStopped(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var file strings.Builder
	file.WriteString(header)
	for i := range 1100 {
		fmt.Fprintf(&file, "P%d;Empoli;Punto %d;Via Roma %d;;;\n", i, i, i)
	}
	sent := s.do(t, region(), upload(t, "points", "molti.csv", file.String()))
	page := s.do(t, region(), get(sent.Location))
	page.wants(t, "at work", 200, "Lavoro in corso", "Controlliamo le righe", "Puoi chiudere questa pagina", "Ferma")
	if page.Header.Get("Refresh") == "" {
		t.Error("the page of a batch at work does not refresh itself")
	}
	if quiet := s.do(t, region(), get(sent.Location+"?ferma=1")); quiet.Header.Get("Refresh") != "" {
		t.Error("the page refreshes itself although that was not wanted")
	}
	s.do(t, region(), get("/gestione/importa")).wants(t, "list", 200, "Controllo in corso", "0 righe su 1.100")
	if a := s.do(t, region(), post(sent.Location+"/ferma")); a.Status != http.StatusSeeOther {
		t.Errorf("stop: %d, want 303", a.Status)
	}
	page = s.do(t, region(), get(sent.Location))
	page.wants(t, "stopped", 200, "Controllo fermato", "Riprendi il controllo")
	if page.Header.Get("Refresh") != "" {
		t.Error("the page of a stopped batch refreshes itself")
	}
	s.do(t, region(), post(sent.Location+"/riprendi"))
	run := jobs.NewRunner(s.db, slog.New(slog.DiscardHandler))
	s.imports.Handle(run)
	if _, err := run.RunDue(context.Background()); err != nil {
		t.Fatal(err)
	}
	s.do(t, region(), get(sent.Location)).wants(t, "looked at", 200, "Il file è a posto", "1.100")
	b, err := s.imports.ByID(t.Context(), region(), strings.TrimPrefix(sent.Location, "/gestione/importa/"))
	if err != nil || b.State != imports.Previewed {
		t.Errorf("batch is %s, %v, want %s", b.State, err, imports.Previewed)
	}
}
