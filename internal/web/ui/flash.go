package ui

import (
	"net/http"
	"strings"

	"capillare/internal/i18n"
)

// Flash is one sentence shown once at the top of the next page: what was just done.
type Flash struct {
	// Tone gives the colour and the icon.
	Tone Tone
	// Text is the sentence, in the language of the page.
	Text string
}

const flashCookie = "flash"

// RedirectFlash sends the browser to path, where the text of key is shown once.
// The cookie carries the key and nothing of what the person did.
func RedirectFlash(w http.ResponseWriter, r *http.Request, path string, tone Tone, key string) error {
	http.SetCookie(w, stateOf(r.Context()).server.flash(string(tone)+"|"+key, 60))
	return Redirect(w, r, path)
}

func (s *Server) flash(value string, age int) *http.Cookie {
	name := flashCookie
	if s.Secure {
		name = "__Host-" + name
	}
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	}
}

// takeFlash reads the sentence left by the page before and forgets it.
func (s *Server) takeFlash(w http.ResponseWriter, r *http.Request, p i18n.Printer) *Flash {
	c, err := r.Cookie(s.flash("", 0).Name)
	if err != nil || r.Method != http.MethodGet || strings.HasPrefix(r.URL.Path, "/static/") {
		return nil
	}
	http.SetCookie(w, s.flash("", -1))
	tone, key, _ := strings.Cut(c.Value, "|")
	if !p.Has(key) {
		return nil
	}
	return &Flash{Tone: Tone(tone).known(), Text: p.T(key)}
}
