package public_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	ical "github.com/arran4/golang-ical"
	"rsc.io/qr"

	"capillare/internal/errs"
	"capillare/internal/web/ui"
)

func TestFindByCode(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		owner, caller := w.browser(t), w.browser(t)
		code := owner.toReceipt().code()
		caller.get("/prenotazione").says(200, "codice").press("Vedi l'appuntamento").says(422, "Scrivi una risposta.")
		caller.press("Vedi l'appuntamento", "code", "7q4").says(422, "Il codice ha 8 lettere e numeri")
		if got := caller.field("code"); got != "7q4" {
			t.Errorf("code after a refusal = %q, want what was typed", got)
		}
		caller.press("Vedi l'appuntamento", "code", "AAAA-AAAA").says(404, "Non troviamo questo appuntamento.")
		caller.press("Vedi l'appuntamento", "code", " "+strings.ToLower(code)+" ").says(200, "Il tuo appuntamento", "martedì 24 novembre 2026")
		// Whoever overheard the code learns no name and no phone.
		caller.silent("Maria", "Lauria", "0971555666", "Cedolino", "<path d=\"M4 4")
	})
}

// strict lets through three wrong codes.
type strict struct{ missed int }

func (s *strict) Allow(*http.Request) error {
	if s.missed >= 3 {
		return errs.New(errs.Unavailable, "public.mine.limit").With(errs.Args{ui.RetryArg: 600})
	}
	return nil
}

func (s *strict) Miss(*http.Request) { s.missed++ }

func TestGuessesAreLimited(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		guesses := &strict{}
		w.deps.Guesses = guesses
		w.serve()
		b := w.browser(t)
		code := b.toReceipt().code()
		b.get("/prenotazione/c/" + code).says(200)
		b.get("/prenotazione/c/AAAA-AAAA").says(404)
		b.get("/prenotazione").press("Vedi", "code", "BBBB-BBBB").says(404).press("Vedi", "code", "CCCC-CCCC").says(404)
		b.press("Vedi", "code", code).says(http.StatusTooManyRequests)
		b.get("/prenotazione/c/" + code + "/appuntamento.ics").says(http.StatusTooManyRequests)
		if guesses.missed != 3 {
			t.Errorf("missed = %d, want 3: a right code does not count", guesses.missed)
		}
	})
}

func TestMove(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		code := b.toReceipt().code()
		b.click("Sposta").says(200, "Sposta l'appuntamento", "Adesso è: martedì 24 novembre 2026, dalle 09:00 alle 09:30, Potenza Centro")
		b.press("Sposta qui").says(422, "Scegli un orario.")
		b.press("Sposta qui", "quando", b.choices("quando")[3]).says(200, "l'appuntamento è spostato", "dalle 11:00 alle 11:30")
		if got := b.code(); got != code {
			t.Errorf("code after a move = %q, want %q", got, code)
		}
		b.click("Sposta").click("Scegli un altro punto").says(200, "resta tuo")
		b.press("Cerca", "q", "Matera").says(200, "Biblioteca Stigliani").click("Scegli : Biblioteca Stigliani")
		b.press("Sposta qui", "quando", b.choices("quando")[0]).says(200, "Biblioteca Stigliani", "dalle 09:00 alle 09:30")
		// The first point has its times back.
		if got := len(w.browser(t).get("/prenota/P0001").choices("quando")); got != 40 {
			t.Errorf("free times at the first point = %d, want 40", got)
		}
	})
}

func TestMoveByCodeToATimeJustTaken(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b, rival := w.browser(t), w.browser(t)
		code := b.toReceipt().code()
		b.get("/prenotazione/c/" + code + "/orario")
		quando := b.choices("quando")[2]
		rival.get("/prenota/P0001").press("Continua", "quando", quando).says(200)
		b.press("Sposta qui", "quando", quando).says(http.StatusConflict, "Avevi scelto: oggi alle 10:30.")
		b.press("oggi alle 11:00").says(200, "l'appuntamento è spostato", "dalle 11:00")
	})
}

func TestCancel(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		b.toReceipt().click("Disdici").says(200, "Vuoi disdire?", "Potenza Centro").press("Sì, disdici")
		b.says(200, "l'appuntamento è disdetto", "Hai disdetto questo appuntamento.").silent("Aggiungi al calendario")
		receipt := b.path
		for _, path := range []string{"/disdici", "/orario", "/punto", "/riepilogo"} {
			if got := b.get(receipt + path).path; got != receipt {
				t.Errorf("%s of a cancelled appointment leads to %q, want the receipt", path, got)
			}
		}
		b.send(http.MethodPost, receipt+"/disdici", nil).says(200, "Hai disdetto")
	})
}

func TestAnAppointmentThatIsOverCannotBeChanged(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		receipt := b.toReceipt().path
		w.clock.Add(3 * time.Hour)
		b.get(receipt).says(200, "Questo appuntamento è passato").silent("Disdici")
		b.send(http.MethodPost, receipt+"/disdici", nil).says(http.StatusConflict)
	})
}

