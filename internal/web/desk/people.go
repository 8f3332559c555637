package desk

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/points"
	"capillare/internal/register"
	"capillare/internal/register/codelist"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// The fields of a person; in the form they stand as citizens.1.tax_code and so on. The last two are
// ours: the code that was looked up last, and when that person came last ("new" for never).
const (
	fieldCode   = "tax_code"
	fieldFound  = "found"
	fieldSeen   = "seen"
	fieldNoCode = "no_code"
	fieldOver99 = "over99"
	seenNever   = "new"
	seenWithout = "known"
)

// traitFields are what is told of a person besides the code.
func traitFields() []string {
	return []string{"name", "surname", "education", "occupation", "citizenship", "province"}
}

// otherFields are the rest, kept when a person is moved up in the form.
func otherFields() []string {
	return []string{fieldCode, fieldFound, fieldSeen, fieldNoCode, fieldOver99, "document_kind", "document_number", "gender"}
}

// personView is one person of the form.
type personView struct {
	N int
	// prefix begins the names of the fields of this person.
	prefix string
	// Known and New say what looking up found; neither before that.
	Known, New bool
	// Summary says what is known: shown instead of the fields, which are folded away.
	Summary string
	// NoCode unfolds the part for who has no tax code.
	NoCode bool
	// Focus is the field that has the cursor: the code, or the first one left to fill.
	Focus string
	// AskName is false when the register has the name already.
	AskName bool
	// Wrong unfolds what is known, because something in it is wrong.
	Wrong  bool
	Remove bool
}

func (p personView) field(name string) string { return p.prefix + name }

// trait is a field about the person; what browsers remember of others is not offered.
func (p personView) trait(f *ui.Form, name, label string) ui.Field {
	field := f.Field(p.field(name), label).Must()
	field.Autocomplete, field.Autofocus = "off", p.Focus == name
	return field
}

func fieldOf(n int, name string) string { return "citizens." + strconv.Itoa(n) + "." + name }

// count returns how many people the form has.
func (v *serving) count() int {
	n, err := strconv.Atoi(v.form.Text("people"))
	if err != nil || n < 1 {
		return 1
	}
	return min(n, register.MaxCitizens)
}

func (v *serving) setCount(n int) { v.form.Values.Set("people", strconv.Itoa(n)) }

// arrange does what a button other than recording asks: look up, one more person, one fewer.
func (d Deps) arrange(r *http.Request, v *serving) error {
	do := v.form.Text("do")
	if text, ok := strings.CutPrefix(do, "remove."); ok {
		if n, err := strconv.Atoi(text); err == nil {
			v.remove(n)
		}
		return nil
	}
	if err := d.lookUp(r, v, true); err != nil {
		return err
	}
	if do == "add" && v.count() < register.MaxCitizens {
		v.setCount(v.count() + 1)
		if types := v.form.Texts("types"); len(types) == 1 && types[0] == "A" {
			v.form.Values["types"] = []string{"B"}
		}
	}
	return nil
}

// remove takes a person away; those after move up.
func (v *serving) remove(gone int) {
	last := v.count()
	if gone < 1 || gone > last || last == 1 {
		return
	}
	for n := gone; n <= last; n++ {
		for _, name := range append(traitFields(), otherFields()...) {
			v.form.Values.Del(fieldOf(n, name))
			if n < last {
				v.form.Values[fieldOf(n, name)] = v.form.Values[fieldOf(n+1, name)]
			}
		}
	}
	v.setCount(last - 1)
	if last == 2 && len(v.form.Texts("types")) == 1 && v.form.Text("types") == "B" && v.booking.Kind != agenda.Group {
		v.form.Values["types"] = []string{"A"}
	}
}

// lookUp asks the register about every code not asked yet. A code that is badly typed is noted in the
// form when tell; who records hears it from the register, with everything else.
func (d Deps) lookUp(r *http.Request, v *serving, tell bool) error {
	for n := 1; n <= v.count(); n++ {
		code := normal(v.form.Text(fieldOf(n, fieldCode)))
		before := v.form.Text(fieldOf(n, fieldFound))
		if code == "" || code == before {
			if code == "" {
				v.forget(n)
			}
			continue
		}
		known, err := d.Register.FindCitizen(r.Context(), session.Actor(r), code)
		if refusal, ok := errors.AsType[*errs.Refusal](err); ok && refusal.Kind == errs.Invalid {
			v.forget(n)
			if tell {
				v.note(n, refusal)
			}
			continue
		}
		if err != nil {
			return err
		}
		if before != "" {
			// The traits shown were those of somebody else.
			for _, name := range traitFields() {
				v.form.Values.Del(fieldOf(n, name))
			}
		}
		if err := d.found(r, v, n, known); err != nil {
			return err
		}
		v.form.Values.Set(fieldOf(n, fieldCode), code)
		v.form.Values.Set(fieldOf(n, fieldFound), code)
	}
	return nil
}

func normal(code string) string { return strings.ToUpper(strings.Join(strings.Fields(code), "")) }

func (v *serving) forget(n int) {
	v.form.Values.Del(fieldOf(n, fieldFound))
	v.form.Values.Del(fieldOf(n, fieldSeen))
}

// note puts what is wrong with a code at the field of person n.
func (v *serving) note(n int, refusal *errs.Refusal) {
	for _, one := range refusal.Problems {
		v.form.Problems.Add(fieldOf(n, one.Field), one.Key, one.Args)
	}
	if len(refusal.Problems) == 0 {
		v.form.Problems.Add(fieldOf(n, fieldCode), refusal.Key, refusal.Args)
	}
}

