package ui

import (
	"context"
	"net/http"

	"capillare/internal/errs"
	"capillare/internal/i18n"
)

// Page is the frame of a page: everything around its content. NewPage fills it.
type Page struct {
	// Lang and Printer are the language of the page.
	Lang    i18n.Lang
	Printer i18n.Printer
	// Title is the name of the page, as in its h1; the name of the network is added in the tab.
	Title string
	// Description is one sentence for search engines; empty on pages of staff.
	Description string
	// Path is the address of the page with its query, for the switch of language.
	Path string
	// Inline puts the public sheet inside the page: entry pages only, one request, no script.
	Inline bool
	// Section is the ID of the menu entry that is open.
	Section string
	// Network is who runs the service.
	Network Network
	// Menu is the menu of the public pages; that of staff is in User.
	Menu []MenuItem
	// User is who is signed in; nil for nobody.
	User *UserBadge
	// Flash is the sentence left by the page before.
	Flash *Flash
	// Breadcrumb is the way here, from Home to the parent; the page itself is added.
	Breadcrumb []Link
	// Wide drops the column of reading width: tables and agendas.
	Wide bool
}

// Network is who runs the service, as header and footer show it.
type Network struct {
	Name, Tagline, Region    string
	Phone, PhoneHours, Email string
	// PhoneNow says whether somebody answers at this moment, and when next; empty when it is not known.
	PhoneNow string
	// Palette is the name of the colours; empty is the usual one.
	Palette string
	// Logo stands beside the name; without Src it is the mark of the program.
	Logo Picture
	// Funding says who pays, and Funders are their emblems: under every page, on paper too.
	Funding string
	Funders []Picture
	// Terms says that the network has terms of use.
	Terms bool
	// AccessibilityURL is the declaration on form.agid.gov.it; empty means our own page.
	AccessibilityURL string
	// Demo says that every person shown is invented.
	Demo bool
}

// Picture is an image with its size, so that nothing moves while it comes.
type Picture struct {
	Src, Alt      string
	Width, Height int
}

// UserBadge is who is signed in, and the menu of what they may open.
type UserBadge struct {
	Name, Role string
	// Menu is the main menu; its first four entries are the bar at the foot of a phone.
	Menu []MenuItem
	// Account is the small menu under the name. Signing out is added.
	Account []Link
}

// MenuItem is one entry of a menu.
type MenuItem struct {
	ID, Label, Href string
	// Icon is a name such as "it-calendar", for the bar of phones. Write it as IconName("it-calendar").
	Icon IconName
}

// Link is a text that leads somewhere.
type Link struct{ Label, Href string }

// Tone is the meaning of a colour, always said in words or by an icon as well.
type Tone string

// The tones.
const (
	Info    Tone = "info"
	Success Tone = "success"
	Warning Tone = "warning"
	Danger  Tone = "danger"
	Neutral Tone = "neutral"
)

func (t Tone) known() Tone {
	switch t {
	case Success, Warning, Danger, Neutral:
		return t
	}
	return Info
}

func (t Tone) icon() IconName {
	switch t {
	case Success:
		return IconName("it-check-circle")
	case Warning:
		return IconName("it-warning-circle")
	case Danger:
		return IconName("it-error")
	}
	return IconName("it-info-circle")
}

// IconName is the name of an icon of Bootstrap Italia. The asset step finds the names in use by
// looking for Icon("it-...") and IconName("it-...") in the sources, so always write them literally.
type IconName string

// NewPage returns the frame for a page of r called title, filled by Server.Frame.
func NewPage(r *http.Request, title string) Page {
	st := stateOf(r.Context())
	p := Page{
		Lang: st.printer.Lang(), Printer: st.printer, Title: title,
		Path: r.URL.RequestURI(), Flash: st.flash,
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		p.Path = r.URL.Path
	}
	if st.server.Frame != nil {
		st.server.Frame(r, &p)
	}
	return p
}

// T returns the text of key in the language of the page being rendered: for templates.
func T(ctx context.Context, key string, args ...errs.Args) string {
	return Printer(ctx).T(key, args...)
}

// N is T for texts that count.
func N(ctx context.Context, key string, n int, args ...errs.Args) string {
	return Printer(ctx).N(key, n, args...)
}

// bottom returns the entries of the bar at the foot of a phone.
func (u *UserBadge) bottom() []MenuItem { return u.Menu[:min(4, len(u.Menu))] }

func (p Page) tab() string {
	if p.Network.Name == "" || p.Title == p.Network.Name {
		return p.Title
	}
	return p.Title + " – " + p.Network.Name
}

func (p Page) accessibility() string {
	if p.Network.AccessibilityURL != "" {
		return p.Network.AccessibilityURL
	}
	return "/accessibilita"
}
