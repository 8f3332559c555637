package public

import (
	"net/http"
	"slices"
	"strconv"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/geo"
	"capillare/internal/i18n"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/web/ui"
)

const (
	// soonTimes is how many free times the page of a point shows.
	soonTimes = 5
	// soonDays is how far ahead holidays and closures are announced.
	soonDays = 60
)

// pointPage is the page of a point.
type pointPage struct {
	Point points.Point
	// Town is the municipality of the first address, for the title line.
	Town      string
	Itinerant bool
	Addresses []addressCard
	// Closures are the next days on which the point is shut, in words; Openings those on which it opens
	// all the same.
	Closures, Openings []string
	// Access, Services and Languages are words, not tags.
	Access, Services, Languages []string
	// Soon are the first free times, in words; BookHref leads to all of them.
	Soon     []string
	BookHref string
	// Booked says that this point takes bookings at all.
	Booked bool
}

// addressCard is one address with its hours.
type addressCard struct {
	Line  string
	Today string
	// Geo opens the map of the telephone; empty when the place is not known.
	Geo   string
	Weeks []week
}

// week is the hours of an ordinary week or of a season.
type week struct {
	// Name is empty for the ordinary week; Span says from when to when a season holds.
	Name, Span string
	Days       []weekDay
}

// weekDay is a day of the week and its hours; Shut when it has none.
type weekDay struct {
	Name, Hours string
	Shut        bool
}

