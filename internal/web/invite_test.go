package web_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/config"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/messages"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/web/account"
	"capillare/internal/web/session"
)

// mailbox is a site that writes its mail to a folder.
type mailbox struct {
	*site
	dir    string
	runner *jobs.Runner
}

func newMailbox(t *testing.T) *mailbox {
	t.Helper()
	m := &mailbox{dir: t.TempDir()}
	m.site = newSiteWith(t, session.Door{}, func(s *site, d *account.Deps) {
		log := slog.New(slog.DiscardHandler)
		d.Messages = messages.New(s.db, messages.Options{Mail: config.Mail{Folder: m.dir, From: "rete@example.it"}, Keys: s.keys, Log: log})
		d.BaseURL = "https://facile.example.it"
		m.runner = jobs.NewRunner(s.db, log)
		d.Messages.Handle(m.runner)
	})
	return m
}

var mailedLink = regexp.MustCompile(`https://facile\.example\.it(/(?:invito|password)/[A-Za-z0-9_-]{43})`)

// links sends what waits and returns the links of every mail so far.
func (m *mailbox) links(t *testing.T) []string {
	t.Helper()
	if _, err := m.runner.RunDue(context.WithoutCancel(t.Context())); err != nil {
		t.Fatalf("RunDue() = %v", err)
	}
	files, err := filepath.Glob(filepath.Join(m.dir, "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range mailedLink.FindAllStringSubmatch(strings.ReplaceAll(string(text), "=\r\n", ""), -1) {
			found = append(found, match[1])
		}
	}
	return found
}

func TestInviteByMail(t *testing.T) {
	t.Parallel()
	m := newMailbox(t)
	m.admin(t)
	body, err := m.orgs.Add(t.Context(), identity.System("test"), orgs.Body{Name: "Unione dei Comuni", Kind: orgs.KindOther})
	if err != nil {
		t.Fatal(err)
	}
	b := m.browser(t)
	b.signIn("ada@regione.it")
	b.get("/amministrazione/invita").wants(http.StatusOK).says("Invita una persona", "Ente gestore")
	b.get("/amministrazione/invita?role=managing_body").wants(http.StatusOK).says("Ente – Unione dei Comuni", "Qui arriva l'invito")
	form := []string{"role", "managing_body", "name", "Ivo Nuovo", "email", "ivo", "scope", "body:" + body, "to", "2027-06-30"}
	b.post("/amministrazione/invita", form...).wants(http.StatusUnprocessableEntity).says("indirizzo e-mail completo")
	form[5] = "ivo@comune.it"
	path := b.post("/amministrazione/invita", form...).wants(http.StatusSeeOther).Header().Get("Location")
	b.get(path).wants(http.StatusOK).says("L'invito sta partendo", "Ivo Nuovo", "L'invito vale fino al 01/12/2026", "dal 24/11/2026 al 30/06/2027")
	b.post("/amministrazione", "stato", "invited").to("/amministrazione?stato=invited")
	b.get("/amministrazione?stato=invited").says("Ivo Nuovo", "Invitato")
	sent := m.links(t)
	if len(sent) != 1 || !strings.HasPrefix(sent[0], "/invito/") {
		t.Fatalf("links sent = %v, want one invitation", sent)
	}
	if strings.Contains(sent[0], "ivo") || strings.Contains(path, "ivo") {
		t.Errorf("addresses %s, %s hold a name", sent[0], path)
	}
	ivo := m.browser(t)
	page := ivo.get(sent[0]).wants(http.StatusOK).says("Scegli la tua password", "Ivo Nuovo")
	if page.Header().Get("Cache-Control") != "no-store" || page.Header().Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("headers of the invitation = %v, want it neither kept nor told on", page.Header())
	}
	ivo.post(sent[0], "password", "corta").wants(http.StatusUnprocessableEntity).says("La password è corta")
	ivo.post(sent[0], "password", good).to("/lavoro")
	ivo.get("/profilo").wants(http.StatusOK).says("Ente gestore", "Unione dei Comuni")
	m.browser(t).get(sent[0]).wants(http.StatusNotFound).says("Questo collegamento non funziona più")
	m.browser(t).post(sent[0], "password", good).wants(http.StatusNotFound)
	b.post(path + "/invito").wants(http.StatusConflict)
	b.get(path).says("Storia", "Invitato", "Password scelta con il collegamento")
}

