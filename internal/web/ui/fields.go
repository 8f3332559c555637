package ui

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strconv"

	"github.com/a-h/templ"
)

// Field is one field of a form. Form.Field fills it with what was typed and what is wrong.
type Field struct {
	Name, Label, Value string
	// Type is that of <input>; empty means text.
	Type string
	// Hint stands under the label, Error above the field.
	Hint, Error string
	// Required fields are the rule: the others are marked as optional.
	Required bool
	// Quiet leaves out the mark of optional fields: in a search, where nothing is needed.
	Quiet bool
	// Autocomplete and InputMode are the HTML attributes: "tel", "postal-code"; "numeric".
	Autocomplete, InputMode string
	// MaxLength is in characters; 0 means no limit.
	MaxLength int
	// Width narrows the field to what is expected: "short" (5 characters), "medium" (20), or "" for all.
	Width string
	// Suggest are values offered while typing (datalist).
	Suggest []string
	// Autofocus puts the cursor here when the page opens: only where typing is what everybody came for.
	Autofocus bool
	// Multiple lets several files be chosen at once.
	Multiple bool
}

// Opt returns f with the change: for one-line use in templates.
func (f Field) Opt(change func(*Field)) Field {
	change(&f)
	return f
}

// Must returns f marked as required.
func (f Field) Must() Field { f.Required = true; return f }

// Hinted returns f with a hint.
func (f Field) Hinted(hint string) Field { f.Hint = hint; return f }

// Option is one choice of a field.
type Option struct {
	Value, Label, Hint string
	Disabled           bool
}

// Options returns choices from value, label, value, label...
func Options(pairs ...string) []Option {
	var out []Option
	for pair := range slices.Chunk(pairs, 2) {
		out = append(out, Option{Value: pair[0], Label: pair[len(pair)-1]})
	}
	return out
}

// FieldID returns the id that field name has in the page.
func FieldID(name string) string { return "f-" + name }

func (f Field) id() string { return FieldID(f.Name) }

func (f Field) option(i int) string {
	if i == 0 {
		return f.id()
	}
	return f.id() + "-" + strconv.Itoa(i)
}

// attrs are the attributes that text, area and select share.
func (f Field) attrs() templ.Attributes {
	a := templ.Attributes{"id": f.id(), "name": f.Name}
	if f.Required {
		a["required"] = true
	}
	if f.Autocomplete != "" {
		a["autocomplete"] = f.Autocomplete
	}
	if f.InputMode != "" {
		a["inputmode"] = f.InputMode
	}
	if f.MaxLength > 0 {
		a["maxlength"] = strconv.Itoa(f.MaxLength)
	}
	if f.Error != "" {
		a["aria-invalid"] = "true"
	}
	if f.Autofocus {
		a["autofocus"] = true
	}
	if f.Multiple {
		a["multiple"] = true
	}
	if d := f.describedBy(); d != "" {
		a["aria-describedby"] = d
	}
	return a
}

func (f Field) describedBy() string {
	switch {
	case f.Error != "" && f.Hint != "":
		return f.id() + "-error " + f.id() + "-hint"
	case f.Error != "":
		return f.id() + "-error"
	case f.Hint != "":
		return f.id() + "-hint"
	}
	return ""
}

func (f Field) described() templ.Attributes {
	if d := f.describedBy(); d != "" {
		return templ.Attributes{"aria-describedby": d}
	}
	return nil
}

func (f Field) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func (f Field) width() string {
	if f.Width == "" {
		return "cap-w-full"
	}
	return "cap-w-" + f.Width
}

func checked(yes, disabled bool) templ.Attributes {
	a := templ.Attributes{}
	if yes {
		a["checked"] = true
	}
	if disabled {
		a["disabled"] = true
	}
	return a
}

func suggestList(f Field) templ.Attributes {
	if len(f.Suggest) == 0 {
		return nil
	}
	return templ.Attributes{"list": f.id() + "-list"}
}

// choiceHint leaves the hint to the label, which reads it already, and only ties a lone box to its error.
func choiceHint(f Field, i int, o Option) templ.Attributes {
	if f.Error == "" || i > 0 || o.Value != "1" {
		return nil
	}
	return templ.Attributes{"aria-describedby": f.id() + "-error", "aria-invalid": "true"}
}

// summaryThen renders its children, then writes the list of what is wrong before them.
func summaryThen(f *Form) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var fields bytes.Buffer
		children := templ.GetChildren(ctx)
		ctx = templ.ClearChildren(ctx)
		if err := children.Render(ctx, &fields); err != nil {
			return err
		}
		if err := ErrorSummary(f).Render(ctx, w); err != nil {
			return err
		}
		_, err := fields.WriteTo(w)
		return err
	})
}
