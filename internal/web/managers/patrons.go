package managers

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// patronsPage is the patron's days of the municipalities with points.
type patronsPage struct {
	Form     *ui.Form
	Rows     []patronRow
	Total    int
	Missing  int
	Pages    ui.Pages
	FileHref string
}

// patronRow is a municipality.
type patronRow struct {
	Belfiore, Town, Day string
	Points              int
}

// patronPage asks for the patron's day of a municipality.
type patronPage struct {
	Form   *ui.Form
	Town   territory.Municipality
	Path   string
	May    bool
	Points []points.Point
	Months []ui.Option
	Asked  *check
	// Day is the one that stands, in words, or the one of the question.
	Day string
}

// townPoints is a municipality with the points of this person there.
type townPoints struct {
	territory.Municipality
	points []points.Point
}

// towns are the municipalities where this person has points, by name.
func (d Deps) towns(r *http.Request) ([]townPoints, error) {
	list, err := d.Points.All(r.Context(), session.Actor(r), identity.EditPoints)
	if err != nil {
		return nil, err
	}
	known, err := d.townsOf(r.Context(), list...)
	if err != nil {
		return nil, err
	}
	in, days := map[string][]points.Point{}, map[string]string{}
	for _, one := range list {
		if one.State == points.StateClosed {
			continue
		}
		var seen []string
		for _, a := range one.Addresses {
			// As points keep it: what is in memory of the municipalities may be older.
			days[a.Belfiore] = a.PatronDay
			if !slices.Contains(seen, a.Belfiore) {
				in[a.Belfiore], seen = append(in[a.Belfiore], one), append(seen, a.Belfiore)
			}
		}
	}
	var out []townPoints
	for code, there := range in {
		town := townPoints{known[code], there}
		town.PatronDay = days[code]
		out = append(out, town)
	}
	slices.SortFunc(out, func(a, b townPoints) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Belfiore, b.Belfiore))
	})
	return out, nil
}

// chosenTowns are those that the filters of the list keep.
func (d Deps) chosenTowns(r *http.Request, query url.Values) ([]townPoints, error) {
	all, err := d.towns(r)
	search, missing := territory.Fold(query.Get("cerca")), query.Get("senza") == "1"
	return slices.DeleteFunc(all, func(t townPoints) bool {
		return search != "" && !strings.Contains(territory.Fold(t.Name), search) || missing && t.PatronDay != ""
	}), err
}

func (d Deps) patrons(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	list, err := d.chosenTowns(r, form.Values)
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	view := patronsPage{Form: form, Total: len(list), Pages: pagesOf(r, len(list)), FileHref: withQuery("/gestione/comuni.csv", form.Values, "cerca", "senza")}
	first := min((pageOf(r)-1)*perPage, len(list))
	for _, t := range list {
		if t.PatronDay == "" {
			view.Missing++
		}
	}
	for _, t := range list[first:min(first+perPage, len(list))] {
		view.Rows = append(view.Rows, patronRow{Belfiore: t.Belfiore, Town: townName(t.Municipality), Day: patronWords(p, t.PatronDay), Points: len(t.points)})
	}
	return ui.Render(w, r, http.StatusOK, patronsView(frame(r, p.T("opening.patron.title")), view))
}

func (d Deps) patronsFile(w http.ResponseWriter, r *http.Request) error {
	list, err := d.chosenTowns(r, r.URL.Query())
	if err != nil {
		return err
	}
	var rows [][]string
	for _, t := range list {
		rows = append(rows, []string{t.Name, t.ProvinceAbbr, t.PatronDay, strconv.Itoa(len(t.points))})
	}
	return ui.SendTable(w, r, "patroni", []string{"managers.column.town", "managers.column.province", "opening.patron.day", "managers.points.title"}, rows)
}

// patronWords writes "24 giugno".
func patronWords(p i18n.Printer, monthDay string) string {
	month, day, ok := monthAndDay(monthDay)
	if !ok {
		return ""
	}
	return strconv.Itoa(day) + " " + p.Month(time.Month(month))
}

