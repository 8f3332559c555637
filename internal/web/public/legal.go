package public

import (
	"net/http"
	"strconv"

	"capillare/internal/i18n"
	"capillare/internal/network"
	"capillare/internal/web/ui"
)

// legalText is the page of a legal text of the network. Until one is published, the words are those that
// come with the program: version 1.
type legalText struct {
	textPage
	kind network.TextKind
	path string
}

func legalPages() []legalText {
	return []legalText{
		{privacyPage(), network.Privacy, "/privacy"},
		{legalPage(), network.Legal, "/note-legali"},
		{accessibilityPage(), network.Accessibility, "/accessibilita"},
		{textPage{name: "terms", contacts: true}, network.Terms, "/condizioni"},
	}
}

// legalVersion is a published text, ready to be drawn.
type legalVersion struct {
	Blocks []network.Block
	// Line says which version it is and since when; Old that another one is in force.
	Line string
	Old  bool
	// Lang is Italian where the text has no English.
	Lang         i18n.Lang
	Contacts     bool
	Href         string
	VersionsHref string
}

// legal shows the text in force.
func (d Deps) legal(t legalText) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		now, err := d.current(r)
		if err != nil {
			return err
		}
		if n := now.Published[t.kind]; n > 0 {
			return d.showLegal(w, r, t, n, n)
		}
		return d.builtIn(w, r, t, now)
	}
}

// legalVersion shows the version that the address names.
func (d Deps) legalVersion(t legalText) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		now, err := d.current(r)
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(r.PathValue("number"))
		switch {
		case err != nil:
			return network.ErrNoText
		case n == network.BuiltInNumber:
			return d.builtIn(w, r, t, now)
		}
		return d.showLegal(w, r, t, n, now.Published[t.kind])
	}
}

// builtIn shows the words that come with the program.
func (d Deps) builtIn(w http.ResponseWriter, r *http.Request, t legalText, now network.Current) error {
	if !t.kind.BuiltIn() {
		return network.ErrNoText
	}
	text := t.words(ui.PrinterOf(r), now)
	if now.Published[t.kind] > 0 {
		text.NewHref = t.path
	}
	return d.showText(w, r, t.textPage, text)
}

func (d Deps) showLegal(w http.ResponseWriter, r *http.Request, t legalText, number, inForce int) error {
	text, err := d.Network.Published(r.Context(), t.kind, number)
	if err != nil {
		return err
	}
	p := ui.NewPage(r, ui.PrinterOf(r).T("public."+t.name+".title"))
	p.Breadcrumb, p.Section = home(p), t.name
	view := legalVersion{Old: number != inForce, Lang: i18n.Italian, Contacts: t.contacts, Href: t.path, VersionsHref: t.path + "/versioni",
		Line: versionLine(p.Printer, text)}
	body := text.Italian
	if p.Lang == i18n.English && text.English != "" {
		body, view.Lang = text.English, i18n.English
	}
	if view.Blocks, err = network.ParseText(body); err != nil {
		return err
	}
	if !view.Old {
		p.Description = p.Printer.T("public." + t.name + ".lead")
	}
	return ui.Render(w, r, http.StatusOK, legalView(p, view))
}

func versionLine(p i18n.Printer, t network.Text) string {
	return p.T("public.version.line", map[string]any{"number": t.Number, "day": p.DayYear(t.PublishedOn)})
}

// legalVersions lists the versions of a text, the newest first.
func (d Deps) legalVersions(t legalText) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		all, err := d.Network.PublishedVersions(r.Context(), t.kind)
		if err != nil {
			return err
		}
		if len(all) == 0 && !t.kind.BuiltIn() {
			return network.ErrNoText
		}
		p := ui.NewPage(r, ui.PrinterOf(r).T("public.version.title"))
		p.Breadcrumb, p.Section = home(p, ui.Link{Label: p.Printer.T("public." + t.name + ".title"), Href: t.path}), t.name
		var links []ui.Link
		for _, one := range all {
			links = append(links, ui.Link{Label: versionLine(p.Printer, one), Href: t.path + "/versione/" + strconv.Itoa(one.Number)})
		}
		if t.kind.BuiltIn() {
			links = append(links, ui.Link{Label: p.Printer.T("public.version.first"), Href: t.path + "/versione/" + strconv.Itoa(network.BuiltInNumber)})
		}
		return ui.Render(w, r, http.StatusOK, versionsView(p, p.Printer.T("public."+t.name+".title"), links))
	}
}
