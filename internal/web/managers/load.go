package managers

import (
	"context"
	"net/http"
	"strconv"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// loadPage is how full the own points are in one week: a row for each point, a column for each day.
type loadPage struct {
	Form          *ui.Form
	Week          string
	Before, After string
	FileHref      string
	Days          []string
	Rows          []weekLoadRow
}

// weekLoadRow is a point in a week.
type weekLoadRow struct {
	Point, Href string
	Booked      int
	Days        []dayLoad
}

// dayLoad is a point on a day: nothing when nobody is there.
type dayLoad struct {
	There         bool
	Share, Booked int
}

const daysOfWeek = 7

func (d Deps) load(w http.ResponseWriter, r *http.Request) error {
	p := ui.PrinterOf(r)
	monday := weekAsked(r)
	list, loads, err := d.weekLoads(r, monday)
	if err != nil {
		return err
	}
	sunday := monday.AddDays(daysOfWeek - 1)
	view := loadPage{
		Week: span(p, monday, sunday), Before: "/gestione/carico?dal=" + monday.AddDays(-daysOfWeek).String(),
		After: "/gestione/carico?dal=" + monday.AddDays(daysOfWeek).String(), FileHref: "/gestione/carico.csv?dal=" + monday.String(),
	}
	for i := range daysOfWeek {
		view.Days = append(view.Days, p.DayShort(monday.AddDays(i)))
	}
	for _, one := range list {
		row := weekLoadRow{Point: one.PublicName, Href: "/gestione/punti/" + one.ID, Days: make([]dayLoad, daysOfWeek)}
		for i := range row.Days {
			if l, ok := loads[one.ID][monday.AddDays(i)]; ok {
				row.Days[i] = dayLoad{There: true, Share: l.Share(), Booked: l.Booked}
				row.Booked += l.Booked
			}
		}
		view.Rows = append(view.Rows, row)
	}
	return ui.Render(w, r, http.StatusOK, loadView(frame(r, p.T("campaigns.load.title")), view))
}

// weekAsked is the Monday of the week of an address, of this week when it names none.
func weekAsked(r *http.Request) calendar.Day {
	day, err := calendar.ParseDay(r.URL.Query().Get("dal"))
	if err != nil || day.IsZero() {
		day = today(r)
	}
	return day.AddDays(1 - int(day.Weekday()))
}

// weekLoads reads the loads of the own points in service, by point and day.
func (d Deps) weekLoads(r *http.Request, monday calendar.Day) ([]points.Point, map[string]map[calendar.Day]agenda.PointDayLoad, error) {
	who := session.Actor(r)
	all, err := d.Points.All(r.Context(), who, identity.SeePoints)
	if err != nil {
		return nil, nil, err
	}
	var list []points.Point
	var ids []string
	for _, one := range all {
		if one.State == points.StateOpen || one.State == points.StateSuspended {
			list, ids = append(list, one), append(ids, one.ID)
		}
	}
	days, err := d.Agenda.Load(r.Context(), who, agenda.LoadQuery{PointIDs: ids, From: monday, To: monday.AddDays(daysOfWeek - 1)})
	loads := map[string]map[calendar.Day]agenda.PointDayLoad{}
	for _, l := range days {
		if loads[l.PointID] == nil {
			loads[l.PointID] = map[calendar.Day]agenda.PointDayLoad{}
		}
		loads[l.PointID][l.Day] = l
	}
	return list, loads, err
}

func (d Deps) loadFile(w http.ResponseWriter, r *http.Request) error {
	monday := weekAsked(r)
	list, loads, err := d.weekLoads(r, monday)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, one := range list {
		for i := range daysOfWeek {
			if l, ok := loads[one.ID][monday.AddDays(i)]; ok {
				rows = append(rows, []string{l.Day.String(), one.Code, one.PublicName, strconv.Itoa(l.Minutes), strconv.Itoa(l.BookedMinutes),
					strconv.Itoa(l.Booked), strconv.Itoa(l.Share())})
			}
		}
	}
	head := []string{"campaigns.col.day", "campaigns.col.code", "campaigns.col.point", "campaigns.col.minutes", "campaigns.col.booked_minutes", "campaigns.col.taken", "campaigns.col.share"}
	return ui.SendTable(w, r, "carico", head, rows)
}

func loadColumns(ctx context.Context, booked bool) []ui.Column {
	columns := []ui.Column{{Label: ui.T(ctx, "campaigns.col.day")}, {Label: ui.T(ctx, "campaigns.col.point")}, {Label: ui.T(ctx, "campaigns.col.seats"), Numeric: true}}
	if !booked {
		return columns
	}
	return append(columns, ui.Column{Label: ui.T(ctx, "campaigns.col.taken"), Numeric: true}, ui.Column{Label: ui.T(ctx, "campaigns.col.free"), Numeric: true},
		ui.Column{Label: ui.T(ctx, "campaigns.col.share"), Numeric: true})
}

func weekColumns(ctx context.Context, days []string) []ui.Column {
	columns := []ui.Column{{Label: ui.T(ctx, "campaigns.col.point")}}
	for _, day := range days {
		columns = append(columns, ui.Column{Label: day, Numeric: true})
	}
	return append(columns, ui.Column{Label: ui.T(ctx, "campaigns.col.taken"), Numeric: true})
}
