package settings

import (
	"errors"
	"net/http"

	"capillare/internal/identity"
	"capillare/internal/network"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// frame returns the frame of a page of settings, with the way to it.
func frame(r *http.Request, key string) ui.Page {
	p := ui.NewPage(r, ui.PrinterOf(r).T("settings."+key+".title"))
	p.Section = "manage"
	start := ui.Link{Label: p.Printer.T("managers.start.title"), Href: "/gestione"}
	if !session.Actor(r).Can(identity.SeeFacilitators) {
		start = ui.Link{Label: p.Printer.T("settings.accounts"), Href: "/amministrazione"}
	}
	p.Breadcrumb = []ui.Link{start}
	if key != "index" {
		p.Breadcrumb = append(p.Breadcrumb, ui.Link{Label: p.Printer.T("settings.index.title"), Href: home})
	}
	return p
}

// current returns the settings in force; before the set-up, those a form starts from.
func (d Deps) current(r *http.Request) (now network.Current, ready bool, err error) {
	now, err = d.Network.Current(r.Context())
	if errors.Is(err, network.ErrNotSetUp) {
		return network.Current{Setting: network.Usual()}, false, nil
	}
	return now, err == nil, err
}

// change applies fn to the setting and goes back to the list, or shows the form again. Whatever is wrong
// that no field of this page can show stands above the form.
func (d Deps) change(w http.ResponseWriter, r *http.Request, form *ui.Form, fn func(*network.Setting), again func(http.ResponseWriter, *http.Request, *ui.Form) error) error {
	if len(form.Problems) == 0 {
		if err := form.Refuse(d.Network.Change(r.Context(), session.Actor(r), fn)); err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return again(w, r, form)
	}
	return ui.RedirectFlash(w, r, home, ui.Success, "settings.saved")
}

// statusOf is that of a page with a form: refused, or simply shown.
func statusOf(form *ui.Form) int {
	if len(form.Problems) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}
