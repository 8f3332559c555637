package centre

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/geo"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/web/search"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

const (
	pointsLooked   = 12 // points on a page
	timesEach      = 4  // times shown for each
	timesRead      = 12 // and read: several kinds may begin together
	townsOffered   = 6
	longestQuery   = 80
	longestPage    = 3
	daysAfterFirst = 7
)

// homePage is the first page of who answers the phone.
type homePage struct {
	Form *ui.Form
	// Filter are the other choices, with their words in Choices; Access are tags that a point must have.
	Filter  search.Filter
	Choices []ui.Choice
	Access  []string
	// Asked says that a municipality was looked for; Town is the one found, Others those also meant.
	Asked  bool
	Town   string
	Others []ui.Link
	Places []freePlace
	// Full are near points without a free time.
	Full []ui.Link
	// Earlier and Later lead to the pages before and after.
	Earlier, Later string
	page           int
}

// freePlace is a point with its first free times.
type freePlace struct {
	ui.Result
	Times []ui.Link
}

func (d Deps) home(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	v := homePage{Form: form, Filter: search.Read(form)}
	for _, tag := range form.Texts("accesso") {
		if slices.Contains(points.AccessibilityTags(), tag) {
			v.Access = append(v.Access, tag)
		}
	}
	v.page, _ = strconv.Atoi(form.Short("pagina", longestPage))
	v.page = max(1, v.page)
	spoken, err := d.Agenda.Languages(r.Context())
	if err != nil {
		return err
	}
	v.Choices = v.Filter.Choices(ui.PrinterOf(r), spoken)
	page := newPage(r, "centre.title")
	page.Wide = true
	query := form.Short("comune", longestQuery)
	if query != "" && len(form.Problems) == 0 {
		v.Asked = true
		if err := d.fillNear(r, &v, query); err != nil {
			return err
		}
	}
	return ui.Render(w, r, statusOf(form), homeView(page, v))
}

// folded reports whether the other choices may stay out of sight.
func (v homePage) folded() bool { return len(v.Filter.Chosen()) == 0 && len(v.Access) == 0 }

// href leads to the same search in a town ("" is that of the query), on another page.
func (v homePage) href(town string, page int) string {
	q := url.Values{"comune": {v.Form.Text("comune")}}
	for name, value := range map[string]string{"luogo": town, "argomento": v.Form.Text("argomento")} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for _, c := range v.Filter.Chosen() {
		q.Set(c.Name, c.Value)
	}
	for _, tag := range v.Access {
		q.Add("accesso", tag)
	}
	if page > 1 {
		q.Set("pagina", strconv.Itoa(page))
	}
	return "/centro?" + q.Encode()
}

// fillNear finds the municipality and the first free times near it.
func (d Deps) fillNear(r *http.Request, v *homePage, query string) error {
	ctx := r.Context()
	set, err := d.Network.Setting(ctx)
	if err != nil {
		return err
	}
	towns, err := d.Territory.Find(ctx, query, set.RegionCode, townsOffered)
	if err != nil {
		return err
	}
	if len(towns) == 0 {
		v.Form.Problems.Add("comune", "centre.no_town")
		return nil
	}
	town, rest := pick(towns, v.Form.Text("luogo"))
	v.Town = town.Name
	if territory.Fold(town.Name) == territory.Fold(query) {
		// The whole name was typed: only another place of the same name is a doubt.
		rest = slices.DeleteFunc(rest, func(m territory.Municipality) bool { return territory.Fold(m.Name) != territory.Fold(query) })
	}
	for _, one := range rest {
		v.Others = append(v.Others, ui.Link{Label: one.Name, Href: v.href(one.Belfiore, 1)})
	}
	return d.fillPlaces(r, v, town.Belfiore)
}

// pick takes the municipality that was chosen among those found, or the first.
func pick(towns []territory.Municipality, chosen string) (territory.Municipality, []territory.Municipality) {
	i := max(0, slices.IndexFunc(towns, func(m territory.Municipality) bool { return m.Belfiore == chosen }))
	town := towns[i]
	return town, slices.Delete(slices.Clone(towns), i, i+1)
}

