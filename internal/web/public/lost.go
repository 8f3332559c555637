package public

import (
	"context"
	"errors"
	"net/http"

	"capillare/internal/agenda"
	"capillare/internal/web/ui"
)

// lostPath takes the phone or mail of who has lost the code.
const lostPath = "/prenotazione/codice"

func reachField(ctx context.Context, form *ui.Form) ui.Field {
	f := form.Field("reach", ui.T(ctx, "booking.lost_field")).Must().Hinted(ui.T(ctx, "booking.lost_hint"))
	f.Width, f.MaxLength = "medium", longestEmail
	return f
}

// sendCodes sends the codes again. The answer is the same whoever asks, and each request counts as a wrong
// code: a list of phone numbers cannot be tried one after the other.
func (d Deps) sendCodes(w http.ResponseWriter, r *http.Request) error {
	private(w)
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	if d.Guesses != nil {
		if err := d.Guesses.Allow(r); err != nil {
			return err
		}
	}
	if reach := form.Need("reach", longestEmail); len(form.Problems) == 0 {
		if d.Guesses != nil {
			d.Guesses.Miss(r)
		}
		err := d.Agenda.AskCodes(r.Context(), reach)
		if errors.Is(err, agenda.ErrReach) {
			err = form.Problems.Check("reach", err)
		}
		if err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return ui.Render(w, r, http.StatusUnprocessableEntity, askView(askFrame(r), askPage{Form: ui.NewForm(r, nil), Lost: form}))
	}
	return ui.RedirectFlash(w, r, "/prenotazione", ui.Success, "booking.lost_done")
}

// oneFewer gives up the place of one of those who come together.
func (d Deps) oneFewer(w http.ResponseWriter, r *http.Request) error {
	a, err := d.mine(w, r)
	if err != nil {
		return err
	}
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	if _, err := d.Agenda.OneFewer(r.Context(), a.Code, nonceOf(form)); err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, a.Base, ui.Success, "booking.fewer_done")
}
