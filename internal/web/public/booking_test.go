package public_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"capillare/internal/agenda"
)

// toDetails goes from the home page to step 3, with the first free time of the point.
func (b *browser) toDetails() *browser {
	b.t.Helper()
	b.get("/").says(200, "Trova un punto e prenota").press("Cerca un punto", "q", "Potenza")
	b.says(200, "3 punti vicino a Potenza", "Primo posto libero: oggi alle 09:00").click("Prenota")
	b.says(200, "Scegli giorno e ora", "martedì 24 novembre")
	return b.press("Continua", "quando", b.choices("quando")[0])
}

// toSummary goes on to step 5.
func (b *browser) toSummary() *browser {
	b.t.Helper()
	b.toDetails().says(200, "Per cosa ti serve aiuto?").press("Continua", "topic", "L", "reason", "Cedolino della pensione")
	return b.says(200, "Chi viene?").press("Continua", "name", "Maria Lauria", "phone", "0971 555 666")
}

// toReceipt goes to the end.
func (b *browser) toReceipt() *browser {
	b.t.Helper()
	return b.toSummary().says(200, "Controlla e conferma").press("Conferma")
}

// code returns the code that the receipt shows.
func (b *browser) code() string {
	b.t.Helper()
	for n := range b.page.Descendants() {
		if attr(n, "class") == "cap-code" {
			return words(n)
		}
	}
	b.t.Fatalf("%s shows no code", b.path)
	return ""
}

func TestBookingFromHomeToReceipt(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		b.toDetails().says(200, "Teniamo il posto per te fino alle 08:35", "Passo 3 di 5")
		b.press("Continua", "topic", "L", "reason", "Cedolino della pensione", "needs", "hearing", "needs_other", "Vengo con mio figlio")
		b.says(200, "Passo 4 di 5").press("Continua", "name", "Maria Lauria", "phone", "0971 555 666", "on_behalf", "Rocco De Rosa")
		b.says(200, "Potenza Centro", "Biblioteca comunale, Via Nazario Sauro 1, Potenza", "martedì 24 novembre 2026, dalle 09:00 alle 09:30",
			"Pensione e INPS", "Cedolino della pensione", "Sento poco; Vengo con mio figlio", "Maria Lauria", "0971555666", "Rocco De Rosa",
			"versione 2026-07", "30 giorni")
		b.press("Conferma").says(200, "Fatto: l'appuntamento è confermato.", "Pensione e INPS", "Rocco De R.", "Cosa portare", "L'ultima lettera dell'INPS")
		b.silent("0971555666", "Maria Lauria", "Rosa", "Cedolino")
		if got := b.answer.Get("Cache-Control"); got != "no-store" {
			t.Errorf("Cache-Control of the receipt = %q, want no-store", got)
		}
		booking, err := w.deps.Agenda.ByCode(t.Context(), strings.ReplaceAll(b.code(), "-", ""))
		if err != nil || booking.State != agenda.Confirmed || booking.NoticeVersion != "2026-07" || booking.Channel != agenda.Web {
			t.Errorf("booking = %v %v %v, %v, want confirmed 2026-07 web", booking.State, booking.NoticeVersion, booking.Channel, err)
		}
	})
}

func TestStepsRefuseAndKeep(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		b.get("/prenota/P0001").press("Continua").says(422, "Scegli un orario.")
		b.toDetails().press("Continua", "reason", "Due parole").says(422, "Scegli una delle risposte.")
		if got := b.field("reason"); got != "Due parole" {
			t.Errorf("reason after a refusal = %q, want what was typed", got)
		}
		b.press("Continua", "topic", "L", "reason", strings.Repeat("à", 201)).says(422, "al massimo 200 caratteri")
		b.press("Continua", "topic", "L", "reason", strings.Repeat("à", 200)).says(200, "Chi viene?")
		b.press("Continua", "name", "", "phone", "pronto", "email", "nessuna").says(422, "Scrivi una risposta.")
		b.press("Continua", "name", "Anna", "phone", "pronto", "email", "nessuna").says(422)
		for field, want := range map[string]string{"name": "Anna", "phone": "pronto", "email": "nessuna"} {
			if got := b.field(field); got != want {
				t.Errorf("%s after a refusal = %q, want %q", field, got, want)
			}
		}
		b.press("Torna indietro", "name", "Anna", "phone", "0971555666", "email", "").says(200, "Per cosa ti serve aiuto?")
		if got := b.field("topic"); got != "L" {
			t.Errorf("topic after going back = %q, want L", got)
		}
		b.press("Continua").says(200, "Chi viene?")
		if got := b.field("name"); got != "Anna" {
			t.Errorf("name after going back and forth = %q, want Anna", got)
		}
	})
}

