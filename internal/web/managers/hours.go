package managers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/i18n"
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
	Days         []calendar.Weekday
	// Total is how many hours a week what is typed makes.
	Total string
	// Others are the other weeks of the address; NewHref adds a season, CopyHref takes the hours of another.
	Others            []ui.Link
	NewHref, CopyHref string
	BackHref          string
	// Asked is the question before saving, when there is one.
	Asked *check
	// Conflict says that somebody else was faster; Now is the week that stands.
	Conflict *conflict
	Now      []ui.SummaryItem
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
		bands, err := readDay(form, dayName(day), day)
		if err != nil {
			return nil, err
		}
		all = append(all, bands...)
	}
	return all, nil
}

// readDay reads the hours of one day from a field.
func readDay(form *ui.Form, field string, day calendar.Weekday) (calendar.Bands, error) {
	text := strings.Trim(strings.ReplaceAll(form.Text(field), ";", ","), ", ")
	if text == "" {
		return nil, nil
	}
	bands, err := calendar.ParseBands(day.String() + " " + text)
	if refusal, ok := err.(*errs.Refusal); ok && refusal.Is(calendar.ErrBands) {
		form.Problems.Add(field, "managers.hours.unread", errs.Args{"part": form.Text(field)})
		return nil, nil
	}
	if err != nil {
		return nil, form.Problems.Check(field, err)
	}
	return bands, nil
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
	values := url.Values{"name": {week.Name}, "from": {dayText(week.From)}, "to": {dayText(week.To)}, "version": {strconv.Itoa(one.HoursVersion)}}
	for _, day := range weekdays() {
		values.Set(dayName(day), dayHours(week.Bands, day))
	}
	return d.showHours(w, r, hoursPage{Form: ui.NewForm(r, values)}, one, a)
}

// saveHours asks first when the change is odd or strands somebody, and saves on the second time.
func (d Deps) saveHours(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	one, a, err := d.place(r)
	if err != nil {
		return err
	}
	view := hoursPage{Form: form}
	if form.Text("do") == doCopy {
		copyMonday(form)
		return d.showHours(w, r, view, one, a)
	}
	change, err := readWeek(r, form, a)
	if err != nil {
		return err
	}
	if len(form.Problems) > 0 {
		return d.showHours(w, r, view, one, a)
	}
	asked, err := d.lookAtWeek(r, form, one, change)
	if err != nil {
		return err
	}
	if len(form.Problems) == 0 && asked.needed() && form.Text("sure") != "1" {
		view.Asked = &asked
		return d.showHours(w, r, view, one, a)
	}
	if len(form.Problems) == 0 {
		if err := form.Refuse(d.Points.PutWeek(r.Context(), who, change)); err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return d.showHours(w, r, view, one, a)
	}
	return afterChange(w, r, one.ID, asked, "managers.saved")
}

// readWeek reads the form as a change of the week that the address of the page names.
func readWeek(r *http.Request, form *ui.Form, a points.Address) (points.WeekChange, error) {
	week, kept, err := chosenWeek(r, a)
	change := points.WeekChange{AddressID: a.ID, Seen: form.Int("version")}
	if err != nil {
		return change, err
	}
	if kept && !week.From.IsZero() {
		change.ScheduleID = week.ID
	}
	season := r.URL.Query().Has("periodo")
	if form.Text("do") == doRemove {
		change.Week = points.Schedule{From: week.From, To: week.To}
		return change, nil
	}
	change.Week.Name = form.Short("name", 80)
	if season {
		change.Week.From, change.Week.To = form.Day("from"), form.Day("to")
		for _, name := range []string{"from", "to"} {
			if !form.Has(name) {
				form.Problems.Add(name, "form.required")
			}
		}
	}
	change.Week.Bands, err = readHours(form)
	if err == nil && season && len(form.Problems) == 0 && len(change.Week.Bands) == 0 {
		form.Problems.Add(dayName(calendar.Monday), "opening.season_empty")
	}
	return change, err
}

// lookAtWeek says what a change would do; what it refuses is noted in the form.
func (d Deps) lookAtWeek(r *http.Request, form *ui.Form, one points.Point, change points.WeekChange) (check, error) {
	c := check{Form: form, Action: r.URL.RequestURI(), Yes: ui.PrinterOf(r).T("opening.check.save"), BackHref: r.URL.RequestURI()}
	after, err := one.WithWeek(change)
	if err := form.Refuse(err); err != nil || len(form.Problems) > 0 {
		return c, err
	}
	if c.Warnings, err = d.newWarnings(r, one, after); err != nil {
		return c, err
	}
	return d.look(r, c, after)
}

// copyMonday writes the hours of Monday into the other working days.
func copyMonday(form *ui.Form) {
	for day := calendar.Tuesday; day <= calendar.Friday; day++ {
		form.Values.Set(dayName(day), form.Text(dayName(calendar.Monday)))
	}
}

func (d Deps) showHours(w http.ResponseWriter, r *http.Request, view hoursPage, one points.Point, a points.Address) error {
	week, kept, err := chosenWeek(r, a)
	if err != nil {
		return err
	}
	towns, err := d.townsOf(r.Context(), one)
	if err != nil {
		return err
	}
	counted := ui.NewForm(r, view.Form.Values)
	bands, err := readHours(counted)
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	view.Action, view.Line, view.Days, view.Total = r.URL.RequestURI(), addressLine(a, towns), weekdays(), p.Hours(bands.Minutes())
	view.Season = r.URL.Query().Has("periodo")
	view.NewHref, view.CopyHref, view.BackHref = r.URL.Path+"?periodo="+newSeason, r.URL.Path+"/copia", "/gestione/punti/"+one.ID
	view.Kept = view.Season && kept
	for _, s := range a.Schedules {
		if s.ID != week.ID {
			view.Others = append(view.Others, weekLink(r, s))
		}
	}
	status := statusOf(view.Form)
	if again(view.Form, points.ErrChanged.Key) == http.StatusConflict {
		status = http.StatusConflict
		who, err := d.lastChange(r, one.ID)
		if err != nil {
			return err
		}
		view.Conflict, view.Now = &who, weekItems(p, week.Bands)
		// Whoever saves again has seen what stands now.
		view.Form.Values.Set("version", strconv.Itoa(one.HoursVersion))
	}
	title := p.T("managers.hours.title")
	switch {
	case view.Asked != nil:
		title = p.T("opening.check.title")
	case view.Season:
		title = p.T("managers.hours.season_title")
	}
	way := []ui.Link{{Label: p.T("managers.points.title"), Href: "/gestione/punti"}, pointLink(one)}
	return ui.Render(w, r, status, hoursView(sheet(r, title, way...), view))
}

// weekItems is a week in words, day by day.
func weekItems(p i18n.Printer, bands calendar.Bands) []ui.SummaryItem {
	var items []ui.SummaryItem
	for _, day := range weekdays() {
		if text := dayHours(bands, day); text != "" {
			items = append(items, ui.SummaryItem{Term: capital(p.Weekday(day)), Value: text})
		}
	}
	return items
}

func weekLink(r *http.Request, s points.Schedule) ui.Link {
	p := ui.PrinterOf(r)
	if s.From.IsZero() {
		return ui.Link{Label: p.T("managers.hours.ordinary"), Href: r.URL.Path}
	}
	return ui.Link{Label: seasonName(p, s), Href: r.URL.Path + "?periodo=" + s.ID}
}
