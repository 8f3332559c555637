package centre_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/network"
	"capillare/internal/notify"
	"capillare/internal/register/registertest"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
	"capillare/internal/visits"
	"capillare/internal/waiting"
	"capillare/internal/web/centre"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// world is the invented network with two points that have times on Wednesdays, behind the pages.
type world struct {
	*registertest.Network
	pages http.Handler
}

func newWorld(t *testing.T) *world {
	t.Helper()
	clock := sqldbtest.NewClock(registertest.Now())
	db := sqldbtest.OpenAt(t, sqldb.SQLite, clock)
	w := &world{Network: registertest.New(t, db)}
	net := network.New(db)
	if err := net.SetUp(t.Context(), registertest.System(), network.Setting{Name: "Digitale Facile", RegionCode: "17", HorizonDays: 30, NoticeVersion: "3"}); err != nil {
		t.Fatalf("SetUp() = %v", err)
	}
	for i, point := range []int{0, 2} {
		p, err := w.Points.ByIDs(t.Context(), []string{w.PointIDs[point]})
		if err != nil {
			t.Fatalf("ByIDs() = %v", err)
		}
		_, err = w.Facilitators.AddDuty(t.Context(), registertest.System(), facilitators.Duty{
			FacilitatorID: w.FacilitatorIDs[point], PointID: w.PointIDs[point], AddressID: p[w.PointIDs[point]].Addresses[0].ID,
			Weekday: calendar.Wednesday, Starts: calendar.Minute(9*60 + i*60), Ends: 13 * 60, From: registertest.Today(),
		})
		if err != nil {
			t.Fatalf("AddDuty() = %v", err)
		}
		err = db.Update(t.Context(), func(tx *sqldb.Tx) error { return w.Agenda.Rebuild(t.Context(), tx, w.PointIDs[point]) })
		if err != nil {
			t.Fatalf("Rebuild() = %v", err)
		}
	}
	var err error
	w.pages, err = (&ui.Server{Now: clock.Now}).Handler(centre.Routes(centre.Deps{
		Notify:  notify.New(db, notify.Deps{Agenda: w.Agenda}),
		Waiting: waiting.New(db, w.Agenda, w.Points, waiting.Options{Keys: w.Keys}), Facilitators: w.Facilitators, Identity: identity.New(db, identity.Options{}),
		Visits: visits.New(db, visits.Deps{Points: w.Points, Territory: territory.New(db), Agenda: w.Agenda, People: w.Facilitators}),
		Agenda: w.Agenda, Kinds: kinds.New(db, kinds.Deps{Points: w.Points}), Points: w.Points, Network: net, Territory: territory.New(db),
	}), nil)
	if err != nil {
		t.Fatalf("Handler() = %v", err)
	}
	return w
}

func operator() identity.Actor {
	return registertest.Actor("", identity.Operator, identity.ScopeNetwork, "")
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
	r = r.WithContext(session.With(r.Context(), session.Current{Actor: who}))
	rec := httptest.NewRecorder()
	w.pages.ServeHTTP(rec, r)
	root, err := html.Parse(strings.NewReader(rec.Body.String()))
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return page{status: rec.Code, location: rec.Header().Get("Location"), text: textOf(root), root: root}
}

func (w *world) get(t *testing.T, path string) page {
	t.Helper()
	return w.do(t, operator(), http.MethodGet, path, nil)
}

