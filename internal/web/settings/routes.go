package settings

import (
	"capillare/internal/agenda"
	"capillare/internal/files"
	"capillare/internal/identity"
	"capillare/internal/messages"
	"capillare/internal/network"
	"capillare/internal/notify"
	"capillare/internal/territory"
	"capillare/internal/visits"
	"capillare/internal/waiting"
	"capillare/internal/web/ui"
)

// home is the address of the list of settings.
const home = "/gestione/rete"

// Deps is what the pages need from outside.
type Deps struct {
	Network   *network.Service
	Territory *territory.Service
	Files     *files.Service
	Messages  *messages.Service
	Notify    *notify.Service
	Identity  *identity.Service
	Agenda    *agenda.Service
	Waiting   *waiting.Service
	Visits    *visits.Service
}

// Routes returns every page of the settings, and the pictures of the network, which are for everybody.
func Routes(d Deps) []ui.Route {
	routes := []ui.Route{{Pattern: "GET /immagini/{id}", Access: ui.Public, Handle: d.picture}}
	add := func(pattern string, h ui.Handler, most int64) {
		routes = append(routes, ui.Route{Pattern: pattern, Access: ui.Access(identity.SetUpNetwork), Handle: h, MaxBody: most})
	}
	const form, file = 256 << 10, files.MaxSize + 256<<10
	add("GET "+home, d.index, form)
	add("GET "+home+"/nome", d.name, form)
	add("POST "+home+"/nome", d.saveName, form)
	add("GET "+home+"/telefono", d.phone, form)
	add("POST "+home+"/telefono", d.savePhone, form)
	add("GET "+home+"/aspetto", d.look, form)
	add("POST "+home+"/aspetto", d.saveLook, form)
	add("POST "+home+"/aspetto/logo", d.saveLogo, file)
	add("GET "+home+"/finanziamento", d.funding, form)
	add("POST "+home+"/finanziamento", d.saveFunding, form)
	add("POST "+home+"/finanziamento/logo", d.saveFunder, file)
	add("GET "+home+"/messaggi", d.messages, form)
	add("POST "+home+"/messaggi", d.saveMessages, form)
	add("POST "+home+"/messaggi/prova", d.sendTrial, form)
	add("GET "+home+"/avvisi", d.notices, form)
	add("POST "+home+"/avvisi", d.saveNotices, form)
	add("GET "+home+"/testi", d.texts, form)
	add("GET "+home+"/testi/{kind}", d.text, form)
	add("POST "+home+"/testi/{kind}", d.saveText, form)
	add("GET "+home+"/regole", d.rules, form)
	add("POST "+home+"/regole", d.saveRules, form)
	add("GET "+home+"/limiti", d.limits, form)
	add("POST "+home+"/limiti", d.saveLimits, form)
	add("GET "+home+"/risposte", d.answers, form)
	add("POST "+home+"/risposte", d.saveAnswers, form)
	add("GET "+home+"/opinioni", d.opinions, form)
	add("GET "+home+"/opinioni.csv", d.opinionsFile, form)
	add("GET "+home+"/conservazione", d.retention, form)
	add("POST "+home+"/conservazione", d.saveRetention, form)
	return routes
}
