// Package search holds the choices with which citizens and operators look for a free time: the day, the
// part of it, how far, in which way, in which language, and what comes first (it: le scelte della ricerca).
//
// A value that is none of the choices is as no choice. It finds nothing itself: package agenda does.
package search

import (
	"slices"
	"strconv"
	"strings"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/kinds"
	"capillare/internal/points"
	"capillare/internal/web/ui"
)

// Filter is when and how somebody wants to come: the values of the choices, "" for any.
type Filter struct {
	Day, Part, Within, Mode, Language, Order string
}

// The values of the choices.
const (
	dayToday, dayTomorrow = "oggi", "domani"
	soonestFirst          = "presto"
	// soonWithin is how far one goes for the soonest time when nobody says: the first one in the region would
	// help nobody.
	soonWithin = 60
)

func days() []string      { return []string{dayToday, dayTomorrow, "7", "14"} }
func parts() []string     { return []string{"mattina", "pomeriggio", "sera"} }
func within() []string    { return []string{"15", "30", "45", "60"} }
func orders() []string    { return []string{soonestFirst} }
func languages() []string { return points.LanguageTags() }

func modes() (m []string) {
	for _, mode := range []kinds.Mode{kinds.Desk, kinds.Group, kinds.Course, kinds.Phone, kinds.Video} {
		m = append(m, string(mode))
	}
	return m
}

// Read returns the filter of a form.
func Read(form *ui.Form) Filter {
	one := func(name string, values []string) string {
		if v := form.Text(name); slices.Contains(values, v) {
			return v
		}
		return ""
	}
	return Filter{
		Day: one("giorno", days()), Part: one("parte", parts()), Within: one("entro", within()),
		Mode: one("come", modes()), Language: one("lingua", languages()), Order: one("ordine", orders()),
	}
}

// Chosen are the choices made, without words.
func (f Filter) Chosen() []ui.Choice {
	var list []ui.Choice
	for _, c := range []ui.Choice{
		{Name: "giorno", Value: f.Day}, {Name: "parte", Value: f.Part}, {Name: "entro", Value: f.Within},
		{Name: "come", Value: f.Mode}, {Name: "lingua", Value: f.Language}, {Name: "ordine", Value: f.Order},
	} {
		if c.Value != "" {
			list = append(list, c)
		}
	}
	return list
}

// Narrows reports whether only points with such a free time answer. How far they are is no matter of times.
func (f Filter) Narrows() bool { return f != Filter{Within: f.Within} }

// Ask puts the filter into a search. Distances count only when it is known from where.
func (f Filter) Ask(q *agenda.SearchQuery, today calendar.Day, located bool) {
	switch f.Day {
	case "":
	case dayToday:
		q.From, q.To = today, today
	case dayTomorrow:
		q.From, q.To = today.AddDays(1), today.AddDays(1)
	default:
		days, _ := strconv.Atoi(f.Day) // one of days
		q.From, q.To = today, today.AddDays(days)
	}
	q.Part = agenda.Part(slices.Index(parts(), f.Part) + 1)
	q.Mode = kinds.Mode(f.Mode)
	if f.Language != "" {
		q.Languages = []string{f.Language}
	}
	if f.Order == soonestFirst {
		q.Order = agenda.Soonest
	}
	if !located {
		return
	}
	q.Near.Within, _ = strconv.Atoi(f.Within) // one of within, or none
	if q.Near.Within == 0 && q.Order == agenda.Soonest {
		q.Near.Within = soonWithin
	}
}

// Choices are the fields with their words; of the languages spoken only those that are worth choosing.
func (f Filter) Choices(p i18n.Printer, spoken []string) []ui.Choice {
	spoken = slices.DeleteFunc(slices.Clone(spoken), func(tag string) bool { return tag == "it" || tag == "lis" || !slices.Contains(languages(), tag) })
	list := []ui.Choice{
		{Name: "giorno", Label: "search.day", Value: f.Day, Options: options(p, "search.day.", days())},
		{Name: "parte", Label: "search.part", Value: f.Part, Options: options(p, "search.part.", parts())},
		{Name: "entro", Label: "search.within", Value: f.Within, Options: options(p, "search.within.", within())},
		{Name: "come", Label: "search.mode", Value: f.Mode, Options: options(p, "search.mode.", modes())},
		{Name: "lingua", Label: "search.language", Value: f.Language, Options: options(p, "points.language.", spoken)},
		{Name: "ordine", Label: "search.order", Value: f.Order, Options: options(p, "search.order.", orders())},
	}
	for i := range list {
		list[i].Options = append([]ui.Option{{Label: p.T(list[i].Label + ".any")}}, list[i].Options...)
		list[i].Label = p.T(list[i].Label)
	}
	return slices.DeleteFunc(list, func(c ui.Choice) bool { return len(c.Options) == 1 })
}

func options(p i18n.Printer, key string, values []string) []ui.Option {
	var list []ui.Option
	for _, v := range values {
		list = append(list, ui.Option{Value: v, Label: p.T(key + v)})
	}
	return list
}

// NearTo says next to which town: Italian wants "ad" before the same vowel.
func NearTo(p i18n.Printer, town string) string {
	key := "search.near"
	if strings.HasPrefix(town, "A") {
		key = "search.near_a"
	}
	return p.T(key, errs.Args{"town": town})
}
