package desk

import (
	"net/http"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// substitutePage offers, for each shift of a day, who can do it instead.
type substitutePage struct {
	Form    *ui.Form
	Subject subject
	Day     string
	Shifts  []substituteShift
	// Away is where the person is noted as away for the day, Back the day.
	Away, Back string
}

// substituteShift is a shift with those who can stand in.
type substituteShift struct {
	Label, DutyID string
	People        []ui.Option
}

func (d Deps) askSubstitute(w http.ResponseWriter, r *http.Request) error {
	return d.showSubstitute(w, r, ui.NewForm(r, r.URL.Query()))
}

func (d Deps) showSubstitute(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	ctx, who, p, today := r.Context(), session.Actor(r), ui.PrinterOf(r), calendar.DayOf(ui.Now(r))
	s, err := d.whose(r, form.Text("facilitatore"))
	if err != nil {
		return err
	}
	page := d.page(r, "hours.substitute")
	if !s.found() {
		return ui.Render(w, r, http.StatusOK, chooseView(page, chooseOf(r, s, "/sostituisci")))
	}
	day, err := calendar.ParseDay(form.Text("giorno"))
	if err != nil || day.Before(today) {
		day = today
	}
	form.Values.Set("giorno", day.String())
	form.Values.Set("facilitatore", s.Who.ID)
	days, err := d.Agenda.ShiftDays(ctx, who, s.Who, day, day)
	if err != nil {
		return err
	}
	places, err := d.placesOfDays(r, days)
	if err != nil {
		return err
	}
	v := substitutePage{Form: form, Subject: s, Day: capital(p.Day(day)), Back: afterSubstitute(who, s, day)}
	if who.Can(identity.Book) {
		v.Away = "/chiudi-oggi?assente=" + s.Who.ID + "&giorno=" + day.String()
	}
	for _, shift := range days[0].Shifts {
		one := substituteShift{Label: shiftText(shift, places), DutyID: shift.Duty.ID}
		people, err := d.Agenda.Substitutes(ctx, who, facilitators.StandIn{DutyID: shift.Duty.ID, Day: day})
		if err != nil {
			return err
		}
		for _, f := range people {
			one.People = append(one.People, ui.Option{Value: f.ID, Label: f.FullName()})
		}
		v.Shifts = append(v.Shifts, one)
	}
	return ui.Render(w, r, statusOf(form), substituteView(page, v))
}

func (d Deps) substitute(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	day := form.Day("giorno")
	other := form.Need("sostituto", longestReason)
	if len(form.Problems) > 0 {
		return d.showSubstitute(w, r, form)
	}
	_, err = d.Agenda.Substitute(r.Context(), session.Actor(r), facilitators.StandIn{DutyID: form.Text("turno"), Day: day}, other)
	if fault := form.Refuse(err); fault != nil {
		return fault
	}
	if err != nil {
		return d.showSubstitute(w, r, form)
	}
	s, err := d.subjectOf(r, other)
	if err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, afterSubstitute(session.Actor(r), s, day), ui.Success, "hours.substituted")
}

// afterSubstitute leads to the day, or to the person for who sees no agenda.
func afterSubstitute(who identity.Actor, s subject, day calendar.Day) string {
	if who.Can(identity.SeeAgenda) {
		return s.address("/agenda", "giorno", day.String())
	}
	return "/gestione/facilitatori/" + s.Who.ID
}
