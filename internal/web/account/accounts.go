package account

import (
	"crypto/rand"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// searchedAtOnce is how many accounts a search shows: it has one page, because what was typed is never in
// an address.
const searchedAtOnce = 200

// listPage is the list of accounts.
type listPage struct {
	Form   *ui.Form
	States []ui.Option
	Total  int
	Rows   []accountRow
	Pages  ui.Pages
	// More says that a search found more than it shows.
	More bool
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
	page := max(1, form.Int("pagina"))
	rows, total, err := d.accountRows(r, identity.Filter{State: stateOf(form), Max: pageSize, Skip: (page - 1) * pageSize})
	if err != nil {
		return err
	}
	v := listPage{Form: form, Rows: rows, Total: total, Pages: pagesOf(adminPath, url.Values{"stato": {form.Text("stato")}}, page, total)}
	return d.showList(w, r, v)
}

// search answers a name or an address, which travel in the body: an address of a page holds nothing personal.
func (d Deps) search(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	if !form.Has("cerca") {
		return ui.Redirect(w, r, adminPath+"?"+url.Values{"stato": {form.Text("stato")}}.Encode())
	}
	rows, total, err := d.accountRows(r, identity.Filter{Search: form.Text("cerca"), State: stateOf(form), Max: searchedAtOnce})
	if err != nil {
		return err
	}
	return d.showList(w, r, listPage{Form: form, Rows: rows, Total: total, More: total > len(rows)})
}

func (d Deps) showList(w http.ResponseWriter, r *http.Request, v listPage) error {
	p := ui.PrinterOf(r)
	v.States = ui.Options("", p.T("account.list.any_state"))
	for _, one := range identity.AccountStates() {
		v.States = append(v.States, ui.Option{Value: string(one), Label: p.T("identity.state." + string(one))})
	}
	return ui.Render(w, r, http.StatusOK, listView(staff(r, p.T("account.list.title")), v))
}

func stateOf(form *ui.Form) identity.AccountState {
	state := identity.AccountState(form.Text("stato"))
	if !slices.Contains(identity.AccountStates(), state) {
		return ""
	}
	return state
}

func (d Deps) accountRows(r *http.Request, f identity.Filter) (list []accountRow, total int, err error) {
	who := session.Actor(r)
	accounts, total, err := d.Identity.List(r.Context(), who, f)
	if err != nil {
		return nil, 0, err
	}
	ids := make([]string, len(accounts))
	for i, a := range accounts {
		ids[i] = a.ID
	}
	roles, err := d.Identity.RolesOf(r.Context(), who, ids...)
	if err != nil {
		return nil, 0, err
	}
	rows, err := d.rolesInForce(r, slices.Concat(slices.Collect(maps.Values(roles))...))
	if err != nil {
		return nil, 0, err
	}
	for _, a := range accounts {
		own := slices.DeleteFunc(slices.Clone(rows), func(row roleRow) bool { return row.AccountID != a.ID })
		list = append(list, accountRow{Account: a, Roles: own})
	}
	return list, total, nil
}

// listFile is the list of accounts as a file; a search comes in the body here too.
func (d Deps) listFile(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	list, _, err := d.accountRows(r, identity.Filter{Search: form.Text("cerca"), State: stateOf(form), Max: maxChoices})
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	rows := make([][]string, len(list))
	for i, a := range list {
		roles := make([]string, len(a.Roles))
		for j, role := range a.Roles {
			roles[j] = role.Role + ", " + role.Where
		}
		rows[i] = []string{a.Name, a.Email, p.T("identity.state." + string(a.State())), strings.Join(roles, "; "), lastTime(r.Context(), a.SignedInAt)}
	}
	return ui.SendTable(w, r, "account", []string{"account.field.name", "account.field.email", "account.list.state", "account.list.roles", "account.list.last"}, rows)
}

func pagesOf(path string, query url.Values, page, total int) ui.Pages {
	return ui.Pages{Current: page, Total: ui.PageCount(total, pageSize), Href: func(n int) string {
		query.Set("pagina", strconv.Itoa(n))
		return path + "?" + query.Encode()
	}}
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
	// InviteUntil is until when the invitation opens, in words; empty when none does.
	InviteUntil string
	History     []ui.HistoryRow
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
	if v.InviteUntil, err = d.inviteUntil(r, account); err != nil {
		return err
	}
	if v.History, err = d.history(r, id); err != nil {
		return err
	}
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
