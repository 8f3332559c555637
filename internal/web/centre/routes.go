package centre

import (
	"capillare/internal/agenda"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/network"
	"capillare/internal/notify"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/visits"
	"capillare/internal/waiting"
	"capillare/internal/web/ui"
)

// Deps is what the pages need from outside.
type Deps struct {
	Agenda    *agenda.Service
	Kinds     *kinds.Service
	Points    *points.Service
	Network   *network.Service
	Notify    *notify.Service
	Territory *territory.Service
	Waiting   *waiting.Service
	Visits    *visits.Service
	// Facilitators and Identity name who goes and who did what.
	Facilitators *facilitators.Service
	Identity     *identity.Service
}

// Routes returns every page of the contact centre.
func Routes(d Deps) []ui.Route {
	var routes []ui.Route
	add := func(pattern string, h ui.Handler) {
		routes = append(routes, ui.Route{Pattern: pattern, Access: ui.Access(identity.Book), Handle: h, MaxBody: 64 << 10})
	}
	add("GET /centro", d.home)
	add("POST /centro/cerca", d.find)
	add("GET /centro/prenota", d.askBooking)
	add("POST /centro/prenota", d.takeBooking)
	add("GET /centro/prenotazioni/{id}", d.booking)
	add("GET /centro/prenotazioni/{id}/sposta", d.askMove)
	add("POST /centro/prenotazioni/{id}/sposta", d.move)
	add("GET /centro/prenotazioni/{id}/annulla", d.askCancel)
	add("POST /centro/prenotazioni/{id}/annulla", d.cancel)
	within := func(pattern string, access identity.Permission, h ui.Handler) {
		routes = append(routes, ui.Route{Pattern: pattern, Access: ui.Access(access), Handle: h, MaxBody: 64 << 10})
	}
	d.waitingRoutes(within)
	d.visitRoutes(within)
	return routes
}
