package registertest

import (
	"io"
	"strings"
	"testing"

	"capillare/internal/territory"
)

// The files that tell of the merger: the municipalities of 15 December 2026, and those that ceased.
const (
	situas = "Codice Ripartizione geografica;Codice Regione;Codice Provincia (Storico);Codice Provincia/Uts;Codice Comune (alfanumerico);Codice Comune (numerico);Comune;" +
		"Comune (dizione italiana);Comune (dizione straniera);Ripartizione geografica;Regione;Provincia/Uts;Tipologia Provincia/Uts;Capoluogo di regione;" +
		"Capoluogo di provincia/uts;Sigla automobilistica;Codice catasto;Codice fiscale;Codice NUTS1 2024;Codice NUTS2 2024;Codice NUTS3 2024\n" +
		"4;17;076;076;076063;76063;Potenza;Potenza;;Sud;Basilicata;Potenza;1;1;1;PZ;G942;80002950766;ITF;ITF5;ITF51\n" +
		"4;17;077;077;077014;77014;Matera;Matera;;Sud;Basilicata;Matera;1;0;1;MT;F052;80002870774;ITF;ITF5;ITF52\n"
	ceased = "Anno;Sigla Automobilistica;Codice Unità territoriale sovracomunale (Uts);Codice Comune;Denominazione Comune;Comune soppresso per scorporo;Data evento;" +
		"Codice del Comune associato alla variazione;Denominazione Comune associato alla variazione;Codice Unità territoriale sovracomunale associato alla variazione;Sigla Automobilistica associata alla variazione\n" +
		"2026;MT;077;077001;Aliano;;01/12/2026;076063;Potenza;076;PZ\n"
)

// MergeAliano imports files in which Aliano (A196) has become a part of Potenza (G942), in another province.
// A Service on the same database that is not places learns of it within ten seconds.
func MergeAliano(tb testing.TB, places *territory.Service) {
	tb.Helper()
	var uploads []territory.Upload
	for _, f := range []struct{ name, content string }{{"situas_comuni_2026-12-15.csv", situas}, {"soppressi.csv", ceased}} {
		uploads = append(uploads, territory.Upload{Name: f.name, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(f.content)), nil }})
	}
	plan, err := places.Plan(tb.Context(), System(), uploads, "17")
	must(tb, err)
	if len(plan.Ceased) != 1 {
		tb.Fatalf("the plan stops for %v, ceased %v, want only Aliano", plan.Stops, plan.Ceased)
	}
	must(tb, places.Apply(tb.Context(), System(), plan))
}
