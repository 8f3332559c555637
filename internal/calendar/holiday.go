package calendar

import "time"

// francisFrom is the first year in which 4 October is a holiday (law 151/2025).
const francisFrom = 2026

// Holiday returns the message key of the national holiday that falls on d, by the law now in force
// whatever the year, except that 4 October counts from 2026. Easter comes first when two coincide.
func Holiday(d Day) (key string, ok bool) {
	if d.IsZero() {
		return "", false
	}
	year, month, day := d.Date()
	easter := Easter(year)
	switch d {
	case easter:
		return "calendar.holiday.easter", true
	case easter.AddDays(1):
		return "calendar.holiday.easter_monday", true
	}
	if month == time.October && day == 4 && year < francisFrom {
		return "", false
	}
	key = fixedHoliday(month, day)
	return key, key != ""
}

func fixedHoliday(month time.Month, day int) string {
	switch int(month)*100 + day {
	case 101:
		return "calendar.holiday.new_year"
	case 106:
		return "calendar.holiday.epiphany"
	case 425:
		return "calendar.holiday.liberation"
	case 501:
		return "calendar.holiday.labour"
	case 602:
		return "calendar.holiday.republic"
	case 815:
		return "calendar.holiday.assumption"
	case 1004:
		return "calendar.holiday.saint_francis"
	case 1101:
		return "calendar.holiday.all_saints"
	case 1208:
		return "calendar.holiday.immaculate"
	case 1225:
		return "calendar.holiday.christmas"
	case 1226:
		return "calendar.holiday.saint_stephen"
	}
	return ""
}

// Easter returns Easter Sunday of a year of the Gregorian calendar.
func Easter(year int) Day {
	// The anonymous Gregorian computus, as printed by Meeus.
	golden := year % 19
	century, inCentury := year/100, year%100
	leaps, leapRest := century/4, century%4
	correction := (century - (century+8)/25 + 1) / 3
	epact := (19*golden + century - leaps - correction + 15) % 30
	weekday := (32 + 2*leapRest + 2*(inCentury/4) - epact - inCentury%4) % 7
	late := (golden + 11*epact + 22*weekday) / 451
	n := epact + weekday - 7*late + 114
	return NewDay(year, time.Month(n/31), n%31+1)
}
