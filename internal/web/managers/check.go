package managers

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"capillare/internal/agenda"
	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// mostTouched is how many appointments a question lists; the others are counted.
const mostTouched = 100

// check is the question before a change of hours: what is odd about it, and whom it strands.
type check struct {
	// Form is right and is sent again, all of it, with a yes.
	Form   *ui.Form
	Action string
	// Warnings are in words: those that the change brings.
	Warnings []string
	// Touched are the first of Count appointments that would be stranded.
	Touched []touchedRow
	Count   int
	// Hidden says that the person may not see whose they are.
	Hidden bool
	// Several says that the appointments are at several points.
	Several       bool
	Yes, BackHref string
}

// touchedRow is an appointment that would be stranded; the name is masked, because nobody calls yet.
type touchedRow struct{ When, Who, Code, Href, Where, Nearest string }

// needed reports whether there is anything to ask about.
func (c check) needed() bool { return len(c.Warnings) > 0 || c.Count > 0 }

// kept are the names of the fields to send again.
func (c check) kept() []string {
	var names []string
	for name := range c.Form.Values {
		if name != "sure" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// look fills a check with the appointments that the points, as they would be, strand.
func (d Deps) look(r *http.Request, c check, after ...points.Point) (check, error) {
	list, err := d.Agenda.Affected(r.Context(), session.Actor(r), after...)
	if errors.Is(err, identity.ErrForbidden) {
		c.Count, err = d.Agenda.CountAffected(r.Context(), after...)
		c.Hidden = c.Count > 0
		return c, err
	}
	if err != nil {
		return c, err
	}
	p, names := ui.PrinterOf(r), map[string]string{}
	for _, one := range after {
		names[one.ID] = one.PublicName
	}
	c.Count, c.Several = len(list), len(after) > 1
	for _, a := range list[:min(len(list), mostTouched)] {
		row := touchedRow{
			When: p.When(a.Booking.StartsAt, ui.Now(r)), Who: masked(a.Booking.Contact.Name), Code: codes.FormatCode(a.Booking.Code),
			Href: "/agenda/" + a.Booking.ID, Where: names[a.Booking.PointID], Nearest: p.T("opening.check.no_time"),
		}
		if a.HasNearest {
			row.Nearest = p.When(a.Nearest.StartsAt, ui.Now(r))
		}
		c.Touched = append(c.Touched, row)
	}
	return c, nil
}

// masked keeps the first word of a name and the first letters of the others: "Vito C."
func masked(name string) string {
	words := strings.Fields(name)
	for i := range words {
		if first, size := utf8.DecodeRuneInString(words[i]); i > 0 && size > 0 {
			words[i] = string(first) + "."
		}
	}
	return strings.Join(words, " ")
}

func touchedColumns(ctx context.Context, several bool) []ui.Column {
	columns := ui.Columns(ui.T(ctx, "managers.booking.when"), ui.T(ctx, "managers.booking.name"), ui.T(ctx, "managers.column.code"), ui.T(ctx, "opening.check.nearest"))
	if several {
		columns = append(columns, ui.Column{Label: ui.T(ctx, "managers.column.point")})
	}
	return columns
}

// warnings says in words what is odd about the hours of a point.
func (d Deps) warnings(r *http.Request, one points.Point) ([]string, error) {
	terms, shifts, err := d.asked(r, one)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, w := range one.Warnings(terms, shifts, today(r)) {
		list = append(list, warningWords(ui.PrinterOf(r), one, terms, w))
	}
	return list, nil
}

// newWarnings says what a change makes odd. Where nobody has a shift yet, open hours without one are
// only natural: hours are written first.
func (d Deps) newWarnings(r *http.Request, before, after points.Point) ([]string, error) {
	terms, shifts, err := d.asked(r, after)
	if err != nil {
		return nil, err
	}
	p := ui.PrinterOf(r)
	var known, list []string
	for _, w := range before.Warnings(terms, shifts, today(r)) {
		known = append(known, warningWords(p, before, terms, w))
	}
	for _, w := range after.Warnings(terms, shifts, today(r)) {
		text := warningWords(p, after, terms, w)
		if !slices.Contains(known, text) && (w.Kind != points.WarnNoDuty || len(shifts) > 0) {
			list = append(list, text)
		}
	}
	return list, nil
}

// asked is what the hours of a point are held against: its terms and its shifts.
func (d Deps) asked(r *http.Request, one points.Point) (points.Terms, []points.Shift, error) {
	terms, err := d.Points.Terms(r.Context(), one)
	if err != nil {
		return points.Terms{}, nil, err
	}
	shifts, err := d.shifts(r, one)
	return terms[one.ID], shifts, err
}

func warningWords(p i18n.Printer, one points.Point, t points.Terms, w points.Warning) string {
	name := w.Name
	if name == "" && !w.From.IsZero() {
		name = span(p, w.From, w.To)
	}
	text := p.T("points.warning."+w.Kind, errs.Args{
		"hours": p.Hours(w.Minutes), "minimum": p.Hours(t.MinWeekly), "name": name, "days": span(p, w.From, w.To), "bands": bandsText(p, w.Bands),
	})
	if a, ok := one.Address(w.AddressID); ok && len(one.Addresses) > 1 {
		text = strings.Join(filled(a.Place, a.Street), ", ") + ". " + text
	}
	return text
}

// bandsText writes "lunedì 9:00-13:00, 15:00-17:00; martedì ...".
func bandsText(p i18n.Printer, bands calendar.Bands) string {
	var parts []string
	for _, day := range weekdays() {
		if text := dayHours(bands, day); text != "" {
			parts = append(parts, p.Weekday(day)+" "+strings.ReplaceAll(text, ";", ","))
		}
	}
	return strings.Join(parts, "; ")
}

// shifts are those of a point, none for who may not see them.
func (d Deps) shifts(r *http.Request, one points.Point) ([]points.Shift, error) {
	who := session.Actor(r)
	if !who.Can(identity.SeeFacilitators) {
		return nil, nil
	}
	duties, err := d.Facilitators.Duties(r.Context(), who, one.ID)
	if errors.Is(err, identity.ErrNotHere) {
		return nil, nil
	}
	var list []points.Shift
	for _, duty := range duties {
		list = append(list, points.Shift{AddressID: duty.AddressID, From: duty.From, To: duty.To,
			Band: calendar.Band{Weekday: duty.Weekday, Opens: duty.Starts, Closes: duty.Ends}})
	}
	return list, err
}

// conflict says who changed a thing meanwhile, and when.
type conflict struct{ Who, When string }

// lastChange is who changed a point last.
func (d Deps) lastChange(r *http.Request, pointID string) (conflict, error) {
	rows, err := d.Points.History(r.Context(), session.Actor(r), pointID)
	if err != nil {
		return conflict{}, err
	}
	return d.madeBy(r, rows)
}

// madeBy is who made the newest of the changes of a thing.
func (d Deps) madeBy(r *http.Request, rows []audit.Row) (conflict, error) {
	if len(rows) == 0 {
		return conflict{}, nil
	}
	names, err := d.accountNames(r, rows[0].ActorID)
	p := ui.PrinterOf(r)
	c := conflict{Who: names[rows[0].ActorID], When: p.When(rows[0].At, ui.Now(r))}
	if c.Who == "" {
		c.Who = p.T("opening.somebody")
	}
	return c, err
}

// accountNames are the names of accounts, for who did what.
func (d Deps) accountNames(r *http.Request, ids ...string) (map[string]string, error) {
	return d.Identity.Names(r.Context(), unique(ids))
}

// bookingRow is an appointment of which somebody must be told.
type bookingRow struct{ When, Name, Phone, Code, Href string }

func bookingWords(p i18n.Printer, r *http.Request, b agenda.Booking) bookingRow {
	return bookingRow{
		When: p.When(b.StartsAt, ui.Now(r)), Name: b.Contact.Name, Phone: b.Contact.Phone,
		Code: codes.FormatCode(b.Code), Href: "/agenda/" + b.ID,
	}
}

// stranded are the appointments of a point that no opening covers any more.
func (d Deps) stranded(r *http.Request, pointID string) ([]bookingRow, error) {
	who := session.Actor(r)
	if !who.Can(identity.SeeAgenda) {
		return nil, nil
	}
	list, err := d.Agenda.Stranded(r.Context(), who, pointID)
	var rows []bookingRow
	for _, b := range list {
		rows = append(rows, bookingWords(ui.PrinterOf(r), r, b))
	}
	return rows, err
}

// afterChange leads on: to the people to call when there are some, else to the point.
func afterChange(w http.ResponseWriter, r *http.Request, pointID string, c check, saved string) error {
	if c.Count > 0 {
		return ui.RedirectFlash(w, r, "/gestione/punti/"+pointID+"/chiusure", ui.Warning, "opening.call_people")
	}
	return ui.RedirectFlash(w, r, "/gestione/punti/"+pointID, ui.Success, saved)
}
