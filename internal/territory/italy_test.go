package territory

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/testkit"
)

// folder returns the files of a folder as they are sent.
func folder(t *testing.T, dir string) []Upload {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files in %s: %v", dir, err)
	}
	var files []Upload
	for _, path := range paths {
		files = append(files, Upload{Name: filepath.Base(path), Open: func() (io.ReadCloser, error) { return os.Open(path) }})
	}
	return files
}

// table reads a reference CSV as maps of cells by column.
func table(t testing.TB, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, cell := range line {
			row[lines[0][i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

func parseDay(t *testing.T, text string) calendar.Day {
	t.Helper()
	d, err := calendar.ParseDay(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestItaly brings the seed up to date with the official files and compares every municipality with
// reference tables that were made without this program. The workbooks take seconds to read, so that
// both engines share one plan.
func TestItaly(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	dir := testkit.Shared(t, "data", "territory")
	seedOrSkip(t)
	files := folder(t, filepath.Join(dir, "official"))
	var plan *Plan
	for _, engine := range sqldbtest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			s := New(sqldbtest.Open(t, engine))
			if _, err := s.Load(t.Context()); err != nil {
				t.Fatal(err)
			}
			if plan == nil {
				plan = planOf(t, s, files)
			}
			began := time.Now()
			if err := s.Apply(t.Context(), who(), plan); err != nil {
				t.Fatal(err)
			}
			t.Logf("published in %d ms", time.Since(began).Milliseconds())
			t.Run("totals", func(t *testing.T) { checkTotals(t, s) })
			t.Run("each municipality", func(t *testing.T) { checkTowns(t, s, table(t, filepath.Join(dir, "municipalities.csv"))) })
			t.Run("codes", func(t *testing.T) { checkCodes(t, s, table(t, filepath.Join(dir, "municipality_changes.csv"))) })
			t.Run("names", func(t *testing.T) { checkNames(t, s) })
			t.Run("sources", func(t *testing.T) { checkSources(t, s) })
			t.Run("again", func(t *testing.T) { checkSame(t, s, files) })
		})
	}
}

func planOf(t *testing.T, s *Service, files []Upload) *Plan {
	t.Helper()
	p, err := s.Plan(t.Context(), who(), files, "09")
	if err != nil {
		t.Fatal(err)
	}
	if !p.Ready() {
		t.Fatalf("Plan is not ready: %v", p.Stops)
	}
	return p
}

// checkSame plans the files that are quick to read again, without the workbooks that told the rest.
func checkSame(t *testing.T, s *Service, files []Upload) {
	quick := slices.DeleteFunc(slices.Clone(files), func(f Upload) bool { return strings.HasSuffix(f.Name, ".xlsx") })
	p, err := s.Plan(t.Context(), who(), quick, "09")
	if err != nil || !p.Empty() || p.Added() != 0 || p.Changed() != 0 {
		t.Errorf("Plan of the same files again = %v, %d new, %d changed, %d histories, want nothing", err, p.Added(), p.Changed(), p.Histories)
	}
}

func checkTotals(t *testing.T, s *Service) {
	towns, err := s.InRegion(context.Background(), "")
	if err != nil || len(towns) != 7894 {
		t.Fatalf("InRegion(all) has %d, %v, want 7894", len(towns), err)
	}
	residents, tuscans, old, islands := 0, 0, 0, 0
	classes, zones := map[string]int{}, map[Zone]int{}
	for _, m := range towns {
		residents += m.Population
		classes[m.InnerClass]++
		zones[m.Zone]++
		if m.RegionCode == "09" {
			tuscans, old = tuscans+m.Ages.Total(), old+m.Ages.From65
		}
		if m.Island {
			islands++
			if !m.OffRoad() && m.Belfiore != "B383" && m.Belfiore != "I294" {
				t.Errorf("%s is on an island, and OffRoad = false", m.Name)
			}
		} else if m.OffRoad() {
			t.Errorf("%s is on no island, and OffRoad = true", m.Name)
		}
	}
	if residents != 58_942_828 {
		t.Errorf("residents = %d, want 58942828", residents)
	}
	if share := fmt.Sprintf("%.2f", 100*float64(old)/float64(tuscans)); share != "27.06" {
		t.Errorf("65+ in Tuscany = %s %%, want 27.06", share)
	}
	if islands != 34 {
		t.Errorf("islands = %d, want 34", islands)
	}
	t.Logf("classes %v, zones %v", classes, zones)
	if provinces, err := s.Provinces(context.Background(), ""); err != nil || len(provinces) != 110 {
		t.Errorf("Provinces = %d, %v, want 110", len(provinces), err)
	}
	if regions, err := s.Regions(context.Background()); err != nil || len(regions) != 20 {
		t.Errorf("Regions = %d, %v, want 20", len(regions), err)
	}
}

// checkTowns compares every cell that the reference has in common with what was imported.
func checkTowns(t *testing.T, s *Service, rows []map[string]string) {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row["belfiore"]
	}
	towns, err := s.ByBelfiore(context.Background(), ids)
	if err != nil || len(towns) != len(rows) {
		t.Fatalf("ByBelfiore = %d, %v, want %d", len(towns), err, len(rows))
	}
	// Both were made of two in 2026: the reference has the altitude of the smaller for one, and did not add
	// the areas for the other.
	otherwise := map[string]bool{"M439": true, "F417": true}
	flag := map[bool]string{true: "1", false: "0"}
	wrong := map[string]int{}
	for _, row := range rows {
		m := towns[row["belfiore"]]
		altitude := ""
		if m.HasAltitude {
			altitude = fmt.Sprint(m.Altitude)
		}
		got := map[string]string{
			"istat": m.ISTAT, "name_it": m.Name, "name_other": m.NameOther, "province_code": m.ProvinceCode, "province_abbr": m.ProvinceAbbr,
			"region_code": m.RegionCode, "is_capital": flag[m.Capital], "tax_code": m.TaxCode, "nuts3": m.NUTS3,
			"population_2025": fmt.Sprint(m.Population), "pop_0_14": fmt.Sprint(m.Ages.To14), "pop_15_64": fmt.Sprint(m.Ages.To64),
			"pop_65_plus": fmt.Sprint(m.Ages.From65), "altitude_m": altitude, "altimetric_zone": fmt.Sprint(int(m.Zone)),
			"coastal": flag[m.Coastal], "island": flag[m.Island], "degurba": fmt.Sprint(m.Degurba), "snai_2021": m.InnerClass,
		}
		for column, value := range got {
			if column == "tax_code" {
				row[column] = fmt.Sprintf("%011s", row[column]) // the reference lost some zeros
			}
			if value != row[column] && !otherwise[row["belfiore"]] {
				if wrong[column]++; wrong[column] <= 3 {
					t.Errorf("%s %s: %s = %q, want %q", row["belfiore"], row["name"], column, value, row[column])
				}
			}
		}
		var area float64
		if _, err := fmt.Sscan(row["area_km2"], &area); err == nil && math.Abs(area-m.AreaKM2) > 0.011 && !otherwise[row["belfiore"]] {
			t.Errorf("%s %s: area = %v, want %v", row["belfiore"], row["name"], m.AreaKM2, area)
		}
		if old := row["istat_2025"]; old != "" {
			before, errBefore := s.ByISTAT(context.Background(), old, calendar.NewDay(2025, 12, 31))
			after, errAfter := s.ByISTAT(context.Background(), row["istat"], calendar.NewDay(2026, 1, 1))
			if errBefore != nil || errAfter != nil || before.Belfiore != m.Belfiore || after.Belfiore != m.Belfiore {
				t.Errorf("%s is %s until 2025 and %s from 2026, want %s: %v, %v", old, before.Belfiore, after.Belfiore, m.Belfiore, errBefore, errAfter)
			}
			wrong["recoded"]++
		}
	}
	if wrong["recoded"] != 377 {
		t.Errorf("%d municipalities were recoded in 2026, want 377", wrong["recoded"])
	}
	t.Log(wrong)
}

// checkCodes walks through all changes since 1991: before and after each, both codes mean what they say.
func checkCodes(t *testing.T, s *Service, rows []map[string]string) {
	ctx, seen := context.Background(), map[string]int{}
	for _, row := range rows {
		day := parseDay(t, row["date"])
		before, errBefore := s.ByISTAT(ctx, row["code"], day.AddDays(-1))
		after, errAfter := s.ByISTAT(ctx, row["assoc_code"], day)
		ok := true
		switch row["type"] {
		case "AP", "RN":
			ok = errBefore == nil && errAfter == nil && before.Belfiore == after.Belfiore
		case "ES":
			heir, err := s.Current(ctx, before.Belfiore)
			ok = errBefore == nil && errAfter == nil && err == nil && before.CeasedOn == day && heir.InForce()
			ok = ok || before.Belfiore == "A618" // Baranzate ceased by a judgement of 2003 and was made again
		case "CD":
			found, err := s.Find(ctx, row["name"], "", 20)
			ok = errBefore == nil && err == nil && len(found) > 0
		default:
			continue
		}
		seen[row["type"]]++
		if !ok {
			if seen["wrong "+row["type"]]++; seen["wrong "+row["type"]] < 6 {
				t.Errorf("%s %s %s -> %s %s: before %q (%v, ceased %v), after %q (%v)", row["type"], row["code"], row["name"], row["assoc_code"], row["date"],
					before.Name, errBefore, before.CeasedOn, after.Name, errAfter)
			}
		}
	}
	t.Log(seen)
}

func checkNames(t *testing.T, s *Service) {
	for _, tt := range []struct{ q, name, formerly string }{
		{"Rio Marina", "Rio", "Rio Marina"},
		{"rio nell'elba", "Rio", "Rio nell'Elba"},
		{"Castegnero", "Castegnero Nanto", ""},
		{"Nanto VI", "Castegnero Nanto", "Nanto"},
		{"Figline Valdarno", "Figline e Incisa Valdarno", ""},
		{"Murisengo", "Murisengo Monferrato", ""},
	} {
		found, err := s.Find(context.Background(), tt.q, "", 5)
		if err != nil || len(found) == 0 || found[0].Name != tt.name || tt.formerly != "" && found[0].Formerly != tt.formerly {
			t.Errorf("Find(%q) = %+v, %v, want %s, formerly %q", tt.q, found, err, tt.name, tt.formerly)
		}
	}
}

func checkSources(t *testing.T, s *Service) {
	sources, err := s.Sources(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, source := range sources {
		got = append(got, source.Kind)
	}
	if want := "ages archive bodies changes classifications inner_areas population situas suppressions"; strings.Join(got, " ") != want {
		t.Errorf("Sources = %q, want %q", strings.Join(got, " "), want)
	}
}
