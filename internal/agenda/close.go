package agenda

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// closedAtOnce is how many points one action closes: more is a closure of the body or of the network,
// which is announced and not sudden.
const closedAtOnce = 30

// Refusals of a sudden closure.
var (
	ErrNothingToClose = errs.New(errs.Invalid, "closing.choose")
	ErrTooManyToClose = errs.New(errs.Invalid, "closing.too_many")
)

// Closing is a sudden closure of a day (it: chiusura improvvisa): of points, for snow or a fault, or of
// the shifts of one person who is ill.
type Closing struct {
	Day calendar.Day
	// PointIDs are the points to shut; FacilitatorID is instead who is away.
	PointIDs      []string
	FacilitatorID string
	// Reason is what citizens read about a point; nobody is told why a person is away.
	Reason string
	// Move gives each booking another time when there is one; the others, or all, are cancelled.
	Move bool
}

// ClosedDay is what a sudden closure did.
type ClosedDay struct {
	ID            string
	Day           calendar.Day
	PointIDs      []string
	FacilitatorID string
	At            time.Time
	Outcomes      []Outcome
}

// Outcome is what became of one booking whose time fell out: Booking is how it is now.
type Outcome struct {
	// Fate is Reassigned, Moved, CancelledByService, or LeftWithoutPlace.
	Fate    string
	Booking Booking
	// WasPointID and WasAt are where and when it was.
	WasPointID string
	WasAt      time.Time
}

