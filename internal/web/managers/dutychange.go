package managers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// weeksShown is how many weeks of single times the page of a shift shows.
const weeksShown = 6

// timesShown bounds the single times on that page.
const timesShown = 20

// dutyPage is one shift with its next times.
type dutyPage struct {
	Row   dutyRow
	Times []timeRow
	Path  string
	May   may
}

// timeRow is one time of a shift in words.
type timeRow struct {
	DutyID, PersonID     string
	Day                  calendar.Day
	When, Hours, Who     string
	Where                string
	Cancelled, Otherwise bool
	// minutes is how long it lasts.
	minutes calendar.Minute
	// Open says that nobody is there, or only for a part of it.
	Open bool
	Href string
}

// timeRows gathers times of shifts of one point.
type timeRows struct {
	one  points.Point
	path string
	list []timeRow
}

// add puts one time of a shift in the list, as o says it goes.
func (t *timeRows) add(duty facilitators.Duty, day calendar.Day, o *facilitators.Occurrence) {
	row := timeRow{DutyID: duty.ID, PersonID: duty.FacilitatorID, Day: day, Hours: bandWords(duty.Starts, duty.Ends),
		minutes: duty.Ends - duty.Starts, Href: t.path + "/" + duty.ID + "/giorno/" + day.String()}
	if o != nil {
		row.minutes = o.Ends - o.Starts
		row.PersonID, row.Hours, row.Cancelled, row.Otherwise = o.FacilitatorID, bandWords(o.Starts, o.Ends), o.Cancelled, true
		if a, ok := t.one.Address(o.AddressID); ok && o.AddressID != duty.AddressID {
			row.Where = a.Street
		}
	}
	t.list = append(t.list, row)
}

// nameTimes puts the rows in order and names people and days.
func (d Deps) nameTimes(r *http.Request, t timeRows) ([]timeRow, error) {
	p := ui.PrinterOf(r)
	var ids []string
	for _, row := range t.list {
		ids = append(ids, row.PersonID)
	}
	people, err := d.Facilitators.ByIDs(r.Context(), unique(ids))
	for i, row := range t.list {
		t.list[i].When = capital(p.Day(row.Day))
		if row.Who == "" && !row.Open {
			t.list[i].Who = people[row.PersonID].FullName()
		}
	}
	slices.SortStableFunc(t.list, func(a, b timeRow) int { return a.Day.Compare(b.Day) })
	return t.list, err
}

// shift finds the entry of the request among those of its point.
func (d Deps) shift(r *http.Request) (points.Point, facilitators.Entry, error) {
	who := session.Actor(r)
	one, err := d.Points.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return points.Point{}, facilitators.Entry{}, err
	}
	list, err := d.Facilitators.Duties(r.Context(), who, one.ID)
	if err != nil {
		return points.Point{}, facilitators.Entry{}, err
	}
	for _, e := range facilitators.Entries(list) {
		if slices.Contains(e.IDs, r.PathValue("duty")) {
			return one, e, nil
		}
	}
	return points.Point{}, facilitators.Entry{}, identity.ErrNotHere
}

// shiftWords is the shift of a page in one line: "Lunedì 09:00–12:00, Anna Rossi".
func (d Deps) shiftWords(r *http.Request, one points.Point, e facilitators.Entry) (dutyRow, error) {
	people, err := d.Facilitators.ByIDs(r.Context(), []string{e.FacilitatorID})
	if err != nil {
		return dutyRow{}, err
	}
	names, err := d.kindNames(r, one.ID)
	row := dutyWords(ui.PrinterOf(r), one, e, names)
	row.Person = people[e.FacilitatorID].FullName()
	return row, err
}

func (d dutyRow) line() string { return d.Day + " " + d.Hours + ", " + d.Person }

