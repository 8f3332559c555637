package territory

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"capillare/internal/geo"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/testkit"
)

const matrix = "Name;Origine;Destinazione;Total_Minu;Total_Mete\r\n" +
	"76001-76002;76001;76002;12,5;9000\r\n76002-76001;76002;76001;13;9100\r\n76001-77001;76001;77001;33;30000\r\n76003-1001;76003;1001;600;900000\r\n"

func TestTravel(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), lucania(t, db)
		pairs := []Pair{
			{End{Belfiore: "A001"}, End{Belfiore: "A002"}}, {End{Belfiore: "A002"}, End{Belfiore: "A003"}},
			{End{Belfiore: "A001"}, End{Belfiore: "A001", At: geo.Point{Lat: 40.1, Lon: 16}}}, {End{Belfiore: "A001"}, End{Belfiore: "Z999"}},
		}
		before, err := s.TravelMinutes(ctx, pairs)
		if err != nil || before[0].How != ByDistance || before[0].Minutes != 21 || before[3].How != "" || before[2].How != ByDistance {
			t.Fatalf("TravelMinutes before any file = %+v, %v", before, err)
		}
		p := importFiles(t, s, files("matrice_2013.txt", matrix))
		if p.Travel != (Counts{New: 3}) {
			t.Errorf("Travel = %+v, want the three pairs of the region", p.Travel)
		}
		after, err := s.TravelMinutes(ctx, pairs)
		if err != nil || after[0].How != ByMatrix || after[0].Minutes != 12.5 || after[0].KM != 9 || after[0].Source == nil || after[1].How != ByDistance {
			t.Errorf("TravelMinutes with a matrix = %+v, %v", after, err)
		}
		p = importFiles(t, s, files("matrice_2013.txt", matrix))
		if !p.Empty() {
			t.Errorf("the same matrix again: %+v", p.Preview)
		}
		// After a merger the quickest of the trips stands for both, and no trip leads to itself.
		importFiles(t, s, merged())
		p = importFiles(t, s, files("matrice_2013.txt", matrix))
		if trips, err := s.TravelMinutes(ctx, []Pair{{End{Belfiore: "M001"}, End{Belfiore: "A004"}}}); err != nil || trips[0].How != ByMatrix || trips[0].Minutes != 33 {
			t.Errorf("TravelMinutes from the merged one = %+v, %v, %+v", trips, err, p.Travel)
		}
	})
}

func TestNoEstimateAcrossTheSea(t *testing.T) {
	t.Parallel()
	town := func(belfiore, region string, lat, lon float64) *Municipality {
		return &Municipality{Belfiore: belfiore, RegionCode: region, Lat: lat, Lon: lon, HasPlace: true, Zone: CoastalHill, Altitude: 10, HasAltitude: true}
	}
	portoferraio, rio, piombino := town("G912", "09", 42.81, 10.32), town("M391", "09", 42.82, 10.43), town("G687", "09", 42.93, 10.52)
	messina, reggio, cagliari, carloforte, santAntioco := town("F158", "19", 38.19, 15.55), town("H224", "18", 38.11, 15.65), town("B354", "20", 39.22, 9.12), town("B789", "20", 39.14, 8.3), town("I294", "20", 39.07, 8.45)
	for _, tt := range []struct {
		name string
		a, b *Municipality
		want bool
	}{
		{"on Elba", portoferraio, rio, true}, {"Elba and the mainland", portoferraio, piombino, false}, {"the strait", messina, reggio, false},
		{"Sardinia and San Pietro", cagliari, carloforte, false}, {"the causeway of Sant'Antioco", cagliari, santAntioco, true}, {"to itself", carloforte, carloforte, true},
	} {
		for _, pair := range [][2]*Municipality{{tt.a, tt.b}, {tt.b, tt.a}} {
			trip, ok := guess(pair[0], pair[1])
			if ok != tt.want || ok && trip.How != ByTerrain {
				t.Errorf("%s: estimate = %+v, %v, want %v", tt.name, trip, ok, tt.want)
			}
		}
	}
	if _, ok := guess(piombino, &Municipality{Belfiore: "X", RegionCode: "09"}); ok {
		t.Error("estimate to a municipality without a place = true, want false")
	}
}

