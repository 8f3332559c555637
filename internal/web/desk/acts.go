package desk

import (
	"context"
	"crypto/rand"
	"net/http"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// marking is what can be said about who was awaited: came, did not come, neither.
type marking func(*agenda.Service, context.Context, identity.Actor, string) (agenda.Booking, error)

func (d Deps) mark(how marking) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		b, err := how(d.Agenda, r.Context(), session.Actor(r), r.PathValue("booking"))
		if err != nil {
			return err
		}
		s, err := d.subjectOf(r, b.FacilitatorID)
		if err != nil {
			return err
		}
		if b.State == agenda.Confirmed {
			return ui.RedirectFlash(w, r, s.address("/agenda", "giorno", b.Day.String()), ui.Success, "desk.undone")
		}
		return ui.Redirect(w, r, s.address("/agenda", "giorno", b.Day.String(), "segnato", b.ID))
	}
}

// subjectOf returns a subject good for addresses: whose day to go back to.
func (d Deps) subjectOf(r *http.Request, facilitatorID string) (subject, error) {
	own, err := d.own(r)
	s := subject{Own: own.ID == facilitatorID}
	s.Who.ID = facilitatorID
	if !s.Own && !session.Actor(r).Can(identity.SeeFacilitators) {
		// A colleague's booking at a shared point: back to the own day.
		s.Who, s.Own = own, true
	}
	return s, err
}

// bookingPage is one booking with all that is known about who comes.
type bookingPage struct {
	Booking agenda.Booking
	Name    string
	Items   []ui.SummaryItem
	Phone   string
	// Key makes the same click twice one change.
	Key string
	// Notices say what the person was told.
	Notices []ui.SummaryItem
	Acts    []act
	Back    string
}

func (d Deps) booking(w http.ResponseWriter, r *http.Request) error {
	view, err := d.bookingView(r)
	if err != nil {
		return err
	}
	page := d.page(r, "desk.booking")
	page.Breadcrumb = []ui.Link{{Label: page.Printer.T("desk.agenda"), Href: view.Back}}
	return ui.Render(w, r, http.StatusOK, bookingPageView(page, view))
}

// page returns the frame of a page about the agenda.
func (d Deps) page(r *http.Request, key string) ui.Page {
	page := ui.NewPage(r, ui.PrinterOf(r).T(key))
	page.Section = "agenda"
	return page
}

func (d Deps) bookingView(r *http.Request) (bookingPage, error) {
	var v bookingPage
	ctx, who, p := r.Context(), session.Actor(r), ui.PrinterOf(r)
	b, err := d.Agenda.ByID(ctx, who, r.PathValue("booking"))
	if err != nil {
		return v, err
	}
	if b.Draft() {
		return v, agenda.ErrNotFound
	}
	places, err := d.Points.ByIDs(ctx, []string{b.PointID})
	if err != nil {
		return v, err
	}
	s, err := d.subjectOf(r, b.FacilitatorID)
	if err != nil {
		return v, err
	}
	v = bookingPage{Booking: b, Name: person(b), Phone: b.Contact.Phone, Key: rand.Text(), Back: s.address("/agenda", "giorno", b.Day.String())}
	if v.Name == "" {
		v.Name = p.T("desk.no_name")
	}
	build := dayBuilder{p: p, now: ui.Now(r), who: who}
	if b.State == agenda.Confirmed || b.State == agenda.Attended {
		v.Acts = build.openActs(b, "/agenda/"+b.ID)
	}
	add := func(key, value string) {
		if value != "" {
			v.Items = append(v.Items, ui.SummaryItem{Term: p.T(key), Value: value})
		}
	}
	add("desk.when", capital(p.Day(b.Day))+", "+p.Time(b.StartsAt)+"–"+p.Time(b.EndsAt))
	add("desk.where", place(places[b.PointID], b.AddressID))
	add("desk.topic", topicName(p, b.Topic))
	add("desk.kind", kindName(p, b.Kind))
	add("desk.reason", b.Reason)
	add("desk.needs", b.Needs)
	if b.Contact.OnBehalf != "" {
		add("desk.booked_by", b.Contact.Name)
	}
	add("desk.email", b.Contact.Email)
	add("desk.state", p.T("desk.booking_state."+b.State))
	add("desk.code", codes.FormatCode(b.Code))
	told, err := d.Notify.OutcomesOf(ctx, who, b.ID)
	v.Notices = ui.Notices(r, told)
	return v, err
}

