package managers

import (
	"net/http"
	"net/url"
	"strconv"

	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// pointsPage is the list of points.
type pointsPage struct {
	// Form holds what is being looked for.
	Form *ui.Form
	Rows []pointRow
	// Total is how many there are on all pages.
	Total             int
	Pages             ui.Pages
	States, Provinces []ui.Option
	Kinds             []ui.Option
	// Bodies and Programmes may be chosen among those that the person sees; nil when none.
	Bodies, Programmes []ui.Option
	// FileHref takes the same list out as a file.
	FileHref string
	May      may
}

// pointRow is one point of the list.
type pointRow struct {
	ID, Code, Name, Town, Body string
	State                      ui.BadgeText
	// Hours are the weekly ones in words; Missing says that they are to be completed, Below that they are
	// fewer than the programme asks.
	Hours          string
	Missing, Below bool
	// Late says how late the point is, "" when it is not.
	Late string
}

// stateTone colours a state.
func stateTone(state string) ui.Tone {
	switch state {
	case points.StateOpen:
		return ui.Success
	case points.StateSuspended:
		return ui.Warning
	case points.StateClosed:
		return ui.Neutral
	}
	return ui.Info
}

func stateBadge(p i18n.Printer, state string) ui.BadgeText {
	return ui.BadgeText{Tone: stateTone(state), Text: p.T("points.state." + state)}
}

func pointsFilter(query url.Values) points.Filter {
	return points.Filter{
		Search: query.Get("cerca"), State: query.Get("stato"), Province: query.Get("provincia"),
		BodyID: query.Get("ente"), HoursToComplete: query.Get("orari") == "1",
		Kind: query.Get("tipo"), ProgrammeID: query.Get("programma"), Late: query.Get("ritardo") == "1", BelowMinimum: query.Get("sotto") == "1",
	}
}

// pointFilters are the names of the filters in the address.
func pointFilters() []string {
	return []string{"cerca", "stato", "provincia", "ente", "orari", "tipo", "programma", "ritardo", "sotto"}
}

func (d Deps) points(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	who, p := session.Actor(r), ui.PrinterOf(r)
	f := pointsFilter(form.Values)
	f.Page, f.Size = pageOf(r)-1, perPage
	list, total, err := d.Points.List(r.Context(), who, f)
	if err != nil {
		return err
	}
	view := pointsPage{
		Form: form, Total: total, Pages: pagesOf(r, total), May: mayOf(who),
		States:   choices(p, "points.state.", points.States(), p.T("managers.points.any_state")),
		FileHref: withQuery("/gestione/punti.csv", form.Values, pointFilters()...),
		Kinds:    choices(p, "points.kind.", points.Kinds(), p.T("opening.any_kind")),
	}
	if view.Rows, err = d.pointRows(r, list); err != nil {
		return err
	}
	if view.Provinces, err = d.provinces(r); err != nil {
		return err
	}
	if view.Bodies, view.Programmes, err = d.pointChoices(r, form); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, pointsView(frame(r, p.T("managers.points.title")), view))
}

// pointChoices are the bodies and the programmes by which the list can be narrowed.
func (d Deps) pointChoices(r *http.Request, form *ui.Form) (bodies, programmes []ui.Option, err error) {
	who, p := session.Actor(r), ui.PrinterOf(r)
	if who.Can(identity.SeeBodies) {
		if bodies, err = d.bodyOptions(r, p.T("opening.any_body"), form.Text("ente")); err != nil {
			return nil, nil, err
		}
	}
	if !who.Can(identity.SeeFunding) {
		return bodies, nil, nil
	}
	list, err := d.Funding.Programmes(r.Context(), who)
	programmes = []ui.Option{{Label: p.T("opening.any_programme")}}
	for _, one := range list {
		programmes = append(programmes, ui.Option{Value: one.ID, Label: one.Name})
	}
	return bodies, programmes, err
}

