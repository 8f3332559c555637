package public

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/network"
	"capillare/internal/points"
	"capillare/internal/waiting"
	"capillare/internal/web/ui"
)

// The two keys that open a place in the list, as they stand in its address.
const (
	byOffer  = "o" // the link of one offer, sent to the person
	waitPath = "/attesa"
)

// What can be done with a place in the list, as it stands in the address.
const (
	doAccept = "accetta"
	doRefuse = "rifiuta"
	doLeave  = "lascia"
)

var errNoPlace = errs.New(errs.NotFound, "public.wait.not_found")

// waitingRoutes adds the pages of the waiting list.
func (d Deps) waitingRoutes(add func(pattern string, h ui.Handler)) {
	add("GET /prenota/{code}"+waitPath, d.askWaitAt)
	add("POST /prenota/{code}"+waitPath, d.waitAt)
	add("GET /prenotazione/{by}/{key}"+waitPath, d.askWaitFor)
	add("POST /prenotazione/{by}/{key}"+waitPath, d.waitFor)
	add("GET "+waitPath, d.askPlaceCode)
	add("POST "+waitPath, d.readPlaceCode)
	add("GET "+waitPath+"/{by}/{key}", d.place)
	add("POST "+waitPath+"/{by}/{key}/"+doAccept, d.acceptOffer)
	add("POST "+waitPath+"/{by}/{key}/"+doRefuse, d.refuseOffer)
	add("POST "+waitPath+"/{by}/{key}/"+doLeave, d.leaveList)
}

// waitPage asks for a place in the list.
type waitPage struct {
	Form         *ui.Form
	Action, Back string
	Point        points.Point
	// KindID is the kind of appointment waited for; empty is any at the desk.
	KindID, Kind string
	// When is the appointment to bring forward; empty for who has none.
	When   string
	Nonce  string
	Notice string
	// ContactDays is how long after the end what was typed is deleted.
	ContactDays int
}

// travelMinutes are the journeys that can be chosen.
func travelMinutes() []int { return []int{0, 15, 30, 45, 60} }

func travelOptions(p i18n.Printer) []ui.Option {
	var out []ui.Option
	for _, n := range travelMinutes() {
		label := p.T("public.wait.here")
		if n > 0 {
			label = p.T("public.wait.within", errs.Args{"n": n})
		}
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: label})
	}
	return out
}

// waitDays are for how many days somebody can wait.
func waitDays() []int { return []int{7, 14, 30, 60} }

func untilOptions(p i18n.Printer) []ui.Option {
	var out []ui.Option
	for _, n := range waitDays() {
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: p.N("public.wait.for_days", n)})
	}
	return out
}

// freshWait is the form as it opens.
func freshWait(r *http.Request) *ui.Form {
	form := ui.NewForm(r, nil)
	ui.FillSuits(form, calendar.AnyTime())
	form.Values.Set("minutes", strconv.Itoa(waiting.UsualMinutes))
	form.Values.Set("until", strconv.Itoa(waitDays()[2]))
	return form
}

// readWish reads what both forms ask for.
func readWish(r *http.Request, form *ui.Form, pointID string) waiting.Wish {
	w := waiting.Wish{PointID: pointID, Minutes: form.Int("minutes"), Suits: ui.ReadSuits(form)}
	if days := form.Int("until"); days > 0 {
		w.Until = calendar.DayOf(ui.Now(r)).AddDays(days)
	}
	return w
}

func (d Deps) askWaitAt(w http.ResponseWriter, r *http.Request) error {
	v, err := d.waitPageAt(r, r.URL.Query().Get("tipo"))
	if err != nil {
		return err
	}
	return d.showWait(w, r, freshWait(r), v)
}

// waitPageAt is the page of the point that the address names; a kind of appointment that is not offered
// there is any.
func (d Deps) waitPageAt(r *http.Request, kindID string) (waitPage, error) {
	point, err := d.bookable(r, r.PathValue("code"))
	if err != nil {
		return waitPage{}, err
	}
	v := waitPage{Point: point, Action: "/prenota/" + point.Code + waitPath, Back: "/prenota/" + point.Code}
	offered, err := d.Kinds.At(r.Context(), point.ID)
	for _, k := range offered {
		if k.ID == kindID {
			v.KindID, v.Kind = k.ID, k.Mode.Shape()
		}
	}
	return v, err
}

