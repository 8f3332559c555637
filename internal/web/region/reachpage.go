package region

import (
	"net/http"
	"strconv"

	"capillare/internal/coverage"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/territory"
	"capillare/internal/web/ui"
)

// coveragePage is who lives near a point.
type coveragePage struct {
	asked
	Tiles              []ui.Tile
	Provinces, Classes reachTable
	// Uncovered are the far municipalities with most old people; all of them are Far.
	Uncovered []townRow
	Far       int
	Islands   []townRow
	Unplaced  []ui.Link
	Map       ui.AreaMap
	// Shapes says that boundaries are known.
	Shapes bool
	// Notes are what to know before the figures are believed; How is how they are made.
	Notes, How []string
}

// reachTable is the figures by province or by class.
type reachTable struct {
	Head ui.TableHead
	// CutOff, Unplaced and Old say which columns are there.
	CutOff, Unplaced, Old bool
	Rows                  []reachRow
}

// reachRow is one province or class, and the total.
type reachRow struct {
	coverage.Group
	Label string
	// Own marks the area of the person; Total is the last row.
	Own, Total bool
	// list makes the address of the municipalities behind a figure.
	list func(state coverage.State) string
}

func (d Deps) coverage(w http.ResponseWriter, r *http.Request) error {
	a, err := d.ask(r)
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	view := coveragePage{asked: a, Tiles: tiles(p, a), Provinces: provinceTable(p, a), Classes: classTable(p, a), Notes: notes(p, a), How: how(p, a)}
	if err := d.lists(r, &view); err != nil {
		return err
	}
	if err := d.drawReach(r, &view); err != nil {
		return err
	}
	page := territoryFrame(r, p.T("coverage.title"))
	return ui.Render(w, r, a.status(), coverageView(page, view))
}

// territoryFrame returns the frame of a page of the territory, with the way to it.
func territoryFrame(r *http.Request, title string, way ...ui.Link) ui.Page {
	p := ui.NewPage(r, title)
	p.Section, p.Wide, p.Breadcrumb = "territory", true, way
	return p
}

func tiles(p i18n.Printer, a asked) []ui.Tile {
	sum := coverage.Sum(a.Places)
	share := func(key string, t coverage.Tally) ui.Tile {
		tile := ui.Tile{Label: p.T("coverage.tile." + key), Value: p.Percent(t.Reached, t.Total()),
			Hint: p.T("coverage.tile.of", errs.Args{"n": p.Number(t.Reached), "total": p.Number(t.Total())})}
		if t.Total() == 0 {
			tile.Value, tile.Hint = p.T("coverage.tile.unknown"), ""
		}
		return tile
	}
	towns := share("towns", sum.Towns)
	towns.Href = a.address(townsPath, "stato", wordOf(stateWords(), coverage.Reached))
	return []ui.Tile{share("residents", sum.Residents), share("old", sum.From65), towns,
		{Label: p.T("coverage.tile.points"), Value: p.Number(a.Answer.Points), Hint: p.N("coverage.tile.addresses", a.Answer.Addresses)}}
}

func provinceTable(p i18n.Printer, a asked) reachTable {
	t := newTable(p, a, p.T("coverage.by_province"), p.T("coverage.column.province"))
	for _, g := range a.provinces() {
		t.Rows = append(t.Rows, reachRow{Group: g, Label: g.Name, Own: a.Own[g.Key], list: func(s coverage.State) string {
			return a.address(townsPath, "provincia", g.Key, "stato", wordOf(stateWords(), s))
		}})
	}
	return t.total(p, a)
}

func classTable(p i18n.Printer, a asked) reachTable {
	t := newTable(p, a, p.T("coverage.by_class"), p.T("coverage.column.class"))
	for _, g := range coverage.ByClass(a.Places) {
		class := g.Key
		if class == "" {
			class = coverage.NoClass
		}
		t.Rows = append(t.Rows, reachRow{Group: g, Label: className(p, g.Key), list: func(s coverage.State) string {
			return a.address(townsPath, "classe", class, "stato", wordOf(stateWords(), s))
		}})
	}
	return t.total(p, a)
}

