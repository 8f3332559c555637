package managers

import (
	"net/http"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// longestLook is how many days of appointments a closure looks through: no agenda goes further.
const longestLook = 366

// closuresPage is the closures of a point, and the form of a new one.
type closuresPage struct {
	Form  *ui.Form
	Point points.Point
	Path  string
	Rows  []closureRow
	// Asked says that the form is right and waits for a yes; Touched are the appointments on those days.
	Asked   bool
	Touched []bookingRow
	// Hidden says that the person may not see appointments.
	Hidden bool
	// Days are those of the closure asked for, in words.
	Days string
	// Stranded are appointments that no opening covers any more.
	Stranded []bookingRow
}

// closureRow is a closure in words.
type closureRow struct{ ID, Days, Reason string }

// bookingRow is an appointment of which somebody must be told.
type bookingRow struct{ When, Name, Phone, Code, Href string }

func (d Deps) closures(w http.ResponseWriter, r *http.Request) error {
	one, err := d.Points.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return d.showClosures(w, r, http.StatusOK, closuresPage{Form: ui.NewForm(r, nil), Point: one})
}

// saveClosure asks first, with the appointments concerned, and closes on the second time.
func (d Deps) saveClosure(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	one, err := d.Points.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	c := readClosure(form, one.ID)
	if len(form.Problems) > 0 {
		return d.showClosures(w, r, http.StatusUnprocessableEntity, closuresPage{Form: form, Point: one})
	}
	if form.Text("sure") != "1" {
		view := closuresPage{Form: form, Point: one, Asked: true, Days: span(ui.PrinterOf(r), c.From, c.To)}
		if view.Touched, view.Hidden, err = d.touched(r, one, c); err != nil {
			return err
		}
		return d.showClosures(w, r, http.StatusOK, view)
	}
	_, err = d.Points.AddClosure(r.Context(), who, c)
	if err := form.Refuse(err); err != nil {
		return err
	}
	if len(form.Problems) > 0 {
		return d.showClosures(w, r, http.StatusUnprocessableEntity, closuresPage{Form: form, Point: one})
	}
	return ui.RedirectFlash(w, r, r.URL.Path, ui.Success, "managers.closures.added")
}

func readClosure(form *ui.Form, pointID string) points.Closure {
	c := points.Closure{PointID: pointID, From: form.Day("from"), To: form.Day("to"), Reason: form.Need("reason", 200)}
	if !form.Has("from") {
		form.Problems.Add("from", "points.closure_from")
	}
	if !form.Has("to") {
		c.To = c.From
	}
	if len(form.Problems) == 0 && c.To.Before(c.From) {
		form.Problems.Add("to", "points.days_reversed")
	}
	return c
}

// touched returns the confirmed appointments on the days of a closure; hidden when the person may not
// see appointments here.
func (d Deps) touched(r *http.Request, one points.Point, c points.Closure) (rows []bookingRow, hidden bool, err error) {
	who := session.Actor(r)
	if !who.Can(identity.SeeAgenda) {
		return nil, true, nil
	}
	from := c.From
	if now := today(r); from.Before(now) {
		from = now
	}
	for n := 0; n < longestLook && !from.AddDays(n).After(c.To); n++ {
		found, err := d.bookingsOn(r, one, from.AddDays(n))
		if err != nil {
			return nil, false, err
		}
		rows = append(rows, found...)
	}
	return rows, false, nil
}

func (d Deps) bookingsOn(r *http.Request, one points.Point, day calendar.Day) ([]bookingRow, error) {
	entries, err := d.Agenda.PointDay(r.Context(), session.Actor(r), one.ID, day)
	if err != nil {
		return nil, err
	}
	p := ui.PrinterOf(r)
	var rows []bookingRow
	for _, e := range entries {
		for _, b := range e.Bookings {
			if b.State == agenda.Confirmed && b.StartsAt.After(ui.Now(r)) {
				rows = append(rows, bookingWords(p, r, b))
			}
		}
	}
	return rows, nil
}

func bookingWords(p i18n.Printer, r *http.Request, b agenda.Booking) bookingRow {
	return bookingRow{
		When: p.When(b.StartsAt, ui.Now(r)), Name: b.Contact.Name, Phone: b.Contact.Phone,
		Code: codes.FormatCode(b.Code), Href: "/agenda/" + b.ID,
	}
}

func (d Deps) removeClosure(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	if _, err := d.Points.ByID(r.Context(), who, r.PathValue("id")); err != nil {
		return err
	}
	if err := d.Points.RemoveClosure(r.Context(), who, form.Text("closure")); err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, "/gestione/punti/"+r.PathValue("id")+"/chiusure", ui.Success, "managers.closures.removed")
}

func (d Deps) showClosures(w http.ResponseWriter, r *http.Request, status int, view closuresPage) error {
	p := ui.PrinterOf(r)
	view.Path = "/gestione/punti/" + view.Point.ID + "/chiusure"
	for _, c := range view.Point.Closures {
		if !c.To.Before(today(r)) {
			view.Rows = append(view.Rows, closureRow{ID: c.ID, Days: span(p, c.From, c.To), Reason: c.Reason})
		}
	}
	who := session.Actor(r)
	if who.Can(identity.SeeAgenda) {
		stranded, err := d.Agenda.Stranded(r.Context(), who, view.Point.ID)
		if err != nil {
			return err
		}
		for _, b := range stranded {
			view.Stranded = append(view.Stranded, bookingWords(p, r, b))
		}
	}
	title := p.T("managers.closures.title")
	if view.Asked {
		title = p.T("managers.closures.sure_title", map[string]any{"days": view.Days})
	}
	way := []ui.Link{{Label: p.T("managers.points.title"), Href: "/gestione/punti"}, pointLink(view.Point)}
	return ui.Render(w, r, status, closuresView(frame(r, title, way...), view))
}
