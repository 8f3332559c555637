package centre

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/geo"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

const (
	pointsLooked   = 12 // nearest points whose times are read
	timesEach      = 4  // times shown for each
	townsOffered   = 6
	soonestFirst   = "presto"
	longestQuery   = 80
	daysAfterFirst = 7
)

// homePage is the first page of who answers the phone.
type homePage struct {
	Form *ui.Form
	// Asked says that a municipality was looked for; Town is the one found, Others those also meant.
	Asked  bool
	Town   string
	Others []ui.Link
	Places []freePlace
	// Full are near points without a free time.
	Full []ui.Link
}

// freePlace is a point with its first free times.
type freePlace struct {
	ui.Result
	first time.Time
	Times []ui.Link
}

func (d Deps) home(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	v := homePage{Form: form}
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
		q := url.Values{"comune": {query}, "luogo": {one.Belfiore}, "argomento": {v.Form.Text("argomento")}, "ordine": {v.Form.Text("ordine")}}
		v.Others = append(v.Others, ui.Link{Label: one.Name, Href: "/centro?" + q.Encode()})
	}
	from, _ := town.Place()
	near, err := d.near(r, from)
	if err != nil {
		return err
	}
	return d.fillPlaces(r, v, near)
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
	const all = 1000
	found, _, err := d.Points.Near(r.Context(), points.Search{From: from, Max: all})
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(n points.Near) bool { return !within.Has(n.Point.ID) })
	return found[:min(pointsLooked, len(found))], nil
}

func (d Deps) fillPlaces(r *http.Request, v *homePage, near []points.Near) error {
	ctx, p := r.Context(), ui.PrinterOf(r)
	var ids []string
	for _, n := range near {
		ids = append(ids, n.Point.ID)
	}
	first, err := d.Agenda.FirstFree(ctx, ids)
	if err != nil {
		return err
	}
	for _, n := range near {
		pt := n.Point
		at, ok := first[pt.ID]
		if !ok {
			v.Full = append(v.Full, ui.Link{Label: pt.PublicName, Href: "/punti/" + url.PathEscape(pt.Code)})
			continue
		}
		day := calendar.DayOf(at)
		times, err := d.Agenda.Times(ctx, pt.ID, "", day, day.AddDays(daysAfterFirst))
		if err != nil {
			return err
		}
		one := freePlace{first: at, Result: ui.Result{Title: pt.PublicName, Href: "/punti/" + url.PathEscape(pt.Code), Itinerant: pt.Kind == points.Itinerant}}
		address := ""
		if a, ok := pt.Address(n.AddressID); ok {
			address = join(a.Place, a.Street)
		}
		one.Details = []string{address}
		if n.Located {
			one.Details = []string{join(address, p.T("centre.distance", map[string]any{"km": p.Km(n.Km), "minutes": n.Minutes}))}
		}
		for _, t := range times[:min(timesEach, len(times))] {
			one.Times = append(one.Times, ui.Link{Label: timeLabel(r, t), Href: bookHref(pt.ID, t, v.Form.Text("argomento"))})
		}
		v.Places = append(v.Places, one)
	}
	if v.Form.Text("ordine") == soonestFirst {
		slices.SortStableFunc(v.Places, func(a, b freePlace) int { return cmp.Compare(a.first.Unix(), b.first.Unix()) })
	}
	for i := range v.Places {
		v.Places[i].Number = i + 1
	}
	return nil
}

func timeLabel(r *http.Request, t agenda.Time) string {
	p := ui.PrinterOf(r)
	label := shortWhen(p, t.StartsAt, ui.Now(r))
	if t.Kind == agenda.Group {
		label += " (" + p.T("centre.kind.group") + ")"
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
