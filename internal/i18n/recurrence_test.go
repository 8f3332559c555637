package i18n_test

import (
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/i18n"
)

func TestRecurrenceInWords(t *testing.T) {
	t.Parallel()
	days := calendar.WeekdaysOf
	for _, test := range []struct {
		r      calendar.Recurrence
		it, en string
	}{
		{calendar.Recurrence{Weekdays: days(calendar.Monday)}, "ogni lunedì", "every Monday"},
		{calendar.Recurrence{Weekdays: days(calendar.Monday, calendar.Wednesday, calendar.Friday)},
			"ogni lunedì, mercoledì e venerdì", "every Monday, Wednesday and Friday"},
		{calendar.Recurrence{Weekdays: days(calendar.Tuesday), Every: 2}, "martedì, una settimana sì e una no", "Tuesday, every other week"},
		{calendar.Recurrence{Weekdays: days(calendar.Tuesday), Every: 3}, "martedì, ogni 3 settimane", "Tuesday, every 3 weeks"},
		{calendar.Recurrence{Weekdays: days(calendar.Monday, calendar.Sunday), Nth: 1},
			"il primo lunedì e la prima domenica del mese", "the first Monday and the first Sunday of the month"},
		{calendar.Recurrence{Weekdays: days(calendar.Saturday), Nth: calendar.LastOfMonth}, "l'ultimo sabato del mese", "the last Saturday of the month"},
	} {
		for lang, want := range map[i18n.Lang]string{i18n.Italian: test.it, i18n.English: test.en} {
			if got := i18n.Default().Printer(lang).Recurrence(test.r); got != want {
				t.Errorf("Recurrence(%+v) = %q, want %q", test.r, got, want)
			}
		}
	}
}
