package public

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/network"
	"capillare/internal/territory"
	"capillare/internal/visits"
	"capillare/internal/web/ui"
)

const visitPath = "/richiesta"

var errNoVisit = errs.New(errs.NotFound, "public.visit.not_found")

// visitRoutes adds the pages of who asks that somebody comes.
func (d Deps) visitRoutes(add func(pattern string, h ui.Handler)) {
	add("GET "+visitPath, d.askVisit)
	add("POST "+visitPath, d.takeVisit)
	add("GET "+visitPath+"/segui", d.askVisitCode)
	add("POST "+visitPath+"/segui", d.readVisitCode)
	add("GET "+visitPath+"/c/{key}", d.visit)
	add("POST "+visitPath+"/c/{key}/ritira", d.withdrawVisit)
}

// visitForm asks for a visit.
type visitForm struct {
	Form          *ui.Form
	Nonce, Notice string
	ContactDays   int
	AnswerDays    int
}

const (
	townsNamed    = 6
	longestTown   = 80
	longestVisit  = 300
	longestNeeded = 1000
)

func (d Deps) askVisit(w http.ResponseWriter, r *http.Request) error {
	form := ui.NewForm(r, nil)
	ui.FillSuits(form, calendar.AnyTime())
	form.Values.Set("people", "1")
	if town := r.URL.Query().Get("comune"); len(town) <= longestTown {
		form.Values.Set("town", town)
	}
	return d.showVisitForm(w, r, form)
}

