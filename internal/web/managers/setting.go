package managers

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"capillare/internal/identity"
	"capillare/internal/network"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// settingPage is the setting of the network.
type settingPage struct {
	Form    *ui.Form
	Regions []ui.Option
	// BackHref is the page of management, or that of accounts for an administrator.
	BackHref string
}

func (d Deps) setting(w http.ResponseWriter, r *http.Request) error {
	set, err := d.Network.Setting(r.Context())
	if errors.Is(err, network.ErrNotSetUp) {
		set = network.Setting{HorizonDays: network.DefaultHorizon, NoticeVersion: "1"}
	} else if err != nil {
		return err
	}
	form := ui.NewForm(r, url.Values{
		"name": {set.Name}, "tagline": {set.Tagline}, "region_code": {set.RegionCode}, "phone": {set.Phone},
		"phone_hours": {set.PhoneHours}, "email": {set.Email}, "horizon_days": {strconv.Itoa(set.HorizonDays)},
		"notice_version": {set.NoticeVersion},
	})
	return d.showSetting(w, r, form)
}

func (d Deps) saveSetting(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	old, err := d.Network.Setting(r.Context())
	if err != nil && !errors.Is(err, network.ErrNotSetUp) {
		return err
	}
	// Whether people are invented is for the demo to say, not for a form.
	set := network.Setting{
		Name: form.Short("name", 120), Tagline: form.Short("tagline", 160), RegionCode: form.Text("region_code"),
		Phone: form.Short("phone", 40), PhoneHours: form.Short("phone_hours", 80), Email: form.Text("email"),
		HorizonDays: form.Int("horizon_days"), NoticeVersion: form.Short("notice_version", 20), Invented: old.Invented,
	}
	if len(form.Problems) == 0 {
		if err := form.Refuse(d.Network.SetUp(r.Context(), who, set)); err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return d.showSetting(w, r, form)
	}
	return ui.RedirectFlash(w, r, "/gestione/rete", ui.Success, "managers.saved")
}

func (d Deps) showSetting(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	regions, err := d.Territory.Regions(r.Context())
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	view := settingPage{Form: form, Regions: []ui.Option{{Label: p.T("managers.choose")}}, BackHref: "/gestione"}
	if !session.Actor(r).Can(identity.SeeFacilitators) {
		view.BackHref = "/amministrazione"
	}
	for _, one := range regions {
		view.Regions = append(view.Regions, ui.Option{Value: one.Code, Label: one.Name})
	}
	return ui.Render(w, r, statusOf(form), settingView(sheet(r, p.T("managers.setting.title")), view))
}
