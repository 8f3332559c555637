package desk

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/register"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// dayPage is a facilitator's day.
type dayPage struct {
	Subject subject
	Day     calendar.Day
	// Title is the day in words, Places the points of the day.
	Title, Places string
	Before, After ui.Link
	Today         string // address of today, "" when it is today
	Rows          []dayRow
	Tiles         []ui.Tile
	// WalkIn is the address of the form for who comes without a booking, "" for who may not record.
	WalkIn string
	// Links are the other pages about the day and the person.
	Links []ui.Link
	// Away says that the person is away, "" otherwise; Substitute is where to find who stands in.
	Away, Substitute string
	// Stranded says how many bookings wait for a place, "" for none.
	Stranded string
	// Next are the next days with a shift.
	Next []ui.Link
	Just *just
	// Refused says why the day asked for is none.
	Refused string
}

// dayRow is a row of the day and what can be done about it.
type dayRow struct {
	ui.TimeRow
	at   time.Time
	Acts []act
}

// act is a button of a row: a link, or a form when Post.
type act struct {
	Label, Href string
	Post        bool
	Main        bool
}

// just is what was done on the page before, with its undo.
type just struct {
	Text, Undo, UndoLabel string
	// Fields are the names and values that the undo sends.
	Fields []string
	Href   string // page of what was done
}

func (d Deps) day(w http.ResponseWriter, r *http.Request) error {
	now := ui.Now(r)
	today := calendar.DayOf(now)
	s, err := d.whose(r, r.URL.Query().Get("facilitatore"))
	if err != nil {
		return err
	}
	page := ui.NewPage(r, ui.PrinterOf(r).T("desk.agenda"))
	page.Section, page.Wide = "agenda", true
	view := dayPage{Subject: s}
	status := http.StatusOK
	if view.Day, err = dayAsked(r, today); err != nil {
		view.Refused, view.Day, status = ui.PrinterOf(r).T("desk.no_such_day"), today, http.StatusUnprocessableEntity
	}
	if !s.found() {
		return ui.Render(w, r, status, chooseView(page, chooseOf(r, s, "/agenda")))
	}
	b := dayBuilder{p: ui.PrinterOf(r), now: now, who: session.Actor(r), view: &view}
	if err := d.fillDay(r, &b); err != nil {
		return err
	}
	page.Title = view.Title
	return ui.Render(w, r, status, dayView(page, view))
}

// fillDay reads the day and lets b make rows of it.
func (d Deps) fillDay(r *http.Request, b *dayBuilder) error {
	ctx, view := r.Context(), b.view
	entries, err := d.Agenda.Day(ctx, b.who, view.Subject.Who.ID, view.Day)
	if err != nil {
		return err
	}
	var records []register.Record
	if b.who.Can(identity.SeeRegister) {
		records, err = d.Register.List(ctx, b.who, register.Filter{FacilitatorID: view.Subject.Who.ID, From: view.Day, To: view.Day, Max: 200})
		if err != nil {
			return err
		}
	}
	var ids []string
	for _, e := range entries {
		ids = append(ids, e.Slot.PointID)
	}
	for _, rec := range records {
		ids = append(ids, rec.PointID)
	}
	slices.Sort(ids)
	if b.places, err = d.Points.ByIDs(ctx, slices.Compact(ids)); err != nil {
		return err
	}
	served, err := d.pointsOf(r, view.Subject.Who, view.Day, identity.SeeAgenda)
	if err != nil {
		return err
	}
	if b.kinds, err = d.kindNames(r, entries); err != nil {
		return err
	}
	b.build(entries, records, served)
	b.links(calendar.DayOf(b.now))
	if err := d.fillAround(r, b); err != nil {
		return err
	}
	view.Just = b.justDone(r, entries)
	return nil
}

// daysAhead is how far the next shifts are looked for.
const daysAhead, nextShown = 14, 3

