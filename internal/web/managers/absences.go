package managers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// gapsShown bounds the shifts of one absence for which somebody is looked for on one page.
const gapsShown = 20

// absenceForm asks when a person is away and why.
type absenceForm struct {
	Form    *ui.Form
	Person  facilitators.Facilitator
	Reasons []ui.Option
}

// absencePage is one absence with the shifts that it leaves.
type absencePage struct {
	Person facilitators.Facilitator
	ID     string
	Days   string
	Reason string
	Gaps   []gapRow
	// More is how many shifts the page leaves out.
	More int
	// ToCall are appointments that nobody has taken over.
	ToCall []ui.Link
	Path   string
}

// offered is among how many people somebody is chosen with one click: those of the point come first.
const offered = 8

// gapRow is one time of a shift that an absence leaves.
type gapRow struct {
	Duty, Day          string
	When, Hours, Where string
	// Substitute is who stands in; Candidates are who could.
	Substitute string
	Candidates []ui.Option
}

// absenceRow is an absence on the page of a person; Reason is empty for who may not change it.
type absenceRow struct{ ID, Days, Reason string }

func (d Deps) absence(w http.ResponseWriter, r *http.Request) error {
	from := ""
	if day, err := calendar.ParseDay(r.URL.Query().Get("dal")); err == nil {
		from = dayText(day)
	}
	return d.showAbsence(w, r, http.StatusOK, ui.NewForm(r, url.Values{"from": {from}, "reason": {facilitators.Holiday}}))
}

// saveAbsence asks first when somebody loses a time by it, and saves on the second time.
func (d Deps) saveAbsence(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	a := facilitators.Absence{FacilitatorID: r.PathValue("id"), From: form.Day("from"), To: form.Day("to"), Reason: form.Text("reason")}
	if !form.Has("from") {
		form.Problems.Add("from", "form.required")
	}
	if form.Has("hours") {
		if bands := readBands(form, "hours"); len(bands) == 1 {
			a.Starts, a.Ends = bands[0].Starts, bands[0].Ends
		} else if len(bands) > 1 {
			form.Problems.Add("hours", "managers.once.one_band")
		}
	}
	again := func(status int) error { return d.showAbsence(w, r, status, form) }
	if len(form.Problems) > 0 {
		return again(http.StatusUnprocessableEntity)
	}
	f, err := d.Facilitators.ByID(r.Context(), who, a.FacilitatorID)
	if err != nil {
		return err
	}
	places, err := d.Facilitators.Places(r.Context(), who, f.ID)
	if err != nil {
		return err
	}
	var id string
	p := ui.PrinterOf(r)
	card := "/gestione/facilitatori/" + f.ID
	return d.carryOut(w, r, change{
		Form: form, Title: p.T("managers.absence.new_title"), Lead: f.FullName(), BackHref: card, Done: "managers.absence.added",
		PointIDs: places, To: func() string { return card + "/assenze/" + id },
		Make: func(ctx context.Context, tx *sqldb.Tx) (err error) {
			id, err = d.Facilitators.AddAbsenceTx(ctx, tx, who, a)
			return err
		},
	}, again)
}

func (d Deps) showAbsence(w http.ResponseWriter, r *http.Request, status int, form *ui.Form) error {
	f, err := d.Facilitators.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	fieldsOfForm(form)
	p := ui.PrinterOf(r)
	page := sheet(r, p.T("managers.absence.new_title"), personWay(p, f)...)
	view := absenceForm{Form: form, Person: f, Reasons: choices(p, "facilitators.reason.", facilitators.Reasons(), "")}
	return ui.Render(w, r, status, absenceView(page, view))
}

// removeAbsence takes an absence back. Who stood in stands down, and the appointments go back too.
func (d Deps) removeAbsence(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	a, err := d.Facilitators.AbsenceByID(r.Context(), who, form.Text("absence"))
	if err != nil {
		return err
	}
	if a.FacilitatorID != r.PathValue("id") {
		return identity.ErrNotHere
	}
	ids, err := d.gapPlaces(r, a.ID)
	if err != nil {
		return err
	}
	card := "/gestione/facilitatori/" + a.FacilitatorID
	again := func(int) error { return ui.RedirectFlash(w, r, card, ui.Warning, "managers.absence.not_removed") }
	return d.carryOut(w, r, change{
		Form: form, Title: ui.PrinterOf(r).T("managers.absence.remove_title"), BackHref: card, Done: "managers.absence.removed", PointIDs: ids,
		Make: func(ctx context.Context, tx *sqldb.Tx) error {
			return d.Facilitators.RemoveAbsenceTx(ctx, tx, who, a.ID)
		},
	}, again)
}

// gapPlaces are the points whose shifts an absence leaves.
func (d Deps) gapPlaces(r *http.Request, absenceID string) ([]string, error) {
	gaps, err := d.Facilitators.Gaps(r.Context(), session.Actor(r), absenceID)
	var ids []string
	for _, g := range gaps {
		ids = append(ids, g.Duty.PointID)
	}
	return unique(ids), err
}

