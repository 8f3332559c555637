package agenda

import (
	"context"
	"errors"
	"fmt"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/sqldb"
)

// Propose returns for each stranded booking of own points what would become of it; pointID "" means
// every own point.
func (s *Service) Propose(ctx context.Context, who identity.Actor, pointID string) ([]Proposal, error) {
	list, err := s.Stranded(ctx, who, pointID)
	if err != nil {
		return nil, err
	}
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		list, err = parties(ctx, db.New(tx), list)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.seek(ctx, who, list, func(db.FreeAheadRow) bool { return false })
}

// Resettle finds a place for stranded bookings in one transaction, one after the other: each goes to the
// best time that is then free. Those that find none stay stranded, or are cancelled when cancel is true.
// Bookings that are no longer stranded are left alone. All must be of own points.
func (s *Service) Resettle(ctx context.Context, who identity.Actor, bookingIDs []string, cancel bool) ([]Outcome, error) {
	waiting, err := s.strandedByID(ctx, who, bookingIDs)
	if err != nil {
		return nil, err
	}
	plan, err := s.seek(ctx, who, waiting, func(db.FreeAheadRow) bool { return false })
	if err != nil {
		return nil, err
	}
	return s.carryOut(ctx, who, plan, cancel)
}

// ResettleTo gives one stranded booking the time that was proposed: ErrTaken when it is gone, ErrEnded
// when the booking is no longer stranded. Away from the own points it takes what citizens could take.
func (s *Service) ResettleTo(ctx context.Context, who identity.Actor, bookingID string, to Spot) (Outcome, error) {
	if err := s.base.View(ctx, func(tx *sqldb.Tx) error { _, err := s.required(ctx, tx, who, identity.Book, bookingID); return err }); err != nil {
		return Outcome{}, err
	}
	waiting, err := s.strandedByID(ctx, who, []string{bookingID})
	if err != nil {
		return Outcome{}, err
	}
	if len(waiting) == 0 {
		return Outcome{}, ErrEnded
	}
	own, err := s.points.Visible(ctx, who, identity.Book)
	if err != nil {
		return Outcome{}, err
	}
	b := waiting[0]
	to.Kind, to.KindID = b.Kind, b.KindID
	done, err := s.carryOut(ctx, who, []Proposal{{Booking: b, tried: []Where{to.where(b, own)}}}, false)
	switch {
	case err != nil:
		return Outcome{}, err
	case len(done) == 0:
		return Outcome{}, ErrEnded
	case done[0].Fate == LeftWithoutPlace:
		return done[0], ErrTaken
	}
	return done[0], nil
}

// strandedByID loads those of the bookings that are stranded; it refuses when one is not of an own point.
func (s *Service) strandedByID(ctx context.Context, who identity.Actor, ids []string) ([]Booking, error) {
	own, err := s.points.Visible(ctx, who, identity.Book)
	if err != nil {
		return nil, err
	}
	var list []Booking
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		if list, err = strandedOf(ctx, tx, ids); err != nil {
			return err
		}
		for _, b := range list {
			if !own.Has(b.PointID) {
				return identity.ErrNotHere
			}
		}
		return nil
	})
	return list, err
}

// strandedOf returns those of the bookings ids that are stranded, of who comes together the first one.
func strandedOf(ctx context.Context, tx *sqldb.Tx, ids []string) ([]Booking, error) {
	q := db.New(tx)
	rows, err := q.StrandedByID(ctx, db.StrandedByIDParams{Ids: sqldb.List(ids), After: sqldb.At(tx.Now)})
	if err != nil {
		return nil, fmt.Errorf("stranded bookings: %w", err)
	}
	list := make([]Booking, len(rows))
	for i, r := range rows {
		list[i] = bookingOf(db.BookingByIDRow(r))
	}
	return parties(ctx, q, list)
}

// carryOut does a plan in one transaction, for those of it that still are stranded.
func (s *Service) carryOut(ctx context.Context, who identity.Actor, plan []Proposal, cancel bool) ([]Outcome, error) {
	ids := make([]string, len(plan))
	for i, p := range plan {
		ids[i] = p.Booking.ID
	}
	var done []Outcome
	err := s.base.Update(ctx, func(tx *sqldb.Tx) error {
		list, err := strandedOf(ctx, tx, ids)
		if err != nil {
			return err
		}
		done, err = s.resettleAll(ctx, tx, who, planned(plan, list), cancel)
		return err
	})
	return done, err
}

// resettleAll moves the bookings of a plan one after the other, so that a time taken by one is no longer
// there for the next.
func (s *Service) resettleAll(ctx context.Context, tx *sqldb.Tx, who identity.Actor, plan []Proposal, cancel bool) ([]Outcome, error) {
	done := make([]Outcome, len(plan))
	for i, p := range plan {
		var err error
		if done[i], err = s.resettle(ctx, tx, who, p, cancel); err != nil {
			return nil, err
		}
	}
	return done, nil
}

func (s *Service) resettle(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p Proposal, cancel bool) (Outcome, error) {
	b, q := p.Booking, db.New(tx)
	out := Outcome{Fate: LeftWithoutPlace, Booking: b, WasPointID: b.PointID, WasAt: b.StartsAt}
	for _, w := range p.tried {
		var err error
		if b.sits(w) {
			out.Fate = Reassigned
			out.Booking, err = s.handOver(ctx, tx, q, who, b)
		} else {
			out.Fate = Moved
			out.Booking, err = s.move(ctx, tx, q, who, b, w)
		}
		if !errors.Is(err, ErrTaken) && !errors.Is(err, ErrPast) {
			return out, err
		}
	}
	out.Fate, out.Booking = LeftWithoutPlace, b
	if !cancel {
		return out, nil
	}
	var err error
	out.Fate = CancelledByService
	out.Booking, err = s.cancel(ctx, tx, q, who, b, ByService)
	return out, err
}

// handOver gives a booking to somebody else at the same time and place: who has the least to do. The
// citizen notices nothing. When nobody can, it answers ErrTaken and nothing has changed.
func (s *Service) handOver(ctx context.Context, tx *sqldb.Tx, q *db.Queries, who identity.Actor, b Booking) (Booking, error) {
	return s.handOverTo(ctx, tx, q, who, b, "")
}

// handOverTo is handOver to one person; "" means whoever has the least to do.
func (s *Service) handOverTo(ctx context.Context, tx *sqldb.Tx, q *db.Queries, who identity.Actor, b Booking, heir string) (Booking, error) {
	w := b.Where()
	w.FacilitatorID, w.Audience = heir, kinds.Staff
	at, err := take(ctx, tx, q, w, nil)
	if err != nil {
		return b, err
	}
	if err := settle(ctx, tx, q, b, w, at, holding{state: Confirmed}); err != nil {
		return b, err
	}
	if err := giveBack(ctx, q, b); err != nil {
		return b, err
	}
	after, err := byID(ctx, q, b.ID)
	if err != nil {
		return b, err
	}
	if err := record(ctx, tx, who, after, "agenda.reassign"); err != nil {
		return b, err
	}
	return after, s.tell(ctx, tx, Changed{What: Reassigned, Booking: after, Before: b, Who: who})
}
