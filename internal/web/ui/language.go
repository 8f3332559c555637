package ui

import (
	"net/http"
	"slices"
	"strings"

	"capillare/internal/i18n"
)

const langCookie = "lang"

// langOf returns the language chosen by hand, else the one the browser asks for.
func langOf(r *http.Request) i18n.Lang {
	if c, err := r.Cookie(langCookie); err == nil && slices.Contains(i18n.Languages(), i18n.Lang(c.Value)) {
		return i18n.Lang(c.Value)
	}
	return i18n.Match(r.Header.Get("Accept-Language"))
}

// languageRoute is the switch of language: a plain link, so that it works without JavaScript.
func languageRoute() Route {
	return Route{Pattern: "GET /lingua", Access: Public, Handle: func(w http.ResponseWriter, r *http.Request) error {
		if to := i18n.Lang(r.FormValue("to")); slices.Contains(i18n.Languages(), to) {
			http.SetCookie(w, &http.Cookie{
				Name: langCookie, Value: string(to), Path: "/", MaxAge: 365 * 24 * 3600,
				HttpOnly: true, Secure: stateOf(r.Context()).server.Secure, SameSite: http.SameSiteLaxMode,
			})
		}
		return Redirect(w, r, LocalPath(r.FormValue("back")))
	}}
}

// LocalPath returns path when it leads inside this site, else "/". Use it on every address that
// comes from a form or a link before sending somebody there.
func LocalPath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return "/"
	}
	return path
}

// Redirect sends the browser to path with 303, after a form was done.
func Redirect(w http.ResponseWriter, r *http.Request, path string) error {
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}