// place names a point, and its address when it has more than one.
func place(pt points.Point, addressID string) string {
	a, ok := pt.Address(addressID)
	if !ok || len(pt.Addresses) < 2 {
		return pt.PublicName
	}
	return join(pt.PublicName, a.Place, a.Street)
}

func (d Deps) askCancel(w http.ResponseWriter, r *http.Request) error {
	view, err := d.bookingView(r)
	if err != nil {
		return err
	}
	page := d.page(r, "desk.cancel_title")
	page.Breadcrumb = []ui.Link{{Label: page.Printer.T("desk.agenda"), Href: view.Back}}
	return ui.Render(w, r, http.StatusOK, cancelView(page, view))
}

func (d Deps) cancel(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	b, err := d.Agenda.CancelByService(r.Context(), session.Actor(r), r.PathValue("booking"), form.Text("key"))
	if err != nil {
		return err
	}
	s, err := d.subjectOf(r, b.FacilitatorID)
	if err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, s.address("/agenda", "giorno", b.Day.String()), ui.Success, "desk.cancelled")
}

// daysShown is how many days of free times a page offers at once.
const daysShown = 7

// movePage offers other times for a booking.
type movePage struct {
	Booking bookingPage
	Form    *ui.Form
	Days    []dayTimes
	// Later is the address of the days after these, Earlier of those before; "" when there are none.
	Later, Earlier string
}

// dayTimes are the free times of a day.
type dayTimes struct {
	Day   string
	Times []timeChoice
}

// timeChoice is a time as a button.
type timeChoice struct{ Value, Label, About string }

func (d Deps) askMove(w http.ResponseWriter, r *http.Request) error {
	return d.showMove(w, r, ui.NewForm(r, nil))
}

func (d Deps) showMove(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	v := movePage{Form: form}
	var err error
	if v.Booking, err = d.bookingView(r); err != nil {
		return err
	}
	b, today := v.Booking.Booking, calendar.DayOf(ui.Now(r))
	from := today
	if day, err := calendar.ParseDay(r.URL.Query().Get("dal")); err == nil && day.After(today) {
		from = day
	}
	times, err := d.Agenda.Times(r.Context(), b.PointID, b.Kind, from, from.AddDays(daysShown-1))
	if err != nil {
		return err
	}
	v.Days = byDay(ui.PrinterOf(r), times)
	v.Later = r.URL.Path + "?dal=" + from.AddDays(daysShown).String()
	if from.After(today) {
		v.Earlier = r.URL.Path + "?dal=" + from.AddDays(-daysShown).String()
	}
	page := d.page(r, "desk.move_title")
	page.Breadcrumb = []ui.Link{{Label: page.Printer.T("desk.agenda"), Href: v.Booking.Back}}
	return ui.Render(w, r, statusOf(form), moveView(page, v))
}

func (d Deps) move(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, who := r.Context(), session.Actor(r)
	b, err := d.Agenda.ByID(ctx, who, r.PathValue("booking"))
	if err != nil {
		return err
	}
	at, address := readTime(form.Text("orario"))
	moved, err := d.Agenda.MoveFor(ctx, who, b.ID, agenda.MoveRequest{Key: form.Text("key"),
		Where: agenda.Where{PointID: b.PointID, AddressID: address, Kind: b.Kind, KindID: b.KindID, StartsAt: at}})
	if fault := form.Refuse(err); fault != nil {
		return fault
	}
	if err != nil {
		return d.showMove(w, r, form)
	}
	s, err := d.subjectOf(r, b.FacilitatorID)
	if err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, s.address("/agenda", "giorno", moved.Day.String()), ui.Success, "desk.moved")
}

// statusOf is the status of a page that shows form.
func statusOf(form *ui.Form) int {
	if len(form.Problems) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}
