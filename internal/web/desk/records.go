package desk

import (
	"net/http"
	"net/url"
	"strconv"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/register"
	"capillare/internal/register/codelist"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// servicesPage is the list of services recorded.
type servicesPage struct {
	Subject subject
	Form    *ui.Form
	Rows    []serviceRow
	Tiles   []ui.Tile
	// More is the address of those that follow, "" when there are none.
	More string
}

// serviceRow is a service in the list.
type serviceRow struct {
	Href, When, Place, What, People string
	Cancelled                       bool
}

func (d Deps) services(w http.ResponseWriter, r *http.Request) error {
	s, err := d.whose(r, r.URL.Query().Get("facilitatore"))
	if err != nil {
		return err
	}
	page := d.page(r, "desk.services_title")
	page.Section, page.Wide = "services", true
	if !s.found() {
		return ui.Render(w, r, http.StatusOK, chooseView(page, chooseOf(r, s, "/servizi")))
	}
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	today := calendar.DayOf(ui.Now(r))
	from, to := form.Day("dal"), form.Day("al")
	if from.IsZero() && form.Text("dal") == "" {
		from = monthStart(today)
		form.Values.Set("dal", from.String())
	}
	if to.IsZero() && form.Text("al") == "" {
		to = today
		form.Values.Set("al", to.String())
	}
	v := servicesPage{Subject: s, Form: form}
	if len(form.Problems) == 0 {
		f := register.Filter{FacilitatorID: s.Who.ID, From: from, To: to, WithCancelled: true, AfterStart: readInstant(form.Text("dopo")), AfterID: form.Text("id")}
		if err := d.fillServices(r, &v, f); err != nil {
			return err
		}
	}
	return ui.Render(w, r, statusOf(form), servicesView(page, v))
}

func monthStart(d calendar.Day) calendar.Day {
	y, m, _ := d.Date()
	return calendar.NewDay(y, m, 1)
}

func (d Deps) fillServices(r *http.Request, v *servicesPage, f register.Filter) error {
	ctx, who, p := r.Context(), session.Actor(r), ui.PrinterOf(r)
	if f.AfterStart.IsZero() {
		f.AfterID = ""
	}
	records, err := d.Register.List(ctx, who, f)
	if err != nil {
		return err
	}
	n, err := d.Register.OwnNumbers(ctx, who, f.FacilitatorID, f.From, f.To)
	if err != nil {
		return err
	}
	v.Tiles = numberTiles(p, n)
	var ids []string
	for _, rec := range records {
		ids = append(ids, rec.PointID)
	}
	places, err := d.Points.ByIDs(ctx, ids)
	if err != nil {
		return err
	}
	for _, rec := range records {
		v.Rows = append(v.Rows, serviceRow{
			Href: "/servizi/" + rec.ID, When: p.DayNum(rec.Day) + ", " + p.Time(rec.StartsAt), Place: places[rec.PointID].PublicName,
			What: domainsText(p, rec), People: peopleText(p, rec), Cancelled: rec.State == register.Cancelled,
		})
	}
	if len(records) == register.PageSize {
		last := records[len(records)-1]
		v.More = v.Subject.address("/servizi", "dal", f.From.String(), "al", f.To.String(), "dopo", instant(last.StartsAt), "id", last.ID)
	}
	return nil
}

// peopleText says how many people came and, when they are not all of them, how many count.
func peopleText(p i18n.Printer, rec register.Record) string {
	if rec.Countable == rec.People {
		return p.Number(rec.People)
	}
	return p.T("desk.people_counted", errs.Args{"people": rec.People, "counted": rec.Countable})
}

func numberTiles(p i18n.Printer, n register.Numbers) []ui.Tile {
	return []ui.Tile{
		{Value: p.Number(n.Services), Label: p.N("desk.n_services", n.Services)},
		{Value: p.Number(n.Accesses), Label: p.N("desk.n_accesses", n.Accesses)},
		{Value: p.Number(n.UniqueAccesses), Label: p.N("desk.n_unique", n.UniqueAccesses)},
	}
}

// servicePage is one service recorded.
type servicePage struct {
	Record register.Record
	Title  string
	Items  []ui.SummaryItem
	People []attendee
	Form   *ui.Form
	// MayCancel shows the form that cancels.
	MayCancel bool
	Back      string
}

// attendee is one person of a record, without a readable tax code.
type attendee struct {
	Name, Code, About string
	Counts            bool
}

func (d Deps) service(w http.ResponseWriter, r *http.Request) error {
	return d.showRecord(w, r, ui.NewForm(r, url.Values{}))
}

func (d Deps) showRecord(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	ctx, who, p := r.Context(), session.Actor(r), ui.PrinterOf(r)
	rec, err := d.Register.ByID(ctx, who, r.PathValue("id"))
	if err != nil {
		return err
	}
	places, err := d.Points.ByIDs(ctx, []string{rec.PointID})
	if err != nil {
		return err
	}
	people, err := d.Facilitators.ByIDs(ctx, []string{rec.FacilitatorID})
	if err != nil {
		return err
	}
	s, err := d.subjectOf(r, rec.FacilitatorID)
	if err != nil {
		return err
	}
	v := servicePage{Record: rec, Form: form}
	if who.Can(identity.SeeAgenda) {
		v.Back = s.address("/agenda", "giorno", rec.Day.String())
	}
	v.Title = capital(p.DayYear(rec.Day)) + ", " + p.Time(rec.StartsAt)
	v.Items = recordItems(p, rec, places[rec.PointID], people[rec.FacilitatorID].FullName())
	for _, a := range rec.Attendances {
		v.People = append(v.People, attendeeOf(p, a))
	}
	v.MayCancel = rec.State == register.Active && who.Can(identity.Record)
	page := d.page(r, "desk.service_title")
	page.Section = "services"
	page.Breadcrumb = []ui.Link{{Label: p.T("desk.menu.services"), Href: s.address("/servizi")}}
	return ui.Render(w, r, statusOf(form), serviceView(page, v))
}

func attendeeOf(p i18n.Printer, a register.Attendance) attendee {
	one := attendee{Name: join(a.Name + " " + a.Surname), Code: a.MaskedCode, Counts: a.Countable}
	word := func(list codelist.List, value string) string {
		if !list.Has(value) {
			return ""
		}
		return p.T(list.Key(value))
	}
	if one.Code == "" {
		one.Code = p.T("desk.without_code")
		if kind := word(codelist.Documents, a.DocumentKind); kind != "" {
			one.Code = kind
		}
	}
	one.About = join(word(codelist.Genders, a.Gender), word(codelist.AgeBands, a.AgeBand), word(codelist.Education, a.Education),
		word(codelist.Occupations, a.Occupation), word(codelist.Citizenships, a.Citizenship), a.Province)
	return one
}

func recordItems(p i18n.Printer, rec register.Record, pt points.Point, facilitator string) []ui.SummaryItem {
	words := func(list codelist.List, values []string) []string {
		var out []string
		for _, value := range values {
			out = append(out, p.T(list.Key(value)))
		}
		return out
	}
	items := []ui.SummaryItem{
		{Term: p.T("desk.where"), Value: place(pt, rec.AddressID)},
		{Term: p.T("desk.facilitator"), Value: facilitator},
		{Term: p.T("desk.minutes_label"), Value: strconv.Itoa(rec.Minutes)},
		{Term: p.T("desk.domains"), Lines: words(codelist.Domains, rec.Domains)},
		{Term: p.T("desk.skills"), Lines: words(codelist.Skills, rec.Skills)},
		{Term: p.T("desk.types"), Lines: words(codelist.Types, rec.Types)},
		{Term: p.T("desk.outcome"), Value: p.T("register.outcome." + string(rec.Outcome))},
	}
	if rec.Autonomy.OK {
		items = append(items, ui.SummaryItem{Term: p.T("desk.autonomy"), Value: p.T("register.autonomy." + strconv.Itoa(rec.Autonomy.V))})
	}
	if rec.Detail != "" {
		items = append(items, ui.SummaryItem{Term: p.T("desk.detail"), Value: rec.Detail})
	}
	items = append(items, ui.SummaryItem{Term: p.T("desk.counts"), Value: p.T("desk.counts_text", errs.Args{
		"people": rec.People, "counted": rec.Countable, "first": rec.FirstTimes,
	})})
	if rec.State == register.Cancelled {
		items = append(items, ui.SummaryItem{Term: p.T("desk.cancel_reason"), Value: rec.CancelReason})
	}
	return items
}

// cancelService takes a record out of every count: from its page with a reason, or as the undo of the
// day.
func (d Deps) cancelService(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	id, who := r.PathValue("id"), session.Actor(r)
	rec, err := d.Register.ByID(r.Context(), who, id)
	if err != nil {
		return err
	}
	err = d.Register.Cancel(r.Context(), who, id, form.Text("reason"))
	if refusal := errs.Of(err); refusal == errs.Invalid {
		form.Problems.Add("reason", "register.reason_needed")
		return d.showRecord(w, r, form)
	}
	if fault := form.Refuse(err); fault != nil {
		return fault
	}
	if err != nil {
		return d.showRecord(w, r, form)
	}
	if form.Text("back") != "day" {
		return ui.RedirectFlash(w, r, "/servizi/"+rec.ID, ui.Success, "desk.service_cancelled")
	}
	s, err := d.subjectOf(r, rec.FacilitatorID)
	if err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, s.address("/agenda", "giorno", rec.Day.String()), ui.Success, "desk.service_undone")
}
