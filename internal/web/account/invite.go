package account

import (
	"net/http"
	"slices"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// invitePage asks which role a new person gets, then who it is, where the role holds and until when. More
// roles may follow: what was typed travels in the form, so that no address holds it.
type invitePage struct {
	Form *ui.Form
	// Held are the roles given so far, in words; Carried are they as the form carries them.
	Held    []roleRow
	Carried []string
	// Roles are offered while none is chosen.
	Roles []ui.Option
	// Role is the one chosen, in words; Scopes are where it may hold.
	Role, Does string
	Scopes     []ui.Option
	// Mail says that the invitation goes out by mail; else its link is shown.
	Mail bool
	// Person is the facilitator who gets the account, in words; Alike are those with the same address, to
	// choose from.
	Person string
	Alike  []ui.Option
	// Ready says that the roles are known: nothing more is asked of them.
	Ready bool
}

func (d Deps) askInvite(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	if form.Has("persona") {
		if err := d.prepareInvite(r, form); err != nil {
			return err
		}
	}
	return d.showInvite(w, r, http.StatusOK, form)
}

func (d Deps) showInvite(w http.ResponseWriter, r *http.Request, code int, form *ui.Form) error {
	p := ui.PrinterOf(r)
	v := invitePage{Form: form, Mail: d.mailReady(), Carried: form.Texts("ruoli")}
	held, err := d.carried(r, form)
	if err != nil {
		return err
	}
	if v.Held, err = d.roleRows(r, held); err != nil {
		return err
	}
	if err := d.invitee(r, form, &v); err != nil {
		return err
	}
	role := identity.Role(form.Text("role"))
	if v.Ready = form.Has(rolesReady) && len(held) > 0; v.Ready {
		return ui.Render(w, r, code, inviteView(d.below(r, p.T("account.invite.title")), v))
	}
	if slices.Contains(identity.Roles(), role) {
		v.Role, v.Does = p.T("identity.role."+string(role)), p.T("identity.does."+string(role))
		if v.Scopes, err = d.choices(r.Context(), p, session.Actor(r), role); err != nil {
			return err
		}
	} else {
		v.Roles = roleOptions(p)
	}
	return ui.Render(w, r, code, inviteView(d.below(r, p.T("account.invite.title")), v))
}

func (d Deps) invite(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	if form.Has("scegli") {
		return d.showInvite(w, r, http.StatusOK, form)
	}
	held, err := d.carried(r, form)
	if err != nil {
		return err
	}
	if !form.Has(rolesReady) || len(held) == 0 {
		h := identity.Holding{Role: identity.Role(form.Text("role")), From: form.Day("from"), To: form.Day("to")}
		if err := d.readScope(r, form, &h); err != nil {
			return err
		}
		if form.Has("altro") && form.Err() == nil {
			return d.inviteWithAnother(w, r, form, h)
		}
		held = append(held, h)
	}
	if err := d.askWhoItIs(r, form, held); err != nil {
		return err
	}
	refusal := form.Err()
	var l identity.Link
	if refusal == nil {
		n := identity.Invitation{Email: form.Text("email"), Name: form.Text("name"), Roles: held}
		l, refusal = d.Identity.Invite(r.Context(), session.Actor(r), n, d.linking(r, form, d.deliver(ui.PrinterOf(r))))
		if fault := form.Refuse(refusal); fault != nil {
			return fault
		}
	}
	if refusal != nil {
		return d.showInvite(w, r, status(form, refusal), form)
	}
	return d.handOut(w, r, l)
}

// inviteWithAnother keeps a role in the form and asks which one comes next.
func (d Deps) inviteWithAnother(w http.ResponseWriter, r *http.Request, form *ui.Form, h identity.Holding) error {
	form.Values.Add("ruoli", carry(h))
	for _, name := range []string{"role", "scope", "from", "to"} {
		form.Values.Del(name)
	}
	return d.showInvite(w, r, http.StatusOK, form)
}

// carried reads the roles that the form carries, and leaves out what was never offered.
func (d Deps) carried(r *http.Request, form *ui.Form) ([]identity.Holding, error) {
	var held []identity.Holding
	offered := map[identity.Role][]ui.Option{}
	for _, text := range form.Texts("ruoli") {
		parts := strings.Split(text, "|")
		if len(parts) != 4 {
			continue
		}
		h := identity.Holding{Role: identity.Role(parts[0])}
		if _, known := offered[h.Role]; !known {
			var err error
			if offered[h.Role], err = d.choices(r.Context(), ui.PrinterOf(r), session.Actor(r), h.Role); err != nil {
				return nil, err
			}
		}
		good := setScope(&h, parts[1], offered[h.Role])
		for i, day := range []*calendar.Day{&h.From, &h.To} {
			if typed := parts[i+2]; typed != "" && day.UnmarshalText([]byte(typed)) != nil {
				good = false
			}
		}
		if good {
			held = append(held, h)
		}
	}
	return held, nil
}

// carry writes a role as the form carries it.
func carry(h identity.Holding) string {
	return strings.Join([]string{string(h.Role), string(h.Scope) + ":" + h.ScopeID, h.From.String(), h.To.String()}, "|")
}

// readScope reads where a role holds.
func (d Deps) readScope(r *http.Request, form *ui.Form, h *identity.Holding) error {
	offered, err := d.choices(r.Context(), ui.PrinterOf(r), session.Actor(r), h.Role)
	if err != nil {
		return err
	}
	if !setScope(h, form.Text("scope"), offered) {
		form.Problems.Add("scope", "identity.scope")
	}
	return nil
}

// setScope says where a role holds, and whether that was offered: only what is offered exists, because
// identity knows no bodies and points.
func setScope(h *identity.Holding, chosen string, offered []ui.Option) bool {
	scope, scopeID, _ := strings.Cut(chosen, ":")
	h.Scope, h.ScopeID = identity.Scope(scope), scopeID
	return slices.ContainsFunc(offered, func(o ui.Option) bool { return o.Value == chosen })
}

// handOut says that the link went out by mail, or shows it once, without a redirect: it is kept nowhere to
// be shown by a later page.
func (d Deps) handOut(w http.ResponseWriter, r *http.Request, l identity.Link) error {
	if d.mailReady() {
		return ui.RedirectFlash(w, r, accountPath(l.AccountID), ui.Success, "account.invite.sent")
	}
	w.Header().Set("Cache-Control", "no-store")
	v := handOutPage{Link: l, Href: d.origin(r) + linkPath(l), Until: instantWords(ui.PrinterOf(r), l.ExpiresAt)}
	return ui.Render(w, r, http.StatusOK, handOutView(d.below(r, ui.PrinterOf(r).T("account.invite.hand_out")), v))
}

// handOutPage shows the link of an invitation, once.
type handOutPage struct {
	identity.Link
	Href, Until string
}

// origin is how the site begins for who is looking: good to be shown to that person, never to be mailed.
func (d Deps) origin(r *http.Request) string {
	switch {
	case d.BaseURL != "":
		return d.BaseURL
	case d.Door.HTTPS(r):
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func (d Deps) inviteAgain(w http.ResponseWriter, r *http.Request) error {
	l, err := d.Identity.InviteAgain(r.Context(), session.Actor(r), r.PathValue("id"), d.deliver(ui.PrinterOf(r)))
	if err != nil {
		return err
	}
	return d.handOut(w, r, l)
}

func (d Deps) withdrawInvite(w http.ResponseWriter, r *http.Request) error {
	if err := d.Identity.WithdrawInvite(r.Context(), session.Actor(r), r.PathValue("id")); err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, accountPath(r.PathValue("id")), ui.Success, "account.invite.withdrawn")
}

// inviteUntil is until when the invitation of an account opens, in words.
func (d Deps) inviteUntil(r *http.Request, account identity.Account) (string, error) {
	if account.State() != identity.StateInvited {
		return "", nil
	}
	until, err := d.Identity.InviteOf(r.Context(), session.Actor(r), account.ID)
	if err != nil || until.IsZero() {
		return "", err
	}
	return instantWords(ui.PrinterOf(r), until), nil
}
