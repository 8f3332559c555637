package identity

// Role is what a person is in the network; one person may hold many, each in a scope and for some days.
type Role string

// The roles of the network (it: ruoli).
const (
	Region            Role = "region"             // Regione: the programme and everybody's numbers, no citizens
	ManagingBody      Role = "managing_body"      // ente gestore: its project, points, people, register, upload
	DeliveringPartner Role = "delivering_partner" // soggetto realizzatore: only the points where it delivers
	Facilitator       Role = "facilitator"        // facilitatore: the agenda and the register of the own points
	Operator          Role = "operator"           // operatore del contact centre: books for other people
	Auditor           Role = "auditor"            // revisore: reads, changes nothing
	Administrator     Role = "administrator"      // amministratore: accounts and set-up, no personal data of citizens
)

// Roles lists every role, in the order in which pages show them.
func Roles() []Role {
	return []Role{Region, ManagingBody, DeliveringPartner, Facilitator, Operator, Auditor, Administrator}
}

// Permission is one thing that a person may do. They are few: a page asks for exactly one.
type Permission string

// The permissions. "See" never changes anything; whatever changes data has its own name.
const (
	SeePoints        Permission = "points.see"
	EditPoints       Permission = "points.edit" // details, hours, closures, state
	SeeBodies        Permission = "orgs.see"
	EditBodies       Permission = "orgs.edit"
	SeeFunding       Permission = "funding.see"
	EditFunding      Permission = "funding.edit"
	SeeFacilitators  Permission = "facilitators.see"
	EditFacilitators Permission = "facilitators.edit" // people, where they serve, duty
	SeeAgenda        Permission = "agenda.see"        // with the names and phones of who booked
	Book             Permission = "agenda.book"       // book, move and cancel for another person
	SeeRegister      Permission = "register.see"      // records, never a tax code in clear
	Record           Permission = "register.record"   // write a service, with tax codes
	SeeProgress      Permission = "monitoring.see"
	ExportNational   Permission = "facilita.export"
	RunImports       Permission = "imports.run"
	SeeAudit         Permission = "audit.see"
	ManageAccounts   Permission = "identity.manage"
	SetUpNetwork     Permission = "network.setup"
	Maintain         Permission = "upkeep.maintain" // health of the program, copies and their trials
)

// permissionsOf is the whole table of authority: what is not here is refused.
func permissionsOf(r Role) []Permission {
	switch r {
	case Region:
		return []Permission{SeePoints, EditPoints, SeeBodies, EditBodies, SeeFunding, EditFunding,
			SeeFacilitators, EditFacilitators, SeeProgress, RunImports, SeeAudit, SetUpNetwork}
	case ManagingBody:
		return []Permission{SeePoints, EditPoints, SeeBodies, SeeFunding, SeeFacilitators, EditFacilitators,
			SeeAgenda, Book, SeeRegister, Record, SeeProgress, ExportNational}
	case DeliveringPartner:
		return []Permission{SeePoints, EditPoints, SeeBodies, SeeFacilitators, EditFacilitators,
			SeeAgenda, Book, SeeRegister, SeeProgress}
	case Facilitator:
		return []Permission{SeePoints, SeeAgenda, Book, SeeRegister, Record}
	case Operator:
		return []Permission{SeePoints, SeeAgenda, Book}
	case Auditor:
		return []Permission{SeePoints, SeeBodies, SeeFunding, SeeFacilitators, SeeRegister, SeeProgress, SeeAudit}
	case Administrator:
		return []Permission{ManageAccounts, SetUpNetwork, Maintain, SeePoints, SeeBodies}
	}
	return nil
}
