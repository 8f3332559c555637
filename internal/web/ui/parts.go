package ui

import (
	"context"
	"html"
	"io"
	"strings"

	"github.com/a-h/templ"

	"capillare/internal/i18n"
)

// favicon is a data address, so that entry pages stay one request.
func favicon(p Page) templ.SafeURL {
	color := strings.TrimPrefix(loadAssets().palette(p.Network.Palette).Color, "#")
	return templ.SafeURL(strings.Replace(faviconData, "005f6b", color, 1))
}

const faviconData = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E" +
	"%3Crect width='32' height='32' rx='6' fill='%23005f6b'/%3E%3Cg fill='none' stroke='%23fff' stroke-width='2.5'%3E" +
	"%3Cpath d='M16 16V7M16 16l8 5M16 16l-8 5'/%3E%3C/g%3E%3Cg fill='%23fff'%3E%3Ccircle cx='16' cy='16' r='4'/%3E" +
	"%3Ccircle cx='16' cy='6' r='2.5'/%3E%3Ccircle cx='25' cy='22' r='2.5'/%3E%3Ccircle cx='7' cy='22' r='2.5'/%3E%3C/g%3E%3C/svg%3E"

// Icon draws an icon of Bootstrap Italia, decorative: the words stand beside it. It is drawn inside
// the page, so that no page waits for a sprite. Without built assets it draws nothing.
func Icon(name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		one, ok := loadAssets().icons[name]
		if !ok {
			return nil
		}
		_, err := io.WriteString(w, `<svg class="icon" aria-hidden="true" focusable="false" viewBox="`+
			html.EscapeString(one.viewBox)+`">`+one.body+`</svg>`)
		return err
	})
}

// useInline reports whether the sheet stands inside the page, and notes that it does: Render then
// adds its hash to the policy. Who has the linked sheet already is given that one, with its fonts; who
// comes from another page of ours is given it too, because more pages will follow.
func useInline(ctx context.Context, sheet string) bool {
	a, st := loadAssets(), stateOf(ctx)
	if !a.built || sheet != a.of(publicSheet, st.palette) || st.within || st.cached == a.hashes[sheet] {
		return false
	}
	st.inline = true
	return true
}

// linked notes that the page links sheet: Render then remembers that the browser has it.
func linked(ctx context.Context, sheet string) { stateOf(ctx).sheet = sheet }

func inlineSheet(ctx context.Context) templ.Component {
	a := loadAssets()
	return templ.Raw("<style>" + a.inline[a.palette(stateOf(ctx).palette).Name].text + "</style>")
}

func staffMenu(p Page) []MenuItem {
	if p.User == nil {
		return nil
	}
	return p.User.Menu
}

// current marks the open entry of a menu.
func current(yes bool) templ.Attributes {
	if !yes {
		return nil
	}
	return templ.Attributes{"aria-current": "page"}
}

func languageCode(lang i18n.Lang) string {
	if lang == i18n.Italian {
		return "ITA"
	}
	return "ENG"
}

// digits returns a telephone number without its blanks, for tel: links.
func digits(phone string) string {
	return strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, phone)
}
