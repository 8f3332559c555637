package points

import (
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/geo"
)

// Refusals.
var (
	ErrChanged      = errs.New(errs.Conflict, "points.changed_meanwhile")
	ErrStateStep    = errs.New(errs.Conflict, "points.state_step")
	ErrNoCode       = errs.New(errs.NotFound, "points.no_code")
	ErrAddressInUse = errs.New(errs.Conflict, "points.address_in_use")
	ErrNeedsHours   = errs.New(errs.Conflict, "points.open_needs_hours")
	ErrNoException  = errs.New(errs.NotFound, "points.no_exception")
	ErrNeedsPlaces  = errs.New(errs.Conflict, "points.open_needs_places")
)

// The kinds of point.
const (
	Fixed     = "fixed"
	Itinerant = "itinerant"
)

// The states of a point.
const (
	StateAwarded   = "awarded"
	StateSettingUp = "setting_up"
	StateOpen      = "open"
	StateSuspended = "suspended"
	StateClosed    = "closed"
)

// Whether a citizen needs a booking.
const (
	BookingRequired = "required"
	BookingPossible = "possible"
	BookingNone     = "none"
)

// Kinds lists the kinds; "points.kind." + kind is the word.
func Kinds() []string { return []string{Fixed, Itinerant} }

// States lists the states in the order of life; "points.state." + state is the word.
func States() []string {
	return []string{StateAwarded, StateSettingUp, StateOpen, StateSuspended, StateClosed}
}

// Bookings lists the ways of booking; "points.booking." + way is the word.
func Bookings() []string { return []string{BookingRequired, BookingPossible, BookingNone} }

// AccessibilityTags lists what makes a place accessible; "points.accessibility." + tag is the word.
func AccessibilityTags() []string {
	return []string{"ramp", "lift", "toilet", "hearing_loop", "parking", "bus"}
}

// ServiceTags lists what a point offers; "points.service." + tag is the word.
func ServiceTags() []string {
	return []string{"facilitation", "training", "workstations", "online_help", "home_visits"}
}

// LanguageTags lists the languages spoken, "lis" being Italian sign language; "points.language." + tag
// is the word.
func LanguageTags() []string {
	return []string{"it", "lis", "en", "fr", "de", "es", "pt", "ro", "sq", "ar", "zh", "uk", "ru", "pl", "bn", "ur", "hi"}
}

// Point is a place where people are helped (it: Punto Digitale Facile).
type Point struct {
	ID string
	// Code is short and unique; it stands in addresses of pages. Empty on Add takes the next free one.
	Code string
	// OfficialName is unique; PublicName is what citizens read, the official one when left empty.
	OfficialName, PublicName string
	// FacilitaName and FacilitaNumber are how the national platform knows the point.
	FacilitaName, FacilitaNumber string
	Kind                         string
	// ProjectID is the project that pays; may be empty.
	ProjectID string
	// ManagingBodyID runs the point; DeliveringBodyID works there for it, or is empty.
	ManagingBodyID, DeliveringBodyID string
	State                            string
	// The days of the states; zero when the state was never reached. SuspendedOn goes when it opens again.
	AwardedOn, SettingUpOn, OpenedOn, SuspendedOn, ClosedOn calendar.Day
	Phone, Email                                            string
	Booking                                                 string
	// Source says where what is known of the point comes from.
	Source string
	// WeeklyMinutes is the sum of the ordinary weeks of all addresses.
	WeeklyMinutes int
	// OpenOnPatron says that the point does not shut on the patron's day of its municipality.
	OpenOnPatron bool
	// Version grows with each Edit and SetState; hours and closures have no part in it.
	Version int
	// HoursVersion grows with each change of weeks, exceptional openings and own closures.
	HoursVersion int
	Addresses    []Address
	// Accessibility, Services and Languages hold tags of the lists above, sorted.
	Accessibility, Services, Languages []string
	// Closures are its own, those of its managing body and those of the network, by first day.
	Closures []Closure
}

