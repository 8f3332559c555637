package centre

import (
	"strconv"

	"capillare/internal/agenda"
	"capillare/internal/i18n"
	"capillare/internal/web/ui"
)

// partyOptions are how many people can come together.
func partyOptions(p i18n.Printer) []ui.Option {
	var out []ui.Option
	for n := 1; n <= agenda.MostTogether; n++ {
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: p.N("booking.people", n)})
	}
	return out
}

// relationOptions are what ties who calls to who comes.
func relationOptions(p i18n.Printer) []ui.Option {
	out := []ui.Option{{Label: p.T("booking.relation_self")}}
	for _, one := range agenda.Relations() {
		out = append(out, ui.Option{Value: one, Label: p.T("agenda.relation." + one)})
	}
	return out
}

// partyOf is how many come, as the form says.
func partyOf(form *ui.Form) int {
	n, err := strconv.Atoi(form.Text("persone"))
	if err != nil {
		return 1
	}
	return n
}
