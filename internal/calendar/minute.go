package calendar

import (
	"fmt"
	"strings"
	"time"
)

// Minute counts minutes after local midnight as a wall clock shows them, 0 to 1440 (24:00).
type Minute int

// EndOfDay is 24:00.
const EndOfDay Minute = 24 * 60

// MinuteOf returns what a clock in Rome shows at t.
func MinuteOf(t time.Time) Minute {
	t = t.In(Rome)
	return Minute(t.Hour()*60 + t.Minute())
}

// ParseMinute reads "9", "9:30", "09.30" and "24:00".
func ParseMinute(s string) (Minute, error) {
	s = strings.TrimSpace(s)
	hours, minutes, split := strings.Cut(strings.Replace(s, ".", ":", 1), ":")
	h, okH := digits(hours, 2)
	m, okM := 0, true
	if split {
		m, okM = digits(minutes, 2)
		okM = okM && len(minutes) == 2
	}
	result := Minute(h*60 + m)
	if !okH || !okM || m > 59 || !result.Valid() {
		return 0, ErrMinute
	}
	return result, nil
}

// Valid reports whether m is from 0 to 1440.
func (m Minute) Valid() bool { return m >= 0 && m <= EndOfDay }

// String returns "09:30".
func (m Minute) String() string { return fmt.Sprintf("%02d:%02d", int(m)/60, int(m)%60) }

// Weekday is a day of the week, 1 Monday to 7 Sunday; 0 is none.
type Weekday int

// The days of the week.
const (
	Monday Weekday = iota + 1
	Tuesday
	Wednesday
	Thursday
	Friday
	Saturday
	Sunday
)

// Valid reports whether w is a day of the week.
func (w Weekday) Valid() bool { return w >= Monday && w <= Sunday }

// String returns the short Italian name that data files use, "lun" to "dom"; "" for none.
// Pages take their words from package i18n.
func (w Weekday) String() string {
	if !w.Valid() {
		return ""
	}
	return [...]string{"lun", "mar", "mer", "gio", "ven", "sab", "dom"}[w-1]
}

func (w Weekday) osm() string {
	if !w.Valid() {
		return ""
	}
	return [...]string{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"}[w-1]
}