func monthAndDay(text string) (month, day int, ok bool) {
	m, d, ok := strings.Cut(text, "-")
	month, err := strconv.Atoi(m)
	if err != nil || !ok {
		return 0, 0, false
	}
	day, err = strconv.Atoi(d)
	return month, day, err == nil
}

// townOf is the municipality of the page, among those where this person has points.
func (d Deps) townOf(r *http.Request) (townPoints, error) {
	list, err := d.towns(r)
	if err != nil {
		return townPoints{}, err
	}
	i := slices.IndexFunc(list, func(t townPoints) bool { return t.Belfiore == r.PathValue("belfiore") })
	if i < 0 {
		return townPoints{}, identity.ErrNotHere
	}
	return list[i], nil
}

func (d Deps) patron(w http.ResponseWriter, r *http.Request) error {
	town, err := d.townOf(r)
	if err != nil {
		return err
	}
	values := url.Values{}
	if month, day, ok := monthAndDay(town.PatronDay); ok {
		values.Set("day", strconv.Itoa(day))
		values.Set("month", strconv.Itoa(month))
	}
	return d.showPatron(w, r, patronPage{Form: ui.NewForm(r, values)}, town)
}

// savePatron asks first: it opens or shuts all the points of a town.
func (d Deps) savePatron(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	town, err := d.townOf(r)
	if err != nil {
		return err
	}
	if may, err := d.Territory.MayChange(r.Context(), who, town.Belfiore); err != nil || !may {
		return cmp.Or(err, error(identity.ErrForbidden))
	}
	day, view := readPatron(form), patronPage{Form: form}
	if len(form.Problems) > 0 {
		return d.showPatron(w, r, view, town)
	}
	var after []points.Point
	for _, one := range town.points {
		after = append(after, one.WithPatronDay(town.Belfiore, day))
	}
	asked, err := d.look(r, check{Form: form, Action: r.URL.Path, Yes: ui.PrinterOf(r).T("opening.check.save"), BackHref: r.URL.Path}, after...)
	if err != nil {
		return err
	}
	if day != town.PatronDay && form.Text("sure") != "1" {
		view.Asked, view.Day = &asked, cmp.Or(patronWords(ui.PrinterOf(r), day), ui.PrinterOf(r).T("opening.patron.no_day"))
		return d.showPatron(w, r, view, town)
	}
	if err := form.Refuse(d.Points.SetPatronDay(r.Context(), who, town.Belfiore, day)); err != nil {
		return err
	}
	if len(form.Problems) > 0 {
		return d.showPatron(w, r, view, town)
	}
	return ui.RedirectFlash(w, r, "/gestione/comuni", ui.Success, "opening.patron.saved")
}

// readPatron reads a day and a month, or neither, as "06-24".
func readPatron(form *ui.Form) string {
	if !form.Has("day") && !form.Has("month") {
		return ""
	}
	day, month := form.Int("day"), form.Int("month")
	text := fmt.Sprintf("%02d-%02d", month, day)
	// A year without the 29th of February: the patron has a day in every year.
	if _, err := calendar.ParseDay("2001-" + text); err != nil && len(form.Problems) == 0 {
		form.Problems.Add("day", "territory.patron_day")
	}
	if len(form.Problems) > 0 {
		return ""
	}
	return text
}

func (d Deps) showPatron(w http.ResponseWriter, r *http.Request, view patronPage, town townPoints) (err error) {
	p := ui.PrinterOf(r)
	view.Town, view.Points, view.Path = town.Municipality, town.points, r.URL.Path
	if view.Asked == nil {
		view.Day = patronWords(p, town.PatronDay)
	}
	if view.May, err = d.Territory.MayChange(r.Context(), session.Actor(r), town.Belfiore); err != nil {
		return err
	}
	view.Months = []ui.Option{{Label: p.T("managers.choose")}}
	for month := time.January; month <= time.December; month++ {
		view.Months = append(view.Months, ui.Option{Value: strconv.Itoa(int(month)), Label: capital(p.Month(month))})
	}
	title := p.T("opening.patron.of", map[string]any{"town": town.Name})
	way := ui.Link{Label: p.T("opening.patron.title"), Href: "/gestione/comuni"}
	return ui.Render(w, r, statusOf(view.Form), patronView(sheet(r, title, way), view))
}
