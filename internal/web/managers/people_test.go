package managers_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"capillare/internal/facilitators"
	"capillare/internal/register"
	"capillare/internal/register/registertest"
)

func TestDutyOverlapKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, _ := w.place(t, 0)
	path := "/gestione/punti/" + one.ID + "/turni/nuovo"
	form := w.get(t, w.bodies[0], path+"?persona="+w.FacilitatorIDs[0]).fields(path)
	form.Set("weekday", "2")
	form.Set("hours", "9-12:30")
	w.post(t, w.bodies[0], path, form).want(t, http.StatusSeeOther)
	form.Set("hours", "12:00-14")
	refused := w.post(t, w.bodies[0], path, form)
	refused.want(t, http.StatusConflict, "ha già un altro turno")
	if got := refused.fields(path); got.Get("hours") != "12:00-14" || got.Get("facilitator") != w.FacilitatorIDs[0] {
		t.Errorf("the refused shift lost what was typed: %v", got)
	}
	form.Set("from", "29/02/2027")
	wrong := w.post(t, w.bodies[0], path, form)
	wrong.want(t, http.StatusUnprocessableEntity)
	if got := wrong.wrong("from"); !strings.Contains(got, "Questo giorno non esiste") {
		t.Errorf("29/02/2027: %q beside the field", got)
	}
	list := w.get(t, w.bodies[0], "/gestione/punti/"+one.ID+"/turni")
	list.want(t, http.StatusOK, "Martedì 09:00–12:30", "Anna Rossi", "Individuale: 30 minuti")
	duties, err := w.Facilitators.Duties(t.Context(), registertest.System(), one.ID)
	if err != nil || len(duties) != 1 {
		t.Fatalf("Duties() = %v, %v; want one", duties, err)
	}
	end := "/gestione/punti/" + one.ID + "/turni/" + duties[0].ID + "/fine"
	w.get(t, w.bodies[0], end).want(t, http.StatusOK, "Anna Rossi")
	w.post(t, w.bodies[0], end, url.Values{"on": {"31/02/2027"}}).want(t, http.StatusUnprocessableEntity, "Questo giorno non esiste")
	w.post(t, w.bodies[0], end, url.Values{"on": {"31/12/2026"}}).want(t, http.StatusSeeOther)
	w.get(t, w.bodies[0], "/gestione/punti/"+one.ID+"/turni").want(t, http.StatusOK, "al 31/12/2026")
}

func TestAddAPersonWithASealedCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code := registertest.Citizen(3).TaxCode
	path := "/gestione/facilitatori/nuovo"
	form := w.get(t, w.bodies[0], path).fields(path)
	form.Set("name", "Nicola")
	form.Set("surname", "Provaad")
	form.Set("body_id", w.BodyIDs[0])
	form.Set("tax_code", code[:15]+"?")
	wrong := w.post(t, w.bodies[0], path, form)
	wrong.want(t, http.StatusUnprocessableEntity)
	if wrong.wrong("tax_code") == "" || wrong.fields(path).Get("name") != "Nicola" {
		t.Errorf("a wrong tax code: %q beside it, name %q", wrong.wrong("tax_code"), wrong.fields(path).Get("name"))
	}
	form.Set("tax_code", strings.ToLower(code))
	right := w.post(t, w.bodies[0], path, form)
	right.want(t, http.StatusSeeOther)
	card := w.get(t, w.bodies[0], right.header.Get("Location"))
	card.want(t, http.StatusOK, "Nicola Provaad", "Presente (cifrato)", "Non lavora ancora in nessun punto")
	edit := w.get(t, w.bodies[0], right.header.Get("Location")+"/modifica")
	for name, p := range map[string]page{"page": card, "form": edit} {
		if strings.Contains(strings.ToUpper(p.body), code) {
			t.Errorf("the %s shows the tax code", name)
		}
	}
	w.post(t, w.bodies[0], path, form).want(t, http.StatusConflict, "è già nell'elenco")
	form.Set("body_id", w.BodyIDs[1])
	w.post(t, w.bodies[0], path, form).want(t, http.StatusNotFound)
}

