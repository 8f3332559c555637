package web_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"capillare/internal/identity"
	"capillare/internal/web/session"
)

func facilitator() identity.Holding {
	return identity.Holding{Role: identity.Facilitator, Scope: identity.ScopePoint, ScopeID: "p1"}
}

func TestSignInAndBack(t *testing.T) {
	t.Parallel()
	s := newSite(t, session.Door{})
	s.admin(t)
	s.account(t, "zoe@comune.it", facilitator())
	b := s.browser(t)
	b.get("/agenda?giorno=2026-11-25").to("/accedi?torna=%2Fagenda%3Fgiorno%3D2026-11-25")
	page := b.get("/accedi?torna=%2Fagenda%3Fgiorno%3D2026-11-25").wants(http.StatusOK)
	page.says("Accedi", "Poi torni dove eri")
	if !strings.Contains(page.Body.String(), `value="/agenda?giorno=2026-11-25"`) {
		t.Error("the sign-in page forgets where to go back to")
	}
	b.post("/accedi", "email", "Zoe@Comune.it", "password", good, "torna", "/agenda?giorno=2026-11-25").to("/agenda?giorno=2026-11-25")
	b.get("/agenda?giorno=2026-11-25").wants(http.StatusOK).says("for Zoe Blu")
	b.get("/accedi").to("/lavoro")
	b.get("/lavoro").to("/agenda")
	b.post("/esci").to("/")
	b.get("/agenda").to("/accedi?torna=%2Fagenda")
}

func TestSignInGoesNowhereElse(t *testing.T) {
	t.Parallel()
	s := newSite(t, session.Door{})
	s.admin(t)
	for _, back := range []string{"", "https://evil.example/", "//evil.example", `/\evil.example`, "/accedi?torna=/x", "/esci", "javascript:alert(1)"} {
		s.browser(t).post("/accedi", "email", "ada@regione.it", "password", good, "torna", back).to("/lavoro")
	}
}

func TestCookie(t *testing.T) {
	t.Parallel()
	s := newSite(t, session.Door{})
	s.admin(t)
	b := s.browser(t)
	b.signIn("ada@regione.it")
	c := b.cookies["__Host-capillare"]
	if c == nil {
		t.Fatal("no cookie __Host-capillare after signing in")
	}
	if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 0 || !c.Expires.IsZero() {
		t.Errorf("cookie = %v, want HttpOnly, Secure, SameSite=Lax, Path=/, no Domain, until the browser closes", c)
	}
	if len(c.Value) < 43 {
		t.Errorf("token of %d signs, want 256 bits", len(c.Value))
	}
}

func TestNoEnumeration(t *testing.T) {
	t.Parallel()
	s := newSite(t, session.Door{})
	admin := s.admin(t)
	gone := s.account(t, "gina@comune.it", facilitator())
	if err := s.identity.Disable(t.Context(), admin, gone); err != nil {
		t.Fatal(err)
	}
	var first string
	for i, c := range []struct{ email, password string }{
		{"ada@regione.it", "wrong wrong wrong"}, {"nobody@comune.it", "wrong wrong wrong"}, {"gina@comune.it", good},
	} {
		a := s.browser(t).post("/accedi", "email", c.email, "password", c.password)
		a.wants(http.StatusUnprocessableEntity).says("Indirizzo e-mail o password non sono giusti").saysNot(c.password)
		got := fmt.Sprint(a.Code, a.Header()["Set-Cookie"], len(a.Header()), strings.ReplaceAll(a.Body.String(), c.email, "EMAIL"))
		if i == 0 {
			first = got
		} else if got != first {
			t.Errorf("the answer for %s differs from that for a wrong password:\n%s\n%s", c.email, got, first)
		}
	}
}

