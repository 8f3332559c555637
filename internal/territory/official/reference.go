package official

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/tabular"
)

// describe takes title, day and the marks of figures that may change from what stands above the rows.
func (f *File) describe(above []tabular.Row, header tabular.Row, o Options) {
	titles := []string{f.Title}
	for _, row := range above {
		for _, cell := range row.Cells {
			if cell != "" {
				titles = append(titles, short(cell, 200))
			}
		}
	}
	for _, title := range titles {
		lower := strings.ToLower(title)
		f.Estimated = f.Estimated || strings.Contains(lower, "stima") || strings.Contains(lower, "stime")
		f.Provisional = f.Provisional || strings.Contains(lower, "provvisor")
		if f.Reference.IsZero() {
			f.Reference = dayIn(title)
		}
	}
	if len(titles) > 1 && (f.Title == "" || len(above) == 1) {
		f.Title = titles[1]
	}
	if f.Reference.IsZero() {
		f.Reference = f.dayOfName()
	}
	if f.Reference.IsZero() {
		f.Reference = o.Reference
	}
}

// dayOfName returns the day in the name of the file; a year alone is the day that the kind counts on.
func (f *File) dayOfName() calendar.Day {
	if d := dayIn(f.Name); !d.IsZero() {
		return d
	}
	y := yearIn(f.Name)
	if y == 0 {
		return calendar.Day{}
	}
	switch f.Kind {
	case Population:
		return calendar.NewDay(y, time.December, 31)
	case Posas, AgeBands, Travel:
		return calendar.NewDay(y, time.January, 1)
	}
	return calendar.Day{}
}

// The ways in which titles and names write a day.
var (
	isoDay   = regexp.MustCompile(`(?:^|\D)((?:19|20)\d\d)[-_]?(\d\d)[-_]?(\d\d)(?:\D|$)`)
	italian  = regexp.MustCompile(`(?:^|\D)(\d{1,2})[-/_.](\d{1,2})[-/_.]((?:19|20)\d\d)(?:\D|$)`)
	inWords  = regexp.MustCompile(`(\d{1,2})\s*[°º^]?\s+([a-z]+)\s+((?:19|20)\d\d)`)
	monthsIT = [...]string{"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio",
		"agosto", "settembre", "ottobre", "novembre", "dicembre"}
)

// dayIn finds a day in a text: 2026-08-14, 20260814, 01-01-2026, 31/12/2025, 1° gennaio 2026.
func dayIn(text string) calendar.Day {
	if m := inWords.FindStringSubmatch(strings.ToLower(text)); m != nil {
		for i, month := range monthsIT {
			if m[2] == month {
				return exactDay(m[3], strconv.Itoa(i+1), m[1])
			}
		}
	}
	if m := isoDay.FindStringSubmatch(text); m != nil {
		if d := exactDay(m[1], m[2], m[3]); !d.IsZero() {
			return d
		}
	}
	if m := italian.FindStringSubmatch(text); m != nil {
		return exactDay(m[3], m[2], m[1])
	}
	return calendar.Day{}
}

// exactDay returns no day when the calendar has none such.
func exactDay(year, month, day string) calendar.Day {
	d, err := calendar.ParseDay(day + "/" + month + "/" + year)
	if err != nil {
		return calendar.Day{}
	}
	return d
}
