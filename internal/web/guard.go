package web

import (
	"net/http"
	"net/url"
	"slices"

	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// guard asks of each request whether its route is for whoever asks.
func (s *Server) guard(route ui.Route) func(ui.Handler) ui.Handler {
	return func(next ui.Handler) ui.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			now := session.Of(r.Context())
			if failure, _ := r.Context().Value(failureKey{}).(error); failure != nil && route.Access != ui.Public {
				return failure
			}
			now.Actor.RequestID = ui.RequestID(r)
			r = r.WithContext(session.With(r.Context(), now))
			if route.Access == ui.Public {
				return s.public(w, r, next)
			}
			switch {
			case !now.SignedIn():
				return ui.Redirect(w, r, "/accedi?torna="+url.QueryEscape(comeBack(r)))
			case now.Session.MustChange && !slices.Contains(beforeChange(), route.Pattern):
				return ui.Redirect(w, r, "/profilo")
			case route.Access != ui.SignedIn && !now.Actor.Can(identity.Permission(route.Access)):
				return identity.ErrForbidden
			}
			return next(w, r)
		}
	}
}

// beforeChange are the routes for which a password given by somebody else is good enough.
func beforeChange() []string { return []string{"GET /profilo", "POST /profilo", "POST /esci"} }

// comeBack is where to go after signing in: what was asked for, or, when a form was sent, the page it
// stood on.
func comeBack(r *http.Request) string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return r.URL.RequestURI()
	}
	if from, err := url.Parse(r.Referer()); err == nil && from.Host == r.Host {
		return from.RequestURI()
	}
	return workPath
}

// public limits what anybody may send.
func (s *Server) public(w http.ResponseWriter, r *http.Request, next ui.Handler) error {
	if r.Method == http.MethodPost {
		if seconds := s.posts.take(s.deps.Door.Neighbourhood(r), ui.Now(r)); seconds > 0 {
			return errTooMany.With(errs.Args{ui.RetryArg: seconds})
		}
	}
	return next(w, r)
}