// duty shows a shift: what it is, and its next times, each of which can go otherwise.
func (d Deps) duty(w http.ResponseWriter, r *http.Request) error {
	one, e, err := d.shift(r)
	if err != nil {
		return err
	}
	who := session.Actor(r)
	view := dutyPage{May: mayOf(who), Path: dutiesPath(one.ID) + "/" + e.ID}
	if view.Row, err = d.shiftWords(r, one, e); err != nil {
		return err
	}
	if view.Times, err = d.nextTimes(r, one, e); err != nil {
		return err
	}
	title := ui.PrinterOf(r).T("managers.shift.title")
	return ui.Render(w, r, http.StatusOK, dutyView(frame(r, title, dutiesWay(r, one)...), view))
}

func (d Deps) nextTimes(r *http.Request, one points.Point, e facilitators.Entry) ([]timeRow, error) {
	who := session.Actor(r)
	list, err := d.Facilitators.Duties(r.Context(), who, one.ID)
	if err != nil {
		return nil, err
	}
	single, err := d.Facilitators.Occurrences(r.Context(), who, one.ID)
	if err != nil {
		return nil, err
	}
	last := today(r).AddDays(7 * weeksShown * max(e.Every, 1))
	rows := timeRows{one: one, path: dutiesPath(one.ID)}
	for _, duty := range list {
		if !slices.Contains(e.IDs, duty.ID) {
			continue
		}
		for _, day := range duty.Recurrence().Between(latest(today(r), duty.From), last) {
			if !duty.On(day) {
				continue
			}
			rows.add(duty, day, on(single, duty.ID, day))
		}
	}
	if err := d.whoIsThere(r, one, rows.list, last); err != nil {
		return nil, err
	}
	named, err := d.nameTimes(r, rows)
	return named[:min(len(named), timesShown)], err
}

// whoIsThere writes into rows who really is there: absences count, and who stands in.
func (d Deps) whoIsThere(r *http.Request, one points.Point, rows []timeRow, last calendar.Day) error {
	there, err := d.Facilitators.OnDutyAt(r.Context(), session.Actor(r), one.ID, today(r), last)
	if err != nil {
		return err
	}
	var ids []string
	for _, o := range there {
		ids = append(ids, o.Duty.FacilitatorID)
	}
	people, err := d.Facilitators.ByIDs(r.Context(), unique(ids))
	for i, row := range rows {
		var names []string
		minutes := calendar.Minute(0)
		for _, o := range there {
			if o.Duty.ID == row.DutyID && o.Day == row.Day {
				names, minutes = append(names, people[o.Duty.FacilitatorID].FullName()), minutes+o.Duty.Ends-o.Duty.Starts
			}
		}
		rows[i].Who, rows[i].Open = strings.Join(unique(names), ", "), !row.Cancelled && minutes < row.minutes
	}
	return err
}

func latest(a, b calendar.Day) calendar.Day {
	if a.Before(b) {
		return b
	}
	return a
}

// on returns what is said of one time of a shift, nil when it goes as always.
func on(list []facilitators.Occurrence, dutyID string, day calendar.Day) *facilitators.Occurrence {
	for i, o := range list {
		if o.DutyID == dutyID && o.Day == day {
			return &list[i]
		}
	}
	return nil
}

// changeDuty shows the shift as it is; the address may name the day from which it changes.
func (d Deps) changeDuty(w http.ResponseWriter, r *http.Request) error {
	one, e, err := d.shift(r)
	if err != nil {
		return err
	}
	values := entryValues(e)
	values.Set("scope", string(facilitators.Always))
	if day, err := calendar.ParseDay(r.URL.Query().Get("da")); err == nil {
		values.Set("scope", string(facilitators.Following))
		values.Set("day", dayText(day))
	}
	return d.showDutyChange(w, r, http.StatusOK, ui.NewForm(r, values), one, e)
}

func (d Deps) showDutyChange(w http.ResponseWriter, r *http.Request, status int, form *ui.Form, one points.Point, e facilitators.Entry) error {
	row, err := d.shiftWords(r, one, e)
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	return d.showDutyForm(w, r, status, dutyForm{
		Form: form, Point: one, What: row.line(), BackHref: dutiesPath(one.ID) + "/" + r.PathValue("duty"),
		Scopes: ui.Options(string(facilitators.Always), p.T("managers.shift.always"), string(facilitators.Following), p.T("managers.shift.following")),
	})
}

