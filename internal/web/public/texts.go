package public

import (
	"net/http"
	"strings"

	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/network"
	"capillare/internal/web/ui"
)

// textPage names a page of words: the keys of its texts begin with "public." and its name.
type textPage struct {
	name     string
	sections []string
	// contacts puts the phone and the e-mail of the network under the words.
	contacts bool
}

func faqPage() textPage {
	return textPage{name: "faq", sections: []string{"cost", "who", "what", "account", "code", "change", "documents", "passwords", "cannot_move", "languages"}}
}
func reportPage() textPage {
	return textPage{name: "report", sections: []string{"what", "how", "after"}, contacts: true}
}
func privacyPage() textPage {
	return textPage{name: "privacy", sections: []string{"who", "why", "which", "must", "how_long", "who_sees", "rights", "cookies"}, contacts: true}
}
func legalPage() textPage {
	return textPage{name: "legal", sections: []string{"licence", "software", "data", "liability"}}
}
func accessibilityPage() textPage {
	return textPage{name: "accessibility", sections: []string{"state", "how", "feedback", "defender"}, contacts: true}
}

// words is a page of words, ready to be drawn.
type words struct {
	Lead     string
	Sections []wordSection
	// Contacts says whether phone and e-mail stand below.
	Contacts bool
	// NewHref is the text in force, where this one is not any more.
	NewHref string
}

// wordSection is a heading with what stands under it.
type wordSection struct {
	ID, Title string
	Blocks    []wordBlock
}

// wordBlock is a paragraph, or a list when Items is not empty.
type wordBlock struct {
	Text  string
	Items []string
}

func (d Deps) text(t textPage) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		now, err := d.current(r)
		if err != nil {
			return err
		}
		return d.showText(w, r, t, t.words(ui.PrinterOf(r), now))
	}
}

// showText draws a page of words that come with the program.
func (d Deps) showText(w http.ResponseWriter, r *http.Request, t textPage, text words) error {
	p := ui.NewPage(r, ui.PrinterOf(r).T("public."+t.name+".title"))
	p.Breadcrumb, p.Section = home(p), t.name
	p.Description = p.Printer.T("public." + t.name + ".lead")
	return ui.Render(w, r, http.StatusOK, textView(p, text))
}

// words reads the texts: a line is a paragraph, lines that begin with "- " are a list.
func (t textPage) words(p i18n.Printer, now network.Current) words {
	set := now.Setting
	args := errs.Args{
		"network": set.Name, "version": set.NoticeVersion, "phone": set.Phone, "email": set.Email,
		"contact_days": now.KeepDays(network.Contacts), "name_days": now.KeepDays(network.Names), "audit_days": now.KeepDays(network.Audit),
	}
	out := words{Lead: p.T("public."+t.name+".lead", args), Contacts: t.contacts}
	for _, s := range t.sections {
		key := "public." + t.name + "." + s
		out.Sections = append(out.Sections, wordSection{
			ID: s, Title: p.T(key + ".title"), Blocks: blocks(p.T(key+".text", args)),
		})
	}
	return out
}

func blocks(text string) []wordBlock {
	var out []wordBlock
	for line := range strings.SplitSeq(text, "\n") {
		item, isItem := strings.CutPrefix(line, "- ")
		switch {
		case !isItem:
			out = append(out, wordBlock{Text: line})
		case len(out) > 0 && len(out[len(out)-1].Items) > 0:
			out[len(out)-1].Items = append(out[len(out)-1].Items, item)
		default:
			out = append(out, wordBlock{Items: []string{item}})
		}
	}
	return out
}

// setting returns the setting of the network; before the set-up, an empty one.
func (d Deps) setting(r *http.Request) (network.Setting, error) {
	now, err := d.current(r)
	return now.Setting, err
}

// current returns what pages show of the network; before the set-up, nothing.
func (d Deps) current(r *http.Request) (network.Current, error) {
	now, err := d.Network.Current(r.Context())
	if errs.Of(err) == errs.NotFound {
		return network.Current{}, nil
	}
	return now, err
}

// home is the way back to the home page.
func home(p ui.Page, more ...ui.Link) []ui.Link {
	return append([]ui.Link{{Label: p.Printer.T("public.home.link"), Href: "/"}}, more...)
}
