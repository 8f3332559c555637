package public_test

import (
	"strings"
	"testing"
	"time"

	"capillare/internal/codes"
	"capillare/internal/waiting"
)

// placeCode is the code of the place in the list that the page shows.
func (b *browser) placeCode() string { return b.path[strings.LastIndex(b.path, "/")+1:] }

func TestWaitForAnEarlierTime(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		owner := w.browser(t)
		receipt := owner.toReceipt()
		code := receipt.code()
		owner.get("/prenotazione/c/"+code).says(200, "Avvisami se si libera un orario prima")
		owner.get("/prenotazione/c/"+code+"/attesa").says(200, "Avvisami se si libera un orario", "Resta tuo finché")
		owner.press("Mettimi in lista", "days", "").says(422, "Scegli almeno un giorno.")
		owner.press("Mettimi in lista", "days", "1", "days", "2").says(200, "Sei in lista d'attesa", "Sei in attesa", "Nessuno")
		place := owner.placeCode()
		// Asking again leads to the same place, whoever has the code of the appointment.
		owner.get("/prenotazione/c/"+code+"/attesa").says(200, "Il tuo posto in lista d'attesa")
		if got := owner.placeCode(); got != place {
			t.Errorf("place after asking again = %s, want %s", got, place)
		}
		owner.press("Toglimi dalla lista").says(200, "Non sei più in lista d'attesa.", "Hai lasciato la lista")
		owner.get("/attesa").press("Vedi", "code", place).says(200, "Hai lasciato la lista")
		owner.get("/attesa").press("Vedi", "code", "AAAA-AAAA").says(404, "Non troviamo questo posto in lista d'attesa.")
		owner.get("/attesa/o/none").says(404)
		owner.get("/attesa/x/none").says(404)
	})
}

func TestWaitForAnyTimeAndTakeTheOffer(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		b := w.browser(t)
		point, err := w.deps.Points.Public(ctx)
		w.must(err)
		path := "/prenota/" + point[0].Code + "/attesa"
		b.get(path).says(200, "Avvisami se si libera un orario", point[0].PublicName)
		b.press("Mettimi in lista", "name", "Rosa").says(422, "Scrivi un telefono o un indirizzo e-mail")
		if got := b.field("name"); got != "Rosa" {
			t.Errorf("name after a refusal = %q, want what was typed", got)
		}
		b.press("Mettimi in lista", "name", "Rosa", "phone", "0971 555666").says(200, "Sei in attesa")
		place := b.placeCode()
		made, err := w.deps.Waiting.OfferAt(ctx, point[0].ID)
		if err != nil || made != 1 {
			t.Fatalf("OfferAt = %d, %v, want 1", made, err)
		}
		b.get("/attesa/c/"+place).says(200, "C'è un orario libero per te", "Lo teniamo per te fino a")
		// Nobody who has the code reads a name or a phone.
		b.silent("Rosa", "0971555666")
		b.press("No, aspetto ancora").says(200, "Va bene: aspetti ancora.")
		_, err = w.deps.Waiting.OfferAt(ctx, point[0].ID)
		w.must(err)
		b.get("/attesa/c/"+place).press("Sì, prendo questo orario").says(200, "Fatto: l'appuntamento è tuo.", "Il tuo appuntamento")
		b.get("/attesa/c/"+place).says(200, "Hai avuto un orario", "Vai all'appuntamento")
	})
}

func TestAnOfferThatIsOver(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		b := w.browser(t)
		point, err := w.deps.Points.Public(ctx)
		w.must(err)
		b.get("/prenota/"+point[0].Code+"/attesa").press("Mettimi in lista", "name", "Rosa", "email", "rosa@posta.example").says(200)
		_, err = w.deps.Waiting.OfferAt(ctx, point[0].ID)
		w.must(err)
		b.get("/attesa/c/" + b.placeCode())
		w.clock.Add(4 * time.Hour)
		b.press("Sì, prendo questo orario").says(200, "Questa proposta non c'è più.")
		parsed, err := codes.ParseCode(b.placeCode())
		w.must(err)
		o, err := w.deps.Waiting.Open(ctx, waiting.By{Code: parsed})
		if err != nil || o.Entry.State != waiting.Waiting {
			t.Errorf("state after an answer too late = %s, %v, want %s", o.Entry.State, err, waiting.Waiting)
		}
	})
}

func TestAskForAVisit(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		b.get("/richiesta").says(200, "Chiedi che veniamo noi", "entro 7 giorni")
		b.press("Manda la richiesta", "town", "Nessundove").says(422, "Ci sono 4 cose da correggere", "Non conosciamo questo comune.", "Scegli il motivo.", "Scrivi dove.", "Scrivi il tuo nome.").
			silent("Codice dell'appuntamento")
		b.press("Manda la richiesta", "reason", "distance", "town", "alian", "place", "Piazza", "name", "Rosa").
			says(422, "C'è 1 cosa da correggere", "Scrivi un telefono o un indirizzo e-mail")
		b.press("Manda la richiesta", "reason", "distance", "town", "aliano", "place", "Piazza Roma", "name", "Rosa", "phone", "0835 123456").
			says(200, "Abbiamo ricevuto la richiesta.", "Nuova", "Aliano", "martedì 1 dicembre 2026")
		b.silent("Rosa", "0835123456", "Piazza Roma")
		number := b.placeCode()
		b.get("/richiesta/segui").says(200, "Numero della richiesta").silent("Codice dell'appuntamento").press("Vedi la richiesta", "code", number).says(200, "La tua richiesta di visita")
		b.press("Non ne ho più bisogno").says(200, "Hai ritirato la richiesta.", "Ritirata da chi l'ha fatta")
		b.get("/richiesta/c/AAAA-AAAA").says(404)
	})
}

func TestCodesOfPlacesAndRequestsAreLimited(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		w.deps.Guesses = &strict{}
		w.serve()
		b := w.browser(t)
		b.get("/attesa/c/AAAA-AAAA").says(404)
		b.get("/richiesta/c/AAAA-AAAA").says(404)
		b.get("/attesa").press("Vedi", "code", "BBBB-BBBB").says(404)
		b.get("/richiesta/segui").press("Vedi la richiesta", "code", "CCCC-CCCC").says(429)
	})
}
