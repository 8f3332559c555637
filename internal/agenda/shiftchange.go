package agenda

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// ShiftChange is a change of who is on duty when (it: cambio di turni), which may take the time from
// bookings.
type ShiftChange struct {
	// PointIDs are the points whose shifts change.
	PointIDs []string
	// Make makes the change, with the functions of package facilitators, in the transaction it is given. It
	// may run twice.
	Make func(ctx context.Context, tx *sqldb.Tx) error
	// Heir is who is first to take over what loses its time; empty: who has the least to do.
	Heir string
}

// Choice is what is to become of a booking that loses its time.
type Choice struct {
	// Fate is Moved, CancelledByService, or LeftWithoutPlace: the booking stays as it is, for who calls.
	Fate string
	// To is where and when it goes when Moved.
	To Spot
}

// Foreseen is what a change of shifts would do to bookings.
type Foreseen struct {
	// Handed is how many would pass to somebody else at the same time and place: citizens notice nothing.
	Handed int
	// Lost are those that would lose their time, each with what is proposed instead.
	Lost []Proposal
	// Hidden is how many more there are at points whose bookings who may not see.
	Hidden int
}

// Clear reports whether nobody loses a time.
func (f Foreseen) Clear() bool { return len(f.Lost)+f.Hidden == 0 }

// errLookedAt rolls back a change that was made only to see what it does.
var errLookedAt = errors.New("agenda: only looked at")

// ForeseeShifts returns what a change of shifts would do. It makes the change, looks and takes it back: what
// it tells is what [Service.ChangeShifts] does, refusals too.
func (s *Service) ForeseeShifts(ctx context.Context, who identity.Actor, c ShiftChange) (Foreseen, error) {
	own, k, ids, err := s.aheadOf(ctx, who, c)
	if err != nil {
		return Foreseen{}, err
	}
	var f Foreseen
	err = s.base.Update(ctx, func(tx *sqldb.Tx) error {
		f = Foreseen{}
		done, lost, err := s.makeChange(ctx, tx, who, c)
		if err != nil {
			return err
		}
		f.Handed = len(done)
		seen := slices.DeleteFunc(lost, func(b Booking) bool { return !own.Has(b.PointID) })
		f.Hidden = len(lost) - len(seen)
		if f.Lost, err = k.proposals(ctx, tx, seen, ids); err != nil {
			return err
		}
		return errLookedAt
	})
	if errors.Is(err, errLookedAt) {
		err = nil
	}
	return f, err
}

// aheadOf reads what a change cannot alter: whose bookings who may see, and which points are near.
func (s *Service) aheadOf(ctx context.Context, who identity.Actor, c ShiftChange) (points.Visible, *seeker, []string, error) {
	own, err := s.points.Visible(ctx, who, identity.SeeAgenda)
	if errors.Is(err, identity.ErrForbidden) {
		own, err = points.Visible{}, nil
	}
	if err != nil {
		return own, nil, nil, err
	}
	found, err := s.points.ByIDs(ctx, c.PointIDs)
	if err != nil {
		return own, nil, nil, err
	}
	var there []Booking
	for id, p := range found {
		for _, a := range p.Addresses {
			there = append(there, Booking{PointID: id, AddressID: a.ID})
		}
	}
	reach, ids, err := s.reach(ctx, there)
	return own, &seeker{own: own, reach: reach}, ids, err
}

// ChangeShifts makes a change of shifts and sees to the bookings that lose their time, in one transaction:
// what can pass to somebody else at the same time and place does, the others go by choices, and those
// without a choice stay as they are, stranded. When a time chosen is gone, nothing changes and the refusal
// names the booking as field "to-" with its id. It returns what became of whom.
func (s *Service) ChangeShifts(ctx context.Context, who identity.Actor, c ShiftChange, choices map[string]Choice) ([]Outcome, error) {
	own, _, _, err := s.aheadOf(ctx, who, c)
	if err != nil {
		return nil, err
	}
	var done []Outcome
	err = s.base.Update(ctx, func(tx *sqldb.Tx) error {
		handed, lost, err := s.makeChange(ctx, tx, who, c)
		if err != nil {
			return err
		}
		done = handed
		var p errs.Problems
		for _, b := range lost {
			choice := choices[b.ID]
			if !own.Has(b.PointID) {
				choice = Choice{}
			}
			out, err := s.settleLost(ctx, tx, who, b, choice, own)
			if errors.Is(err, ErrTaken) {
				p.Add("to-"+b.ID, ErrTaken.Key)
				continue
			}
			if err != nil {
				return err
			}
			done = append(done, out)
		}
		return p.Err()
	})
	return done, err
}

