package calls_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"capillare/internal/calls"
	"capillare/internal/identity"
	"capillare/internal/register/registertest"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	webcalls "capillare/internal/web/calls"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// world is the invented network with two people to phone, behind the pages.
type world struct {
	*registertest.Network
	pages http.Handler
	ids   []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := sqldbtest.OpenAt(t, sqldb.SQLite, sqldbtest.NewClock(registertest.Now()))
	w := &world{Network: registertest.New(t, db)}
	list := calls.New(db, nil, w.Points, nil)
	for i, name := range []string{"Ada Neri", "Ugo Verdi"} {
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			id, err := list.Add(t.Context(), tx, calls.Call{PointID: w.PointIDs[i*2], Subject: calls.Booking, SubjectID: name, Version: 1, Why: calls.Cancelled,
				Name: name, Phone: "055123456" + string(rune('0'+i)), About: tx.Now.Add(24 * time.Hour), Until: tx.Now.Add(24 * time.Hour)})
			w.ids = append(w.ids, id)
			return err
		})
		if err != nil {
			t.Fatalf("Add(%s) = %v", name, err)
		}
	}
	var err error
	w.pages, err = (&ui.Server{Now: db.Now}).Handler(webcalls.Routes(webcalls.Deps{Calls: list, Points: w.Points}), nil)
	if err != nil {
		t.Fatalf("Handler() = %v", err)
	}
	return w
}

func operator() identity.Actor {
	return registertest.Actor("", identity.Operator, identity.ScopeNetwork, "")
}

func (w *world) do(t *testing.T, who identity.Actor, method, path string, pairs ...string) *httptest.ResponseRecorder {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	rec := httptest.NewRecorder()
	w.pages.ServeHTTP(rec, r.WithContext(session.With(r.Context(), session.Current{Actor: who})))
	return rec
}

func TestTheList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	all := w.do(t, operator(), http.MethodGet, "/chiamate").Body.String()
	for _, want := range []string{"Ada Neri", "Ugo Verdi", `href="tel:0551234560"`, "Appuntamento annullato da noi", "Buongiorno, chiamo dal punto", "2 persone da chiamare",
		`href="/centro/prenotazioni/Ada Neri"`} {
		if !strings.Contains(all, want) && !strings.Contains(all, strings.ReplaceAll(want, " ", "%20")) {
			t.Errorf("the list lacks %q", want)
		}
	}
	one := w.do(t, operator(), http.MethodGet, "/chiamate?punto="+w.PointIDs[0]).Body.String()
	if !strings.Contains(one, "Ada Neri") || strings.Contains(one, "Ugo Verdi") {
		t.Error("the list of a point is not of that point alone")
	}
	file := w.do(t, operator(), http.MethodGet, "/chiamate.csv?punto="+w.PointIDs[0])
	if text := file.Body.String(); !strings.Contains(text, "Ada Neri") || strings.Contains(text, "Ugo Verdi") || file.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("the file = %q, %v", text, file.Header())
	}
	facilitator := registertest.Actor("", identity.Facilitator, identity.ScopePoint, w.PointIDs[0])
	if own := w.do(t, facilitator, http.MethodGet, "/chiamate").Body.String(); strings.Contains(own, "Ugo Verdi") || !strings.Contains(own, "/agenda/Ada") {
		t.Error("a facilitator sees the calls of another point, or not the own ones")
	}
}

func TestACallLeadsToWhatItIsAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := calls.New(w.DB, nil, w.Points, nil)
	for subject, why := range map[string]string{calls.Waiting: calls.Offer, calls.Visit: calls.VisitAnswer} {
		err := w.DB.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := list.Add(t.Context(), tx, calls.Call{PointID: w.PointIDs[0], Subject: subject, SubjectID: "s1", Version: 1, Why: why,
				Name: "Ivo Blu", Phone: "0551234569", Until: tx.Now.Add(24 * time.Hour)})
			return err
		})
		if err != nil {
			t.Fatalf("Add(%s) = %v", subject, err)
		}
	}
	page := w.do(t, operator(), http.MethodGet, "/chiamate").Body.String()
	for _, want := range []string{`href="/centro/attesa/s1"`, `href="/centro/richieste/s1"`, "Rispondi per la persona", "Apri la richiesta", "Ivo Blu <"} {
		if !strings.Contains(page, want) {
			t.Errorf("the list lacks %q", want)
		}
	}
}

func TestMarking(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	no := w.do(t, operator(), http.MethodPost, "/chiamate/"+w.ids[0]+"/non-risponde", "punto", w.PointIDs[0])
	if no.Code != http.StatusSeeOther || no.Header().Get("Location") != "/chiamate?punto="+w.PointIDs[0] {
		t.Errorf("no answer = %d to %s, want back to the list of the point", no.Code, no.Header().Get("Location"))
	}
	if text := w.do(t, operator(), http.MethodGet, "/chiamate").Body.String(); !strings.Contains(text, "Prove senza risposta: 1") {
		t.Error("the try does not show")
	}
	stranger := registertest.Actor("", identity.Facilitator, identity.ScopePoint, w.PointIDs[2])
	if rec := w.do(t, stranger, http.MethodPost, "/chiamate/"+w.ids[0]+"/fatta"); rec.Code != http.StatusNotFound {
		t.Errorf("marking a call of another point = %d, want 404", rec.Code)
	}
	if rec := w.do(t, operator(), http.MethodPost, "/chiamate/"+w.ids[0]+"/fatta", "punto", "//altrove"); rec.Header().Get("Location") != "/chiamate" {
		t.Errorf("done = %d to %s, want the list", rec.Code, rec.Header().Get("Location"))
	}
	w.do(t, operator(), http.MethodPost, "/chiamate/"+w.ids[1]+"/non-serve")
	if text := w.do(t, operator(), http.MethodGet, "/chiamate").Body.String(); !strings.Contains(text, "Nessuno da chiamare") {
		t.Error("settled calls stay in the list")
	}
	if rec := w.do(t, operator(), http.MethodPost, "/chiamate/"+w.ids[1]+"/fatta"); rec.Code != http.StatusConflict {
		t.Errorf("marking a settled call = %d, want 409", rec.Code)
	}
}
