package geo

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestReachLosesNobody(t *testing.T) {
	t.Parallel()
	town := rapid.Custom(func(t *rapid.T) Town {
		return Town{Point{rapid.Float64Range(36, 47).Draw(t, "lat"), rapid.Float64Range(6, 19).Draw(t, "lon")},
			Terrain(rapid.IntRange(0, 2).Draw(t, "terrain")), rapid.Float64Range(0, 2100).Draw(t, "altitude")}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := town.Draw(t, "a"), town.Draw(t, "b")
		km := Distance(a.Point, b.Point)
		for name, minutes := range map[string]float64{"DriveMinutes": DriveMinutes(a, b), "TravelMinutes": float64(TravelMinutes(km))} {
			if reach := Reach(minutes); km > reach {
				t.Fatalf("Reach(%v) = %v, want at least the %v km for which %s says so", minutes, reach, km, name)
			}
		}
	})
}

func TestReach(t *testing.T) {
	t.Parallel()
	for minutes, want := range map[float64]float64{0: 0, 4.74: 0, 9: 2.7, 20: 14, math.Inf(1): math.Inf(1)} {
		if got := Reach(minutes); got != want && math.Abs(got-want) > 0.1 {
			t.Errorf("Reach(%v) = %v, want %v", minutes, got, want)
		}
	}
}
