package managers

import (
	"net/http"

	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// projectsPage is the list of projects.
type projectsPage struct {
	Form                       *ui.Form
	Rows                       []projectRow
	Total                      int
	Pages                      ui.Pages
	States, Programmes, Bodies []ui.Option
	FileHref                   string
}

// projectRow is the share of a body in a programme.
type projectRow struct {
	Href, Name, Code, Body, Days, Money string
	State                               ui.BadgeText
}

// projectPage is all that is kept of a project.
type projectPage struct {
	Project     funding.Project
	Path        string
	State       ui.BadgeText
	Ended, Over bool
	Details     []ui.SummaryItem
	Points      []ui.Link
	Total       int
	Targets     []targetRow
	History     []ui.HistoryRow
	May         may
}

func projectPath(one funding.Project) string {
	return "/gestione/programmi/" + one.ProgrammeID + "/progetti/" + one.ID
}

func (d Deps) projects(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	who, p := session.Actor(r), ui.PrinterOf(r)
	list, err := d.Funding.Projects(r.Context(), who, fundingFilter(r, form.Values))
	if err != nil {
		return err
	}
	view := projectsPage{
		Form: form, Total: len(list), Pages: pagesOf(r, len(list)),
		States:   choices(p, "funding.state.", funding.States(), p.T("managers.points.any_state")),
		FileHref: withQuery("/gestione/progetti.csv", form.Values, "cerca", "stato", "programma", "ente"),
	}
	if view.Programmes, err = d.programmeOptions(r, p.T("bodies.any_programme")); err != nil {
		return err
	}
	if view.Bodies, err = d.bodyOptions(r, p.T("bodies.any_body"), form.Text("ente")); err != nil {
		return err
	}
	if view.Rows, err = d.projectRows(r, pageRows(r, list)); err != nil {
		return err
	}
	way := ui.Link{Label: p.T("managers.programmes.title"), Href: "/gestione/programmi"}
	return ui.Render(w, r, http.StatusOK, projectsView(frame(r, p.T("bodies.projects.title"), way), view))
}

func (d Deps) projectRows(r *http.Request, list []funding.Project) ([]projectRow, error) {
	names, err := d.bodyNames(r.Context(), bodiesOf(list)...)
	p := ui.PrinterOf(r)
	var rows []projectRow
	for _, one := range list {
		rows = append(rows, projectRow{Href: projectPath(one), Name: one.Name, Code: one.Code, Body: names[one.BodyID], State: fundingBadge(r, one.State(today(r))),
			Days: span(p, one.StartsOn, one.EndsOn), Money: p.Money(one.AmountCents)})
	}
	return rows, err
}

func bodiesOf(list []funding.Project) []string {
	var ids []string
	for _, one := range list {
		ids = append(ids, one.BodyID)
	}
	return ids
}

func (d Deps) projectsFile(w http.ResponseWriter, r *http.Request) error {
	list, err := d.Funding.Projects(r.Context(), session.Actor(r), fundingFilter(r, r.URL.Query()))
	if err != nil {
		return err
	}
	names, err := d.bodyNames(r.Context(), bodiesOf(list)...)
	if err != nil {
		return err
	}
	var ids []string
	for _, one := range list {
		ids = append(ids, one.ProgrammeID)
	}
	programmes, err := d.Funding.ProgrammesByIDs(r.Context(), unique(ids))
	if err != nil {
		return err
	}
	rows := make([][]string, len(list))
	for i, one := range list {
		rows[i] = []string{one.Code, one.Name, fundingBadge(r, one.State(today(r))).Text, programmes[one.ProgrammeID].Name, names[one.BodyID], one.CUP,
			dayText(one.StartsOn), dayText(one.EndsOn), moneyText(one.AmountCents), dayText(one.EndedOn)}
	}
	return ui.SendTable(w, r, "progetti", []string{
		"managers.column.code", "managers.field.name", "managers.column.state", "bodies.programme", "managers.field.body_id", "managers.field.cup",
		"managers.field.starts_on", "managers.field.ends_on", "managers.field.amount", "bodies.ended_on",
	}, rows)
}

func (d Deps) project(w http.ResponseWriter, r *http.Request) error {
	who := session.Actor(r)
	programme, one, err := d.projectByID(r)
	if err != nil {
		return err
	}
	state := one.State(today(r))
	view := projectPage{Project: one, Path: projectPath(one), State: fundingBadge(r, state), Ended: !one.EndedOn.IsZero(),
		Over: state == funding.StateEnded, May: mayOf(who)}
	if view.Details, err = d.projectDetails(r, one); err != nil {
		return err
	}
	if who.Can(identity.SeePoints) {
		list, total, err := d.Points.List(r.Context(), who, points.Filter{ProjectID: one.ID, Size: perPage})
		if err != nil {
			return err
		}
		view.Total = total
		for _, point := range list {
			view.Points = append(view.Points, pointLink(point))
		}
	}
	if err := d.fillProject(r, &view, one); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, projectView(frame(r, one.Name, programmeWay(r, programme)...), view))
}

// fillProject adds the targets of a project and what was done to it.
func (d Deps) fillProject(r *http.Request, view *projectPage, one funding.Project) error {
	who := session.Actor(r)
	targets, err := d.Funding.Targets(r.Context(), who, one.ProgrammeID)
	if err != nil {
		return err
	}
	var own []funding.Target
	for _, t := range targets {
		if t.ProjectID == one.ID {
			own = append(own, t)
		}
	}
	view.Targets = targetRows(ui.PrinterOf(r), own, []funding.Project{one})
	rows, err := d.Funding.ProjectHistory(r.Context(), who, one.ID)
	if err != nil {
		return err
	}
	var bodies []string
	for _, row := range rows {
		for _, c := range row.Changes() {
			if c.Field == "body_id" {
				bodies = append(bodies, c.From, c.To)
			}
		}
	}
	names, err := d.bodyNames(r.Context(), bodies...)
	if err != nil {
		return err
	}
	view.History, err = d.story(r, rows, ui.HistoryWords{Field: "bodies.change.", Value: d.fundingValue(r, names)})
	return err
}

func (d Deps) projectDetails(r *http.Request, one funding.Project) ([]ui.SummaryItem, error) {
	names, err := d.bodyNames(r.Context(), one.BodyID)
	p := ui.PrinterOf(r)
	items := []ui.SummaryItem{
		{Term: p.T("managers.field.body_id"), Value: names[one.BodyID]},
		{Term: p.T("managers.column.code"), Value: one.Code}, {Term: p.T("managers.field.cup"), Value: one.CUP},
		{Term: p.T("managers.programme.days"), Value: span(p, one.StartsOn, one.EndsOn)},
		{Term: p.T("managers.field.amount"), Value: p.Money(one.AmountCents)},
	}
	if !one.EndedOn.IsZero() {
		items = append(items, ui.SummaryItem{Term: p.T("bodies.ended_on"), Value: p.DayNum(one.EndedOn)})
	}
	return orNothing(p, items), err
}

// projectOptions are the projects that the person may choose.
func (d Deps) projectOptions(r *http.Request, first string) ([]ui.Option, error) {
	out := []ui.Option{{Label: first}}
	who := session.Actor(r)
	if !who.Can(identity.SeeFunding) {
		return out, nil
	}
	list, err := d.Funding.Projects(r.Context(), who, funding.Filter{})
	for _, one := range list {
		if one.EndedOn.IsZero() {
			out = append(out, ui.Option{Value: one.ID, Label: one.Name})
		}
	}
	return out, err
}
