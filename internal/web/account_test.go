package web_test

import (
	"crypto/tls"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/network"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/web/session"
)

func withTLS(r *http.Request) *http.Request {
	r.TLS = &tls.ConnectionState{}
	return r
}

func TestFirstStart(t *testing.T) {
	t.Parallel()
	s := newSite(t, session.Door{})
	b := s.browser(t)
	b.get("/accedi").to("/avvio")
	b.get("/avvio?chiave="+setup).wants(http.StatusOK).says("Primo avvio", "Chiave di avvio")
	form := []string{"chiave", setup, "name", "Ada Neri", "email", "ada@regione.it", "password", good}
	with := func(i int, value string) []string {
		f := append([]string{}, form...)
		f[i] = value
		return f
	}
	for _, c := range []struct {
		name string
		form []string
		want string
	}{
		{"wrong key", with(1, "SETUPTOKEM"), "La chiave non è giusta"},
		{"no key", with(1, ""), "La chiave non è giusta"},
		{"nothing", nil, "La chiave non è giusta"},
		{"no name", with(3, ""), "Scrivi nome e cognome"},
		{"no address", with(5, "ada"), "indirizzo e-mail completo"},
		{"weak password", with(7, "password1234"), "si indovina facilmente"},
	} {
		b.post("/avvio", c.form...).wants(http.StatusUnprocessableEntity).says(c.want).saysNot(good)
	}
	if has, err := s.identity.HasAdministrator(t.Context()); has || err != nil {
		t.Fatalf("HasAdministrator() = %v, %v, want none after refusals", has, err)
	}
	b.post("/avvio", form...).to("/avvio/passi")
	b.get("/avvio/passi").wants(http.StatusOK).says("L'account è pronto", "Dai un nome alla rete Adesso", "Aggiungi un ente Da fare", "0 su 10", "Ada Neri")
	other := s.browser(t)
	other.get("/avvio?chiave=" + setup).to("/avvio/passi")
	other.get("/avvio/passi").to("/accedi?torna=%2Favvio%2Fpassi")
	other.post("/avvio", with(5, "eva@regione.it")...).wants(http.StatusConflict).says("La rete ha già chi la amministra")
}

var (
	firstPassword = regexp.MustCompile(`<code>([a-z0-9-]+)</code>`)
	accountLink   = regexp.MustCompile(`/amministrazione/account/([0-9a-f-]{36})`)
	endLink       = regexp.MustCompile(`/amministrazione/account/[0-9a-f-]{36}/ruolo/[0-9a-f-]{36}/fine`)
)

