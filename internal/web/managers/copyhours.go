package managers

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// mostSources is how many points a search offers to copy from.
const mostSources = 20

// copyPage takes the hours of another address, in three steps: search, look, yes.
type copyPage struct {
	Form   *ui.Form
	Action string
	// Line is the address that takes the hours.
	Line string
	// Found are the addresses to copy from.
	Found []ui.Option
	// Weeks are those that the address would have.
	Weeks []week
	// Source is whose they are; Asked is the question, once one is chosen.
	Source   string
	Asked    *check
	Conflict *conflict
	BackHref string
}

func (d Deps) copyHours(w http.ResponseWriter, r *http.Request) error {
	one, a, err := d.place(r)
	if err != nil {
		return err
	}
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	return d.showCopy(w, r, copyPage{Form: form}, one, a)
}

// sources are the addresses with hours of the points that a search finds.
func (d Deps) sources(r *http.Request, to points.Address, search string) ([]ui.Option, error) {
	list, _, err := d.Points.List(r.Context(), session.Actor(r), points.Filter{Search: search, Size: mostSources})
	if err != nil {
		return nil, err
	}
	towns, err := d.townsOf(r.Context(), list...)
	if err != nil {
		return nil, err
	}
	p := ui.PrinterOf(r)
	out := []ui.Option{}
	for _, one := range list {
		for _, a := range one.Addresses {
			if a.ID != to.ID && len(a.Ordinary()) > 0 {
				out = append(out, ui.Option{Value: a.ID, Label: one.PublicName + ", " + addressLine(a, towns),
					Hint: p.Hours(a.Ordinary().Minutes()) + ": " + bandsText(p, a.Ordinary())})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b ui.Option) int { return cmp.Compare(a.Label, b.Label) })
	return out, nil
}

// saveCopy shows what the address would have, and copies on the second time.
func (d Deps) saveCopy(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	one, a, err := d.place(r)
	if err != nil {
		return err
	}
	view := copyPage{Form: form}
	c := points.HoursCopy{AddressID: a.ID, FromID: form.Need("from", 64), Seasons: form.Text("seasons") == "1", Seen: form.Int("version")}
	if len(form.Problems) > 0 {
		return d.showCopy(w, r, view, one, a)
	}
	if err := d.lookAtCopy(r, &view, one, c); err != nil {
		return err
	}
	if form.Text("sure") == "1" && len(form.Problems) == 0 {
		if err := form.Refuse(d.Points.CopyHours(r.Context(), who, c)); err != nil {
			return err
		}
		if len(form.Problems) == 0 {
			return afterChange(w, r, one.ID, *view.Asked, "managers.saved")
		}
	}
	return d.showCopy(w, r, view, one, a)
}

// lookAtCopy fills the preview; what the copy refuses is noted in the form.
func (d Deps) lookAtCopy(r *http.Request, view *copyPage, one points.Point, c points.HoursCopy) error {
	source, from, err := d.Points.ByAddress(r.Context(), session.Actor(r), c.FromID)
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	view.Source = source.PublicName
	asked := check{Form: view.Form, Action: r.URL.Path, Yes: p.T("opening.copy.yes"), BackHref: r.URL.Path}
	after, err := one.WithHoursOf(c.AddressID, from, c.Seasons, today(r))
	if err := view.Form.Refuse(err); err != nil || len(view.Form.Problems) > 0 {
		return err
	}
	a, _ := after.Address(c.AddressID)
	view.Weeks = weeks(p, a.Schedules)
	if asked.Warnings, err = d.newWarnings(r, one, after); err != nil {
		return err
	}
	asked, err = d.look(r, asked, after)
	view.Asked = &asked
	return err
}

func (d Deps) showCopy(w http.ResponseWriter, r *http.Request, view copyPage, one points.Point, a points.Address) error {
	towns, err := d.townsOf(r.Context(), one)
	if err != nil {
		return err
	}
	if view.Asked == nil && view.Form.Has("cerca") {
		if view.Found, err = d.sources(r, a, view.Form.Text("cerca")); err != nil {
			return err
		}
	}
	p := ui.PrinterOf(r)
	view.Action, view.Line, view.BackHref = r.URL.Path, addressLine(a, towns), strings.TrimSuffix(r.URL.Path, "/copia")
	status := statusOf(view.Form)
	if again(view.Form, points.ErrChanged.Key) == http.StatusConflict {
		status = http.StatusConflict
		who, err := d.lastChange(r, one.ID)
		if err != nil {
			return err
		}
		view.Conflict = &who
	}
	if view.Form.Values == nil {
		view.Form.Values = url.Values{}
	}
	view.Form.Values.Set("version", strconv.Itoa(one.HoursVersion))
	way := []ui.Link{{Label: p.T("managers.points.title"), Href: "/gestione/punti"}, pointLink(one), {Label: p.T("managers.hours.title"), Href: view.BackHref}}
	return ui.Render(w, r, status, copyView(sheet(r, p.T("opening.copy.title"), way...), view))
}
