package managers

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"capillare/internal/facilitators"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// servePage asks which point a person serves, and from when.
type servePage struct {
	Form   *ui.Form
	Person facilitators.Facilitator
	Points []ui.Option
}

func (d Deps) serve(w http.ResponseWriter, r *http.Request) error {
	f, err := d.Facilitators.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return d.showServe(w, r, http.StatusOK, ui.NewForm(r, url.Values{"from": {dayText(today(r))}, "point": {r.URL.Query().Get("punto")}}), f)
}

func (d Deps) saveServe(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	f, err := d.Facilitators.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	point, from, to := form.Need("point", 64), form.Day("from"), form.Day("to")
	if !form.Has("from") {
		form.Problems.Add("from", "form.required")
	}
	status := http.StatusUnprocessableEntity
	if len(form.Problems) == 0 {
		refused := d.Facilitators.Serve(r.Context(), who, f.ID, point, from, to)
		if refused == nil {
			return ui.RedirectFlash(w, r, "/gestione/facilitatori/"+f.ID, ui.Success, "managers.person.serves")
		}
		status = ui.StatusOf(refused)
		if err := form.Refuse(refused); err != nil {
			return err
		}
	}
	return d.showServe(w, r, status, form, f)
}

func (d Deps) showServe(w http.ResponseWriter, r *http.Request, status int, form *ui.Form, f facilitators.Facilitator) error {
	p := ui.PrinterOf(r)
	view := servePage{Form: form, Person: f, Points: []ui.Option{{Label: p.T("managers.choose")}}}
	list, err := d.Points.All(r.Context(), session.Actor(r), identity.EditFacilitators)
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b points.Point) int { return cmp.Compare(a.PublicName, b.PublicName) })
	for _, one := range list {
		if one.State != points.StateClosed {
			view.Points = append(view.Points, ui.Option{Value: one.ID, Label: one.PublicName})
		}
	}
	return ui.Render(w, r, status, serveView(sheet(r, p.T("managers.person.serve_title"), personWay(p, f)...), view))
}

func personWay(p i18n.Printer, f facilitators.Facilitator) []ui.Link {
	return []ui.Link{{Label: p.T("managers.people.title"), Href: "/gestione/facilitatori"}, {Label: f.FullName(), Href: "/gestione/facilitatori/" + f.ID}}
}

func (d Deps) endServe(w http.ResponseWriter, r *http.Request) error {
	return d.showServeEnd(w, r, ui.NewForm(r, url.Values{"on": {dayText(today(r))}}))
}

func (d Deps) saveServeEnd(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	on := form.Day("on")
	if !form.Has("on") {
		form.Problems.Add("on", "form.required")
	}
	if len(form.Problems) == 0 {
		if err := form.Refuse(d.Facilitators.StopServing(r.Context(), who, r.PathValue("id"), r.PathValue("point"), on)); err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return d.showServeEnd(w, r, form)
	}
	return ui.RedirectFlash(w, r, "/gestione/facilitatori/"+r.PathValue("id"), ui.Success, "managers.person.stopped")
}

func (d Deps) showServeEnd(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	f, err := d.Facilitators.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	one, err := d.Points.ByID(r.Context(), who, r.PathValue("point"))
	if err != nil {
		return err
	}
	view := dutyEnd{Form: form, Action: r.URL.Path, What: f.FullName() + ", " + one.PublicName,
		Text: p.T("managers.person.stop_text"), BackHref: string(personPath(f, ""))}
	return ui.Render(w, r, statusOf(form), endView(sheet(r, p.T("managers.person.stop_title"), personWay(p, f)...), view))
}
