package ui_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"capillare/internal/web/ui"
)

// failing is a component that cannot be rendered.
type failing struct{}

func (failing) Render(context.Context, io.Writer) error { return errors.New("broken") }

// faults returns what is wrong with a page: the checks that need no browser.
func faults(page string) []string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	note := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	ids, labelled, count := map[string]int{}, map[string]bool{}, map[string]int{}
	var all []*html.Node
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		all = append(all, n)
		count[n.Data]++
		if id := attr(n, "id"); id != "" {
			ids[id]++
		}
		if n.Data == "label" {
			labelled[attr(n, "for")] = true
		}
	}
	for id, times := range ids {
		if times > 1 {
			note("id %q stands %d times", id, times)
		}
	}
	for _, one := range []string{"h1", "main", "title"} {
		if count[one]-titlesOfDrawings(all, one) != 1 {
			note("%d <%s>, want 1", count[one], one)
		}
	}
	for _, n := range all {
		for _, fault := range nodeFaults(n, ids, labelled) {
			note("%s", fault)
		}
	}
	return out
}

func titlesOfDrawings(all []*html.Node, name string) int {
	if name != "title" {
		return 0
	}
	return len(slices.DeleteFunc(slices.Clone(all), func(n *html.Node) bool { return n.Data != "title" || n.Namespace != "svg" }))
}

func nodeFaults(n *html.Node, ids map[string]int, labelled map[string]bool) []string {
	var out []string
	if attr(n, "style") != "" {
		out = append(out, "style attribute on "+n.Data)
	}
	if n.Data == "script" && (attr(n, "src") == "" || n.FirstChild != nil) {
		out = append(out, "inline script")
	}
	for _, a := range n.Attr {
		if strings.HasPrefix(a.Key, "on") {
			out = append(out, a.Key+" on "+n.Data)
		}
	}
	for _, name := range []string{"for", "aria-describedby", "aria-labelledby", "list"} {
		for id := range strings.FieldsSeq(attr(n, name)) {
			if ids[id] == 0 {
				out = append(out, fmt.Sprintf("%s of %s points at %q, which is not there", name, n.Data, id))
			}
		}
	}
	if href := attr(n, "href"); n.Data == "a" && strings.HasPrefix(href, "#") && ids[href[1:]] == 0 {
		out = append(out, "link to "+href+", which is not there")
	}
	switch n.Data {
	case "input", "select", "textarea":
		if attr(n, "type") != "hidden" && !labelled[attr(n, "id")] && attr(n, "aria-label") == "" {
			out = append(out, n.Data+" "+attr(n, "name")+" has no label")
		}
	case "a", "button", "summary":
		if strings.TrimSpace(words(n)) == "" && attr(n, "aria-label") == "" {
			out = append(out, n.Data+" without words")
		}
	}
	if strings.Contains(words(n), "[ui.") || strings.Contains(words(n), "[form.") || strings.Contains(words(n), "[errors.") {
		out = append(out, "a text is missing in "+n.Data)
	}
	return out
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func TestSamplePagesAreSound(t *testing.T) {
	t.Parallel()
	h := site(t, ui.Server{})
	for _, route := range samples() {
		for _, lang := range []string{"it", "en"} {
			for _, staff := range []string{"", "yes"} {
				path := strings.TrimPrefix(route.Pattern, "GET ")
				w := visit(h, path, "Accept-Language", lang, "Staff", staff)
				if w.Code != 200 {
					t.Fatalf("GET %s = %d, want 200", path, w.Code)
				}
				for _, fault := range faults(w.Body.String()) {
					t.Errorf("%s in %s, staff %q: %s", path, lang, staff, fault)
				}
			}
		}
	}
}

func TestFaultsFindsPlantedFaults(t *testing.T) {
	t.Parallel()
	for planted, want := range map[string]string{
		`<p id="a"></p><p id="a"></p>`:     `id "a" stands 2 times`,
		`<input id="b" name="b">`:          "has no label",
		`<p style="color:red">x</p>`:       "style attribute",
		`<script>x()</script>`:             "inline script",
		`<p onclick="x()">x</p>`:           "onclick",
		`<a href="#none">x</a>`:            "link to #none",
		`<a href="/"></a>`:                 "a without words",
		`<h1>two</h1>`:                     "2 <h1>",
		`<p>[ui.none]</p>`:                 "a text is missing",
		`<p aria-describedby="none">x</p>`: "aria-describedby",
		`<button><svg></svg></button>`:     "button without words",
		`<title>a</title><title>b</title>`: "<title>",
	} {
		got := strings.Join(faults(`<title>t</title><main><h1>one</h1></main>`+planted), "; ")
		if !strings.Contains(got, want) {
			t.Errorf("faults(%s) = %q, want %q", planted, got, want)
		}
	}
}

func TestOptionalFieldsSaySo(t *testing.T) {
	t.Parallel()
	page := visit(site(t, ui.Server{}), "/sample/form").Body.String()
	if got := strings.Count(page, "(facoltativo)"); got != 2 {
		t.Errorf("%d optional fields marked, want 2", got)
	}
	if !strings.Contains(page, "Data di nascita: Scrivi la data così: 24/11/2026.") {
		t.Error("the list of what is wrong does not name the field")
	}
}