func TestWherePeopleServeAndWhenTheyAreAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	card := "/gestione/facilitatori/" + w.FacilitatorIDs[1]
	page := w.get(t, w.bodies[0], card+"/punti")
	page.want(t, http.StatusOK, "Punto di Potenza")
	page.lacks(t, "Punto di Matera")
	w.post(t, w.bodies[0], card+"/punti", url.Values{"point": {w.PointIDs[2]}, "from": {"24/11/2026"}}).want(t, http.StatusNotFound)
	w.post(t, w.bodies[0], card+"/punti", url.Values{"point": {w.PointIDs[0]}, "from": {"24/11/2026"}}).want(t, http.StatusSeeOther)
	w.get(t, w.bodies[0], card).want(t, http.StatusOK, "Punto di Potenza dal 24/11/2026")
	end := card + "/punti/" + w.PointIDs[0] + "/fine"
	w.post(t, w.bodies[0], end, url.Values{"on": {"30/11/2026"}}).want(t, http.StatusSeeOther)
	w.get(t, w.bodies[0], card).want(t, http.StatusOK, "dal 24/11/2026 al 30/11/2026")
	w.post(t, w.bodies[0], card+"/assenze", url.Values{"from": {"10/12/2026"}, "to": {"09/12/2026"}}).want(t, http.StatusUnprocessableEntity, "viene prima")
	w.post(t, w.bodies[0], card+"/assenze", url.Values{"from": {"10/12/2026"}}).want(t, http.StatusSeeOther)
	with := w.get(t, w.bodies[0], card)
	with.want(t, http.StatusOK, "10/12/2026")
	w.post(t, w.bodies[0], card+"/assenze/togli", with.fields(card+"/assenze/togli")).want(t, http.StatusSeeOther)
	w.get(t, w.bodies[0], card).want(t, http.StatusOK, "Nessuna assenza")
}

func TestEditAPersonKeepsUnknownSkills(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	f, err := w.Facilitators.ByID(t.Context(), registertest.System(), w.FacilitatorIDs[0])
	if err != nil {
		t.Fatal(err)
	}
	f.Skills = []string{"1", "Lingua dei segni di livello B1"}
	if err := w.Facilitators.Edit(t.Context(), registertest.System(), f); err != nil {
		t.Fatal(err)
	}
	path := "/gestione/facilitatori/" + f.ID + "/modifica"
	form := w.get(t, w.bodies[0], path).fields(path)
	form.Set("phone", "0971 3")
	w.post(t, w.bodies[0], path, form).want(t, http.StatusSeeOther)
	if f, _ = w.Facilitators.ByID(t.Context(), registertest.System(), f.ID); f.Phone != "0971 3" || len(f.Skills) != 2 || !f.HasTaxCode {
		t.Errorf("after editing the phone: %+v", f)
	}
	if _, n, _ := w.Facilitators.List(t.Context(), registertest.System(), facilitators.Filter{}); n != 3 {
		t.Errorf("facilitators = %d, want 3", n)
	}
}

func TestBodiesAndTheirRoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.get(t, w.bodies[0], "/gestione/enti").want(t, http.StatusOK, "Comune di Potenza")
	w.post(t, w.bodies[0], "/gestione/enti/nuovo", url.Values{"name": {"X"}, "kind": {"other"}}).want(t, http.StatusForbidden)
	w.post(t, w.region, "/gestione/enti/nuovo", url.Values{"name": {""}, "kind": {""}, "belfiore": {"Atlantide"}}).
		want(t, http.StatusUnprocessableEntity, "Scegli il comune dall'elenco")
	added := w.post(t, w.region, "/gestione/enti/nuovo", url.Values{"name": {"Cooperativa Aiuto"}, "kind": {"third_sector"},
		"belfiore": {"Aliano (MT)"}, "roles": {"delivering_partner"}, "from": {"01/07/2026"}})
	added.want(t, http.StatusSeeOther)
	card := added.header.Get("Location")
	w.get(t, w.region, card).want(t, http.StatusOK, "Cooperativa Aiuto", "Soggetto realizzatore, dal 01/07/2026", "Aliano (MT)")
	w.post(t, w.region, card+"/ruolo", url.Values{"role": {"host"}}).want(t, http.StatusUnprocessableEntity, "da che giorno")
	w.post(t, w.region, card+"/ruolo", url.Values{"role": {"host"}, "from": {"01/09/2026"}}).want(t, http.StatusSeeOther)
	form := w.get(t, w.region, card+"/modifica").fields(card + "/modifica")
	form.Set("name", "Comune di Potenza")
	w.post(t, w.region, card+"/modifica", form).want(t, http.StatusUnprocessableEntity, "C'è già un ente con questo nome")
	file := w.get(t, w.region, "/gestione/enti.csv?tipo=third_sector")
	if !strings.Contains(file.body, "Cooperativa Aiuto") || strings.Contains(file.body, "Comune di Potenza;") {
		t.Errorf("enti.csv = %q", file.body)
	}
}

