package managers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"capillare/internal/identity"
	"capillare/internal/orgs"
	"capillare/internal/territory"
	"capillare/internal/territory/official"
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
	// Index is what is looked for in the national index of public bodies, Found what it has; nil until the
	// index is loaded.
	Index *ui.Form
	Found []ui.Link
	Twins alike
	Rival rival
}

// alike are the bodies with the same name or code: perhaps the one in the form is there already.
type alike struct {
	Links []ui.Link
	// Ask says that they all have ended: a new body is right when it is another one.
	Ask bool
}

func (d Deps) alikeBodies(r *http.Request, b orgs.Body) (alike, error) {
	found, err := d.Orgs.Twins(r.Context(), session.Actor(r), b)
	p, out := ui.PrinterOf(r), alike{Ask: b.ID == "" && len(found) > 0}
	for _, one := range found {
		label := one.Name
		if one.EndedOn.IsZero() {
			out.Ask = false
		} else {
			label = p.T("bodies.twin.ended", map[string]any{"name": one.Name, "day": p.DayNum(one.EndedOn)})
		}
		out.Links = append(out.Links, ui.Link{Label: label, Href: "/gestione/enti/" + one.ID})
	}
	return out, err
}

func (d Deps) newBody(w http.ResponseWriter, r *http.Request) error {
	// What could not be saved is not asked for.
	if err := session.Actor(r).Require(identity.EditBodies, identity.Target{}); err != nil {
		return err
	}
	values := url.Values{"from": {dayText(today(r))}}
	if code := r.URL.Query().Get("ipa"); code != "" {
		found, err := d.Territory.IndexBodyByIPA(r.Context(), code)
		if err != nil {
			return err
		}
		towns, err := d.Territory.Today(r.Context(), unique([]string{found.Belfiore}))
		if err != nil {
			return err
		}
		fromIndex(values, found, townName(towns[found.Belfiore]))
	}
	return d.showBodyForm(w, r, http.StatusOK, bodyForm{Form: ui.NewForm(r, values)}, orgs.Body{})
}

// fromIndex fills the form with what the national index says of a body.
func fromIndex(values url.Values, b territory.IndexBody, town string) {
	for name, value := range map[string]string{
		"name": b.Name, "kind": b.Kind, "tax_code": b.TaxCode, "ipa_code": b.IPA, "belfiore": town, "email": b.Mail, "pec": b.PEC,
	} {
		values.Set(name, value)
	}
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
	twins, err := d.alikeBodies(r, b)
	if err != nil {
		return err
	}
	if twins.Ask && form.Text("sure") != "1" {
		form.Problems.Add("sure", "bodies.twin.sure")
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
	return d.showBodyForm(w, r, statusOf(form), bodyForm{Form: form, Twins: twins}, orgs.Body{})
}

func (d Deps) editBody(w http.ResponseWriter, r *http.Request) error {
	b, err := d.Orgs.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	if b.MergedInto != "" {
		return orgs.ErrMerged
	}
	towns, err := d.Territory.Today(r.Context(), unique([]string{b.Belfiore}))
	if err != nil {
		return err
	}
	form := ui.NewForm(r, url.Values{
		"name": {b.Name}, "short_name": {b.ShortName}, "kind": {b.Kind}, "tax_code": {b.TaxCode}, "ipa_code": {b.IPACode},
		"belfiore": {townName(towns[b.Belfiore])}, "email": {b.Email}, "pec": {b.PEC}, "phone": {b.Phone},
		"version": {strconv.Itoa(b.Version)},
	})
	return d.showBodyForm(w, r, http.StatusOK, bodyForm{Form: form}, b)
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
	b.Version = form.Int("version")
	view, status := bodyForm{Form: form}, http.StatusUnprocessableEntity
	if len(form.Problems) == 0 {
		refused := d.Orgs.Edit(r.Context(), who, b)
		if refused == nil {
			return ui.RedirectFlash(w, r, "/gestione/enti/"+old.ID, ui.Success, "managers.saved")
		}
		if err := form.Refuse(refused); err != nil {
			return err
		}
		status = ui.StatusOf(refused)
		if view.Rival, err = d.bodyRival(r, form, refused, b); err != nil {
			return err
		}
	}
	if view.Twins, err = d.alikeBodies(r, b); err != nil {
		return err
	}
	return d.showBodyForm(w, r, status, view, old)
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

func (d Deps) showBodyForm(w http.ResponseWriter, r *http.Request, status int, view bodyForm, old orgs.Body) error {
	p := ui.PrinterOf(r)
	view.Action, view.New, view.BackHref = r.URL.Path, old.ID == "", "/gestione/enti"
	view.Kinds, view.Roles = choices(p, "orgs.kind.", orgs.Kinds(), p.T("managers.choose")), choices(p, "orgs.role.", orgs.RoleNames(), "")
	title, way := p.T("managers.body.new_title"), []ui.Link{{Label: p.T("managers.bodies.title"), Href: "/gestione/enti"}}
	if !view.New {
		view.BackHref, title = "/gestione/enti/"+old.ID, p.T("managers.body.edit_title")
		way = append(way, ui.Link{Label: old.Name, Href: view.BackHref})
	}
	var err error
	if view.Towns, err = d.townNames(r.Context()); err != nil {
		return err
	}
	if view.New {
		if err := d.lookUp(r, &view); err != nil {
			return err
		}
	}
	return ui.Render(w, r, status, bodyFormView(sheet(r, title, way...), view))
}

// lookUp adds what the national index of public bodies has for the words that were looked for.
func (d Deps) lookUp(r *http.Request, view *bodyForm) error {
	sources, err := d.Territory.Sources(r.Context())
	if err != nil || !slices.ContainsFunc(sources, func(s territory.Source) bool { return s.Kind == string(official.Bodies) }) {
		return err
	}
	words := r.URL.Query().Get("indice")
	view.Index = ui.NewForm(r, url.Values{"indice": {words}})
	found, err := d.Territory.FindBodies(r.Context(), words, perPage)
	for _, b := range found {
		view.Found = append(view.Found, ui.Link{Label: b.Name, Href: "/gestione/enti/nuovo?" + url.Values{"ipa": {b.IPA}, "indice": {words}}.Encode()})
	}
	return err
}
