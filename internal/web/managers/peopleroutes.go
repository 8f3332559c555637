package managers

import "capillare/internal/identity"

func (d Deps) dutyRoutes(add adder) {
	add(identity.SeeFacilitators, "GET /gestione/punti/{id}/turni", d.duties)
	add(identity.EditFacilitators, "GET /gestione/punti/{id}/turni/nuovo", d.newDuty)
	add(identity.EditFacilitators, "POST /gestione/punti/{id}/turni/nuovo", d.addDuty)
	add(identity.SeeFacilitators, "GET /gestione/punti/{id}/turni/{duty}", d.duty)
	add(identity.EditFacilitators, "GET /gestione/punti/{id}/turni/{duty}/giorno/{day}", d.once)
	add(identity.EditFacilitators, "POST /gestione/punti/{id}/turni/{duty}/giorno/{day}", d.saveOnce)
	add(identity.EditFacilitators, "GET /gestione/punti/{id}/turni/{duty}/modifica", d.changeDuty)
	add(identity.EditFacilitators, "POST /gestione/punti/{id}/turni/{duty}/modifica", d.saveDutyChange)
	add(identity.EditFacilitators, "GET /gestione/punti/{id}/turni/{duty}/fine", d.endDuty)
	add(identity.EditFacilitators, "POST /gestione/punti/{id}/turni/{duty}/fine", d.saveDutyEnd)
}

func (d Deps) peopleRoutes(add adder) {
	add(identity.SeeFacilitators, "GET /gestione/facilitatori", d.people)
	add(identity.SeeFacilitators, "POST /gestione/facilitatori", d.searchPeople)
	add(identity.SeeFacilitators, "GET /gestione/facilitatori.csv", d.peopleFile)
	add(identity.SeeFacilitators, "POST /gestione/facilitatori.csv", d.peopleFile)
	add(identity.SeeFacilitators, "GET /gestione/punti-senza-nessuno", d.alone)
	add(identity.SeeFacilitators, "GET /gestione/punti-senza-nessuno.csv", d.aloneFile)
	add(identity.EditFacilitators, "GET /gestione/facilitatori/nuovo", d.newPerson)
	add(identity.EditFacilitators, "POST /gestione/facilitatori/nuovo", d.addPerson)
	add(identity.SeeFacilitators, "GET /gestione/facilitatori/{id}", d.person)
	add(identity.EditFacilitators, "GET /gestione/facilitatori/{id}/modifica", d.editPerson)
	add(identity.EditFacilitators, "POST /gestione/facilitatori/{id}/modifica", d.savePerson)
	add(identity.EditFacilitators, "GET /gestione/facilitatori/{id}/consegne", d.askLeave)
	add(identity.EditFacilitators, "POST /gestione/facilitatori/{id}/consegne", d.leave)
	add(identity.EditFacilitators, "GET /gestione/facilitatori/{id}/unisci", d.askMerge)
	add(identity.EditFacilitators, "POST /gestione/facilitatori/{id}/unisci", d.findTwin)
	add(identity.EditFacilitators, "GET /gestione/facilitatori/{id}/unisci/{other}", d.compareTwins)
	add(identity.EditFacilitators, "POST /gestione/facilitatori/{id}/unisci/{other}", d.mergeTwins)
	add(identity.EditFacilitators, "POST /gestione/facilitatori/{id}/unioni/{merge}/annulla", d.undoTwins)
	add(identity.EditFacilitators, "GET /gestione/facilitatori/{id}/punti", d.serve)
	add(identity.EditFacilitators, "POST /gestione/facilitatori/{id}/punti", d.saveServe)
	add(identity.EditFacilitators, "GET /gestione/facilitatori/{id}/punti/{point}/fine", d.endServe)
	add(identity.EditFacilitators, "POST /gestione/facilitatori/{id}/punti/{point}/fine", d.saveServeEnd)
	add(identity.EditFacilitators, "GET /gestione/facilitatori/{id}/assenze", d.absence)
	add(identity.EditFacilitators, "POST /gestione/facilitatori/{id}/assenze", d.saveAbsence)
	add(identity.EditFacilitators, "POST /gestione/facilitatori/{id}/assenze/togli", d.removeAbsence)
	add(identity.EditFacilitators, "GET /gestione/facilitatori/{id}/assenze/{absence}", d.oneAbsence)
	add(identity.EditFacilitators, "POST /gestione/facilitatori/{id}/assenze/{absence}/sostituto", d.substitute)
}
