package centre

import (
	"capillare/internal/agenda"
	"capillare/internal/identity"
	"capillare/internal/network"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/web/ui"
)

// Deps is what the pages need from outside.
type Deps struct {
	Agenda    *agenda.Service
	Points    *points.Service
	Network   *network.Service
	Territory *territory.Service
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
	return routes
}
