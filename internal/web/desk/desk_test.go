package desk_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"capillare/internal/agenda"
	"capillare/internal/identity"
	"capillare/internal/register"
	"capillare/internal/register/registertest"
)

func TestDayShowsBookingsFreePlacesAndFigures(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	who := w.anna(t)
	w.book(t, 0, 9*60+30, "Anna Maria Rossi")
	w.clock.Set(at(9, 40))

	day := w.get(t, who, "/agenda")
	day.want(t, http.StatusOK, "Martedì 24 novembre", "Punto di Aliano, Punto di Potenza")
	row := day.row("09:30")
	for _, part := range []string{"Anna R.", "In corso", "Fascicolo sanitario elettronico", "Usa l'apparecchio acustico", "Registra il servizio", "Non è venuto"} {
		if !strings.Contains(row, part) {
			t.Errorf("the row of 9:30 lacks %q: %s", part, row)
		}
	}
	if strings.Contains(day.text, "Anna Maria Rossi") || strings.Contains(day.text, "333") {
		t.Errorf("the day shows a full name or a phone: %s", day.text)
	}
	if got := day.row("11:00"); !strings.Contains(got, "Posto libero") || !strings.Contains(got, "Punto di Aliano") || !strings.Contains(got, "Aggiungi una persona") {
		t.Errorf("row of 11:00 = %q, want a free place at Aliano to give", got)
	}
	if got := len(day.rows()); got != 7 {
		t.Errorf("%d rows, want 7: one booking and six free places: %v", got, day.rows())
	}
}

func TestDayThatIsNoneIsRefusedInPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.get(t, w.anna(t), "/agenda?giorno=29/02/2027").want(t, http.StatusUnprocessableEntity, "Questo giorno non esiste", "Martedì 24 novembre")
}

func TestAbsentCanBeUndone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	who, b := w.anna(t), w.book(t, 0, 9*60+30, "Anna Rossi")
	w.clock.Set(at(9, 50))

	marked := w.post(t, who, "/agenda/"+b.ID+"/assente", nil)
	if marked.status != http.StatusSeeOther || !strings.Contains(marked.location, "segnato="+b.ID) {
		t.Fatalf("absent = %d %s, want a way back to the day", marked.status, marked.location)
	}
	day := w.get(t, who, marked.location)
	day.want(t, http.StatusOK, "Hai segnato che Anna R. non è venuto.", "Annulla questa operazione")
	if row := day.row("Anna R."); !strings.Contains(row, "Non è venuto") {
		t.Errorf("row = %q, want it marked as absent", row)
	}
	undone := w.post(t, who, "/agenda/"+b.ID+"/ripristina", nil)
	if got := w.get(t, who, undone.location).row("Anna R."); !strings.Contains(got, "Registra il servizio") {
		t.Errorf("row after the undo = %q, want it open again", got)
	}
}

