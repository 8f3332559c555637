package managers

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/errs"
	"capillare/internal/geo"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// mostAddresses bounds what a form may send.
const mostAddresses = 60

// pointForm is the form of a point, new or not.
type pointForm struct {
	Form   *ui.Form
	Action string
	// New says that the point is not kept yet.
	New bool
	// Bodies, Partners and Projects may be chosen; they are nil when this person may not change them.
	Bodies, Partners, Projects []ui.Option
	// Addresses are the numbers of those shown; the last one is empty.
	Addresses []int
	// Towns are suggested while typing.
	Towns []string
	// Differences are what somebody else changed meanwhile.
	Differences []ui.SummaryItem
	Conflict    conflict
	BackHref    string
}

func (d Deps) newPoint(w http.ResponseWriter, r *http.Request) error {
	form := ui.NewForm(r, url.Values{"kind": {points.Fixed}, "booking": {points.BookingPossible}, "managing_body_id": {r.URL.Query().Get("ente")}})
	return d.showPointForm(w, r, http.StatusOK, pointForm{Form: form, New: true}, points.Point{})
}

func (d Deps) addPoint(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	one, places, err := d.readPoint(r.Context(), form, points.Point{})
	if err != nil {
		return err
	}
	// A new point names its bodies whoever types it: the service decides whether that person may.
	one.ManagingBodyID, one.DeliveringBodyID = form.Text("managing_body_id"), form.Text("delivering_body_id")
	one.ProjectID = form.Text("project_id")
	id := ""
	if len(form.Problems) == 0 {
		id, err = d.Points.Add(r.Context(), who, one)
		if err := refusePoint(form, places, err); err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return d.showPointForm(w, r, again(form, ""), pointForm{Form: form, New: true}, points.Point{})
	}
	return ui.RedirectFlash(w, r, "/gestione/punti/"+id, ui.Success, "managers.point.added")
}

func (d Deps) editPoint(w http.ResponseWriter, r *http.Request) error {
	old, err := d.Points.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	values, err := d.pointValues(r.Context(), old)
	if err != nil {
		return err
	}
	return d.showPointForm(w, r, http.StatusOK, pointForm{Form: ui.NewForm(r, values)}, old)
}

func (d Deps) savePoint(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	old, err := d.Points.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	one, places, err := d.readPoint(r.Context(), form, old)
	if err != nil {
		return err
	}
	if runs, above := reachOver(who, old); runs {
		one.DeliveringBodyID = form.Text("delivering_body_id")
		if above {
			one.ManagingBodyID, one.ProjectID = form.Text("managing_body_id"), form.Text("project_id")
		}
	}
	if len(form.Problems) == 0 {
		if err := refusePoint(form, places, d.Points.Edit(r.Context(), who, one)); err != nil {
			return err
		}
	}
	if len(form.Problems) == 0 {
		return ui.RedirectFlash(w, r, "/gestione/punti/"+old.ID, ui.Success, "managers.saved")
	}
	view := pointForm{Form: form}
	status := again(form, points.ErrChanged.Key)
	if status == http.StatusConflict {
		if view.Differences, err = d.differences(r, form, old); err != nil {
			return err
		}
		if view.Conflict, err = d.lastChange(r, old.ID); err != nil {
			return err
		}
		// Whoever saves again has seen what is different.
		form.Values.Set("version", strconv.Itoa(old.Version))
	}
	return d.showPointForm(w, r, status, view, old)
}

// reachOver says whether who runs a point (may change its partner), and whether who stands above its
// body (may move it to another body or project). The service decides again.
func reachOver(who identity.Actor, one points.Point) (runs, above bool) {
	reach := who.Reach(identity.EditPoints)
	above = reach.All || len(reach.Programmes) > 0
	return above || slices.Contains(reach.Bodies, one.ManagingBodyID) || slices.Contains(reach.Projects, one.ProjectID), above
}

// refusePoint takes the problems of a refusal into the form, with the numbers that addresses have there:
// places says which address of the form each address of the point was.
func refusePoint(form *ui.Form, places []int, err error) error {
	before := len(form.Problems)
	if err := form.Refuse(err); err != nil {
		return err
	}
	for i := before; i < len(form.Problems); i++ {
		one := &form.Problems[i]
		rest, ok := strings.CutPrefix(one.Field, "addresses.")
		if !ok {
			continue
		}
		number, field, _ := strings.Cut(rest, ".")
		if n, err := strconv.Atoi(number); err == nil && n < len(places) {
			one.Field = addressField(places[n], field)
		}
	}
	return nil
}

