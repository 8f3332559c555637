package centre

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"capillare/internal/agenda"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/geo"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/points"
	"capillare/internal/visits"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// visitStep is one thing that is done to a request with a form.
type visitStep struct {
	// path is its name in the address, title its message key, done what is said after.
	path, title, done string
	// fill puts what is usual into a form that opens; do does what it asks for.
	fill func(d Deps, r *http.Request, form *ui.Form, v visitPageOne)
	do   func(d Deps, r *http.Request, form *ui.Form) error
	view func(ui.Page, visitStepPage) templ.Component
}

// visitStepPage is the form of a step.
type visitStepPage struct {
	visitPageOne
	Form *ui.Form
	// Action takes the form; Days are the free times of the agenda that suit, for the step that plans.
	Action  string
	Days    []dayTimes
	Helpers []ui.Option
	// Places are the points that the request can be given to; Reasons why it can be refused.
	Places, Reasons []ui.Option
}

func visitSteps() []visitStep {
	return []visitStep{
		{path: "piano", title: "visits.plan", done: "visits.done.plan", fill: fillPlan, do: planVisit, view: planView},
		{path: "fatta", title: "visits.finish", done: "visits.done.done", fill: fillDone, do: finishVisit, view: doneView},
		{path: "rifiuta", title: "visits.refuse", done: "visits.done.refuse", do: refuseVisit, view: refuseView},
		{path: "passa", title: "visits.give", done: "visits.done.give", do: giveVisit, view: giveView},
	}
}

func (d Deps) showStep(s visitStep) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := d.visitOf(r)
		if err != nil {
			return err
		}
		if v.Ended() {
			return ui.Redirect(w, r, v.Base)
		}
		form := ui.NewForm(r, url.Values{"version": {strconv.Itoa(v.Version)}})
		if s.fill != nil {
			s.fill(d, r, form, v)
		}
		return d.renderStep(w, r, s, v, form)
	}
}

func (d Deps) takeStep(s visitStep) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		form, err := ui.ReadForm(r)
		if err != nil {
			return err
		}
		err = s.do(d, r, form)
		if len(form.Problems) == 0 || errs.Of(err) == errs.Invalid {
			if fault := form.Refuse(err); fault != nil {
				return fault
			}
		}
		if len(form.Problems) == 0 {
			return ui.RedirectFlash(w, r, visitPath+"/"+r.PathValue("id"), ui.Success, s.done)
		}
		v, err := d.visitOf(r)
		if err != nil {
			return err
		}
		return d.renderStep(w, r, s, v, form)
	}
}

func (d Deps) renderStep(w http.ResponseWriter, r *http.Request, s visitStep, v visitPageOne, form *ui.Form) error {
	p := ui.PrinterOf(r)
	page := visitStepPage{visitPageOne: v, Form: form, Action: v.Base + "/" + s.path}
	for _, reason := range visits.Refusals() {
		page.Reasons = append(page.Reasons, ui.Option{Value: reason, Label: p.T("visits.refusal." + reason)})
	}
	var err error
	switch s.path {
	case "piano":
		err = d.fillPlanPage(r, &page)
	case "passa":
		page.Places, err = d.placesNear(r, v)
	}
	if err != nil {
		return err
	}
	return ui.Render(w, r, statusOf(form), s.view(visitFrame(r, v, p.T(s.title)), page))
}

func fillPlan(_ Deps, r *http.Request, form *ui.Form, v visitPageOne) {
	if v.Plan.Day.IsZero() {
		return
	}
	form.Values.Set("day", v.Plan.Day.String())
	form.Values.Set("from", v.Plan.From.String())
	form.Values.Set("to", v.Plan.To.String())
	form.Values.Set("facilitator", v.Plan.FacilitatorID)
	form.Values.Set("place", v.Plan.Place)
}

func planVisit(d Deps, r *http.Request, form *ui.Form) error {
	plan := visits.Plan{
		Day: form.Day("day"), From: form.Minute("from"), To: form.Minute("to"), FacilitatorID: form.Text("facilitator"), Place: form.Text("place"),
	}
	if len(form.Problems) > 0 {
		return form.Err()
	}
	_, err := d.Visits.Plan(r.Context(), session.Actor(r), seenVisit(r, form), plan)
	return err
}

