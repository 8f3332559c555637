package region

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/coverage"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/territory"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

const (
	coveragePath = "/territorio/copertura"
	townsPath    = "/territorio/comuni"
	// mostUncovered is how many far municipalities the page of coverage names.
	mostUncovered = 15
)

// whichWords are the parts of addresses for the points that count.
func whichWords() map[string]coverage.Which {
	return map[string]coverage.Which{"servizio": coverage.InService, "aperti": coverage.OpenThatDay, "previsti": coverage.Planned}
}

// stateWords are the parts of addresses for the states of municipalities.
func stateWords() map[string]coverage.State {
	return map[string]coverage.State{"vicini": coverage.Reached, "lontani": coverage.Far, "isole": coverage.CutOff, "ignoti": coverage.Unplaced}
}

// wordOf returns the part of addresses for v.
func wordOf[V comparable](words map[string]V, v V) string {
	for word, one := range words {
		if one == v {
			return word
		}
	}
	return ""
}

// asked is a question of coverage with the filters of its lists, and its answer.
type asked struct {
	Form   *ui.Form
	Answer coverage.Answer
	Filter coverage.Filter
	// Places are the municipalities that the filters keep.
	Places []coverage.Place
	// Own are the provinces where the person works, by code; nil for who sees the whole network.
	Own map[string]bool
}

// ask reads the question of r and answers it. A wrong day is noted in the form, and today stands for it.
func (d Deps) ask(r *http.Request) (asked, error) {
	form, err := ui.ReadForm(r)
	if err != nil {
		return asked{}, err
	}
	set, err := d.Network.Current(r.Context())
	if err != nil {
		return asked{}, err
	}
	q := coverage.Question{Region: set.Setting.RegionCode, Minutes: coverage.UsualLimit, Which: coverage.InService, Day: form.Day("giorno")}
	if q.Day.IsZero() {
		q.Day = today(r)
	}
	if n, err := strconv.Atoi(form.Text("minuti")); err == nil && slices.Contains(coverage.Limits(), n) {
		q.Minutes = n
	}
	if which, ok := whichWords()[form.Text("punti")]; ok {
		q.Which = which
	}
	a := asked{Form: form, Filter: coverage.Filter{Province: form.Text("provincia"), Class: form.Text("classe"),
		State: stateWords()[form.Text("stato")], Islands: form.Text("isole") == "1"}}
	form.Values.Set("minuti", strconv.Itoa(q.Minutes))
	form.Values.Set("punti", wordOf(whichWords(), q.Which))
	if form.Err() == nil {
		form.Values.Set("giorno", i18n.Printer{}.DayNum(q.Day))
	}
	if a.Answer, err = d.Coverage.Answer(r.Context(), session.Actor(r), q); err != nil {
		return asked{}, err
	}
	if a.Own, err = d.ownProvinces(r, a.Answer); err != nil {
		return asked{}, err
	}
	if a.Filter.Among, err = d.named(r, form.Text("cerca"), q.Region); err != nil {
		return asked{}, err
	}
	a.Places = a.Answer.Where(a.Filter)
	return a, nil
}

// named returns the municipalities whose name or postal code answers what was typed; nil when nothing
// was.
func (d Deps) named(r *http.Request, typed, region string) (map[string]bool, error) {
	if strings.TrimSpace(typed) == "" {
		return nil, nil
	}
	const most = 500
	found, err := d.Territory.Find(r.Context(), typed, region, most)
	names := map[string]bool{}
	for _, m := range found {
		names[m.Belfiore] = true
	}
	return names, err
}

// ownProvinces returns where the points of the person are, for those who see only some.
func (d Deps) ownProvinces(r *http.Request, a coverage.Answer) (map[string]bool, error) {
	who := session.Actor(r)
	if who.Reach(identity.SeeProgress).All {
		return nil, nil
	}
	mine, err := d.Points.All(r.Context(), who, identity.SeeProgress)
	if err != nil {
		return nil, err
	}
	var codes []string
	for _, one := range mine {
		for _, at := range one.Addresses {
			codes = append(codes, at.Belfiore)
		}
	}
	towns, err := d.Territory.Today(r.Context(), codes)
	own := map[string]bool{}
	for _, m := range towns {
		own[m.ProvinceCode] = true
	}
	return own, err
}

