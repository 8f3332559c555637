package settings

import (
	"errors"
	"net/http"
	"net/url"

	"capillare/internal/network"
	"capillare/internal/web/ui"
)

// fundingPage is the page of who pays.
type fundingPage struct {
	Form, EmblemForm *ui.Form
	Emblems          []emblem
}

type emblem struct {
	ui.Picture
	ID string
}

func (d Deps) funding(w http.ResponseWriter, r *http.Request) error {
	form, err := d.fundingForm(r)
	if err != nil {
		return err
	}
	return d.showFunding(w, r, fundingPage{Form: form})
}

func (d Deps) fundingForm(r *http.Request) (*ui.Form, error) {
	now, _, err := d.current(r)
	return ui.NewForm(r, url.Values{"funding_it": {now.Setting.FundingIT}, "funding_en": {now.Setting.FundingEN}}), err
}

func (d Deps) saveFunding(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	italian, english := form.Short("funding_it", 300), form.Short("funding_en", 300)
	return d.change(w, r, form, func(set *network.Setting) { set.FundingIT, set.FundingEN = italian, english },
		func(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
			return d.showFunding(w, r, fundingPage{Form: form})
		})
}

// saveFunder takes an emblem of who pays, or takes one away.
func (d Deps) saveFunder(w http.ResponseWriter, r *http.Request) error {
	sent, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	if sent.Text("do") == doRemove {
		if err := d.removePicture(r, sent.Text("id")); err != nil && !errors.Is(err, network.ErrNoPicture) {
			return err
		}
		return ui.RedirectFlash(w, r, home+"/finanziamento", ui.Success, "settings.look.removed")
	}
	if err := d.addPicture(r, sent, network.Funder); err != nil {
		return err
	}
	if len(sent.Problems) > 0 {
		form, err := d.fundingForm(r)
		if err != nil {
			return err
		}
		return d.showFunding(w, r, fundingPage{Form: form, EmblemForm: sent})
	}
	return ui.RedirectFlash(w, r, home+"/finanziamento", ui.Success, "settings.saved")
}

func (d Deps) showFunding(w http.ResponseWriter, r *http.Request, v fundingPage) error {
	now, _, err := d.current(r)
	if err != nil {
		return err
	}
	kept, err := d.Files.ByIDs(r.Context(), now.FunderIDs)
	if err != nil {
		return err
	}
	for _, id := range now.FunderIDs {
		f := kept[id]
		v.Emblems = append(v.Emblems, emblem{ID: id, Picture: ui.Picture{Src: "/immagini/" + id, Alt: f.Alt, Width: f.Width, Height: f.Height}})
	}
	if v.EmblemForm == nil {
		v.EmblemForm = ui.NewForm(r, nil)
	}
	status := statusOf(v.Form)
	if len(v.EmblemForm.Problems) > 0 {
		status = statusOf(v.EmblemForm)
	}
	return ui.Render(w, r, status, fundingView(frame(r, "funding"), v))
}
