package managers

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// What the form of one time of a shift does.
const (
	onceChange  = "change"
	onceCancel  = "cancel"
	onceRestore = "restore"
)

// oncePage is one time of a shift.
type oncePage struct {
	Form   *ui.Form
	Action string
	// When is the day in words; Line the shift.
	When, Line        string
	Acts              []ui.Option
	People, Addresses []ui.Option
	BackHref          string
	// FollowingHref and AlwaysHref change the shift from this day on, or all of it.
	FollowingHref, AlwaysHref string
}

// oneTime is one time of a shift, from an address of a page.
type oneTime struct {
	point points.Point
	duty  facilitators.Duty
	day   calendar.Day
	// now is what goes otherwise on that day; nil when nothing does.
	now *facilitators.Occurrence
}

func (d Deps) oneTime(r *http.Request) (oneTime, error) {
	who := session.Actor(r)
	one, err := d.Points.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return oneTime{}, err
	}
	list, err := d.Facilitators.Duties(r.Context(), who, one.ID)
	if err != nil {
		return oneTime{}, err
	}
	day, err := calendar.ParseDay(r.PathValue("day"))
	i := slices.IndexFunc(list, func(duty facilitators.Duty) bool { return duty.ID == r.PathValue("duty") })
	if err != nil || i < 0 || !list[i].On(day) || day.Before(today(r)) {
		return oneTime{}, identity.ErrNotHere
	}
	single, err := d.Facilitators.Occurrences(r.Context(), who, one.ID)
	return oneTime{point: one, duty: list[i], day: day, now: on(single, list[i].ID, day)}, err
}

func (d Deps) once(w http.ResponseWriter, r *http.Request) error {
	t, err := d.oneTime(r)
	if err != nil {
		return err
	}
	person, address, hours := t.duty.FacilitatorID, t.duty.AddressID, facilitators.Hours{Starts: t.duty.Starts, Ends: t.duty.Ends}
	if t.now != nil {
		person, address, hours = t.now.FacilitatorID, t.now.AddressID, facilitators.Hours{Starts: t.now.Starts, Ends: t.now.Ends}
	}
	return d.showOnce(w, r, http.StatusOK, ui.NewForm(r, url.Values{
		"do": {onceChange}, "facilitator": {person}, "address_id": {address}, "hours": {hours.String()},
	}), t)
}

func (d Deps) saveOnce(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	t, err := d.oneTime(r)
	if err != nil {
		return err
	}
	c := facilitators.Change{DutyID: t.duty.ID, Scope: facilitators.Once, Day: t.day}
	switch form.Choice("do", onceChange, onceCancel, onceRestore) {
	case onceCancel:
		c.Cancel = true
	case onceRestore:
		c.Restore = true
	case onceChange:
		c.One = readOnce(form)
	}
	again := func(status int) error { return d.showOnce(w, r, status, form, t) }
	if len(form.Problems) > 0 {
		return again(http.StatusUnprocessableEntity)
	}
	var odd []string
	p := ui.PrinterOf(r)
	if !c.Cancel && !c.Restore {
		odd = outsideWords(p, t.point, facilitators.Entry{Duty: facilitators.Duty{AddressID: c.One.AddressID},
			Weekdays: calendar.WeekdaysOf(t.day.Weekday()), Bands: []facilitators.Hours{{Starts: c.One.Starts, Ends: c.One.Ends}}})
	}
	return d.carryOut(w, r, change{
		Form: form, Title: p.T("managers.once.title"), Point: t.point, Lead: capital(p.DayYear(t.day)), Warnings: odd,
		BackHref: dutiesPath(t.point.ID) + "/" + t.duty.ID, Done: "managers.once.done", PointIDs: []string{t.point.ID},
		Make: func(ctx context.Context, tx *sqldb.Tx) error { return d.Facilitators.ChangeTx(ctx, tx, who, c) },
	}, again)
}

// readOnce reads what one time becomes: one stretch only.
func readOnce(form *ui.Form) facilitators.Occurrence {
	o := facilitators.Occurrence{FacilitatorID: form.Need("facilitator", 64), AddressID: form.Need("address_id", 64)}
	bands := readBands(form, "hours")
	switch len(bands) {
	case 0:
	case 1:
		o.Starts, o.Ends = bands[0].Starts, bands[0].Ends
	default:
		form.Problems.Add("hours", "managers.once.one_band")
	}
	return o
}

func (d Deps) showOnce(w http.ResponseWriter, r *http.Request, status int, form *ui.Form, t oneTime) error {
	fieldsOfForm(form)
	p := ui.PrinterOf(r)
	row, err := d.shiftWords(r, t.point, facilitators.Entries([]facilitators.Duty{t.duty})[0])
	if err != nil {
		return err
	}
	view := oncePage{Form: form, Action: r.URL.Path, When: capital(p.DayYear(t.day)), Line: row.line(), BackHref: dutiesPath(t.point.ID) + "/" + t.duty.ID}
	view.AlwaysHref = view.BackHref + "/modifica"
	view.FollowingHref = view.AlwaysHref + "?da=" + t.day.String()
	view.Acts = ui.Options(onceChange, p.T("managers.once.change"), onceCancel, p.T("managers.once.cancel"))
	if t.now != nil {
		view.Acts = append(view.Acts, ui.Option{Value: onceRestore, Label: p.T("managers.once.restore")})
	}
	if view.Addresses, err = d.addressOptions(r, t.point); err != nil {
		return err
	}
	if view.People, err = d.whoOnce(r, t); err != nil {
		return err
	}
	return ui.Render(w, r, status, onceView(sheet(r, p.T("managers.once.title"), dutiesWay(r, t.point)...), view))
}

// whoOnce are who can do one time: whose it is, and who is free then.
func (d Deps) whoOnce(r *http.Request, t oneTime) ([]ui.Option, error) {
	people, err := d.Facilitators.ByIDs(r.Context(), []string{t.duty.FacilitatorID})
	if err != nil {
		return nil, err
	}
	options := []ui.Option{{Value: t.duty.FacilitatorID, Label: people[t.duty.FacilitatorID].FullName()}}
	if t.now != nil && t.now.FacilitatorID != t.duty.FacilitatorID {
		others, err := d.Facilitators.ByIDs(r.Context(), []string{t.now.FacilitatorID})
		if err != nil {
			return nil, err
		}
		options = append(options, ui.Option{Value: t.now.FacilitatorID, Label: others[t.now.FacilitatorID].FullName()})
	}
	if t.now != nil && t.now.Cancelled {
		return options, nil
	}
	free, err := d.Agenda.Substitutes(r.Context(), session.Actor(r), facilitators.StandIn{DutyID: t.duty.ID, Day: t.day})
	for _, f := range free {
		if f.ID != t.duty.FacilitatorID {
			options = append(options, ui.Option{Value: f.ID, Label: f.FullName()})
		}
	}
	return options, err
}
