package ui_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"capillare/internal/errs"
	"capillare/internal/web/ui"
)

func fails(err error) ui.Route {
	return ui.Route{Pattern: "GET /fails", Access: ui.Public, Handle: func(http.ResponseWriter, *http.Request) error { return err }}
}

func TestErrorsBecomeStatusesAndPages(t *testing.T) {
	t.Parallel()
	invalid := &errs.Refusal{Kind: errs.Invalid, Key: "form.invalid", Problems: []errs.Problem{{Field: "a", Key: "form.number"}}}
	tests := []struct {
		name   string
		err    error
		status int
		words  string
	}{
		{"invalid", invalid, 422, "Scrivi un numero intero"},
		{"forbidden", errs.New(errs.Forbidden, "errors.no_page"), 403, "Non puoi aprire questa pagina"},
		{"not found", errs.New(errs.NotFound, "errors.no_page"), 404, "Pagina non trovata"},
		{"conflict", errs.New(errs.Conflict, "errors.no_page"), 409, "Qualcosa è cambiato"},
		{"too many", errs.New(errs.Unavailable, "errors.fault").With(errs.Args{ui.RetryArg: 40}), 429, "Troppe richieste"},
		{"away", errs.New(errs.Unavailable, "errors.fault"), 503, "non è disponibile"},
		{"fault", errors.New("disk of Mario Rossi"), 500, "È colpa nostra"},
		{"too large", &http.MaxBytesError{Limit: 1}, 413, "più piccolo"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := visit(site(t, ui.Server{}, fails(tt.err)), "/fails")
			if w.Code != tt.status || ui.StatusOf(tt.err) != tt.status {
				t.Errorf("status of %v = %d and %d, want %d", tt.err, w.Code, ui.StatusOf(tt.err), tt.status)
			}
			body := w.Body.String()
			if !strings.Contains(body, tt.words) {
				t.Errorf("page of %v does not say %q", tt.err, tt.words)
			}
			if strings.Contains(body, "Mario") {
				t.Error("the page shows the words of a fault")
			}
			if tt.status == 500 && !strings.Contains(body, w.Header().Get("X-Request-Id")) {
				t.Error("the page of a fault does not show the number of the request")
			}
			if got := w.Header().Get("Retry-After"); (got != "") != (tt.status == 429 || tt.status == 503) {
				t.Errorf("Retry-After of %d = %q", tt.status, got)
			}
			if got := w.Header().Get("Cache-Control"); got != "no-store" {
				t.Errorf("Cache-Control of an error = %q, want no-store", got)
			}
		})
	}
}

func TestErrorPagesSpeakEnglish(t *testing.T) {
	t.Parallel()
	w := visit(site(t, ui.Server{}), "/nowhere", "Accept-Language", "en")
	if w.Code != 404 || !strings.Contains(w.Body.String(), "Page not found") || !strings.Contains(w.Body.String(), `<html lang="en"`) {
		t.Errorf("GET /nowhere in English = %d %.80q, want 404 in English", w.Code, w.Body)
	}
}

func TestMisses(t *testing.T) {
	t.Parallel()
	h := site(t, ui.Server{})
	r := httptest.NewRequest(http.MethodPost, "/sample/form", nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" || !strings.Contains(w.Body.String(), "<main") {
		t.Errorf("POST on a GET route = %d, Allow %q, want 405 with GET, HEAD and a page", w.Code, w.Header().Get("Allow"))
	}
	if w := visit(h, "/static/0/none.css"); w.Code != 404 {
		t.Errorf("GET of a static file that is not there = %d, want 404", w.Code)
	}
}

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	w := visit(site(t, ui.Server{Secure: true}), "/sample/form")
	want := map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
			"connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":    "nosniff",
		"Referrer-Policy":           "same-origin",
		"Strict-Transport-Security": "max-age=31536000; includeSubDomains",
		"Content-Type":              "text/html; charset=utf-8",
		"Cache-Control":             "private, no-cache",
	}
	for name, value := range want {
		if got := w.Header().Get(name); got != value {
			t.Errorf("%s = %q, want %q", name, got, value)
		}
	}
	if got := visit(site(t, ui.Server{}), "/sample/form").Header().Get("Strict-Transport-Security"); got != "" {
		t.Errorf("Strict-Transport-Security over http = %q, want none", got)
	}
}

