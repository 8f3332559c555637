package territory

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/network"
	"capillare/internal/territory"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// listed is how many municipalities of each sort, and problems of each file, a page shows.
const listed = 50

// previewPage is what some files would change.
type previewPage struct {
	ID string
	// Refused is why the import was refused just now, empty otherwise.
	Refused string
	// Stops say why it cannot be done.
	Stops []string
	// Ready says that it can; Nothing that it would change nothing.
	Ready, Nothing bool
	// Day asks for the day of the files that do not say theirs; nil when all do.
	Day   *ui.Form
	Tiles []ui.Tile
	Files []fileView
	Lists []changeList
	// Figures are the counts of everything else.
	Figures []figure
}

// given is the day that was written, empty when none was.
func (v previewPage) given() string {
	if v.Day == nil {
		return ""
	}
	return v.Day.Text("day")
}

// fileView is one file of the preview.
type fileView struct {
	Name, Kind, Reference, Rows string
	State                       ui.BadgeText
	// Notes say why it is not used, or what is to be known.
	Notes    []string
	Problems []problemRow
	// More counts the problems that are not shown.
	More int
}

// problemRow is one thing wrong in a file.
type problemRow struct{ Row, Column, Value, Reason string }

// changeList is the municipalities with one sort of change.
type changeList struct {
	Title string
	// Columns are the heads, and Rows the cells, under the name of the municipality.
	Columns []string
	Rows    []changeRow
	More    int
}

// changeRow is one municipality that changes.
type changeRow struct {
	Name  string
	Cells []string
}

// figure is one count.
type figure struct{ Label, New, Changed string }

func (d Deps) preview(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	plan, err := d.plan(r, form)
	if err != nil {
		return err
	}
	return show(w, r, plan, outcome{form: form})
}

// outcome is what came of an import that was asked for, and the day that was written for it.
type outcome struct {
	form    *ui.Form
	refusal *errs.Refusal
}

// plan reads the files again: what they change depends on what is there now. A wrong day is noted at its
// field, and the files are read without it.
func (d Deps) plan(r *http.Request, form *ui.Form) (*territory.Plan, error) {
	who := session.Actor(r)
	files, err := d.Territory.Staged(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	set, err := d.Network.Setting(r.Context())
	if err != nil && !errors.Is(err, network.ErrNotSetUp) {
		return nil, err
	}
	day := form.Day("day")
	for i := range files {
		files[i].Day = day
	}
	plan, err := d.Territory.Plan(r.Context(), who, files, set.RegionCode)
	if !errors.Is(err, territory.ErrDayAhead) {
		return plan, err
	}
	if err := form.Problems.Check("day", err); err != nil {
		return nil, err
	}
	for i := range files {
		files[i].Day = calendar.Day{}
	}
	return d.Territory.Plan(r.Context(), who, files, set.RegionCode)
}

// apply imports the files; a refusal is shown above the preview as it stands now.
func (d Deps) apply(w http.ResponseWriter, r *http.Request) error {
	who, id := session.Actor(r), r.PathValue("id")
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	plan, err := d.plan(r, form)
	if err != nil {
		return err
	}
	if form.Err() != nil {
		return show(w, r, plan, outcome{form: form})
	}
	err = d.Territory.Apply(r.Context(), who, plan)
	if refusal, ok := errors.AsType[*errs.Refusal](err); ok && refusal.Kind == errs.Conflict {
		return show(w, r, plan, outcome{form, refusal})
	}
	if err != nil {
		return err
	}
	if err := d.Territory.Unstage(r.Context(), who, id); err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, home, ui.Success, "territory.page.done")
}

func (d Deps) discard(w http.ResponseWriter, r *http.Request) error {
	if err := d.Territory.Unstage(r.Context(), session.Actor(r), r.PathValue("id")); err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, home, ui.Success, "territory.page.discarded")
}

func show(w http.ResponseWriter, r *http.Request, plan *territory.Plan, came outcome) error {
	p := ui.PrinterOf(r)
	v := previewPage{ID: r.PathValue("id"), Ready: plan.Ready(), Nothing: len(plan.Stops) == 0 && plan.Empty(), Tiles: tiles(p, plan), Lists: changeLists(p, plan), Figures: figures(p, plan)}
	for _, f := range plan.Files {
		v.Files = append(v.Files, viewOf(p, f))
	}
	for _, stop := range plan.Stops {
		v.Stops = append(v.Stops, p.T(stop.Key, stop.Args))
	}
	undated := func(f *territory.FileReport) bool { return f.Aside == territory.AsideUndated }
	if slices.ContainsFunc(plan.Files, undated) || came.form.Has("day") {
		v.Day = came.form
	}
	status := http.StatusOK
	switch {
	case came.form.Err() != nil:
		status = http.StatusUnprocessableEntity
	case came.refusal != nil:
		status, v.Refused = http.StatusConflict, p.Refusal(came.refusal)
	}
	page := frame(r, p.T("territory.preview.title"), ui.Link{Label: p.T("territory.page.title"), Href: home})
	return ui.Render(w, r, status, previewView(page, v))
}

