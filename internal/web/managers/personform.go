package managers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/points"
	"capillare/internal/register/codelist"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// personForm is the form of a facilitator, new or not.
type personForm struct {
	Form   *ui.Form
	Action string
	// HasCode says that a tax code is kept, which an empty field leaves as it is.
	HasCode   bool
	Bodies    []ui.Option
	Skills    []ui.Option
	States    []ui.Option
	Contracts []ui.Option
	BackHref  string
}

func personPath(f facilitators.Facilitator, rest string) templ.SafeURL {
	return templ.SafeURL("/gestione/facilitatori/" + f.ID + rest)
}

func (d Deps) newPerson(w http.ResponseWriter, r *http.Request) error {
	form := ui.NewForm(r, url.Values{
		"contract": {facilitators.Employee}, "state": {facilitators.Active}, "from": {dayText(today(r))}, "languages": {"it"},
		"body_id": {r.URL.Query().Get("ente")},
	})
	return d.showPersonForm(w, r, http.StatusOK, form, facilitators.Facilitator{})
}

func (d Deps) addPerson(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	f := readPerson(form, facilitators.Facilitator{})
	id, status := "", http.StatusUnprocessableEntity
	if len(form.Problems) == 0 {
		var refused error
		if id, refused = d.Facilitators.Add(r.Context(), who, f, form.Text("tax_code")); refused == nil {
			return ui.RedirectFlash(w, r, "/gestione/facilitatori/"+id, ui.Success, "managers.person.added")
		}
		status = ui.StatusOf(refused)
		if err := form.Refuse(atField(refused)); err != nil {
			return err
		}
	}
	return d.showPersonForm(w, r, status, form, facilitators.Facilitator{})
}

func (d Deps) editPerson(w http.ResponseWriter, r *http.Request) error {
	f, err := d.Facilitators.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	form := ui.NewForm(r, url.Values{
		"name": {f.Name}, "surname": {f.Surname}, "body_id": {f.BodyID}, "email": {f.Email}, "phone": {f.Phone},
		"contract": {f.Contract}, "state": {f.State}, "from": {dayText(f.From)}, "to": {dayText(f.To)},
		"skills": f.Skills, "languages": f.Languages,
	})
	return d.showPersonForm(w, r, http.StatusOK, form, f)
}

func (d Deps) savePerson(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	old, err := d.Facilitators.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	f, status := readPerson(form, old), http.StatusUnprocessableEntity
	if len(form.Problems) == 0 {
		refused := d.Facilitators.EditWithCode(r.Context(), who, f, form.Text("tax_code"))
		if refused == nil {
			return ui.RedirectFlash(w, r, "/gestione/facilitatori/"+old.ID, ui.Success, "managers.saved")
		}
		status = ui.StatusOf(refused)
		if err := form.Refuse(atField(refused)); err != nil {
			return err
		}
	}
	return d.showPersonForm(w, r, status, form, old)
}

func readPerson(form *ui.Form, old facilitators.Facilitator) facilitators.Facilitator {
	f := old
	f.Name, f.Surname, f.BodyID = form.Text("name"), form.Text("surname"), form.Text("body_id")
	f.Email, f.Phone = form.Text("email"), form.Short("phone", 40)
	f.Contract, f.State = form.Choice("contract", contracts()...), form.Choice("state", personStates()...)
	f.From, f.To = form.Day("from"), form.Day("to")
	f.Skills, f.Languages = tags(form.Texts("skills"), old.Skills, codelist.Skills.Has), tags(form.Texts("languages"), old.Languages, knownLanguage)
	// The code is checked before anything is kept, so that a wrong one never leaves half a change.
	if form.Has("tax_code") {
		_, err := codes.ParseTaxCode(form.Text("tax_code"))
		if fault := form.Problems.Check("tax_code", err); fault != nil {
			form.Problems.Add("tax_code", "form.invalid")
		}
	}
	return f
}

// tags returns the chosen ones that the form offers, and those of before that it does not show.
func tags(chosen, before []string, known func(string) bool) []string {
	var out []string
	for _, tag := range chosen {
		if known(tag) {
			out = append(out, tag)
		}
	}
	for _, tag := range before {
		if !known(tag) {
			out = append(out, tag)
		}
	}
	return out
}

func knownLanguage(tag string) bool { return slices.Contains(points.LanguageTags(), tag) }

// atField puts a refusal about the tax code beside its field.
func atField(err error) error {
	if errors.Is(err, facilitators.ErrTwice) {
		var problems errs.Problems
		problems.Add("tax_code", facilitators.ErrTwice.Key)
		return problems.Err()
	}
	return err
}

func (d Deps) showPersonForm(w http.ResponseWriter, r *http.Request, status int, form *ui.Form, old facilitators.Facilitator) error {
	p := ui.PrinterOf(r)
	view := personForm{Form: form, Action: r.URL.Path, HasCode: old.HasTaxCode, BackHref: "/gestione/facilitatori",
		States: choices(p, "facilitators.state.", personStates(), ""), Contracts: choices(p, "facilitators.contract.", contracts(), "")}
	title, way := p.T("managers.person.new_title"), []ui.Link{{Label: p.T("managers.people.title"), Href: "/gestione/facilitatori"}}
	if old.ID != "" {
		view.BackHref, title = "/gestione/facilitatori/"+old.ID, p.T("managers.person.edit_title")
		way = append(way, ui.Link{Label: old.FullName(), Href: view.BackHref})
	}
	for _, c := range codelist.Skills.Codes() {
		view.Skills = append(view.Skills, ui.Option{Value: c.Value, Label: p.T(c.Key)})
	}
	var err error
	if view.Bodies, err = d.bodyOptions(r, p.T("managers.choose"), old.BodyID); err != nil {
		return err
	}
	// The tax code is never written back into a page.
	form.Values.Del("tax_code")
	return ui.Render(w, r, status, personFormView(sheet(r, title, way...), view))
}
