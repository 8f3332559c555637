package public

import (
	"crypto/rand"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/web/ui"
)

// timesPage is the choice of day and hour: step 2 of a booking, and the move of an appointment.
type timesPage struct {
	// Action takes the form; Path is the same page, for the other weeks.
	Action string
	Form   *ui.Form
	// Point and Address are where; PointHref leads to the choice of another point.
	Point     points.Point
	PointHref string
	// Now is the appointment that is being moved, in words; empty while booking.
	Now  string
	Days []dayTimes
	// Length is how long an appointment lasts when all last the same.
	Length string
	// Before and After lead to other weeks; empty when there are none.
	Before, After string
	// Topic and Nonce travel with the form: what was asked in the search, and what tells one
	// booking from the same sent twice.
	Topic, Nonce string
	// Button is the verb.
	Button string
	// Which is the kind of appointment and for how many people. Party is for how many it is when the form
	// does not say, and Fixed says that this cannot be changed.
	Which which
	Party int
	Fixed bool
}

// dayTimes is a day with its free times.
type dayTimes struct {
	Title string
	// Note is what all its times have to say, said once.
	Note string
	// Group says that people share these times.
	Group bool
	Times []timeChoice
}

// timeChoice is a time to choose.
type timeChoice struct {
	Value, Label string
	// Note says what is special: a group, an address of several.
	Note    string
	Checked bool
}

// weekLength is how many days a page of times covers.
const weekLength = 7

// startBooking is step 1: without a point there is nothing to book yet.
func (d Deps) startBooking(w http.ResponseWriter, r *http.Request) error {
	return ui.Redirect(w, r, "/punti")
}

func (d Deps) chooseTime(w http.ResponseWriter, r *http.Request) error {
	point, err := d.bookable(r, r.PathValue("code"))
	if err != nil {
		return err
	}
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	// The key of the draft is made of it: whoever sent this address would hold the key too.
	form.Values.Del("nonce")
	return d.showTimes(w, r, http.StatusOK, point, form)
}

// bookable returns the point with a code when it takes bookings today.
func (d Deps) bookable(r *http.Request, code string) (points.Point, error) {
	point, err := d.Points.ByCode(r.Context(), code)
	if err != nil {
		return point, err
	}
	if !point.Listed(calendar.DayOf(ui.Now(r))) || point.Booking == points.BookingNone {
		return point, points.ErrNoCode
	}
	return point, nil
}

func (d Deps) showTimes(w http.ResponseWriter, r *http.Request, status int, point points.Point, form *ui.Form) error {
	private(w)
	path := "/prenota/" + point.Code
	v := timesPage{Action: path, Form: form, Point: point, PointHref: "/punti", Nonce: form.Text("nonce")}
	if v.Topic = form.Text("tema"); !slices.Contains(topicCodes(), v.Topic) {
		v.Topic = ""
	}
	if v.Nonce == "" {
		v.Nonce = rand.Text()
	}
	p := ui.NewPage(r, ui.PrinterOf(r).T("public.times.title"))
	v.Button = p.Printer.T("public.times.button")
	if err := d.fillTimes(r, &v, url.Values{"tema": {v.Topic}}); err != nil {
		return err
	}
	p.Section = "points"
	return ui.Render(w, r, status, timesView(p, v))
}

// fillTimes puts one week of free times into v: that of the day asked for, else the first with any.
func (d Deps) fillTimes(r *http.Request, v *timesPage, address url.Values) error {
	times, err := d.choose(r, v)
	if err != nil {
		return err
	}
	towns, err := d.townsOf(r, v.Point)
	if err != nil {
		return err
	}
	maps.Copy(address, v.Which.query())
	path := v.Action + "?" + address.Encode() + "&dal="
	asked, _ := calendar.ParseDay(v.Form.Text("dal"))
	before, here, after := weekOf(times, asked)
	if !before.IsZero() {
		v.Before = path + before.String()
	}
	if !after.IsZero() {
		v.After = path + after.String()
	}
	p := ui.PrinterOf(r)
	if len(here) > 0 {
		v.Length = p.Hours(here[0].Minutes())
	}
	for _, t := range here {
		if p.Hours(t.Minutes()) != v.Length {
			v.Length = ""
		}
	}
	v.Days = v.days(p, here, towns)
	return nil
}

