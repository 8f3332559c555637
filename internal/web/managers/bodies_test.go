package managers_test

import (
	"encoding/csv"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/register/registertest"
	"capillare/internal/territory"
)

func (w *world) addBody(t *testing.T, b orgs.Body, roles ...orgs.Role) string {
	t.Helper()
	if b.Kind == "" {
		b.Kind = orgs.KindOther
	}
	id, err := w.orgs.Add(t.Context(), registertest.System(), b, roles...)
	if err != nil {
		t.Fatalf("Add(%s) = %v", b.Name, err)
	}
	return id
}

func TestBodiesAreFilteredAndGoOutAsTheyAreShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.addBody(t, orgs.Body{Name: "Cooperativa Zeta", Kind: orgs.KindThirdSector, TaxCode: "12345678903"},
		orgs.Role{Name: orgs.RoleDeliveringPartner, From: registertest.Today().AddDays(-10)})
	gone := w.addBody(t, orgs.Body{Name: "Ente Finito"})
	if err := w.orgs.End(t.Context(), registertest.System(), gone, calendar.Day{}); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string][2]string{
		"?cerca=zeta": {"Cooperativa Zeta", "Comune di Potenza"}, "?cerca=12345678903": {"Cooperativa Zeta", "Comune di Potenza"},
		"?tipo=third_sector": {"Cooperativa Zeta", "Comune di Potenza"}, "?ruolo=delivering_partner": {"Cooperativa Zeta", "Comune di Potenza"},
		"?stato=finiti": {"Ente Finito", "Cooperativa Zeta"}, "?stato=tutti&cerca=finito": {"Ente Finito", "Cooperativa Zeta"},
		"": {"Comune di Potenza", "Ente Finito"},
	} {
		for _, path := range []string{"/gestione/enti", "/gestione/enti.csv"} {
			page := w.get(t, w.region, path+query)
			page.want(t, http.StatusOK, want[0])
			page.lacks(t, want[1])
		}
	}
	w.get(t, w.region, "/gestione/enti?pagina=9").want(t, http.StatusOK)
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.get(t, w.region, "/gestione/enti.csv?cerca=zeta").body, "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) != 2 || rows[1][0] != "Cooperativa Zeta" || rows[1][4] != "12345678903" {
		t.Errorf("enti.csv = %q, %v, want the one row shown", rows, err)
	}
}

func TestABodyMeetsThePartnersOfItsPoints(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	partner := w.addBody(t, orgs.Body{Name: "Cooperativa Zeta"})
	stranger := w.addBody(t, orgs.Body{Name: "Estranea"})
	one, _ := w.place(t, 0)
	one.DeliveringBodyID = partner
	if err := w.Points.Edit(t.Context(), registertest.System(), one); err != nil {
		t.Fatal(err)
	}
	list := w.get(t, w.bodies[0], "/gestione/enti")
	list.want(t, http.StatusOK, "Cooperativa Zeta")
	list.lacks(t, "Estranea")
	page := w.get(t, w.bodies[0], "/gestione/enti/"+partner)
	page.want(t, http.StatusOK, "Cooperativa Zeta", "Punto di Potenza")
	page.lacks(t, "Storia delle modifiche")
	w.get(t, w.bodies[0], "/gestione/enti/"+stranger).want(t, http.StatusNotFound)
}

func TestABodyEndsWhenNobodyNeedsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/gestione/enti/" + w.BodyIDs[1]
	blocked := w.get(t, w.region, path+"/fine")
	blocked.want(t, http.StatusOK, "Prima ci sono cose da sistemare", "Punto di Matera")
	w.post(t, w.region, path+"/fine", url.Values{"on": {"24/11/2026"}}).want(t, http.StatusConflict)
	for _, form := range []url.Values{{}, {"on": {"32/1/2026"}}, {"on": {"24/11/2030"}}} {
		free := w.addBody(t, orgs.Body{Name: "Libero " + form.Get("on")})
		page := w.post(t, w.region, "/gestione/enti/"+free+"/fine", form)
		page.want(t, http.StatusUnprocessableEntity)
		if page.wrong("on") == "" {
			t.Errorf("end on %q: no words beside the day", form.Get("on"))
		}
	}
	free := "/gestione/enti/" + w.addBody(t, orgs.Body{Name: "Da chiudere"})
	form := w.get(t, w.region, free+"/fine").fields(free + "/fine")
	w.post(t, w.region, free+"/fine", form).want(t, http.StatusSeeOther)
	w.get(t, w.region, free).want(t, http.StatusOK, "Non più attivo", "Ente chiuso")
	w.get(t, w.region, free+"/fine").want(t, http.StatusConflict)
	point := w.get(t, w.region, "/gestione/punti/nuovo")
	if strings.Contains(point.body, "Da chiudere") {
		t.Error("an ended body can be chosen for a new point")
	}
	w.post(t, w.region, free+"/riapri", nil).want(t, http.StatusSeeOther)
	w.get(t, w.region, free).lacks(t, "Non più attivo")
	w.post(t, w.bodies[1], path+"/fine", url.Values{"on": {"24/11/2026"}}).want(t, http.StatusForbidden)
}

func TestRolesBeginAndEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/gestione/enti/" + w.addBody(t, orgs.Body{Name: "Ente"})
	w.post(t, w.region, path+"/ruolo", url.Values{"role": {"host"}, "from": {"1/7/2026"}}).want(t, http.StatusSeeOther)
	w.post(t, w.region, path+"/ruolo", url.Values{"role": {"host"}, "from": {"1/7/2026"}}).want(t, http.StatusUnprocessableEntity, "già questo ruolo")
	end := path + "/ruolo/host/2026-07-01/fine"
	w.get(t, w.region, end).want(t, http.StatusOK, "Ospita il punto")
	w.post(t, w.region, end, url.Values{"on": {"30/6/2026"}}).want(t, http.StatusUnprocessableEntity)
	w.post(t, w.region, end, url.Values{"on": {"31/10/2026"}}).want(t, http.StatusSeeOther)
	w.get(t, w.region, path).want(t, http.StatusOK, "Ospita il punto, dal 01/07/2026 al 31/10/2026", "Ruolo chiuso")
	w.get(t, w.region, path+"/ruolo/host/2026-07-02/fine").want(t, http.StatusNotFound)
}

func TestABodyThatIsThereAlready(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	gone := w.addBody(t, orgs.Body{Name: "Cooperativa Zeta", TaxCode: "12345678903"})
	form := url.Values{"name": {"cooperativa zeta"}, "kind": {"other"}, "phone": {"0971 1"}}
	living := w.post(t, w.region, "/gestione/enti/nuovo", form)
	living.want(t, http.StatusUnprocessableEntity, "Forse l'ente c'è già")
	if !strings.Contains(living.body, "/gestione/enti/"+gone) || living.wrong("name") == "" || living.fields("/gestione/enti/nuovo").Get("phone") != "0971 1" {
		t.Errorf("a body that is there: link, words or typed text missing: %.600s", living.text)
	}
	if err := w.orgs.End(t.Context(), registertest.System(), gone, calendar.Day{}); err != nil {
		t.Fatal(err)
	}
	ended := w.post(t, w.region, "/gestione/enti/nuovo", form)
	ended.want(t, http.StatusUnprocessableEntity, "finito dal")
	form.Set("sure", "1")
	w.post(t, w.region, "/gestione/enti/nuovo", form).want(t, http.StatusSeeOther)
	form.Set("name", "Altra")
	form.Set("tax_code", "12345678904")
	if page := w.post(t, w.region, "/gestione/enti/nuovo", form); page.wrong("tax_code") == "" {
		t.Error("a wrong check digit has no words beside it")
	}
}

func TestTwoBodiesBecomeOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	twin := w.addBody(t, orgs.Body{Name: "Comune Potenza", Email: "posta@potenza.example"}, orgs.Role{Name: orgs.RoleHost, From: registertest.Today()})
	kept := w.BodyIDs[0]
	path := "/gestione/enti/" + twin + "/unisci"
	w.get(t, w.region, path).want(t, http.StatusOK, "Comune di Matera")
	form := w.get(t, w.region, path+"?con="+kept).fields(path)
	if form.Get("stays") != twin || form.Get("field_email") != twin || form.Get("con") != kept {
		t.Fatalf("the form of the merge = %v", form)
	}
	form.Set("stays", kept)
	form.Set("field_name", kept)
	w.post(t, w.region, path, form).want(t, http.StatusSeeOther)
	if got := w.get(t, w.region, "/gestione/enti/"+twin); got.status != http.StatusSeeOther || got.header.Get("Location") != "/gestione/enti/"+kept {
		t.Errorf("GET of the merged body = %d %s, want to be led to %s", got.status, got.header.Get("Location"), kept)
	}
	page := w.get(t, w.region, "/gestione/enti/"+kept)
	page.want(t, http.StatusOK, "Comune di Potenza", "posta@potenza.example", "Enti uniti a questo", "1 ruolo", "Annulla l'unione")
	w.post(t, w.region, path, form).want(t, http.StatusConflict)
	undo := ""
	for n := range page.root.Descendants() {
		if to, _ := attr(n, "action"); strings.HasSuffix(to, "/annulla") {
			undo = to
		}
	}
	w.post(t, w.region, undo, nil).want(t, http.StatusSeeOther)
	w.get(t, w.region, "/gestione/enti/"+twin).want(t, http.StatusOK, "Comune Potenza", "posta@potenza.example", "Unione annullata")
	w.get(t, w.region, "/gestione/enti/"+kept).lacks(t, "E-mail posta@potenza.example", "Enti uniti a questo")
}

func TestAnUndoSaysWhatStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	third := w.addBody(t, orgs.Body{Name: "Terzo"})
	merge, err := w.orgs.Merge(t.Context(), registertest.System(), orgs.Merging{FromID: w.BodyIDs[1], IntoID: w.BodyIDs[0]})
	if err != nil {
		t.Fatal(err)
	}
	one, _ := w.place(t, 2)
	one.ManagingBodyID = third
	if err := w.Points.Edit(t.Context(), registertest.System(), one); err != nil {
		t.Fatal(err)
	}
	w.post(t, w.region, "/gestione/enti/"+w.BodyIDs[0]+"/unioni/"+merge+"/annulla", nil).want(t, http.StatusOK, "resta dov'è", "1 punto gestito")
	list, _, err := w.Points.List(t.Context(), registertest.System(), points.Filter{BodyID: third})
	if err != nil || len(list) != 1 {
		t.Errorf("the point that was moved on = %v, %v, want it with the third body", list, err)
	}
}

// loadIndex loads an index of public bodies with one body in it.
func (w *world) loadIndex(t *testing.T) {
	t.Helper()
	const index = "_id,Codice_IPA,Denominazione_ente,Codice_fiscale_ente,Tipologia,Codice_Categoria,Codice_natura,Codice_ateco,Ente_in_liquidazione," +
		"Codice_MIUR,Codice_ISTAT,Acronimo,Nome_responsabile,Cognome_responsabile,Titolo_responsabile,Codice_comune_ISTAT,Codice_catastale_comune,CAP,Indirizzo," +
		"Mail1,Tipo_Mail1,Mail2,Tipo_Mail2,Sito_istituzionale,Data_aggiornamento\n" +
		"1,c_a194,Comune di Aliano,12345678903,PA,L6,2430,84.11.10,N,,123,AL,Zebedeo,Cognomino,Sindaco,77001,A194,75010,Via Roma 1," +
		"urp@aliano.example,Altro,protocollo@pec.aliano.example,Pec,www.aliano.example,2026-08-18\n"
	upload := territory.Upload{Name: "enti.csv", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(index)), nil }}
	plan, err := w.places.Plan(t.Context(), registertest.System(), []territory.Upload{upload}, "17")
	if err != nil {
		t.Fatalf("Plan() = %v", err)
	}
	if err := w.places.Apply(t.Context(), registertest.System(), plan); err != nil {
		t.Fatalf("Apply() = %v", err)
	}
}

