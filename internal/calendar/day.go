package calendar

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"capillare/internal/errs"
)

// Refusals of days and hours.
var (
	ErrDay        = errs.New(errs.Invalid, "calendar.day")
	ErrNoSuchDay  = errs.New(errs.Invalid, "calendar.no_such_day")
	ErrMinute     = errs.New(errs.Invalid, "calendar.minute")
	ErrNoSuchTime = errs.New(errs.Invalid, "calendar.no_such_time")
)

const (
	isoForm       = "2006-01-02"
	secondsPerDay = 24 * 60 * 60
	// unixOfDayOne is 0001-01-01 in seconds since 1970.
	unixOfDayOne = -62135596800
)

// Day is a date of the Italian calendar, from year 1 to 9999. The zero value means "no day",
// comes before every day and stays zero whatever is added to it.
type Day struct {
	// n counts days from 0001-01-01, which is 1.
	n int
}

// DayOf returns the day that t falls on in Rome; no day for the zero time.
func DayOf(t time.Time) Day {
	if t.IsZero() {
		return Day{}
	}
	return NewDay(t.In(Rome).Date())
}

// NewDay returns the day of y, m and d, normalised as time.Date does (31 April is 1 May).
// Outside the years 1 to 9999 it returns no day.
func NewDay(y int, m time.Month, d int) Day {
	t := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	if t.Year() < 1 || t.Year() > 9999 {
		return Day{}
	}
	return Day{n: int((t.Unix()-unixOfDayOne)/secondsPerDay) + 1}
}

// ParseDay reads "2027-02-28" or "28/02/2027" (also "28/2/2027"), with spaces around.
func ParseDay(s string) (Day, error) {
	s = strings.TrimSpace(s)
	y, m, d, ok := splitDay(s)
	if !ok {
		return Day{}, ErrDay
	}
	day := NewDay(y, time.Month(m), d)
	if gotY, gotM, gotD := day.Date(); day.IsZero() || gotY != y || int(gotM) != m || gotD != d {
		return Day{}, ErrNoSuchDay
	}
	return day, nil
}

func splitDay(s string) (y, m, d int, ok bool) {
	var year, month, day string
	switch {
	case strings.Count(s, "-") == 2:
		parts := strings.Split(s, "-")
		year, month, day = parts[0], parts[1], parts[2]
		ok = len(month) == 2 && len(day) == 2
	case strings.Count(s, "/") == 2:
		parts := strings.Split(s, "/")
		day, month, year = parts[0], parts[1], parts[2]
		ok = true
	}
	if !ok || len(year) != 4 {
		return 0, 0, 0, false
	}
	y, okY := digits(year, 4)
	m, okM := digits(month, 2)
	d, okD := digits(day, 2)
	return y, m, d, okY && okM && okD
}

// digits reads one to most ASCII digits and nothing else.
func digits(s string, most int) (n int, ok bool) {
	if s == "" || len(s) > most {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// utc returns midnight of d in UTC, for arithmetic on dates only.
func (d Day) utc() time.Time {
	return time.Unix(int64(d.n-1)*secondsPerDay+unixOfDayOne, 0).UTC()
}

// IsZero reports whether d is no day.
func (d Day) IsZero() bool { return d.n == 0 }

// Equal reports whether d and o are the same day.
func (d Day) Equal(o Day) bool { return d == o }

// Before reports whether d comes before o.
func (d Day) Before(o Day) bool { return d.n < o.n }

// After reports whether d comes after o.
func (d Day) After(o Day) bool { return d.n > o.n }

// Compare returns -1, 0 or +1 as d comes before, is, or comes after o.
func (d Day) Compare(o Day) int { return cmp.Compare(d.n, o.n) }

// AddDays returns the day n days after d, before it when n is negative.
func (d Day) AddDays(n int) Day {
	if d.IsZero() {
		return d
	}
	y, m, day := d.Date()
	return NewDay(y, m, day+n)
}

// Sub returns how many days d comes after o; 0 when either is no day.
func (d Day) Sub(o Day) int {
	if d.IsZero() || o.IsZero() {
		return 0
	}
	return d.n - o.n
}

// Date returns year, month and day of the month; zeros for no day.
func (d Day) Date() (year int, month time.Month, day int) {
	if d.IsZero() {
		return 0, 0, 0
	}
	return d.utc().Date()
}

// Year returns the year, 0 for no day.
func (d Day) Year() int {
	y, _, _ := d.Date()
	return y
}

// Month returns year and month as "2026-11", "" for no day.
func (d Day) Month() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format("2006-01")
}

// Weekday returns Monday to Sunday as 1 to 7, 0 for no day.
func (d Day) Weekday() Weekday {
	if d.IsZero() {
		return 0
	}
	return Weekday((d.n-1)%7 + 1)
}

// String returns "2026-11-24", "" for no day.
func (d Day) String() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format(isoForm)
}

// Start returns the first instant of the day in Rome; the zero time for no day.
func (d Day) Start() time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	midnight := d.utc()
	if found := instants(midnight); len(found) > 0 {
		return found[0]
	}
	// Summer time began at midnight in the 1960s: the day starts when the clock jumps.
	start, _ := midnight.Add(-offset(midnight.Add(-26 * time.Hour))).In(Rome).ZoneBounds()
	return start
}

// At returns the instant when clocks in Rome show m on day d; 1440 is the midnight that ends the day.
// It refuses, with ErrNoSuchTime, a time that the clock skips in spring. Of a time that comes twice
// in autumn it returns the first.
func (d Day) At(m Minute) (time.Time, error) {
	if d.IsZero() {
		return time.Time{}, ErrDay
	}
	if !m.Valid() {
		return time.Time{}, ErrMinute
	}
	found := instants(d.utc().Add(time.Duration(m) * time.Minute))
	if len(found) == 0 {
		return time.Time{}, ErrNoSuchTime.With(errs.Args{"day": d, "time": m})
	}
	return found[0], nil
}

// Age returns the full years of somebody born on born, on the day on; who was born on 29 February
// turns on 1 March in common years. It is negative before birth and 0 when either is no day.
func Age(born, on Day) int {
	if born.IsZero() || on.IsZero() {
		return 0
	}
	by, bm, bd := born.Date()
	y, m, d := on.Date()
	years := y - by
	if m < bm || (m == bm && d < bd) {
		years--
	}
	return years
}

var _ fmt.Stringer = Day{}
