package managers

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// programmesPage is the list of programmes.
type programmesPage struct {
	Form     *ui.Form
	Rows     []programmeRow
	Total    int
	Pages    ui.Pages
	States   []ui.Option
	FileHref string
	May      may
}

// programmeRow is one programme of the list.
type programmeRow struct {
	ID, Name, Code, Days, Money string
	State                       ui.BadgeText
}

func fundingFilter(r *http.Request, query url.Values) funding.Filter {
	return funding.Filter{Search: query.Get("cerca"), State: query.Get("stato"), ProgrammeID: query.Get("programma"), BodyID: query.Get("ente"), On: today(r)}
}

func (d Deps) programmes(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	who, p := session.Actor(r), ui.PrinterOf(r)
	list, err := d.Funding.FindProgrammes(r.Context(), who, fundingFilter(r, form.Values))
	if err != nil {
		return err
	}
	view := programmesPage{
		Form: form, Total: len(list), Pages: pagesOf(r, len(list)), May: mayOf(who),
		States:   choices(p, "funding.state.", funding.States(), p.T("managers.points.any_state")),
		FileHref: withQuery("/gestione/programmi.csv", form.Values, "cerca", "stato"),
	}
	for _, one := range pageRows(r, list) {
		view.Rows = append(view.Rows, programmeRow{ID: one.ID, Name: one.Name, Code: one.Code, State: fundingBadge(r, one.State(today(r))),
			Days: span(p, one.StartsOn, one.EndsOn), Money: p.Money(one.AmountCents)})
	}
	return ui.Render(w, r, http.StatusOK, programmesView(frame(r, p.T("managers.programmes.title")), view))
}

// pageRows cuts the page that is asked for out of a list.
func pageRows[T any](r *http.Request, list []T) []T {
	start := min((pageOf(r)-1)*perPage, len(list))
	return list[start:min(start+perPage, len(list))]
}

func fundingBadge(r *http.Request, state string) ui.BadgeText {
	tone := ui.Neutral
	switch state {
	case funding.StateInForce:
		tone = ui.Success
	case funding.StatePlanned:
		tone = ui.Info
	}
	return ui.BadgeText{Tone: tone, Text: ui.PrinterOf(r).T("funding.state." + state)}
}

func (d Deps) programmesFile(w http.ResponseWriter, r *http.Request) error {
	list, err := d.Funding.FindProgrammes(r.Context(), session.Actor(r), fundingFilter(r, r.URL.Query()))
	if err != nil {
		return err
	}
	rows := make([][]string, len(list))
	for i, one := range list {
		rows[i] = []string{one.Code, one.Name, fundingBadge(r, one.State(today(r))).Text, one.CUP, one.Act, dayText(one.StartsOn), dayText(one.EndsOn),
			moneyText(one.AmountCents), moneyText(one.CofundingCents), dayText(one.MinorsFrom), dayText(one.UploadCutoff),
			weeklyText(one.MinWeeklyMinutes), countText(one.OpeningDays), dayText(one.EndedOn)}
	}
	return ui.SendTable(w, r, "programmi", []string{
		"managers.column.code", "managers.field.name", "managers.column.state", "managers.field.cup", "managers.field.act",
		"managers.field.starts_on", "managers.field.ends_on", "managers.field.amount", "managers.field.cofunding", "managers.field.minors_from",
		"managers.field.upload_cutoff", "bodies.field.min_weekly", "bodies.field.opening_days", "bodies.ended_on",
	}, rows)
}

// programmeByID returns a programme that the person may see.
func (d Deps) programmeByID(ctx context.Context, who identity.Actor, id string) (funding.Programme, error) {
	list, err := d.Funding.Programmes(ctx, who)
	if err != nil {
		return funding.Programme{}, err
	}
	i := slices.IndexFunc(list, func(one funding.Programme) bool { return one.ID == id })
	if i < 0 {
		return funding.Programme{}, funding.ErrNoProgramme
	}
	return list[i], nil
}

// programmeOptions are the programmes that the person may choose.
func (d Deps) programmeOptions(r *http.Request, first string) ([]ui.Option, error) {
	out, who := []ui.Option{{Label: first}}, session.Actor(r)
	if !who.Can(identity.SeeFunding) {
		return out, nil
	}
	list, err := d.Funding.Programmes(r.Context(), who)
	for _, one := range list {
		out = append(out, ui.Option{Value: one.ID, Label: one.Name})
	}
	return out, err
}
