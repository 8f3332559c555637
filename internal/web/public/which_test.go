package public_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/kinds"
	"capillare/internal/points"
)

// pages gives a test the network of three points on one engine: enough for what depends on pages alone.
func pages(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	db, clock := openAt(t)
	test(t, threePoints(t, db, clock))
}

// offer adds a kind of appointment and somebody who gives it at a point on Tuesday afternoons.
func (w *world) offer(point points.Point, k kinds.Kind) string {
	w.tb.Helper()
	ctx, since := w.tb.Context(), calendar.NewDay(2026, 7, 1)
	k.From = since
	id, err := w.deps.Kinds.Add(ctx, system, k)
	w.must(err)
	person, err := w.people.Add(ctx, system, facilitators.Facilitator{BodyID: w.body, Name: "Ugo", Surname: "Prova " + k.Name, From: since}, "")
	w.must(err)
	w.must(w.people.Serve(ctx, system, person, point.ID, since, calendar.Day{}))
	_, err = w.people.AddDuty(ctx, system, facilitators.Duty{FacilitatorID: person, PointID: point.ID, AddressID: point.Addresses[0].ID,
		Weekday: calendar.Tuesday, Starts: 15 * 60, Ends: 18 * 60, From: since, KindIDs: []string{id}})
	w.must(err)
	return id
}

func (w *world) pointAt(code string) points.Point {
	w.tb.Helper()
	p, err := w.deps.Points.ByCode(w.tb.Context(), code)
	w.must(err)
	return p
}

func TestKindsOfAppointment(t *testing.T) {
	pages(t, func(t *testing.T, w *world) {
		phone := w.offer(w.pointAt("P0001"), kinds.Kind{Name: "Aiuto al telefono", NameEN: "Help by phone", Mode: kinds.Phone, Minutes: 20, Seats: 1, Bring: "Tieni vicino il telefono."})
		b := w.browser(t)
		b.get("/prenota/P0001").says(200, "Aiuto a una persona, 30 minuti", "Aiuto al telefono, 20 minuti, per telefono", "Ogni appuntamento dura 30 minuti.")
		if got := len(b.choices("quando")); got != 40 {
			t.Errorf("%d times of the plain appointment, want 40: those of the other kind are apart", got)
		}
		b.get("/prenota/P0001?tipo="+phone).says(200, "Ogni appuntamento dura 20 minuti.", "Cosa portare: Tieni vicino il telefono.")
		b.press("Continua", "quando", b.choices("quando")[0]).says(200, "oggi alle 15:00")
		b.press("Continua", "topic", "L").press("Continua", "name", "Maria Lauria", "phone", "0971 555 666")
		b.says(200, "Ti chiamiamo noi", "Aiuto al telefono, per telefono").silent("Via Nazario Sauro")
		b.press("Conferma").says(200, "Ti chiamiamo noi", "Tieni vicino il telefono.")
		w.browser(t).get("/prenota/P0001?tipo=altro&come=phone&persone=0").says(200, "Ogni appuntamento dura 20 minuti.")
	})
}

func TestTwoPeopleTogether(t *testing.T) {
	pages(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		b.get("/prenota/P0001?persone=2").says(200, "In tutto dura 1 ora: uno dopo l'altro")
		times := b.choices("quando")
		b.press("Continua", "quando", times[0]).press("Continua", "topic", "L")
		b.press("Continua", "name", "Maria Lauria", "phone", "0971 555 666").says(200, "2 persone", "dalle 09:00 alle 10:00")
		b.press("Conferma").says(200, "2 persone", "dalle 09:00 alle 10:00")
		b.press("Viene una persona in meno").says(200, "Gli altri posti restano vostri", "dalle 09:00 alle 09:30").silent("2 persone")
		for _, bad := range []string{"0", "5", "500", "due"} {
			form := url.Values{"nonce": {strings.Repeat("x", 20)}, "quando": {times[2]}, "persone": {bad}}
			if got := w.browser(t).send(http.MethodPost, "/prenota/P0001", form); got.status != http.StatusUnprocessableEntity {
				t.Errorf("for %s people = %d, want 422", bad, got.status)
			}
		}
	})
}

func TestBadTimesInAddresses(t *testing.T) {
	pages(t, func(t *testing.T, w *world) {
		for _, bad := range []string{"2026-11-24T09:30:00|individual|", "2026-11-24 09:30|individual|", "24/11/2026", "||", "2026-11-24T25:00:00Z|individual|", "a|b|c|d|e"} {
			form := url.Values{"nonce": {strings.Repeat("x", 20)}, "quando": {bad}}
			w.browser(t).send(http.MethodPost, "/prenota/P0001", form).says(http.StatusUnprocessableEntity, "Scegli un orario.")
		}
		past := url.Values{"nonce": {strings.Repeat("x", 20)}, "quando": {"2026-11-23T09:30:00Z|individual|"}}
		w.browser(t).send(http.MethodPost, "/prenota/P0001", past).says(http.StatusConflict, "Questo orario è già passato.")
	})
}

