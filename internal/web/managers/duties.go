package managers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// dutiesPage is who is on duty at a point.
type dutiesPage struct {
	Point points.Point
	Rows  []dutyRow
	// People serve the point.
	People []ui.Link
	May    may
}

// dutyForm is the form of a shift, new or changed from a day on.
type dutyForm struct {
	Form              *ui.Form
	Action            string
	Point             points.Point
	People, Addresses []ui.Option
	Days, Kinds       []ui.Option
	// Change says that a shift is changed: what was before its first day stays as it was.
	Change bool
}

// dutyEnd asks for the last day of a shift.
type dutyEnd struct {
	Form   *ui.Form
	Action string
	// What is the shift in words; Text says what happens.
	What, Text string
	BackHref   string
}

func (d Deps) duties(w http.ResponseWriter, r *http.Request) error {
	who := session.Actor(r)
	one, err := d.Points.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	view := dutiesPage{Point: one, May: mayOf(who)}
	if view.Rows, err = d.dutyRows(r, one); err != nil {
		return err
	}
	people, _, err := d.Facilitators.List(r.Context(), who, facilitators.Filter{PointID: one.ID, Max: every})
	if err != nil {
		return err
	}
	for _, f := range people {
		view.People = append(view.People, ui.Link{Label: f.FullName(), Href: "/gestione/facilitatori/" + f.ID})
	}
	p := ui.PrinterOf(r)
	way := []ui.Link{{Label: p.T("managers.points.title"), Href: "/gestione/punti"}, pointLink(one)}
	return ui.Render(w, r, http.StatusOK, dutiesView(frame(r, p.T("managers.duty.title"), way...), view))
}

func (d Deps) newDuty(w http.ResponseWriter, r *http.Request) error {
	one, err := d.Points.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	form := ui.NewForm(r, url.Values{
		"facilitator": {r.URL.Query().Get("persona")}, "kind": {facilitators.Individual}, "slot_minutes": {"30"}, "seats": {"1"},
		"from": {dayText(today(r))},
	})
	return d.showDutyForm(w, r, http.StatusOK, form, one, false)
}

// changeDuty shows the shift as it is: it changes from the day that is written as its first.
func (d Deps) changeDuty(w http.ResponseWriter, r *http.Request) error {
	one, duty, err := d.shift(r)
	if err != nil {
		return err
	}
	from := duty.From
	if from.Before(today(r)) {
		from = today(r)
	}
	form := ui.NewForm(r, url.Values{
		"facilitator": {duty.FacilitatorID}, "address_id": {duty.AddressID}, "weekday": {strconv.Itoa(int(duty.Weekday))},
		"starts": {duty.Starts.String()}, "ends": {duty.Ends.String()}, "kind": {duty.Kind}, "slot_minutes": {strconv.Itoa(duty.SlotMinutes)},
		"seats": {strconv.Itoa(duty.Seats)}, "from": {dayText(from)}, "to": {dayText(duty.To)},
	})
	return d.showDutyForm(w, r, http.StatusOK, form, one, true)
}

func (d Deps) saveDutyChange(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	one, duty, err := d.shift(r)
	if err != nil {
		return err
	}
	next := readDuty(form, one.ID)
	status := http.StatusUnprocessableEntity
	if len(form.Problems) == 0 {
		refused := d.Facilitators.Change(r.Context(), who, facilitators.Change{
			DutyID: duty.ID, Scope: facilitators.Following, Day: next.From, Entry: facilitators.Entries([]facilitators.Duty{next})[0],
		})
		if refused == nil {
			return ui.RedirectFlash(w, r, "/gestione/punti/"+one.ID+"/turni", ui.Success, "people.duty.changed")
		}
		status = ui.StatusOf(refused)
		if err := form.Refuse(refused); err != nil {
			return err
		}
	}
	return d.showDutyForm(w, r, status, form, one, true)
}

func (d Deps) addDuty(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	one, err := d.Points.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	duty := readDuty(form, one.ID)
	status := http.StatusUnprocessableEntity
	if len(form.Problems) == 0 {
		_, refused := d.Facilitators.AddDuty(r.Context(), who, duty)
		if refused == nil {
			return ui.RedirectFlash(w, r, "/gestione/punti/"+one.ID+"/turni", ui.Success, "managers.duty.added")
		}
		status = ui.StatusOf(refused)
		if err := form.Refuse(refused); err != nil {
			return err
		}
	}
	return d.showDutyForm(w, r, status, form, one, false)
}

func readDuty(form *ui.Form, pointID string) facilitators.Duty {
	duty := facilitators.Duty{
		FacilitatorID: form.Need("facilitator", 64), PointID: pointID, AddressID: form.Need("address_id", 64),
		Weekday: calendar.Weekday(form.Int("weekday")), Starts: form.Minute("starts"), Ends: form.Minute("ends"),
		Kind: form.Text("kind"), SlotMinutes: form.Int("slot_minutes"), Seats: form.Int("seats"),
		From: form.Day("from"), To: form.Day("to"),
	}
	for _, name := range []string{"starts", "ends"} {
		if !form.Has(name) {
			form.Problems.Add(name, "form.required")
		}
	}
	return duty
}

