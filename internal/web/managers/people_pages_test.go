package managers_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/register/registertest"
)

// newPerson adds somebody for body 0 and returns the id.
func (w *world) newPerson(t *testing.T, surname string) string {
	t.Helper()
	id, err := w.Facilitators.Add(t.Context(), registertest.System(), facilitators.Facilitator{
		BodyID: w.BodyIDs[0], Name: "Prova", Surname: surname, From: registertest.Today().AddDays(-30), Languages: []string{"it", "fr"},
	}, "")
	if err != nil {
		t.Fatalf("Add() = %v", err)
	}
	return id
}

// onMondays puts somebody on duty on Mondays from 9 to 12 at point 0 and returns the shift.
func (w *world) onMondays(t *testing.T, id string) string {
	t.Helper()
	one, a := w.place(t, 0)
	if f, err := w.Facilitators.ByID(t.Context(), registertest.System(), id); err != nil || !f.ServesOn(one.ID, registertest.Today()) {
		if err := w.Facilitators.Serve(t.Context(), registertest.System(), id, one.ID, registertest.Today().AddDays(-30), calendar.Day{}); err != nil {
			t.Fatalf("Serve() = %v", err)
		}
	}
	duty, err := w.Facilitators.AddDuty(t.Context(), registertest.System(), facilitators.Duty{FacilitatorID: id, PointID: one.ID, AddressID: a.ID,
		Weekday: calendar.Monday, Starts: 9 * 60, Ends: 12 * 60, From: registertest.Today().AddDays(-7)})
	if err != nil {
		t.Fatalf("AddDuty() = %v", err)
	}
	return duty
}

func TestListOfPeopleIsFiltered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.newPerson(t, "Francesino")
	w.get(t, w.bodies[0], "/gestione/facilitatori").want(t, http.StatusOK, "Francesino", "Rossi")
	w.get(t, w.bodies[0], "/gestione/facilitatori?lingua=fr").want(t, http.StatusOK, "Francesino Prova")
	w.get(t, w.bodies[0], "/gestione/facilitatori?lingua=fr").lacks(t, "Rossi Anna")
	found := w.post(t, w.bodies[0], "/gestione/facilitatori", url.Values{"cerca": {"francesino"}})
	found.want(t, http.StatusOK, "1 facilitatore", "Francesino Prova")
	w.get(t, w.bodies[0], "/gestione/facilitatori?cerca=francesino").want(t, http.StatusOK, "Rossi Anna")
	kept := w.post(t, w.bodies[0], "/gestione/facilitatori", url.Values{"stato": {"active"}, "punto": {w.PointIDs[0]}})
	kept.want(t, http.StatusSeeOther)
	if to := kept.header.Get("Location"); !strings.Contains(to, "stato=active") || !strings.Contains(to, "punto=") {
		t.Errorf("filters lead to %q", to)
	}
	file := w.post(t, w.bodies[0], "/gestione/facilitatori.csv", url.Values{"cerca": {"francesino"}})
	if !strings.Contains(file.body, "Francesino") || strings.Contains(file.body, "Rossi") {
		t.Errorf("facilitatori.csv = %q", file.body)
	}
	w.get(t, w.bodies[1], "/gestione/facilitatori").lacks(t, "Francesino")
}

func TestHandoverOfAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leaver, heir := w.FacilitatorIDs[0], w.newPerson(t, "Erede")
	w.book(t, "Vito Conte")
	path := "/gestione/facilitatori/" + leaver + "/consegne"
	form := w.get(t, w.bodies[0], path)
	form.want(t, http.StatusOK, "Passaggio di consegne", "1 turno", "1 appuntamento in arrivo", "Chi continua a")
	fields := form.fields(path)
	w.post(t, w.bodies[0], path, fields).want(t, http.StatusUnprocessableEntity)
	fields.Set("last", "01/01/2020")
	w.post(t, w.bodies[0], path, fields).want(t, http.StatusUnprocessableEntity, "già passato")
	fields.Set("last", "30/11/2026")
	fields.Set("point_"+strings.ReplaceAll(w.PointIDs[0], "-", ""), heir)
	w.post(t, w.bodies[1], path, fields).want(t, http.StatusNotFound)
	w.post(t, w.bodies[0], path, fields).want(t, http.StatusSeeOther)
	w.get(t, w.bodies[0], "/gestione/facilitatori/"+leaver).want(t, http.StatusOK, "al 30/11/2026", "Storia", "Passaggio di consegne")
	w.get(t, w.bodies[0], "/gestione/punti/"+w.PointIDs[0]+"/turni").want(t, http.StatusOK, "Prova Erede", "dal 01/12/2026")
}