// Who sends somebody the address of this page must not know the key of the appointment made there.
func TestTheAddressDoesNotChooseTheKey(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		const known = "known-to-somebody-else"
		if got := w.browser(t).get("/prenota/P0001?nonce=" + known).field("nonce"); got == known || len(got) < 16 {
			t.Errorf("nonce of the form = %q, want a new one", got)
		}
	})
}

func TestTheSecondToChooseATime(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		first, second := w.browser(t), w.browser(t)
		first.get("/prenota/P0001")
		second.get("/prenota/P0001")
		quando := first.choices("quando")[2]
		first.press("Continua", "quando", quando).says(200, "Per cosa ti serve aiuto?")
		second.press("Continua", "quando", quando).says(http.StatusConflict, "Un'altra persona ha preso questo orario.", "Gli orari liberi più vicini", "oggi alle 09:30")
		second.press("oggi alle 10:30").says(200, "Per cosa ti serve aiuto?", "oggi alle 10:30")
	})
}

func TestAnExpiredHoldKeepsWhatWasTyped(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		slow, quick := w.browser(t), w.browser(t)
		slow.toDetails().press("Continua", "topic", "L", "reason", "Cedolino").says(200, "Chi viene?")
		w.clock.Add(21 * time.Minute)
		if n, err := w.deps.Agenda.Sweep(t.Context()); n != 1 || err != nil {
			t.Fatalf("Sweep() = %d, %v, want the hold that ran out", n, err)
		}
		quick.toDetails().says(200, "oggi alle 09:00")
		slow.press("Continua", "name", "Maria Lauria", "phone", "0971555666")
		slow.says(http.StatusConflict, "Avevi scelto: oggi alle 09:00.", "Quello che hai scritto è rimasto")
		slow.press("oggi alle 09:30").says(200, "Controlla e conferma", "Cedolino", "Maria Lauria", "dalle 09:30 alle 10:00")
		slow.press("Conferma").says(200, "Fatto: l'appuntamento è confermato.")
	})
}

func TestAnExpiredHoldOnAFreeTimeGoesOn(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		b.toDetails()
		w.clock.Add(25 * time.Minute)
		b.press("Continua", "topic", "L").says(200, "Chi viene?", "Teniamo il posto per te fino alle 09:00")
	})
}

func TestDoubleSubmits(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		b.get("/prenota/P0001")
		form, _ := b.formOf("Continua")
		values := holds(form)
		values.Set("quando", b.choices("quando")[0])
		b.send(http.MethodPost, "/prenota/P0001", values)
		draft := b.path
		if b.send(http.MethodPost, "/prenota/P0001", values); b.path != draft {
			t.Errorf("the same form twice leads to %q and %q", draft, b.path)
		}
		b.press("Continua", "topic", "L").press("Continua", "name", "Anna", "phone", "0971555666").says(200, "Controlla")
		path := b.path
		form, _ = b.formOf("Conferma")
		values = holds(form)
		first := b.send(http.MethodPost, path, values).says(200).code()
		if again := b.send(http.MethodPost, path, values).says(200).code(); again != first {
			t.Errorf("confirmed twice: codes %q and %q", first, again)
		}
	})
}

func TestDropADraft(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		b.toSummary().click("Lascia perdere").says(200, "Vuoi disdire?").press("Sì, disdici").says(200, "il posto è di nuovo libero")
		b.get("/prenota/P0001")
		if got := len(b.choices("quando")); got != 8*5 {
			t.Errorf("free times = %d, want %d", got, 8*5)
		}
	})
}

func TestTooManyHolds(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		for range 12 {
			b.get("/prenota/P0001")
			b.press("Continua", "quando", b.choices("quando")[0]).says(200)
		}
		b.get("/prenota/P0001")
		b.press("Continua", "quando", b.choices("quando")[0]).says(http.StatusTooManyRequests)
	})
}