func (d Deps) waitAt(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	v, err := d.waitPageAt(r, form.Text("tipo"))
	if err != nil {
		return err
	}
	set, err := d.setting(r)
	if err != nil {
		return err
	}
	req := waiting.Request{
		Wish: readWish(r, form, v.Point.ID), Topic: form.Text("topic"), Language: string(ui.PrinterOf(r).Lang()), NoticeVersion: set.NoticeVersion,
		Contact: agenda.Contact{
			Name: form.Short("name", longestName), Phone: form.Short("phone", longestPhone), Email: form.Short("email", longestEmail),
			OnBehalf: form.Short("on_behalf", longestName),
		},
		ClientKey: d.clientKey(r), Key: nonceOf(form),
	}
	req.Kind, req.KindID = v.Kind, v.KindID
	return d.join(w, r, form, req, v)
}

// join asks for the place and shows it, or the form again with what is wrong.
func (d Deps) join(w http.ResponseWriter, r *http.Request, form *ui.Form, req waiting.Request, v waitPage) error {
	if fault := form.Refuse(waiting.Check(req)); fault != nil {
		return fault
	}
	var e waiting.Entry
	if len(form.Problems) == 0 {
		var err error
		e, err = d.Waiting.Join(r.Context(), identity.Public(ui.RequestID(r)), req)
		if fault := form.Refuse(err); fault != nil {
			return fault
		}
	}
	if len(form.Problems) > 0 {
		return d.showWait(w, r, form, v)
	}
	return ui.RedirectFlash(w, r, placeHref(e), ui.Success, "public.wait.joined")
}

func placeHref(e waiting.Entry) string {
	return waitPath + "/" + byCode + "/" + codes.FormatCode(e.Code)
}

