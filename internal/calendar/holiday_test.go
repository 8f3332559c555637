package calendar_test

import (
	"testing"

	"capillare/internal/calendar"
)

func TestEaster(t *testing.T) {
	t.Parallel()
	for _, want := range []string{
		"1818-03-22", "1943-04-25", "1961-04-02", "2000-04-23", "2008-03-23", "2011-04-24", "2024-03-31", "2025-04-20",
		"2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01", "2030-04-21", "2038-04-25", "2049-04-18", "2076-04-19",
	} {
		d := day(t, want)
		if got := calendar.Easter(d.Year()); got != d {
			t.Errorf("Easter(%d) = %v, want %v", d.Year(), got, want)
		}
	}
	for y := 1583; y <= 4099; y++ {
		e := calendar.Easter(y)
		if e.Weekday() != calendar.Sunday || e.Before(calendar.NewDay(y, 3, 22)) || e.After(calendar.NewDay(y, 4, 25)) {
			t.Fatalf("Easter(%d) = %v, want a Sunday from 22 March to 25 April", y, e)
		}
	}
}

func TestHoliday(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ day, want string }{
		{"2027-01-01", "calendar.holiday.new_year"},
		{"2027-01-06", "calendar.holiday.epiphany"},
		{"2027-03-28", "calendar.holiday.easter"},
		{"2027-03-29", "calendar.holiday.easter_monday"},
		{"2027-04-25", "calendar.holiday.liberation"},
		{"2038-04-25", "calendar.holiday.easter"},
		{"2027-05-01", "calendar.holiday.labour"},
		{"2027-06-02", "calendar.holiday.republic"},
		{"2027-08-15", "calendar.holiday.assumption"},
		{"2025-10-04", ""},
		{"2026-10-04", "calendar.holiday.saint_francis"},
		{"2027-10-04", "calendar.holiday.saint_francis"},
		{"2027-11-01", "calendar.holiday.all_saints"},
		{"2027-12-08", "calendar.holiday.immaculate"},
		{"2027-12-25", "calendar.holiday.christmas"},
		{"2027-12-26", "calendar.holiday.saint_stephen"},
		{"2027-06-24", ""},
	} {
		if got, ok := calendar.Holiday(day(t, test.day)); got != test.want || ok != (test.want != "") {
			t.Errorf("Holiday(%v) = %q, %v, want %q", test.day, got, ok, test.want)
		}
	}
	if key, ok := calendar.Holiday(calendar.Day{}); ok {
		t.Errorf("Holiday(no day) = %q, want none", key)
	}
}

func TestHolidaysOfAYear(t *testing.T) {
	t.Parallel()
	for year, want := range map[int]int{2025: 12, 2026: 13, 2027: 13} {
		got := 0
		for d := calendar.NewDay(year, 1, 1); d.Year() == year; d = d.AddDays(1) {
			if _, ok := calendar.Holiday(d); ok {
				got++
			}
		}
		if got != want {
			t.Errorf("%d has %d holidays, want %d", year, got, want)
		}
	}
}
