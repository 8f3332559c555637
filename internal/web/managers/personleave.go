package managers

import (
	"net/http"
	"net/url"
	"strings"

	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// leavePage asks when a person leaves and who takes over at each point (it: passaggio di consegne).
type leavePage struct {
	Form   *ui.Form
	Person facilitators.Facilitator
	Points []leavePoint
	// Roles are those of the person's account that end too, Others those that an administrator must end.
	Roles, Others []string
}

// leavePoint is a point that the person serves: what is to be handed over there, and to whom.
type leavePoint struct {
	// Field is the name of the field that says who takes over.
	Field, Name string
	// What are the shifts and the appointments to come, in words.
	What  string
	Heirs []ui.Option
}

func heirField(pointID string) string { return "point_" + strings.ReplaceAll(pointID, "-", "") }

func (d Deps) askLeave(w http.ResponseWriter, r *http.Request) error {
	f, err := d.Facilitators.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return d.showLeave(w, r, http.StatusOK, ui.NewForm(r, url.Values{"last": {dayText(f.To)}}), f)
}

func (d Deps) leave(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	f, err := d.Facilitators.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	h := facilitators.Handover{FacilitatorID: f.ID, Last: form.Day("last"), To: map[string]string{}}
	if !form.Has("last") {
		form.Problems.Add("last", "form.required")
	}
	for _, pointID := range d.stillServed(r, f) {
		h.To[pointID] = form.Text(heirField(pointID))
	}
	status := http.StatusUnprocessableEntity
	if len(form.Problems) == 0 {
		refused := d.Facilitators.HandOver(r.Context(), who, h)
		if refused == nil {
			return ui.RedirectFlash(w, r, "/gestione/facilitatori/"+f.ID, ui.Success, "people.leave.done")
		}
		status = ui.StatusOf(refused)
		if err := form.Refuse(refused); err != nil {
			return err
		}
	}
	return d.showLeave(w, r, status, form, f)
}

// stillServed are the points that the person serves today or later, each once.
func (d Deps) stillServed(r *http.Request, f facilitators.Facilitator) []string {
	var ids []string
	for _, s := range f.Points {
		if s.To.IsZero() || !s.To.Before(today(r)) {
			ids = append(ids, s.PointID)
		}
	}
	return unique(ids)
}

func (d Deps) showLeave(w http.ResponseWriter, r *http.Request, status int, form *ui.Form, f facilitators.Facilitator) error {
	p := ui.PrinterOf(r)
	view := leavePage{Form: form, Person: f}
	var err error
	if view.Roles, view.Others, err = d.accessOf(r, f); err != nil {
		return err
	}
	if view.Points, err = d.leavePoints(r, f); err != nil {
		return err
	}
	return ui.Render(w, r, status, leaveView(sheet(r, p.T("people.leave.title"), personWay(p, f)...), view))
}

// accessOf are the roles of a person's account that are not over, in words: those of a facilitator, which end
// with the work, and the others.
func (d Deps) accessOf(r *http.Request, f facilitators.Facilitator) (own, others []string, err error) {
	if f.AccountID == "" {
		return nil, nil, nil
	}
	// Whoever sends a person away must know what the person can open, and sees nothing else of the account.
	held, err := d.Identity.RolesOf(r.Context(), identity.System("handover"), f.AccountID)
	p := ui.PrinterOf(r)
	for _, h := range held[f.AccountID] {
		if !h.To.IsZero() && h.To.Before(today(r)) {
			continue
		}
		words := p.T("identity.role."+string(h.Role)) + ", " + span(p, h.From, h.To)
		if h.Role == identity.Facilitator {
			own = append(own, words)
		} else {
			others = append(others, words)
		}
	}
	return own, others, err
}

func (d Deps) leavePoints(r *http.Request, f facilitators.Facilitator) ([]leavePoint, error) {
	who, p := session.Actor(r), ui.PrinterOf(r)
	ids := d.stillServed(r, f)
	places, err := d.Points.ByIDs(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	booked, err := d.Agenda.CountToCome(r.Context(), f.ID, today(r))
	if err != nil {
		return nil, err
	}
	sees, err := d.Points.Visible(r.Context(), who, identity.SeeFacilitators)
	if err != nil {
		return nil, err
	}
	heirs, err := d.heirs(r, f)
	if err != nil {
		return nil, err
	}
	out := make([]leavePoint, len(ids))
	for i, id := range ids {
		shifts := 0
		// Shifts at a point of others end too, but are nobody's business here.
		if sees.Has(id) {
			list, err := d.Facilitators.Duties(r.Context(), who, id)
			if err != nil {
				return nil, err
			}
			for _, duty := range list {
				if duty.FacilitatorID == f.ID {
					shifts++
				}
			}
		}
		out[i] = leavePoint{Field: heirField(id), Name: places[id].PublicName, Heirs: heirs,
			What: p.N("people.leave.shifts", shifts) + ", " + p.N("people.leave.booked", booked[id])}
	}
	return out, nil
}

// heirs are the people of who asks who may take over.
func (d Deps) heirs(r *http.Request, f facilitators.Facilitator) ([]ui.Option, error) {
	list, _, err := d.Facilitators.List(r.Context(), session.Actor(r), facilitators.Filter{State: facilitators.Active, Max: every})
	out := ui.Options("", ui.PrinterOf(r).T("people.leave.nobody"))
	for _, one := range without(list, f.ID) {
		out = append(out, ui.Option{Value: one.ID, Label: one.Surname + " " + one.Name})
	}
	return out, err
}