func TestInviteWithTwoRoles(t *testing.T) {
	t.Parallel()
	m := newMailbox(t)
	m.admin(t)
	b := m.browser(t)
	b.signIn("ada@regione.it")
	form := []string{"role", "operator", "name", "Ivo Nuovo", "email", "ivo@comune.it", "scope", "network:", "to", "2027-06-30", "altro", "1"}
	page := b.post("/amministrazione/invita", form...).wants(http.StatusOK).says("Ruoli già scelti", "Operatore del contact centre", "Quale ruolo?")
	held := regexp.MustCompile(`name="ruoli" value="([^"]+)"`).FindStringSubmatch(page.Body.String())
	if held == nil || !strings.Contains(page.Body.String(), `value="ivo@comune.it"`) {
		t.Fatalf("the page forgot the first role, or who it was for:\n%s", page.Body.String())
	}
	carry := []string{"ruoli", held[1], "name", "Ivo Nuovo", "email", "ivo@comune.it"}
	b.post("/amministrazione/invita", append(carry, "scegli", "1", "role", "auditor")...).wants(http.StatusOK).says("Revisore", "Ruoli già scelti")
	path := b.post("/amministrazione/invita", append(carry, "ruoli", "operator|body:none||", "role", "auditor", "scope", "network:")...).
		wants(http.StatusSeeOther).Header().Get("Location")
	b.get(path).wants(http.StatusOK).says("Operatore del contact centre", "dal 24/11/2026 al 30/06/2027", "Revisore").saysNot("Non c'è più")
}

func TestInviteIsSentAgainAndWithdrawn(t *testing.T) {
	t.Parallel()
	m := newMailbox(t)
	m.admin(t)
	b := m.browser(t)
	b.signIn("ada@regione.it")
	path := b.post("/amministrazione/invita", "role", "operator", "name", "Ivo Nuovo", "email", "ivo@comune.it", "scope", "network:").Header().Get("Location")
	b.post(path + "/invito").to(path)
	if sent := m.links(t); len(sent) != 2 {
		t.Fatalf("links sent = %v, want two", sent)
	}
	open := 0
	for _, link := range m.links(t) {
		if m.browser(t).get(link).Code == http.StatusOK {
			open++
		}
	}
	if open != 1 {
		t.Errorf("%d of two invitations open, want the second alone", open)
	}
	b.post(path + "/invito/ritira").to(path)
	b.get(path).says("L'invito è stato ritirato", "nessun invito è valido")
	for _, link := range m.links(t) {
		m.browser(t).get(link).wants(http.StatusNotFound)
	}
}

func TestInviteWithoutMailIsHandedOver(t *testing.T) {
	t.Parallel()
	s := newSite(t, session.Door{})
	s.admin(t)
	b := s.browser(t)
	b.signIn("ada@regione.it")
	page := b.post("/amministrazione/invita", "role", "operator", "name", "Ivo Nuovo", "email", "ivo@comune.it", "scope", "network:").wants(http.StatusOK)
	page.says("La posta elettronica non è configurata", "Consegna questo collegamento a Ivo Nuovo")
	link := regexp.MustCompile(`http://localhost:8080(/invito/[A-Za-z0-9_-]{43})`).FindStringSubmatch(page.Body.String())
	if link == nil {
		t.Fatalf("no link in the page:\n%s", page.Body.String())
	}
	s.browser(t).post(link[1], "password", good).to("/lavoro")
	s.browser(t).get("/password-dimenticata").wants(http.StatusOK).says("Chiedi una nuova password a chi amministra")
	s.browser(t).post("/password-dimenticata", "email", "ivo@comune.it").wants(http.StatusUnprocessableEntity)
}

