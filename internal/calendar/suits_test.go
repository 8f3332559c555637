package calendar_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/calendar"
)

func TestSuits(t *testing.T) {
	t.Parallel()
	monday := calendar.NewDay(2027, time.January, 11)
	at := func(d calendar.Day, minute calendar.Minute) time.Time {
		when, err := d.At(minute)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	mondays := calendar.WeekdaysOf(calendar.Monday)
	for _, tc := range []struct {
		name  string
		suits calendar.Suits
		at    time.Time
		want  bool
	}{
		{"any time", calendar.AnyTime(), at(monday, 9*60), true},
		{"the right day", calendar.Suits{Weekdays: mondays}, at(monday, 9*60), true},
		{"another day", calendar.Suits{Weekdays: mondays}, at(monday.AddDays(1), 9*60), false},
		{"before lunch", calendar.Suits{Weekdays: calendar.AllWeek, Part: calendar.Morning}, at(monday, 12*60+55), true},
		{"lunch is not morning", calendar.Suits{Weekdays: calendar.AllWeek, Part: calendar.Morning}, at(monday, 13*60), false},
		{"after lunch", calendar.Suits{Weekdays: calendar.AllWeek, Part: calendar.Afternoon}, at(monday, 13*60), true},
		// Sunday evening in UTC is Monday in Rome.
		{"the day of Rome", calendar.Suits{Weekdays: mondays}, at(monday, 0).UTC(), true},
		{"an unknown part", calendar.Suits{Weekdays: calendar.AllWeek, Part: "night"}, at(monday, 9*60), false},
		{"no day", calendar.Suits{}, at(monday, 9*60), false},
	} {
		if got := tc.suits.At(tc.at); got != tc.want {
			t.Errorf("%s: At(%v) = %v, want %v", tc.name, tc.at, got, tc.want)
		}
	}
}

func TestWeekdays(t *testing.T) {
	t.Parallel()
	set := calendar.WeekdaysOf(calendar.Sunday, calendar.Monday, calendar.Monday, 9, 0)
	if diff := cmp.Diff([]calendar.Weekday{calendar.Monday, calendar.Sunday}, set.List()); diff != "" {
		t.Errorf("List (-want +got):\n%s", diff)
	}
	for set, want := range map[calendar.Weekdays]bool{0: false, -1: false, 1: true, calendar.AllWeek: true, calendar.AllWeek + 1: false} {
		if set.Valid() != want {
			t.Errorf("%d.Valid() = %v, want %v", set, !want, want)
		}
	}
	if len(calendar.AllWeek.List()) != 7 {
		t.Errorf("AllWeek = %v, want seven days", calendar.AllWeek.List())
	}
}
