package managers

import (
	"net/http"
	"slices"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// exceptionsPage is the exceptional openings of a point, and the form of a new one.
type exceptionsPage struct {
	Form  *ui.Form
	Point points.Point
	Path  string
	Rows  []exceptionRow
	// Places are the addresses to choose from; one alone is not asked.
	Places []ui.Option
	Asked  *check
}

// exceptionRow is an exceptional opening in words.
type exceptionRow struct{ ID, Day, Hours, Reason, Where string }

func (d Deps) exceptions(w http.ResponseWriter, r *http.Request) error {
	one, err := d.Points.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return d.showExceptions(w, r, exceptionsPage{Form: ui.NewForm(r, nil), Point: one})
}

// saveException asks first when bookings of that day would be stranded, and saves on the second time.
func (d Deps) saveException(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	one, err := d.Points.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	e, err := readException(form, one)
	if err != nil {
		return err
	}
	view, asked := exceptionsPage{Form: form, Point: one}, check{}
	if len(form.Problems) == 0 {
		after, err := one.WithException(e, today(r))
		if err := form.Refuse(err); err != nil {
			return err
		}
		asked = check{Form: form, Action: r.URL.Path, Yes: ui.PrinterOf(r).T("opening.check.save"), BackHref: r.URL.Path}
		if len(form.Problems) == 0 {
			if asked, err = d.look(r, asked, after); err != nil {
				return err
			}
		}
	}
	if len(form.Problems) == 0 && asked.needed() && form.Text("sure") != "1" {
		view.Asked = &asked
		return d.showExceptions(w, r, view)
	}
	if len(form.Problems) == 0 {
		if err := form.Refuse(d.Points.PutException(r.Context(), who, e)); err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return d.showExceptions(w, r, view)
	}
	if asked.Count > 0 {
		return afterChange(w, r, one.ID, asked, "")
	}
	return ui.RedirectFlash(w, r, r.URL.Path, ui.Success, "opening.exception.saved")
}

func readException(form *ui.Form, one points.Point) (points.Exception, error) {
	e := points.Exception{Day: form.Day("day"), Reason: form.Need("reason", 200)}
	if len(one.Addresses) == 1 {
		e.AddressID = one.Addresses[0].ID
	} else {
		var known []string
		for _, a := range one.Addresses {
			known = append(known, a.ID)
		}
		e.AddressID = form.Choice("address", known...)
	}
	if !form.Has("day") {
		form.Problems.Add("day", "points.exception_day")
	}
	var err error
	if text := form.Need("hours", 100); text != "" {
		e.Bands, err = readDay(form, "hours", calendar.Monday)
	}
	return e, err
}

// removeException asks first when bookings would be stranded.
func (d Deps) removeException(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	one, err := d.Points.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	id, back := form.Text("exception"), strings.TrimSuffix(r.URL.Path, "/togli")
	if !slices.ContainsFunc(one.Addresses, func(a points.Address) bool {
		return slices.ContainsFunc(a.Exceptions, func(e points.Exception) bool { return e.ID == id })
	}) {
		return points.ErrNoException
	}
	asked, err := d.look(r, check{Form: form, Action: r.URL.Path, Yes: ui.PrinterOf(r).T("opening.check.save"), BackHref: back}, one.WithoutException(id))
	if err != nil {
		return err
	}
	if asked.Count > 0 && form.Text("sure") != "1" {
		return d.showExceptions(w, r, exceptionsPage{Form: form, Point: one, Asked: &asked})
	}
	if err := d.Points.RemoveException(r.Context(), who, id); err != nil {
		return err
	}
	if asked.Count > 0 {
		return afterChange(w, r, one.ID, asked, "")
	}
	return ui.RedirectFlash(w, r, back, ui.Success, "opening.exception.removed")
}

func (d Deps) showExceptions(w http.ResponseWriter, r *http.Request, view exceptionsPage) error {
	towns, err := d.townsOf(r.Context(), view.Point)
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	view.Path = "/gestione/punti/" + view.Point.ID + "/aperture"
	for _, a := range view.Point.Addresses {
		line := addressLine(a, towns)
		view.Places = append(view.Places, ui.Option{Value: a.ID, Label: line})
		for _, e := range a.Exceptions {
			if e.Day.Before(today(r)) {
				continue
			}
			view.Rows = append(view.Rows, exceptionRow{ID: e.ID, Day: p.DayYear(e.Day), Reason: e.Reason, Where: line,
				Hours: dayHours(e.Bands, e.Day.Weekday())})
		}
	}
	title := p.T("opening.exception.title")
	if view.Asked != nil {
		title = p.T("opening.check.title")
	}
	way := []ui.Link{{Label: p.T("managers.points.title"), Href: "/gestione/punti"}, pointLink(view.Point)}
	return ui.Render(w, r, statusOf(view.Form), exceptionsView(frame(r, title, way...), view))
}
