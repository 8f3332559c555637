package managers

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"capillare/internal/funding"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// targetRow is a dated target of the programme or of a project.
type targetRow struct {
	// Whose is the project, or the whole programme.
	Whose, KPI, Due, Value string
	// Href leads to where it is changed.
	Href string
}

// targetForm is the form of a dated target.
type targetForm struct {
	Form             *ui.Form
	Action, BackHref string
	Projects, KPIs   []ui.Option
	// Kept says that the target is there already and RemovePath takes it away.
	Kept       bool
	RemovePath string
}

func (d Deps) target(w http.ResponseWriter, r *http.Request) error {
	programme, err := d.programmeByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	form := ui.NewForm(r, url.Values{"due_on": {dayText(programme.EndsOn)}, "project_id": {r.URL.Query().Get("progetto")}})
	if query := r.URL.Query(); query.Has("kpi") {
		form = ui.NewForm(r, query)
		for _, name := range targetKey() {
			form.Values.Set("was_"+name, query.Get(name))
		}
	}
	return d.showTarget(w, r, form, programme)
}

func (d Deps) saveTarget(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	programme, err := d.programmeByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	t := readTarget(form, programme.ID)
	if len(form.Problems) == 0 {
		if err := form.Refuse(d.keepTarget(r.Context(), who, form, t)); err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return d.showTarget(w, r, form, programme)
	}
	return ui.RedirectFlash(w, r, "/gestione/programmi/"+programme.ID, ui.Success, "managers.target.saved")
}

// targetKey names the fields that say which target it is; "was_" stands before them for the one that was opened.
func targetKey() []string { return []string{"project_id", "kpi", "due_on"} }

// openedTarget returns the target that the form was opened on, with no indicator when it is a new one.
func openedTarget(form *ui.Form, programmeID string) funding.Target {
	return funding.Target{ProgrammeID: programmeID, ProjectID: form.Text("was_project_id"), KPI: form.Text("was_kpi"), DueOn: form.Day("was_due_on")}
}

// keepTarget sets a target, or moves the one that was opened.
func (d Deps) keepTarget(ctx context.Context, who identity.Actor, form *ui.Form, t funding.Target) error {
	was := openedTarget(form, t.ProgrammeID)
	if was.KPI == "" || was.ProjectID == t.ProjectID && was.KPI == t.KPI && was.DueOn == t.DueOn {
		return d.Funding.SetTarget(ctx, who, t)
	}
	return d.Funding.MoveTarget(ctx, who, was, t)
}

func readTarget(form *ui.Form, programmeID string) funding.Target {
	t := funding.Target{ProgrammeID: programmeID, ProjectID: form.Text("project_id"), KPI: form.Text("kpi"), DueOn: form.Day("due_on"), Value: form.Int("value")}
	if !form.Has("value") {
		form.Problems.Add("value", "funding.value")
	}
	return t
}

func (d Deps) removeTarget(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	t := openedTarget(form, r.PathValue("id"))
	if err := d.Funding.RemoveTarget(r.Context(), who, t); err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, "/gestione/programmi/"+t.ProgrammeID, ui.Success, "managers.target.removed")
}

func (d Deps) showTarget(w http.ResponseWriter, r *http.Request, form *ui.Form, programme funding.Programme) error {
	p := ui.PrinterOf(r)
	view := targetForm{Form: form, Action: r.URL.Path, BackHref: "/gestione/programmi/" + programme.ID,
		KPIs: choices(p, "funding.kpi.", funding.KPIs(), ""), Kept: form.Has("was_kpi"), RemovePath: r.URL.Path + "/togli"}
	list, err := d.Funding.Projects(r.Context(), session.Actor(r), funding.Filter{ProgrammeID: programme.ID})
	if err != nil {
		return err
	}
	view.Projects = []ui.Option{{Label: p.T("managers.programme.whole")}}
	for _, one := range list {
		view.Projects = append(view.Projects, ui.Option{Value: one.ID, Label: one.Name})
	}
	return ui.Render(w, r, statusOf(form), targetView(sheet(r, p.T("managers.target.title"), programmeWay(r, programme)...), view))
}

func targetHref(t funding.Target) string {
	query := url.Values{"project_id": {t.ProjectID}, "kpi": {t.KPI}, "due_on": {dayText(t.DueOn)}, "value": {strconv.Itoa(t.Value)}}
	return "/gestione/programmi/" + t.ProgrammeID + "/obiettivi?" + query.Encode()
}

// targetRows orders targets and puts them into words: the programme first, then the projects, by indicator and day.
func targetRows(p i18n.Printer, list []funding.Target, projects []funding.Project) []targetRow {
	names := map[string]string{}
	for _, one := range projects {
		names[one.ID] = one.Name
	}
	kpis := funding.KPIs()
	slices.SortStableFunc(list, func(a, b funding.Target) int {
		return cmp.Or(cmp.Compare(names[a.ProjectID], names[b.ProjectID]),
			cmp.Compare(slices.Index(kpis, a.KPI), slices.Index(kpis, b.KPI)), a.DueOn.Compare(b.DueOn))
	})
	var rows []targetRow
	for _, t := range list {
		whose := names[t.ProjectID]
		if t.ProjectID == "" {
			whose = p.T("managers.programme.whole")
		}
		rows = append(rows, targetRow{Whose: whose, KPI: p.T("funding.kpi." + t.KPI), Due: p.DayNum(t.DueOn), Value: p.Number(t.Value), Href: targetHref(t)})
	}
	return rows
}

func targetColumns(ctx context.Context, acts bool) []ui.Column {
	columns := []ui.Column{{Label: ui.T(ctx, "managers.target.kpi")}, {Label: ui.T(ctx, "managers.target.whose")},
		{Label: ui.T(ctx, "managers.target.due")}, {Label: ui.T(ctx, "managers.target.value"), Numeric: true}}
	if acts {
		columns = append(columns, ui.Column{Label: ui.T(ctx, "managers.acts")})
	}
	return columns
}