func (d Deps) saveDutyChange(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	one, e, err := d.shift(r)
	if err != nil {
		return err
	}
	again := func(status int) error { return d.showDutyChange(w, r, status, form, one, e) }
	c := facilitators.Change{DutyID: r.PathValue("duty"), Entry: readEntry(form, one.ID), Scope: readScope(form), Day: form.Day("day")}
	c.Entry.From = e.From
	if c.Scope == facilitators.Following && !form.Has("day") {
		form.Problems.Add("day", "form.required")
	}
	if len(form.Problems) > 0 {
		return again(http.StatusUnprocessableEntity)
	}
	p := ui.PrinterOf(r)
	row, err := d.shiftWords(r, one, e)
	if err != nil {
		return err
	}
	return d.carryOut(w, r, change{
		Form: form, Title: p.T("people.duty.change_title"), Point: one, Lead: row.line(), Warnings: outsideWords(p, one, c.Entry),
		BackHref: dutiesPath(one.ID), Done: "people.duty.changed", PointIDs: []string{one.ID},
		Make: func(ctx context.Context, tx *sqldb.Tx) error { return d.Facilitators.ChangeTx(ctx, tx, who, c) },
	}, again)
}

func readScope(form *ui.Form) facilitators.Scope {
	return facilitators.Scope(form.Choice("scope", string(facilitators.Always), string(facilitators.Following)))
}

// dutyEnd asks for the last day of a shift.
type dutyEnd struct {
	Form   *ui.Form
	Action string
	// What is the shift in words; Text says what happens.
	What, Text string
	BackHref   string
}

func (d Deps) endDuty(w http.ResponseWriter, r *http.Request) error {
	one, e, err := d.shift(r)
	if err != nil {
		return err
	}
	return d.showDutyEnd(w, r, http.StatusOK, ui.NewForm(r, url.Values{"on": {dayText(today(r))}}), one, e)
}

func (d Deps) saveDutyEnd(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	one, e, err := d.shift(r)
	if err != nil {
		return err
	}
	again := func(status int) error { return d.showDutyEnd(w, r, status, form, one, e) }
	last := form.Day("on")
	switch {
	case !form.Has("on"):
		form.Problems.Add("on", "form.required")
	case len(form.Problems) == 0 && last.Before(today(r).AddDays(-1)):
		form.Problems.Add("on", facilitators.ErrLastPast.Key)
	case len(form.Problems) == 0 && !e.To.IsZero() && !last.Before(e.To):
		form.Problems.Add("on", "managers.shift.ends_already")
	}
	if len(form.Problems) > 0 {
		return again(http.StatusUnprocessableEntity)
	}
	row, err := d.shiftWords(r, one, e)
	if err != nil {
		return err
	}
	c := facilitators.Change{DutyID: r.PathValue("duty"), Scope: facilitators.Following, Day: latest(last.AddDays(1), e.From), Cancel: true}
	return d.carryOut(w, r, change{
		Form: form, Title: ui.PrinterOf(r).T("managers.duty.end_title"), Point: one, Lead: row.line(),
		BackHref: dutiesPath(one.ID), Done: "managers.duty.ended", PointIDs: []string{one.ID},
		Make: func(ctx context.Context, tx *sqldb.Tx) error { return d.Facilitators.ChangeTx(ctx, tx, who, c) },
	}, again)
}

func (d Deps) showDutyEnd(w http.ResponseWriter, r *http.Request, status int, form *ui.Form, one points.Point, e facilitators.Entry) error {
	row, err := d.shiftWords(r, one, e)
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	view := dutyEnd{Form: form, Action: r.URL.Path, BackHref: dutiesPath(one.ID), Text: p.T("managers.duty.end_text"), What: row.line()}
	return ui.Render(w, r, status, endView(sheet(r, p.T("managers.duty.end_title"), dutiesWay(r, one)...), view))
}