func (d Deps) showWait(w http.ResponseWriter, r *http.Request, form *ui.Form, v waitPage) error {
	now, err := d.current(r)
	if err != nil {
		return err
	}
	private(w)
	p := ui.NewPage(r, ui.PrinterOf(r).T("public.wait.title"))
	p.Section = "booking"
	v.Form, v.Nonce, v.Notice, v.ContactDays = form, nonceOf(form), now.Setting.NoticeVersion, now.KeepDays(network.Contacts)
	status := http.StatusOK
	if len(form.Problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return ui.Render(w, r, status, waitView(p, v))
}

// waitable finds the appointment that somebody would bring forward; one that waits already leads to its
// place in the list.
func (d Deps) waitable(w http.ResponseWriter, r *http.Request) (appointment, string, error) {
	a, err := d.mine(w, r)
	if err != nil {
		return a, "", err
	}
	if a.State != agenda.Confirmed || !a.StartsAt.After(ui.Now(r)) {
		return a, a.Base, nil
	}
	e, err := d.Waiting.OfBooking(r.Context(), a.ID)
	if errors.Is(err, waiting.ErrNotFound) {
		return a, "", nil
	}
	return a, placeHref(e), err
}

func (d Deps) waitPageOf(r *http.Request, a appointment) waitPage {
	return waitPage{Point: a.Point, Action: a.Base + waitPath, Back: a.Base, When: when(ui.PrinterOf(r), a.Booking)}
}

func (d Deps) askWaitFor(w http.ResponseWriter, r *http.Request) error {
	a, elsewhere, err := d.waitable(w, r)
	if err != nil {
		return err
	}
	if elsewhere != "" {
		return ui.Redirect(w, r, elsewhere)
	}
	return d.showWait(w, r, freshWait(r), d.waitPageOf(r, a))
}

func (d Deps) waitFor(w http.ResponseWriter, r *http.Request) error {
	a, elsewhere, err := d.waitable(w, r)
	if err != nil {
		return err
	}
	if elsewhere != "" {
		return ui.Redirect(w, r, elsewhere)
	}
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	req := waiting.Request{Wish: readWish(r, form, a.PointID), Key: nonceOf(form)}
	req.BookingID = a.ID
	return d.join(w, r, form, req, d.waitPageOf(r, a))
}

func (d Deps) askPlaceCode(w http.ResponseWriter, r *http.Request) error {
	return ui.Render(w, r, http.StatusOK, placeCodeView(placeCodeFrame(r), askPage{Form: ui.NewForm(r, nil)}))
}

func placeCodeFrame(r *http.Request) ui.Page {
	p := ui.NewPage(r, ui.PrinterOf(r).T("public.wait.code_title"))
	p.Breadcrumb, p.Section = home(p), "booking"
	return p
}

func (d Deps) readPlaceCode(w http.ResponseWriter, r *http.Request) error {
	find := func(typed string) (string, error) {
		o, err := d.placeByCode(r, typed)
		return placeHref(o.Entry), err
	}
	return takeCode(w, r, find, func(form *ui.Form) templ.Component { return placeCodeView(placeCodeFrame(r), askPage{Form: form}) })
}

// placeByCode finds a place in the list by its code as typed, within the limit on guesses.
func (d Deps) placeByCode(r *http.Request, typed string) (waiting.Opened, error) {
	var o waiting.Opened
	return o, d.guarded(r, typed, errNoPlace, func(code string) (err error) {
		o, err = d.Waiting.Open(r.Context(), waiting.By{Code: code})
		return err
	})
}

// guarded looks for what a code as typed opens, within the limit on guesses; missing is what it answers
// when there is nothing.
func (d Deps) guarded(r *http.Request, typed string, missing error, find func(code string) error) error {
	if d.Guesses != nil {
		if err := d.Guesses.Allow(r); err != nil {
			return err
		}
	}
	code, err := codes.ParseCode(typed)
	if err != nil {
		return err
	}
	err = find(code)
	if errs.Of(err) != errs.NotFound {
		return err
	}
	if d.Guesses != nil {
		d.Guesses.Miss(r)
	}
	return missing
}

// placePage is a place in the list, with the offer to answer when there is one.
type placePage struct {
	waiting.Opened
	// Base is its address; Open says that Offer can be answered.
	Base string
	Open bool
	// What and Where are the time offered; Until is when the offer ends.
	What, Where, Until string
	Items              []ui.SummaryItem
	// Missed says that the last offer was not answered in time; BookingHref leads to the appointment.
	Missed      bool
	BookingHref string
}

// opened finds the place in the list that the address of r opens.
func (d Deps) opened(w http.ResponseWriter, r *http.Request) (o waiting.Opened, by waiting.By, base string, err error) {
	private(w)
	key := r.PathValue("key")
	base = waitPath + "/" + r.PathValue("by") + "/" + key
	switch r.PathValue("by") {
	case byOffer:
		by = waiting.By{Secret: key, Who: identity.Public(ui.RequestID(r))}
		if o, err = d.Waiting.Open(r.Context(), by); errs.Of(err) == errs.NotFound {
			err = errNoPlace
		}
	case byCode:
		o, err = d.placeByCode(r, key)
		by = waiting.By{Code: o.Entry.Code, Who: identity.Public(ui.RequestID(r))}
	default:
		err = errNoPlace
	}
	return o, by, base, err
}

func (d Deps) place(w http.ResponseWriter, r *http.Request) error {
	o, _, base, err := d.opened(w, r)
	if err != nil {
		return err
	}
	p, now := ui.PrinterOf(r), ui.Now(r)
	v := placePage{Opened: o, Base: base}
	v.Open = o.Entry.State == waiting.Waiting && o.Offer.State == waiting.OfferOpen && !o.Offer.Until.Before(now)
	v.Missed = o.Entry.State == waiting.Waiting && o.Offer.State == waiting.OfferMissed
	found, err := d.Points.ByIDs(r.Context(), []string{o.Entry.PointID, o.Offer.PointID})
	if err != nil {
		return err
	}
	if v.Open {
		offered := found[o.Offer.PointID]
		towns, err := d.townsOf(r, offered)
		if err != nil {
			return err
		}
		v.What, v.Until = capital(p.When(o.Offer.StartsAt, now)), p.When(o.Offer.Until, now)
		v.Where = offered.PublicName + ", " + addressOf(offered, o.Offer.AddressID, towns)
	}
	if o.Entry.State == waiting.Satisfied {
		v.BookingHref = "/prenotazione/" + byCode + "/" + codes.FormatCode(o.BookingCode)
	}
	v.Items = placeItems(p, o, found[o.Entry.PointID])
	page := ui.NewPage(r, p.T("public.wait.place_title"))
	if v.Open {
		page.Title = p.T("public.wait.offer_title")
	}
	page.Section = "booking"
	return ui.Render(w, r, http.StatusOK, placeView(page, v))
}

func placeItems(p i18n.Printer, o waiting.Opened, point points.Point) []ui.SummaryItem {
	e := o.Entry
	travel := p.T("public.wait.here")
	if e.Minutes > 0 {
		travel = p.T("public.wait.within", errs.Args{"n": e.Minutes})
	}
	items := []ui.SummaryItem{
		{Term: p.T("public.wait.code"), Value: codes.FormatCode(e.Code)},
		{Term: p.T("public.wait.state"), Value: p.T("public.wait.state." + e.State)},
		{Term: p.T("public.wait.where"), Value: point.PublicName, Lines: []string{travel}},
		{Term: p.T("public.wait.days"), Value: ui.SuitsWords(p, e.Suits), Lines: []string{p.T("public.wait.until_day", errs.Args{"day": p.DayYear(e.Until)})}},
	}
	if !e.Before.IsZero() && e.State == waiting.Waiting {
		items = append(items, ui.SummaryItem{Term: p.T("public.wait.before"), Value: p.DayYear(calendar.DayOf(e.Before)) + ", " + p.Time(e.Before)})
	}
	if e.State == waiting.Waiting {
		ahead := p.T("public.wait.ahead_none")
		if o.Before > 0 {
			ahead = p.N("public.wait.people", o.Before)
		}
		items = append(items, ui.SummaryItem{Term: p.T("public.wait.ahead"), Value: ahead})
	}
	return items
}

func (d Deps) acceptOffer(w http.ResponseWriter, r *http.Request) error {
	o, by, base, err := d.opened(w, r)
	if err != nil {
		return err
	}
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	b, err := d.Waiting.Accept(r.Context(), by, form.Text("offer"))
	switch {
	case errors.Is(err, waiting.ErrMissed), errors.Is(err, waiting.ErrNoOffer), errors.Is(err, waiting.ErrEnded):
		return ui.RedirectFlash(w, r, base, ui.Warning, "public.wait.gone")
	case err != nil:
		return err
	}
	done := "public.wait.accepted"
	if o.Entry.BookingID != "" {
		done = "public.wait.accepted_move"
	}
	return ui.RedirectFlash(w, r, "/prenotazione/"+byCode+"/"+codes.FormatCode(b.Code), ui.Success, done)
}

func (d Deps) refuseOffer(w http.ResponseWriter, r *http.Request) error {
	_, by, base, err := d.opened(w, r)
	if err != nil {
		return err
	}
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	err = d.Waiting.Refuse(r.Context(), by, form.Text("offer"))
	switch {
	case errors.Is(err, waiting.ErrMissed), errors.Is(err, waiting.ErrNoOffer), errors.Is(err, waiting.ErrEnded):
		return ui.RedirectFlash(w, r, base, ui.Warning, "public.wait.gone")
	case err != nil:
		return err
	}
	return ui.RedirectFlash(w, r, base, ui.Success, "public.wait.refused")
}

func (d Deps) leaveList(w http.ResponseWriter, r *http.Request) error {
	_, by, base, err := d.opened(w, r)
	if err != nil {
		return err
	}
	if err := d.Waiting.Leave(r.Context(), by); err != nil && !errors.Is(err, waiting.ErrEnded) {
		return err
	}
	return ui.RedirectFlash(w, r, base, ui.Success, "public.wait.left")
}

// capital returns a sentence with its first letter in capitals.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return strings.ToUpper(string(first)) + s[size:]
}
