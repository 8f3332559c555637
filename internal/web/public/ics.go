package public

import (
	"net/http"
	"strings"
	"time"

	ical "github.com/arran4/golang-ical"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/web/ui"
)

const (
	zoneName  = "Europe/Rome"
	localTime = "20060102T150405"
)

// calendarFile is the appointment for a calendar. Taken again after a move or a cancellation it has
// the same UID and a higher SEQUENCE, so that the calendar changes its own.
func (d Deps) calendarFile(w http.ResponseWriter, r *http.Request) error {
	a, err := d.mine(w, r)
	if err != nil {
		return err
	}
	if a.Draft() {
		return errNoAppointment
	}
	p := ui.PrinterOf(r)
	set, err := d.setting(r)
	if err != nil {
		return err
	}
	cal := ical.NewCalendarFor("Capillare")
	cal.SetMethod(ical.MethodPublish)
	addRome(cal)
	event := cal.AddEvent(a.ID + "@capillare")
	event.SetDtStampTime(ui.Now(r))
	event.SetSequence(a.Version)
	at := func(name ical.ComponentProperty, t time.Time) {
		event.SetProperty(name, t.In(calendar.Rome).Format(localTime), ical.WithTZID(zoneName))
	}
	at(ical.ComponentPropertyDtStart, a.StartsAt)
	at(ical.ComponentPropertyDtEnd, a.EndsAt)
	event.SetSummary(p.T("public.ics.summary", errs.Args{"point": a.Point.PublicName}))
	event.SetLocation(a.Point.PublicName + ", " + a.Address)
	event.SetDescription(p.T("public.ics.text", errs.Args{
		"code": codes.FormatCode(a.Code), "phone": set.Phone, "bring": strings.Join(bring(p, a.Topic), " "),
	}))
	event.SetStatus(ical.ObjectStatusConfirmed)
	if a.State == agenda.Cancelled {
		event.SetStatus(ical.ObjectStatusCancelled)
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="appuntamento.ics"`)
	_, err = w.Write([]byte(cal.Serialize(ical.WithNewLineWindows)))
	return err
}

// addRome writes the rules of Italian civil time: they have been the same since 1996.
func addRome(cal *ical.Calendar) {
	zone := cal.AddTimezone(zoneName)
	standard := zone.AddStandard()
	observance(&standard.ComponentBase, "CET", "+0200", "+0100", "19961027T030000", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU")
	daylight := &ical.GeneralComponent{Token: "DAYLIGHT"}
	observance(&daylight.ComponentBase, "CEST", "+0100", "+0200", "19810329T020000", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU")
	zone.Components = append(zone.Components, daylight)
}

func observance(c *ical.ComponentBase, name, from, to, start, rule string) {
	c.SetProperty(ical.ComponentPropertyDtStart, start)
	c.SetProperty(ical.ComponentProperty(ical.PropertyTzoffsetfrom), from)
	c.SetProperty(ical.ComponentProperty(ical.PropertyTzoffsetto), to)
	c.SetProperty(ical.ComponentProperty(ical.PropertyTzname), name)
	c.SetProperty(ical.ComponentPropertyRrule, rule)
}
