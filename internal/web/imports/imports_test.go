package imports_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/imports"
	"capillare/internal/network"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/tabular"
	"capillare/internal/territory"
	pages "capillare/internal/web/imports"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

const header = "codice;comune;denominazione;indirizzo;gestore;orari;colore\n"

// site is the pages of the imports over a true database.
type site struct {
	http.Handler
	db      *sqldb.DB
	imports *imports.Service
	points  *points.Service
}

func newSite(t *testing.T) *site {
	t.Helper()
	clock := sqldbtest.NewClock(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
	db := sqldbtest.OpenAt(t, sqldb.SQLite, clock)
	places := territory.New(db)
	if _, err := places.LoadRows(t.Context(), []territory.SeedRow{{Belfiore: "D403", ISTAT: "048014", Name: "Empoli", ProvinceCode: "048",
		ProvinceName: "Firenze", Sigla: "FI", RegionCode: "09", RegionName: "Toscana", Population: 48000}}); err != nil {
		t.Fatal(err)
	}
	if err := network.New(db).SetUp(t.Context(), identity.System("test"), network.Setting{Name: "Rete", RegionCode: "09", HorizonDays: 60, NoticeVersion: "1"}); err != nil {
		t.Fatal(err)
	}
	keys, _, err := sealed.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	d := imports.Deps{Territory: places, Orgs: orgs.New(db, places), Funding: funding.New(db), Keys: keys}
	d.Points = points.New(db, points.Deps{Territory: places, Orgs: d.Orgs, Funding: d.Funding})
	d.Facilitators = facilitators.New(db, nil, d.Points, keys)
	s := &site{db: db, imports: imports.New(db, d), points: d.Points}
	handler, err := (&ui.Server{Now: clock.Now}).Handler(pages.Routes(pages.Deps{Imports: s.imports, Identity: identity.New(db)}), nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Handler = handler
	return s
}

func region() identity.Actor {
	return identity.Actor{AccountID: "r", Name: "Rita", Grants: []identity.Grant{{Role: identity.Region, Scope: identity.ScopeNetwork}}}
}

// do asks a page as who and returns the answer with the text and the links and forms of its main part.
func (s *site) do(t *testing.T, who identity.Actor, r *http.Request) answer {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r.WithContext(session.With(r.Context(), session.Current{Actor: who})))
	a := answer{Status: w.Code, Location: w.Header().Get("Location"), Header: w.Header(), Body: w.Body.Bytes()}
	if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		root, err := html.Parse(bytes.NewReader(a.Body))
		if err != nil {
			t.Fatal(err)
		}
		a.read(root, false)
	}
	return a
}

type answer struct {
	Status   int
	Location string
	Header   http.Header
	Body     []byte
	Text     string
	Actions  []string
	Rows     []string
}

func (a *answer) read(n *html.Node, inMain bool) {
	inMain = inMain || n.Data == "main"
	if n.Type == html.ElementNode && n.Data == "form" && inMain {
		for _, at := range n.Attr {
			if at.Key == "action" {
				a.Actions = append(a.Actions, at.Val)
			}
		}
	}
	if n.Type == html.ElementNode && n.Data == "tr" {
		a.Rows = append(a.Rows, strings.Join(strings.Fields(textOf(n)), " "))
	}
	if n.Type == html.TextNode && inMain {
		a.Text += " " + strings.Join(strings.Fields(n.Data), " ")
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		a.read(c, inMain)
	}
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data + " "
	}
	var text strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		text.WriteString(textOf(c))
	}
	return text.String()
}

func get(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }

