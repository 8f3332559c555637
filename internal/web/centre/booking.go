package centre

import (
	"crypto/rand"
	"net/http"
	"strings"

	"capillare/internal/agenda"
	"capillare/internal/codes"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// bookingPage is one booking, with the code to read out.
type bookingPage struct {
	Booking agenda.Booking
	Point   points.Point
	// Code is in two groups, Spelled one sign at a time for who listens to the page.
	Code, Spelled string
	Who, Phone    string
	Items         []ui.SummaryItem
	// Notices say what the person was told.
	Notices []ui.SummaryItem
	// Key makes the same click twice one change.
	Key string
	// Open says that it can still be moved or cancelled.
	Open bool
}

func (d Deps) booking(w http.ResponseWriter, r *http.Request) error {
	v, err := d.view(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, bookingView(newPage(r, "centre.booking_title"), v))
}

func (d Deps) view(r *http.Request) (bookingPage, error) {
	var v bookingPage
	p := ui.PrinterOf(r)
	b, err := d.Agenda.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return v, err
	}
	if b.Draft() {
		return v, agenda.ErrNotFound
	}
	places, err := d.placesOf(r, []agenda.Booking{b})
	if err != nil {
		return v, err
	}
	v = bookingPage{
		Booking: b, Point: places[b.PointID], Code: strings.ReplaceAll(codes.FormatCode(b.Code), "-", " "),
		Spelled: strings.Join(strings.Split(b.Code, ""), " "), Who: person(p, b), Phone: b.Contact.Phone,
		Key: rand.Text(), Open: b.State == agenda.Confirmed && b.StartsAt.After(ui.Now(r)),
	}
	add := func(key, value string) {
		if value != "" {
			v.Items = append(v.Items, ui.SummaryItem{Term: p.T(key), Value: value})
		}
	}
	add("centre.when", capital(p.When(b.StartsAt, ui.Now(r))))
	add("centre.where", place(v.Point, b.AddressID))
	add("centre.name", b.Contact.Name)
	add("centre.on_behalf", b.Contact.OnBehalf)
	if b.Contact.Relation != "" {
		add("booking.relation", p.T("agenda.relation."+b.Contact.Relation))
	}
	if b.Party > 1 {
		add("booking.people_term", p.N("booking.people", b.Party))
	}
	add("centre.phone", b.Contact.Phone)
	add("centre.email", b.Contact.Email)
	add("centre.topic", topicName(p, b.Topic))
	add("centre.reason", b.Reason)
	add("centre.needs", b.Needs)
	add("centre.state", p.T("centre.state."+b.State))
	told, err := d.Notify.OutcomesOf(r.Context(), session.Actor(r), b.ID)
	v.Notices = ui.Notices(r, told)
	return v, err
}

func (d Deps) askCancel(w http.ResponseWriter, r *http.Request) error {
	v, err := d.view(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, cancelView(newPage(r, "centre.cancel_title"), v))
}

func (d Deps) cancel(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	b, err := d.Agenda.CancelByService(r.Context(), session.Actor(r), r.PathValue("id"), form.Text("key"))
	if err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, "/centro/prenotazioni/"+b.ID, ui.Success, "centre.cancelled")
}
