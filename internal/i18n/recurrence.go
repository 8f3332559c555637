package i18n

import (
	"strconv"
	"strings"

	"capillare/internal/calendar"
)

// Recurrence returns "ogni lunedì e mercoledì", "lunedì, una settimana sì e una no", "il primo lunedì e il
// primo martedì del mese".
func (p Printer) Recurrence(r calendar.Recurrence) string {
	var days []string
	for _, w := range r.Weekdays.List() {
		days = append(days, p.nth(r.Nth, w))
	}
	args := map[string]any{"days": p.And(days), "n": r.Every}
	switch {
	case r.Nth != 0:
		return p.T("format.of_month", args)
	case r.Every > 2:
		return p.T("format.every_weeks", args)
	case r.Every == 2:
		return p.T("format.every_two_weeks", args)
	}
	return p.T("format.every_week", args)
}

// nth returns "il primo lunedì", or the weekday alone when n is 0. Italian Sundays are feminine.
func (p Printer) nth(n int, w calendar.Weekday) string {
	if n == 0 {
		return p.Weekday(w)
	}
	which := strconv.Itoa(n)
	if n == calendar.LastOfMonth {
		which = "last"
	}
	key := "format.nth."
	if w == calendar.Sunday {
		key = "format.nth_sunday."
	}
	return p.T(key+which, map[string]any{"day": p.Weekday(w)})
}

// And joins words as people say them: "lunedì, martedì e venerdì".
func (p Printer) And(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return p.T("format.and", map[string]any{"a": strings.Join(words[:last], ", "), "b": words[last]})
}
