package desk

import (
	"strings"
	"time"
	"unicode/utf8"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/i18n"
	"capillare/internal/points"
	"capillare/internal/register/codelist"
	"capillare/internal/web/ui"
)

func compareText(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }

// shortName keeps the first name and the initial of the last one, for screens that others see.
func shortName(name string) string {
	words := strings.Fields(name)
	if len(words) < 2 {
		return name
	}
	initial, _ := utf8.DecodeRuneInString(words[len(words)-1])
	return words[0] + " " + strings.ToUpper(string(initial)) + "."
}

// person returns who comes: the one booked for, when the contact booked for another.
func person(b agenda.Booking) string {
	if b.Contact.OnBehalf != "" {
		return b.Contact.OnBehalf
	}
	return b.Contact.Name
}

// title is the short name of who comes, or words that say why there is none.
func title(p i18n.Printer, b agenda.Booking) string {
	switch {
	case b.Draft():
		return p.T("desk.being_booked")
	case person(b) == "":
		return p.T("desk.no_name")
	}
	return shortName(person(b))
}

// topicName says a topic of a booking, "" for none.
func topicName(p i18n.Printer, code string) string {
	switch {
	case !codelist.Domains.Has(code):
		return ""
	case code == otherTopic:
		return p.T("desk.topic_other")
	}
	return p.T(codelist.Domains.Key(code))
}

// otherTopic is the code for help that concerns no public service, such as SPID or a phone.
const otherTopic = "S"

func topicOptions(p i18n.Printer) []ui.Option {
	out := []ui.Option{{Value: "", Label: p.T("desk.topic_none")}}
	for _, c := range codelist.Domains.Codes() {
		out = append(out, ui.Option{Value: c.Value, Label: topicName(p, c.Value)})
	}
	return out
}

func kindName(p i18n.Printer, kind string) string {
	if kind == agenda.Group {
		return p.T("desk.kind.group")
	}
	return p.T("desk.kind.individual")
}

func minutesBetween(from, to time.Time) int { return int(to.Sub(from) / time.Minute) }

func length(p i18n.Printer, minutes int) string {
	return p.T("desk.minutes", map[string]any{"n": minutes})
}

func namesOf(list []points.Point) string {
	var names []string
	for _, p := range list {
		names = append(names, p.PublicName)
	}
	return strings.Join(names, ", ")
}

// dayTitle says a day with its year only when it is another.
func dayTitle(p i18n.Printer, day, today calendar.Day) string {
	if day.Year() != today.Year() {
		return capital(p.DayYear(day))
	}
	return capital(p.Day(day))
}

func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return strings.ToUpper(string(first)) + s[size:]
}

// join puts what is not empty in one line.
func join(parts ...string) string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, " · ")
}
