package centre

import (
	"net/http"
	"slices"
	"strconv"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/calls"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/territory"
	"capillare/internal/visits"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

const visitPath = "/centro/richieste"

// visitRoutes adds the pages of the requests of visits.
func (d Deps) visitRoutes(add func(pattern string, access identity.Permission, h ui.Handler)) {
	add("GET "+visitPath, identity.SeeAgenda, d.visits)
	add("POST "+visitPath+"/cerca", identity.SeeAgenda, d.visits)
	add("GET "+visitPath+".csv", identity.SeeAgenda, d.visitsFile)
	add("GET "+visitPath+"/comuni", identity.SeeProgress, d.unmet)
	add("GET "+visitPath+"/comuni.csv", identity.SeeProgress, d.unmetFile)
	add("GET "+visitPath+"/nuova", identity.Book, d.askVisit)
	add("POST "+visitPath+"/nuova", identity.Book, d.takeVisit)
	add("GET "+visitPath+"/{id}", identity.SeeAgenda, d.visit)
	add("POST "+visitPath+"/{id}/prendi", identity.Book, d.chargeVisit)
	add("POST "+visitPath+"/{id}/rimetti", identity.Book, d.putBackVisit)
	add("POST "+visitPath+"/{id}/piano/orario", identity.Book, d.planVisitAt)
	for _, s := range visitSteps() {
		add("GET "+visitPath+"/{id}/"+s.path, identity.Book, d.showStep(s))
		add("POST "+visitPath+"/{id}/"+s.path, identity.Book, d.takeStep(s))
	}
}

// visitsPage is the list of requests.
type visitsPage struct {
	Form            *ui.Form
	Rows            []visitRow
	Total           int
	Pages           ui.Pages
	States, Reasons []ui.Option
	FileHref        string
	// Unmet leads to the counts by municipality, for who may see them.
	Unmet bool
}

// visitRow is one request of the list.
type visitRow struct {
	Href, Who, Phone, Town, Reason, People, Asked, AnswerBy, State, Place, Code string
	Late                                                                        bool
}

// visitFilter reads the filters: what is looked for comes in the body of a request only.
func visitFilter(form *ui.Form) visits.Filter {
	f := visits.Filter{Search: form.Short("cerca", longestQuery), Reason: form.Text("motivo")}
	switch state := form.Text("stato"); state {
	case "":
	case "ritardo":
		f.Late = true
	case "tutte":
		f.States = visits.States()
	default:
		f.States = []string{state}
	}
	if f.Search != "" {
		f.States = visits.States()
	}
	return f
}

func stateOptions(p i18n.Printer) []ui.Option {
	out := choices(p, "visits.state.", visits.States(), p.T("visits.state.open"))
	return append(out, ui.Option{Value: "ritardo", Label: p.T("visits.state.late")}, ui.Option{Value: "tutte", Label: p.T("visits.state.all")})
}

func (d Deps) visits(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	who, p, f := session.Actor(r), ui.PrinterOf(r), visitFilter(form)
	f.Page, f.Size = pageOf(r)-1, perPage
	list, total, err := d.Visits.List(r.Context(), who, f)
	if err != nil {
		return err
	}
	v := visitsPage{
		Form: form, Total: total, Pages: pagesOf(r, total), FileHref: withQuery(visitPath+".csv", form, "stato", "motivo"),
		States: stateOptions(p), Reasons: choices(p, "visits.reason.", visits.Reasons(), p.T("visits.any_reason")), Unmet: who.Can(identity.SeeProgress),
	}
	if v.Rows, err = d.visitRows(r, list); err != nil {
		return err
	}
	page := newPage(r, "visits.title")
	page.Section, page.Wide = "visits", true
	return ui.Render(w, r, statusOf(form), visitsView(page, v))
}

func (d Deps) visitRows(r *http.Request, list []visits.Request) ([]visitRow, error) {
	p := ui.PrinterOf(r)
	var ids, towns []string
	for _, v := range list {
		ids, towns = append(ids, v.PointID), append(towns, v.Belfiore)
	}
	places, err := d.Points.ByIDs(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	names, err := d.Territory.ByBelfiore(r.Context(), towns)
	if err != nil {
		return nil, err
	}
	rows := make([]visitRow, len(list))
	for i, v := range list {
		rows[i] = visitRow{
			Href: visitPath + "/" + v.ID, Who: nameOf(p, v.Contact), Phone: v.Contact.Phone, Town: names[v.Belfiore].Name,
			Reason: p.T("visits.reason." + v.Reason), People: strconv.Itoa(v.People), Asked: p.DayNum(calendar.DayOf(v.AskedAt)),
			AnswerBy: p.DayNum(v.AnswerBy), State: stateOf(p, v), Place: places[v.PointID].PublicName, Code: codes.FormatCode(v.Code), Late: v.Late(today(r)),
		}
	}
	return rows, nil
}

func stateOf(p i18n.Printer, v visits.Request) string {
	if v.Refusal == visits.Withdrawn {
		return p.T("visits.state.withdrawn")
	}
	return p.T("visits.state." + v.State)
}

func (d Deps) visitsFile(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	f := visitFilter(form)
	f.Size = inFile
	list, _, err := d.Visits.List(r.Context(), session.Actor(r), f)
	if err != nil {
		return err
	}
	rows, err := d.visitRows(r, list)
	if err != nil {
		return err
	}
	lines := make([][]string, len(rows))
	for i, row := range rows {
		lines[i] = []string{row.Code, row.Who, row.Phone, row.Town, row.Reason, row.People, row.Asked, row.AnswerBy, row.State, row.Place}
	}
	return ui.SendTable(w, r, "richieste", []string{"visits.number", "centre.name", "centre.phone", "visits.town", "visits.reason", "visits.people", "visits.asked",
		"visits.answer_by", "visits.state_label", "visits.point"}, lines)
}

// visitPageOne is one request with what can be done with it.
type visitPageOne struct {
	visits.Request
	Base  string
	Items []ui.SummaryItem
	// May is true for who may answer it; Late says that its day has passed.
	May, Late bool
	// BookingHref leads to the time of the agenda that the visit takes.
	BookingHref string
	// Notices say what the person was told.
	Notices []ui.SummaryItem
	History []ui.HistoryRow
}

// CanFinish reports whether the visit can be said to be done.
func (v visitPageOne) CanFinish() bool { return v.State == visits.Planned }

func (d Deps) visit(w http.ResponseWriter, r *http.Request) error {
	v, err := d.visitOf(r)
	if err != nil {
		return err
	}
	told, err := d.Notify.OutcomesAbout(r.Context(), calls.Visit, v.ID)
	if err != nil {
		return err
	}
	v.Notices = ui.Notices(r, told)
	rows, err := d.Visits.History(r.Context(), session.Actor(r), v.ID)
	if err != nil {
		return err
	}
	var ids []string
	for _, row := range rows {
		ids = append(ids, row.ActorID)
	}
	names, err := d.Identity.Names(r.Context(), ids)
	if err != nil {
		return err
	}
	v.History = ui.HistoryRows(r.Context(), rows, names, ui.HistoryWords{Action: "visits.did.", Field: "visits.field.", Value: func(field, value string) string {
		return visitValue(ui.PrinterOf(r), field, value)
	}})
	return ui.Render(w, r, http.StatusOK, visitView(visitFrame(r, v, nameOf(ui.PrinterOf(r), v.Contact)), v))
}

// visitValue puts a kept value of the history into words.
func visitValue(p i18n.Printer, field, value string) string {
	if value == "" {
		return ""
	}
	switch field {
	case "state", "refusal":
		return p.T("visits." + field + "." + value)
	case "day":
		if day, err := calendar.ParseDay(value); err == nil {
			return p.DayNum(day)
		}
	}
	return value
}

func (d Deps) visitOf(r *http.Request) (visitPageOne, error) {
	who := session.Actor(r)
	one, err := d.Visits.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return visitPageOne{}, err
	}
	v := visitPageOne{Request: one, Base: visitPath + "/" + one.ID, May: who.Can(identity.Book) && !one.Ended(), Late: one.Late(today(r))}
	if one.Plan.BookingID != "" {
		v.BookingHref = "/centro/prenotazioni/" + one.Plan.BookingID
	}
	v.Items, err = d.visitItems(r, one)
	return v, err
}

func visitFrame(r *http.Request, v visitPageOne, title string) ui.Page {
	page := newPage(r, "visits.one")
	page.Section, page.Title = "visits", title
	page.Breadcrumb = append(page.Breadcrumb, ui.Link{Label: page.Printer.T("visits.title"), Href: visitPath})
	if r.URL.Path != v.Base {
		page.Breadcrumb = append(page.Breadcrumb, ui.Link{Label: codes.FormatCode(v.Code), Href: v.Base})
	}
	return page
}

// items collects what a page says of a thing; what is empty is left out.
type items struct {
	p    i18n.Printer
	list []ui.SummaryItem
}

func (i *items) add(key, value string, lines ...string) {
	if value == "" {
		return
	}
	lines = slices.DeleteFunc(lines, func(line string) bool { return line == "" })
	i.list = append(i.list, ui.SummaryItem{Term: i.p.T(key), Value: value, Lines: lines})
}

func (d Deps) visitItems(r *http.Request, v visits.Request) ([]ui.SummaryItem, error) {
	all := items{p: ui.PrinterOf(r)}
	if err := d.answerItems(r, v, &all); err != nil {
		return nil, err
	}
	towns, err := d.Territory.ByBelfiore(r.Context(), []string{v.Belfiore})
	if err != nil {
		return nil, err
	}
	places, err := d.Points.ByIDs(r.Context(), []string{v.PointID})
	if err != nil {
		return nil, err
	}
	relation := ""
	if v.Contact.Relation != "" {
		relation = all.p.T("visits.relation." + v.Contact.Relation)
	}
	all.add("visits.reason", all.p.T("visits.reason."+v.Reason))
	all.add("visits.town", towns[v.Belfiore].Name)
	all.add("visits.place", v.Place)
	all.add("visits.people", strconv.Itoa(v.People))
	all.add("visits.suits", ui.SuitsWords(all.p, v.Suits))
	all.add("centre.topic", topicName(all.p, v.Topic))
	all.add("visits.need", v.Need)
	all.add("centre.name", v.Contact.Name)
	all.add("centre.on_behalf", v.Contact.OnBehalf, relation)
	all.add("centre.phone", v.Contact.Phone)
	all.add("centre.email", v.Contact.Email)
	all.add("visits.point", places[v.PointID].PublicName, minutesAway(all.p, v.Minutes))
	return all.list, nil
}

// answerItems say what became of the request so far.
func (d Deps) answerItems(r *http.Request, v visits.Request, all *items) error {
	names, err := d.Identity.Names(r.Context(), []string{v.TakenBy})
	if err != nil {
		return err
	}
	p := all.p
	all.add("visits.number", codes.FormatCode(v.Code))
	all.add("visits.state_label", stateOf(p, v))
	all.add("visits.asked", p.DayYear(calendar.DayOf(v.AskedAt)))
	if !v.TakenAt.IsZero() {
		all.add("visits.taken", p.DayYear(calendar.DayOf(v.TakenAt)), names[v.TakenBy])
	}
	if v.State == visits.Received || v.State == visits.Taken {
		all.add("visits.answer_by", p.DayYear(v.AnswerBy))
	}
	if !v.Plan.Day.IsZero() {
		goes, err := d.helperName(r, v.Plan.FacilitatorID)
		if err != nil {
			return err
		}
		all.add("visits.day", p.T("visits.when", errs.Args{"day": p.DayYear(v.Plan.Day), "from": v.Plan.From.String(), "to": v.Plan.To.String()}), goes)
		all.add("visits.meeting", v.Plan.Place)
	}
	if v.State == visits.Done {
		all.add("visits.helped", strconv.Itoa(v.Helped))
	}
	if v.Refusal != "" {
		all.add("visits.why_not", p.T("visits.refusal."+v.Refusal), v.Answer)
	}
	return nil
}

func minutesAway(p i18n.Printer, minutes int) string {
	if minutes == 0 {
		return ""
	}
	return p.T("visits.away", errs.Args{"n": minutes})
}

func (d Deps) helperName(r *http.Request, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	people, err := d.Facilitators.ByIDs(r.Context(), []string{id})
	return people[id].FullName(), err
}

// seenVisit reads which state of the request the page showed.
func seenVisit(r *http.Request, form *ui.Form) visits.Seen {
	return visits.Seen{ID: r.PathValue("id"), Version: form.Int("version")}
}

func (d Deps) chargeVisit(w http.ResponseWriter, r *http.Request) error {
	return d.act(w, r, "visits.done.take", func(seen visits.Seen) error {
		_, err := d.Visits.Take(r.Context(), session.Actor(r), seen)
		return err
	})
}

func (d Deps) putBackVisit(w http.ResponseWriter, r *http.Request) error {
	return d.act(w, r, "visits.done.put_back", func(seen visits.Seen) error {
		_, err := d.Visits.PutBack(r.Context(), session.Actor(r), seen)
		return err
	})
}

// act does what one button asks; a conflict is said on the page of the request as it is now.
func (d Deps) act(w http.ResponseWriter, r *http.Request, done string, do func(visits.Seen) error) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	base := visitPath + "/" + r.PathValue("id")
	err = do(seenVisit(r, form))
	if errs.Of(err) == errs.Conflict {
		return ui.RedirectFlash(w, r, base, ui.Warning, "visits.changed")
	}
	if err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, base, ui.Success, done)
}