func addressField(n int, field string) string { return "addresses." + strconv.Itoa(n) + "." + field }

// readPoint reads the form over old, and returns also which address of the form each address was.
func (d Deps) readPoint(ctx context.Context, form *ui.Form, old points.Point) (points.Point, []int, error) {
	one := old
	one.Version = form.Int("version")
	one.Code, one.OfficialName, one.PublicName = form.Text("code"), form.Text("official_name"), form.Short("public_name", 200)
	one.FacilitaName, one.FacilitaNumber = form.Short("facilita_name", 300), form.Text("facilita_number")
	one.Kind, one.Booking = form.Text("kind"), form.Text("booking")
	one.OpenOnPatron = form.Text("open_on_patron") == "1"
	one.Phone, one.Email = form.Short("phone", 40), form.Text("email")
	one.Accessibility, one.Services, one.Languages = form.Texts("accessibility"), form.Texts("services"), form.Texts("languages")
	one.Addresses = nil
	var places []int
	for n := range mostAddresses {
		a, ok, err := d.readAddress(ctx, form, n)
		if err != nil {
			return one, nil, err
		}
		if ok {
			one.Addresses, places = append(one.Addresses, a), append(places, n)
		}
	}
	if len(places) == 0 {
		places = []int{0}
	}
	return one, places, nil
}

// readAddress reads one address of the form; an empty one, or one to take away, is none.
func (d Deps) readAddress(ctx context.Context, form *ui.Form, n int) (points.Address, bool, error) {
	field := func(name string) string { return form.Text(addressField(n, name)) }
	a := points.Address{ID: field("id"), Place: field("place"), Street: field("street"), CAP: field("cap")}
	typed, at := field("belfiore"), field("at")
	if field("remove") == "1" || a.Place+a.Street+a.CAP+typed+at == "" {
		return a, false, nil
	}
	var err error
	a.Belfiore, err = d.townCode(ctx, typed)
	if at != "" {
		a.HasAt = true
		if a.At, a.HasAt = readPlace(at); !a.HasAt {
			form.Problems.Add(addressField(n, "at"), "points.coordinates")
		}
	}
	return a, true, err
}

// readPlace reads "40.31 16.23", "40.31, 16.23" or "40,31; 16,23".
func readPlace(text string) (geo.Point, bool) {
	cut := func(c rune) bool { return c == ';' || c == ' ' }
	if strings.Contains(text, ".") {
		cut = func(c rune) bool { return c == ';' || c == ' ' || c == ',' }
	}
	parts := strings.FieldsFunc(text, cut)
	if len(parts) != 2 {
		return geo.Point{}, false
	}
	lat, err := strconv.ParseFloat(strings.Replace(parts[0], ",", ".", 1), 64)
	lon, err2 := strconv.ParseFloat(strings.Replace(parts[1], ",", ".", 1), 64)
	at := geo.Point{Lat: lat, Lon: lon}
	return at, errors.Join(err, err2) == nil && at.Valid()
}

func (d Deps) showPointForm(w http.ResponseWriter, r *http.Request, status int, view pointForm, old points.Point) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	view.Action, view.BackHref = r.URL.Path, "/gestione/punti"
	title, way := p.T("managers.point.new_title"), []ui.Link{{Label: p.T("managers.points.title"), Href: "/gestione/punti"}}
	if !view.New {
		title, view.BackHref = p.T("managers.point.edit_title"), "/gestione/punti/"+old.ID
		way = append(way, pointLink(old))
	}
	if err := d.pointFormOptions(r, who, &view, old); err != nil {
		return err
	}
	for n := range mostAddresses {
		if n == 0 || !emptyAddress(view.Form, n) {
			view.Addresses = append(view.Addresses, n)
		}
	}
	if last := view.Addresses[len(view.Addresses)-1]; !emptyAddress(view.Form, last) {
		view.Addresses = append(view.Addresses, last+1)
	}
	var err error
	if view.Towns, err = d.townNames(r.Context()); err != nil {
		return err
	}
	return ui.Render(w, r, status, pointFormView(sheet(r, title, way...), view))
}

