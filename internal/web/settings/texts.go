package settings

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"capillare/internal/i18n"
	"capillare/internal/network"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// What the buttons of a text do.
const (
	doPublish = "publish"
	doDiscard = "discard"
)

// textRow is a legal text in the list.
type textRow struct {
	Name, State, Href, PublicHref string
	Draft                         bool
}

// textPage is the draft of a text.
type textPage struct {
	Form   *ui.Form
	Action string
	// Number is that of the draft; 0 when there is none yet.
	Number   int
	Versions []ui.Link
	Italian  []network.Block
	English  []network.Block
}

// publicPath is where people read a text.
func publicPath(kind network.TextKind) string {
	switch kind {
	case network.Privacy:
		return "/privacy"
	case network.Legal:
		return "/note-legali"
	case network.Accessibility:
		return "/accessibilita"
	}
	return "/condizioni"
}

func (d Deps) texts(w http.ResponseWriter, r *http.Request) error {
	all, err := d.Network.Versions(r.Context(), session.Actor(r))
	if err != nil {
		return err
	}
	p := frame(r, "texts")
	var rows []textRow
	for _, kind := range network.TextKinds() {
		row := textRow{Name: p.Printer.T("settings.text." + string(kind)), Href: home + "/testi/" + string(kind), PublicHref: publicPath(kind),
			State: p.Printer.T("settings.texts.built_in")}
		if !kind.BuiltIn() {
			row.State, row.PublicHref = p.Printer.T("settings.texts.nothing"), ""
		}
		for _, one := range slices.Backward(all[kind]) {
			if one.Draft() {
				row.Draft = true
			} else {
				row.State, row.PublicHref = versionLine(p.Printer, one), publicPath(kind)
			}
		}
		rows = append(rows, row)
	}
	return ui.Render(w, r, http.StatusOK, textsView(p, rows))
}

func versionLine(p i18n.Printer, t network.Text) string {
	return p.T("public.version.line", map[string]any{"number": t.Number, "day": p.DayYear(t.PublishedOn)})
}

func kindOf(r *http.Request) (network.TextKind, error) {
	kind := network.TextKind(r.PathValue("kind"))
	if !slices.Contains(network.TextKinds(), kind) {
		return "", network.ErrNoText
	}
	return kind, nil
}

func (d Deps) text(w http.ResponseWriter, r *http.Request) error {
	kind, err := kindOf(r)
	if err != nil {
		return err
	}
	draft, err := d.draftOf(r, kind)
	if err != nil {
		return err
	}
	return d.showText(w, r, kind, draft.Number, ui.NewForm(r, url.Values{"italian": {draft.Italian}, "english": {draft.English}}))
}

// draftOf returns the draft of kind. Without one it starts from the words in force, with number 0.
func (d Deps) draftOf(r *http.Request, kind network.TextKind) (network.Text, error) {
	draft, err := d.Network.DraftOf(r.Context(), session.Actor(r), kind)
	if err == nil || !errors.Is(err, network.ErrNoText) {
		return draft, err
	}
	now, _, err := d.current(r)
	if err != nil || now.Published[kind] == 0 {
		return network.Text{}, err
	}
	draft, err = d.Network.Published(r.Context(), kind, now.Published[kind])
	draft.Number = 0
	return draft, err
}

func (d Deps) saveText(w http.ResponseWriter, r *http.Request) error {
	kind, err := kindOf(r)
	if err != nil {
		return err
	}
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	who, number := session.Actor(r), form.Int("number")
	switch form.Text("do") {
	case doDiscard:
		if err := d.Network.Discard(r.Context(), who, kind); err != nil {
			return err
		}
		return ui.RedirectFlash(w, r, home+"/testi", ui.Success, "settings.texts.discarded")
	case doPublish:
		if err := d.Network.Publish(r.Context(), who, kind, number); err != nil {
			return err
		}
		return ui.RedirectFlash(w, r, home+"/testi", ui.Success, "settings.texts.published")
	}
	draft := network.Text{Kind: kind, Italian: form.Values.Get("italian"), English: form.Values.Get("english")}
	if err := form.Refuse(d.Network.SaveDraft(r.Context(), who, draft)); err != nil {
		return err
	}
	if len(form.Problems) > 0 {
		return d.showText(w, r, kind, number, form)
	}
	return ui.RedirectFlash(w, r, home+"/testi/"+string(kind)+"#bozza", ui.Success, "settings.texts.kept")
}

func (d Deps) showText(w http.ResponseWriter, r *http.Request, kind network.TextKind, number int, form *ui.Form) error {
	all, err := d.Network.PublishedVersions(r.Context(), kind)
	if err != nil {
		return err
	}
	p := frame(r, "texts")
	p.Title = p.Printer.T("settings.text." + string(kind))
	p.Breadcrumb = append(p.Breadcrumb, ui.Link{Label: p.Printer.T("settings.texts.title"), Href: home + "/testi"})
	v := textPage{Form: form, Action: home + "/testi/" + string(kind), Number: number}
	for _, one := range all {
		v.Versions = append(v.Versions, ui.Link{Label: versionLine(p.Printer, one), Href: publicPath(kind) + "/versione/" + strconv.Itoa(one.Number)})
	}
	if number > 0 && len(form.Problems) == 0 {
		if v.Italian, err = network.ParseText(form.Values.Get("italian")); err != nil {
			return err
		}
		if v.English, err = network.ParseText(form.Values.Get("english")); err != nil {
			return err
		}
	}
	return ui.Render(w, r, statusOf(form), textView(p, v))
}
