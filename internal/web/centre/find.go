package centre

import (
	"net/http"

	"capillare/internal/agenda"
	"capillare/internal/codes"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// findPage lists the bookings that a code, a phone or a name found.
type findPage struct {
	Form *ui.Form
	Rows []foundRow
	// Asked is what was looked for.
	Asked string
}

// foundRow is a booking found.
type foundRow struct{ Href, When, Who, Phone, Place, State, Code string }

// find takes what is looked for in the body of the request: a name or a phone has no place in an
// address, in its history or in a log.
func (d Deps) find(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	v := findPage{Form: form, Asked: form.Need("cerca", longestQuery)}
	if len(form.Problems) == 0 {
		list, err := d.Agenda.Find(r.Context(), session.Actor(r), v.Asked)
		if err != nil {
			return err
		}
		if v.Rows, err = d.foundRows(r, list); err != nil {
			return err
		}
	}
	page := newPage(r, "centre.found_title")
	page.Wide = true
	return ui.Render(w, r, statusOf(form), findView(page, v))
}

func (d Deps) foundRows(r *http.Request, list []agenda.Booking) ([]foundRow, error) {
	p := ui.PrinterOf(r)
	places, err := d.placesOf(r, list)
	if err != nil {
		return nil, err
	}
	var out []foundRow
	for _, b := range list {
		out = append(out, foundRow{
			Href: "/centro/prenotazioni/" + b.ID, When: capital(p.When(b.StartsAt, ui.Now(r))), Who: person(p, b), Phone: b.Contact.Phone,
			Place: places[b.PointID].PublicName, State: p.T("centre.state." + b.State), Code: codes.FormatCode(b.Code),
		})
	}
	return out, nil
}

func (d Deps) placesOf(r *http.Request, list []agenda.Booking) (map[string]points.Point, error) {
	var ids []string
	for _, b := range list {
		ids = append(ids, b.PointID)
	}
	return d.Points.ByIDs(r.Context(), ids)
}