func TestAdministerAccounts(t *testing.T) {
	t.Parallel()
	s := newSite(t, session.Door{})
	admin := s.admin(t)
	b := s.browser(t)
	b.signIn("ada@regione.it")
	b.get("/amministrazione").wants(http.StatusOK).says("1 account", "Ada Neri", "Tutta la rete")
	b.get("/amministrazione/nuovo").wants(http.StatusOK)
	b.post("/amministrazione/nuovo", "email", "x").wants(http.StatusUnprocessableEntity).says("Ci sono 2 cose da correggere")
	b.post("/amministrazione/nuovo", "email", "ada@regione.it", "name", "Ada Due").wants(http.StatusConflict).says("C'è già un account")
	made := b.post("/amministrazione/nuovo", "email", "ugo@comune.it", "name", "Ugo Li").wants(http.StatusOK)
	made.says("La vedi solo adesso", "Ugo Li")
	password, id := firstPassword.FindStringSubmatch(made.Body.String()), accountLink.FindStringSubmatch(made.Body.String())
	if password == nil || id == nil {
		t.Fatalf("no first password or account in the page:\n%s", made.Body.String())
	}
	if made.Header().Get("Cache-Control") != "no-store" {
		t.Error("the page with the first password may be kept by the browser")
	}
	path := "/amministrazione/account/" + id[1]
	b.get(path).wants(http.StatusOK).says("Ugo Li", "Provvisoria", "Nessun ruolo").saysNot(password[1])

	body, err := s.orgs.Add(t.Context(), identity.System("test"), orgs.Body{Name: "Unione dei Comuni", Kind: orgs.KindOther})
	if err != nil {
		t.Fatal(err)
	}
	b.get(path+"/ruolo").wants(http.StatusOK).says("Quale ruolo?", "Ente gestore")
	b.get(path+"/ruolo?role=delivering_partner").wants(http.StatusOK).says("Soggetto realizzatore", "Ente – Unione dei Comuni")
	for _, c := range []struct{ scope, from, to, want string }{
		{"", "", "", "Scegli dove vale il ruolo"},
		{"body:none", "", "", "Scegli dove vale il ruolo"},
		{"network:", "", "", "Scegli dove vale il ruolo"},
		{"body:" + body, "2026-13-01", "", "cosa da correggere"},
		{"body:" + body, "2026-12-01", "2026-11-30", "La data di fine viene prima"},
	} {
		b.post(path+"/ruolo", "role", "delivering_partner", "scope", c.scope, "from", c.from, "to", c.to).
			wants(http.StatusUnprocessableEntity).says(c.want)
	}
	grant := []string{"role", "delivering_partner", "scope", "body:" + body, "from", "", "to", "2027-06-30"}
	b.post(path+"/ruolo", grant...).to(path)
	b.post(path+"/ruolo", grant...).wants(http.StatusConflict).says("La persona ha già questo ruolo")
	b.get(path).wants(http.StatusOK).says("Il ruolo è stato dato", "Soggetto realizzatore", "Unione dei Comuni", "dal 24/11/2026 al 30/06/2027", "Valido")
	b.get("/amministrazione/accessi?ruolo=delivering_partner").wants(http.StatusOK).says("1 ruolo", "Ugo Li", "Unione dei Comuni")
	b.post("/amministrazione", "cerca", "ugo").wants(http.StatusOK).says("Ugo Li", "Soggetto realizzatore, Unione dei Comuni")
	b.post("/amministrazione", "cerca", "nobody").wants(http.StatusOK).says("Nessun account trovato")

	ugo := s.browser(t)
	ugo.post("/accedi", "email", "ugo@comune.it", "password", password[1]).to("/lavoro")
	end := endLink.FindString(b.get(path).Body.String())
	b.get(end).wants(http.StatusOK).says("Togli un ruolo a Ugo Li", "Unione dei Comuni")
	b.post(end, "on", "xx").wants(http.StatusUnprocessableEntity)
	b.post(end).to(path)
	b.get(path).wants(http.StatusOK).says("Nessun ruolo")
	b.get(end).wants(http.StatusNotFound)
	b.post(path + "/disattiva").to(path)
	b.post("/amministrazione", "cerca", "ugo").says("Disattivato")
	b.post("/amministrazione", "stato", "disabled").to("/amministrazione?stato=disabled")
	b.get("/amministrazione?stato=disabled").says("Ugo Li").saysNot("Ada Neri, Amministrazione")
	b.get(path).says("la persona non può accedere")
	ugo.get("/profilo").to("/accedi?torna=%2Fprofilo")
	b.post(path + "/riattiva").to(path)
	b.post(path + "/password").wants(http.StatusOK).says("La vedi solo adesso").saysNot(password[1])
	b.post("/amministrazione/account/" + admin.AccountID + "/disattiva").wants(http.StatusConflict).says("l'ultima persona che amministra")
	b.get("/amministrazione/account/none").wants(http.StatusNotFound)
	b.get("/amministrazione/account/none/ruolo").wants(http.StatusNotFound)
}

