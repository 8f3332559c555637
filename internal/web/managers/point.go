package managers

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"capillare/internal/calendar"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// pointPage is all that is kept of a point.
type pointPage struct {
	Point points.Point
	State ui.BadgeText
	// Details are names and values; Steps the days of its states.
	Details, Steps []ui.SummaryItem
	Addresses      []addressPart
	Weekly         string
	// Closures are those that are not over; Exceptions the exceptional openings to come.
	Closures, Exceptions []string
	// Late says how late the point is, Below that its week is shorter than the programme asks.
	Late  string
	Below bool
	// Warnings are what is odd about the hours; Stranded the appointments without an opening.
	Warnings []string
	Stranded int
	// Taken are the steps with their acts; Undone the lines of the check list still to do, while it matters.
	Taken   []stepRow
	Undone  []string
	Photos  int
	History []ui.HistoryRow
	// Duties are the people on duty, by weekday.
	Duties []dutyRow
	May    may
}

// addressPart is an address with its weeks.
type addressPart struct {
	ID, Line string
	Weekly   string
	Weeks    []week
}

// week is the ordinary week or a season.
type week struct {
	// Name is that of the season, with its days; empty for the ordinary week.
	Name string
	Days []ui.SummaryItem
}

func (d Deps) point(w http.ResponseWriter, r *http.Request) error {
	who := session.Actor(r)
	one, err := d.Points.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	view := pointPage{Point: one, State: stateBadge(p, one.State), Steps: stateDays(p, one), Weekly: p.Hours(one.WeeklyMinutes), May: mayOf(who)}
	if view.Details, view.Addresses, err = d.pointParts(r, one); err != nil {
		return err
	}
	view.Closures, view.Exceptions = openingsAhead(r, one)
	if view.May.SeePeople {
		if view.Duties, err = d.dutyRows(r, one); err != nil {
			return err
		}
	}
	if err := d.pointState(r, &view); err != nil {
		return err
	}
	if view.History, err = d.pointHistory(r, one); err != nil {
		return err
	}
	way := ui.Link{Label: p.T("managers.points.title"), Href: "/gestione/punti"}
	return ui.Render(w, r, http.StatusOK, pointView(frame(r, one.PublicName, way), view))
}

// openingsAhead are the closures and the exceptional openings that are not over, in words.
func openingsAhead(r *http.Request, one points.Point) (closures, exceptions []string) {
	p := ui.PrinterOf(r)
	for _, c := range one.Closures {
		if !c.To.Before(today(r)) {
			text := span(p, c.From, c.To) + ": " + c.Reason
			if !c.Own() {
				text += " (" + p.T("points.reach."+c.Reach) + ")"
			}
			closures = append(closures, text)
		}
	}
	for _, a := range one.Addresses {
		for _, e := range a.Exceptions {
			if !e.Day.Before(today(r)) {
				exceptions = append(exceptions, p.DayYear(e.Day)+", "+dayHours(e.Bands, e.Day.Weekday())+": "+e.Reason)
			}
		}
	}
	return closures, exceptions
}

// pointState fills what is flagged about a point, and its life.
func (d Deps) pointState(r *http.Request, view *pointPage) error {
	p, one, who := ui.PrinterOf(r), view.Point, session.Actor(r)
	terms, err := d.Points.Terms(r.Context(), one)
	if err != nil {
		return err
	}
	view.Late, view.Below = lateText(p, one, terms[one.ID], r), one.BelowMinimum(terms[one.ID])
	if last, ok := one.OpenBy(terms[one.ID]); ok {
		view.Steps = append(view.Steps, ui.SummaryItem{Term: p.T("pointlife.open_by"), Value: p.DayYear(last)})
	}
	if view.Taken, err = d.stepItems(r, one); err != nil {
		return err
	}
	list, err := d.Points.Photos(r.Context(), who, one.ID)
	if view.Photos = len(list); err != nil || !view.May.EditPoints {
		return err
	}
	if one.State != points.StateClosed {
		if view.Warnings, err = d.warnings(r, one); err != nil {
			return err
		}
	}
	rows, err := d.stranded(r, one.ID)
	if view.Stranded = len(rows); err != nil {
		return err
	}
	if one.State == points.StateAwarded || one.State == points.StateSettingUp {
		tasks, err := d.Points.TasksOf(r.Context(), who, one.ID)
		if err != nil {
			return err
		}
		view.Undone = undone(p, tasks)
	}
	return nil
}

// pointHistory is what was done to a point, for who may change it.
func (d Deps) pointHistory(r *http.Request, one points.Point) ([]ui.HistoryRow, error) {
	who := session.Actor(r)
	if !who.Can(identity.EditPoints) {
		return nil, nil
	}
	rows, err := d.Points.History(r.Context(), who, one.ID)
	if err != nil {
		return nil, err
	}
	var ids, bodies, projects []string
	for _, row := range rows {
		ids = append(ids, row.ActorID)
		for _, c := range row.Changes() {
			switch c.Field {
			case "managing_body_id", "delivering_body_id":
				bodies = append(bodies, c.From, c.To)
			case "project_id":
				projects = append(projects, c.From, c.To)
			}
		}
	}
	names, err := d.accountNames(r, ids...)
	if err != nil {
		return nil, err
	}
	known, err := d.bodyNames(r.Context(), bodies...)
	if err != nil {
		return nil, err
	}
	paid, err := d.Funding.ProjectsByIDs(r.Context(), unique(projects))
	if err != nil {
		return nil, err
	}
	for id, project := range paid {
		known[id] = project.Name
	}
	return ui.HistoryRows(r.Context(), rows, names, ui.HistoryWords{Action: "pointlife.did.", Field: "pointlife.field.",
		Value: func(field, value string) string { return historyWords(ui.PrinterOf(r), known, field, value) }}), nil
}

