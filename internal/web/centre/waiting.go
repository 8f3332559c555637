package centre

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/calls"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/waiting"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

const waitPath = "/centro/attesa"

// waitingRoutes adds the pages of the waiting list.
func (d Deps) waitingRoutes(add func(pattern string, access identity.Permission, h ui.Handler)) {
	add("GET "+waitPath, identity.SeeAgenda, d.waitingList)
	add("POST "+waitPath+"/cerca", identity.SeeAgenda, d.waitingList)
	add("GET "+waitPath+".csv", identity.SeeAgenda, d.waitingFile)
	add("GET "+waitPath+"/nuova", identity.Book, d.askWait)
	add("POST "+waitPath+"/nuova", identity.Book, d.takeWait)
	add("GET "+waitPath+"/{id}", identity.SeeAgenda, d.waiter)
	add("POST "+waitPath+"/{id}/accetta", identity.Book, d.acceptFor)
	add("POST "+waitPath+"/{id}/rifiuta", identity.Book, d.refuseFor)
	add("POST "+waitPath+"/{id}/lascia", identity.Book, d.leaveFor)
}

// waitingPage is the list of who waits.
type waitingPage struct {
	Form     *ui.Form
	Rows     []waitingRow
	Total    int
	Pages    ui.Pages
	States   []ui.Option
	FileHref string
}

// waitingRow is one person of the list.
type waitingRow struct{ Href, Who, Phone, Place, Wish, Since, State, Offer, Until, Code string }

func waitingStates() []string {
	return []string{waiting.Waiting, waiting.Satisfied, waiting.Left, waiting.Unanswered, waiting.Over, waiting.Stopped}
}

// waitingFilter reads the filters: what is looked for comes in the body of a request only.
func waitingFilter(form *ui.Form) waiting.Filter {
	f := waiting.Filter{State: waiting.Waiting, Search: form.Short("cerca", longestQuery), Offered: form.Has("offerta")}
	switch state := form.Text("stato"); state {
	case "", waiting.Waiting:
	case "tutti":
		f.State = ""
	default:
		f.State = state
	}
	if f.Search != "" {
		f.State = ""
	}
	return f
}

func (d Deps) waitingList(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	p, f := ui.PrinterOf(r), waitingFilter(form)
	f.Page, f.Size = pageOf(r)-1, perPage
	list, total, err := d.Waiting.List(r.Context(), session.Actor(r), f)
	if err != nil {
		return err
	}
	v := waitingPage{
		Form: form, Total: total, Pages: pagesOf(r, total), FileHref: withQuery(waitPath+".csv", form, "stato", "offerta"),
		States: append(choices(p, "waiting.state.", waitingStates()[1:], p.T("waiting.state.waiting")), ui.Option{Value: "tutti", Label: p.T("waiting.state.all")}),
	}
	if v.Rows, err = d.waitingRows(r, list); err != nil {
		return err
	}
	page := newPage(r, "waiting.title")
	page.Wide = true
	return ui.Render(w, r, statusOf(form), waitingView(page, v))
}

