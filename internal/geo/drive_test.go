package geo

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The minutes are those published with the fit, to the minute; its coordinates of Firenze were a little
// different from ours.
func TestDriveMinutes(t *testing.T) {
	t.Parallel()
	towns := map[string]Town{
		"Potenza":    {Point{40.64356, 15.80726}, Mountain, 819},
		"Matera":     {Point{40.66823, 16.6015}, Hill, 401},
		"Melfi":      {Point{40.99371, 15.64824}, Hill, 530},
		"Lagonegro":  {Point{40.12621, 15.76387}, Mountain, 666},
		"Maratea":    {Point{39.99966, 15.71567}, Mountain, 300},
		"Stigliano":  {Point{40.40136, 16.22905}, Hill, 909},
		"Aliano":     {Point{40.31378, 16.23017}, Hill, 555},
		"Firenze":    {Point{43.77999, 11.24498}, Hill, 50},
		"Pisa":       {Point{43.71832, 10.39534}, Plain, 4},
		"Siena":      {Point{43.32414, 11.32538}, Hill, 322},
		"Fiesole":    {Point{43.80588, 11.29484}, Hill, 295},
		"Fiesole II": {Point{43.80588, 11.29484}, Plain, 295},
	}
	for _, tt := range []struct {
		from, to string
		want     float64
	}{
		{"Potenza", "Matera", 74}, {"Firenze", "Pisa", 63}, {"Firenze", "Siena", 58}, {"Potenza", "Melfi", 52},
		{"Lagonegro", "Maratea", 30}, {"Stigliano", "Aliano", 23}, {"Firenze", "Fiesole", 16}, {"Pisa", "Pisa", 4.74},
	} {
		if got := DriveMinutes(towns[tt.from], towns[tt.to]); math.Abs(got-tt.want) > 0.75 {
			t.Errorf("DriveMinutes(%s, %s) = %.2f, want %v", tt.from, tt.to, got, tt.want)
		}
	}
	if hill, plain := DriveMinutes(towns["Siena"], towns["Fiesole"]), DriveMinutes(towns["Siena"], towns["Fiesole II"]); hill <= plain {
		t.Errorf("DriveMinutes over hills = %v, want more than %v on the plain", hill, plain)
	}
}

func TestDriveMinutesThereAndBack(t *testing.T) {
	t.Parallel()
	town := rapid.Custom(func(t *rapid.T) Town {
		return Town{Point{rapid.Float64Range(35, 48).Draw(t, "lat"), rapid.Float64Range(6, 19).Draw(t, "lon")},
			Terrain(rapid.IntRange(0, 2).Draw(t, "terrain")), rapid.Float64Range(0, 2100).Draw(t, "altitude")}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := town.Draw(t, "a"), town.Draw(t, "b")
		if there, back := DriveMinutes(a, b), DriveMinutes(b, a); math.Abs(there-back) > 1e-9 || there < driveStart {
			t.Fatalf("DriveMinutes(%v, %v) = %v and %v back, want the same and at least %v", a, b, there, back, driveStart)
		}
	})
}
