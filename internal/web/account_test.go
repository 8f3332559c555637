package web_test

import (
	"crypto/tls"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"capillare/internal/identity"
	"capillare/internal/orgs"
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
	b.get("/avvio/passi").wants(http.StatusOK).says("L'account è pronto", "Dai un nome alla rete Fatto", "Aggiungi un ente Adesso", "1 su 2", "Ada Neri")
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
	b.get("/amministrazione/accessi?ruolo=delivering_partner").wants(http.StatusOK).says("1 ruolo valido oggi", "Ugo Li", "Unione dei Comuni")
	b.get("/amministrazione?cerca=ugo").wants(http.StatusOK).says("Ugo Li", "Soggetto realizzatore, Unione dei Comuni")
	b.get("/amministrazione?cerca=nobody").wants(http.StatusOK).says("Nessun account trovato")

	ugo := s.browser(t)
	ugo.post("/accedi", "email", "ugo@comune.it", "password", password[1]).to("/lavoro")
	end := endLink.FindString(b.get(path).Body.String())
	b.get(end).wants(http.StatusOK).says("Togli un ruolo a Ugo Li", "Unione dei Comuni")
	b.post(end, "on", "xx").wants(http.StatusUnprocessableEntity)
	b.post(end).to(path)
	b.get(path).wants(http.StatusOK).says("Nessun ruolo")
	b.get(end).wants(http.StatusNotFound)
	b.post(path + "/disattiva").to(path)
	b.get("/amministrazione?cerca=ugo").says("Disattivato")
	b.get(path).says("la persona non può accedere")
	ugo.get("/profilo").to("/accedi?torna=%2Fprofilo")
	b.post(path + "/riattiva").to(path)
	b.post(path + "/password").wants(http.StatusOK).says("La vedi solo adesso").saysNot(password[1])
	b.post("/amministrazione/account/" + admin.AccountID + "/disattiva").wants(http.StatusConflict).says("l'ultima persona che amministra")
	b.get("/amministrazione/account/none").wants(http.StatusNotFound)
	b.get("/amministrazione/account/none/ruolo").wants(http.StatusNotFound)
}

func TestNameTheNetwork(t *testing.T) {
	t.Parallel()
	s := newSite(t, session.Door{})
	s.admin(t)
	b := s.browser(t)
	b.signIn("ada@regione.it")
	b.get("/amministrazione/rete").wants(http.StatusOK).says("Nome e contatti della rete", "Scegli la regione")
	b.post("/amministrazione/rete", "name", "Punti Basilicata", "region", "17", "horizon", "3").
		wants(http.StatusUnprocessableEntity).says("Scegli per quanti giorni")
	b.post("/amministrazione/rete", "name", "Punti Basilicata", "region", "99", "horizon", "60").
		wants(http.StatusUnprocessableEntity).says("Scegli la regione dall'elenco")
	_, err := s.places.LoadRows(t.Context(), []territory.SeedRow{{
		Belfiore: "A196", ISTAT: "077001", Name: "Aliano", ProvinceCode: "077", ProvinceName: "Matera", Sigla: "MT",
		RegionCode: "17", RegionName: "Basilicata",
	}})
	if err != nil {
		t.Fatal(err)
	}
	b.post("/amministrazione/rete", "name", "Punti Basilicata", "tagline", "Vicino a te", "region", "17", "phone", "800 29 20 20",
		"phone_hours", "lunedì-venerdì, 9-18", "email", "aiuto@regione.it", "horizon", "60").to("/avvio/passi")
	b.get("/avvio/passi").wants(http.StatusOK).says("Il nome e i contatti sono salvati", "Punti Basilicata", "Vicino a te", "Basilicata", "800 29 20 20")
	form := b.get("/amministrazione/rete").wants(http.StatusOK).Body.String()
	for _, want := range []string{`value="Punti Basilicata"`, `value="17" selected`, `value="lunedì-venerdì, 9-18"`} {
		if !strings.Contains(form, want) {
			t.Errorf("the form does not show %s again", want)
		}
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
	b.get("/amministrazione?cerca=zoe").wants(http.StatusOK).says("30 account", "Pagina 1 di 2", "Non c'è più")
	second := b.get("/amministrazione?cerca=zoe&pagina=2").wants(http.StatusOK).says("Pagina 2 di 2").Body.String()
	if n := strings.Count(second, `scope="row"`); n != 5 {
		t.Errorf("%d accounts on the second page, want 5", n)
	}
	if !strings.Contains(second, url.Values{"cerca": {"zoe"}, "pagina": {"1"}}.Encode()) && !strings.Contains(second, "cerca=zoe&amp;pagina=1") {
		t.Error("the second page forgets the search")
	}
}
