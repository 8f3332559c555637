package coverage

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"capillare/internal/geo"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
	"capillare/internal/testkit"
)

// all tries every stop: the definition of what finder.of answers.
func (f *finder) all(m *territory.Municipality) (nearest, bool) {
	best := nearest{stop: -1, trip: territory.Trip{Minutes: math.Inf(1)}}
	for i := range f.stops {
		f.try(m, i, &best)
	}
	return best, best.stop >= 0
}

// randomMatrix writes trips between towns of Basilicata that no formula would tell.
func randomMatrix(towns []territory.Municipality) []string {
	random := rand.New(rand.NewPCG(1, 2))
	code := func(m territory.Municipality) string { return strings.TrimLeft(m.ISTAT, "0") }
	var rows []string
	for range 600 {
		a, b := towns[random.IntN(len(towns))], towns[random.IntN(len(towns))]
		if a.Belfiore != b.Belfiore {
			minutes := strings.Replace(strconv.FormatFloat(1+random.Float64()*90, 'f', 3, 64), ".", ",", 1)
			rows = append(rows, fmt.Sprintf("%s-%s;%s;%s;%s;%d", code(a), code(b), code(a), code(b), minutes, 1000+random.IntN(90_000)))
		}
	}
	return rows
}

func TestNearestIsThatOfTryingAll(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	w := italy(t, sqldbtest.Open(t, sqldb.SQLite))
	local, err := w.towns.InRegion(t.Context(), "17")
	w.must(err)
	w.matrix(randomMatrix(local)...)
	everywhere, err := w.towns.InRegion(t.Context(), "")
	w.must(err)
	roads, err := w.towns.Roads(t.Context())
	w.must(err)
	rapid.Check(t, func(t *rapid.T) {
		pool := everywhere
		if rapid.Bool().Draw(t, "regional") {
			pool = local
		}
		town := rapid.Custom(func(t *rapid.T) *territory.Municipality { return &pool[rapid.IntRange(0, len(pool)-1).Draw(t, "town")] })
		var stops []stop
		for range rapid.IntRange(0, 60).Draw(t, "stops") {
			m := town.Draw(t, "of")
			s := stop{belfiore: m.Belfiore}
			switch at, ok := m.Place(); {
			case ok && rapid.Bool().Draw(t, "beside"):
				s.at = geo.Point{Lat: at.Lat + rapid.Float64Range(-0.2, 0.2).Draw(t, "lat"), Lon: at.Lon + rapid.Float64Range(-0.2, 0.2).Draw(t, "lon")}
			case ok:
				s.at = at
			}
			stops = append(stops, s)
		}
		f := newFinder(roads, stops)
		for range 20 {
			m := town.Draw(t, "from")
			got, ok := f.of(m)
			want, any := f.all(m)
			if ok != any || ok && got != want {
				t.Fatalf("of(%s) = %+v, %v, want %+v, %v", m.Name, got, ok, want, any)
			}
		}
	})
}

func TestThroughIsNeverMoreThanOver(t *testing.T) {
	t.Parallel()
	place := rapid.Custom(func(t *rapid.T) geo.Point {
		return geo.Point{Lat: rapid.Float64Range(-90, 90).Draw(t, "lat"), Lon: rapid.Float64Range(-180, 180).Draw(t, "lon")}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := place.Draw(t, "a"), place.Draw(t, "b")
		va, vb := vectorOf(a), vectorOf(b)
		over := geo.Distance(a, b)
		if through, north := va.through(vb), math.Abs(va.z-vb.z)*globeRadius; through > over+1e-9 || north > through+1e-9 {
			t.Fatalf("from %v to %v: %v to the north, %v through, want at most %v", a, b, north, through, over)
		}
	})
}

// BenchmarkItaly counts all of Italy against 3,000 points.
func BenchmarkItaly(b *testing.B) {
	w := italy(b, sqldbtest.Open(b, sqldb.SQLite))
	everywhere, err := w.towns.InRegion(b.Context(), "")
	w.must(err)
	roads, err := w.towns.Roads(b.Context())
	w.must(err)
	random := rand.New(rand.NewPCG(3, 4))
	var stops []stop
	for range 3000 {
		m := everywhere[random.IntN(len(everywhere))]
		at, _ := m.Place()
		stops = append(stops, stop{belfiore: m.Belfiore, at: geo.Point{Lat: at.Lat + random.Float64()/50, Lon: at.Lon + random.Float64()/50}})
	}
	for _, way := range []struct {
		name string
		find func(*finder, *territory.Municipality) (nearest, bool)
	}{{"near first", (*finder).of}, {"trying all", (*finder).all}} {
		b.Run(fmt.Sprintf("%d municipalities, 3000 points, %s", len(everywhere), way.name), func(b *testing.B) {
			for b.Loop() {
				f := newFinder(roads, stops)
				for i := range everywhere {
					way.find(f, &everywhere[i])
				}
			}
		})
	}
}
