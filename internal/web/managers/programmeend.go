package managers

import (
	"net/http"
	"net/url"

	"capillare/internal/funding"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

func (d Deps) endProgramme(w http.ResponseWriter, r *http.Request) error {
	return d.showProgrammeEnd(w, r, http.StatusOK, ui.NewForm(r, url.Values{"on": {dayText(today(r))}}))
}

func (d Deps) saveProgrammeEnd(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	on := form.Day("on")
	if len(form.Problems) > 0 {
		return d.showProgrammeEnd(w, r, http.StatusUnprocessableEntity, form)
	}
	refused := d.Funding.EndProgramme(r.Context(), who, r.PathValue("id"), on)
	if refused == nil {
		return ui.RedirectFlash(w, r, "/gestione/programmi/"+r.PathValue("id"), ui.Success, "bodies.end.done")
	}
	if err := form.Refuse(refused); err != nil {
		return err
	}
	return d.showProgrammeEnd(w, r, ui.StatusOf(refused), form)
}

func (d Deps) showProgrammeEnd(w http.ResponseWriter, r *http.Request, status int, form *ui.Form) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	one, err := d.programmeByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	if one.State(today(r)) == funding.StateEnded {
		return funding.ErrOver
	}
	view := closing{Form: form, What: one.Name, Text: p.T("bodies.end.programme_text"), Action: r.URL.Path, BackHref: "/gestione/programmi/" + one.ID}
	projects, err := d.Funding.Projects(r.Context(), who, funding.Filter{ProgrammeID: one.ID})
	if err != nil {
		return err
	}
	var open []funding.Project
	for _, j := range projects {
		if j.State(today(r)) != funding.StateEnded {
			open = append(open, j)
		}
	}
	view.Blocks = listed(nil, p.T("bodies.end.projects"), projectLinks(open))
	return ui.Render(w, r, status, closingView(sheet(r, p.T("bodies.end.programme_title"), programmeWay(r, one)...), view))
}

func (d Deps) reopenProgramme(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return reopened(w, r, "/gestione/programmi/"+id, d.Funding.ReopenProgramme(r.Context(), session.Actor(r), id))
}

func (d Deps) endProject(w http.ResponseWriter, r *http.Request) error {
	return d.showProjectEnd(w, r, http.StatusOK, ui.NewForm(r, url.Values{"on": {dayText(today(r))}}))
}

func (d Deps) saveProjectEnd(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	_, one, err := d.projectByID(r)
	if err != nil {
		return err
	}
	on := form.Day("on")
	if len(form.Problems) > 0 {
		return d.showProjectEnd(w, r, http.StatusUnprocessableEntity, form)
	}
	refused := d.Funding.EndProject(r.Context(), who, one.ID, on)
	if refused == nil {
		return ui.RedirectFlash(w, r, projectPath(one), ui.Success, "bodies.end.done")
	}
	if err := form.Refuse(refused); err != nil {
		return err
	}
	return d.showProjectEnd(w, r, ui.StatusOf(refused), form)
}

func (d Deps) showProjectEnd(w http.ResponseWriter, r *http.Request, status int, form *ui.Form) error {
	p := ui.PrinterOf(r)
	programme, one, err := d.projectByID(r)
	if err != nil {
		return err
	}
	if one.State(today(r)) == funding.StateEnded {
		return funding.ErrOver
	}
	view := closing{Form: form, What: one.Name, Text: p.T("bodies.end.project_text"), Action: r.URL.Path, BackHref: projectPath(one)}
	list, _, err := d.Points.List(r.Context(), session.Actor(r), points.Filter{ProjectID: one.ID, Size: every})
	if err != nil {
		return err
	}
	view.Blocks = listed(nil, p.T("bodies.end.points"), openPoints(list))
	return ui.Render(w, r, status, closingView(sheet(r, p.T("bodies.end.project_title"), projectWay(r, programme, one)...), view))
}

func (d Deps) reopenProject(w http.ResponseWriter, r *http.Request) error {
	_, one, err := d.projectByID(r)
	if err != nil {
		return err
	}
	return reopened(w, r, projectPath(one), d.Funding.ReopenProject(r.Context(), session.Actor(r), one.ID))
}