func TestPointsWithoutAnybody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := w.get(t, w.region, "/gestione/punti-senza-nessuno")
	list.want(t, http.StatusOK, "Mancano i turni")
	w.onMondays(t, w.FacilitatorIDs[0])
	one, _ := w.place(t, 0)
	w.get(t, w.region, "/gestione/punti-senza-nessuno").lacks(t, one.PublicName)
	if err := w.Facilitators.HandOver(t.Context(), registertest.System(), facilitators.Handover{FacilitatorID: w.FacilitatorIDs[0], Last: registertest.Today()}); err != nil {
		t.Fatalf("HandOver() = %v", err)
	}
	w.get(t, w.region, "/gestione/punti-senza-nessuno?tra=30&manca=persone").want(t, http.StatusOK, one.PublicName, "Non c'è nessuno")
	file := w.get(t, w.region, "/gestione/punti-senza-nessuno.csv?tra=30&manca=persone")
	if !strings.Contains(file.body, one.Code) {
		t.Errorf("the file lacks %s: %q", one.Code, file.body)
	}
	w.get(t, w.bodies[1], "/gestione/punti-senza-nessuno?tra=30").lacks(t, one.PublicName)
}

func TestMergeOfTwoRecords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	kept, gone := w.FacilitatorIDs[0], w.newPerson(t, "Rosi")
	shift := w.onMondays(t, gone)
	ask := "/gestione/facilitatori/" + kept + "/unisci"
	w.get(t, w.bodies[0], ask).want(t, http.StatusOK, "Schede simili")
	w.post(t, w.bodies[0], ask, url.Values{"cerca": {"rosi"}}).want(t, http.StatusOK, "Rosi Prova")
	path := ask + "/" + gone
	page := w.get(t, w.bodies[0], path)
	page.want(t, http.StatusOK, "Rossi Anna", "Rosi Prova", "Quale scheda resta")
	w.get(t, w.bodies[1], path).want(t, http.StatusNotFound)
	w.post(t, w.bodies[0], path, url.Values{"kept": {"altra"}}).want(t, http.StatusUnprocessableEntity)
	other := w.onMondays(t, kept)
	w.get(t, w.bodies[0], path).want(t, http.StatusOK, "Turni nello stesso momento", "Lunedì 09:00–12:00")
	w.post(t, w.bodies[0], path, url.Values{"kept": {kept}}).want(t, http.StatusConflict, "turni nello stesso momento")
	if err := w.Facilitators.EndDuty(t.Context(), registertest.System(), other, registertest.Today().AddDays(-30)); err != nil {
		t.Fatalf("EndDuty() = %v", err)
	}
	w.post(t, w.bodies[0], path, url.Values{"kept": {kept}}).want(t, http.StatusSeeOther)
	old := w.get(t, w.bodies[0], "/gestione/facilitatori/"+gone)
	old.want(t, http.StatusSeeOther)
	if to := old.header.Get("Location"); to != "/gestione/facilitatori/"+kept {
		t.Errorf("the old address leads to %q, want the record that stays", to)
	}
	w.get(t, w.bodies[0], "/gestione/facilitatori").lacks(t, "Rosi Prova")
	card := w.get(t, w.bodies[0], "/gestione/facilitatori/"+kept)
	card.want(t, http.StatusOK, "Un'altra scheda è stata unita", "Annulla l'unione", "Schede unite")
	undo := regexp.MustCompile(`/gestione/facilitatori/[0-9a-f-]+/unioni/[0-9a-f-]+/annulla`).FindString(card.body)
	w.post(t, w.bodies[1], undo, nil).want(t, http.StatusNotFound)
	w.post(t, w.bodies[0], undo, nil).want(t, http.StatusSeeOther)
	w.get(t, w.bodies[0], "/gestione/facilitatori").want(t, http.StatusOK, "Rosi Prova")
	duties, err := w.Facilitators.Duties(t.Context(), registertest.System(), w.PointIDs[0])
	if err != nil || len(duties) != 1 || duties[0].ID != shift || duties[0].FacilitatorID != gone {
		t.Errorf("shifts after the undo = %+v, %v, want the other's again", duties, err)
	}
}

func TestAShiftChangesFromADayOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, _ := w.place(t, 0)
	path := "/gestione/punti/" + one.ID + "/turni/" + w.onMondays(t, w.FacilitatorIDs[0]) + "/modifica"
	page := w.get(t, w.bodies[0], path)
	page.want(t, http.StatusOK, "Cambia un turno", "Le volte da un giorno in poi")
	form := page.fields(path)
	form.Set("hours", "10:00-12:00")
	form.Set("scope", "following")
	form.Set("day", "01/01/2020")
	w.post(t, w.bodies[0], path, form).want(t, http.StatusUnprocessableEntity, "da oggi in poi")
	form.Set("day", "01/12/2026")
	w.post(t, w.bodies[0], path, form).want(t, http.StatusSeeOther)
	w.get(t, w.bodies[0], "/gestione/punti/"+one.ID+"/turni").want(t, http.StatusOK, "Lunedì 09:00–12:00", "al 30/11/2026", "Lunedì 10:00–12:00", "dal 01/12/2026")
	w.get(t, w.bodies[1], path).want(t, http.StatusNotFound)
}

// TestNoNameInAnAddress looks at the addresses of the pages of people.
func TestNoNameInAnAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.newPerson(t, "Segretissimo")
	address := regexp.MustCompile(`(?:href|action|formaction)="([^"]*)"`)
	for _, page := range []page{
		w.get(t, w.bodies[0], "/gestione/facilitatori"), w.get(t, w.bodies[0], "/gestione/facilitatori/"+id),
		w.get(t, w.bodies[0], "/gestione/facilitatori/"+id+"/consegne"), w.get(t, w.bodies[0], "/gestione/facilitatori/"+id+"/unisci"),
		w.post(t, w.bodies[0], "/gestione/facilitatori", url.Values{"cerca": {"segretissimo"}}),
		w.post(t, w.bodies[0], "/gestione/facilitatori/"+id+"/unisci", url.Values{"cerca": {"segretissimo"}}),
	} {
		page.want(t, http.StatusOK)
		for _, found := range address.FindAllStringSubmatch(page.body, -1) {
			if strings.Contains(strings.ToLower(found[1]), "segretissimo") {
				t.Errorf("a page leads to %q", found[1])
			}
		}
	}
}

func TestAPersonIsInvitedFromTheirPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.FacilitatorIDs[0]
	card, invite := "/gestione/facilitatori/"+id, "/amministrazione/invita?persona="+id
	if page := w.get(t, w.region, card); strings.Contains(page.body, invite) {
		t.Errorf("who manages no accounts is offered %s", invite)
	}
	both := w.region
	both.Grants = append(slices.Clone(both.Grants), identity.Grant{Role: identity.Administrator, Scope: identity.ScopeNetwork})
	page := w.get(t, both, card)
	page.want(t, http.StatusOK, "non può ancora accedere")
	if !strings.Contains(page.body, invite) {
		t.Errorf("who manages accounts is not offered %s", invite)
	}
	who := w.SignedIn(t, 0)
	if page := w.get(t, both, card); strings.Contains(page.body, invite) || !strings.Contains(page.body, "/amministrazione/account/"+who.AccountID) {
		t.Errorf("who has an account is invited again, or the account is not there")
	}
}
