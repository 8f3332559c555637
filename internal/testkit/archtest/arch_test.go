package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func tree(t *testing.T) (root string, files []File) {
	t.Helper()
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	files, err = Files(root)
	if err != nil {
		t.Fatal(err)
	}
	return root, files
}

func TestImportsGoDownTheMap(t *testing.T) {
	t.Parallel()
	root, files := tree(t)
	floors, err := Floors(root)
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, f := range files {
		if f.Test || strings.HasPrefix(f.Package, "cmd/") {
			continue
		}
		from := home(f.Package)
		used[from] = true
		floor, ok := floors[from]
		if !ok {
			t.Errorf("%s: package %s is not on the map of ARCHITECTURE.md: give it a floor", f.Path, from)
			continue
		}
		for _, path := range f.Imports() {
			to, ours := strings.CutPrefix(path, Module+"/internal/")
			if !ours || home(to) == from {
				continue
			}
			if up, ok := floors[home(to)]; !ok || up >= floor {
				t.Errorf("%s: %s must not import %s, which stands on its own floor or above: move the code down, or publish a fact (jobs.Bus)", f.Path, from, to)
			}
		}
	}
	for pkg := range floors {
		if !used[pkg] {
			t.Errorf("ARCHITECTURE.md names %s, which has no code: an empty package is a promise nobody keeps", pkg)
		}
	}
}

func TestForbiddenImports(t *testing.T) {
	t.Parallel()
	_, files := tree(t)
	for _, f := range files {
		if f.Test {
			continue
		}
		for _, b := range bans() {
			if slices.Contains(b.except, home(f.Package)) {
				continue
			}
			if b.name != "" {
				for _, line := range f.Uses(b.path, b.name) {
					t.Errorf("%s:%d: %s.%s: %s", f.Path, line, b.path, b.name, b.reason)
				}
				continue
			}
			for _, path := range f.Imports() {
				if path == b.path || strings.HasSuffix(b.path, "/") && strings.HasPrefix(path, b.path) {
					t.Errorf("%s: import %s: %s", f.Path, path, b.reason)
				}
			}
		}
	}
}

func TestModulesAreAllowed(t *testing.T) {
	t.Parallel()
	_, files := tree(t)
	for _, f := range files {
		for _, path := range f.Imports() {
			first, _, _ := strings.Cut(path, "/")
			if !strings.Contains(first, ".") {
				continue
			}
			ok := slices.ContainsFunc(modules(), func(m string) bool { return path == m || strings.HasPrefix(path, m+"/") })
			if !ok {
				t.Errorf("%s: module of %s is not in the list of archtest: a new dependency enters with a line in docs/adr/0002", f.Path, path)
			}
		}
	}
}

var tableWord = regexp.MustCompile(`\b([a-z]+_)[a-z_]+\b`)

// Only package X writes X_ tables in its queries: other data comes through that package's Service.
func TestTablesHaveOneOwner(t *testing.T) {
	t.Parallel()
	root, _ := tree(t)
	names, err := filepath.Glob(filepath.Join(root, "internal", "*", "queries", "*.sql"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no query files found (%v)", err)
	}
	after := regexp.MustCompile(`(?i)\b(from|join|into|update)\s+([a-z_]+)`)
	for _, name := range names {
		owner := filepath.Base(filepath.Dir(filepath.Dir(name)))
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range after.FindAllStringSubmatch(string(text), -1) {
			word := tableWord.FindStringSubmatch(m[2])
			if word == nil || !slices.Contains(tablePrefixes(), word[1]) || word[1] == owner+"_" {
				continue
			}
			t.Errorf("%s: %s uses table %s: ask package %s through its Service", name, owner, m[2], strings.TrimSuffix(word[1], "_"))
		}
	}
}

func TestEveryPackageSaysWhatItKeeps(t *testing.T) {
	t.Parallel()
	_, files := tree(t)
	said := map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f.Path, "_test.go") || strings.Contains(f.Package, "/internal/") {
			continue
		}
		said[f.Package] = said[f.Package] || f.Syntax.Doc != nil && len(f.Syntax.Doc.Text()) > 120
	}
	for pkg, ok := range said {
		if !ok && pkg != "cmd/capillare" {
			t.Errorf("package %s has no comment that says what it keeps, its rules and what it does not do", pkg)
		}
	}
}

// The rules themselves must be able to fail: a planted file breaks each of them.
func TestPlantedFaultsAreSeen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	src := "package agenda\n\nimport (\n\t\"net/http\"\n\t\"time\"\n)\n\nvar _ = http.StatusOK\n\nfunc f() time.Time { return time.Now() }\n"
	path := filepath.Join(dir, "internal", "agenda", "bad.go")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := parse(dir, path)
	if err != nil {
		t.Fatal(err)
	}
	if f.Package != "agenda" || !slices.Contains(f.Imports(), "net/http") {
		t.Errorf("parse: package %q imports %v, want agenda importing net/http", f.Package, f.Imports())
	}
	if got := f.Uses("time", "Now"); len(got) != 1 || got[0] != 10 {
		t.Errorf("Uses(time, Now) = %v, want line 10", got)
	}
	floors, err := numbered([]string{"cli", "agenda points", "errs"})
	if err != nil || floors["cli"] != 2 || floors["errs"] != 0 {
		t.Errorf("numbered = %v, %v, want cli on 2 and errs on 0", floors, err)
	}
}
