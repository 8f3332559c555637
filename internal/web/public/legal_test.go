package public_test

import (
	"net/http"
	"testing"

	"capillare/internal/identity"
	"capillare/internal/network"
)

func TestLegalTexts(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		system, b := identity.System("test"), w.browser(t)
		publish := func(kind network.TextKind, number int, italian, english string) {
			t.Helper()
			w.must(w.deps.Network.SaveDraft(t.Context(), system, network.Text{Kind: kind, Italian: italian, English: english}))
			w.must(w.deps.Network.Publish(t.Context(), system, kind, number))
		}
		b.get("/condizioni").says(http.StatusNotFound)
		b.get("/privacy/versione/2").says(http.StatusNotFound)
		b.get("/privacy/versioni").says(http.StatusOK, "Versione 1: il testo iniziale.")
		publish(network.Privacy, 2, "# Noi\nChi siamo adesso.", "")
		publish(network.Privacy, 3, "Nuove parole.", "New words.")
		publish(network.Terms, 2, "Patti chiari.", "")
		b.get("/privacy").says(http.StatusOK, "Versione 3, dal martedì 24 novembre 2026.", "Nuove parole.")
		b.get("/privacy/versione/2").says(http.StatusOK, "Questa è una vecchia versione", "Chi siamo adesso.")
		b.get("/privacy/versione/1").says(http.StatusOK, "Questa è una vecchia versione", "30 giorni dopo l'appuntamento")
		b.get("/privacy/versione/tre").says(http.StatusNotFound)
		b.get("/privacy/versioni").says(http.StatusOK, "Versione 3", "Versione 2", "Versione 1")
		b.get("/condizioni").says(http.StatusOK, "Patti chiari.")
	})
}
