package account

import (
	"crypto/subtle"
	"errors"
	"net/http"

	"capillare/internal/identity"
	"capillare/internal/web/ui"
)

// firstPage makes the first administrator.
type firstPage struct {
	Form *ui.Form
	// Possible is false where no browser would keep the session.
	Possible bool
	// Token is what the address brought along.
	Token string
}

// isFirst reports whether nobody administers the network yet.
func (d Deps) isFirst(r *http.Request) (bool, error) {
	has, err := d.Identity.HasAdministrator(r.Context())
	return err == nil && !has, err
}

func (d Deps) askFirst(w http.ResponseWriter, r *http.Request) error {
	first, err := d.isFirst(r)
	if err != nil {
		return err
	}
	if !first {
		return ui.Redirect(w, r, stepsPath)
	}
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	return d.showFirst(w, r, http.StatusOK, form)
}

func (d Deps) showFirst(w http.ResponseWriter, r *http.Request, code int, form *ui.Form) error {
	w.Header().Set("Cache-Control", "no-store")
	v := firstPage{Form: form, Possible: d.Door.Possible(r), Token: form.Text("chiave")}
	return ui.Render(w, r, code, firstView(ui.NewPage(r, ui.PrinterOf(r).T("account.first.title")), v))
}

func (d Deps) first(w http.ResponseWriter, r *http.Request) error {
	first, err := d.isFirst(r)
	if err != nil {
		return err
	}
	if !first {
		return identity.ErrNotEmpty
	}
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	password := form.Values.Get("password")
	form.Values.Del("password")
	if !d.Door.Possible(r) {
		return d.showFirst(w, r, http.StatusUnprocessableEntity, form)
	}
	if !d.setupToken(form.Text("chiave")) {
		form.Problems.Add("chiave", "account.first.wrong_key")
		return d.showFirst(w, r, http.StatusUnprocessableEntity, form)
	}
	n := identity.NewAccount{Email: form.Text("email"), Name: form.Text("name"), Password: password}
	_, refusal := d.Identity.FirstAdministrator(r.Context(), n)
	if errors.Is(refusal, identity.ErrNotEmpty) {
		return refusal
	}
	if fault := form.Refuse(refusal); fault != nil {
		return fault
	}
	if refusal != nil {
		return d.showFirst(w, r, status(form, refusal), form)
	}
	token, err := d.Identity.SignIn(r.Context(), n.Email, n.Password, d.Door.Neighbourhood(r))
	if err != nil {
		return err
	}
	d.Door.Open(w, token)
	return ui.RedirectFlash(w, r, stepsPath, ui.Success, "account.first.done")
}

func (d Deps) setupToken(given string) bool {
	return d.SetupToken != "" && subtle.ConstantTimeCompare([]byte(given), []byte(d.SetupToken)) == 1
}
