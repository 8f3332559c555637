package desk

import (
	"strings"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/i18n"
)

// byDay groups free times by day, as buttons.
func byDay(p i18n.Printer, times []agenda.Time) []dayTimes {
	var out []dayTimes
	var last calendar.Day
	for _, t := range times {
		day := calendar.DayOf(t.StartsAt)
		if day != last {
			out, last = append(out, dayTimes{Day: capital(p.Day(day))}), day
		}
		of := &out[len(out)-1]
		of.Times = append(of.Times, timeChoice{Value: writeTime(t), Label: p.Time(t.StartsAt), About: p.Day(day)})
	}
	return out
}

// writeTime writes a time and its address for a form.
func writeTime(t agenda.Time) string { return instant(t.StartsAt) + " " + t.AddressID }

// readTime reads what writeTime wrote; the zero time, which is past, when it is something else.
func readTime(text string) (time.Time, string) {
	at, address, _ := strings.Cut(text, " ")
	return readInstant(at), address
}
