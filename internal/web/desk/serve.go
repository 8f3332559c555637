package desk

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/register"
	"capillare/internal/register/codelist"
	"capillare/internal/sqldb"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// usualMinutes is how long a service without a booking lasts unless typed otherwise.
const usualMinutes = 30

// servePage is the form of a service, on one screen.
type servePage struct {
	Form *ui.Form
	// Action is where the form goes: that of a booking, or that of a walk-in.
	Action string
	// Booking is what the service answers; the zero Booking for a walk-in.
	Booking agenda.Booking
	// Place names the point when there is nothing to choose.
	Place string
	// Points and People are the choices of point and facilitator; empty when there is only one.
	Points, People []ui.Option
	Persons        []personView
	Provinces      []string
	Areas          []skillArea
	Back           string
	// Ready puts the cursor on the button that records, because nothing is left to type.
	Ready bool
}

// skillArea is an area (SE4) with its skills (SE5).
type skillArea struct {
	Label  string
	Skills []ui.Option
}

// serving is a form being shown or taken, with what it refers to.
type serving struct {
	form    *ui.Form
	booking agenda.Booking
	subject subject
	points  []points.Point
	page    servePage
}

// newService shows the form: filled from the booking, or for who comes without one.
func (d Deps) newService(w http.ResponseWriter, r *http.Request) error {
	v := &serving{form: ui.NewForm(r, nil)}
	if err := d.loadBooking(r, v); err != nil {
		return err
	}
	if v.booking.State == agenda.Served {
		return ui.Redirect(w, r, "/agenda/"+v.booking.ID)
	}
	if err := d.loadSubject(r, v, r.URL.Query().Get("facilitatore")); err != nil {
		return err
	}
	if !v.subject.found() {
		page := d.page(r, "desk.menu.record")
		page.Section = "record"
		return ui.Render(w, r, http.StatusOK, chooseView(page, chooseOf(r, v.subject, r.URL.Path)))
	}
	if err := d.loadPoints(r, v, dayOr(r)); err != nil {
		return err
	}
	v.defaults(r)
	return d.showService(w, r, v)
}

func dayOr(r *http.Request) calendar.Day {
	today := calendar.DayOf(ui.Now(r))
	day, err := dayAsked(r, today)
	if err != nil || day.After(today) {
		return today
	}
	return day
}

// loadBooking finds the booking of the address, if the address has one.
func (d Deps) loadBooking(r *http.Request, v *serving) error {
	id := r.PathValue("booking")
	v.page.Action = "/servizi/nuovo"
	if id == "" {
		return nil
	}
	var err error
	if v.booking, err = d.Agenda.ByID(r.Context(), session.Actor(r), id); err != nil {
		return err
	}
	if v.booking.Draft() {
		return agenda.ErrNotFound
	}
	v.page.Action = "/agenda/" + id + "/registra"
	return nil
}

// loadSubject decides whose service it is: one's own for a facilitator, else the one of the booking.
func (d Deps) loadSubject(r *http.Request, v *serving, want string) error {
	own, err := d.own(r)
	if err != nil {
		return err
	}
	if want == "" && own.ID == "" {
		want = v.booking.FacilitatorID
	}
	v.subject, err = d.whose(r, want)
	return err
}

// loadPoints finds the points that the service may be recorded at; what the address names must be one.
func (d Deps) loadPoints(r *http.Request, v *serving, day calendar.Day) error {
	var err error
	if v.points, err = d.pointsOf(r, v.subject.Who, day, identity.Record); err != nil {
		return err
	}
	want := r.URL.Query().Get("punto")
	if v.booking.ID != "" {
		want = v.booking.PointID
	}
	if want == "" {
		return nil
	}
	within, err := d.Points.Visible(r.Context(), session.Actor(r), identity.Record)
	if err != nil {
		return err
	}
	if !within.Has(want) {
		return identity.ErrNotHere
	}
	if !slices.ContainsFunc(v.points, func(p points.Point) bool { return p.ID == want }) {
		found, err := d.Points.ByIDs(r.Context(), []string{want})
		if err != nil {
			return err
		}
		if p, ok := found[want]; ok {
			v.points = append(v.points, p)
		}
	}
	v.form.Values.Set("point", want)
	return nil
}

// defaults fills the form from the booking, or from the clock.
func (v *serving) defaults(r *http.Request) {
	now := ui.Now(r)
	set := func(name, value string) { v.form.Values.Set(name, value) }
	set("key", rand.Text())
	set("people", "1")
	set("facilitator", v.subject.Who.ID)
	set("outcome", string(register.Solved))
	set("notice_given", string(register.OnPaper))
	set("day", dayOr(r).String())
	set("start", (calendar.MinuteOf(now) / 5 * 5).String())
	set("minutes", strconv.Itoa(usualMinutes))
	set("types", "A")
	if len(v.points) > 0 && v.form.Text("point") == "" {
		set("point", v.points[0].ID)
	}
	b := v.booking
	if b.ID == "" {
		return
	}
	set("address", b.AddressID)
	set("day", b.Day.String())
	set("start", calendar.MinuteOf(b.StartsAt).String())
	set("minutes", strconv.Itoa(minutesBetween(b.StartsAt, b.EndsAt)))
	if b.Kind == agenda.Group {
		set("types", "B")
	}
	if codelist.Domains.Has(b.Topic) {
		set("domains", b.Topic)
		set("skills", usualSkill(b.Topic))
	}
}

// usualSkill proposes the skill that goes with a topic: nearly always a public service in the net, and
// the digital identity when the topic is no service.
func usualSkill(topic string) string {
	if topic == otherTopic {
		return "9"
	}
	return "6"
}

