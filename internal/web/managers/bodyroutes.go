package managers

import "capillare/internal/identity"

func (d Deps) bodyRoutes(add adder) {
	add(identity.SeeBodies, "GET /gestione/enti", d.bodies)
	add(identity.SeeBodies, "GET /gestione/enti.csv", d.bodiesFile)
	add(identity.EditBodies, "GET /gestione/enti/nuovo", d.newBody)
	add(identity.EditBodies, "POST /gestione/enti/nuovo", d.addBody)
	add(identity.SeeBodies, "GET /gestione/enti/{id}", d.body)
	add(identity.EditBodies, "GET /gestione/enti/{id}/modifica", d.editBody)
	add(identity.EditBodies, "POST /gestione/enti/{id}/modifica", d.saveBody)
	add(identity.EditBodies, "GET /gestione/enti/{id}/fine", d.endBody)
	add(identity.EditBodies, "POST /gestione/enti/{id}/fine", d.saveBodyEnd)
	add(identity.EditBodies, "POST /gestione/enti/{id}/riapri", d.reopenBody)
	add(identity.EditBodies, "GET /gestione/enti/{id}/ruolo", d.newRole)
	add(identity.EditBodies, "POST /gestione/enti/{id}/ruolo", d.addRole)
	add(identity.EditBodies, "GET /gestione/enti/{id}/ruolo/{name}/{from}/fine", d.endRole)
	add(identity.EditBodies, "POST /gestione/enti/{id}/ruolo/{name}/{from}/fine", d.saveRoleEnd)
	add(identity.EditBodies, "GET /gestione/enti/{id}/unisci", d.mergeBody)
	add(identity.EditBodies, "POST /gestione/enti/{id}/unisci", d.saveMerge)
	add(identity.EditBodies, "POST /gestione/enti/{id}/unioni/{merge}/annulla", d.undoMerge)
}

func (d Deps) fundingRoutes(add adder) {
	add(identity.SeeFunding, "GET /gestione/programmi", d.programmes)
	add(identity.SeeFunding, "GET /gestione/programmi.csv", d.programmesFile)
	add(identity.EditFunding, "GET /gestione/programmi/nuovo", d.newProgramme)
	add(identity.EditFunding, "POST /gestione/programmi/nuovo", d.addProgramme)
	add(identity.SeeFunding, "GET /gestione/programmi/{id}", d.programme)
	add(identity.EditFunding, "GET /gestione/programmi/{id}/modifica", d.editProgramme)
	add(identity.EditFunding, "POST /gestione/programmi/{id}/modifica", d.saveProgramme)
	add(identity.EditFunding, "GET /gestione/programmi/{id}/fine", d.endProgramme)
	add(identity.EditFunding, "POST /gestione/programmi/{id}/fine", d.saveProgrammeEnd)
	add(identity.EditFunding, "POST /gestione/programmi/{id}/riapri", d.reopenProgramme)
	add(identity.EditFunding, "GET /gestione/programmi/{id}/obiettivi", d.target)
	add(identity.EditFunding, "POST /gestione/programmi/{id}/obiettivi", d.saveTarget)
	add(identity.EditFunding, "POST /gestione/programmi/{id}/obiettivi/togli", d.removeTarget)
	d.projectRoutes(add)
}

func (d Deps) projectRoutes(add adder) {
	add(identity.SeeFunding, "GET /gestione/progetti", d.projects)
	add(identity.SeeFunding, "GET /gestione/progetti.csv", d.projectsFile)
	add(identity.EditFunding, "GET /gestione/programmi/{id}/progetti/nuovo", d.newProject)
	add(identity.EditFunding, "POST /gestione/programmi/{id}/progetti/nuovo", d.addProject)
	add(identity.SeeFunding, "GET /gestione/programmi/{id}/progetti/{project}", d.project)
	add(identity.EditFunding, "GET /gestione/programmi/{id}/progetti/{project}/modifica", d.editProject)
	add(identity.EditFunding, "POST /gestione/programmi/{id}/progetti/{project}/modifica", d.saveProject)
	add(identity.EditFunding, "GET /gestione/programmi/{id}/progetti/{project}/fine", d.endProject)
	add(identity.EditFunding, "POST /gestione/programmi/{id}/progetti/{project}/fine", d.saveProjectEnd)
	add(identity.EditFunding, "POST /gestione/programmi/{id}/progetti/{project}/riapri", d.reopenProject)
}
