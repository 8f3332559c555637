package codelist_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/i18n"
	"capillare/internal/register/codelist"
)

func shared(t *testing.T, name string) [][]string {
	t.Helper()
	root := os.Getenv("CAPILLARE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(root, "data", "facilita", name))
	if err != nil {
		t.Skipf("SKIPPED LOUDLY: the national lists are not at hand (set CAPILLARE_SHARED): %v", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
	return rows[1:]
}

func TestListsAreTheNationalOnes(t *testing.T) {
	t.Parallel()
	want, parents := map[string][]string{}, map[string]string{}
	for _, row := range shared(t, "facilita_codici.csv") {
		list := strings.ToLower(row[0])
		want[list] = append(want[list], row[2])
		if list == "se5" {
			parents[row[2]] = row[4]
		}
	}
	for _, list := range codelist.Lists() {
		var got []string
		for _, c := range list.Codes() {
			got = append(got, c.Value)
		}
		if d := cmp.Diff(want[string(list)], got); d != "" {
			t.Errorf("%s.Codes() differ from the national list (-want +got):\n%s", list, d)
		}
	}
	for skill, area := range parents {
		if got := codelist.AreaOf(skill); got != area {
			t.Errorf("AreaOf(%s) = %s, want %s", skill, got, area)
		}
	}
	for _, row := range shared(t, "facilita_se5_digcomp.csv") {
		want, _, _ := strings.Cut(row[2], " ")
		if got := codelist.DigComp(row[0]); got != want {
			t.Errorf("DigComp(%s) = %s, want %s", row[0], got, want)
		}
	}
}

func TestEveryCodeHasWords(t *testing.T) {
	t.Parallel()
	for _, lang := range i18n.Languages() {
		p := i18n.Default().Printer(lang)
		for _, list := range codelist.Lists() {
			for _, c := range list.Codes() {
				if !list.Has(c.Value) {
					t.Errorf("%s.Has(%s) = false, want true", list, c.Value)
				}
				if !p.Has(c.Key) {
					t.Errorf("%s: no words for %s", lang, c.Key)
				}
			}
		}
	}
}

func TestHas(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		list  codelist.List
		value string
	}{
		{codelist.Domains, "T"}, {codelist.Domains, "a"}, {codelist.Domains, ""}, {codelist.Domains, "AB"}, {codelist.Domains, "@"},
		{codelist.Skills, "0"}, {codelist.Skills, "14"}, {codelist.Skills, "01"}, {codelist.Skills, "+1"}, {codelist.Skills, "A"},
		{codelist.List("xx"), "A"},
	} {
		if c.list.Has(c.value) {
			t.Errorf("%s.Has(%q) = true, want false", c.list, c.value)
		}
	}
}

func TestBandOf(t *testing.T) {
	t.Parallel()
	for age, want := range map[int]string{13: "", 14: "E", 17: "E", 18: "A", 29: "A", 30: "B", 54: "B", 55: "C", 74: "C", 75: "D", 104: "D"} {
		if got := codelist.BandOf(age); got != want {
			t.Errorf("BandOf(%d) = %q, want %q", age, got, want)
		}
	}
}

func TestSortAndAreas(t *testing.T) {
	t.Parallel()
	if d := cmp.Diff([]string{"2", "9", "10"}, codelist.Skills.Sort([]string{"10", "9", "2", "9"})); d != "" {
		t.Errorf("Skills.Sort differs:\n%s", d)
	}
	if d := cmp.Diff([]string{"A", "B", "D"}, codelist.AreasOf([]string{"12", "11", "3", "6"})); d != "" {
		t.Errorf("AreasOf differs:\n%s", d)
	}
}
