package ui

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"capillare/internal/i18n"
)

// DefaultMaxBody is the largest body accepted when neither server nor route says otherwise.
const DefaultMaxBody = 1 << 20

// Server holds what pages need from outside. Its zero fields get defaults; it does not listen.
type Server struct {
	// Now tells the time. Required.
	Now func() time.Time
	// Log takes one line for each request and each fault; nil discards.
	Log *slog.Logger
	// Secure says that people come by https: HSTS is sent and cookies carry the __Host- prefix.
	Secure bool
	// Catalogue holds the words; nil means i18n.Default.
	Catalogue *i18n.Catalogue
	// Frame fills the frame of a page: network, menu, who is signed in. It is called once a page.
	Frame func(r *http.Request, p *Page)
	// MaxBody is the largest body accepted, in bytes; 0 means DefaultMaxBody.
	MaxBody int64
}

// Handler returns the whole site: routes behind guard, the static files, the language switch, and
// around all the headers, the language, the request number and the error pages. A nil guard lets
// everybody in, for tests of pages.
func (s *Server) Handler(routes []Route, guard Guard) (http.Handler, error) {
	mux := http.NewServeMux()
	for _, route := range append([]Route{languageRoute()}, routes...) {
		if route.Access == "" || route.Handle == nil || !strings.Contains(route.Pattern, " ") {
			return nil, fmt.Errorf("ui: route %q lacks a method, an access or a handler", route.Pattern)
		}
		mux.Handle(route.Pattern, s.endpoint(route, guard))
	}
	mux.Handle("GET /static/{hash}/{name...}", staticFiles())
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(s.answer(func(http.ResponseWriter, *http.Request) error { return errCrossOrigin }))
	return s.around(protection.Handler(s.misses(mux))), nil
}

func (s *Server) endpoint(route Route, guard Guard) http.Handler {
	handle := route.Handle
	if guard != nil {
		handle = guard(route)(handle)
	}
	limit := route.MaxBody
	if limit == 0 {
		limit = s.MaxBody
	}
	if limit == 0 {
		limit = DefaultMaxBody
	}
	return s.answer(func(w http.ResponseWriter, r *http.Request) error {
		stateOf(r.Context()).pattern = route.Pattern
		if route.Access == Public {
			w.Header().Set("Cache-Control", "private, no-cache")
		} else {
			w.Header().Set("Cache-Control", "no-store")
		}
		if r.ContentLength > limit {
			return &http.MaxBytesError{Limit: limit}
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		return handle(w, r)
	})
}

// answer turns h into an http.Handler whose errors become pages.
func (s *Server) answer(h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// misses answers what no route matches with our own pages instead of the plain text of ServeMux.
func (s *Server) misses(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, ok := cleaned(r)
		if !ok {
			s.fail(w, r, errNoPage)
			return
		}
		h, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		probe := &probe{header: http.Header{}}
		h.ServeHTTP(probe, r)
		switch {
		case probe.status == http.StatusMethodNotAllowed:
			w.Header().Set("Allow", probe.header.Get("Allow"))
			s.fail(w, r, errMethod)
		case probe.header.Get("Location") != "":
			http.Redirect(w, r, probe.header.Get("Location"), probe.status)
		default:
			s.fail(w, r, errNoPage)
		}
	})
}

// probe keeps the status and header of an answer and drops the body.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header         { return p.header }
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }
func (p *probe) WriteHeader(status int)      { p.status = status }

func (s *Server) logger() *slog.Logger {
	if s.Log == nil {
		return slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return s.Log
}
