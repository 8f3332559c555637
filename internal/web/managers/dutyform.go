package managers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/i18n"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// dutyForm is the form of a shift, new or changed.
type dutyForm struct {
	Form              *ui.Form
	Action            string
	Point             points.Point
	People, Addresses []ui.Option
	Days, Rhythms     []ui.Option
	Kinds, Offers     []ui.Option
	// Scopes are from when on a change counts; none for a new shift.
	Scopes []ui.Option
	// What is the shift in words, when it changes.
	What     string
	BackHref string
}

// rhythms are the steps of weeks that the form offers.
func rhythms() []int { return []int{1, 2, 3, 4, 6, 8} }

// monthly marks a rhythm that counts the weekdays of a month: "m1", "m-1".
const monthly = "m"

func rhythmValue(e facilitators.Entry) string {
	if e.Nth != 0 {
		return monthly + strconv.Itoa(e.Nth)
	}
	return strconv.Itoa(max(e.Every, 1))
}

// entryValues is a shift as the form shows it.
func entryValues(e facilitators.Entry) url.Values {
	var bands []string
	for _, h := range e.Bands {
		bands = append(bands, h.String())
	}
	values := url.Values{
		"facilitator": {e.FacilitatorID}, "address_id": {e.AddressID}, "hours": {strings.Join(bands, "; ")}, "rhythm": {rhythmValue(e)},
		"kind": {e.Kind}, "slot_minutes": {strconv.Itoa(e.SlotMinutes)}, "seats": {strconv.Itoa(e.Seats)}, "kind_id": e.KindIDs,
		"from": {dayText(e.From)}, "to": {dayText(e.To)},
	}
	for _, w := range e.Weekdays.List() {
		values.Add("weekday", strconv.Itoa(int(w)))
	}
	return values
}

// readEntry reads a shift; what is wrong is noted at its field.
func readEntry(form *ui.Form, pointID string) facilitators.Entry {
	e := facilitators.Entry{Duty: facilitators.Duty{
		FacilitatorID: form.Need("facilitator", 64), PointID: pointID, AddressID: form.Need("address_id", 64),
		Kind: form.Text("kind"), SlotMinutes: form.Int("slot_minutes"), Seats: form.Int("seats"), KindIDs: form.Texts("kind_id"),
		From: form.Day("from"), To: form.Day("to"),
	}}
	for _, text := range form.Texts("weekday") {
		n, err := strconv.Atoi(text)
		if err != nil || !calendar.Weekday(n).Valid() {
			form.Problems.Add("weekday", "form.choice")
			continue
		}
		e.Weekdays |= calendar.WeekdaysOf(calendar.Weekday(n))
	}
	if e.Weekdays == 0 {
		form.Problems.Add("weekday", "managers.duty.no_weekday")
	}
	readRhythm(form, &e)
	e.Bands = readBands(form, "hours")
	return e
}

func readRhythm(form *ui.Form, e *facilitators.Entry) {
	text := form.Text("rhythm")
	nth, month := strings.CutPrefix(text, monthly)
	n, err := strconv.Atoi(nth)
	switch {
	case text == "":
	case err != nil:
		form.Problems.Add("rhythm", "form.choice")
	case month:
		e.Nth = n
	default:
		e.Every = n
	}
}

// readBands reads hours as people write them: "9-12; 14-17" or "9:00-12:30".
func readBands(form *ui.Form, field string) []facilitators.Hours {
	if !form.Has(field) {
		form.Problems.Add(field, "form.required")
		return nil
	}
	bands, err := readDay(form, field, calendar.Monday)
	if err != nil {
		form.Problems.Add(field, "managers.hours.unread", errs.Args{"part": form.Text(field)})
	}
	var list []facilitators.Hours
	for _, b := range bands {
		list = append(list, facilitators.Hours{Starts: b.Opens, Ends: b.Closes})
	}
	return list
}

// fieldsOfForm renames the problems of a shift to the fields of the form.
func fieldsOfForm(form *ui.Form) {
	for i, one := range form.Problems {
		switch one.Field {
		case "starts", "ends":
			form.Problems[i].Field = "hours"
		case "every":
			form.Problems[i].Field = "rhythm"
		case "facilitator_id":
			form.Problems[i].Field = "facilitator"
		}
	}
}

