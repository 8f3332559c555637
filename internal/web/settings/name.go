package settings

import (
	"net/http"
	"net/url"
	"strconv"

	"capillare/internal/network"
	"capillare/internal/web/ui"
)

func (d Deps) name(w http.ResponseWriter, r *http.Request) error {
	now, _, err := d.current(r)
	if err != nil {
		return err
	}
	set := now.Setting
	return d.showName(w, r, ui.NewForm(r, url.Values{"name": {set.Name}, "tagline": {set.Tagline}, "region_code": {set.RegionCode}}))
}

func (d Deps) saveName(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	name, tagline, region := form.Short("name", 120), form.Short("tagline", 160), form.Text("region_code")
	return d.change(w, r, form, func(set *network.Setting) { set.Name, set.Tagline, set.RegionCode = name, tagline, region }, d.showName)
}

func (d Deps) showName(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	regions, err := d.Territory.Regions(r.Context())
	if err != nil {
		return err
	}
	p := frame(r, "name")
	options := []ui.Option{{Label: p.Printer.T("settings.choose")}}
	for _, one := range regions {
		options = append(options, ui.Option{Value: one.Code, Label: one.Name})
	}
	return ui.Render(w, r, statusOf(form), nameView(p, form, options))
}

func (d Deps) rules(w http.ResponseWriter, r *http.Request) error {
	now, _, err := d.current(r)
	if err != nil {
		return err
	}
	return showRules(w, r, ui.NewForm(r, url.Values{
		"horizon_days": {strconv.Itoa(now.Setting.HorizonDays)}, "min_weekly_hours": {strconv.Itoa(now.Setting.MinWeeklyMinutes / 60)},
	}))
}

func (d Deps) saveRules(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	days, hours := form.Int("horizon_days"), form.Int("min_weekly_hours")
	if days == 0 && len(form.Problems) == 0 {
		// Zero would be taken for "as usual".
		days = -1
	}
	return d.change(w, r, form, func(set *network.Setting) { set.HorizonDays, set.MinWeeklyMinutes = days, hours*60 }, showRules)
}

func showRules(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	return ui.Render(w, r, statusOf(form), rulesView(frame(r, "rules"), form))
}

func (d Deps) retention(w http.ResponseWriter, r *http.Request) error {
	now, _, err := d.current(r)
	if err != nil {
		return err
	}
	values := url.Values{}
	for _, class := range network.Classes() {
		values.Set(string(class), strconv.Itoa(now.KeepDays(class)))
	}
	return showRetention(w, r, ui.NewForm(r, values))
}