func TestProgrammeProjectTargets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	wrong := w.post(t, w.region, "/gestione/programmi/nuovo", url.Values{"code": {"P2"}, "name": {"Secondo"}, "starts_on": {"01/01/2027"}, "ends_on": {"29/02/2027"}, "amount": {"tanti"}})
	wrong.want(t, http.StatusUnprocessableEntity, "Questo giorno non esiste", "Scrivi l'importo in euro")
	added := w.post(t, w.region, "/gestione/programmi/nuovo", url.Values{"code": {"P2"}, "name": {"Secondo"}, "starts_on": {"01/01/2027"}, "ends_on": {"31/12/2027"}, "amount": {"7.451.103,50"}})
	added.want(t, http.StatusSeeOther)
	card := added.header.Get("Location")
	w.get(t, w.region, card).want(t, http.StatusOK, "7.451.103,50")
	w.post(t, w.region, card+"/progetti/nuovo", url.Values{"body_id": {w.BodyIDs[0]}, "code": {"PP"}, "name": {"Parte"}, "starts_on": {"01/12/2026"}, "ends_on": {"31/12/2027"}}).
		want(t, http.StatusUnprocessableEntity, "Scegli un giorno tra queste due date")
	w.post(t, w.region, card+"/progetti/nuovo", url.Values{"body_id": {w.BodyIDs[0]}, "code": {"PP"}, "name": {"Parte"}, "starts_on": {"01/01/2027"}, "ends_on": {"31/12/2027"}}).want(t, http.StatusSeeOther)
	w.post(t, w.region, card+"/obiettivi", url.Values{"kpi": {"services"}, "due_on": {"30/06/2027"}, "value": {"37500"}}).want(t, http.StatusSeeOther)
	seen := w.get(t, w.bodies[0], card)
	seen.want(t, http.StatusOK, "Parte", "37.500", "30/06/2027")
	seen.lacks(t, "Scrivi un obiettivo")
	w.get(t, w.bodies[1], card).want(t, http.StatusNotFound)
	w.post(t, w.bodies[0], card+"/obiettivi", url.Values{"kpi": {"services"}, "due_on": {"30/06/2027"}, "value": {"1"}}).want(t, http.StatusForbidden)
	change := w.get(t, w.region, card+"/obiettivi?kpi=services&due_on=30/06/2027&value=37500&project_id=")
	change.want(t, http.StatusOK, "Togli")
	w.post(t, w.region, card+"/obiettivi/togli", change.fields(card+"/obiettivi")).want(t, http.StatusSeeOther)
	w.get(t, w.region, card).want(t, http.StatusOK, "Nessun obiettivo ancora")
}

func TestNationalFileSaysWhoIsLeftOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	day := registertest.Today().AddDays(-1)
	for _, in := range []register.Input{
		w.Service(0, day, 9*60, registertest.Citizen(1), registertest.Citizen(2)),
		w.Service(0, day, 10*60, register.Citizen{}), w.Service(2, day, 9*60, registertest.Citizen(5)),
	} {
		if _, err := w.Register.Register(t.Context(), registertest.System(), in); err != nil {
			t.Fatalf("Register() = %v", err)
		}
	}
	choice := w.get(t, w.bodies[0], "/gestione/facilita")
	choice.want(t, http.StatusOK, "Progetto Comune di Potenza")
	choice.lacks(t, "Progetto Comune di Matera")
	checked := w.get(t, w.bodies[0], "/gestione/facilita?project="+w.ProjectIDs[0])
	checked.want(t, http.StatusOK, "Righe 2", "Manca il codice fiscale", "Servizio del 23/11/2026")
	file := w.post(t, w.bodies[0], "/gestione/facilita", checked.fields("/gestione/facilita"))
	if file.status != http.StatusOK || !strings.Contains(file.header.Get("Content-Disposition"), ".csv") {
		t.Fatalf("download = %d %v", file.status, file.header)
	}
	rows, err := csv.NewReader(strings.NewReader(file.body)).ReadAll()
	if err != nil || len(rows) != 3 || len(rows[0]) != 33 {
		t.Errorf("the file has %d rows of %d, %v; want a header and 2 rows of 33", len(rows), len(rows[0]), err)
	}
	w.get(t, w.bodies[0], "/gestione/facilita?project="+w.ProjectIDs[1]).want(t, http.StatusNotFound)
	w.post(t, w.bodies[0], "/gestione/facilita", url.Values{"project": {w.ProjectIDs[1]}}).want(t, http.StatusNotFound)
	w.post(t, w.region, "/gestione/facilita", url.Values{"project": {w.ProjectIDs[0]}}).want(t, http.StatusForbidden)
	w.get(t, w.bodies[0], "/gestione/facilita?from=29/02/2027&project="+w.ProjectIDs[0]).want(t, http.StatusUnprocessableEntity, "Questo giorno non esiste")
}

func TestStartCountsTheOwnPoints(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book(t, "Vito Conte")
	w.get(t, w.bodies[0], "/gestione").want(t, http.StatusOK, "Punti aperti 2", "Facilitatori attivi 2", "Appuntamenti di oggi 1", "Programma di prova")
	w.get(t, w.bodies[1], "/gestione").want(t, http.StatusOK, "Punti aperti 1", "Facilitatori attivi 1", "Appuntamenti di oggi 0")
	region := w.get(t, w.region, "/gestione")
	region.want(t, http.StatusOK, "Punti aperti 3", "Importa da un file")
	region.lacks(t, "Appuntamenti di oggi")
}
