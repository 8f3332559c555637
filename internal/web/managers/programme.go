package managers

import (
	"net/http"
	"strconv"

	"capillare/internal/funding"
	"capillare/internal/i18n"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// programmePage is a programme with its projects and targets.
type programmePage struct {
	Programme funding.Programme
	State     ui.BadgeText
	// Ended says that it was stopped before its last day; Over that it is over in any way.
	Ended, Over bool
	Details     []ui.SummaryItem
	Projects    []projectRow
	// Own are the targets of the programme, Shares those of its projects.
	Own, Shares []targetRow
	// Sums set the money of the projects against that of the programme; TooMuch says that it is more.
	Sums    []ui.SummaryItem
	TooMuch bool
	History []ui.HistoryRow
	May     may
}

func (d Deps) programme(w http.ResponseWriter, r *http.Request) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	one, err := d.programmeByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	state := one.State(today(r))
	view := programmePage{Programme: one, State: fundingBadge(r, state), Ended: !one.EndedOn.IsZero(), Over: state == funding.StateEnded,
		Details: programmeDetails(p, one), May: mayOf(who)}
	projects, err := d.Funding.Projects(r.Context(), who, funding.Filter{ProgrammeID: one.ID})
	if err != nil {
		return err
	}
	if view.Projects, err = d.projectRows(r, projects); err != nil {
		return err
	}
	// The sum says nothing to who sees only some of the projects.
	if view.May.EditFunding {
		view.Sums, view.TooMuch = moneySums(p, one, projects)
	}
	targets, err := d.Funding.Targets(r.Context(), who, one.ID)
	if err != nil {
		return err
	}
	for i, row := range targetRows(p, targets, projects) {
		if targets[i].ProjectID == "" {
			view.Own = append(view.Own, row)
		} else {
			view.Shares = append(view.Shares, row)
		}
	}
	rows, err := d.Funding.ProgrammeHistory(r.Context(), who, one.ID)
	if err != nil {
		return err
	}
	if view.History, err = d.story(r, rows, ui.HistoryWords{Field: "bodies.change.", Value: d.fundingValue(r, nil)}); err != nil {
		return err
	}
	way := ui.Link{Label: p.T("managers.programmes.title"), Href: "/gestione/programmi"}
	return ui.Render(w, r, http.StatusOK, programmeView(frame(r, one.Name, way), view))
}

// moneySums sets the amounts of projects against that of their programme.
func moneySums(p i18n.Printer, one funding.Programme, projects []funding.Project) (items []ui.SummaryItem, tooMuch bool) {
	var given int64
	for _, j := range projects {
		given += j.AmountCents
	}
	left := one.AmountCents - given
	items = []ui.SummaryItem{
		{Term: p.T("bodies.sums.given"), Value: p.Money(given)},
		{Term: p.T("bodies.sums.left"), Value: p.Money(max(left, 0))},
	}
	if left < 0 {
		items = append(items, ui.SummaryItem{Term: p.T("bodies.sums.over"), Value: p.Money(-left)})
	}
	return items, left < 0
}

func programmeDetails(p i18n.Printer, one funding.Programme) []ui.SummaryItem {
	items := []ui.SummaryItem{
		{Term: p.T("managers.column.code"), Value: one.Code}, {Term: p.T("managers.field.cup"), Value: one.CUP},
		{Term: p.T("managers.field.act"), Value: one.Act}, {Term: p.T("managers.programme.days"), Value: span(p, one.StartsOn, one.EndsOn)},
		{Term: p.T("managers.field.amount"), Value: p.Money(one.AmountCents)},
		{Term: p.T("managers.field.cofunding"), Value: p.Money(one.CofundingCents)},
		{Term: p.T("managers.field.minors_from"), Value: p.DayNum(one.MinorsFrom)},
		{Term: p.T("managers.field.upload_cutoff"), Value: p.DayNum(one.UploadCutoff)},
		{Term: p.T("bodies.field.min_weekly"), Value: weeklyText(one.MinWeeklyMinutes)},
		{Term: p.T("bodies.field.opening_days"), Value: countText(one.OpeningDays)},
	}
	if !one.EndedOn.IsZero() {
		items = append(items, ui.SummaryItem{Term: p.T("bodies.ended_on"), Value: p.DayNum(one.EndedOn)})
	}
	return orNothing(p, items)
}

// fundingValue puts a kept value of a programme or project into words; bodies are names by id.
func (d Deps) fundingValue(r *http.Request, bodies map[string]string) func(field, value string) string {
	p := ui.PrinterOf(r)
	return func(field, value string) string {
		if value == "" {
			return ""
		}
		switch field {
		case "amount", "cofunding":
			if cents, err := strconv.ParseInt(value, 10, 64); err == nil {
				return p.Money(cents)
			}
		case "min_weekly_minutes":
			if minutes, err := strconv.Atoi(value); err == nil {
				return weeklyText(minutes)
			}
		case "body_id":
			if name := bodies[value]; name != "" {
				return name
			}
		case "kpi":
			return p.T("funding.kpi." + value)
		case "starts_on", "ends_on", "minors_from", "upload_cutoff", "ended_on", "due_on":
			return dayWords(r, value)
		}
		return value
	}
}
