// Package testkit finds what tests need outside the repository (it: il banco di prova). It is used by
// tests only and holds no rules of the program.
package testkit

import (
	"os"
	"path/filepath"
	"testing"

	"capillare/internal/testkit/archtest"
)

// Shared returns the path of a file or folder of the reference data that stands beside the
// repository, or where CAPILLARE_SHARED says. It skips the test, and says so, where there is none.
func Shared(t testing.TB, parts ...string) string {
	t.Helper()
	root := os.Getenv("CAPILLARE_SHARED")
	if root == "" {
		repository, err := archtest.Root()
		if err != nil {
			t.Fatal(err)
		}
		root = filepath.Join(filepath.Dir(repository), "shared")
	}
	path := filepath.Join(append([]string{root}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("SKIPPED: the reference data are not there (%v); set CAPILLARE_SHARED to their folder", err)
	}
	return path
}
