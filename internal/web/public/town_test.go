package public_test

import (
	"net/http"
	"strings"
	"testing"

	"capillare/internal/points"
)

func TestTownPage(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		w.add(place{town: "Stigliano", name: "Biblioteca di Stigliano", booking: points.BookingNone})
		b := w.browser(t)
		b.get("/comuni/aliano-mt").says(http.StatusOK, "Aiuto digitale vicino ad Aliano", "Aliano e dintorni", "Nel comune", "Biblioteca di Stigliano", "Circa ",
			"Chiuso ora. Apre oggi alle 09:00", "Il punto itinerante arriva qui", "martedì 24 novembre, 09:00–13:00, 15:00–18:00", "Regione Basilicata", "Residenti",
			"I minuti sono stimati")
		if got := strings.Count(b.body, `href="/prenota/`); got != 3 || strings.Contains(b.body, "<script") {
			t.Errorf("%d buttons to book, want three, of the points that take bookings, and no script", got)
		}
		for _, path := range []string{"/comuni/" + w.towns["Aliano"].Belfiore, "/comuni/ALIANO-MT", "/comuni/" + w.towns["Aliano"].ISTAT} {
			if b.get(path); b.path != "/comuni/aliano-mt" || b.status != http.StatusOK {
				t.Errorf("%s leads to %s, %d, want the page of Aliano", path, b.path, b.status)
			}
		}
		b.get("/comuni/nessuno-mt").says(http.StatusNotFound)
		b.get("/comuni/milano-mi").says(http.StatusNotFound)
		b.get("/punti?q=Aliano").click("Vedi la pagina di Aliano").says(http.StatusOK, "Aiuto digitale vicino ad Aliano")
	})
}

func TestTownsPage(t *testing.T) {
	t.Parallel()
	db, clock := openAt(t)
	w := newWorld(t, db, clock)
	w.browser(t).get("/comuni").says(http.StatusOK, "Nessun comune comincia così")
	w.setUp()
	b := w.browser(t)
	for path, want := range map[string]int{"/comuni": 131, "/comuni?q=ali": 1, "/comuni?q=Sant%27A": 2, "/comuni?q=zz": 0} {
		if got := strings.Count(b.get(path).body, `href="/comuni/`); got != want {
			t.Errorf("GET %s lists %d municipalities, want %d", path, got, want)
		}
	}
	b.get("/comuni?q=75010").says(http.StatusOK, "Aliano (MT)")
}

func TestTownPagesAreLight(t *testing.T) {
	t.Parallel()
	w := region(t)
	for _, path := range []string{"/comuni/aliano-mt", "/comuni/potenza-pz", "/comuni"} {
		if b := w.browser(t).get(path); b.status != http.StatusOK || b.size > 14_000 {
			t.Errorf("GET %s = %d, %d bytes, want at most 14000", path, b.status, b.size)
		}
	}
}
