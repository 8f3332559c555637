package account

import (
	"crypto/rand"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// listPage is the list of accounts.
type listPage struct {
	Search string
	Total  int
	Rows   []accountRow
	Pages  ui.Pages
}

// accountRow is one account of the list.
type accountRow struct {
	identity.Account
	// Roles are those of today, in words.
	Roles []roleRow
}

func (d Deps) list(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	who, page := session.Actor(r), max(1, form.Int("pagina"))
	v := listPage{Search: form.Text("cerca")}
	accounts, total, err := d.Identity.List(r.Context(), who, identity.Filter{Search: v.Search, Max: pageSize, Skip: (page - 1) * pageSize})
	if err != nil {
		return err
	}
	ids := make([]string, len(accounts))
	for i, a := range accounts {
		ids[i] = a.ID
	}
	roles, err := d.Identity.RolesOf(r.Context(), who, ids...)
	if err != nil {
		return err
	}
	rows, err := d.rolesInForce(r, slices.Concat(slices.Collect(maps.Values(roles))...))
	if err != nil {
		return err
	}
	for _, a := range accounts {
		own := slices.DeleteFunc(slices.Clone(rows), func(row roleRow) bool { return row.AccountID != a.ID })
		v.Rows = append(v.Rows, accountRow{Account: a, Roles: own})
	}
	v.Total = total
	v.Pages = pagesOf(adminPath, url.Values{"cerca": {v.Search}}, page, total)
	return ui.Render(w, r, http.StatusOK, listView(staff(r, ui.PrinterOf(r).T("account.list.title")), v))
}

func pagesOf(path string, query url.Values, page, total int) ui.Pages {
	return ui.Pages{Current: page, Total: ui.PageCount(total, pageSize), Href: func(n int) string {
		query.Set("pagina", strconv.Itoa(n))
		return path + "?" + query.Encode()
	}}
}

// holdersPage is who may do what today.
type holdersPage struct {
	Form  *ui.Form
	Roles []ui.Option
	Rows  []holderRow
	Total int
	Pages ui.Pages
}

type holderRow struct {
	roleRow
	Name, Email string
}

func (d Deps) holders(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	page, role := max(1, form.Int("pagina")), identity.Role(form.Text("ruolo"))
	if !slices.Contains(identity.Roles(), role) {
		role = ""
	}
	found, total, err := d.Identity.Holders(r.Context(), session.Actor(r),
		identity.HolderFilter{Role: role, Max: pageSize, Skip: (page - 1) * pageSize})
	if err != nil {
		return err
	}
	roles := make([]identity.Holding, len(found))
	for i, h := range found {
		roles[i] = h.Holding
	}
	rows, err := d.roleRows(r, roles)
	if err != nil {
		return err
	}
	v := holdersPage{Form: form, Total: total, Pages: pagesOf(adminPath+"/accessi", url.Values{"ruolo": {string(role)}}, page, total)}
	for i, h := range found {
		v.Rows = append(v.Rows, holderRow{roleRow: rows[i], Name: h.Name, Email: h.Email})
	}
	p := ui.PrinterOf(r)
	v.Roles = ui.Options("", p.T("account.holders.all"))
	for _, one := range identity.Roles() {
		v.Roles = append(v.Roles, ui.Option{Value: string(one), Label: p.T("identity.role." + string(one))})
	}
	return ui.Render(w, r, http.StatusOK, holdersView(d.below(r, p.T("account.holders.title")), v))
}

// below is a page under the list of accounts.
func (d Deps) below(r *http.Request, title string, more ...ui.Link) ui.Page {
	way := append([]ui.Link{{Label: ui.PrinterOf(r).T("account.list.title"), Href: adminPath}}, more...)
	return staff(r, title, way...)
}

func (d Deps) askNew(w http.ResponseWriter, r *http.Request) error {
	return d.showNew(w, r, http.StatusOK, ui.NewForm(r, nil))
}

func (d Deps) showNew(w http.ResponseWriter, r *http.Request, code int, form *ui.Form) error {
	return ui.Render(w, r, code, newView(d.below(r, ui.PrinterOf(r).T("account.new.title")), form))
}

func (d Deps) create(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	password, err := identity.NewPassword(rand.Reader)
	if err != nil {
		return err
	}
	id, err := d.Identity.CreateAccount(r.Context(), session.Actor(r), identity.NewAccount{
		Email: form.Text("email"), Name: form.Text("name"), Password: password,
	})
	if fault := form.Refuse(err); fault != nil {
		return fault
	}
	if err != nil {
		return d.showNew(w, r, status(form, err), form)
	}
	return d.showPassword(w, r, id, password)
}

// passwordPage shows a first password, once.
type passwordPage struct {
	identity.Account
	Password string
}

// showPassword answers the form itself, without a redirect: the password is kept nowhere to be shown
// by a later page.
func (d Deps) showPassword(w http.ResponseWriter, r *http.Request, id, password string) error {
	account, err := d.Identity.ByID(r.Context(), session.Actor(r), id)
	if err != nil {
		return err
	}
	p := d.below(r, ui.PrinterOf(r).T("account.first_password.title"))
	return ui.Render(w, r, http.StatusOK, passwordView(p, passwordPage{account, password}))
}

// accountPage is one account.
type accountPage struct {
	identity.Account
	// Own is the account of who looks.
	Own bool
	// Person is the facilitator who uses it, or "".
	Person string
	Roles  []roleRow
}

func (d Deps) account(w http.ResponseWriter, r *http.Request) error {
	who, id := session.Actor(r), r.PathValue("id")
	account, err := d.Identity.ByID(r.Context(), who, id)
	if err != nil {
		return err
	}
	roles, err := d.Identity.RolesOf(r.Context(), who, id)
	if err != nil {
		return err
	}
	rows, err := d.roleRows(r, roles[id])
	if err != nil {
		return err
	}
	_, person, err := d.personOf(r, id)
	if err != nil {
		return err
	}
	v := accountPage{Account: account, Own: who.AccountID == id, Person: person, Roles: rows}
	return ui.Render(w, r, http.StatusOK, accountView(d.below(r, account.Name), v))
}

func (d Deps) resetPassword(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	password, err := d.Identity.ResetPassword(r.Context(), session.Actor(r), id)
	if err != nil {
		return err
	}
	return d.showPassword(w, r, id, password)
}

func (d Deps) disable(w http.ResponseWriter, r *http.Request) error {
	if err := d.Identity.Disable(r.Context(), session.Actor(r), r.PathValue("id")); err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, accountPath(r.PathValue("id")), ui.Success, "account.disabled")
}

func (d Deps) enable(w http.ResponseWriter, r *http.Request) error {
	if err := d.Identity.Enable(r.Context(), session.Actor(r), r.PathValue("id")); err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, accountPath(r.PathValue("id")), ui.Success, "account.enabled")
}

func accountPath(id string) string { return adminPath + "/account/" + url.PathEscape(id) }
