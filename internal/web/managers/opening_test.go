package managers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/points"
	"capillare/internal/register/registertest"
)

// sure sends again what a question asks about.
func (p page) sure(t *testing.T, path string) url.Values {
	t.Helper()
	form := p.fields(path)
	if form.Get("sure") != "1" {
		t.Fatalf("the page asks nothing: %.600s", p.text)
	}
	return form
}

func TestHoursNameTheBookingsFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book(t, "Vito Conte")
	one, a := w.place(t, 0)
	path := "/gestione/punti/" + one.ID + "/orari/" + a.ID
	form := w.get(t, w.bodies[0], path).fields(path)
	form.Set("hours.2", "11-13")
	form.Set("do", "save")
	asked := w.post(t, w.bodies[0], path, form)
	asked.want(t, http.StatusOK, "C'è 1 appuntamento che resta fuori orario", "Vito C.", "oggi alle 11:00", "Qualcuno è in turno mentre il punto è chiuso: martedì 09:00-11:00")
	asked.lacks(t, "Conte")
	if _, a := w.place(t, 0); a.Ordinary().Minutes() != 20*60 {
		t.Fatalf("asking saved the hours: %v", a.Ordinary())
	}
	// The region learns how many, not who.
	hidden := w.post(t, w.region, path, form)
	hidden.want(t, http.StatusOK, "C'è 1 appuntamento che resta fuori orario", "li vede solo l'ente")
	hidden.lacks(t, "Vito")
	saved := w.post(t, w.bodies[0], path, asked.sure(t, path))
	saved.want(t, http.StatusSeeOther)
	if to := saved.header.Get("Location"); to != "/gestione/punti/"+one.ID+"/chiusure" {
		t.Errorf("after saving: %s, want the people to call", to)
	}
	w.follow(t)
	w.get(t, w.bodies[0], saved.header.Get("Location")).want(t, http.StatusOK, "Vito Conte", "3331234567")
}

func TestTwoPeopleChangeTheSameHours(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, a := w.place(t, 0)
	path := "/gestione/punti/" + one.ID + "/orari/" + a.ID
	first, second := w.get(t, w.bodies[0], path).fields(path), w.get(t, w.bodies[0], path).fields(path)
	for form, hours := range map[*url.Values]string{&first: "8-12", &second: "10-14"} {
		form.Set("hours.1", hours)
		form.Set("do", "save")
	}
	w.post(t, w.bodies[0], path, first).want(t, http.StatusSeeOther)
	refused := w.post(t, w.bodies[0], path, second)
	refused.want(t, http.StatusConflict, "ha salvato prima di te: oggi alle 09:00", "Lunedì 08:00-12:00")
	again := refused.fields(path)
	if again.Get("hours.1") != "10-14" {
		t.Errorf("Monday in the refused form = %q, want what was typed", again.Get("hours.1"))
	}
	again.Set("do", "save")
	w.post(t, w.bodies[0], path, again).want(t, http.StatusSeeOther)
	if _, a := w.place(t, 0); a.Ordinary().On(calendar.Monday)[0].Opens != 10*60 {
		t.Errorf("the week after saving again = %v", a.Ordinary())
	}
}

func TestCopyHoursFromAnotherPoint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, a := w.place(t, 0)
	other, from := w.place(t, 1)
	if err := w.Points.SetHours(t.Context(), registertest.System(), from.ID, calendar.Day{}, calendar.Day{}, "", calendar.Bands{{Weekday: 6, Opens: 540, Closes: 660}}); err != nil {
		t.Fatal(err)
	}
	path := "/gestione/punti/" + one.ID + "/orari/" + a.ID + "/copia"
	search := w.get(t, w.bodies[0], path+"?cerca=aliano")
	search.want(t, http.StatusOK, "Punto di Aliano", "2 ore: sabato 09:00-11:00")
	w.post(t, w.bodies[0], path, url.Values{}).want(t, http.StatusUnprocessableEntity)
	form := search.fields(path)
	// Nothing chosen: what was found is still there to choose from.
	w.post(t, w.bodies[0], path, form).want(t, http.StatusUnprocessableEntity, "2 ore: sabato 09:00-11:00")
	form.Set("from", from.ID)
	asked := w.post(t, w.bodies[0], path, form)
	asked.want(t, http.StatusOK, "Orari copiati da: "+other.PublicName, "Sabato 09:00-11:00", "Nessun appuntamento resta fuori orario")
	w.post(t, w.bodies[0], path, asked.sure(t, path)).want(t, http.StatusSeeOther)
	if _, a := w.place(t, 0); a.Ordinary().Minutes() != 120 {
		t.Errorf("the week after copying = %v", a.Ordinary())
	}
	// The hours of points of others cannot be looked at this way.
	_, foreign := w.place(t, 2)
	form.Set("from", foreign.ID)
	w.post(t, w.bodies[0], path, form).want(t, http.StatusNotFound)
}

