package public_test

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/points"
	"capillare/internal/web/ui"
)

func TestSearch(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		tests := []struct {
			path       string
			says, not_ []string
		}{
			{"/punti", []string{"3 punti", "Aliano e dintorni"}, []string{"in auto", "In questo comune"}},
			{"/punti?q=matera", []string{"3 punti vicino a Matera", "1 Biblioteca Stigliani", "In questo comune", "circa"}, nil},
			{"/punti?q=Aliano+(MT)", []string{"3 punti vicino ad Aliano", "Itinerante"}, nil},
			{"/punti?q=85100", []string{"3 punti vicino a Potenza"}, nil},
			{"/punti?q=75010", []string{"Quale comune?", "Aliano (MT)", "Cirigliano (MT)"}, []string{"Primo posto"}},
			{"/punti?q=75010&comune=A196", []string{"3 punti vicino ad Alianello"}, []string{"Quale comune?"}},
			{"/punti?q=Potensa", []string{"Non troviamo «Potensa».", "Potenza (PZ)"}, []string{"Primo posto"}},
			{"/punti?q=xyzxyz", []string{"Non troviamo «xyzxyz».", "un CAP di 5 cifre"}, nil},
			{"/punti?q=Potenza&accesso=ramp&accesso=toilet", []string{"1 punto vicino a Potenza", "Potenza Centro"}, []string{"Stigliani"}},
			{"/punti?q=Potenza&accesso=lis", []string{"Nessun punto risponde", "chiama"}, nil},
			{"/punti?q=Potenza&aperto=1", []string{"Nessun punto risponde"}, nil},
			{"/punti?q=Potenza&pagina=9", []string{"3 punti vicino a Potenza"}, nil},
			{"/punti?q=Potenza&giorno=oggi", []string{"3 punti con posti liberi vicino a Potenza", "oggi alle 09:00"}, nil},
			{"/punti?q=Potenza&parte=pomeriggio", []string{"Nessun punto risponde"}, []string{"Primo posto"}},
			{"/punti?q=Potenza&come=phone", []string{"Nessun punto risponde"}, nil},
			{"/punti?q=Potenza&entro=15", []string{"1 punto vicino a Potenza", "Potenza Centro"}, []string{"Stigliani"}},
			{"/punti?entro=15", []string{"3 punti"}, nil},
			{"/punti?q=Matera&ordine=presto", []string{"1 punto con posti liberi vicino a Matera", "Stigliani"}, nil},
			{"/punti?vicino=P0002", []string{"3 punti vicino a Biblioteca Stigliani", "1 Biblioteca Stigliani"}, []string{"In questo comune"}},
			{"/punti?vicino=P9999", []string{"3 punti"}, []string{"vicino a"}},
			{"/punti?q=Potenza&giorno=mai&parte=notte&come=volo&lingua=xx&ordine=a", []string{"3 punti vicino a Potenza"}, nil},
			{"/punti?q=Potenza&pagina=-1&tema=ZZ&accesso=%00", []string{"3 punti vicino a Potenza"}, nil},
		}
		for _, test := range tests {
			if strings.Contains(test.path, "A196") {
				test.path = strings.Replace(test.path, "A196", w.towns["Aliano"].Belfiore, 1)
				test.says = []string{"3 punti vicino ad Aliano"}
			}
			w.browser(t).get(test.path).says(http.StatusOK, test.says...).silent(test.not_...)
		}
	})
}

func TestSearchCarriesTheTopic(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		b.get("/").click("Fascicolo sanitario").says(200, "3 punti").click("Prenota")
		b.press("Continua", "quando", b.choices("quando")[0]).says(200, "Per cosa ti serve aiuto?")
		if got := b.field("topic"); got != "D" {
			t.Errorf("topic = %q, want the one of the search, D", got)
		}
	})
}

// A day that was asked for goes on to the choice of the time.
func TestSearchCarriesTheDay(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.browser(t).get("/punti?q=Potenza&giorno=domani&parte=mattina")
		b.says(200, "3 punti con posti liberi", "domani alle 09:00")
		if !strings.Contains(b.body, "dal=2026-11-25") || !strings.Contains(b.body, `<details class="cap-more" open`) {
			t.Error("the day of the first time is not in the links, or the choices made are folded away")
		}
	})
}

