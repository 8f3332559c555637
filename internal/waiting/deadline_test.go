package waiting_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"capillare/internal/calendar"
	"capillare/internal/waiting"
)

func TestDeadline(t *testing.T) {
	t.Parallel()
	day := calendar.NewDay(2027, time.January, 11)
	next := day.AddDays(1)
	spring := calendar.NewDay(2027, time.March, 28) // clocks go forward that night
	const span = 3 * time.Hour
	for _, tc := range []struct {
		name        string
		now, starts time.Time
		want        time.Time
		ok          bool
	}{
		{"by day", at(day, 9, 0), at(next, 9, 0), at(day, 12, 0), true},
		{"the night does not count", at(day, 20, 0), at(next.AddDays(1), 9, 0), at(next, 10, 0), true},
		{"made at night", at(day, 23, 0), at(next.AddDays(1), 9, 0), at(next, 11, 0), true},
		{"before dawn", at(day, 5, 0), at(next, 9, 0), at(day, 11, 0), true},
		{"half an hour before the time", at(day, 9, 0), at(day, 11, 0), at(day, 10, 30), true},
		{"just enough", at(day, 9, 0), at(day, 10, 0), at(day, 9, 30), true},
		{"too near", at(day, 9, 1), at(day, 10, 0), at(day, 9, 30), false},
		{"at night for the early morning", at(day, 22, 0), at(next, 8, 30), at(next, 8, 0), false},
		{"over already", at(day, 9, 0), at(day, 8, 0), at(day, 7, 30), false},
		{"across the change of clocks", at(spring.AddDays(-1), 20, 0), at(spring.AddDays(2), 9, 0), at(spring, 10, 0), true},
	} {
		got, ok := waiting.Deadline(tc.now, tc.starts, span)
		if ok != tc.ok || !got.Equal(tc.want) {
			t.Errorf("%s: Deadline = %v, %v, want %v, %v", tc.name, got, ok, tc.want, tc.ok)
		}
	}
}

// A deadline is never before now nor too near the time, and is minute by minute what a person would count.
func TestDeadlineCountsDaytime(t *testing.T) {
	t.Parallel()
	begin := at(calendar.NewDay(2027, time.March, 20), 0, 0)
	rapid.Check(t, func(rt *rapid.T) {
		now := begin.Add(time.Duration(rapid.IntRange(0, 20*24*60).Draw(rt, "now")) * time.Minute)
		starts := now.Add(time.Duration(rapid.IntRange(-60, 3*24*60).Draw(rt, "starts")) * time.Minute)
		span := rapid.IntRange(30, 1440).Draw(rt, "span")
		until, ok := waiting.Deadline(now, starts, time.Duration(span)*time.Minute)
		counted := 0
		for m := now; m.Before(until); m = m.Add(time.Minute) {
			if hour := m.In(calendar.Rome).Hour(); hour >= 8 && hour < 21 {
				counted++
			}
		}
		if until.After(starts.Add(-30 * time.Minute)) {
			rt.Fatalf("until %v is too near %v", until, starts)
		}
		if counted > span || ok != (counted >= 30) {
			rt.Fatalf("%d minutes of daytime of %d, ok %v", counted, span, ok)
		}
		if ok && counted < span && !until.Equal(starts.Add(-30*time.Minute)) {
			rt.Fatalf("only %d of %d minutes, and not because the time is near", counted, span)
		}
	})
}
