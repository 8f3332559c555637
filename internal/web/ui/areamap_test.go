package ui

import (
	"strings"
	"testing"

	"capillare/internal/geo"
	"capillare/internal/territory"
)

// square is an outline around a place.
func square(lat, lon float64) territory.Boundary {
	at := func(dLat, dLon float64) geo.Point { return geo.Point{Lat: lat + dLat, Lon: lon + dLon} }
	return territory.Boundary{territory.Polygon{territory.Ring{at(-.1, -.1), at(-.1, .1), at(.1, .1), at(.1, -.1), at(-.1, -.1)}}}
}

func areaClasses() []AreaClass {
	return []AreaClass{{Sign: "1", Label: "fino a 15 minuti"}, {Sign: "2", Label: "fino a 20 minuti"}, {Sign: "×", Label: "isola"}}
}

func TestAreaMapDrawsOutlines(t *testing.T) {
	t.Parallel()
	v := drawAreas(AreaMap{Classes: areaClasses(), Points: []geo.Point{{Lat: 40.5, Lon: 16}, {}}, Areas: []Area{
		{Class: 0, At: geo.Point{Lat: 40.5, Lon: 16}, Shape: square(40.5, 16)}, {Class: 1, At: geo.Point{Lat: 40.8, Lon: 16.3}, Shape: square(40.8, 16.3)},
		{Class: 1, At: geo.Point{Lat: 40.8, Lon: 16.3001}, Shape: square(40.8, 16.3)},
	}})
	if got := strings.Count(v.paths[0], "M"); got != 1 || strings.Count(v.paths[1], "M") != 2 || v.paths[2] != "" {
		t.Errorf("paths = %q, want one outline, two, none", v.paths)
	}
	if len(v.dots) != 0 || len(v.points) != 1 {
		t.Errorf("%d dots and %d points, want none and the one whose place is known", len(v.dots), len(v.points))
	}
	if len(v.signs) != 2 {
		t.Errorf("%d signs, want two: the third would run into the second", len(v.signs))
	}
	if v.used[2] || !v.used[1] {
		t.Errorf("used = %v, want the first two", v.used)
	}
	for _, s := range append(v.signs, v.names...) {
		if s.x < 0 || s.y < 0 || s.x > v.Width || s.y > v.Height {
			t.Errorf("%q at %.0f, %.0f is outside of %.0f x %.0f", s.text, s.x, s.y, v.Width, v.Height)
		}
	}
}

func TestAreaMapWithoutOutlines(t *testing.T) {
	t.Parallel()
	v := drawAreas(AreaMap{Classes: areaClasses(), Areas: []Area{
		{Class: 0, At: geo.Point{Lat: 40.5, Lon: 16}}, {Class: 1, At: geo.Point{Lat: 40.5, Lon: 16.0001}}, {Class: 2},
	}, Names: []Town{{Name: "Potenza", Lat: 40.6, Lon: 15.8}, {Name: "Nowhere"}}})
	if len(v.dots) != 2 || len(v.names) != 1 || v.used[2] {
		t.Errorf("%d dots, %d names, used %v; want the two towns whose place is known and one name", len(v.dots), len(v.names), v.used)
	}
	if empty := drawAreas(AreaMap{Classes: areaClasses()}); empty.Height <= 0 {
		t.Errorf("height of an empty map = %v", empty.Height)
	}
}

func TestAreaFillHasAPatternForEveryClass(t *testing.T) {
	t.Parallel()
	if len(areaLines()) != areaPatterns {
		t.Errorf("%d patterns are drawn, want %d", len(areaLines()), areaPatterns)
	}
	for class, want := range map[int]string{0: "url(#area-1)", 5: "url(#area-6)", 9: "url(#area-6)"} {
		if got := areaFill(class); got != want {
			t.Errorf("areaFill(%d) = %q, want %q", class, got, want)
		}
	}
}
