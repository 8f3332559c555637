package desk

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

const longestReason = 200

// closableDays is how many days ahead a day can still be closed all of a sudden, today included.
const closableDays = 8

// closePage asks what falls out, then shows whom it touches before it is done.
type closePage struct {
	Form *ui.Form
	// Days, Points and People are the choices; People is empty for who may not say that somebody is away.
	Days, Points, People []ui.Option
	// Chosen says that day and place, or person, are known: What names them.
	Chosen bool
	What   string
	Day    string
	// Ill says that it is about a person: nobody is asked why.
	Ill  bool
	Rows []closeRow
	// Fates sum up the rows.
	Fates []string
	// Before are the sudden closures already made.
	Before []ui.Link
	Back   string
}

// closeRow is a booking of the day and what would become of it.
type closeRow struct{ Time, Name, Topic, Fate string }

func (d Deps) askClose(w http.ResponseWriter, r *http.Request) error {
	return d.showClose(w, r, ui.NewForm(r, r.URL.Query()))
}

func (d Deps) showClose(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	p, today := ui.PrinterOf(r), calendar.DayOf(ui.Now(r))
	page := d.page(r, "closing.title")
	page.Section = "close"
	s, err := d.whose(r, form.Text("facilitatore"))
	if err != nil {
		return err
	}
	v := closePage{Form: form, Days: closeDays(p, today), Back: s.address("/agenda")}
	c, err := d.closingOf(r, form)
	if err != nil {
		return err
	}
	if v.Points, err = d.closable(r, s); err != nil {
		return err
	}
	if len(c.PointIDs) == 0 && c.FacilitatorID == "" && len(v.Points) == 1 {
		c.PointIDs = []string{v.Points[0].Value}
		form.Values["punto"] = c.PointIDs
	}
	if session.Actor(r).Can(identity.EditFacilitators) {
		v.People = s.Choices
	}
	if v.Chosen = len(c.PointIDs) > 0 || c.FacilitatorID != ""; v.Chosen {
		form.Values.Set("giorno", c.Day.String())
		if err := d.fillClose(r, &v, c); err != nil {
			return err
		}
	}
	if v.Before, err = d.closedBefore(r, today); err != nil {
		return err
	}
	return ui.Render(w, r, statusOf(form), closeView(page, v))
}

// closeDays are the days that can be closed.
func closeDays(p i18n.Printer, today calendar.Day) []ui.Option {
	var out []ui.Option
	for i := range closableDays {
		day := today.AddDays(i)
		label := capital(p.Day(day))
		switch i {
		case 0:
			label = join(p.T("desk.today"), p.Day(day))
		case 1:
			label = join(p.T("desk.tomorrow"), p.Day(day))
		}
		out = append(out, ui.Option{Value: day.String(), Label: label})
	}
	return out
}

// closable are the points that the person may close: those that the facilitator serves, or all own ones.
func (d Deps) closable(r *http.Request, s subject) ([]ui.Option, error) {
	var list []points.Point
	var err error
	if s.Own {
		list, err = d.pointsOf(r, s.Who, calendar.DayOf(ui.Now(r)), identity.Book)
	} else {
		list, err = d.Points.All(r.Context(), session.Actor(r), identity.Book)
	}
	var out []ui.Option
	for _, one := range list {
		if one.State == points.StateOpen {
			out = append(out, ui.Option{Value: one.ID, Label: one.PublicName})
		}
	}
	slices.SortFunc(out, func(a, b ui.Option) int { return compareText(a.Label, b.Label) })
	return out, err
}

// closingOf reads what falls out. Points and people of others are not there for this person.
func (d Deps) closingOf(r *http.Request, form *ui.Form) (agenda.Closing, error) {
	who, today := session.Actor(r), calendar.DayOf(ui.Now(r))
	c := agenda.Closing{Day: today, PointIDs: form.Texts("punto"), FacilitatorID: form.Text("assente"), Reason: form.Text("reason"), Move: form.Text("cosa") != "annulla"}
	if text := form.Text("giorno"); text != "" {
		day, err := calendar.ParseDay(text)
		if err != nil || day.Before(today) || !day.Before(today.AddDays(closableDays)) {
			form.Problems.Add("giorno", "closing.day")
		} else {
			c.Day = day
		}
	}
	if c.FacilitatorID != "" {
		c.PointIDs, c.Reason = nil, ""
		_, err := d.Facilitators.ByID(r.Context(), who, c.FacilitatorID)
		return c, err
	}
	within, err := d.Points.Visible(r.Context(), who, identity.Book)
	for _, id := range c.PointIDs {
		if !within.Has(id) {
			return c, identity.ErrNotHere
		}
	}
	return c, err
}

