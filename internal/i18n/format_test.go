package i18n_test

import (
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/i18n"
)

func TestFormats(t *testing.T) {
	t.Parallel()
	it, en := i18n.Default().Printer(i18n.Italian), i18n.Default().Printer(i18n.English)
	day := calendar.NewDay(2026, time.November, 24)
	now := time.Date(2026, time.November, 24, 8, 0, 0, 0, time.UTC)
	at := time.Date(2026, time.November, 24, 10, 30, 0, 0, time.UTC)
	tests := []struct{ name, got, want string }{
		{"day", it.Day(day), "martedì 24 novembre"},
		{"day en", en.Day(day), "Tuesday 24 November"},
		{"year", it.DayYear(day), "martedì 24 novembre 2026"},
		{"short", it.DayShort(day), "mar 24 nov"},
		{"num", it.DayNum(calendar.NewDay(2026, time.March, 5)), "05/03/2026"},
		{"no day", it.Day(calendar.Day{}) + it.DayNum(calendar.Day{}) + it.DayShort(calendar.Day{}) + it.DayYear(calendar.Day{}), ""},
		{"time in Rome", it.Time(at), "11:30"},
		{"no time", it.Time(time.Time{}) + it.When(time.Time{}, now), ""},
		{"today", it.When(at, now), "oggi alle 11:30"},
		{"yesterday", it.When(at.AddDate(0, 0, -1), now), "ieri alle 11:30"},
		{"tomorrow", en.When(at.AddDate(0, 0, 1), now), "tomorrow at 11:30"},
		{"later", it.When(at.AddDate(0, 0, 3), now), "venerdì 27 novembre alle 11:30"},
		{"next year", it.When(time.Date(2027, 1, 7, 9, 0, 0, 0, time.UTC), now), "giovedì 7 gennaio 2027 alle 10:00"},
		{"today by the day in Rome", it.When(time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC), now), "domani alle 00:30"},
		{"number", it.Number(1234567), "1.234.567"},
		{"small number", it.Number(999), "999"},
		{"negative", it.Number(-1234), "-1.234"},
		{"number en", en.Number(1234), "1,234"},
		{"km", it.Km(3.24), "3,2 km"},
		{"far km", it.Km(1234.6), "1.235 km"},
		{"edge km", it.Km(9.96), "10 km"},
		{"money", it.Money(745110300), "€ 7.451.103,00"},
		{"money en", en.Money(-745110305), "-€7,451,103.05"},
		{"hours", it.Hours(1440), "24 ore"},
		{"hours and minutes", it.Hours(1770), "29 ore e 30 minuti"},
		{"minutes", it.Hours(45), "45 minuti"},
		{"one", it.Hours(61), "1 ora e 1 minuto"},
		{"percent", it.Percent(1, 3) + it.Percent(1, 0), "33%"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s = %q, want %q", tt.name, tt.got, tt.want)
		}
	}
}
