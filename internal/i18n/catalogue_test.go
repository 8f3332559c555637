package i18n_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/i18n"
)

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

func TestLanguagesHaveTheSameTexts(t *testing.T) {
	t.Parallel()
	c := i18n.Default()
	if d := cmp.Diff(c.Keys(i18n.Italian), c.Keys(i18n.English)); d != "" {
		t.Errorf("keys of Italian (-) and English (+) differ:\n%s", d)
	}
	for _, key := range c.Keys(i18n.Italian) {
		it, _ := c.Text(i18n.Italian, key)
		en, _ := c.Text(i18n.English, key)
		if strings.TrimSpace(it) == "" || strings.TrimSpace(en) == "" {
			t.Errorf("%s: empty text", key)
		}
		if d := cmp.Diff(names(it), names(en)); d != "" {
			t.Errorf("%s: names differ:\n%s", key, d)
		}
		if strings.Contains(it, "{}") || strings.Count(it, "{") != len(placeholder.FindAllString(it, -1)) {
			t.Errorf("%s: broken braces in %q", key, it)
		}
	}
}

func names(text string) []string {
	found := placeholder.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// A list of kinds may have an "other" among its words ("orgs.kind.other"): it does not count anything.
func TestTextsThatCountComeInPairs(t *testing.T) {
	t.Parallel()
	c := i18n.Default()
	siblings := map[string]int{}
	for _, key := range c.Keys(i18n.Italian) {
		siblings[key[:strings.LastIndex(key, ".")+1]]++
	}
	for _, key := range c.Keys(i18n.Italian) {
		for _, pair := range [][2]string{{".one", ".other"}, {".other", ".one"}} {
			stem, counts := strings.CutSuffix(key, pair[0])
			if _, ok := c.Text(i18n.Italian, stem+pair[1]); counts && !ok && siblings[stem+"."] <= 2 {
				t.Errorf("%s has no %s", key, stem+pair[1])
			}
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, content, second string }{
		{"key twice in a file", "a.it.json", `{"a.b":"x","a.b":"y"}`, ""},
		{"key twice in two files", "a.it.json", `{"a.b":"x"}`, `{"a.b":"y"}`},
		{"nested", "a.it.json", `{"a.b":{"c":"x"}}`, ""},
		{"number", "a.it.json", `{"a.b":3}`, ""},
		{"unknown language", "a.xx.json", `{}`, ""},
		{"no language", "it.json", `{}`, ""},
		{"array", "a.it.json", `[]`, ""},
		{"truncated", "a.it.json", `{"a.b":"x"`, ""},
		{"two objects", "a.it.json", `{}{}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			fsys := fstest.MapFS{tt.file: {Data: []byte(tt.content)}}
			if tt.second != "" {
				fsys["b.it.json"] = &fstest.MapFile{Data: []byte(tt.second)}
			}
			if _, err := i18n.Load(fsys); err == nil {
				t.Errorf("Load(%s) = nil, want an error", tt.content)
			}
		})
	}
}

func TestPrinterFillsTexts(t *testing.T) {
	t.Parallel()
	c, err := i18n.Load(fstest.MapFS{
		"a.it.json": {Data: []byte(`{"a.hello":"Ciao {name}, {n} volte {day}","a.seats.one":"{n} posto","a.seats.other":"{n} posti","a.why":"{reason}: {kinds}"}`)},
		"a.en.json": {Data: []byte(`{"a.hello":"Hello {name}, {n} times {day}","a.seats.one":"{n} seat","a.seats.other":"{n} seats","a.why":"{reason}: {kinds}"}`)},
		"f.it.json": {Data: []byte(`{"format.weekday.2":"martedì"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	it, en := c.Printer(i18n.Italian), c.Printer(i18n.English)
	args := errs.Args{"name": "{n}", "n": 1234, "day": calendar.Weekday(2)}
	tests := []struct{ got, want string }{
		{it.T("a.hello", args), "Ciao {n}, 1.234 volte martedì"},
		{it.N("a.seats", 1), "1 posto"},
		{it.N("a.seats", 0), "0 posti"},
		{en.N("a.seats", 2000), "2,000 seats"},
		{it.T("a.none"), "[a.none]"},
		{c.Printer("xx").N("a.seats", 2), "2 posti"},
		{it.Refusal(errs.New(errs.Conflict, "a.hello").With(args)), "Ciao {n}, 1.234 volte martedì"},
		{it.T("a.why", errs.Args{
			"reason": errs.New(errs.Conflict, "a.hello").With(args), "kinds": []errs.TextKey{"format.weekday.2", "a.none"},
		}), "Ciao {n}, 1.234 volte martedì: martedì, [a.none]"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("printed %q, want %q", tt.got, tt.want)
		}
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		header string
		want   i18n.Lang
	}{
		{"", "it"}, {"it-IT,it;q=0.9,en;q=0.8", "it"}, {"en-GB", "en"}, {"de, en;q=0.5", "en"},
		{"fr", "it"}, {"en;q=0.1, it;q=0.9", "it"}, {";;;", "it"},
	}
	for _, tt := range tests {
		if got := i18n.Match(tt.header); got != tt.want {
			t.Errorf("Match(%q) = %q, want %q", tt.header, got, tt.want)
		}
	}
}
