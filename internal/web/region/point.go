package region

import (
	"net/http"
	"time"

	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/register"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// pointPage is the figures of one point, month by month, and the records behind them.
type pointPage struct {
	Point    points.Point
	Total    register.Numbers
	Distinct int
	Months   trend
	// SeesRecords says that the person may see records; else only figures are shown.
	SeesRecords bool
	Records     []recordRow
	// MoreHref leads to older records; empty at the end.
	MoreHref string
}

// recordRow is one service, without names.
type recordRow struct {
	When, Href, Who, Types string
	People, FirstTimes     int
}

func (d Deps) point(w http.ResponseWriter, r *http.Request) error {
	who := session.Actor(r)
	one, err := d.Points.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	c, err := d.choose(r)
	if err != nil {
		return err
	}
	f := register.CountFilter{ProgrammeID: c.Chosen.ID, PointID: one.ID, To: today(r)}
	view := pointPage{Point: one, SeesRecords: who.Can(identity.SeeRegister)}
	if view.Total, err = d.Register.Total(r.Context(), who, f); err != nil {
		return err
	}
	if view.Distinct, err = d.Register.DistinctPeople(r.Context(), who, f); err != nil {
		return err
	}
	if view.Months, err = d.months(r, f); err != nil {
		return err
	}
	if view.SeesRecords {
		if view.Records, view.MoreHref, err = d.records(r, one); err != nil {
			return err
		}
	}
	p := frame(r, one.PublicName)
	p.Breadcrumb = []ui.Link{home(p, c)}
	return ui.Render(w, r, http.StatusOK, pointView(p, view))
}

// records returns a page of the services of a point, the latest first.
func (d Deps) records(r *http.Request, one points.Point) (rows []recordRow, more string, err error) {
	query := r.URL.Query()
	f := register.Filter{PointID: one.ID, Max: register.PageSize + 1, AfterID: query.Get("id")}
	if f.AfterStart, err = time.Parse(time.RFC3339, query.Get("dopo")); err != nil {
		f.AfterID, f.AfterStart = "", time.Time{}
	}
	list, err := d.Register.List(r.Context(), session.Actor(r), f)
	if err != nil {
		return nil, "", err
	}
	if len(list) > register.PageSize {
		list = list[:register.PageSize]
		last := list[len(list)-1]
		query.Set("dopo", last.StartsAt.Format(time.RFC3339))
		query.Set("id", last.ID)
		more = r.URL.Path + "?" + query.Encode()
	}
	var ids []string
	for _, rec := range list {
		ids = append(ids, rec.FacilitatorID)
	}
	people, err := d.Facilitators.ByIDs(r.Context(), ids)
	p := ui.PrinterOf(r)
	for _, rec := range list {
		row := recordRow{When: p.DayNum(rec.Day) + " " + p.Time(rec.StartsAt), Href: "/servizi/" + rec.ID, People: rec.People,
			FirstTimes: rec.FirstTimes, Who: people[rec.FacilitatorID].FullName()}
		for i, kind := range rec.Types {
			if i > 0 {
				row.Types += ", "
			}
			row.Types += p.T("register.se3." + kind)
		}
		rows = append(rows, row)
	}
	return rows, more, err
}
