package managers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/register/registertest"
)

// project returns the first project that body 0 has, and its page.
func (w *world) project(t *testing.T, body int) (funding.Project, string) {
	t.Helper()
	list, err := w.money.Projects(t.Context(), registertest.System(), funding.Filter{BodyID: w.BodyIDs[body]})
	if err != nil || len(list) == 0 {
		t.Fatalf("Projects() = %v, %v", list, err)
	}
	return list[0], "/gestione/programmi/" + list[0].ProgrammeID + "/progetti/" + list[0].ID
}

func TestProgrammesAndProjectsAreFiltered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, path := w.project(t, 0)
	for _, query := range []string{"", "?stato=in_force", "?cerca=" + url.QueryEscape(one.Code), "?ente=" + w.BodyIDs[0]} {
		w.get(t, w.region, "/gestione/progetti"+query).want(t, http.StatusOK, one.Name)
		w.get(t, w.region, "/gestione/progetti.csv"+query).want(t, http.StatusOK, one.Code)
	}
	for _, query := range []string{"?stato=ended", "?cerca=nessuno", "?programma=altro"} {
		w.get(t, w.region, "/gestione/progetti"+query).lacks(t, one.Code)
		w.get(t, w.region, "/gestione/progetti.csv"+query).lacks(t, one.Code)
	}
	w.get(t, w.region, "/gestione/programmi?stato=ended").want(t, http.StatusOK, "Nessun programma")
	w.get(t, w.region, "/gestione/programmi.csv").want(t, http.StatusOK, "Importo in euro")
	w.get(t, w.bodies[0], path).want(t, http.StatusOK, one.Name, "Punto di Potenza")
	w.get(t, w.bodies[1], path).want(t, http.StatusNotFound)
}

func TestAProjectIsChangedWithinItsProgramme(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, path := w.project(t, 0)
	form := w.get(t, w.region, path+"/modifica").fields(path + "/modifica")
	form.Set("ends_on", "31/12/2099")
	form.Set("cup", "CORTO")
	wrong := w.post(t, w.region, path+"/modifica", form)
	wrong.want(t, http.StatusUnprocessableEntity)
	form.Set("cup", "")
	outside := w.post(t, w.region, path+"/modifica", form)
	if wrong.wrong("cup") == "" || outside.wrong("ends_on") == "" || wrong.fields(path+"/modifica").Get("cup") != "CORTO" {
		t.Errorf("words beside the CUP %q and the day %q", wrong.wrong("cup"), outside.wrong("ends_on"))
	}
	form = w.get(t, w.region, path+"/modifica").fields(path + "/modifica")
	form.Set("amount", "1.234,50")
	w.post(t, w.region, path+"/modifica", form).want(t, http.StatusSeeOther)
	page := w.get(t, w.region, path)
	page.want(t, http.StatusOK, "1.234,50", "Storia delle modifiche", "Dati cambiati", "Importo")
	w.get(t, w.region, "/gestione/programmi/"+one.ProgrammeID).want(t, http.StatusOK, "Assegnato ai progetti", "I progetti superano l'importo del programma")
}

func TestAProgrammeAsksOfItsPoints(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, _ := w.project(t, 0)
	path := "/gestione/programmi/" + one.ProgrammeID
	form := w.get(t, w.region, path+"/modifica").fields(path + "/modifica")
	for _, typed := range []string{"200", "24:75", "molte", "-1"} {
		form.Set("min_weekly", typed)
		page := w.post(t, w.region, path+"/modifica", form)
		if page.status != http.StatusUnprocessableEntity || page.wrong("min_weekly") == "" {
			t.Errorf("minimum %q = %d %q, want words beside it", typed, page.status, page.wrong("min_weekly"))
		}
	}
	form.Set("min_weekly", "24:30")
	form.Set("opening_days", "90")
	w.post(t, w.region, path+"/modifica", form).want(t, http.StatusSeeOther)
	w.get(t, w.region, path).want(t, http.StatusOK, "24:30", "90")
	again := w.get(t, w.region, path+"/modifica").fields(path + "/modifica")
	if again.Get("min_weekly") != "24:30" || again.Get("opening_days") != "90" {
		t.Errorf("the form shows %q and %q", again.Get("min_weekly"), again.Get("opening_days"))
	}
	found, err := w.money.ProgrammesByIDs(t.Context(), []string{one.ProgrammeID})
	if got := found[one.ProgrammeID]; err != nil || got.MinWeeklyMinutes != 24*60+30 || got.OpeningDays != 90 {
		t.Errorf("kept %d minutes and %d days, %v", got.MinWeeklyMinutes, got.OpeningDays, err)
	}
}

func TestATargetIsChangedAndItsHistoryTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, page := w.project(t, 0)
	path := "/gestione/programmi/" + one.ProgrammeID + "/obiettivi"
	for _, value := range []string{"40", "50"} {
		w.post(t, w.region, path, url.Values{"project_id": {one.ID}, "kpi": {"services"}, "due_on": {"31/12/2026"}, "value": {value}}).want(t, http.StatusSeeOther)
	}
	told := w.get(t, w.region, page)
	told.want(t, http.StatusOK, "Servizi dati", "50", "Obiettivo scritto", "40 → 50")
	told.lacks(t, "[funding", "[bodies")
	w.post(t, w.region, path+"/togli", url.Values{"was_project_id": {one.ID}, "was_kpi": {"services"}, "was_due_on": {"31/12/2026"}}).want(t, http.StatusSeeOther)
	w.get(t, w.region, page).want(t, http.StatusOK, "Obiettivo tolto")
}

func TestProgrammesAndProjectsEndAndReopen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, path := w.project(t, 1)
	programme := "/gestione/programmi/" + one.ProgrammeID
	w.get(t, w.region, programme+"/fine").want(t, http.StatusOK, "Progetti ancora aperti", one.Name)
	w.get(t, w.region, path+"/fine").want(t, http.StatusOK, "Punti ancora aperti")
	w.post(t, w.region, path+"/fine", url.Values{"on": {"24/11/2026"}}).want(t, http.StatusConflict)
	id, err := w.money.AddProject(t.Context(), registertest.System(), funding.Project{ProgrammeID: one.ProgrammeID, BodyID: w.BodyIDs[1], Code: "VUOTO", Name: "Progetto vuoto",
		StartsOn: one.StartsOn, EndsOn: one.EndsOn})
	if err != nil {
		t.Fatal(err)
	}
	free := programme + "/progetti/" + id
	if page := w.post(t, w.region, free+"/fine", url.Values{"on": {""}}); page.status != http.StatusUnprocessableEntity || page.wrong("on") == "" {
		t.Errorf("the end without a day = %d %q", page.status, page.wrong("on"))
	}
	w.post(t, w.region, free+"/fine", w.get(t, w.region, free+"/fine").fields(free+"/fine")).want(t, http.StatusSeeOther)
	w.get(t, w.region, free).want(t, http.StatusOK, "Finito", "Progetto chiuso")
	if strings.Contains(w.get(t, w.region, "/gestione/punti/nuovo").body, "Progetto vuoto") {
		t.Error("an ended project can be chosen for a new point")
	}
	w.post(t, w.region, free+"/riapri", nil).want(t, http.StatusSeeOther)
	w.post(t, w.region, free+"/riapri", nil).want(t, http.StatusConflict)
	w.get(t, w.region, free).want(t, http.StatusOK, "In corso", "Progetto riaperto")
}

