package managers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"capillare/internal/funding"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// projectForm is the form of a project, new or not.
type projectForm struct {
	Form             *ui.Form
	Action, BackHref string
	Bodies           []ui.Option
	Rival            rival
	// Programme is the one that pays.
	Programme funding.Programme
}

func (d Deps) newProject(w http.ResponseWriter, r *http.Request) error {
	one, err := d.programmeByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	form := ui.NewForm(r, url.Values{"cup": {one.CUP}, "starts_on": {dayText(one.StartsOn)}, "ends_on": {dayText(one.EndsOn)}})
	return d.showProjectForm(w, r, http.StatusOK, projectForm{Form: form, Programme: one}, funding.Project{})
}

func (d Deps) addProject(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	programme, err := d.programmeByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	project := readProject(form, funding.Project{ProgrammeID: programme.ID})
	if len(form.Problems) == 0 {
		id, refused := d.Funding.AddProject(r.Context(), who, project)
		if refused == nil {
			project.ID = id
			return ui.RedirectFlash(w, r, projectPath(project), ui.Success, "managers.programme.project_added")
		}
		if err := form.Refuse(refused); err != nil {
			return err
		}
	}
	return d.showProjectForm(w, r, statusOf(form), projectForm{Form: form, Programme: programme}, funding.Project{})
}

// projectByID returns a project of the programme of the request.
func (d Deps) projectByID(r *http.Request) (funding.Programme, funding.Project, error) {
	who := session.Actor(r)
	programme, err := d.programmeByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return funding.Programme{}, funding.Project{}, err
	}
	list, err := d.Funding.Projects(r.Context(), who, funding.Filter{ProgrammeID: programme.ID})
	if err != nil {
		return funding.Programme{}, funding.Project{}, err
	}
	i := slices.IndexFunc(list, func(p funding.Project) bool { return p.ID == r.PathValue("project") })
	if i < 0 {
		return funding.Programme{}, funding.Project{}, funding.ErrNoProject
	}
	return programme, list[i], nil
}

func (d Deps) editProject(w http.ResponseWriter, r *http.Request) error {
	programme, one, err := d.projectByID(r)
	if err != nil {
		return err
	}
	form := ui.NewForm(r, url.Values{
		"body_id": {one.BodyID}, "code": {one.Code}, "name": {one.Name}, "cup": {one.CUP},
		"starts_on": {dayText(one.StartsOn)}, "ends_on": {dayText(one.EndsOn)}, "amount": {moneyText(one.AmountCents)},
		"version": {strconv.Itoa(one.Version)},
	})
	return d.showProjectForm(w, r, http.StatusOK, projectForm{Form: form, Programme: programme}, one)
}

func (d Deps) saveProject(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	programme, old, err := d.projectByID(r)
	if err != nil {
		return err
	}
	project := readProject(form, old)
	project.Version = form.Int("version")
	view, status := projectForm{Form: form, Programme: programme}, http.StatusUnprocessableEntity
	if len(form.Problems) == 0 {
		refused := d.Funding.EditProject(r.Context(), who, project)
		if refused == nil {
			return ui.RedirectFlash(w, r, projectPath(old), ui.Success, "managers.saved")
		}
		if err := form.Refuse(refused); err != nil {
			return err
		}
		status = ui.StatusOf(refused)
		if view.Rival, err = d.projectRival(r, form, refused, project); err != nil {
			return err
		}
	}
	return d.showProjectForm(w, r, status, view, old)
}

func readProject(form *ui.Form, old funding.Project) funding.Project {
	one := old
	one.BodyID, one.Code, one.Name, one.CUP = form.Text("body_id"), form.Short("code", 40), form.Short("name", 200), form.Text("cup")
	one.StartsOn, one.EndsOn, one.AmountCents = form.Day("starts_on"), form.Day("ends_on"), readMoney(form, "amount")
	return one
}

func (d Deps) showProjectForm(w http.ResponseWriter, r *http.Request, status int, view projectForm, old funding.Project) error {
	p, programme := ui.PrinterOf(r), view.Programme
	view.Action, view.BackHref = r.URL.Path, "/gestione/programmi/"+programme.ID
	var err error
	if view.Bodies, err = d.bodyOptions(r, p.T("managers.choose"), old.BodyID); err != nil {
		return err
	}
	title, way := p.T("managers.project.new_title"), programmeWay(r, programme)
	if old.ID != "" {
		title, way, view.BackHref = p.T("managers.project.edit_title"), projectWay(r, programme, old), projectPath(old)
	}
	return ui.Render(w, r, status, projectFormView(sheet(r, title, way...), view))
}

func projectWay(r *http.Request, programme funding.Programme, one funding.Project) []ui.Link {
	return append(programmeWay(r, programme), ui.Link{Label: one.Name, Href: projectPath(one)})
}
