package visits

import (
	"context"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/jobs"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// The states of a request; the package comment draws how one leads to another.
const (
	Received = "new"
	Taken    = "taken"
	Planned  = "planned"
	Done     = "done"
	Refused  = "refused"
)

// Why somebody asks.
const (
	Mobility = "mobility"
	Distance = "distance"
	Group    = "group"
)

// Why a request is refused. Withdrawn is for the person who asked.
const (
	NobodyFree  = "nobody_free"
	TooFar      = "too_far"
	NotOurs     = "not_ours"
	Unreachable = "unreachable"
	Elsewhere   = "elsewhere"
	Withdrawn   = "withdrawn"
	Other       = "other"
)

// States returns the states in the order of their life.
func States() []string { return []string{Received, Taken, Planned, Done, Refused} }

// Reasons returns why somebody may ask.
func Reasons() []string { return []string{Mobility, Distance, Group} }

// Refusals returns why who serves may refuse.
func Refusals() []string {
	return []string{NobodyFree, TooFar, Elsewhere, Unreachable, NotOurs, Other}
}

// Refusals of this package.
var (
	ErrNotFound = errs.New(errs.NotFound, "visits.not_found")
	ErrEnded    = errs.New(errs.Conflict, "visits.ended")
	ErrStep     = errs.New(errs.Conflict, "visits.step")
	ErrNotYet   = errs.New(errs.Conflict, "visits.not_yet")
	ErrChanged  = errs.New(errs.Conflict, "visits.changed")
	ErrKey      = errs.New(errs.Invalid, "agenda.key")
)

// Ask is what a person asks for.
type Ask struct {
	Reason string
	// Belfiore is the municipality; Place says where in it, as for who must find the door.
	Belfiore, Place string
	calendar.Suits
	// People is how many will be there.
	People int
	// Topic is a code of the list SE6, or empty; Need is in the person's own words.
	Topic, Need string
	Language    string
	// Contact is who to call; its OnBehalf is whom the visit is for.
	Contact agenda.Contact
	// Channel is agenda.Web when empty.
	Channel       string
	NoticeVersion string
	// Key makes the same click twice one request: at least 16 random characters, made for each form.
	Key string `audit:"-"`
}

// Plan is when and where somebody goes.
type Plan struct {
	Day      calendar.Day
	From, To calendar.Minute
	// Place is where, when it is not what the person wrote: a hall of the village.
	Place string
	// FacilitatorID is who goes; BookingID the time of the agenda that it takes, empty when only noted.
	FacilitatorID, BookingID string
}

// Request is what was asked for and what became of it.
type Request struct {
	ID string
	// Code is what the person shows; codes.FormatCode makes it readable.
	Code string
	Ask
	// PointID is the point that serves the municipality, Minutes its estimated distance; both are empty
	// when the network has no point that can be placed.
	PointID string
	Minutes int
	State   string
	AskedAt time.Time
	// AnswerBy is the day by which somebody answers.
	AnswerBy calendar.Day
	TakenAt  time.Time
	// TakenBy is the account that took it in charge.
	TakenBy   string
	PlannedAt time.Time
	Plan      Plan
	EndedAt   time.Time
	// Helped is how many people were helped, when done.
	Helped int
	// Refusal is why it was refused; Answer the words for the person.
	Refusal, Answer string
	Version         int
}

// Ended reports whether nothing more happens to the request.
func (r Request) Ended() bool { return r.State == Done || r.State == Refused }

// Late reports whether nobody took the request in charge by its day.
func (r Request) Late(today calendar.Day) bool {
	return (r.State == Received || r.State == Taken) && today.After(r.AnswerBy)
}

// Answered is published when something happens to a request that the person must know: State says what,
// Before what it was before, the zero Request when it was just asked. A withdrawal is published too: what was
// still to be told then is not.
type Answered struct {
	Request, Before Request
}

// Deps are the services that requests stand on.
type Deps struct {
	Bus       *jobs.Bus
	Points    *points.Service
	Territory *territory.Service
	Agenda    *agenda.Service
	People    *facilitators.Service
	// ContactDays returns for how many days after the end a contact is kept; nil means 30.
	ContactDays func(ctx context.Context, tx *sqldb.Tx) (int, error)
}

// Service keeps the requests.
type Service struct {
	base *sqldb.DB
	Deps
}

// New returns the service; call [Service.Subscribe] and [Service.Handle] once.
func New(base *sqldb.DB, d Deps) *Service {
	if d.ContactDays == nil {
		const usual = 30
		d.ContactDays = func(context.Context, *sqldb.Tx) (int, error) { return usual, nil }
	}
	return &Service{base: base, Deps: d}
}
