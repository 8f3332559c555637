package managers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/register/registertest"
)

// onlyShift returns the shift of point 0 that starts at an hour.
func (w *world) onlyShift(t *testing.T) facilitators.Duty {
	t.Helper()
	list, err := w.Facilitators.Duties(t.Context(), registertest.System(), w.PointIDs[0])
	if err != nil || len(list) != 1 {
		t.Fatalf("Duties() = %v, %v, want one", list, err)
	}
	return list[0]
}

// booked returns the only appointment of point 0 today.
func (w *world) booked(t *testing.T) agenda.Booking {
	t.Helper()
	entries, err := w.Agenda.PointDay(t.Context(), registertest.System(), w.PointIDs[0], registertest.Today())
	if err != nil {
		t.Fatalf("PointDay() = %v", err)
	}
	for _, e := range entries {
		for _, b := range e.Bookings {
			return b
		}
	}
	t.Fatal("no appointment today")
	return agenda.Booking{}
}

func TestAShiftOfSeveralDaysAndBands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, _ := w.place(t, 0)
	path := "/gestione/punti/" + one.ID + "/turni/nuovo"
	form := w.get(t, w.bodies[0], path+"?persona="+w.FacilitatorIDs[0]).fields(path)
	form["weekday"], form["hours"], form["rhythm"] = []string{"2", "4"}, []string{"9-12; 14-17"}, []string{"2"}
	asked := w.post(t, w.bodies[0], path, form)
	asked.want(t, http.StatusOK, "Martedì e giovedì 14:00–17:00: in queste ore il punto di solito è chiuso")
	if list, err := w.Facilitators.Duties(t.Context(), registertest.System(), one.ID); err != nil || len(list) > 0 {
		t.Fatalf("asking added %v, %v", list, err)
	}
	w.post(t, w.bodies[0], path, asked.sure(t, path)).want(t, http.StatusSeeOther)
	page := w.get(t, w.bodies[0], "/gestione/punti/"+one.ID+"/turni")
	page.want(t, http.StatusOK, "Martedì e giovedì, una settimana sì e una no 09:00–12:00 e 14:00–17:00")
	w.get(t, w.bodies[0], "/gestione/facilitatori/"+w.FacilitatorIDs[0]).want(t, http.StatusOK, "Martedì e giovedì, una settimana sì e una no")
}

func TestWrongShiftsSayItAtTheField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/gestione/punti/" + w.PointIDs[0] + "/turni/nuovo"
	good := w.get(t, w.bodies[0], path+"?persona="+w.FacilitatorIDs[0]).fields(path)
	good["weekday"], good["hours"] = []string{"2"}, []string{"9-12"}
	for name, test := range map[string]struct{ field, value, wrong, text string }{
		"ends before it begins": {"hours", "12-9", "hours", "prima"},
		"no hours":              {"hours", "", "hours", "Scrivi"},
		"not hours":             {"hours", "mattina", "hours", "mattina"},
		"bands that meet":       {"hours", "9-12; 11-13", "hours", "accavalla"},
		"no weekday":            {"weekday", "", "weekday", "almeno un giorno"},
		"not a weekday":         {"weekday", "9", "weekday", "Scegli"},
		"a hundred weeks":       {"rhythm", "100", "rhythm", "da 1 a 52"},
		"no rhythm":             {"rhythm", "x", "rhythm", "Scegli"},
		"last before first":     {"to", "01/01/2020", "to", "prima"},
		"twelve years":          {"to", "01/01/2039", "to", "10 anni"},
		"too long a time":       {"slot_minutes", "500", "slot_minutes", "240"},
		"no seats":              {"seats", "0", "seats", ""},
	} {
		form := url.Values{}
		for k, v := range good {
			form[k] = v
		}
		form.Set(test.field, test.value)
		if name == "no seats" {
			form.Set("kind", facilitators.Group)
		}
		page := w.post(t, w.bodies[0], path, form)
		if page.status != http.StatusUnprocessableEntity || !strings.Contains(page.wrong(test.wrong), test.text) || page.wrong(test.wrong) == "" {
			t.Errorf("%s: status %d, %q at %s; want 422 and %q", name, page.status, page.wrong(test.wrong), test.wrong, test.text)
		}
		if got := page.fields(path).Get("facilitator"); got != w.FacilitatorIDs[0] {
			t.Errorf("%s: the form lost who it is about", name)
		}
	}
}