func TestPagesOfStaffAreNotStored(t *testing.T) {
	t.Parallel()
	staff := ui.Route{Pattern: "GET /staff", Access: ui.SignedIn, Handle: func(w http.ResponseWriter, r *http.Request) error {
		return ui.Render(w, r, 200, raw("x"))
	}}
	if got := visit(site(t, ui.Server{}, staff), "/staff").Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control = %q, want no-store", got)
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	post := ui.Route{Pattern: "POST /post", Access: ui.Public, Handle: func(w http.ResponseWriter, r *http.Request) error { return ui.Redirect(w, r, "/") }}
	h := site(t, ui.Server{}, post)
	for origin, want := range map[string]int{"same-origin": 303, "cross-site": 403, "same-site": 403} {
		r := httptest.NewRequest(http.MethodPost, "/post", nil)
		r.Header.Set("Sec-Fetch-Site", origin)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("POST from %s = %d, want %d", origin, w.Code, want)
		}
	}
}

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	read := func(w http.ResponseWriter, r *http.Request) error {
		_, err := ui.ReadForm(r)
		if err != nil {
			return err
		}
		return ui.Redirect(w, r, "/")
	}
	h := site(t, ui.Server{MaxBody: 100}, ui.Route{Pattern: "POST /small", Access: ui.Public, Handle: read},
		ui.Route{Pattern: "POST /big", Access: ui.Public, Handle: read, MaxBody: 1000})
	for _, tt := range []struct {
		path   string
		bytes  int
		length bool
		want   int
	}{{"/small", 90, true, 303}, {"/small", 200, true, 413}, {"/small", 200, false, 413}, {"/big", 200, false, 303}} {
		r := httptest.NewRequest(http.MethodPost, tt.path, strings.NewReader("a="+strings.Repeat("x", tt.bytes)))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if !tt.length {
			r.ContentLength = -1
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("POST %s of %d bytes = %d, want %d", tt.path, tt.bytes, w.Code, tt.want)
		}
	}
}

func TestPanicIsAFault(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	boom := ui.Route{Pattern: "GET /boom/{code}", Access: ui.Public, Handle: func(http.ResponseWriter, *http.Request) error { panic("boom") }}
	w := visit(site(t, ui.Server{Log: slog.New(slog.NewTextHandler(&log, nil))}, boom), "/boom/7Q4KM2XD")
	if w.Code != 500 || !strings.Contains(w.Body.String(), "È colpa nostra") {
		t.Errorf("a panic = %d, want 500 with its page", w.Code)
	}
	if !strings.Contains(log.String(), "GET /boom/{code}") || strings.Contains(log.String(), "7Q4KM2XD") {
		t.Errorf("log = %s, want the pattern and not the path", log.String())
	}
}

func TestLanguageSwitch(t *testing.T) {
	t.Parallel()
	h := site(t, ui.Server{})
	w := visit(h, "/lingua?to=en&back=%2Fpunti%3Fq%3D1")
	if w.Code != 303 || w.Header().Get("Location") != "/punti?q=1" {
		t.Fatalf("GET /lingua = %d to %q, want 303 to /punti?q=1", w.Code, w.Header().Get("Location"))
	}
	cookie := w.Result().Cookies()[0]
	page := visit(h, "/sample/form", "Cookie", cookie.Name+"="+cookie.Value, "Accept-Language", "it")
	if got := page.Header().Get("Content-Language"); got != "en" {
		t.Errorf("language with the cookie = %q, want en", got)
	}
	if got := visit(h, "/lingua?to=xx&back=//evil.example").Header().Get("Location"); got != "/" {
		t.Errorf("way back to another site = %q, want /", got)
	}
}

