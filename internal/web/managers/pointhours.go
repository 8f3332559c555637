package managers

import (
	"net/http"
	"strconv"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// pointHours is the monthly sheet of a point: open hours against hours with somebody on duty.
type pointHours struct {
	ID, Name      string
	Before, After ui.Link
	FileHref      string
	Rows          []pointDay
	Total         pointDay
}

// pointDay is a day of the sheet.
type pointDay struct {
	Day           calendar.Day
	Label         string
	Open, Covered int
	OnDuty        int
	Gaps          []string
}

func (d Deps) pointHours(w http.ResponseWriter, r *http.Request) error {
	p := ui.PrinterOf(r)
	first := monthAsked(r)
	one, err := d.Points.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	rows, err := d.pointDays(r, one, first)
	if err != nil {
		return err
	}
	path := "/gestione/punti/" + one.ID + "/ore"
	before, after := first.AddDays(-1), first.AddDays(32)
	v := pointHours{
		ID: one.ID, Name: one.PublicName, Rows: rows, FileHref: path + ".csv?mese=" + first.Month(),
		Before: ui.Link{Label: capital(monthName(r, before)), Href: path + "?mese=" + before.Month()},
		After:  ui.Link{Label: capital(monthName(r, after)), Href: path + "?mese=" + after.Month()},
	}
	for _, row := range rows {
		v.Total.Open, v.Total.Covered, v.Total.OnDuty = v.Total.Open+row.Open, v.Total.Covered+row.Covered, v.Total.OnDuty+row.OnDuty
	}
	page := frame(r, p.T("gaps.month_title", map[string]any{"month": monthName(r, first)}),
		ui.Link{Label: p.T("managers.points.title"), Href: "/gestione/punti"}, ui.Link{Label: one.PublicName, Href: "/gestione/punti/" + one.ID})
	return ui.Render(w, r, http.StatusOK, pointHoursView(page, v))
}

// pointDays are the days of a month on which the point is open or somebody is on duty.
func (d Deps) pointDays(r *http.Request, one points.Point, first calendar.Day) ([]pointDay, error) {
	p := ui.PrinterOf(r)
	var rows []pointDay
	weeks, err := d.Agenda.PresenceByDay(r.Context(), session.Actor(r), one, first, lastOfMonth(first))
	for i, day := range weeks {
		if day.Open == 0 && day.OnDuty == 0 {
			continue
		}
		row := pointDay{Day: first.AddDays(i), Label: capital(p.Day(first.AddDays(i))), Open: day.Open, Covered: day.Covered, OnDuty: day.OnDuty}
		for _, gap := range day.Gaps {
			row.Gaps = append(row.Gaps, gap.From.String()+"–"+gap.To.String())
		}
		rows = append(rows, row)
	}
	return rows, err
}

func (d Deps) pointHoursFile(w http.ResponseWriter, r *http.Request) error {
	one, err := d.Points.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	found, err := d.pointDays(r, one, monthAsked(r))
	if err != nil {
		return err
	}
	rows := make([][]string, len(found))
	for i, row := range found {
		rows[i] = []string{dayText(row.Day), strconv.Itoa(row.Open), strconv.Itoa(row.Covered), strconv.Itoa(row.OnDuty), strings.Join(row.Gaps, "; ")}
	}
	return ui.SendTable(w, r, "ore-"+one.Code, []string{"gaps.day", "gaps.open_minutes", "gaps.covered_minutes", "gaps.on_duty_minutes", "gaps.alone"}, rows)
}

// monthAsked returns the first day of the month that the address names as 2026-11, of this one otherwise.
func monthAsked(r *http.Request) calendar.Day {
	if day, err := calendar.ParseDay(r.URL.Query().Get("mese") + "-01"); err == nil {
		return day
	}
	year, month, _ := today(r).Date()
	return calendar.NewDay(year, month, 1)
}

func lastOfMonth(first calendar.Day) calendar.Day {
	year, month, _ := first.Date()
	return calendar.NewDay(year, month+1, 0)
}

func monthName(r *http.Request, day calendar.Day) string {
	_, month, _ := day.Date()
	return ui.PrinterOf(r).Month(month) + " " + strconv.Itoa(day.Year())
}
