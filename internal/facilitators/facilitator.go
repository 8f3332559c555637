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
	// ErrMerged says that the record is the same person as another, which stays.
	ErrMerged = errs.New(errs.Conflict, "facilitators.merged")
	// ErrTwoCodes refuses to make one person of two with different tax codes.
	ErrTwoCodes = errs.New(errs.Conflict, "facilitators.two_codes")
	// ErrMergeDuty refuses to make one person of two who are on duty at the same time.
	ErrMergeDuty = errs.New(errs.Conflict, "facilitators.merge_duty")
	// ErrUndoLate says that a merge can no longer be undone.
	ErrUndoLate = errs.New(errs.Conflict, "facilitators.undo_late")
	// ErrNotWorking refuses to give work to somebody who is not in service.
	ErrNotWorking = errs.New(errs.Invalid, "facilitators.not_working")
	// ErrLastPast refuses a last day that is over.
	ErrLastPast = errs.New(errs.Invalid, "facilitators.last_past")
)

// Facilitator is a person who helps at points. The tax code is not in it: see [Service.TaxCodes].
// The history keeps of personal data only which field changed.
type Facilitator struct {
	ID string `audit:"-"`
	// AccountID is the account the person signs in with; empty when there is none.
	AccountID string `audit:"-"`
	// BodyID is the body the person works for.
	BodyID  string
	Name    string `audit:"name"`
	Surname string `audit:"name"`
	Email   string `audit:"name"`
	Phone   string `audit:"name"`
	// Contract is Employee, Collaborator or Volunteer.
	Contract string
	State    string
	// From and To are the first and last day of work; To is zero while it goes on.
	From, To calendar.Day
	// HasTaxCode says that a tax code is kept.
	HasTaxCode bool     `audit:"-"`
	Skills     []string `audit:"name"`
	Languages  []string
	// Points are the points served, past ones too; [Service.Serve] adds one.
	Points []Served `audit:"-"`
	// MergedInto is the record that stays, when this one was the same person entered twice.
	MergedInto string `audit:"-"`
}

// FullName returns "Name Surname", for pages.
func (f Facilitator) FullName() string { return f.Name + " " + f.Surname }

// WorksOn reports whether the person is active and in service on d.
func (f Facilitator) WorksOn(d calendar.Day) bool {
	return f.State == Active && within(d, f.From, f.To)
}

// StateOn is the state on d: who has ended has left, whatever the record says.
func (f Facilitator) StateOn(d calendar.Day) string {
	if !f.To.IsZero() && f.To.Before(d) {
		return Left
	}
	return f.State
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
