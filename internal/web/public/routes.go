package public

import (
	"net/http"

	"capillare/internal/agenda"
	"capillare/internal/campaigns"
	"capillare/internal/coverage"
	"capillare/internal/i18n"
	"capillare/internal/kinds"
	"capillare/internal/network"
	"capillare/internal/opendata"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/sealed"
	"capillare/internal/territory"
	"capillare/internal/visits"
	"capillare/internal/waiting"
	"capillare/internal/web/ui"
)

// Deps is what the pages need from outside.
type Deps struct {
	Points    *points.Service
	Agenda    *agenda.Service
	Kinds     *kinds.Service
	Waiting   *waiting.Service
	Visits    *visits.Service
	Campaigns *campaigns.Service
	Territory *territory.Service
	Network   *network.Service
	OpenData  *opendata.Service
	Coverage  *coverage.Service
	// Orgs names who runs points.
	Orgs *orgs.Service
	// Keys make of an address of the internet a number that lives one day.
	Keys *sealed.Keys
	// ClientIP returns where a request comes from, the same for all of one subscriber; nil means the other
	// end of the connection.
	ClientIP func(*http.Request) string
	// BaseURL is the address of the site without a slash at the end, for the QR of a receipt: ""
	// means the address the request came to.
	BaseURL string
	// Guesses limits how often somebody may try codes; nil sets no limit.
	Guesses Guesses
}

// Guesses is the limit on codes tried by one client. Only wrong ones count.
type Guesses interface {
	// Allow refuses (errs.Unavailable with ui.RetryArg) who has tried too many wrong codes.
	Allow(r *http.Request) error
	// Miss notes a wrong code.
	Miss(r *http.Request)
}

// Menu returns the main menu of the public pages.
func Menu(p i18n.Printer) []ui.MenuItem {
	return []ui.MenuItem{
		{ID: "points", Label: p.T("public.menu.points"), Href: "/punti", Icon: ui.IconName("it-map-marker")},
		{ID: "booking", Label: p.T("public.menu.booking"), Href: "/prenotazione", Icon: ui.IconName("it-calendar")},
		{ID: "faq", Label: p.T("public.menu.faq"), Href: "/domande-frequenti", Icon: ui.IconName("it-help-circle")},
	}
}

// Routes returns every public page.
func Routes(d Deps) []ui.Route {
	var routes []ui.Route
	add := func(pattern string, h ui.Handler) {
		routes = append(routes, ui.Route{Pattern: pattern, Access: ui.Public, Handle: h, MaxBody: 64 << 10})
	}
	add("GET /{$}", d.home)
	add("GET /punti", d.search)
	add("GET /punti/{code}", d.point)
	add("GET "+townsPath, d.towns)
	add("GET "+townsPath+"/{code}", d.town)
	add("GET /prenota", d.startBooking)
	add("GET /prenota/{code}", d.chooseTime)
	add("POST /prenota/{code}", d.hold)
	for _, s := range steps() {
		add("GET /prenotazione/b/{key}/"+s.path, d.showStep(s))
		add("POST /prenotazione/b/{key}/"+s.path, d.takeStep(s))
	}
	add("GET /prenotazione", d.askCode)
	add("POST /prenotazione", d.readCode)
	add("POST "+lostPath, d.sendCodes)
	add("GET /prenotazione/{by}/{key}", d.receipt)
	add("GET /prenotazione/{by}/{key}/appuntamento.ics", d.calendarFile)
	add("GET /prenotazione/{by}/{key}/punto", d.otherPoint)
	add("GET /prenotazione/{by}/{key}/orario", d.otherTimes)
	add("POST /prenotazione/{by}/{key}/orario", d.move)
	add("GET /prenotazione/{by}/{key}/disdici", d.askCancel)
	add("POST /prenotazione/{by}/{key}/disdici", d.cancel)
	add("POST /prenotazione/{by}/{key}/meno", d.oneFewer)
	add("POST /prenotazione/{by}/{key}"+ratePath, d.askWhy)
	add("POST /prenotazione/{by}/{key}"+ratePath+"/invia", d.rate)
	add("GET /campagne/{code}", d.campaign)
	d.waitingRoutes(add)
	d.visitRoutes(add)
	add("GET /domande-frequenti", d.text(faqPage()))
	add("GET /segnala", d.text(reportPage()))
	for _, page := range legalPages() {
		add("GET "+page.path, d.legal(page))
		add("GET "+page.path+"/versioni", d.legalVersions(page))
		add("GET "+page.path+"/versione/{number}", d.legalVersion(page))
	}
	add("GET "+sourcesPath, d.sources)
	add("GET "+dataPath, d.dataPage)
	for _, f := range opendata.Formats() {
		add("GET "+dataPath+"/"+f.File, d.dataFile(f))
	}
	return routes
}