// weekOf returns the times of the week that holds day, and where the weeks before and after begin.
// Weeks count from the first free day, so that none is empty.
func weekOf(times []agenda.Time, day calendar.Day) (before calendar.Day, here []agenda.Time, after calendar.Day) {
	var starts []calendar.Day
	weeks := map[calendar.Day][]agenda.Time{}
	for _, t := range times {
		on := calendar.DayOf(t.StartsAt)
		if len(starts) == 0 || on.Sub(starts[len(starts)-1]) >= weekLength {
			starts = append(starts, on)
		}
		last := starts[len(starts)-1]
		weeks[last] = append(weeks[last], t)
	}
	if len(starts) == 0 {
		return before, nil, after
	}
	i := 0
	for i+1 < len(starts) && !day.IsZero() && !day.Before(starts[i+1]) {
		i++
	}
	if i > 0 {
		before = starts[i-1]
	}
	if i+1 < len(starts) {
		after = starts[i+1]
	}
	return before, weeks[starts[i]], after
}

func (v *timesPage) days(p i18n.Printer, times []agenda.Time, towns map[string]territory.Municipality) []dayTimes {
	var days []dayTimes
	last := calendar.Day{}
	for _, t := range times {
		if on := calendar.DayOf(t.StartsAt); on != last {
			last = on
			days = append(days, dayTimes{Title: p.Day(on), Group: t.Kind == agenda.Group})
		}
		choice := timeChoice{Value: encodeTime(t), Label: p.Time(t.StartsAt)}
		choice.Checked = choice.Value == v.Form.Text("quando")
		var notes []string
		if v.Length == "" {
			notes = append(notes, p.Hours(t.Minutes()))
		}
		if t.Kind == agenda.Group && v.Which.Name == "" {
			notes = append(notes, p.T("public.times.group"))
		}
		if len(v.Point.Addresses) > 1 {
			notes = append(notes, addressOf(v.Point, t.AddressID, towns))
		}
		choice.Note = strings.Join(notes, ", ")
		day := &days[len(days)-1]
		day.Times = append(day.Times, choice)
	}
	for i := range days {
		days[i].gather()
	}
	return days
}

// gather moves a note that all the times share to the day: a tour stands in one place the whole day.
func (d *dayTimes) gather() {
	note := d.Times[0].Note
	if slices.ContainsFunc(d.Times, func(t timeChoice) bool { return t.Note != note }) {
		return
	}
	d.Note = note
	for i := range d.Times {
		d.Times[i].Note = ""
	}
}

var errNoTime = errs.New(errs.Invalid, "public.times.choose")

// encodeTime writes a time as the value of a choice; decodeTime reads it back. A time without its zone is
// refused: it would be another hour for whoever reads it.
func encodeTime(t agenda.Time) string {
	return t.StartsAt.UTC().Format(time.RFC3339) + "|" + t.Kind + "|" + t.AddressID + "|" + t.Where("").KindID
}

func decodeTime(value, pointID string) (agenda.Where, error) {
	parts := strings.Split(value, "|")
	if len(parts) == 3 {
		// A link that names no kind takes any.
		parts = append(parts, "")
	}
	if len(parts) != 4 {
		return agenda.Where{}, errNoTime
	}
	at, err := time.Parse(time.RFC3339, parts[0])
	if err != nil {
		return agenda.Where{}, errNoTime
	}
	return agenda.Where{PointID: pointID, StartsAt: at, Kind: parts[1], AddressID: parts[2], KindID: parts[3]}, nil
}

// lengthKey is how the length is said: of one appointment, or of all of those who come together.
func lengthKey(v timesPage) string {
	if v.Which.Party > 1 && !slices.ContainsFunc(v.Days, func(d dayTimes) bool { return d.Group }) {
		return "booking.length_together"
	}
	return "public.times.length"
}
