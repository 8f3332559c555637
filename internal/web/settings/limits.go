package settings

import (
	"net/http"
	"net/url"
	"strconv"

	"capillare/internal/agenda"
	"capillare/internal/i18n"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// limits are how much one person may book.
func (d Deps) limits(w http.ResponseWriter, r *http.Request) error {
	now, err := d.Agenda.Limits(r.Context())
	if err != nil {
		return err
	}
	return showLimits(w, r, ui.NewForm(r, url.Values{
		"month_minutes": {strconv.Itoa(now.MonthMinutes)}, "open_bookings": {strconv.Itoa(now.OpenBookings)},
	}))
}

func (d Deps) saveLimits(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	wanted := agenda.Limits{MonthMinutes: form.Int("month_minutes"), OpenBookings: form.Int("open_bookings")}
	if len(form.Problems) == 0 {
		if err := form.Refuse(d.Agenda.SetLimits(r.Context(), session.Actor(r), wanted)); err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return showLimits(w, r, form)
	}
	return ui.RedirectFlash(w, r, home, ui.Success, "settings.saved")
}

func showLimits(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	return ui.Render(w, r, statusOf(form), limitsView(frame(r, "limits"), form))
}

// limitsLine says the limits in a line.
func limitsLine(p i18n.Printer, l agenda.Limits) []string {
	lines := []string{}
	if l.MonthMinutes > 0 {
		lines = append(lines, p.T("settings.limits.month_now", map[string]any{"time": p.Hours(l.MonthMinutes)}))
	}
	if l.OpenBookings > 0 {
		lines = append(lines, p.N("settings.limits.open_now", l.OpenBookings))
	}
	if len(lines) == 0 {
		lines = append(lines, p.T("settings.limits.none"))
	}
	return lines
}
