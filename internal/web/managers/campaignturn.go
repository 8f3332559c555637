package managers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"capillare/internal/calendar"
	"capillare/internal/campaigns"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// newPlace is the choice of a place that is not there yet, in the form of a turn.
const newPlace = "nuovo"

// turnForm is the form of a turn: first the point, then who is there, where and when.
type turnForm struct {
	Form         *ui.Form
	Action, Back string
	Name         string
	// Points are the choices while no point is chosen; then Point is the one.
	Points            []ui.Option
	Point             points.Point
	People, Addresses []ui.Option
	Weekdays          []ui.Option
	Chosen            []string
}

// newTurn asks for the point, and then, with the point in the address, for the rest.
func (d Deps) newTurn(w http.ResponseWriter, r *http.Request) error {
	c, err := d.ownCampaign(r)
	if err != nil {
		return err
	}
	form := ui.NewForm(r, url.Values{
		"point": {r.URL.Query().Get("punto")}, "weekday": {"1", "2", "3", "4", "5"}, "starts": {"09:00"}, "ends": {"13:00"},
		"from": {dayText(c.From)}, "to": {dayText(c.To)},
	})
	return d.showTurn(w, r, http.StatusOK, form, c)
}

func (d Deps) addTurn(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	c, err := d.ownCampaign(r)
	if err != nil {
		return err
	}
	t, err := d.readTurn(r, form)
	if err != nil {
		return err
	}
	status := http.StatusUnprocessableEntity
	if len(form.Problems) == 0 {
		_, refused := d.Campaigns.AddTurn(r.Context(), who, c.ID, t)
		if refused == nil {
			return ui.RedirectFlash(w, r, campaignsPath+"/"+c.ID, ui.Success, "campaigns.turn_added")
		}
		status = ui.StatusOf(refused)
		if err := form.Refuse(refused); err != nil {
			return err
		}
	}
	return d.showTurn(w, r, status, form, c)
}

func (d Deps) readTurn(r *http.Request, form *ui.Form) (campaigns.Turn, error) {
	t := campaigns.Turn{
		FacilitatorID: form.Text("facilitator"), PointID: form.Text("point"), AddressID: form.Text("address"),
		Starts: form.Minute("starts"), Ends: form.Minute("ends"), From: form.Day("from"), To: form.Day("to"),
	}
	for _, text := range form.Texts("weekday") {
		if n, err := strconv.Atoi(text); err == nil && calendar.Weekday(n).Valid() {
			t.Weekdays |= calendar.WeekdaysOf(calendar.Weekday(n))
		}
	}
	if t.AddressID != newPlace {
		return t, nil
	}
	t.AddressID = ""
	t.Place = campaigns.Place{Name: form.Need("place_name", longestPlace), Street: form.Text("place_street"), CAP: form.Text("place_cap")}
	var err error
	t.Place.Belfiore, err = d.townCode(r.Context(), form.Text("place_belfiore"))
	return t, err
}

const longestPlace = 120

func (d Deps) showTurn(w http.ResponseWriter, r *http.Request, status int, form *ui.Form, c campaigns.Campaign) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	view := turnForm{Form: form, Action: r.URL.Path, Back: campaignsPath + "/" + c.ID, Name: c.Name, Chosen: form.Texts("weekday")}
	if err := d.turnPoint(r, form, &view); err != nil {
		return err
	}
	if view.Point.ID != "" {
		people, _, err := d.Facilitators.List(r.Context(), who, facilitators.Filter{State: facilitators.Active, Max: every})
		if err != nil {
			return err
		}
		view.People = turnPeople(r, view.Point, people)
		for _, a := range view.Point.Addresses {
			view.Addresses = append(view.Addresses, ui.Option{Value: a.ID, Label: joinWords(a.Place, a.Street)})
		}
		view.Addresses = append(view.Addresses, ui.Option{Value: newPlace, Label: p.T("campaigns.new_place")})
	}
	for w := calendar.Monday; w <= calendar.Sunday; w++ {
		view.Weekdays = append(view.Weekdays, ui.Option{Value: strconv.Itoa(int(w)), Label: p.Weekday(w)})
	}
	way := campaignWay(r, ui.Link{Label: c.Name, Href: view.Back})
	return ui.Render(w, r, status, turnFormView(sheet(r, p.T("campaigns.turn_title"), way...), view))
}