// found fills person n with what the register knows, or with what is usual for a new one. What was
// typed already stays.
func (d Deps) found(r *http.Request, v *serving, n int, known register.Known) error {
	fill := func(name, value string) {
		if v.form.Text(fieldOf(n, name)) == "" && value != "" {
			v.form.Values.Set(fieldOf(n, name), value)
		}
	}
	seen := seenNever
	if known.Seen {
		seen = seenWithout
		if known.HasName && !known.LastSeen.IsZero() {
			seen = known.LastSeen.String()
		}
		fill("education", known.Education)
		fill("occupation", known.Occupation)
		fill("citizenship", known.Citizenship)
		fill("province", known.Province)
	}
	v.form.Values.Set(fieldOf(n, fieldSeen), seen)
	if known.Seen && known.HasName {
		return nil
	}
	if n == 1 {
		first, rest, _ := strings.Cut(person(v.booking), " ")
		fill("name", first)
		fill("surname", rest)
	}
	fill("citizenship", "A")
	if v.form.Has(fieldOf(n, "province")) {
		return nil
	}
	province, err := d.provinceHere(r, v)
	fill("province", province)
	return err
}

// provinceHere is the province of the point, where most people who come live.
func (d Deps) provinceHere(r *http.Request, v *serving) (string, error) {
	var here []points.Point
	for _, p := range v.points {
		if p.ID == v.form.Text("point") || v.form.Text("point") == "" {
			here = append(here, p)
			break
		}
	}
	if len(here) == 0 {
		return "", nil
	}
	names, err := d.Register.ProvincesOf(r.Context(), here)
	return names[here[0].ID], err
}

// needCodes notes every person without a tax code of whom nobody said that there is none: a field
// forgotten would be a person that does not count.
func (v *serving) needCodes() {
	for n := 1; n <= v.count(); n++ {
		if !v.form.Has(fieldOf(n, fieldCode)) && !v.withoutCode(n) {
			v.form.Problems.Add(fieldOf(n, fieldCode), "desk.code_needed")
		}
	}
}

func (v *serving) withoutCode(n int) bool {
	return v.form.Has(fieldOf(n, fieldNoCode)) || v.form.Has(fieldOf(n, "document_kind")) || v.form.Has(fieldOf(n, "document_number"))
}

func (v *serving) citizen(n int) register.Citizen {
	text := func(name string) string { return v.form.Text(fieldOf(n, name)) }
	c := register.Citizen{
		TaxCode: text(fieldCode), Over99: text(fieldOver99) != "",
		Name: text("name"), Surname: text("surname"), Education: text("education"), Occupation: text("occupation"),
		Citizenship: text("citizenship"), Province: text("province"),
		NoticeGiven: register.Notice(v.form.Text("notice_given")),
	}
	if c.TaxCode == "" {
		c.DocumentKind, c.DocumentNumber, c.Gender = text("document_kind"), text("document_number"), text("gender")
	}
	return c
}

// persons makes the people of the page, and decides where the cursor goes.
func (v *serving) persons(p i18n.Printer) {
	v.page.Persons = nil
	total, wrong := v.count(), len(v.form.Problems) > 0
	placed := wrong
	for n := 1; n <= total; n++ {
		one := personView{N: n, prefix: "citizens." + strconv.Itoa(n) + ".", Remove: total > 1, NoCode: v.withoutCode(n)}
		seen := v.form.Text(one.field(fieldSeen))
		one.Known, one.New = seen != "" && seen != seenNever, seen == seenNever
		day, err := calendar.ParseDay(seen)
		one.AskName = err != nil
		one.Wrong = v.wrongIn(one)
		if one.Known {
			one.Summary = v.summary(p, one, day)
		}
		if !placed {
			one.Focus = v.next(one)
			placed = one.Focus != ""
		}
		v.page.Persons = append(v.page.Persons, one)
	}
	v.page.Ready = !placed
}

// next is the first field of a person that waits to be filled, "" when none does.
func (v *serving) next(one personView) string {
	switch {
	case one.Known || one.NoCode:
		return ""
	case !one.New:
		return fieldCode
	}
	for _, name := range traitFields() {
		if !v.form.Has(one.field(name)) {
			return name
		}
	}
	return ""
}

func (v *serving) wrongIn(one personView) bool {
	for _, problem := range v.form.Problems {
		if strings.HasPrefix(problem.Field, one.prefix) && problem.Field != one.field(fieldCode) {
			return true
		}
	}
	return false
}

// summary says what is known of a person, in one line.
func (v *serving) summary(p i18n.Printer, one personView, last calendar.Day) string {
	word := func(list codelist.List, name string) string {
		value := v.form.Text(one.field(name))
		if !list.Has(value) {
			return ""
		}
		return p.T(list.Key(value))
	}
	when := ""
	if !last.IsZero() {
		when = p.T("desk.last_time", errs.Args{"day": p.DayNum(last)})
	}
	return join(when, word(codelist.Education, "education"), word(codelist.Occupations, "occupation"),
		word(codelist.Citizenships, "citizenship"), v.form.Text(one.field("province")))
}

// codeOptions are the entries of a national list, after an empty one when none is chosen yet.
func codeOptions(p i18n.Printer, list codelist.List, none string) []ui.Option {
	var out []ui.Option
	if none != "" {
		out = append(out, ui.Option{Label: p.T(none)})
	}
	for _, c := range list.Codes() {
		out = append(out, ui.Option{Value: c.Value, Label: p.T(c.Key)})
	}
	return out
}
