package public_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// browser walks the pages as one without JavaScript does: links, forms, cookies, redirects.
type browser struct {
	t       *testing.T
	h       http.Handler
	cookies map[string]string
	// header is sent with every request.
	header http.Header
	// path, status, size and page are those of the last answer; size is in bytes as sent.
	path   string
	status int
	size   int
	body   string
	page   *html.Node
	answer http.Header
}

func (w *world) browser(t *testing.T) *browser {
	t.Helper()
	return &browser{t: t, h: w.h, cookies: map[string]string{}, header: http.Header{"Accept-Encoding": {"gzip"}, "Accept-Language": {"it"}}}
}

// get opens a page.
func (b *browser) get(path string) *browser {
	b.t.Helper()
	return b.send(http.MethodGet, path, nil)
}

func (b *browser) send(method, path string, form url.Values) *browser {
	b.t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, "https://servizi.example.it"+path, body)
	r.Header = b.header.Clone()
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookies[c.Name] = c.Value
	}
	if to := w.Header().Get("Location"); to != "" {
		return b.get(to)
	}
	b.path, b.status, b.answer, b.size = path, w.Code, w.Header(), w.Body.Len()
	b.read(w)
	return b
}

func (b *browser) read(w *httptest.ResponseRecorder) {
	b.t.Helper()
	var from io.Reader = w.Body
	if w.Header().Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(w.Body)
		if err != nil {
			b.t.Fatal(err)
		}
		from = z
	}
	all, err := io.ReadAll(from)
	if err != nil {
		b.t.Fatal(err)
	}
	b.body = string(all)
	if b.page, err = html.Parse(bytes.NewReader(all)); err != nil {
		b.t.Fatal(err)
	}
}

// click follows the first link of the main part whose words hold label.
func (b *browser) click(label string) *browser {
	b.t.Helper()
	for n := range mainOf(b.page).Descendants() {
		if n.Data == "a" && strings.Contains(words(n), label) {
			return b.get(attr(n, "href"))
		}
	}
	b.t.Fatalf("%s has no link %q", b.path, label)
	return b
}

// press sends the form with the button whose words hold label; fields are name, value... and replace
// what the form holds.
func (b *browser) press(label string, fields ...string) *browser {
	b.t.Helper()
	form, button := b.formOf(label)
	values := holds(form)
	for i := 0; i+1 < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	if name := attr(button, "name"); name != "" {
		values.Set(name, attr(button, "value"))
	}
	if attr(form, "method") == "post" {
		return b.send(http.MethodPost, attr(form, "action"), values)
	}
	return b.get(attr(form, "action") + "?" + values.Encode())
}

func (b *browser) formOf(label string) (form, button *html.Node) {
	b.t.Helper()
	for f := range b.page.Descendants() {
		if f.Data != "form" {
			continue
		}
		for n := range f.Descendants() {
			if n.Data == "button" && strings.Contains(words(n), label) {
				return f, n
			}
		}
	}
	b.t.Fatalf("%s has no button %q; it says: %s", b.path, label, short(b.text()))
	return nil, nil
}

// holds returns what a form would send untouched.
func holds(form *html.Node) url.Values {
	values := url.Values{}
	for n := range form.Descendants() {
		name := attr(n, "name")
		switch {
		case name == "" || n.Type != html.ElementNode:
		case n.Data == "input" && slices.Contains([]string{"checkbox", "radio"}, attr(n, "type")):
			if has(n, "checked") {
				values.Add(name, attr(n, "value"))
			}
		case n.Data == "input":
			values.Add(name, attr(n, "value"))
		case n.Data == "textarea":
			values.Add(name, words(n))
		case n.Data == "select":
			for o := range n.Descendants() {
				if o.Data == "option" && has(o, "selected") {
					values.Set(name, attr(o, "value"))
				}
			}
		}
	}
	return values
}

// field returns what the field called name holds now.
func (b *browser) field(name string) string {
	b.t.Helper()
	for f := range b.page.Descendants() {
		if f.Data == "form" {
			if v, ok := holds(f)[name]; ok {
				return strings.Join(v, ",")
			}
		}
	}
	return ""
}

// choices returns the values of the radio buttons called name.
func (b *browser) choices(name string) []string {
	var out []string
	for n := range b.page.Descendants() {
		if n.Data == "input" && attr(n, "type") == "radio" && attr(n, "name") == name {
			out = append(out, attr(n, "value"))
		}
	}
	return out
}

// text returns the words of the main part of the page.
func (b *browser) text() string { return words(mainOf(b.page)) }

// says fails unless the page has the status and holds all the words.
func (b *browser) says(status int, all ...string) *browser {
	b.t.Helper()
	if b.status != status {
		b.t.Fatalf("%s answers %d, want %d; it says: %s", b.path, b.status, status, short(b.text()))
	}
	for _, want := range all {
		if !strings.Contains(b.text(), want) {
			b.t.Errorf("%s does not say %q; it says: %s", b.path, want, short(b.text()))
		}
	}
	return b
}

// silent fails when the page holds one of the words, anywhere.
func (b *browser) silent(all ...string) *browser {
	b.t.Helper()
	for _, unwanted := range all {
		if strings.Contains(b.body, unwanted) {
			b.t.Errorf("%s says %q", b.path, unwanted)
		}
	}
	return b
}

// short keeps a failure readable.
func short(text string) string {
	if runes := []rune(text); len(runes) > 400 {
		return string(runes[:400]) + "…"
	}
	return text
}

func words(n *html.Node) string {
	var out []string
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "style" && d.Parent.Data != "script" {
			out = append(out, d.Data)
		}
	}
	return strings.Join(strings.Fields(strings.Join(out, " ")), " ")
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}
