package managers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"capillare/internal/calendar"
)

func TestHoursWrongAtTheirDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, a := w.place(t, 0)
	path := "/gestione/punti/" + one.ID + "/orari/" + a.ID
	form := w.get(t, w.bodies[0], path).fields(path)
	if got := form.Get("hours.1"); got != "09:00-13:00" {
		t.Fatalf("Monday in the form = %q, want 09:00-13:00", got)
	}
	for _, c := range []struct{ typed, want string }{
		{"9-13; 12-15", "si accavalla"}, {"13-9", "chiude prima di aprire"}, {"dalle nove", "Non capiamo «dalle nove»"}, {"9-25", "Non capiamo"},
	} {
		sent := url.Values{}
		for name, values := range form {
			sent[name] = values
		}
		sent.Set("hours.3", c.typed)
		sent.Set("do", "save")
		page := w.post(t, w.bodies[0], path, sent)
		page.want(t, http.StatusUnprocessableEntity)
		if got := page.wrong("hours.3"); !strings.Contains(got, c.want) {
			t.Errorf("hours %q: beside Wednesday %q, want %q", c.typed, got, c.want)
		}
		if got := page.fields(path).Get("hours.3"); got != c.typed {
			t.Errorf("hours %q come back as %q", c.typed, got)
		}
	}
	if _, a := w.place(t, 0); a.Ordinary().Minutes() != 20*60 {
		t.Errorf("refused hours changed the week: %v", a.Ordinary())
	}
}

func TestHoursAreSavedAndCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, a := w.place(t, 0)
	path := "/gestione/punti/" + one.ID + "/orari/" + a.ID
	copied := w.post(t, w.bodies[0], path, url.Values{"hours.1": {"9-13; 15-17"}, "hours.6": {"9-12"}, "do": {"copy"}})
	copied.want(t, http.StatusOK, "33 ore a settimana")
	form := copied.fields(path)
	for _, day := range []string{"hours.2", "hours.3", "hours.4", "hours.5"} {
		if form.Get(day) != "9-13; 15-17" {
			t.Errorf("%s = %q after copying Monday", day, form.Get(day))
		}
	}
	if _, a := w.place(t, 0); a.Ordinary().Minutes() != 20*60 {
		t.Errorf("copying saved the week: %v", a.Ordinary())
	}
	form.Set("do", "save")
	w.post(t, w.bodies[0], path, form).want(t, http.StatusSeeOther)
	if _, a := w.place(t, 0); a.Ordinary().Minutes() != 33*60 || len(a.Ordinary().On(calendar.Friday)) != 2 {
		t.Errorf("the week is %v", a.Ordinary())
	}
	w.get(t, w.bodies[0], "/gestione/punti/"+one.ID).want(t, http.StatusOK, "33 ore")
}

func TestSeason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, a := w.place(t, 0)
	path := "/gestione/punti/" + one.ID + "/orari/" + a.ID
	add := path + "?periodo=nuovo"
	w.get(t, w.bodies[0], add).want(t, http.StatusOK, "Orari di un periodo")
	wrong := w.post(t, w.bodies[0], add, url.Values{"name": {"Inverno"}, "from": {"01/02/2027"}, "to": {"29/02/2027"}, "hours.1": {"10-12"}, "do": {"save"}})
	wrong.want(t, http.StatusUnprocessableEntity)
	if got := wrong.wrong("to"); !strings.Contains(got, "Questo giorno non esiste") {
		t.Errorf("29/02/2027: %q beside the field, want the words for a day that does not exist", got)
	}
	if got := wrong.fields(add); got.Get("to") != "29/02/2027" || got.Get("hours.1") != "10-12" || got.Get("name") != "Inverno" {
		t.Errorf("the refused season lost what was typed: %v", got)
	}
	w.post(t, w.bodies[0], add, url.Values{"name": {"Inverno"}, "from": {"01/02/2027"}, "to": {"28/02/2027"}, "hours.1": {"10-12"}, "do": {"save"}}).want(t, http.StatusSeeOther)
	w.post(t, w.bodies[0], add, url.Values{"from": {"28/02/2027"}, "to": {"10/03/2027"}, "hours.1": {"10-12"}, "do": {"save"}}).
		want(t, http.StatusUnprocessableEntity, "C'è già un altro orario di periodo")
	_, a = w.place(t, 0)
	if len(a.Schedules) != 2 {
		t.Fatalf("schedules = %d, want the ordinary week and one season", len(a.Schedules))
	}
	season := path + "?periodo=" + a.Schedules[1].ID
	form := w.get(t, w.bodies[0], season).fields(season)
	if form.Get("from") != "01/02/2027" || form.Get("to") != "28/02/2027" {
		t.Errorf("days of the season in the form: %v", form)
	}
	form.Set("to", "05/03/2027")
	form.Set("do", "save")
	w.post(t, w.bodies[0], season, form).want(t, http.StatusSeeOther)
	if _, a := w.place(t, 0); a.Schedules[1].To.String() != "2027-03-05" || a.Schedules[1].Name != "Inverno" {
		t.Errorf("season after moving its end = %+v", a.Schedules[1])
	}
	w.post(t, w.bodies[0], season, url.Values{"do": {"remove"}}).want(t, http.StatusSeeOther)
	if _, a := w.place(t, 0); len(a.Schedules) != 1 {
		t.Errorf("schedules = %d after removing the season, want 1", len(a.Schedules))
	}
}

func TestClosureNamesTheBookingsFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book(t, "Vito Conte")
	path := "/gestione/punti/" + w.PointIDs[0] + "/chiusure"
	form := url.Values{"from": {"24/11/2026"}, "to": {"26/11/2026"}, "reason": {"Lavori"}}
	asked := w.post(t, w.bodies[0], path, form)
	asked.want(t, http.StatusOK, "C'è 1 appuntamento che resta fuori orario", "Vito C.", "oggi alle 10:00", "martedì 1 dicembre alle 09:00")
	asked.lacks(t, "Conte", "3331234567")
	if one, _ := w.place(t, 0); len(one.Closures) != 0 {
		t.Fatalf("asking closed the point already: %v", one.Closures)
	}
	w.post(t, w.bodies[0], path, asked.fields(path)).want(t, http.StatusSeeOther)
	one, _ := w.place(t, 0)
	if len(one.Closures) != 1 || one.Closures[0].Reason != "Lavori" {
		t.Fatalf("closures = %v, want one", one.Closures)
	}
	// Now they are to be called, with name and number.
	w.follow(t)
	w.get(t, w.bodies[0], path).want(t, http.StatusOK, "dal 24/11/2026 al 26/11/2026", "Lavori", "Vito Conte", "3331234567")
	w.get(t, w.bodies[0], "/gestione/punti/"+w.PointIDs[0]).want(t, http.StatusOK, "C'è 1 appuntamento da spostare o disdire")
	again := w.post(t, w.bodies[0], path+"/togli", url.Values{"closure": {one.Closures[0].ID}})
	again.want(t, http.StatusOK, "Vuoi togliere la chiusura? dal 24/11/2026 al 26/11/2026", "Sì, togli la chiusura")
	if one, _ := w.place(t, 0); len(one.Closures) != 1 {
		t.Fatalf("closures = %v: asking took one away already", one.Closures)
	}
	w.post(t, w.bodies[0], path+"/togli", again.fields(path+"/togli")).want(t, http.StatusSeeOther)
	if one, _ := w.place(t, 0); len(one.Closures) != 0 {
		t.Errorf("closures = %v after removing", one.Closures)
	}
	w.follow(t)
	// The region sees no names of citizens.
	hidden := w.post(t, w.region, path, form)
	hidden.want(t, http.StatusOK, "li vede solo l'ente")
	hidden.lacks(t, "Vito")
}

func TestClosureRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/gestione/punti/" + w.PointIDs[0] + "/chiusure"
	for _, c := range []struct {
		form        url.Values
		field, want string
	}{
		{url.Values{"reason": {"Lavori"}}, "from", "primo giorno di chiusura"},
		{url.Values{"from": {"29/02/2027"}, "reason": {"Lavori"}}, "from", "Questo giorno non esiste"},
		{url.Values{"from": {"24/12/2026"}, "to": {"23/12/2026"}, "reason": {"Lavori"}}, "to", "La fine viene prima"},
		{url.Values{"from": {"24/12/2026"}}, "reason", "Scrivi una risposta"},
	} {
		page := w.post(t, w.bodies[0], path, c.form)
		page.want(t, http.StatusUnprocessableEntity)
		if got := page.wrong(c.field); !strings.Contains(got, c.want) {
			t.Errorf("closure %v: beside %s %q, want %q", c.form, c.field, got, c.want)
		}
		if c.form.Has("from") && page.fields(path).Get("from") != c.form.Get("from") {
			t.Errorf("closure %v: the day typed is lost", c.form)
		}
	}
}
