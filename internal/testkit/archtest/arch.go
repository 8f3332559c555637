// Package archtest holds the code to its map (it: la mappa): the floors block of ARCHITECTURE.md, who may
// import what, which package owns which table. It is used by tests only.
//
// Its rules stand as data in rules.go, each with its reason, so that a failure says what to do. It does
// not judge style: gofmt, vet and staticcheck do.
package archtest

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Module is the prefix of our own import paths.
const Module = "capillare"

// Root returns the folder of the repository: the nearest one above the test that has a go.mod.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("no go.mod above the test")
		}
		dir = up
	}
}

// Floors reads the floors block of ARCHITECTURE.md: package (below internal/) to floor, 0 the lowest.
func Floors(root string) (map[string]int, error) {
	f, err := os.Open(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	var lines []string
	inside := false
	scan := bufio.NewScanner(f)
	for scan.Scan() {
		switch line := scan.Text(); {
		case line == "```floors":
			inside = true
		case inside && line == "```":
			return numbered(lines)
		case inside:
			lines = append(lines, line)
		}
	}
	return nil, fmt.Errorf("ARCHITECTURE.md has no ```floors block")
}

func numbered(lines []string) (map[string]int, error) {
	floors := map[string]int{}
	for i, line := range lines {
		for _, pkg := range strings.Fields(line) {
			if _, twice := floors[pkg]; twice {
				return nil, fmt.Errorf("%s stands twice in the floors block", pkg)
			}
			floors[pkg] = len(lines) - 1 - i
		}
	}
	return floors, nil
}

// File is one hand-written or generated Go file of the program.
type File struct {
	Path    string // below the root, with slashes
	Package string // below internal/, for example "web/ui"; "cmd/capillare" for the command
	Test    bool
	Syntax  *ast.File
	Set     *token.FileSet
}

// Imports returns the import paths of f.
func (f File) Imports() []string {
	var paths []string
	for _, spec := range f.Syntax.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

// Uses reports the lines where f selects name from the package path, for example time.Now.
func (f File) Uses(path, name string) []int {
	local := ""
	for _, spec := range f.Syntax.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil && p == path {
			local = filepath.Base(p)
			if spec.Name != nil {
				local = spec.Name.Name
			}
		}
	}
	if local == "" {
		return nil
	}
	var lines []int
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != name {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); ok && id.Name == local {
			lines = append(lines, f.Set.Position(sel.Pos()).Line)
		}
		return true
	})
	return lines
}

// Files parses every Go file of internal/ and cmd/.
func Files(root string) ([]File, error) {
	var files []File
	for _, top := range []string{"internal", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
				return err
			}
			f, err := parse(root, path)
			if err != nil {
				return err
			}
			files = append(files, f)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

func parse(root, path string) (File, error) {
	set := token.NewFileSet()
	syntax, err := parser.ParseFile(set, path, nil, parser.ParseComments)
	if err != nil {
		return File{}, err
	}
	rel, err := filepath.Rel(root, path)
	if err != nil {
		return File{}, err
	}
	rel = filepath.ToSlash(rel)
	dir := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(rel)), "internal/")
	return File{Path: rel, Package: dir, Test: strings.HasSuffix(path, "_test.go") || forTests(dir), Syntax: syntax, Set: set}, nil
}

// forTests reports whether a package exists for tests only.
func forTests(pkg string) bool {
	return slices.ContainsFunc(strings.Split(pkg, "/"), func(part string) bool {
		return part == "testkit" || part != "test" && strings.HasSuffix(part, "test") || part == "pgserver"
	})
}

// home is the package on the map to which a generated package such as agenda/internal/db belongs.
func home(pkg string) string {
	if i := strings.Index(pkg, "/internal/"); i >= 0 {
		return pkg[:i]
	}
	return pkg
}
