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

// programmesPage is the list of programmes.
type programmesPage struct {
	Rows []programmeRow
	May  may
}

// programmeRow is one programme of the list.
type programmeRow struct{ ID, Name, Code, Days, Money string }

// programmePage is a programme with its projects and targets.
type programmePage struct {
	Programme funding.Programme
	Details   []ui.SummaryItem
	Projects  []projectRow
	// Own are the targets of the programme, Shares those of its projects.
	Own, Shares []targetRow
	May         may
}

// projectRow is the share of a body.
type projectRow struct{ ID, Name, Code, Body, Days, Money string }

// targetRow is a dated target of the programme or of a project.
type targetRow struct {
	// Whose is the project, or the whole programme.
	Whose, KPI, Due, Value string
	// Href leads to where it is changed.
	Href string
}

func (d Deps) programmes(w http.ResponseWriter, r *http.Request) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	list, err := d.Funding.Programmes(r.Context(), who)
	if err != nil {
		return err
	}
	view := programmesPage{May: mayOf(who)}
	for _, one := range list {
		view.Rows = append(view.Rows, programmeRow{ID: one.ID, Name: one.Name, Code: one.Code,
			Days: span(p, one.StartsOn, one.EndsOn), Money: p.Money(one.AmountCents)})
	}
	return ui.Render(w, r, http.StatusOK, programmesView(frame(r, p.T("managers.programmes.title")), view))
}

// programmeByID returns a programme that the person may see.
func (d Deps) programmeByID(ctx context.Context, who identity.Actor, id string) (funding.Programme, error) {
	list, err := d.Funding.Programmes(ctx, who)
	if err != nil {
		return funding.Programme{}, err
	}
	i := slices.IndexFunc(list, func(one funding.Programme) bool { return one.ID == id })
	if i < 0 {
		return funding.Programme{}, funding.ErrNoProgramme
	}
	return list[i], nil
}

func (d Deps) programme(w http.ResponseWriter, r *http.Request) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	one, err := d.programmeByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	view := programmePage{Programme: one, Details: programmeDetails(p, one), May: mayOf(who)}
	projects, err := d.Funding.Projects(r.Context(), who, funding.Filter{ProgrammeID: one.ID})
	if err != nil {
		return err
	}
	if view.Projects, err = d.projectRows(r, projects); err != nil {
		return err
	}
	targets, err := d.Funding.Targets(r.Context(), who, one.ID)
	if err != nil {
		return err
	}
	for i, row := range targetRows(p, targets, projects) {
		if targets[i].ProjectID == "" {
			view.Own = append(view.Own, row)
		} else {
			view.Shares = append(view.Shares, row)
		}
	}
	way := ui.Link{Label: p.T("managers.programmes.title"), Href: "/gestione/programmi"}
	return ui.Render(w, r, http.StatusOK, programmeView(frame(r, one.Name, way), view))
}

func programmeDetails(p i18n.Printer, one funding.Programme) []ui.SummaryItem {
	items := []ui.SummaryItem{
		{Term: p.T("managers.column.code"), Value: one.Code}, {Term: p.T("managers.field.cup"), Value: one.CUP},
		{Term: p.T("managers.field.act"), Value: one.Act}, {Term: p.T("managers.programme.days"), Value: span(p, one.StartsOn, one.EndsOn)},
		{Term: p.T("managers.field.amount"), Value: p.Money(one.AmountCents)},
		{Term: p.T("managers.field.cofunding"), Value: p.Money(one.CofundingCents)},
		{Term: p.T("managers.field.minors_from"), Value: p.DayNum(one.MinorsFrom)},
		{Term: p.T("managers.field.upload_cutoff"), Value: p.DayNum(one.UploadCutoff)},
		{Term: p.T("bodies.field.min_weekly"), Value: weeklyText(one.MinWeeklyMinutes)},
		{Term: p.T("bodies.field.opening_days"), Value: countText(one.OpeningDays)},
	}
	return orNothing(p, items)
}

func (d Deps) projectRows(r *http.Request, list []funding.Project) ([]projectRow, error) {
	var bodies []string
	for _, one := range list {
		bodies = append(bodies, one.BodyID)
	}
	names, err := d.bodyNames(r.Context(), bodies...)
	p := ui.PrinterOf(r)
	var rows []projectRow
	for _, one := range list {
		rows = append(rows, projectRow{ID: one.ID, Name: one.Name, Code: one.Code, Body: names[one.BodyID],
			Days: span(p, one.StartsOn, one.EndsOn), Money: p.Money(one.AmountCents)})
	}
	return rows, err
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

// projectOptions are the projects that the person may choose.
func (d Deps) projectOptions(r *http.Request, first string) ([]ui.Option, error) {
	out := []ui.Option{{Label: first}}
	who := session.Actor(r)
	if !who.Can(identity.SeeFunding) {
		return out, nil
	}
	list, err := d.Funding.Projects(r.Context(), who, funding.Filter{})
	for _, one := range list {
		out = append(out, ui.Option{Value: one.ID, Label: one.Name})
	}
	return out, err
}

func targetColumns(ctx context.Context, acts bool) []ui.Column {
	columns := []ui.Column{{Label: ui.T(ctx, "managers.target.kpi")}, {Label: ui.T(ctx, "managers.target.whose")},
		{Label: ui.T(ctx, "managers.target.due")}, {Label: ui.T(ctx, "managers.target.value"), Numeric: true}}
	if acts {
		columns = append(columns, ui.Column{Label: ui.T(ctx, "managers.acts")})
	}
	return columns
}
