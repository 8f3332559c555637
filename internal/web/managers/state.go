package managers

import (
	"net/http"
	"net/url"

	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// statePage asks for the next state of a point.
type statePage struct {
	Form  *ui.Form
	Point points.Point
	State ui.BadgeText
	Steps []ui.SummaryItem
	// Next are the states that may follow; none for a closed point.
	Next []ui.Option
}

func (d Deps) state(w http.ResponseWriter, r *http.Request) error {
	one, err := d.Points.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	form := ui.NewForm(r, url.Values{"on": {dayText(today(r))}})
	return d.showState(w, r, http.StatusOK, form, one)
}

func (d Deps) saveState(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	one, err := d.Points.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	next, on := form.Choice("state", points.States()...), form.Day("on")
	if !form.Has("on") {
		form.Problems.Add("on", "form.required")
	}
	status := http.StatusUnprocessableEntity
	if len(form.Problems) == 0 {
		refused := d.Points.SetState(r.Context(), who, one.ID, next, on)
		if refused == nil {
			return ui.RedirectFlash(w, r, "/gestione/punti/"+one.ID, ui.Success, "managers.state.saved")
		}
		status = ui.StatusOf(refused)
		if err := form.Refuse(refused); err != nil {
			return err
		}
	}
	return d.showState(w, r, status, form, one)
}

func (d Deps) showState(w http.ResponseWriter, r *http.Request, status int, form *ui.Form, one points.Point) error {
	p := ui.PrinterOf(r)
	view := statePage{Form: form, Point: one, State: stateBadge(p, one.State), Steps: stateDays(p, one)}
	for _, next := range points.NextStates(one.State) {
		view.Next = append(view.Next, ui.Option{Value: next, Label: p.T("points.state." + next), Hint: p.T("managers.state.hint." + next)})
	}
	way := []ui.Link{{Label: p.T("managers.points.title"), Href: "/gestione/punti"}, pointLink(one)}
	return ui.Render(w, r, status, stateView(sheet(r, p.T("managers.state.title"), way...), view))
}