func TestForgottenPasswordAnswersAlike(t *testing.T) {
	t.Parallel()
	m := newMailbox(t)
	m.admin(t)
	b := m.browser(t)
	b.get("/accedi").says("Ho dimenticato la password")
	var pages []string
	for _, email := range []string{"ada@regione.it", "nobody@regione.it"} {
		pages = append(pages, text(t, b.post("/password-dimenticata", "email", email).wants(http.StatusOK).says("Controlla la posta").Body.String()))
	}
	if pages[0] != pages[1] {
		t.Errorf("a known address answers\n%s\nan unknown one\n%s", pages[0], pages[1])
	}
	sent := m.links(t)
	if len(sent) != 1 || !strings.HasPrefix(sent[0], "/password/") {
		t.Fatalf("links sent = %v, want one to Ada", sent)
	}
	b.get(sent[0]).says("Scegli una nuova password", "Ada Neri")
	b.post(sent[0], "password", "ombrello giallo fiume 9").to("/lavoro")
	for range 5 {
		b.post("/password-dimenticata", "email", "ada@regione.it")
	}
	refused := b.post("/password-dimenticata", "email", "ada@regione.it").wants(http.StatusTooManyRequests)
	if refused.Header().Get("Retry-After") == "" {
		t.Error("who asks too often is not told how long to wait")
	}
}

func TestWhoMayDoWhatAndItsReview(t *testing.T) {
	t.Parallel()
	s := newSite(t, session.Door{})
	s.admin(t)
	body, err := s.orgs.Add(t.Context(), identity.System("test"), orgs.Body{Name: "Unione dei Comuni", Kind: orgs.KindOther})
	if err != nil {
		t.Fatal(err)
	}
	zoe := s.account(t, "zoe@comune.it", identity.Holding{Role: identity.ManagingBody, Scope: identity.ScopeBody, ScopeID: body})
	b := s.browser(t)
	b.signIn("ada@regione.it")
	b.get("/amministrazione/accessi?ente="+body).wants(http.StatusOK).says("Zoe Blu", "Unione dei Comuni", "Ada Neri")
	b.get("/amministrazione/accessi?ruolo=managing_body&quali=non-usati").wants(http.StatusOK).says("Nessun ruolo con questi filtri")
	s.clock.Add(91 * 24 * time.Hour)
	b = s.browser(t)
	b.signIn("ada@regione.it")
	b.get("/amministrazione/accessi?quali=non-usati").wants(http.StatusOK).says("Zoe Blu", "Non usato da 90 giorni").saysNot("Ada Neri Amministrazione")
	file := b.get("/amministrazione/accessi.csv?quali=non-usati").wants(http.StatusOK)
	if text := file.Body.String(); !strings.Contains(text, "zoe@comune.it") || strings.Contains(text, "ada@regione.it") {
		t.Errorf("the file has %q", text)
	}
	b.post("/amministrazione/accessi/revisione", "note", strings.Repeat("x", 601)).wants(http.StatusUnprocessableEntity)
	b.post("/amministrazione/accessi/revisione", "note", "tutti controllati").to("/amministrazione/accessi")
	b.get("/amministrazione/accessi").says("23/02/2027, Ada Neri: 2 account", "tutti controllati")

	path := "/amministrazione/account/" + zoe
	b.get(path + "/modifica").wants(http.StatusOK).says("Cambia nome o indirizzo")
	b.post(path+"/modifica", "name", "Zoe Rossi", "email", "ada@regione.it").wants(http.StatusConflict)
	b.post(path+"/modifica", "name", "Zoe Rossi", "email", "zoe@comune.it").to(path)
	b.get(path).says("Zoe Rossi", "Nome o indirizzo cambiati")
}

var heirField = regexp.MustCompile(`name="(role_[0-9a-f]{32})"`)

func TestHandOverAnAccount(t *testing.T) {
	t.Parallel()
	s := newSite(t, session.Door{})
	s.admin(t)
	zoe := s.account(t, "zoe@comune.it", identity.Holding{Role: identity.Operator, Scope: identity.ScopeNetwork})
	ugo := s.account(t, "ugo@comune.it", identity.Holding{})
	b := s.browser(t)
	b.signIn("ada@regione.it")
	path := "/amministrazione/account/" + zoe
	field := heirField.FindStringSubmatch(b.get(path + "/consegne").wants(http.StatusOK).Body.String())
	if field == nil {
		t.Fatal("the page does not ask who takes the role over")
	}
	b.post(path+"/consegne", "last", "2026-11-01").wants(http.StatusUnprocessableEntity).says("già passato")
	b.post(path+"/consegne", "last", "2026-11-30", field[1], ugo).to(path)
	b.get(path).says("Passaggio registrato", "dal 24/11/2026 al 30/11/2026")
	b.get("/amministrazione/account/" + ugo).says("dal 01/12/2026")
	role := regexp.MustCompile(`/ruolo/[0-9a-f-]{36}/durata`).FindString(b.get("/amministrazione/account/" + ugo).Body.String())
	b.post("/amministrazione/account/"+ugo+role, "to", "2026-11-01").wants(http.StatusUnprocessableEntity)
	b.post("/amministrazione/account/"+ugo+role, "to", "2027-12-31").to("/amministrazione/account/" + ugo)
	b.get("/amministrazione/account/" + ugo).says("dal 01/12/2026 al 31/12/2027")
}

