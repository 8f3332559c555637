package ui

import (
	"math"
	"testing"
)

func TestDotsStayApartAndInside(t *testing.T) {
	t.Parallel()
	m := Map{Title: "x"}
	for range 12 {
		m.Dots = append(m.Dots, Dot{Lat: 40.64, Lon: 15.80})
	}
	m.Dots = append(m.Dots, Dot{Lat: 40.0, Lon: 16.6}, Dot{Lat: 41.1, Lon: 15.4})
	v := drawMap(m)
	for i, a := range v.places {
		if a.x < 0 || a.y < 0 || a.x > v.width || a.y > v.height {
			t.Errorf("dot %d at %.0f, %.0f lies outside %.0f x %.0f", i, a.x, a.y, v.width, v.height)
		}
		for j, b := range v.places[:i] {
			if math.Hypot(a.x-b.x, a.y-b.y) < 20 {
				t.Errorf("dots %d and %d hide one another", i, j)
			}
		}
	}
}

func TestMapIsDrawnToScale(t *testing.T) {
	t.Parallel()
	v := drawMap(Map{Dots: []Dot{{Lat: 40.0, Lon: 16.0}, {Lat: 41.0, Lon: 16.0}}})
	if got := (v.places[0].y - v.places[1].y) / v.scale; math.Abs(got-111.2) > 0.5 {
		t.Errorf("a degree of latitude is %.1f km on the map, want 111.2", got)
	}
	if v.places[0].y < v.places[1].y {
		t.Error("the south lies above the north")
	}
	if v.bar < 1 || float64(v.bar)*v.scale > v.width/3 {
		t.Errorf("the scale bar is %d km, %.0f units of %.0f", v.bar, float64(v.bar)*v.scale, v.width)
	}
}

func TestMapOfOnePointHasASize(t *testing.T) {
	t.Parallel()
	for _, m := range []Map{{Dots: []Dot{{Lat: 40, Lon: 16}}}, {}} {
		if v := drawMap(m); v.height <= 0 || math.IsNaN(v.height) || v.height > 3*mapWidth {
			t.Errorf("height of %d dots = %v", len(m.Dots), v.height)
		}
	}
}
