package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"capillare/internal/testkit"
)

// runProgram runs the program and returns what it wrote.
func runProgram(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = Main(append(args, "--log-level", "error"), &out, &errs)
	return code, out.String(), errs.String()
}

// TestImportTerritory loads a folder of official files three times: looking, doing it, and again.
func TestImportTerritory(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	shared := testkit.Shared(t, "data", "territory", "official")
	dir, data := t.TempDir(), t.TempDir()
	for _, name := range []string{"P2_2025_it_Comuni.csv", "posas_2026_header.csv", "situas_comuni_2026-08-14.csv", "istat_situas_soppressi.xlsx", "istat_situas_variazioni_dal_1991.xlsx"} {
		content, err := os.ReadFile(filepath.Join(shared, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, stderr := runProgram("migrate", "--data", data); code != 0 {
		t.Fatalf("migrate = %d, %s", code, stderr)
	}
	for _, step := range []struct {
		args []string
		want []string
	}{
		{nil, []string{"In force: 7894 municipalities, 58942828 residents", "posas_2026_header.csv", "left out", "Nothing was changed"}},
		{[]string{"--apply"}, []string{"8 new", "Castegnero Nanto", "Applied:"}},
		{[]string{"--apply"}, []string{"0 new, 0 changed"}},
	} {
		code, stdout, stderr := runProgram(append([]string{"import", "territory", "--from", dir, "--data", data}, step.args...)...)
		if code != 0 {
			t.Fatalf("import %v = %d, %s", step.args, code, stderr)
		}
		for _, want := range step.want {
			if !strings.Contains(stdout, want) {
				t.Errorf("import %v: no %q in\n%s", step.args, want, stdout)
			}
		}
	}
	undated := t.TempDir()
	if err := os.Rename(filepath.Join(dir, "situas_comuni_2026-08-14.csv"), filepath.Join(undated, "elenco.csv")); err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]string{"": "left out", "2026-08-14": "elenco.csv: situas 2026-08-14", "2099-01-01": "has not come yet", "ieri": "is not a day"} {
		if _, stdout, stderr := runProgram("import", "territory", "--from", undated, "--day", day, "--data", data); !strings.Contains(stdout+stderr, want) {
			t.Errorf("import --day %q: no %q in\n%s%s", day, want, stdout, stderr)
		}
	}
	if code, _, stderr := runProgram("import", "territory", "--data", data); code != 1 || !strings.Contains(stderr, "--from DIR") {
		t.Errorf("import without a folder = %d, %s", code, stderr)
	}
	if code, _, stderr := runProgram("import", "territory", "--from", t.TempDir(), "--data", data); code != 1 || !strings.Contains(stderr, "no files") {
		t.Errorf("import of an empty folder = %d, %s", code, stderr)
	}
}
