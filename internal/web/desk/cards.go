package desk

import (
	"net/http"
	"slices"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// dayCard is one day among several: who is awaited, what is free, why nobody is there.
type dayCard struct {
	// Label is the day in words, Short the same for a grid.
	Label, Short, Href string
	// Column is the weekday, 1 for Monday, for the grid of a month.
	Column int
	Today  bool
	Past   bool
	// Shifts are the stretches on duty, each with its place when there are several; Hours without it.
	Shifts, Hours []string
	// Notes say why the day is not as others: closures, holidays, absences.
	Notes []string
	// Lines are the appointments; only a week shows them.
	Lines               []cardLine
	Booked, Free, Other int
	Counts              []string
}

// cardLine is an appointment of a card.
type cardLine struct {
	Time, Title, Note, Href string
	Badges                  []ui.BadgeText
}

// Empty reports whether nothing is to be said of the day.
func (c dayCard) Empty() bool {
	return len(c.Shifts) == 0 && len(c.Notes) == 0 && c.Booked == 0 && c.Free == 0
}

// cards are the days of a stretch of time for one person.
type cards struct {
	p      i18n.Printer
	today  calendar.Day
	places map[string]points.Point
	served []points.Point
	list   []dayCard
	first  calendar.Day
}

// cardsOf reads the days from one to another.
func (d Deps) cardsOf(r *http.Request, s subject, from, to calendar.Day) ([]dayCard, error) {
	ctx, who := r.Context(), session.Actor(r)
	days, err := d.Agenda.WorkDays(ctx, who, s.Who, from, to)
	if err != nil {
		return nil, err
	}
	entries, err := d.Agenda.Between(ctx, who, s.Who.ID, from, to)
	if err != nil {
		return nil, err
	}
	c := cards{p: ui.PrinterOf(r), today: calendar.DayOf(ui.Now(r)), first: from}
	var ids []string
	for _, e := range entries {
		ids = append(ids, e.Slot.PointID)
	}
	for _, day := range days {
		for _, shift := range day.Shifts {
			ids = append(ids, shift.Duty.PointID)
		}
	}
	slices.Sort(ids)
	if c.places, err = d.Points.ByIDs(ctx, slices.Compact(ids)); err != nil {
		return nil, err
	}
	if c.served, err = d.pointsOf(r, s.Who, c.today, identity.SeeAgenda); err != nil {
		return nil, err
	}
	for _, day := range days {
		c.list = append(c.list, c.card(s, day))
	}
	for _, e := range entries {
		c.add(&c.list[e.Slot.Day.Sub(from)], e)
	}
	for i := range c.list {
		c.count(&c.list[i])
	}
	return c.list, nil
}

func (c *cards) card(s subject, day agenda.WorkDay) dayCard {
	card := dayCard{
		Label: capital(c.p.Day(day.Day)), Short: capital(c.p.DayShort(day.Day)), Href: s.address("/agenda", "giorno", day.Day.String()),
		Column: int(day.Day.Weekday()), Today: day.Day == c.today, Past: day.Day.Before(c.today),
	}
	for _, shift := range day.Shifts {
		card.Shifts, card.Hours = append(card.Shifts, shiftText(shift, c.places)), append(card.Hours, bandText(shift))
	}
	for _, away := range day.Away {
		card.Notes = append(card.Notes, awayText(c.p, away))
	}
	if key, holiday := calendar.Holiday(day.Day); holiday {
		card.Notes = append(card.Notes, c.p.T(key))
		return card
	}
	for _, pt := range c.served {
		if closure, shut := pt.ClosureOn(day.Day); shut {
			card.Notes = append(card.Notes, c.p.T("hours.closed", map[string]any{"point": pt.PublicName, "reason": closure.Reason}))
		}
	}
	return card
}

func (c *cards) add(card *dayCard, e agenda.Entry) {
	for _, one := range e.Bookings {
		if one.Draft() {
			continue
		}
		card.Booked++
		line := cardLine{Time: c.p.Time(one.StartsAt), Title: title(c.p, one), Note: topicName(c.p, one.Topic), Href: "/agenda/" + one.ID}
		if one.State == agenda.Confirmed && e.Slot.State == agenda.Withdrawn {
			line.Badges = []ui.BadgeText{{Tone: ui.Danger, Text: c.p.T("desk.state.stranded")}}
		}
		if one.State == agenda.Absent {
			line.Badges = []ui.BadgeText{{Tone: ui.Neutral, Text: c.p.T("desk.state.absent")}}
		}
		card.Lines = append(card.Lines, line)
	}
	if !card.Past {
		card.Free += e.Slot.Free
	}
}

func (c *cards) count(card *dayCard) {
	if card.Booked > 0 {
		card.Counts = append(card.Counts, c.p.N("hours.booked", card.Booked))
	}
	if card.Free > 0 {
		card.Counts = append(card.Counts, c.p.N("hours.free", card.Free))
	}
}

// shiftText says when a shift is, and where as far as it is not always the same place.
func shiftText(shift facilitators.OnDay, places map[string]points.Point) string {
	pt, where := places[shift.Duty.PointID], ""
	if len(places) > 1 {
		where = pt.PublicName
	}
	if a, ok := pt.Address(shift.Duty.AddressID); ok && len(pt.Addresses) > 1 {
		where = join(where, a.Place, a.Street)
	}
	return join(bandText(shift), where)
}

func bandText(shift facilitators.OnDay) string {
	return shift.Duty.Starts.String() + "–" + shift.Duty.Ends.String()
}

// awayText says that the person is away, for how long: why is for the managers.
func awayText(p i18n.Printer, a facilitators.Absence) string {
	if a.Whole() {
		return p.T("hours.away")
	}
	return p.T("hours.away_from_to", map[string]any{"from": a.Starts.String(), "to": a.Ends.String()})
}

// monthAsked returns the first day of the month that the address names as 2026-11, of today's otherwise.
func monthAsked(r *http.Request, today calendar.Day) calendar.Day {
	if day, err := calendar.ParseDay(r.URL.Query().Get("mese") + "-01"); err == nil {
		return day
	}
	year, month, _ := today.Date()
	return calendar.NewDay(year, month, 1)
}

// lastOfMonth returns the last day of the month that begins on first.
func lastOfMonth(first calendar.Day) calendar.Day {
	year, month, _ := first.Date()
	return calendar.NewDay(year, month+1, 0)
}

// monthName says a month with its year: "novembre 2026".
func monthName(p i18n.Printer, first calendar.Day) string {
	_, month, _ := first.Date()
	return p.Month(month) + " " + first.String()[:4]
}

func pathOfSpan(month bool) string {
	if month {
		return "/mese"
	}
	return "/settimana"
}

// columnClass puts the first day of a month under its weekday.
func columnClass(weekday int) string {
	return []string{"", "", "cap-col-2", "cap-col-3", "cap-col-4", "cap-col-5", "cap-col-6", "cap-col-7"}[weekday]
}