// oneAbsence shows an absence: the shifts that it leaves, and who can stand in for each.
func (d Deps) oneAbsence(w http.ResponseWriter, r *http.Request) error {
	who := session.Actor(r)
	a, err := d.Facilitators.AbsenceByID(r.Context(), who, r.PathValue("absence"))
	if err != nil {
		return err
	}
	f, err := d.Facilitators.ByID(r.Context(), who, a.FacilitatorID)
	if err != nil {
		return err
	}
	if f.ID != r.PathValue("id") {
		return identity.ErrNotHere
	}
	p := ui.PrinterOf(r)
	view := absencePage{Person: f, ID: a.ID, Days: absenceWords(p, a), Reason: p.T("facilitators.reason." + a.Reason), Path: r.URL.Path}
	gaps, err := d.Facilitators.Gaps(r.Context(), who, a.ID)
	if err != nil {
		return err
	}
	view.More = max(0, len(gaps)-gapsShown)
	if view.Gaps, err = d.gapRows(r, gaps[:len(gaps)-view.More]); err != nil {
		return err
	}
	if view.ToCall, err = d.toCall(r, f); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, oneAbsenceView(frame(r, p.T("managers.absence.one_title"), personWay(p, f)...), view))
}

func absenceWords(p i18n.Printer, a facilitators.Absence) string {
	if a.Whole() {
		return span(p, a.From, a.To)
	}
	return p.DayYear(a.From) + " " + bandWords(a.Starts, a.Ends)
}

func (d Deps) gapRows(r *http.Request, gaps []facilitators.Gap) ([]gapRow, error) {
	p, who := ui.PrinterOf(r), session.Actor(r)
	var placeIDs, personIDs []string
	for _, g := range gaps {
		placeIDs, personIDs = append(placeIDs, g.Duty.PointID), append(personIDs, g.SubstituteID)
	}
	places, err := d.Points.ByIDs(r.Context(), unique(placeIDs))
	if err != nil {
		return nil, err
	}
	people, err := d.Facilitators.ByIDs(r.Context(), unique(personIDs))
	if err != nil {
		return nil, err
	}
	mine, err := d.Points.Visible(r.Context(), who, identity.EditFacilitators)
	var rows []gapRow
	for _, g := range gaps {
		row := gapRow{Duty: g.Duty.ID, Day: g.Day.String(), When: capital(p.Day(g.Day)), Hours: bandWords(g.Duty.Starts, g.Duty.Ends),
			Where: places[g.Duty.PointID].PublicName, Substitute: strings.TrimSpace(people[g.SubstituteID].FullName())}
		if mine.Has(g.Duty.PointID) {
			if row.Candidates, err = d.candidates(r, g, places[g.Duty.PointID]); err != nil {
				return nil, err
			}
		}
		rows = append(rows, row)
	}
	return rows, err
}

// candidates are who can stand in, those of the point first.
func (d Deps) candidates(r *http.Request, g facilitators.Gap, at points.Point) ([]ui.Option, error) {
	p := ui.PrinterOf(r)
	list, err := d.Agenda.Substitutes(r.Context(), session.Actor(r), facilitators.StandIn{DutyID: g.Duty.ID, Day: g.Day, AbsenceID: g.AbsenceID})
	var options []ui.Option
	for _, f := range list[:min(len(list), offered)] {
		label := f.FullName()
		if !f.ServesOn(at.ID, g.Day) {
			label = p.T("managers.absence.elsewhere", map[string]any{"name": label})
		}
		options = append(options, ui.Option{Value: f.ID, Label: label})
	}
	return options, err
}

// substitute makes somebody stand in with one click; the appointments of that time pass on.
func (d Deps) substitute(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	gaps, err := d.Facilitators.Gaps(r.Context(), who, r.PathValue("absence"))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(gaps, func(g facilitators.Gap) bool {
		return g.Duty.ID == form.Text("duty") && g.Day.String() == form.Text("day")
	})
	back := "/gestione/facilitatori/" + r.PathValue("id") + "/assenze/" + r.PathValue("absence")
	if i < 0 {
		// The shift changed meanwhile: the page shows what there is now.
		return ui.RedirectFlash(w, r, back, ui.Warning, facilitators.ErrNotSuited.Key)
	}
	in := facilitators.StandIn{DutyID: gaps[i].Duty.ID, Day: gaps[i].Day, AbsenceID: r.PathValue("absence")}
	_, refused := d.Agenda.Substitute(r.Context(), who, in, form.Text("person"))
	if err := form.Refuse(refused); err != nil {
		return err
	}
	switch {
	case refused != nil:
		return ui.RedirectFlash(w, r, back, ui.Warning, facilitators.ErrNotSuited.Key)
	case form.Text("person") == "":
		return ui.RedirectFlash(w, r, back, ui.Success, "managers.absence.stood_down")
	}
	return ui.RedirectFlash(w, r, back, ui.Success, "managers.absence.stands_in")
}
