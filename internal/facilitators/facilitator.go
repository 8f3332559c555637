package facilitators

import (
	"reflect"
	"slices"

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

// Duty is a shift of a person at an address of a point: one stretch of one weekday, in every week, in one
// week in some, or on the nth of these weekdays in each month. [Entries] reads together what people enter
// together.
type Duty struct {
	ID            string
	FacilitatorID string
	PointID       string
	AddressID     string
	Weekday       calendar.Weekday
	// Starts and Ends are wall-clock times in Rome; Starts is on a multiple of five minutes.
	Starts, Ends calendar.Minute
	// Every is how many weeks lie between two times, 1 when it is 0; Anchor is a day of a week in which the
	// shift comes, the first one when it is zero.
	Every  int
	Anchor calendar.Day
	// Nth is 1 to 4, or calendar.LastOfMonth, for the nth of the weekdays of a month; 0 counts weeks.
	Nth int
	// KindIDs are the kinds of appointment that it offers (package kinds), in order; without any it offers
	// the plain appointment of Kind, SlotMinutes and Seats.
	KindIDs []string
	// Kind is Individual or Group.
	Kind string
	// SlotMinutes is how long each bookable time lasts: a multiple of 5 from 10 to 240.
	SlotMinutes int
	// Seats is how many people fit in one time; 1 when Individual.
	Seats int
	// From and To are the first and last day; To is zero while it goes on.
	From, To calendar.Day
}

// Recurrence returns the days on which d comes, but for From and To.
func (d Duty) Recurrence() calendar.Recurrence {
	r := calendar.Recurrence{Weekdays: calendar.WeekdaysOf(d.Weekday), Every: d.Every, Anchor: d.Anchor, Nth: d.Nth}
	if r.Anchor.IsZero() {
		r.Anchor = d.From
	}
	return r
}

// On reports whether d comes on a day, by its rule alone.
func (d Duty) On(day calendar.Day) bool { return within(day, d.From, d.To) && d.Recurrence().On(day) }

// Equal reports whether d and o are the same shift with the same rule.
func (d Duty) Equal(o Duty) bool {
	if !slices.Equal(d.KindIDs, o.KindIDs) {
		return false
	}
	d.KindIDs, o.KindIDs = nil, nil
	return reflect.DeepEqual(d, o)
}

// OnDay is a stretch of a shift on one day on which it really takes place. Its Duty says who is there, where
// and when on that day: a time that goes otherwise, hours of absence and who stands in are in it already.
type OnDay struct {
	Duty Duty
	Day  calendar.Day
	// Grid is the minute from which bookable times are counted: before Duty.Starts when hours of absence took
	// the beginning away, so that the times that remain are those that people booked.
	Grid calendar.Minute
	// Instead is who is away, when somebody stands in.
	Instead string
}

// The classes of reason of an absence. Citizens are never told.
const (
	Holiday  = "holiday"
	Illness  = "illness"
	Training = "training"
	Other    = "other"
)

// Absence is a stretch of days, or of hours of one day, on which a person is away.
type Absence struct {
	ID            string
	FacilitatorID string
	From, To      calendar.Day
	// Starts and Ends are the hours of the only day; both zero for whole days.
	Starts, Ends calendar.Minute
	// Reason is Holiday, Illness, Training or Other.
	Reason string
}

// Whole reports whether the absence is of whole days.
func (a Absence) Whole() bool { return a.Starts == 0 && (a.Ends == 0 || a.Ends == calendar.EndOfDay) }

// Occurrence is one time of a shift that does not go as the others (it: una volta di un turno).
type Occurrence struct {
	DutyID string
	Day    calendar.Day
	// Cancelled says that it does not take place; the rest is then as it was.
	Cancelled bool
	// FacilitatorID is who is there on that day, AddressID where, Starts and Ends when.
	FacilitatorID string
	AddressID     string
	Starts, Ends  calendar.Minute
}

// Substitute is who stands in for one time of a shift during an absence (it: sostituto).
type Substitute struct {
	AbsenceID, DutyID string
	Day               calendar.Day
	FacilitatorID     string
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
