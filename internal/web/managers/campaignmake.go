package managers

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"capillare/internal/campaigns"
	"capillare/internal/errs"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// previewPage is what a campaign would give, before it is made.
type previewPage struct {
	Form          *ui.Form
	Action, Back  string
	Name          string
	Seats, Wanted int
	Days          []loadRow
	LeftOut       []string
	Conflicts     []string
	// Nothing says that no turn waits to be made.
	Nothing bool
}

func (d Deps) previewCampaign(w http.ResponseWriter, r *http.Request) error {
	c, err := d.ownCampaign(r)
	if err != nil {
		return err
	}
	form := ui.NewForm(r, url.Values{"version": {strconv.Itoa(c.Version)}})
	return d.showPreview(w, r, http.StatusOK, form, c)
}

// makeCampaign makes what was seen; when something changed meanwhile it shows the new preview.
func (d Deps) makeCampaign(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	c, err := d.ownCampaign(r)
	if err != nil {
		return err
	}
	_, err = d.Campaigns.Make(r.Context(), who, c.ID, form.Int("version"))
	switch {
	case err == nil:
		return ui.RedirectFlash(w, r, campaignsPath+"/"+c.ID, ui.Success, "campaigns.made")
	case errors.Is(err, campaigns.ErrRival), errors.Is(err, campaigns.ErrConflicts):
		if err := form.Refuse(err); err != nil {
			return err
		}
		seen(form, c.Version)
		return d.showPreview(w, r, http.StatusConflict, form, c)
	}
	return err
}

func (d Deps) showPreview(w http.ResponseWriter, r *http.Request, status int, form *ui.Form, c campaigns.Campaign) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	out, err := d.Campaigns.Preview(r.Context(), who, c.ID)
	if err != nil {
		return err
	}
	view := previewPage{Form: form, Action: r.URL.Path, Back: campaignsPath + "/" + c.ID, Name: c.Name, Seats: out.Seats, Wanted: c.Wanted, Nothing: !c.Planned()}
	turns, err := d.turnRows(r, c.Turns)
	if err != nil {
		return err
	}
	byID := map[string]turnRow{}
	for _, t := range turns {
		byID[t.ID] = t
	}
	for _, conflict := range out.Conflicts {
		why := ""
		if refusal, ok := errors.AsType[*errs.Refusal](conflict.Err); ok {
			why = p.Refusal(refusal)
		}
		view.Conflicts = append(view.Conflicts, byID[conflict.TurnID].Who+", "+byID[conflict.TurnID].When+": "+why)
	}
	for _, left := range out.LeftOut {
		view.LeftOut = append(view.LeftOut, p.Day(left.Day)+", "+byID[left.TurnID].Where+": "+whyShut(r, left))
	}
	if view.Days, err = d.previewRows(r, out); err != nil {
		return err
	}
	way := campaignWay(r, ui.Link{Label: c.Name, Href: view.Back})
	return ui.Render(w, r, status, previewView(frame(r, p.T("campaigns.preview_title"), way...), view))
}

// whyShut says why a place is shut on a day.
func whyShut(r *http.Request, left campaigns.LeftOut) string {
	p := ui.PrinterOf(r)
	switch left.Why {
	case points.ByClosure:
		return p.T("campaigns.shut.closure", map[string]any{"reason": left.Reason})
	case points.ByHoliday:
		return p.T("campaigns.shut.holiday")
	case points.ByPatron:
		return p.T("campaigns.shut.patron")
	}
	return p.T("campaigns.shut.state")
}

// previewRows are the days of a preview; what a place has at two addresses on a day is one row.
func (d Deps) previewRows(r *http.Request, out campaigns.Outcome) ([]loadRow, error) {
	p := ui.PrinterOf(r)
	var ids []string
	for _, day := range out.Days {
		ids = append(ids, day.PointID)
	}
	found, err := d.Points.ByIDs(r.Context(), unique(ids))
	rows := make([]loadRow, len(out.Days))
	for i, day := range out.Days {
		one := found[day.PointID]
		rows[i] = loadRow{Day: p.Day(day.Day), Point: one.PublicName, PointHref: "/gestione/punti/" + day.PointID, Seats: day.Seats}
		if a, ok := one.Address(day.AddressID); ok && len(one.Addresses) > 1 && a.Place != "" {
			rows[i].Point += ", " + a.Place
		}
		if day.Extra {
			rows[i].Point += " (" + p.T("campaigns.opens_for_it") + ")"
		}
	}
	return rows, err
}

// endCampaignForm asks for the last day of a campaign, or of a turn.
type endCampaignForm struct {
	Form         *ui.Form
	Action, Back string
	What, Text   string
}

func (d Deps) askEndCampaign(w http.ResponseWriter, r *http.Request) error {
	c, err := d.ownCampaign(r)
	if err != nil {
		return err
	}
	form := ui.NewForm(r, url.Values{"on": {dayText(today(r))}, "version": {strconv.Itoa(c.Version)}})
	return showEndCampaign(w, r, http.StatusOK, form, c)
}

func (d Deps) endCampaign(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	c, err := d.ownCampaign(r)
	if err != nil {
		return err
	}
	on := form.Day("on")
	if on.IsZero() && len(form.Problems) == 0 {
		form.Problems.Add("on", "form.required")
	}
	if len(form.Problems) > 0 {
		return showEndCampaign(w, r, http.StatusUnprocessableEntity, form, c)
	}
	err = d.Campaigns.End(r.Context(), who, c.ID, on, form.Int("version"))
	if errors.Is(err, campaigns.ErrRival) {
		if err := form.Refuse(err); err != nil {
			return err
		}
		seen(form, c.Version)
		return showEndCampaign(w, r, http.StatusConflict, form, c)
	}
	if err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, campaignsPath+"/"+c.ID, ui.Success, "campaigns.ended")
}

func showEndCampaign(w http.ResponseWriter, r *http.Request, status int, form *ui.Form, c campaigns.Campaign) error {
	p, back := ui.PrinterOf(r), campaignsPath+"/"+c.ID
	view := endCampaignForm{Form: form, Action: r.URL.Path, Back: back, What: c.Name, Text: p.T("campaigns.end_text")}
	way := campaignWay(r, ui.Link{Label: c.Name, Href: back})
	return ui.Render(w, r, status, endCampaignView(sheet(r, p.T("campaigns.end_title"), way...), view))
}
