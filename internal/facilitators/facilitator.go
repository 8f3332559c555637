package facilitators

import (
	"capillare/internal/calendar"
	"capillare/internal/errs"
)

// The contracts of a facilitator.
const (
	Employee     = "employee"
	Collaborator = "collaborator"
	Volunteer    = "volunteer"
)

// The states of a facilitator. Only an active one is on duty.
const (
	Invited   = "invited"
	Active    = "active"
	Suspended = "suspended"
	Left      = "left"
)

// The kinds of appointment that a shift offers.
const (
	Individual = "individual"
	Group      = "group"
)

// Refusals of this package.
var (
	ErrNotFound     = errs.New(errs.NotFound, "facilitators.not_found")
	ErrDutyOverlap  = errs.New(errs.Conflict, "facilitators.duty_overlap")
	ErrNotServing   = errs.New(errs.Invalid, "facilitators.not_serving")
	ErrTwice        = errs.New(errs.Conflict, "facilitators.twice")
	ErrAccountTaken = errs.New(errs.Conflict, "facilitators.account_taken")
	ErrServesTwice  = errs.New(errs.Conflict, "facilitators.serves_twice")
)

// Facilitator is a person who helps at points. The tax code is not in it: see [Service.TaxCodes].
type Facilitator struct {
	ID string
	// AccountID is the account the person signs in with; empty when there is none.
	AccountID string
	// BodyID is the body the person works for.
	BodyID        string
	Name, Surname string
	Email, Phone  string
	// Contract is Employee, Collaborator or Volunteer.
	Contract string
	State    string
	// From and To are the first and last day of work; To is zero while it goes on.
	From, To calendar.Day
	// HasTaxCode says that a tax code is kept.
	HasTaxCode bool
	Skills     []string
	Languages  []string
	// Points are the points served, past ones too; [Service.Serve] adds one.
	Points []Served
}

// FullName returns "Name Surname", for pages.
func (f Facilitator) FullName() string { return f.Name + " " + f.Surname }

// WorksOn reports whether the person is active and in service on d.
func (f Facilitator) WorksOn(d calendar.Day) bool {
	return f.State == Active && within(d, f.From, f.To)
}

// ServesOn reports whether the person serves the point on d.
func (f Facilitator) ServesOn(pointID string, d calendar.Day) bool {
	for _, s := range f.Points {
		if s.PointID == pointID && within(d, s.From, s.To) {
			return true
		}
	}
	return false
}

// Served is a point that a person serves, from a day to a day (zero: it goes on).
type Served struct {
	PointID  string
	From, To calendar.Day
}

// Duty is a weekly shift of a person at an address of a point.
type Duty struct {
	ID            string
	FacilitatorID string
	PointID       string
	AddressID     string
	Weekday       calendar.Weekday
	// Starts and Ends are wall-clock times in Rome; Starts is on a multiple of five minutes.
	Starts, Ends calendar.Minute
	// Kind is Individual or Group.
	Kind string
	// SlotMinutes is how long each bookable time lasts: a multiple of 5 from 10 to 240.
	SlotMinutes int
	// Seats is how many people fit in one time; 1 when Individual.
	Seats int
	// From and To are the first and last day; To is zero while it goes on.
	From, To calendar.Day
}

// OnDay is a shift on one day on which it really takes place.
type OnDay struct {
	Duty Duty
	Day  calendar.Day
}

// Absence is a stretch of days on which a person is away.
type Absence struct {
	ID            string
	FacilitatorID string
	From, To      calendar.Day
}

// DutyChanged is the fact that who is on duty at PointIDs may have changed.
type DutyChanged struct {
	FacilitatorID string
	PointIDs      []string
}

// within reports whether d lies between from and to, where a zero to never ends.
func within(d, from, to calendar.Day) bool {
	return !d.Before(from) && (to.IsZero() || !d.After(to))
}
