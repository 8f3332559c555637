package desk

import (
	"crypto/rand"
	"net/http"
	"net/url"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// personPage books a free time of the day for who asks at the desk.
type personPage struct {
	Form  *ui.Form
	Items []ui.SummaryItem
	Back  string
}

// fieldsOfTime are what an address says about a free time, carried through the form.
func fieldsOfTime() []string {
	return []string{"punto", "indirizzo", "tipo", "genere", "inizio", "facilitatore"}
}

func (d Deps) askPerson(w http.ResponseWriter, r *http.Request) error {
	values := url.Values{"key": {rand.Text()}}
	for _, name := range fieldsOfTime() {
		values.Set(name, r.URL.Query().Get(name))
	}
	return d.showPerson(w, r, ui.NewForm(r, values))
}

func (d Deps) showPerson(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	p := ui.PrinterOf(r)
	within, err := d.Points.Visible(r.Context(), session.Actor(r), identity.Book)
	if err != nil {
		return err
	}
	id := form.Text("punto")
	if !within.Has(id) {
		return identity.ErrNotHere
	}
	places, err := d.Points.ByIDs(r.Context(), []string{id})
	if err != nil {
		return err
	}
	pt, ok := places[id]
	if !ok {
		return identity.ErrNotHere
	}
	s, err := d.whose(r, form.Text("facilitatore"))
	if err != nil {
		return err
	}
	at := readInstant(form.Text("inizio"))
	day := calendar.DayOf(at)
	v := personPage{Form: form, Back: s.address("/agenda", "giorno", day.String()), Items: []ui.SummaryItem{
		{Term: p.T("desk.when"), Value: capital(p.Day(day)) + ", " + p.Time(at)},
		{Term: p.T("desk.where"), Value: place(pt, form.Text("indirizzo"))},
	}}
	page := d.page(r, "desk.add_title")
	page.Breadcrumb = []ui.Link{{Label: p.T("desk.agenda"), Href: v.Back}}
	return ui.Render(w, r, statusOf(form), addView(page, v))
}

func (d Deps) addPerson(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	set, err := d.Network.Setting(r.Context())
	if err != nil {
		return err
	}
	s, err := d.whose(r, form.Text("facilitatore"))
	if err != nil {
		return err
	}
	b, err := d.Agenda.BookFor(r.Context(), session.Actor(r), agenda.ForRequest{
		Where: agenda.Where{
			PointID: form.Text("punto"), AddressID: form.Text("indirizzo"), FacilitatorID: s.Who.ID,
			Kind: form.Text("tipo"), KindID: form.Text("genere"), Audience: kinds.Staff, StartsAt: readInstant(form.Text("inizio")),
		},
		// Who stands at the desk has said why they came.
		Channel: agenda.Desk, NoticeVersion: set.NoticeVersion, Key: form.Text("key"), Anyway: true,
		Details: agenda.Details{
			Topic: form.Text("topic"), Needs: form.Text("needs"), Reason: form.Text("reason"),
			Contact: agenda.Contact{Name: form.Text("name"), Phone: form.Text("phone")},
		},
	})
	if fault := form.Refuse(err); fault != nil {
		return fault
	}
	if err != nil {
		return d.showPerson(w, r, form)
	}
	return ui.RedirectFlash(w, r, s.address("/agenda", "giorno", b.Day.String()), ui.Success, "desk.added")
}
