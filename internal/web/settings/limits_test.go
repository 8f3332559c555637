package settings_test

import (
	"net/http"
	"strings"
	"testing"

	"capillare/internal/agenda"
)

func TestLimitsPage(t *testing.T) {
	t.Parallel()
	w := ready(t, onSQLite(t))
	if got := w.post(t, "/gestione/rete/limiti", "month_minutes", "-5", "open_bookings", "2"); got.Code != http.StatusUnprocessableEntity {
		t.Errorf("a limit below zero = %d, want 422", got.Code)
	}
	if got := w.post(t, "/gestione/rete/limiti", "month_minutes", "120", "open_bookings", "2"); got.Code != http.StatusSeeOther {
		t.Errorf("limits = %d, want 303", got.Code)
	}
	index := w.get(t, "/gestione/rete").Body.String()
	for _, want := range []string{"2 ore al mese per persona", "2 appuntamenti da fare per persona", "Limiti delle prenotazioni cambiati"} {
		if !strings.Contains(index, want) {
			t.Errorf("the list of settings does not say %q", want)
		}
	}
}

func TestOpinionsPage(t *testing.T) {
	t.Parallel()
	db := onSQLite(t)
	w := ready(t, db)
	if got := w.get(t, "/gestione/rete/opinioni"); !strings.Contains(got.Body.String(), "Non ci sono ancora risposte") {
		t.Errorf("without opinions the page does not say so: %d", got.Code)
	}
	book := agenda.New(db, nil, nil, agenda.Options{})
	for _, r := range []agenda.Rating{{Stars: 5, Reason: "clear"}, {Stars: 2, Reason: "lost", Words: "Troppi <b>passi</b>"}} {
		if err := book.Rate(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	page := w.get(t, "/gestione/rete/opinioni").Body.String()
	for _, want := range []string{"3,5 stelle su 5 in media", "Le indicazioni erano chiare", "Troppi &lt;b&gt;passi"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if csv := w.get(t, "/gestione/rete/opinioni.csv").Body.String(); !strings.Contains(csv, "Le indicazioni erano chiare") {
		t.Errorf("the file = %q", csv)
	}
}
