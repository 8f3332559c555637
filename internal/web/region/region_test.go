package region_test

import (
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"capillare/internal/calendar"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/monitoring"
	"capillare/internal/orgs"
	"capillare/internal/register"
	"capillare/internal/register/registertest"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
	"capillare/internal/web/region"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// world is the invented network with some services and two targets, behind the pages of progress.
type world struct {
	*registertest.Network
	pages  http.Handler
	region identity.Actor
}

func newWorld(t *testing.T) *world {
	t.Helper()
	clock := sqldbtest.NewClock(registertest.Now())
	db := sqldbtest.OpenAt(t, sqldb.SQLite, clock)
	w := &world{Network: registertest.New(t, db), region: registertest.Actor("region", identity.Region, identity.ScopeNetwork, "")}
	person, october := registertest.Citizen, calendar.NewDay(2026, 10, 6)
	for _, in := range []register.Input{
		w.Service(0, october, 9*60, person(1), person(2), person(3)), w.Service(0, registertest.Today().AddDays(-1), 9*60, person(1)),
		w.Service(1, registertest.Today().AddDays(-1), 10*60, person(4)), w.Service(2, registertest.Today().AddDays(-2), 9*60, person(1), person(5)),
	} {
		if _, err := w.Register.Register(t.Context(), registertest.System(), in); err != nil {
			t.Fatalf("Register() = %v", err)
		}
	}
	for _, target := range []funding.Target{
		{ProgrammeID: w.ProgrammeID, KPI: funding.KPIServices, DueOn: calendar.NewDay(2026, 12, 31), Value: 4},
		{ProgrammeID: w.ProgrammeID, KPI: funding.KPIUniqueCitizens, DueOn: calendar.NewDay(2027, 12, 31), Value: 25_000},
	} {
		if err := w.Funding.SetTarget(t.Context(), registertest.System(), target); err != nil {
			t.Fatalf("SetTarget() = %v", err)
		}
	}
	var err error
	w.pages, err = (&ui.Server{Now: clock.Now}).Handler(region.Routes(region.Deps{
		Register: w.Register, Points: w.Points, Funding: w.Funding, Facilitators: w.Facilitators, Orgs: orgs.New(db, territory.New(db)),
		Monitoring: monitoring.New(monitoring.Deps{Register: w.Register, Points: w.Points, Facilitators: w.Facilitators, Funding: w.Funding}),
	}), nil)
	if err != nil {
		t.Fatalf("Handler() = %v", err)
	}
	return w
}

func (w *world) body(i int) identity.Actor {
	return registertest.Actor("body", identity.ManagingBody, identity.ScopeBody, w.BodyIDs[i])
}

type page struct {
	status     int
	body, text string
	root       *html.Node
}

func (w *world) get(t *testing.T, who identity.Actor, path string) page {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	r = r.WithContext(session.With(r.Context(), session.Current{Actor: who, Session: identity.Session{AccountID: who.AccountID}}))
	rec := httptest.NewRecorder()
	w.pages.ServeHTTP(rec, r)
	root, err := html.Parse(strings.NewReader(rec.Body.String()))
	if err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	return page{status: rec.Code, body: rec.Body.String(), text: textOf(root), root: root}
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// row returns the cells of the first row of a table that begins with first.
func (p page) row(first string) string {
	for n := range p.root.Descendants() {
		if n.Data == "tr" && strings.HasPrefix(textOf(n), first) {
			return textOf(n)
		}
	}
	return ""
}

func (p page) want(t *testing.T, status int, parts ...string) {
	t.Helper()
	if p.status != status {
		t.Fatalf("status = %d, want %d; page: %.800s", p.status, status, p.text)
	}
	for _, part := range parts {
		if !strings.Contains(p.text, part) {
			t.Errorf("the page lacks %q: %.2000s", part, p.text)
		}
	}
}

func TestFiguresAreThoseOfTheRegister(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sum, err := w.Register.Total(t.Context(), w.region, register.CountFilter{ProgrammeID: w.ProgrammeID})
	if err != nil || sum != (register.Numbers{Services: 4, Accesses: 7, UniqueAccesses: 5}) {
		t.Fatalf("Total() = %v, %v; the test counts on 4/7/5", sum, err)
	}
	page := w.get(t, w.region, "/andamento")
	page.want(t, http.StatusOK, "Accessi 7", "Persone diverse (C1b) 5")
	for first, want := range map[string]string{
		"Servizi dati":               "Servizi dati Raggiunto 4 4 entro il 31/12/2026 100% 3 5 4 entro il 31/12/2026 100%",
		"Cittadini raggiunti":        "Cittadini raggiunti A rischio 5 25.000 entro il 31/12/2027 0% ",
		"Progetto Comune di Potenza": "Progetto Comune di Potenza Comune di Potenza Senza obiettivo 4 3 5 2 2",
		"Progetto Comune di Matera":  "Progetto Comune di Matera Comune di Matera Senza obiettivo 1 1 2 1 1",
		"Potenza S":                  "Potenza Senza obiettivo 3 2 4 1 ",
		"ottobre 2026":               "ottobre 2026 1 3 3",
		"novembre 2026":              "novembre 2026 3 4 2",
	} {
		if got := page.row(first); !strings.HasPrefix(strings.ReplaceAll(got, "\u00a0", ""), want) {
			t.Errorf("the row of %q is %q, want %q", first, got, want)
		}
	}
	if !strings.Contains(page.body, `role="img"`) || !strings.Contains(page.text, "Che cosa vuol dire ogni numero") {
		t.Errorf("no drawing or no definitions")
	}
}

func TestABodySeesItsShare(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.get(t, w.body(1), "/andamento")
	page.want(t, http.StatusOK, "Vedi la parte che riguarda i tuoi punti", "Progetto Comune di Matera", "Accessi 2")
	if strings.Contains(page.text, "Potenza") {
		t.Errorf("body 1 sees Potenza: %.1500s", page.text)
	}
	for _, path := range []string{"/andamento/enti/" + w.BodyIDs[0], "/andamento/enti/" + w.BodyIDs[0] + "/punti.csv",
		"/andamento/punti/" + w.PointIDs[0], "/andamento?programma=unknown"} {
		if got := w.get(t, w.body(1), path); got.status != http.StatusNotFound {
			t.Errorf("GET %s of another body = %d, want 404", path, got.status)
		}
	}
}

func TestPartnerSeesOnlyItsPoint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	partner := registertest.Actor("partner", identity.DeliveringPartner, identity.ScopePoint, w.PointIDs[1])
	w.get(t, partner, "/andamento").want(t, http.StatusOK, "Accessi 1", "Progetto Comune di Potenza")
	body := w.get(t, partner, "/andamento/enti/"+w.BodyIDs[0])
	body.want(t, http.StatusOK, "Punto di Aliano", "Servizi 1")
	if strings.Contains(body.text, "Punto di Potenza") {
		t.Errorf("the partner of Aliano sees the point of Potenza")
	}
	w.get(t, partner, "/andamento/punti/"+w.PointIDs[0]).want(t, http.StatusNotFound)
}

func TestFromTheBodyToTheRecords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := w.get(t, w.region, "/andamento/enti/"+w.BodyIDs[0]+"?ordina=servizi")
	body.want(t, http.StatusOK, "Comune di Potenza", "Servizi 3", "Accessi 5", "Accessi unici (C1) 4")
	if first, second := strings.LastIndex(body.text, "Punto di Potenza"), strings.LastIndex(body.text, "Punto di Aliano"); first > second {
		t.Errorf("ordered by services, Aliano stands before Potenza")
	}
	if got := body.row("Punto di Potenza"); got != "Punto di Potenza Aperto 2 4 3" {
		t.Errorf("the row of Potenza is %q", got)
	}
	path := "/andamento/punti/" + w.PointIDs[0]
	figures := w.get(t, w.region, path)
	figures.want(t, http.StatusOK, "Servizi 2", "Con il tuo ruolo vedi solo i numeri")
	if strings.Contains(figures.body, "/servizi/") {
		t.Errorf("the region is led to records")
	}
	records := w.get(t, w.body(0), path)
	records.want(t, http.StatusOK, "23/11/2026 09:00", "Anna Rossi", "Facilitazione individuale")
	if strings.Count(records.body, `href="/servizi/`) != 2 {
		t.Errorf("the body is led to %d records, want 2", strings.Count(records.body, `href="/servizi/`))
	}
	if strings.Contains(records.text, "Prova") && strings.Contains(records.text, "Luca") {
		t.Errorf("the list of records names citizens")
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	read := func(path string) [][]string {
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.get(t, w.region, path).body, "\ufeff")))
		r.Comma = ';'
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		return rows
	}
	if rows := read("/andamento.csv"); len(rows) != 1+4*5 || rows[0][5] != "Raggiunto" || rows[3][5] != "4" {
		t.Errorf("andamento.csv has %d rows: %v", len(rows), rows)
	}
	if rows := read("/andamento/enti/" + w.BodyIDs[0] + "/punti.csv"); len(rows) != 3 || rows[2][3] != "2" {
		t.Errorf("punti.csv = %v", rows)
	}
}

func TestNoProgrammeYet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	nobody := registertest.Actor("body", identity.ManagingBody, identity.ScopeBody, "another")
	w.get(t, nobody, "/andamento").want(t, http.StatusOK, "Nessun programma")
	w.get(t, nobody, "/andamento.csv").want(t, http.StatusNotFound)
}
