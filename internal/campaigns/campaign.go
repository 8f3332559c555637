package campaigns

import (
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/errs"
)

// The states of a turn.
const (
	Planned = "planned"
	Made    = "made"
	Ended   = "ended"
)

const (
	longestName = 80
	// longest is how many days a campaign may last.
	longest = 366
	// mostTurns bounds a campaign: more is a plan of shifts, for which there are files.
	mostTurns  = 200
	mostWanted = 100000
)

// Refusals.
var (
	ErrNotFound = errs.New(errs.NotFound, "campaigns.not_found")
	ErrRival    = errs.New(errs.Conflict, "campaigns.rival")
	ErrOver     = errs.New(errs.Conflict, "campaigns.over")
	ErrNothing  = errs.New(errs.Conflict, "campaigns.nothing_to_make")
	ErrTooMany  = errs.New(errs.Invalid, "campaigns.too_many_turns")
	// ErrConflicts refuses to make a campaign whose preview has conflicts.
	ErrConflicts = errs.New(errs.Conflict, "campaigns.conflicts")
)

// Campaign is a stretch of days with extra times for a kind of appointment.
type Campaign struct {
	ID string `audit:"-"`
	// Code stands in the public address of the campaign.
	Code         string
	Name, NameEN string
	// BodyID is the body that runs it; empty is the network.
	BodyID string
	// KindID is what it offers; it stays once the campaign is there.
	KindID string
	// Wanted is how many appointments are needed in all.
	Wanted   int
	From, To calendar.Day
	// EndedOn is the last day, when it was ended before To.
	EndedOn calendar.Day
	// Version is which edit a form was opened on.
	Version int    `audit:"-"`
	Turns   []Turn `audit:"-"`
}

// NameIn is the name in a language ("it", "en").
func (c Campaign) NameIn(language string) string {
	if language == "en" && c.NameEN != "" {
		return c.NameEN
	}
	return c.Name
}

// Last is the last day with times.
func (c Campaign) Last() calendar.Day {
	if c.EndedOn.IsZero() {
		return c.To
	}
	return c.EndedOn
}

// Over reports whether the campaign has no times on today or later.
func (c Campaign) Over(today calendar.Day) bool { return c.Last().Before(today) || !c.EndedOn.IsZero() }

// Planned reports whether some turn is not made yet.
func (c Campaign) Planned() bool { return c.has(Planned) }

// Made reports whether some turn is made.
func (c Campaign) Made() bool { return c.has(Made) }

func (c Campaign) has(state string) bool {
	for _, t := range c.Turns {
		if t.State == state {
			return true
		}
	}
	return false
}

// PointIDs are the points of its turns, in the order of the turns.
func (c Campaign) PointIDs() []string {
	var ids []string
	seen := map[string]bool{}
	for _, t := range c.Turns {
		if !seen[t.PointID] {
			seen[t.PointID] = true
			ids = append(ids, t.PointID)
		}
	}
	return ids
}

// Place is a stop that a point has only for a campaign.
type Place struct {
	// Name is how people call it: "Palestra di Ponzano".
	Name, Street, CAP string
	// Belfiore is the municipality.
	Belfiore string
}

// Turn is a person at a place on some weekdays (it: una presenza).
type Turn struct {
	ID            string
	CampaignID    string
	FacilitatorID string
	PointID       string
	// AddressID is one of the point's; empty when Place is to be made.
	AddressID    string
	Place        Place
	Weekdays     calendar.Weekdays
	Starts, Ends calendar.Minute
	From, To     calendar.Day
	State        string
}

// days are the days of the turn from a day on.
func (t Turn) days(from calendar.Day) []calendar.Day {
	if from.Before(t.From) {
		from = t.From
	}
	return calendar.Recurrence{Weekdays: t.Weekdays}.Between(from, t.To)
}

// checked returns c tidied, or one refusal with every problem.
func checked(c Campaign, today calendar.Day) (Campaign, error) {
	var p errs.Problems
	c.Name, c.NameEN = tidy(c.Name), tidy(c.NameEN)
	if c.Name == "" {
		p.Add("name", "form.required")
	}
	for field, name := range map[string]string{"name": c.Name, "name_en": c.NameEN} {
		if len([]rune(name)) > longestName {
			p.Add(field, "form.too_long", errs.Args{"n": longestName})
		}
	}
	if c.KindID == "" {
		p.Add("kind", "campaigns.kind_missing")
	}
	if c.Wanted < 1 || c.Wanted > mostWanted {
		p.Add("wanted", "campaigns.wanted", errs.Args{"n": mostWanted})
	}
	switch {
	case c.From.IsZero():
		p.Add("from", "form.required")
	case c.To.IsZero():
		p.Add("to", "form.required")
	case c.To.Before(c.From):
		p.Add("to", "campaigns.ends_before")
	case c.To.Before(today):
		p.Add("to", "campaigns.past")
	case c.To.Sub(c.From) >= longest:
		p.Add("to", "campaigns.too_long", errs.Args{"n": longest})
	}
	return c, p.Err()
}

// checkedTurn returns t within the days of its campaign, or one refusal with every problem.
func checkedTurn(c Campaign, t Turn) (Turn, error) {
	var p errs.Problems
	if t.From.IsZero() {
		t.From = c.From
	}
	if t.To.IsZero() {
		t.To = c.To
	}
	t.Place = Place{Name: tidy(t.Place.Name), Street: tidy(t.Place.Street), CAP: tidy(t.Place.CAP), Belfiore: t.Place.Belfiore}
	if t.FacilitatorID == "" {
		p.Add("facilitator", "campaigns.facilitator_missing")
	}
	if t.PointID == "" {
		p.Add("point", "campaigns.point_missing")
	}
	if t.AddressID == "" && t.Place.Name == "" {
		p.Add("address", "campaigns.address_missing")
	}
	if !t.Weekdays.Valid() {
		p.Add("weekdays", "campaigns.weekdays_missing")
	}
	if t.Starts%5 != 0 || !t.Starts.Valid() {
		p.Add("starts", "campaigns.five_minutes")
	}
	if t.Ends <= t.Starts || !t.Ends.Valid() {
		p.Add("ends", "campaigns.ends_before_start")
	}
	switch {
	case t.To.Before(t.From):
		p.Add("to", "campaigns.ends_before")
	case t.From.Before(c.From):
		p.Add("from", "campaigns.outside")
	case t.To.After(c.To):
		p.Add("to", "campaigns.outside")
	case t.Weekdays.Valid() && len(t.days(t.From)) == 0:
		p.Add("weekdays", "campaigns.never")
	}
	return t, p.Err()
}

func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }
