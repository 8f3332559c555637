package desk

import (
	"capillare/internal/agenda"
	"capillare/internal/facilitators"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/network"
	"capillare/internal/notify"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/register"
	"capillare/internal/territory"
	"capillare/internal/web/ui"
)

// Deps is what the pages need from outside.
type Deps struct {
	Agenda       *agenda.Service
	Register     *register.Service
	Points       *points.Service
	Facilitators *facilitators.Service
	Network      *network.Service
	Notify       *notify.Service
	Territory    *territory.Service
	Orgs         *orgs.Service
	Kinds        *kinds.Service
}

// Menu returns the menu of a facilitator; its first four entries are the bar at the foot of a phone.
func Menu(p i18n.Printer) []ui.MenuItem {
	return []ui.MenuItem{
		{ID: "agenda", Label: p.T("desk.menu.agenda"), Href: "/agenda", Icon: ui.IconName("it-calendar")},
		{ID: "record", Label: p.T("desk.menu.record"), Href: "/servizi/nuovo", Icon: ui.IconName("it-plus-circle")},
		{ID: "services", Label: p.T("desk.menu.services"), Href: "/servizi", Icon: ui.IconName("it-list")},
		{ID: "numbers", Label: p.T("desk.menu.numbers"), Href: "/miei-numeri", Icon: ui.IconName("it-chart-line")},
		{ID: "week", Label: p.T("desk.menu.week"), Href: "/settimana", Icon: ui.IconName("it-calendar")},
		{ID: "shifts", Label: p.T("hours.menu.shifts"), Href: "/turni", Icon: ui.IconName("it-calendar")},
		{ID: "close", Label: p.T("desk.menu.close"), Href: "/chiudi-oggi", Icon: ui.IconName("it-close-circle")},
	}
}

// Routes returns every page of the desk.
func Routes(d Deps) []ui.Route {
	var routes []ui.Route
	add := func(may identity.Permission, pattern string, h ui.Handler) {
		routes = append(routes, ui.Route{Pattern: pattern, Access: ui.Access(may), Handle: h, MaxBody: 256 << 10})
	}
	add(identity.SeeAgenda, "GET /agenda", d.day)
	add(identity.SeeAgenda, "GET /agenda/{booking}", d.booking)
	add(identity.Book, "POST /agenda/{booking}/assente", d.mark((*agenda.Service).MarkAbsent))
	add(identity.Book, "POST /agenda/{booking}/venuto", d.mark((*agenda.Service).MarkAttended))
	add(identity.Book, "POST /agenda/{booking}/ripristina", d.mark((*agenda.Service).Undo))
	add(identity.Book, "GET /agenda/{booking}/annulla", d.askCancel)
	add(identity.Book, "POST /agenda/{booking}/annulla", d.cancel)
	add(identity.Book, "GET /agenda/{booking}/sposta", d.askMove)
	add(identity.Book, "POST /agenda/{booking}/sposta", d.move)
	add(identity.Book, "GET /agenda/aggiungi", d.askPerson)
	add(identity.Book, "POST /agenda/aggiungi", d.addPerson)
	add(identity.Record, "GET /agenda/{booking}/registra", d.newService)
	add(identity.Record, "POST /agenda/{booking}/registra", d.takeService)
	add(identity.Record, "GET /servizi/nuovo", d.newService)
	add(identity.Record, "POST /servizi/nuovo", d.takeService)
	add(identity.SeeRegister, "GET /servizi", d.services)
	add(identity.SeeRegister, "GET /servizi/{id}", d.service)
	add(identity.Record, "POST /servizi/{id}/annulla", d.cancelService)
	add(identity.SeeAgenda, "GET /agenda/stampa", d.paper)
	add(identity.SeeAgenda, "GET /settimana", d.week)
	add(identity.SeeAgenda, "GET /mese", d.month)
	add(identity.SeeAgenda, "GET /turni", d.shifts)
	add(identity.SeeAgenda, "GET /foglio-ore", d.sheet)
	add(identity.SeeAgenda, "GET /foglio-ore.csv", d.sheetFile)
	add(identity.SeeRegister, "GET /miei-numeri", d.numbers)
	add(identity.Book, "GET /chiudi-oggi", d.askClose)
	add(identity.Book, "POST /chiudi-oggi", d.closeNow)
	add(identity.Book, "GET /chiudi-oggi/{closing}", d.closedDay)
	add(identity.Book, "GET /da-spostare", d.stranded)
	add(identity.Book, "POST /da-spostare", d.resettle)
	add(identity.Book, "POST /da-spostare/{booking}", d.resettleOne)
	add(identity.EditFacilitators, "GET /sostituisci", d.askSubstitute)
	add(identity.EditFacilitators, "POST /sostituisci", d.substitute)
	return routes
}
