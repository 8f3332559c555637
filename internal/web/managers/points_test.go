package managers_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/register/registertest"
)

func TestABodySeesOnlyItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := w.get(t, w.bodies[0], "/gestione/punti")
	list.want(t, http.StatusOK, "Punto di Potenza", "Punto di Aliano", "2 punti")
	list.lacks(t, "Punto di Matera")
	w.get(t, w.region, "/gestione/punti").want(t, http.StatusOK, "Punto di Matera", "3 punti")
	people := w.get(t, w.bodies[0], "/gestione/facilitatori")
	people.want(t, http.StatusOK, "Rossi Anna", "Verdi Bruno")
	people.lacks(t, "D'Amico")
	bodies := w.get(t, w.bodies[0], "/gestione/enti")
	bodies.want(t, http.StatusOK, "Comune di Potenza")
	bodies.lacks(t, "Comune di Matera")
	_, a := w.place(t, 2)
	for _, path := range []string{
		"/gestione/punti/" + w.PointIDs[2], "/gestione/punti/" + w.PointIDs[2] + "/modifica", "/gestione/punti/" + w.PointIDs[2] + "/orari/" + a.ID,
		"/gestione/punti/" + w.PointIDs[2] + "/chiusure", "/gestione/punti/" + w.PointIDs[2] + "/stato", "/gestione/punti/" + w.PointIDs[2] + "/turni",
		"/gestione/punti/" + w.PointIDs[2] + "/turni/nuovo", "/gestione/facilitatori/" + w.FacilitatorIDs[2],
		"/gestione/facilitatori/" + w.FacilitatorIDs[2] + "/modifica", "/gestione/enti/" + w.BodyIDs[1],
	} {
		if got := w.get(t, w.bodies[0], path); got.status != http.StatusNotFound {
			t.Errorf("GET %s of another body = %d, want 404", path, got.status)
		}
	}
	// The address of another body's point does not open through an own point.
	w.get(t, w.bodies[0], "/gestione/punti/"+w.PointIDs[0]+"/orari/"+a.ID).want(t, http.StatusNotFound)
}

func TestAnothersPointCannotBeChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/gestione/punti/" + w.PointIDs[2]
	_, a := w.place(t, 2)
	for to, form := range map[string]url.Values{
		path + "/modifica": {"official_name": {"Rubato"}, "version": {"1"}}, path + "/orari/" + a.ID: {"hours.1": {"9-10"}, "do": {"save"}},
		path + "/chiusure": {"from": {"24/12/2026"}, "reason": {"x"}, "sure": {"1"}}, path + "/stato": {"state": {"closed"}, "on": {"24/11/2026"}},
		path + "/turni/nuovo": {"facilitator": {w.FacilitatorIDs[0]}}, "/gestione/facilitatori/" + w.FacilitatorIDs[2] + "/modifica": {"name": {"X"}},
		"/gestione/facilitatori/" + w.FacilitatorIDs[2] + "/assenze": {"from": {"24/12/2026"}},
	} {
		if got := w.post(t, w.bodies[0], to, form); got.status != http.StatusNotFound {
			t.Errorf("POST %s of another body = %d, want 404", to, got.status)
		}
	}
	if one, _ := w.place(t, 2); one.OfficialName != "Punto di Matera" || one.State != points.StateOpen || len(one.Closures) != 0 {
		t.Errorf("the point of another body was changed: %+v", one)
	}
}

func TestListSearchesAndGoesOutAsAFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	found := w.get(t, w.region, "/gestione/punti?cerca=aliano")
	found.want(t, http.StatusOK, "Punto di Aliano", "1 punto")
	found.lacks(t, "Punto di Potenza")
	w.get(t, w.region, "/gestione/punti?stato=closed").want(t, http.StatusOK, "Nessun punto")
	file := w.get(t, w.bodies[0], "/gestione/punti.csv")
	if got := file.header.Get("Content-Type"); !strings.HasPrefix(got, "text/csv") {
		t.Errorf("Content-Type = %q, want text/csv", got)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.body, "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("points.csv = %d rows, %v; want a header and 2", len(rows), err)
	}
	if rows[0][0] != "Codice" || rows[1][1] != "Punto di Aliano" || rows[1][14] != "20" {
		t.Errorf("points.csv begins %q, %q", rows[0], rows[1])
	}
}

func TestAddAPoint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	empty := w.post(t, w.region, "/gestione/punti/nuovo", url.Values{"kind": {"fixed"}, "booking": {"possible"}})
	empty.want(t, http.StatusUnprocessableEntity, "Scrivi il nome ufficiale", "Scegli l'ente gestore")
	if empty.wrong("addresses.0.belfiore") == "" {
		t.Errorf("a point without address: no words beside the municipality")
	}
	form := w.get(t, w.region, "/gestione/punti/nuovo").fields("/gestione/punti/nuovo")
	form.Set("official_name", "Punto nuovo")
	form.Set("managing_body_id", w.BodyIDs[1])
	form.Set("addresses.0.street", "Via Nuova 2")
	form.Set("addresses.0.belfiore", "Aliano")
	form.Set("addresses.0.cap", "7501")
	wrong := w.post(t, w.region, "/gestione/punti/nuovo", form)
	wrong.want(t, http.StatusUnprocessableEntity)
	if wrong.wrong("addresses.0.cap") == "" || wrong.fields("/gestione/punti/nuovo").Get("addresses.0.cap") != "7501" {
		t.Errorf("a wrong postcode: error %q, typed %q", wrong.wrong("addresses.0.cap"), wrong.fields("/gestione/punti/nuovo").Get("addresses.0.cap"))
	}
	form.Set("addresses.0.cap", "75010")
	right := w.post(t, w.region, "/gestione/punti/nuovo", form)
	right.want(t, http.StatusSeeOther)
	w.get(t, w.region, right.header.Get("Location")).want(t, http.StatusOK, "Punto nuovo", "Via Nuova 2", "Aliano (MT)", "Assegnato", "Comune di Matera")
}

