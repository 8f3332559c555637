package managers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/register/registertest"
)

// bookDay is the Tuesday of the tests: Potenza is open from 9 to 13 with somebody from 9 to 12.
func TestCoverNamesTheGaps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book(t, "Vito Conte")
	page := w.get(t, w.bodies[0], "/gestione/copertura")
	page.want(t, http.StatusOK, "Punto di Potenza", "Ore senza nessuno", "Nessuno ha due appuntamenti alla stessa ora")
	if strings.Contains(page.text, "Vito") {
		t.Error("the cover of points names who booked")
	}
	page.lacks(t, "Punto di Matera")
	w.get(t, w.bodies[0], "/gestione/copertura?cerca=aliano").lacks(t, "Punto di Potenza")
	w.get(t, w.bodies[0], "/gestione/copertura?manca=pieno").want(t, http.StatusOK, "Nessun punto")
	w.get(t, w.bodies[0], "/gestione/copertura?settimana=ieri").want(t, http.StatusOK, "Punto di Potenza")
	file := w.get(t, w.bodies[0], "/gestione/copertura.csv?cerca=potenza")
	if file.status != http.StatusOK || strings.Count(file.body, "\n") != 2 || !strings.Contains(file.body, "24/11/2026 12:00-") {
		t.Errorf("the file = %d %.500s, want one point with the gap of Tuesday", file.status, file.body)
	}
}

func TestHoursOfAPoint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book(t, "Vito Conte")
	path := "/gestione/punti/" + w.PointIDs[0] + "/ore"
	w.get(t, w.bodies[0], path).want(t, http.StatusOK, "Ore di novembre 2026", "Ottobre 2026", "Martedì 24 novembre", "3:00", "Totale")
	w.get(t, w.bodies[0], path+"?mese=2027-02").want(t, http.StatusOK, "Ore di febbraio 2027")
	if got := w.get(t, w.bodies[1], path).status; got != http.StatusNotFound {
		t.Errorf("hours of a point of others = %d, want 404", got)
	}
	file := w.get(t, w.bodies[0], path+".csv?mese=2026-11")
	if file.status != http.StatusOK || !strings.Contains(file.body, "24/11/2026;") {
		t.Errorf("the file = %d %.300s, want the days", file.status, file.body)
	}
}

// In the night in which clocks change a shift lasts as long as it lasts. In 2027 the night of spring is that
// of Easter, on which nobody is on duty.
func TestHoursOfAPointWhenClocksChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, a := w.place(t, 0)
	for _, tt := range []struct {
		day  calendar.Day
		want string
	}{{calendar.NewDay(2028, time.March, 26), "2:00"}, {calendar.NewDay(2027, time.October, 31), "4:00"}} {
		_, err := w.Facilitators.AddDuty(t.Context(), registertest.System(), facilitators.Duty{FacilitatorID: w.FacilitatorIDs[0],
			PointID: one.ID, AddressID: a.ID, Weekday: calendar.Sunday, Starts: 60, Ends: 4 * 60, From: tt.day, To: tt.day})
		if err != nil {
			t.Fatalf("AddDuty() = %v", err)
		}
		page := w.get(t, w.bodies[0], "/gestione/punti/"+one.ID+"/ore?mese="+tt.day.Month())
		page.want(t, http.StatusOK, tt.want)
	}
}
