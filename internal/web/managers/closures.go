package managers

import (
	"net/http"
	"slices"

	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// closuresPage is the closures of a point, and the form of a new one.
type closuresPage struct {
	Form  *ui.Form
	Point points.Point
	Path  string
	Rows  []closureRow
	// Asked is the question before closing, or before a closure goes; Question is its title.
	Asked    *check
	Question string
	// Stranded are appointments that no opening covers any more.
	Stranded []bookingRow
}

// closureRow is a closure in words; one of a body or of the network is taken away elsewhere.
type closureRow struct {
	ID, Days, Reason, Reach string
	Own                     bool
}

func (d Deps) closures(w http.ResponseWriter, r *http.Request) error {
	one, err := d.Points.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return d.showClosures(w, r, http.StatusOK, closuresPage{Form: ui.NewForm(r, nil), Point: one})
}

// saveClosure asks first, with the appointments concerned, and closes on the second time.
func (d Deps) saveClosure(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	one, err := d.Points.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	c := readClosure(form, one.ID)
	if len(form.Problems) > 0 {
		return d.showClosures(w, r, http.StatusUnprocessableEntity, closuresPage{Form: form, Point: one})
	}
	asked := check{Form: form, Action: r.URL.Path, Yes: ui.PrinterOf(r).T("managers.closures.yes"), BackHref: r.URL.Path}
	after, err := one.WithClosure(c)
	if err != nil {
		return err
	}
	if asked, err = d.look(r, asked, after); err != nil {
		return err
	}
	if form.Text("sure") != "1" {
		question := ui.PrinterOf(r).T("managers.closures.sure_title", map[string]any{"days": span(ui.PrinterOf(r), c.From, c.To)})
		return d.showClosures(w, r, http.StatusOK, closuresPage{Form: form, Point: one, Asked: &asked, Question: question})
	}
	_, err = d.Points.AddClosure(r.Context(), who, c)
	if err := form.Refuse(err); err != nil {
		return err
	}
	if len(form.Problems) > 0 {
		return d.showClosures(w, r, http.StatusUnprocessableEntity, closuresPage{Form: form, Point: one})
	}
	if asked.Count > 0 {
		return afterChange(w, r, one.ID, asked, "")
	}
	return ui.RedirectFlash(w, r, r.URL.Path, ui.Success, "managers.closures.added")
}

func readClosure(form *ui.Form, pointID string) points.Closure {
	c := points.Closure{PointID: pointID, From: form.Day("from"), To: form.Day("to"), Reason: form.Need("reason", 200)}
	if !form.Has("from") {
		form.Problems.Add("from", "points.closure_from")
	}
	if !form.Has("to") {
		c.To = c.From
	}
	if len(form.Problems) == 0 && c.To.Before(c.From) {
		form.Problems.Add("to", "points.days_reversed")
	}
	return c
}

// removeClosure asks first: who reads the public page may have been told of it.
func (d Deps) removeClosure(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	one, err := d.Points.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(one.Closures, func(c points.Closure) bool { return c.Own() && c.ID == form.Text("closure") })
	if i < 0 {
		return identity.ErrNotHere
	}
	c, back := one.Closures[i], "/gestione/punti/"+one.ID+"/chiusure"
	if form.Text("sure") != "1" {
		asked, question := reopening(r, form, back, c)
		return d.showClosures(w, r, http.StatusOK, closuresPage{Form: form, Point: one, Asked: &asked, Question: question})
	}
	if err := d.Points.RemoveClosure(r.Context(), who, c.ID); err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, back, ui.Success, "managers.closures.removed")
}

// reopening is the question before a closure goes. It strands nobody, so there is nothing to look for.
func reopening(r *http.Request, form *ui.Form, back string, c points.Closure) (asked check, question string) {
	p := ui.PrinterOf(r)
	return check{Form: form, Action: r.URL.Path, Yes: p.T("opening.reopen.yes"), BackHref: back},
		p.T("opening.reopen.title", map[string]any{"days": span(p, c.From, c.To)})
}

func (d Deps) showClosures(w http.ResponseWriter, r *http.Request, status int, view closuresPage) (err error) {
	p := ui.PrinterOf(r)
	view.Path = "/gestione/punti/" + view.Point.ID + "/chiusure"
	for _, c := range view.Point.Closures {
		if !c.To.Before(today(r)) {
			view.Rows = append(view.Rows, closureRow{ID: c.ID, Days: span(p, c.From, c.To), Reason: c.Reason, Own: c.Own(), Reach: p.T("points.reach." + c.Reach)})
		}
	}
	if view.Stranded, err = d.stranded(r, view.Point.ID); err != nil {
		return err
	}
	title := p.T("managers.closures.title")
	if view.Asked != nil {
		title = view.Question
	}
	way := []ui.Link{{Label: p.T("managers.points.title"), Href: "/gestione/punti"}, pointLink(view.Point)}
	return ui.Render(w, r, status, closuresView(frame(r, title, way...), view))
}
