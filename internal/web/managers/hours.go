package managers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// newSeason is the name in the address of a season that is not kept yet.
const newSeason = "nuovo"

// What the buttons of the hours form do.
const (
	doSave   = "save"
	doCopy   = "copy"
	doRemove = "remove"
)

// hoursPage is the week of an address: seven fields, one for each day.
type hoursPage struct {
	Form   *ui.Form
	Action string
	// Line is the address in words.
	Line string
	// Season says that the week holds for some days only; Kept that it can be taken away.
	Season, Kept bool
	// From and To are the days of a kept season, in words: they do not change.
	Span string
	Days []calendar.Weekday
	// Total is how many hours a week what is typed makes.
	Total string
	// Others are the other weeks of the address; NewHref adds a season.
	Others   []ui.Link
	NewHref  string
	BackHref string
}

func dayName(w calendar.Weekday) string { return "hours." + strconv.Itoa(int(w)) }

func weekdays() []calendar.Weekday {
	return []calendar.Weekday{calendar.Monday, calendar.Tuesday, calendar.Wednesday, calendar.Thursday,
		calendar.Friday, calendar.Saturday, calendar.Sunday}
}

// dayHours writes the bands of a day as the form reads them: "09:00-13:00; 15:00-17:00".
func dayHours(b calendar.Bands, day calendar.Weekday) string {
	var parts []string
	for _, band := range b.On(day) {
		parts = append(parts, band.Hours())
	}
	return strings.Join(parts, "; ")
}

// readHours reads the seven fields; what is wrong is noted at its day. Days that are wrong are left out.
func readHours(form *ui.Form) (calendar.Bands, error) {
	var all calendar.Bands
	for _, day := range weekdays() {
		text := strings.Trim(strings.ReplaceAll(form.Text(dayName(day)), ";", ","), ", ")
		if text == "" {
			continue
		}
		bands, err := calendar.ParseBands(day.String() + " " + text)
		if refusal, ok := err.(*errs.Refusal); ok && refusal.Is(calendar.ErrBands) {
			form.Problems.Add(dayName(day), "managers.hours.unread", errs.Args{"part": form.Text(dayName(day))})
			continue
		}
		if err := form.Problems.Check(dayName(day), err); err != nil {
			return nil, err
		}
		all = append(all, bands...)
	}
	return all, nil
}

// place loads the point and the address of the request.
func (d Deps) place(r *http.Request) (points.Point, points.Address, error) {
	one, err := d.Points.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return points.Point{}, points.Address{}, err
	}
	a, ok := one.Address(r.PathValue("address"))
	if !ok {
		return points.Point{}, points.Address{}, identity.ErrNotHere
	}
	return one, a, nil
}

// chosenWeek returns the week that the address of the page names: the ordinary one, a season, or a new one.
func chosenWeek(r *http.Request, a points.Address) (week points.Schedule, kept bool, err error) {
	asked := r.URL.Query().Get("periodo")
	if asked == newSeason {
		return points.Schedule{}, false, nil
	}
	i := slices.IndexFunc(a.Schedules, func(s points.Schedule) bool {
		return s.ID == asked || asked == "" && s.From.IsZero()
	})
	switch {
	case i >= 0:
		return a.Schedules[i], true, nil
	case asked == "":
		return points.Schedule{}, false, nil
	}
	return points.Schedule{}, false, identity.ErrNotHere
}

func (d Deps) hours(w http.ResponseWriter, r *http.Request) error {
	one, a, err := d.place(r)
	if err != nil {
		return err
	}
	week, _, err := chosenWeek(r, a)
	if err != nil {
		return err
	}
	values := url.Values{"name": {week.Name}}
	for _, day := range weekdays() {
		values.Set(dayName(day), dayHours(week.Bands, day))
	}
	return d.showHours(w, r, ui.NewForm(r, values), one, a)
}

func (d Deps) saveHours(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	one, a, err := d.place(r)
	if err != nil {
		return err
	}
	week, _, err := chosenWeek(r, a)
	if err != nil {
		return err
	}
	if form.Text("do") == doCopy {
		copyMonday(form)
		return d.showHours(w, r, form, one, a)
	}
	if week.From.IsZero() && r.URL.Query().Get("periodo") == newSeason {
		week.From, week.To = form.Day("from"), form.Day("to")
		if !form.Has("from") {
			form.Problems.Add("from", "form.required")
		}
		if !form.Has("to") {
			form.Problems.Add("to", "form.required")
		}
	}
	if week.Bands, err = readHours(form); err != nil {
		return err
	}
	if form.Text("do") == doRemove {
		week.Bands, form.Problems = nil, nil
	}
	if len(form.Problems) == 0 {
		if err := form.Refuse(d.Points.SetHours(r.Context(), who, a.ID, week.From, week.To, form.Short("name", 80), week.Bands)); err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return d.showHours(w, r, form, one, a)
	}
	return ui.RedirectFlash(w, r, "/gestione/punti/"+one.ID, ui.Success, "managers.saved")
}

// copyMonday writes the hours of Monday into the other working days.
func copyMonday(form *ui.Form) {
	for day := calendar.Tuesday; day <= calendar.Friday; day++ {
		form.Values.Set(dayName(day), form.Text(dayName(calendar.Monday)))
	}
}

func (d Deps) showHours(w http.ResponseWriter, r *http.Request, form *ui.Form, one points.Point, a points.Address) error {
	week, kept, err := chosenWeek(r, a)
	if err != nil {
		return err
	}
	towns, err := d.townsOf(r.Context(), one)
	if err != nil {
		return err
	}
	counted := ui.NewForm(r, form.Values)
	bands, err := readHours(counted)
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	view := hoursPage{
		Form: form, Action: r.URL.RequestURI(), Line: addressLine(a, towns), Days: weekdays(), Total: p.Hours(bands.Minutes()),
		Season: r.URL.Query().Has("periodo"), NewHref: r.URL.Path + "?periodo=" + newSeason, BackHref: "/gestione/punti/" + one.ID,
	}
	if view.Season && kept {
		view.Kept, view.Span = true, span(p, week.From, week.To)
	}
	for _, s := range a.Schedules {
		if s.ID != week.ID {
			view.Others = append(view.Others, weekLink(r, s))
		}
	}
	title := p.T("managers.hours.title")
	if view.Season {
		title = p.T("managers.hours.season_title")
	}
	way := []ui.Link{{Label: p.T("managers.points.title"), Href: "/gestione/punti"}, pointLink(one)}
	return ui.Render(w, r, statusOf(form), hoursView(sheet(r, title, way...), view))
}

func weekLink(r *http.Request, s points.Schedule) ui.Link {
	p := ui.PrinterOf(r)
	if s.From.IsZero() {
		return ui.Link{Label: p.T("managers.hours.ordinary"), Href: r.URL.Path}
	}
	return ui.Link{Label: seasonName(p, s), Href: r.URL.Path + "?periodo=" + s.ID}
}
