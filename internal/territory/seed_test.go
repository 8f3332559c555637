package territory

import (
	"encoding/csv"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

const tolerance = 2.5 // kilometres between our point and the centre of the town

func seedOrSkip(t *testing.T) []SeedRow {
	t.Helper()
	rows, err := Seed()
	if errors.Is(err, ErrNoSeed) {
		t.Skipf("SKIPPED: %v", err)
	}
	if err != nil {
		t.Fatalf("Seed() = %v", err)
	}
	return rows
}

func TestSeedRows(t *testing.T) {
	t.Parallel()
	rows := seedOrSkip(t)
	count := map[string]int{}
	belfiore, located := map[string]bool{}, 0
	for _, row := range rows {
		count[row.RegionName]++
		if belfiore[row.Belfiore] {
			t.Errorf("municipality %s is there twice", row.Belfiore)
		}
		belfiore[row.Belfiore] = true
		if row.Located {
			located++
		}
		if len(row.Belfiore) != 4 || len(row.ISTAT) != 6 || len(row.Sigla) != 2 || row.Name == "" {
			t.Errorf("%s %s has codes %q %q", row.Belfiore, row.Name, row.ISTAT, row.Sigla)
		}
		if row.Population <= 0 || len(row.CAPs) == 0 {
			t.Errorf("%s %s has population %d and CAPs %v, want both", row.Belfiore, row.Name, row.Population, row.CAPs)
		}
		home := row.RegionName == "Toscana" || row.RegionName == "Basilicata"
		if home && !row.Located {
			t.Errorf("%s %s has no coordinates", row.Belfiore, row.Name)
		}
	}
	if count["Toscana"] != 273 || count["Basilicata"] != 131 || len(count) != 20 {
		t.Errorf("Toscana %d, Basilicata %d, regions %d, want 273, 131, 20", count["Toscana"], count["Basilicata"], len(count))
	}
	if len(rows) < 7900 || located < len(rows)*96/100 {
		t.Errorf("%d municipalities, %d located, want 7900 or more and 96%% of them", len(rows), located)
	}
}

func TestSeedCapitals(t *testing.T) {
	t.Parallel()
	capitals := map[string][]string{}
	for _, row := range seedOrSkip(t) {
		if row.Capital {
			capitals[row.Sigla] = append(capitals[row.Sigla], row.Name)
		}
	}
	want := map[string]int{"PZ": 1, "MT": 1, "FI": 1, "MS": 2, "PU": 2, "BT": 3, "RE": 1, "RC": 1, "AO": 1, "VB": 1, "MB": 1, "SU": 1}
	for sigla, n := range want {
		if len(capitals[sigla]) != n {
			t.Errorf("capitals of %s = %v, want %d", sigla, capitals[sigla], n)
		}
	}
	if len(capitals) != 107 {
		t.Errorf("%d provinces have a capital, want 107", len(capitals))
	}
}

func TestSeedAgainstReference(t *testing.T) {
	t.Parallel()
	reference := referenceOrSkip(t)
	seen := 0
	for _, row := range seedOrSkip(t) {
		if row.RegionName != "Toscana" && row.RegionName != "Basilicata" {
			continue
		}
		want, ok := reference[row.Belfiore]
		if !ok {
			t.Errorf("%s %s is not in the reference", row.Belfiore, row.Name)
			continue
		}
		seen++
		if row.ISTAT != want["istat"] || row.Name != want["name"] || row.Sigla != want["province_abbr"] {
			t.Errorf("%s = %s %s %s, want %s %s %s", row.Belfiore, row.ISTAT, row.Name, row.Sigla,
				want["istat"], want["name"], want["province_abbr"])
		}
		if row.Capital != (want["is_capital"] == "1") {
			t.Errorf("%s %s: capital = %v, want %s", row.Belfiore, row.Name, row.Capital, want["is_capital"])
		}
		if d := kilometres(t, row, want); d > tolerance {
			t.Errorf("%s %s is %.1f km from its centre, want at most %.1f", row.Belfiore, row.Name, d, tolerance)
		}
	}
	if seen != 273+131 {
		t.Errorf("%d municipalities compared, want %d", seen, 273+131)
	}
}

func referenceOrSkip(t *testing.T) map[string]map[string]string {
	t.Helper()
	shared := os.Getenv("CAPILLARE_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(shared, "data", "territory", "municipalities.csv"))
	if err != nil {
		t.Skipf("SKIPPED: the reference data are not there (set CAPILLARE_SHARED): %v", err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	byBelfiore := map[string]map[string]string{}
	for _, cells := range records[1:] {
		one := map[string]string{}
		for i, name := range records[0] {
			one[name] = cells[i]
		}
		byBelfiore[one["belfiore"]] = one
	}
	return byBelfiore
}

func kilometres(t *testing.T, row SeedRow, want map[string]string) float64 {
	t.Helper()
	lat, err := strconv.ParseFloat(want["lat"], 64)
	if err != nil {
		t.Fatal(err)
	}
	lon, err := strconv.ParseFloat(want["lon"], 64)
	if err != nil {
		t.Fatal(err)
	}
	// Flat enough: the distances that matter here are a few kilometres.
	const degree = 111.2
	return math.Hypot((row.Lat-lat)*degree, (row.Lon-lon)*degree*math.Cos(lat*math.Pi/180))
}

func TestSeedMissing(t *testing.T) {
	t.Parallel()
	_, err := readSeed(fstest.MapFS{"seed/.keep": &fstest.MapFile{}})
	if !errors.Is(err, ErrNoSeed) || !strings.Contains(err.Error(), "make assets") {
		t.Errorf("readSeed(empty) = %v, want an error that names make assets", err)
	}
}

func TestSeedBroken(t *testing.T) {
	t.Parallel()
	header := strings.Join(seedHeader, ",") + "\n"
	tests := map[string]string{
		"other columns": "a,b\n",
		"empty":         "",
		"population":    header + "A001,028001,Abano,,028,Padova,PD,05,Veneto,many,45.3,11.7,35031,0\n",
		"latitude":      header + "A001,028001,Abano,,028,Padova,PD,05,Veneto,1,north,11.7,35031,0\n",
		"short row":     header + "A001,028001\n",
	}
	for name, text := range tests {
		if rows, err := parseSeed(strings.NewReader(text)); err == nil {
			t.Errorf("parseSeed(%s) = %v, want an error", name, rows)
		}
	}
	if _, err := readSeed(fstest.MapFS{seedFile: &fstest.MapFile{Data: []byte("not gzip")}}); err == nil {
		t.Error("readSeed(not gzip) = nil, want an error")
	}
}
