package public

import (
	"net/http"

	"capillare/internal/network"
	"capillare/internal/web/ui"
)

// homePage is the first page.
type homePage struct {
	// Ready is false until somebody has set up the network.
	Ready bool
	// Points is how many points are open.
	Points int
	// Topics are the things we help with, in words; Codes are theirs, for the links.
	Topics []ui.Link
}

func (d Deps) home(w http.ResponseWriter, r *http.Request) error {
	set, err := d.setting(r)
	if err != nil {
		return err
	}
	p := ui.NewPage(r, ui.PrinterOf(r).T("public.home.title"))
	p.Inline, p.Description = true, p.Printer.T("public.home.lead")
	open, err := d.Points.Public(r.Context())
	if err != nil {
		return err
	}
	view := homePage{Ready: set != network.Setting{}, Points: len(open)}
	for _, code := range homeTopics() {
		view.Topics = append(view.Topics, ui.Link{Label: topicName(p.Printer, code), Href: "/punti?tema=" + code})
	}
	return ui.Render(w, r, http.StatusOK, homeView(p, view))
}