func TestExceptionalOpenings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/gestione/punti/" + w.PointIDs[0] + "/aperture"
	for _, c := range []struct {
		form        url.Values
		field, want string
	}{
		{url.Values{"hours": {"9-13"}, "reason": {"Fiera"}}, "day", "Scrivi il giorno"},
		{url.Values{"day": {"23/11/2026"}, "hours": {"9-13"}, "reason": {"Fiera"}}, "day", "Questo giorno è passato"},
		{url.Values{"day": {"25/12/2026"}, "hours": {"mattina"}, "reason": {"Fiera"}}, "hours", "Non capiamo"},
		{url.Values{"day": {"25/12/2026"}, "hours": {"9-13"}}, "reason", "Scrivi una risposta"},
	} {
		page := w.post(t, w.bodies[0], path, c.form)
		page.want(t, http.StatusUnprocessableEntity)
		if got := page.wrong(c.field); !strings.Contains(got, c.want) {
			t.Errorf("opening %v: beside %s %q, want %q", c.form, c.field, got, c.want)
		}
		if page.fields(path).Get("hours") != c.form.Get("hours") {
			t.Errorf("opening %v: the hours typed are lost", c.form)
		}
	}
	w.post(t, w.bodies[0], path, url.Values{"day": {"25/12/2026"}, "hours": {"9-11; 16-18"}, "reason": {"Pranzo di Natale"}}).want(t, http.StatusSeeOther)
	w.get(t, w.bodies[0], path).want(t, http.StatusOK, "25 dicembre 2026", "09:00-11:00; 16:00-18:00", "Pranzo di Natale")
	w.get(t, w.bodies[0], "/gestione/punti/"+w.PointIDs[0]).want(t, http.StatusOK, "Pranzo di Natale", "Storia delle modifiche", "Apertura straordinaria")
	// Shorter hours of today strand who is booked: it is said first, also when the opening goes.
	w.book(t, "Vito Conte")
	asked := w.post(t, w.bodies[0], path, url.Values{"day": {"24/11/2026"}, "hours": {"11-12"}, "reason": {"Funerale"}})
	asked.want(t, http.StatusOK, "C'è 1 appuntamento che resta fuori orario")
	w.post(t, w.bodies[0], path, asked.sure(t, path)).want(t, http.StatusSeeOther)
	_, a := w.place(t, 0)
	if len(a.Exceptions) != 2 {
		t.Fatalf("exceptional openings = %v, want two", a.Exceptions)
	}
	w.post(t, w.bodies[0], path+"/togli", url.Values{"exception": {a.Exceptions[0].ID}}).want(t, http.StatusSeeOther)
	w.post(t, w.bodies[0], path+"/togli", url.Values{"exception": {a.Exceptions[0].ID}}).want(t, http.StatusNotFound)
	if _, a := w.place(t, 0); len(a.Exceptions) != 1 {
		t.Errorf("exceptional openings = %v after removing, want one", a.Exceptions)
	}
}

func TestWideClosures(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book(t, "Vito Conte")
	const path = "/gestione/chiusure"
	w.get(t, w.region, path).want(t, http.StatusOK, "Tutta la rete", "Tutti i punti di Comune di Potenza")
	own := w.get(t, w.bodies[0], path)
	own.want(t, http.StatusOK, "Tutti i punti di Comune di Potenza")
	own.lacks(t, "Tutta la rete", "Comune di Matera")
	form := url.Values{"reach": {"rete"}, "from": {"24/11/2026"}, "reason": {"Vigilia"}}
	w.post(t, w.bodies[0], path, form).want(t, http.StatusNotFound)
	w.post(t, w.region, path, url.Values{"reach": {"rete"}}).want(t, http.StatusUnprocessableEntity, "Scrivi il primo giorno di chiusura")
	asked := w.post(t, w.region, path, form)
	asked.want(t, http.StatusOK, "Vale per 3 punti", "C'è 1 appuntamento che resta fuori orario")
	asked.lacks(t, "Vito")
	mine := w.post(t, w.bodies[0], path, url.Values{"reach": {w.BodyIDs[0]}, "from": {"24/11/2026"}, "reason": {"Ponte"}})
	mine.want(t, http.StatusOK, "Vale per 2 punti", "Vito C.", "Punto di Potenza")
	if one, _ := w.place(t, 0); len(one.Closures) != 0 {
		t.Fatalf("asking closed points already: %v", one.Closures)
	}
	w.post(t, w.region, path, asked.sure(t, path)).want(t, http.StatusSeeOther)
	for i := range w.PointIDs {
		if one, _ := w.place(t, i); len(one.Closures) != 1 || one.Closures[0].Reach != points.OfNetwork {
			t.Errorf("closures of point %d = %v, want that of the network", i, one.Closures)
		}
	}
	w.get(t, w.bodies[0], "/gestione/punti/"+w.PointIDs[0]+"/chiusure").want(t, http.StatusOK, "Vigilia", "Tutta la rete")
	one, _ := w.place(t, 0)
	// It is not a closure of the point, so that a body cannot take it away alone.
	w.post(t, w.bodies[0], "/gestione/punti/"+one.ID+"/chiusure/togli", url.Values{"closure": {one.Closures[0].ID}}).want(t, http.StatusNotFound)
	w.post(t, w.bodies[0], path+"/togli", url.Values{"closure": {one.Closures[0].ID}}).want(t, http.StatusNotFound)
	again := w.post(t, w.region, path+"/togli", url.Values{"closure": {one.Closures[0].ID}})
	again.want(t, http.StatusOK, "Vuoi togliere la chiusura? 24/11/2026", "Vale per 3 punti")
	if one, _ := w.place(t, 2); len(one.Closures) != 1 {
		t.Fatalf("closures = %v: asking took them away already", one.Closures)
	}
	w.post(t, w.region, path+"/togli", again.sure(t, path+"/togli")).want(t, http.StatusSeeOther)
	if one, _ := w.place(t, 2); len(one.Closures) != 0 {
		t.Errorf("closures after removing = %v", one.Closures)
	}
}

func TestPatronsDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.get(t, w.region, "/gestione/comuni").want(t, http.StatusOK, "Aliano (MT)", "Potenza (PZ)", "Da scrivere", "3 comuni con punti")
	own := w.get(t, w.bodies[0], "/gestione/comuni?cerca=pot")
	own.want(t, http.StatusOK, "Potenza (PZ)", "1 comune con punti")
	_, a := w.place(t, 0)
	path := "/gestione/comuni/" + a.Belfiore + "/patrono"
	for _, c := range []url.Values{{"day": {"30"}, "month": {"2"}}, {"day": {"366"}, "month": {"3"}}, {"day": {"-5"}, "month": {"3"}}, {"day": {"29"}, "month": {"2"}}, {"day": {"x"}, "month": {"5"}}, {"day": {"5"}}} {
		page := w.post(t, w.region, path, c)
		page.want(t, http.StatusUnprocessableEntity)
		if page.fields(path).Get("day") != c.Get("day") {
			t.Errorf("the day typed is lost: %v", c)
		}
	}
	// Today is the 24th of November, and somebody is booked.
	w.book(t, "Vito Conte")
	asked := w.post(t, w.region, path, url.Values{"day": {"24"}, "month": {"11"}})
	asked.want(t, http.StatusOK, "24 novembre", "Vale per 1 punto", "C'è 1 appuntamento che resta fuori orario")
	w.post(t, w.region, path, asked.sure(t, path)).want(t, http.StatusSeeOther)
	if _, a := w.place(t, 0); a.PatronDay != "11-24" {
		t.Errorf("patron's day of the address = %q, want 11-24", a.PatronDay)
	}
	w.get(t, w.region, "/gestione/comuni").want(t, http.StatusOK, "24 novembre")
	page := w.get(t, w.region, path)
	if form := page.fields(path); form.Get("day") != "24" || form.Get("month") != "11" {
		t.Errorf("the form of the patron's day = %v", form)
	}
	w.get(t, w.region, "/gestione/comuni?senza=1").lacks(t, "Potenza (PZ)")
	file := w.get(t, w.region, "/gestione/comuni.csv?cerca=potenza")
	if !strings.Contains(file.body, "Potenza;PZ;11-24;1") {
		t.Errorf("comuni.csv = %q", file.body)
	}
	w.get(t, w.bodies[1], path).want(t, http.StatusNotFound)
	asked = w.post(t, w.region, path, url.Values{"day": {""}, "month": {""}})
	asked.want(t, http.StatusOK, "Nessuna festa del patrono", "Nessun appuntamento resta fuori orario")
	if _, a := w.place(t, 0); a.PatronDay != "11-24" {
		t.Errorf("patron's day = %q: asking took it away already", a.PatronDay)
	}
	w.post(t, w.region, path, asked.sure(t, path)).want(t, http.StatusSeeOther)
	if _, a := w.place(t, 0); a.PatronDay != "" {
		t.Errorf("patron's day = %q after taking it away, want none", a.PatronDay)
	}
	// The same day again changes nothing, and asks nothing.
	w.post(t, w.region, path, url.Values{"day": {""}, "month": {""}}).want(t, http.StatusSeeOther)
}

func TestWideClosureOfABodyThatIsNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := url.Values{"reach": {"nessuno"}, "from": {"24/12/2026"}, "reason": {"Vigilia"}, "sure": {"1"}}
	w.post(t, w.region, "/gestione/chiusure", form).want(t, http.StatusNotFound)
}