func TestUnknownKeys(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		for _, path := range []string{"/prenotazione/b/x", "/prenotazione/b/x/dettagli", "/prenotazione/z/x", "/prenotazione/c/AAAA-AAAA", "/prenotazione/b/x/appuntamento.ics"} {
			w.browser(t).get(path).says(404)
		}
		w.browser(t).get("/prenotazione/c/x").says(422)
	})
}

func TestCalendarFile(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		receipt := b.toReceipt().path
		was := event(t, w, receipt)
		b.get(receipt + "/orario")
		b.press("Sposta qui", "quando", b.choices("quando")[3]).says(200)
		moved := event(t, w, receipt)
		b.get(receipt + "/disdici").press("Sì, disdici")
		cancelled := event(t, w, receipt)
		if was.Id() != moved.Id() || was.Id() != cancelled.Id() || was.Id() == "" {
			t.Errorf("UIDs = %q, %q, %q, want one", was.Id(), moved.Id(), cancelled.Id())
		}
		get := func(e *ical.VEvent, p ical.ComponentProperty) string { return e.GetProperty(p).Value }
		if a, b, c := get(was, "SEQUENCE"), get(moved, "SEQUENCE"), get(cancelled, "SEQUENCE"); a >= b || b >= c {
			t.Errorf("SEQUENCE = %s, %s, %s, want it to grow", a, b, c)
		}
		if a, c := get(was, "STATUS"), get(cancelled, "STATUS"); a != "CONFIRMED" || c != "CANCELLED" {
			t.Errorf("STATUS = %s, then %s", a, c)
		}
		start, err := moved.GetStartAt()
		if want := time.Date(2026, time.November, 24, 10, 0, 0, 0, time.UTC); err != nil || !start.Equal(want) {
			t.Errorf("DTSTART = %v, %v, want %v", start, err, want)
		}
	})
}

// event reads the calendar file of a receipt.
func event(t *testing.T, w *world, receipt string) *ical.VEvent {
	t.Helper()
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, receipt+"/appuntamento.ics", nil))
	text := rec.Body.String()
	for _, want := range []string{"BEGIN:VTIMEZONE", "TZID:Europe/Rome", "BEGIN:DAYLIGHT", "BEGIN:STANDARD", "DTSTART;TZID=Europe/Rome:20261124T", "DTSTAMP:", "METHOD:PUBLISH"} {
		if !strings.Contains(text, want) {
			t.Errorf("the calendar file lacks %q:\n%s", want, text)
		}
	}
	if slices.ContainsFunc(strings.Split(text, "\r\n"), func(line string) bool { return len(line) > 75 }) || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") {
		t.Errorf("the calendar file has lines that are too long or do not end in CRLF")
	}
	if strings.Contains(text, "Maria") || strings.Contains(text, "0971555666") {
		t.Error("the calendar file holds the name or the phone")
	}
	cal, err := ical.ParseCalendar(strings.NewReader(text))
	if err != nil || len(cal.Events()) != 1 {
		t.Fatalf("the calendar file: %v", err)
	}
	return cal.Events()[0]
}

// squares rebuilds the drawing of a QR code from its path.
func squares(t *testing.T, b *browser) map[[2]int]bool {
	t.Helper()
	for n := range mainOf(b.page).Descendants() {
		if n.Data != "path" || attr(n.Parent, "role") != "img" {
			continue
		}
		black := map[[2]int]bool{}
		x, y := 0, 0
		for run := range strings.SplitSeq(strings.ReplaceAll(attr(n, "d"), "M", "m!")[1:], "m") {
			var to, long int
			if _, err := fmt.Sscanf(run, "!%d %dh%d", &to, &y, &long); err == nil {
				x = to
			} else if _, err := fmt.Sscanf(run, "%d 0h%d", &to, &long); err == nil {
				x += to
			} else {
				t.Fatalf("part %q of the QR code: %v", run, err)
			}
			for range long {
				black[[2]int{x, y}] = true
				x++
			}
		}
		return black
	}
	t.Fatalf("%s has no QR code", b.path)
	return nil
}

func TestQRLeadsToTheReceipt(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		got := squares(t, b.toReceipt())
		want, err := qr.Encode("https://servizi.example.it"+b.path, qr.M)
		w.must(err)
		const edge = 4
		for y := range want.Size {
			for x := range want.Size {
				if got[[2]int{x + edge, y + edge}] != want.Black(x, y) {
					t.Fatalf("square %d, %d of the QR code is black: %v, want %v", x, y, !want.Black(x, y), want.Black(x, y))
				}
			}
		}
	})
}

// The notice and the summary promise a day: package agenda has to keep the promise.
func TestContactsGoWhenTheNoticeSays(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		w.browser(t).toReceipt()
		for _, test := range []struct{ days, want int }{{30, 0}, {31, 1}} {
			w.clock.Set(tuesday.AddDate(0, 0, test.days))
			if got, err := w.deps.Agenda.Purge(t.Context()); got != test.want || err != nil {
				t.Errorf("%d days after the appointment Purge() = %d, %v, want %d", test.days, got, err, test.want)
			}
		}
	})
}
