package public

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/geo"
	"capillare/internal/i18n"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/web/search"
	"capillare/internal/web/ui"
)

const (
	// pageSize is how many points a page of results shows.
	pageSize = 10
	// namedTowns is how many towns the map names.
	namedTowns = 8
)

// query is what was asked of the search.
type query struct {
	// Text is the municipality or postal code as typed; Town is the Belfiore code chosen among several.
	Text, Town string
	// Near is the code of a point, to look around it.
	Near string
	// Topic is a national domain (SE6): every point helps with all of them, but not at any time. Access are
	// tags of accessTags that a point must have.
	Topic  string
	Access []string
	// OpenNow keeps only the points that are open at this moment.
	OpenNow bool
	// Filter is when and how, as the choices of package search say it.
	Filter search.Filter
	// Page counts from 1.
	Page int
}

// searchPage is the page of results.
type searchPage struct {
	// Path is where the form and the pages of results lead: the search, or the choice of another point.
	Path  string
	Query query
	Form  *ui.Form
	// Heading says how many points there are, and near which town.
	Heading string
	// TownHref is the page of the municipality that was meant; empty when it has none.
	TownHref string
	// Found is what the words typed meant.
	Found found
	Rows  []pointRow
	Pages ui.Pages
	// Map is nil when there is nothing to draw.
	Map *ui.Map
	// Choices are the fields of the filter.
	Choices []ui.Choice
	// Moving is true while choosing another point for an appointment.
	Moving bool
}

// choice is a field with which one of several is chosen.
type choice struct {
	name, label, value string
	options            []ui.Option
}

// found is what the words typed meant: one town, several to choose from, or none with names like it.
type found struct {
	Town    territory.Municipality
	HasTown bool
	// From is where in the town, when it was meant by a point; Name is that point's.
	From geo.Point
	Name string
	// Choices are towns of the same name or postal code; Similar are names like the one typed.
	Choices, Similar []ui.Link
	Unknown          bool
}

func readQuery(r *http.Request) (query, *ui.Form, error) {
	form, err := ui.ReadForm(r)
	if err != nil {
		return query{}, nil, err
	}
	q := query{Text: form.Text("q"), Town: form.Text("comune"), Near: form.Text("vicino"), OpenNow: form.Text("aperto") == "1", Filter: search.Read(form)}
	if slices.Contains(topicCodes(), form.Text("tema")) {
		q.Topic = form.Text("tema")
	}
	for _, tag := range form.Texts("accesso") {
		if slices.Contains(accessTags(), tag) {
			q.Access = append(q.Access, tag)
		}
	}
	page, err := strconv.Atoi(form.Text("pagina"))
	if err != nil || page < 1 {
		page = 1
	}
	q.Page = min(page, 1000)
	return q, form, nil
}

