package settings

import (
	"net/http"

	"capillare/internal/network"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

func (d Deps) saveRetention(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	days := map[network.Class]int{}
	for _, class := range network.Classes() {
		days[class] = form.Int(string(class))
	}
	if len(form.Problems) == 0 {
		if err := form.Refuse(d.Network.SetRetention(r.Context(), session.Actor(r), days)); err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return showRetention(w, r, form)
	}
	return ui.RedirectFlash(w, r, home, ui.Success, "settings.saved")
}

func showRetention(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	return ui.Render(w, r, statusOf(form), retentionView(frame(r, "retention"), form))
}

// retentionHint says what a class is, what it allows and what holds without a choice.
func retentionHint(p ui.Page, class network.Class) string {
	span := network.SpanOf(class)
	return p.Printer.T("settings.keep."+string(class)+".hint") + " " +
		p.Printer.T("settings.keep.span", map[string]any{"min": span.Min, "max": span.Max, "usual": span.Usual})
}
