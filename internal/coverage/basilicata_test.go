package coverage

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"

	"capillare/internal/geo"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/testkit"
)

// reference is a municipality of Basilicata in a table that was made without this program.
type reference struct {
	name, province, class    string
	residents, old, altitude int
	zone                     int
	at                       geo.Point // from the program: the table's are of other sources
}

func references(t *testing.T) []*reference {
	t.Helper()
	f, err := os.Open(testkit.Shared(t, "data", "territory", "municipalities.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range lines[0] {
		column[name] = i
	}
	number := func(line []string, name string) int {
		n, err := strconv.Atoi(line[column[name]])
		if err != nil {
			t.Fatalf("%s of %s: %v", name, line[column["name"]], err)
		}
		return n
	}
	var found []*reference
	for _, line := range lines[1:] {
		if line[column["region_code"]] == "17" {
			found = append(found, &reference{name: line[column["name"]], province: line[column["province_code"]], class: line[column["snai_2021"]],
				residents: number(line, "population_2025"), old: number(line, "pop_65_plus"), altitude: number(line, "altitude_m"), zone: number(line, "altimetric_zone")})
		}
	}
	return found
}

// minutes is the published formula, written down once more.
func minutes(a, b *reference) float64 {
	if a == b {
		return 4.74
	}
	rad := math.Pi / 180
	cos := math.Sin(a.at.Lat*rad)*math.Sin(b.at.Lat*rad) + math.Cos(a.at.Lat*rad)*math.Cos(b.at.Lat*rad)*math.Cos((a.at.Lon-b.at.Lon)*rad)
	terrain := map[int]float64{1: 0.53, 2: 0.53, 3: 0.32, 4: 0.32, 5: 0}
	return 4.74 + (1.95+(terrain[a.zone]+terrain[b.zone])/2)*math.Pow(6371.0088*math.Acos(min(1, cos)), 0.78) +
		1.38*math.Abs(float64(a.altitude-b.altitude))/100
}

// TestBasilicata counts a network of 22 points against a computation that shares nothing with the
// program but the coordinates.
func TestBasilicata(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	towns := references(t)
	sqldbtest.RunAt(t, tuesday, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w := newWorld(t, db)
		w.official(t, "official/P2_2025_it_Comuni.csv", "official/limen_demographics-by-comune_2026.csv",
			"official/istat_classificazioni_2026-01-01.xlsx", "official/istat_aree_interne_2022-07-15.xlsx")
		var open []*reference
		for i, one := range towns {
			if i%6 == 0 {
				open = append(open, one)
				w.add("Punto di "+one.name, points.Fixed, w.address(one.name, "lun-ven 9-13", geo.Point{}))
			}
		}
		for _, limit := range Limits() {
			a := w.answer(Question{Region: "17", Day: monday(), Which: InService, Minutes: limit})
			at := map[string]geo.Point{}
			for _, p := range a.Places {
				at[p.Name], _ = p.Place()
			}
			for _, one := range towns {
				one.at = at[one.name]
			}
			checkGroups(t, ByProvince(a.Places), limit, count(towns, open, limit, func(r *reference) string { return r.province }))
			checkGroups(t, ByClass(a.Places), limit, count(towns, open, limit, func(r *reference) string { return r.class }))
			if total := Sum(a.Places); total.Residents.Total() != 525_281 || total.Ageless != 0 {
				t.Errorf("%d residents, %d towns without ages, want 525281 and none", total.Residents.Total(), total.Ageless)
			}
		}
	})
}

// people are the residents, and those of 65 and more, in all and within reach.
type people struct{ all, old, reached, oldReached int }

func count(towns, open []*reference, limit int, keyOf func(*reference) string) map[string]people {
	sums := map[string]people{}
	for _, one := range towns {
		least := math.Inf(1)
		for _, o := range open {
			least = min(least, minutes(one, o))
		}
		sum := sums[keyOf(one)]
		sum.all, sum.old = sum.all+one.residents, sum.old+one.old
		if math.Round(least) <= float64(limit) {
			sum.reached, sum.oldReached = sum.reached+one.residents, sum.oldReached+one.old
		}
		sums[keyOf(one)] = sum
	}
	return sums
}

func checkGroups(t *testing.T, groups []Group, limit int, want map[string]people) {
	t.Helper()
	if len(groups) != len(want) {
		t.Errorf("%d rows, want %d", len(groups), len(want))
	}
	for _, g := range groups {
		got := people{g.Residents.Total(), g.From65.Total(), g.Residents.Reached, g.From65.Reached}
		if got != want[g.Key] {
			t.Errorf("%q within %d minutes = %+v, want %+v", g.Key, limit, got, want[g.Key])
		}
	}
}
