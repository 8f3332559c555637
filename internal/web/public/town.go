package public

import (
	"net/http"
	"slices"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/coverage"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/web/search"
	"capillare/internal/web/ui"
)

const (
	townsPath = "/comuni"
	// mostTowns is how many municipalities stand on one page: more of them are asked for by letters.
	mostTowns = 150
)

// townsPage is the list of municipalities.
type townsPage struct {
	Typed string
	// Letters lead to the municipalities that begin with them; none when all are shown.
	Letters []ui.Link
	Towns   []ui.Link
}

// townPage is the page of a municipality.
type townPage struct {
	Town coverage.Town
	// Near says "vicino ad Aliano".
	Near string
	Rows []townRow
	// Circa says that minutes are estimated.
	Circa          bool
	Visits, Bodies []string
	Facts          []ui.SummaryItem
	// SearchHref is the search for points around.
	SearchHref string
}

// townRow is a point near a municipality.
type townRow struct {
	Result   ui.Result
	BookHref string
}

// networkTowns returns the municipalities of the region of the network; none before it is set up.
func (d Deps) networkTowns(r *http.Request) ([]territory.Municipality, error) {
	set, err := d.setting(r)
	if err != nil || set.RegionCode == "" {
		return nil, err
	}
	return d.Territory.InRegion(r.Context(), set.RegionCode)
}

func (d Deps) towns(w http.ResponseWriter, r *http.Request) error {
	all, err := d.networkTowns(r)
	if err != nil {
		return err
	}
	view := townsPage{Typed: strings.TrimSpace(r.URL.Query().Get("q"))}
	begin := territory.Fold(view.Typed)
	letters := map[string]bool{}
	for _, m := range all {
		name := territory.Fold(m.Name)
		letters[strings.ToUpper(name[:1])] = true
		if strings.HasPrefix(name, begin) || slices.ContainsFunc(m.CAPs, func(c string) bool { return begin != "" && strings.HasPrefix(c, begin) }) {
			view.Towns = append(view.Towns, ui.Link{Label: m.Name + " (" + m.ProvinceAbbr + ")", Href: townHref(m)})
		}
	}
	if len(view.Towns) > mostTowns {
		view.Towns = nil
		if begin == "" {
			for letter := range letters {
				view.Letters = append(view.Letters, ui.Link{Label: letter, Href: townsPath + "?q=" + letter})
			}
			slices.SortFunc(view.Letters, func(a, b ui.Link) int { return strings.Compare(a.Label, b.Label) })
		}
	}
	p := ui.NewPage(r, ui.PrinterOf(r).T("coverage.towns.title"))
	p.Section, p.Inline, p.Wide = "points", true, true
	p.Breadcrumb, p.Description = home(p), p.Printer.T("coverage.towns.lead")
	return ui.Render(w, r, http.StatusOK, townsView(p, view))
}

// town shows a municipality of the network; one that has another name today leads to it.
func (d Deps) town(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Coverage.BySlug(r.Context(), r.PathValue("code"), calendar.DayOf(ui.Now(r)))
	if err != nil {
		return err
	}
	if set, err := d.setting(r); err != nil || set.RegionCode != m.RegionCode {
		return errOr(err, territory.ErrNoMunicipality)
	}
	if coverage.Slug(m) != r.PathValue("code") {
		http.Redirect(w, r, townHref(m), http.StatusMovedPermanently)
		return nil
	}
	view, err := d.townPage(r, m)
	if err != nil {
		return err
	}
	p := ui.NewPage(r, ui.PrinterOf(r).T("coverage.town.title", errs.Args{"near": view.Near}))
	p.Section, p.Inline = "points", true
	p.Breadcrumb = home(p, ui.Link{Label: p.Printer.T("coverage.towns.title"), Href: townsPath})
	p.Description = p.Printer.T("coverage.town.description", errs.Args{"near": view.Near})
	return ui.Render(w, r, http.StatusOK, townView(p, view))
}

// errOr returns err, or otherwise when there is none.
func errOr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func (d Deps) townPage(r *http.Request, m territory.Municipality) (townPage, error) {
	t, err := d.Coverage.Town(r.Context(), m.Belfiore, ui.Now(r))
	if err != nil {
		return townPage{}, err
	}
	p := ui.PrinterOf(r)
	view := townPage{Town: t, Near: search.NearTo(p, m.Name), Facts: ui.TownFacts(p, t), SearchHref: "/punti?comune=" + m.Belfiore}
	for i, one := range t.Near {
		row := rowOf(r, t, one)
		row.Result.Number = i + 1
		view.Rows = append(view.Rows, row)
		view.Circa = view.Circa || one.How != "" && one.How != territory.ByMatrix && !one.Here(m)
	}
	for _, v := range t.Visits {
		view.Visits = append(view.Visits, ui.VisitWords(p, v))
	}
	bodies, err := d.Orgs.ByIDs(r.Context(), t.Bodies)
	for _, id := range t.Bodies {
		view.Bodies = append(view.Bodies, bodies[id].Name)
	}
	return view, err
}

// rowOf puts a point near a municipality into words.
func rowOf(r *http.Request, t coverage.Town, o coverage.Option) townRow {
	p := ui.PrinterOf(r)
	row := townRow{Result: ui.Result{Title: o.Point.PublicName, Href: "/punti/" + o.Point.Code, Itinerant: o.Point.Kind == points.Itinerant,
		Details: []string{addressLine(o.Address, map[string]territory.Municipality{o.Address.Belfiore: o.Town}), ui.OpeningWords(p, o.Opening, ui.Now(r))},
		When:    wayWords(p, t, o)}}
	if o.Point.Booking != points.BookingNone {
		row.BookHref = "/prenota/" + o.Point.Code
	}
	return row
}

// wayWords says how far a point is: within the town itself minutes from its middle would say nothing.
func wayWords(p i18n.Printer, t coverage.Town, o coverage.Option) string {
	if o.Here(t.Municipality) {
		return p.T("coverage.town.here")
	}
	return ui.MinutesWords(p, o.How, o.Minutes)
}

// townHref is the page of a municipality.
func townHref(m territory.Municipality) string { return townsPath + "/" + coverage.Slug(m) }