func (d Deps) pointFormOptions(r *http.Request, who identity.Actor, view *pointForm, old points.Point) (err error) {
	p := ui.PrinterOf(r)
	runs, above := reachOver(who, old)
	if runs || view.New {
		if view.Partners, err = d.bodyOptions(r, p.T("managers.point.no_partner"), old.DeliveringBodyID); err != nil {
			return err
		}
	}
	if !above && !view.New {
		return nil
	}
	if view.Bodies, err = d.bodyOptions(r, p.T("managers.choose"), old.ManagingBodyID); err != nil {
		return err
	}
	view.Projects, err = d.projectOptions(r, p.T("managers.point.no_project"))
	return err
}

func emptyAddress(form *ui.Form, n int) bool {
	for _, name := range []string{"id", "place", "street", "cap", "belfiore", "at"} {
		if form.Has(addressField(n, name)) {
			return false
		}
	}
	return true
}

// pointValues fills the form with a point.
func (d Deps) pointValues(ctx context.Context, one points.Point) (url.Values, error) {
	towns, err := d.townsOf(ctx, one)
	v := url.Values{
		"version": {strconv.Itoa(one.Version)}, "code": {one.Code}, "official_name": {one.OfficialName}, "public_name": {one.PublicName},
		"facilita_name": {one.FacilitaName}, "facilita_number": {one.FacilitaNumber}, "kind": {one.Kind}, "booking": {one.Booking},
		"phone": {one.Phone}, "email": {one.Email}, "managing_body_id": {one.ManagingBodyID},
		"delivering_body_id": {one.DeliveringBodyID}, "project_id": {one.ProjectID},
		"accessibility": one.Accessibility, "services": one.Services, "languages": one.Languages,
	}
	if one.OpenOnPatron {
		v.Set("open_on_patron", "1")
	}
	for n, a := range one.Addresses {
		for name, value := range map[string]string{
			"id": a.ID, "place": a.Place, "street": a.Street, "cap": a.CAP, "belfiore": townName(towns[a.Belfiore]), "at": placeText(a),
		} {
			v.Set(addressField(n, name), value)
		}
	}
	return v, err
}

func placeText(a points.Address) string {
	if !a.HasAt {
		return ""
	}
	return strconv.FormatFloat(a.At.Lat, 'f', 5, 64) + ", " + strconv.FormatFloat(a.At.Lon, 'f', 5, 64)
}

// differences names the fields in which the form is not what the point is now.
func (d Deps) differences(r *http.Request, form *ui.Form, now points.Point) ([]ui.SummaryItem, error) {
	kept, err := d.pointValues(r.Context(), now)
	if err != nil {
		return nil, err
	}
	p := ui.PrinterOf(r)
	var out []ui.SummaryItem
	for _, name := range comparedFields() {
		typed, is := strings.Join(form.Values[name], ", "), strings.Join(kept[name], ", ")
		if !form.Values.Has(name) && name != "accessibility" && name != "services" && name != "languages" || typed == is {
			continue
		}
		out = append(out, ui.SummaryItem{Term: p.T("managers.field." + name), Value: p.T("managers.now_is", errs.Args{"value": is}),
			Lines: []string{p.T("managers.you_typed", errs.Args{"value": typed})}})
	}
	for n := range max(len(now.Addresses), 1) {
		for _, name := range []string{"place", "street", "cap", "belfiore", "at"} {
			field := addressField(n, name)
			if typed, is := form.Text(field), kept.Get(field); typed != is {
				out = append(out, ui.SummaryItem{Term: p.T("managers.field.address", errs.Args{"n": n + 1}) + ", " + p.T("managers.field."+name),
					Value: p.T("managers.now_is", errs.Args{"value": is}), Lines: []string{p.T("managers.you_typed", errs.Args{"value": typed})}})
			}
		}
	}
	return out, nil
}

func comparedFields() []string {
	return []string{"official_name", "public_name", "code", "kind", "facilita_name", "facilita_number", "booking", "phone", "email",
		"managing_body_id", "delivering_body_id", "project_id", "accessibility", "services", "languages"}
}
