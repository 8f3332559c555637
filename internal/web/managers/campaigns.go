package managers

import (
	"net/http"
	"net/url"
	"strconv"

	"capillare/internal/campaigns"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

const campaignsPath = "/gestione/campagne"

// campaignRoutes are the pages of campaigns and of the load of points.
func (d Deps) campaignRoutes(add adder) {
	const one = campaignsPath + "/{id}"
	add(identity.SeeFacilitators, "GET /gestione/carico", d.load)
	add(identity.SeeFacilitators, "GET /gestione/carico.csv", d.loadFile)
	add(identity.SeeFacilitators, "GET "+campaignsPath, d.campaigns)
	add(identity.EditPoints, "GET "+campaignsPath+"/nuova", d.newCampaign)
	add(identity.EditPoints, "POST "+campaignsPath+"/nuova", d.addCampaign)
	add(identity.SeeFacilitators, "GET "+one, d.campaign)
	add(identity.SeeFacilitators, "GET "+one+"/carico.csv", d.campaignFile)
	add(identity.EditPoints, "GET "+one+"/modifica", d.editCampaign)
	add(identity.EditPoints, "POST "+one+"/modifica", d.saveCampaign)
	add(identity.EditPoints, "GET "+one+"/presenze", d.newTurn)
	add(identity.EditPoints, "POST "+one+"/presenze", d.addTurn)
	add(identity.EditPoints, "POST "+one+"/presenze/togli", d.dropTurn)
	add(identity.EditPoints, "GET "+one+"/presenze/{turn}/fine", d.askEndTurn)
	add(identity.EditPoints, "POST "+one+"/presenze/{turn}/fine", d.endTurn)
	add(identity.EditPoints, "GET "+one+"/anteprima", d.previewCampaign)
	add(identity.EditPoints, "POST "+one+"/anteprima", d.makeCampaign)
	add(identity.EditPoints, "GET "+one+"/fine", d.askEndCampaign)
	add(identity.EditPoints, "POST "+one+"/fine", d.endCampaign)
}

// campaignsPage is the list of campaigns.
type campaignsPage struct {
	Rows    []campaignRow
	MayEdit bool
}

// campaignRow is one campaign of the list.
type campaignRow struct {
	ID, Name, Days, State string
	Tone                  ui.Tone
	Wanted, Taken         int
}

func (d Deps) campaigns(w http.ResponseWriter, r *http.Request) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	list, err := d.Campaigns.List(r.Context(), who)
	if err != nil {
		return err
	}
	view := campaignsPage{MayEdit: who.Can(identity.EditPoints)}
	for _, c := range list {
		board, err := d.Campaigns.Board(r.Context(), who, c, today(r))
		if err != nil {
			return err
		}
		state, tone := campaignState(r, c)
		view.Rows = append(view.Rows, campaignRow{ID: c.ID, Name: c.Name, Days: span(p, c.From, c.Last()), State: p.T("campaigns.state." + state), Tone: tone,
			Wanted: c.Wanted, Taken: board.Taken})
	}
	return ui.Render(w, r, http.StatusOK, campaignsView(frame(r, p.T("campaigns.title")), view))
}

// campaignState is where a campaign stands, in the words of its page, and how to show it.
func campaignState(r *http.Request, c campaigns.Campaign) (string, ui.Tone) {
	switch {
	case c.Over(today(r)):
		return "over", ui.Info
	case c.Made() && c.Planned():
		return "partly", ui.Warning
	case c.Made():
		return "running", ui.Success
	}
	return "draft", ui.Warning
}

// campaignForm is the form of a campaign, new or not.
type campaignForm struct {
	Form          *ui.Form
	Action, Back  string
	New           bool
	Reaches       []ui.Option
	Kinds         []ui.Option
	KindsHref     string
	Kind, Manager string
}

func (d Deps) newCampaign(w http.ResponseWriter, r *http.Request) error {
	form := ui.NewForm(r, url.Values{"from": {dayText(today(r))}})
	return d.showCampaignForm(w, r, http.StatusOK, campaignForm{Form: form, New: true})
}

