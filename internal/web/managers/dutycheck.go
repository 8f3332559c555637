package managers

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/codes"
	"capillare/internal/i18n"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// change is a change of shifts under way: it is looked at first, and made when the form comes back with a yes.
type change struct {
	Form  *ui.Form
	Title string
	// Point names the place; the zero Point when the change is about several.
	Point points.Point
	// Lead says what changes, in words.
	Lead string
	// Warnings are what is odd about it.
	Warnings []string
	BackHref string
	// Done is the key of what is said afterwards; To is the page then, BackHref when empty.
	Done     string
	To       func() string
	PointIDs []string
	Make     func(ctx context.Context, tx *sqldb.Tx) error
}

// shiftCheck is the question before a change of shifts: what is odd, and who loses a time.
type shiftCheck struct {
	Form     *ui.Form
	Action   string
	Lead     string
	Warnings []string
	// Handed is how many appointments pass to others at the same time.
	Handed int
	Lost   []lostRow
	// All are answers for every appointment at once; none when there is only one.
	All []ui.Option
	// More is how many the list leaves out, Hidden how many the person may not see.
	More, Hidden  int
	Yes, BackHref string
}

// lostRow is an appointment that loses its time, with what can become of it; the name is masked, because
// nobody calls yet.
type lostRow struct {
	ID, When, Who, Code, Href string
	// To is the time proposed, as it is sent again; ToWords says it.
	To, ToWords string
	Fates       []ui.Option
}

// carryOut makes a change at once when nobody loses a time by it and nothing is odd; else it asks, and makes
// it when the answer comes. What is refused goes to again, which shows the form with its status.
func (d Deps) carryOut(w http.ResponseWriter, r *http.Request, c change, again func(status int) error) error {
	who, shifts := session.Actor(r), agenda.ShiftChange{PointIDs: c.PointIDs, Make: c.Make}
	seen, refused := d.Agenda.ForeseeShifts(r.Context(), who, shifts)
	if refused != nil {
		status := ui.StatusOf(refused)
		if err := c.Form.Refuse(refused); err != nil {
			return err
		}
		return again(status)
	}
	sure := c.Form.Text("sure") == "1"
	if !sure && (!seen.Clear() || len(c.Warnings) > 0) {
		return d.askShifts(w, r, http.StatusOK, c, seen)
	}
	if _, refused = d.Agenda.ChangeShifts(r.Context(), who, shifts, readChoices(c.Form)); refused != nil {
		status := ui.StatusOf(refused)
		if err := c.Form.Refuse(refused); err != nil {
			return err
		}
		// Somebody took a time that was offered a moment ago: the others stay chosen.
		return d.askShifts(w, r, status, c, seen)
	}
	to := c.BackHref
	if c.To != nil {
		to = c.To()
	}
	return ui.RedirectFlash(w, r, to, ui.Success, c.Done)
}

// eachAlone is the answer for all appointments that leaves it to the answer of each.
const eachAlone = "each"

// readChoices reads what is to become of each appointment; without an answer it stays as it is. An answer
// for all counts for those that it suits.
func readChoices(form *ui.Form) map[string]agenda.Choice {
	choices, all := map[string]agenda.Choice{}, form.Text("all")
	for name := range form.Values {
		id, ok := strings.CutPrefix(name, "fate-")
		if !ok {
			continue
		}
		c := agenda.Choice{Fate: form.Text(name)}
		if all == agenda.CancelledByService || all == agenda.Moved && form.Has("spot-"+id) {
			c.Fate = all
		}
		if c.Fate == agenda.Moved {
			c.To, ok = readSpot(form.Text("spot-" + id))
		}
		if ok {
			choices[id] = c
		}
	}
	return choices
}

// spotText writes a time as a form carries it: point, address and instant.
func spotText(s agenda.Spot) string {
	return s.PointID + "|" + s.AddressID + "|" + strconv.FormatInt(s.StartsAt.Unix(), 10)
}

