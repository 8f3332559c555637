package managers_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/campaigns"
	"capillare/internal/facilita"
	"capillare/internal/facilitators"
	"capillare/internal/files"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/kinds"
	"capillare/internal/monitoring"
	"capillare/internal/network"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/register/registertest"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
	"capillare/internal/web/managers"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// world is the invented network behind the pages of management: body 0 runs Potenza and Aliano, body 1
// Matera.
type world struct {
	*registertest.Network
	orgs   *orgs.Service
	money  *funding.Service
	places *territory.Service
	kinds  *kinds.Service
	pages  http.Handler
	region identity.Actor
	// bodies are the managers of the two bodies.
	bodies [2]identity.Actor
}

func newWorld(t *testing.T) *world {
	t.Helper()
	clock := sqldbtest.NewClock(registertest.Now())
	db := sqldbtest.OpenAt(t, sqldb.SQLite, clock)
	w := &world{Network: registertest.New(t, db), region: registertest.Actor("region", identity.Region, identity.ScopeNetwork, "")}
	for i := range w.bodies {
		w.bodies[i] = registertest.Actor("body", identity.ManagingBody, identity.ScopeBody, w.BodyIDs[i])
	}
	places, net := territory.New(db), network.New(db)
	if err := net.SetUp(t.Context(), registertest.System(), network.Setting{Name: "Digitale Facile", RegionCode: "17"}); err != nil {
		t.Fatalf("SetUp() = %v", err)
	}
	w.places = places
	bus := jobs.NewBus()
	w.orgs = orgs.New(db, places).Telling(bus)
	w.money = funding.New(db).Telling(bus)
	w.money.Subscribe(bus)
	w.Points.SubscribeBodies(bus)
	w.kinds = kinds.New(db, kinds.Deps{Points: w.Points})
	var err error
	w.pages, err = (&ui.Server{Now: clock.Now}).Handler(managers.Routes(managers.Deps{
		Points: w.Points, Facilitators: w.Facilitators, Agenda: w.Agenda, Orgs: w.orgs, Funding: w.money, Identity: identity.New(db), Files: files.New(db), Network: net, Territory: places, Kinds: w.kinds,
		Campaigns:  campaigns.New(db, campaigns.Deps{Points: w.Points, Kinds: w.kinds, Facilitators: w.Facilitators, Agenda: w.Agenda}),
		Monitoring: monitoring.New(monitoring.Deps{Register: w.Register, Points: w.Points, Facilitators: w.Facilitators, Funding: w.Funding}),
		Facilita:   facilita.New(db, facilita.Deps{Register: w.Register, Points: w.Points, Facilitators: w.Facilitators, Funding: w.Funding}),
	}), nil)
	if err != nil {
		t.Fatalf("Handler() = %v", err)
	}
	return w
}

// place returns a point and its only address.
func (w *world) place(t *testing.T, point int) (points.Point, points.Address) {
	t.Helper()
	one, err := w.Points.ByID(t.Context(), registertest.System(), w.PointIDs[point])
	if err != nil {
		t.Fatalf("ByID() = %v", err)
	}
	return one, one.Addresses[0]
}

// book puts the first facilitator on duty on Tuesdays at Potenza and books today at 10.
func (w *world) book(t *testing.T, name string) {
	t.Helper()
	one, a := w.place(t, 0)
	_, err := w.Facilitators.AddDuty(t.Context(), registertest.System(), facilitators.Duty{FacilitatorID: w.FacilitatorIDs[0],
		PointID: one.ID, AddressID: a.ID, Weekday: calendar.Tuesday, Starts: 9 * 60, Ends: 12 * 60, From: registertest.Today().AddDays(-30)})
	if err != nil {
		t.Fatalf("AddDuty() = %v", err)
	}
	if err := w.DB.Update(t.Context(), func(tx *sqldb.Tx) error { return w.Agenda.Rebuild(t.Context(), tx, one.ID) }); err != nil {
		t.Fatalf("Rebuild() = %v", err)
	}
	starts, err := registertest.Today().At(10 * 60)
	if err != nil {
		t.Fatalf("At() = %v", err)
	}
	_, err = w.Agenda.BookFor(t.Context(), registertest.System(), agenda.ForRequest{Where: agenda.Where{PointID: one.ID, StartsAt: starts},
		Details: agenda.Details{Topic: "D", Contact: agenda.Contact{Name: name, Phone: "333 1234567"}}, Key: "key of " + name + " for tests"})
	if err != nil {
		t.Fatalf("BookFor() = %v", err)
	}
}

// follow makes bookable times follow what was changed, as the program does by itself.
func (w *world) follow(t *testing.T) {
	t.Helper()
	if err := w.Agenda.Extend(t.Context()); err != nil {
		t.Fatalf("Extend() = %v", err)
	}
}

// page is an answer, parsed.
type page struct {
	status     int
	header     http.Header
	body, text string
	root       *html.Node
}

func (w *world) do(t *testing.T, who identity.Actor, method, path string, form url.Values) page {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r = r.WithContext(session.With(r.Context(), session.Current{Actor: who, Session: identity.Session{AccountID: who.AccountID}}))
	rec := httptest.NewRecorder()
	w.pages.ServeHTTP(rec, r)
	body := rec.Body.String()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return page{status: rec.Code, header: rec.Header(), body: body, text: textOf(root), root: root}
}

func (w *world) get(t *testing.T, who identity.Actor, path string) page {
	t.Helper()
	return w.do(t, who, http.MethodGet, path, nil)
}

func (w *world) post(t *testing.T, who identity.Actor, path string, form url.Values) page {
	t.Helper()
	return w.do(t, who, http.MethodPost, path, form)
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

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// fields returns what a browser would send of the forms that are posted to action.
func (p page) fields(action string) url.Values {
	out := url.Values{}
	for n := range p.root.Descendants() {
		if to, _ := attr(n, "action"); n.Data != "form" || to != action {
			continue
		}
		for f := range n.Descendants() {
			name, _ := attr(f, "name")
			kind, _ := attr(f, "type")
			value, _ := attr(f, "value")
			_, checked := attr(f, "checked")
			switch {
			case name == "" || f.Data == "button":
			case f.Data == "select":
				out.Add(name, selected(f))
			case f.Data == "input" && (kind == "checkbox" || kind == "radio"):
				if checked {
					out.Add(name, value)
				}
			case f.Data == "input":
				out.Add(name, value)
			}
		}
	}
	return out
}

func selected(list *html.Node) string {
	first, found := "", false
	for o := range list.Descendants() {
		if o.Data != "option" {
			continue
		}
		value, _ := attr(o, "value")
		if _, ok := attr(o, "selected"); ok {
			return value
		}
		if !found {
			first, found = value, true
		}
	}
	return first
}

// wrong returns the words beside the field name that say what is wrong with it.
func (p page) wrong(name string) string {
	for n := range p.root.Descendants() {
		if id, _ := attr(n, "id"); id == ui.FieldID(name)+"-error" {
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
			t.Errorf("the page lacks %q: %.1500s", part, p.text)
		}
	}
}

func (p page) lacks(t *testing.T, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(p.text, part) {
			t.Errorf("the page has %q: %.1500s", part, p.text)
		}
	}
}
