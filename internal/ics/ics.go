// Package ics writes appointments as calendar programs read them, iCalendar of RFC 5545 and 5546 (it: file
// iCalendar).
//
// Its rules: times are the wall clock of Rome with the zone written in the file, never that of who reads; an
// appointment keeps its UID for life and its SEQUENCE grows with each change, so that a calendar changes its
// own entry instead of adding another; a file to be kept says PUBLISH, one that arrives by e-mail REQUEST or
// CANCEL with who sends and who receives it.
//
// It does not know what an appointment is nor who may read it: callers choose the words.
package ics

import (
	"cmp"
	"strconv"
	"time"

	ical "github.com/arran4/golang-ical"

	"capillare/internal/calendar"
)

// MIME is the type of the files, for who publishes them.
const MIME = "text/calendar; charset=utf-8"

// Method says what a file asks of the calendar that reads it.
type Method string

// The methods.
const (
	Publish Method = "PUBLISH" // keep it as it is
	Request Method = "REQUEST" // an appointment made or changed
	Cancel  Method = "CANCEL"  // an appointment that is no more
)

// Person is who sends or receives an appointment.
type Person struct{ Name, Email string }

// Event is one appointment.
type Event struct {
	// ID names the appointment for life; Sequence grows with each change.
	ID               string
	Sequence         int
	StartsAt, EndsAt time.Time
	// Stamp is when this was written.
	Stamp                     time.Time
	Summary, Place, Text, URL string
	Cancelled                 bool
	// Organizer and Attendee are needed by Request and Cancel only.
	Organizer, Attendee Person
}

// Calendar is a file with some appointments.
type Calendar struct {
	Method Method // Publish when empty
	// Name is what a calendar program calls a feed; Refresh how often it should read it again.
	Name    string
	Refresh time.Duration
	Events  []Event
}

const (
	zoneName  = "Europe/Rome"
	localTime = "20060102T150405"
	domain    = "@capillare"
)

// Bytes returns the file.
func (c Calendar) Bytes() []byte {
	cal := ical.NewCalendarFor("Capillare")
	cal.SetMethod(ical.Method(cmp.Or(c.Method, Publish)))
	if c.Name != "" {
		cal.SetXWRCalName(c.Name)
	}
	if c.Refresh > 0 {
		every := "PT" + strconv.Itoa(int(c.Refresh.Minutes())) + "M"
		cal.SetRefreshInterval(every)
		cal.SetXPublishedTTL(every)
	}
	addRome(cal)
	for _, e := range c.Events {
		e.add(cal)
	}
	return []byte(cal.Serialize(ical.WithNewLineWindows))
}

func (e Event) add(cal *ical.Calendar) {
	event := cal.AddEvent(e.ID + domain)
	event.SetDtStampTime(e.Stamp)
	event.SetSequence(e.Sequence)
	at := func(name ical.ComponentProperty, t time.Time) {
		event.SetProperty(name, t.In(calendar.Rome).Format(localTime), ical.WithTZID(zoneName))
	}
	at(ical.ComponentPropertyDtStart, e.StartsAt)
	at(ical.ComponentPropertyDtEnd, e.EndsAt)
	event.SetSummary(e.Summary)
	for _, p := range []struct {
		value string
		set   func(string, ...ical.PropertyParameter)
	}{{e.Place, event.SetLocation}, {e.Text, event.SetDescription}, {e.URL, event.SetURL}} {
		if p.value != "" {
			p.set(p.value)
		}
	}
	event.SetStatus(ical.ObjectStatusConfirmed)
	if e.Cancelled {
		event.SetStatus(ical.ObjectStatusCancelled)
	}
	if e.Organizer.Email != "" {
		event.SetOrganizer(e.Organizer.Email, ical.WithCN(cmp.Or(e.Organizer.Name, e.Organizer.Email)))
	}
	if e.Attendee.Email != "" {
		event.AddAttendee(e.Attendee.Email, ical.WithCN(cmp.Or(e.Attendee.Name, e.Attendee.Email)),
			ical.ParticipationStatusAccepted)
	}
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
