package calls

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"capillare/internal/calendar"
	"capillare/internal/calls"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// home is the address of the list.
const home = "/chiamate"

// Deps is what the pages need from outside.
type Deps struct {
	Calls  *calls.Service
	Points *points.Service
}

// Routes returns every page of the calls.
func Routes(d Deps) []ui.Route {
	var routes []ui.Route
	add := func(may identity.Permission, pattern string, h ui.Handler) {
		routes = append(routes, ui.Route{Pattern: pattern, Access: ui.Access(may), Handle: h, MaxBody: 16 << 10})
	}
	add(identity.SeeAgenda, "GET "+home, d.list)
	add(identity.SeeAgenda, "GET "+home+".csv", d.file)
	add(identity.Book, "POST "+home+"/{id}/fatta", d.mark((*calls.Service).MarkDone, "calls.done_flash"))
	add(identity.Book, "POST "+home+"/{id}/non-risponde", d.mark((*calls.Service).MarkNoAnswer, "calls.no_answer_flash"))
	add(identity.Book, "POST "+home+"/{id}/non-serve", d.mark((*calls.Service).MarkGone, "calls.gone_flash"))
	return routes
}

// listPage is the list of the people to phone.
type listPage struct {
	Form   *ui.Form
	Points []ui.Option
	Rows   []row
	File   string
	// May says that who looks may say how a call went; Point is the filter, to come back to.
	May   bool
	Point string
}

// row is a person to phone.
type row struct {
	ID, Who, Phone, Tel, Why, Say, Until, Tries, Point string
	// Href is the page of what the call is about, Open the words that lead there.
	Href, Open string
}

func (d Deps) list(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	who, p := session.Actor(r), ui.PrinterOf(r)
	v := listPage{Form: form, Point: form.Text("punto"), May: who.Can(identity.Book), File: home + ".csv"}
	list, places, err := d.read(r, "")
	if err != nil {
		return err
	}
	v.Points = pointOptions(p, list, places)
	for _, c := range list {
		if v.Point == "" || c.PointID == v.Point {
			v.Rows = append(v.Rows, rowOf(r, c, places[c.PointID]))
		}
	}
	if v.Point != "" {
		v.File += "?punto=" + v.Point
	}
	page := ui.NewPage(r, p.T("calls.title"))
	page.Section = "calls"
	return ui.Render(w, r, http.StatusOK, listView(page, v))
}

func (d Deps) read(r *http.Request, pointID string) ([]calls.Call, map[string]points.Point, error) {
	list, err := d.Calls.List(r.Context(), session.Actor(r), pointID)
	if err != nil {
		return nil, nil, err
	}
	var ids []string
	for _, c := range list {
		ids = append(ids, c.PointID)
	}
	places, err := d.Points.ByIDs(r.Context(), ids)
	return list, places, err
}

// pointOptions are the points that have somebody to call.
func pointOptions(p i18n.Printer, list []calls.Call, places map[string]points.Point) []ui.Option {
	count := map[string]int{}
	for _, c := range list {
		count[c.PointID]++
	}
	var out []ui.Option
	for id := range count {
		out = append(out, ui.Option{Value: id, Label: places[id].PublicName})
	}
	slices.SortFunc(out, func(a, b ui.Option) int { return cmp.Compare(a.Label, b.Label) })
	return append([]ui.Option{{Label: p.T("calls.all_points")}}, out...)
}

func rowOf(r *http.Request, c calls.Call, at points.Point) row {
	p, now := ui.PrinterOf(r), ui.Now(r)
	out := row{ID: c.ID, Who: cmp.Or(c.Name, p.T("calls.no_name")), Phone: c.Phone, Tel: "tel:" + c.Phone, Point: at.PublicName,
		Why: p.T("calls.why." + c.Why), Until: capital(p.When(c.Until, now))}
	// The words are said in the language of the person, whatever that of the page is.
	said := i18n.Default().Printer(i18n.Lang(c.Language))
	when := ""
	if !c.About.IsZero() {
		when = said.Day(calendar.DayOf(c.About)) + ", " + said.Time(c.About)
	}
	out.Say = said.T("calls.words."+c.Why, errs.Args{"point": at.PublicName, "when": when})
	out.Href, out.Open = aboutHref(session.Actor(r), c), p.T("calls.open."+c.Subject)
	if c.Tries > 0 {
		out.Tries = p.T("calls.tries", errs.Args{"n": c.Tries}) + ". " + p.T("calls.last_try", errs.Args{"when": p.When(c.TriedAt, now)}) + "."
	}
	return out
}

// aboutHref is the page where the caller does what the person on the phone decides.
func aboutHref(who identity.Actor, c calls.Call) string {
	switch {
	case c.Subject == calls.Waiting:
		return "/centro/attesa/" + c.SubjectID
	case c.Subject == calls.Visit:
		return "/centro/richieste/" + c.SubjectID
	case who.HasRole(identity.Operator):
		return "/centro/prenotazioni/" + c.SubjectID
	}
	return "/agenda/" + c.SubjectID
}

func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return strings.ToUpper(string(first)) + s[size:]
}

// file is the list as a table, for who phones away from the screen.
func (d Deps) file(w http.ResponseWriter, r *http.Request) error {
	list, places, err := d.read(r, r.URL.Query().Get("punto"))
	if err != nil {
		return err
	}
	var rows [][]string
	for _, c := range list {
		one := rowOf(r, c, places[c.PointID])
		rows = append(rows, []string{one.Who, one.Phone, one.Point, one.Why, one.Until, one.Say})
	}
	w.Header().Set("Cache-Control", "no-store")
	return ui.SendTable(w, r, "chiamate", []string{"calls.who", "calls.phone", "calls.point", "calls.why", "calls.until", "calls.say"}, rows)
}

// quiet leaves out the mark of optional fields: in a search nothing is needed.
func quiet(f *ui.Field) { f.Quiet = true }
