package managers

import (
	"net/http"
	"net/url"

	"capillare/internal/orgs"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// bodyForm is the form of a body, new or not.
type bodyForm struct {
	Form   *ui.Form
	Action string
	// New says that the body is not kept yet, and asks for its role in the network too.
	New          bool
	Kinds, Roles []ui.Option
	Towns        []string
	BackHref     string
}

func (d Deps) newBody(w http.ResponseWriter, r *http.Request) error {
	return d.showBodyForm(w, r, http.StatusOK, ui.NewForm(r, url.Values{"from": {dayText(today(r))}}), orgs.Body{})
}

func (d Deps) addBody(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	b, err := d.readBody(r, form, orgs.Body{})
	if err != nil {
		return err
	}
	var roles []orgs.Role
	from := form.Day("from")
	for _, name := range form.Texts("roles") {
		roles = append(roles, orgs.Role{Name: name, From: from})
	}
	if len(form.Problems) == 0 {
		id, refused := d.Orgs.Add(r.Context(), who, b, roles...)
		if refused == nil {
			return ui.RedirectFlash(w, r, "/gestione/enti/"+id, ui.Success, "managers.body.added")
		}
		if err := form.Refuse(refused); err != nil {
			return err
		}
	}
	return d.showBodyForm(w, r, http.StatusUnprocessableEntity, form, orgs.Body{})
}

func (d Deps) editBody(w http.ResponseWriter, r *http.Request) error {
	b, err := d.Orgs.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	towns, err := d.Territory.ByBelfiore(r.Context(), unique([]string{b.Belfiore}))
	if err != nil {
		return err
	}
	form := ui.NewForm(r, url.Values{
		"name": {b.Name}, "short_name": {b.ShortName}, "kind": {b.Kind}, "tax_code": {b.TaxCode}, "ipa_code": {b.IPACode},
		"belfiore": {townName(towns[b.Belfiore])}, "email": {b.Email}, "pec": {b.PEC}, "phone": {b.Phone},
	})
	return d.showBodyForm(w, r, http.StatusOK, form, b)
}

func (d Deps) saveBody(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	old, err := d.Orgs.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	b, err := d.readBody(r, form, old)
	if err != nil {
		return err
	}
	if len(form.Problems) == 0 {
		if err := form.Refuse(d.Orgs.Edit(r.Context(), who, b)); err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return d.showBodyForm(w, r, http.StatusUnprocessableEntity, form, old)
	}
	return ui.RedirectFlash(w, r, "/gestione/enti/"+old.ID, ui.Success, "managers.saved")
}

func (d Deps) readBody(r *http.Request, form *ui.Form, old orgs.Body) (orgs.Body, error) {
	b := old
	b.Name, b.ShortName, b.Kind = form.Short("name", 200), form.Short("short_name", 80), form.Text("kind")
	b.TaxCode, b.IPACode = form.Text("tax_code"), form.Text("ipa_code")
	b.Email, b.PEC, b.Phone = form.Text("email"), form.Text("pec"), form.Short("phone", 40)
	var err error
	if b.Belfiore, err = d.townCode(r.Context(), form.Text("belfiore")); b.Belfiore == "" && form.Has("belfiore") {
		form.Problems.Add("belfiore", "orgs.municipality")
	}
	return b, err
}

func (d Deps) showBodyForm(w http.ResponseWriter, r *http.Request, status int, form *ui.Form, old orgs.Body) error {
	p := ui.PrinterOf(r)
	view := bodyForm{Form: form, Action: r.URL.Path, New: old.ID == "", BackHref: "/gestione/enti",
		Kinds: choices(p, "orgs.kind.", orgs.Kinds(), p.T("managers.choose")), Roles: choices(p, "orgs.role.", orgs.RoleNames(), "")}
	title, way := p.T("managers.body.new_title"), []ui.Link{{Label: p.T("managers.bodies.title"), Href: "/gestione/enti"}}
	if !view.New {
		view.BackHref, title = "/gestione/enti/"+old.ID, p.T("managers.body.edit_title")
		way = append(way, ui.Link{Label: old.Name, Href: view.BackHref})
	}
	var err error
	if view.Towns, err = d.townNames(r.Context()); err != nil {
		return err
	}
	return ui.Render(w, r, status, bodyFormView(sheet(r, title, way...), view))
}

// rolePage asks for one more role of a body.
type rolePage struct {
	Form  *ui.Form
	Body  orgs.Body
	Roles []ui.Option
}

func (d Deps) newRole(w http.ResponseWriter, r *http.Request) error {
	return d.showRole(w, r, ui.NewForm(r, url.Values{"from": {dayText(today(r))}}))
}

func (d Deps) addRole(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	role := orgs.Role{Name: form.Text("role"), From: form.Day("from"), To: form.Day("to")}
	if len(form.Problems) == 0 {
		if err := form.Refuse(d.Orgs.AddRole(r.Context(), who, r.PathValue("id"), role)); err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return d.showRole(w, r, form)
	}
	return ui.RedirectFlash(w, r, "/gestione/enti/"+r.PathValue("id"), ui.Success, "managers.saved")
}

func (d Deps) showRole(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	b, err := d.Orgs.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	view := rolePage{Form: form, Body: b, Roles: choices(p, "orgs.role.", orgs.RoleNames(), "")}
	way := []ui.Link{{Label: p.T("managers.bodies.title"), Href: "/gestione/enti"}, {Label: b.Name, Href: "/gestione/enti/" + b.ID}}
	return ui.Render(w, r, statusOf(form), roleView(sheet(r, p.T("managers.body.role_title"), way...), view))
}
