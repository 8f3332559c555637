package managers

import (
	"cmp"
	"net/http"
	"slices"

	"capillare/internal/facilitators"
	"capillare/internal/i18n"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// peoplePage is the list of facilitators.
type peoplePage struct {
	Form     *ui.Form
	Rows     []personRow
	Total    int
	Pages    ui.Pages
	States   []ui.Option
	FileHref string
	May      may
}

// personRow is one facilitator of the list.
type personRow struct {
	ID, Name, Body string
	State          ui.BadgeText
	// Points are those served today.
	Points string
}

// personStates lists the states of a facilitator, for choices.
func personStates() []string {
	return []string{facilitators.Invited, facilitators.Active, facilitators.Suspended, facilitators.Left}
}

func contracts() []string {
	return []string{facilitators.Employee, facilitators.Collaborator, facilitators.Volunteer}
}

func personBadge(p i18n.Printer, state string) ui.BadgeText {
	tone := ui.Neutral
	switch state {
	case facilitators.Active:
		tone = ui.Success
	case facilitators.Invited:
		tone = ui.Info
	case facilitators.Suspended:
		tone = ui.Warning
	}
	return ui.BadgeText{Tone: tone, Text: p.T("facilitators.state." + state)}
}

func (d Deps) people(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	who, p := session.Actor(r), ui.PrinterOf(r)
	list, total, err := d.Facilitators.List(r.Context(), who, facilitators.Filter{
		Search: form.Text("cerca"), State: form.Text("stato"), Max: perPage, Offset: (pageOf(r) - 1) * perPage,
	})
	if err != nil {
		return err
	}
	view := peoplePage{
		Form: form, Total: total, Pages: pagesOf(r, total), May: mayOf(who),
		States:   choices(p, "facilitators.state.", personStates(), p.T("managers.points.any_state")),
		FileHref: withQuery("/gestione/facilitatori.csv", form.Values, "cerca", "stato"),
	}
	if view.Rows, err = d.personRows(r, list); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, peopleView(frame(r, p.T("managers.people.title")), view))
}

func (d Deps) personRows(r *http.Request, list []facilitators.Facilitator) ([]personRow, error) {
	var bodies []string
	for _, f := range list {
		bodies = append(bodies, f.BodyID)
	}
	names, err := d.bodyNames(r.Context(), bodies...)
	if err != nil {
		return nil, err
	}
	places, err := d.servedNames(r, list)
	rows := make([]personRow, len(list))
	for i, f := range list {
		rows[i] = personRow{ID: f.ID, Name: f.Surname + " " + f.Name, Body: names[f.BodyID],
			State: personBadge(ui.PrinterOf(r), f.State), Points: places[f.ID]}
	}
	return rows, err
}

// servedNames returns the names of the points that each person serves today.
func (d Deps) servedNames(r *http.Request, list []facilitators.Facilitator) (map[string]string, error) {
	var ids []string
	for _, f := range list {
		for _, s := range f.Points {
			ids = append(ids, s.PointID)
		}
	}
	found, err := d.Points.ByIDs(r.Context(), unique(ids))
	out := map[string]string{}
	for _, f := range list {
		for _, s := range f.Points {
			if !f.ServesOn(s.PointID, today(r)) {
				continue
			}
			if out[f.ID] != "" {
				out[f.ID] += ", "
			}
			out[f.ID] += found[s.PointID].PublicName
		}
	}
	return out, err
}

func (d Deps) peopleFile(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	list, _, err := d.Facilitators.List(r.Context(), session.Actor(r), facilitators.Filter{
		Search: query.Get("cerca"), State: query.Get("stato"), Max: every,
	})
	if err != nil {
		return err
	}
	short, err := d.personRows(r, list)
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	rows := make([][]string, len(list))
	for i, f := range list {
		rows[i] = []string{f.Surname, f.Name, short[i].Body, p.T("facilitators.contract." + f.Contract), short[i].State.Text,
			dayText(f.From), dayText(f.To), f.Email, f.Phone, short[i].Points}
	}
	return sendFile(w, r, "facilitatori", []string{
		"managers.field.surname", "managers.field.given_name", "managers.field.body_id", "managers.field.contract", "managers.column.state",
		"managers.field.from", "managers.field.to", "managers.column.email", "managers.column.phone", "managers.person.points",
	}, rows)
}

// personPage is all that is kept of a facilitator; the tax code is never shown.
type personPage struct {
	Person  facilitators.Facilitator
	State   ui.BadgeText
	Details []ui.SummaryItem
	Points  []servedRow
	// Absences are those that are not over.
	Absences []closureRow
	May      may
}

// servedRow is a point served from a day to a day.
type servedRow struct {
	PointID, Name, Days string
	// Past says that it is over.
	Past bool
}

func (d Deps) person(w http.ResponseWriter, r *http.Request) error {
	who := session.Actor(r)
	f, err := d.Facilitators.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	view := personPage{Person: f, State: personBadge(p, f.State), May: mayOf(who)}
	if view.Details, err = d.personDetails(r, f); err != nil {
		return err
	}
	if view.Points, err = d.servedRows(r, f); err != nil {
		return err
	}
	away, err := d.Facilitators.Absences(r.Context(), who, f.ID)
	if err != nil {
		return err
	}
	for _, a := range away {
		view.Absences = append(view.Absences, closureRow{ID: a.ID, Days: span(p, a.From, a.To)})
	}
	way := ui.Link{Label: p.T("managers.people.title"), Href: "/gestione/facilitatori"}
	return ui.Render(w, r, http.StatusOK, personView(frame(r, f.FullName(), way), view))
}

func (d Deps) personDetails(r *http.Request, f facilitators.Facilitator) ([]ui.SummaryItem, error) {
	p := ui.PrinterOf(r)
	names, err := d.bodyNames(r.Context(), f.BodyID)
	code := "managers.person.no_code"
	if f.HasTaxCode {
		code = "managers.person.has_code"
	}
	return orNothing(p, []ui.SummaryItem{
		{Term: p.T("managers.field.body_id"), Value: names[f.BodyID]},
		{Term: p.T("managers.field.contract"), Value: p.T("facilitators.contract." + f.Contract)},
		{Term: p.T("managers.person.works"), Value: span(p, f.From, f.To)},
		{Term: p.T("managers.field.email"), Value: f.Email},
		{Term: p.T("managers.field.phone"), Value: f.Phone},
		{Term: p.T("managers.field.tax_code"), Value: p.T(code)},
		{Term: p.T("managers.field.skills"), Value: words(p, "register.se5.", f.Skills)},
		{Term: p.T("managers.field.spoken"), Value: words(p, "points.language.", f.Languages)},
	}), err
}

func (d Deps) servedRows(r *http.Request, f facilitators.Facilitator) ([]servedRow, error) {
	var ids []string
	for _, s := range f.Points {
		ids = append(ids, s.PointID)
	}
	found, err := d.Points.ByIDs(r.Context(), unique(ids))
	var rows []servedRow
	for _, s := range f.Points {
		rows = append(rows, servedRow{PointID: s.PointID, Name: found[s.PointID].PublicName, Days: span(ui.PrinterOf(r), s.From, s.To),
			Past: !s.To.IsZero() && s.To.Before(today(r))})
	}
	slices.SortStableFunc(rows, func(a, b servedRow) int { return cmp.Compare(a.Name, b.Name) })
	return rows, err
}
