package region

import (
	"cmp"
	"net/http"
	"slices"

	"capillare/internal/funding"
	"capillare/internal/i18n"
	"capillare/internal/monitoring"
	"capillare/internal/register"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// What a table is ordered by.
const (
	byName     = "nome"
	byServices = "servizi"
	byUnique   = "persone"
	byAccesses = "accessi"
	byShare    = "quota"
)

// overviewPage is how far a programme is.
type overviewPage struct {
	Choice   choice
	Form     *ui.Form
	FileHref string
	// Complete says that the whole programme is seen; else the figures are the own share.
	Complete bool
	Goals    []goalRow
	// Accesses and Distinct are figures without targets: visits, and different people (C1b).
	Accesses, Distinct string
	// Projects and Provinces are the same four figures, part by part.
	Projects, Provinces       []partRow
	ProjectHead, ProvinceHead ui.TableHead
	Months                    trend
}

// goalRow is one indicator with its next and final target.
type goalRow struct {
	Name string
	// Done and Target draw the bar, under its label.
	BarLabel     string
	Done, Target int
	Reached      string
	// Next and Final are "1.000 entro il 31/12/2026", with their share of it.
	Next, NextShare, Expected, Forecast, Final, FinalShare string
	State                                                  ui.BadgeText
}

// partRow is one project or province.
type partRow struct {
	Name, Href string
	// Body is who runs a project.
	Body string
	// The four figures.
	Points, Unique, Services, People int
	Accesses                         int
	// Share is how much of the next target of unique accesses is reached, "" without one; share orders by it.
	Share string
	share int
	State ui.BadgeText
}

func (d Deps) overview(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	c, err := d.choose(r)
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	form.Values.Set("programma", c.Chosen.ID)
	view := overviewPage{Choice: c, Form: form, FileHref: within("/andamento.csv", c)}
	if c.Chosen.ID != "" {
		if err := d.fill(r, &view); err != nil {
			return err
		}
	}
	return ui.Render(w, r, http.StatusOK, overviewView(frame(r, p.T("region.title")), view))
}

func (d Deps) fill(r *http.Request, view *overviewPage) error {
	who, p, c := session.Actor(r), ui.PrinterOf(r), view.Choice
	now, err := d.Monitoring.Progress(r.Context(), who, c.Chosen.ID, today(r))
	if err != nil {
		return err
	}
	view.Complete, view.Accesses = now.Complete, p.Number(now.Whole.Accesses)
	for _, i := range now.Whole.Indicators {
		view.Goals = append(view.Goals, goal(p, i))
	}
	people, err := d.Register.DistinctPeople(r.Context(), who, register.CountFilter{ProgrammeID: c.Chosen.ID, To: today(r)})
	if err != nil {
		return err
	}
	view.Distinct = p.Number(people)
	if view.Projects, err = d.projectRows(r, c, now.Projects); err != nil {
		return err
	}
	for _, row := range now.Provinces {
		view.Provinces = append(view.Provinces, part(p, row))
	}
	order(view.Projects, r.URL.Query().Get("ordina"))
	order(view.Provinces, r.URL.Query().Get("ordina-province"))
	view.ProjectHead = partHead(r, "ordina", p.T("region.by_project"), true)
	view.ProvinceHead = partHead(r, "ordina-province", p.T("region.by_province"), false)
	view.Months, err = d.months(r, register.CountFilter{ProgrammeID: c.Chosen.ID})
	return err
}

func goal(p i18n.Printer, i monitoring.Indicator) goalRow {
	row := goalRow{Name: p.T("funding.kpi." + i.KPI), BarLabel: p.T("funding.kpi." + i.KPI), Done: i.Reached, Reached: p.Number(i.Reached), State: state(p, i.Next, i.Final)}
	if g := cmp.Or(i.Next, i.Final); g != nil {
		row.Target = g.Value
		row.BarLabel += ", " + p.T("region.by_day", map[string]any{"day": p.DayNum(g.DueOn)})
	}
	if g := i.Next; g != nil {
		row.Next, row.NextShare = due(p, g), p.Percent(i.Reached, g.Value)
		row.Expected, row.Forecast = p.Number(g.Expected), p.Number(g.Forecast)
	}
	if g := i.Final; g != nil {
		row.Final, row.FinalShare = due(p, g), p.Percent(i.Reached, g.Value)
	}
	return row
}

func due(p i18n.Printer, g *monitoring.Goal) string {
	return p.T("region.due", map[string]any{"value": g.Value, "day": p.DayNum(g.DueOn)})
}

// state says in a word how a target is: it never stands for a colour alone.
func state(p i18n.Printer, next, final *monitoring.Goal) ui.BadgeText {
	switch {
	case next == nil && final == nil:
		return ui.BadgeText{Tone: ui.Neutral, Text: p.T("region.state.none")}
	case next == nil && final.Percent < 100:
		return ui.BadgeText{Tone: ui.Danger, Text: p.T("region.state.missed")}
	case next == nil || next.Percent >= 100:
		return ui.BadgeText{Tone: ui.Success, Text: p.T("region.state.reached")}
	case next.AtRisk:
		return ui.BadgeText{Tone: ui.Warning, Text: p.T("region.state.risk")}
	}
	return ui.BadgeText{Tone: ui.Success, Text: p.T("region.state.on_pace")}
}

func (d Deps) projectRows(r *http.Request, c choice, list []monitoring.Row) ([]partRow, error) {
	var bodies []string
	for _, row := range list {
		bodies = append(bodies, row.BodyID)
	}
	names, err := d.Orgs.ByIDs(r.Context(), bodies)
	var out []partRow
	for _, row := range list {
		one := part(ui.PrinterOf(r), row)
		one.Body, one.Href = names[row.BodyID].Name, within("/andamento/enti/"+row.BodyID, c)
		out = append(out, one)
	}
	return out, err
}

func part(p i18n.Printer, row monitoring.Row) partRow {
	out := partRow{Name: row.Name, Accesses: row.Accesses, share: -1}
	var next, final *monitoring.Goal
	for _, i := range row.Indicators {
		switch i.KPI {
		case funding.KPIPoints:
			out.Points = i.Reached
		case funding.KPIUniqueCitizens:
			out.Unique, next, final = i.Reached, i.Next, i.Final
		case funding.KPIServices:
			out.Services = i.Reached
		case funding.KPIFacilitators:
			out.People = i.Reached
		}
	}
	if g := cmp.Or(next, final); g != nil {
		out.Share, out.share = p.Percent(out.Unique, g.Value), g.Percent
	}
	out.State = state(p, next, final)
	if row.AtRisk() {
		out.State = ui.BadgeText{Tone: ui.Warning, Text: p.T("region.state.risk")}
	}
	return out
}

// order sorts rows by what the address asks; the names that monitoring gives stay in their order.
func order(rows []partRow, by string) {
	key := map[string]func(partRow) int{
		byServices: func(r partRow) int { return r.Services }, byUnique: func(r partRow) int { return r.Unique },
		byAccesses: func(r partRow) int { return r.Accesses }, byShare: func(r partRow) int { return r.share },
	}[by]
	if key != nil {
		slices.SortStableFunc(rows, func(a, b partRow) int { return cmp.Compare(key(b), key(a)) })
	}
}

func partHead(r *http.Request, name, caption string, projects bool) ui.TableHead {
	p := ui.PrinterOf(r)
	first := p.T("region.province")
	if projects {
		first = p.T("region.project")
	}
	columns := []ui.Column{{Label: first}, {Label: p.T("region.target")}, {Label: p.T("region.unique"), Numeric: true},
		{Label: p.T("region.share"), Numeric: true}, {Label: p.T("region.services"), Numeric: true},
		{Label: p.T("region.accesses"), Numeric: true}, {Label: p.T("region.points"), Numeric: true}, {Label: p.T("region.people"), Numeric: true}}
	return ui.TableHead{Caption: caption, HideCaption: true,
		Columns: sorted(r, name, columns, []string{byName, "", byUnique, byShare, byServices, byAccesses, "", ""})}
}

func (d Deps) overviewFile(w http.ResponseWriter, r *http.Request) error {
	c, err := d.choose(r)
	if err != nil {
		return err
	}
	if c.Chosen.ID == "" {
		return funding.ErrNoProgramme
	}
	now, err := d.Monitoring.Progress(r.Context(), session.Actor(r), c.Chosen.ID, today(r))
	if err != nil {
		return err
	}
	table, p := now.Table(), ui.PrinterOf(r)
	header := slices.Clone(table[0])
	for i, key := range header {
		header[i] = p.T("region.file." + key)
	}
	return sendFile(w, r, "andamento", header, table[1:])
}
