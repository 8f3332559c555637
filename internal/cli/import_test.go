package cli

import (
	"path/filepath"
	"strings"
	"testing"
)

// A template filled with its examples goes in as it is; the same file again changes nothing, and a file
// is not written over.
func TestImportOfTemplates(t *testing.T) {
	t.Parallel()
	data, dir := t.TempDir(), t.TempDir()
	if code, _, stderr := runProgram("migrate", "--data", data); code != 0 {
		t.Fatalf("migrate = %d, %s", code, stderr)
	}
	for _, format := range []string{".xlsx", ".csv"} {
		file := filepath.Join(dir, "enti"+format)
		template := []string{"import", "template", "bodies", "--sample", "--to", file, "--data", data}
		if code, stdout, stderr := runProgram(template...); code != 0 || !strings.Contains(stdout, file) {
			t.Fatalf("%v = %d, %s %s", template, code, stdout, stderr)
		}
		if code, _, _ := runProgram(template...); code == 0 {
			t.Errorf("%v again = 0, want a refusal to write over the file", template)
		}
		code, stdout, stderr := runProgram("import", "bodies", "--file", file, "--apply", "--data", data)
		want := map[string]string{".xlsx": "2 new, 0 changed", ".csv": "0 new, 0 changed, 2 as they were"}[format]
		if code != 0 || !strings.Contains(stdout, want) {
			t.Errorf("import of %s = %d, %s %s, want %q", format, code, stdout, stderr, want)
		}
	}
	for _, wrong := range [][]string{
		{"import", "template", "bodies"}, {"import", "template", "cats", "--to", filepath.Join(dir, "a.csv")},
		{"import", "template", "bodies", "--to", filepath.Join(dir, "a.pdf")}, {"import", "bodies"},
	} {
		if code, _, stderr := runProgram(append(wrong, "--data", data)...); code == 0 || stderr == "" {
			t.Errorf("%v = %d, %q, want a refusal in words", wrong, code, stderr)
		}
	}
}
