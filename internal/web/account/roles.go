package account

import (
	"net/http"
	"slices"

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
		v.Roles = roleOptions(p)
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
	if err := d.readScope(r, form, &h); err != nil {
		return err
	}
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
	v, err := d.roleToEnd(r, form)
	if err != nil {
		return err
	}
	title := ui.PrinterOf(r).T("account.end.title", map[string]any{"name": v.Account.Name})
	page := d.below(r, title, ui.Link{Label: v.Account.Name, Href: accountPath(v.Account.ID)})
	return ui.Render(w, r, code, endView(page, v))
}

// roleToEnd is the role that the address names.
func (d Deps) roleToEnd(r *http.Request, form *ui.Form) (endPage, error) {
	id, who := r.PathValue("id"), session.Actor(r)
	account, err := d.Identity.ByID(r.Context(), who, id)
	if err != nil {
		return endPage{}, err
	}
	roles, err := d.Identity.RolesOf(r.Context(), who, id)
	if err != nil {
		return endPage{}, err
	}
	i := slices.IndexFunc(roles[id], func(h identity.Holding) bool { return h.ID == r.PathValue("role") })
	if i < 0 {
		return endPage{}, identity.ErrNoRole
	}
	rows, err := d.roleRows(r, roles[id][i:i+1])
	if err != nil {
		return endPage{}, err
	}
	return endPage{account, rows[0], form}, nil
}

func (d Deps) askExtend(w http.ResponseWriter, r *http.Request) error {
	v, err := d.roleToEnd(r, nil)
	if err != nil {
		return err
	}
	return d.showExtend(w, r, http.StatusOK, ui.NewForm(r, map[string][]string{"to": {v.To}}))
}

func (d Deps) showExtend(w http.ResponseWriter, r *http.Request, code int, form *ui.Form) error {
	v, err := d.roleToEnd(r, form)
	if err != nil {
		return err
	}
	title := ui.PrinterOf(r).T("account.extend.title", map[string]any{"name": v.Account.Name})
	page := d.below(r, title, ui.Link{Label: v.Account.Name, Href: accountPath(v.Account.ID)})
	return ui.Render(w, r, code, extendView(page, v))
}

func (d Deps) extend(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	to := form.Day("to")
	refusal := form.Err()
	if refusal == nil {
		refusal = d.Identity.Extend(r.Context(), session.Actor(r), r.PathValue("role"), to)
		if fault := form.Refuse(refusal); fault != nil {
			return fault
		}
	}
	if refusal != nil {
		return d.showExtend(w, r, status(form, refusal), form)
	}
	return ui.RedirectFlash(w, r, accountPath(r.PathValue("id")), ui.Success, "account.extended")
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
