package region

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"capillare/internal/points"
	"capillare/internal/register"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// bodyPage is the points that the projects of a body pay.
type bodyPage struct {
	Choice   choice
	Rows     []pointRow
	Head     ui.TableHead
	Total    register.Numbers
	Months   trend
	FileHref string
}

// pointRow is one point with its figures.
type pointRow struct {
	ID, Code, Name, State string
	register.Numbers
}

func (d Deps) body(w http.ResponseWriter, r *http.Request) error {
	c, name, rows, err := d.bodyRows(r)
	if err != nil {
		return err
	}
	view := bodyPage{Choice: c, Rows: rows, FileHref: within("/andamento/enti/"+r.PathValue("id")+"/punti.csv", c)}
	for _, row := range rows {
		view.Total = view.Total.Add(row.Numbers)
	}
	view.Months, err = d.months(r, register.CountFilter{ProgrammeID: c.Chosen.ID, BodyID: r.PathValue("id")})
	if err != nil {
		return err
	}
	p := frame(r, name)
	p.Breadcrumb = []ui.Link{home(p, c)}
	columns := []ui.Column{{Label: p.Printer.T("region.point")}, {Label: p.Printer.T("region.point_state")},
		{Label: p.Printer.T("region.services"), Numeric: true}, {Label: p.Printer.T("region.accesses"), Numeric: true},
		{Label: p.Printer.T("region.unique"), Numeric: true}}
	view.Head = ui.TableHead{Caption: p.Printer.T("region.points_of"), HideCaption: true,
		Columns: sorted(r, "ordina", columns, []string{byName, "", byServices, byAccesses, byUnique})}
	return ui.Render(w, r, http.StatusOK, bodyView(p, view))
}

// bodyRows returns the name of the body of the request and its points that the person sees; a body of
// which nothing is seen is not there.
func (d Deps) bodyRows(r *http.Request) (choice, string, []pointRow, error) {
	id, who := r.PathValue("id"), session.Actor(r)
	c, err := d.choose(r)
	if err != nil {
		return c, "", nil, err
	}
	list, err := d.paidBy(r, c, id)
	if err != nil {
		return c, "", nil, err
	}
	if len(list) == 0 {
		if _, err := d.Orgs.ByID(r.Context(), who, id); err != nil {
			return c, "", nil, err
		}
	}
	bodies, err := d.Orgs.ByIDs(r.Context(), []string{id})
	if err != nil {
		return c, "", nil, err
	}
	counts, err := d.Register.Counts(r.Context(), who, register.CountFilter{By: register.ByPoint, ProgrammeID: c.Chosen.ID, BodyID: id, To: today(r)})
	if err != nil {
		return c, "", nil, err
	}
	numbers := map[string]register.Numbers{}
	for _, one := range counts {
		numbers[one.Key] = one.Numbers
	}
	p := ui.PrinterOf(r)
	var rows []pointRow
	for _, one := range list {
		rows = append(rows, pointRow{ID: one.ID, Code: one.Code, Name: one.PublicName, State: p.T("points.state." + one.State), Numbers: numbers[one.ID]})
	}
	orderPoints(rows, r.URL.Query().Get("ordina"))
	return c, bodies[id].Name, rows, nil
}

// paidBy returns the points seen whose project, within the programme, is one of the body.
func (d Deps) paidBy(r *http.Request, c choice, bodyID string) ([]points.Point, error) {
	all, err := d.pointsOf(r, func(p points.Point) bool { return p.ProjectID != "" })
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, one := range all {
		ids = append(ids, one.ProjectID)
	}
	projects, err := d.Funding.ProjectsByIDs(r.Context(), ids)
	return slices.DeleteFunc(all, func(one points.Point) bool {
		p := projects[one.ProjectID]
		return p.BodyID != bodyID || p.ProgrammeID != c.Chosen.ID
	}), err
}

func orderPoints(rows []pointRow, by string) {
	slices.SortFunc(rows, func(a, b pointRow) int {
		most := 0
		switch by {
		case byServices:
			most = cmp.Compare(b.Services, a.Services)
		case byAccesses:
			most = cmp.Compare(b.Accesses, a.Accesses)
		case byUnique:
			most = cmp.Compare(b.UniqueAccesses, a.UniqueAccesses)
		}
		return cmp.Or(most, cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
}

func (d Deps) bodyFile(w http.ResponseWriter, r *http.Request) error {
	_, _, list, err := d.bodyRows(r)
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	rows := make([][]string, len(list))
	for i, one := range list {
		rows[i] = []string{one.Code, one.Name, one.State, strconv.Itoa(one.Services), strconv.Itoa(one.Accesses), strconv.Itoa(one.UniqueAccesses)}
	}
	return sendFile(w, r, "andamento-punti", []string{p.T("region.code"), p.T("region.point"), p.T("region.point_state"),
		p.T("region.services"), p.T("region.accesses"), p.T("region.unique")}, rows)
}
