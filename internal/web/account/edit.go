package account

import (
	"net/http"

	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// editPage changes the name and the address of an account.
type editPage struct {
	identity.Account
	Form *ui.Form
}

func (d Deps) askEdit(w http.ResponseWriter, r *http.Request) error {
	account, err := d.Identity.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return d.showEdit(w, r, http.StatusOK, ui.NewForm(r, map[string][]string{"name": {account.Name}, "email": {account.Email}}))
}

func (d Deps) showEdit(w http.ResponseWriter, r *http.Request, code int, form *ui.Form) error {
	account, err := d.Identity.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	page := d.below(r, ui.PrinterOf(r).T("account.edit.title"), ui.Link{Label: account.Name, Href: accountPath(account.ID)})
	return ui.Render(w, r, code, editView(page, editPage{account, form}))
}

func (d Deps) edit(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	refusal := d.Identity.EditAccount(r.Context(), session.Actor(r), id, form.Text("name"), form.Text("email"))
	if fault := form.Refuse(refusal); fault != nil {
		return fault
	}
	if refusal != nil {
		return d.showEdit(w, r, status(form, refusal), form)
	}
	return ui.RedirectFlash(w, r, accountPath(id), ui.Success, "account.edited")
}

// history is what was done to an account, in words.
func (d Deps) history(r *http.Request, accountID string) ([]ui.HistoryRow, error) {
	rows, err := d.Identity.History(r.Context(), session.Actor(r), accountID)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, row := range rows {
		ids = append(ids, row.ActorID)
	}
	names, err := d.Identity.Names(r.Context(), ids)
	return ui.HistoryRows(r.Context(), rows, names, ui.HistoryWords{Action: "account.history.", Field: "account.field."}), err
}

// roleOptions are the roles, with what each allows.
func roleOptions(p i18n.Printer) []ui.Option {
	var all []ui.Option
	for _, one := range identity.Roles() {
		all = append(all, ui.Option{Value: string(one), Label: p.T("identity.role." + string(one)), Hint: p.T("identity.does." + string(one))})
	}
	return all
}
