package ui

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/i18n"
)

// Form is what a person typed, and what is wrong with it. A page that refuses a form shows it again
// with the same Form, so that nothing has to be typed twice.
type Form struct {
	// Values is what was typed, by name of field.
	Values url.Values
	// Problems is what is wrong so far.
	Problems errs.Problems

	printer i18n.Printer
	labels  map[string]string
}

// ReadForm reads the fields of r: the body of a POST, or the query of a GET.
func ReadForm(r *http.Request) (*Form, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var err error
	if kind == "multipart/form-data" {
		err = r.ParseMultipartForm(1 << 20)
		stateOf(r.Context()).files = r.MultipartForm
	} else {
		err = r.ParseForm()
	}
	if err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return nil, err
		}
		return nil, errs.New(errs.Invalid, "form.unreadable")
	}
	values := r.PostForm
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		values = r.Form
	}
	return NewForm(r, cleanValues(values)), nil
}

// NewForm returns a form that shows values, for example those of the record to change.
func NewForm(r *http.Request, values url.Values) *Form {
	if values == nil {
		values = url.Values{}
	}
	return &Form{Values: values, printer: PrinterOf(r), labels: map[string]string{}}
}

// Has reports whether name came with the form and is not empty.
func (f *Form) Has(name string) bool { return f.Text(name) != "" }

// Text returns the first value of name without blanks around.
func (f *Form) Text(name string) string { return strings.TrimSpace(f.Values.Get(name)) }

// Need returns Text and notes form.required when it is empty, form.too_long above longest characters.
func (f *Form) Need(name string, longest int) string {
	text := f.Text(name)
	if text == "" {
		f.Problems.Add(name, "form.required")
	}
	return f.short(name, text, longest)
}

// Short returns Text, which may be empty, and notes form.too_long above longest characters.
func (f *Form) Short(name string, longest int) string { return f.short(name, f.Text(name), longest) }

func (f *Form) short(name, text string, longest int) string {
	if utf8.RuneCountInString(text) > longest {
		f.Problems.Add(name, "form.too_long", errs.Args{"n": longest})
	}
	return text
}

// Texts returns the values of name that are not empty: a group of check boxes.
func (f *Form) Texts(name string) []string {
	var out []string
	for _, v := range f.Values[name] {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// Choice returns Text when it is one of allowed, else "" and notes form.choice.
func (f *Form) Choice(name string, allowed ...string) string {
	text := f.Text(name)
	if !slices.Contains(allowed, text) {
		f.Problems.Add(name, "form.choice")
		return ""
	}
	return text
}

// Int returns the whole number in name, 0 when empty; notes form.number when it is none.
func (f *Form) Int(name string) int {
	text := f.Text(name)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		f.Problems.Add(name, "form.number")
	}
	return n
}

// Day returns the day in name, the zero Day when empty; notes what is wrong with it.
func (f *Form) Day(name string) calendar.Day {
	text := f.Text(name)
	if text == "" {
		return calendar.Day{}
	}
	day, err := calendar.ParseDay(text)
	f.check(name, err, "form.day")
	return day
}

// Minute returns the hour of the day in name, 0 when empty; notes what is wrong with it.
func (f *Form) Minute(name string) calendar.Minute {
	text := f.Text(name)
	if text == "" {
		return 0
	}
	minute, err := calendar.ParseMinute(text)
	f.check(name, err, "form.minute")
	return minute
}

func (f *Form) check(name string, err error, otherwise string) {
	if fault := f.Problems.Check(name, err); fault != nil {
		f.Problems.Add(name, otherwise)
	}
}

// Err returns nil when nothing is wrong, else one Invalid refusal with every problem.
func (f *Form) Err() error { return f.Problems.Err() }

// Refuse takes the problems of an Invalid or Conflict refusal, so that the page can show the form
// again; any other error comes back as it is.
func (f *Form) Refuse(err error) error {
	kind := errs.Of(err)
	if err != nil && kind != errs.Invalid && kind != errs.Conflict {
		return err
	}
	var more errs.Problems
	if fault := more.Check("", err); fault != nil {
		return fault
	}
	known := slices.Clone(f.Problems)
	for _, one := range more {
		// What a field has already said of itself is not said twice.
		if !slices.ContainsFunc(known, func(k errs.Problem) bool { return k.Field != "" && k.Field == one.Field }) {
			f.Problems = append(f.Problems, one)
		}
	}
	return nil
}

// Field returns the field name with what was typed and what is wrong with it.
func (f *Form) Field(name, label string) Field {
	f.labels[name] = label
	return Field{Name: name, Label: label, Value: f.Values.Get(name), Error: f.Error(name)}
}

// Error returns the words of the first problem of name, or "".
func (f *Form) Error(name string) string {
	for _, one := range f.Problems {
		if one.Field == name {
			return f.printer.Problem(one)
		}
	}
	return ""
}

// summary returns the words of one problem for the list above the form: with the label of its field,
// because there the field is not in sight.
func (f *Form) summary(one errs.Problem) string {
	text := f.printer.Problem(one)
	if label := f.labels[one.Field]; label != "" {
		return strings.TrimRight(label, "?:. ") + ": " + text
	}
	return text
}
