package public

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/errs"
	"capillare/internal/geo"
	"capillare/internal/i18n"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/web/ui"
)

// pageSize is how many points a page of results shows.
const pageSize = 10

// query is what was asked of the search.
type query struct {
	// Text is the municipality or postal code as typed; Town is the Belfiore code chosen among several.
	Text, Town string
	// Topic is a national domain (SE6): every point helps with all of them, so that it narrows nothing
	// and is only kept for the booking. Access are tags of accessTags that a point must have.
	Topic  string
	Access []string
	// OpenNow keeps only the points that are open at this moment.
	OpenNow bool
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
	// Moving is true while choosing another point for an appointment.
	Moving bool
}

// found is what the words typed meant: one town, several to choose from, or none with names like it.
type found struct {
	Town    territory.Municipality
	HasTown bool
	// Choices are towns of the same name or postal code; Similar are names like the one typed.
	Choices, Similar []ui.Link
	Unknown          bool
}

func readQuery(r *http.Request) (query, *ui.Form, error) {
	form, err := ui.ReadForm(r)
	if err != nil {
		return query{}, nil, err
	}
	q := query{Text: form.Text("q"), Town: form.Text("comune"), OpenNow: form.Text("aperto") == "1"}
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
	set("tema", q.Topic)
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
	if len(view.Found.Choices) > 0 || view.Found.Unknown {
		return view, nil
	}
	near, total, err := d.near(r, view.Query, view.Found)
	if err != nil {
		return view, err
	}
	if view.Rows, err = d.rows(r, near, view, links); err != nil {
		return view, err
	}
	p := ui.PrinterOf(r)
	view.Heading = p.N("public.search.found", total)
	if view.Found.HasTown {
		view.Heading = p.N("public.search.found_near", total, errs.Args{"near": nearTo(p, view.Found.Town.Name)}) + formerly(p, view.Found.Town)
	}
	town := ""
	if view.Query.Town != "" {
		town = view.Found.Town.Belfiore
	}
	view.Pages = ui.Pages{Current: view.Query.Page, Total: ui.PageCount(total, pageSize), Href: func(page int) string {
		return view.Path + view.Query.values(town, page)
	}}
	view.Map, err = d.drawMap(r, view)
	return view, err
}

// near returns one page of points: by distance from the town, or by the name of their own town.
func (d Deps) near(r *http.Request, q query, f found) ([]points.Near, int, error) {
	search := points.Search{Max: pageSize, Offset: (q.Page - 1) * pageSize}
	for _, tag := range q.Access {
		if tag == signLanguage {
			search.Languages = []string{tag}
		} else {
			search.Accessibility = append(search.Accessibility, tag)
		}
	}
	if f.HasTown {
		search.From, _ = f.Town.Place()
	}
	if q.OpenNow {
		search.OpenAt = ui.Now(r)
	}
	return d.Points.Near(r.Context(), search)
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
	towns, err := d.Territory.InRegion(r.Context(), set.RegionCode)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(towns, func(a, b territory.Municipality) int { return b.Population - a.Population })
	for _, t := range towns[:min(len(towns), 8)] {
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

// nearTo says next to which town: Italian wants "ad" before the same vowel.
func nearTo(p i18n.Printer, town string) string {
	key := "public.search.near"
	if strings.HasPrefix(town, "A") {
		key = "public.search.near_a"
	}
	return p.T(key, errs.Args{"town": town})
}
