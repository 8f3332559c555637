package managers

import (
	"net/http"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// widePage is the closures of bodies and of the network, and the form of a new one.
type widePage struct {
	Form *ui.Form
	Rows []wideRow
	// Reaches are the whole network, for who reaches it, and the bodies.
	Reaches []ui.Option
	// Asked is the question before closing, or before a closure goes; Question is its title, and Points is how
	// many points it is about.
	Asked    *check
	Question string
	Points   int
}

// wideRow is a wide closure in words.
type wideRow struct {
	ID, Days, Reason, Reach string
	// Mine says that this person may take it away.
	Mine bool
}

// wholeNetwork is the choice of everything, in the form.
const wholeNetwork = "rete"

func (d Deps) wideClosures(w http.ResponseWriter, r *http.Request) error {
	return d.showWide(w, r, widePage{Form: ui.NewForm(r, nil)})
}

// saveWideClosure asks first, always: it shuts many points at once.
func (d Deps) saveWideClosure(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	c, reach := readClosure(form, ""), form.Need("reach", 64)
	wide := points.WideClosure{BodyID: reach, From: c.From, To: c.To, Reason: c.Reason}
	if reach == wholeNetwork {
		wide.BodyID = ""
	}
	view := widePage{Form: form}
	if len(form.Problems) > 0 {
		return d.showWide(w, r, view)
	}
	shut, err := d.Points.ShutBy(r.Context(), who, identity.EditPoints, wide)
	if err != nil {
		return err
	}
	asked, err := d.look(r, check{Form: form, Action: r.URL.Path, Yes: ui.PrinterOf(r).T("opening.wide.yes"), BackHref: r.URL.Path}, shut...)
	if err != nil {
		return err
	}
	if form.Text("sure") != "1" {
		p := ui.PrinterOf(r)
		view.Asked, view.Points = &asked, len(shut)
		view.Question = p.T("managers.closures.sure_title", map[string]any{"days": span(p, c.From, c.To)})
		return d.showWide(w, r, view)
	}
	_, err = d.Points.AddWideClosure(r.Context(), who, wide)
	if err := form.Refuse(err); err != nil {
		return err
	}
	if len(form.Problems) > 0 {
		return d.showWide(w, r, view)
	}
	if asked.Count > 0 {
		return ui.RedirectFlash(w, r, r.URL.Path, ui.Warning, "opening.wide.call")
	}
	return ui.RedirectFlash(w, r, r.URL.Path, ui.Success, "managers.closures.added")
}

// removeWideClosure asks first, like removeClosure.
func (d Deps) removeWideClosure(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	list, err := d.Points.WideClosures(r.Context(), who, calendar.Day{})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(one points.WideClosure) bool { return one.ID == form.Text("closure") })
	if i < 0 {
		return points.ErrNoWide
	}
	const back = "/gestione/chiusure"
	if form.Text("sure") != "1" {
		shut, err := d.Points.ShutBy(r.Context(), who, identity.EditPoints, list[i])
		if err != nil {
			return err
		}
		asked, question := reopening(r, form, back, points.Closure{From: list[i].From, To: list[i].To})
		return d.showWide(w, r, widePage{Form: form, Asked: &asked, Question: question, Points: len(shut)})
	}
	if err := d.Points.RemoveWideClosure(r.Context(), who, list[i].ID); err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, back, ui.Success, "managers.closures.removed")
}

func (d Deps) showWide(w http.ResponseWriter, r *http.Request, view widePage) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	list, err := d.Points.WideClosures(r.Context(), who, today(r))
	if err != nil {
		return err
	}
	var bodies []string
	for _, one := range list {
		bodies = append(bodies, one.BodyID)
	}
	names, err := d.bodyNames(r.Context(), bodies...)
	if err != nil {
		return err
	}
	all := who.Reach(identity.EditPoints).All
	for _, one := range list {
		row := wideRow{ID: one.ID, Days: span(p, one.From, one.To), Reason: one.Reason, Reach: names[one.BodyID], Mine: all || one.BodyID != ""}
		if one.BodyID == "" {
			row.Reach = p.T("points.reach.network")
		}
		view.Rows = append(view.Rows, row)
	}
	if view.Reaches, err = d.reaches(r, all); err != nil {
		return err
	}
	title := p.T("opening.wide.title")
	if view.Asked != nil {
		title = view.Question
	}
	return ui.Render(w, r, statusOf(view.Form), wideView(frame(r, title), view))
}

// reaches are what this person may shut: the bodies that manage points of theirs, and the network.
func (d Deps) reaches(r *http.Request, all bool) ([]ui.Option, error) {
	p := ui.PrinterOf(r)
	out := []ui.Option{{Label: p.T("managers.choose")}}
	if all {
		out = append(out, ui.Option{Value: wholeNetwork, Label: p.T("points.reach.network")})
	}
	who := session.Actor(r)
	list, err := d.Points.All(r.Context(), who, identity.EditPoints)
	if err != nil {
		return nil, err
	}
	ids := editableBodies(who, list)
	names, err := d.bodyNames(r.Context(), ids...)
	for _, id := range ids {
		out = append(out, ui.Option{Value: id, Label: p.T("opening.wide.body", map[string]any{"name": names[id]})})
	}
	return out, err
}

// editableBodies are the bodies that manage a point of the list and whose points this person may edit, each once.
func editableBodies(who identity.Actor, list []points.Point) []string {
	var ids []string
	for _, one := range list {
		if who.Require(identity.EditPoints, identity.Target{Bodies: []string{one.ManagingBodyID}}) == nil {
			ids = append(ids, one.ManagingBodyID)
		}
	}
	return unique(ids)
}
