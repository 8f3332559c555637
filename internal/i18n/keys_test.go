package i18n_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"capillare/internal/i18n"
)

// The ways in which sources name a text. The test of the test is TestKeysInFindsEveryWay.
var keyUses = []*regexp.Regexp{
	regexp.MustCompile(`\bT\((?:ctx,\s*)?"([a-z0-9_.]+)"`),
	regexp.MustCompile(`\bN\((?:ctx,\s*)?"([a-z0-9_.]+)"()`),
	regexp.MustCompile(`errs\.New\(errs\.\w+,\s*"([a-z0-9_.]+)"`),
	regexp.MustCompile(`\.Add\([^,()]+,\s*"([a-z0-9_]+\.[a-z0-9_.]+)"`),
	regexp.MustCompile(`RedirectFlash\(.*,\s*"([a-z0-9_]+\.[a-z0-9_.]+)"\)`),
}

// keysIn returns the keys that source names; those that count with ".one" behind.
func keysIn(source string) []string {
	var keys []string
	for _, use := range keyUses {
		for _, m := range use.FindAllStringSubmatch(source, -1) {
			if len(m) == 3 {
				m[1] += ".one"
			}
			keys = append(keys, m[1])
		}
	}
	return keys
}

func TestKeysInFindsEveryWay(t *testing.T) {
	t.Parallel()
	source := `ui.T(ctx, "a.b") p.T("c.d", x) p.N("e.f", 2) errs.New(errs.Invalid, "g.h")
		form.Problems.Add("field", "i.j") ui.RedirectFlash(w, r, "/x", ui.Success, "k.l") h.Add("Vary", "Cookie")`
	got := keysIn(source)
	want := []string{"a.b", "c.d", "e.f.one", "g.h", "i.j", "k.l"}
	if !slices.Equal(got, want) {
		t.Errorf("keysIn = %v, want %v", got, want)
	}
}

func TestEveryKeyInUseHasItsText(t *testing.T) {
	t.Parallel()
	all := i18n.Default().Keys(i18n.Italian)
	seen := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !source(path) {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, key := range keysIn(string(raw)) {
			seen++
			if !has(all, key) {
				t.Errorf("%s: no text for %q", path, key)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 50 {
		t.Errorf("%d keys found in the sources, want at least 50: has the search gone blind?", seen)
	}
}

func source(path string) bool {
	return strings.HasSuffix(path, ".templ") ||
		strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, "_templ.go")
}

// has reports whether key exists; a key that ends in a dot is the head of a key made at run time.
func has(all []string, key string) bool {
	if head, ok := strings.CutSuffix(key, ".one"); ok && strings.HasSuffix(head, ".") {
		key = head
	}
	if strings.HasSuffix(key, ".") {
		return slices.ContainsFunc(all, func(k string) bool { return strings.HasPrefix(k, key) })
	}
	return slices.Contains(all, key)
}
