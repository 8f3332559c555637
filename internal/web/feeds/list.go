package feeds

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/feeds"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// listPage shows the own calendars, and once the address of the one just made.
type listPage struct {
	Form *ui.Form
	// Choices are whose calendar can be made.
	Choices []ui.Option
	Rows    []row
	// Address is the secret one, just made; Web the same for programs that want a webcal address.
	Address, Web string
}

// row is one calendar.
type row struct {
	ID, Name, Read, Shows string
	Initials              bool
}

// The values of the choice: the own agenda, or a point by its id.
const mine = "mia"

func (d Deps) list(w http.ResponseWriter, r *http.Request) error {
	return d.show(w, r, listPage{Form: ui.NewForm(r, nil)})
}

func (d Deps) show(w http.ResponseWriter, r *http.Request, v listPage) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	own, err := d.own(r)
	if err != nil {
		return err
	}
	if v.Choices, err = d.choices(r, own); err != nil {
		return err
	}
	list, err := d.Feeds.Mine(r.Context(), who)
	if err != nil {
		return err
	}
	if v.Rows, err = d.rows(r, list, own); err != nil {
		return err
	}
	page := ui.NewPage(r, p.T("feeds.title"))
	page.Section = "feeds"
	status := http.StatusOK
	if len(v.Form.Problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	// The page may hold a secret.
	w.Header().Set("Cache-Control", "no-store")
	return ui.Render(w, r, status, listView(page, v))
}

// own is the facilitator who asks; the zero one when it is none.
func (d Deps) own(r *http.Request) (facilitators.Facilitator, error) {
	f, err := d.Facilitators.ByAccount(r.Context(), session.Actor(r).AccountID)
	if errs.Of(err) == errs.NotFound {
		return facilitators.Facilitator{}, nil
	}
	return f, err
}

func (d Deps) choices(r *http.Request, own facilitators.Facilitator) ([]ui.Option, error) {
	all, err := d.Points.All(r.Context(), session.Actor(r), identity.SeeAgenda)
	if err != nil {
		return nil, err
	}
	var out []ui.Option
	for _, one := range all {
		if one.State != points.StateClosed {
			out = append(out, ui.Option{Value: one.ID, Label: one.PublicName})
		}
	}
	slices.SortFunc(out, func(a, b ui.Option) int { return cmp.Compare(a.Label, b.Label) })
	if own.ID != "" {
		out = slices.Insert(out, 0, ui.Option{Value: mine, Label: ui.PrinterOf(r).T("feeds.mine")})
	}
	return slices.Insert(out, 0, ui.Option{Label: ui.PrinterOf(r).T("feeds.choose")}), nil
}

func (d Deps) rows(r *http.Request, list []feeds.Feed, own facilitators.Facilitator) ([]row, error) {
	var pointIDs, peopleIDs []string
	for _, f := range list {
		pointIDs, peopleIDs = append(pointIDs, f.PointID), append(peopleIDs, f.FacilitatorID)
	}
	places, err := d.Points.ByIDs(r.Context(), pointIDs)
	if err != nil {
		return nil, err
	}
	people, err := d.Facilitators.ByIDs(r.Context(), peopleIDs)
	p := ui.PrinterOf(r)
	var out []row
	for _, f := range list {
		one := row{ID: f.ID, Name: places[f.PointID].PublicName, Initials: f.Initials, Read: readWords(p, f)}
		if f.FacilitatorID == own.ID && own.ID != "" {
			one.Name = p.T("feeds.mine")
		} else if f.FacilitatorID != "" {
			one.Name = people[f.FacilitatorID].FullName()
		}
		one.Shows = p.T("feeds.shows_nothing")
		if f.Initials {
			one.Shows = p.T("feeds.shows_initials")
		}
		out = append(out, one)
	}
	return out, err
}

// readWords says whether a calendar program still follows a calendar.
func readWords(p i18n.Printer, f feeds.Feed) string {
	if f.ReadOn.IsZero() {
		return p.T("feeds.never_read")
	}
	return p.T("feeds.read_on", errs.Args{"day": p.DayYear(f.ReadOn)})
}

func (d Deps) add(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	var f feeds.Feed
	switch whose := form.Need("di", 80); whose {
	case mine:
		own, err := d.own(r)
		if err != nil {
			return err
		}
		f.FacilitatorID = own.ID
	default:
		f.PointID = whose
	}
	f.Initials = form.Has("iniziali")
	if len(form.Problems) > 0 {
		return d.show(w, r, listPage{Form: form})
	}
	if f.FacilitatorID == "" && f.PointID == "" {
		return feeds.ErrNotFound
	}
	_, token, err := d.Feeds.Add(r.Context(), session.Actor(r), f)
	if fault := form.Refuse(err); fault != nil {
		return fault
	}
	if err != nil {
		return d.show(w, r, listPage{Form: form})
	}
	return d.showAddress(w, r, token)
}

// showAddress answers with the secret address itself: it is kept nowhere, so no other page could show it.
func (d Deps) showAddress(w http.ResponseWriter, r *http.Request, token string) error {
	base := d.BaseURL
	if base == "" {
		base = "http://" + r.Host
		if r.TLS != nil {
			base = "https://" + r.Host
		}
	}
	address := base + calendarPath + token + ".ics"
	_, rest, _ := strings.Cut(address, "://")
	return d.show(w, r, listPage{Form: ui.NewForm(r, nil), Address: address, Web: "webcal://" + rest})
}

func (d Deps) renew(w http.ResponseWriter, r *http.Request) error {
	_, token, err := d.Feeds.Renew(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return d.showAddress(w, r, token)
}

func (d Deps) initials(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	if err := d.Feeds.ShowInitials(r.Context(), session.Actor(r), r.PathValue("id"), form.Text("mostra") == "sì"); err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, home, ui.Success, "feeds.saved")
}

func (d Deps) remove(w http.ResponseWriter, r *http.Request) error {
	if err := d.Feeds.Remove(r.Context(), session.Actor(r), r.PathValue("id")); err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, home, ui.Success, "feeds.removed")
}
