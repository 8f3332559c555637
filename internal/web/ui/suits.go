package ui

import (
	"strconv"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/i18n"
)

// The names of the two fields of SuitsFields.
const (
	suitsDays = "days"
	suitsPart = "part"
)

// ReadSuits reads the days and the part of the day that SuitsFields asks for. Nothing chosen is nothing
// that suits: the domain says so at the field.
func ReadSuits(f *Form) calendar.Suits {
	var days []calendar.Weekday
	for _, text := range f.Texts(suitsDays) {
		if n, err := strconv.Atoi(text); err == nil {
			days = append(days, calendar.Weekday(n))
		}
	}
	return calendar.Suits{Weekdays: calendar.WeekdaysOf(days...), Part: calendar.Part(f.Text(suitsPart))}
}

// FillSuits puts s into the form that is shown.
func FillSuits(f *Form, s calendar.Suits) {
	f.Values.Del(suitsDays)
	for _, d := range s.Weekdays.List() {
		f.Values.Add(suitsDays, strconv.Itoa(int(d)))
	}
	f.Values.Set(suitsPart, string(s.Part))
}

// SuitsWords says when somebody could come: "lun, mer, mattina".
func SuitsWords(p i18n.Printer, s calendar.Suits) string {
	var words []string
	if s.Weekdays == calendar.AllWeek {
		words = append(words, p.T("suits.any_day"))
	} else {
		for _, d := range s.Weekdays.List() {
			words = append(words, p.WeekdayShort(d))
		}
	}
	if s.Part != calendar.AnyPart {
		words = append(words, p.T("suits.part."+string(s.Part)))
	}
	return strings.Join(words, ", ")
}

func dayOptions(p i18n.Printer) []Option {
	var out []Option
	for _, d := range calendar.AllWeek.List() {
		out = append(out, Option{Value: strconv.Itoa(int(d)), Label: p.Weekday(d)})
	}
	return out
}

func partOptions(p i18n.Printer) []Option {
	var out []Option
	for _, part := range calendar.Parts() {
		key := "suits.any_part"
		if part != calendar.AnyPart {
			key = "suits.part." + string(part)
		}
		out = append(out, Option{Value: string(part), Label: p.T(key)})
	}
	return out
}
