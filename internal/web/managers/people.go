package managers

import (
	"cmp"
	"net/http"
	"slices"

	"capillare/internal/facilitators"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// searchedAtOnce is how many people a search shows: it has one page, because a name that was typed is
// never in an address.
const searchedAtOnce = 200

// onDutyToday is the value of the filter that keeps who has a shift today.
const onDutyToday = "oggi"

// peoplePage is the list of facilitators.
type peoplePage struct {
	Form  *ui.Form
	Rows  []personRow
	Total int
	Pages ui.Pages
	// More says that a search found more than it shows.
	More                                      bool
	States, Bodies, Points, Languages, Duties []ui.Option
	May                                       may
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
	f := peopleFilter(r, form)
	f.Max, f.Offset = perPage, (pageOf(r)-1)*perPage
	return d.showPeople(w, r, form, f)
}

// searchPeople answers a name, which travels in the body: the address of a page holds nothing personal.
func (d Deps) searchPeople(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	if !form.Has("cerca") {
		return ui.Redirect(w, r, withQuery("/gestione/facilitatori", form.Values, "stato", "ente", "punto", "lingua", "turno"))
	}
	f := peopleFilter(r, form)
	f.Max = searchedAtOnce
	return d.showPeople(w, r, form, f)
}

// peopleFilter reads the filters; a name only from the body of a request.
func peopleFilter(r *http.Request, form *ui.Form) facilitators.Filter {
	f := facilitators.Filter{
		State: form.Text("stato"), BodyID: form.Text("ente"), PointID: form.Text("punto"), Language: form.Text("lingua"),
		OnDuty: form.Text("turno") == onDutyToday,
	}
	if r.Method == http.MethodPost {
		f.Search = form.Text("cerca")
	}
	return f
}

func (d Deps) showPeople(w http.ResponseWriter, r *http.Request, form *ui.Form, f facilitators.Filter) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	list, total, err := d.Facilitators.List(r.Context(), who, f)
	if err != nil {
		return err
	}
	view := peoplePage{
		Form: form, Total: total, May: mayOf(who), More: f.Search != "" && total > len(list),
		States:    choices(p, "facilitators.state.", personStates(), p.T("managers.points.any_state")),
		Languages: choices(p, "points.language.", points.LanguageTags(), p.T("people.any_language")),
		Duties:    ui.Options("", p.T("people.any_duty"), onDutyToday, p.T("people.duty_today")),
	}
	if f.Search == "" {
		view.Pages = pagesOf(r, total)
	}
	if view.Bodies, err = d.bodyOptions(r, p.T("people.any_body"), f.BodyID); err != nil {
		return err
	}
	if view.Points, err = d.ownPointOptions(r, p.T("people.any_point")); err != nil {
		return err
	}
	if view.Rows, err = d.personRows(r, list); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, peopleView(frame(r, p.T("managers.people.title")), view))
}

// ownPointOptions are the points of who asks, by name.
func (d Deps) ownPointOptions(r *http.Request, first string) ([]ui.Option, error) {
	all, err := d.Points.All(r.Context(), session.Actor(r), identity.SeeFacilitators)
	out := make([]ui.Option, len(all))
	for i, one := range all {
		out[i] = ui.Option{Value: one.ID, Label: cmp.Or(one.PublicName, one.OfficialName)}
	}
	slices.SortFunc(out, func(a, b ui.Option) int { return cmp.Compare(a.Label, b.Label) })
	return append([]ui.Option{{Label: first}}, out...), err
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
			State: personBadge(ui.PrinterOf(r), f.StateOn(today(r))), Points: places[f.ID]}
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
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	f := peopleFilter(r, form)
	f.Max = every
	list, _, err := d.Facilitators.List(r.Context(), session.Actor(r), f)
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
	return ui.SendTable(w, r, "facilitatori", []string{
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
	Absences []absenceRow
	// Duties are the shifts at the points that the person reading may see.
	Duties []personDuty
	// ToCall are the appointments that no time covers any longer.
	ToCall  []ui.Link
	Merges  []mergeRow
	History []ui.HistoryRow
	May     may
	// MayMerge says that who asks may make this record one with another.
	MayMerge bool
	// InviteHref leads to the invitation of who has no account yet, AccountHref to the account; both are
	// only for those who manage accounts.
	InviteHref, AccountHref string
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
	if f.MergedInto != "" {
		// The record was the same person entered twice: the old address leads to the one that stays.
		return ui.Redirect(w, r, "/gestione/facilitatori/"+f.MergedInto)
	}
	p := ui.PrinterOf(r)
	view := personPage{Person: f, State: personBadge(p, f.StateOn(today(r))), May: mayOf(who), MayMerge: mayMerge(who, f)}
	if who.Can(identity.ManageAccounts) {
		switch {
		case f.AccountID != "":
			view.AccountHref = "/amministrazione/account/" + f.AccountID
		case f.StateOn(today(r)) != facilitators.Left:
			view.InviteHref = "/amministrazione/invita?persona=" + f.ID
		}
	}
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
		row := absenceRow{ID: a.ID, Days: absenceWords(p, a)}
		if view.May.EditPeople {
			row.Reason = p.T("facilitators.reason." + a.Reason)
		}
		view.Absences = append(view.Absences, row)
	}
	if view.Duties, err = d.personDuties(r, f); err != nil {
		return err
	}
	if err := d.personPast(r, &view); err != nil {
		return err
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