func TestReturningCitizenFromABookingNeedsOnlyTheCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	who, b := w.anna(t), w.book(t, 0, 9*60+30, "Maria Provaaa")
	citizen := registertest.Citizen(0)
	if _, err := w.Register.Register(t.Context(), registertest.System(), w.Service(0, registertest.Today().AddDays(-7), 600, citizen)); err != nil {
		t.Fatalf("Register() = %v", err)
	}
	w.clock.Set(at(10, 0))
	action := "/agenda/" + b.ID + "/registra"

	form := w.get(t, who, action)
	form.want(t, http.StatusOK, "Maria Provaaa")
	if got := form.autofocus(); got != "citizens.1.tax_code=" {
		t.Errorf("the cursor is on %q, want the tax code", got)
	}
	values := form.fields(action)
	for name, want := range map[string]string{"start": "09:30", "minutes": "30", "types": "A", "domains": "D", "skills": "6", "outcome": "solved", "day": "2026-11-24"} {
		if got := values.Get(name); got != want {
			t.Errorf("%s = %q, want %q from the booking", name, got, want)
		}
	}
	values.Set("citizens.1.tax_code", strings.ToLower(citizen.TaxCode))
	values.Set("do", "look")
	found := w.post(t, who, action, values)
	found.want(t, http.StatusOK, "Già conosciuta.", "ultima volta 17/11/2026")
	if got := found.autofocus(); got != "do=save" {
		t.Errorf("the cursor is on %q, want the button that records", got)
	}
	values = found.fields(action)
	values.Set("do", "save")
	done := w.post(t, who, action, values)
	if done.status != http.StatusSeeOther {
		t.Fatalf("record = %d, want 303: %.800s", done.status, done.text)
	}
	day := w.get(t, who, done.location)
	day.want(t, http.StatusOK, "Servizio registrato.", "Annulla questa operazione")
	if row := day.row("Maria P."); !strings.Contains(row, "Registrato") {
		t.Errorf("row = %q, want it recorded", row)
	}
	again := w.post(t, who, action, values)
	if again.location != done.location {
		t.Errorf("sent twice = %d %q, want the same record %q", again.status, again.location, done.location)
	}
	id := strings.TrimPrefix(done.location[strings.Index(done.location, "registrato="):], "registrato=")
	record := w.get(t, who, "/servizi/"+id)
	record.want(t, http.StatusOK, "Fascicolo sanitario elettronico")
	if strings.Contains(record.text, citizen.TaxCode) {
		t.Error("the record shows a tax code in full")
	}
	undo := day.fields("/servizi/" + id + "/annulla")
	if back := w.post(t, who, "/servizi/"+id+"/annulla", undo); back.status != http.StatusSeeOther {
		t.Fatalf("undo = %d: %.300s", back.status, back.text)
	}
	w.post(t, who, "/servizi/"+id+"/annulla", undo).want(t, http.StatusUnprocessableEntity, "Questo servizio è già stato annullato.")
	if got, err := w.Agenda.ByID(t.Context(), who, b.ID); err != nil || got.State != agenda.Confirmed {
		t.Errorf("booking after the undo = %v, %v, want confirmed", got.State, err)
	}
}

func TestWalkInGroupOfThreeWithoutJavaScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	who := w.anna(t)
	w.clock.Set(at(10, 7))
	before, err := w.Register.Total(t.Context(), registertest.System(), register.CountFilter{})
	if err != nil {
		t.Fatalf("Total() = %v", err)
	}
	const action = "/servizi/nuovo"
	form := w.get(t, who, action)
	values := form.fields(action)
	if got := values.Get("start"); got != "10:05" {
		t.Errorf("start = %q, want 10:05", got)
	}
	values.Set("point", w.PointIDs[1])
	values["domains"], values["skills"] = []string{"A"}, []string{"6"}
	for n := 1; n <= 3; n++ {
		citizen := registertest.Citizen(n)
		prefix := "citizens." + string(rune('0'+n)) + "."
		values.Set(prefix+"tax_code", citizen.TaxCode)
		values.Set("do", "look")
		found := w.post(t, who, action, values)
		found.want(t, http.StatusOK, "Persona nuova.")
		values = found.fields(action)
		if got := values.Get(prefix + "province"); got != "Matera" {
			t.Errorf("province proposed = %q, want that of the point", got)
		}
		values.Set(prefix+"name", citizen.Name)
		values.Set(prefix+"surname", citizen.Surname)
		values.Set(prefix+"education", "B")
		values.Set(prefix+"occupation", "G")
		if n == 3 {
			break
		}
		values.Set("do", "add")
		next := w.post(t, who, action, values)
		if got, want := next.autofocus(), "citizens."+string(rune('1'+n))+".tax_code="; got != want {
			t.Errorf("the cursor is on %q, want %q", got, want)
		}
		values = next.fields(action)
	}
	if got := values["types"]; len(got) != 1 || got[0] != "B" {
		t.Errorf("types = %v, want the group", got)
	}
	values.Set("do", "save")
	done := w.post(t, who, action, values)
	if done.status != http.StatusSeeOther {
		t.Fatalf("record = %d: %.900s", done.status, done.text)
	}
	after, err := w.Register.Total(t.Context(), registertest.System(), register.CountFilter{})
	if err != nil || after.Services != before.Services+1 || after.Accesses != before.Accesses+3 {
		t.Errorf("numbers = %v, %v, want one service and three accesses more than %v", after, err, before)
	}
	w.get(t, who, done.location).want(t, http.StatusOK, "Senza appuntamento: 3 persone")
	w.get(t, who, "/servizi").want(t, http.StatusOK, "Punto di Aliano", "App IO")
	w.get(t, who, "/miei-numeri").want(t, http.StatusOK, "3 accessi", "Novembre")
}

func TestWrongTaxCodeKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	who := w.anna(t)
	const action = "/servizi/nuovo"
	values := w.get(t, who, action).fields(action)
	code := registertest.Citizen(1).TaxCode
	wrong := code[:15] + string('A'+(code[15]-'A'+1)%26)
	values.Set("citizens.1.tax_code", wrong)
	values["domains"] = []string{"N", "B"}
	values.Set("detail", "Dichiarazione precompilata")
	values.Set("minutes", "45")
	for _, do := range []string{"look", "save"} {
		values.Set("do", do)
		p := w.post(t, who, action, values)
		p.want(t, http.StatusUnprocessableEntity)
		kept := p.fields(action)
		for name, want := range map[string]string{"citizens.1.tax_code": wrong, "detail": "Dichiarazione precompilata", "minutes": "45"} {
			if got := kept.Get(name); got != want {
				t.Errorf("%s: %s = %q, want %q as typed", do, name, got, want)
			}
		}
		if got := kept["domains"]; len(got) != 2 {
			t.Errorf("%s: domains = %v, want both", do, got)
		}
		found := false
		for n := range p.root.Descendants() {
			found = found || attr(n, "id") == "f-citizens.1.tax_code-error"
		}
		if !found {
			t.Errorf("%s: no answer at the field of the tax code: %.600s", do, p.text)
		}
	}
}

func TestForgottenCodeIsNotAPersonWithoutCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	who := w.anna(t)
	const action = "/servizi/nuovo"
	values := w.get(t, who, action).fields(action)
	values["domains"], values["skills"] = []string{"A"}, []string{"6"}
	values.Set("do", "save")
	w.post(t, who, action, values).want(t, http.StatusUnprocessableEntity, "Se la persona non lo ha, segnalo qui sotto.")
	values.Set("citizens.1.no_code", "1")
	if done := w.post(t, who, action, values); done.status != http.StatusSeeOther {
		t.Errorf("without a code = %d, want it recorded: %.600s", done.status, done.text)
	}
}

func TestRemovedPersonTakesNobodyElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	who := w.anna(t)
	const action = "/servizi/nuovo"
	values := w.get(t, who, action).fields(action)
	values.Set("people", "3")
	values.Set("citizens.1.tax_code", "UNO")
	values.Set("citizens.2.tax_code", "DUE")
	values.Set("citizens.3.tax_code", "TRE")
	values.Set("do", "remove.2")
	kept := w.post(t, who, action, values).fields(action)
	if kept.Get("people") != "2" || kept.Get("citizens.1.tax_code") != "UNO" || kept.Get("citizens.2.tax_code") != "TRE" {
		t.Errorf("people = %v, want the first and the third", kept)
	}
}

func TestAnotherBodysPointIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	who, theirs := w.anna(t), w.book(t, 2, 9*60+30, "Rocco Neri")
	for _, path := range []string{
		"/servizi/nuovo?punto=" + w.PointIDs[2], "/agenda/" + theirs.ID, "/agenda/" + theirs.ID + "/registra",
		"/agenda/aggiungi?inizio=1795000000&punto=" + w.PointIDs[2], "/agenda?facilitatore=" + w.FacilitatorIDs[2],
		"/chiudi-oggi?punto=" + w.PointIDs[2], "/servizi?facilitatore=" + w.FacilitatorIDs[2], "/servizi/none",
	} {
		if p := w.get(t, who, path); p.status != http.StatusNotFound {
			t.Errorf("GET %s = %d, want 404", path, p.status)
		}
	}
	if p := w.post(t, who, "/agenda/"+theirs.ID+"/assente", nil); p.status != http.StatusNotFound {
		t.Errorf("absent at another point = %d, want 404", p.status)
	}
}

func TestManagingBodyChoosesWhoseAgenda(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := registertest.Actor("", identity.ManagingBody, identity.ScopeBody, w.BodyIDs[0])
	b := w.book(t, 0, 9*60+30, "Anna Rossi")
	w.get(t, body, "/agenda").want(t, http.StatusOK, "Scegli di chi vuoi vedere il lavoro.", "Anna Rossi", "Bruno Verdi")
	path := "/agenda?facilitatore=" + w.FacilitatorIDs[0]
	if row := w.get(t, body, path).row("09:30"); !strings.Contains(row, "Anna R.") {
		t.Errorf("row = %q, want the booking of Anna's day", row)
	}
	marked := w.post(t, body, "/agenda/"+b.ID+"/assente", nil)
	if !strings.Contains(marked.location, "facilitatore="+w.FacilitatorIDs[0]) {
		t.Errorf("back to %q, want the same agenda", marked.location)
	}
}

func TestMoveAddAndCancelFromTheDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	who, b := w.anna(t), w.book(t, 0, 9*60+30, "Anna Rossi")
	times := w.get(t, who, "/agenda/"+b.ID+"/sposta")
	times.want(t, http.StatusOK, "Scegli il nuovo orario", "10:30")
	value := ""
	for n := range times.root.Descendants() {
		if n.Data == "button" && attr(n, "name") == "orario" && strings.HasPrefix(textOf(n), "10:30") {
			value = attr(n, "value")
		}
	}
	moved := w.post(t, who, "/agenda/"+b.ID+"/sposta", url.Values{"orario": {value}})
	if row := w.get(t, who, moved.location).row("10:30"); !strings.Contains(row, "Anna R.") {
		t.Errorf("row of 10:30 = %q, want the booking moved there", row)
	}
	link := ""
	for n := range w.get(t, who, "/agenda").root.Descendants() {
		if href := attr(n, "href"); link == "" && strings.HasPrefix(href, "/agenda/aggiungi") {
			link = href
		}
	}
	form := w.get(t, who, link).fields("/agenda/aggiungi")
	w.post(t, who, "/agenda/aggiungi", form).want(t, http.StatusUnprocessableEntity)
	form.Set("name", "Carmela Leone")
	added := w.post(t, who, "/agenda/aggiungi", form)
	if row := w.get(t, who, added.location).row("Carmela L."); !strings.Contains(row, "09:30") {
		t.Errorf("row of Carmela = %q (%d %s), want 9:30", row, added.status, added.location)
	}
	ask := w.get(t, who, "/agenda/"+b.ID+"/annulla")
	ask.want(t, http.StatusOK, "3331234567")
	for range 2 { // The same click twice is one cancellation.
		if done := w.post(t, who, "/agenda/"+b.ID+"/annulla", ask.fields("/agenda/"+b.ID+"/annulla")); done.status != http.StatusSeeOther {
			t.Errorf("the same cancellation = %d, want the same answer twice", done.status)
		}
	}
	if row := w.get(t, who, "/agenda").row("10:30"); !strings.Contains(row, "Posto libero") {
		t.Errorf("row of 10:30 after cancelling = %q, want a free place", row)
	}
	w.get(t, who, "/settimana").want(t, http.StatusOK, "Martedì 24 novembre")
}