func (d Deps) showVisitForm(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	now, err := d.current(r)
	if err != nil {
		return err
	}
	days, err := d.Visits.AnswerDays(r.Context())
	if err != nil {
		return err
	}
	private(w)
	p := ui.NewPage(r, ui.PrinterOf(r).T("public.visit.title"))
	p.Breadcrumb, p.Section, p.Description = home(p), "points", p.Printer.T("public.visit.lead")
	status := http.StatusOK
	if len(form.Problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return ui.Render(w, r, status, visitFormView(p, visitForm{
		Form: form, Nonce: nonceOf(form), Notice: now.Setting.NoticeVersion, ContactDays: now.KeepDays(network.Contacts), AnswerDays: days,
	}))
}

func (d Deps) takeVisit(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	set, err := d.setting(r)
	if err != nil {
		return err
	}
	ask := readVisit(form)
	ask.Language, ask.NoticeVersion, ask.Key = string(ui.PrinterOf(r).Lang()), set.NoticeVersion, nonceOf(form)
	town, err := d.townOf(r, form.Short("town", longestTown), set.RegionCode)
	if fault := form.Problems.Check("town", err); fault != nil {
		return fault
	}
	ask.Belfiore = town.Belfiore
	// All that is wrong is said at once.
	if fault := form.Refuse(d.Visits.Check(r.Context(), ask)); fault != nil {
		return fault
	}
	if len(form.Problems) > 0 {
		return d.showVisitForm(w, r, form)
	}
	v, err := d.Visits.Ask(r.Context(), identity.Public(ui.RequestID(r)), ask)
	if fault := form.Refuse(err); fault != nil {
		return fault
	}
	if len(form.Problems) > 0 {
		return d.showVisitForm(w, r, form)
	}
	return ui.RedirectFlash(w, r, visitHref(v), ui.Success, "public.visit.received")
}

func visitHref(v visits.Request) string { return visitPath + "/c/" + codes.FormatCode(v.Code) }

// readVisit reads what the form asks for, but the municipality.
func readVisit(form *ui.Form) visits.Ask {
	return visits.Ask{
		Reason: form.Text("reason"), Place: form.Short("place", longestVisit), Suits: ui.ReadSuits(form), People: form.Int("people"),
		Topic: form.Text("topic"), Need: form.Short("need", longestNeeded),
		Contact: agenda.Contact{
			Name: form.Short("name", longestName), Phone: form.Short("phone", longestPhone), Email: form.Short("email", longestEmail),
			OnBehalf: form.Short("on_behalf", longestName), Relation: form.Text("relation"),
		},
	}
}

// townOf finds the municipality that somebody wrote; several of them are named, to choose from.
func (d Deps) townOf(r *http.Request, typed, region string) (territory.Municipality, error) {
	if typed == "" {
		return territory.Municipality{}, errs.New(errs.Invalid, "public.visit.town_missing")
	}
	found, err := d.Territory.Find(r.Context(), typed, region, townsNamed)
	if err != nil {
		return territory.Municipality{}, err
	}
	// The beginning of a name means the municipality here, not one of the same letters far away.
	if here := slices.DeleteFunc(slices.Clone(found), func(m territory.Municipality) bool { return m.RegionCode != region }); len(here) > 0 {
		found = here
	}
	var same []territory.Municipality
	for _, m := range found {
		if territory.Fold(m.Name) == territory.Fold(typed) {
			same = append(same, m)
		}
	}
	switch {
	case len(same) == 1:
		return same[0], nil
	case len(found) == 1:
		return found[0], nil
	case len(found) == 0:
		return territory.Municipality{}, errs.New(errs.Invalid, "public.visit.town_none")
	}
	names := make([]string, len(found))
	for i, m := range found {
		names[i] = m.Name
	}
	return territory.Municipality{}, errs.New(errs.Invalid, "public.visit.town_which").With(errs.Args{"towns": strings.Join(names, ", ")})
}

func (d Deps) askVisitCode(w http.ResponseWriter, r *http.Request) error {
	return ui.Render(w, r, http.StatusOK, visitCodeView(visitCodeFrame(r), askPage{Form: ui.NewForm(r, nil)}))
}

func visitCodeFrame(r *http.Request) ui.Page {
	p := ui.NewPage(r, ui.PrinterOf(r).T("public.visit.code_title"))
	p.Breadcrumb, p.Section = home(p), "booking"
	return p
}

func (d Deps) readVisitCode(w http.ResponseWriter, r *http.Request) error {
	find := func(typed string) (string, error) {
		v, err := d.visitByCode(r, typed)
		return visitHref(v), err
	}
	return takeCode(w, r, find, func(form *ui.Form) templ.Component { return visitCodeView(visitCodeFrame(r), askPage{Form: form}) })
}

func (d Deps) visitByCode(r *http.Request, typed string) (visits.Request, error) {
	var v visits.Request
	return v, d.guarded(r, typed, errNoVisit, func(code string) (err error) {
		v, err = d.Visits.ByCode(r.Context(), code)
		return err
	})
}

// visitPage is what became of a request.
type visitPage struct {
	visits.Request
	Items []ui.SummaryItem
	// Answer is what the service wrote, or the reason of a refusal.
	Answer []string
}

func (d Deps) visit(w http.ResponseWriter, r *http.Request) error {
	private(w)
	v, err := d.visitByCode(r, r.PathValue("key"))
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	towns, err := d.Territory.ByBelfiore(r.Context(), []string{v.Belfiore})
	if err != nil {
		return err
	}
	view := visitPage{Request: v, Items: visitItems(p, v, towns[v.Belfiore].Name)}
	if v.State == visits.Refused {
		view.Answer = append(view.Answer, p.T("visits.refusal."+v.Refusal))
	}
	if v.Answer != "" {
		view.Answer = append(view.Answer, v.Answer)
	}
	page := ui.NewPage(r, p.T("public.visit.page_title"))
	page.Section = "booking"
	return ui.Render(w, r, http.StatusOK, visitView(page, view))
}

// visitItems say nothing of the person: a code can be read over a shoulder.
func visitItems(p i18n.Printer, v visits.Request, town string) []ui.SummaryItem {
	state := p.T("visits.state." + v.State)
	if v.Refusal == visits.Withdrawn {
		state = p.T("visits.state.withdrawn")
	}
	items := []ui.SummaryItem{
		{Term: p.T("visits.number"), Value: codes.FormatCode(v.Code)},
		{Term: p.T("visits.state_label"), Value: state},
		{Term: p.T("visits.asked"), Value: p.DayYear(calendar.DayOf(v.AskedAt))},
	}
	add := func(key, value string) {
		if value != "" {
			items = append(items, ui.SummaryItem{Term: p.T("visits." + key), Value: value})
		}
	}
	if !v.TakenAt.IsZero() {
		add("taken", p.DayYear(calendar.DayOf(v.TakenAt)))
	}
	if v.State == visits.Received || v.State == visits.Taken {
		add("answer_by", p.DayYear(v.AnswerBy))
	}
	if v.State == visits.Planned || v.State == visits.Done {
		add("day", p.T("visits.when", errs.Args{"day": p.DayYear(v.Plan.Day), "from": v.Plan.From.String(), "to": v.Plan.To.String()}))
		add("meeting", v.Plan.Place)
	}
	add("town", town)
	add("reason", p.T("visits.reason."+v.Reason))
	add("suits", ui.SuitsWords(p, v.Suits))
	add("people", strconv.Itoa(v.People))
	add("topic", topicName(p, v.Topic))
	return items
}

func (d Deps) withdrawVisit(w http.ResponseWriter, r *http.Request) error {
	private(w)
	v, err := d.visitByCode(r, r.PathValue("key"))
	if err != nil {
		return err
	}
	if _, err := d.Visits.Withdraw(r.Context(), v.Code); err != nil && !errors.Is(err, visits.ErrEnded) {
		return err
	}
	return ui.RedirectFlash(w, r, visitHref(v), ui.Success, "public.visit.withdrawn")
}

func reasonOptions(p i18n.Printer) []ui.Option {
	var out []ui.Option
	for _, reason := range visits.Reasons() {
		out = append(out, ui.Option{Value: reason, Label: p.T("visits.reason." + reason), Hint: p.T("public.visit.reason_hint." + reason)})
	}
	return out
}