func TestAChangeOfAShiftAsksWhatBecomesOfAppointments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book(t, "Vito Conte")
	shift, b := w.onlyShift(t), w.booked(t)
	path := "/gestione/punti/" + w.PointIDs[0] + "/turni/" + shift.ID + "/modifica"
	form := w.get(t, w.bodies[0], path).fields(path)
	form.Set("hours", "11-12")
	asked := w.post(t, w.bodies[0], path, form)
	asked.want(t, http.StatusOK, "Vito C.", "Sposta a oggi alle 11:00 e avvisa", "la persona va chiamata")
	asked.lacks(t, "Conte")
	if w.onlyShift(t).Starts != shift.Starts {
		t.Fatal("asking changed the shift")
	}
	hidden := w.post(t, w.region, path, form)
	hidden.want(t, http.StatusOK, "Uno è in un punto di cui non vedi l'agenda")
	hidden.lacks(t, "Vito")
	sure := asked.sure(t, path)
	sure.Set("fate-"+b.ID, agenda.Moved)
	w.post(t, w.bodies[0], path, sure).want(t, http.StatusSeeOther)
	if got := w.booked(t); got.ID != b.ID || got.StartsAt.Sub(b.StartsAt).Hours() != 1 {
		t.Errorf("the appointment is at %v, want an hour later than %v", got.StartsAt, b.StartsAt)
	}
}

// bookAt books today at an hour.
func (w *world) bookAt(t *testing.T, hour int, name string) {
	t.Helper()
	starts, err := registertest.Today().At(calendar.Minute(hour * 60))
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Agenda.BookFor(t.Context(), registertest.System(), agenda.ForRequest{Where: agenda.Where{PointID: w.PointIDs[0], StartsAt: starts},
		Details: agenda.Details{Topic: "D", Contact: agenda.Contact{Name: name, Phone: "333 7654321"}}, Key: "key of " + name + " for tests"})
	if err != nil {
		t.Fatalf("BookFor() = %v", err)
	}
}

func TestOneAnswerForAllAppointments(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]int{agenda.Moved: 2, agenda.CancelledByService: 0} {
		w := newWorld(t)
		w.book(t, "Vito Conte")
		w.bookAt(t, 11, "Rosa Lepre")
		path := "/gestione/punti/" + w.PointIDs[0] + "/turni/" + w.onlyShift(t).ID + "/modifica"
		form := w.get(t, w.bodies[0], path).fields(path)
		form["weekday"] = []string{"3"}
		asked := w.post(t, w.bodies[0], path, form)
		asked.want(t, http.StatusOK, "Per tutti", "Rosa L.")
		sure := asked.sure(t, path)
		sure.Set("all", answer)
		w.post(t, w.bodies[0], path, sure).want(t, http.StatusSeeOther)
		n, err := w.Agenda.Ahead(t.Context(), registertest.System(), registertest.Today().AddDays(1), registertest.Today().AddDays(30))
		if err != nil || n != want {
			t.Errorf("all %s: %d appointments from tomorrow on, %v, want %d", answer, n, err, want)
		}
	}
}

