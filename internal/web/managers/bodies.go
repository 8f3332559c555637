package managers

import (
	"context"
	"net/http"

	"capillare/internal/funding"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// bodiesPage is the list of bodies.
type bodiesPage struct {
	Form     *ui.Form
	Rows     []bodyRow
	Kinds    []ui.Option
	Pages    ui.Pages
	FileHref string
	May      may
}

// bodyRow is one body of the list.
type bodyRow struct {
	ID, Name, Kind, Roles, TaxCode string
	Ended                          bool
}

func (d Deps) bodies(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	who, p := session.Actor(r), ui.PrinterOf(r)
	list, total, err := d.Orgs.Find(r.Context(), who, orgs.Filter{
		Search: form.Text("cerca"), Kind: form.Text("tipo"), Ended: true, Max: perPage, Page: pageOf(r) - 1,
	})
	if err != nil {
		return err
	}
	view := bodiesPage{Form: form, May: mayOf(who), Kinds: choices(p, "orgs.kind.", orgs.Kinds(), p.T("managers.bodies.any_kind")),
		FileHref: withQuery("/gestione/enti.csv", form.Values, "cerca", "tipo")}
	view.Pages = pagesOf(r, total)
	if view.Rows, err = d.bodyRows(r, list); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, bodiesView(frame(r, p.T("managers.bodies.title")), view))
}

func (d Deps) bodyRows(r *http.Request, list []orgs.Body) ([]bodyRow, error) {
	ids := make([]string, len(list))
	for i, b := range list {
		ids[i] = b.ID
	}
	roles, err := d.Orgs.Roles(r.Context(), ids)
	p := ui.PrinterOf(r)
	rows := make([]bodyRow, len(list))
	for i, b := range list {
		var names []string
		for _, role := range roles[b.ID] {
			if !today(r).Before(role.From) && (role.To.IsZero() || !today(r).After(role.To)) {
				names = append(names, role.Name)
			}
		}
		rows[i] = bodyRow{ID: b.ID, Name: b.Name, Kind: p.T("orgs.kind." + b.Kind), Roles: words(p, "orgs.role.", unique(names)),
			TaxCode: b.TaxCode, Ended: !b.InForce(today(r))}
	}
	return rows, err
}

func (d Deps) bodiesFile(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	list, err := d.Orgs.List(r.Context(), session.Actor(r), orgs.Filter{Search: query.Get("cerca"), Kind: query.Get("tipo"), Ended: true, Max: every})
	if err != nil {
		return err
	}
	short, err := d.bodyRows(r, list)
	if err != nil {
		return err
	}
	var codes []string
	for _, b := range list {
		codes = append(codes, b.Belfiore)
	}
	towns, err := d.Territory.ByBelfiore(r.Context(), unique(codes))
	if err != nil {
		return err
	}
	rows := make([][]string, len(list))
	for i, b := range list {
		rows[i] = []string{b.Name, b.ShortName, short[i].Kind, short[i].Roles, b.TaxCode, b.IPACode, townName(towns[b.Belfiore]),
			b.Email, b.PEC, b.Phone, dayText(b.EndedOn)}
	}
	return sendFile(w, r, "enti", []string{
		"managers.field.body_name", "managers.field.short_name", "managers.column.kind", "managers.body.roles", "managers.field.body_tax_code",
		"managers.field.ipa_code", "managers.column.town", "managers.column.email", "managers.field.pec", "managers.column.phone",
		"managers.body.ended_on",
	}, rows)
}

// bodyPage is all that is kept of a body.
type bodyPage struct {
	Body    orgs.Body
	Ended   bool
	Details []ui.SummaryItem
	Roles   []string
	// Points are those it manages or where it delivers; Projects its shares of programmes.
	Points   []ui.Link
	Total    int
	AllHref  string
	Projects []ui.Link
	May      may
}

func (d Deps) body(w http.ResponseWriter, r *http.Request) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	b, err := d.Orgs.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	view := bodyPage{Body: b, Ended: !b.InForce(today(r)), May: mayOf(who), AllHref: "/gestione/punti?ente=" + b.ID}
	if view.Details, err = d.bodyDetails(r, b); err != nil {
		return err
	}
	roles, err := d.Orgs.Roles(r.Context(), []string{b.ID})
	if err != nil {
		return err
	}
	for _, role := range roles[b.ID] {
		view.Roles = append(view.Roles, p.T("orgs.role."+role.Name)+", "+span(p, role.From, role.To))
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
	way := ui.Link{Label: p.T("managers.bodies.title"), Href: "/gestione/enti"}
	return ui.Render(w, r, http.StatusOK, bodyView(frame(r, b.Name, way), view))
}

func (d Deps) bodyProjects(ctx context.Context, who identity.Actor, bodyID string) ([]ui.Link, error) {
	if !who.Can(identity.SeeFunding) {
		return nil, nil
	}
	list, err := d.Funding.Projects(ctx, who, funding.Filter{BodyID: bodyID})
	var out []ui.Link
	for _, one := range list {
		out = append(out, ui.Link{Label: one.Name, Href: "/gestione/programmi/" + one.ProgrammeID})
	}
	return out, err
}

func (d Deps) bodyDetails(r *http.Request, b orgs.Body) ([]ui.SummaryItem, error) {
	towns, err := d.Territory.ByBelfiore(r.Context(), unique([]string{b.Belfiore}))
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
		items = append(items, endedItem(p, b))
	}
	return orNothing(p, items), err
}

func endedItem(p i18n.Printer, b orgs.Body) ui.SummaryItem {
	return ui.SummaryItem{Term: p.T("managers.body.ended_on"), Value: p.DayNum(b.EndedOn)}
}
