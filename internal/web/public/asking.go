package public

import (
	"context"
	"net/url"

	"capillare/internal/agenda"
	"capillare/internal/i18n"
	"capillare/internal/web/ui"
)

// The fields of who waits, or asks for a visit: beside those of a booking.

// waitPhoneField is a phone that may be missing when there is a mail.
func waitPhoneField(ctx context.Context, form *ui.Form) ui.Field {
	f := form.Field("phone", ui.T(ctx, "public.richiedente.phone")).Hinted(ui.T(ctx, "public.wait.phone_hint"))
	f.Type, f.Autocomplete, f.MaxLength, f.Width = "tel", "tel", longestPhone, "medium"
	f.Quiet = true // one of the two is needed
	return f
}

func townField(ctx context.Context, form *ui.Form) ui.Field {
	f := form.Field("town", ui.T(ctx, "visits.town")).Must().Hinted(ui.T(ctx, "public.visit.town_hint"))
	f.Autocomplete, f.MaxLength, f.Width = "address-level2", longestTown, "medium"
	return f
}

func placeField(ctx context.Context, form *ui.Form) ui.Field {
	f := form.Field("place", ui.T(ctx, "public.visit.place")).Must().Hinted(ui.T(ctx, "public.visit.place_hint"))
	f.Autocomplete, f.MaxLength = "street-address", longestVisit
	return f
}

func peopleField(ctx context.Context, form *ui.Form) ui.Field {
	f := form.Field("people", ui.T(ctx, "visits.people")).Must()
	f.InputMode, f.MaxLength, f.Width = "numeric", 3, "short"
	return f
}

func neededField(ctx context.Context, form *ui.Form) ui.Field {
	f := form.Field("need", ui.T(ctx, "public.visit.need")).Hinted(ui.T(ctx, "public.visit.need_hint"))
	f.MaxLength = longestNeeded
	return f
}

// inNeedField names the person that somebody else asks for.
func inNeedField(ctx context.Context, form *ui.Form) ui.Field {
	f := form.Field("on_behalf", ui.T(ctx, "public.visit.on_behalf")).Hinted(ui.T(ctx, "public.visit.on_behalf_hint"))
	f.Autocomplete, f.MaxLength, f.Width = "off", longestName, "medium"
	return f
}

// relationChoices are who may ask for another person; nobody is the first.
func relationChoices(p i18n.Printer) []ui.Option {
	out := []ui.Option{{Label: p.T("public.visit.for_me")}}
	for _, relation := range agenda.Relations() {
		out = append(out, ui.Option{Value: relation, Label: p.T("visits.relation." + relation)})
	}
	return out
}

// kindQuery keeps the kind of appointment in an address.
func kindQuery(id string) string {
	if id == "" || id == agenda.Plain {
		return ""
	}
	return "?tipo=" + url.QueryEscape(id)
}
