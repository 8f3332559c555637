package official_test

import (
	"encoding/csv"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/calendar"
	"capillare/internal/territory/official"
	"capillare/internal/testkit"
)

// readOnce keeps the files that several tests look at: workbooks take long under the race detector.
var readOnce sync.Map // of path to func() ([]official.File, error)

// published reads one file of the reference data, as its office published it. Nobody may change it.
func published(t testing.TB, parts ...string) official.File {
	t.Helper()
	path := testkit.Shared(t, append([]string{"data", "territory"}, parts...)...)
	read, _ := readOnce.LoadOrStore(path, sync.OnceValues(func() ([]official.File, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		return official.Read(path, f, official.Options{})
	}))
	files, err := read.(func() ([]official.File, error))()
	if err != nil {
		t.Fatalf("Read(%s) = %v", path, err)
	}
	if len(files) != 1 {
		t.Fatalf("Read(%s) = %d files, want 1", path, len(files))
	}
	return files[0]
}

// reference reads our own table of municipalities by column name.
func reference(t testing.TB) []map[string]string {
	t.Helper()
	f, err := os.Open(testkit.Shared(t, "data", "territory", "municipalities.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]string
	for _, row := range rows[1:] {
		one := map[string]string{}
		for i, name := range rows[0] {
			one[name] = row[i]
		}
		all = append(all, one)
	}
	return all
}

func mustDay(t testing.TB, s string) calendar.Day {
	t.Helper()
	d, err := calendar.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPublishedFiles(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		kind        official.Kind
		reference   string
		rows        int
		skipped     int
		provisional bool
	}{
		{"situas_comuni_2026-08-14.csv", official.Situas, "2026-08-14", 7894, 0, false},
		{"Elenco-comuni-italiani.csv", official.Elenco, "", 7896, 0, false},
		{"istat_situas_variazioni_dal_1991.xlsx", official.Changes, "2026-04-23", 2355, 0, false},
		{"istat_situas_soppressi.xlsx", official.Suppressions, "2026-02-21", 2637, 0, false},
		{"istat_soppressi_2024.csv", official.Suppressions, "2024-01-22", 2634, 0, false},
		{"P2_2025_it_Comuni.csv", official.Population, "2025-12-31", 7896, 1, true},
		{"istat_classificazioni_2026-01-01.xlsx", official.Classifications, "2026-01-01", 7896, 0, false},
		{"istat_aree_interne_2022-07-15.xlsx", official.InnerAreas, "2020-09-30", 7903, 0, false},
		{"limen_demographics-by-comune_2026.csv", official.AgeBands, "2026-01-01", 7896, 0, false},
		{"ipa_amministrazioni_comuni_toscana_basilicata.tsv", official.Bodies, "", 404, 0, false},
		{"ANPR_archivio_comuni.csv", official.Archive, "2026-06-04", 19364, 0, false},
		{"minint_sut_comuni.csv", official.Sut, "", 7894, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := published(t, "official", tt.name)
			if f.Kind != tt.kind || f.Rows != tt.rows || f.Skipped != tt.skipped || f.Provisional != tt.provisional {
				t.Errorf("Read = %s with %d rows, %d skipped, provisional %v; want %s, %d, %d, %v",
					f.Kind, f.Rows, f.Skipped, f.Provisional, tt.kind, tt.rows, tt.skipped, tt.provisional)
			}
			if f.Wrong != 0 || len(f.Problems) != 0 {
				t.Errorf("Read has %d wrong rows, the first problems %+v; want none", f.Wrong, f.Problems[:min(3, len(f.Problems))])
			}
			if got := f.Reference.String(); got != tt.reference {
				t.Errorf("Reference = %q, want %q", got, tt.reference)
			}
		})
	}
}

func TestPublishedHeaderWithoutRows(t *testing.T) {
	t.Parallel()
	f, err := os.Open(testkit.Shared(t, "data", "territory", "official", "posas_2026_header.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	_, err = official.Read("posas_2026_header.csv", f, official.Options{})
	refusedWith(t, err, official.ErrNoRows)
}

func TestPublishedTowns(t *testing.T) {
	t.Parallel()
	f := published(t, "official", "situas_comuni_2026-08-14.csv")
	got := map[string][]string{}
	for _, m := range f.Towns {
		capital := "0"
		if m.ProvinceCapital {
			capital = "1"
		}
		got[m.Belfiore] = []string{m.ISTAT, m.Name, m.NameIT, m.NameOther, m.ProvinceCode, m.UTSCode, m.Province, m.Plate, m.RegionCode, m.Region, capital, m.TaxCode, m.NUTS3}
	}
	want := map[string][]string{}
	for _, m := range reference(t) {
		tax := m["tax_code"]
		if tax != "" {
			// Some are published without their zeros.
			tax = strings.Repeat("0", 11-len(tax)) + tax
		}
		want[m["belfiore"]] = []string{m["istat"], m["name"], m["name_it"], m["name_other"], m["province_code"], m["uts_code"], m["province"], m["province_abbr"], m["region_code"], m["region"], m["is_capital"], tax, m["nuts3"]}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("towns (-want +got):\n%.2000s", diff)
	}
}

func TestPublishedElencoHasOldCodes(t *testing.T) {
	t.Parallel()
	f := published(t, "official", "Elenco-comuni-italiani.csv")
	i := slices.IndexFunc(f.Towns, func(m official.Town) bool { return m.Name == "Villasimius" })
	if i < 0 {
		t.Fatal("Villasimius is not in the list")
	}
	m := f.Towns[i]
	got := []string{m.ISTAT, m.ISTAT110, m.ISTAT107, m.ISTAT103, m.Province, m.NUTS3}
	if diff := cmp.Diff([]string{"111105", "092100", "092100", "092100", "Sud Sardegna", "ITG2H"}, got); diff != "" {
		t.Errorf("Villasimius (-want +got):\n%s", diff)
	}
	if m.UTSKind != 1 || m.NUTSYear != 2024 {
		t.Errorf("Villasimius has kind %d and NUTS of %d, want 1 and 2024", m.UTSKind, m.NUTSYear)
	}
}

func TestPublishedChanges(t *testing.T) {
	t.Parallel()
	count := map[string]int{}
	for _, c := range published(t, "official", "istat_situas_variazioni_dal_1991.xlsx").Changes {
		count[c.Type]++
	}
	want := map[string]int{"AP": 964, "ES": 348, "CS": 342, "RN": 222, "CE": 197, "AQ": 197, "CD": 49, "AQES": 21, "CECS": 15}
	if diff := cmp.Diff(want, count); diff != "" {
		t.Errorf("changes by type (-want +got):\n%s", diff)
	}
	split := 0
	for _, c := range published(t, "official", "istat_soppressi_2024.csv").Changes {
		if c.Type != "ES" {
			t.Fatalf("row %d has type %q, want ES", c.Row, c.Type)
		}
		if c.Split {
			split++
		}
	}
	if split == 0 {
		t.Error("no municipality was divided among several, want some")
	}
}

func TestPublishedResidents(t *testing.T) {
	t.Parallel()
	const italians = 58_942_828
	total := 0
	for _, p := range published(t, "official", "P2_2025_it_Comuni.csv").Populations {
		total += p.Total
	}
	if total != italians {
		t.Errorf("residents of P2 = %d, want %d", total, italians)
	}
	aged, men, women, old := 0, 0, 0, 0
	for _, a := range published(t, "official", "limen_demographics-by-comune_2026.csv").Ages {
		aged += a.Total()
		men, women, old = men+a.Male, women+a.Female, old+a.From65
	}
	if aged != italians || men+women != italians {
		t.Errorf("residents by age = %d and by sex = %d, want %d", aged, men+women, italians)
	}
	want := 0
	for _, m := range reference(t) {
		want += number(t, m["pop_65_plus"])
	}
	if old != want {
		t.Errorf("residents of 65 and more = %d, want %d", old, want)
	}
}

func TestPublishedClasses(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	f := published(t, "official", "istat_classificazioni_2026-01-01.xlsx")
	zones, islands, coastal, flat := map[int]int{}, 0, 0, 0
	for _, c := range f.Classes {
		zones[c.AltimetricZone]++
		if c.Island {
			islands++
		}
		if c.Coastal {
			coastal++
		}
		if c.AltitudeM == nil {
			flat++
		}
		if c.Population == nil || c.AreaKM2 <= 0 || c.Degurba == 0 {
			t.Fatalf("row %d lacks a figure: %+v", c.Row, c)
		}
	}
	// Two of the 7,896 municipalities merged with others within the year.
	want := map[int]int{}
	for _, m := range reference(t) {
		want[number(t, m["altimetric_zone"])]++
	}
	if got := slices.Sorted(maps.Keys(zones)); !slices.Equal(got, []int{1, 2, 3, 4, 5}) {
		t.Errorf("zones = %v, want 1 to 5", got)
	}
	for zone, n := range want {
		if d := zones[zone] - n; d < 0 || d > 2 {
			t.Errorf("zone %d has %d municipalities, want %d or two more", zone, zones[zone], n)
		}
	}
	if islands != 34 || coastal != 645 || flat != 2 {
		t.Errorf("islands %d, coastal %d, without altitude %d; want 34, 645, 2", islands, coastal, flat)
	}
	if day := f.Classes[0].PopulationDay; day != mustDay(t, "2024-12-31") {
		t.Errorf("PopulationDay = %v, want 2024-12-31", day)
	}
}

func TestPublishedInnerAreas(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	class := map[string]official.InnerArea{}
	for _, a := range published(t, "official", "istat_aree_interne_2022-07-15.xlsx").InnerAreas {
		class[a.Belfiore] = a
	}
	checked := 0
	for _, m := range reference(t) {
		a, ok := class[m["belfiore"]]
		if !ok || m["snai_2021"] == "" {
			continue
		}
		checked++
		// The reference keeps the codes of poles as the spreadsheet does, without zeros.
		if a.Class2021 != m["snai_2021"] || strings.TrimLeft(a.PoleISTAT, "0") != m["snai_pole_istat"] {
			t.Errorf("%s has class %s and pole %s, want %s and %s", a.Name, a.Class2021, a.PoleISTAT, m["snai_2021"], m["snai_pole_istat"])
		}
	}
	if checked < 7850 {
		t.Errorf("checked %d municipalities, want nearly all", checked)
	}
}

func TestPublishedBodies(t *testing.T) {
	t.Parallel()
	f := published(t, "official", "ipa_amministrazioni_comuni_toscana_basilicata.tsv")
	certified := 0
	for _, b := range f.Bodies {
		if b.Kind != official.Municipality || b.TaxCode == "" || b.CAP == "" {
			t.Errorf("%s is %s with tax code %q and CAP %q, want a municipality with both", b.Name, b.Kind, b.TaxCode, b.CAP)
		}
		if b.PEC != "" {
			certified++
		}
	}
	if certified < 400 {
		t.Errorf("%d bodies have a certified address, want nearly all of 404", certified)
	}
}

func TestPublishedArchive(t *testing.T) {
	t.Parallel()
	there, coded := 0, 0
	for _, a := range published(t, "official", "ANPR_archivio_comuni.csv").Archive {
		if a.To.IsZero() {
			there++
		}
		if a.Belfiore != "" {
			coded++
		}
	}
	if there != 7894 || coded != 19364-28 {
		t.Errorf("%d still there and %d with a Belfiore code, want 7894 and %d", there, coded, 19364-28)
	}
}

func TestPublishedSutEqualsSituas(t *testing.T) {
	t.Parallel()
	want, got := map[string]string{}, map[string]string{}
	for _, m := range published(t, "official", "situas_comuni_2026-08-14.csv").Towns {
		want[m.Belfiore] = m.ISTAT
	}
	for _, m := range published(t, "official", "minint_sut_comuni.csv").Sut {
		got[m.Belfiore] = m.ISTAT
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("codes of SITUAS (-) and SUT (+):\n%.1000s", diff)
	}
}

// TestPublishedBoundaries checks that the point of each town lies inside its shape.
func TestPublishedBoundaries(t *testing.T) {
	t.Parallel()
	towns := map[string]map[string]string{}
	for _, m := range reference(t) {
		towns[m["belfiore"]] = m
	}
	for name, count := range map[string]int{"toscana_comuni.topojson": 273, "basilicata_comuni.topojson": 131} {
		f := published(t, name)
		if f.Kind != official.Boundaries || len(f.Boundaries) != count || len(f.Problems) != 0 {
			t.Errorf("%s = %s with %d shapes and problems %v, want %d shapes", name, f.Kind, len(f.Boundaries), f.Problems, count)
		}
		outside := 0
		for _, b := range f.Boundaries {
			m := towns[b.Belfiore]
			if m["istat"] != b.ISTAT || m["name"] != b.Name {
				t.Errorf("%s %s %s is %s %s in the reference", b.Belfiore, b.ISTAT, b.Name, m["istat"], m["name"])
			}
			if !inside(b, decimal(t, m["lat"]), decimal(t, m["lon"])) {
				outside++
			}
		}
		// Shapes are simplified, so that a town on the sea may fall in the water.
		if outside > count/50 {
			t.Errorf("%s: %d of %d towns lie outside their shape", name, outside, count)
		}
	}
}

// inside counts how often a line to the east of the place crosses the rings.
func inside(b official.Boundary, lat, lon float64) bool {
	in := false
	for _, polygon := range b.Polygons {
		for _, ring := range polygon {
			for i := 1; i < len(ring); i++ {
				p, q := ring[i-1], ring[i]
				if (p.Lat > lat) != (q.Lat > lat) && lon < (q.Lon-p.Lon)*(lat-p.Lat)/(q.Lat-p.Lat)+p.Lon {
					in = !in
				}
			}
		}
	}
	return in
}

func TestPublishedRegionsAreNoMunicipalities(t *testing.T) {
	t.Parallel()
	f, err := os.Open(testkit.Shared(t, "data", "territory", "italy_regions.topojson"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	_, err = official.Read("italy_regions.topojson", f, official.Options{})
	refusedWith(t, err, official.ErrNoCodes)
}
