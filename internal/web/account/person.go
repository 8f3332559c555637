package account

import (
	"cmp"
	"errors"
	"net/http"
	"slices"

	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// personPage asks which facilitator an account belongs to: that person's agenda opens with it.
type personPage struct {
	identity.Account
	Form   *ui.Form
	People []ui.Option
}

// personOf returns the name of the facilitator who uses an account, or "".
func (d Deps) personOf(r *http.Request, accountID string) (id, name string, err error) {
	f, err := d.Facilitators.ByAccount(r.Context(), accountID)
	if errors.Is(err, facilitators.ErrNotFound) {
		return "", "", nil
	}
	return f.ID, f.Name + " " + f.Surname, err
}

func (d Deps) askPerson(w http.ResponseWriter, r *http.Request) error {
	id, _, err := d.personOf(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	return d.showPerson(w, r, http.StatusOK, ui.NewForm(r, map[string][]string{"person": {id}}))
}

func (d Deps) showPerson(w http.ResponseWriter, r *http.Request, code int, form *ui.Form) error {
	p := ui.PrinterOf(r)
	account, err := d.Identity.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	v := personPage{Account: account, Form: form}
	if v.People, err = d.freePeople(r, account.ID); err != nil {
		return err
	}
	v.People = append([]ui.Option{{Value: "", Label: p.T("account.person.nobody")}}, v.People...)
	page := d.below(r, p.T("account.person.title", map[string]any{"name": account.Name}), ui.Link{Label: account.Name, Href: accountPath(account.ID)})
	return ui.Render(w, r, code, personView(page, v))
}

// freePeople lists the facilitators without an account, and the one who has this. They are listed by
// the program itself: whoever manages accounts must name them, and sees nothing else of them.
func (d Deps) freePeople(r *http.Request, accountID string) ([]ui.Option, error) {
	list, _, err := d.Facilitators.List(r.Context(), identity.System("account"), facilitators.Filter{Max: maxChoices})
	if err != nil {
		return nil, err
	}
	var bodyIDs []string
	for _, f := range list {
		if !slices.Contains(bodyIDs, f.BodyID) {
			bodyIDs = append(bodyIDs, f.BodyID)
		}
	}
	bodies, err := d.Orgs.ByIDs(r.Context(), bodyIDs)
	if err != nil {
		return nil, err
	}
	var out []ui.Option
	for _, f := range list {
		if f.AccountID == "" || f.AccountID == accountID {
			out = append(out, ui.Option{Value: f.ID, Label: f.Surname + " " + f.Name + ", " + bodies[f.BodyID].Name})
		}
	}
	slices.SortFunc(out, func(a, b ui.Option) int { return cmp.Compare(a.Label, b.Label) })
	return out, nil
}

func (d Deps) setPerson(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	id, who := r.PathValue("id"), session.Actor(r)
	if _, err := d.Identity.ByID(r.Context(), who, id); err != nil {
		return err
	}
	refusal := d.Facilitators.LinkAccount(r.Context(), who, form.Text("person"), id)
	if errors.Is(refusal, facilitators.ErrNotFound) {
		form.Problems.Add("person", "form.choice")
		refusal = form.Err()
	} else if fault := form.Refuse(refusal); fault != nil {
		return fault
	}
	if refusal != nil {
		return d.showPerson(w, r, status(form, refusal), form)
	}
	return ui.RedirectFlash(w, r, accountPath(id), ui.Success, "account.person.saved")
}