// Foresee returns what [Service.Close] would propose to each booking, in order of time, and changes nothing.
func (s *Service) Foresee(ctx context.Context, who identity.Actor, c Closing) ([]Proposal, error) {
	var list []Booking
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		_, err := s.checkedClosing(ctx, tx, who, c)
		if err != nil {
			return err
		}
		list, err = s.awaited(ctx, tx, who, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.seek(ctx, who, list, c.takes)
}

// takes reports whether the closing takes a time away.
func (c Closing) takes(r db.FreeAheadRow) bool {
	if calendar.DayOf(r.StartsAt.Time) != c.Day {
		return false
	}
	return r.FacilitatorID == c.FacilitatorID || slices.Contains(c.PointIDs, r.PointID)
}

// Close does a sudden closure in one transaction: the closure or the absence is written, drafts of that
// day expire, and each booking still to come is moved to the best time that is then free, one after the
// other, or cancelled by the service. A second closure of the same day finds nothing left to do.
func (s *Service) Close(ctx context.Context, who identity.Actor, c Closing) (ClosedDay, error) {
	var plan []Proposal
	if c.Move {
		// Looked up outside: what is read here is a wish, and rivals have nothing to conflict about.
		var err error
		if plan, err = s.Foresee(ctx, who, c); err != nil {
			return ClosedDay{}, err
		}
	}
	var done ClosedDay
	err := s.base.Update(ctx, func(tx *sqldb.Tx) error {
		list, err := s.checkedClosing(ctx, tx, who, c)
		if err != nil {
			return err
		}
		waiting, err := s.awaited(ctx, tx, who, c)
		if err != nil {
			return err
		}
		done = ClosedDay{ID: sqldb.NewID(tx.Now), Day: c.Day, PointIDs: c.PointIDs, FacilitatorID: c.FacilitatorID, At: tx.Now}
		if err := s.shut(ctx, tx, who, c, list); err != nil {
			return err
		}
		if done.Outcomes, err = s.resettleAll(ctx, tx, who, planned(plan, waiting), true); err != nil {
			return err
		}
		return writeClosing(ctx, tx, done)
	})
	return done, err
}

// planned gives each booking that waits its plan, none to those that came meanwhile.
func planned(plan []Proposal, waiting []Booking) []Proposal {
	byID := map[string]Proposal{}
	for _, p := range plan {
		byID[p.Booking.ID] = p
	}
	list := make([]Proposal, len(waiting))
	for i, b := range waiting {
		list[i] = byID[b.ID]
		list[i].Booking = b
	}
	return list
}

// checkedClosing returns the points that shut, refusing what cannot be closed by who.
func (s *Service) checkedClosing(ctx context.Context, tx *sqldb.Tx, who identity.Actor, c Closing) ([]points.Point, error) {
	switch {
	case !who.Can(identity.Book):
		return nil, identity.ErrForbidden
	case c.Day.Before(today(tx)):
		return nil, ErrPast
	case len(c.PointIDs) == 0 && c.FacilitatorID == "":
		return nil, ErrNothingToClose
	case len(c.PointIDs) > closedAtOnce:
		return nil, ErrTooManyToClose
	}
	var list []points.Point
	for _, id := range c.PointIDs {
		p, err := s.points.RequirePoint(ctx, tx, who, identity.Book, id)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// awaited returns the bookings that the closing takes the time from, in order of time: of a person only
// those at points where who may book.
func (s *Service) awaited(ctx context.Context, tx *sqldb.Tx, who identity.Actor, c Closing) ([]Booking, error) {
	q := db.New(tx)
	if c.FacilitatorID == "" {
		rows, err := q.AwaitedAtPoints(ctx, db.AwaitedAtPointsParams{Points: sqldb.List(c.PointIDs), Day: c.Day, After: sqldb.At(tx.Now)})
		if err != nil {
			return nil, fmt.Errorf("bookings of a day: %w", err)
		}
		return heads(rows), nil
	}
	own, err := s.points.VisibleTx(ctx, tx, who, identity.Book)
	if err != nil {
		return nil, err
	}
	rows, err := q.AwaitedOfPerson(ctx, db.AwaitedOfPersonParams{FacilitatorID: c.FacilitatorID, Day: c.Day, After: sqldb.At(tx.Now)})
	if err != nil {
		return nil, fmt.Errorf("bookings of a day: %w", err)
	}
	return slices.DeleteFunc(heads(rows), func(b Booking) bool { return !own.Has(b.PointID) }), nil
}

// heads leaves out who comes together with another: they go where the first one goes.
func heads[R db.AwaitedOfPersonRow | db.AwaitedAtPointsRow | db.StrandedOfRow](rows []R) []Booking {
	var list []Booking
	for _, r := range rows {
		if b := bookingOf(db.BookingByIDRow(r)); b.TogetherID == "" {
			list = append(list, b)
		}
	}
	return list
}

// shut writes the closures or the absence, lets the times go and the drafts expire.
func (s *Service) shut(ctx context.Context, tx *sqldb.Tx, who identity.Actor, c Closing, list []points.Point) error {
	if c.FacilitatorID != "" {
		_, err := s.facilitators.AddAbsenceTx(ctx, tx, who, facilitators.Absence{
			FacilitatorID: c.FacilitatorID, From: c.Day, To: c.Day, Reason: facilitators.Illness,
		})
		return err
	}
	for _, p := range list {
		// An exceptional opening is stronger than a closure: it must go too.
		if _, shut := p.ClosureOn(c.Day); !shut || len(p.OpenBands("", c.Day)) > 0 {
			closure := points.Closure{PointID: p.ID, From: c.Day, To: c.Day, Reason: c.Reason}
			if _, err := s.points.CloseForStaff(ctx, tx, who, identity.Book, closure); err != nil {
				return err
			}
		}
		if err := s.Rebuild(ctx, tx, p.ID); err != nil {
			return err
		}
		if err := s.dropDrafts(ctx, tx, p.ID, c.Day); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) dropDrafts(ctx context.Context, tx *sqldb.Tx, pointID string, day calendar.Day) error {
	q := db.New(tx)
	bookings, err := bookingsOfPoint(ctx, q, pointID, day)
	if err != nil {
		return err
	}
	for _, b := range bookings {
		if b.State != Held || !b.StartsAt.After(tx.Now) {
			continue
		}
		if err := end(ctx, tx, q, b, Expired, ""); err != nil && !errors.Is(err, ErrEnded) {
			return err
		}
	}
	return nil
}

func writeClosing(ctx context.Context, tx *sqldb.Tx, c ClosedDay) error {
	q := db.New(tx)
	err := q.InsertClosing(ctx, db.InsertClosingParams{ID: c.ID, Day: c.Day, FacilitatorID: sqldb.OptText(c.FacilitatorID), CreatedAt: sqldb.At(c.At)})
	if err != nil {
		return fmt.Errorf("write a closure: %w", err)
	}
	where := slices.Clone(c.PointIDs)
	for _, o := range c.Outcomes {
		where = append(where, o.WasPointID)
	}
	slices.Sort(where)
	for _, id := range slices.Compact(where) {
		if err := q.InsertClosingPoint(ctx, db.InsertClosingPointParams{ClosingID: c.ID, PointID: id}); err != nil {
			return fmt.Errorf("write a closure: %w", err)
		}
	}
	for _, o := range c.Outcomes {
		err := q.InsertClosingBooking(ctx, db.InsertClosingBookingParams{
			ClosingID: c.ID, BookingID: o.Booking.ID, WasPointID: o.WasPointID, WasStartsAt: sqldb.At(o.WasAt), Fate: o.Fate,
		})
		if err != nil {
			return fmt.Errorf("write a closure: %w", err)
		}
	}
	return nil
}

// ClosedDay returns a sudden closure with what became of the bookings that were at points where who may
// book: the list of people to tell, for who comes back to it. One of other points is ErrNotFound.
func (s *Service) ClosedDay(ctx context.Context, who identity.Actor, id string) (ClosedDay, error) {
	own, err := s.points.Visible(ctx, who, identity.Book)
	if err != nil {
		return ClosedDay{}, err
	}
	var c ClosedDay
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		row, err := q.ClosingByID(ctx, id)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("a closure: %w", err)
		}
		c = ClosedDay{ID: row.ID, Day: row.Day, FacilitatorID: string(row.FacilitatorID), At: row.CreatedAt.Time}
		ids, err := q.ClosingPoints(ctx, id)
		if err != nil {
			return fmt.Errorf("points of a closure: %w", err)
		}
		if c.PointIDs = slices.DeleteFunc(ids, func(id string) bool { return !own.Has(id) }); len(c.PointIDs) == 0 {
			return ErrNotFound
		}
		rows, err := q.ClosingBookings(ctx, id)
		if err != nil {
			return fmt.Errorf("bookings of a closure: %w", err)
		}
		for _, r := range rows {
			if own.Has(r.WasPointID) {
				c.Outcomes = append(c.Outcomes, outcomeOf(r))
			}
		}
		return nil
	})
	return c, err
}

func outcomeOf(r db.ClosingBookingsRow) Outcome {
	return Outcome{Fate: r.Fate, WasPointID: r.WasPointID, WasAt: r.WasStartsAt.Time, Booking: bookingOf(db.BookingByIDRow{
		AgendaBooking: r.AgendaBooking, AddressID: r.AddressID, KindID: r.KindID, Mode: r.Mode, ContactName: r.ContactName,
		ContactPhone: r.ContactPhone, ContactEmail: r.ContactEmail, OnBehalf: r.OnBehalf, Relation: r.Relation,
	})}
}

// closingsShown bounds a list of sudden closures.
const closingsShown = 50

// ClosedDays returns the sudden closures of own points from a day on, the latest first, without their bookings.
func (s *Service) ClosedDays(ctx context.Context, who identity.Actor, from calendar.Day) ([]ClosedDay, error) {
	own, err := s.points.Visible(ctx, who, identity.Book)
	if err != nil {
		return nil, err
	}
	var list []ClosedDay
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).ClosingsSince(ctx, db.ClosingsSinceParams{FromDay: from, AllVisible: own.All, Points: own.JSON(), Max: closingsShown})
		if err != nil {
			return fmt.Errorf("closures: %w", err)
		}
		list = make([]ClosedDay, len(rows))
		for i, r := range rows {
			list[i] = ClosedDay{ID: r.ID, Day: r.Day, FacilitatorID: string(r.FacilitatorID), At: r.CreatedAt.Time}
		}
		return nil
	})
	return list, err
}
