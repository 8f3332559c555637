package calls

import (
	"context"
	"net/http"

	"capillare/internal/calls"
	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// marking is what can be said of a call.
type marking func(*calls.Service, context.Context, identity.Actor, string) (calls.Call, error)

func (d Deps) mark(how marking, said string) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		form, err := ui.ReadForm(r)
		if err != nil {
			return err
		}
		c, err := how(d.Calls, r.Context(), session.Actor(r), r.PathValue("id"))
		if err != nil {
			return err
		}
		back := home
		// Only a point of the list goes back into the address: whatever else was sent stays out.
		if form.Text("punto") == c.PointID {
			back += "?punto=" + c.PointID
		}
		return ui.RedirectFlash(w, r, back, ui.Success, said)
	}
}
