package public

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/points"
	"capillare/internal/web/ui"
)

// otherPoint is the search again, for an appointment that goes elsewhere.
func (d Deps) otherPoint(w http.ResponseWriter, r *http.Request) error {
	a, err := d.mine(w, r)
	if err != nil {
		return err
	}
	if a.Ended() {
		return ui.Redirect(w, r, a.Base)
	}
	p := ui.NewPage(r, ui.PrinterOf(r).T("public.move.point_title"))
	p.Wide, p.Section = true, "booking"
	view, err := d.results(r, searchPage{Path: a.Base + "/punto", Moving: true}, bookLinks{base: a.Base})
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, searchView(p, view))
}

// otherTimes is the choice of another time, at the same point or at that of the address.
func (d Deps) otherTimes(w http.ResponseWriter, r *http.Request) error {
	a, err := d.mine(w, r)
	if err != nil {
		return err
	}
	if a.Ended() {
		return ui.Redirect(w, r, a.Base)
	}
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	return d.showOtherTimes(w, r, http.StatusOK, a, form)
}

// target returns the point that the form names, or that of the appointment.
func (d Deps) target(r *http.Request, a appointment, form *ui.Form) (points.Point, error) {
	if code := form.Text("punto"); code != "" && code != a.Point.Code {
		return d.bookable(r, code)
	}
	return a.Point, nil
}

func (d Deps) showOtherTimes(w http.ResponseWriter, r *http.Request, status int, a appointment, form *ui.Form) error {
	point, err := d.target(r, a, form)
	if err != nil {
		return err
	}
	path := a.Base + "/orario"
	v := timesPage{
		Action: path, Form: form, Point: point, PointHref: a.Base + "/punto", Party: a.Party, Fixed: !a.Draft(), Topic: a.Topic, Nonce: nonceOf(form),
		Now: when(ui.PrinterOf(r), a.Booking) + ", " + a.Point.PublicName,
	}
	title := "public.move.title"
	if a.Draft() {
		title = "public.times.title"
	}
	p := ui.NewPage(r, ui.PrinterOf(r).T(title))
	v.Button = p.Printer.T("public.move.button")
	if a.Draft() {
		v.Button = p.Printer.T("public.times.button")
	}
	if form.Text("dal") == "" && status == http.StatusOK && point.ID == a.Point.ID {
		form.Values.Set("dal", calendar.DayOf(a.StartsAt).String())
	}
	if !form.Has("tipo") {
		form.Values.Set("tipo", a.Where().KindID)
	}
	if v.Fixed {
		form.Values.Set("persone", strconv.Itoa(a.Party))
	}
	if err := d.fillTimes(r, &v, url.Values{"punto": {point.Code}}); err != nil {
		return err
	}
	p.Section = "booking"
	return ui.Render(w, r, status, timesView(p, v))
}

// move gives the appointment another time, or the draft, which keeps all that was typed.
func (d Deps) move(w http.ResponseWriter, r *http.Request) error {
	a, err := d.mine(w, r)
	if err != nil {
		return err
	}
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	point, err := d.target(r, a, form)
	if err != nil {
		return err
	}
	where, err := decodeTime(form.Text("quando"), point.ID)
	if err != nil {
		_ = form.Problems.Check("quando", err)
		return d.showOtherTimes(w, r, http.StatusUnprocessableEntity, a, form)
	}
	if a.Draft() {
		where.Party = partyOf(form, a.Party)
		b, err := d.retake(r, a, where)
		if isGone(err) {
			return d.takenDraft(w, r, err, where, a)
		} else if err != nil {
			return err
		}
		a.Booking = b
		return ui.Redirect(w, r, nextStep(a))
	}
	_, err = d.Agenda.Move(r.Context(), a.Code, agenda.MoveRequest{Where: where, Key: nonceOf(form)})
	switch {
	case errors.Is(err, agenda.ErrTaken), errors.Is(err, agenda.ErrPast) && a.StartsAt.After(ui.Now(r)):
		return d.takenDraft(w, r, err, where, a)
	case err != nil:
		return err
	}
	return ui.RedirectFlash(w, r, a.Base, ui.Success, "public.move.done")
}