// Address is one of the places of a point: a fixed point has one or more, an itinerant one goes round.
type Address struct {
	ID, PointID string
	// Position orders the addresses from 0; Add and Edit set it.
	Position int
	// Place is how people call it: "Biblioteca comunale".
	Place, Street, CAP string
	// Belfiore is the municipality.
	Belfiore string
	// At means something only when HasAt.
	At    geo.Point
	HasAt bool
	// PatronDay is that of the municipality, "06-24", or empty.
	PatronDay string
	// Schedules are the ordinary week, if any, and then the seasons by day.
	Schedules []Schedule
	// Exceptions are the exceptional openings, by day.
	Exceptions []Exception
}

// Schedule is a week of hours: the ordinary one has no days, a season has both.
type Schedule struct {
	ID, Name string
	From, To calendar.Day
	Bands    calendar.Bands
}

// Exception is an exceptional opening: on one day an address has these bands, whatever else that day is.
type Exception struct {
	ID, AddressID string
	Day           calendar.Day
	// Bands are all on the weekday of Day.
	Bands calendar.Bands
	// Reason is what citizens read.
	Reason string
}

// How far a closure reaches.
const (
	OfPoint   = "point"
	OfBody    = "body"
	OfNetwork = "network"
)

// Closure shuts a point from a day to a day, both included.
type Closure struct {
	ID, PointID string
	From, To    calendar.Day
	// Reason is what citizens read.
	Reason string
	// Reach is OfPoint for a closure of the point alone; those of a body or of the network are in every
	// point that they shut.
	Reach string
}

// Own reports whether the closure is of the point alone.
func (c Closure) Own() bool { return c.Reach == OfPoint }

// Facts published on the bus, in the transaction of the change.
type (
	// HoursChanged says that hours, seasons, addresses, closures or the way of booking of a point are
	// others now.
	HoursChanged struct{ PointID string }
	// Closed says that a point is shut on some days on which it would be open.
	Closed struct {
		PointID  string
		From, To calendar.Day
	}
	// ManyChanged says that something wide (a closure, the patron's day) changed the opening of several
	// points: too many to follow in the same transaction.
	ManyChanged struct{ PointIDs []string }
	// StateChanged says that a point opened, stopped or closed, now or from one of its days.
	StateChanged struct{ PointID string }
)

// Address returns the address with the given id.
func (p Point) Address(id string) (Address, bool) {
	i := slices.IndexFunc(p.Addresses, func(a Address) bool { return a.ID == id })
	if i < 0 {
		return Address{}, false
	}
	return p.Addresses[i], true
}

// Bodies returns the bodies that have a part in the point.
func (p Point) Bodies() []string {
	if p.DeliveringBodyID == "" || p.DeliveringBodyID == p.ManagingBodyID {
		return []string{p.ManagingBodyID}
	}
	return []string{p.ManagingBodyID, p.DeliveringBodyID}
}

// HoursToComplete reports whether the point has no ordinary hours yet.
func (p Point) HoursToComplete() bool {
	return !slices.ContainsFunc(p.Addresses, func(a Address) bool { return len(a.Ordinary()) > 0 })
}

// clone returns a copy that shares nothing with p.
func (p Point) clone() Point {
	p.Addresses = slices.Clone(p.Addresses)
	for i := range p.Addresses {
		schedules := slices.Clone(p.Addresses[i].Schedules)
		for j := range schedules {
			schedules[j].Bands = slices.Clone(schedules[j].Bands)
		}
		exceptions := slices.Clone(p.Addresses[i].Exceptions)
		for j := range exceptions {
			exceptions[j].Bands = slices.Clone(exceptions[j].Bands)
		}
		p.Addresses[i].Schedules, p.Addresses[i].Exceptions = schedules, exceptions
	}
	p.Accessibility, p.Services, p.Languages = slices.Clone(p.Accessibility), slices.Clone(p.Services), slices.Clone(p.Languages)
	p.Closures = slices.Clone(p.Closures)
	return p
}