func (d Deps) fillClose(r *http.Request, v *closePage, c agenda.Closing) error {
	ctx, who, p := r.Context(), session.Actor(r), ui.PrinterOf(r)
	v.Day, v.Ill = p.Day(c.Day), c.FacilitatorID != ""
	var err error
	if v.What, err = d.fallsOut(r, c); err != nil {
		return err
	}
	list, err := d.Agenda.Foresee(ctx, who, c)
	if err != nil {
		return err
	}
	var ids []string
	for _, one := range list {
		ids = append(ids, one.To.PointID)
	}
	places, err := d.Points.ByIDs(ctx, ids)
	if err != nil {
		return err
	}
	counts := map[string]int{}
	for _, one := range list {
		counts[one.Fate]++
		v.Rows = append(v.Rows, closeRow{
			Time: p.Time(one.Booking.StartsAt), Name: title(p, one.Booking), Topic: topicName(p, one.Booking.Topic), Fate: proposalText(r, one, places),
		})
	}
	for _, fate := range []string{agenda.Reassigned, agenda.Moved, agenda.LeftWithoutPlace} {
		if counts[fate] > 0 {
			v.Fates = append(v.Fates, p.N("closing.foreseen."+fate, counts[fate]))
		}
	}
	return nil
}

// fallsOut names the points, or the person.
func (d Deps) fallsOut(r *http.Request, c agenda.Closing) (string, error) {
	if c.FacilitatorID != "" {
		f, err := d.Facilitators.ByID(r.Context(), session.Actor(r), c.FacilitatorID)
		return f.FullName(), err
	}
	found, err := d.Points.ByIDs(r.Context(), c.PointIDs)
	var list []points.Point
	for _, one := range found {
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b points.Point) int { return compareText(a.PublicName, b.PublicName) })
	return namesOf(list), err
}

// proposalText says what would become of a booking.
func proposalText(r *http.Request, one agenda.Proposal, places map[string]points.Point) string {
	p := ui.PrinterOf(r)
	switch one.Fate {
	case agenda.Reassigned:
		return p.T("closing.same_time")
	case agenda.Moved:
		return spotText(r, one, places)
	}
	return p.T("closing.no_time")
}

// spotText says a proposed time, with the place and the way there when it is another.
func spotText(r *http.Request, one agenda.Proposal, places map[string]points.Point) string {
	p := ui.PrinterOf(r)
	when := p.When(one.To.StartsAt, ui.Now(r))
	if one.To.AddressID == one.Booking.AddressID {
		return when
	}
	return p.T("closing.elsewhere", map[string]any{"when": when, "point": place(places[one.To.PointID], one.To.AddressID), "minutes": one.To.Travel})
}

