// Package upkeep holds the pages for whoever keeps the program running (it: manutenzione): how it is, with
// the mend of what is wrong, and its copies.
//
// Its rules: the page of health says what the command "doctor" says, because both ask the same package; a
// button never copies by itself but asks for a job, so that the page answers at once; no secret and no
// personal data is shown.
//
// It looks at nothing itself: packages doctor and backup do.
package upkeep

import (
	"context"
	"net/http"

	"capillare/internal/backup"
	"capillare/internal/doctor"
	"capillare/internal/identity"
	"capillare/internal/web/ui"
)

// Deps is what the pages need from outside.
type Deps struct {
	Backups  *backup.Service
	Identity *identity.Service
	// Health looks at the set-up.
	Health func(ctx context.Context) ([]doctor.Finding, error)
}

const (
	healthPath = "/amministrazione/salute"
	copiesPath = "/amministrazione/copie"
	maxForm    = 4 << 10
)

// Routes returns every page.
func Routes(d Deps) []ui.Route {
	var routes []ui.Route
	add := func(pattern string, h ui.Handler) {
		routes = append(routes, ui.Route{Pattern: pattern, Access: ui.Access(identity.Maintain), Handle: h, MaxBody: maxForm})
	}
	add("GET "+healthPath, d.health)
	add("GET "+copiesPath, d.copies)
	add("POST "+copiesPath+"/adesso", d.copyNow)
	add("POST "+copiesPath+"/prova", d.drillNow)
	return routes
}

func staff(r *http.Request, title string, way ...ui.Link) ui.Page {
	p := ui.NewPage(r, title)
	p.Section = "upkeep"
	p.Breadcrumb = way
	return p
}
