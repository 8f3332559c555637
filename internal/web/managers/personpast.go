package managers

import (
	"net/http"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// mergeRow is a record that was made one with a person's, and how to part them again.
type mergeRow struct {
	Text string
	// UndoHref is empty when it is too late.
	UndoHref string
}

// personPast fills in what was done to a person's record, and what is left of it to be done.
func (d Deps) personPast(r *http.Request, view *personPage) error {
	who, p, f := session.Actor(r), ui.PrinterOf(r), view.Person
	var err error
	if view.ToCall, err = d.toCall(r, f); err != nil {
		return err
	}
	merges, err := d.Facilitators.Merges(r.Context(), who, f.ID)
	if err != nil {
		return err
	}
	for _, m := range merges {
		row := mergeRow{Text: p.T("people.merge.done_on", map[string]any{"day": p.DayNum(calendar.DayOf(m.At))})}
		if view.May.EditPeople && !ui.Now(r).After(m.UndoUntil) {
			row.UndoHref = "/gestione/facilitatori/" + f.ID + "/unioni/" + m.ID + "/annulla"
		}
		view.Merges = append(view.Merges, row)
	}
	rows, err := d.Facilitators.History(r.Context(), who, f.ID)
	if err != nil {
		return err
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.ActorID
	}
	names, err := d.Identity.Names(r.Context(), ids)
	if err != nil {
		return err
	}
	value, err := d.personValue(r)
	view.History = ui.HistoryRows(r.Context(), rows, names, ui.HistoryWords{Action: "people.history.", Field: "people.change.", Value: value})
	return err
}

// toCall are the appointments of a person that no time covers any longer.
func (d Deps) toCall(r *http.Request, f facilitators.Facilitator) ([]ui.Link, error) {
	who, p := session.Actor(r), ui.PrinterOf(r)
	if !who.Can(identity.SeeAgenda) {
		return nil, nil
	}
	stranded, err := d.Agenda.StrandedOf(r.Context(), who, f.ID)
	var links []ui.Link
	for _, b := range stranded {
		links = append(links, ui.Link{Href: "/agenda/" + b.ID,
			Label: p.DayNum(calendar.DayOf(b.StartsAt)) + ", " + p.Time(b.StartsAt) + ", " + b.Contact.Name})
	}
	return links, err
}

// personValue puts what the history keeps into words.
func (d Deps) personValue(r *http.Request) (func(field, value string) string, error) {
	bodies, err := d.bodyOptions(r, "")
	p := ui.PrinterOf(r)
	return func(field, value string) string {
		switch field {
		case "BodyID":
			for _, o := range bodies {
				if value != "" && o.Value == value {
					return o.Label
				}
			}
			return ""
		case "Contract", "State":
			key := map[string]string{"Contract": "facilitators.contract.", "State": "facilitators.state."}[field] + value
			if p.Has(key) {
				return p.T(key)
			}
		case "From", "To":
			if day, err := calendar.ParseDay(value); err == nil {
				return p.DayNum(day)
			}
		}
		return value
	}, err
}

// undoTwins makes two persons of one again.
func (d Deps) undoTwins(w http.ResponseWriter, r *http.Request) error {
	who, id := session.Actor(r), r.PathValue("id")
	if _, err := d.Facilitators.ByID(r.Context(), who, id); err != nil {
		return err
	}
	stayed, err := d.Facilitators.UndoMerge(r.Context(), who, r.PathValue("merge"))
	if err != nil {
		return err
	}
	if len(stayed) > 0 {
		return ui.RedirectFlash(w, r, "/gestione/facilitatori/"+id, ui.Warning, "people.merge.partly_undone")
	}
	return ui.RedirectFlash(w, r, "/gestione/facilitatori/"+id, ui.Success, "people.merge.undone")
}
