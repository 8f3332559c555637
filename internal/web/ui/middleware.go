package ui

import (
	"context"
	"crypto/rand"
	"mime/multipart"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"capillare/internal/i18n"
)

// state is what travels with one request, and what its page asks of the headers.
type state struct {
	server  *Server
	printer i18n.Printer
	id      string
	now     time.Time
	pattern string
	// palette is that of the page; inline says that the page carries the public sheet of it.
	palette string
	inline  bool
	// sheet is the one that the page links; cached is the hash of the public sheet that the browser has.
	sheet, cached string
	// within says that the person came from another page of ours.
	within bool
	flash  *Flash
	// files are what came with a form: net/http forgets those of a request that was given a context.
	files *multipart.Form
}

type stateKey struct{}

func stateOf(ctx context.Context) *state {
	if st, ok := ctx.Value(stateKey{}).(*state); ok {
		return st
	}
	return &state{server: &Server{}}
}

// PrinterOf returns the printer in the language of the request.
func PrinterOf(r *http.Request) i18n.Printer { return Printer(r.Context()) }

// Printer returns the printer of the page being rendered; Italian outside a request.
func Printer(ctx context.Context) i18n.Printer { return stateOf(ctx).printer }

// RequestID returns the number of the request, which stands on error pages and in the log.
func RequestID(r *http.Request) string { return stateOf(r.Context()).id }

// Now returns the instant at which the request came in, by the clock of the server.
func Now(r *http.Request) time.Time { return stateOf(r.Context()).now }

// around gives each request its number, language and instant, sets the headers that every answer
// has, recovers panics and writes the line of the log.
func (s *Server) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		st := &state{server: s, id: rand.Text()[:10], now: s.Now(), printer: s.catalogue().Printer(langOf(r))}
		st.cached = cachedSheet(r)
		st.within = r.Header.Get("Sec-Fetch-Site") == "same-origin"
		st.flash = s.takeFlash(w, r, st.printer)
		r = r.WithContext(context.WithValue(r.Context(), stateKey{}, st))
		s.headers(w.Header(), st.id)
		rec := &recorder{ResponseWriter: w}
		defer s.finish(rec, r, st)
		next.ServeHTTP(rec, r)
	})
}

func (s *Server) catalogue() *i18n.Catalogue {
	if s.Catalogue == nil {
		return i18n.Default()
	}
	return s.Catalogue
}

func (s *Server) headers(h http.Header, id string) {
	h.Set("X-Request-Id", id)
	h.Set("Content-Security-Policy", policy(""))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if s.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// policy returns the content security policy, with the hash of the inlined sheet when there is one.
func policy(styleHash string) string {
	style := "'self'"
	if styleHash != "" {
		style += " 'sha256-" + styleHash + "'"
	}
	return strings.Join([]string{
		"default-src 'none'", "script-src 'self'", "style-src " + style, "img-src 'self' data:", "font-src 'self'",
		"connect-src 'self'", "manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
	}, "; ")
}

func (s *Server) finish(rec *recorder, r *http.Request, st *state) {
	s.forgetFiles(st)
	if cause := recover(); cause != nil {
		if cause == http.ErrAbortHandler {
			panic(cause)
		}
		s.logger().Error("panic", "request", st.id, "route", st.pattern, "cause", cause, "stack", string(debug.Stack()))
		if rec.status == 0 {
			s.page(rec, r, http.StatusInternalServerError, "errors.fault")
		}
	}
	// The path is not logged because it can hold the code of a booking; the pattern cannot.
	s.logger().Info("request", "request", st.id, "method", r.Method, "route", st.pattern,
		"status", rec.status, "ms", s.Now().Sub(st.now).Milliseconds())
}

// forgetFiles removes what was sent from the disk, where large files wait in clear.
func (s *Server) forgetFiles(st *state) {
	if st.files == nil {
		return
	}
	if err := st.files.RemoveAll(); err != nil {
		s.logger().Error("a file that was sent stays in the temporary folder", "request", st.id, "error", err.Error())
	}
}

// recorder remembers the status that was sent.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