// Only languages that somebody speaks can be chosen, and Italian needs no choosing.
func TestSearchByLanguage(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		w.browser(t).get("/punti?q=Potenza").says(200).silent("In quale lingua")
		people, _, err := w.people.List(t.Context(), system, facilitators.Filter{})
		w.must(err)
		f := people[0]
		f.Languages = []string{"it", "en"}
		w.must(w.people.Edit(t.Context(), system, f))
		w.browser(t).get("/punti?q=Potenza").says(200, "In quale lingua", "Inglese")
		w.browser(t).get("/punti?q=Potenza&lingua=en").says(200, "1 punto con posti liberi vicino a Potenza")
	})
}

func TestSearchPages(t *testing.T) {
	t.Parallel()
	w := region(t)
	b := w.browser(t)
	b.get("/punti?q=Aliano").says(200, "32 punti vicino ad Aliano", "Pagina 1 di 4", "1. Punto Digitale Facile")
	b.click("Successiva").says(200, "Pagina 2 di 4", "11. Punto Digitale Facile").silent(">10.")
	// The list and the map show the same numbers.
	for n := 11; n <= 20; n++ {
		b.says(200, fmt.Sprintf("%d. ", n))
	}
	if !strings.Contains(b.body, `start="11"`) {
		t.Error("the second page does not count from 11")
	}
}

func TestPoint(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		w.add(place{town: "Melfi", name: "Melfi libero", booking: points.BookingNone})
		b := w.browser(t)
		b.get("/punti/P0001").says(200, "Potenza Centro", "Via Nazario Sauro 1, Potenza", "oggi alle 09:00", "Oggi 09:00–13:00, 15:00–18:00",
			"martedì 09:00–13:00, 15:00–18:00", "sabato chiuso", "da mercoledì 9 dicembre a giovedì 10 dicembre: lavori",
			"martedì 8 dicembre: Immacolata", "Rampa o ingresso senza gradini", "Inglese", "Aiuto individuale", "0971 123456")
		b.click("Prenota in questo punto").says(200, "Scegli giorno e ora")
		b.get("/punti/P0001").click("Altri punti qui vicino").says(200, "vicino a Potenza Centro", "Biblioteca Stigliani")
		b.get("/punti/p0004").says(200, "In questo punto non serve prenotare.").silent("Primi posti liberi")
		b.get("/prenota/P0004").says(404)
		b.get("/punti/P0003").says(200, "Itinerante", "Via Nazario Sauro 1, Aliano", "Piazza Garibaldi 2, Aliano")
		b.get("/punti/P9999").says(404)
		if got := b.get("/prenota").path; got != "/punti" {
			t.Errorf("/prenota leads to %q, want /punti", got)
		}
	})
}

// What is told of a day is what holds on it: the holiday on which a point opens all the same is no closure.
func TestUnusualDaysOfAPoint(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		point, err := w.deps.Points.ByCode(t.Context(), "P0001")
		w.must(err)
		a := point.Addresses[0]
		w.must(w.deps.Points.PutException(t.Context(), system, points.Exception{AddressID: a.ID, Day: calendar.NewDay(2026, time.December, 8),
			Reason: "mercatino", Bands: calendar.Bands{{Opens: 10 * 60, Closes: 12 * 60}}}))
		w.must(w.deps.Points.SetPatronDay(t.Context(), system, a.Belfiore, "12-15"))
		_, err = w.deps.Points.AddWideClosure(t.Context(), system, points.WideClosure{From: calendar.NewDay(2026, time.December, 24), Reason: "vigilia"})
		w.must(err)
		w.browser(t).get("/punti/P0001").says(200, "Aperture straordinarie", "martedì 8 dicembre, 10:00–12:00: mercatino",
			"martedì 15 dicembre: Festa del patrono", "giovedì 24 dicembre: vigilia").silent("Immacolata")
	})
}

