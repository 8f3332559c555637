package managers

import (
	"capillare/internal/files"
	"capillare/internal/identity"
	"capillare/internal/web/ui"
)

func (d Deps) pointRoutes(add adder) {
	add(identity.SeePoints, "GET /gestione/punti", d.points)
	add(identity.SeePoints, "GET /gestione/punti.csv", d.pointsFile)
	add(identity.EditPoints, "GET /gestione/punti/nuovo", d.newPoint)
	add(identity.EditPoints, "POST /gestione/punti/nuovo", d.addPoint)
	add(identity.SeePoints, "GET /gestione/punti/{id}", d.point)
	add(identity.EditPoints, "GET /gestione/punti/{id}/modifica", d.editPoint)
	add(identity.EditPoints, "POST /gestione/punti/{id}/modifica", d.savePoint)
	add(identity.EditPoints, "GET /gestione/punti/{id}/stato", d.state)
	add(identity.EditPoints, "GET /gestione/punti/{id}/allestimento", d.tasks)
	add(identity.EditPoints, "POST /gestione/punti/{id}/allestimento", d.saveTasks)
	add(identity.SeePoints, "GET /gestione/punti/{id}/foto", d.photos)
	add(identity.EditPoints, "POST /gestione/punti/{id}/foto/togli", d.removePhoto)
	add(identity.SeePoints, "GET /gestione/punti/{id}/file/{file}", d.pointFile)
}

// openingRoutes are the pages of when points are open.
func (d Deps) openingRoutes(add adder) {
	add(identity.EditPoints, "GET /gestione/punti/{id}/orari/{address}", d.hours)
	add(identity.EditPoints, "POST /gestione/punti/{id}/orari/{address}", d.saveHours)
	add(identity.EditPoints, "GET /gestione/punti/{id}/orari/{address}/copia", d.copyHours)
	add(identity.EditPoints, "POST /gestione/punti/{id}/orari/{address}/copia", d.saveCopy)
	add(identity.EditPoints, "GET /gestione/punti/{id}/aperture", d.exceptions)
	add(identity.EditPoints, "POST /gestione/punti/{id}/aperture", d.saveException)
	add(identity.EditPoints, "POST /gestione/punti/{id}/aperture/togli", d.removeException)
	add(identity.EditPoints, "GET /gestione/punti/{id}/chiusure", d.closures)
	add(identity.EditPoints, "POST /gestione/punti/{id}/chiusure", d.saveClosure)
	add(identity.EditPoints, "POST /gestione/punti/{id}/chiusure/togli", d.removeClosure)
	add(identity.EditPoints, "GET /gestione/chiusure", d.wideClosures)
	add(identity.EditPoints, "POST /gestione/chiusure", d.saveWideClosure)
	add(identity.EditPoints, "POST /gestione/chiusure/togli", d.removeWideClosure)
	add(identity.EditPoints, "GET /gestione/comuni", d.patrons)
	add(identity.EditPoints, "GET /gestione/comuni.csv", d.patronsFile)
	add(identity.EditPoints, "GET /gestione/comuni/{belfiore}/patrono", d.patron)
	add(identity.EditPoints, "POST /gestione/comuni/{belfiore}/patrono", d.savePatron)
}

// formAround is what a form needs besides the file it sends.
const formAround = 256 << 10

// uploadRoutes are the pages that take a file.
func (d Deps) uploadRoutes() []ui.Route {
	upload := func(pattern string, h ui.Handler) ui.Route {
		return ui.Route{Pattern: pattern, Access: ui.Access(identity.EditPoints), Handle: h, MaxBody: files.MaxSize + formAround}
	}
	return []ui.Route{
		upload("POST /gestione/punti/{id}/stato", d.saveState),
		upload("POST /gestione/punti/{id}/foto", d.savePhoto),
	}
}
