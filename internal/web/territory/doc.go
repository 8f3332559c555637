// Package territory is the door through which official files of the territory come in (it: le pagine del
// territorio): what is loaded and from when, files sent together or in a zip, a preview of what they
// change, and the import, all or nothing.
//
// Its rules: sending files changes nothing; the preview says why a file was left out and which rows are
// wrong; what cannot be done has no button. It reads no file and decides nothing: package
// internal/territory does. The public page of sources stands with the public pages, and coverage in the
// door of the region.
package territory

import (
	"capillare/internal/identity"
	"capillare/internal/network"
	"capillare/internal/territory"
	"capillare/internal/web/ui"
)

// Deps is what the pages need from outside.
type Deps struct {
	Territory *territory.Service
	Network   *network.Service
	Identity  *identity.Service
}

// home is the address of the page with what is loaded.
const home = "/gestione/territorio"

// margin is what a form adds to its files.
const margin = 256 << 10

// Routes returns the pages of the territory.
func Routes(d Deps) []ui.Route {
	var routes []ui.Route
	add := func(pattern string, body int64, h ui.Handler) {
		routes = append(routes, ui.Route{Pattern: pattern, Access: ui.Access(identity.SetUpNetwork), Handle: h, MaxBody: body})
	}
	add("GET "+home, 0, d.start)
	add("POST "+home, territory.MaxUploadBytes+margin, d.send)
	add("GET "+home+"/file/{id}", 0, d.preview)
	add("POST "+home+"/file/{id}/applica", 0, d.apply)
	add("POST "+home+"/file/{id}/butta-via", 0, d.discard)
	return routes
}
