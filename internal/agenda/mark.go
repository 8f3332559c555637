package agenda

import (
	"context"
	"fmt"
	"slices"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// MarkAbsent says that the person did not come; MarkAttended that they did; Undo takes either back.
// The day must have come (ErrNotYet).
func (s *Service) MarkAbsent(ctx context.Context, who identity.Actor, bookingID string) (Booking, error) {
	return s.mark(ctx, who, bookingID, Absent, "agenda.absent", Confirmed, Attended)
}

// MarkAttended says that the person came.
func (s *Service) MarkAttended(ctx context.Context, who identity.Actor, bookingID string) (Booking, error) {
	return s.mark(ctx, who, bookingID, Attended, "agenda.attended", Confirmed, Absent)
}

// Undo takes MarkAbsent or MarkAttended back.
func (s *Service) Undo(ctx context.Context, who identity.Actor, bookingID string) (Booking, error) {
	return s.mark(ctx, who, bookingID, Confirmed, "agenda.undo", Attended, Absent)
}

func (s *Service) mark(ctx context.Context, who identity.Actor, id, state, action string, from ...string) (Booking, error) {
	var b Booking
	err := s.base.Update(ctx, func(tx *sqldb.Tx) (err error) {
		if b, err = s.required(ctx, tx, who, identity.Book, id); err != nil || b.State == state {
			return err
		}
		if b.Day.After(today(tx)) {
			return ErrNotYet
		}
		before := b
		b, err = become(ctx, tx, b, state, from...)
		if err != nil {
			return err
		}
		if err := record(ctx, tx, who, b, action); err != nil {
			return err
		}
		return s.tell(ctx, tx, Changed{What: marks()[state], Booking: b, Before: before, Who: who})
	})
	return b, err
}

// become changes the state of a booking that keeps its seat.
func become(ctx context.Context, tx *sqldb.Tx, b Booking, state string, from ...string) (Booking, error) {
	if !slices.Contains(from, b.State) {
		return b, ErrEnded
	}
	q := db.New(tx)
	n, err := q.SetState(ctx, db.SetStateParams{ID: b.ID, State: state, Was: b.State, UpdatedAt: sqldb.At(tx.Now)})
	if err != nil {
		return b, fmt.Errorf("change the state of a booking: %w", err)
	}
	if n == 0 {
		return b, ErrEnded
	}
	return byID(ctx, q, b.ID)
}

// Served says that the service of a booking was recorded, in the transaction of the register. who
// needs the right to record at the point. A booking served before is ErrEnded.
func (s *Service) Served(ctx context.Context, tx *sqldb.Tx, who identity.Actor, bookingID string) (Booking, error) {
	b, err := s.required(ctx, tx, who, identity.Record, bookingID)
	if err != nil {
		return b, err
	}
	if b.Day.After(today(tx)) {
		return b, ErrNotYet
	}
	before := b
	if b, err = become(ctx, tx, b, Served, Confirmed, Attended, Absent); err != nil {
		return b, err
	}
	return b, s.tell(ctx, tx, Changed{What: MarkedServed, Booking: b, Before: before, Who: who})
}

// Unserved takes Served back, when the record was cancelled: the booking waits for its outcome again.
func (s *Service) Unserved(ctx context.Context, tx *sqldb.Tx, bookingID string) error {
	b, err := byID(ctx, db.New(tx), bookingID)
	if err != nil {
		return err
	}
	before := b
	if b, err = become(ctx, tx, b, Confirmed, Served); err != nil {
		return err
	}
	return s.tell(ctx, tx, Changed{What: BackToConfirmed, Booking: b, Before: before})
}

// marks is what is told of a booking that took one of these states.
func marks() map[string]string {
	return map[string]string{Absent: MarkedAbsent, Attended: MarkedAttended, Confirmed: BackToConfirmed}
}