// turnPoint fills in the point of the form, or the choices. One that is another's is not there.
func (d Deps) turnPoint(r *http.Request, form *ui.Form, view *turnForm) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	list, err := d.Points.All(r.Context(), who, identity.EditPoints)
	if err != nil {
		return err
	}
	view.Points = []ui.Option{{Label: p.T("managers.choose")}}
	for _, one := range list {
		if one.State != points.StateClosed {
			view.Points = append(view.Points, ui.Option{Value: one.ID, Label: one.PublicName})
		}
	}
	id := form.Text("point")
	if id == "" {
		return nil
	}
	i := slices.IndexFunc(list, func(one points.Point) bool { return one.ID == id })
	if i < 0 {
		return identity.ErrNotHere
	}
	view.Point = list[i]
	return nil
}

// turnPeople are the people who can be chosen: first who serves the point, then the others.
func turnPeople(r *http.Request, one points.Point, people []facilitators.Facilitator) []ui.Option {
	p := ui.PrinterOf(r)
	out := []ui.Option{{Label: p.T("managers.choose")}}
	var others []ui.Option
	for _, f := range people {
		if f.ServesOn(one.ID, today(r)) {
			out = append(out, ui.Option{Value: f.ID, Label: f.FullName()})
		} else {
			others = append(others, ui.Option{Value: f.ID, Label: p.T("campaigns.from_elsewhere", map[string]any{"name": f.FullName()})})
		}
	}
	return append(out, others...)
}

func joinWords(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}

func (d Deps) dropTurn(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	if err := d.Campaigns.DropTurn(r.Context(), who, r.PathValue("id"), form.Text("turn")); err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, campaignsPath+"/"+r.PathValue("id"), ui.Success, "campaigns.turn_dropped")
}

func (d Deps) askEndTurn(w http.ResponseWriter, r *http.Request) error {
	return d.showEndTurn(w, r, http.StatusOK, ui.NewForm(r, url.Values{"on": {dayText(today(r))}}))
}

func (d Deps) endTurn(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	on := form.Day("on")
	if on.IsZero() && len(form.Problems) == 0 {
		form.Problems.Add("on", "form.required")
	}
	if len(form.Problems) > 0 {
		return d.showEndTurn(w, r, http.StatusUnprocessableEntity, form)
	}
	if err := d.Campaigns.EndTurn(r.Context(), who, r.PathValue("id"), r.PathValue("turn"), on); err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, campaignsPath+"/"+r.PathValue("id"), ui.Success, "campaigns.turn_ended")
}

func (d Deps) showEndTurn(w http.ResponseWriter, r *http.Request, status int, form *ui.Form) error {
	c, err := d.ownCampaign(r)
	if err != nil {
		return err
	}
	rows, err := d.turnRows(r, c.Turns)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rows, func(t turnRow) bool { return t.ID == r.PathValue("turn") && t.Made })
	if i < 0 {
		return campaigns.ErrNotFound
	}
	p, back := ui.PrinterOf(r), campaignsPath+"/"+c.ID
	view := endCampaignForm{Form: form, Action: r.URL.Path, Back: back, What: rows[i].Who + ": " + rows[i].When, Text: p.T("campaigns.end_text")}
	way := campaignWay(r, ui.Link{Label: c.Name, Href: back})
	return ui.Render(w, r, status, endCampaignView(sheet(r, p.T("campaigns.turn_end_title"), way...), view))
}
