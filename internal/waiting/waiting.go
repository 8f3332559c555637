package waiting

import (
	"context"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/jobs"
	"capillare/internal/points"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
)

// The states of an entry; the package comment draws how one leads to another.
const (
	Waiting    = "waiting"
	Satisfied  = "satisfied"
	Left       = "left"
	Unanswered = "unanswered"
	Over       = "over"
	Stopped    = "stopped"
)

// The states of an offer. Withdrawn is one whose time the rules took away, or whose entry ended.
const (
	OfferOpen      = "open"
	OfferAccepted  = "accepted"
	OfferRefused   = "refused"
	OfferMissed    = "missed"
	OfferWithdrawn = "withdrawn"
)

// Limits of a wish.
const (
	// FarthestMinutes is the longest journey that can be asked for; UsualMinutes what the form proposes.
	FarthestMinutes = 120
	UsualMinutes    = 30
)

// Refusals of this package.
var (
	ErrNotFound = errs.New(errs.NotFound, "waiting.not_found")
	ErrEnded    = errs.New(errs.Conflict, "waiting.ended")
	ErrNoOffer  = errs.New(errs.Conflict, "waiting.no_offer")
	ErrMissed   = errs.New(errs.Conflict, "waiting.missed")
	ErrAlready  = errs.New(errs.Conflict, "waiting.already")
	ErrTogether = errs.New(errs.Conflict, "waiting.together")
	ErrTooMany  = errs.New(errs.Conflict, "waiting.too_many")
	ErrKey      = errs.New(errs.Invalid, "agenda.key")
)

// Wish is what a person waits for.
type Wish struct {
	// BookingID is the appointment to bring forward; empty for who has none.
	BookingID string
	// PointID is where; Minutes how far another point may be, 0 for that point alone.
	PointID string
	Minutes int
	// Kind is agenda.Individual when empty; KindID the kind of appointment, empty for any.
	Kind, KindID string
	// From and Until are the days that suit; zero From is today, zero Until the last that can be booked.
	From, Until calendar.Day
	calendar.Suits
}

// Request asks for a place in the list.
type Request struct {
	Wish
	// Topic, Language and Contact are used when there is no booking, which has its own.
	Topic, Language string
	Contact         agenda.Contact
	// Channel is agenda.Web when empty.
	Channel       string
	NoticeVersion string
	// ClientKey stands for who asks (sealed.Keys.ClientKey); empty for the staff.
	ClientKey string
	// Key makes the same click twice one entry: at least 16 random characters, made for each form.
	Key string
}

// Entry is a person's place in the list.
type Entry struct {
	ID string
	// Code is what the person shows; codes.FormatCode makes it readable.
	Code string
	Wish
	// Topic, Language and Contact are those of the booking when there is one.
	Topic, Language string
	Contact         agenda.Contact
	Channel         string
	State           string
	// Missed is how many offers in a row had no answer.
	Missed  int
	AskedAt time.Time
	EndedAt time.Time
	// Before is when the booking to bring forward is; zero when there is none.
	Before  time.Time
	Version int

	lasts         time.Duration
	noticeVersion string
}

// Offer is a time held for an entry.
type Offer struct {
	ID, EntryID        string
	PointID, AddressID string
	StartsAt, EndsAt   time.Time
	State              string
	MadeAt, Until      time.Time
	AnsweredAt         time.Time

	sealed []byte
}

// Offered is published when an offer is made: somebody must tell the person.
type Offered struct {
	Entry Entry
	Offer Offer
	// Secret is the key of the link to answer with ([OfferPath]); it is not kept anywhere.
	Secret string
}

// Ended is published when an entry is over without an appointment: State says why.
type Ended struct {
	Entry Entry
}

// Settled is published when an offer is no longer to be answered: its State says why.
type Settled struct {
	Offer Offer
}

// OfferPath returns the address of the page that answers an offer.
func OfferPath(secret string) string { return "/attesa/o/" + secret }

// Options are what is usual and who listens.
type Options struct {
	Bus *jobs.Bus
	// Keys seal what opens a time that is offered.
	Keys *sealed.Keys
	// ContactDays returns for how many days after the end a contact is kept; nil means 30.
	ContactDays func(ctx context.Context, tx *sqldb.Tx) (int, error)
	// Horizon returns how many days ahead times can be booked; nil means 60.
	Horizon func(ctx context.Context, tx *sqldb.Tx) (int, error)
}

// Service keeps the waiting list.
type Service struct {
	base        *sqldb.DB
	bus         *jobs.Bus
	keys        *sealed.Keys
	agenda      *agenda.Service
	points      *points.Service
	contactDays func(ctx context.Context, tx *sqldb.Tx) (int, error)
	horizon     func(ctx context.Context, tx *sqldb.Tx) (int, error)
}

// New returns the service; call [Service.Subscribe] and [Service.Handle] once.
func New(base *sqldb.DB, times *agenda.Service, pts *points.Service, o Options) *Service {
	always := func(days int) func(context.Context, *sqldb.Tx) (int, error) {
		return func(context.Context, *sqldb.Tx) (int, error) { return days, nil }
	}
	if o.ContactDays == nil {
		const usual = 30
		o.ContactDays = always(usual)
	}
	if o.Horizon == nil {
		const usual = 60
		o.Horizon = always(usual)
	}
	return &Service{base: base, bus: o.Bus, keys: o.Keys, agenda: times, points: pts, contactDays: o.ContactDays, horizon: o.Horizon}
}
