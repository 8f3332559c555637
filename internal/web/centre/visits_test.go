package centre_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/register/registertest"
	"capillare/internal/waiting"
)

func visitForm() url.Values {
	return url.Values{
		"nonce": {"a form that was shown once"}, "reason": {"mobility"}, "town": {"Potenza"}, "place": {"Via Roma 1"}, "people": {"2"}, "days": {"1", "2"},
		"part": {""}, "name": {"Rosa Bianchi"}, "phone": {"0971 123456"},
	}
}

func TestARequestOfAVisitOnThePhone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bad := visitForm()
	bad.Del("days")
	w.post(t, "/centro/richieste/nuova", bad).want(t, http.StatusUnprocessableEntity, "Scegli almeno un giorno.")
	one := w.post(t, "/centro/richieste/nuova", visitForm())
	if again := w.post(t, "/centro/richieste/nuova", visitForm()); one.status != http.StatusSeeOther || again.location != one.location {
		t.Fatalf("the same form twice = %d %s and %s, want one request", one.status, one.location, again.location)
	}
	base := one.location
	w.get(t, base).want(t, http.StatusOK, "Rosa Bianchi", "Nuova", "Via Roma 1", "lun, mar")
	w.get(t, "/centro/richieste").want(t, http.StatusOK, "Rosa Bianchi", "Potenza")
	w.post(t, "/centro/richieste/cerca", url.Values{"cerca": {"bianchi"}}).want(t, http.StatusOK, "Rosa Bianchi")
	w.post(t, "/centro/richieste/cerca", url.Values{"cerca": {"nessuno"}}).want(t, http.StatusOK, "Nessuna richiesta")
	w.get(t, "/centro/richieste.csv").want(t, http.StatusOK, "Rosa Bianchi")

	w.post(t, base+"/prendi", url.Values{"version": {"1"}}).want(t, http.StatusSeeOther)
	w.get(t, base).want(t, http.StatusOK, "Presa in carico")
	plan := url.Values{"version": {"2"}, "day": {registertest.Today().AddDays(3).String()}, "from": {"15:00"}, "to": {"14:00"}, "facilitator": {w.FacilitatorIDs[0]}}
	w.post(t, base+"/piano", plan).want(t, http.StatusUnprocessableEntity, "L'ora di fine deve venire dopo quella di inizio.")
	plan.Set("to", "17:00")
	w.post(t, base+"/piano", plan).want(t, http.StatusSeeOther)
	w.get(t, base).want(t, http.StatusOK, "Pianificata", "dalle 15:00 alle 17:00")
	w.post(t, base+"/fatta", url.Values{"version": {"3"}, "helped": {"2"}}).want(t, http.StatusUnprocessableEntity, "Il giorno della visita deve ancora venire.")
	w.post(t, base+"/rifiuta", url.Values{"version": {"2"}, "refusal": {"too_far"}}).want(t, http.StatusUnprocessableEntity, "Qualcuno ha cambiato la richiesta.")
	w.post(t, base+"/rifiuta", url.Values{"version": {"3"}, "refusal": {"too_far"}}).want(t, http.StatusSeeOther)
	w.get(t, base).want(t, http.StatusOK, "Rifiutata", "Il posto è troppo lontano")
}

func TestUnmetRequestsByMunicipality(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.post(t, "/centro/richieste/nuova", visitForm()).want(t, http.StatusSeeOther)
	region := registertest.Actor("", identity.Region, identity.ScopeNetwork, "")
	w.do(t, region, http.MethodGet, "/centro/richieste/comuni", nil).want(t, http.StatusOK, "Potenza", "1 comune")
	file := w.do(t, region, http.MethodGet, "/centro/richieste/comuni.csv", nil)
	if file.want(t, http.StatusOK, "Potenza"); strings.Contains(file.text, "Rosa") {
		t.Error("the counts by municipality name a person")
	}
}

func TestTheWaitingListOnThePhone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := url.Values{"nonce": {"a form that was shown once"}, "punto": {w.PointIDs[0]}, "minutes": {"0"}, "days": {"1", "2", "3", "4", "5"}, "part": {""}, "name": {"Ada Verdi"}, "phone": {"0971 654321"}}
	w.get(t, "/centro/attesa/nuova?punto="+w.PointIDs[0]).want(t, http.StatusOK, "Metti in lista d'attesa")
	one := w.post(t, "/centro/attesa/nuova", form)
	one.want(t, http.StatusSeeOther)
	w.get(t, one.location).want(t, http.StatusOK, "Ada Verdi", "In attesa")
	list := waiting.New(w.DB, w.Agenda, w.Points, waiting.Options{Keys: w.Keys})
	if made, err := list.OfferAt(t.Context(), w.PointIDs[0]); err != nil || made != 1 {
		t.Fatalf("OfferAt = %d, %v, want 1", made, err)
	}
	page := w.get(t, one.location)
	page.want(t, http.StatusOK, "C'è un orario da proporre")
	offer := page.values("input", "value", "name", "offer")
	w.get(t, "/centro/attesa?offerta=1").want(t, http.StatusOK, "Ada Verdi", "Risponde entro")
	w.get(t, "/centro/attesa.csv").want(t, http.StatusOK, "Ada Verdi")
	w.post(t, one.location+"/accetta", url.Values{"offer": {"another"}}).want(t, http.StatusSeeOther)
	w.get(t, one.location).want(t, http.StatusOK, "C'è un orario da proporre")
	taken := w.post(t, one.location+"/accetta", url.Values{"offer": offer[:1]})
	if !strings.HasPrefix(taken.location, "/centro/prenotazioni/") {
		t.Fatalf("accepting leads to %q, want the appointment", taken.location)
	}
	w.get(t, taken.location).want(t, http.StatusOK, "Ada Verdi")
}

func TestListsOfAnotherPoint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	list := waiting.New(w.DB, w.Agenda, w.Points, waiting.Options{Keys: w.Keys})
	e, err := list.Join(ctx, identity.Public(""), waiting.Request{
		Wish: waiting.Wish{PointID: w.PointIDs[0], Suits: calendar.AnyTime()}, Contact: agenda.Contact{Name: "Ada", Phone: "0971 111111"},
	})
	if err != nil {
		t.Fatal(err)
	}
	stranger := registertest.Actor("", identity.Facilitator, identity.ScopePoint, w.PointIDs[2])
	w.do(t, stranger, http.MethodGet, "/centro/attesa/"+e.ID, nil).want(t, http.StatusNotFound)
	w.do(t, stranger, http.MethodPost, "/centro/attesa/"+e.ID+"/lascia", nil).want(t, http.StatusNotFound)
	w.do(t, stranger, http.MethodGet, "/centro/attesa", nil).want(t, http.StatusOK, "Nessuno è in attesa")
}
