package managers

import (
	"capillare/internal/agenda"
	"capillare/internal/facilita"
	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/monitoring"
	"capillare/internal/network"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/web/ui"
)

// Deps is what the pages need from outside.
type Deps struct {
	Points       *points.Service
	Facilitators *facilitators.Service
	Agenda       *agenda.Service
	Orgs         *orgs.Service
	Funding      *funding.Service
	Network      *network.Service
	Territory    *territory.Service
	Monitoring   *monitoring.Service
	Facilita     *facilita.Service
	// Encoding is the usual encoding of the national file, and NoCode what its column AN4 says; empty
	// are those of package facilita.
	Encoding facilita.Encoding
	NoCode   string
}

// Routes returns every page of management.
func Routes(d Deps) []ui.Route {
	var routes []ui.Route
	add := func(perm identity.Permission, pattern string, h ui.Handler) {
		routes = append(routes, ui.Route{Pattern: pattern, Access: ui.Access(perm), Handle: h, MaxBody: 256 << 10})
	}
	add(identity.SeeFacilitators, "GET /gestione", d.start)
	d.pointRoutes(add)
	d.dutyRoutes(add)
	d.peopleRoutes(add)
	d.bodyRoutes(add)
	d.fundingRoutes(add)
	add(identity.SetUpNetwork, "GET /gestione/rete", d.setting)
	add(identity.SetUpNetwork, "POST /gestione/rete", d.saveSetting)
	add(identity.ExportNational, "GET /gestione/facilita", d.national)
	add(identity.ExportNational, "POST /gestione/facilita", d.download)
	return routes
}

type adder func(identity.Permission, string, ui.Handler)

func (d Deps) pointRoutes(add adder) {
	add(identity.SeePoints, "GET /gestione/punti", d.points)
	add(identity.SeePoints, "GET /gestione/punti.csv", d.pointsFile)
	add(identity.EditPoints, "GET /gestione/punti/nuovo", d.newPoint)
	add(identity.EditPoints, "POST /gestione/punti/nuovo", d.addPoint)
	add(identity.SeePoints, "GET /gestione/punti/{id}", d.point)
	add(identity.EditPoints, "GET /gestione/punti/{id}/modifica", d.editPoint)
	add(identity.EditPoints, "POST /gestione/punti/{id}/modifica", d.savePoint)
	add(identity.EditPoints, "GET /gestione/punti/{id}/orari/{address}", d.hours)
	add(identity.EditPoints, "POST /gestione/punti/{id}/orari/{address}", d.saveHours)
	add(identity.EditPoints, "GET /gestione/punti/{id}/chiusure", d.closures)
	add(identity.EditPoints, "POST /gestione/punti/{id}/chiusure", d.saveClosure)
	add(identity.EditPoints, "POST /gestione/punti/{id}/chiusure/togli", d.removeClosure)
	add(identity.EditPoints, "GET /gestione/punti/{id}/stato", d.state)
	add(identity.EditPoints, "POST /gestione/punti/{id}/stato", d.saveState)
}

func (d Deps) dutyRoutes(add adder) {
	add(identity.SeeFacilitators, "GET /gestione/punti/{id}/turni", d.duties)
	add(identity.EditFacilitators, "GET /gestione/punti/{id}/turni/nuovo", d.newDuty)
	add(identity.EditFacilitators, "POST /gestione/punti/{id}/turni/nuovo", d.addDuty)
	add(identity.EditFacilitators, "GET /gestione/punti/{id}/turni/{duty}/fine", d.endDuty)
	add(identity.EditFacilitators, "POST /gestione/punti/{id}/turni/{duty}/fine", d.saveDutyEnd)
}

func (d Deps) peopleRoutes(add adder) {
	add(identity.SeeFacilitators, "GET /gestione/facilitatori", d.people)
	add(identity.SeeFacilitators, "GET /gestione/facilitatori.csv", d.peopleFile)
	add(identity.EditFacilitators, "GET /gestione/facilitatori/nuovo", d.newPerson)
	add(identity.EditFacilitators, "POST /gestione/facilitatori/nuovo", d.addPerson)
	add(identity.SeeFacilitators, "GET /gestione/facilitatori/{id}", d.person)
	add(identity.EditFacilitators, "GET /gestione/facilitatori/{id}/modifica", d.editPerson)
	add(identity.EditFacilitators, "POST /gestione/facilitatori/{id}/modifica", d.savePerson)
	add(identity.EditFacilitators, "GET /gestione/facilitatori/{id}/punti", d.serve)
	add(identity.EditFacilitators, "POST /gestione/facilitatori/{id}/punti", d.saveServe)
	add(identity.EditFacilitators, "GET /gestione/facilitatori/{id}/punti/{point}/fine", d.endServe)
	add(identity.EditFacilitators, "POST /gestione/facilitatori/{id}/punti/{point}/fine", d.saveServeEnd)
	add(identity.EditFacilitators, "GET /gestione/facilitatori/{id}/assenze", d.absence)
	add(identity.EditFacilitators, "POST /gestione/facilitatori/{id}/assenze", d.saveAbsence)
	add(identity.EditFacilitators, "POST /gestione/facilitatori/{id}/assenze/togli", d.removeAbsence)
}

func (d Deps) bodyRoutes(add adder) {
	add(identity.SeeBodies, "GET /gestione/enti", d.bodies)
	add(identity.SeeBodies, "GET /gestione/enti.csv", d.bodiesFile)
	add(identity.EditBodies, "GET /gestione/enti/nuovo", d.newBody)
	add(identity.EditBodies, "POST /gestione/enti/nuovo", d.addBody)
	add(identity.SeeBodies, "GET /gestione/enti/{id}", d.body)
	add(identity.EditBodies, "GET /gestione/enti/{id}/modifica", d.editBody)
	add(identity.EditBodies, "POST /gestione/enti/{id}/modifica", d.saveBody)
	add(identity.EditBodies, "GET /gestione/enti/{id}/ruolo", d.newRole)
	add(identity.EditBodies, "POST /gestione/enti/{id}/ruolo", d.addRole)
}

func (d Deps) fundingRoutes(add adder) {
	add(identity.SeeFunding, "GET /gestione/programmi", d.programmes)
	add(identity.EditFunding, "GET /gestione/programmi/nuovo", d.newProgramme)
	add(identity.EditFunding, "POST /gestione/programmi/nuovo", d.addProgramme)
	add(identity.SeeFunding, "GET /gestione/programmi/{id}", d.programme)
	add(identity.EditFunding, "GET /gestione/programmi/{id}/modifica", d.editProgramme)
	add(identity.EditFunding, "POST /gestione/programmi/{id}/modifica", d.saveProgramme)
	add(identity.EditFunding, "GET /gestione/programmi/{id}/progetti/nuovo", d.newProject)
	add(identity.EditFunding, "POST /gestione/programmi/{id}/progetti/nuovo", d.addProject)
	add(identity.EditFunding, "GET /gestione/programmi/{id}/progetti/{project}", d.editProject)
	add(identity.EditFunding, "POST /gestione/programmi/{id}/progetti/{project}", d.saveProject)
	add(identity.EditFunding, "GET /gestione/programmi/{id}/obiettivi", d.target)
	add(identity.EditFunding, "POST /gestione/programmi/{id}/obiettivi", d.saveTarget)
	add(identity.EditFunding, "POST /gestione/programmi/{id}/obiettivi/togli", d.removeTarget)
}
