package managers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"capillare/internal/kinds"
	"capillare/internal/register/registertest"
)

const kindsPath = "/gestione/tipi-appuntamento"

func (w *world) addKind(t *testing.T, k kinds.Kind) string {
	t.Helper()
	if k.Minutes == 0 {
		k.Minutes = 30
	}
	k.From = registertest.Today()
	id, err := w.kinds.Add(t.Context(), registertest.System(), k)
	if err != nil {
		t.Fatalf("Add(%q) = %v", k.Name, err)
	}
	return id
}

func TestKindsAreFiltered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.addKind(t, kinds.Kind{Name: "Aiuto al telefono", Mode: kinds.Phone})
	w.addKind(t, kinds.Kind{Name: "Visita a casa", Mode: kinds.Home, Audience: kinds.Staff, BodyID: w.BodyIDs[0]})
	for query, shown := range map[string][2]bool{
		"": {true, true}, "?cerca=TELEFONO": {true, false}, "?modo=home": {false, true}, "?chi=staff": {false, true}, "?stato=finiti": {false, false},
	} {
		for i, name := range []string{"Aiuto al telefono", "Visita a casa"} {
			for _, path := range []string{kindsPath, kindsPath + ".csv"} {
				answer := w.get(t, w.region, path+query)
				if shown[i] {
					answer.want(t, http.StatusOK, name)
				} else {
					answer.lacks(t, name)
				}
			}
		}
	}
	w.get(t, w.bodies[1], kindsPath).lacks(t, "Visita a casa")
}

func TestAKindIsAddedChangedAndEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := w.get(t, w.region, kindsPath+"/nuovo").fields(kindsPath + "/nuovo")
	form.Set("minutes", "32")
	form.Set("kept", "1")
	wrong := w.post(t, w.region, kindsPath+"/nuovo", form)
	wrong.want(t, http.StatusUnprocessableEntity)
	for _, field := range []string{"name", "place", "minutes", "kept"} {
		if wrong.wrong(field) == "" {
			t.Errorf("nothing is said beside %s", field)
		}
	}
	form = wrong.fields(kindsPath + "/nuovo")
	if form.Get("minutes") != "32" || form.Get("mode") != "desk" {
		t.Errorf("the refused form = %v, want what was typed", form)
	}
	for name, value := range map[string]string{"name": "Aiuto in video", "place": "rete", "minutes": "40", "kept": "0", "mode": "video", "notice": "120", "bring": "Il telefono"} {
		form.Set(name, value)
	}
	added := w.post(t, w.region, kindsPath+"/nuovo", form)
	added.want(t, http.StatusSeeOther)
	path := strings.Split(added.header.Get("Location"), "?")[0]
	w.get(t, w.region, path).want(t, http.StatusOK, "Aiuto in video", "In video", "40 minuti", "2 ore", "Il telefono", "Tipo aggiunto", "Ancora nessun turno")

	// Two people open the form: the second to save sees what the first one changed, and keeps what was typed.
	first := w.get(t, w.region, path+"/modifica").fields(path + "/modifica")
	second := w.get(t, w.region, path+"/modifica").fields(path + "/modifica")
	first.Set("minutes", "45")
	w.post(t, w.region, path+"/modifica", first).want(t, http.StatusSeeOther)
	second.Set("name", "Aiuto a distanza")
	rival := w.post(t, w.region, path+"/modifica", second)
	rival.want(t, http.StatusConflict, "45", "Aiuto a distanza")
	w.post(t, w.region, path+"/modifica", rival.fields(path+"/modifica")).want(t, http.StatusSeeOther)
	w.get(t, w.region, path).want(t, http.StatusOK, "Aiuto a distanza", "Tipo modificato")

	w.post(t, w.region, path+"/fine", url.Values{"on": {"01/01/2020"}}).want(t, http.StatusUnprocessableEntity)
	form = w.get(t, w.region, path+"/fine").fields(path + "/fine")
	w.post(t, w.region, path+"/fine", form).want(t, http.StatusSeeOther)
	w.get(t, w.region, path).want(t, http.StatusOK, "Tipo chiuso")
}

func TestABodyChangesOnlyItsKinds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	everywhere, other := w.addKind(t, kinds.Kind{Name: "Di tutti"}), w.addKind(t, kinds.Kind{Name: "Di un altro", BodyID: w.BodyIDs[1]})
	own := w.addKind(t, kinds.Kind{Name: "Mio", BodyID: w.BodyIDs[0]})
	w.get(t, w.bodies[0], kindsPath+"/"+other).want(t, http.StatusNotFound)
	w.get(t, w.bodies[0], kindsPath+"/"+everywhere).lacks(t, "Modifica il tipo")
	w.get(t, w.bodies[0], kindsPath+"/"+own).want(t, http.StatusOK, "Modifica il tipo")
	form := w.get(t, w.bodies[0], kindsPath+"/nuovo").fields(kindsPath + "/nuovo")
	form.Set("name", "Nuovo")
	form.Set("place", "rete")
	w.post(t, w.bodies[0], kindsPath+"/nuovo", form).want(t, http.StatusNotFound)
	form.Set("place", "ente:"+w.BodyIDs[0])
	w.post(t, w.bodies[0], kindsPath+"/nuovo", form).want(t, http.StatusSeeOther)
}