// fillAround says what stands around the day: absences, the next shifts, what waits.
func (d Deps) fillAround(r *http.Request, b *dayBuilder) error {
	view, today := b.view, calendar.DayOf(b.now)
	days, err := d.Agenda.WorkDays(r.Context(), b.who, view.Subject.Who, view.Day, view.Day.AddDays(daysAhead))
	if err != nil {
		return err
	}
	places, err := d.placesOfDays(r, days)
	if err != nil {
		return err
	}
	if len(days[0].Away) > 0 {
		view.Away = b.p.T("hours.away_today")
		if !view.Subject.Own {
			view.Away = b.p.T("hours.away_other", map[string]any{"name": view.Subject.Who.FullName()})
		}
	}
	if b.who.Can(identity.EditFacilitators) && !view.Day.Before(today) && len(days[0].Shifts) > 0 {
		view.Substitute = view.Subject.address("/sostituisci", "giorno", view.Day.String())
	}
	for _, day := range days[1:] {
		if len(day.Shifts) > 0 && len(view.Next) < nextShown {
			label := join(capital(b.p.DayShort(day.Day)), shiftText(day.Shifts[0], places))
			view.Next = append(view.Next, ui.Link{Label: label, Href: view.Subject.address("/agenda", "giorno", day.Day.String())})
		}
	}
	view.Stranded, err = d.strandedNow(r, b.who)
	return err
}

// kindNames are the names of the kinds of appointment of a day, in the language of the page.
func (d Deps) kindNames(r *http.Request, entries []agenda.Entry) (map[string]string, error) {
	var ids []string
	for _, e := range entries {
		if e.Slot.KindID != "" && !slices.Contains(ids, e.Slot.KindID) {
			ids = append(ids, e.Slot.KindID)
		}
	}
	found, err := d.Kinds.Some(r.Context(), ids)
	names := make(map[string]string, len(found))
	for id, k := range found {
		names[id] = k.NameIn(string(ui.PrinterOf(r).Lang()))
	}
	return names, err
}

// dayBuilder makes the rows of a day.
type dayBuilder struct {
	p      i18n.Printer
	now    time.Time
	who    identity.Actor
	places map[string]points.Point
	// kinds are the names of the kinds of appointment.
	kinds map[string]string
	view  *dayPage
}

func (b *dayBuilder) build(entries []agenda.Entry, records []register.Record, served []points.Point) {
	byBooking := map[string]register.Record{}
	inAgenda, free := 0, 0
	for _, rec := range records {
		if rec.BookingID != "" {
			byBooking[rec.BookingID] = rec
		}
	}
	shown := map[string]bool{}
	for _, e := range entries {
		for _, one := range e.Bookings {
			rec, ok := byBooking[one.ID]
			if ok {
				shown[rec.ID] = true
			}
			if !one.Draft() {
				inAgenda++
			}
			b.view.Rows = append(b.view.Rows, b.bookingRow(e.Slot, one, rec))
		}
		if e.Slot.Free > 0 && e.Slot.StartsAt.After(b.now) {
			free += e.Slot.Free
			b.view.Rows = append(b.view.Rows, b.freeRow(e.Slot))
		}
	}
	for _, rec := range records {
		if !shown[rec.ID] {
			b.view.Rows = append(b.view.Rows, b.walkInRow(rec))
		}
	}
	slices.SortStableFunc(b.view.Rows, func(a, c dayRow) int { return a.at.Compare(c.at) })
	b.view.Places = b.placesOf(served)
	b.view.Tiles = []ui.Tile{
		{Value: b.p.Number(len(records)), Label: b.p.N("desk.recorded", len(records))},
		{Value: b.p.Number(inAgenda), Label: b.p.N("desk.in_agenda", inAgenda)},
		{Value: b.p.Number(free), Label: b.p.N("desk.free_places", free)},
	}
}

// placesOf names the points of the day: those with times, or else all that the person serves.
func (b *dayBuilder) placesOf(served []points.Point) string {
	var list []points.Point
	for _, p := range b.places {
		list = append(list, p)
	}
	if len(list) == 0 {
		list = served
	}
	slices.SortFunc(list, func(a, c points.Point) int { return compareText(a.PublicName, c.PublicName) })
	return namesOf(list)
}

func (b *dayBuilder) row(from, to time.Time) dayRow {
	return dayRow{at: from, TimeRow: ui.TimeRow{
		Time: b.p.Time(from), Length: length(b.p, minutesBetween(from, to)),
		Now: !from.After(b.now) && b.now.Before(to), Past: !to.After(b.now),
	}}
}

// where names the point of a row when the day has more than one.
func (b *dayBuilder) where(pointID string) string {
	if len(b.places) < 2 {
		return ""
	}
	return b.places[pointID].PublicName
}

