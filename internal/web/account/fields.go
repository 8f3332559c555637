package account

import (
	"context"

	"capillare/internal/web/ui"
)

func email(ctx context.Context, f *ui.Form, autocomplete string) ui.Field {
	field := f.Field("email", ui.T(ctx, "account.field.email")).Must()
	field.Type, field.Autocomplete, field.MaxLength = "email", autocomplete, 254
	return field
}

// secret makes field one for a password, which is never shown again.
func secret(field ui.Field, autocomplete string) ui.Field {
	field.Type, field.Autocomplete, field.MaxLength, field.Value = "password", autocomplete, 200, ""
	return field.Must()
}

func name(ctx context.Context, f *ui.Form, autocomplete string) ui.Field {
	field := f.Field("name", ui.T(ctx, "account.field.name")).Must()
	field.Autocomplete, field.MaxLength = autocomplete, 120
	return field
}

func day(field ui.Field) ui.Field {
	field.Type, field.Width = "date", "medium"
	return field
}

// noFill keeps browsers from filling in what belongs to the person and not to the network.
func noFill(f *ui.Field) { f.Autocomplete = "off" }

// quiet leaves out the word "optional": nothing in a search is required.
func quiet(f *ui.Field) { f.Quiet = true }