func fillDone(_ Deps, _ *http.Request, form *ui.Form, v visitPageOne) {
	form.Values.Set("helped", strconv.Itoa(v.People))
}

func finishVisit(d Deps, r *http.Request, form *ui.Form) error {
	helped := form.Int("helped")
	if len(form.Problems) > 0 {
		return form.Err()
	}
	_, err := d.Visits.Finish(r.Context(), session.Actor(r), seenVisit(r, form), helped)
	return err
}

func refuseVisit(d Deps, r *http.Request, form *ui.Form) error {
	_, err := d.Visits.Refuse(r.Context(), session.Actor(r), seenVisit(r, form), form.Text("refusal"), form.Text("answer"))
	return err
}

func giveVisit(d Deps, r *http.Request, form *ui.Form) error {
	_, err := d.Visits.Give(r.Context(), session.Actor(r), seenVisit(r, form), form.Text("point"))
	return err
}

// planDays is how far ahead free times are shown, planTimes how many at most.
const (
	planDays  = 28
	planTimes = 24
)

// fillPlanPage finds who can go, and the free times at home or in a village on the days that suit.
func (d Deps) fillPlanPage(r *http.Request, page *visitStepPage) error {
	ctx, p := r.Context(), ui.PrinterOf(r)
	people, err := d.Visits.Helpers(ctx, session.Actor(r), page.ID)
	if err != nil {
		return err
	}
	page.Helpers = helperOptions(p.T("visits.choose_helper"), people)
	if page.PointID == "" {
		return nil
	}
	from := today(r)
	times, err := d.Agenda.TimesFor(ctx, agenda.Where{PointID: page.PointID, Audience: kinds.Staff}, from, from.AddDays(planDays))
	if err != nil {
		return err
	}
	var fit []agenda.Time
	for _, t := range times {
		if (t.Mode == kinds.Home || t.Mode == kinds.Village) && page.Suits.At(t.StartsAt) && len(fit) < planTimes {
			fit = append(fit, t)
		}
	}
	page.Days = daysOf(r, fit)
	for i, n := 0, 0; i < len(page.Days); i++ {
		for j := range page.Days[i].Times {
			page.Days[i].Times[j].Value = writeKindTime(fit[n])
			n++
		}
	}
	return nil
}

// writeKindTime writes a free time with its shape and kind of appointment.
func writeKindTime(t agenda.Time) string {
	kind := t.KindID
	if kind == "" {
		kind = agenda.Plain
	}
	return instant(t.StartsAt) + " " + t.AddressID + " " + t.Kind + " " + kind
}

// readKindTime reads what writeKindTime wrote; ok is false for anything else.
func readKindTime(text string) (w agenda.Where, ok bool) {
	part := strings.Fields(text)
	const parts = 4
	if len(part) != parts {
		return w, false
	}
	w = agenda.Where{StartsAt: readInstant(part[0]), AddressID: part[1], Kind: part[2], KindID: part[3]}
	return w, !w.StartsAt.IsZero()
}

func helperOptions(none string, people []facilitators.Facilitator) []ui.Option {
	out := []ui.Option{{Label: none}}
	for _, f := range people {
		out = append(out, ui.Option{Value: f.ID, Label: f.FullName()})
	}
	return out
}

// planVisitAt plans a visit at a free time of the agenda.
func (d Deps) planVisitAt(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	seen := seenVisit(r, form)
	v, err := d.Visits.ByID(r.Context(), session.Actor(r), seen.ID)
	if err != nil {
		return err
	}
	where, ok := readKindTime(form.Text("orario"))
	where.PointID = v.PointID
	base := visitPath + "/" + v.ID
	if ok {
		_, err = d.Visits.PlanAt(r.Context(), session.Actor(r), seen, where)
	}
	switch {
	case !ok, errors.Is(err, agenda.ErrTaken), errors.Is(err, agenda.ErrPast):
		return ui.RedirectFlash(w, r, base+"/piano", ui.Warning, "visits.time_gone")
	case errs.Of(err) == errs.Conflict:
		return ui.RedirectFlash(w, r, base, ui.Warning, "visits.changed")
	case err != nil:
		return err
	}
	return ui.RedirectFlash(w, r, base, ui.Success, "visits.done.plan")
}