func (d Deps) waitingRows(r *http.Request, list []waiting.Listed) ([]waitingRow, error) {
	p, now := ui.PrinterOf(r), ui.Now(r)
	var ids []string
	for _, one := range list {
		ids = append(ids, one.Entry.PointID, one.Offer.PointID)
	}
	places, err := d.Points.ByIDs(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	rows := make([]waitingRow, len(list))
	for i, one := range list {
		e := one.Entry
		rows[i] = waitingRow{
			Href: waitPath + "/" + e.ID, Who: nameOf(p, e.Contact), Phone: e.Contact.Phone, Place: places[e.PointID].PublicName,
			Wish: wishWords(p, e), Since: p.DayNum(calendar.DayOf(e.AskedAt)), State: p.T("waiting.state." + e.State), Code: codes.FormatCode(e.Code),
		}
		if one.Offer.State == waiting.OfferOpen {
			rows[i].Offer = shortWhen(p, one.Offer.StartsAt, now) + " · " + places[one.Offer.PointID].PublicName
			rows[i].Until = shortWhen(p, one.Offer.Until, now)
		}
	}
	return rows, nil
}

// nameOf is who comes: the one asked for, when the contact asked for another.
func nameOf(p i18n.Printer, c agenda.Contact) string {
	switch {
	case c.OnBehalf != "":
		return c.OnBehalf
	case c.Name != "":
		return c.Name
	}
	return p.T("centre.no_name")
}

// wishWords says what somebody waits for: "prima del 24/11/2026, lun, mattina, entro 30 minuti".
func wishWords(p i18n.Printer, e waiting.Entry) string {
	words := ui.SuitsWords(p, e.Suits)
	if !e.Before.IsZero() {
		words = p.T("waiting.before", errs.Args{"day": p.DayNum(calendar.DayOf(e.Before))}) + ", " + words
	}
	if e.Minutes > 0 {
		words += ", " + p.T("waiting.within", errs.Args{"n": e.Minutes})
	}
	return words
}

func (d Deps) waitingFile(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	f := waitingFilter(form)
	f.Size = inFile
	list, _, err := d.Waiting.List(r.Context(), session.Actor(r), f)
	if err != nil {
		return err
	}
	rows, err := d.waitingRows(r, list)
	if err != nil {
		return err
	}
	lines := make([][]string, len(rows))
	for i, row := range rows {
		lines[i] = []string{row.Code, row.Who, row.Phone, row.Place, row.Wish, row.Since, row.State, row.Offer, row.Until}
	}
	return ui.SendTable(w, r, "attesa", []string{"centre.code", "centre.name", "centre.phone", "centre.where", "waiting.wish", "waiting.since", "centre.state", "waiting.offer", "waiting.until"}, lines)
}

// waiterPage is one person who waits, with the offer to read out.
type waiterPage struct {
	waiting.Opened
	Title string
	Items []ui.SummaryItem
	// Open says that the offer can be answered: What, Where and Until are it in words.
	Open               bool
	What, Where, Until string
	Offers             []offerRow
	BookingHref        string
	// Notices say what the person was told.
	Notices []ui.SummaryItem
	// May is true for who may answer for the person.
	May bool
}

// offerRow is one offer made.
type offerRow struct{ When, Place, Made, State string }

func (d Deps) waiter(w http.ResponseWriter, r *http.Request) error {
	who, p, now := session.Actor(r), ui.PrinterOf(r), ui.Now(r)
	o, err := d.Waiting.Open(r.Context(), waiting.By{ID: r.PathValue("id"), Who: who})
	if err != nil {
		return err
	}
	offers, err := d.Waiting.Offers(r.Context(), who, o.Entry.ID)
	if err != nil {
		return err
	}
	ids := []string{o.Entry.PointID}
	for _, one := range offers {
		ids = append(ids, one.PointID)
	}
	places, err := d.Points.ByIDs(r.Context(), ids)
	if err != nil {
		return err
	}
	v := waiterPage{Opened: o, May: who.Can(identity.Book), Title: nameOf(p, o.Entry.Contact)}
	v.Open = o.Entry.State == waiting.Waiting && o.Offer.State == waiting.OfferOpen && !o.Offer.Until.Before(now)
	if v.Open {
		v.What, v.Until = capital(p.When(o.Offer.StartsAt, now)), p.When(o.Offer.Until, now)
		v.Where = place(places[o.Offer.PointID], o.Offer.AddressID)
	}
	for _, one := range offers {
		v.Offers = append(v.Offers, offerRow{
			When: shortWhen(p, one.StartsAt, now), Place: places[one.PointID].PublicName, Made: shortWhen(p, one.MadeAt, now), State: p.T("waiting.offer_state." + one.State),
		})
	}
	if o.Entry.BookingID != "" {
		v.BookingHref = "/centro/prenotazioni/" + o.Entry.BookingID
	}
	v.Items = waiterItems(p, o, places[o.Entry.PointID])
	told, err := d.Notify.OutcomesAbout(r.Context(), calls.Waiting, o.Entry.ID)
	if err != nil {
		return err
	}
	v.Notices = ui.Notices(r, told)
	page := newPage(r, "waiting.one")
	page.Title = v.Title
	page.Breadcrumb = append(page.Breadcrumb, ui.Link{Label: p.T("waiting.title"), Href: waitPath})
	return ui.Render(w, r, http.StatusOK, waiterView(page, v))
}

func waiterItems(p i18n.Printer, o waiting.Opened, pt points.Point) []ui.SummaryItem {
	var items []ui.SummaryItem
	add := func(key, value string) {
		if value != "" {
			items = append(items, ui.SummaryItem{Term: p.T(key), Value: value})
		}
	}
	e := o.Entry
	add("centre.code", codes.FormatCode(e.Code))
	add("centre.state", p.T("waiting.state."+e.State))
	add("centre.where", pt.PublicName)
	add("waiting.wish", wishWords(p, e))
	add("waiting.last_day", p.DayYear(e.Until))
	add("centre.name", e.Contact.Name)
	add("centre.on_behalf", e.Contact.OnBehalf)
	add("centre.phone", e.Contact.Phone)
	add("centre.email", e.Contact.Email)
	add("centre.topic", topicName(p, e.Topic))
	add("waiting.since", p.DayYear(calendar.DayOf(e.AskedAt)))
	if e.State == waiting.Waiting {
		add("waiting.ahead", strconv.Itoa(o.Before))
	}
	return items
}

// answerFor does what the person decided on the phone and goes to a page.
func (d Deps) answerFor(w http.ResponseWriter, r *http.Request, done string, do func(by waiting.By, offerID string) (string, error)) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	href, err := do(waiting.By{ID: id, Who: session.Actor(r)}, form.Text("offer"))
	switch {
	case errors.Is(err, waiting.ErrMissed), errors.Is(err, waiting.ErrNoOffer), errors.Is(err, waiting.ErrEnded):
		return ui.RedirectFlash(w, r, waitPath+"/"+id, ui.Warning, "waiting.gone")
	case err != nil:
		return err
	}
	return ui.RedirectFlash(w, r, href, ui.Success, done)
}

