package territory

import (
	"testing"
	"time"

	"capillare/internal/calendar"
)

// Two files of a kind that come in one import must not take turns in the page of sources.
func TestNewerThan(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.November, 22, 4, 0, 0, 0, time.UTC)
	newer, older := calendar.NewDay(2026, time.February, 21), calendar.NewDay(2024, time.January, 22)
	tests := []struct {
		name string
		a, b Source
		want bool
	}{
		{"loaded later", Source{ID: "1", LoadedAt: at.Add(time.Hour), Reference: older}, Source{ID: "2", LoadedAt: at, Reference: newer}, true},
		{"loaded together", Source{ID: "1", LoadedAt: at, Reference: newer}, Source{ID: "2", LoadedAt: at, Reference: older}, true},
		{"loaded together, the older", Source{ID: "2", LoadedAt: at, Reference: older}, Source{ID: "1", LoadedAt: at, Reference: newer}, false},
		{"of one day", Source{ID: "2", LoadedAt: at, Reference: newer}, Source{ID: "1", LoadedAt: at, Reference: newer}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.a.newerThan(&tt.b); got != tt.want {
				t.Errorf("newerThan() = %v, want %v", got, tt.want)
			}
		})
	}
}
