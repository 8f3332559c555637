package centre

import (
	"net/http"
	"net/url"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/geo"
	"capillare/internal/kinds"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// pointsToMove is how many other points a move offers.
const pointsToMove = 8

// movePage offers other times and places for a booking.
type movePage struct {
	Booking bookingPage
	Form    *ui.Form
	// Point is where the times shown are; Others are points near it with free times.
	Point          points.Point
	Days           []dayTimes
	Earlier, Later string
	Others         []ui.Link
}

// dayTimes are the free times of a day, as buttons.
type dayTimes struct {
	Day   string
	Times []timeChoice
}

// timeChoice is one button: About says its day to who does not see the page.
type timeChoice struct{ Value, Label, About string }

func (d Deps) askMove(w http.ResponseWriter, r *http.Request) error {
	return d.showMove(w, r, ui.NewForm(r, url.Values{"punto": {r.URL.Query().Get("punto")}}), http.StatusOK)
}

func (d Deps) showMove(w http.ResponseWriter, r *http.Request, form *ui.Form, status int) error {
	v := movePage{Form: form}
	var err error
	if v.Booking, err = d.view(r); err != nil {
		return err
	}
	b, today := v.Booking.Booking, calendar.DayOf(ui.Now(r))
	id := form.Text("punto")
	if id == "" {
		id = b.PointID
	}
	if v.Point, err = d.bookable(r, id); err != nil {
		return err
	}
	from := today
	if day, err := calendar.ParseDay(r.URL.Query().Get("dal")); err == nil && day.After(today) {
		from = day
	}
	times, err := d.Agenda.TimesFor(r.Context(), sameKind(b, id), from, from.AddDays(daysAfterFirst-1))
	if err != nil {
		return err
	}
	v.Days = daysOf(r, times)
	href := func(point string, day calendar.Day) string {
		q := url.Values{"punto": {point}}
		if day.After(today) {
			q.Set("dal", day.String())
		}
		return "/centro/prenotazioni/" + b.ID + "/sposta?" + q.Encode()
	}
	v.Later = href(id, from.AddDays(daysAfterFirst))
	if from.After(today) {
		v.Earlier = href(id, from.AddDays(-daysAfterFirst))
	}
	near, err := d.near(r, whereIs(v.Point))
	if err != nil {
		return err
	}
	for _, n := range near[:min(pointsToMove, len(near))] {
		if n.Point.ID != id {
			v.Others = append(v.Others, ui.Link{Label: n.Point.PublicName, Href: href(n.Point.ID, from)})
		}
	}
	return ui.Render(w, r, status, moveView(newPage(r, "centre.move_title"), v))
}

// sameKind asks for times at a point like that of a booking.
func sameKind(b agenda.Booking, pointID string) agenda.Where {
	w := agenda.Where{PointID: pointID, Kind: b.Kind, KindID: b.KindID, Audience: kinds.Staff}
	if w.KindID == "" {
		w.KindID = agenda.Plain
	}
	return w
}

func whereIs(pt points.Point) geo.Point {
	for _, a := range pt.Addresses {
		if a.HasAt {
			return a.At
		}
	}
	return geo.Point{}
}

func daysOf(r *http.Request, times []agenda.Time) []dayTimes {
	p := ui.PrinterOf(r)
	var out []dayTimes
	var last calendar.Day
	for _, t := range times {
		day := calendar.DayOf(t.StartsAt)
		if day != last {
			out, last = append(out, dayTimes{Day: capital(p.Day(day))}), day
		}
		of := &out[len(out)-1]
		of.Times = append(of.Times, timeChoice{Value: writeTime(t), Label: p.Time(t.StartsAt), About: p.Day(day)})
	}
	return out
}

func (d Deps) move(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	b, err := d.Agenda.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	chosen := readTime(form.Text("orario"))
	if chosen.StartsAt.IsZero() {
		form.Problems.Add("orario", "form.choice")
		return d.showMove(w, r, form, http.StatusUnprocessableEntity)
	}
	point := form.Text("punto")
	if point == "" {
		point = b.PointID
	}
	_, err = d.Agenda.MoveFor(r.Context(), session.Actor(r), b.ID, agenda.MoveRequest{Key: form.Text("key"),
		Where: agenda.Where{PointID: point, AddressID: chosen.AddressID, Kind: b.Kind, KindID: b.KindID, StartsAt: chosen.StartsAt}})
	if fault := form.Refuse(err); fault != nil {
		return fault
	}
	if err != nil {
		return d.showMove(w, r, form, ui.StatusOf(err))
	}
	return ui.RedirectFlash(w, r, "/centro/prenotazioni/"+b.ID, ui.Success, "centre.moved")
}