// outsideWords says which hours of a shift the point is ordinarily closed in.
func outsideWords(p i18n.Printer, one points.Point, e facilitators.Entry) []string {
	var list []string
	for _, group := range facilitators.Outside(one, e).Groups() {
		var days, hours []string
		for _, w := range group.Weekdays {
			days = append(days, p.Weekday(w))
		}
		for _, b := range group.Bands {
			hours = append(hours, bandWords(b.Opens, b.Closes))
		}
		list = append(list, p.T("managers.duty.outside", map[string]any{"days": capital(p.And(days)), "hours": p.And(hours)}))
	}
	return list
}

func (d Deps) showDutyForm(w http.ResponseWriter, r *http.Request, status int, view dutyForm) error {
	p := ui.PrinterOf(r)
	var err error
	fieldsOfForm(view.Form)
	view.Action = r.URL.Path
	if view.People, err = d.peopleAt(r, view.Point); err != nil {
		return err
	}
	if view.Addresses, err = d.addressOptions(r, view.Point); err != nil {
		return err
	}
	if view.Offers, err = d.offerOptions(r, view); err != nil {
		return err
	}
	for _, day := range weekdays() {
		view.Days = append(view.Days, ui.Option{Value: strconv.Itoa(int(day)), Label: capital(p.Weekday(day))})
	}
	view.Rhythms = rhythmOptions(p, view.Form.Text("rhythm"))
	view.Kinds = []ui.Option{
		{Value: facilitators.Individual, Label: p.T("managers.duty.individual")}, {Value: facilitators.Group, Label: p.T("managers.duty.group")},
	}
	title, way := p.T("managers.duty.new_title"), dutiesWay(r, view.Point)
	if len(view.Scopes) > 0 {
		title = p.T("people.duty.change_title")
	}
	if view.BackHref == "" {
		view.BackHref = dutiesPath(view.Point.ID)
	}
	return ui.Render(w, r, status, dutyFormView(sheet(r, title, way...), view))
}

// peopleAt are the people who serve a point today or later, to choose from.
func (d Deps) peopleAt(r *http.Request, one points.Point) ([]ui.Option, error) {
	options := []ui.Option{{Label: ui.PrinterOf(r).T("managers.choose")}}
	people, _, err := d.Facilitators.List(r.Context(), session.Actor(r), facilitators.Filter{Max: every})
	for _, f := range people {
		serves := slices.ContainsFunc(f.Points, func(s facilitators.Served) bool {
			return s.PointID == one.ID && (s.To.IsZero() || !s.To.Before(today(r)))
		})
		if serves {
			options = append(options, ui.Option{Value: f.ID, Label: f.FullName()})
		}
	}
	return options, err
}

func (d Deps) addressOptions(r *http.Request, one points.Point) ([]ui.Option, error) {
	towns, err := d.townsOf(r.Context(), one)
	var options []ui.Option
	for _, a := range one.Addresses {
		options = append(options, ui.Option{Value: a.ID, Label: addressLine(a, towns)})
	}
	return options, err
}

// offerOptions are the kinds of appointment that the point offers.
func (d Deps) offerOptions(r *http.Request, view dutyForm) ([]ui.Option, error) {
	if d.Kinds == nil {
		return nil, nil
	}
	list, err := d.Kinds.At(r.Context(), view.Point.ID)
	p := ui.PrinterOf(r)
	var options []ui.Option
	for _, k := range list {
		options = append(options, ui.Option{Value: k.ID, Label: k.NameIn(string(p.Lang())),
			Hint: p.T("managers.duty.kind_minutes", map[string]any{"minutes": k.Minutes})})
	}
	return options, err
}

// rhythmOptions are how often a shift can come; one chosen before that the form does not offer stays.
func rhythmOptions(p i18n.Printer, chosen string) []ui.Option {
	var options []ui.Option
	for _, n := range rhythms() {
		options = append(options, ui.Option{Value: strconv.Itoa(n), Label: weeksWords(p, n)})
	}
	if n, err := strconv.Atoi(chosen); err == nil && n > 0 && n <= calendar.MaxEvery && !slices.Contains(rhythms(), n) {
		options = append(options, ui.Option{Value: chosen, Label: weeksWords(p, n)})
	}
	for _, n := range []int{1, 2, 3, 4, calendar.LastOfMonth} {
		value := monthly + strconv.Itoa(n)
		options = append(options, ui.Option{Value: value, Label: p.T("managers.duty.rhythm." + value)})
	}
	return options
}

func weeksWords(p i18n.Printer, n int) string { return p.N("managers.duty.weeks", n) }
