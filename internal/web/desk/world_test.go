package desk_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/network"
	"capillare/internal/notify"
	"capillare/internal/orgs"
	"capillare/internal/register/registertest"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
	"capillare/internal/web/desk"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// world is the invented network with Anna on duty on Tuesdays at her two points, behind the pages.
type world struct {
	*registertest.Network
	clock *sqldbtest.Clock
	pages http.Handler
}

func newWorld(t *testing.T) *world {
	t.Helper()
	clock := sqldbtest.NewClock(registertest.Now())
	db := sqldbtest.OpenAt(t, sqldb.SQLite, clock)
	w := &world{Network: registertest.New(t, db), clock: clock}
	ctx, net := t.Context(), network.New(db)
	if err := net.SetUp(ctx, registertest.System(), network.Setting{Name: "Digitale Facile", RegionCode: "17", HorizonDays: 30, NoticeVersion: "3", Phone: "800 29 20 20"}); err != nil {
		t.Fatalf("SetUp() = %v", err)
	}
	w.duty(t, 0, 0, 9*60, 11*60)
	w.duty(t, 0, 1, 11*60, 13*60)
	w.duty(t, 2, 2, 9*60, 13*60)
	var err error
	w.pages, err = (&ui.Server{Now: clock.Now}).Handler(desk.Routes(desk.Deps{
		Notify: notify.New(db, notify.Deps{Agenda: w.Agenda}),
		Agenda: w.Agenda, Register: w.Register, Points: w.Points, Facilitators: w.Facilitators, Network: net, Territory: territory.New(db),
		Orgs: orgs.New(db, territory.New(db)), Kinds: kinds.New(db, kinds.Deps{Points: w.Points}),
	}), nil)
	if err != nil {
		t.Fatalf("Handler() = %v", err)
	}
	return w
}

func (w *world) duty(t *testing.T, facilitator, point int, from, to calendar.Minute) {
	t.Helper()
	p, err := w.Points.ByIDs(t.Context(), []string{w.PointIDs[point]})
	if err != nil {
		t.Fatalf("ByIDs() = %v", err)
	}
	_, err = w.Facilitators.AddDuty(t.Context(), registertest.System(), facilitators.Duty{
		FacilitatorID: w.FacilitatorIDs[facilitator], PointID: w.PointIDs[point], AddressID: p[w.PointIDs[point]].Addresses[0].ID,
		Weekday: calendar.Tuesday, Starts: from, Ends: to, From: registertest.Today().AddDays(-30),
	})
	if err != nil {
		t.Fatalf("AddDuty() = %v", err)
	}
	err = w.DB.Update(t.Context(), func(tx *sqldb.Tx) error { return w.Agenda.Rebuild(t.Context(), tx, w.PointIDs[point]) })
	if err != nil {
		t.Fatalf("Rebuild() = %v", err)
	}
}

// anna is the first facilitator, signed in, with the role over both her points.
func (w *world) anna(t *testing.T) identity.Actor {
	t.Helper()
	who := w.SignedIn(t, 0)
	who.Grants = append(who.Grants, identity.Grant{Role: identity.Facilitator, Scope: identity.ScopePoint, ScopeID: w.PointIDs[1]})
	return who
}

// book books point at a time of today.
func (w *world) book(t *testing.T, point int, at calendar.Minute, name string) agenda.Booking {
	t.Helper()
	starts, err := registertest.Today().At(at)
	if err != nil {
		t.Fatalf("At(%v) = %v", at, err)
	}
	b, err := w.Agenda.BookFor(t.Context(), registertest.System(), agenda.ForRequest{
		Where:   agenda.Where{PointID: w.PointIDs[point], StartsAt: starts},
		Details: agenda.Details{Topic: "D", Needs: "Usa l'apparecchio acustico", Contact: agenda.Contact{Name: name, Phone: "333 1234567"}},
		Key:     "key of " + name + " for the tests",
		Anyway:  true,
	})
	if err != nil {
		t.Fatalf("BookFor(%s) = %v", name, err)
	}
	return b
}

// page is an answer, parsed.
type page struct {
	status   int
	location string
	text     string
	root     *html.Node
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
	root, err := html.Parse(strings.NewReader(rec.Body.String()))
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return page{status: rec.Code, location: rec.Header().Get("Location"), text: textOf(root), root: root}
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

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// fields returns what a browser would send of the form that goes to action, before pressing a button.
func (p page) fields(action string) url.Values {
	out := url.Values{}
	for n := range p.root.Descendants() {
		if n.Data != "form" || attr(n, "action") != action {
			continue
		}
		for f := range n.Descendants() {
			switch name := attr(f, "name"); {
			case name == "" || f.Data == "button":
			case f.Data == "textarea":
				out.Add(name, textOf(f))
			case f.Data == "select":
				out.Add(name, selected(f))
			case f.Data == "input" && (attr(f, "type") == "checkbox" || attr(f, "type") == "radio"):
				if has(f, "checked") {
					out.Add(name, attr(f, "value"))
				}
			case f.Data == "input":
				out.Add(name, attr(f, "value"))
			}
		}
	}
	return out
}

func selected(list *html.Node) string {
	first, any := "", false
	for o := range list.Descendants() {
		if o.Data != "option" {
			continue
		}
		if has(o, "selected") {
			return attr(o, "value")
		}
		if !any {
			first, any = attr(o, "value"), true
		}
	}
	return first
}

// autofocus returns the name and value of what has the cursor when the page opens.
func (p page) autofocus() string {
	for n := range p.root.Descendants() {
		if has(n, "autofocus") {
			return attr(n, "name") + "=" + attr(n, "value")
		}
	}
	return ""
}

// rows returns the text of each row of the day.
func (p page) rows() []string {
	var out []string
	for n := range p.root.Descendants() {
		if n.Data == "ol" && attr(n, "class") == "cap-agenda" {
			for li := range n.ChildNodes() {
				if li.Data == "li" {
					out = append(out, textOf(li))
				}
			}
		}
	}
	return out
}

// row returns the row that contains part.
func (p page) row(part string) string {
	for _, row := range p.rows() {
		if strings.Contains(row, part) {
			return row
		}
	}
	return ""
}

func at(hour, minute int) time.Time {
	return time.Date(2026, time.November, 24, hour, minute, 0, 0, calendar.Rome)
}

func (p page) want(t *testing.T, status int, parts ...string) {
	t.Helper()
	if p.status != status {
		t.Fatalf("status = %d, want %d; page: %.600s", p.status, status, p.text)
	}
	for _, part := range parts {
		if !strings.Contains(p.text, part) {
			t.Errorf("the page lacks %q: %.1200s", part, p.text)
		}
	}
}
