package public

import (
	"context"
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"capillare/internal/i18n"
	"capillare/internal/points"
	"capillare/internal/web/ui"
)

func accessOptions(p i18n.Printer) []ui.Option {
	var out []ui.Option
	for _, tag := range accessTags() {
		if tag == signLanguage {
			out = append(out, ui.Option{Value: tag, Label: p.T("points.language." + tag)})
		} else {
			out = append(out, ui.Option{Value: tag, Label: p.T("points.accessibility." + tag)})
		}
	}
	return out
}

// signLanguage is the tag of Italian sign language, which points keep among the languages.
const signLanguage = "lis"

// accessTags are what the search can ask of a point.
func accessTags() []string { return append(points.AccessibilityTags(), signLanguage) }

// telephone returns the address that calls a number.
func telephone(number string) templ.SafeURL {
	return templ.SafeURL("tel:" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, number))
}

func codeField(ctx context.Context, form *ui.Form) ui.Field {
	f := form.Field("code", ui.T(ctx, "public.mine.code")).Must().Hinted(ui.T(ctx, "public.mine.code_hint"))
	f.Width, f.Autocomplete, f.MaxLength = "medium", "off", 40
	return f
}

func needOptions(p i18n.Printer) []ui.Option {
	var out []ui.Option
	for _, tag := range needTags() {
		out = append(out, ui.Option{Value: tag, Label: p.T("public.need." + tag)})
	}
	return out
}

func reasonField(ctx context.Context, form *ui.Form) ui.Field {
	f := form.Field("reason", ui.T(ctx, "public.dettagli.reason")).Hinted(ui.T(ctx, "public.dettagli.reason_hint"))
	f.MaxLength = longestReason
	return f
}

func otherNeedField(ctx context.Context, form *ui.Form) ui.Field {
	f := form.Field("needs_other", ui.T(ctx, "public.dettagli.other_need"))
	f.MaxLength = longestOther
	return f
}

func nameField(ctx context.Context, form *ui.Form) ui.Field {
	f := form.Field("name", ui.T(ctx, "public.richiedente.name")).Must()
	f.Autocomplete, f.MaxLength, f.Width = "name", longestName, "medium"
	return f
}

func phoneField(ctx context.Context, form *ui.Form) ui.Field {
	f := form.Field("phone", ui.T(ctx, "public.richiedente.phone")).Must().Hinted(ui.T(ctx, "public.richiedente.phone_hint"))
	f.Type, f.Autocomplete, f.MaxLength, f.Width = "tel", "tel", longestPhone, "medium"
	return f
}

func emailField(ctx context.Context, form *ui.Form) ui.Field {
	f := form.Field("email", ui.T(ctx, "public.richiedente.email"))
	f.Type, f.Autocomplete, f.MaxLength, f.Width = "email", "email", longestEmail, "medium"
	return f
}

func onBehalfField(ctx context.Context, form *ui.Form) ui.Field {
	f := form.Field("on_behalf", ui.T(ctx, "public.richiedente.on_behalf")).Hinted(ui.T(ctx, "public.richiedente.on_behalf_hint"))
	f.Autocomplete, f.MaxLength, f.Width = "off", longestName, "medium"
	return f
}

// summaryItems are all the things typed and chosen, each with the way to change it.
func summaryItems(p i18n.Printer, a appointment) []ui.SummaryItem {
	item := func(key, value, path string, lines ...string) ui.SummaryItem {
		if value == "" {
			value = p.T("public.riepilogo.nothing")
		}
		return ui.SummaryItem{Term: p.T("public.riepilogo." + key), Value: value, Lines: lines, Href: a.Base + "/" + path}
	}
	onBehalf := a.Contact.OnBehalf
	if onBehalf == "" {
		onBehalf = p.T("public.riepilogo.yourself")
	}
	return []ui.SummaryItem{
		item("place", a.Point.PublicName, "punto", a.Address),
		item("time", when(p, a.Booking), "orario"),
		item("topic", topicName(p, a.Topic), stepDetails),
		item("reason", a.Reason, stepDetails),
		item("needs", needsShown(p, a.Needs), stepDetails),
		item("name", a.Contact.Name, stepContact),
		item("phone", a.Contact.Phone, stepContact),
		item("email", a.Contact.Email, stepContact),
		item("on_behalf", onBehalf, stepContact),
	}
}

// timeID is the id of the choice of a time; the first on the page is the one that an error leads to.
func timeID(day, i int) string {
	if day == 0 && i == 0 {
		return ui.FieldID("quando")
	}
	return fmt.Sprintf("t-%d-%d", day, i)
}

// receiptItems are what a receipt says: what is empty is left out.
func receiptItems(p i18n.Printer, v receiptPage) []ui.SummaryItem {
	items := []ui.SummaryItem{
		{Term: p.T("public.riepilogo.time"), Value: v.When},
		{Term: p.T("public.riepilogo.place"), Value: v.Appointment.Point.PublicName, Lines: []string{v.Appointment.Address}},
	}
	for _, one := range []ui.SummaryItem{
		{Term: p.T("public.riepilogo.topic"), Value: v.Topic},
		{Term: p.T("public.receipt.for"), Value: v.For},
		{Term: p.T("public.receipt.point_phone"), Value: v.Phone},
	} {
		if one.Value != "" {
			items = append(items, one)
		}
	}
	return items
}
