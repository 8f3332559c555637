package managers

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// What can be wrong with the week of a point.
const (
	gapNoShifts = "senza-turni"
	gapAlone    = "scoperto"
	gapMinimum  = "minimo"
	gapFull     = "pieno"
)

// nearlyFull is from how much of the time on duty, in a hundred, a point is called full.
const nearlyFull = 95

// coverPage shows, week by week, how the open hours of the points are covered.
type coverPage struct {
	Form          *ui.Form
	Week          string
	Before, After ui.Link
	Now           *ui.Link
	Bodies, What  []ui.Option
	Tiles         []ui.Tile
	Rows          []coverRow
	Total         int
	Pages         ui.Pages
	FileHref      string
	Clashes       []clashRow
	Monday        calendar.Day
	// CanClose says that the person may settle the bookings of a day.
	CanClose bool
}

// coverRow is the week of a point.
type coverRow struct {
	ID, Name, Code, Body string
	Presence             agenda.Presence
	Minimum              int
	Gaps                 []string
	// Fill is how much of the time on duty is taken.
	Fill string
	// Wrong are what is to be mended, each with where.
	Wrong []coverFault
}

// coverFault is one thing to mend.
type coverFault struct {
	Kind, Text, Href string
	Tone             ui.Tone
}

// clashRow is a person booked twice: there must be none.
type clashRow struct{ Person, Day, First, Second string }

func coverFilters() []string { return []string{"cerca", "ente", "manca", "settimana"} }

func (d Deps) cover(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	p, who := ui.PrinterOf(r), session.Actor(r)
	monday := mondayAsked(r)
	rows, clashes, err := d.coverRows(r, form, monday)
	if err != nil {
		return err
	}
	sunday := monday.AddDays(6)
	v := coverPage{
		Form: form, Monday: monday, Total: len(rows), Pages: pagesOf(r, len(rows)), Tiles: coverTiles(r, rows), Clashes: clashes,
		Week:     p.T("gaps.week", map[string]any{"from": p.DayShort(monday), "to": p.DayShort(sunday)}),
		Before:   ui.Link{Label: p.T("gaps.before"), Href: addressWith(r, "settimana", monday.AddDays(-7).String())},
		After:    ui.Link{Label: p.T("gaps.after"), Href: addressWith(r, "settimana", monday.AddDays(7).String())},
		FileHref: withQuery("/gestione/copertura.csv", form.Values, coverFilters()...),
		What: ui.Options("", p.T("gaps.any"), gapAlone, p.T("gaps.kind.scoperto"), gapNoShifts, p.T("gaps.kind.senza-turni"),
			gapMinimum, p.T("gaps.kind.minimo"), gapFull, p.T("gaps.kind.pieno")),
		CanClose: who.Can(identity.Book),
	}
	if day := today(r); day.Before(monday) || day.After(sunday) {
		v.Now = &ui.Link{Label: p.T("gaps.now"), Href: withQuery("/gestione/copertura", form.Values, "cerca", "ente", "manca")}
	}
	if v.Bodies, err = d.bodyOptions(r, p.T("people.any_body"), form.Text("ente")); err != nil {
		return err
	}
	first := min((pageOf(r)-1)*perPage, len(rows))
	v.Rows = rows[first:min(first+perPage, len(rows))]
	return ui.Render(w, r, http.StatusOK, coverView(frame(r, p.T("gaps.title")), v))
}

// mondayAsked is the Monday of the week that the address names by any of its days, of this one otherwise.
func mondayAsked(r *http.Request) calendar.Day {
	day, err := calendar.ParseDay(r.URL.Query().Get("settimana"))
	if err != nil {
		day = today(r)
	}
	return day.AddDays(1 - int(day.Weekday()))
}

