package account

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/messages"
	"capillare/internal/sqldb"
	"capillare/internal/web/ui"
)

const (
	invitePath    = "/invito/"
	resetPath     = "/password/"
	forgottenPath = "/password-dimenticata"
)

// mailReady reports whether links can be sent: there is a mail server, and the address of the site is
// known. What the browser says the address is would let anybody choose where a link leads.
func (d Deps) mailReady() bool { return d.Messages != nil && d.Messages.Ready() && d.BaseURL != "" }

// linkPath is where a link leads on this site.
func linkPath(l identity.Link) string {
	if l.Kind == identity.ResetLink {
		return resetPath + url.PathEscape(l.Token)
	}
	return invitePath + url.PathEscape(l.Token)
}

// deliver sends a link by mail, in the words of p; nil when no mail can be sent.
func (d Deps) deliver(p i18n.Printer) identity.Deliver {
	if !d.mailReady() {
		return nil
	}
	return func(ctx context.Context, tx *sqldb.Tx, l identity.Link) error {
		words := errs.Args{"name": l.Name, "link": d.BaseURL + linkPath(l), "until": instantWords(p, l.ExpiresAt)}
		return d.Messages.Send(ctx, tx, messages.Message{
			Kind: "identity." + string(l.Kind), To: l.Email, Language: p.Lang(),
			Subject: p.T("account.mail." + string(l.Kind) + ".subject"), Text: p.T("account.mail."+string(l.Kind)+".text", words),
		})
	}
}

// choosePage asks who came by a link for a password.
type choosePage struct {
	Form   *ui.Form
	Action string
	identity.Link
	// Possible is false where no browser would keep the session.
	Possible bool
}

func (d Deps) askLink(w http.ResponseWriter, r *http.Request) error {
	return d.showLink(w, r, http.StatusOK, ui.NewForm(r, nil))
}

func (d Deps) showLink(w http.ResponseWriter, r *http.Request, code int, form *ui.Form) error {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	l, err := d.Identity.OpenLink(r.Context(), r.PathValue("token"))
	if errors.Is(err, identity.ErrLink) {
		return d.showLinkOver(w, r)
	}
	if err != nil {
		return err
	}
	title := ui.PrinterOf(r).T("account.link." + string(l.Kind) + ".title")
	v := choosePage{Form: form, Action: r.URL.Path, Link: l, Possible: d.Door.Possible(r)}
	return ui.Render(w, r, code, chooseView(ui.NewPage(r, title), v))
}

// showLinkOver says what to do with a link that does not open any more.
func (d Deps) showLinkOver(w http.ResponseWriter, r *http.Request) error {
	p := ui.NewPage(r, ui.PrinterOf(r).T("account.link.over"))
	return ui.Render(w, r, http.StatusNotFound, linkOverView(p, d.mailReady()))
}

func (d Deps) useLink(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	password := form.Values.Get("password")
	form.Values.Del("password")
	if !d.Door.Possible(r) {
		return d.showLink(w, r, http.StatusUnprocessableEntity, form)
	}
	token, refusal := d.Identity.UseLink(r.Context(), r.PathValue("token"), password)
	if errors.Is(refusal, identity.ErrLink) {
		w.Header().Set("Cache-Control", "no-store")
		return d.showLinkOver(w, r)
	}
	if fault := form.Refuse(refusal); fault != nil {
		return fault
	}
	if refusal != nil {
		return d.showLink(w, r, status(form, refusal), form)
	}
	if err := d.letIn(w, r, token); err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, workPath, ui.Success, "account.link.done")
}

// forgottenPage asks for the address of who forgot the password, then says the same to everybody.
type forgottenPage struct {
	Form *ui.Form
	// Ready is false while no mail can be sent; Sent says that the request was taken.
	Ready, Sent bool
	Refusal     string
}

func (d Deps) askForgotten(w http.ResponseWriter, r *http.Request) error {
	return d.showForgotten(w, r, http.StatusOK, forgottenPage{Form: ui.NewForm(r, nil)})
}

func (d Deps) showForgotten(w http.ResponseWriter, r *http.Request, code int, v forgottenPage) error {
	w.Header().Set("Cache-Control", "no-store")
	v.Ready = d.mailReady()
	return ui.Render(w, r, code, forgottenView(ui.NewPage(r, ui.PrinterOf(r).T("account.forgotten.title")), v))
}

func (d Deps) forgotten(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	v := forgottenPage{Form: form}
	email := form.Need("email", 254)
	if form.Err() != nil || !d.mailReady() {
		return d.showForgotten(w, r, http.StatusUnprocessableEntity, v)
	}
	err = d.Identity.Forgotten(r.Context(), email, d.Door.Neighbourhood(r), d.deliver(ui.PrinterOf(r)))
	if errors.Is(err, identity.ErrThrottled) {
		v.Refusal = waitWords(w, r, err)
		return d.showForgotten(w, r, ui.StatusOf(err), v)
	}
	if err != nil {
		return err
	}
	v.Sent = true
	return d.showForgotten(w, r, http.StatusOK, v)
}