func readSpot(text string) (agenda.Spot, bool) {
	parts := strings.Split(text, "|")
	if len(parts) != 3 {
		return agenda.Spot{}, false
	}
	seconds, err := strconv.ParseInt(parts[2], 10, 64)
	s := agenda.Spot{PointID: parts[0]}
	s.AddressID, s.StartsAt = parts[1], time.Unix(seconds, 0).UTC()
	return s, err == nil
}

func (d Deps) askShifts(w http.ResponseWriter, r *http.Request, status int, c change, seen agenda.Foreseen) error {
	p := ui.PrinterOf(r)
	view := shiftCheck{
		Form: c.Form, Action: r.URL.Path, Lead: c.Lead, Warnings: c.Warnings, Handed: seen.Handed, Hidden: seen.Hidden,
		More: max(0, len(seen.Lost)-mostTouched), Yes: p.T("managers.shift.yes"), BackHref: c.BackHref,
	}
	var ids []string
	for _, one := range seen.Lost {
		ids = append(ids, one.To.PointID)
	}
	places, err := d.Points.ByIDs(r.Context(), filled(unique(ids)...))
	if err != nil {
		return err
	}
	for _, one := range seen.Lost[:len(seen.Lost)-view.More] {
		view.Lost = append(view.Lost, lostWords(p, ui.Now(r), one, places))
	}
	if len(view.Lost) > 1 {
		view.All = ui.Options(eachAlone, p.T("managers.shift.each"), agenda.Moved, p.T("managers.shift.move_all"),
			agenda.CancelledByService, p.T("managers.shift.cancel_all"))
	}
	way := []ui.Link{{Label: p.T("managers.points.title"), Href: "/gestione/punti"}}
	if c.Point.ID != "" {
		way = dutiesWay(r, c.Point)
	}
	return ui.Render(w, r, status, shiftCheckView(sheet(r, c.Title, way...), view))
}

func lostWords(p i18n.Printer, now time.Time, one agenda.Proposal, places map[string]points.Point) lostRow {
	b := one.Booking
	row := lostRow{ID: b.ID, When: p.When(b.StartsAt, now), Who: masked(b.Contact.Name), Code: codes.FormatCode(b.Code), Href: "/agenda/" + b.ID}
	row.Fates = append(row.Fates, ui.Option{Value: agenda.LeftWithoutPlace, Label: p.T("managers.shift.leave")})
	if one.Fate == agenda.Moved {
		row.To, row.ToWords = spotText(one.To), p.When(one.To.StartsAt, now)
		if one.To.PointID != b.PointID {
			row.ToWords += ", " + places[one.To.PointID].PublicName
		}
		row.Fates = append(row.Fates, ui.Option{Value: agenda.Moved, Label: p.T("managers.shift.move", map[string]any{"to": row.ToWords})})
	}
	row.Fates = append(row.Fates, ui.Option{Value: agenda.CancelledByService, Label: p.T("managers.shift.cancel")})
	return row
}

// all is the field of the answer for all appointments.
func (v shiftCheck) all(label string) ui.Field {
	f := v.Form.Field("all", label)
	if f.Value == "" {
		f.Value = eachAlone
	}
	return f.Must()
}

// fate is the field of what becomes of an appointment. A time that was taken meanwhile is said here.
func (v shiftCheck) fate(row lostRow, label string) ui.Field {
	f := v.Form.Field("fate-"+row.ID, label)
	if f.Value == "" {
		f.Value = agenda.LeftWithoutPlace
	}
	if f.Error == "" {
		f.Error = v.Form.Error("to-" + row.ID)
	}
	return f.Must()
}

// kept are the names of the fields to send again: all but the answers to this page.
func (v shiftCheck) kept() []string {
	var names []string
	for name := range v.Form.Values {
		if name != "sure" && name != "all" && !strings.HasPrefix(name, "fate-") && !strings.HasPrefix(name, "spot-") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