func (w *world) post(t *testing.T, path string, form url.Values) page {
	t.Helper()
	return w.do(t, operator(), http.MethodPost, path, form)
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

// values returns the values of the attribute name in elements where another attribute begins as given.
func (p page) values(element, attribute, where, begins string) []string {
	var out []string
	for n := range p.root.Descendants() {
		if n.Data == element && strings.HasPrefix(attr(n, where), begins) {
			out = append(out, attr(n, attribute))
		}
	}
	return out
}

func (p page) want(t *testing.T, status int, parts ...string) {
	t.Helper()
	if p.status != status {
		t.Fatalf("status = %d, want %d; page: %.600s", p.status, status, p.text)
	}
	for _, part := range parts {
		if !strings.Contains(p.text, part) {
			t.Errorf("the page lacks %q: %.1000s", part, p.text)
		}
	}
}

// firstAt is the place, among the times offered, of the first one at a point.
func (w *world) firstAt(near page, point int) int {
	for i, link := range near.values("a", "href", "href", "/centro/prenota?argomento=D&") {
		if strings.Contains(link, w.PointIDs[point]) {
			return i
		}
	}
	return 0
}

// bookForm opens the form of the first time offered near Potenza.
func (w *world) bookForm(t *testing.T) url.Values {
	t.Helper()
	near := w.get(t, "/centro?comune=Potenza&argomento=D")
	near.want(t, http.StatusOK, "Primi orari liberi vicino a Potenza", "Punto di Potenza", "domani 09:00")
	form := w.get(t, near.values("a", "href", "href", "/centro/prenota?argomento=D&")[w.firstAt(near, 0)])
	form.want(t, http.StatusOK, "Punto di Potenza", "domani 09:30")
	values := url.Values{"notice": {"1"}}
	for _, name := range []string{"key", "punto", "tipo"} {
		values.Set(name, form.values("input", "value", "name", name)[0])
	}
	values.Set("orario", form.values("input", "value", "name", "orario")[0])
	return values
}

func TestBookForACaller(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	values := w.bookForm(t)
	values.Set("phone", "333 7654321")
	values.Set("topic", "D")
	w.post(t, "/centro/prenota", values).want(t, http.StatusUnprocessableEntity, "Nome e cognome")
	values.Set("name", "Rosa Lupo")
	done := w.post(t, "/centro/prenota", values)
	if done.status != http.StatusSeeOther || strings.Contains(done.location, "Rosa") {
		t.Fatalf("book = %d %q: %.400s", done.status, done.location, done.text)
	}
	id := strings.TrimPrefix(done.location, "/centro/prenotazioni/")
	b, err := w.Agenda.ByID(t.Context(), operator(), id)
	if err != nil || b.Channel != agenda.Phone || b.NoticeVersion != "3" {
		t.Fatalf("booking = %+v, %v, want one by phone under notice 3", b, err)
	}
	code := strings.ReplaceAll(codes.FormatCode(b.Code), "-", " ")
	w.get(t, done.location).want(t, http.StatusOK, code, "Rosa Lupo", "Domani alle 09:00")
	if again := w.post(t, "/centro/prenota", values); again.location != done.location {
		t.Errorf("sent twice = %q, want the same booking %q", again.location, done.location)
	}
	for _, text := range []string{"rosa lupo", "3337654321", strings.ToLower(code)} {
		found := w.post(t, "/centro/cerca", url.Values{"cerca": {text}})
		found.want(t, http.StatusOK, "Rosa Lupo")
	}
	w.post(t, "/centro/cerca", url.Values{"cerca": {"nessuno"}}).want(t, http.StatusOK, "Nessun appuntamento trovato")
	w.post(t, "/centro/cerca", nil).want(t, http.StatusUnprocessableEntity)
}

func TestTimeTakenMeanwhileLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	values := w.bookForm(t)
	other := w.bookForm(t)
	other.Set("name", "Piero Sassi")
	if done := w.post(t, "/centro/prenota", other); done.status != http.StatusSeeOther {
		t.Fatalf("first booking = %d: %.300s", done.status, done.text)
	}
	values.Set("name", "Rosa Lupo")
	values.Set("needs", "Usa la sedia a rotelle")
	lost := w.post(t, "/centro/prenota", values)
	lost.want(t, http.StatusConflict)
	if got := lost.values("input", "value", "name", "name"); len(got) != 1 || got[0] != "Rosa Lupo" {
		t.Errorf("name = %v, want it kept", got)
	}
	if got := lost.values("input", "value", "name", "needs"); len(got) != 1 || got[0] != "Usa la sedia a rotelle" {
		t.Errorf("needs = %v, want them kept", got)
	}
	next := lost.values("input", "value", "name", "orario")
	if len(next) == 0 || next[0] == values.Get("orario") {
		t.Fatalf("times offered = %v, want the next ones", next)
	}
	values.Set("orario", next[0])
	if done := w.post(t, "/centro/prenota", values); done.status != http.StatusSeeOther {
		t.Errorf("the next time = %d: %.300s", done.status, done.text)
	}
}

