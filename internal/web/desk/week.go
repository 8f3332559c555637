package desk

import (
	"net/http"

	"capillare/internal/calendar"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// weekPage is how full the days of a week are.
type weekPage struct {
	Subject       subject
	Days          []weekDay
	Before, After ui.Link
	This          string // address of this week, "" when it is this one
}

// weekDay is a day of the week.
type weekDay struct {
	Label, Href       string
	Taken, Free, Slot string
	Today, Empty      bool
}

func (d Deps) week(w http.ResponseWriter, r *http.Request) error {
	s, err := d.whose(r, r.URL.Query().Get("facilitatore"))
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	page := d.page(r, "desk.week_title")
	page.Section = "week"
	if !s.found() {
		return ui.Render(w, r, http.StatusOK, chooseView(page, chooseOf(r, s, "/settimana")))
	}
	today := calendar.DayOf(ui.Now(r))
	day, err := dayAsked(r, today)
	if err != nil {
		day = today
	}
	monday := day.AddDays(1 - int(day.Weekday()))
	loads, err := d.Agenda.Week(r.Context(), session.Actor(r), s.Who.ID, monday)
	if err != nil {
		return err
	}
	v := weekPage{Subject: s}
	for _, load := range loads {
		v.Days = append(v.Days, weekDay{
			Label: capital(p.Day(load.Day)), Href: s.address("/agenda", "giorno", load.Day.String()),
			Taken: p.Number(load.Taken), Free: p.Number(load.Free), Slot: p.Number(load.Seats),
			Today: load.Day == today, Empty: load.Seats == 0 && load.Taken == 0,
		})
	}
	v.Before = ui.Link{Label: p.T("desk.week_before"), Href: s.address("/settimana", "giorno", monday.AddDays(-7).String())}
	v.After = ui.Link{Label: p.T("desk.week_after"), Href: s.address("/settimana", "giorno", monday.AddDays(7).String())}
	if today.Before(monday) || today.After(monday.AddDays(6)) {
		v.This = s.address("/settimana")
	}
	page.Title = p.T("desk.week_of", map[string]any{"from": p.DayShort(monday), "to": p.DayShort(monday.AddDays(6))})
	return ui.Render(w, r, http.StatusOK, weekView(page, v))
}
