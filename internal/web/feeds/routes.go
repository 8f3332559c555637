package feeds

import (
	"net/http"
	"strings"

	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/feeds"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/ui"
)

// home is the address of the own calendars, calendarPath that of one for a calendar program.
const (
	home         = "/calendari"
	calendarPath = "/calendario/"
)

// Deps is what the pages need from outside.
type Deps struct {
	Feeds        *feeds.Service
	Points       *points.Service
	Facilitators *facilitators.Service
	// BaseURL is the address of the site without a slash at the end; "" means the address the request came to.
	BaseURL string
	// Guesses limits how often somebody may try addresses; nil sets no limit.
	Guesses Guesses
}

// Guesses is the limit on addresses tried by one client. Only wrong ones count.
type Guesses interface {
	Allow(r *http.Request) error
	Miss(r *http.Request)
}

// Routes returns every page of the calendars.
func Routes(d Deps) []ui.Route {
	routes := []ui.Route{{Pattern: "GET " + calendarPath + "{token}", Access: ui.Public, Handle: d.calendar}}
	add := func(pattern string, h ui.Handler) {
		routes = append(routes, ui.Route{Pattern: pattern, Access: ui.Access(identity.SeeAgenda), Handle: h, MaxBody: 16 << 10})
	}
	add("GET "+home, d.list)
	add("POST "+home, d.add)
	add("POST "+home+"/{id}/rinnova", d.renew)
	add("POST "+home+"/{id}/iniziali", d.initials)
	add("POST "+home+"/{id}/elimina", d.remove)
	return routes
}

// tokenOf reads the token of an address: the name of the file without its ending.
func tokenOf(r *http.Request) (string, error) {
	token, ok := strings.CutSuffix(r.PathValue("token"), ".ics")
	if !ok || token == "" {
		return "", feeds.ErrNotFound
	}
	return token, nil
}

// guarded limits the misses of a client around find.
func (d Deps) guarded(r *http.Request, find func() error) error {
	if d.Guesses != nil {
		if err := d.Guesses.Allow(r); err != nil {
			return err
		}
	}
	err := find()
	if errs.Of(err) == errs.NotFound && d.Guesses != nil {
		d.Guesses.Miss(r)
	}
	return err
}