func (d Deps) acceptFor(w http.ResponseWriter, r *http.Request) error {
	return d.answerFor(w, r, "waiting.accepted", func(by waiting.By, offerID string) (string, error) {
		b, err := d.Waiting.Accept(r.Context(), by, offerID)
		return "/centro/prenotazioni/" + b.ID, err
	})
}

func (d Deps) refuseFor(w http.ResponseWriter, r *http.Request) error {
	return d.answerFor(w, r, "waiting.refused", func(by waiting.By, offerID string) (string, error) {
		return waitPath + "/" + by.ID, d.Waiting.Refuse(r.Context(), by, offerID)
	})
}

func (d Deps) leaveFor(w http.ResponseWriter, r *http.Request) error {
	return d.answerFor(w, r, "waiting.left_done", func(by waiting.By, _ string) (string, error) {
		return waitPath + "/" + by.ID, d.Waiting.Leave(r.Context(), by)
	})
}

// askWaitPage puts somebody in the list.
type askWaitPage struct {
	Form  *ui.Form
	Point points.Point
	// Booking is the appointment to bring forward; empty for who has none.
	Booking, Who, When, Nonce string
}

func (d Deps) askWait(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	form := ui.NewForm(r, url.Values{"punto": {query.Get("punto")}, "prenotazione": {query.Get("prenotazione")}})
	ui.FillSuits(form, calendar.AnyTime())
	form.Values.Set("minutes", strconv.Itoa(waiting.UsualMinutes))
	return d.showAskWait(w, r, form)
}

// waitsFor fills what the list is asked for: an appointment, or a point.
func (d Deps) waitsFor(r *http.Request, form *ui.Form) (v askWaitPage, err error) {
	v = askWaitPage{Form: form, Booking: form.Text("prenotazione"), Nonce: form.Text("nonce")}
	if v.Nonce == "" {
		v.Nonce = rand.Text()
	}
	point := form.Text("punto")
	if v.Booking != "" {
		b, err := d.Agenda.ByID(r.Context(), session.Actor(r), v.Booking)
		if err != nil {
			return v, err
		}
		p := ui.PrinterOf(r)
		point, v.Who, v.When = b.PointID, person(p, b), p.When(b.StartsAt, ui.Now(r))
	}
	v.Point, err = d.bookable(r, point)
	return v, err
}

func (d Deps) showAskWait(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	v, err := d.waitsFor(r, form)
	if err != nil {
		return err
	}
	page := newPage(r, "waiting.new")
	page.Breadcrumb = append(page.Breadcrumb, ui.Link{Label: page.Printer.T("waiting.title"), Href: waitPath})
	return ui.Render(w, r, statusOf(form), askWaitView(page, v))
}

func (d Deps) takeWait(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	v, err := d.waitsFor(r, form)
	if err != nil {
		return err
	}
	req := waiting.Request{
		Wish:    waiting.Wish{BookingID: v.Booking, PointID: v.Point.ID, Minutes: form.Int("minutes"), Suits: ui.ReadSuits(form)},
		Topic:   form.Text("topic"),
		Contact: agenda.Contact{Name: form.Text("name"), Phone: form.Text("phone"), Email: form.Text("email"), OnBehalf: form.Text("on_behalf")},
		Channel: agenda.Phone, Key: v.Nonce,
	}
	var e waiting.Entry
	if len(form.Problems) == 0 {
		e, err = d.Waiting.Join(r.Context(), session.Actor(r), req)
		if fault := form.Refuse(err); fault != nil {
			return fault
		}
	}
	if len(form.Problems) > 0 {
		return d.showAskWait(w, r, form)
	}
	return ui.RedirectFlash(w, r, waitPath+"/"+e.ID, ui.Success, "waiting.joined")
}

func travelOptions(p i18n.Printer) []ui.Option {
	out := []ui.Option{{Value: "0", Label: p.T("waiting.here")}}
	for _, n := range []int{15, 30, 45, 60} {
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: p.T("waiting.within", errs.Args{"n": n})})
	}
	return out
}
