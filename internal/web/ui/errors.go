package ui

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"capillare/internal/errs"
)

// Refusals of the plumbing itself.
var (
	errNoPage      = errs.New(errs.NotFound, "errors.no_page")
	errMethod      = errs.New(errs.NotFound, "errors.method")
	errCrossOrigin = errs.New(errs.Forbidden, "errors.cross_origin")
)

// RetryArg is the argument of an Unavailable refusal that holds the seconds to wait. With it the
// answer is 429 and Retry-After; without it, 503.
const RetryArg = "seconds"

// StatusOf returns the HTTP status of err: the only place where kinds of refusal become statuses.
func StatusOf(err error) int {
	if errors.Is(err, errMethod) {
		return http.StatusMethodNotAllowed
	}
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return http.StatusRequestEntityTooLarge
	}
	switch errs.Of(err) {
	case errs.Invalid:
		return http.StatusUnprocessableEntity
	case errs.Forbidden:
		return http.StatusForbidden
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Conflict:
		return http.StatusConflict
	case errs.Unavailable:
		if retryAfter(err) > 0 {
			return http.StatusTooManyRequests
		}
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

func retryAfter(err error) int {
	r, ok := errors.AsType[*errs.Refusal](err)
	if !ok {
		return 0
	}
	seconds, _ := r.Args[RetryArg].(int)
	return seconds
}

// fail answers err with its page. Faults are logged with the number that the page shows.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return
	}
	status := StatusOf(err)
	switch status {
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter(err)))
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "30")
	case http.StatusInternalServerError:
		st := stateOf(r.Context())
		s.logger().Error("fault", "request", st.id, "route", st.pattern, "error", err.Error())
		s.page(w, r, status, "errors.fault")
		return
	case http.StatusRequestEntityTooLarge:
		s.page(w, r, status, "errors.too_large")
		return
	}
	refusal, _ := errors.AsType[*errs.Refusal](err)
	s.refusalPage(w, r, status, refusal)
}

func (s *Server) refusalPage(w http.ResponseWriter, r *http.Request, status int, refusal *errs.Refusal) {
	p := PrinterOf(r)
	view := errorView{Title: p.T("errors.title." + strconv.Itoa(status)), Text: p.Refusal(refusal)}
	for _, one := range refusal.Problems {
		view.Problems = append(view.Problems, p.Problem(one))
	}
	s.send(w, r, status, view)
}

func (s *Server) page(w http.ResponseWriter, r *http.Request, status int, key string) {
	p := PrinterOf(r)
	view := errorView{Title: p.T("errors.title." + strconv.Itoa(status)), Text: p.T(key)}
	if status == http.StatusInternalServerError {
		view.Request = RequestID(r)
	}
	s.send(w, r, status, view)
}

// send renders an error page. When even that fails, the bare status is all that is left to say.
func (s *Server) send(w http.ResponseWriter, r *http.Request, status int, view errorView) {
	w.Header().Set("Cache-Control", "no-store")
	if err := Render(w, r, status, errorPage(NewPage(r, view.Title), view)); err != nil {
		s.logger().Error("error page", "request", RequestID(r), "error", err.Error())
		http.Error(w, http.StatusText(status), status)
	}
}

// errorView is what an error page says.
type errorView struct {
	Title    string
	Text     string
	Problems []string
	Request  string
}
