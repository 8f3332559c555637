package settings

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"capillare/internal/network"
	"capillare/internal/web/ui"
)

// lookPage is the page of colours and logo.
type lookPage struct {
	Form, LogoForm *ui.Form
	Palettes       []ui.Option
	Logo           ui.Picture
	LogoID         string
	// Preview says that the page wears colours that are not kept yet.
	Preview bool
}

// What the buttons of the forms do.
const (
	doPreview = "preview"
	doRemove  = "remove"
)

// paletteName returns the name of a palette in force: empty is the usual one.
func paletteName(kept string) string {
	all := ui.Palettes()
	if slices.ContainsFunc(all, func(p ui.Palette) bool { return p.Name == kept }) || len(all) == 0 {
		return kept
	}
	return all[0].Name
}

// checkPalette refuses colours that there are not, or that people could not read.
func checkPalette(form *ui.Form, palettes []ui.Palette) {
	i := slices.IndexFunc(palettes, func(p ui.Palette) bool { return p.Name == form.Text("palette") })
	switch {
	case i < 0:
		form.Problems.Add("palette", "network.palette")
	case palettes[i].Contrast < ui.MinContrast:
		form.Problems.Add("palette", "network.contrast")
	}
}

func (d Deps) look(w http.ResponseWriter, r *http.Request) error {
	now, _, err := d.current(r)
	if err != nil {
		return err
	}
	return d.showLook(w, r, lookPage{Form: ui.NewForm(r, url.Values{"palette": {paletteName(now.Setting.Palette)}})})
}

func (d Deps) saveLook(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	checkPalette(form, ui.Palettes())
	if form.Text("do") == doPreview && len(form.Problems) == 0 {
		return d.showLook(w, r, lookPage{Form: form, Preview: true})
	}
	palette := form.Text("palette")
	return d.change(w, r, form, func(set *network.Setting) { set.Palette = palette }, d.showLookForm)
}

func (d Deps) showLookForm(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	return d.showLook(w, r, lookPage{Form: form})
}

// saveLogo takes a new logo, or takes the logo away.
func (d Deps) saveLogo(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	if form.Text("do") == doRemove {
		if err := d.removePicture(r, form.Text("id")); err != nil && !errors.Is(err, network.ErrNoPicture) {
			return err
		}
		return ui.RedirectFlash(w, r, home+"/aspetto", ui.Success, "settings.look.removed")
	}
	if err := d.addPicture(r, form, network.Logo); err != nil {
		return err
	}
	if len(form.Problems) > 0 {
		now, _, err := d.current(r)
		if err != nil {
			return err
		}
		return d.showLook(w, r, lookPage{Form: ui.NewForm(r, url.Values{"palette": {paletteName(now.Setting.Palette)}}), LogoForm: form})
	}
	return ui.RedirectFlash(w, r, home+"/aspetto", ui.Success, "settings.saved")
}

func (d Deps) showLook(w http.ResponseWriter, r *http.Request, v lookPage) error {
	now, _, err := d.current(r)
	if err != nil {
		return err
	}
	p := frame(r, "look")
	if v.LogoForm == nil {
		v.LogoForm = ui.NewForm(r, nil)
	}
	if v.Preview {
		p.Network.Palette = v.Form.Text("palette")
	}
	v.LogoID, v.Logo = now.LogoID, p.Network.Logo
	for _, one := range ui.Palettes() {
		v.Palettes = append(v.Palettes, ui.Option{Value: one.Name, Label: p.Printer.T("settings.palette." + one.Name),
			Hint: p.Printer.T("settings.look.contrast", map[string]any{"contrast": p.Printer.Decimal(one.Contrast, 1)})})
	}
	status := statusOf(v.Form)
	if len(v.LogoForm.Problems) > 0 {
		status = statusOf(v.LogoForm)
	}
	return ui.Render(w, r, status, lookView(p, v))
}
