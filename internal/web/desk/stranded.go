package desk

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/agenda"
	"capillare/internal/codes"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// strandedPage lists the bookings that no time covers any more, by point.
type strandedPage struct {
	Form   *ui.Form
	Groups []strandedGroup
	Total  int
	// All are the ids of all, sent by the buttons for the whole list.
	All []string
}

// strandedGroup are those of one point.
type strandedGroup struct {
	Point string
	Rows  []strandedRow
	IDs   []string
}

// strandedRow is a booking with the time proposed for it.
type strandedRow struct {
	ID, When, Name, Phone, Code, Topic string
	// Offer is the proposal in words, Value what the button sends; "" when there is none.
	Offer, Value string
}

func (d Deps) stranded(w http.ResponseWriter, r *http.Request) error {
	return d.showStranded(w, r, ui.NewForm(r, nil))
}

func (d Deps) showStranded(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	list, err := d.Agenda.Propose(r.Context(), session.Actor(r), "")
	if err != nil {
		return err
	}
	var ids []string
	for _, one := range list {
		ids = append(ids, one.Booking.PointID, one.To.PointID)
	}
	places, err := d.Points.ByIDs(r.Context(), ids)
	if err != nil {
		return err
	}
	page := d.page(r, "stranded.title")
	page.Section, page.Wide = "close", true
	v := strandedPage{Form: form, Total: len(list), Groups: strandedGroups(r, list, places)}
	for _, group := range v.Groups {
		v.All = append(v.All, group.IDs...)
	}
	return ui.Render(w, r, statusOf(form), strandedView(page, v))
}

func strandedGroups(r *http.Request, list []agenda.Proposal, places map[string]points.Point) []strandedGroup {
	var groups []strandedGroup
	at := map[string]int{}
	for _, one := range list {
		b := one.Booking
		if _, ok := at[b.PointID]; !ok {
			at[b.PointID] = len(groups)
			groups = append(groups, strandedGroup{Point: places[b.PointID].PublicName})
		}
		group := &groups[at[b.PointID]]
		group.IDs = append(group.IDs, b.ID)
		group.Rows = append(group.Rows, strandedRowOf(r, one, places))
	}
	slices.SortFunc(groups, func(a, b strandedGroup) int { return compareText(a.Point, b.Point) })
	return groups
}

func strandedRowOf(r *http.Request, one agenda.Proposal, places map[string]points.Point) strandedRow {
	p, b := ui.PrinterOf(r), one.Booking
	row := strandedRow{
		ID: b.ID, When: p.When(b.StartsAt, ui.Now(r)), Name: person(b), Phone: b.Contact.Phone, Code: codes.FormatCode(b.Code), Topic: topicName(p, b.Topic),
	}
	if row.Name == "" {
		row.Name = p.T("desk.no_name")
	}
	if one.Fate != agenda.LeftWithoutPlace {
		row.Offer, row.Value = proposalText(r, one, places), writeSpot(one.To)
	}
	return row
}

// writeSpot writes a proposed time for a form.
func writeSpot(s agenda.Spot) string {
	return strings.Join([]string{instant(s.StartsAt), s.PointID, s.AddressID}, " ")
}

// readSpot reads what writeSpot wrote; the zero time, which is past, when it is something else.
func readSpot(text string) agenda.Spot {
	var s agenda.Spot
	at, rest, _ := strings.Cut(text, " ")
	s.PointID, s.AddressID, _ = strings.Cut(rest, " ")
	s.StartsAt = readInstant(at)
	return s
}

// resettle moves the chosen bookings, or all, each to the best time that is then free.
func (d Deps) resettle(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	ids := form.Texts("appuntamento")
	if len(ids) == 0 {
		form.Problems.Add("", "stranded.choose")
		return d.showStranded(w, r, form)
	}
	done, err := d.Agenda.Resettle(r.Context(), session.Actor(r), ids, form.Text("cosa") == "annulla")
	if fault := form.Refuse(err); fault != nil {
		return fault
	}
	if err != nil {
		return d.showStranded(w, r, form)
	}
	return ui.RedirectFlash(w, r, "/da-spostare", toneOf(done), flashOf(done))
}

// flashOf says how a whole list ended.
func flashOf(done []agenda.Outcome) string {
	left := slices.ContainsFunc(done, func(o agenda.Outcome) bool { return o.Fate == agenda.LeftWithoutPlace })
	gone := slices.ContainsFunc(done, func(o agenda.Outcome) bool { return o.Fate == agenda.CancelledByService })
	switch {
	case left:
		return "stranded.some_left"
	case gone:
		return "stranded.some_cancelled"
	}
	return "stranded.all_moved"
}

func toneOf(done []agenda.Outcome) ui.Tone {
	if flashOf(done) == "stranded.all_moved" {
		return ui.Success
	}
	return ui.Warning
}

// resettleOne gives one booking the time that was proposed.
func (d Deps) resettleOne(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	_, err = d.Agenda.ResettleTo(r.Context(), session.Actor(r), r.PathValue("booking"), readSpot(form.Text("orario")))
	if fault := form.Refuse(err); fault != nil {
		return fault
	}
	if err != nil {
		return d.showStranded(w, r, form)
	}
	return ui.RedirectFlash(w, r, "/da-spostare", ui.Success, "desk.moved")
}

// strandedNow is how many bookings of own points wait for a place: for the line on the day.
func (d Deps) strandedNow(r *http.Request, who identity.Actor) (string, error) {
	if !who.Can(identity.Book) {
		return "", nil
	}
	list, err := d.Agenda.Stranded(r.Context(), who, "")
	if err != nil || len(list) == 0 {
		return "", err
	}
	return ui.PrinterOf(r).N("stranded.waiting", len(list), map[string]any{"count": strconv.Itoa(len(list))}), nil
}
