package managers

import (
	"context"
	"net/http"

	"capillare/internal/facilitators"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// dutiesPage is who is on duty at a point.
type dutiesPage struct {
	Point points.Point
	Rows  []dutyRow
	// Single are the days to come on which a shift goes otherwise.
	Single []timeRow
	// People serve the point.
	People []ui.Link
	May    may
}

func dutiesPath(pointID string) string { return "/gestione/punti/" + pointID + "/turni" }

// dutiesWay are the links from the points to the shifts of one.
func dutiesWay(r *http.Request, one points.Point) []ui.Link {
	p := ui.PrinterOf(r)
	return []ui.Link{{Label: p.T("managers.points.title"), Href: "/gestione/punti"}, pointLink(one),
		{Label: p.T("managers.duty.title"), Href: dutiesPath(one.ID)}}
}

func (d Deps) duties(w http.ResponseWriter, r *http.Request) error {
	who := session.Actor(r)
	one, err := d.Points.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	view := dutiesPage{Point: one, May: mayOf(who)}
	if view.Rows, err = d.dutyRows(r, one); err != nil {
		return err
	}
	if view.Single, err = d.singleRows(r, one); err != nil {
		return err
	}
	people, _, err := d.Facilitators.List(r.Context(), who, facilitators.Filter{PointID: one.ID, Max: every})
	if err != nil {
		return err
	}
	for _, f := range people {
		view.People = append(view.People, ui.Link{Label: f.FullName(), Href: "/gestione/facilitatori/" + f.ID})
	}
	p := ui.PrinterOf(r)
	way := dutiesWay(r, one)
	return ui.Render(w, r, http.StatusOK, dutiesView(frame(r, p.T("managers.duty.title"), way[:2]...), view))
}

// singleRows are the single days of shifts of a point that go otherwise.
func (d Deps) singleRows(r *http.Request, one points.Point) ([]timeRow, error) {
	who := session.Actor(r)
	list, err := d.Facilitators.Occurrences(r.Context(), who, one.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	duties, err := d.Facilitators.Duties(r.Context(), who, one.ID)
	if err != nil {
		return nil, err
	}
	rows := timeRows{one: one, path: dutiesPath(one.ID)}
	for _, o := range list {
		for _, duty := range duties {
			if duty.ID == o.DutyID && duty.On(o.Day) {
				rows.add(duty, o.Day, &o)
			}
		}
	}
	return d.nameTimes(r, rows)
}

func (d Deps) newDuty(w http.ResponseWriter, r *http.Request) error {
	one, err := d.Points.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	values := entryValues(facilitators.Entry{Duty: facilitators.Duty{
		FacilitatorID: r.URL.Query().Get("persona"), Kind: facilitators.Individual, SlotMinutes: 30, Seats: 1, From: today(r),
	}})
	return d.showDutyForm(w, r, http.StatusOK, dutyForm{Form: ui.NewForm(r, values), Point: one})
}

// addDuty asks first when the shift reaches beyond the hours of the point, and saves on the second time.
func (d Deps) addDuty(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	one, err := d.Points.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	view := dutyForm{Form: form, Point: one}
	e := readEntry(form, one.ID)
	if len(form.Problems) > 0 {
		return d.showDutyForm(w, r, http.StatusUnprocessableEntity, view)
	}
	change := change{
		Form: form, Title: ui.PrinterOf(r).T("managers.duty.new_title"), Point: one, Warnings: outsideWords(ui.PrinterOf(r), one, e),
		BackHref: dutiesPath(one.ID), Done: "managers.duty.added", PointIDs: []string{one.ID},
		Make: func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := d.Facilitators.AddEntryTx(ctx, tx, who, e)
			return err
		},
	}
	return d.carryOut(w, r, change, func(status int) error { return d.showDutyForm(w, r, status, view) })
}
