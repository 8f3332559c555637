package territory

import (
	"testing"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"", ""},
		{"Forlì", "forli"},
		{"FORLI'", "forli"},
		{"Forli\u0300", "forli"},
		{"Sant'Angelo Le Fratte", "sant angelo le fratte"},
		{"Sant’Angelo  le fratte ", "sant angelo le fratte"},
		{"Pont-Saint-Martin", "pont saint martin"},
		{"S. Marcello Piteglio", "s marcello piteglio"},
		{"Appiano/Eppan an der Weinstraße", "appiano eppan an der weinstrasse"},
		{"Hône", "hone"},
		{"50123", "50123"},
		{"--'", ""},
	}
	for _, tt := range tests {
		if got := Fold(tt.in); got != tt.want {
			t.Errorf("Fold(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestFoldTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		once := Fold(s)
		if twice := Fold(once); twice != once {
			t.Errorf("Fold(Fold(%q)) = %q, want %q", s, twice, once)
		}
	})
}
