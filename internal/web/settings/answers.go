package settings

import (
	"net/http"
	"net/url"
	"strconv"

	"capillare/internal/waiting"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// answers are how long people have to answer an offer of the waiting list, and the service a request of
// a visit.
func (d Deps) answers(w http.ResponseWriter, r *http.Request) error {
	set, err := d.Waiting.Setting(r.Context())
	if err != nil {
		return err
	}
	days, err := d.Visits.AnswerDays(r.Context())
	if err != nil {
		return err
	}
	return showAnswers(w, r, ui.NewForm(r, url.Values{
		"answer_minutes": {strconv.Itoa(set.AnswerMinutes)}, "missed": {strconv.Itoa(set.MissedAtMost)}, "answer_days": {strconv.Itoa(days)},
	}))
}

func (d Deps) saveAnswers(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	who := session.Actor(r)
	wanted := waiting.Setting{AnswerMinutes: form.Int("answer_minutes"), MissedAtMost: form.Int("missed")}
	days := form.Int("answer_days")
	if len(form.Problems) == 0 {
		if err := form.Refuse(d.Waiting.SetSetting(r.Context(), who, wanted)); err != nil {
			return err
		}
		if err := form.Refuse(d.Visits.SetAnswerDays(r.Context(), who, days)); err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return showAnswers(w, r, form)
	}
	return ui.RedirectFlash(w, r, home, ui.Success, "settings.saved")
}

func showAnswers(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	return ui.Render(w, r, statusOf(form), answersView(frame(r, "answers"), form))
}