func TestBoundariesBroadbandBodies(t *testing.T) {
	t.Parallel()
	shape := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"com_istat_code":"076001","name":"Acerra Vecchia"},` +
		`"geometry":{"type":"Polygon","coordinates":[[[16,40],[16.1,40],[16.1,40.1],[16,40]],[[16.01,40.01],[16.02,40.01],[16.02,40.02],[16.01,40.01]]]}}]}`
	network := "istat;date;source;addresses;white;grey;black;ftth;fwa\r\n076001;2026-06-30;x;100;10;30;60;50;20\r\n076001;2025-06-30;x;90;90;0;0;0;0\r\n"
	index := "cod_amm\tdes_amm\tComune\tnome_resp\tcogn_resp\tCap\tProvincia\tRegione\tsito_istituzionale\tIndirizzo\ttitolo_resp\ttipologia_istat\ttipologia_amm\tacronimo\tcf_validato\tcf\tmail1\ttipo_mail1\r\n" +
		"c_a001\tComune di Acerra Vecchia\tAcerra Vecchia\tMario\tRossi\t85010\tPZ\tBasilicata\twww.acerra.it\tVia Roma 1\tSindaco\tComuni e loro Consorzi e Associazioni\tPubbliche Amministrazioni\t\tS\t00221400526\tacerra@pec.it\tPec\r\n"
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), lucania(t, db)
		importFiles(t, s, files("confini.geojson", shape, "banda_larga.csv", network, "amministrazioni.txt", index))
		shapes, err := s.Boundaries(ctx, "17")
		if err != nil || len(shapes) != 1 || len(shapes["A001"]) != 1 || len(shapes["A001"][0]) != 2 || shapes["A001"][0][0][1] != (geo.Point{Lat: 40, Lon: 16.1}) {
			t.Errorf("Boundaries = %+v, %v", shapes, err)
		}
		networks, err := s.Broadband(ctx)
		if b := networks["A001"]; err != nil || b.Addresses != 100 || b.White != 10 || b.Black != 60 || b.Day != day(2026, 6, 30) || b.Source == nil {
			t.Errorf("Broadband = %+v, %v, want the newest day", networks, err)
		}
		want := IndexBody{IPA: "c_a001", Name: "Comune di Acerra Vecchia", Kind: "municipality", Category: "Comuni e loro Consorzi e Associazioni", TaxCode: "00221400526", Belfiore: "A001",
			PEC: "acerra@pec.it", Site: "www.acerra.it", CAP: "85010", Address: "Via Roma 1"}
		for _, q := range []string{"acerra", "comune vecchia", "C_A001", "00221400526"} {
			if found, err := s.FindBodies(ctx, q, 5); err != nil || len(found) != 1 || !cmp.Equal(found[0], want) {
				t.Errorf("FindBodies(%q) = %+v, %v, want %+v", q, found, err, want)
			}
		}
		if found, err := s.FindBodies(ctx, "rossi", 5); err != nil || len(found) != 0 {
			t.Errorf("FindBodies(the mayor) = %+v, %v, want nobody", found, err)
		}
		if b, err := s.IndexBodyByIPA(ctx, "c_a001"); err != nil || b.PEC != want.PEC {
			t.Errorf("IndexBodyByIPA = %+v, %v", b, err)
		}
		if _, err := s.IndexBodyByIPA(ctx, "c_z999"); !errors.Is(err, ErrNoBody) {
			t.Errorf("IndexBodyByIPA(unknown) = %v, want %v", err, ErrNoBody)
		}
		sources, err := s.Sources(ctx)
		if err != nil || len(sources) != 3 {
			t.Errorf("Sources = %+v, %v, want three", sources, err)
		}
	})
}

func TestRings(t *testing.T) {
	t.Parallel()
	point := rapid.Custom(func(t *rapid.T) geo.Point {
		return geo.Point{Lat: rapid.Float64Range(35, 48).Draw(t, "lat"), Lon: rapid.Float64Range(6, 19).Draw(t, "lon")}
	})
	rapid.Check(t, func(t *rapid.T) {
		ring := Ring(rapid.SliceOfN(point, 1, 20).Draw(t, "ring"))
		ring = append(ring, ring[0])
		polygons := rapid.IntRange(1, 3).Draw(t, "polygons")
		var shape Boundary
		for range polygons {
			shape = append(shape, Polygon{ring, ring})
		}
		back, err := parseRings(writeRings(shape))
		if err != nil || len(back) != polygons || len(back[0]) != 2 {
			t.Fatalf("parseRings(writeRings) = %v, %v", back, err)
		}
		got := back[polygons-1][1]
		if got[0] != got[len(got)-1] {
			t.Fatalf("the ring is open: %v", got)
		}
		if math.Abs(got[0].Lat-ring[0].Lat) > 0.5/ringStep+1e-9 || math.Abs(got[0].Lon-ring[0].Lon) > 0.5/ringStep+1e-9 {
			t.Fatalf("the first point moved from %v to %v", ring[0], got[0])
		}
	})
	for _, text := range []string{"", "1", "1 2 3", "1 x", "1 2|", ";"} {
		if b, err := parseRings(text); err == nil {
			t.Errorf("parseRings(%q) = %v, want an error", text, b)
		}
	}
}

func TestTitled(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ABANO TERME": "Abano Terme", "RIO NELL'ELBA": "Rio nell'Elba", "SANT'ANGELO LE FRATTE": "Sant'Angelo le Fratte", "LA SPEZIA": "La Spezia",
		"VALLE D'AOSTA": "Valle d'Aosta", "FORLÌ": "Forlì", "Già scritto bene": "Già scritto bene", "CASTEL DI IUDICA": "Castel di Iudica", "": "",
	} {
		if got := titled(text); got != want {
			t.Errorf("titled(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestFindIsTheSameAsLooking compares the index with looking at every name.
func TestFindIsTheSameAsLooking(t *testing.T) {
	t.Parallel()
	testkit.Shared(t, "data", "territory", "municipalities.csv")
	ix := italy(t)
	queries := []string{"s", "po", "san g", "s giorgio", "monte", "ala", "castel nuovo", "anto", "elba", "sant angelo", "bolzano bozen", "x", "rio", "roma rm"}
	for _, q := range queries {
		want := map[int]rank{}
		for _, k := range ix.search.keys {
			r := looked(k.text, q)
			if was, seen := want[k.town]; r <= rankContains && (!seen || r < was) {
				want[k.town] = r
			}
		}
		got := map[int]rank{}
		found := ix.search.answers(q, math.MaxInt)
		for _, town := range found.towns {
			got[town] = found.best[town].rank
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("answers(%q) (-looking +index):\n%s", q, diff)
		}
	}
}

// looked is the rank by the definition.
func looked(key, q string) rank {
	squeezed := strings.ReplaceAll(q, " ", "")
	switch {
	case key == q:
		return rankExact
	case strings.HasPrefix(key, q):
		return rankPrefix
	case strings.Contains(key, " "+q):
		return rankWord
	case wordsInOrder(key, strings.Fields(q)):
		return rankWords
	case len(squeezed) > 1 && strings.Contains(strings.ReplaceAll(key, " ", ""), squeezed):
		return rankContains
	}
	return rankContains + 1
}

// italy is an index of all of Italy, from the reference.
func italy(tb testing.TB) *index {
	tb.Helper()
	ix := &index{byBelfiore: map[string]int{}, istat: map[string][]istatCode{}, former: map[string][]formerName{}, allOf: map[string]Province{}, sources: map[string]*Source{}}
	for i, row := range table(tb, filepath.Join(testkit.Shared(tb, "data", "territory"), "municipalities.csv")) {
		residents := 0
		_, _ = fmt.Sscan(row["population_2025"], &residents)
		ix.towns = append(ix.towns, town{Municipality: Municipality{Belfiore: row["belfiore"], ISTAT: row["istat"], Name: row["name_it"], NameOther: row["name_other"],
			ProvinceAbbr: row["province_abbr"], RegionCode: row["region_code"], Population: residents, CAPs: strings.Split(row["caps"], "|")}})
		ix.byBelfiore[row["belfiore"]] = i
	}
	ix.arrange()
	return ix
}

// BenchmarkFind looks for the beginnings of names among all municipalities of Italy: what a field asks
// at every key.
func BenchmarkFind(b *testing.B) {
	ix := italy(b)
	s := &Service{db: sqldbtest.Open(b, sqldb.SQLite)}
	s.known.Store(&known{index: ix, at: s.db.Now().AddDate(1, 0, 0)})
	for _, q := range []string{"s", "san", "monte", "castel s", "firenz", "zz"} {
		b.Run(strings.ReplaceAll(q, " ", "_"), func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Find(context.Background(), q, "09", 10); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestSmallIslandsAreThose(t *testing.T) {
	t.Parallel()
	rows := table(t, filepath.Join(testkit.Shared(t, "data", "territory"), "municipalities.csv"))
	var flagged, ours []string
	for _, row := range rows {
		if row["island"] == "1" && row["belfiore"] != "B383" && row["belfiore"] != "I294" {
			flagged = append(flagged, row["name"])
		}
		if (Municipality{Belfiore: row["belfiore"], RegionCode: row["region_code"]}).OffRoad() {
			ours = append(ours, row["name"])
		}
	}
	slices.Sort(flagged)
	slices.Sort(ours)
	if diff := cmp.Diff(flagged, ours); diff != "" {
		t.Errorf("small islands (-ISTAT +ours):\n%s", diff)
	}
}

// guess is what the formulas say of two towns.
func guess(a, b *Municipality) (Trip, bool) {
	from, to := spotOf(a, geo.Point{}), spotOf(b, geo.Point{})
	return estimate(&from, &to)
}