// TestNothingPersonalInAnAddress asks that searches by name travel in the body of a request.
func TestNothingPersonalInAnAddress(t *testing.T) {
	t.Parallel()
	s := newSite(t, session.Door{})
	s.admin(t)
	s.account(t, "zoe@comune.it", facilitator())
	b := s.browser(t)
	b.signIn("ada@regione.it")
	for _, page := range []*answer{b.get("/amministrazione"), b.post("/amministrazione", "cerca", "zoe"), b.get("/amministrazione/accessi")} {
		for _, href := range regexp.MustCompile(`(?:href|action|formaction)="([^"]*)"`).FindAllStringSubmatch(page.Body.String(), -1) {
			plain, err := url.QueryUnescape(href[1])
			if err != nil || strings.Contains(strings.ToLower(plain), "zoe") || strings.Contains(plain, "@") || strings.Contains(plain, "cerca=") {
				t.Errorf("%s leads to %q", page.what, href[1])
			}
		}
	}
}

// helper adds Anna, a facilitator who serves the point when there is one.
func (m *mailbox) helper(t *testing.T, body, point string) string {
	t.Helper()
	system := identity.System("test")
	id, err := m.people.Add(t.Context(), system, facilitators.Facilitator{
		BodyID: body, Name: "Anna", Surname: "Verdi", Email: "Anna@coop.it", From: calendar.DayOf(start).AddDays(-9),
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	if point != "" {
		if err := m.people.Serve(t.Context(), system, id, point, calendar.DayOf(start).AddDays(-9), calendar.Day{}); err != nil {
			t.Fatal(err)
		}
	}
	return id
}

// place adds a body and a point that it runs.
func (m *mailbox) place(t *testing.T) (body, point string) {
	t.Helper()
	system := identity.System("test")
	if _, err := m.places.LoadRows(t.Context(), []territory.SeedRow{{Belfiore: "A187", ISTAT: "077001", Name: "Aliano", ProvinceCode: "077",
		ProvinceName: "Matera", Sigla: "MT", RegionCode: "17", RegionName: "Basilicata", Population: 1100, CAPs: []string{"75010"}}}); err != nil {
		t.Fatal(err)
	}
	body, err := m.orgs.Add(t.Context(), system, orgs.Body{Name: "Cooperativa Prova", Kind: orgs.KindOther})
	if err != nil {
		t.Fatal(err)
	}
	point, err = m.points.Add(t.Context(), system, points.Point{
		OfficialName: "Punto di Aliano", Kind: points.Fixed, ManagingBodyID: body, State: points.StateSettingUp, Booking: points.BookingPossible,
		Addresses: []points.Address{{Street: "Via Roma", CAP: "75010", Belfiore: "A187"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return body, point
}

// holds wants pieces of the page as it is written.
func (a *answer) holds(pieces ...string) *answer {
	a.t.Helper()
	for _, piece := range pieces {
		if !strings.Contains(a.Body.String(), piece) {
			a.t.Errorf("the page does not hold %s:\n%s", piece, a.Body.String())
		}
	}
	return a
}

var carriedRole = regexp.MustCompile(`name="ruoli" value="([^"]+)"`)

func TestInviteAFacilitatorOfTheList(t *testing.T) {
	t.Parallel()
	m := newMailbox(t)
	m.admin(t)
	body, point := m.place(t)
	id := m.helper(t, body, point)
	b := m.browser(t)
	b.signIn("ada@regione.it")
	page := b.get("/amministrazione/invita?persona="+id).wants(http.StatusOK).says("Anna Verdi, Cooperativa Prova", "Punto di Aliano").
		holds(`value="Anna Verdi"`, `value="Anna@coop.it"`)
	roles := carriedRole.FindStringSubmatch(page.Body.String())
	if roles == nil {
		t.Fatalf("the page carries no role:\n%s", page.Body.String())
	}
	form := []string{"persona", id, "pronto", "1", "ruoli", roles[1], "name", "Anna Verdi", "email", ""}
	b.post("/amministrazione/invita", form...).wants(http.StatusUnprocessableEntity).says("indirizzo e-mail completo").holds(`value="Anna Verdi"`, roles[1])
	if f, err := m.people.ByID(t.Context(), identity.System("test"), id); err != nil || f.AccountID != "" {
		t.Errorf("after a refusal the account is %q, %v, want none", f.AccountID, err)
	}
	form[9] = "anna@coop.it"
	path := b.post("/amministrazione/invita", form...).wants(http.StatusSeeOther).Header().Get("Location")
	b.get(path).wants(http.StatusOK).says("Facilitatore collegato", "Anna Verdi", "Punto di Aliano", "dal 24/11/2026")
	if f, err := m.people.ByID(t.Context(), identity.System("test"), id); err != nil || f.AccountID == "" || !strings.HasSuffix(path, f.AccountID) {
		t.Errorf("the account of the person is %q, %v, want that of %s", f.AccountID, err, path)
	}
	if sent := m.links(t); len(sent) != 1 {
		t.Errorf("links sent = %v, want one", sent)
	}
	b.get("/amministrazione/invita?persona=" + id).wants(http.StatusConflict)
	b.get("/amministrazione/invita?persona=nobody-there").wants(http.StatusNotFound)
	form[9] = "altra@coop.it"
	b.post("/amministrazione/invita", form...).wants(http.StatusConflict)
	b.post("/amministrazione", "cerca", "altra@coop.it").wants(http.StatusOK).saysNot("Anna Verdi")
}

func TestInviteAFacilitatorWithoutPointsAsksWhere(t *testing.T) {
	t.Parallel()
	m := newMailbox(t)
	m.admin(t)
	body, _ := m.place(t)
	id := m.helper(t, body, "")
	b := m.browser(t)
	b.signIn("ada@regione.it")
	b.get("/amministrazione/invita?persona="+id).wants(http.StatusOK).says("Anna Verdi, Cooperativa Prova", "Ente – Cooperativa Prova")
	path := b.post("/amministrazione/invita", "persona", id, "role", "facilitator", "scope", "body:"+body, "name", "Anna Verdi", "email", "anna@coop.it").
		wants(http.StatusSeeOther).Header().Get("Location")
	b.get(path).wants(http.StatusOK).says("Anna Verdi", "Cooperativa Prova")
}

func TestInviteOffersThePersonWithTheSameAddress(t *testing.T) {
	t.Parallel()
	m := newMailbox(t)
	m.admin(t)
	body, point := m.place(t)
	id := m.helper(t, body, point)
	b := m.browser(t)
	b.signIn("ada@regione.it")
	form := []string{"role", "facilitator", "scope", "point:" + point, "name", "Anna V.", "email", "anna@COOP.it"}
	b.post("/amministrazione/invita", form...).wants(http.StatusUnprocessableEntity).
		says("è già chi usa questa e-mail", "Anna Verdi, Cooperativa Prova", "Per un'altra persona").holds(`value="Anna V."`)
	path := b.post("/amministrazione/invita", append(form, "persona", id)...).wants(http.StatusSeeOther).Header().Get("Location")
	if f, err := m.people.ByAccount(t.Context(), path[strings.LastIndex(path, "/")+1:]); err != nil || f.ID != id {
		t.Errorf("ByAccount() = %v, %v, want Anna", f.ID, err)
	}
	form[7] = "altra@coop.it"
	b.post("/amministrazione/invita", form...).wants(http.StatusSeeOther)
	b.post("/amministrazione/invita", "role", "auditor", "scope", "network:", "name", "Rita Blu", "email", "rita@coop.it").wants(http.StatusSeeOther)
}
