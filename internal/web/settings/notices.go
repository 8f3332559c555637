package settings

import (
	"net/http"
	"net/url"
	"strconv"

	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/notify"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// notices is the page of what citizens are told, and when.
func (d Deps) notices(w http.ResponseWriter, r *http.Request) error {
	set, err := d.Notify.Setting(r.Context())
	if err != nil {
		return err
	}
	values := url.Values{
		"first_hours": {strconv.Itoa(set.FirstHours)}, "second_hours": {strconv.Itoa(set.SecondHours)}, "sms_reminder": {set.SMSReminder},
		"quiet_from": {set.QuietFrom.String()}, "quiet_to": {set.QuietTo.String()},
	}
	for name, on := range map[string]bool{"sms": set.SMS, "calls": set.Calls} {
		if on {
			values.Set(name, "1")
		}
	}
	return showNotices(w, r, ui.NewForm(r, values))
}

func (d Deps) saveNotices(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	set := notify.Setting{FirstHours: form.Int("first_hours"), SecondHours: form.Int("second_hours"), SMS: form.Has("sms"),
		SMSReminder: form.Text("sms_reminder"), Calls: form.Has("calls"), QuietFrom: form.Minute("quiet_from"), QuietTo: form.Minute("quiet_to")}
	if len(form.Problems) == 0 {
		if err := form.Refuse(d.Notify.SetSetting(r.Context(), session.Actor(r), set)); err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return showNotices(w, r, form)
	}
	return ui.RedirectFlash(w, r, home, ui.Success, "settings.saved")
}

func showNotices(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	return ui.Render(w, r, statusOf(form), noticesView(frame(r, "notices"), form))
}

// hourOptions are the hours of a reminder in words.
func hourOptions(p i18n.Printer, hours []int) []ui.Option {
	var out []ui.Option
	for _, n := range hours {
		label := p.T("settings.notices.no_reminder")
		if n > 0 {
			label = p.T("settings.notices.hours_before", errs.Args{"n": n})
		}
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: label})
	}
	return out
}

// smsOptions say which reminder may be an SMS.
func smsOptions(p i18n.Printer) []ui.Option {
	var out []ui.Option
	for _, value := range []string{notify.SMSFirst, notify.SMSSecond, notify.SMSNone} {
		out = append(out, ui.Option{Value: value, Label: p.T("settings.notices.sms." + value)})
	}
	return out
}

// noticesLine says in a line what holds now.
func noticesLine(p i18n.Printer, set notify.Setting) string {
	if set.FirstHours == 0 && set.SecondHours == 0 {
		return p.T("settings.notices.none_now")
	}
	return p.T("settings.notices.now", errs.Args{"first": set.FirstHours, "second": set.SecondHours, "from": set.QuietFrom, "to": set.QuietTo})
}
