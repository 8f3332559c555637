package agenda

import (
	"context"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/jobs"
	"capillare/internal/kinds"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// The kinds of appointment.
const (
	Individual = facilitators.Individual
	Group      = facilitators.Group
)

// Plain asks, as [Where].KindID, for the appointment of a shift that has no kind of its own.
const Plain = "plain"

// The states of a slot.
const (
	Open      = "open"
	Withdrawn = "withdrawn"
)

// The states of a booking; the package comment draws how one leads to another.
const (
	Held      = "held"
	Expired   = "expired"
	Confirmed = "confirmed"
	Cancelled = "cancelled"
	Attended  = "attended"
	Absent    = "absent"
	Served    = "served"
)

// The channels through which a booking comes.
const (
	Web          = "web"
	Phone        = "phone"
	Mail         = "mail"
	Desk         = "desk"
	Municipality = "municipality"
)

// What ties who books to the person whom the appointment is for.
const (
	Relative         = "relative"
	Association      = "association"
	MunicipalityDesk = "municipality"
	OtherRelation    = "other"
)

// Relations are the ties that a contact may have with whom it books for.
func Relations() []string { return []string{Relative, Association, MunicipalityDesk, OtherRelation} }

// Who cancelled a booking.
const (
	ByCitizen = "citizen"
	ByService = "service"
)

// How long drafts and contacts last.
const (
	holdFor    = 5 * time.Minute
	holdAtMost = 20 * time.Minute
	// holdsOfClient is for whoever shares one internet address: a library with ten people at its tables
	// must not be told to wait, and a script holds next to nothing of a network.
	holdsOfClient = 12
	// usualContactDays is how long contacts are kept after the appointment when nothing else was set.
	usualContactDays = 30
	draftDays        = 1
	// usualHorizon is how many days ahead times can be booked when nothing else was set.
	usualHorizon = 60
)

// Refusals of this package.
var (
	ErrTaken        = errs.New(errs.Conflict, "agenda.taken")
	ErrPast         = errs.New(errs.Conflict, "agenda.past")
	ErrEnded        = errs.New(errs.Conflict, "agenda.ended")
	ErrExpired      = errs.New(errs.Conflict, "agenda.expired")
	ErrNotDraft     = errs.New(errs.Conflict, "agenda.not_draft")
	ErrNotYet       = errs.New(errs.Conflict, "agenda.not_yet")
	ErrNotFound     = errs.New(errs.NotFound, "agenda.not_found")
	ErrTooManyHolds = errs.New(errs.Unavailable, "agenda.too_many_holds")
	ErrKind         = errs.New(errs.Invalid, "agenda.kind")
	ErrParty        = errs.New(errs.Invalid, "agenda.party")
	ErrAlone        = errs.New(errs.Conflict, "agenda.alone")
	ErrKey          = errs.New(errs.Invalid, "agenda.key")
)

// Options change what is usual.
type Options struct {
	// Bus hears [Changed], [Freed] and [CodeAsked]; nil means nobody does.
	Bus *jobs.Bus
	// Kinds are the kinds of appointment; nil means a service on the same base that tells nobody.
	Kinds *kinds.Service
	// Horizon returns how many days ahead times can be booked; nil means 60.
	Horizon func(ctx context.Context, tx *sqldb.Tx) (int, error)
	// ContactDays returns for how many days after the appointment a contact is kept; nil means 30.
	ContactDays func(ctx context.Context, tx *sqldb.Tx) (int, error)
}

// Service keeps slots and bookings.
type Service struct {
	base         *sqldb.DB
	bus          *jobs.Bus
	points       *points.Service
	facilitators *facilitators.Service
	kinds        *kinds.Service
	horizon      func(ctx context.Context, tx *sqldb.Tx) (int, error)
	contactDays  func(ctx context.Context, tx *sqldb.Tx) (int, error)
}

// New returns the service; call [Service.Subscribe] and [Service.Handle] once, so that slots follow
// the rules they are made from.
func New(base *sqldb.DB, pts *points.Service, people *facilitators.Service, o Options) *Service {
	if o.Kinds == nil {
		o.Kinds = kinds.New(base, kinds.Deps{Points: pts})
	}
	if o.Horizon == nil {
		o.Horizon = func(context.Context, *sqldb.Tx) (int, error) { return usualHorizon, nil }
	}
	if o.ContactDays == nil {
		o.ContactDays = func(context.Context, *sqldb.Tx) (int, error) { return usualContactDays, nil }
	}
	return &Service{base: base, bus: o.Bus, points: pts, facilitators: people, kinds: o.Kinds, horizon: o.Horizon, contactDays: o.ContactDays}
}

// Slot is a stretch of time of one facilitator at one address, with seats.
type Slot struct {
	ID            string
	PointID       string
	AddressID     string
	FacilitatorID string
	// Kind is Individual or Group.
	Kind string
	// KindID is the kind of appointment (package kinds); empty for the plain one of the shift.
	KindID   string
	Mode     kinds.Mode
	Day      calendar.Day
	StartsAt time.Time
	EndsAt   time.Time
	// BusyFrom and BusyTo are StartsAt and EndsAt with the pauses around them: nothing else may fall there.
	BusyFrom, BusyTo time.Time
	// ClosesAt is from when on citizens can no longer book: StartsAt less the notice.
	ClosesAt time.Time
	Audience kinds.Audience
	// Kept is how many of the free seats only the staff may give.
	Kept int
	// Seats is how many people fit, Free how many more can book. Free is 0 too while the facilitator is
	// booked in an overlapping slot.
	Seats, Free int
	// State is Open, or Withdrawn when the rules no longer cover a slot that somebody booked.
	State string

	// beyond are the seats that were given before the rule had fewer.
	beyond int
}

// Time is a time that a citizen can choose: free seats of all facilitators together.
type Time struct {
	StartsAt, EndsAt time.Time
	Kind             string
	// KindID is the kind of appointment; empty for the plain one.
	KindID    string
	Mode      kinds.Mode
	AddressID string
	Free      int
}

// Minutes returns how long the appointment lasts.
func (t Time) Minutes() int { return int(t.EndsAt.Sub(t.StartsAt) / time.Minute) }

// Where asks for the time at a point: of this kind and at this address, of whoever is free.
func (t Time) Where(pointID string) Where {
	return Where{PointID: pointID, AddressID: t.AddressID, Kind: t.Kind, KindID: wished(t.KindID), StartsAt: t.StartsAt}
}

// Where is what is asked for: a point, a time, a kind.
type Where struct {
	PointID string
	// AddressID and FacilitatorID narrow the choice; empty means any.
	AddressID, FacilitatorID string
	// Kind is Individual when empty.
	Kind string
	// KindID is a kind of appointment, or Plain for one without; empty means any of that shape, first the
	// plain ones.
	KindID string
	// Audience is who asks: Everyone when empty. The staff get the seats kept back, and times that are
	// closed to citizens.
	Audience kinds.Audience
	StartsAt time.Time
	// Party is how many people come together, from 1 to [MostTogether]; 0 means 1. Each has a seat: of
	// consecutive slots of one facilitator, of one slot when it is a group.
	Party int
}

// MostTogether is how many people one booking is for at most.
const MostTogether = 4

// Contact is who to call about a booking. It is not the citizen of the register.
type Contact struct {
	Name  string
	Phone string
	Email string
	// OnBehalf is whom the appointment is for, when the contact books for another person; Relation is what
	// ties the two, one of [Relations] or "".
	OnBehalf, Relation string
}

// Details are what a person types while booking.
type Details struct {
	// Topic is the code of what the person needs (the list SE6 of the register).
	Topic string
	// Reason and Needs are in the person's own words: what for, and what to keep in mind.
	Reason, Needs string
	// Language is that of the messages: "it" when empty.
	Language string
	Contact  Contact
}

// Booking is a seat in a slot, held or given.
type Booking struct {
	ID string
	// Code is what the person shows; codes.FormatCode makes it readable.
	Code          string
	SlotID        string
	Seat          int
	PointID       string
	AddressID     string
	FacilitatorID string
	Kind          string
	Day           calendar.Day
	StartsAt      time.Time
	EndsAt        time.Time
	Details
	State         string
	Channel       string
	NoticeVersion string
	// HeldUntil is when a hold ends unless it is renewed; HeldSince is when it began.
	HeldUntil, HeldSince time.Time
	// CancelledBy is ByCitizen or ByService.
	CancelledBy string
	CreatedAt   time.Time
	// Version grows with each change.
	Version int
	// Party is how many people come together and Until when the last one's time ends; both are said on the
	// booking of the first one. The others have its id as TogetherID and go where it goes.
	Party      int
	Until      time.Time
	TogetherID string
	// KindID is the kind of appointment (package kinds), "" for the plain one of a shift; Mode is how the
	// two meet: at a desk, on the phone.
	KindID string
	Mode   kinds.Mode

	contactID string
	key       sqldb.OptText
	clientKey string
}

// Draft reports whether the booking was never confirmed.
func (b Booking) Draft() bool { return b.State == Held || b.State == Expired }

// Entry is a slot of a day with the bookings in it.
type Entry struct {
	Slot     Slot
	Bookings []Booking
}

// DayLoad is how full a day is.
type DayLoad struct {
	Day   calendar.Day
	Slots int
	// Seats is how many there are in all, Taken and Free of which.
	Seats, Taken, Free int
}

// checkedWhere returns w with its defaults; a time that has begun is ErrPast.
func checkedWhere(w Where, now time.Time) (Where, error) {
	if w.Kind == "" {
		w.Kind = Individual
	}
	if w.Kind != Individual && w.Kind != Group {
		return w, ErrKind
	}
	if w.Party == 0 {
		w.Party = 1
	}
	if w.Party < 1 || w.Party > MostTogether {
		return w, ErrParty
	}
	if !w.StartsAt.After(now) {
		return w, ErrPast
	}
	return w, nil
}
