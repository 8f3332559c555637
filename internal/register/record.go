package register

import (
	"time"

	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/register/codelist"
	"capillare/internal/sqldb"
)

// Outcome is how a service ended (it: esito).
type Outcome string

// The outcomes.
const (
	Solved        Outcome = "solved"
	InPart        Outcome = "part"
	Postponed     Outcome = "postponed"
	SentElsewhere Outcome = "sent_elsewhere"
)

// Outcomes lists every outcome, in the order in which pages show them. Words: register.outcome.X.
func Outcomes() []Outcome { return []Outcome{Solved, InPart, Postponed, SentElsewhere} }

// State says whether a record stands.
type State string

// The states of a record.
const (
	Active    State = "active"
	Cancelled State = "cancelled"
)

// Notice is how the privacy notice was given (it: informativa). Words: register.notice.X.
type Notice string

// The ways of giving the notice.
const (
	OnPaper Notice = "paper"
	Online  Notice = "online"
	ByEmail Notice = "email"
)

// Limits of a record.
const (
	MaxCitizens = 40
	MaxDetail   = 600
	MaxMinutes  = 23*60 + 59
	MaxAutonomy = 3
)

// Input is a service as it is typed. Problems are reported under the field names given here.
type Input struct {
	PointID       string       // point
	AddressID     string       // address; the first of the point when empty
	FacilitatorID string       // facilitator; the person asking when empty
	Day           calendar.Day // day
	Start         calendar.Minute
	Minutes       int      // minutes
	Types         []string // types: SE3
	Skills        []string // skills: SE5, which decide the areas SE4
	Domains       []string // domains: SE6
	Detail        string   // detail: SE7
	Outcome       Outcome  // outcome; Solved when empty
	Autonomy      sqldb.OptInt
	// BookingID is the booking that this service answers, "" for a walk-in (booking).
	BookingID string
	// IdempotencyKey makes a second sending of the same form return the first record.
	IdempotencyKey string
	// NoticeVersion is the version of the privacy notice in force, kept with new citizens.
	NoticeVersion string
	// Citizens attended; problems are under citizens.1.tax_code, citizens.2.name and so on, from 1.
	Citizens []Citizen
}

// Citizen is one person of a service as typed. With a tax code, what is left empty of a person
// already known is taken from last time, and what is given replaces it.
type Citizen struct {
	// CitizenID names a person of the record being corrected, whose code need not be typed again.
	CitizenID string
	TaxCode   string
	// Over99 says that the person is 100 or more: the code alone does not tell the century.
	Over99 bool
	// DocumentKind (AN5) and DocumentNumber identify who has no tax code at hand; both may be empty.
	DocumentKind, DocumentNumber string

	Name, Surname                                string
	Education, Occupation, Citizenship, Province string // AN9, AN10, AN11, AN12
	// Gender (AN7) is asked only without a tax code, and may be empty.
	Gender      string
	NoticeGiven Notice // OnPaper when empty
}

// Record is a service delivered.
type Record struct {
	ID, ProgrammeID, ProjectID string
	// BodyID is the body of the project when the service was written; numbers go to the body it has today.
	BodyID                            string
	PointID, AddressID, FacilitatorID string
	BookingID                         string
	Corrects                          string // the record that this one replaced
	Day                               calendar.Day
	StartsAt                          time.Time
	Minutes                           int
	Types, Areas, Skills, Domains     []string
	Detail                            string
	Outcome                           Outcome
	Autonomy                          sqldb.OptInt
	State                             State
	CancelReason                      string
	CreatedBy                         string
	CreatedAt                         time.Time
	Version                           int
	People, Countable, FirstTimes     int          // who attended, who counts, whose first time (C1) it is
	Attendances                       []Attendance // only from [Service.ByID]
}

// Attendance is one person on a record. The tax code is never in clear.
type Attendance struct {
	CitizenID    string
	Countable    bool
	MaskedCode   string // "RSS*********501U", "" without a tax code
	DocumentKind string
	// Name and Surname are there only for who may write at that point.
	Name, Surname                                string
	Gender, AgeBand                              string
	Education, Occupation, Citizenship, Province string
}

// Known is what the register tells about a person found by the whole tax code.
type Known struct {
	Masked          string
	Gender, AgeBand string // from the code, on the day asked
	// Seen is whether the person is in the register already; the rest is of the last time.
	Seen     bool
	LastSeen calendar.Day
	// HasName says that name and surname are kept already, so that the form may leave them empty.
	HasName                                      bool
	Education, Occupation, Citizenship, Province string
}

// ageOn returns the age on day that a tax code tells; a person who cannot be a child is over 99.
func ageOn(code codes.TaxCode, day calendar.Day, notChild bool) int {
	born := code.BirthDay(day)
	age := calendar.Age(born, day)
	if age < codelist.MinAge && notChild {
		age += 100
	}
	return age
}
