package public

import (
	"context"
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"capillare/internal/agenda"
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
	return codeFieldOf(form, ui.T(ctx, "public.mine.code"), ui.T(ctx, "public.mine.code_hint"))
}

// codeFieldOf asks for the code of something else than an appointment.
func codeFieldOf(form *ui.Form, label, hint string) ui.Field {
	f := form.Field("code", label).Must().Hinted(hint)
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
	f := form.Field("phone", ui.T(ctx, "public.richiedente.phone")).Hinted(ui.T(ctx, "booking.phone_hint"))
	f.Type, f.Autocomplete, f.MaxLength, f.Width, f.Quiet = "tel", "tel", longestPhone, "medium", true
	return f
}

func emailField(ctx context.Context, form *ui.Form) ui.Field {
	f := form.Field("email", ui.T(ctx, "public.richiedente.email"))
	f.Type, f.Autocomplete, f.MaxLength, f.Width, f.Quiet = "email", "email", longestEmail, "medium", true
	return f
}

func onBehalfField(ctx context.Context, form *ui.Form) ui.Field {
	f := form.Field("on_behalf", ui.T(ctx, "booking.on_behalf")).Hinted(ui.T(ctx, "booking.on_behalf_hint"))
	f.Autocomplete, f.MaxLength, f.Width = "off", longestName, "medium"
	return f
}

// relationOptions are for whom one can book.
func relationOptions(p i18n.Printer) []ui.Option {
	out := []ui.Option{{Label: p.T("booking.relation_me")}}
	for _, one := range agenda.Relations() {
		out = append(out, ui.Option{Value: one, Label: p.T("agenda.relation." + one)})
	}
	return out
}

// placeItem says where the appointment is: of a call, or of a visit at home, who calls or comes.
func placeItem(p i18n.Printer, a appointment) ui.SummaryItem {
	if a.Mode.Remote() {
		return ui.SummaryItem{Term: p.T("public.riepilogo.place"), Value: p.T("booking.place." + string(a.Mode)), Lines: []string{a.Point.PublicName}}
	}
	return ui.SummaryItem{Term: p.T("public.riepilogo.place"), Value: a.Point.PublicName, Lines: []string{a.Address}}
}

// howItems say what kind of appointment it is and for how many, when it is not the usual one.
func howItems(p i18n.Printer, a appointment) []ui.SummaryItem {
	var items []ui.SummaryItem
	if how := howWords(p, a.What); how != "" {
		items = append(items, ui.SummaryItem{Term: p.T("booking.how"), Value: how})
	}
	if a.Party > 1 {
		items = append(items, ui.SummaryItem{Term: p.T("booking.people_term"), Value: p.N("booking.people", a.Party)})
	}
	return items
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
	place := placeItem(p, a)
	place.Href = a.Base + "/punto"
	items := []ui.SummaryItem{place, item("time", when(p, a.Booking), "orario")}
	for _, how := range howItems(p, a) {
		how.Href = a.Base + "/orario"
		items = append(items, how)
	}
	return append(items,
		item("topic", topicName(p, a.Topic), stepDetails),
		item("reason", a.Reason, stepDetails),
		item("needs", needsShown(p, a.Needs), stepDetails),
		item("name", a.Contact.Name, stepContact),
		item("phone", a.Contact.Phone, stepContact),
		item("email", a.Contact.Email, stepContact),
		item("on_behalf", onBehalf, stepContact),
	)
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
		placeItem(p, v.Appointment),
	}
	items = append(items, howItems(p, v.Appointment)...)
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