// kind names the kind of appointment of a slot, when there is more to say than that it is the usual one.
func (b *dayBuilder) kind(slot agenda.Slot) string {
	if name := b.kinds[slot.KindID]; name != "" {
		return name
	}
	if slot.Kind != agenda.Group {
		return ""
	}
	return kindName(b.p, slot.Kind)
}

// party says how many people come together.
func (b *dayBuilder) party(one agenda.Booking) string {
	if one.TogetherID != "" || one.Party < 2 {
		return ""
	}
	return b.p.T("hours.party", map[string]any{"n": one.Party})
}

func (b *dayBuilder) bookingRow(slot agenda.Slot, one agenda.Booking, rec register.Record) dayRow {
	row := b.row(one.StartsAt, one.EndsAt)
	row.Title = title(b.p, one)
	if one.Draft() {
		row.Free, row.Now = true, false
		return row
	}
	row.Href = "/agenda/" + one.ID
	row.Detail = join(topicName(b.p, one.Topic), b.kind(slot), b.party(one), b.where(one.PointID))
	row.Note = one.Needs
	row.Badges = b.badges(slot, one, row.Now, row.Past)
	switch one.State {
	case agenda.Served:
		row.Now, row.Past = false, true
		if rec.ID != "" {
			row.Acts = []act{{Label: b.p.T("desk.open_record"), Href: "/servizi/" + rec.ID}}
		}
	case agenda.Absent:
		row.Now, row.Past = false, true
		row.Acts = b.keep(identity.Book, act{Label: b.p.T("desk.undo"), Href: row.Href + "/ripristina", Post: true})
	default:
		row.Past = false
		row.Acts = b.openActs(one, row.Href)
	}
	return row
}

func (b *dayBuilder) badges(slot agenda.Slot, one agenda.Booking, now, past bool) []ui.BadgeText {
	var out []ui.BadgeText
	add := func(tone ui.Tone, key string) { out = append(out, ui.BadgeText{Tone: tone, Text: b.p.T(key)}) }
	switch one.State {
	case agenda.Served:
		add(ui.Success, "desk.state.served")
	case agenda.Absent:
		add(ui.Neutral, "desk.state.absent")
	case agenda.Attended:
		add(ui.Info, "desk.state.attended")
	default:
		switch {
		case slot.State == agenda.Withdrawn:
			add(ui.Danger, "desk.state.stranded")
		case now:
			add(ui.Info, "desk.state.now")
		case past:
			add(ui.Warning, "desk.state.to_record")
		}
	}
	return out
}

// openActs are the buttons of a booking that is neither recorded nor absent.
func (b *dayBuilder) openActs(one agenda.Booking, href string) []act {
	var out []act
	today := calendar.DayOf(b.now)
	if !one.Day.After(today) {
		out = b.keep(identity.Record, act{Label: b.p.T("desk.record"), Href: href + "/registra", Main: !one.StartsAt.After(b.now.Add(15 * time.Minute))})
		if one.State == agenda.Attended {
			return append(out, b.keep(identity.Book, act{Label: b.p.T("desk.undo"), Href: href + "/ripristina", Post: true})...)
		}
		if one.Kind == agenda.Group {
			out = append(out, b.keep(identity.Book, act{Label: b.p.T("desk.came"), Href: href + "/venuto", Post: true})...)
		}
		if !one.StartsAt.After(b.now) {
			out = append(out, b.keep(identity.Book, act{Label: b.p.T("desk.absent"), Href: href + "/assente", Post: true})...)
		}
	}
	if one.StartsAt.After(b.now) {
		out = append(out, b.keep(identity.Book,
			act{Label: b.p.T("desk.move"), Href: href + "/sposta"}, act{Label: b.p.T("desk.cancel"), Href: href + "/annulla"})...)
	}
	return out
}

// keep returns acts when the person may do them at all; whether here, the services decide.
func (b *dayBuilder) keep(may identity.Permission, acts ...act) []act {
	if !b.who.Can(may) {
		return nil
	}
	return acts
}

