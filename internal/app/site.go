package app

import (
	"context"
	"net/http"
	"strings"
	"time"

	"capillare/internal/config"
	"capillare/internal/facilita"
	"capillare/internal/sqldb"
	"capillare/internal/web"
	"capillare/internal/web/account"
	webcalls "capillare/internal/web/calls"
	"capillare/internal/web/centre"
	"capillare/internal/web/desk"
	webfeeds "capillare/internal/web/feeds"
	webimports "capillare/internal/web/imports"
	"capillare/internal/web/managers"
	"capillare/internal/web/public"
	"capillare/internal/web/region"
	"capillare/internal/web/session"
	"capillare/internal/web/settings"
	webterritory "capillare/internal/web/territory"
	"capillare/internal/web/ui"
	"capillare/internal/web/upkeep"
)

// Prepare does what must be there before the first request: the municipalities, and the token of the
// first administrator when there is none.
func (a *App) Prepare(ctx context.Context) error {
	if _, err := a.Territory.Load(ctx); err != nil {
		return err
	}
	has, err := a.Identity.HasAdministrator(ctx)
	if err == nil && !has {
		a.token = account.NewSetupToken()
	}
	return err
}

// SetUpToken opens the page of the first administrator; it is empty when there is one.
func (a *App) SetUpToken() string { return a.token }

// site puts the pages of all audiences together.
func (a *App) site(w config.Web) (http.Handler, error) {
	door := session.Door{Proxy: w.Proxy}
	a.publicURL = strings.TrimSuffix(w.PublicURL, "/")
	return web.New(web.Deps{
		Identity: a.Identity, Network: a.Network, Territory: a.Territory, Files: a.Files, Door: door, Now: a.DB.Now, Log: a.Log, Secure: w.Secure(),
		PublicMenu: public.Menu, Routes: a.routes(w, door),
	})
}

// routes lists every page, door by door: a page that is not here does not exist.
func (a *App) routes(w config.Web, door session.Door) []ui.Route {
	all := [][]ui.Route{
		public.Routes(public.Deps{Waiting: a.Waiting, Visits: a.Visits, Points: a.Points, Campaigns: a.Campaigns, Agenda: a.Agenda, Kinds: a.Kinds, Territory: a.Territory, Network: a.Network, OpenData: a.OpenData, Coverage: a.Coverage, Orgs: a.Orgs, Keys: a.Keys,
			ClientIP: door.Neighbourhood, BaseURL: strings.TrimSuffix(w.PublicURL, "/"), Guesses: web.NewGuesses(door)}),
		account.Routes(account.Deps{Identity: a.Identity, Network: a.Network, Orgs: a.Orgs, Funding: a.Funding, Points: a.Points,
			Facilitators: a.Facilitators, Messages: a.Messages, BaseURL: strings.TrimSuffix(w.PublicURL, "/"), Door: door, SetupToken: a.token}),
		desk.Routes(desk.Deps{Notify: a.Notify, Agenda: a.Agenda, Register: a.Register, Points: a.Points, Facilitators: a.Facilitators, Network: a.Network, Territory: a.Territory,
			Orgs: a.Orgs, Kinds: a.Kinds}),
		centre.Routes(centre.Deps{Notify: a.Notify, Waiting: a.Waiting, Visits: a.Visits, Facilitators: a.Facilitators, Identity: a.Identity, Agenda: a.Agenda, Kinds: a.Kinds, Points: a.Points, Territory: a.Territory, Network: a.Network}),
		managers.Routes(managers.Deps{Points: a.Points, Campaigns: a.Campaigns, Kinds: a.Kinds, Files: a.Files, Identity: a.Identity, Facilitators: a.Facilitators, Agenda: a.Agenda, Orgs: a.Orgs, Funding: a.Funding,
			Network: a.Network, Territory: a.Territory, Monitoring: a.Monitoring, Facilita: a.Facilita,
			Encoding: facilita.Encoding(a.facilita.Encoding), NoCode: a.facilita.AN4}),
		region.Routes(region.Deps{Monitoring: a.Monitoring, Register: a.Register, Points: a.Points, Orgs: a.Orgs, Funding: a.Funding,
			Facilitators: a.Facilitators, Coverage: a.Coverage, Territory: a.Territory, Network: a.Network}),
		settings.Routes(settings.Deps{Waiting: a.Waiting, Visits: a.Visits, Network: a.Network, Territory: a.Territory, Files: a.Files, Messages: a.Messages, Identity: a.Identity, Agenda: a.Agenda, Notify: a.Notify}),
		webcalls.Routes(webcalls.Deps{Calls: a.Calls, Points: a.Points}),
		webfeeds.Routes(webfeeds.Deps{Feeds: a.Feeds, Points: a.Points, Facilitators: a.Facilitators, BaseURL: strings.TrimSuffix(w.PublicURL, "/"), Guesses: web.NewGuesses(door)}),
		webterritory.Routes(webterritory.Deps{Territory: a.Territory, Network: a.Network, Identity: a.Identity}),
		webimports.Routes(webimports.Deps{Imports: a.Imports, Identity: a.Identity}),
		upkeep.Routes(upkeep.Deps{Backups: a.Backups, Identity: a.Identity, Health: a.health(w)}),
		{{Pattern: "GET /stato", Access: ui.Public, Handle: a.state}},
	}
	var routes []ui.Route
	for _, some := range all {
		routes = append(routes, some...)
	}
	return routes
}

// state answers whoever watches the program: 200 when the database answers.
func (a *App) state(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := a.DB.Ping(ctx); err != nil {
		a.Log.Error("state: the database does not answer", "err", err)
		return sqldb.ErrBusy
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, err := w.Write([]byte("ok\n"))
	return err
}