// coverRows are the weeks of the open points of who asks, the worst first, and who is booked twice.
func (d Deps) coverRows(r *http.Request, form *ui.Form, monday calendar.Day) ([]coverRow, []clashRow, error) {
	ctx, who, sunday := r.Context(), session.Actor(r), monday.AddDays(6)
	list, err := d.Points.All(ctx, who, identity.SeeFacilitators)
	if err != nil {
		return nil, nil, err
	}
	wanted, body := territory.Fold(form.Text("cerca")), form.Text("ente")
	list = slices.DeleteFunc(list, func(p points.Point) bool {
		return !p.OpenOn(sunday) && !p.OpenOn(monday) || body != "" && !slices.Contains(p.Bodies(), body) ||
			!strings.Contains(territory.Fold(p.PublicName+" "+p.Code), wanted)
	})
	weeks, err := d.Agenda.Presences(ctx, who, list, monday, sunday)
	if err != nil {
		return nil, nil, err
	}
	found, err := d.Agenda.Clashes(ctx, who, list, monday, sunday)
	if err != nil {
		return nil, nil, err
	}
	clashes, err := d.clashRows(r, found)
	if err != nil {
		return nil, nil, err
	}
	terms, err := d.Points.Terms(ctx, list...)
	if err != nil {
		return nil, nil, err
	}
	var bodies []string
	for _, p := range list {
		bodies = append(bodies, p.ManagingBodyID)
	}
	names, err := d.bodyNames(ctx, bodies...)
	if err != nil {
		return nil, nil, err
	}
	var rows []coverRow
	for i, p := range list {
		row := coverRow{ID: p.ID, Name: p.PublicName, Code: p.Code, Body: names[p.ManagingBodyID], Presence: weeks[i], Minimum: terms[p.ID].MinWeekly,
			Fill: share(r, weeks[i].Busy, weeks[i].OnDuty)}
		row.fill(r, p)
		if what := form.Text("manca"); what == "" || slices.ContainsFunc(row.Wrong, func(f coverFault) bool { return f.Kind == what }) {
			rows = append(rows, row)
		}
	}
	slices.SortStableFunc(rows, func(a, b coverRow) int {
		return cmp.Or(cmp.Compare(b.Presence.Open-b.Presence.Covered, a.Presence.Open-a.Presence.Covered), cmp.Compare(a.Name, b.Name))
	})
	return rows, clashes, nil
}

func (d Deps) clashRows(r *http.Request, found []agenda.Clash) ([]clashRow, error) {
	var ids []string
	for _, one := range found {
		ids = append(ids, one.FacilitatorID)
	}
	people, err := d.Facilitators.ByIDs(r.Context(), unique(ids))
	var rows []clashRow
	for _, one := range found {
		rows = append(rows, clashRow{Person: people[one.FacilitatorID].FullName(), Day: ui.PrinterOf(r).DayNum(one.Day), First: one.BookingIDs[0], Second: one.BookingIDs[1]})
	}
	return rows, err
}

// stretchesShown is how many gaps a row names; the others are counted.
const stretchesShown = 3

// fill says what is to be mended in the week of p, and where.
func (row *coverRow) fill(r *http.Request, p points.Point) {
	printer, week := ui.PrinterOf(r), row.Presence
	add := func(kind string, tone ui.Tone, href string) {
		row.Wrong = append(row.Wrong, coverFault{Kind: kind, Text: printer.T("gaps.kind." + kind), Href: href, Tone: tone})
	}
	shifts := "/gestione/punti/" + p.ID + "/turni"
	switch {
	case week.Open > 0 && len(week.People) == 0:
		add(gapNoShifts, ui.Danger, shifts)
	case len(week.Gaps) > 0:
		add(gapAlone, ui.Warning, shifts)
	}
	if week.Covered < row.Minimum {
		add(gapMinimum, ui.Warning, "/gestione/punti/"+p.ID)
	}
	if week.OnDuty > 0 && week.Busy*100 >= week.OnDuty*nearlyFull {
		add(gapFull, ui.Info, shifts)
	}
	for i, gap := range week.Gaps {
		if i == stretchesShown {
			row.Gaps = append(row.Gaps, printer.N("gaps.more", len(week.Gaps)-stretchesShown))
			break
		}
		row.Gaps = append(row.Gaps, printer.WeekdayShort(gap.Day.Weekday())+" "+gap.From.String()+"–"+gap.To.String())
	}
}