// settleLost does with one booking what was chosen, or leaves it where it is.
func (s *Service) settleLost(ctx context.Context, tx *sqldb.Tx, who identity.Actor, b Booking, c Choice, own points.Visible) (Outcome, error) {
	p := Proposal{Booking: b}
	if c.Fate == Moved {
		c.To.Kind, c.To.KindID = b.Kind, b.KindID
		p.tried = []Where{c.To.where(b, own)}
	}
	out, err := s.resettle(ctx, tx, who, p, c.Fate == CancelledByService)
	if err != nil || out.Fate != LeftWithoutPlace {
		return out, err
	}
	if c.Fate == Moved {
		return out, ErrTaken
	}
	return out, s.tell(ctx, tx, Changed{What: LeftWithoutPlace, Booking: b, Before: b, Who: who})
}

// makeChange makes a change and hands over what somebody else can do at the same time and place. It returns
// what was handed over, and the bookings that lose their time by this change.
func (s *Service) makeChange(ctx context.Context, tx *sqldb.Tx, who identity.Actor, c ShiftChange) (handed []Outcome, lost []Booking, err error) {
	before, err := strandedAt(ctx, tx, c.PointIDs)
	if err != nil {
		return nil, nil, err
	}
	if err := c.Make(ctx, tx); err != nil {
		return nil, nil, err
	}
	after, err := strandedAt(ctx, tx, c.PointIDs)
	if err != nil {
		return nil, nil, err
	}
	for _, b := range after {
		now, err := s.passOn(ctx, tx, who, b, c.Heir)
		if err == nil {
			handed = append(handed, Outcome{Fate: Reassigned, Booking: now, WasPointID: b.PointID, WasAt: b.StartsAt})
			continue
		}
		if !errors.Is(err, ErrTaken) {
			return nil, nil, err
		}
		if !slices.ContainsFunc(before, func(o Booking) bool { return o.ID == b.ID }) {
			lost = append(lost, b)
		}
	}
	return handed, lost, nil
}

// passOn gives a booking to the heir at the same time and place, else to who has the least to do there.
func (s *Service) passOn(ctx context.Context, tx *sqldb.Tx, who identity.Actor, b Booking, heir string) (Booking, error) {
	q := db.New(tx)
	if heir != "" {
		now, err := s.handOverTo(ctx, tx, q, who, b, heir)
		if !errors.Is(err, ErrTaken) {
			return now, err
		}
	}
	return s.handOver(ctx, tx, q, who, b)
}

// strandedAt returns the bookings to come at points whose time the rules do not cover, by time, the first
// ones of who comes together.
func strandedAt(ctx context.Context, tx *sqldb.Tx, pointIDs []string) ([]Booking, error) {
	q := db.New(tx)
	rows, err := q.StrandedBookings(ctx, db.StrandedBookingsParams{
		FromDay: today(tx), After: sqldb.At(tx.Now), Points: sqldb.List(pointIDs), AnyPoint: true, Max: timesAtOnce,
	})
	if err != nil {
		return nil, fmt.Errorf("stranded bookings: %w", err)
	}
	list := make([]Booking, len(rows))
	for i, r := range rows {
		list[i] = bookingOf(db.BookingByIDRow(r))
	}
	return parties(ctx, q, list)
}

// Substitutes returns who can stand in, with what the kinds of the shift need: see
// [facilitators.Service.Candidates].
func (s *Service) Substitutes(ctx context.Context, who identity.Actor, in facilitators.StandIn) ([]facilitators.Facilitator, error) {
	var needs facilitators.Needs
	err := s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
		_, needs, err = s.needs(ctx, tx, in)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.facilitators.Candidates(ctx, who, in, needs)
}

// Substitute makes somebody stand in; the bookings of that time pass on in the same transaction, first to
// who stands in. facilitatorID "" takes back who did. It refuses with facilitators.ErrNotSuited whom
// [Service.Substitutes] does not list.
func (s *Service) Substitute(ctx context.Context, who identity.Actor, in facilitators.StandIn, facilitatorID string) ([]Outcome, error) {
	var pointID string
	err := s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
		pointID, _, err = s.needs(ctx, tx, in)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.ChangeShifts(ctx, who, ShiftChange{
		PointIDs: []string{pointID}, Heir: facilitatorID,
		Make: func(ctx context.Context, tx *sqldb.Tx) error {
			_, needs, err := s.needs(ctx, tx, in)
			if err != nil {
				return err
			}
			return s.facilitators.StandInTx(ctx, tx, who, in, facilitatorID, needs)
		},
	}, nil)
}

// needs returns the point of a shift, and what its kinds ask of who does it.
func (s *Service) needs(ctx context.Context, tx *sqldb.Tx, in facilitators.StandIn) (string, facilitators.Needs, error) {
	var n facilitators.Needs
	e, err := s.facilitators.EntryTx(ctx, tx, in.DutyID)
	if err != nil || len(e.KindIDs) == 0 {
		return e.PointID, n, err
	}
	found, err := s.kinds.ByIDs(ctx, tx, e.KindIDs)
	for _, k := range found {
		n = withNeeds(n, k)
	}
	return e.PointID, n, err
}

func withNeeds(n facilitators.Needs, k kinds.Kind) facilitators.Needs {
	return facilitators.Needs{Skills: append(n.Skills, k.Skills...), Languages: append(n.Languages, k.Languages...)}
}