func TestSignInThrottled(t *testing.T) {
	t.Parallel()
	for _, email := range []string{"ada@regione.it", "nobody@comune.it"} {
		s := newSite(t, session.Door{})
		s.admin(t)
		b := s.browser(t)
		for range 6 {
			b.post("/accedi", "email", email, "password", "wrong wrong wrong").wants(http.StatusUnprocessableEntity)
		}
		a := b.post("/accedi", "email", email, "password", good).wants(http.StatusTooManyRequests)
		a.says("Ci sono stati troppi tentativi. Riprova tra 2 secondi.")
		if wait, err := strconv.Atoi(a.Header().Get("Retry-After")); err != nil || wait != 2 {
			t.Errorf("Retry-After = %q, want 2", a.Header().Get("Retry-After"))
		}
		if !strings.Contains(a.Body.String(), email) {
			t.Error("the address typed is lost")
		}
		s.clock.Add(2 * time.Second)
		if email == "ada@regione.it" {
			b.post("/accedi", "email", email, "password", good).to("/lavoro")
		}
	}
}

func TestSignInForm(t *testing.T) {
	t.Parallel()
	s := newSite(t, session.Door{})
	s.admin(t)
	b := s.browser(t)
	b.post("/accedi").wants(http.StatusUnprocessableEntity).says("Ci sono 2 cose da correggere")
	b.post("/accedi", "email", "ada@regione.it").wants(http.StatusUnprocessableEntity).says("C'è 1 cosa da correggere")
}

func TestNoFixation(t *testing.T) {
	t.Parallel()
	s := newSite(t, session.Door{})
	s.admin(t)
	s.account(t, "zoe@comune.it", facilitator())
	attacker := s.browser(t)
	attacker.signIn("zoe@comune.it")
	planted := attacker.token()
	victim := s.browser(t)
	victim.cookies["__Host-capillare"] = &http.Cookie{Name: "__Host-capillare", Value: planted}
	// The page would send a signed-in person on; a form sent all the same makes a session of its own.
	victim.signIn("ada@regione.it")
	if victim.token() == planted {
		t.Error("signing in kept the token that the browser brought along")
	}
	attacker.get("/agenda").to("/accedi?torna=%2Fagenda")
	invented := s.browser(t)
	invented.cookies["__Host-capillare"] = &http.Cookie{Name: "__Host-capillare", Value: strings.Repeat("A", 43)}
	invented.get("/lavoro").to("/accedi?torna=%2Flavoro")
	invented.signIn("ada@regione.it")
	if invented.token() == strings.Repeat("A", 43) {
		t.Error("signing in took a token that the browser made up")
	}
}

