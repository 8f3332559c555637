package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"capillare/internal/files"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/network"
	"capillare/internal/territory"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// Deps is what the site needs from outside.
type Deps struct {
	Identity  *identity.Service
	Network   *network.Service
	Territory *territory.Service
	// Files keeps the pictures of the network; nil shows none.
	Files *files.Service
	// Door is how requests reach us; the same as that of the account pages.
	Door session.Door
	// Now tells the time. Required.
	Now func() time.Time
	// Log takes one line for each request and each fault; nil discards.
	Log *slog.Logger
	// Secure says that people come by https alone: HSTS is sent.
	Secure bool
	// MaxBody is the largest body of a request whose route names none; 0 is the default of web/ui.
	MaxBody int64
	// PublicMenu returns the menu of the public pages; nil is none.
	PublicMenu func(i18n.Printer) []ui.MenuItem
	// Routes are the pages of all audiences.
	Routes []ui.Route
}

// Server is the whole site. It does not listen: package app does.
type Server struct {
	deps    Deps
	handler http.Handler
	routes  []ui.Route
	pages   map[string]ui.Access // by path: what may be opened
	posts   *limits
	region  sync.Map // names of regions by code: a handful that never change
	picture sync.Map // pictures of the network by id: a handful that never change
}

// New puts the site together, or says which route is wrong.
func New(d Deps) (*Server, error) {
	s := &Server{deps: d, pages: map[string]ui.Access{}, posts: newLimits(postsASecond, postsAtOnce)}
	s.routes = append(slices.Clone(d.Routes), s.workRoute())
	for _, route := range s.routes {
		if path, get := strings.CutPrefix(route.Pattern, "GET "); get {
			s.pages[path] = route.Access
		}
	}
	site := &ui.Server{Now: d.Now, Log: d.Log, Secure: d.Secure, MaxBody: d.MaxBody, Frame: s.frame}
	handler, err := site.Handler(s.routes, s.guard)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s.handler = s.recognise(handler)
	return s, nil
}

// Routes returns every route of the site but those of package ui itself (static files, language).
func (s *Server) Routes() []ui.Route { return slices.Clone(s.routes) }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

type failureKey struct{}

// recognise finds who is asking before anything else, so that error pages know it too. A store that
// fails is left to the guard, which answers with a page.
func (s *Server) recognise(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := s.deps.Door.Token(r)
		if token == "" || strings.HasPrefix(r.URL.Path, "/static/") {
			next.ServeHTTP(w, r)
			return
		}
		ctx := r.Context()
		actor, found, err := s.deps.Identity.Actor(ctx, token)
		switch {
		case err == nil:
			ctx = session.With(ctx, session.Current{Actor: actor, Session: found, Token: token})
		case !errors.Is(err, identity.ErrSession):
			ctx = context.WithValue(ctx, failureKey{}, err)
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// frame fills what stands around a page: the network, and who is signed in.
func (s *Server) frame(r *http.Request, p *ui.Page) {
	if s.deps.PublicMenu != nil {
		p.Menu = s.deps.PublicMenu(p.Printer)
	}
	p.Network = s.network(r.Context(), p.Printer)
	now := session.Of(r.Context())
	if !now.SignedIn() {
		return
	}
	p.User = &ui.UserBadge{
		Name: now.Session.Name, Role: roleWords(p.Printer, now.Actor),
		Account: []ui.Link{{Label: p.Printer.T("account.menu.profile"), Href: "/profilo"}},
	}
	if now.Session.MustChange {
		return
	}
	for _, item := range Menu(p.Printer, now.Actor) {
		if s.opens(now.Actor, item.Href) {
			p.User.Menu = append(p.User.Menu, item)
		}
	}
}

func (s *Server) regionName(ctx context.Context, code string) string {
	if name, ok := s.region.Load(code); ok {
		return name.(string)
	}
	regions, err := s.deps.Territory.Regions(ctx)
	if err != nil {
		return ""
	}
	for _, r := range regions {
		s.region.Store(r.Code, r.Name)
	}
	name, _ := s.region.Load(code)
	text, _ := name.(string)
	return text
}