// A region that answers for one programme works on that one: forms that it could not save are not shown.
func TestTheRegionOfOneProgramme(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, path := w.project(t, 0)
	who := registertest.Actor("programme", identity.Region, identity.ScopeProgramme, one.ProgrammeID)
	for _, hidden := range []string{"/gestione/enti/nuovo", "/gestione/programmi/nuovo"} {
		w.get(t, who, hidden).want(t, http.StatusNotFound)
	}
	if list := w.get(t, who, "/gestione/programmi"); list.status != http.StatusOK || strings.Contains(list.body, "/gestione/programmi/nuovo") {
		t.Errorf("the list of programmes = %d, with a way to a new one: %.600s", list.status, list.text)
	}
	if list := w.get(t, who, "/gestione/enti"); list.status != http.StatusOK || strings.Contains(list.body, "/gestione/enti/nuovo") {
		t.Errorf("the list of bodies = %d, with a way to a new one: %.600s", list.status, list.text)
	}
	body := w.get(t, who, "/gestione/enti/"+w.BodyIDs[0])
	if body.status != http.StatusOK || strings.Contains(body.body, "/modifica") || strings.Contains(body.body, "/unisci") {
		t.Errorf("the page of a body = %d, with ways to change it: %.600s", body.status, body.text)
	}
	w.get(t, who, path+"/modifica").want(t, http.StatusOK)
	w.get(t, who, "/gestione/programmi/"+one.ProgrammeID+"/modifica").want(t, http.StatusOK)
}

// Whoever opens a target and changes its day or indicator moves it; it does not make a second one.
func TestATargetMoves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, _ := w.project(t, 0)
	path := "/gestione/programmi/" + one.ProgrammeID + "/obiettivi"
	w.post(t, w.region, path, url.Values{"kpi": {"points"}, "due_on": {"31/12/2026"}, "value": {"3"}}).want(t, http.StatusSeeOther)
	form := w.get(t, w.region, path+"?"+url.Values{"kpi": {"points"}, "due_on": {"31/12/2026"}, "value": {"3"}}.Encode()).fields(path)
	form.Set("due_on", "31/12/2099")
	outside := w.post(t, w.region, path, form)
	outside.want(t, http.StatusUnprocessableEntity, "Scegli un giorno tra queste due date")
	if !strings.Contains(outside.body, path+"/togli") {
		t.Error("the refused form has lost the way to remove the target")
	}
	form.Set("due_on", "30/11/2026")
	form.Set("value", "4")
	w.post(t, w.region, path, form).want(t, http.StatusSeeOther)
	list, err := w.money.Targets(t.Context(), registertest.System(), one.ProgrammeID)
	if err != nil || len(list) != 1 || list[0].Value != 4 {
		t.Fatalf("Targets = %v, %v, want the one that moved", list, err)
	}
	w.post(t, w.region, path, form).want(t, http.StatusNotFound)
	form = w.get(t, w.region, path+"?"+url.Values{"kpi": {"points"}, "due_on": {"30/11/2026"}, "value": {"4"}}.Encode()).fields(path)
	form.Set("due_on", "29/11/2026")
	w.post(t, w.region, path+"/togli", form).want(t, http.StatusSeeOther)
	if list, err := w.money.Targets(t.Context(), registertest.System(), one.ProgrammeID); err != nil || len(list) != 0 {
		t.Errorf("Targets after the removal = %v, %v, want none", list, err)
	}
}

func TestMoneyIsReadAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, path := w.project(t, 0)
	for typed, want := range map[string]string{"1.400.000": "1400000", "1.400,5": "1400,50", "€ 12.50": "12,50", "0": "", "-0,50": "!", "-3": "!", "1,234": "!", "mille": "!"} {
		form := w.get(t, w.region, path+"/modifica").fields(path + "/modifica")
		form.Set("amount", typed)
		page := w.post(t, w.region, path+"/modifica", form)
		if want == "!" {
			if page.status != http.StatusUnprocessableEntity || page.wrong("amount") == "" || page.fields(path+"/modifica").Get("amount") != typed {
				t.Errorf("amount %q: status %d, %q beside it, want a refusal that keeps what was typed", typed, page.status, page.wrong("amount"))
			}
			continue
		}
		if got := w.get(t, w.region, path+"/modifica").fields(path + "/modifica").Get("amount"); got != want {
			t.Errorf("amount %q is kept as %q, want %q", typed, got, want)
		}
	}
}
