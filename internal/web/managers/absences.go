package managers

import (
	"net/http"

	"capillare/internal/facilitators"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// absencePage asks from when to when a person is away.
type absencePage struct {
	Form   *ui.Form
	Person facilitators.Facilitator
}

func (d Deps) absence(w http.ResponseWriter, r *http.Request) error {
	return d.showAbsence(w, r, ui.NewForm(r, nil))
}

func (d Deps) saveAbsence(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	a := facilitators.Absence{FacilitatorID: r.PathValue("id"), From: form.Day("from"), To: form.Day("to")}
	if !form.Has("from") {
		form.Problems.Add("from", "form.required")
	}
	if !form.Has("to") {
		a.To = a.From
	}
	if len(form.Problems) == 0 {
		_, refused := d.Facilitators.AddAbsence(r.Context(), who, a)
		if err := form.Refuse(refused); err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return d.showAbsence(w, r, form)
	}
	return ui.RedirectFlash(w, r, "/gestione/facilitatori/"+a.FacilitatorID, ui.Success, "managers.absence.added")
}

func (d Deps) showAbsence(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	f, err := d.Facilitators.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	page := sheet(r, p.T("managers.absence.new_title"), personWay(p, f)...)
	return ui.Render(w, r, statusOf(form), absenceView(page, absencePage{Form: form, Person: f}))
}

func (d Deps) removeAbsence(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	if err := d.Facilitators.RemoveAbsence(r.Context(), who, form.Text("absence")); err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, "/gestione/facilitatori/"+r.PathValue("id"), ui.Success, "managers.absence.removed")
}