func TestABodyIsFilledFromTheIndex(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.get(t, w.region, "/gestione/enti/nuovo").lacks(t, "Cerca nell'indice")
	w.loadIndex(t)
	w.get(t, w.region, "/gestione/enti/nuovo?indice=nessuno").want(t, http.StatusOK, "Cerca nell'indice", "Nessun ente trovato")
	found := w.get(t, w.region, "/gestione/enti/nuovo?indice=aliano")
	found.want(t, http.StatusOK, "Scegli l'ente", "Comune di Aliano")
	form := w.get(t, w.region, "/gestione/enti/nuovo?indice=aliano&ipa=c_a194").fields("/gestione/enti/nuovo")
	for name, want := range map[string]string{"name": "Comune di Aliano", "kind": "municipality", "tax_code": "12345678903", "ipa_code": "c_a194",
		"pec": "protocollo@pec.aliano.example", "email": "urp@aliano.example"} {
		if got := form.Get(name); got != want {
			t.Errorf("the form has %s = %q, want %q", name, got, want)
		}
	}
	w.post(t, w.region, "/gestione/enti/nuovo", form).want(t, http.StatusSeeOther)
	w.get(t, w.region, "/gestione/enti/nuovo?ipa=zz_zz").want(t, http.StatusNotFound)
}

// What a person typed or is called never stands in an address: it would stay in logs and histories.
func TestNothingPersonalInTheAddresses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, who := range []identity.Actor{w.region, w.bodies[0]} {
		for _, path := range []string{"/gestione/enti", "/gestione/enti/" + w.BodyIDs[0], "/gestione/programmi", "/gestione/progetti", "/gestione/enti/" + w.BodyIDs[0] + "/fine"} {
			page := w.get(t, who, path)
			for n := range page.root.Descendants() {
				for _, name := range []string{"href", "action"} {
					to, _ := attr(n, name)
					for _, personal := range []string{"Rossi", "Anna", "Verdi", "Bruno", "@", "333"} {
						if strings.Contains(to, personal) && !strings.HasPrefix(to, "mailto:") && !strings.HasPrefix(to, "tel:") {
							t.Errorf("%s has the address %s", path, to)
						}
					}
				}
			}
		}
	}
}

// A merge is undone from the page of the body that stayed, and from no other.
func TestAMergeIsUndoneFromItsOwnBody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	gone, stranger := w.addBody(t, orgs.Body{Name: "Comune Potenza"}), w.addBody(t, orgs.Body{Name: "Estranea"})
	merge, err := w.orgs.Merge(t.Context(), registertest.System(), orgs.Merging{FromID: gone, IntoID: w.BodyIDs[0]})
	if err != nil {
		t.Fatal(err)
	}
	w.post(t, w.region, "/gestione/enti/"+stranger+"/unioni/"+merge+"/annulla", nil).want(t, http.StatusNotFound)
	w.post(t, w.region, "/gestione/enti/"+w.BodyIDs[0]+"/unioni/"+merge+"/annulla", nil).want(t, http.StatusSeeOther)
	w.post(t, w.region, "/gestione/enti/"+w.BodyIDs[0]+"/unioni/"+merge+"/annulla", nil).want(t, http.StatusConflict, "già stata annullata")
}

// A body whose municipality became a part of another is found, shown and saved with the one of today.
func TestTheSeatOfABodyMerges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/gestione/enti/" + w.addBody(t, orgs.Body{Name: "Cooperativa di Aliano", Belfiore: "A196"})
	registertest.MergeAliano(t, w.places)
	w.get(t, w.region, path).want(t, http.StatusOK, "Potenza (PZ)")
	w.get(t, w.region, "/gestione/enti?provincia=076").want(t, http.StatusOK, "Cooperativa di Aliano")
	w.get(t, w.region, "/gestione/enti.csv?provincia=PZ&cerca=Cooperativa").want(t, http.StatusOK, "Potenza (PZ)")
	form := w.get(t, w.region, path+"/modifica").fields(path + "/modifica")
	form.Set("phone", "0971 1")
	w.post(t, w.region, path+"/modifica", form).want(t, http.StatusSeeOther)
}
