package public

import (
	"net/http"
	"slices"
	"strconv"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/i18n"
	"capillare/internal/kinds"
	"capillare/internal/points"
	"capillare/internal/web/ui"
)

// filter is when and how somebody wants to come: the values of the choices below, "" for any.
type filter struct {
	Day, Part, Within, Mode, Language, Order string
}

// choice is a field of the filter.
type choice struct {
	name, label, value string
	options            []ui.Option
}

// The values of the choices.
const (
	dayToday, dayTomorrow = "oggi", "domani"
	soonestFirst          = "presto"
	// soonWithin is how far one goes for the soonest time when nobody says: the first one in the region would
	// help nobody.
	soonWithin = 60
)

func filterDays() []string   { return []string{dayToday, dayTomorrow, "7", "14"} }
func filterParts() []string  { return []string{"mattina", "pomeriggio", "sera"} }
func filterWithin() []string { return []string{"15", "30", "45", "60"} }
func filterOrders() []string { return []string{soonestFirst} }
func languages() []string    { return points.LanguageTags() }
func filterModes() (m []string) {
	for _, mode := range []kinds.Mode{kinds.Desk, kinds.Group, kinds.Course, kinds.Phone, kinds.Video} {
		m = append(m, string(mode))
	}
	return m
}

func readFilter(form *ui.Form) filter {
	one := func(name string, values []string) string {
		if v := form.Text(name); slices.Contains(values, v) {
			return v
		}
		return ""
	}
	return filter{
		Day: one("giorno", filterDays()), Part: one("parte", filterParts()), Within: one("entro", filterWithin()),
		Mode: one("come", filterModes()), Language: one("lingua", languages()), Order: one("ordine", filterOrders()),
	}
}

// chosen are the choices made, without words.
func (f filter) chosen() []choice {
	var list []choice
	for _, c := range []choice{
		{name: "giorno", value: f.Day}, {name: "parte", value: f.Part}, {name: "entro", value: f.Within},
		{name: "come", value: f.Mode}, {name: "lingua", value: f.Language}, {name: "ordine", value: f.Order},
	} {
		if c.value != "" {
			list = append(list, c)
		}
	}
	return list
}

// narrows reports whether only points with such a free time answer. How far they are is no matter of times.
func (f filter) narrows() bool { return f != filter{Within: f.Within} }

// ask puts the filter into a search. Distances count only when it is known from where.
func (f filter) ask(q *agenda.SearchQuery, today calendar.Day, located bool) {
	switch f.Day {
	case "":
	case dayToday:
		q.From, q.To = today, today
	case dayTomorrow:
		q.From, q.To = today.AddDays(1), today.AddDays(1)
	default:
		days, _ := strconv.Atoi(f.Day) // one of filterDays
		q.From, q.To = today, today.AddDays(days)
	}
	q.Part = agenda.Part(slices.Index(filterParts(), f.Part) + 1)
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
	q.Near.Within, _ = strconv.Atoi(f.Within) // one of filterWithin, or none
	if q.Near.Within == 0 && q.Order == agenda.Soonest {
		q.Near.Within = soonWithin
	}
}

// filterChoices are the fields with their words; of languages only those that somebody speaks.
func (d Deps) filterChoices(r *http.Request, f filter) ([]choice, error) {
	spoken, err := d.Agenda.Languages(r.Context())
	if err != nil {
		return nil, err
	}
	spoken = slices.DeleteFunc(spoken, func(tag string) bool { return tag == "it" || tag == signLanguage || !slices.Contains(languages(), tag) })
	p := ui.PrinterOf(r)
	list := []choice{
		{"giorno", "public.filter.day", f.Day, options(p, "public.filter.day.", filterDays())},
		{"parte", "public.filter.part", f.Part, options(p, "public.filter.part.", filterParts())},
		{"entro", "public.filter.within", f.Within, options(p, "public.filter.within.", filterWithin())},
		{"come", "public.filter.mode", f.Mode, options(p, "public.filter.mode.", filterModes())},
		{"lingua", "public.filter.language", f.Language, options(p, "points.language.", spoken)},
		{"ordine", "public.filter.order", f.Order, options(p, "public.filter.order.", filterOrders())},
	}
	for i := range list {
		list[i].options = append([]ui.Option{{Label: p.T(list[i].label + ".any")}}, list[i].options...)
		list[i].label = p.T(list[i].label)
	}
	return slices.DeleteFunc(list, func(c choice) bool { return len(c.options) == 1 }), nil
}

func options(p i18n.Printer, key string, values []string) []ui.Option {
	var list []ui.Option
	for _, v := range values {
		list = append(list, ui.Option{Value: v, Label: p.T(key + v)})
	}
	return list
}