// provinces adds the places up by province, the own ones first.
func (a asked) provinces() []coverage.Group {
	groups := coverage.ByProvince(a.Places)
	slices.SortStableFunc(groups, func(x, y coverage.Group) int {
		switch {
		case a.Own[x.Key] == a.Own[y.Key]:
			return 0
		case a.Own[x.Key]:
			return -1
		}
		return 1
	})
	return groups
}

// status is 422 when the question could not be read as it was typed.
func (a asked) status() int {
	if a.Form.Err() != nil {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// address returns where a list or a page with the same question and filters is; pairs replace some of
// them, and an empty value takes one away.
func (a asked) address(path string, pairs ...string) string {
	v := url.Values{}
	for _, name := range []string{"minuti", "giorno", "punti", "provincia", "classe", "stato", "isole", "cerca"} {
		if text := a.Form.Text(name); text != "" {
			v.Set(name, text)
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "" {
			v.Del(pairs[i])
		}
	}
	return path + "?" + v.Encode()
}

// line says in one line what was asked, for paper.
func (a asked) line(p i18n.Printer) string {
	return strings.Join([]string{p.T("coverage.filter.minutes_value", errs.Args{"n": a.Answer.Minutes}), dayText(a.Answer.Day), p.T("coverage.which." + string(a.Answer.Which))}, " · ")
}

// quiet leaves out the mark of optional fields: in a search nothing is needed.
func quiet(f *ui.Field) { f.Quiet = true }

func minuteOptions(p i18n.Printer) []ui.Option {
	var out []ui.Option
	for _, n := range coverage.Limits() {
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: p.T("coverage.filter.minutes_value", errs.Args{"n": n})})
	}
	return out
}

func whichOptions(p i18n.Printer) []ui.Option {
	var out []ui.Option
	for _, one := range coverage.Choices() {
		out = append(out, ui.Option{Value: wordOf(whichWords(), one), Label: p.T("coverage.which." + string(one))})
	}
	return out
}

func stateOptions(p i18n.Printer) []ui.Option {
	out := []ui.Option{{Label: p.T("coverage.filter.any_state")}}
	for _, one := range coverage.States() {
		out = append(out, ui.Option{Value: wordOf(stateWords(), one), Label: p.T("coverage.state." + string(one))})
	}
	return out
}

func (a asked) provinceOptions(p i18n.Printer) []ui.Option {
	out := []ui.Option{{Label: p.T("coverage.filter.any_province")}}
	for _, g := range coverage.ByProvince(a.Answer.Places) {
		out = append(out, ui.Option{Value: g.Key, Label: g.Name})
	}
	return out
}

// classOptions are the classes that are there; nil before they are imported.
func (a asked) classOptions(p i18n.Printer) []ui.Option {
	groups := coverage.ByClass(a.Answer.Places)
	if len(groups) < 2 {
		return nil
	}
	out := []ui.Option{{Label: p.T("coverage.filter.any_class")}}
	for _, g := range groups {
		value := g.Key
		if value == "" {
			value = coverage.NoClass
		}
		out = append(out, ui.Option{Value: value, Label: className(p, g.Key)})
	}
	return out
}

// className returns "E: periferico".
func className(p i18n.Printer, class string) string {
	if class == "" {
		return p.T("coverage.no_class")
	}
	return p.T("coverage.class", errs.Args{"class": class, "word": p.T("territory.inner." + class)})
}

func townName(m territory.Municipality) string { return m.Name + " (" + m.ProvinceAbbr + ")" }

func dayText(d calendar.Day) string { return i18n.Printer{}.DayNum(d) }
