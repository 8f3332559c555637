package calendar_test

import (
	"testing"
	"time"

	"capillare/internal/calendar"
)

func TestElapsed(t *testing.T) {
	t.Parallel()
	plain := calendar.NewDay(2027, time.March, 15)
	spring, autumn := calendar.NewDay(2027, time.March, 28), calendar.NewDay(2027, time.October, 31)
	for _, tt := range []struct {
		day      calendar.Day
		from, to calendar.Minute
		want     int
	}{
		{plain, 9 * 60, 13 * 60, 240},
		{plain, 0, calendar.EndOfDay, 1440},
		{plain, 13 * 60, 9 * 60, 0},
		{calendar.Day{}, 0, 60, 0},
		{spring, 9 * 60, 13 * 60, 240},
		{spring, 60, 4 * 60, 120},
		{spring, 2*60 + 30, 4 * 60, 60},
		{spring, 60, 2*60 + 30, 60},
		{spring, 2*60 + 10, 2*60 + 50, 0},
		{spring, 0, calendar.EndOfDay, 1380},
		{autumn, 60, 4 * 60, 240},
		{autumn, 0, calendar.EndOfDay, 1500},
	} {
		if got := tt.day.Elapsed(tt.from, tt.to); got != tt.want {
			t.Errorf("%v.Elapsed(%v, %v) = %d, want %d", tt.day, tt.from, tt.to, got, tt.want)
		}
	}
}

// Two stretches one after the other are as long as both together, on every day of two years.
func TestElapsedAdds(t *testing.T) {
	t.Parallel()
	day := calendar.NewDay(2026, time.January, 1)
	for ; day.Year() < 2028; day = day.AddDays(1) {
		for _, cut := range []calendar.Minute{90, 120, 150, 180, 600} {
			if got, want := day.Elapsed(0, cut)+day.Elapsed(cut, calendar.EndOfDay), day.Elapsed(0, calendar.EndOfDay); got != want {
				t.Errorf("%v: %d minutes cut at %v, %d whole", day, got, cut, want)
			}
		}
	}
}
