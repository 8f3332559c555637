package desk

import (
	"net/http"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// weeksShown is how many weeks of shifts a person sees ahead.
const weeksShown = 5

// shiftsPage shows when and where a person is on duty, and when away.
type shiftsPage struct {
	Subject subject
	Days    []dayCard
	// Change is the page where shifts and absences are changed, "" for who may not.
	Change string
	// Bodies are whom to ask otherwise.
	Bodies []askRow
}

// askRow is a body to ask, with how.
type askRow struct{ Name, Phone, Email string }

func (d Deps) shifts(w http.ResponseWriter, r *http.Request) error {
	s, err := d.whose(r, r.URL.Query().Get("facilitatore"))
	if err != nil {
		return err
	}
	page := d.page(r, "hours.shifts_title")
	page.Section = "shifts"
	if !s.found() {
		return ui.Render(w, r, http.StatusOK, chooseView(page, chooseOf(r, s, "/turni")))
	}
	today := calendar.DayOf(ui.Now(r))
	all, err := d.cardsOf(r, s, today, today.AddDays(weeksShown*7))
	if err != nil {
		return err
	}
	v := shiftsPage{Subject: s}
	for _, day := range all {
		if len(day.Shifts)+len(day.Notes) > 0 {
			v.Days = append(v.Days, day)
		}
	}
	if session.Actor(r).Can(identity.EditFacilitators) {
		v.Change = "/gestione/facilitatori/" + s.Who.ID
	} else if v.Bodies, err = d.whomToAsk(r, s.Who); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, shiftsView(page, v))
}

// whomToAsk returns the body that the person works for.
func (d Deps) whomToAsk(r *http.Request, f facilitators.Facilitator) ([]askRow, error) {
	bodies, err := d.Orgs.ByIDs(r.Context(), []string{f.BodyID})
	var rows []askRow
	for _, b := range bodies {
		rows = append(rows, askRow{Name: b.Name, Phone: b.Phone, Email: b.Email})
	}
	return rows, err
}
