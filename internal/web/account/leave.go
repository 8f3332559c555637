package account

import (
	"net/http"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// leavePage asks when a person leaves and who takes over each role.
type leavePage struct {
	identity.Account
	Form *ui.Form
	// Roles are those that are not over; Heirs who may take them over.
	Roles []roleRow
	Heirs []ui.Option
	// PersonHref leads to the handover of the facilitator who uses the account, when there is one.
	PersonHref string
}

// heir is the name of the field that says who takes a role over.
func heir(roleID string) string { return "role_" + strings.ReplaceAll(roleID, "-", "") }

func (d Deps) askLeave(w http.ResponseWriter, r *http.Request) error {
	return d.showLeave(w, r, http.StatusOK, ui.NewForm(r, nil))
}

func (d Deps) showLeave(w http.ResponseWriter, r *http.Request, code int, form *ui.Form) error {
	who, id, p := session.Actor(r), r.PathValue("id"), ui.PrinterOf(r)
	account, err := d.Identity.ByID(r.Context(), who, id)
	if err != nil {
		return err
	}
	v := leavePage{Account: account, Form: form}
	if v.Roles, err = d.standing(r, id); err != nil {
		return err
	}
	person, _, err := d.personOf(r, id)
	if err != nil {
		return err
	}
	if person != "" && who.Can(identity.EditFacilitators) {
		v.PersonHref = "/gestione/facilitatori/" + person + "/consegne"
	}
	if v.Heirs, err = d.heirs(r, id); err != nil {
		return err
	}
	page := d.below(r, p.T("account.leave.title", map[string]any{"name": account.Name}), ui.Link{Label: account.Name, Href: accountPath(id)})
	return ui.Render(w, r, code, leaveView(page, v))
}

// standing are the roles of an account that are not over, in words.
func (d Deps) standing(r *http.Request, accountID string) ([]roleRow, error) {
	held, err := d.Identity.RolesOf(r.Context(), session.Actor(r), accountID)
	if err != nil {
		return nil, err
	}
	rows, err := d.roleRows(r, held[accountID])
	var left []roleRow
	for _, row := range rows {
		if !row.Over {
			left = append(left, row)
		}
	}
	return left, err
}

// heirs are the accounts that may take a role over: everybody else who may sign in.
func (d Deps) heirs(r *http.Request, accountID string) ([]ui.Option, error) {
	list, _, err := d.Identity.List(r.Context(), session.Actor(r), identity.Filter{Max: maxChoices})
	out := ui.Options("", ui.PrinterOf(r).T("account.leave.nobody"))
	for _, a := range list {
		if !a.Disabled && a.ID != accountID {
			out = append(out, ui.Option{Value: a.ID, Label: a.Name + " (" + a.Email + ")"})
		}
	}
	return out, err
}

func (d Deps) leave(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	rows, err := d.standing(r, id)
	if err != nil {
		return err
	}
	h := identity.Handover{AccountID: id, Last: form.Day("last"), To: map[string]string{}}
	if !form.Has("last") {
		h.Last = calendar.DayOf(ui.Now(r))
	}
	for _, row := range rows {
		if to := form.Text(heir(row.ID)); to != "" {
			h.To[row.ID] = to
		}
	}
	refusal := form.Err()
	if refusal == nil {
		refusal = d.Identity.HandOver(r.Context(), session.Actor(r), h)
		if fault := form.Refuse(refusal); fault != nil {
			return fault
		}
	}
	if refusal != nil {
		return d.showLeave(w, r, status(form, refusal), form)
	}
	return ui.RedirectFlash(w, r, accountPath(id), ui.Success, "account.leave.done")
}
