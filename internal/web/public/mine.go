package public

import (
	"net/http"

	"github.com/a-h/templ"

	"capillare/internal/agenda"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/kinds"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/web/ui"
)

// The two keys that open an appointment, as they stand in its address.
const (
	bySecret = "b" // the long link of the receipt
	byCode   = "c" // the short code, read out by phone
)

var errNoAppointment = errs.New(errs.NotFound, "public.mine.not_found")

// appointment is a booking that the request holds the key of, with where it is.
type appointment struct {
	agenda.Booking
	// Base is its address: "/prenotazione/b/...".
	Base string
	// Secret is the key when it came by the link; empty by code.
	Secret  string
	Point   points.Point
	Address string
	// What is the kind of appointment; the zero kind for a plain one.
	What kinds.Kind
}

// mine finds the appointment that the address of r opens. Wrong codes count against who tries them.
func (d Deps) mine(w http.ResponseWriter, r *http.Request) (appointment, error) {
	private(w)
	key := r.PathValue("key")
	switch r.PathValue("by") {
	case bySecret, "":
		b, err := d.Agenda.BySecret(r.Context(), key)
		if err != nil {
			return appointment{}, unknown(err)
		}
		return d.appointment(r, b, "/prenotazione/b/"+key, key)
	case byCode:
		b, err := d.lookUp(r, key)
		if err != nil {
			return appointment{}, err
		}
		return d.appointment(r, b, "/prenotazione/c/"+codes.FormatCode(b.Code), "")
	}
	return appointment{}, errNoAppointment
}

// lookUp finds a booking by the code as typed, within the limit on guesses.
func (d Deps) lookUp(r *http.Request, typed string) (agenda.Booking, error) {
	if d.Guesses != nil {
		if err := d.Guesses.Allow(r); err != nil {
			return agenda.Booking{}, err
		}
	}
	code, err := codes.ParseCode(typed)
	if err != nil {
		return agenda.Booking{}, err
	}
	b, err := d.Agenda.ByCode(r.Context(), code)
	if errs.Of(err) == errs.NotFound && d.Guesses != nil {
		d.Guesses.Miss(r)
	}
	return b, unknown(err)
}

// unknown says in the words of these pages that there is no such appointment.
func unknown(err error) error {
	if errs.Of(err) == errs.NotFound {
		return errNoAppointment
	}
	return err
}

func (d Deps) appointment(r *http.Request, b agenda.Booking, base, secret string) (appointment, error) {
	a := appointment{Booking: b, Base: base, Secret: secret}
	found, err := d.Points.ByIDs(r.Context(), []string{b.PointID})
	if err != nil {
		return a, err
	}
	a.Point = found[b.PointID]
	towns, err := d.townsOf(r, a.Point)
	if err != nil {
		return a, err
	}
	a.Address = addressOf(a.Point, b.AddressID, towns)
	a.What, err = d.kindOf(r, b)
	return a, err
}

// addressOf returns the line of one address of a point, the first when id is empty.
func addressOf(p points.Point, id string, towns map[string]territory.Municipality) string {
	for _, a := range p.Addresses {
		if a.ID == id || id == "" {
			return addressLine(a, towns)
		}
	}
	return ""
}

// private keeps a page that holds a booking out of caches.
func private(w http.ResponseWriter) { w.Header().Set("Cache-Control", "no-store") }

// when returns "martedì 24 novembre, dalle 10:30 alle 11:00".
func when(p i18n.Printer, b agenda.Booking) string {
	return p.T("public.when", errs.Args{"day": p.DayYear(b.Day), "from": p.Time(b.StartsAt), "to": p.Time(b.Until)})
}

// askPage is the page that asks for a code.
type askPage struct {
	Form *ui.Form
	// Lost is the form of who has lost the code.
	Lost *ui.Form
}

func (d Deps) askCode(w http.ResponseWriter, r *http.Request) error {
	return ui.Render(w, r, http.StatusOK, askView(askFrame(r), askPage{Form: ui.NewForm(r, nil), Lost: ui.NewForm(r, nil)}))
}

func askFrame(r *http.Request) ui.Page {
	p := ui.NewPage(r, ui.PrinterOf(r).T("public.mine.title"))
	p.Breadcrumb, p.Section, p.Description = home(p), "booking", p.Printer.T("public.mine.lead")
	return p
}

func (d Deps) readCode(w http.ResponseWriter, r *http.Request) error {
	find := func(typed string) (string, error) {
		b, err := d.lookUp(r, typed)
		return "/prenotazione/c/" + codes.FormatCode(b.Code), err
	}
	return takeCode(w, r, find, func(form *ui.Form) templ.Component {
		return askView(askFrame(r), askPage{Form: form, Lost: ui.NewForm(r, nil)})
	})
}

// longestCode bounds what is typed as a code, with spaces and dashes.
const longestCode = 40

// takeCode leads whoever types a code to the address that find returns for it, or shows the form again with
// what is wrong.
func takeCode(w http.ResponseWriter, r *http.Request, find func(typed string) (href string, err error), again func(*ui.Form) templ.Component) error {
	private(w)
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	typed := form.Need("code", longestCode)
	status := http.StatusUnprocessableEntity
	if len(form.Problems) == 0 {
		href, err := find(typed)
		switch errs.Of(err) {
		case errs.Invalid, errs.NotFound:
			_ = form.Problems.Check("code", err)
			status = ui.StatusOf(err)
		default:
			if err != nil {
				return err
			}
			return ui.Redirect(w, r, href)
		}
	}
	return ui.Render(w, r, status, again(form))
}

func (d Deps) askCancel(w http.ResponseWriter, r *http.Request) error {
	a, err := d.mine(w, r)
	if err != nil {
		return err
	}
	if a.Ended() {
		return ui.Redirect(w, r, a.Base)
	}
	p := ui.NewPage(r, ui.PrinterOf(r).T("public.cancel.title"))
	p.Section = "booking"
	return ui.Render(w, r, http.StatusOK, cancelView(p, a))
}

// Ended reports whether the appointment can no longer be changed by the citizen.
func (a appointment) Ended() bool { return !a.Draft() && a.State != agenda.Confirmed }

func (d Deps) cancel(w http.ResponseWriter, r *http.Request) error {
	a, err := d.mine(w, r)
	if err != nil {
		return err
	}
	if a.Draft() {
		if err := d.Agenda.Drop(r.Context(), a.Secret); err != nil {
			return err
		}
		return ui.RedirectFlash(w, r, "/", ui.Success, "public.cancel.dropped")
	}
	if a.State != agenda.Cancelled {
		form, err := ui.ReadForm(r)
		if err != nil {
			return err
		}
		if _, err := d.Agenda.Cancel(r.Context(), a.Code, nonceOf(form)); err != nil {
			return err
		}
	}
	return ui.RedirectFlash(w, r, a.Base, ui.Success, "public.cancel.done")
}