func TestAPointThatIsClosedIsNotShown(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		point, err := w.deps.Points.ByCode(t.Context(), "P0002")
		w.must(err)
		w.must(w.deps.Points.SetState(t.Context(), system, point.ID, points.StateSuspended, point.OpenedOn.AddDays(30)))
		w.browser(t).get("/punti/P0002").says(404)
		w.browser(t).get("/punti?q=Matera").says(200, "2 punti").silent("Stigliani")
	})
}

func TestTimesGoByWeeks(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		b.get("/prenota/P0001").says(200, "Ogni appuntamento dura 30 minuti.", "martedì 24 novembre", "lunedì 30 novembre").silent("Giorni prima")
		b.click("Giorni dopo").says(200, "martedì 1 dicembre", "Giorni prima")
		// The 8th is a holiday, the 9th and 10th are closed.
		b.click("Giorni dopo").says(200, "venerdì 11 dicembre").silent("martedì 8 dicembre", "mercoledì 9 dicembre")
		b.click("Giorni prima").says(200, "martedì 1 dicembre")
		b.get("/prenota/P0001?dal=2026-13-40").says(200, "martedì 24 novembre")
	})
}

// TestEntryPagesCarryTheirRules looks for rules that were left out of the sheet inside an entry page
// although the page needs them.
func TestEntryPagesCarryTheirRules(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile("../ui/static/public.css")
	if err != nil {
		t.Skipf("SKIPPED, there is no sheet to look into: %v", err)
	}
	w := region(t)
	class := regexp.MustCompile(`class="([^"]+)"`)
	for _, path := range []string{"/", "/punti", "/punti?q=Potenza&giorno=7&accesso=ramp", "/punti?q=75010", "/punti?q=xyz", "/punti?q=Potenza&come=phone", "/punti/P0001", "/punti/P0004", "/comuni", "/comuni/potenza-pz"} {
		body := w.browser(t).get(path).body
		_, rest, _ := strings.Cut(body, "<style>")
		style, _, _ := strings.Cut(rest, "</style>")
		for _, m := range class.FindAllStringSubmatch(body, -1) {
			for _, name := range strings.Fields(m[1]) {
				rule := regexp.MustCompile(`\.` + regexp.QuoteMeta(name) + `[^A-Za-z0-9_-]`)
				if rule.Match(whole) && !rule.MatchString(style) {
					t.Errorf("%s uses the class %q, whose rule is not in the sheet inside it: see entry() in assets/build.mjs", path, name)
				}
			}
		}
	}
}

func TestWeights(t *testing.T) {
	t.Parallel()
	if err := ui.CheckAssets(); err != nil {
		t.Skipf("SKIPPED, nothing was weighed: %v", err)
	}
	const limit = 14_000 // bytes of the compressed answer, the sheet inside
	w := region(t)
	for _, path := range []string{"/", "/punti", "/punti?q=Potenza&accesso=ramp", "/punti/P0001", "/punti/P0004"} {
		b := w.browser(t).get(path).says(200)
		if b.size > limit || !strings.Contains(b.body, "<style") || strings.Contains(b.body, "<script") || strings.Contains(b.body, `rel="stylesheet"`) {
			t.Errorf("%s weighs %d bytes (at most %d); style inside %v, script %v", path, b.size, limit,
				strings.Contains(b.body, "<style"), strings.Contains(b.body, "<script"))
		}
		t.Logf("%s: %d bytes", path, b.size)
	}
	b := w.browser(t)
	total := 0
	for _, step := range []func() *browser{
		func() *browser { return b.get("/prenota/P0001") },
		func() *browser { return b.press("Continua", "quando", b.choices("quando")[0]) },
		func() *browser { return b.press("Continua", "topic", "L") },
		func() *browser { return b.press("Continua", "name", "Anna", "phone", "0971555666") },
		func() *browser { return b.press("Conferma") },
	} {
		total += step().says(200).size
	}
	t.Logf("the five pages of a booking: %d bytes", total)
	if total > 20_000 {
		t.Errorf("the five pages of a booking weigh %d bytes, at most 20000", total)
	}
}
