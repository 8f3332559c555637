package public

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"capillare/internal/agenda"
	"capillare/internal/errs"
	"capillare/internal/network"
	"capillare/internal/web/ui"
)

// The steps that follow the choice of a time, as they stand in the address.
const (
	stepDetails = "dettagli"
	stepContact = "richiedente"
	stepSummary = "riepilogo"
)

// step is one screen of the booking.
type step struct {
	// path is its name in the address, number its place among the five.
	path   string
	number int
	// values is the form filled from the draft; read takes the form into the details.
	values func(agenda.Details) url.Values
	read   func(*ui.Form, *agenda.Details)
	view   func(ui.Page, stepPage) templ.Component
	next   string
}

func steps() []step {
	return []step{
		{path: stepDetails, number: 3, values: detailValues, read: readDetails, view: detailsView, next: stepContact},
		{path: stepContact, number: 4, values: contactValues, read: readContact, view: contactView, next: stepSummary},
		{path: stepSummary, number: 5, view: summaryView},
	}
}

// stepPage is one screen of the booking.
type stepPage struct {
	Appointment appointment
	Form        *ui.Form
	// Action takes the form; Back is the step before.
	Action, Back string
	Number       int
	// Until is when the time is given up unless the person goes on.
	Until string
	// Asked is the instant of the request, for "today" and "tomorrow".
	Asked time.Time
	// Notice and Nonce belong to the last step: the version of the notice, and what tells a
	// confirmation from the same sent twice.
	Notice, Nonce string
	// Advice is what stands in the way of confirming, in words; SameDay says that it is only a question.
	Advice  string
	SameDay bool
	// ContactDays is how long after the appointment what was typed is deleted.
	ContactDays int
}

// nextStep returns where a draft goes on: the first step not yet filled in.
func nextStep(a appointment) string {
	switch {
	case a.Topic == "":
		return a.Base + "/" + stepDetails
	case a.Contact.Name == "" || a.Contact.Phone == "" && a.Contact.Email == "":
		return a.Base + "/" + stepContact
	}
	return a.Base + "/" + stepSummary
}

// stepLinks are the five steps; those of a draft are links.
func stepLinks(ctx context.Context, a *appointment) []ui.Link {
	links := []ui.Link{
		{Label: ui.T(ctx, "public.step.place"), Href: "/punti"},
		{Label: ui.T(ctx, "public.step.time")},
		{Label: ui.T(ctx, "public.step.details")},
		{Label: ui.T(ctx, "public.step.contact")},
		{Label: ui.T(ctx, "public.step.summary")},
	}
	if a != nil {
		for i, path := range []string{"punto", "orario", stepDetails, stepContact} {
			links[i].Href = a.Base + "/" + path
		}
	}
	return links
}

func (d Deps) showStep(s step) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a, err := d.mine(w, r)
		if err != nil {
			return err
		}
		if !a.Draft() {
			return ui.Redirect(w, r, a.Base)
		}
		if a.Booking, err = d.keep(r, a); isGone(err) {
			return d.takenDraft(w, r, err, a.Where(), a)
		} else if err != nil {
			return err
		}
		form := ui.NewForm(r, nil)
		if s.values != nil {
			form = ui.NewForm(r, s.values(a.Details))
		}
		return d.renderStep(w, r, s, a, form)
	}
}

// keep renews the hold, or takes the same time again when it has expired and is still free.
// On an error the booking comes back as it was.
func (d Deps) keep(r *http.Request, a appointment) (agenda.Booking, error) {
	b, err := d.Agenda.Renew(r.Context(), a.Secret)
	if errors.Is(err, agenda.ErrExpired) {
		b, err = d.retake(r, a, a.Where())
	}
	if err != nil {
		return a.Booking, err
	}
	return b, nil
}

// retake gives a draft another time, or its own again. A hold that is too old to be renewed is given up
// first: whoever waits for that time has the same chance.
func (d Deps) retake(r *http.Request, a appointment, where agenda.Where) (agenda.Booking, error) {
	b, err := d.Agenda.Retake(r.Context(), a.Secret, where, d.clientKey(r))
	if !errors.Is(err, agenda.ErrExpired) {
		return b, err
	}
	if err := d.Agenda.Drop(r.Context(), a.Secret); err != nil {
		return b, err
	}
	return d.Agenda.Retake(r.Context(), a.Secret, where, d.clientKey(r))
}

// isGone reports whether the time can no longer be had.
func isGone(err error) bool {
	return errors.Is(err, agenda.ErrTaken) || errors.Is(err, agenda.ErrPast)
}

