package public

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/i18n"
	"capillare/internal/kinds"
	"capillare/internal/web/ui"
)

// which is the kind of appointment of a page of times, and for how many people.
type which struct {
	// Kinds and Parties are the choices; with one kind only, there is none of kinds.
	Kinds, Parties choice
	// KindID is the kind chosen, or agenda.Plain; Party how many come.
	KindID string
	Party  int
	// Name, Mode and Bring are the words of the kind; empty for the plain appointment.
	Name, Mode, Bring string
}

// Other reports whether the page offers a choice of kinds, or somebody made one.
func (c which) Other() bool { return len(c.Kinds.options) > 1 || c.Party > 1 }

// title is what the choice is called: of kinds and people, or of people alone.
func (c which) title(p i18n.Printer) string {
	if len(c.Kinds.options) > 1 {
		return p.T("booking.other")
	}
	return p.T("booking.more_people")
}

// query are the choices as they stand in an address.
func (c which) query() url.Values {
	v := url.Values{}
	if len(c.Kinds.options) > 1 {
		v.Set("tipo", c.KindID)
	}
	if c.Party > 1 {
		v.Set("persone", strconv.Itoa(c.Party))
	}
	return v
}

// partyOf returns how many people a form is for: 1 unless it says otherwise. What is no number of people is -1,
// which the agenda refuses.
func partyOf(form *ui.Form, otherwise int) int {
	text := form.Text("persone")
	if text == "" {
		return max(1, otherwise)
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return -1
	}
	return n
}

// choose picks the kind and the number of people that the form asks for, and returns the times of these.
// Without a wish it takes the kind that serves the topic and comes first.
func (d Deps) choose(r *http.Request, v *timesPage) ([]agenda.Time, error) {
	c := &v.Which
	if c.Party = partyOf(v.Form, v.Party); c.Party < 1 || c.Party > agenda.MostTogether {
		c.Party = 1
	}
	list, err := d.Kinds.At(r.Context(), v.Point.ID)
	if err != nil {
		return nil, err
	}
	times, err := d.timesFor(r, agenda.Where{PointID: v.Point.ID, Party: c.Party}, list)
	if err != nil {
		return nil, err
	}
	p := ui.PrinterOf(r)
	ids := kindsOf(times)
	c.KindID = pick(ids, list, v.Form.Text("tipo"), kinds.Mode(v.Form.Text("come")), v.Topic)
	for _, id := range ids {
		c.Kinds.options = append(c.Kinds.options, ui.Option{Value: id, Label: kindLabel(p, kindIn(list, id), times, id)})
	}
	c.Kinds.name, c.Kinds.label, c.Kinds.value = "tipo", p.T("booking.kind"), c.KindID
	c.Parties = choice{name: "persone", label: p.T("booking.party"), value: strconv.Itoa(c.Party), options: partyOptions(p)}
	if k := kindIn(list, c.KindID); k.ID != "" {
		c.Name, c.Mode, c.Bring = kindName(p, k), p.T("booking.mode."+string(k.Mode)), strings.Join(bringOf(p, k), ", ")
	}
	return slices.DeleteFunc(times, func(t agenda.Time) bool { return t.Where("").KindID != c.KindID }), nil
}

// timesFor returns the free times ahead, as far as any kind can be booked.
func (d Deps) timesFor(r *http.Request, w agenda.Where, list []kinds.Kind) ([]agenda.Time, error) {
	set, err := d.setting(r)
	if err != nil {
		return nil, err
	}
	days := max(set.HorizonDays, weekLength)
	for _, k := range list {
		days = max(days, k.HorizonDays)
	}
	from := calendar.DayOf(ui.Now(r))
	return d.Agenda.TimesFor(r.Context(), w, from, from.AddDays(days))
}

// kindsOf returns the kinds of some times, in the order of their first one.
func kindsOf(times []agenda.Time) []string {
	var ids []string
	for _, t := range times {
		if id := t.Where("").KindID; !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// pick chooses among the kinds that have times: the one asked for, else the first in that mode, else the
// first for that topic, else the first.
func pick(ids []string, list []kinds.Kind, asked string, mode kinds.Mode, topic string) string {
	if slices.Contains(ids, asked) {
		return asked
	}
	for _, suits := range []func(kinds.Kind) bool{
		func(k kinds.Kind) bool { return mode != "" && k.Mode == mode && k.Serves(topic) },
		func(k kinds.Kind) bool { return mode != "" && k.Mode == mode },
		func(k kinds.Kind) bool { return k.Serves(topic) },
	} {
		for _, id := range ids {
			if suits(kindIn(list, id)) {
				return id
			}
		}
	}
	if len(ids) > 0 {
		return ids[0]
	}
	return ""
}

// kindIn returns a kind by id; the zero kind stands for the plain appointment.
func kindIn(list []kinds.Kind, id string) kinds.Kind {
	for _, k := range list {
		if k.ID == id {
			return k
		}
	}
	return kinds.Kind{}
}

// kindLabel is a kind in a list: what, how, how long.
func kindLabel(p i18n.Printer, k kinds.Kind, times []agenda.Time, id string) string {
	for _, t := range times {
		if t.Where("").KindID != id {
			continue
		}
		if k.ID == "" {
			return p.T("booking.plain."+t.Kind) + ", " + p.Hours(int(t.EndsAt.Sub(t.StartsAt).Minutes()))
		}
	}
	return kindName(p, k) + ", " + p.Hours(k.Minutes) + ", " + p.T("booking.mode."+string(k.Mode))
}

// kindName is the name of a kind in the language of the page.
func kindName(p i18n.Printer, k kinds.Kind) string {
	if p.Lang() != i18n.Italian && k.NameEN != "" {
		return k.NameEN
	}
	return k.Name
}

// bringOf is what to bring, a thing a line, in the language of the page.
func bringOf(p i18n.Printer, k kinds.Kind) []string {
	text := k.Bring
	if p.Lang() != i18n.Italian && k.BringEN != "" {
		text = k.BringEN
	}
	return slices.DeleteFunc(strings.Split(strings.ReplaceAll(text, "\r", ""), "\n"), func(line string) bool { return strings.TrimSpace(line) == "" })
}

func partyOptions(p i18n.Printer) []ui.Option {
	var out []ui.Option
	for n := 1; n <= agenda.MostTogether; n++ {
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: p.N("booking.people", n)})
	}
	return out
}

// kindOf returns the kind of an appointment; the zero kind for a plain one.
func (d Deps) kindOf(r *http.Request, b agenda.Booking) (kinds.Kind, error) {
	if b.KindID == "" {
		return kinds.Kind{}, nil
	}
	found, err := d.Kinds.Some(r.Context(), []string{b.KindID})
	return found[b.KindID], err
}

// howWords say what an appointment is and how it takes place; empty for a plain one at a desk.
func howWords(p i18n.Printer, k kinds.Kind) string {
	if k.ID == "" {
		return ""
	}
	return kindName(p, k) + ", " + p.T("booking.mode."+string(k.Mode))
}