// near returns the nearest points where the person signed in may book.
func (d Deps) near(r *http.Request, from geo.Point) ([]points.Near, error) {
	within, err := d.Points.Visible(r.Context(), session.Actor(r), identity.Book)
	if err != nil {
		return nil, err
	}
	found, _, err := d.Points.Near(r.Context(), points.Search{From: from, Only: &within, Max: pointsLooked})
	return found, err
}

// fillPlaces finds the first free times near a town, where the person signed in may book: also those that
// are kept back for the staff.
func (d Deps) fillPlaces(r *http.Request, v *homePage, town string) error {
	within, err := d.Points.Visible(r.Context(), session.Actor(r), identity.Book)
	if err != nil {
		return err
	}
	q := agenda.SearchQuery{
		Near:     points.Search{Town: town, Only: &within, Accessibility: v.Access},
		Audience: kinds.Staff, Topic: v.Form.Text("argomento"), Each: timesRead,
		Full: !v.Filter.Narrows(), Max: pointsLooked, Offset: (v.page - 1) * pointsLooked,
	}
	v.Filter.Ask(&q, calendar.DayOf(ui.Now(r)), true)
	found, err := d.Agenda.Search(r.Context(), q)
	if err != nil {
		return err
	}
	for _, f := range found.Found {
		if f.First.IsZero() {
			v.Full = append(v.Full, ui.Link{Label: f.Point.PublicName, Href: "/punti/" + url.PathEscape(f.Point.Code)})
			continue
		}
		one := placeOf(r, f, v.Form.Text("argomento"))
		one.Number = q.Offset + len(v.Places) + 1
		v.Places = append(v.Places, one)
	}
	here := v.Form.Text("luogo")
	if v.page > 1 {
		v.Earlier = v.href(here, v.page-1)
	}
	if found.More {
		v.Later = v.href(here, v.page+1)
	}
	return nil
}

// placeOf puts a point into words.
func placeOf(r *http.Request, f agenda.Found, topic string) freePlace {
	p := ui.PrinterOf(r)
	one := freePlace{Result: ui.Result{Title: f.Point.PublicName, Href: "/punti/" + url.PathEscape(f.Point.Code), Itinerant: f.Point.Kind == points.Itinerant}}
	address := ""
	if a, ok := f.Point.Address(f.FirstAddressID); ok {
		address = join(a.Place, a.Street)
	}
	switch {
	case f.ByRoad:
		address = join(address, p.T("centre.distance", map[string]any{"km": p.Km(f.Km), "minutes": f.Minutes}))
	case f.Located:
		address = join(address, p.T("centre.over_sea", map[string]any{"km": p.Km(f.Km)}))
	}
	one.Details = []string{address}
	for _, t := range differing(f.Times) {
		one.Times = append(one.Times, ui.Link{Label: timeLabel(r, t), Href: bookHref(f.Point.ID, t, topic)})
	}
	return one
}

// differing are the first times that look different: of kinds that begin together in the same way the first
// one stands for all, and the form offers the others.
func differing(times []agenda.Time) []agenda.Time {
	var list []agenda.Time
	for _, t := range times {
		alike := func(o agenda.Time) bool { return o.StartsAt.Equal(t.StartsAt) && o.Mode == t.Mode }
		if len(list) < timesEach && !slices.ContainsFunc(list, alike) {
			list = append(list, t)
		}
	}
	return list
}

func timeLabel(r *http.Request, t agenda.Time) string {
	p := ui.PrinterOf(r)
	label := shortWhen(p, t.StartsAt, ui.Now(r))
	if t.Mode != "" && t.Mode != kinds.Desk && t.Mode != kinds.Village {
		label += " (" + p.T("centre.mode."+string(t.Mode)) + ")"
	}
	return label
}

func bookHref(pointID string, t agenda.Time, topic string) string {
	q := url.Values{"punto": {pointID}, "orario": {writeTime(t)}, "tipo": {t.Kind}}
	if topic != "" {
		q.Set("argomento", topic)
	}
	return "/centro/prenota?" + q.Encode()
}