func (d Deps) renderStep(w http.ResponseWriter, r *http.Request, s step, a appointment, form *ui.Form) error {
	now, err := d.current(r)
	if err != nil {
		return err
	}
	p := ui.NewPage(r, ui.PrinterOf(r).T("public."+s.path+".title"))
	p.Section = "points"
	v := stepPage{Appointment: a, Form: form, Action: a.Base + "/" + s.path, Number: s.number, Notice: now.Setting.NoticeVersion, Nonce: nonceOf(form), Asked: ui.Now(r),
		ContactDays: now.KeepDays(network.Contacts)}
	if a.State == agenda.Held {
		v.Until = p.Printer.Time(a.HeldUntil)
	}
	if v.Advice, v.SameDay, err = d.advice(r, a); err != nil {
		return err
	}
	status := http.StatusOK
	if len(form.Problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return ui.Render(w, r, status, s.view(p, v))
}

// advice puts into words what stands in the way of confirming the draft, as soon as it is known.
func (d Deps) advice(r *http.Request, a appointment) (words string, question bool, err error) {
	p := ui.PrinterOf(r)
	err = d.Agenda.Advice(r.Context(), a.Secret)
	refusal, ok := errors.AsType[*errs.Refusal](err)
	switch {
	case !ok:
		return "", false, err
	case !errors.Is(err, agenda.ErrSameDay):
		return p.T(refusal.Key, refusal.Args), false, nil
	case refusal.Args["time"] == "":
		return p.T("booking.same_day_other"), true, nil
	}
	return p.T("booking.same_day", refusal.Args), true, nil
}

// takeStep keeps what was typed and goes on, or back when that button was pressed.
func (d Deps) takeStep(s step) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a, err := d.mine(w, r)
		if err != nil {
			return err
		}
		form, err := ui.ReadForm(r)
		if err != nil {
			return err
		}
		if !a.Draft() {
			return ui.Redirect(w, r, a.Base)
		}
		if s.read == nil {
			return d.confirm(w, r, a, form)
		}
		back := form.Has("back")
		s.read(form, &a.Details)
		if len(form.Problems) > 0 && !back {
			return d.renderStep(w, r, s, a, form)
		}
		filled, err := d.Agenda.Fill(r.Context(), a.Secret, a.Details)
		if err := form.Refuse(err); err != nil {
			return err
		}
		if len(form.Problems) > 0 && !back {
			return d.renderStep(w, r, s, a, form)
		}
		if len(form.Problems) == 0 {
			a.Booking = filled
		}
		if back {
			return ui.Redirect(w, r, a.Base+"/"+before(s))
		}
		if a.Booking, err = d.keep(r, a); isGone(err) {
			return d.takenDraft(w, r, err, a.Where(), a)
		} else if err != nil {
			return err
		}
		if words, question, err := d.advice(r, a); err != nil {
			return err
		} else if words != "" && !question && s.path == stepContact {
			// Said here, where the person has just become known, and not after the last step.
			return d.renderStep(w, r, s, a, form)
		}
		return ui.Redirect(w, r, a.Base+"/"+s.next)
	}
}

func before(s step) string {
	if s.path == stepDetails {
		return "orario"
	}
	return stepDetails
}

// confirm is the end of the last step.
func (d Deps) confirm(w http.ResponseWriter, r *http.Request, a appointment, form *ui.Form) error {
	if missing := nextStep(a); missing != a.Base+"/"+stepSummary {
		return ui.Redirect(w, r, missing)
	}
	set, err := d.setting(r)
	if err != nil {
		return err
	}
	_, err = d.Agenda.Confirm(r.Context(), a.Secret, agenda.ConfirmRequest{NoticeVersion: set.NoticeVersion, Key: nonceOf(form), Anyway: form.Has("anyway")})
	switch {
	case isGone(err):
		return d.takenDraft(w, r, err, a.Where(), a)
	case errors.Is(err, agenda.ErrSameDay), errors.Is(err, agenda.ErrMonthMinutes), errors.Is(err, agenda.ErrOpenBookings):
		return ui.Redirect(w, r, a.Base+"/"+stepSummary)
	case err != nil:
		return err
	}
	return ui.RedirectFlash(w, r, a.Base, ui.Success, "public.receipt.done")
}

// nonceOf returns what tells a form from the same sent twice, a new one when it brought none.
func nonceOf(form *ui.Form) string {
	if nonce := form.Text("nonce"); len(nonce) >= 16 && len(nonce) <= 64 {
		return nonce
	}
	return rand.Text()
}
