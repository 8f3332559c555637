package web

import (
	"net/http"
	"slices"
	"strings"

	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/web/desk"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

const workPath = "/lavoro"

// Menu returns the main menu of who: the first entries are the ones used all day. The site leaves out
// those whose page is not there or not for who.
func Menu(p i18n.Printer, who identity.Actor) []ui.MenuItem {
	if who.HasRole(identity.Facilitator) {
		return append(desk.Menu(p), office(p, who)...)
	}
	var menu []ui.MenuItem
	if who.Can(identity.SeeAgenda) && who.Can(identity.SeeRegister) {
		// Those who look after points look into agendas and registers, but do not sit at a desk all day.
		menu = slices.DeleteFunc(desk.Menu(p), func(item ui.MenuItem) bool { return item.ID != "agenda" && item.ID != "services" })
	}
	return append(office(p, who), menu...)
}

// office is the menu of those who do not sit at a desk.
func office(p i18n.Printer, who identity.Actor) []ui.MenuItem {
	var menu []ui.MenuItem
	add := func(may bool, item ui.MenuItem) {
		if may {
			item.Label = p.T("web.menu." + item.ID)
			menu = append(menu, item)
		}
	}
	// Facilitators book for others too, from their own agenda.
	books := who.HasRole(identity.Operator) || who.Can(identity.Book) && who.Can(identity.SeeFacilitators)
	add(books, ui.MenuItem{ID: "centre", Href: "/centro", Icon: ui.IconName("it-telephone")})
	add(who.Can(identity.SeeAgenda), ui.MenuItem{ID: "calls", Href: "/chiamate", Icon: ui.IconName("it-telephone")})
	add(who.Can(identity.SeeAgenda), ui.MenuItem{ID: "visits", Href: "/centro/richieste", Icon: ui.IconName("it-map-marker")})
	add(who.Can(identity.SeeFacilitators), ui.MenuItem{ID: "manage", Href: "/gestione", Icon: ui.IconName("it-list")})
	add(who.Can(identity.SeeProgress), ui.MenuItem{ID: "progress", Href: "/andamento", Icon: ui.IconName("it-chart-line")})
	add(who.Can(identity.SeeProgress), ui.MenuItem{ID: "territory", Href: "/territorio/copertura", Icon: ui.IconName("it-map-marker")})
	add(who.Can(identity.RunImports), ui.MenuItem{ID: "imports", Href: "/gestione/importa", Icon: ui.IconName("it-upload")})
	add(who.Can(identity.ManageAccounts), ui.MenuItem{ID: "accounts", Href: "/amministrazione", Icon: ui.IconName("it-user")})
	add(who.Can(identity.Maintain), ui.MenuItem{ID: "upkeep", Href: "/amministrazione/salute", Icon: ui.IconName("it-settings")})
	add(who.Can(identity.SeeAgenda), ui.MenuItem{ID: "feeds", Href: "/calendari", Icon: ui.IconName("it-calendar")})
	return menu
}

// opens reports whether path is a page that who may open.
func (s *Server) opens(who identity.Actor, path string) bool {
	access, there := s.pages[path]
	return there && (access == ui.Public || access == ui.SignedIn || who.Can(identity.Permission(access)))
}

// roleWords names the roles of who, each once.
func roleWords(p i18n.Printer, who identity.Actor) string {
	var words []string
	for _, g := range who.Grants {
		if word := p.T("identity.role." + string(g.Role)); !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}

// workRoute sends each person to the first useful page of the roles held.
func (s *Server) workRoute() ui.Route {
	return ui.Route{Pattern: "GET " + workPath, Access: ui.SignedIn, Handle: func(w http.ResponseWriter, r *http.Request) error {
		return ui.Redirect(w, r, s.landing(session.Actor(r)))
	}}
}

// landing goes by role, not by permission: what a person does all day is what the role says.
func (s *Server) landing(who identity.Actor) string {
	for _, one := range []struct {
		path  string
		roles []identity.Role
	}{
		{"/agenda", []identity.Role{identity.Facilitator}},
		{"/centro", []identity.Role{identity.Operator}},
		{"/gestione", []identity.Role{identity.ManagingBody, identity.DeliveringPartner}},
		{"/andamento", []identity.Role{identity.Region, identity.Auditor}},
		{"/amministrazione", []identity.Role{identity.Administrator}},
	} {
		if s.opens(who, one.path) && slices.ContainsFunc(one.roles, who.HasRole) {
			return one.path
		}
	}
	return "/profilo"
}
