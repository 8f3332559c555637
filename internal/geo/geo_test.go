package geo_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"capillare/internal/geo"
)

var (
	florence = geo.Point{Lat: 43.7696, Lon: 11.2558}
	empoli   = geo.Point{Lat: 43.7187, Lon: 10.9463}
	rome     = geo.Point{Lat: 41.9028, Lon: 12.4964}
)

func anyPoint() *rapid.Generator[geo.Point] {
	return rapid.Custom(func(t *rapid.T) geo.Point {
		return geo.Point{Lat: rapid.Float64Range(-90, 90).Draw(t, "lat"), Lon: rapid.Float64Range(-180, 180).Draw(t, "lon")}
	})
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b geo.Point
		want float64
	}{
		{florence, florence, 0},
		{florence, empoli, 25.5},
		{florence, rome, 230.9},
		{geo.Point{Lat: 0, Lon: 179.5}, geo.Point{Lat: 0, Lon: -179.5}, 111.2},
		{geo.Point{Lat: 90}, geo.Point{Lat: -90}, 20015.1},
	} {
		if got := geo.Distance(test.a, test.b); math.Abs(got-test.want) > 0.1 {
			t.Errorf("Distance(%v, %v) = %.2f, want %.1f", test.a, test.b, got, test.want)
		}
	}
}

func TestDistanceIsADistance(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := anyPoint().Draw(t, "a"), anyPoint().Draw(t, "b"), anyPoint().Draw(t, "c")
		ab, ba := geo.Distance(a, b), geo.Distance(b, a)
		if math.IsNaN(ab) || ab < 0 || ab > 20016 || math.Abs(ab-ba) > 1e-6 || geo.Distance(a, a) != 0 {
			t.Fatalf("Distance(%v, %v) = %v and back %v", a, b, ab, ba)
		}
		if around := geo.Distance(a, c) + geo.Distance(c, b); around < ab-1e-4 {
			t.Fatalf("by way of %v it is shorter: %v against %v", c, around, ab)
		}
	})
}

func TestDirectionsAreAsFarAsPoints(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyPoint().Draw(t, "a"), anyPoint().Draw(t, "b")
		want, got := geo.Distance(a, b), a.Direction().Km(b.Direction())
		// A metre, and a few near the other side of the earth, where neither formula is exact.
		if diff := math.Abs(got - want); diff > 0.001 && want < 19_000 || diff > 1 {
			t.Fatalf("Km(%v, %v) = %v, want %v", a, b, got, want)
		}
	})
}

func TestTravelMinutes(t *testing.T) {
	t.Parallel()
	for km, want := range map[float64]int{0: 9, -1: 9, 1: 10, 10: 20, 25.5: 37, 100: 117} {
		if got := geo.TravelMinutes(km); got != want {
			t.Errorf("TravelMinutes(%v) = %v, want %v", km, got, want)
		}
	}
}

func TestValid(t *testing.T) {
	t.Parallel()
	for p, want := range map[geo.Point]bool{
		florence:                true,
		{}:                      false,
		{Lat: 91, Lon: 1}:       false,
		{Lat: 1, Lon: 181}:      false,
		{Lat: math.NaN()}:       false,
		{Lat: 1, Lon: -180}:     true,
		{Lat: math.Inf(1)}:      false,
		{Lat: -90.01, Lon: 0.1}: false,
	} {
		if got := p.Valid(); got != want {
			t.Errorf("%v.Valid() = %v, want %v", p, got, want)
		}
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	box, ok := geo.Bounds([]geo.Point{{}, florence, rome, {Lat: math.NaN(), Lon: 3}})
	want := geo.Box{MinLat: rome.Lat, MinLon: florence.Lon, MaxLat: florence.Lat, MaxLon: rome.Lon}
	if !ok || box != want {
		t.Errorf("Bounds = %v, %v, want %v", box, ok, want)
	}
	if box.Contains(empoli) || !box.Contains(florence) || !box.Contains(box.Centre()) {
		t.Errorf("%v holds Empoli or leaves out Florence", box)
	}
	if got, ok := geo.Bounds([]geo.Point{{}}); ok {
		t.Errorf("Bounds(no place) = %v, want none", got)
	}
}

func TestAroundLosesNobody(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		centre := anyPoint().Draw(t, "centre")
		km := rapid.Float64Range(0, 15000).Draw(t, "km")
		near := anyPoint().Draw(t, "near")
		if rapid.Bool().Draw(t, "close") {
			near = geo.Point{
				Lat: max(-90, min(90, centre.Lat+rapid.Float64Range(-2, 2).Draw(t, "dlat"))),
				Lon: max(-180, min(180, centre.Lon+rapid.Float64Range(-2, 2).Draw(t, "dlon"))),
			}
			km = geo.Distance(centre, near)
		}
		if box := geo.Around(centre, km); geo.Distance(centre, near) <= km && !box.Contains(near) {
			t.Fatalf("Around(%v, %v) = %v leaves out %v", centre, km, box, near)
		}
	})
	if box := geo.Around(florence, 10); box.Contains(empoli) || box.Contains(rome) {
		t.Errorf("Around(Florence, 10 km) = %v reaches Empoli", box)
	}
}

func TestProjectionFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		points := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) geo.Point {
			return geo.Point{Lat: rapid.Float64Range(35, 47).Draw(t, "lat"), Lon: rapid.Float64Range(6, 19).Draw(t, "lon")}
		}), 1, 20).Draw(t, "points")
		height := rapid.SampledFrom([]float64{0, 50, 300, 2000}).Draw(t, "height")
		const width, margin, slack = 400, 12, 1e-6
		p := geo.NewProjection(points, width, height, margin)
		if p.Width != width || p.Height <= 0 || height > 0 && p.Height > height {
			t.Fatalf("drawing of %v x %v, want %v x at most %v", p.Width, p.Height, width, height)
		}
		for _, at := range points {
			x, y := p.XY(at)
			if !(x >= margin-slack && x <= width-margin+slack && y >= margin-slack && y <= p.Height-margin+slack) {
				t.Fatalf("XY(%v) = %v, %v, out of %v x %v", at, x, y, p.Width, p.Height)
			}
		}
	})
}

func TestProjectionPointsNorthAndKeepsScale(t *testing.T) {
	t.Parallel()
	p := geo.NewProjection([]geo.Point{florence, empoli, rome}, 400, 600, 10)
	fx, fy := p.XY(florence)
	ex, ey := p.XY(empoli)
	rx, ry := p.XY(rome)
	if !(ex < fx && fx < rx && fy < ey && ey < ry) {
		t.Errorf("Florence %v,%v Empoli %v,%v Rome %v,%v: want west to east and north to south", fx, fy, ex, ey, rx, ry)
	}
	drawn := math.Hypot(fx-rx, fy-ry) / math.Hypot(fx-ex, fy-ey)
	ground := geo.Distance(florence, rome) / geo.Distance(florence, empoli)
	if math.Abs(drawn/ground-1) > 0.03 {
		t.Errorf("Rome is drawn %.2f times as far as Empoli, want %.2f", drawn, ground)
	}
}

func TestProjectionOfLittle(t *testing.T) {
	t.Parallel()
	for name, points := range map[string][]geo.Point{"none": nil, "one": {florence}, "twice the same": {florence, florence}, "no place": {{}}} {
		p := geo.NewProjection(points, 400, 300, 10)
		if x, y := p.XY(florence); x != 200 || y != 150 {
			t.Errorf("%s: XY = %v, %v, want the middle", name, x, y)
		}
	}
	column := []geo.Point{florence, {Lat: 42, Lon: florence.Lon}}
	p := geo.NewProjection(column, 400, 0, 10)
	if x, y := p.XY(florence); math.Abs(x-200) > 1e-9 || math.Abs(y-10) > 1e-9 || math.Abs(p.Height-400) > 1e-9 {
		t.Errorf("points in a column: XY = %v, %v of height %v, want 200, 10 of 400", x, y, p.Height)
	}
	row := []geo.Point{florence, {Lat: florence.Lat, Lon: 12}}
	if p := geo.NewProjection(row, 400, 300, 10); p.Height != 20 {
		t.Errorf("points in a row: height %v, want 20", p.Height)
	}
}