func coverTiles(r *http.Request, rows []coverRow) []ui.Tile {
	p := ui.PrinterOf(r)
	var open, covered, duty, busy, alone int
	for _, row := range rows {
		open, covered = open+row.Presence.Open, covered+row.Presence.Covered
		duty, busy = duty+row.Presence.OnDuty, busy+row.Presence.Busy
		if len(row.Presence.Gaps) > 0 {
			alone++
		}
	}
	return []ui.Tile{
		{Value: p.Number(len(rows)), Label: p.N("gaps.points", len(rows))},
		{Value: p.Number(alone), Label: p.N("gaps.points_alone", alone)},
		{Value: share(r, covered, open), Label: p.T("gaps.covered_share")},
		{Value: share(r, busy, duty), Label: p.T("gaps.full_share")},
	}
}

// share writes a part of a whole in a hundred, a dash when there is nothing to share.
func share(r *http.Request, part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return ui.PrinterOf(r).Percent(part, whole)
}

// clock writes minutes as hours and minutes, for columns: "7:30".
func clock(minutes int) string { return fmt.Sprintf("%d:%02d", minutes/60, minutes%60) }

func (d Deps) coverFile(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	found, _, err := d.coverRows(r, form, mondayAsked(r))
	if err != nil {
		return err
	}
	rows := make([][]string, len(found))
	for i, row := range found {
		var gaps, wrong []string
		for _, gap := range row.Presence.Gaps {
			gaps = append(gaps, dayText(gap.Day)+" "+gap.From.String()+"-"+gap.To.String())
		}
		for _, fault := range row.Wrong {
			wrong = append(wrong, fault.Text)
		}
		week := row.Presence
		rows[i] = []string{row.Code, row.Name, row.Body, strconv.Itoa(week.Open), strconv.Itoa(week.Covered), strconv.Itoa(week.Open - week.Covered),
			strconv.Itoa(row.Minimum), strconv.Itoa(len(week.People)), strconv.Itoa(week.Booked), strconv.Itoa(week.Busy), strconv.Itoa(week.OnDuty), strings.Join(gaps, "; "), strings.Join(wrong, "; ")}
	}
	return ui.SendTable(w, r, "copertura", []string{"people.alone.code", "managers.column.point", "managers.field.body_id", "gaps.open_minutes", "gaps.covered_minutes",
		"gaps.alone_minutes", "gaps.minimum_minutes", "gaps.people", "gaps.booked", "gaps.busy_minutes", "gaps.on_duty_minutes", "gaps.alone", "gaps.wrong"}, rows)
}

func (d Deps) coverRoutes(add adder) {
	add(identity.SeeFacilitators, "GET /gestione/copertura", d.cover)
	add(identity.SeeFacilitators, "GET /gestione/copertura.csv", d.coverFile)
	add(identity.SeeFacilitators, "GET /gestione/punti/{id}/ore", d.pointHours)
	add(identity.SeeFacilitators, "GET /gestione/punti/{id}/ore.csv", d.pointHoursFile)
}

func coverColumns(ctx context.Context) []ui.Column {
	t := func(key string) string { return ui.T(ctx, key) }
	return []ui.Column{
		{Label: t("managers.column.point")}, {Label: t("gaps.wrong")}, {Label: t("gaps.alone")}, {Label: t("gaps.open"), Numeric: true},
		{Label: t("gaps.covered"), Numeric: true}, {Label: t("gaps.minimum"), Numeric: true}, {Label: t("gaps.people"), Numeric: true}, {Label: t("gaps.booked"), Numeric: true}, {Label: t("gaps.busy"), Numeric: true},
	}
}
