package account

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/network"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// firstPage makes the first administrator.
type firstPage struct {
	Form *ui.Form
	// Possible is false where no browser would keep the session.
	Possible bool
	// Token is what the address brought along.
	Token string
}

// isFirst reports whether nobody administers the network yet.
func (d Deps) isFirst(r *http.Request) (bool, error) {
	has, err := d.Identity.HasAdministrator(r.Context())
	return err == nil && !has, err
}

func (d Deps) askFirst(w http.ResponseWriter, r *http.Request) error {
	first, err := d.isFirst(r)
	if err != nil {
		return err
	}
	if !first {
		return ui.Redirect(w, r, stepsPath)
	}
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	return d.showFirst(w, r, http.StatusOK, form)
}

func (d Deps) showFirst(w http.ResponseWriter, r *http.Request, code int, form *ui.Form) error {
	w.Header().Set("Cache-Control", "no-store")
	v := firstPage{Form: form, Possible: d.Door.Possible(r), Token: form.Text("chiave")}
	return ui.Render(w, r, code, firstView(ui.NewPage(r, ui.PrinterOf(r).T("account.first.title")), v))
}

func (d Deps) first(w http.ResponseWriter, r *http.Request) error {
	first, err := d.isFirst(r)
	if err != nil {
		return err
	}
	if !first {
		return identity.ErrNotEmpty
	}
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	password := form.Values.Get("password")
	form.Values.Del("password")
	if !d.Door.Possible(r) {
		return d.showFirst(w, r, http.StatusUnprocessableEntity, form)
	}
	if !d.setupToken(form.Text("chiave")) {
		form.Problems.Add("chiave", "account.first.wrong_key")
		return d.showFirst(w, r, http.StatusUnprocessableEntity, form)
	}
	n := identity.NewAccount{Email: form.Text("email"), Name: form.Text("name"), Password: password}
	_, refusal := d.Identity.FirstAdministrator(r.Context(), n)
	if errors.Is(refusal, identity.ErrNotEmpty) {
		return refusal
	}
	if fault := form.Refuse(refusal); fault != nil {
		return fault
	}
	if refusal != nil {
		return d.showFirst(w, r, status(form, refusal), form)
	}
	token, err := d.Identity.SignIn(r.Context(), n.Email, n.Password, d.Door.ClientIP(r))
	if err != nil {
		return err
	}
	d.Door.Open(w, token)
	return ui.RedirectFlash(w, r, stepsPath, ui.Success, "account.first.done")
}

func (d Deps) setupToken(given string) bool {
	return d.SetupToken != "" && subtle.ConstantTimeCompare([]byte(given), []byte(d.SetupToken)) == 1
}

// stepsPage is the check list.
type stepsPage struct {
	Steps []Step
	// Done of them are done; Next is the first that is not, -1 when all are.
	Done, Next int
}

func (d Deps) steps(w http.ResponseWriter, r *http.Request) error {
	var v stepsPage
	if d.Steps != nil {
		var err error
		if v.Steps, err = d.Steps(r.Context(), session.Actor(r)); err != nil {
			return err
		}
	}
	for _, s := range v.Steps {
		if s.Done {
			v.Done++
		}
	}
	v.Next = slices.IndexFunc(v.Steps, func(s Step) bool { return !s.Done })
	p := staff(r, ui.PrinterOf(r).T("account.steps.title"))
	return ui.Render(w, r, http.StatusOK, stepsView(p, v))
}

// networkPage is the name and the contacts of the network.
type networkPage struct {
	Form    *ui.Form
	Regions []ui.Option
}

func (d Deps) askNetwork(w http.ResponseWriter, r *http.Request) error {
	set, err := d.Network.Setting(r.Context())
	if errors.Is(err, network.ErrNotSetUp) {
		set, err = network.Setting{HorizonDays: network.DefaultHorizon}, nil
	}
	if err != nil {
		return err
	}
	return d.showNetwork(w, r, http.StatusOK, ui.NewForm(r, url.Values{
		"name": {set.Name}, "tagline": {set.Tagline}, "region": {set.RegionCode}, "phone": {set.Phone},
		"phone_hours": {set.PhoneHours}, "email": {set.Email}, "horizon": {strconv.Itoa(set.HorizonDays)},
	}))
}

func (d Deps) showNetwork(w http.ResponseWriter, r *http.Request, code int, form *ui.Form) error {
	p := ui.PrinterOf(r)
	regions, err := d.Territory.Regions(r.Context())
	if err != nil {
		return err
	}
	v := networkPage{Form: form, Regions: ui.Options("", p.T("account.network.choose"))}
	for _, one := range regions {
		v.Regions = append(v.Regions, ui.Option{Value: one.Code, Label: one.Name})
	}
	return ui.Render(w, r, code, networkView(staff(r, p.T("account.network.title")), v))
}

func (d Deps) setNetwork(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	set, err := d.Network.Setting(r.Context())
	if err != nil && !errors.Is(err, network.ErrNotSetUp) {
		return err
	}
	set.Name, set.Tagline = form.Need("name", 120), form.Short("tagline", 160)
	set.RegionCode, set.Email = form.Need("region", 2), form.Short("email", 254)
	set.Phone, set.PhoneHours = form.Short("phone", 40), form.Short("phone_hours", 120)
	set.HorizonDays = form.Int("horizon")
	refusal := form.Err()
	if refusal == nil {
		refusal = d.Network.SetUp(r.Context(), session.Actor(r), set)
		refusal = renamed(refusal)
		if fault := form.Refuse(refusal); fault != nil {
			return fault
		}
	}
	if refusal != nil {
		return d.showNetwork(w, r, status(form, refusal), form)
	}
	return ui.RedirectFlash(w, r, stepsPath, ui.Success, "account.network.saved")
}

// renamed gives the problems of a setting the names that the fields have here.
func renamed(err error) error {
	refusal, ok := errors.AsType[*errs.Refusal](err)
	if !ok {
		return err
	}
	c := *refusal
	c.Problems = slices.Clone(c.Problems)
	for i, p := range c.Problems {
		switch p.Field {
		case "region_code":
			c.Problems[i].Field = "region"
		case "horizon_days":
			c.Problems[i].Field = "horizon"
		}
	}
	return &c
}
