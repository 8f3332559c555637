package ui_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"capillare/internal/web/ui"
)

func needAssets(t *testing.T) {
	t.Helper()
	if err := ui.CheckAssets(); errors.Is(err, ui.ErrNoAssets) {
		t.Skip("SKIPPED, NOTHING WAS CHECKED: ", err)
	}
}

// fetch returns a static file as it travels, compressed when it can be.
func fetch(t *testing.T, name string) []byte {
	t.Helper()
	w := visit(site(t, ui.Server{}), ui.Asset(name), "Accept-Encoding", "gzip")
	if w.Code != 200 || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" {
		t.Fatalf("GET %s = %d, Cache-Control %q, want 200 for a year", ui.Asset(name), w.Code, w.Header().Get("Cache-Control"))
	}
	return w.Body.Bytes()
}

func unzip(t *testing.T, body []byte) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := out.ReadFrom(z); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestBudgets(t *testing.T) {
	t.Parallel()
	needAssets(t)
	for name, most := range map[string]int{"public.css": 14_000, "staff.css": 25_000, "app.js": 25_000} {
		if got := len(fetch(t, name)); got > most || got == 0 {
			t.Errorf("%s travels in %d bytes, want 1 to %d", name, got, most)
		}
	}
	if got := ui.InlineSize(); got > 14_000 || got == 0 {
		t.Errorf("the inlined sheet takes %d bytes compressed, want 1 to 14000", got)
	}
}

func TestEntryPageIsOneRequest(t *testing.T) {
	t.Parallel()
	needAssets(t)
	h := site(t, ui.Server{})
	w := visit(h, "/sample/search")
	page := w.Body.String()
	if strings.Contains(page, "/static/") || !strings.Contains(page, "<style>") {
		t.Error("an entry page asks for files, want everything inside")
	}
	if !strings.Contains(w.Header().Get("Content-Security-Policy"), "style-src 'self' 'sha256-") {
		t.Errorf("policy = %q, want the hash of the inlined sheet", w.Header().Get("Content-Security-Policy"))
	}
	var cookie string
	for _, c := range visit(h, "/sample/form").Result().Cookies() {
		cookie = c.Name + "=" + c.Value
	}
	again := visit(h, "/sample/search", "Cookie", cookie)
	if strings.Contains(again.Body.String(), "<style>") || strings.Contains(again.Header().Get("Content-Security-Policy"), "sha256") {
		t.Error("who has the sheet is given it again inside the page")
	}
}

func TestStaleAddressIsNotKept(t *testing.T) {
	t.Parallel()
	needAssets(t)
	w := visit(site(t, ui.Server{}), "/static/old/app.js")
	if w.Code != 200 || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("GET of an old address = %d, Cache-Control %q, want 200 and no-cache", w.Code, w.Header().Get("Cache-Control"))
	}
}

var (
	urls       = regexp.MustCompile(`url\((/static/[^)]+)\)`)
	selector   = regexp.MustCompile(`\.(-?[_a-zA-Z][\w-]*)`)
	classAttr  = regexp.MustCompile(`class="([^"]*)"`)
	classExpr  = regexp.MustCompile(`class=\{([^}]*)\}`)
	inQuotes   = regexp.MustCompile(`"([^"]*)"`)
	iconInUse  = regexp.MustCompile(`Icon(?:Name)?\(\s*"(it-[a-z0-9-]+)"`)
	hooksOnly  = []string{"active", "noprint"}
	sheetFiles = []string{"public.css", "staff.css"}
)

func TestSheetsPointAtFilesThatAreThere(t *testing.T) {
	t.Parallel()
	needAssets(t)
	h := site(t, ui.Server{})
	for _, sheet := range sheetFiles {
		found := urls.FindAllStringSubmatch(unzip(t, fetch(t, sheet)), -1)
		if len(found) != 5 {
			t.Errorf("%s names %d fonts, want 5", sheet, len(found))
		}
		for _, m := range found {
			if w := visit(h, m[1]); w.Code != 200 || w.Header().Get("Content-Type") != "font/woff2" {
				t.Errorf("%s: GET %s = %d %s, want a font", sheet, m[1], w.Code, w.Header().Get("Content-Type"))
			}
		}
	}
}

// templates returns the text of every template under internal/web, by path.
func templates(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".templ") {
			return err
		}
		raw, err := os.ReadFile(path)
		out[path] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func classesOf(source string) []string {
	var out []string
	for _, m := range classAttr.FindAllStringSubmatch(source, -1) {
		out = append(out, strings.Fields(m[1])...)
	}
	for _, m := range classExpr.FindAllStringSubmatch(source, -1) {
		for _, q := range inQuotes.FindAllStringSubmatch(m[1], -1) {
			out = append(out, strings.Fields(q[1])...)
		}
	}
	return out
}

func TestEveryClassHasARule(t *testing.T) {
	t.Parallel()
	needAssets(t)
	rules := map[string]bool{}
	for _, m := range selector.FindAllStringSubmatch(unzip(t, fetch(t, "staff.css")), -1) {
		rules[m[1]] = true
	}
	for path, source := range templates(t) {
		for _, class := range classesOf(source) {
			// A class that ends in a dash is the head of one made at run time.
			if !rules[class] && !strings.HasSuffix(class, "-") && !strings.HasSuffix(class, ".css") && !slices.Contains(hooksOnly, class) {
				t.Errorf("%s: no rule for class %q: write one in assets, or run \"npm run build\"", path, class)
			}
		}
	}
}

func TestClassesOf(t *testing.T) {
	t.Parallel()
	got := classesOf(`<p class="a b"><i class={ "c", templ.KV("d", x.Y) }></i>`)
	if !slices.Equal(got, []string{"a", "b", "c", "d"}) {
		t.Errorf("classesOf = %v, want a b c d", got)
	}
}

func TestEveryIconIsInTheSprite(t *testing.T) {
	t.Parallel()
	needAssets(t)
	sprite := unzip(t, fetch(t, "sprites.svg"))
	for path, source := range templates(t) {
		for _, m := range iconInUse.FindAllStringSubmatch(source, -1) {
			if !strings.Contains(sprite, `id="`+m[1]+`"`) {
				t.Errorf("%s: icon %s is not built in: run \"npm run build\"", path, m[1])
			}
		}
	}
}
