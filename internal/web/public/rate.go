package public

import (
	"context"
	"net/http"
	"strconv"

	"capillare/internal/agenda"
	"capillare/internal/i18n"
	"capillare/internal/web/ui"
)

const (
	// ratePath follows the address of an appointment: only who has one says how booking went. What they say
	// is kept without it.
	ratePath = "/valuta"
	// longestOpinion is how much one can write.
	longestOpinion = 200
)

// ratePage asks why somebody gave so many stars.
type ratePage struct {
	Form    *ui.Form
	Action  string
	Stars   int
	Reasons []string
}

// good reports whether it asks for what went well.
func (v ratePage) good() bool { return v.Stars > 3 }

// Element is the name by which checks of public sites find the question.
func (v ratePage) Element() string {
	if v.good() {
		return "feedback-rating-positive"
	}
	return "feedback-rating-negative"
}

// Question is what the page asks.
func (v ratePage) Question(p i18n.Printer) string {
	if v.good() {
		return p.T("booking.rate.positive")
	}
	return p.T("booking.rate.negative")
}

func wordsField(ctx context.Context, form *ui.Form) ui.Field {
	f := form.Field("words", ui.T(ctx, "booking.rate.words")).Hinted(ui.T(ctx, "booking.rate.words_hint"))
	f.MaxLength = longestOpinion
	return f
}

// askWhy takes the stars and asks for the reason.
func (d Deps) askWhy(w http.ResponseWriter, r *http.Request) error {
	a, err := d.mine(w, r)
	if err != nil {
		return err
	}
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	stars, err := strconv.Atoi(form.Text("stars"))
	if err != nil || stars < 1 || stars > 5 {
		return ui.Redirect(w, r, a.Base)
	}
	return showWhy(w, r, a, form, stars)
}

func showWhy(w http.ResponseWriter, r *http.Request, a appointment, form *ui.Form, stars int) error {
	p := ui.NewPage(r, ui.PrinterOf(r).T("booking.rate.page"))
	p.Section = "booking"
	status := http.StatusOK
	if len(form.Problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	v := ratePage{Form: form, Action: a.Base + ratePath + "/invia", Stars: stars, Reasons: agenda.Reasons(stars)}
	return ui.Render(w, r, status, rateView(p, v))
}

// rate keeps the opinion.
func (d Deps) rate(w http.ResponseWriter, r *http.Request) error {
	a, err := d.mine(w, r)
	if err != nil {
		return err
	}
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	stars, _ := strconv.Atoi(form.Text("stars"))
	opinion := agenda.Rating{Stars: stars, Reason: form.Text("reason"), Words: form.Short("words", longestOpinion)}
	if len(form.Problems) == 0 {
		if err := form.Refuse(d.Agenda.Rate(r.Context(), opinion)); err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return showWhy(w, r, a, form, max(1, min(stars, 5)))
	}
	return ui.RedirectFlash(w, r, a.Base, ui.Success, "booking.rate.done")
}
