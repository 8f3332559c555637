package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/network"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
	"capillare/internal/web"
	"capillare/internal/web/account"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

const (
	good  = "sedia lampo torrente 4"
	setup = "SETUPTOKEN"
)

var start = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// site is the real server over a fresh SQLite database.
type site struct {
	*web.Server
	identity *identity.Service
	orgs     *orgs.Service
	places   *territory.Service
	points   *points.Service
	people   *facilitators.Service
	money    *funding.Service
	network  *network.Service
	clock    *sqldbtest.Clock
	db       *sqldb.DB
	keys     *sealed.Keys
}

// newSite makes a site with the account pages and some pages of others: agenda, registra, andamento.
func newSite(t *testing.T, door session.Door) *site {
	t.Helper()
	return newSiteWith(t, door, func(*site, *account.Deps) {})
}

// newSiteWith is newSite with a change to what the account pages need.
func newSiteWith(t *testing.T, door session.Door, change func(*site, *account.Deps)) *site {
	t.Helper()
	clock := sqldbtest.NewClock(start)
	db := sqldbtest.OpenAt(t, sqldb.SQLite, clock)
	s := &site{clock: clock, identity: identity.New(db, identity.Options{Cost: identity.Cost{MemoryKiB: 8, Time: 1, Threads: 1}})}
	places := territory.New(db)
	s.places, s.orgs = places, orgs.New(db, places)
	net := network.New(db)
	money := funding.New(db)
	keys, _, err := sealed.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	s.points = points.New(db, points.Deps{Territory: places, Orgs: s.orgs, Funding: money})
	s.people = facilitators.New(db, nil, s.points, keys)
	s.money, s.network = money, net
	s.db, s.keys = db, keys
	deps := account.Deps{
		Identity: s.identity, Network: net, Orgs: s.orgs, Funding: money, Points: s.points, Facilitators: s.people,
		Door: door, SetupToken: setup,
	}
	change(s, &deps)
	routes := account.Routes(deps)
	page := func(access ui.Access, pattern string) ui.Route {
		return ui.Route{Pattern: pattern, Access: access, Handle: func(w http.ResponseWriter, r *http.Request) error {
			_, err := w.Write([]byte(pattern + " for " + session.Actor(r).Name))
			return err
		}}
	}
	routes = append(routes, page(ui.Access(identity.SeeAgenda), "GET /agenda"), page(ui.Access(identity.Record), "POST /registra"), page(ui.Access(identity.Record), "GET /servizi/nuovo"),
		page(ui.Access(identity.SeeProgress), "GET /andamento"), page(ui.Public, "POST /prenota"))
	s.Server, err = web.New(web.Deps{Identity: s.identity, Network: net, Territory: places, Door: door, Now: clock.Now, Routes: routes})
	if err != nil {
		t.Fatalf("New() = %v, want a site", err)
	}
	return s
}

// admin makes the first administrator, ada@regione.it.
func (s *site) admin(t *testing.T) identity.Actor {
	t.Helper()
	id, err := s.identity.FirstAdministrator(t.Context(), identity.NewAccount{Email: "ada@regione.it", Name: "Ada Neri", Password: good})
	if err != nil {
		t.Fatal(err)
	}
	who, err := s.identity.ActorFor(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// account makes an account that chose its own password, with one role.
func (s *site) account(t *testing.T, email string, h identity.Holding) string {
	t.Helper()
	id, err := s.identity.CreateAccount(t.Context(), identity.System("test"), identity.NewAccount{Email: email, Name: "Zoe Blu", Password: good})
	if err != nil {
		t.Fatal(err)
	}
	h.AccountID = id
	if h.Role != "" {
		if _, err := s.identity.Grant(t.Context(), identity.System("test"), h); err != nil {
			t.Fatal(err)
		}
	}
	return id
}

// browser keeps cookies as browsers do, but for the rules on https: those the server must ask for.
type browser struct {
	t       *testing.T
	site    *site
	base    string
	cookies map[string]*http.Cookie
	referer string
}

func (s *site) browser(t *testing.T) *browser {
	return &browser{t: t, site: s, base: "http://localhost:8080", cookies: map[string]*http.Cookie{}}
}

func (b *browser) do(req *http.Request) *answer {
	b.t.Helper()
	for _, c := range b.cookies {
		req.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	if b.referer != "" {
		req.Header.Set("Referer", b.base+b.referer)
	}
	req.RemoteAddr = "10.1.2.3:5555"
	rec := httptest.NewRecorder()
	b.site.ServeHTTP(rec, req)
	for _, c := range rec.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c
	}
	return &answer{t: b.t, ResponseRecorder: rec, what: req.Method + " " + req.URL.Path}
}

func (b *browser) get(path string) *answer {
	b.t.Helper()
	return b.do(httptest.NewRequestWithContext(b.t.Context(), http.MethodGet, b.base+path, nil))
}

func (b *browser) post(path string, pairs ...string) *answer {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	req := httptest.NewRequestWithContext(b.t.Context(), http.MethodPost, b.base+path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

func (b *browser) signIn(email string) {
	b.t.Helper()
	b.post("/accedi", "email", email, "password", good).wants(http.StatusSeeOther)
}

func (b *browser) token() string {
	if c := b.cookies["__Host-capillare"]; c != nil {
		return c.Value
	}
	return ""
}

// answer is what came back.
type answer struct {
	*httptest.ResponseRecorder
	t    *testing.T
	what string
}

func (a *answer) wants(status int) *answer {
	a.t.Helper()
	if a.Code != status {
		a.t.Fatalf("%s = %d, want %d\n%s", a.what, a.Code, status, text(a.t, a.Body.String()))
	}
	return a
}

func (a *answer) to(path string) *answer {
	a.t.Helper()
	a.wants(http.StatusSeeOther)
	if got := a.Header().Get("Location"); got != path {
		a.t.Fatalf("%s leads to %q, want %q", a.what, got, path)
	}
	return a
}

func (a *answer) says(words ...string) *answer {
	a.t.Helper()
	body := text(a.t, a.Body.String())
	for _, w := range words {
		if !strings.Contains(body, w) {
			a.t.Errorf("%s does not say %q:\n%s", a.what, w, body)
		}
	}
	if strings.Contains(body, "[account.") || strings.Contains(body, "[web.") || strings.Contains(body, "[identity.") {
		a.t.Errorf("%s shows a key without its text:\n%s", a.what, body)
	}
	return a
}

func (a *answer) saysNot(words ...string) *answer {
	a.t.Helper()
	for _, w := range words {
		if strings.Contains(a.Body.String(), w) {
			a.t.Errorf("%s says %q, want not", a.what, w)
		}
	}
	return a
}

// text returns the words of a page with single blanks between them.
func text(t *testing.T, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "style" && n.Parent.Data != "script" {
			b.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
