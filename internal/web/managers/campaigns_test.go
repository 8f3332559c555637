package managers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/i18n"
	"capillare/internal/kinds"
	"capillare/internal/register/registertest"
)

// TestACampaignFromNothingToItsBoard goes through the pages as the manager of a body does.
func TestACampaignFromNothingToItsBoard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	own, other := w.bodies[0], w.bodies[1]
	today := registertest.Today()
	kind, err := w.kinds.Add(t.Context(), registertest.System(), kinds.Kind{
		Name: "Aiuti alluvione", Mode: kinds.Desk, Minutes: 60, Seats: 1, Audience: kinds.Everyone, From: today,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.get(t, own, "/gestione/campagne").want(t, http.StatusOK, "Non ci sono campagne", "Nuova campagna")
	form := w.get(t, own, "/gestione/campagne/nuova").fields("/gestione/campagne/nuova")
	form.Set("name", "Aiuti per l'alluvione")
	form.Set("body", w.BodyIDs[0])
	form.Set("kind", kind)
	form.Set("wanted", "zero")
	form.Set("to", "1/1/2020")
	wrong := w.post(t, own, "/gestione/campagne/nuova", form)
	wrong.want(t, http.StatusUnprocessableEntity)
	if got := wrong.fields("/gestione/campagne/nuova").Get("wanted"); got != "zero" || wrong.wrong("wanted") == "" {
		t.Errorf("what was typed is %q with the words %q", got, wrong.wrong("wanted"))
	}
	form.Set("wanted", "40")
	form.Set("to", dayTyped(today.AddDays(20)))
	made := w.post(t, own, "/gestione/campagne/nuova", form)
	made.want(t, http.StatusSeeOther)
	path := made.header.Get("Location")
	if path, _, _ = strings.Cut(path, "?"); !strings.HasPrefix(path, "/gestione/campagne/") {
		t.Fatalf("the new campaign is at %q", path)
	}
	w.get(t, other, path).want(t, http.StatusNotFound)
	w.get(t, other, path+"/anteprima").want(t, http.StatusNotFound)

	turns := path + "/presenze"
	w.get(t, own, turns).want(t, http.StatusOK, "Punto di Potenza")
	form = w.get(t, own, turns+"?punto="+w.PointIDs[0]).fields(turns)
	form.Set("facilitator", w.FacilitatorIDs[0])
	_, address := w.place(t, 0)
	form.Set("address", address.ID)
	form.Set("starts", "15:00")
	form.Set("ends", "14:00")
	w.post(t, own, turns, form).want(t, http.StatusUnprocessableEntity, "L'ora di fine viene prima")
	form.Set("ends", "18:00")
	w.post(t, own, turns, form).want(t, http.StatusSeeOther)

	preview := w.get(t, own, path+"/anteprima")
	preview.want(t, http.StatusOK, "La campagna avrà", "Avvia la campagna", "apre solo per la campagna")
	w.post(t, own, path+"/anteprima", url.Values{"version": {"99"}}).want(t, http.StatusConflict, "Qualcuno ha cambiato la campagna")
	w.post(t, own, path+"/anteprima", preview.fields(path+"/anteprima")).want(t, http.StatusSeeOther)
	w.follow(t)
	board := w.get(t, own, path)
	board.want(t, http.StatusOK, "In corso", "posti in tutto", "/campagne/aiuti-per-l-alluvione", "Storia delle modifiche", "Campagna avviata")
	w.get(t, own, path+"/carico.csv").want(t, http.StatusOK, "Punto di Potenza", "Prenotati")
	w.get(t, own, "/gestione/carico").want(t, http.StatusOK, "Quanto sono pieni i punti", "Punto di Potenza")
	w.get(t, own, "/gestione/carico.csv").want(t, http.StatusOK, "Minuti di presenza")

	end := path + "/fine"
	w.post(t, own, end, url.Values{"on": {"ieri"}, "version": {"1"}}).want(t, http.StatusUnprocessableEntity)
	form = w.get(t, own, end).fields(end)
	form.Set("on", dayTyped(today.AddDays(-1)))
	w.post(t, own, end, form).want(t, http.StatusSeeOther)
	w.get(t, own, path).want(t, http.StatusOK, "Finita")
	w.get(t, own, path+"/modifica").want(t, http.StatusConflict)
}

// dayTyped writes a day as people do.
func dayTyped(d calendar.Day) string { return i18n.Printer{}.DayNum(d) }
