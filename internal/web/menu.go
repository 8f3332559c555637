package web

import (
	"net/http"
	"slices"
	"strings"

	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

const workPath = "/lavoro"

// Menu returns the main menu of who, by permission: the first entries are the ones used all day.
func Menu(p i18n.Printer, who identity.Actor) []ui.MenuItem {
	all := []struct {
		item ui.MenuItem
		// needs are all wanted.
		needs []identity.Permission
	}{
		// An operator sees bookings through the search of the contact centre, not a day of a point.
		{ui.MenuItem{ID: "agenda", Href: "/agenda", Icon: ui.IconName("it-calendar")}, []identity.Permission{identity.SeeAgenda, identity.SeeRegister}},
		{ui.MenuItem{ID: "record", Href: "/registra", Icon: ui.IconName("it-plus-circle")}, []identity.Permission{identity.Record}},
		{ui.MenuItem{ID: "centre", Href: "/centro", Icon: ui.IconName("it-telephone")}, []identity.Permission{identity.Book}},
		{ui.MenuItem{ID: "manage", Href: "/gestione", Icon: ui.IconName("it-list")}, []identity.Permission{identity.SeeFacilitators}},
		{ui.MenuItem{ID: "progress", Href: "/andamento", Icon: ui.IconName("it-chart-line")}, []identity.Permission{identity.SeeProgress}},
		{ui.MenuItem{ID: "imports", Href: "/importa", Icon: ui.IconName("it-upload")}, []identity.Permission{identity.RunImports}},
		{ui.MenuItem{ID: "accounts", Href: "/amministrazione", Icon: ui.IconName("it-user")}, []identity.Permission{identity.ManageAccounts}},
	}
	var menu []ui.MenuItem
	for _, one := range all {
		if !slices.ContainsFunc(one.needs, func(need identity.Permission) bool { return !who.Can(need) }) {
			one.item.Label = p.T("web.menu." + one.item.ID)
			menu = append(menu, one.item)
		}
	}
	return menu
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
		if s.paths[one.path] && slices.ContainsFunc(one.roles, who.HasRole) {
			return one.path
		}
	}
	return "/profilo"
}
