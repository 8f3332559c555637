package desk

import (
	"net/http"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// paperPage is a day on paper: who comes, and room to write.
type paperPage struct {
	Subject subject
	Title   string
	Places  string
	Rows    []paperRow
	// Full says that whole names are printed; Other is the address of the sheet the other way.
	Full  bool
	Other string
	Back  string
}

// paperRow is a line of the sheet; a free time is left blank for who comes without a booking.
type paperRow struct {
	Time, Name, Topic, Note string
	Free                    bool
}

func (d Deps) paper(w http.ResponseWriter, r *http.Request) error {
	p, today := ui.PrinterOf(r), calendar.DayOf(ui.Now(r))
	s, err := d.whose(r, r.URL.Query().Get("facilitatore"))
	if err != nil {
		return err
	}
	page := d.page(r, "desk.agenda")
	if !s.found() {
		return ui.Render(w, r, http.StatusOK, chooseView(page, chooseOf(r, s, "/agenda/stampa")))
	}
	day, err := dayAsked(r, today)
	if err != nil {
		day = today
	}
	entries, err := d.Agenda.Day(r.Context(), session.Actor(r), s.Who.ID, day)
	if err != nil {
		return err
	}
	served, err := d.pointsOf(r, s.Who, day, identity.SeeAgenda)
	if err != nil {
		return err
	}
	v := paperPage{Subject: s, Title: dayTitle(p, day, today), Places: namesOf(served), Full: r.URL.Query().Get("nomi") == "interi"}
	v.Back = s.address("/agenda", "giorno", day.String())
	v.Other = s.address("/agenda/stampa", "giorno", day.String(), "nomi", map[bool]string{false: "interi"}[v.Full])
	for _, e := range entries {
		v.Rows = append(v.Rows, paperRows(r, e, v.Full)...)
	}
	page.Title = v.Title
	return ui.Render(w, r, http.StatusOK, paperView(page, v))
}

func paperRows(r *http.Request, e agenda.Entry, full bool) []paperRow {
	p := ui.PrinterOf(r)
	at := p.Time(e.Slot.StartsAt) + "–" + p.Time(e.Slot.EndsAt)
	var rows []paperRow
	for _, b := range e.Bookings {
		if b.Draft() {
			continue
		}
		row := paperRow{Time: at, Name: title(p, b), Topic: topicName(p, b.Topic), Note: b.Needs}
		if full && person(b) != "" {
			row.Name = join(person(b), b.Contact.Phone)
		}
		rows = append(rows, row)
	}
	if e.Slot.State == agenda.Open && e.Slot.Free > 0 {
		rows = append(rows, paperRow{Time: at, Name: p.N("desk.free", e.Slot.Free), Free: true})
	}
	return rows
}
