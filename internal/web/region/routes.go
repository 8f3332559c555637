package region

import (
	"capillare/internal/coverage"
	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/monitoring"
	"capillare/internal/network"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/register"
	"capillare/internal/territory"
	"capillare/internal/web/ui"
)

// Deps is what the pages need from outside.
type Deps struct {
	Monitoring   *monitoring.Service
	Register     *register.Service
	Points       *points.Service
	Orgs         *orgs.Service
	Funding      *funding.Service
	Facilitators *facilitators.Service
	Coverage     *coverage.Service
	Territory    *territory.Service
	Network      *network.Service
}

// Routes returns every page of progress and of coverage.
func Routes(d Deps) []ui.Route {
	perm := ui.Access(identity.SeeProgress)
	return []ui.Route{
		{Pattern: "GET /andamento", Access: perm, Handle: d.overview},
		{Pattern: "GET /andamento.csv", Access: perm, Handle: d.overviewFile},
		{Pattern: "GET /andamento/enti/{id}", Access: perm, Handle: d.body},
		{Pattern: "GET /andamento/enti/{id}/punti.csv", Access: perm, Handle: d.bodyFile},
		{Pattern: "GET /andamento/punti/{id}", Access: perm, Handle: d.point},
		{Pattern: "GET " + coveragePath, Access: perm, Handle: d.coverage},
		{Pattern: "GET " + coveragePath + ".csv", Access: perm, Handle: d.coverageFile},
		{Pattern: "GET " + townsPath, Access: perm, Handle: d.townList},
		{Pattern: "GET " + townsPath + ".csv", Access: perm, Handle: d.townsFile},
		{Pattern: "GET " + townsPath + "/{slug}", Access: perm, Handle: d.town},
	}
}
