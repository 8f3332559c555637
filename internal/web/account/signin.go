package account

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// signInPage is the page on which one signs in.
type signInPage struct {
	Form *ui.Form
	// Back is where to go afterwards, on this site.
	Back string
	// Possible is false where no browser would keep the session: over plain http on another machine.
	Possible bool
	// Refusal is why it did not work, in words.
	Refusal string
	// Again says that something was asked for which needs signing in.
	Again bool
}

// backFrom returns where to go after signing in.
func backFrom(text string) string {
	back := ui.LocalPath(text)
	if back == "/" || strings.HasPrefix(back, signInPath) || strings.HasPrefix(back, "/esci") {
		return workPath
	}
	return back
}

func (d Deps) askSignIn(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	back := backFrom(form.Text("torna"))
	if session.Of(r.Context()).SignedIn() {
		return ui.Redirect(w, r, back)
	}
	first, err := d.isFirst(r)
	if err != nil {
		return err
	}
	if first {
		return ui.Redirect(w, r, setupPath)
	}
	return d.showSignIn(w, r, http.StatusOK, signInPage{Form: ui.NewForm(r, nil), Back: back, Again: back != workPath})
}

func (d Deps) showSignIn(w http.ResponseWriter, r *http.Request, code int, v signInPage) error {
	v.Possible = d.Door.Possible(r)
	w.Header().Set("Cache-Control", "no-store")
	return ui.Render(w, r, code, signInView(ui.NewPage(r, ui.PrinterOf(r).T("account.sign_in.title")), v))
}

func (d Deps) signIn(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	v := signInPage{Form: form, Back: backFrom(form.Text("torna"))}
	if !d.Door.Possible(r) {
		return d.showSignIn(w, r, http.StatusUnprocessableEntity, v)
	}
	email, password := form.Need("email", 254), form.Values.Get("password")
	if password == "" {
		form.Problems.Add("password", "form.required")
	}
	form.Values.Del("password")
	if form.Err() != nil {
		return d.showSignIn(w, r, http.StatusUnprocessableEntity, v)
	}
	token, err := d.Identity.SignIn(r.Context(), email, password, d.Door.Neighbourhood(r))
	if err != nil {
		return d.refuseSignIn(w, r, v, err)
	}
	if err := d.letIn(w, r, token); err != nil {
		return err
	}
	return ui.Redirect(w, r, v.Back)
}

// letIn opens the session of token in this browser. A token that the browser brought along is never kept:
// somebody else may know it.
func (d Deps) letIn(w http.ResponseWriter, r *http.Request, token string) error {
	if old := d.Door.Token(r); old != "" {
		if err := d.Identity.SignOut(r.Context(), old); err != nil {
			return err
		}
	}
	d.Door.Open(w, token)
	return nil
}

func (d Deps) refuseSignIn(w http.ResponseWriter, r *http.Request, v signInPage, err error) error {
	switch {
	case errors.Is(err, identity.ErrSignIn):
		v.Refusal = ui.PrinterOf(r).T(identity.ErrSignIn.Key)
	case errors.Is(err, identity.ErrThrottled):
		v.Refusal = waitWords(w, r, err)
	default:
		return err
	}
	return d.showSignIn(w, r, ui.StatusOf(err), v)
}

// waitWords says how long to wait, and sets the header that says it to machines.
func waitWords(w http.ResponseWriter, r *http.Request, err error) string {
	seconds := secondsOf(err)
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	if seconds < 120 {
		return ui.PrinterOf(r).N("identity.throttled_seconds", seconds)
	}
	return ui.PrinterOf(r).T("identity.throttled_minutes", errs.Args{"minutes": (seconds + 59) / 60})
}

func (d Deps) signOut(w http.ResponseWriter, r *http.Request) error {
	if token := d.Door.Token(r); token != "" {
		if err := d.Identity.SignOut(r.Context(), token); err != nil {
			return err
		}
	}
	d.Door.Close(w)
	return ui.RedirectFlash(w, r, "/", ui.Success, "account.signed_out")
}

// profilePage is one's own page: who one is, what one may do, the password.
type profilePage struct {
	Name, Email string
	// Must says that the password was given by somebody else.
	Must  bool
	Roles []roleRow
	Form  *ui.Form
}

func (d Deps) profile(w http.ResponseWriter, r *http.Request) error {
	return d.showProfile(w, r, http.StatusOK, ui.NewForm(r, nil))
}

func (d Deps) showProfile(w http.ResponseWriter, r *http.Request, code int, form *ui.Form) error {
	now := session.Of(r.Context())
	roles, err := d.Identity.RolesOf(r.Context(), now.Actor, now.Session.AccountID)
	if err != nil {
		return err
	}
	rows, err := d.rolesInForce(r, roles[now.Session.AccountID])
	if err != nil {
		return err
	}
	v := profilePage{
		Name: now.Session.Name, Email: now.Session.Email, Must: now.Session.MustChange, Form: form,
		Roles: rows,
	}
	p := ui.NewPage(r, ui.PrinterOf(r).T("account.profile.title"))
	return ui.Render(w, r, code, profileView(p, v))
}

func (d Deps) changePassword(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	old, fresh := form.Values.Get("old"), form.Values.Get("new")
	form.Values = url.Values{}
	token, err := d.Identity.ChangePassword(r.Context(), session.Actor(r), old, fresh)
	if errors.Is(err, identity.ErrThrottled) {
		form.Problems.Add("old", identity.ErrThrottled.Key, errs.Args{"seconds": secondsOf(err)})
		w.Header().Set("Retry-After", strconv.Itoa(secondsOf(err)))
		return d.showProfile(w, r, http.StatusTooManyRequests, form)
	}
	if fault := form.Refuse(err); fault != nil {
		return fault
	}
	if err != nil {
		return d.showProfile(w, r, status(form, err), form)
	}
	d.Door.Open(w, token)
	return ui.RedirectFlash(w, r, workPath, ui.Success, "account.password_changed")
}

func secondsOf(err error) int {
	refusal, _ := errors.AsType[*errs.Refusal](err)
	seconds, _ := refusal.Args[ui.RetryArg].(int)
	return seconds
}