func (d Deps) point(w http.ResponseWriter, r *http.Request) error {
	point, err := d.Points.ByCode(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	if !point.Listed(calendar.DayOf(ui.Now(r))) {
		return points.ErrNoCode
	}
	view, err := d.pointPage(r, point)
	if err != nil {
		return err
	}
	p := ui.NewPage(r, point.PublicName)
	p.Section, p.Inline = "points", true
	p.Breadcrumb = home(p, ui.Link{Label: p.Printer.T("public.search.title"), Href: "/punti"})
	p.Description = p.Printer.T("public.point.description", map[string]any{"point": point.PublicName, "town": view.Town})
	return ui.Render(w, r, http.StatusOK, pointView(p, view))
}

func (d Deps) pointPage(r *http.Request, point points.Point) (pointPage, error) {
	towns, err := d.townsOf(r, point)
	if err != nil {
		return pointPage{}, err
	}
	p, now := ui.PrinterOf(r), ui.Now(r)
	v := pointPage{
		Point: point, Itinerant: point.Kind == points.Itinerant, Booked: point.Booking != points.BookingNone, BookHref: "/prenota/" + point.Code,
		Access:    tagWords(p, "points.accessibility.", point.Accessibility),
		Services:  tagWords(p, "points.service.", point.Services),
		Languages: tagWords(p, "points.language.", point.Languages),
	}
	v.Closures, v.Openings = unusual(p, point, towns, calendar.DayOf(now))
	// A stop that is over, like that of a campaign, stays with the point but not on its page.
	for i, a := range point.OpenAddresses(calendar.DayOf(now)) {
		if i == 0 {
			v.Town = towns[a.Belfiore].Name
		}
		v.Addresses = append(v.Addresses, addressCard{
			Line: addressLine(a, towns), Today: today(p, point, a.ID, now), Geo: geoLink(placeOf(a, towns)),
			Weeks: weeks(p, a.Schedules, calendar.DayOf(now), len(point.Addresses) > 1),
		})
	}
	if !v.Booked {
		return v, nil
	}
	times, err := d.timesAhead(r, point.ID)
	for _, t := range times[:min(len(times), soonTimes)] {
		soon := p.When(t.StartsAt, now)
		if a, ok := point.Address(t.AddressID); ok && len(point.Addresses) > 1 {
			soon = whenWhere(p, soon, towns[a.Belfiore])
		}
		v.Soon = append(v.Soon, soon)
	}
	return v, err
}

// timesAhead returns the free times of a point, from now to the last day that may be booked.
func (d Deps) timesAhead(r *http.Request, pointID string) ([]agenda.Time, error) {
	set, err := d.setting(r)
	if err != nil {
		return nil, err
	}
	from := calendar.DayOf(ui.Now(r))
	return d.Agenda.Times(r.Context(), pointID, "", from, from.AddDays(max(set.HorizonDays, 7)))
}

func (d Deps) townsOf(r *http.Request, point points.Point) (map[string]territory.Municipality, error) {
	var codes []string
	for _, a := range point.Addresses {
		codes = append(codes, a.Belfiore)
	}
	return d.Territory.Today(r.Context(), codes)
}

// weeks puts the hours into words: the ordinary week first, then the seasons that are not over. A tour
// has many addresses, each open on a day or two: brief leaves out the days on which they are shut.
func weeks(p i18n.Printer, schedules []points.Schedule, from calendar.Day, brief bool) []week {
	var out []week
	for _, s := range schedules {
		if !s.To.IsZero() && s.To.Before(from) || len(s.Bands) == 0 && s.From.IsZero() {
			continue
		}
		one := week{Name: s.Name}
		if !s.From.IsZero() {
			one.Span = p.T("public.point.season", map[string]any{"from": p.Day(s.From), "to": p.Day(s.To)})
		}
		for day := calendar.Monday; day <= calendar.Sunday; day++ {
			bands := s.Bands.On(day)
			if brief && len(bands) == 0 && len(s.Bands) > 0 {
				continue
			}
			one.Days = append(one.Days, weekDay{Name: p.Weekday(day), Hours: hours(bands), Shut: len(bands) == 0})
		}
		out = append(out, one)
	}
	slices.SortStableFunc(out, func(a, b week) int { return len(a.Span) - len(b.Span) })
	return out
}

// dayText is a day that is not as its week, in words.
type dayText struct {
	day  calendar.Day
	text string
}

func inOrder(days []dayText) []string {
	slices.SortStableFunc(days, func(a, b dayText) int { return a.day.Compare(b.day) })
	var out []string
	for _, one := range days {
		if !slices.Contains(out, one.text) {
			out = append(out, one.text)
		}
	}
	return out
}

// unusual names the next days on which the point is shut (its closures, the patron's day, the holidays)
// and those on which it opens all the same.
func unusual(p i18n.Printer, point points.Point, towns map[string]territory.Municipality, from calendar.Day) (shut, open []string) {
	var closed, opened []dayText
	say := func(day calendar.Day, reason string) {
		closed = append(closed, dayText{day, p.T("public.point.closed_on", map[string]any{"day": p.Day(day), "reason": reason})})
	}
	for _, c := range point.Closures {
		switch {
		case c.To.Before(from) || c.From.Sub(from) > soonDays:
		case c.From == c.To:
			say(c.From, c.Reason)
		default:
			closed = append(closed, dayText{c.From, p.T("public.point.closed_from", map[string]any{"from": p.Day(c.From), "to": p.Day(c.To), "reason": c.Reason})})
		}
	}
	for n := range soonDays {
		day := from.AddDays(n)
		for _, a := range point.Addresses {
			where := ""
			if len(point.Addresses) > 1 {
				where = " (" + towns[a.Belfiore].Name + ")"
			}
			switch o := point.OpeningOn(a, day); o.Why {
			case points.ByHoliday:
				key, _ := calendar.Holiday(day)
				say(day, p.T(key))
			case points.ByPatron:
				say(day, p.T("points.why.patron")+where)
			case points.ByException:
				opened = append(opened, dayText{day, p.T("opening.open_on", map[string]any{"day": p.Day(day), "hours": hours(o.Bands), "reason": o.Reason}) + where})
			}
		}
	}
	return inOrder(closed), inOrder(opened)
}

// tagWords puts tags into words; a tag without words stands as it is.
func tagWords(p i18n.Printer, prefix string, tags []string) []string {
	var out []string
	for _, tag := range tags {
		if p.Has(prefix + tag) {
			tag = p.T(prefix + tag)
		}
		out = append(out, tag)
	}
	return out
}

func geoLink(at geo.Point) string {
	if !at.Valid() {
		return ""
	}
	pair := strconv.FormatFloat(at.Lat, 'f', 5, 64) + "," + strconv.FormatFloat(at.Lon, 'f', 5, 64)
	return "geo:" + pair + "?q=" + pair
}
