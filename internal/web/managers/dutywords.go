package managers

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// dutyRow is a shift in words, as people enter it: several weekdays and bands in one.
type dutyRow struct {
	ID, PersonID, Person string
	Weekday              calendar.Weekday
	Starts               calendar.Minute
	Day, Hours           string
	// About is the kind, the length and the seats; Where the address when there are several; Span the days.
	About, Where, Span string
}

func (d Deps) dutyRows(r *http.Request, one points.Point) ([]dutyRow, error) {
	duties, err := d.Facilitators.Duties(r.Context(), session.Actor(r), one.ID)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, duty := range duties {
		ids = append(ids, duty.FacilitatorID)
	}
	people, err := d.Facilitators.ByIDs(r.Context(), unique(ids))
	if err != nil {
		return nil, err
	}
	names, err := d.kindNames(r, one.ID)
	if err != nil {
		return nil, err
	}
	p := ui.PrinterOf(r)
	var out []dutyRow
	for _, e := range facilitators.Entries(duties) {
		row := dutyWords(p, one, e, names)
		row.Person = people[e.FacilitatorID].FullName()
		out = append(out, row)
	}
	slices.SortStableFunc(out, func(a, b dutyRow) int {
		return cmp.Or(cmp.Compare(a.Weekday, b.Weekday), cmp.Compare(a.Starts, b.Starts))
	})
	return out, nil
}

// personDuty is a shift on the page of a person.
type personDuty struct{ When, Where, Span, Href string }

// personDuties are the shifts of a person at the points that the person reading may see.
func (d Deps) personDuties(r *http.Request, f facilitators.Facilitator) ([]personDuty, error) {
	who, p := session.Actor(r), ui.PrinterOf(r)
	list, err := d.Facilitators.DutiesOfPerson(r.Context(), who, f.ID)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, duty := range list {
		ids = append(ids, duty.PointID)
	}
	places, err := d.Points.ByIDs(r.Context(), unique(ids))
	if err != nil {
		return nil, err
	}
	see, err := d.Points.Visible(r.Context(), who, identity.SeeFacilitators)
	var rows []personDuty
	for _, e := range facilitators.Entries(list) {
		if !see.Has(e.PointID) {
			continue
		}
		row := dutyWords(p, places[e.PointID], e, nil)
		rows = append(rows, personDuty{When: row.Day + " " + row.Hours, Where: places[e.PointID].PublicName, Span: row.Span,
			Href: dutiesPath(e.PointID) + "/" + e.ID})
	}
	return rows, err
}

// kindNames returns the names of the kinds that a point offers, by id.
func (d Deps) kindNames(r *http.Request, pointID string) (map[string]string, error) {
	names := map[string]string{}
	if d.Kinds == nil {
		return names, nil
	}
	list, err := d.Kinds.At(r.Context(), pointID)
	for _, k := range list {
		names[k.ID] = k.NameIn(string(ui.PrinterOf(r).Lang()))
	}
	return names, err
}

func dutyWords(p i18n.Printer, one points.Point, e facilitators.Entry, kinds map[string]string) dutyRow {
	row := dutyRow{
		ID: e.ID, PersonID: e.FacilitatorID, Weekday: e.Weekdays.List()[0], Starts: e.Bands[0].Starts, Day: capital(rhythmWords(p, e)),
		Hours: hoursWords(p, e.Bands), Span: span(p, e.From, e.To),
		About: p.T("managers.duty.about."+e.Kind, map[string]any{"minutes": e.SlotMinutes, "seats": e.Seats}),
	}
	if len(e.KindIDs) > 0 {
		row.About = kindWords(e.KindIDs, kinds)
	}
	if a, ok := one.Address(e.AddressID); ok && len(one.Addresses) > 1 {
		row.Where = strings.Join(filled(a.Place, a.Street), ", ")
	}
	return row
}

// rhythmWords says on which days a shift comes: the weekdays alone when that is all there is to say.
func rhythmWords(p i18n.Printer, e facilitators.Entry) string {
	if e.Every > 1 || e.Nth != 0 {
		return p.Recurrence(e.Recurrence())
	}
	list := e.Weekdays.List()
	if n := len(list); n > 2 && int(list[n-1]-list[0]) == n-1 {
		return p.T("managers.duty.from_to_day", map[string]any{"from": p.Weekday(list[0]), "to": p.Weekday(list[n-1])})
	}
	var days []string
	for _, w := range list {
		days = append(days, p.Weekday(w))
	}
	return p.And(days)
}

func hoursWords(p i18n.Printer, bands []facilitators.Hours) string {
	var parts []string
	for _, h := range bands {
		parts = append(parts, bandWords(h.Starts, h.Ends))
	}
	return p.And(parts)
}

func bandWords(starts, ends calendar.Minute) string { return starts.String() + "–" + ends.String() }

// kindWords names kinds; one that the point no longer offers is not in names and left out.
func kindWords(ids []string, names map[string]string) string {
	var list []string
	for _, id := range ids {
		list = append(list, names[id])
	}
	return strings.Join(filled(list...), ", ")
}

func dutyColumns(ctx context.Context, acts bool) []ui.Column {
	columns := ui.Columns(ui.T(ctx, "managers.duty.when"), ui.T(ctx, "managers.duty.who"), ui.T(ctx, "managers.duty.what"), ui.T(ctx, "managers.duty.days"))
	if acts {
		columns = append(columns, ui.Column{Label: ui.T(ctx, "managers.acts")})
	}
	return columns
}

func timeColumns(ctx context.Context, acts bool) []ui.Column {
	columns := ui.Columns(ui.T(ctx, "managers.shift.column.day"), ui.T(ctx, "managers.duty.when"), ui.T(ctx, "managers.duty.who"))
	if acts {
		columns = append(columns, ui.Column{Label: ui.T(ctx, "managers.acts")})
	}
	return columns
}
