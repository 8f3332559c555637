package centre

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// timesOffered is how many times of the point the form offers, the chosen one with them.
const timesOffered = 8

// bookPage books for another person, on one screen.
type bookPage struct {
	Form *ui.Form
	// Place names the point and the address.
	Place string
	// Times are the chosen time and the next ones, so that a change of mind loses nothing.
	Times []ui.Option
}

func (d Deps) askBooking(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	form := ui.NewForm(r, url.Values{
		"punto": {q.Get("punto")}, "tipo": {q.Get("tipo")}, "orario": {q.Get("orario")}, "topic": {q.Get("argomento")}, "key": {rand.Text()},
	})
	return d.showBooking(w, r, form, http.StatusOK)
}

// showBooking shows the form with a status; one with a problem is never well.
func (d Deps) showBooking(w http.ResponseWriter, r *http.Request, form *ui.Form, status int) error {
	pt, err := d.bookable(r, form.Text("punto"))
	if err != nil {
		return err
	}
	wanted := readTime(form.Text("orario"))
	v := bookPage{Form: form, Place: place(pt, wanted.AddressID)}
	day := calendar.DayOf(ui.Now(r))
	if wanted.StartsAt.After(ui.Now(r)) {
		day = calendar.DayOf(wanted.StartsAt)
	}
	asked := agenda.Where{PointID: pt.ID, Kind: form.Text("tipo"), Audience: kinds.Staff, Party: partyOf(form)}
	times, err := d.Agenda.TimesFor(r.Context(), asked, day, day.AddDays(daysAfterFirst))
	if err != nil {
		return err
	}
	chosen := slices.IndexFunc(times, func(t agenda.Time) bool { return writeTime(t) == form.Text("orario") })
	if chosen < 0 && len(form.Problems) == 0 {
		form.Problems.Add("orario", "agenda.taken")
	}
	from := max(0, chosen)
	if v.Times, err = d.timeOptions(r, times[from:min(from+timesOffered, len(times))]); err != nil {
		return err
	}
	if status == http.StatusOK {
		status = statusOf(form)
	}
	return ui.Render(w, r, status, bookView(newPage(r, "centre.book_title"), v))
}

// timeOptions are times to choose among, with the name of their kind when they are of several.
func (d Deps) timeOptions(r *http.Request, times []agenda.Time) ([]ui.Option, error) {
	var ids []string
	for _, t := range times {
		if !slices.Contains(ids, t.KindID) {
			ids = append(ids, t.KindID)
		}
	}
	named, err := d.Kinds.Some(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	p := ui.PrinterOf(r)
	var list []ui.Option
	for _, t := range times {
		label := timeLabel(r, t)
		if len(ids) > 1 {
			label = join(label, named[t.KindID].NameIn(string(p.Lang())), p.Hours(t.Minutes()))
		}
		list = append(list, ui.Option{Value: writeTime(t), Label: label})
	}
	return list, nil
}

// bookable returns a point where the person signed in may book; another is not there.
func (d Deps) bookable(r *http.Request, id string) (points.Point, error) {
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

func (d Deps) takeBooking(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	set, err := d.Network.Setting(r.Context())
	if err != nil {
		return err
	}
	where := readTime(form.Text("orario"))
	where.PointID, where.Kind, where.Party = form.Text("punto"), form.Text("tipo"), partyOf(form)
	if !form.Has("orario") {
		form.Problems.Add("orario", "form.choice")
	}
	if !form.Has("notice") {
		form.Problems.Add("notice", "centre.notice_needed")
	}
	if form.Has("relation") && !form.Has("on_behalf") {
		form.Problems.Add("on_behalf", "booking.on_behalf_needed")
	}
	if len(form.Problems) > 0 {
		return d.showBooking(w, r, form, http.StatusUnprocessableEntity)
	}
	b, err := d.Agenda.BookFor(r.Context(), session.Actor(r), agenda.ForRequest{
		Where:   where,
		Channel: agenda.Phone, NoticeVersion: set.NoticeVersion, Key: form.Text("key"),
		Details: agenda.Details{
			Topic: form.Text("topic"), Reason: form.Text("reason"), Needs: form.Text("needs"),
			Contact: agenda.Contact{Name: form.Text("name"), Phone: form.Text("phone"), Email: form.Text("email"), OnBehalf: form.Text("on_behalf"), Relation: form.Text("relation")},
		},
		Anyway: form.Has("anyway"),
	})
	if errors.Is(err, agenda.ErrTaken) || errors.Is(err, agenda.ErrPast) {
		// The choice of another time is what solves it, so the answer stands there.
		if fault := form.Problems.Check("orario", err); fault != nil {
			return fault
		}
		return d.showBooking(w, r, form, http.StatusConflict)
	}
	if errors.Is(err, agenda.ErrSameDay) || errors.Is(err, agenda.ErrMonthMinutes) || errors.Is(err, agenda.ErrOpenBookings) {
		// A question to who is on the phone: a tick goes on.
		if fault := form.Problems.Check("anyway", err); fault != nil {
			return fault
		}
		return d.showBooking(w, r, form, http.StatusConflict)
	}
	if fault := form.Refuse(err); fault != nil {
		return fault
	}
	if err != nil {
		return d.showBooking(w, r, form, http.StatusUnprocessableEntity)
	}
	return ui.RedirectFlash(w, r, "/centro/prenotazioni/"+b.ID, ui.Success, "centre.booked")
}