// showService shows the form with what is in it.
func (d Deps) showService(w http.ResponseWriter, r *http.Request, v *serving) error {
	p := ui.PrinterOf(r)
	v.page.Form, v.page.Booking = v.form, v.booking
	v.page.Back = v.subject.address("/agenda", "giorno", dayText(v.form.Text("day")))
	if err := d.choices(r, v); err != nil {
		return err
	}
	for _, area := range codelist.Areas.Codes() {
		one := skillArea{Label: p.T(area.Key)}
		for _, c := range codelist.Skills.Codes() {
			if codelist.AreaOf(c.Value) == area.Value {
				one.Skills = append(one.Skills, ui.Option{Value: c.Value, Label: p.T(c.Key)})
			}
		}
		v.page.Areas = append(v.page.Areas, one)
	}
	v.persons(p)
	page := d.page(r, "desk.serve_title")
	if v.booking.ID == "" {
		page.Section = "record"
	}
	page.Wide = true
	page.Breadcrumb = []ui.Link{{Label: p.T("desk.agenda"), Href: v.page.Back}}
	return ui.Render(w, r, statusOf(v.form), serveView(page, v.page))
}

// dayText returns text when it is a day, so that nothing else gets into an address.
func dayText(text string) string {
	day, err := calendar.ParseDay(text)
	if err != nil {
		return ""
	}
	return day.String()
}

// choices fills what can be chosen: points, facilitators, provinces.
func (d Deps) choices(r *http.Request, v *serving) error {
	ctx, id := r.Context(), v.form.Text("point")
	for _, p := range v.points {
		if p.ID == id {
			v.page.Place = place(p, v.form.Text("address"))
		}
		v.page.Points = append(v.page.Points, ui.Option{Value: p.ID, Label: p.PublicName})
	}
	if len(v.page.Points) < 2 || v.booking.ID != "" {
		v.page.Points = nil
	}
	who := session.Actor(r)
	if !v.subject.Own && who.Can(identity.SeeFacilitators) {
		list, _, err := d.Facilitators.List(ctx, who, facilitators.Filter{PointID: id, State: facilitators.Active, Max: mostPeople})
		if err != nil {
			return err
		}
		for _, f := range list {
			v.page.People = append(v.page.People, ui.Option{Value: f.ID, Label: f.FullName()})
		}
	}
	set, err := d.Network.Setting(ctx)
	if err != nil {
		return err
	}
	for _, region := range []string{set.RegionCode, ""} {
		provinces, err := d.Territory.Provinces(ctx, region)
		if err != nil {
			return err
		}
		for _, one := range provinces {
			if !slices.Contains(v.page.Provinces, one.Name) {
				v.page.Provinces = append(v.page.Provinces, one.Name)
			}
		}
	}
	return nil
}

// takeService takes the form: looks somebody up, adds or removes a person, or records.
func (d Deps) takeService(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	v := &serving{form: form}
	if err := d.loadBooking(r, v); err != nil {
		return err
	}
	if err := d.loadSubject(r, v, form.Text("facilitator")); err != nil {
		return err
	}
	if !v.subject.found() {
		return identity.ErrNotHere
	}
	day, err := calendar.ParseDay(form.Text("day"))
	if err != nil {
		day = calendar.DayOf(ui.Now(r))
	}
	if err := d.loadPoints(r, v, day); err != nil {
		return err
	}
	if form.Text("do") == "save" {
		return d.record(w, r, v)
	}
	if err := d.arrange(r, v); err != nil {
		return err
	}
	return d.showService(w, r, v)
}

// record writes the service, or shows the form again with what is wrong.
func (d Deps) record(w http.ResponseWriter, r *http.Request, v *serving) error {
	if err := d.lookUp(r, v, false); err != nil {
		return err
	}
	set, err := d.Network.Setting(r.Context())
	if err != nil {
		return err
	}
	in := v.input(set.NoticeVersion)
	v.needCodes()
	if len(v.form.Problems) > 0 {
		return d.showService(w, r, v)
	}
	rec, err := d.Register.Register(r.Context(), session.Actor(r), in)
	if errs.Of(err) == errs.Invalid || errs.Of(err) == errs.Conflict {
		if fault := v.form.Refuse(err); fault != nil {
			return fault
		}
		return d.showService(w, r, v)
	}
	if err != nil {
		return err
	}
	return ui.Redirect(w, r, v.subject.address("/agenda", "giorno", rec.Day.String(), "registrato", rec.ID))
}

// input makes of the form what the register wants; what cannot be read is noted in the form.
func (v *serving) input(noticeVersion string) register.Input {
	f := v.form
	in := register.Input{
		PointID: f.Text("point"), AddressID: f.Text("address"), FacilitatorID: v.subject.Who.ID,
		Day: f.Day("day"), Start: f.Minute("start"), Minutes: f.Int("minutes"),
		Types: f.Texts("types"), Skills: f.Texts("skills"), Domains: f.Texts("domains"),
		Detail: f.Text("detail"), Outcome: register.Outcome(f.Text("outcome")),
		BookingID: v.booking.ID, IdempotencyKey: f.Text("key"), NoticeVersion: noticeVersion,
	}
	if f.Has("autonomy") {
		in.Autonomy = sqldb.OptInt{V: f.Int("autonomy"), OK: true}
	}
	if len(v.points) > 0 && in.PointID == "" {
		in.PointID = v.points[0].ID
	}
	for n := 1; n <= v.count(); n++ {
		in.Citizens = append(in.Citizens, v.citizen(n))
	}
	return in
}
