package desk_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/register/registertest"
)

// The body that runs Anna's points.
func (w *world) manager() identity.Actor {
	return registertest.Actor("", identity.ManagingBody, identity.ScopeBody, w.BodyIDs[0])
}

func TestSuddenClosureShowsThenDoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	who := w.anna(t)
	w.book(t, 0, 10*60, "Vito Conte")
	path := "/chiudi-oggi?punto=" + w.PointIDs[0]
	w.get(t, who, path).want(t, http.StatusOK, "Tocca 1 appuntamento", "10:00", "Vito C.", "Sposta chi si può")
	form := url.Values{"punto": {w.PointIDs[0]}, "giorno": {registertest.Today().String()}, "cosa": {"annulla"}, "reason": {"Manca la corrente"}}
	refused := w.post(t, who, "/chiudi-oggi", form)
	refused.want(t, http.StatusUnprocessableEntity, "Segna la casella per confermare.")
	if kept := refused.fields("/chiudi-oggi"); kept.Get("reason") != "Manca la corrente" || kept.Get("cosa") != "annulla" {
		t.Errorf("what was typed = %v, want it kept", kept)
	}
	form.Set("sure", "1")
	done := w.post(t, who, "/chiudi-oggi", form)
	if done.status != http.StatusSeeOther {
		t.Fatalf("close = %d: %.400s", done.status, done.text)
	}
	for range 2 {
		w.get(t, who, done.location).want(t, http.StatusOK, "Annullati", "10:00", "Vito Conte", "3331234567")
	}
	w.get(t, who, "/chiudi-oggi").want(t, http.StatusOK, "Chiusure improvvise già fatte")
	if day := w.get(t, who, "/agenda"); strings.Contains(day.row("10:00"), "Vito") {
		t.Errorf("the booking is still in the agenda: %v", day.rows())
	}
}

func TestSuddenClosureMovesTheDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	who := w.anna(t)
	b := w.book(t, 0, 10*60, "Vito Conte")
	form := url.Values{"punto": {w.PointIDs[0]}, "giorno": {registertest.Today().String()}, "cosa": {"sposta"}, "reason": {"Neve"}, "sure": {"1"}}
	done := w.post(t, who, "/chiudi-oggi", form)
	w.get(t, who, done.location).want(t, http.StatusOK, "Spostati", "Vito Conte")
	after, err := w.Agenda.ByID(t.Context(), registertest.System(), b.ID)
	if err != nil || !after.StartsAt.After(b.StartsAt) || after.Code != b.Code {
		t.Errorf("the booking = %v, %v, want later with the same code", after.StartsAt, err)
	}
}

func TestSuddenClosureOfWhoIsIll(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book(t, 0, 10*60, "Vito Conte")
	path := "/chiudi-oggi?assente=" + w.FacilitatorIDs[0]
	w.get(t, w.manager(), path).want(t, http.StatusOK, "Anna Rossi", "Vito C.", "I cittadini non leggono il perché.")
	form := url.Values{"assente": {w.FacilitatorIDs[0]}, "cosa": {"annulla"}, "sure": {"1"}}
	done := w.post(t, w.manager(), "/chiudi-oggi", form)
	w.get(t, w.manager(), done.location).want(t, http.StatusOK, "Anna Rossi", "Annullati", "Vito Conte")
	w.get(t, w.manager(), "/agenda?facilitatore="+w.FacilitatorIDs[0]).want(t, http.StatusOK, "In questo giorno Anna Rossi è assente.")
}

func TestSuddenClosureRefusesOddDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	who := w.anna(t)
	for _, day := range []string{"ieri", "2020-01-01", registertest.Today().AddDays(400).String()} {
		form := url.Values{"punto": {w.PointIDs[0]}, "giorno": {day}, "reason": {"x"}, "sure": {"1"}}
		w.post(t, who, "/chiudi-oggi", form).want(t, http.StatusUnprocessableEntity, "Scegli un giorno della lista.")
	}
	form := url.Values{"giorno": {registertest.Today().String()}, "punto": {w.PointIDs[2]}, "reason": {"x"}, "sure": {"1"}}
	if p := w.post(t, who, "/chiudi-oggi", form); p.status != http.StatusNotFound {
		t.Errorf("closing a point of others = %d, want 404", p.status)
	}
}

// strand shuts a point on a day without moving anybody, as a change of hours does.
func (w *world) strand(t *testing.T, point int, day calendar.Day) {
	t.Helper()
	if _, err := w.Points.AddClosure(t.Context(), registertest.System(), points.Closure{PointID: w.PointIDs[point], From: day, To: day, Reason: "lavori"}); err != nil {
		t.Fatalf("AddClosure() = %v", err)
	}
}

func TestStrandedAreMovedOneByOneOrTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	who := w.anna(t)
	w.get(t, who, "/da-spostare").want(t, http.StatusOK, "Nessun appuntamento da spostare")
	first, second := w.book(t, 0, 9*60+30, "Vito Conte"), w.book(t, 0, 10*60, "Maria Loi")
	w.strand(t, 0, registertest.Today())
	w.get(t, who, "/agenda").want(t, http.StatusOK, "2 appuntamenti sono da spostare")
	list := w.get(t, who, "/da-spostare")
	list.want(t, http.StatusOK, "Vito Conte", "Maria Loi", "Sposta a:", "Sposta tutti")
	one := list.fields("/da-spostare/" + first.ID)
	moved := w.post(t, who, "/da-spostare/"+first.ID, one)
	if moved.status != http.StatusSeeOther {
		t.Fatalf("move = %d: %.300s", moved.status, moved.text)
	}
	w.post(t, who, "/da-spostare/"+second.ID, one).want(t, http.StatusUnprocessableEntity, "Maria Loi")
	all := w.post(t, who, "/da-spostare", url.Values{"appuntamento": {first.ID, second.ID}, "cosa": {"sposta"}})
	if all.status != http.StatusSeeOther {
		t.Fatalf("move all = %d: %.300s", all.status, all.text)
	}
	w.get(t, who, "/da-spostare").want(t, http.StatusOK, "Nessun appuntamento da spostare")
	w.post(t, who, "/da-spostare", url.Values{}).want(t, http.StatusUnprocessableEntity, "Non c'è più nessun appuntamento da spostare.")
}

func TestWeekMonthShiftsAndSheet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	who := w.anna(t)
	w.book(t, 0, 10*60, "Vito Conte")
	w.get(t, who, "/settimana").want(t, http.StatusOK, "Martedì 24 novembre", "10:00 Vito C.", "1 prenotato", "09:00–11:00")
	w.get(t, who, "/mese").want(t, http.StatusOK, "Novembre 2026", "1 prenotato")
	w.get(t, who, "/mese?mese=2026-12").want(t, http.StatusOK, "Dicembre 2026", "Questo mese")
	w.get(t, who, "/mese?mese=boh").want(t, http.StatusOK, "Novembre 2026")
	w.get(t, who, "/turni").want(t, http.StatusOK, "Turni e assenze", "09:00–11:00", "Turni e assenze li scrive il tuo ente.")
	w.get(t, w.manager(), "/turni?facilitatore="+w.FacilitatorIDs[0]).want(t, http.StatusOK, "Apri la scheda della persona")
	w.get(t, who, "/foglio-ore").want(t, http.StatusOK, "Ore di novembre 2026", "Ottobre 2026", "4:00", "0:30", "Totale")
	file := w.get(t, who, "/foglio-ore.csv?mese=2026-11")
	if file.status != http.StatusOK || !strings.Contains(file.text, `24/11/2026;"09:00–11:00`) {
		t.Errorf("the file = %d %.300s, want the shifts of the 24th", file.status, file.text)
	}
}

func TestPaperHidesNamesUnlessAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	who := w.anna(t)
	w.book(t, 0, 10*60, "Vito Conte")
	short := w.get(t, who, "/agenda/stampa")
	short.want(t, http.StatusOK, "Vito C.", "Usa l'apparecchio acustico", "Posto libero")
	if strings.Contains(short.text, "Conte") || strings.Contains(short.text, "333") {
		t.Errorf("the sheet says more than asked: %.500s", short.text)
	}
	w.get(t, who, "/agenda/stampa?nomi=interi").want(t, http.StatusOK, "Vito Conte", "3331234567", "non lasciarlo in vista")
}

func TestSubstituteTakesTheShiftAndItsBookings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.book(t, 0, 10*60, "Vito Conte")
	from := registertest.Today().AddDays(-30)
	if err := w.Facilitators.Serve(t.Context(), registertest.System(), w.FacilitatorIDs[1], w.PointIDs[0], from, calendar.Day{}); err != nil {
		t.Logf("Serve() = %v", err)
	}
	path := "/sostituisci?facilitatore=" + w.FacilitatorIDs[0]
	page := w.get(t, w.manager(), path)
	page.want(t, http.StatusOK, "Anna Rossi", "09:00–11:00", "Bruno Verdi")
	form := url.Values{}
	for n := range page.root.Descendants() {
		if n.Data == "form" && attr(n, "action") == "/sostituisci" && strings.Contains(textOf(n), "Bruno") && len(form) == 0 {
			for f := range n.Descendants() {
				if name := attr(f, "name"); name != "" {
					form.Set(name, attr(f, "value"))
				}
			}
		}
	}
	if done := w.post(t, w.manager(), "/sostituisci", form); done.status != http.StatusSeeOther {
		t.Fatalf("substitute = %d: %.300s", done.status, done.text)
	}
	after, err := w.Agenda.ByID(t.Context(), registertest.System(), b.ID)
	if err != nil || after.FacilitatorID != w.FacilitatorIDs[1] || !after.StartsAt.Equal(b.StartsAt) {
		t.Errorf("the booking = %+v, %v, want the same time with Bruno", after, err)
	}
}