// placesNear are the points that a request can be given to, the nearest to its municipality first.
func (d Deps) placesNear(r *http.Request, v visitPageOne) ([]ui.Option, error) {
	p := ui.PrinterOf(r)
	towns, err := d.Territory.ByBelfiore(r.Context(), []string{v.Belfiore})
	if err != nil {
		return nil, err
	}
	from, ok := towns[v.Belfiore].Place()
	if !ok {
		from = geo.Point{}
	}
	const offered = 20
	near, _, err := d.Points.Near(r.Context(), points.Search{From: from, Max: offered})
	if err != nil {
		return nil, err
	}
	out := []ui.Option{{Label: p.T("visits.choose_point")}}
	for _, n := range near {
		if n.Point.ID == v.PointID {
			continue
		}
		label := n.Point.PublicName
		if n.Located {
			label += " (" + minutesAway(p, max(1, n.Minutes)) + ")"
		}
		out = append(out, ui.Option{Value: n.Point.ID, Label: label})
	}
	return out, nil
}

// nonceOf returns what tells a form from the same sent twice, a new one when it brought none.
func nonceOf(form *ui.Form) string {
	if nonce := form.Text("nonce"); nonce != "" {
		return nonce
	}
	return rand.Text()
}

// unmetPage is what municipalities asked for and did not get.
type unmetPage struct {
	Form     *ui.Form
	Rows     []unmetRow
	FileHref string
}

// unmetRow is one municipality.
type unmetRow struct {
	Town, Province string
	visits.Demand
}

// unmetDays is how far back the counts go unless other days are chosen.
const unmetDays = 90

func (d Deps) unmetRows(r *http.Request, form *ui.Form) ([]unmetRow, error) {
	from, to := form.Day("dal"), form.Day("al")
	if to.IsZero() {
		to = today(r)
	}
	if from.IsZero() || from.After(to) {
		from = to.AddDays(-unmetDays)
	}
	form.Values.Set("dal", from.String())
	form.Values.Set("al", to.String())
	list, err := d.Visits.Unmet(r.Context(), session.Actor(r), from, to)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, one := range list {
		ids = append(ids, one.Belfiore)
	}
	towns, err := d.Territory.ByBelfiore(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	rows := make([]unmetRow, len(list))
	for i, one := range list {
		rows[i] = unmetRow{Town: towns[one.Belfiore].Name, Province: towns[one.Belfiore].ProvinceName, Demand: one}
	}
	return rows, nil
}

func (d Deps) unmet(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	rows, err := d.unmetRows(r, form)
	if err != nil {
		return err
	}
	v := unmetPage{Form: form, Rows: rows, FileHref: withQuery(visitPath+"/comuni.csv", form, "dal", "al")}
	page := newPage(r, "visits.unmet")
	page.Section, page.Wide = "progress", true
	if !session.Actor(r).Can(identity.Book) {
		page.Breadcrumb = nil
	}
	return ui.Render(w, r, statusOf(form), unmetView(page, v))
}

func (d Deps) unmetFile(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	rows, err := d.unmetRows(r, form)
	if err != nil {
		return err
	}
	lines := make([][]string, len(rows))
	for i, row := range rows {
		lines[i] = []string{row.Belfiore, row.Town, row.Province}
		for _, n := range []int{row.Unmet(), row.Open, row.Late, row.Planned, row.Refused, row.Done, row.People} {
			lines[i] = append(lines[i], strconv.Itoa(n))
		}
	}
	return ui.SendTable(w, r, "richieste-per-comune", []string{"visits.belfiore", "visits.town", "visits.province", "visits.unmet_n", "visits.open_n", "visits.late_n",
		"visits.planned_n", "visits.refused_n", "visits.done_n", "visits.people_n"}, lines)
}
