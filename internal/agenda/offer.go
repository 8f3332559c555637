package agenda

import (
	"context"
	"fmt"
	"time"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// HoldFor keeps a time until an instant, in the caller's transaction: a place offered to somebody who
// waits. It answers the draft with the secret that opens it and refuses as [Service.Hold] does. When its
// time is over it expires like every hold, and [Freed] is told.
func (s *Service) HoldFor(ctx context.Context, tx *sqldb.Tx, r HoldRequest, until time.Time) (Booking, string, error) {
	w, err := checkedWhere(r.Where, tx.Now)
	if err != nil {
		return Booking{}, "", err
	}
	secret, err := newSecret(r.Key)
	if err != nil {
		return Booking{}, "", err
	}
	if r.Channel == "" {
		r.Channel = Web
	}
	q := db.New(tx)
	at, err := take(ctx, tx, q, w, nil)
	if err != nil {
		return Booking{}, "", err
	}
	b, err := insertHold(ctx, tx, q, r, w, at, secret, holding{state: Held, since: tx.Now, until: until})
	return b, secret, err
}

// MoveToHeld moves a confirmed booking to the time that a hold of [Service.HoldFor] keeps, in the caller's
// transaction; code and id of the booking stay, the hold is over. It refuses with ErrExpired when the hold
// has ended, ErrEnded and ErrPast when the booking cannot be moved any more. The caller has asked who may.
func (s *Service) MoveToHeld(ctx context.Context, tx *sqldb.Tx, who identity.Actor, bookingID, secret string) (Booking, error) {
	q := db.New(tx)
	b, err := byID(ctx, q, bookingID)
	if err != nil {
		return b, err
	}
	if b.State != Confirmed {
		return b, ErrEnded
	}
	if err := b.changeable(tx); err != nil {
		return b, err
	}
	h, err := bySecret(ctx, q, secret)
	if err != nil {
		return b, err
	}
	if err := h.alive(ctx, tx, q); err != nil {
		return b, err
	}
	if citizen(who) {
		if err := movedWithinLimits(ctx, tx, q, b, h.Where()); err != nil {
			return b, err
		}
	}
	return s.takeOver(ctx, tx, who, b, h)
}

// takeOver gives the seat of the hold h to b, and the one that b had back.
func (s *Service) takeOver(ctx context.Context, tx *sqldb.Tx, who identity.Actor, b, h Booking) (Booking, error) {
	q := db.New(tx)
	at, err := seats(ctx, q, h)
	if err != nil {
		return b, err
	}
	if len(at.others) != b.Party-1 {
		return b, ErrParty
	}
	if err := q.EndHolds(ctx, db.EndHoldsParams{ID: h.ID, UpdatedAt: sqldb.At(tx.Now)}); err != nil {
		return b, fmt.Errorf("end a hold: %w", err)
	}
	if err := settle(ctx, tx, q, b, h.Where(), at, holding{state: Confirmed}); err != nil {
		return b, err
	}
	if err := giveBack(ctx, q, b); err != nil {
		return b, err
	}
	if err := s.keepContact(ctx, tx, b.contactID, h.Day); err != nil {
		return b, err
	}
	before := b
	if b, err = byID(ctx, q, b.ID); err != nil {
		return b, err
	}
	if err := record(ctx, tx, who, b, "agenda.move"); err != nil {
		return b, err
	}
	return b, s.tell(ctx, tx, Changed{What: Moved, Booking: b, Before: before, Who: who}, Freed{PointID: before.PointID})
}

// seat is the seat that a booking sits on.
func (b Booking) seat() seat {
	return seat{number: b.Seat, slot: db.CandidatesRow{
		ID: b.SlotID, FacilitatorID: b.FacilitatorID, AddressID: b.AddressID, Day: b.Day, StartsAt: sqldb.At(b.StartsAt), EndsAt: sqldb.At(b.EndsAt),
	}}
}

// alive refuses with ErrExpired a hold that is over, or whose slot the rules took away.
func (b Booking) alive(ctx context.Context, tx *sqldb.Tx, q *db.Queries) error {
	if b.State != Held || b.HeldUntil.Before(tx.Now) {
		return ErrExpired
	}
	gone, err := withdrawn(ctx, q, b)
	if err == nil && gone {
		return ErrExpired
	}
	return err
}

// citizen reports whether nobody of the staff answers for who acts: then the limits of the network hold.
func citizen(who identity.Actor) bool { return who.AccountID == "" && !who.IsSystem() }

// ConfirmHeld makes the booking of a hold of [Service.HoldFor], in the caller's transaction, with what is
// known of the person. It refuses with ErrExpired when the hold has ended, and a citizen with the limits.
func (s *Service) ConfirmHeld(ctx context.Context, tx *sqldb.Tx, who identity.Actor, secret string, d Details) (Booking, error) {
	d, err := checkedDetails(d, true)
	if err != nil {
		return Booking{}, err
	}
	q := db.New(tx)
	b, err := bySecret(ctx, q, secret)
	if err != nil {
		return b, err
	}
	if err := b.alive(ctx, tx, q); err != nil {
		return b, err
	}
	if b, err = fill(ctx, tx, q, b, d); err != nil {
		return b, err
	}
	if citizen(who) {
		if err := withinLimits(ctx, tx, q, b); err != nil {
			return b, err
		}
	}
	return s.giveHeld(ctx, tx, q, who, b)
}