// values returns the address of the query; town replaces what was typed when it is not empty.
func (q query) values(town string, page int) string {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("q", q.Text)
	set("comune", town)
	set("vicino", q.Near)
	set("tema", q.Topic)
	for _, c := range q.Filter.Chosen() {
		set(c.Name, c.Value)
	}
	if q.OpenNow {
		v.Set("aperto", "1")
	}
	if page > 1 {
		v.Set("pagina", strconv.Itoa(page))
	}
	for _, tag := range q.Access {
		v.Add("accesso", tag)
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

func (d Deps) search(w http.ResponseWriter, r *http.Request) error {
	p := ui.NewPage(r, ui.PrinterOf(r).T("public.search.title"))
	p.Section, p.Inline, p.Wide = "points", true, true
	p.Breadcrumb, p.Description = home(p), p.Printer.T("public.search.lead")
	view, err := d.results(r, searchPage{Path: "/punti"}, bookLinks{})
	if err != nil {
		return err
	}
	if set, err := d.setting(r); err == nil && view.Found.HasTown && view.Found.Town.RegionCode == set.RegionCode {
		view.TownHref = townHref(view.Found.Town)
	}
	return ui.Render(w, r, http.StatusOK, searchView(p, view))
}

// results fills the page of results from the query of r.
func (d Deps) results(r *http.Request, view searchPage, links bookLinks) (searchPage, error) {
	var err error
	if view.Query, view.Form, err = readQuery(r); err != nil {
		return view, err
	}
	if view.Found, err = d.locate(r, view.Path, view.Query); err != nil {
		return view, err
	}
	spoken, err := d.Agenda.Languages(r.Context())
	view.Choices = view.Query.Filter.Choices(ui.PrinterOf(r), spoken)
	if err != nil || len(view.Found.Choices) > 0 || view.Found.Unknown {
		return view, err
	}
	results, err := d.firstTimes(r, view.Query, view.Found)
	if err != nil {
		return view, err
	}
	if view.Rows, err = d.rows(r, results.Found, view, links); err != nil {
		return view, err
	}
	view.Heading = heading(ui.PrinterOf(r), view, results.Points)
	town := ""
	if view.Query.Town != "" {
		town = view.Found.Town.Belfiore
	}
	view.Pages = ui.Pages{Current: view.Query.Page, Total: ui.PageCount(results.Points, pageSize), Href: func(page int) string {
		return view.Path + view.Query.values(town, page)
	}}
	view.Map, err = d.drawMap(r, view)
	return view, err
}

// firstTimes returns one page of points with their first time: by travel from the town, or by the name of
// their own town. A point without a free time is among them unless it is times that were asked for.
func (d Deps) firstTimes(r *http.Request, q query, f found) (agenda.Results, error) {
	asked := agenda.SearchQuery{Topic: q.Topic, Max: pageSize, Offset: (q.Page - 1) * pageSize, Count: true, Full: !q.Filter.Narrows()}
	for _, tag := range q.Access {
		if tag == signLanguage {
			asked.Near.Languages = []string{tag}
		} else {
			asked.Near.Accessibility = append(asked.Near.Accessibility, tag)
		}
	}
	if f.HasTown {
		asked.Near.Town, asked.Near.From = f.Town.Belfiore, f.From
	}
	if q.OpenNow {
		asked.Near.OpenAt = ui.Now(r)
	}
	q.Filter.Ask(&asked, calendar.DayOf(ui.Now(r)), f.HasTown)
	return d.Agenda.Search(r.Context(), asked)
}

// heading says how many points there are, with times when these were asked for, and near what.
func heading(p i18n.Printer, view searchPage, total int) string {
	key := "public.search.found"
	if view.Query.Filter.Narrows() {
		key = "public.search.free"
	}
	switch f := view.Found; {
	case f.Name != "":
		return p.N(key+"_near", total, errs.Args{"near": search.NearTo(p, f.Name)})
	case f.HasTown:
		return p.N(key+"_near", total, errs.Args{"near": search.NearTo(p, f.Town.Name)}) + formerly(p, f.Town)
	}
	return p.N(key, total)
}

// drawMap draws the rows with the capitals of the region around them.
func (d Deps) drawMap(r *http.Request, view searchPage) (*ui.Map, error) {
	m := &ui.Map{Title: view.Heading, Attribution: ui.PrinterOf(r).T("public.search.attribution")}
	for _, row := range view.Rows {
		if row.At.Valid() {
			m.Dots = append(m.Dots, ui.Dot{
				Number: row.Number, Label: strconv.Itoa(row.Number) + ". " + row.Name, Href: row.Href,
				Lat: row.At.Lat, Lon: row.At.Lon, Itinerant: row.Itinerant,
			})
		}
	}
	if len(m.Dots) == 0 {
		return nil, nil
	}
	if place, ok := view.Found.Town.Place(); ok && view.Found.HasTown {
		m.Here = &ui.Town{Name: view.Found.Town.Name, Lat: place.Lat, Lon: place.Lon}
	}
	set, err := d.setting(r)
	if err != nil {
		return nil, err
	}
	towns, err := d.Territory.Largest(r.Context(), set.RegionCode, namedTowns)
	if err != nil {
		return nil, err
	}
	for _, t := range towns {
		if t.HasPlace && (m.Here == nil || t.Name != m.Here.Name) {
			m.Towns = append(m.Towns, ui.Town{Name: t.Name, Lat: t.Lat, Lon: t.Lon})
		}
	}
	return m, nil
}

// placeOf returns the coordinates of an address: its own, else those of its town.
func placeOf(a points.Address, towns map[string]territory.Municipality) geo.Point {
	if a.HasAt {
		return a.At
	}
	place, _ := towns[a.Belfiore].Place()
	return place
}