// newTable makes the head: columns that would be empty everywhere are left out.
func newTable(p i18n.Printer, a asked, caption, first string) reachTable {
	sum := coverage.Sum(a.Places)
	t := reachTable{CutOff: sum.Towns.CutOff > 0, Unplaced: sum.Towns.Unplaced > 0, Old: sum.From65.Total() > 0}
	column := func(there bool, key string) {
		if there {
			t.Head.Columns = append(t.Head.Columns, ui.Column{Label: p.T("coverage.column." + key), Numeric: true})
		}
	}
	t.Head.Caption, t.Head.HideCaption, t.Head.Columns = caption, true, []ui.Column{{Label: first}}
	for _, key := range []string{"towns", "residents", "near", "share", "far"} {
		column(true, key)
	}
	column(t.CutOff, "cut_off")
	column(t.Unplaced, "unplaced")
	for _, key := range []string{"old", "old_near", "old_share", "old_far"} {
		column(t.Old, key)
	}
	return t
}

// total adds the last row, which is the sum of the others.
func (t reachTable) total(p i18n.Printer, a asked) reachTable {
	t.Rows = append(t.Rows, reachRow{Group: coverage.Sum(a.Places), Label: p.T("coverage.total"), Total: true, list: func(s coverage.State) string {
		return a.address(townsPath, "stato", wordOf(stateWords(), s))
	}})
	return t
}

// notes say which figures are not whole.
func notes(p i18n.Printer, a asked) []string {
	var out []string
	if a.Answer.Points == 0 {
		out = append(out, p.T("coverage.no_points"))
	}
	if sum := coverage.Sum(a.Places); sum.Ageless > 0 {
		out = append(out, p.N("coverage.ageless", sum.Ageless))
	}
	if a.Answer.Lost > 0 {
		out = append(out, p.N("coverage.lost", a.Answer.Lost))
	}
	return out
}

func how(p i18n.Printer, a asked) []string {
	out := []string{p.T("coverage.how.town"), p.T("coverage.how.minutes"), p.T("coverage.how.rounding"), p.T("coverage.how.tour")}
	population, ages := coverage.Sources(a.Places)
	add := func(key string, list []*territory.Source) {
		for _, s := range list {
			out = append(out, p.T("coverage.how."+key, errs.Args{"source": ui.SourceWords(p, s)}))
		}
	}
	add("people", population)
	add("ages", ages)
	return out
}

// lists fills the lists of municipalities.
func (d Deps) lists(r *http.Request, view *coveragePage) error {
	var far, islands []coverage.Place
	for _, place := range view.Places {
		switch {
		case place.State == coverage.Far:
			far = append(far, place)
		case place.State == coverage.Unplaced:
			view.Unplaced = append(view.Unplaced, ui.Link{Label: townName(place.Municipality), Href: townHref(place.Municipality)})
		}
		if place.OffRoad() {
			islands = append(islands, place)
		}
	}
	view.Far = len(far)
	coverage.Sort(far, orderOfOld(far))
	var err error
	if view.Uncovered, err = d.townRows(r, far[:min(len(far), mostUncovered)]); err != nil {
		return err
	}
	view.Islands, err = d.townRows(r, islands)
	return err
}

// orderOfOld is by people of 65 and more where they are known, else by residents.
func orderOfOld(places []coverage.Place) coverage.Order {
	if coverage.Sum(places).From65.Total() == 0 {
		return coverage.ByResidents
	}
	return coverage.ByOld
}

func (d Deps) coverageFile(w http.ResponseWriter, r *http.Request) error {
	a, err := d.ask(r)
	if err != nil {
		return err
	}
	if err := a.Form.Err(); err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	header := []string{p.T("coverage.column.level"), p.T("coverage.column.part"), p.T("coverage.filter.day"), p.T("coverage.filter.which"), p.T("coverage.filter.minutes")}
	for _, of := range []string{"towns", "residents", "old"} {
		word := p.T("coverage.column." + of)
		header = append(header, word)
		for _, s := range coverage.States() {
			header = append(header, word+", "+p.T("coverage.state."+string(s)))
		}
	}
	var rows [][]string
	add := func(level, part string, g coverage.Group) {
		row := []string{p.T("coverage.level." + level), part, dayText(a.Answer.Day), p.T("coverage.which." + string(a.Answer.Which)), strconv.Itoa(a.Answer.Minutes)}
		for _, t := range []coverage.Tally{g.Towns, g.Residents, g.From65} {
			row = append(row, strconv.Itoa(t.Total()))
			for _, s := range coverage.States() {
				row = append(row, strconv.Itoa(t.Of(s)))
			}
		}
		rows = append(rows, row)
	}
	for _, g := range a.provinces() {
		add("province", g.Name, g)
	}
	for _, g := range coverage.ByClass(a.Places) {
		add("class", className(p, g.Key), g)
	}
	add("total", "", coverage.Sum(a.Places))
	return sendFile(w, r, "copertura", header, rows)
}