func (d Deps) showDutyForm(w http.ResponseWriter, r *http.Request, status int, form *ui.Form, one points.Point, change bool) error {
	p := ui.PrinterOf(r)
	view := dutyForm{Form: form, Action: r.URL.Path, Point: one, Change: change, People: []ui.Option{{Label: p.T("managers.choose")}}}
	people, _, err := d.Facilitators.List(r.Context(), session.Actor(r), facilitators.Filter{Max: every})
	if err != nil {
		return err
	}
	serves := func(f facilitators.Facilitator) bool {
		return slices.ContainsFunc(f.Points, func(s facilitators.Served) bool {
			return s.PointID == one.ID && (s.To.IsZero() || !s.To.Before(today(r)))
		})
	}
	for _, f := range people {
		if serves(f) {
			view.People = append(view.People, ui.Option{Value: f.ID, Label: f.FullName()})
		}
	}
	towns, err := d.townsOf(r.Context(), one)
	if err != nil {
		return err
	}
	for _, a := range one.Addresses {
		view.Addresses = append(view.Addresses, ui.Option{Value: a.ID, Label: addressLine(a, towns)})
	}
	view.Days = []ui.Option{{Label: p.T("managers.choose")}}
	for _, day := range weekdays() {
		view.Days = append(view.Days, ui.Option{Value: strconv.Itoa(int(day)), Label: p.Weekday(day)})
	}
	view.Kinds = []ui.Option{
		{Value: facilitators.Individual, Label: p.T("managers.duty.individual")}, {Value: facilitators.Group, Label: p.T("managers.duty.group")},
	}
	way := []ui.Link{{Label: p.T("managers.points.title"), Href: "/gestione/punti"}, pointLink(one),
		{Label: p.T("managers.duty.title"), Href: "/gestione/punti/" + one.ID + "/turni"}}
	title := p.T("managers.duty.new_title")
	if change {
		title = p.T("people.duty.change_title")
	}
	return ui.Render(w, r, status, dutyFormView(sheet(r, title, way...), view))
}

// shift finds the shift of the request among those of its point.
func (d Deps) shift(r *http.Request) (points.Point, facilitators.Duty, error) {
	who := session.Actor(r)
	one, err := d.Points.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return points.Point{}, facilitators.Duty{}, err
	}
	list, err := d.Facilitators.Duties(r.Context(), who, one.ID)
	if err != nil {
		return points.Point{}, facilitators.Duty{}, err
	}
	i := slices.IndexFunc(list, func(duty facilitators.Duty) bool { return duty.ID == r.PathValue("duty") })
	if i < 0 {
		return points.Point{}, facilitators.Duty{}, identity.ErrNotHere
	}
	return one, list[i], nil
}

func (d Deps) endDuty(w http.ResponseWriter, r *http.Request) error {
	one, duty, err := d.shift(r)
	if err != nil {
		return err
	}
	return d.showDutyEnd(w, r, ui.NewForm(r, url.Values{"on": {dayText(today(r))}}), one, duty)
}

func (d Deps) saveDutyEnd(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	one, duty, err := d.shift(r)
	if err != nil {
		return err
	}
	on := form.Day("on")
	if !form.Has("on") {
		form.Problems.Add("on", "form.required")
	}
	if len(form.Problems) == 0 {
		if err := form.Refuse(d.Facilitators.EndDuty(r.Context(), who, duty.ID, on)); err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return d.showDutyEnd(w, r, form, one, duty)
	}
	return ui.RedirectFlash(w, r, "/gestione/punti/"+one.ID+"/turni", ui.Success, "managers.duty.ended")
}

func (d Deps) showDutyEnd(w http.ResponseWriter, r *http.Request, form *ui.Form, one points.Point, duty facilitators.Duty) error {
	people, err := d.Facilitators.ByIDs(r.Context(), []string{duty.FacilitatorID})
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	row := dutyWords(p, one, duty)
	back := "/gestione/punti/" + one.ID + "/turni"
	view := dutyEnd{Form: form, Action: r.URL.Path, BackHref: back, Text: p.T("managers.duty.end_text"),
		What: row.Day + " " + row.Hours + ", " + people[duty.FacilitatorID].FullName()}
	way := []ui.Link{{Label: p.T("managers.points.title"), Href: "/gestione/punti"}, pointLink(one), {Label: p.T("managers.duty.title"), Href: back}}
	return ui.Render(w, r, statusOf(form), endView(sheet(r, p.T("managers.duty.end_title"), way...), view))
}

// dutyFrom names the first day of a shift, or of its change.
func dutyFrom(ctx context.Context, change bool) string {
	if change {
		return ui.T(ctx, "people.duty.change_from")
	}
	return ui.T(ctx, "managers.duty.from")
}