func TestLocalPath(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"/a?b=c": "/a?b=c", "": "/", "a": "/", "//evil": "/", "/\\evil": "/", "https://evil": "/", "/a\r\nX: y": "/", "javascript:x": "/",
	} {
		if got := ui.LocalPath(in); got != want {
			t.Errorf("LocalPath(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFlashIsShownOnce(t *testing.T) {
	t.Parallel()
	done := ui.Route{Pattern: "GET /done", Access: ui.Public, Handle: func(w http.ResponseWriter, r *http.Request) error {
		return ui.RedirectFlash(w, r, "/sample/form", ui.Success, "form.number")
	}}
	h := site(t, ui.Server{}, done)
	cookie := visit(h, "/done").Result().Cookies()[0]
	w := visit(h, "/sample/form", "Cookie", cookie.String())
	if !strings.Contains(w.Body.String(), "Scrivi un numero intero") {
		t.Error("the sentence is not shown")
	}
	if !strings.Contains(strings.Join(w.Header().Values("Set-Cookie"), "\n"), "flash=; Path=/; Max-Age=0") {
		t.Errorf("Set-Cookie = %q, want the sentence forgotten", w.Header().Values("Set-Cookie"))
	}
	forged := visit(h, "/sample/form", "Cookie", "flash=danger|<b>no.such_key")
	if strings.Contains(forged.Body.String(), "no.such_key") {
		t.Error("a forged sentence is shown")
	}
}

func TestPagesAreCompressed(t *testing.T) {
	t.Parallel()
	h := site(t, ui.Server{})
	w := visit(h, "/sample/form", "Accept-Encoding", "br, gzip")
	z, err := gzip.NewReader(w.Body)
	if err != nil || w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("compressed page: %v, %q", err, w.Header().Get("Content-Encoding"))
	}
	page, err := io.ReadAll(z)
	if err != nil || !bytes.Contains(page, []byte("</html>")) {
		t.Errorf("the compressed page is not whole: %v", err)
	}
	if got := visit(h, "/sample/form", "Accept-Encoding", "gzip;q=0").Header().Get("Content-Encoding"); got != "" {
		t.Errorf("Content-Encoding for gzip;q=0 = %q, want none", got)
	}
}

func TestRoutesWithoutAccessAreRefused(t *testing.T) {
	t.Parallel()
	s := ui.Server{Now: clock}
	ok := func(http.ResponseWriter, *http.Request) error { return nil }
	for _, route := range []ui.Route{{Pattern: "GET /x", Handle: ok}, {Pattern: "GET /x", Access: ui.Public}, {Pattern: "/x", Access: ui.Public, Handle: ok}} {
		if _, err := s.Handler([]ui.Route{route}, nil); err == nil {
			t.Errorf("Handler(%q, access %q) = nil, want an error", route.Pattern, route.Access)
		}
	}
}

func TestGuardStandsBeforeTheHandler(t *testing.T) {
	t.Parallel()
	guard := func(route ui.Route) func(ui.Handler) ui.Handler {
		return func(next ui.Handler) ui.Handler {
			return func(w http.ResponseWriter, r *http.Request) error {
				if route.Access == "points.edit" {
					return errs.New(errs.Forbidden, "errors.no_page")
				}
				return next(w, r)
			}
		}
	}
	s := ui.Server{Now: clock}
	show := func(w http.ResponseWriter, r *http.Request) error { return ui.Render(w, r, 200, raw("secret")) }
	h, err := s.Handler([]ui.Route{{Pattern: "GET /a", Access: "points.edit", Handle: show}, {Pattern: "GET /b", Access: ui.Public, Handle: show}}, guard)
	if err != nil {
		t.Fatal(err)
	}
	if w := visit(h, "/a"); w.Code != 403 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("GET /a = %d, want 403 without the content", w.Code)
	}
	if w := visit(h, "/b"); w.Code != 200 {
		t.Errorf("GET /b = %d, want 200", w.Code)
	}
}

func TestBrokenTemplateIsAFaultPage(t *testing.T) {
	t.Parallel()
	broken := ui.Route{Pattern: "GET /broken", Access: ui.Public, Handle: func(w http.ResponseWriter, r *http.Request) error {
		return ui.Render(w, r, 200, in(ui.Layout(ui.NewPage(r, "x")), failing{}))
	}}
	w := visit(site(t, ui.Server{}, broken), "/broken")
	if w.Code != 500 || strings.Count(w.Body.String(), "<html") != 1 {
		t.Errorf("a broken template = %d with %d pages, want 500 with one", w.Code, strings.Count(w.Body.String(), "<html"))
	}
}