// historyWords puts a kept value into words.
func historyWords(p i18n.Printer, names map[string]string, field, value string) string {
	if value == "" {
		return ""
	}
	switch field {
	case "managing_body_id", "delivering_body_id", "project_id":
		return cmp.Or(names[value], value)
	case "accessibility":
		return words(p, "points.accessibility.", strings.Fields(value))
	case "services":
		return words(p, "points.service.", strings.Fields(value))
	case "languages":
		return words(p, "points.language.", strings.Fields(value))
	case "kind", "state", "booking":
		return words(p, "points."+field+".", []string{value})
	case "open_on_patron":
		return p.T("pointlife.yes")
	case "on":
		if day, err := calendar.ParseDay(value); err == nil {
			return p.DayNum(day)
		}
	}
	return value
}

func (d Deps) pointParts(r *http.Request, one points.Point) ([]ui.SummaryItem, []addressPart, error) {
	towns, names, err := d.around(r, []points.Point{one})
	if err != nil {
		return nil, nil, err
	}
	projects, err := d.Funding.ProjectsByIDs(r.Context(), []string{one.ProjectID})
	if err != nil {
		return nil, nil, err
	}
	p := ui.PrinterOf(r)
	items := []ui.SummaryItem{
		{Term: p.T("managers.column.code"), Value: one.Code},
		{Term: p.T("managers.column.official_name"), Value: one.OfficialName},
		{Term: p.T("managers.column.kind"), Value: p.T("points.kind." + one.Kind)},
		{Term: p.T("managers.column.managing_body"), Value: names[one.ManagingBodyID]},
		{Term: p.T("managers.column.delivering_body"), Value: names[one.DeliveringBodyID]},
		{Term: p.T("managers.column.project"), Value: projects[one.ProjectID].Name},
		{Term: p.T("managers.column.facilita"), Value: one.FacilitaName},
		{Term: p.T("managers.field.facilita_number"), Value: one.FacilitaNumber},
		{Term: p.T("managers.column.booking"), Value: p.T("points.booking." + one.Booking)},
		{Term: p.T("pointlife.field.open_on_patron"), Value: yesNo(p, one.OpenOnPatron)},
		{Term: p.T("managers.column.phone"), Value: one.Phone},
		{Term: p.T("managers.column.email"), Value: one.Email},
		{Term: p.T("managers.point.accessibility"), Value: words(p, "points.accessibility.", one.Accessibility)},
		{Term: p.T("managers.point.services"), Value: words(p, "points.service.", one.Services)},
		{Term: p.T("managers.point.languages"), Value: words(p, "points.language.", one.Languages)},
		{Term: p.T("managers.point.source"), Value: one.Source},
	}
	var parts []addressPart
	for _, a := range one.Addresses {
		parts = append(parts, addressPart{
			ID: a.ID, Line: addressLine(a, towns), Weekly: p.Hours(a.Ordinary().Minutes()), Weeks: weeks(p, a.Schedules),
		})
	}
	return orNothing(p, items), parts, nil
}

func yesNo(p i18n.Printer, yes bool) string {
	if yes {
		return p.T("pointlife.yes")
	}
	return p.T("pointlife.no")
}

// orNothing writes a dash where nothing is known, so that a row never looks broken.
func orNothing(p i18n.Printer, items []ui.SummaryItem) []ui.SummaryItem {
	for i := range items {
		if items[i].Value == "" {
			items[i].Value = p.T("managers.nothing")
		}
	}
	return items
}

func stateDays(p i18n.Printer, one points.Point) []ui.SummaryItem {
	var out []ui.SummaryItem
	for _, step := range []struct {
		state string
		day   calendar.Day
	}{
		{points.StateAwarded, one.AwardedOn}, {points.StateSettingUp, one.SettingUpOn}, {points.StateOpen, one.OpenedOn},
		{points.StateSuspended, one.SuspendedOn}, {points.StateClosed, one.ClosedOn},
	} {
		if !step.day.IsZero() {
			out = append(out, ui.SummaryItem{Term: p.T("points.state." + step.state), Value: p.DayYear(step.day)})
		}
	}
	return out
}

func weeks(p i18n.Printer, schedules []points.Schedule) []week {
	var out []week
	for _, s := range schedules {
		one := week{}
		if !s.From.IsZero() {
			one.Name = seasonName(p, s)
		}
		for day := calendar.Monday; day <= calendar.Sunday; day++ {
			if text := dayHours(s.Bands, day); text != "" {
				one.Days = append(one.Days, ui.SummaryItem{Term: capital(p.Weekday(day)), Value: text})
			}
		}
		out = append(out, one)
	}
	slices.SortStableFunc(out, func(a, b week) int { return cmp.Compare(min(1, len(a.Name)), min(1, len(b.Name))) })
	return out
}

func seasonName(p i18n.Printer, s points.Schedule) string {
	if s.Name == "" {
		return span(p, s.From, s.To)
	}
	return s.Name + ", " + span(p, s.From, s.To)
}

func pointPath(one points.Point, rest string) templ.SafeURL {
	return templ.SafeURL("/gestione/punti/" + one.ID + rest)
}
