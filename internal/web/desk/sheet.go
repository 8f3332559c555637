package desk

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/register"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// sheetPage is the monthly sheet of hours of a person.
type sheetPage struct {
	Subject       subject
	Before, After ui.Link
	Rows          []sheetRow
	Total         sheetRow
	File          string
	// Recorded says that the register may be seen: then its hours stand in a column.
	Recorded bool
	// Fill is which part of the time on duty was booked: "63%", "" without any.
	Fill string
}

// sheetRow is a day of the sheet.
type sheetRow struct {
	Day                      calendar.Day
	Label                    string
	Shifts                   []string
	OnDuty, Booked, Recorded int
}

// recordsAtOnce is more than one person writes in a month.
const recordsAtOnce = 2000

func (d Deps) sheet(w http.ResponseWriter, r *http.Request) error {
	page := ui.NewPage(r, "")
	page.Section, page.Wide = "shifts", true
	s, err := d.whose(r, r.URL.Query().Get("facilitatore"))
	if err != nil {
		return err
	}
	p, first := page.Printer, monthAsked(r, calendar.DayOf(ui.Now(r)))
	page.Title = p.T("hours.sheet_title", map[string]any{"month": monthName(p, first)})
	if !s.found() {
		return ui.Render(w, r, http.StatusOK, chooseView(page, chooseOf(r, s, "/foglio-ore")))
	}
	before, after := first.AddDays(-1), lastOfMonth(first).AddDays(1)
	v := sheetPage{
		Subject: s, File: s.address("/foglio-ore.csv", "mese", first.Month()),
		Before:   ui.Link{Label: capital(monthName(p, before)), Href: s.address("/foglio-ore", "mese", before.Month())},
		After:    ui.Link{Label: capital(monthName(p, after)), Href: s.address("/foglio-ore", "mese", after.Month())},
		Recorded: session.Actor(r).Can(identity.SeeRegister),
	}
	if v.Rows, err = d.sheetRows(r, s, first); err != nil {
		return err
	}
	for _, row := range v.Rows {
		v.Total.OnDuty, v.Total.Booked, v.Total.Recorded = v.Total.OnDuty+row.OnDuty, v.Total.Booked+row.Booked, v.Total.Recorded+row.Recorded
	}
	if v.Total.OnDuty > 0 {
		v.Fill = p.Percent(v.Total.Booked, v.Total.OnDuty)
	}
	return ui.Render(w, r, http.StatusOK, sheetView(page, v))
}

// sheetRows are the days of a month with a shift, with bookings or with services recorded.
func (d Deps) sheetRows(r *http.Request, s subject, first calendar.Day) ([]sheetRow, error) {
	ctx, who, last := r.Context(), session.Actor(r), lastOfMonth(first)
	days, err := d.Agenda.WorkDays(ctx, who, s.Who, first, last)
	if err != nil {
		return nil, err
	}
	recorded := map[calendar.Day]int{}
	if who.Can(identity.SeeRegister) {
		records, err := d.Register.List(ctx, who, register.Filter{FacilitatorID: s.Who.ID, From: first, To: last, Max: recordsAtOnce})
		if err != nil {
			return nil, err
		}
		for _, rec := range records {
			recorded[calendar.DayOf(rec.StartsAt)] += rec.Minutes
		}
	}
	places, err := d.placesOfDays(r, days)
	if err != nil {
		return nil, err
	}
	p := ui.PrinterOf(r)
	var rows []sheetRow
	for _, day := range days {
		row := sheetRow{Day: day.Day, Label: capital(p.Day(day.Day)), OnDuty: day.OnDuty, Booked: day.Booked, Recorded: recorded[day.Day]}
		for _, shift := range day.Shifts {
			row.Shifts = append(row.Shifts, shiftText(shift, places))
		}
		for _, away := range day.Away {
			row.Shifts = append(row.Shifts, awayText(p, away))
		}
		if len(row.Shifts) > 0 || row.Booked > 0 || row.Recorded > 0 {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func (d Deps) placesOfDays(r *http.Request, days []agenda.WorkDay) (map[string]points.Point, error) {
	seen := map[string]bool{}
	var ids []string
	for _, day := range days {
		for _, shift := range day.Shifts {
			if !seen[shift.Duty.PointID] {
				seen[shift.Duty.PointID] = true
				ids = append(ids, shift.Duty.PointID)
			}
		}
	}
	return d.Points.ByIDs(r.Context(), ids)
}

// clock writes minutes as hours and minutes, for columns: "7:30".
func clock(minutes int) string { return fmt.Sprintf("%d:%02d", minutes/60, minutes%60) }

func (d Deps) sheetFile(w http.ResponseWriter, r *http.Request) error {
	s, err := d.whose(r, r.URL.Query().Get("facilitatore"))
	if err != nil {
		return err
	}
	if !s.found() {
		return ui.Redirect(w, r, "/foglio-ore")
	}
	first := monthAsked(r, calendar.DayOf(ui.Now(r)))
	rows, err := d.sheetRows(r, s, first)
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	titles := []string{p.T("desk.day"), p.T("hours.shift_where"), p.T("hours.on_duty_minutes"), p.T("hours.booked_minutes"), p.T("hours.recorded_minutes")}
	var out [][]string
	for _, row := range rows {
		out = append(out, []string{i18n.Printer{}.DayNum(row.Day), joinLines(row.Shifts), fmt.Sprint(row.OnDuty), fmt.Sprint(row.Booked), fmt.Sprint(row.Recorded)})
	}
	return ui.SendCSV(w, "foglio-ore-"+first.Month(), titles, out)
}

func sheetColumns(ctx context.Context, recorded bool) []ui.Column {
	columns := []ui.Column{
		{Label: ui.T(ctx, "desk.day")}, {Label: ui.T(ctx, "hours.shift_where")}, {Label: ui.T(ctx, "hours.on_duty"), Numeric: true},
		{Label: ui.T(ctx, "hours.with_bookings"), Numeric: true},
	}
	if recorded {
		columns = append(columns, ui.Column{Label: ui.T(ctx, "hours.recorded"), Numeric: true})
	}
	return columns
}

func joinLines(lines []string) string { return strings.Join(lines, "; ") }
