package managers

import (
	"errors"
	"net/http"
	"net/url"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/funding"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// closing is the page on which a body, programme, project or role ends.
type closing struct {
	Form *ui.Form
	// What is the name of what ends; Text says what ending it means.
	What, Text       string
	Action, BackHref string
	// Blocks are what must be settled first: while there are any, there is nothing to send.
	Blocks []needs
	// Notes are what goes on as it is, and should be looked at.
	Notes []needs
}

// needs is a list of things that need what is about to end.
type needs struct {
	Title string
	Links []ui.Link
	// Names are those without a page.
	Names []string
}

// listed adds a list that has something in it.
func listed(list []needs, title string, links []ui.Link, names ...string) []needs {
	if len(links)+len(names) == 0 {
		return list
	}
	return append(list, needs{Title: title, Links: links, Names: names})
}

func (d Deps) endBody(w http.ResponseWriter, r *http.Request) error {
	return d.showBodyEnd(w, r, http.StatusOK, ui.NewForm(r, url.Values{"on": {dayText(today(r))}}))
}

func (d Deps) saveBodyEnd(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	on := needDay(form, "on")
	if len(form.Problems) > 0 {
		return d.showBodyEnd(w, r, http.StatusUnprocessableEntity, form)
	}
	refused := d.Orgs.End(r.Context(), who, r.PathValue("id"), on)
	if refused == nil {
		return ui.RedirectFlash(w, r, "/gestione/enti/"+r.PathValue("id"), ui.Success, "bodies.end.done")
	}
	if err := form.Refuse(refused); err != nil {
		return err
	}
	return d.showBodyEnd(w, r, ui.StatusOf(refused), form)
}

// needDay reads a day that must be there.
func needDay(form *ui.Form, name string) calendar.Day {
	if !form.Has(name) {
		form.Problems.Add(name, "form.required")
	}
	return form.Day(name)
}

func (d Deps) showBodyEnd(w http.ResponseWriter, r *http.Request, status int, form *ui.Form) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	b, err := d.Orgs.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	if !b.EndedOn.IsZero() {
		return orgs.ErrEnded
	}
	view := closing{Form: form, What: b.Name, Text: p.T("bodies.end.text"), Action: r.URL.Path, BackHref: "/gestione/enti/" + b.ID}
	if err := d.bodyNeeds(r, b, &view); err != nil {
		return err
	}
	return ui.Render(w, r, status, closingView(sheet(r, p.T("bodies.end.title"), bodyWay(r, b)...), view))
}

// bodyNeeds lists what still needs a body: open points and projects keep it, people are told.
func (d Deps) bodyNeeds(r *http.Request, b orgs.Body, view *closing) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	list, _, err := d.Points.List(r.Context(), who, points.Filter{BodyID: b.ID, Size: every})
	if err != nil {
		return err
	}
	view.Blocks = listed(view.Blocks, p.T("bodies.end.points"), openPoints(list))
	projects, err := d.Funding.Projects(r.Context(), who, funding.Filter{BodyID: b.ID})
	if err != nil {
		return err
	}
	var open []funding.Project
	for _, one := range projects {
		if one.State(today(r)) != funding.StateEnded {
			open = append(open, one)
		}
	}
	view.Blocks = listed(view.Blocks, p.T("bodies.end.projects"), projectLinks(open))
	people, err := d.bodyPeople(r.Context(), who, b.ID)
	if err != nil {
		return err
	}
	view.Notes = listed(view.Notes, p.T("bodies.end.people"), people)
	names, err := d.Identity.WithAccess(r.Context(), who, b.ID)
	view.Notes = listed(view.Notes, p.T("bodies.end.accounts"), nil, names...)
	return err
}

func openPoints(list []points.Point) []ui.Link {
	var out []ui.Link
	for _, one := range list {
		if one.State != points.StateClosed {
			out = append(out, pointLink(one))
		}
	}
	return out
}

func (d Deps) reopenBody(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return reopened(w, r, "/gestione/enti/"+id, d.Orgs.Reopen(r.Context(), session.Actor(r), id))
}

// reopened goes back to a page that was reopened, or says there why it cannot be.
func reopened(w http.ResponseWriter, r *http.Request, path string, refused error) error {
	if refused == nil {
		return ui.RedirectFlash(w, r, path, ui.Success, "bodies.end.reopened")
	}
	var why *errs.Refusal
	if errs.Of(refused) == errs.Invalid && errors.As(refused, &why) && len(why.Problems) > 0 {
		return errs.New(errs.Conflict, why.Problems[0].Key)
	}
	return refused
}

func bodyWay(r *http.Request, b orgs.Body) []ui.Link {
	return []ui.Link{{Label: ui.PrinterOf(r).T("managers.bodies.title"), Href: "/gestione/enti"}, {Label: b.Name, Href: "/gestione/enti/" + b.ID}}
}
