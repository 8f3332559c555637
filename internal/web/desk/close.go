package desk

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

const longestReason = 200

// closePage closes a point for the rest of today, and lists who to call.
type closePage struct {
	Form *ui.Form
	// Points are the choices; empty when there is only one, which Place then names.
	Points []ui.Option
	Place  string
	// Waiting is how many people are still awaited today at the point chosen.
	Waiting string
	Today   string
	// Closed says that the point is closed today already: then ToCall are the people to call.
	Closed bool
	ToCall []callRow
	Back   string
}

// callRow is a person to call.
type callRow struct{ Time, Name, For, Phone, Topic, Code string }

func (d Deps) askClose(w http.ResponseWriter, r *http.Request) error {
	form := ui.NewForm(r, nil)
	form.Values.Set("punto", r.URL.Query().Get("punto"))
	form.Values.Set("facilitatore", r.URL.Query().Get("facilitatore"))
	return d.showClose(w, r, form)
}

func (d Deps) showClose(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	p, today := ui.PrinterOf(r), calendar.DayOf(ui.Now(r))
	s, err := d.whose(r, form.Text("facilitatore"))
	if err != nil {
		return err
	}
	page := d.page(r, "desk.close_title")
	page.Section = "close"
	if !s.found() {
		return ui.Render(w, r, http.StatusOK, chooseView(page, chooseOf(r, s, "/chiudi-oggi")))
	}
	list, err := d.pointsOf(r, s.Who, today, identity.Book)
	if err != nil {
		return err
	}
	v := closePage{Form: form, Today: p.Day(today), Back: s.address("/agenda")}
	pt, err := d.pointToClose(r, form, list)
	if err != nil {
		return err
	}
	for _, one := range list {
		v.Points = append(v.Points, ui.Option{Value: one.ID, Label: one.PublicName})
	}
	if pt.ID != "" {
		if err := d.fillClose(r, &v, pt, today); err != nil {
			return err
		}
	}
	if v.Closed {
		page.Title = p.T("desk.closed_title")
	}
	return ui.Render(w, r, statusOf(form), closeView(page, v))
}

// pointToClose is the point that the form names, or the only one that there is. One of another body is
// not there for this person.
func (d Deps) pointToClose(r *http.Request, form *ui.Form, list []points.Point) (points.Point, error) {
	id := form.Text("punto")
	if id == "" && len(list) == 1 {
		id = list[0].ID
		form.Values.Set("punto", id)
	}
	if id == "" {
		return points.Point{}, nil
	}
	within, err := d.Points.Visible(r.Context(), session.Actor(r), identity.Book)
	if err != nil {
		return points.Point{}, err
	}
	found, err := d.Points.ByIDs(r.Context(), []string{id})
	if err != nil {
		return points.Point{}, err
	}
	pt, ok := found[id]
	if !ok || !within.Has(id) {
		return points.Point{}, identity.ErrNotHere
	}
	return pt, nil
}

func (d Deps) fillClose(r *http.Request, v *closePage, pt points.Point, today calendar.Day) error {
	ctx, who, p := r.Context(), session.Actor(r), ui.PrinterOf(r)
	v.Place = pt.PublicName
	entries, err := d.Agenda.PointDay(ctx, who, pt.ID, today)
	if err != nil {
		return err
	}
	waiting := 0
	for _, e := range entries {
		for _, b := range e.Bookings {
			if b.State == agenda.Confirmed && b.StartsAt.After(ui.Now(r)) {
				waiting++
			}
		}
	}
	v.Waiting = p.N("desk.close_waiting", waiting)
	if _, v.Closed = pt.ClosureOn(today); !v.Closed {
		return nil
	}
	list, err := d.Agenda.CancelledByService(ctx, who, pt.ID, today)
	if err != nil {
		return err
	}
	for _, b := range list {
		v.ToCall = append(v.ToCall, callOf(p, b))
	}
	return nil
}

func callOf(p i18n.Printer, b agenda.Booking) callRow {
	row := callRow{Time: p.Time(b.StartsAt), Name: b.Contact.Name, Phone: b.Contact.Phone, Topic: topicName(p, b.Topic), Code: codes.FormatCode(b.Code)}
	if b.Contact.OnBehalf != "" {
		row.For = p.T("desk.on_behalf", map[string]any{"name": b.Contact.OnBehalf})
	}
	if row.Name == "" {
		row.Name = p.T("desk.no_name")
	}
	return row
}

func (d Deps) closeToday(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	s, err := d.whose(r, form.Text("facilitatore"))
	if err != nil {
		return err
	}
	point := form.Need("punto", longestReason)
	reason := form.Need("reason", longestReason)
	if !form.Has("sure") {
		form.Problems.Add("sure", "desk.close_sure_needed")
	}
	if len(form.Problems) > 0 {
		return d.showClose(w, r, form)
	}
	_, err = d.Agenda.CloseDay(r.Context(), session.Actor(r), point, calendar.DayOf(ui.Now(r)), reason)
	if fault := form.Refuse(err); fault != nil {
		return fault
	}
	if err != nil {
		return d.showClose(w, r, form)
	}
	return ui.RedirectFlash(w, r, s.address("/chiudi-oggi", "punto", point), ui.Success, "desk.closed")
}