func (b *dayBuilder) freeRow(slot agenda.Slot) dayRow {
	row := b.row(slot.StartsAt, slot.EndsAt)
	row.Free, row.Title = true, b.p.N("desk.free", slot.Free)
	row.Detail = join(b.kind(slot), b.where(slot.PointID))
	if kept := min(slot.Kept, slot.Free); kept > 0 {
		row.Note = b.p.N("hours.kept", kept)
	}
	row.Acts = b.keep(identity.Book, act{Label: b.p.T("desk.add_person"), Href: b.view.Subject.address("/agenda/aggiungi",
		"punto", slot.PointID, "indirizzo", slot.AddressID, "tipo", slot.Kind, "genere", slot.KindID, "inizio", instant(slot.StartsAt))})
	return row
}

func (b *dayBuilder) walkInRow(rec register.Record) dayRow {
	row := b.row(rec.StartsAt, rec.StartsAt.Add(time.Duration(rec.Minutes)*time.Minute))
	row.Now, row.Past = false, true
	row.Title, row.Href = b.p.N("desk.walk_in", rec.People), "/servizi/"+rec.ID
	row.Badges = []ui.BadgeText{{Tone: ui.Success, Text: b.p.T("desk.state.served")}}
	row.Detail = join(domainsText(b.p, rec), b.where(rec.PointID))
	return row
}

func (b *dayBuilder) links(today calendar.Day) {
	v, s := b.view, b.view.Subject
	v.Title = dayTitle(b.p, v.Day, today)
	v.Before = ui.Link{Label: b.near(v.Day.AddDays(-1), today), Href: s.address("/agenda", "giorno", v.Day.AddDays(-1).String())}
	v.After = ui.Link{Label: b.near(v.Day.AddDays(1), today), Href: s.address("/agenda", "giorno", v.Day.AddDays(1).String())}
	link := func(key, href string) { v.Links = append(v.Links, ui.Link{Label: b.p.T(key), Href: href}) }
	link("desk.see_week", s.address("/settimana", "giorno", v.Day.String()))
	link("hours.see_month", s.address("/mese", "mese", v.Day.Month()))
	link("hours.see_shifts", s.address("/turni"))
	link("hours.print_day", s.address("/agenda/stampa", "giorno", v.Day.String()))
	// The day before or after it leads there already.
	if away := v.Day.Sub(today); away > 1 || away < -1 {
		v.Today = s.address("/agenda")
	}
	if b.who.Can(identity.Record) && !v.Day.After(today) {
		v.WalkIn = s.address("/servizi/nuovo", "giorno", v.Day.String())
	}
	if b.who.Can(identity.Book) && !v.Day.Before(today) {
		link("closing.title", s.address("/chiudi-oggi"))
	}
}

func (b *dayBuilder) near(day, today calendar.Day) string {
	switch day.Sub(today) {
	case -1:
		return b.p.T("desk.yesterday")
	case 0:
		return b.p.T("desk.today")
	case 1:
		return b.p.T("desk.tomorrow")
	}
	return b.p.DayShort(day)
}

// justDone offers to undo what the address says was just done. What it names must be of this day.
func (b *dayBuilder) justDone(r *http.Request, entries []agenda.Entry) *just {
	q := r.URL.Query()
	if id := q.Get("registrato"); id != "" && b.who.Can(identity.Record) {
		for _, row := range b.view.Rows {
			if row.Href == "/servizi/"+id || slices.ContainsFunc(row.Acts, func(a act) bool { return a.Href == "/servizi/"+id }) {
				return &just{
					Text: b.p.T("desk.just_recorded"), Href: "/servizi/" + id, Undo: "/servizi/" + id + "/annulla", UndoLabel: b.p.T("desk.undo"),
					Fields: []string{"reason", b.p.T("desk.undo_reason"), "back", "day"},
				}
			}
		}
	}
	id := q.Get("segnato")
	for _, e := range entries {
		for _, one := range e.Bookings {
			if one.ID == id && (one.State == agenda.Absent || one.State == agenda.Attended) {
				return &just{Text: b.p.T("desk.just."+one.State, map[string]any{"name": title(b.p, one)}), Undo: "/agenda/" + id + "/ripristina", UndoLabel: b.p.T("desk.undo")}
			}
		}
	}
	return nil
}

// instant writes a time for an address.
func instant(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// readInstant reads what instant wrote; the zero time when it is none.
func readInstant(text string) time.Time {
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}
