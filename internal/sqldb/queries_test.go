package sqldb_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"capillare/internal/sqldb/sqldbtest"
)

// TestPrepare prepares every generated query of the repository on both engines.
func TestPrepare(t *testing.T) {
	t.Parallel()
	queries := map[string]string{}
	for _, pattern := range []string{"../*/internal/db/*.sql.go", "../*/*/internal/db/*.sql.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			addQueries(t, file, queries)
		}
	}
	if len(queries) == 0 {
		t.Skip("NO GENERATED QUERIES are there: nothing was prepared")
	}
	t.Logf("%d queries", len(queries))
	sqldbtest.PrepareAll(t, queries)
}

// addQueries adds the constants of a generated file that begin as sqlc's do.
func addQueries(t *testing.T, file string, queries map[string]string) {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		text, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if title, _, _ := strings.Cut(text, "\n"); strings.HasPrefix(title, "-- name: ") {
			queries[strings.TrimPrefix(file, "../")+": "+strings.TrimPrefix(title, "-- name: ")] = text
		}
		return true
	})
}