func (d Deps) closedBefore(r *http.Request, today calendar.Day) ([]ui.Link, error) {
	list, err := d.Agenda.ClosedDays(r.Context(), session.Actor(r), today)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, one := range list {
		ids = append(ids, one.FacilitatorID)
	}
	people, err := d.Facilitators.ByIDs(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	p := ui.PrinterOf(r)
	var out []ui.Link
	for _, one := range list {
		label := join(capital(p.Day(one.Day)), p.T("closing.made", map[string]any{"when": p.When(one.At, ui.Now(r))}))
		if f, ok := people[one.FacilitatorID]; ok {
			label = join(label, f.FullName())
		}
		out = append(out, ui.Link{Label: label, Href: "/chiudi-oggi/" + one.ID})
	}
	return out, nil
}

func (d Deps) closeNow(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	c, err := d.closingOf(r, form)
	if err != nil {
		return err
	}
	if len(c.PointIDs) == 0 && c.FacilitatorID == "" {
		form.Problems.Add("punto", "closing.choose")
	}
	if c.FacilitatorID == "" {
		form.Need("reason", longestReason)
	}
	if !form.Has("sure") {
		form.Problems.Add("sure", "desk.close_sure_needed")
	}
	if len(form.Problems) > 0 {
		return d.showClose(w, r, form)
	}
	done, err := d.Agenda.Close(r.Context(), session.Actor(r), c)
	if fault := form.Refuse(err); fault != nil {
		return fault
	}
	if err != nil {
		return d.showClose(w, r, form)
	}
	return ui.RedirectFlash(w, r, "/chiudi-oggi/"+done.ID, ui.Success, "closing.done")
}

// closedPage is what a sudden closure did, and whom to tell.
type closedPage struct {
	Day, What string
	Groups    []closedGroup
	Back      string
}

// closedGroup are the people of one fate.
type closedGroup struct {
	Title, Text string
	// When says that the new time stands in a column.
	When bool
	Rows []closedRow
}

// closedRow is a person to tell.
type closedRow struct{ Was, Name, For, Phone, Mail, Now, State, Href string }

func (d Deps) closedDay(w http.ResponseWriter, r *http.Request) error {
	p := ui.PrinterOf(r)
	done, err := d.Agenda.ClosedDay(r.Context(), session.Actor(r), r.PathValue("closing"))
	if err != nil {
		return err
	}
	page := d.page(r, "closing.done_title")
	page.Section, page.Wide = "close", true
	v := closedPage{Day: p.Day(done.Day), Back: "/agenda?" + url.Values{"giorno": {done.Day.String()}}.Encode()}
	if done.FacilitatorID != "" {
		people, err := d.Facilitators.ByIDs(r.Context(), []string{done.FacilitatorID})
		if err != nil {
			return err
		}
		v.What = people[done.FacilitatorID].FullName()
	} else if v.What, err = d.fallsOut(r, agenda.Closing{PointIDs: done.PointIDs}); err != nil {
		return err
	}
	var ids []string
	for _, one := range done.Outcomes {
		ids = append(ids, one.Booking.PointID)
	}
	places, err := d.Points.ByIDs(r.Context(), ids)
	if err != nil {
		return err
	}
	for _, fate := range []string{agenda.CancelledByService, agenda.Moved, agenda.Reassigned} {
		g := closedGroup{Title: p.T("closing.fate." + fate), Text: p.T("closing.fate_text." + fate), When: fate == agenda.Moved}
		for _, one := range done.Outcomes {
			if one.Fate == fate {
				g.Rows = append(g.Rows, closedRowOf(r, one, places))
			}
		}
		if len(g.Rows) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	return ui.Render(w, r, http.StatusOK, closedView(page, v))
}

func closedRowOf(r *http.Request, one agenda.Outcome, places map[string]points.Point) closedRow {
	p, b := ui.PrinterOf(r), one.Booking
	row := closedRow{Was: p.Time(one.WasAt), Name: b.Contact.Name, Phone: b.Contact.Phone, Mail: b.Contact.Email, Href: "/agenda/" + b.ID}
	if b.Contact.OnBehalf != "" {
		row.For = p.T("desk.on_behalf", map[string]any{"name": b.Contact.OnBehalf})
	}
	if row.Name == "" {
		row.Name = p.T("desk.no_name")
	}
	if row.Now = p.When(b.StartsAt, ui.Now(r)); b.PointID != one.WasPointID || len(places[b.PointID].Addresses) > 1 {
		row.Now = join(row.Now, place(places[b.PointID], b.AddressID))
	}
	return row
}

func closedColumns(ctx context.Context, when bool) []ui.Column {
	columns := ui.Columns(ui.T(ctx, "closing.was"), ui.T(ctx, "desk.name_and_surname"), ui.T(ctx, "closing.contact"))
	if when {
		columns = append(columns, ui.Column{Label: ui.T(ctx, "closing.now")})
	}
	return columns
}

// quiet leaves out the mark of optional fields: one of them is enough.
func quiet(f *ui.Field) { f.Quiet = true }