func TestOneDayOfAShift(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	shift := w.onMondays(t, w.FacilitatorIDs[0])
	base := "/gestione/punti/" + w.PointIDs[0] + "/turni/" + shift
	w.get(t, w.bodies[0], base).want(t, http.StatusOK, "Lunedì 30 novembre", "Cambia questo giorno")
	path := base + "/giorno/2026-11-30"
	w.get(t, w.bodies[0], base+"/modifica?da=2026-11-30").want(t, http.StatusOK, "Le volte da un giorno in poi")
	if got := w.get(t, w.bodies[0], base+"/modifica?da=2026-11-30").fields(base + "/modifica"); got.Get("day") != "30/11/2026" || got.Get("scope") != "following" {
		t.Errorf("from a day on: %v, want that day", got)
	}
	form := w.get(t, w.bodies[0], path).fields(path)
	form.Set("hours", "10-12:30")
	w.post(t, w.bodies[0], path, form).want(t, http.StatusSeeOther)
	w.get(t, w.bodies[0], base).want(t, http.StatusOK, "10:00–12:30", "Diverso dal solito")
	form.Set("hours", "9-10; 11-12")
	w.post(t, w.bodies[0], path, form).want(t, http.StatusUnprocessableEntity, "un solo orario")
	form.Set("do", "cancel")
	form.Set("hours", "9-10")
	w.post(t, w.bodies[0], path, form).want(t, http.StatusSeeOther)
	w.get(t, w.bodies[0], "/gestione/punti/"+w.PointIDs[0]+"/turni").want(t, http.StatusOK, "Giorni che vanno in modo diverso", "Non si fa")
	form.Set("do", "restore")
	w.post(t, w.bodies[0], path, form).want(t, http.StatusSeeOther)
	w.get(t, w.bodies[0], base).lacks(t, "Non si fa", "Diverso dal solito")
	w.get(t, w.bodies[0], base+"/giorno/2026-12-01").want(t, http.StatusNotFound)
	w.get(t, w.bodies[0], base+"/giorno/2026-11-23").want(t, http.StatusNotFound)
	w.get(t, w.bodies[1], path).want(t, http.StatusNotFound)
}

func TestAnAbsenceAndWhoStandsIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book(t, "Vito Conte")
	b, away, heir := w.booked(t), w.FacilitatorIDs[0], w.newPerson(t, "Pronta")
	path := "/gestione/facilitatori/" + away + "/assenze"
	form := w.get(t, w.bodies[0], path).fields(path)
	form.Set("from", "24/11/2026")
	form.Set("to", "25/11/2026")
	form.Set("hours", "9:30-11")
	form.Set("reason", facilitators.Illness)
	w.post(t, w.bodies[0], path, form).want(t, http.StatusUnprocessableEntity, "un solo giorno")
	form.Set("to", "24/11/2026")
	asked := w.post(t, w.bodies[0], path, form)
	asked.want(t, http.StatusOK, "Vito C.", "oggi alle 10:00")
	saved := w.post(t, w.bodies[0], path, asked.sure(t, path))
	saved.want(t, http.StatusSeeOther)
	one := saved.header.Get("Location")
	page := w.get(t, w.bodies[0], one)
	page.want(t, http.StatusOK, "Malattia", "09:30–11:00", "Fai sostituire da Prova Pronta", "Vito Conte")
	w.get(t, w.bodies[1], one).want(t, http.StatusNotFound)
	shift := "/gestione/punti/" + w.PointIDs[0] + "/turni/" + w.onlyShift(t).ID
	w.get(t, w.bodies[0], shift).want(t, http.StatusOK, "Scoperto")
	stand := one + "/sostituto"
	fields := url.Values{"duty": {w.onlyShift(t).ID}, "day": {"2026-11-24"}, "person": {heir}}
	w.post(t, w.bodies[1], stand, fields).want(t, http.StatusNotFound)
	w.post(t, w.bodies[0], stand, fields).want(t, http.StatusSeeOther)
	if got := w.booked(t); got.ID != b.ID || got.FacilitatorID != heir {
		t.Errorf("the appointment is with %s, want who stands in", got.FacilitatorID)
	}
	w.get(t, w.bodies[0], one).want(t, http.StatusOK, "Sostituisce Prova Pronta")
	w.get(t, w.bodies[0], shift).want(t, http.StatusOK, "Prova Pronta")
	w.get(t, w.bodies[0], shift).lacks(t, "Scoperto")
	remove := "/gestione/facilitatori/" + away + "/assenze/togli"
	w.post(t, w.bodies[0], remove, url.Values{"absence": {one[strings.LastIndex(one, "/")+1:]}}).want(t, http.StatusSeeOther)
	if got := w.booked(t); got.FacilitatorID != away {
		t.Errorf("after the absence the appointment is with %s, want who was away", got.FacilitatorID)
	}
	partner := registertest.Actor("reader", identity.Auditor, identity.ScopeNetwork, "")
	w.get(t, partner, "/gestione/facilitatori/"+away).lacks(t, "Malattia")
}
