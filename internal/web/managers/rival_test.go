package managers_test

import (
	"net/http"
	"testing"

	"capillare/internal/orgs"
)

// Two people open the same form. The second to save is told who was faster and what is different now, keeps
// what it typed, and saves over it only when it saves again.
func TestTheSecondToSaveIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, project := w.project(t, 0)
	programme := "/gestione/programmi/" + one.ProgrammeID
	third := w.addBody(t, orgs.Body{Name: "Terzo"})
	body := "/gestione/enti/" + w.addBody(t, orgs.Body{Name: "Ente", Phone: "0971 0"})
	for _, tt := range []struct{ page, field, first, second, now, typed string }{
		{body, "phone", "0971 1", "0971 2", "Ora c'è: 0971 1", "Hai scritto: 0971 2"},
		{body, "kind", "company", "union", "Ora c'è: Impresa", "Hai scritto: Unione di comuni"},
		{programme, "amount", "1000", "2000", "Ora c'è: € 1.000,00", "Hai scritto: € 2.000,00"},
		{project, "body_id", w.BodyIDs[1], third, "Ora c'è: Comune di Matera", "Hai scritto: Terzo"},
	} {
		path := tt.page + "/modifica"
		first, second := w.get(t, w.region, path).fields(path), w.get(t, w.region, path).fields(path)
		first.Set(tt.field, tt.first)
		second.Set(tt.field, tt.second)
		w.post(t, w.region, path, first).want(t, http.StatusSeeOther)
		refused := w.post(t, w.region, path, second)
		refused.want(t, http.StatusConflict, "ha salvato prima di te", tt.now, tt.typed)
		again := refused.fields(path)
		if again.Get(tt.field) != tt.second {
			t.Errorf("%s: the form has %s = %q, want what was typed, %q", path, tt.field, again.Get(tt.field), tt.second)
		}
		w.post(t, w.region, path, again).want(t, http.StatusSeeOther)
		if got := w.get(t, w.region, path).fields(path).Get(tt.field); got != tt.second {
			t.Errorf("%s: saved again, %s = %q, want %q", path, tt.field, got, tt.second)
		}
	}
}
