package i18n

import (
	"strconv"
	"strings"
	"time"

	"capillare/internal/calendar"
)

// Weekday returns "martedì".
func (p Printer) Weekday(w calendar.Weekday) string {
	return p.T("format.weekday." + strconv.Itoa(int(w)))
}

// WeekdayShort returns "mar".
func (p Printer) WeekdayShort(w calendar.Weekday) string {
	return p.T("format.weekday_short." + strconv.Itoa(int(w)))
}

// Month returns "novembre".
func (p Printer) Month(m time.Month) string {
	return p.T("format.month." + strconv.Itoa(int(m)))
}

// Day returns "martedì 24 novembre".
func (p Printer) Day(d calendar.Day) string {
	if d.IsZero() {
		return ""
	}
	_, m, day := d.Date()
	return p.Weekday(d.Weekday()) + " " + strconv.Itoa(day) + " " + p.Month(m)
}

// DayYear returns "martedì 24 novembre 2026".
func (p Printer) DayYear(d calendar.Day) string {
	if d.IsZero() {
		return ""
	}
	return p.Day(d) + " " + strconv.Itoa(d.Year())
}

// DayShort returns "mar 24 nov".
func (p Printer) DayShort(d calendar.Day) string {
	if d.IsZero() {
		return ""
	}
	_, m, day := d.Date()
	return p.WeekdayShort(d.Weekday()) + " " + strconv.Itoa(day) + " " + p.T("format.month_short."+strconv.Itoa(int(m)))
}

// DayNum returns "24/11/2026", the same in both languages.
func (p Printer) DayNum(d calendar.Day) string {
	if d.IsZero() {
		return ""
	}
	y, m, day := d.Date()
	return two(day) + "/" + two(int(m)) + "/" + strconv.Itoa(y)
}

// Time returns "11:30", the hour in Rome, or "" for the zero time.
func (p Printer) Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Rome).Format("15:04")
}

// When returns the day and hour of t as said at now: "oggi alle 11:30", "domani alle 09:00",
// "martedì 24 novembre alle 11:30"; with the year when it is not this one.
func (p Printer) When(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	day, today := calendar.DayOf(t), calendar.DayOf(now)
	at := map[string]any{"time": p.Time(t)}
	switch day.Sub(today) {
	case -1:
		return p.T("format.yesterday_at", at)
	case 0:
		return p.T("format.today_at", at)
	case 1:
		return p.T("format.tomorrow_at", at)
	}
	at["day"] = p.Day(day)
	if day.Year() != today.Year() {
		at["day"] = p.DayYear(day)
	}
	return p.T("format.day_at", at)
}

// Number returns n with its thousands apart: "1.234" in Italian, "1,234" in English.
func (p Printer) Number(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	group, _ := p.separators()
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteString(group)
		}
		b.WriteRune(r)
	}
	return sign + b.String()
}

// Decimal returns f with the given number of decimals: "3,2".
func (p Printer) Decimal(f float64, decimals int) string {
	_, point := p.separators()
	return strings.Replace(strconv.FormatFloat(f, 'f', decimals, 64), ".", point, 1)
}

// Percent returns part of whole as "42%", or "" when whole is not positive.
func (p Printer) Percent(part, whole int) string {
	if whole <= 0 {
		return ""
	}
	return p.Number(part*100/whole) + "%"
}

// Km returns "3,2 km", without decimals from 10 km on.
func (p Printer) Km(km float64) string {
	if km < 9.95 {
		return p.Decimal(km, 1) + " km"
	}
	return p.Number(int(km+0.5)) + " km"
}

// Money returns cents of euro as "€ 7.451.103,00" in Italian, "€7,451,103.00" in English.
func (p Printer) Money(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	_, point := p.separators()
	space := " "
	if p.Lang() == English {
		space = ""
	}
	return sign + "€" + space + p.Number(int(cents/100)) + point + two(int(cents%100))
}

// Hours returns minutes as "24 ore", "29 ore e 30 minuti", "45 minuti".
func (p Printer) Hours(minutes int) string {
	h, m := minutes/60, minutes%60
	switch {
	case h == 0:
		return p.N("format.minutes", m)
	case m == 0:
		return p.N("format.hours", h)
	}
	return p.T("format.hours_and_minutes", map[string]any{
		"hours": p.N("format.hours", h), "minutes": p.N("format.minutes", m),
	})
}

func (p Printer) separators() (group, point string) {
	if p.Lang() == English {
		return ",", "."
	}
	return ".", ","
}

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