func TestTwoPeopleEditTheSamePoint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/gestione/punti/" + w.PointIDs[0] + "/modifica"
	first, second := w.get(t, w.bodies[0], path).fields(path), w.get(t, w.bodies[0], path).fields(path)
	first.Set("phone", "0971 111111")
	w.post(t, w.bodies[0], path, first).want(t, http.StatusSeeOther)
	second.Set("phone", "0971 222222")
	refused := w.post(t, w.bodies[0], path, second)
	refused.want(t, http.StatusConflict, "Qualcuno ha cambiato questo punto", "Ora c'è: 0971 111111", "Hai scritto: 0971 222222")
	again := refused.fields(path)
	if got := again.Get("phone"); got != "0971 222222" {
		t.Errorf("phone in the refused form = %q, want what was typed", got)
	}
	w.post(t, w.bodies[0], path, again).want(t, http.StatusSeeOther)
	if one, _ := w.place(t, 0); one.Phone != "0971 222222" {
		t.Errorf("phone = %q after saving again, want 0971 222222", one.Phone)
	}
}

func TestABodyCannotGiveItselfAnothersProject(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/gestione/punti/" + w.PointIDs[0] + "/modifica"
	form := w.get(t, w.bodies[0], path).fields(path)
	if form.Has("managing_body_id") || form.Has("project_id") {
		t.Errorf("the form of a body offers managing body and project: %v", form)
	}
	form.Set("managing_body_id", w.BodyIDs[1])
	form.Set("project_id", w.ProjectIDs[1])
	w.post(t, w.bodies[0], path, form).want(t, http.StatusSeeOther)
	if one, _ := w.place(t, 0); one.ManagingBodyID != w.BodyIDs[0] || one.ProjectID != w.ProjectIDs[0] {
		t.Errorf("the point moved to body %s, project %s", one.ManagingBodyID, one.ProjectID)
	}
}

func TestStateHasItsDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/gestione/punti/" + w.PointIDs[0] + "/stato"
	page := w.get(t, w.bodies[0], path)
	page.want(t, http.StatusOK, "Sospeso", "Chiuso")
	wrong := w.post(t, w.bodies[0], path, url.Values{"state": {points.StateSuspended}, "on": {"29/02/2027"}})
	wrong.want(t, http.StatusUnprocessableEntity, "Questo giorno non esiste")
	if got := wrong.fields(path).Get("on"); got != "29/02/2027" {
		t.Errorf("the refused day is shown as %q, want 29/02/2027", got)
	}
	w.post(t, w.bodies[0], path, url.Values{"state": {points.StateAwarded}, "on": {"24/11/2026"}}).want(t, http.StatusConflict, "non può passare a questo stato")
	w.post(t, w.bodies[0], path, url.Values{"state": {points.StateSuspended}, "on": {"01/12/2026"}}).want(t, http.StatusSeeOther)
	w.get(t, w.bodies[0], "/gestione/punti/"+w.PointIDs[0]).want(t, http.StatusOK, "martedì 1 dicembre 2026")
}

func TestSuspendingNamesTheBookingsFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book(t, "Vito Conte")
	path := "/gestione/punti/" + w.PointIDs[0] + "/stato"
	form := url.Values{"state": {points.StateSuspended}, "on": {"24/11/2026"}, "act": {"determina 3"}}
	asked := w.post(t, w.bodies[0], path, form)
	asked.want(t, http.StatusOK, "C'è 1 appuntamento che resta senza punto", "Vito C.")
	again := asked.sure(t, path)
	if one, _ := w.place(t, 0); one.State != points.StateOpen || again.Get("act") != "determina 3" || again.Get("state") != points.StateSuspended {
		t.Fatalf("asking left the point %s, and the form %v", one.State, again)
	}
	w.post(t, w.bodies[0], path, again).want(t, http.StatusSeeOther)
	if one, _ := w.place(t, 0); one.State != points.StateSuspended {
		t.Errorf("state = %s, want suspended", one.State)
	}
}

func TestReadersSeeNoButtons(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	auditor := registertest.Actor("auditor", identity.Auditor, identity.ScopeNetwork, "")
	for _, path := range []string{"/gestione", "/gestione/punti", "/gestione/punti/" + w.PointIDs[0], "/gestione/punti/" + w.PointIDs[0] + "/turni",
		"/gestione/facilitatori", "/gestione/facilitatori/" + w.FacilitatorIDs[0], "/gestione/enti", "/gestione/enti/" + w.BodyIDs[0],
		"/gestione/programmi", "/gestione/programmi/" + w.ProgrammeID} {
		page := w.get(t, auditor, path)
		page.want(t, http.StatusOK)
		page.lacks(t, "Aggiungi", "Modifica", "[managers.")
		if strings.Contains(page.body, `href="/gestione/importa"`) {
			t.Errorf("GET %s offers the import to an auditor", path)
		}
	}
	w.post(t, auditor, "/gestione/punti/"+w.PointIDs[0]+"/stato", url.Values{"state": {"closed"}, "on": {"24/11/2026"}}).want(t, http.StatusForbidden)
}