func TestMoveToAnotherPointAndCancel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	values := w.bookForm(t)
	values.Set("name", "Rosa Lupo")
	path := w.post(t, "/centro/prenota", values).location
	w.get(t, path+"/sposta").want(t, http.StatusOK, "Orari liberi: Punto di Potenza", "Punto di Matera")
	there := w.get(t, path+"/sposta?punto="+w.PointIDs[2])
	there.want(t, http.StatusOK, "Orari liberi: Punto di Matera", "10:00")
	at := there.values("button", "value", "name", "orario")[0]
	key := there.values("input", "value", "name", "key")[0]
	for range 2 { // The same click twice is one move.
		if moved := w.post(t, path+"/sposta", url.Values{"punto": {w.PointIDs[2]}, "orario": {at}, "key": {key}}); moved.location != path {
			t.Fatalf("move = %d: %.300s", moved.status, moved.text)
		}
	}
	w.get(t, path).want(t, http.StatusOK, "Punto di Matera", "Domani alle 10:00")
	w.post(t, path+"/sposta", url.Values{"punto": {w.PointIDs[2]}, "orario": {"nonsense"}}).want(t, http.StatusUnprocessableEntity, "Orari liberi")
	ask := w.get(t, path+"/annulla")
	ask.want(t, http.StatusOK, "Annulla l'appuntamento")
	key = ask.values("input", "value", "name", "key")[0]
	for range 2 {
		if done := w.post(t, path+"/annulla", url.Values{"key": {key}}); done.location != path {
			t.Errorf("the same cancellation = %d, want the same answer twice", done.status)
		}
	}
	w.get(t, path).want(t, http.StatusOK, "Annullato")
}

func TestChoicesOfTheSearch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, tt := range []struct{ query, want string }{
		{"", "Punto di Potenza"},
		{"&giorno=domani&parte=mattina", "domani 09:00"},
		{"&parte=sera", "Nessun orario libero"},
		{"&come=phone", "Nessun orario libero"},
		{"&ordine=presto&entro=15", "domani 09:30"},
		{"&entro=volando&come=volo", "Punto di Matera"},
		{"&pagina=2", "Precedente"},
	} {
		w.get(t, "/centro?comune=Potenza"+tt.query).want(t, http.StatusOK, tt.want)
	}
	// The choices made go on to a place of the same name and to other pages.
	near := w.get(t, "/centro?comune=Potenza&parte=mattina&accesso=none&pagina=2")
	if back := near.values("a", "href", "rel", "prev"); len(back) != 1 || back[0] != "/centro?comune=Potenza&parte=mattina" {
		t.Errorf("the page before = %v, want the same choices", back)
	}
}

// A time that is kept back for the staff can be given on the telephone.
func TestTimesKeptBackAreOffered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	err := w.DB.Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.ExecContext(t.Context(), "UPDATE agenda_slot SET kept = seats")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	values := w.bookForm(t)
	values.Set("name", "Rosa Lupo")
	if done := w.post(t, "/centro/prenota", values); done.status != http.StatusSeeOther {
		t.Errorf("book = %d, want it given: %.400s", done.status, done.text)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.get(t, "/centro").want(t, http.StatusOK, "Prenota per chi chiama")
	w.get(t, "/centro?comune=Atlantide").want(t, http.StatusUnprocessableEntity, "Non troviamo questo comune.")
	here := registertest.Actor("", identity.Operator, identity.ScopePoint, w.PointIDs[0])
	for _, path := range []string{"/centro/prenota?tipo=individual&orario=1&punto=" + w.PointIDs[2], "/centro/prenotazioni/none"} {
		if p := w.do(t, here, http.MethodGet, path, nil); p.status != http.StatusNotFound {
			t.Errorf("GET %s = %d, want 404", path, p.status)
		}
	}
}