func (d Deps) pointRows(r *http.Request, list []points.Point) ([]pointRow, error) {
	towns, names, err := d.around(r, list)
	if err != nil {
		return nil, err
	}
	terms, err := d.Points.Terms(r.Context(), list...)
	if err != nil {
		return nil, err
	}
	p := ui.PrinterOf(r)
	rows := make([]pointRow, len(list))
	for i, one := range list {
		rows[i] = pointRow{
			ID: one.ID, Code: one.Code, Name: one.PublicName, Body: names[one.ManagingBodyID],
			State: stateBadge(p, one.State), Hours: p.Hours(one.WeeklyMinutes), Missing: one.HoursToComplete(),
			Below: one.BelowMinimum(terms[one.ID]), Late: lateText(p, one, terms[one.ID], r),
		}
		if len(one.Addresses) > 0 {
			rows[i].Town = townName(towns[one.Addresses[0].Belfiore])
		}
	}
	return rows, nil
}

// around returns the municipalities and the names of the bodies of points.
func (d Deps) around(r *http.Request, list []points.Point) (map[string]territory.Municipality, map[string]string, error) {
	towns, err := d.townsOf(r.Context(), list...)
	if err != nil {
		return nil, nil, err
	}
	var bodies []string
	for _, one := range list {
		bodies = append(bodies, one.ManagingBodyID, one.DeliveringBodyID)
	}
	names, err := d.bodyNames(r.Context(), bodies...)
	return towns, names, err
}

func (d Deps) provinces(r *http.Request) ([]ui.Option, error) {
	list, err := d.Territory.Provinces(r.Context(), d.region(r.Context()))
	out := []ui.Option{{Label: ui.PrinterOf(r).T("managers.points.any_province")}}
	for _, one := range list {
		out = append(out, ui.Option{Value: one.Code, Label: one.Name})
	}
	return out, err
}

func (d Deps) pointsFile(w http.ResponseWriter, r *http.Request) error {
	f := pointsFilter(r.URL.Query())
	f.Size = every
	list, _, err := d.Points.List(r.Context(), session.Actor(r), f)
	if err != nil {
		return err
	}
	towns, names, err := d.around(r, list)
	if err != nil {
		return err
	}
	terms, err := d.Points.Terms(r.Context(), list...)
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	var rows [][]string
	for _, one := range list {
		late := ""
		if n := one.DaysLate(terms[one.ID], today(r)); n > 0 {
			late = strconv.Itoa(n)
		}
		for _, a := range one.Addresses {
			town := towns[a.Belfiore]
			rows = append(rows, []string{
				one.Code, one.OfficialName, one.PublicName, p.T("points.kind." + one.Kind), p.T("points.state." + one.State),
				dayText(one.OpenedOn), names[one.ManagingBodyID], names[one.DeliveringBodyID],
				a.Place, a.Street, a.CAP, town.Name, town.ProvinceAbbr, a.Ordinary().String(),
				strconv.FormatFloat(float64(a.Ordinary().Minutes())/60, 'f', -1, 64), one.Phone, one.Email,
				dayText(one.AwardedOn), late, minimumText(terms[one.ID]),
			})
		}
	}
	return ui.SendTable(w, r, "punti", pointColumns(), rows)
}

// minimumText is the weekly hours that the programme asks, "" when it asks for none.
func minimumText(t points.Terms) string {
	if t.MinWeekly == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(t.MinWeekly)/60, 'f', -1, 64)
}

func pointColumns() []string {
	return []string{
		"managers.column.code", "managers.column.official_name", "managers.column.public_name", "managers.column.kind",
		"managers.column.state", "managers.column.opened_on", "managers.column.managing_body", "managers.column.delivering_body",
		"managers.column.place", "managers.column.street", "managers.column.cap", "managers.column.town", "managers.column.province",
		"managers.column.hours", "managers.column.weekly_hours", "managers.column.phone", "managers.column.email",
		"pointlife.column.awarded_on", "pointlife.column.days_late", "pointlife.column.minimum",
	}
}
