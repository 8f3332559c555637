package territory_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestAListWithoutADay gives the day of a list that does not say it: first wrongly, then well.
func TestAListWithoutADay(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	list := "Codice Regione;Codice Provincia/Uts;Codice Comune (alfanumerico);Comune;Regione;Provincia/Uts;Sigla automobilistica;Codice catasto\n" +
		"09;248;048014;Empoli;Toscana;Firenze;FI;D403\n"
	_, preview, _ := s.do(t, upload(t, "elenco.csv", list))
	status, _, text := s.do(t, get(preview))
	wants(t, "the preview", status, 200, text, "non dice di quale giorno", `name="day"`, "Giorno dei file senza data")

	for _, wrong := range []string{"31/02/2026", "01/01/2099"} {
		status, _, text = s.do(t, get(preview+"?day="+url.QueryEscape(wrong)))
		wants(t, wrong, status, 422, text, `value="`+wrong+`"`, `aria-invalid="true"`)
		status, _, _ = s.do(t, applyWith(preview, wrong))
		if status != http.StatusUnprocessableEntity {
			t.Errorf("apply with %s = %d, want 422", wrong, status)
		}
	}
	status, _, text = s.do(t, get(preview+"?day=14%2F08%2F2026"))
	wants(t, "the preview with a day", status, 200, text, "14/08/2026", "usato", preview+"/applica")
	if strings.Contains(text, "non dice di quale giorno") {
		t.Error("the list is left out although its day was given")
	}
	if status, to, text := s.do(t, applyWith(preview, "14/08/2026")); status != http.StatusSeeOther || to != home {
		t.Fatalf("apply = %d to %q, want the first page (%.300s)", status, to, text)
	}
	status, _, text = s.do(t, get(home))
	wants(t, "the page after", status, 200, text, "elenco.csv", "14/08/2026")
}

func applyWith(preview, day string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, preview+"/applica", strings.NewReader(url.Values{"day": {day}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}
