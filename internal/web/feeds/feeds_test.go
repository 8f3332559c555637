package feeds_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/feeds"
	"capillare/internal/identity"
	"capillare/internal/register/registertest"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	webfeeds "capillare/internal/web/feeds"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// world is the invented network with one appointment, behind the pages of an operator.
type world struct {
	*registertest.Network
	pages http.Handler
	who   identity.Actor
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ctx, db := t.Context(), sqldbtest.OpenAt(t, sqldb.SQLite, sqldbtest.NewClock(registertest.Now()))
	w := &world{Network: registertest.New(t, db)}
	account, err := identity.New(db).CreateAccount(ctx, registertest.System(),
		identity.NewAccount{Name: "Ada", Email: "ada@rete.example", Password: "una-parola-lunga-2026"})
	if err != nil {
		t.Fatal(err)
	}
	w.who = registertest.Actor(account, identity.Operator, identity.ScopeNetwork, "")
	at, err := w.Points.ByIDs(ctx, w.PointIDs[:1])
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Facilitators.AddDuty(ctx, registertest.System(), facilitators.Duty{FacilitatorID: w.FacilitatorIDs[0], PointID: w.PointIDs[0],
		AddressID: at[w.PointIDs[0]].Addresses[0].ID, Weekday: calendar.Wednesday, Starts: 9 * 60, Ends: 13 * 60, From: registertest.Today()})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(ctx, func(tx *sqldb.Tx) error { return w.Agenda.Rebuild(ctx, tx, w.PointIDs[0]) }); err != nil {
		t.Fatal(err)
	}
	times, err := w.Agenda.Times(ctx, w.PointIDs[0], "", registertest.Today(), registertest.Today().AddDays(14))
	if err != nil || len(times) == 0 {
		t.Fatalf("Times = %v, %v", times, err)
	}
	_, err = w.Agenda.BookFor(ctx, registertest.System(), agenda.ForRequest{Where: agenda.Where{PointID: w.PointIDs[0], StartsAt: times[0].StartsAt},
		Details: agenda.Details{Reason: "Il mio segreto", Contact: agenda.Contact{Name: "Maria De Rossi", Phone: "055 1234567"}}})
	if err != nil {
		t.Fatal(err)
	}
	shared := feeds.New(db, feeds.Deps{Agenda: w.Agenda, Points: w.Points, Facilitators: w.Facilitators,
		Actor: func(context.Context, string) (identity.Actor, error) { return w.who, nil }})
	w.pages, err = (&ui.Server{Now: db.Now}).Handler(webfeeds.Routes(webfeeds.Deps{Feeds: shared, Points: w.Points, Facilitators: w.Facilitators,
		BaseURL: "https://rete.example"}), nil)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) do(t *testing.T, method, path string, pairs ...string) *httptest.ResponseRecorder {
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
	w.pages.ServeHTTP(rec, r.WithContext(session.With(r.Context(), session.Current{Actor: w.who})))
	return rec
}

var (
	secret = regexp.MustCompile(`https://rete\.example(/calendario/\S+?\.ics)`)
	act    = regexp.MustCompile(`action="(/calendari/[^"]+)/rinnova"`)
)

// address is the secret one that a page shows.
func address(t *testing.T, page string) string {
	t.Helper()
	found := secret.FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no address in %s", page)
	}
	return found[1]
}

func TestFromThePageToTheCalendar(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if rec := w.do(t, http.MethodPost, "/calendari"); rec.Code != http.StatusUnprocessableEntity {
		t.Errorf("making nobody's calendar = %d, want 422", rec.Code)
	}
	if rec := w.do(t, http.MethodPost, "/calendari", "di", "altrove"); rec.Code != http.StatusNotFound {
		t.Errorf("making a calendar of an unknown point = %d, want 404", rec.Code)
	}
	made := w.do(t, http.MethodPost, "/calendari", "di", w.PointIDs[0])
	path := address(t, made.Body.String())
	if again := w.do(t, http.MethodGet, "/calendari").Body.String(); strings.Contains(again, path) {
		t.Error("the address is shown again")
	}
	first := w.do(t, http.MethodGet, path)
	text := first.Body.String()
	if first.Code != http.StatusOK || first.Header().Get("Content-Type") != "text/calendar; charset=utf-8" || strings.Count(text, "BEGIN:VEVENT") != 1 {
		t.Fatalf("the calendar = %d %v\n%s", first.Code, first.Header(), text)
	}
	for _, personal := range []string{"Maria", "Rossi", "M. R.", "055", "segreto"} {
		if strings.Contains(text, personal) {
			t.Errorf("the calendar tells %q", personal)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	r.Header.Set("If-None-Match", first.Header().Get("ETag"))
	same := httptest.NewRecorder()
	w.pages.ServeHTTP(same, r)
	if same.Code != http.StatusNotModified || same.Body.Len() != 0 {
		t.Errorf("the same calendar again = %d, %d bytes, want 304 and none", same.Code, same.Body.Len())
	}
	feed := act.FindStringSubmatch(w.do(t, http.MethodGet, "/calendari").Body.String())[1]
	w.do(t, http.MethodPost, feed+"/iniziali", "mostra", "sì")
	if text := w.do(t, http.MethodGet, path).Body.String(); !strings.Contains(text, "M. R.") || strings.Contains(text, "Rossi") {
		t.Errorf("with initials the calendar says\n%s", text)
	}
	fresh := address(t, w.do(t, http.MethodPost, feed+"/rinnova").Body.String())
	if old, now := w.do(t, http.MethodGet, path).Code, w.do(t, http.MethodGet, fresh).Code; old != http.StatusNotFound || now != http.StatusOK {
		t.Errorf("after a change of address the old one = %d and the new one = %d", old, now)
	}
	w.do(t, http.MethodPost, feed+"/elimina")
	if code := w.do(t, http.MethodGet, fresh).Code; code != http.StatusNotFound {
		t.Errorf("a deleted calendar = %d, want 404", code)
	}
	if code := w.do(t, http.MethodGet, "/calendario/senza-fine").Code; code != http.StatusNotFound {
		t.Errorf("an address without .ics = %d, want 404", code)
	}
}