func tiles(p i18n.Printer, plan *territory.Plan) []ui.Tile {
	return []ui.Tile{
		{Value: p.Number(plan.Added()), Label: p.T("territory.preview.added")},
		{Value: p.Number(plan.Changed()), Label: p.T("territory.preview.changed")},
		{Value: p.Number(plan.InForce), Label: p.T("territory.page.in_force")},
		{Value: p.Number(plan.Residents), Label: p.T("territory.page.residents")},
	}
}

func viewOf(p i18n.Printer, f *territory.FileReport) fileView {
	v := fileView{Name: f.Name, Kind: p.T("official.kind.unknown"), Reference: p.DayNum(f.Reference), Rows: p.Number(f.Rows), State: ui.BadgeText{Tone: ui.Success, Text: p.T("territory.preview.used")}}
	if f.Kind != "" {
		v.Kind = p.T("official.kind." + f.Kind)
	}
	if f.Wrong+f.Unknown > 0 {
		v.State = ui.BadgeText{Tone: ui.Warning, Text: p.N("territory.preview.wrong", f.Wrong+f.Unknown)}
	}
	if f.Aside != "" {
		v.State = ui.BadgeText{Tone: ui.Neutral, Text: p.T("territory.preview.aside")}
		v.Notes = append(v.Notes, p.T(f.Aside, f.AsideArgs))
	}
	if f.Provisional || f.Estimated {
		v.Notes = append(v.Notes, p.T("territory.page.provisional"))
	}
	for _, n := range f.Notices {
		v.Notes = append(v.Notes, p.T(n.Key, n.Args))
	}
	for _, one := range f.Problems[:min(len(f.Problems), listed)] {
		row := problemRow{Column: one.Column, Value: one.Value, Reason: p.T(one.Key, one.Args)}
		if one.Row > 0 {
			row.Row = strconv.Itoa(one.Row)
		}
		v.Problems = append(v.Problems, row)
	}
	v.More = max(0, len(f.Problems)-listed)
	return v
}

func changeLists(p i18n.Printer, plan *territory.Plan) []changeList {
	var lists []changeList
	for _, one := range []struct {
		name string
		rows []territory.TownChange
	}{{"new", plan.New}, {"ceased", plan.Ceased}, {"renamed", plan.Renamed}, {"recoded", plan.Recoded}} {
		if len(one.rows) == 0 {
			continue
		}
		list := changeList{Title: p.N("territory.preview."+one.name, len(one.rows)), More: max(0, len(one.rows)-listed)}
		if one.name != "new" && one.name != "ceased" {
			list.Columns = append(list.Columns, p.T("territory.preview.from"))
		}
		list.Columns = append(list.Columns, p.T("territory.preview.to."+one.name), p.T("territory.preview.day"))
		for _, row := range one.rows[:min(len(one.rows), listed)] {
			cells := []string{row.From, row.To, p.DayNum(row.On)}
			list.Rows = append(list.Rows, changeRow{Name: row.Name + " (" + row.Province + ")", Cells: cells[len(cells)-len(list.Columns):]})
		}
		lists = append(lists, list)
	}
	return lists
}

func figures(p i18n.Printer, plan *territory.Plan) []figure {
	var rows []figure
	for _, one := range []struct {
		name         string
		added, other int
	}{
		{"lists", len(plan.New), plan.Lists}, {"populations", 0, plan.Populations}, {"ages", 0, plan.Ages}, {"classes", 0, plan.Classes},
		{"inner_areas", 0, plan.InnerAreas}, {"past", plan.Past, plan.Histories}, {"confirmed", 0, plan.Confirmed},
		{"boundaries", plan.Boundaries.New, plan.Boundaries.Changed}, {"travel", plan.Travel.New, plan.Travel.Changed},
		{"broadband", plan.Broadband.New, plan.Broadband.Changed}, {"bodies", plan.Bodies.New, plan.Bodies.Changed},
	} {
		if one.added+one.other > 0 {
			rows = append(rows, figure{Label: p.T("territory.figure." + one.name), New: p.Number(one.added), Changed: p.Number(one.other)})
		}
	}
	return rows
}
