package account

import (
	"net/http"
	"slices"
	"strings"

	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// rolePage asks which role, then where and until when: two pages, so that the second offers only what
// fits the role.
type rolePage struct {
	identity.Account
	Form *ui.Form
	// Roles are offered while none is chosen.
	Roles []ui.Option
	// Role is the one chosen, in words; Scopes are where it may hold.
	Role, Does string
	Scopes     []ui.Option
}

func (d Deps) askRole(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	return d.showRole(w, r, http.StatusOK, form)
}

func (d Deps) showRole(w http.ResponseWriter, r *http.Request, code int, form *ui.Form) error {
	p, who := ui.PrinterOf(r), session.Actor(r)
	account, err := d.Identity.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	v := rolePage{Account: account, Form: form}
	role := identity.Role(form.Text("role"))
	if slices.Contains(identity.Roles(), role) {
		v.Role, v.Does = p.T("identity.role."+string(role)), p.T("identity.does."+string(role))
		if v.Scopes, err = d.choices(r.Context(), p, who, role); err != nil {
			return err
		}
	} else {
		for _, one := range identity.Roles() {
			v.Roles = append(v.Roles, ui.Option{
				Value: string(one), Label: p.T("identity.role." + string(one)), Hint: p.T("identity.does." + string(one)),
			})
		}
	}
	title := p.T("account.role.title", map[string]any{"name": account.Name})
	page := d.below(r, title, ui.Link{Label: account.Name, Href: accountPath(account.ID)})
	return ui.Render(w, r, code, roleView(page, v))
}

func (d Deps) grant(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	id, who := r.PathValue("id"), session.Actor(r)
	h := identity.Holding{AccountID: id, Role: identity.Role(form.Text("role")), From: form.Day("from"), To: form.Day("to")}
	offered, err := d.choices(r.Context(), ui.PrinterOf(r), who, h.Role)
	if err != nil {
		return err
	}
	// Only what was offered exists: identity does not know bodies and points.
	chosen := form.Text("scope")
	if !slices.ContainsFunc(offered, func(o ui.Option) bool { return o.Value == chosen }) {
		form.Problems.Add("scope", "identity.scope")
	}
	scope, scopeID, _ := strings.Cut(chosen, ":")
	h.Scope, h.ScopeID = identity.Scope(scope), scopeID
	refusal := form.Err()
	if refusal == nil {
		_, refusal = d.Identity.Grant(r.Context(), who, h)
		if fault := form.Refuse(refusal); fault != nil {
			return fault
		}
	}
	if refusal != nil {
		return d.showRole(w, r, status(form, refusal), form)
	}
	return ui.RedirectFlash(w, r, accountPath(id), ui.Success, "account.granted")
}

// endPage asks for the last day of a role.
type endPage struct {
	identity.Account
	roleRow
	Form *ui.Form
}

func (d Deps) askEnd(w http.ResponseWriter, r *http.Request) error {
	return d.showEnd(w, r, http.StatusOK, ui.NewForm(r, nil))
}

func (d Deps) showEnd(w http.ResponseWriter, r *http.Request, code int, form *ui.Form) error {
	id, who := r.PathValue("id"), session.Actor(r)
	account, err := d.Identity.ByID(r.Context(), who, id)
	if err != nil {
		return err
	}
	roles, err := d.Identity.RolesOf(r.Context(), who, id)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(roles[id], func(h identity.Holding) bool { return h.ID == r.PathValue("role") })
	if i < 0 {
		return identity.ErrNoRole
	}
	rows, err := d.roleRows(r, roles[id][i:i+1])
	if err != nil {
		return err
	}
	title := ui.PrinterOf(r).T("account.end.title", map[string]any{"name": account.Name})
	page := d.below(r, title, ui.Link{Label: account.Name, Href: accountPath(id)})
	return ui.Render(w, r, code, endView(page, endPage{account, rows[0], form}))
}

func (d Deps) endRole(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	on := form.Day("on")
	refusal := form.Err()
	if refusal == nil {
		refusal = d.Identity.Revoke(r.Context(), session.Actor(r), r.PathValue("role"), on)
		if fault := form.Refuse(refusal); fault != nil {
			return fault
		}
	}
	if refusal != nil {
		return d.showEnd(w, r, status(form, refusal), form)
	}
	return ui.RedirectFlash(w, r, accountPath(r.PathValue("id")), ui.Success, "account.ended")
}
