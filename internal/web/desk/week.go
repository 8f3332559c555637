package desk

import (
	"net/http"

	"capillare/internal/calendar"
	"capillare/internal/web/ui"
)

// spanPage shows the days of a week or of a month.
type spanPage struct {
	Subject subject
	Days    []dayCard
	// Month says that only figures are shown, in a grid.
	Month         bool
	Before, After ui.Link
	Now           *ui.Link // to this week or month, nil when it is this one
	Totals        []ui.Tile
	Others        []ui.Link
}

func (d Deps) week(w http.ResponseWriter, r *http.Request) error {
	p, today := ui.PrinterOf(r), calendar.DayOf(ui.Now(r))
	day, err := dayAsked(r, today)
	if err != nil {
		day = today
	}
	monday := day.AddDays(1 - int(day.Weekday()))
	v := spanPage{}
	title := p.T("desk.week_of", map[string]any{"from": p.DayShort(monday), "to": p.DayShort(monday.AddDays(6))})
	return d.span(w, r, title, &v, monday, monday.AddDays(6), func(s subject) {
		v.Before = ui.Link{Label: p.T("desk.week_before"), Href: s.address("/settimana", "giorno", monday.AddDays(-7).String())}
		v.After = ui.Link{Label: p.T("desk.week_after"), Href: s.address("/settimana", "giorno", monday.AddDays(7).String())}
		if today.Before(monday) || today.After(monday.AddDays(6)) {
			v.Now = &ui.Link{Label: p.T("desk.this_week"), Href: s.address("/settimana")}
		}
		v.Others = []ui.Link{{Label: p.T("hours.see_month"), Href: s.address("/mese", "mese", day.Month())}}
	})
}

func (d Deps) month(w http.ResponseWriter, r *http.Request) error {
	p, today := ui.PrinterOf(r), calendar.DayOf(ui.Now(r))
	first := monthAsked(r, today)
	last := lastOfMonth(first)
	v := spanPage{Month: true}
	return d.span(w, r, capital(monthName(p, first)), &v, first, last, func(s subject) {
		before, after := first.AddDays(-1), last.AddDays(1)
		v.Before = ui.Link{Label: capital(monthName(p, before)), Href: s.address("/mese", "mese", before.Month())}
		v.After = ui.Link{Label: capital(monthName(p, after)), Href: s.address("/mese", "mese", after.Month())}
		if today.Month() != first.Month() {
			v.Now = &ui.Link{Label: p.T("desk.this_month"), Href: s.address("/mese")}
		}
		v.Others = []ui.Link{
			{Label: p.T("hours.see_sheet"), Href: s.address("/foglio-ore", "mese", first.Month())},
			{Label: p.T("hours.see_shifts"), Href: s.address("/turni")},
		}
	})
}

// span shows the days from one to another; links fills in the ways to the others.
func (d Deps) span(w http.ResponseWriter, r *http.Request, title string, v *spanPage, from, to calendar.Day, links func(subject)) error {
	s, err := d.whose(r, r.URL.Query().Get("facilitatore"))
	if err != nil {
		return err
	}
	page := ui.NewPage(r, title)
	page.Section, page.Wide = "week", true
	if !s.found() {
		return ui.Render(w, r, http.StatusOK, chooseView(page, chooseOf(r, s, r.URL.Path)))
	}
	if v.Days, err = d.cardsOf(r, s, from, to); err != nil {
		return err
	}
	v.Subject = s
	p, booked, free, worked := page.Printer, 0, 0, 0
	for _, day := range v.Days {
		booked, free = booked+day.Booked, free+day.Free
		if len(day.Shifts) > 0 {
			worked++
		}
	}
	v.Totals = []ui.Tile{
		{Value: p.Number(booked), Label: p.N("desk.in_agenda", booked)},
		{Value: p.Number(free), Label: p.N("desk.free_places", free)},
		{Value: p.Number(worked), Label: p.N("hours.days_on_duty", worked)},
	}
	links(s)
	return ui.Render(w, r, http.StatusOK, spanView(page, *v))
}

// shiftsOf are the stretches on duty: a month has no room for their places.
func shiftsOf(day dayCard, month bool) []string {
	if month {
		return day.Hours
	}
	return day.Shifts
}
