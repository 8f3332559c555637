package managers

import (
	"capillare/internal/agenda"
	"capillare/internal/campaigns"
	"capillare/internal/facilita"
	"capillare/internal/facilitators"
	"capillare/internal/files"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/monitoring"
	"capillare/internal/network"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/web/ui"
)

// Deps is what the pages need from outside.
type Deps struct {
	Points       *points.Service
	Facilitators *facilitators.Service
	Agenda       *agenda.Service
	Campaigns    *campaigns.Service
	Orgs         *orgs.Service
	Funding      *funding.Service
	Network      *network.Service
	Territory    *territory.Service
	Monitoring   *monitoring.Service
	Facilita     *facilita.Service
	Files        *files.Service
	Identity     *identity.Service
	// Kinds are the kinds of appointment; nil: there are none.
	Kinds *kinds.Service
	// Encoding is the usual encoding of the national file, and NoCode what its column AN4 says; empty
	// are those of package facilita.
	Encoding facilita.Encoding
	NoCode   string
}

// Routes returns every page of management.
func Routes(d Deps) []ui.Route {
	var routes []ui.Route
	add := func(perm identity.Permission, pattern string, h ui.Handler) {
		routes = append(routes, ui.Route{Pattern: pattern, Access: ui.Access(perm), Handle: h, MaxBody: 256 << 10})
	}
	add(identity.SeeFacilitators, "GET /gestione", d.start)
	d.pointRoutes(add)
	d.openingRoutes(add)
	routes = append(routes, d.uploadRoutes()...)
	d.dutyRoutes(add)
	d.kindRoutes(add)
	d.coverRoutes(add)
	d.peopleRoutes(add)
	d.bodyRoutes(add)
	d.fundingRoutes(add)
	d.campaignRoutes(add)
	add(identity.ExportNational, "GET /gestione/facilita", d.national)
	add(identity.ExportNational, "POST /gestione/facilita", d.download)
	return routes
}

type adder func(identity.Permission, string, ui.Handler)