// TestFromEmptyToBookable does each step as the page says and sees the list go on to the next.
func TestFromEmptyToBookable(t *testing.T) {
	t.Parallel()
	s := newSite(t, session.Door{})
	admin := s.admin(t)
	b := s.browser(t)
	b.signIn("ada@regione.it")
	ctx, today := t.Context(), calendar.DayOf(start)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	next := func(done string, words, href string) {
		t.Helper()
		page := b.get("/avvio/passi").wants(http.StatusOK).says(words+" Adesso", done+" su 10")
		if !strings.Contains(page.Body.String(), `href="`+href+`"`) {
			t.Errorf("the step %q does not lead to %s", words, href)
		}
	}
	_, err := s.places.LoadRows(ctx, []territory.SeedRow{{
		Belfiore: "A187", ISTAT: "077001", Name: "Aliano", ProvinceCode: "077", ProvinceName: "Matera", Sigla: "MT",
		RegionCode: "17", RegionName: "Basilicata", CAPs: []string{"75010"},
	}})
	must(err)
	next("0", "Dai un nome alla rete", "/gestione/rete")
	must(s.network.SetUp(ctx, admin, network.Setting{Name: "Punti Basilicata", RegionCode: "17", Phone: "800 29 20 20"}))
	next("1", "Aggiungi un ente", "/gestione/enti/nuovo")
	body, err := s.orgs.Add(ctx, admin, orgs.Body{Name: "Comune di Aliano", Kind: orgs.KindMunicipality, Belfiore: "A187"})
	must(err)
	next("2", "Aggiungi un programma", "/gestione/programmi/nuovo")
	programme, err := s.money.AddProgramme(ctx, admin, funding.Programme{Code: "P1", Name: "Digitale facile", StartsOn: today, EndsOn: today.AddDays(400)})
	must(err)
	next("3", "Aggiungi un progetto", "/gestione/programmi/"+programme)
	_, err = s.money.AddProject(ctx, admin, funding.Project{ProgrammeID: programme, BodyID: body, Code: "J1", Name: "Aliano", StartsOn: today, EndsOn: today.AddDays(300)})
	must(err)
	next("4", "Aggiungi un punto", "/gestione/punti/nuovo")
	point, err := s.points.Add(ctx, admin, points.Point{
		OfficialName: "Punto di Aliano", Kind: points.Fixed, ManagingBodyID: body, State: points.StateSettingUp,
		Booking: points.BookingPossible, Addresses: []points.Address{{Street: "Via Roma", CAP: "75010", Belfiore: "A187"}},
	})
	must(err)
	next("5", "Scrivi gli orari del punto", "/gestione/punti/"+point)
	p, err := s.points.ByID(ctx, admin, point)
	must(err)
	bands, err := calendar.ParseBands("lun-ven 9-13")
	must(err)
	must(s.points.SetHours(ctx, admin, p.Addresses[0].ID, calendar.Day{}, calendar.Day{}, "", bands))
	next("6", "Apri il punto", "/gestione/punti/"+point+"/stato")
	must(s.points.SetState(ctx, admin, point, points.StateOpen, today))
	next("7", "Aggiungi un facilitatore", "/gestione/facilitatori/nuovo")
	person, err := s.people.Add(ctx, admin, facilitators.Facilitator{BodyID: body, Name: "Zoe", Surname: "Blu", From: today}, "")
	must(err)
	next("8", "Scrivi i turni", "/gestione/punti/"+point+"/turni")
	must(s.people.Serve(ctx, admin, person, point, today, calendar.Day{}))
	_, err = s.people.AddDuty(ctx, admin, facilitators.Duty{
		FacilitatorID: person, PointID: point, AddressID: p.Addresses[0].ID, Weekday: 2, Starts: 540, Ends: 780, From: today,
	})
	must(err)
	next("9", "Crea l'account del facilitatore", "/amministrazione")

	zoe := s.account(t, "zoe@comune.it", identity.Holding{})
	path := "/amministrazione/account/" + zoe
	b.get(path + "/ruolo?role=facilitator").wants(http.StatusOK).says("Punto – Punto di Aliano")
	b.post(path+"/ruolo", "role", "facilitator", "scope", "point:"+point).to(path)
	next("9", "Crea l'account del facilitatore", "/amministrazione")
	b.get(path+"/persona").wants(http.StatusOK).says("Chi usa l'account di Zoe Blu?", "Blu Zoe, Comune di Aliano")
	b.post(path+"/persona", "person", "none").wants(http.StatusUnprocessableEntity).says("Scegli una delle risposte")
	b.post(path+"/persona", "person", person).to(path)
	b.get(path).wants(http.StatusOK).says("Il collegamento è salvato", "Facilitatore collegato Zoe Blu", "Punto di Aliano")
	b.get("/avvio/passi").wants(http.StatusOK).says("La rete è pronta", "Guarda la pagina dei punti")

	other := "/amministrazione/account/" + s.account(t, "ugo@comune.it", identity.Holding{})
	b.get(other + "/persona").wants(http.StatusOK).saysNot("Blu Zoe")
	b.post(other+"/persona", "person", person).wants(http.StatusConflict)
	b.post(path+"/persona", "person", "").to(path)
	b.post(other+"/persona", "person", person).to(other)
	got, err := s.people.ByAccount(ctx, strings.TrimPrefix(other, "/amministrazione/account/"))
	if err != nil || got.ID != person {
		t.Errorf("ByAccount() = %v, %v, want Zoe behind the other account", got.ID, err)
	}
	if err := s.people.LinkAccount(ctx, identity.Actor{Grants: []identity.Grant{{Role: identity.Region, Scope: identity.ScopeNetwork}}}, person, zoe); err == nil {
		t.Error("LinkAccount() by a region = nil, want a refusal")
	}
}

func TestManyAccounts(t *testing.T) {
	t.Parallel()
	s := newSite(t, session.Door{})
	s.admin(t)
	for i := range 30 {
		s.account(t, "zoe"+string(rune('a'+i%26))+string(rune('a'+i/26))+"@comune.it", facilitator())
	}
	b := s.browser(t)
	b.signIn("ada@regione.it")
	b.get("/amministrazione").wants(http.StatusOK).says("31 account", "Pagina 1 di 2", "Non c'è più")
	second := b.get("/amministrazione?pagina=2").wants(http.StatusOK).says("Pagina 2 di 2").Body.String()
	if n := strings.Count(second, `scope="row"`); n != 6 {
		t.Errorf("%d accounts on the second page, want 6", n)
	}
	found := b.post("/amministrazione", "cerca", "zoe").wants(http.StatusOK).says("30 account").saysNot("Pagina 1").Body.String()
	if n := strings.Count(found, `scope="row"`); n != 30 {
		t.Errorf("%d accounts found, want 30 on one page", n)
	}
	file := b.post("/amministrazione/account.csv", "cerca", "zoe").wants(http.StatusOK)
	if n := strings.Count(file.Body.String(), "@comune.it"); n != 30 {
		t.Errorf("%d accounts in the file, want 30", n)
	}
}
