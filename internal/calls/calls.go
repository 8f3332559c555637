package calls

import (
	"context"
	"fmt"
	"time"

	"capillare/internal/calls/internal/db"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// What a call is about.
const (
	Booking = "booking" // a booking of the agenda
	Waiting = "waiting" // a place in the waiting list
	Visit   = "visit"   // a visit asked for
)

// Why somebody is called; "calls.why." + why is the reason in words, "calls.words." + why what to say.
const (
	Cancelled    = "cancelled"    // the service cancelled the appointment
	Moved        = "moved"        // the service moved it
	Stranded     = "stranded"     // its time is no longer there: another one is to be found
	Reminder     = "reminder"     // it is near
	Offer        = "offer"        // an earlier time is free
	VisitAnswer  = "visit_answer" // the answer to who asked for a visit
	Undelivered  = "undelivered"  // a message did not reach them
	WaitingEnded = "waiting_ended"
)

// The states of a call; the package comment draws how one leads to another.
const (
	ToDo = "to_do"
	Done = "done"
	Gone = "gone"
	Late = "late"
)

// Refusals of this package.
var (
	ErrNotFound = errs.New(errs.NotFound, "calls.not_found")
	ErrSettled  = errs.New(errs.Conflict, "calls.settled")
)

// keepDays is how long settled calls stay when nobody says.
const keepDays = 90

// listAtOnce bounds a list: more than a desk calls in a day.
const listAtOnce = 500

// Call is a person to phone.
type Call struct {
	ID, PointID string
	// Subject is Booking, Waiting or Visit, SubjectID which one, Version of it.
	Subject, SubjectID string
	Version            int
	Why                string
	// Name and Phone are empty once the call is settled.
	Name, Phone string
	// Language is that of the person: "it" or "en".
	Language string
	// About is when the appointment is; zero when there is none.
	About time.Time
	// From is when the call shows, Until when it is of no more use.
	From, Until time.Time
	State       string
	// Tries is how often nobody answered, TriedAt when the last time.
	Tries                         int
	TriedAt, SettledAt, CreatedAt time.Time
}

// Settled is the fact that a call is to do no more, told in the transaction that writes it. Its Call has
// neither name nor phone.
type Settled struct{ Call Call }

// Service keeps the calls.
type Service struct {
	base   *sqldb.DB
	bus    *jobs.Bus
	points *points.Service
	keep   func(ctx context.Context) (int, error)
}

// New returns a Service. keep tells for how many days settled calls are kept; nil is 90.
func New(base *sqldb.DB, bus *jobs.Bus, pts *points.Service, keep func(ctx context.Context) (int, error)) *Service {
	if keep == nil {
		keep = func(context.Context) (int, error) { return keepDays, nil }
	}
	return &Service{base: base, bus: bus, points: pts, keep: keep}
}

// Add asks for a call, once for each Subject, SubjectID, Version and Why, and returns its id. Without a
// number, when it would be of no more use, or when it was asked for before, it does nothing: no id.
func (s *Service) Add(ctx context.Context, tx *sqldb.Tx, c Call) (id string, err error) {
	if c.Phone == "" || !c.Until.After(tx.Now) {
		return "", nil
	}
	if c.From.Before(tx.Now) {
		c.From = tx.Now
	}
	if c.Language == "" {
		c.Language = "it"
	}
	id = sqldb.NewID(tx.Now)
	n, err := db.New(tx).AddCall(ctx, db.AddCallParams{
		ID: id, PointID: c.PointID, Subject: c.Subject, SubjectID: c.SubjectID, Version: c.Version, Why: c.Why,
		Name: c.Name, Phone: c.Phone, Language: c.Language, AboutAt: sqldb.At(c.About),
		FromAt: sqldb.At(c.From), UntilAt: sqldb.At(c.Until), CreatedAt: sqldb.At(tx.Now),
	})
	if err != nil {
		return "", fmt.Errorf("calls: add: %w", err)
	}
	if n == 0 {
		return "", nil
	}
	return id, nil
}

// Drop settles as Gone whatever is to do about a subject: it is over.
func (s *Service) Drop(ctx context.Context, tx *sqldb.Tx, subject, subjectID string) error {
	rows, err := db.New(tx).ToDoOf(ctx, db.ToDoOfParams{Subject: subject, SubjectID: subjectID})
	if err != nil {
		return fmt.Errorf("calls: drop: %w", err)
	}
	for _, r := range rows {
		if err := s.settle(ctx, tx, callOf(r.CallsCall), Gone); err != nil {
			return err
		}
	}
	return nil
}

// DropOne settles one call as Gone: what it was about has passed. One that is settled stays as it is.
func (s *Service) DropOne(ctx context.Context, tx *sqldb.Tx, id string) error {
	c, err := byID(ctx, tx, id)
	if err != nil {
		return err
	}
	return s.settle(ctx, tx, c, Gone)
}

// List returns who is to be called now at own points, the most pressing first; pointID "" means every own
// point. It refuses with identity.ErrForbidden who sees no agenda.
func (s *Service) List(ctx context.Context, who identity.Actor, pointID string) ([]Call, error) {
	var list []Call
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		see, err := s.points.VisibleTx(ctx, tx, who, identity.SeeAgenda)
		if err != nil {
			return err
		}
		rows, err := db.New(tx).ToDo(ctx, db.ToDoParams{Now: sqldb.At(tx.Now), AllVisible: see.All, Points: sqldb.List(see.IDs),
			AnyPoint: pointID == "", PointID: pointID, Max: listAtOnce})
		if err != nil {
			return fmt.Errorf("calls: list: %w", err)
		}
		list = make([]Call, len(rows))
		for i, r := range rows {
			list[i] = callOf(r.CallsCall)
		}
		return nil
	})
	return list, err
}

// Count returns how many people are to be called now at own points.
func (s *Service) Count(ctx context.Context, who identity.Actor) (int, error) {
	var n int64
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		see, err := s.points.VisibleTx(ctx, tx, who, identity.SeeAgenda)
		if err != nil {
			return err
		}
		n, err = db.New(tx).CountToDo(ctx, db.CountToDoParams{Now: sqldb.At(tx.Now), AllVisible: see.All, Points: sqldb.List(see.IDs)})
		return err
	})
	return int(n), err
}

func callOf(r db.CallsCall) Call {
	return Call{ID: r.ID, PointID: r.PointID, Subject: r.Subject, SubjectID: r.SubjectID, Version: r.Version, Why: r.Why, Name: r.Name,
		Phone: r.Phone, Language: r.Language, About: r.AboutAt.Time, From: r.FromAt.Time, Until: r.UntilAt.Time, State: r.State,
		Tries: r.Tries, TriedAt: r.TriedAt.Time, SettledAt: r.SettledAt.Time, CreatedAt: r.CreatedAt.Time}
}