func TestASecondAppointmentIsAQuestion(t *testing.T) {
	pages(t, func(t *testing.T, w *world) {
		w.browser(t).toReceipt()
		b := w.browser(t)
		b.get("/prenota/P0001")
		b.press("Continua", "quando", b.choices("quando")[1]).press("Continua", "topic", "L").press("Continua", "name", "Lauria Maria", "phone", "0971555666")
		b.says(200, "Hai già un appuntamento in questo giorno, alle 09:00.")
		b.press("Sì, conferma anche questo").says(200, "Fatto: l'appuntamento è confermato.")
	})
}

func TestLimitsAreSaidWhenThePersonIsKnown(t *testing.T) {
	pages(t, func(t *testing.T, w *world) {
		w.must(w.deps.Agenda.SetLimits(t.Context(), system, agenda.Limits{OpenBookings: 1}))
		w.browser(t).toReceipt()
		b := w.browser(t)
		b.get("/prenota/P0001")
		b.press("Continua", "quando", b.choices("quando")[20]).press("Continua", "topic", "L").press("Continua", "name", "Maria Lauria", "phone", "0971555666")
		b.says(200, "Chi viene?", "Hai già il massimo di appuntamenti da fare (1).")
	})
}

func TestOnBehalfAndHowToReach(t *testing.T) {
	pages(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		b.toDetails().press("Continua", "topic", "L")
		b.press("Continua", "name", "Anna", "relation", agenda.Association).says(422, "Scrivi almeno il telefono o l'e-mail", "Scrivi il nome di chi viene.")
		b.press("Continua", "name", "Anna", "relation", agenda.Association, "on_behalf", "Rocco De Rosa", "email", "anna@posta.it").says(200, "Controlla e conferma")
		b.press("Conferma")
		booking, err := w.deps.Agenda.ByCode(t.Context(), strings.ReplaceAll(b.code(), "-", ""))
		if err != nil || booking.Contact.Relation != agenda.Association || booking.Contact.Email != "anna@posta.it" {
			t.Errorf("booking for another = %+v, %v", booking.Contact, err)
		}
	})
}

func TestLostCode(t *testing.T) {
	pages(t, func(t *testing.T, w *world) {
		w.browser(t).toReceipt()
		b := w.browser(t)
		known := b.get("/prenotazione").press("Mandami il codice", "reach", "0971 555 666").text()
		if unknown := b.get("/prenotazione").press("Mandami il codice", "reach", "nessuno@posta.it").text(); unknown != known {
			t.Errorf("the answer to who has no appointment differs:\n%s\n%s", unknown, known)
		}
		b.get("/prenotazione").press("Mandami il codice", "reach", "boh").says(422, "Scrivi il telefono o l'indirizzo e-mail")
		if got := b.field("reach"); got != "boh" {
			t.Errorf("what was typed = %q, want it kept", got)
		}
	})
}

// The answers are those of the rule for public sites, word by word, and their names too.
func TestOpinionAtTheEnd(t *testing.T) {
	pages(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		b.toReceipt().says(200, "Quanto è stato facile usare questo servizio?")
		receipt := b.path
		for n := 1; n <= 5; n++ {
			if !strings.Contains(b.body, `data-element="feedback-rate-`+string(rune('0'+n))+`"`) {
				t.Errorf("no feedback-rate-%d", n)
			}
		}
		b.send(http.MethodPost, receipt+"/valuta", url.Values{"stars": {"2"}}).says(200, "Dove hai incontrato le maggiori difficoltà?",
			"A volte le indicazioni non erano chiare", "A volte le indicazioni non erano complete", "A volte non capivo se stavo procedendo correttamente", "Ho avuto problemi tecnici", "Altro")
		b.send(http.MethodPost, receipt+"/valuta", url.Values{"stars": {"4"}}).says(200, "Quali sono stati gli aspetti che hai preferito?",
			"Le indicazioni erano chiare", "Le indicazioni erano complete", "Capivo sempre che stavo procedendo correttamente", "Non ho avuto problemi tecnici", "Altro")
		for _, element := range []string{"feedback", "feedback-title", "feedback-rating-positive", "feedback-rating-question", "feedback-rating-answer", "feedback-input-text"} {
			if !strings.Contains(b.body, `data-element="`+element+`"`) {
				t.Errorf("no element %s", element)
			}
		}
		b.press("Invia", "reason", "clear", "words", strings.Repeat("à", 201)).says(422, "al massimo 200 caratteri")
		b.press("Invia", "reason", "clear", "words", "Semplice").says(200, "il tuo parere ci aiuta")
		counts, written, err := w.deps.Agenda.Ratings(t.Context(), system, calendar.NewDay(2026, 11, 1))
		if err != nil || len(counts) != 1 || counts[0].Stars != 4 || counts[0].Reason != "clear" || len(written) != 1 {
			t.Errorf("Ratings = %+v, %+v, %v", counts, written, err)
		}
	})
}