func post(path string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(url.Values{}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// upload is the form of the first page; an empty name sends no file.
func upload(t *testing.T, kind, name, text string) *http.Request {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("kind", kind); err != nil {
		t.Fatal(err)
	}
	if name != "" {
		part, err := form.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/gestione/importa", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r
}

func (a answer) wants(t *testing.T, what string, status int, texts ...string) {
	t.Helper()
	if a.Status != status {
		t.Errorf("%s: status %d, want %d (%.300s)", what, a.Status, status, a.Text)
	}
	for _, text := range texts {
		if !strings.Contains(a.Text, text) {
			t.Errorf("%s: %q is not on the page: %.1500s", what, text, a.Text)
		}
	}
}

func TestSendSeeApply(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.do(t, region(), get("/gestione/importa")).wants(t, "first page", 200, "Non c'è ancora nessuna importazione", "Punti: modello Excel")

	sent := s.do(t, region(), upload(t, "points", "punti.csv", header+"P1;Empoli;Uno;Via Roma 1;Auser;\"lun-ven 9-13\";rosso\nP2;Empoli;Due;;;;\n"))
	if sent.Status != http.StatusSeeOther || !strings.HasPrefix(sent.Location, "/gestione/importa/") {
		t.Fatalf("sent: %d to %q, want 303 to the preview: %s", sent.Status, sent.Location, sent.Text)
	}
	page := s.do(t, region(), get(sent.Location))
	page.wants(t, "preview", 200, "Controlla che cosa cambia", "Punti, dal file punti.csv", "Il file è a posto", "Via Roma 1, Empoli", "20 ore",
		"Orari da completare", "Auser", "Comune di Empoli", "Colonne che non leggiamo", "colore", "Applica", "Butta via")
	if n, err := s.points.Count(t.Context()); err != nil || len(n) != 0 {
		t.Errorf("points after the preview: %v, %v, want none", n, err)
	}
	apply := sent.Location + "/applica"
	if !slices.Contains(page.Actions, apply) {
		t.Fatalf("forms %v, want %s", page.Actions, apply)
	}
	for range 2 {
		if done := s.do(t, region(), post(apply)); done.Status != http.StatusSeeOther || done.Location != sent.Location {
			t.Fatalf("apply: %d to %q, want 303 to %s", done.Status, done.Location, sent.Location)
		}
	}
	page = s.do(t, region(), get(sent.Location))
	page.wants(t, "applied", 200, "Importazione fatta", "24 novembre 2026")
	if slices.Contains(page.Actions, apply) {
		t.Error("an applied batch can be applied again")
	}
	if n, err := s.points.Count(t.Context()); err != nil || n[points.StateOpen] != 1 || n[points.StateSettingUp] != 1 {
		t.Errorf("points: %v, %v, want one open and one setting up", n, err)
	}
	s.do(t, region(), get("/gestione/importa")).wants(t, "list", 200, "punti.csv", "2 nuovi, 0 cambiati, 0 uguali", "Fatta")

	again := s.do(t, region(), upload(t, "points", "punti.csv", header+"P1;Empoli;Uno;Via Roma 1;Auser;\"lun-ven 9-13\";rosso\n"))
	page = s.do(t, region(), get(again.Location))
	page.wants(t, "the same again", 200, "Non cambia nulla")
	if slices.Contains(page.Actions, again.Location+"/applica") {
		t.Error("a batch that changes nothing can be applied")
	}
}

func TestWrongRowsBlock(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	sent := s.do(t, region(), upload(t, "points", "punti.csv", header+"P1;Empoli;Uno;;;;\nP2;Emploi;Due;;;\"lun 9-13; lun 12-15\";\n"))
	page := s.do(t, region(), get(sent.Location))
	page.wants(t, "preview", 200, "Il file non si può ancora importare", "Correggi le righe", "Scarica solo le righe sbagliate", "Carica il file corretto")
	for _, want := range []string{"3 comune Emploi Questo comune non c'è. Forse volevi scrivere «Empoli»? Correggi il nome.",
		"3 orari lun 9-13; lun 12-15 L'orario 12:00-15:00 di lunedì si accavalla con un altro. Cambia le ore o togli uno dei due."} {
		if !slices.Contains(page.Rows, want) {
			t.Errorf("no row %q in %q", want, page.Rows)
		}
	}
	if slices.Contains(page.Actions, sent.Location+"/applica") {
		t.Error("a wrong batch can be applied")
	}
	s.do(t, region(), post(sent.Location+"/applica")).wants(t, "applied by force", 409, "Ci sono righe da correggere: 1")
	if gone := s.do(t, region(), post(sent.Location+"/butta-via")); gone.Status != http.StatusSeeOther || gone.Location != "/gestione/importa" {
		t.Errorf("discard: %d to %q, want 303 to the list", gone.Status, gone.Location)
	}
	s.do(t, region(), get(sent.Location)).wants(t, "discarded", 200, "Importazione buttata via")
}

func TestFilesThatAreRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for name, tt := range map[string]struct {
		request *http.Request
		status  int
		want    string
	}{
		"nothing chosen": {upload(t, "", "", ""), 422, "Scegli un file dal tuo computer."},
		"no kind":        {upload(t, "cats", "a.csv", header), 422, "Che cosa importi?"},
		"missing column": {upload(t, "points", "a.csv", "codice;denominazione\nP1;Uno\n"), 422, "mancano queste colonne: comune"},
		"broken book":    {upload(t, "points", "a.xlsx", "PK\x03\x04half"), 422, "rovinato o incompleto"},
		"not a table":    {upload(t, "points", "a.pdf", "%PDF-1.7"), 422, "Questo file non è una tabella"},
		"no file at all": {post("/gestione/importa"), 422, "Scegli un file dal tuo computer."},
	} {
		a := s.do(t, region(), tt.request)
		a.wants(t, name, tt.status, tt.want)
	}
}

// unread is a body that must not be read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body of a file that is too large was read")
	return 0, http.ErrBodyReadAfterClose
}

func TestTooLargeIsSaidBeforeReading(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := httptest.NewRequest(http.MethodPost, "/gestione/importa", unread{t})
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	r.ContentLength = 200 << 20
	s.do(t, region(), r).wants(t, "200 MB", 413, "Quello che hai inviato è troppo grande", "dividilo")

	// Within what the form may carry, but larger than a file may be.
	s.do(t, region(), upload(t, "points", "a.csv", strings.Repeat("a;b\n", imports.MaxBytes/4+10))).wants(t, "a little too large", 422, "può arrivare a 32 MB")
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, kind := range imports.Kinds() {
		for _, format := range []string{imports.XLSX, imports.CSV} {
			a := s.do(t, region(), get("/gestione/importa/modello/"+kind+"."+format))
			table, err := tabular.Read("m."+format, bytes.NewReader(a.Body), tabular.Limits{})
			if a.Status != 200 || err != nil || len(table.Header) != len(imports.ColumnsOf(kind)) || !strings.Contains(a.Header.Get("Content-Disposition"), "."+format) {
				t.Errorf("template of %s as %s: %d, %v, %v", kind, format, a.Status, err, a.Header)
			}
		}
	}
	if a := s.do(t, region(), get("/gestione/importa/modello/esempio-points.xlsx")); a.Status != 200 || len(a.Body) == 0 {
		t.Errorf("filled example: %d, want a file", a.Status)
	}
	s.do(t, region(), get("/gestione/importa/modello/esempio-duties.xlsx")).wants(t, "example of an empty network", 409, "la rete è ancora vuota")
	s.do(t, region(), get("/gestione/importa/modello/cats.xlsx")).wants(t, "unknown template", 404)
}

func TestOthersAreRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b, err := s.imports.Preview(context.Background(), region(), imports.Points, "a.csv", strings.NewReader(header+"P1;Empoli;Uno;;;;\n"))
	if err != nil {
		t.Fatal(err)
	}
	body := identity.Actor{AccountID: "b", Grants: []identity.Grant{{Role: identity.ManagingBody, Scope: identity.ScopeBody, ScopeID: "x"}}}
	programme := identity.Actor{AccountID: "p", Grants: []identity.Grant{{Role: identity.Region, Scope: identity.ScopeProgramme, ScopeID: "x"}}}
	for path, request := range map[string]func() *http.Request{
		"list":     func() *http.Request { return get("/gestione/importa") },
		"send":     func() *http.Request { return upload(t, "points", "a.csv", header) },
		"batch":    func() *http.Request { return get("/gestione/importa/" + b.ID) },
		"apply":    func() *http.Request { return post("/gestione/importa/" + b.ID + "/applica") },
		"discard":  func() *http.Request { return post("/gestione/importa/" + b.ID + "/butta-via") },
		"template": func() *http.Request { return get("/gestione/importa/modello/points.xlsx") },
		"rows":     func() *http.Request { return get("/gestione/importa/" + b.ID + "/righe/correggi") },
		"correct":  func() *http.Request { return post("/gestione/importa/" + b.ID + "/righe/correggi") },
		"file":     func() *http.Request { return get("/gestione/importa/" + b.ID + "/da-correggere/righe.csv") },
		"stop":     func() *http.Request { return post("/gestione/importa/" + b.ID + "/ferma") },
		"resume":   func() *http.Request { return post("/gestione/importa/" + b.ID + "/riprendi") },
	} {
		s.do(t, body, request()).wants(t, path+" by a body", 403)
		s.do(t, programme, request()).wants(t, path+" by another scope", 404)
	}
	s.do(t, region(), get("/gestione/importa/none")).wants(t, "unknown batch", 404)
}
