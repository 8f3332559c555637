// Package imports is the door through which files come in (it: le pagine delle importazioni): send a
// file, see what it changes, correct its wrong rows, apply it or throw it away; templates to fill in.
//
// Its rules: sending a file never changes anything; a page says what is wrong by row and column of the
// spreadsheet, with the reason and what to do; only a batch without anything wrong has the button that
// applies it. While a job is at work the page of the batch refreshes itself, without a script, until
// somebody asks it not to.
//
// It does not read files and decides nothing about rows: package internal/imports does.
package imports

import (
	"capillare/internal/identity"
	"capillare/internal/imports"
	"capillare/internal/web/ui"
)

// Deps is what the pages need from outside.
type Deps struct {
	Imports  *imports.Service
	Identity *identity.Service
}

// home is the address of the list.
const home = "/gestione/importa"

// correctPath follows the address of a batch; one step more, because templates stand beside the batches.
const correctPath = "/righe/correggi"

// margin is what a form adds to its file.
const margin = 64 << 10

// maxCorrections is the largest form of corrections: some rows of long cells.
const maxCorrections = 4 << 20

// Routes returns the pages of the imports.
func Routes(d Deps) []ui.Route {
	var routes []ui.Route
	add := func(pattern string, h ui.Handler) {
		routes = append(routes, ui.Route{Pattern: pattern, Access: ui.Access(identity.RunImports), Handle: h})
	}
	add("GET "+home, d.start)
	routes = append(routes, ui.Route{Pattern: "POST " + home, Access: ui.Access(identity.RunImports), Handle: d.send, MaxBody: imports.MaxBytes + margin})
	add("GET "+home+"/modello/{file}", d.template)
	add("GET "+home+"/{id}", d.batch)
	add("POST "+home+"/{id}/applica", d.apply)
	add("POST "+home+"/{id}/butta-via", d.discard)
	add("POST "+home+"/{id}/ferma", d.stop)
	add("POST "+home+"/{id}/riprendi", d.resume)
	add("GET "+home+"/{id}"+correctPath, d.rows)
	routes = append(routes, ui.Route{Pattern: "POST " + home + "/{id}" + correctPath, Access: ui.Access(identity.RunImports), Handle: d.correct, MaxBody: maxCorrections})
	add("GET "+home+"/{id}/da-correggere/{file}", d.wrongFile)
	return routes
}