func TestPlainHTTP(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		base     string
		door     session.Door
		proto    string
		possible bool
	}{
		{"http://192.168.1.10:8080", session.Door{}, "", false},
		{"http://digitale.comune.it", session.Door{}, "https", false},
		{"http://digitale.comune.it", session.Door{Proxy: true}, "https", true},
		{"http://digitale.comune.it", session.Door{Proxy: true}, "http", false},
		{"https://192.168.1.10:8443", session.Door{}, "", true},
		{"http://127.0.0.1:8080", session.Door{}, "", true},
		{"http://[::1]:8080", session.Door{}, "", true},
		{"http://localhost", session.Door{}, "", true},
		{"http://localhost.evil.example", session.Door{}, "", false},
	} {
		s := newSite(t, c.door)
		s.admin(t)
		b := s.browser(t)
		b.base = c.base
		req := func(method, body string) *http.Request {
			r, err := http.NewRequestWithContext(t.Context(), method, c.base+"/accedi", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(c.base, "https:") {
				r = withTLS(r)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("X-Forwarded-Proto", c.proto)
			return r
		}
		page, sent := b.do(req(http.MethodGet, "")), b.do(req(http.MethodPost, "email=ada%40regione.it&password=sedia+lampo+torrente+4"))
		page.wants(http.StatusOK)
		if c.possible {
			sent.to("/lavoro")
			page.saysNot("--self-signed")
			continue
		}
		page.says("Da questo indirizzo non puoi accedere", "capillare serve --self-signed", "--behind-proxy").saysNot(`type="password"`)
		sent.wants(http.StatusUnprocessableEntity).says("capillare serve --self-signed")
		if b.token() != "" {
			t.Errorf("%s: a session was opened that no browser keeps", c.base)
		}
	}
}

func TestSessionEndsWhileWriting(t *testing.T) {
	t.Parallel()
	s := newSite(t, session.Door{})
	s.admin(t)
	s.account(t, "zoe@comune.it", facilitator())
	b := s.browser(t)
	b.signIn("zoe@comune.it")
	s.clock.Add(9 * time.Hour)
	b.referer = "/agenda?giorno=2026-11-24"
	b.post("/registra").to("/accedi?torna=%2Fagenda%3Fgiorno%3D2026-11-24")
	b.referer = ""
	b.post("/registra").to("/accedi?torna=%2Flavoro")
}

func TestGuard(t *testing.T) {
	t.Parallel()
	s := newSite(t, session.Door{})
	s.admin(t)
	s.account(t, "zoe@comune.it", facilitator())
	s.account(t, "ugo@comune.it", identity.Holding{})
	zoe, ugo := s.browser(t), s.browser(t)
	zoe.signIn("zoe@comune.it")
	ugo.signIn("ugo@comune.it")
	zoe.get("/agenda").wants(http.StatusOK)
	zoe.post("/registra").wants(http.StatusOK)
	zoe.get("/andamento").wants(http.StatusForbidden).says("Il tuo ruolo non permette questa azione", "Zoe Blu")
	zoe.get("/amministrazione").wants(http.StatusForbidden)
	zoe.get("/avvio/passi").wants(http.StatusForbidden)
	ugo.get("/agenda").wants(http.StatusForbidden)
	ugo.get("/lavoro").to("/profilo")
	ugo.get("/profilo").wants(http.StatusOK).says("Non hai ancora nessun ruolo")
	zoe.get("/nowhere").wants(http.StatusNotFound).says("Zoe Blu")
	// The menu holds what Zoe may open and what is there: this site has no page /servizi, no /centro.
	profile := zoe.get("/profilo").wants(http.StatusOK).says("Facilitatore o facilitatrice", "Agenda", "Registra").Body.String()
	for _, path := range []string{"/servizi", "/centro", "/andamento", "/amministrazione"} {
		if strings.Contains(profile, `href="`+path+`"`) {
			t.Errorf("the menu of a facilitator leads to %s", path)
		}
	}
}

func TestFirstPasswordMustChange(t *testing.T) {
	t.Parallel()
	s := newSite(t, session.Door{})
	admin := s.admin(t)
	id := s.account(t, "zoe@comune.it", facilitator())
	first, err := s.identity.ResetPassword(t.Context(), admin, id)
	if err != nil {
		t.Fatal(err)
	}
	b := s.browser(t)
	b.post("/accedi", "email", "zoe@comune.it", "password", first).to("/lavoro")
	b.get("/agenda").to("/profilo")
	b.get("/lavoro").to("/profilo")
	b.get("/profilo").wants(http.StatusOK).says("Scegli la tua password")
	before := b.token()
	b.post("/profilo", "old", "wrong wrong wrong", "new", good).wants(http.StatusUnprocessableEntity).says("La password attuale non è giusta").saysNot(good)
	b.post("/profilo", "old", first, "new", "short").wants(http.StatusUnprocessableEntity).says("usa almeno 12 caratteri")
	b.post("/profilo", "old", first, "new", good).to("/lavoro")
	if b.token() == before {
		t.Error("changing the password kept the token")
	}
	b.get("/lavoro").to("/agenda")
	b.get("/agenda").wants(http.StatusOK)
}

func TestPublicPostsAreLimited(t *testing.T) {
	t.Parallel()
	s := newSite(t, session.Door{})
	b := s.browser(t)
	for range 60 {
		b.post("/prenota").wants(http.StatusOK)
	}
	a := b.post("/prenota").wants(http.StatusTooManyRequests).says("Aspetta un minuto")
	if a.Header().Get("Retry-After") != "1" {
		t.Errorf("Retry-After = %q, want 1", a.Header().Get("Retry-After"))
	}
	s.clock.Add(time.Second)
	b.post("/prenota").wants(http.StatusOK)
}
