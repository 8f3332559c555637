package i18n

import (
	"fmt"
	"strings"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/errs"
)

// Printer writes texts, numbers and days in one language. The zero Printer writes Italian from the
// built-in catalogue.
type Printer struct {
	cat  *Catalogue
	lang Lang
}

// Lang returns the language of the printer.
func (p Printer) Lang() Lang {
	if p.lang == "" {
		return Italian
	}
	return p.lang
}

// Has reports whether key has a text.
func (p Printer) Has(key string) bool {
	_, ok := p.catalogue().Text(p.Lang(), key)
	return ok
}

// T returns the text of key with its {names} filled from args; "[key]" when there is none.
// Numbers, days, hours and weekdays among the args are written as the language does.
func (p Printer) T(key string, args ...errs.Args) string {
	text, ok := p.catalogue().Text(p.Lang(), key)
	if !ok {
		return "[" + key + "]"
	}
	return p.fill(text, args)
}

// N returns the text of key.one when n is 1, else of key.other; {n} is the number.
func (p Printer) N(key string, n int, args ...errs.Args) string {
	form := ".other"
	if n == 1 {
		form = ".one"
	}
	return p.T(key+form, append([]errs.Args{{"n": n}}, args...)...)
}

// Refusal returns the words of a refusal: its own key and args.
func (p Printer) Refusal(r *errs.Refusal) string { return p.T(r.Key, r.Args) }

// Problem returns the words of one problem of a form.
func (p Printer) Problem(one errs.Problem) string { return p.T(one.Key, one.Args) }

func (p Printer) catalogue() *Catalogue {
	if p.cat == nil {
		return Default()
	}
	return p.cat
}

func (p Printer) fill(text string, args []errs.Args) string {
	if !strings.Contains(text, "{") {
		return text
	}
	var pairs []string
	for _, set := range args {
		for name, value := range set {
			pairs = append(pairs, "{"+name+"}", p.value(value))
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func (p Printer) value(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return p.Number(v)
	case int64:
		return p.Number(int(v))
	case errs.TextKey:
		return p.T(string(v))
	case *errs.Refusal:
		return p.Refusal(v)
	case []errs.TextKey:
		texts := make([]string, len(v))
		for i, key := range v {
			texts[i] = p.T(string(key))
		}
		return strings.Join(texts, ", ")
	case calendar.Weekday:
		return p.Weekday(v)
	case calendar.Day:
		return p.Day(v)
	case time.Time:
		return p.Time(v)
	}
	return fmt.Sprint(v)
}