func (d Deps) addCampaign(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	c := readCampaign(form)
	c.KindID, c.BodyID = form.Text("kind"), form.Need("body", 64)
	if c.BodyID == wholeNetwork {
		c.BodyID = ""
	}
	if len(form.Problems) == 0 {
		id, refused := d.Campaigns.Add(r.Context(), who, c)
		if refused == nil {
			return ui.RedirectFlash(w, r, campaignsPath+"/"+id, ui.Success, "campaigns.added")
		}
		if err := form.Refuse(refused); err != nil {
			return err
		}
	}
	return d.showCampaignForm(w, r, statusOf(form), campaignForm{Form: form, New: true})
}

func readCampaign(form *ui.Form) campaigns.Campaign {
	return campaigns.Campaign{
		Name: form.Text("name"), NameEN: form.Text("name_en"), Wanted: form.Int("wanted"), From: form.Day("from"), To: form.Day("to"),
		Version: form.Int("version"),
	}
}

func (d Deps) editCampaign(w http.ResponseWriter, r *http.Request) error {
	c, err := d.ownCampaign(r)
	if err != nil {
		return err
	}
	form := ui.NewForm(r, url.Values{
		"name": {c.Name}, "name_en": {c.NameEN}, "wanted": {strconv.Itoa(c.Wanted)}, "from": {dayText(c.From)}, "to": {dayText(c.To)},
		"version": {strconv.Itoa(c.Version)},
	})
	return d.showCampaignForm(w, r, http.StatusOK, campaignForm{Form: form, Back: campaignsPath + "/" + c.ID})
}

func (d Deps) saveCampaign(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	old, err := d.ownCampaign(r)
	if err != nil {
		return err
	}
	c, back := readCampaign(form), campaignsPath+"/"+old.ID
	c.ID = old.ID
	status := http.StatusUnprocessableEntity
	if len(form.Problems) == 0 {
		refused := d.Campaigns.Change(r.Context(), who, c)
		if refused == nil {
			return ui.RedirectFlash(w, r, back, ui.Success, "campaigns.saved")
		}
		status = ui.StatusOf(refused)
		if err := form.Refuse(refused); err != nil {
			return err
		}
		seen(form, old.Version)
	}
	return d.showCampaignForm(w, r, status, campaignForm{Form: form, Back: back})
}

// ownCampaign is the campaign of an address, for who may change it.
func (d Deps) ownCampaign(r *http.Request) (campaigns.Campaign, error) {
	who := session.Actor(r)
	c, err := d.Campaigns.ByID(r.Context(), who, r.PathValue("id"))
	switch {
	case err != nil:
		return c, err
	case c.Over(today(r)):
		return c, campaigns.ErrOver
	case !d.Campaigns.MayRun(who, c):
		return c, campaigns.ErrNotFound
	}
	return c, nil
}

func (d Deps) showCampaignForm(w http.ResponseWriter, r *http.Request, status int, view campaignForm) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	view.Action, view.KindsHref = r.URL.Path, "/gestione/tipi-appuntamento"
	title := p.T("campaigns.edit_title")
	if view.New {
		title, view.Back = p.T("campaigns.new_title"), campaignsPath
		var err error
		if view.Reaches, err = d.reaches(r, who.Reach(identity.EditPoints).All); err != nil {
			return err
		}
		list, err := d.Kinds.List(r.Context(), who, kinds.Filter{})
		if err != nil {
			return err
		}
		view.Kinds = []ui.Option{{Label: p.T("managers.choose")}}
		for _, k := range list {
			view.Kinds = append(view.Kinds, ui.Option{Value: k.ID, Label: k.Name + " (" + p.Hours(k.Minutes) + ")"})
		}
	}
	return ui.Render(w, r, status, campaignFormView(sheet(r, title, campaignWay(r)...), view))
}

func campaignWay(r *http.Request, more ...ui.Link) []ui.Link {
	return append([]ui.Link{{Label: ui.PrinterOf(r).T("campaigns.title"), Href: campaignsPath}}, more...)
}
