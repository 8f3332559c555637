// Package ui is what every page of Capillare is made of (it: l'interfaccia): the frame of a page, its
// components and form fields, and the plumbing between net/http and the pages: routes as data, one
// place where refusals become statuses, security headers, language, reading of forms, the files
// under /static.
//
// Its rules: a page is a templ component rendered whole before the first byte leaves; no text stands
// in Go or templ code, only keys of package i18n; no inline script and no style attribute, because
// the content security policy refuses them; everything works without JavaScript; a handler returns
// an error and never writes an error page itself; nothing personal is logged.
//
// It does not know who is signed in or what they may do: package web hands it a Guard and a function
// that fills the frame. It holds no page of any audience.
package ui
