package managers

import (
	"cmp"
	"context"
	"net/http"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// bodyPage is all that is kept of a body.
type bodyPage struct {
	Body    orgs.Body
	Ended   bool
	Details []ui.SummaryItem
	Roles   []roleRow
	// Points are those it manages or where it delivers; Projects its shares of programmes.
	Points   []ui.Link
	Total    int
	AllHref  string
	Projects []ui.Link
	Merges   []joinedRow
	// Own says that the history is for the eyes of who asks.
	Own     bool
	History []ui.HistoryRow
	May     may
}

// roleRow is one role of a body; EndHref leads to where it ends, empty when it has ended.
type roleRow struct{ Text, EndHref string }

func (d Deps) body(w http.ResponseWriter, r *http.Request) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	id, err := d.Orgs.Kept(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	b, own, err := d.seenBody(r.Context(), who, id)
	if err != nil {
		return err
	}
	if id != r.PathValue("id") {
		return ui.RedirectFlash(w, r, "/gestione/enti/"+id, ui.Info, "bodies.merge.leads_here")
	}
	view := bodyPage{Body: b, Ended: !b.InForce(today(r)), Own: own, May: mayOf(who), AllHref: "/gestione/punti?ente=" + b.ID}
	if view.Details, err = d.bodyDetails(r, b); err != nil {
		return err
	}
	if view.Roles, err = d.roleRows(r, b); err != nil {
		return err
	}
	list, total, err := d.Points.List(r.Context(), who, points.Filter{BodyID: b.ID, Size: perPage})
	if err != nil {
		return err
	}
	view.Total = total
	for _, one := range list {
		view.Points = append(view.Points, pointLink(one))
	}
	if view.Projects, err = d.bodyProjects(r.Context(), who, b.ID); err != nil {
		return err
	}
	if own {
		if err := d.fillStory(r, &view); err != nil {
			return err
		}
	}
	way := ui.Link{Label: p.T("managers.bodies.title"), Href: "/gestione/enti"}
	return ui.Render(w, r, http.StatusOK, bodyView(frame(r, b.Name, way), view))
}

// fillStory adds what was done to the body: merges that can still be undone, and every change.
func (d Deps) fillStory(r *http.Request, view *bodyPage) error {
	who := session.Actor(r)
	merges, err := d.Orgs.Merges(r.Context(), who, view.Body.ID)
	if err != nil {
		return err
	}
	if view.Merges, err = d.joinedRows(r, merges); err != nil {
		return err
	}
	rows, err := d.Orgs.History(r.Context(), who, view.Body.ID)
	if err != nil {
		return err
	}
	view.History, err = d.story(r, rows, ui.HistoryWords{Field: "bodies.change.", Value: d.bodyValue(r)})
	return err
}

// story puts rows of the audit into words, with the names of who did it.
func (d Deps) story(r *http.Request, rows []audit.Row, words ui.HistoryWords) ([]ui.HistoryRow, error) {
	var ids []string
	for _, row := range rows {
		ids = append(ids, row.ActorID)
	}
	names, err := d.Identity.Names(r.Context(), unique(ids))
	words.Action = cmp.Or(words.Action, "bodies.history.")
	return ui.HistoryRows(r.Context(), rows, names, words), err
}

// bodyValue puts a kept value of a body into words.
func (d Deps) bodyValue(r *http.Request) func(field, value string) string {
	p := ui.PrinterOf(r)
	return func(field, value string) string {
		if value == "" {
			return ""
		}
		switch field {
		case "kind":
			return p.T("orgs.kind." + value)
		case "role":
			return p.T("orgs.role." + value)
		case "ended_on", "from", "to":
			return dayWords(r, value)
		case "belfiore":
			towns, err := d.Territory.ByBelfiore(r.Context(), []string{value})
			if err == nil && towns[value].Name != "" {
				return townName(towns[value])
			}
		}
		return value
	}
}

// dayWords shows a day that was kept as 2026-07-01.
func dayWords(r *http.Request, value string) string {
	day, err := calendar.ParseDay(value)
	if err != nil {
		return value
	}
	return ui.PrinterOf(r).DayNum(day)
}

func (d Deps) roleRows(r *http.Request, b orgs.Body) ([]roleRow, error) {
	roles, err := d.Orgs.Roles(r.Context(), []string{b.ID})
	p, out := ui.PrinterOf(r), []roleRow(nil)
	for _, role := range roles[b.ID] {
		row := roleRow{Text: p.T("orgs.role."+role.Name) + ", " + span(p, role.From, role.To)}
		if role.To.IsZero() || role.To.After(today(r)) {
			row.EndHref = "/gestione/enti/" + b.ID + "/ruolo/" + role.Name + "/" + role.From.String() + "/fine"
		}
		out = append(out, row)
	}
	return out, err
}

func (d Deps) bodyProjects(ctx context.Context, who identity.Actor, bodyID string) ([]ui.Link, error) {
	if !who.Can(identity.SeeFunding) {
		return nil, nil
	}
	list, err := d.Funding.Projects(ctx, who, funding.Filter{BodyID: bodyID})
	return projectLinks(list), err
}

func projectLinks(list []funding.Project) []ui.Link {
	var out []ui.Link
	for _, one := range list {
		out = append(out, ui.Link{Label: one.Name, Href: projectPath(one)})
	}
	return out
}

// bodyPeople are the facilitators that work for a body and have not left.
func (d Deps) bodyPeople(ctx context.Context, who identity.Actor, bodyID string) ([]ui.Link, error) {
	if !who.Can(identity.SeeFacilitators) {
		return nil, nil
	}
	list, _, err := d.Facilitators.List(ctx, who, facilitators.Filter{BodyID: bodyID, Max: every})
	var out []ui.Link
	for _, f := range list {
		if f.To.IsZero() {
			out = append(out, ui.Link{Label: f.FullName(), Href: "/gestione/facilitatori/" + f.ID})
		}
	}
	return out, err
}

func (d Deps) bodyDetails(r *http.Request, b orgs.Body) ([]ui.SummaryItem, error) {
	towns, err := d.Territory.Today(r.Context(), unique([]string{b.Belfiore}))
	p := ui.PrinterOf(r)
	items := []ui.SummaryItem{
		{Term: p.T("managers.column.kind"), Value: p.T("orgs.kind." + b.Kind)},
		{Term: p.T("managers.field.short_name"), Value: b.ShortName},
		{Term: p.T("managers.field.body_tax_code"), Value: b.TaxCode},
		{Term: p.T("managers.field.ipa_code"), Value: b.IPACode},
		{Term: p.T("managers.column.town"), Value: townName(towns[b.Belfiore])},
		{Term: p.T("managers.field.email"), Value: b.Email},
		{Term: p.T("managers.field.pec"), Value: b.PEC},
		{Term: p.T("managers.field.phone"), Value: b.Phone},
	}
	if !b.EndedOn.IsZero() {
		items = append(items, ui.SummaryItem{Term: p.T("bodies.ended_on"), Value: p.DayNum(b.EndedOn)})
	}
	return orNothing(p, items), err
}
