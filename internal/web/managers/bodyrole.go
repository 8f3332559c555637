package managers

import (
	"net/http"
	"net/url"

	"capillare/internal/calendar"
	"capillare/internal/orgs"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// rolePage asks for one more role of a body.
type rolePage struct {
	Form  *ui.Form
	Body  orgs.Body
	Roles []ui.Option
}

func (d Deps) newRole(w http.ResponseWriter, r *http.Request) error {
	return d.showRole(w, r, http.StatusOK, ui.NewForm(r, url.Values{"from": {dayText(today(r))}}))
}

func (d Deps) addRole(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	role := orgs.Role{Name: form.Text("role"), From: form.Day("from"), To: form.Day("to")}
	if len(form.Problems) > 0 {
		return d.showRole(w, r, http.StatusUnprocessableEntity, form)
	}
	refused := d.Orgs.AddRole(r.Context(), who, r.PathValue("id"), role)
	if refused == nil {
		return ui.RedirectFlash(w, r, "/gestione/enti/"+r.PathValue("id"), ui.Success, "managers.saved")
	}
	if err := form.Refuse(refused); err != nil {
		return err
	}
	return d.showRole(w, r, ui.StatusOf(refused), form)
}

func (d Deps) showRole(w http.ResponseWriter, r *http.Request, status int, form *ui.Form) error {
	b, err := d.Orgs.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	view := rolePage{Form: form, Body: b, Roles: choices(p, "orgs.role.", orgs.RoleNames(), "")}
	return ui.Render(w, r, status, roleView(sheet(r, p.T("managers.body.role_title"), bodyWay(r, b)...), view))
}

// roleOf reads which role of a body an address means.
func (d Deps) roleOf(r *http.Request) (orgs.Body, orgs.Role, error) {
	b, err := d.Orgs.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return b, orgs.Role{}, err
	}
	from, err := calendar.ParseDay(r.PathValue("from"))
	if err != nil {
		return b, orgs.Role{}, orgs.ErrNoRole
	}
	roles, err := d.Orgs.Roles(r.Context(), []string{b.ID})
	if err != nil {
		return b, orgs.Role{}, err
	}
	for _, role := range roles[b.ID] {
		if role.Name == r.PathValue("name") && role.From == from {
			return b, role, nil
		}
	}
	return b, orgs.Role{}, orgs.ErrNoRole
}

func (d Deps) endRole(w http.ResponseWriter, r *http.Request) error {
	return d.showRoleEnd(w, r, http.StatusOK, ui.NewForm(r, url.Values{"on": {dayText(today(r))}}))
}

func (d Deps) saveRoleEnd(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	b, role, err := d.roleOf(r)
	if err != nil {
		return err
	}
	on := needDay(form, "on")
	if len(form.Problems) > 0 {
		return d.showRoleEnd(w, r, http.StatusUnprocessableEntity, form)
	}
	refused := d.Orgs.EndRole(r.Context(), who, b.ID, role, on)
	if refused == nil {
		return ui.RedirectFlash(w, r, "/gestione/enti/"+b.ID, ui.Success, "managers.saved")
	}
	if err := form.Refuse(refused); err != nil {
		return err
	}
	return d.showRoleEnd(w, r, ui.StatusOf(refused), form)
}

func (d Deps) showRoleEnd(w http.ResponseWriter, r *http.Request, status int, form *ui.Form) error {
	b, role, err := d.roleOf(r)
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	view := closing{Form: form, What: p.T("orgs.role."+role.Name) + ", " + span(p, role.From, role.To), Text: p.T("bodies.role.end_text"),
		Action: r.URL.Path, BackHref: "/gestione/enti/" + b.ID}
	return ui.Render(w, r, status, closingView(sheet(r, p.T("bodies.role.end_title"), bodyWay(r, b)...), view))
}