// askVisitPage takes a request on the phone.
type askVisitPage struct {
	Form    *ui.Form
	Nonce   string
	Reasons []ui.Option
}

func (d Deps) askVisit(w http.ResponseWriter, r *http.Request) error {
	form := ui.NewForm(r, nil)
	ui.FillSuits(form, calendar.AnyTime())
	form.Values.Set("people", "1")
	return d.showAskVisit(w, r, form)
}

func (d Deps) showAskVisit(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	page := newPage(r, "visits.new")
	page.Section = "visits"
	page.Breadcrumb = append(page.Breadcrumb, ui.Link{Label: page.Printer.T("visits.title"), Href: visitPath})
	var reasons []ui.Option
	for _, reason := range visits.Reasons() {
		reasons = append(reasons, ui.Option{Value: reason, Label: page.Printer.T("visits.reason." + reason)})
	}
	return ui.Render(w, r, statusOf(form), askVisitView(page, askVisitPage{Form: form, Nonce: nonceOf(form), Reasons: reasons}))
}

func (d Deps) takeVisit(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	set, err := d.Network.Setting(r.Context())
	if err != nil {
		return err
	}
	ask := visits.Ask{
		Reason: form.Text("reason"), Place: form.Text("place"), Suits: ui.ReadSuits(form), People: form.Int("people"), Topic: form.Text("topic"), Need: form.Text("need"),
		Contact: agenda.Contact{Name: form.Text("name"), Phone: form.Text("phone"), Email: form.Text("email"), OnBehalf: form.Text("on_behalf"),
			Relation: form.Text("relation")},
		Channel: agenda.Phone, NoticeVersion: set.NoticeVersion, Key: form.Text("nonce"),
	}
	town, ok, err := d.typedTown(r, form, set.RegionCode)
	if err != nil {
		return err
	}
	ask.Belfiore = town.Belfiore
	if fault := form.Refuse(d.Visits.Check(r.Context(), ask)); fault != nil {
		return fault
	}
	if !ok || len(form.Problems) > 0 {
		return d.showAskVisit(w, r, form)
	}
	v, err := d.Visits.Ask(r.Context(), session.Actor(r), ask)
	if fault := form.Refuse(err); fault != nil {
		return fault
	}
	if len(form.Problems) > 0 {
		return d.showAskVisit(w, r, form)
	}
	// The operator may not be who answers for that municipality: the code is what to read out.
	if _, err := d.Visits.ByID(r.Context(), session.Actor(r), v.ID); err != nil {
		return ui.RedirectFlash(w, r, "/richiesta/c/"+codes.FormatCode(v.Code), ui.Success, "visits.done.ask")
	}
	return ui.RedirectFlash(w, r, visitPath+"/"+v.ID, ui.Success, "visits.done.ask")
}

// typedTown finds the municipality typed; ok is false when the form now says what is wrong with it.
func (d Deps) typedTown(r *http.Request, form *ui.Form, region string) (territory.Municipality, bool, error) {
	typed := form.Need("town", longestQuery)
	if typed == "" {
		return territory.Municipality{}, false, nil
	}
	found, err := d.Territory.Find(r.Context(), typed, region, townsOffered)
	if err != nil {
		return territory.Municipality{}, false, err
	}
	names := ""
	for _, m := range found {
		if len(found) == 1 || territory.Fold(m.Name) == territory.Fold(typed) {
			return m, true, nil
		}
		names += ", " + m.Name
	}
	if names == "" {
		form.Problems.Add("town", "centre.no_town")
	} else {
		form.Problems.Add("town", "visits.town_which", errs.Args{"towns": names[2:]})
	}
	return territory.Municipality{}, false, nil
}
