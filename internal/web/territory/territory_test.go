package territory_test

import (
	"archive/zip"
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"capillare/internal/identity"
	"capillare/internal/network"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
	"capillare/internal/web/session"
	pages "capillare/internal/web/territory"
	"capillare/internal/web/ui"
)

const home = "/gestione/territorio"

// site is the pages of the territory over a true database of one municipality.
type site struct {
	http.Handler
	territory *territory.Service
}

func newSite(t *testing.T) *site {
	t.Helper()
	clock := sqldbtest.NewClock(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
	db := sqldbtest.OpenAt(t, sqldb.SQLite, clock)
	s := &site{territory: territory.New(db)}
	if _, err := s.territory.LoadRows(t.Context(), []territory.SeedRow{{Belfiore: "D403", ISTAT: "048014", Name: "Empoli", ProvinceCode: "048",
		ProvinceName: "Firenze", Sigla: "FI", RegionCode: "09", RegionName: "Toscana", Population: 46000}}); err != nil {
		t.Fatal(err)
	}
	handler, err := (&ui.Server{Now: clock.Now}).Handler(pages.Routes(pages.Deps{Territory: s.territory, Network: network.New(db), Identity: identity.New(db)}), nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Handler = handler
	return s
}

func region() identity.Actor {
	return identity.Actor{AccountID: "r", Name: "Rita", Grants: []identity.Grant{{Role: identity.Region, Scope: identity.ScopeNetwork}}}
}

func (s *site) do(t *testing.T, r *http.Request) (status int, location, text string) {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r.WithContext(session.With(r.Context(), session.Current{Actor: region()})))
	return w.Code, w.Header().Get("Location"), w.Body.String()
}

func get(path string) *http.Request  { return httptest.NewRequest(http.MethodGet, path, nil) }
func post(path string) *http.Request { return httptest.NewRequest(http.MethodPost, path, nil) }

// upload sends files, as pairs of name and content, in one form.
func upload(t *testing.T, pairs ...string) *http.Request {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(pairs); i += 2 {
		part, err := form.CreateFormFile("files", pairs[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(pairs[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, home, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r
}

func residents(rows string) string {
	return "\"Bilancio demografico e popolazione residente al 31 dicembre 2025\"\n\"Codice comune\";\"Comune\";\"Popolazione al 31 dicembre - Totale\";\"Informazioni\"\n" + rows
}

func wants(t *testing.T, what string, got, want int, text string, parts ...string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: status %d, want %d (%.300s)", what, got, want, text)
	}
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s: no %q on the page", what, part)
		}
	}
}

func TestSendLookApply(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	status, _, text := s.do(t, get(home))
	wants(t, "the page before", status, 200, text, "Nessun file ufficiale caricato", `name="files"`, "multiple", "46.000")

	status, preview, _ := s.do(t, upload(t, "P2_2025_it_Comuni.csv", residents("\"048014\";\"Empoli\";\"48626\";\"p\"\n"), "note.txt", "caro collega,"))
	if status != http.StatusSeeOther || !strings.HasPrefix(preview, home+"/file/") {
		t.Fatalf("send = %d to %q, want the preview", status, preview)
	}
	status, _, text = s.do(t, get(preview))
	wants(t, "the preview", status, 200, text, "Tutto pronto", "48.626", "Dati provvisori", "note.txt", "non usato", preview+"/applica")

	status, to, _ := s.do(t, post(preview+"/applica"))
	if status != http.StatusSeeOther || to != home {
		t.Errorf("apply = %d to %q, want the first page", status, to)
	}
	status, _, text = s.do(t, get(home))
	wants(t, "the page after", status, 200, text, "P2_2025_it_Comuni.csv", "31/12/2025", "provvisori", "48.626")
	if status, _, text = s.do(t, get(preview)); status != http.StatusNotFound {
		t.Errorf("the files after the import = %d, want not found (%.200s)", status, text)
	}
}

func TestSendZip(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	f, err := archive.Create("P2_2025_it_Comuni.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(residents("\"048014\";\"Empoli\";\"48626\";\"p\"\n\"999999\";\"Atlantide\";\"1\";\"p\"\n"))); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	_, preview, _ := s.do(t, upload(t, "tutto.zip", packed.String()))
	status, _, text := s.do(t, get(preview))
	wants(t, "the preview", status, 200, text, "P2_2025_it_Comuni.csv", "1 riga lasciata fuori", "Nessun comune ha mai avuto questo codice", "999999 Atlantide")
	if status, to, _ := s.do(t, post(preview+"/butta-via")); status != http.StatusSeeOther || to != home {
		t.Errorf("discard = %d to %q", status, to)
	}
	if towns, err := s.territory.InRegion(t.Context(), "09"); err != nil || towns[0].Population != 46000 {
		t.Errorf("residents = %v, %v, want nothing changed", towns, err)
	}
}

func TestWhatCannotBe(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	status, _, text := s.do(t, upload(t))
	wants(t, "no file", status, 422, text, "Non hai scelto nessun file")
	status, _, _ = s.do(t, get(home+"/file/0198-nothing"))
	if status != http.StatusNotFound {
		t.Errorf("an unknown upload = %d, want 404", status)
	}
	// A list without Empoli would make it vanish.
	list := "Codice Ripartizione geografica;Codice Regione;Codice Provincia (Storico);Codice Provincia/Uts;Codice Comune (alfanumerico);Codice Comune (numerico);Comune;" +
		"Comune (dizione italiana);Comune (dizione straniera);Ripartizione geografica;Regione;Provincia/Uts;Tipologia Provincia/Uts;Capoluogo di regione;" +
		"Capoluogo di provincia/uts;Sigla automobilistica;Codice catasto;Codice fiscale;Codice NUTS1 2024;Codice NUTS2 2024;Codice NUTS3 2024\n" +
		"3;09;048;248;048017;48017;Firenze;Firenze;;Centro;Toscana;Firenze;3;1;1;FI;D612;01307110484;ITI;ITI1;ITI14\n"
	_, preview, _ := s.do(t, upload(t, "situas_comuni_2026-08-14.csv", list))
	status, _, text = s.do(t, get(preview))
	wants(t, "a list that is cut", status, 200, text, "Questi file non si possono importare", "Comuni che mancano: 1", "Empoli")
	if regexp.MustCompile(regexp.QuoteMeta(preview) + "/applica").MatchString(text) {
		t.Error("the page of an import that cannot be done has its button")
	}
	status, _, text = s.do(t, post(preview+"/applica"))
	wants(t, "apply it all the same", status, 409, text, "Questi file non si possono importare così")
}
