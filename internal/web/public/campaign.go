package public

import (
	"net/http"
	"net/url"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/campaigns"
	"capillare/internal/points"
	"capillare/internal/web/ui"
)

// campaignPage is a campaign, for who read its address on a poster.
type campaignPage struct {
	Name, Lead string
	// Bring is what to bring.
	Bring string
	Rows  []pointRow
	Over  bool
}

// pointsOfCampaign bounds the points shown: a campaign has a few.
const pointsOfCampaign = 50

func (d Deps) campaign(w http.ResponseWriter, r *http.Request) error {
	c, err := d.Campaigns.ByCode(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	p, today := ui.PrinterOf(r), calendar.DayOf(ui.Now(r))
	view := campaignPage{
		Name: c.NameIn(string(p.Lang())), Over: c.Over(today),
		Lead: p.T("campaigns.page.lead", map[string]any{"from": p.DayNum(c.From), "to": p.DayNum(c.Last())}),
	}
	if !view.Over {
		if err := d.fillCampaign(r, c, &view); err != nil {
			return err
		}
	}
	page := ui.NewPage(r, view.Name)
	page.Section = "points"
	return ui.Render(w, r, http.StatusOK, campaignView(page, view))
}

// fillCampaign puts the points with a free time of the campaign into view, the soonest first.
func (d Deps) fillCampaign(r *http.Request, c campaigns.Campaign, view *campaignPage) error {
	kind, err := d.Kinds.Some(r.Context(), []string{c.KindID})
	if err != nil {
		return err
	}
	view.Bring = kind[c.KindID].BringIn(string(ui.PrinterOf(r).Lang()))
	found, err := d.Agenda.FirstTimes(r.Context(), agenda.SearchQuery{
		Near: points.Search{Only: &points.Visible{IDs: c.PointIDs()}}, KindID: c.KindID, From: c.From, To: c.Last(),
		Order: agenda.Soonest, Max: pointsOfCampaign,
	})
	if err != nil {
		return err
	}
	view.Rows, err = d.rows(r, found, searchPage{Query: query{Page: 1}}, bookLinks{})
	for i := range view.Rows {
		view.Rows[i].BookHref += "?" + url.Values{"tipo": {c.KindID}}.Encode()
	}
	return err
}
