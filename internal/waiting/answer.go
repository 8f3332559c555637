package waiting

import (
	"context"
	"errors"
	"fmt"

	"capillare/internal/agenda"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/waiting/internal/db"
)

// By opens an entry: by the secret of an offer, by the code of the entry, or by its id for the staff.
type By struct {
	Secret, Code string
	// ID and Who are for a member of the staff who may book at the point of the entry. The point of an offer
	// may be another one: the answer is the citizen's, the operator only writes it down.
	ID  string
	Who identity.Actor
}

// Opened is an entry with its last offer.
type Opened struct {
	Entry Entry
	// Offer is the last one, open or not; the zero Offer when there was none.
	Offer Offer
	// Before is how many others wait at the point since earlier.
	Before int
	// BookingCode is the code of the appointment that an accepted offer gave.
	BookingCode string
}

// Open returns the entry that by opens. For the staff it asks for the permission to see the agenda.
func (s *Service) Open(ctx context.Context, by By) (Opened, error) {
	var o Opened
	err := s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
		o, err = s.open(ctx, tx, by, identity.SeeAgenda)
		return err
	})
	return o, err
}

func (s *Service) open(ctx context.Context, tx *sqldb.Tx, by By, perm identity.Permission) (Opened, error) {
	e, err := s.entryBy(ctx, tx, by, perm)
	if err != nil {
		return Opened{}, err
	}
	return s.opened(ctx, tx, e)
}

func (s *Service) entryBy(ctx context.Context, tx *sqldb.Tx, by By, perm identity.Permission) (Entry, error) {
	q := db.New(tx)
	switch {
	case by.Secret != "":
		row, err := q.EntryBySecret(ctx, hashed(by.Secret))
		return found(row.WaitingEntry, err)
	case by.Code != "":
		row, err := q.EntryByCode(ctx, by.Code)
		return found(row.WaitingEntry, err)
	case !by.Who.Can(perm):
		return Entry{}, identity.ErrForbidden
	}
	row, err := q.EntryByID(ctx, by.ID)
	e, err := found(row.WaitingEntry, err)
	if err != nil {
		return e, err
	}
	_, err = s.points.RequirePoint(ctx, tx, by.Who, perm, e.PointID)
	return e, err
}

func (s *Service) opened(ctx context.Context, tx *sqldb.Tx, e Entry) (Opened, error) {
	q := db.New(tx)
	e, err := s.full(ctx, tx, e)
	if err != nil {
		return Opened{}, err
	}
	o := Opened{Entry: e}
	offers, err := q.OffersOf(ctx, db.OffersOfParams{EntryID: e.ID, Max: 1})
	if err != nil {
		return o, fmt.Errorf("waiting: offers: %w", err)
	}
	for _, r := range offers {
		o.Offer = offerOf(r.WaitingOffer)
	}
	if e.State == Satisfied {
		b, err := s.agenda.InTx(ctx, tx, e.BookingID)
		o.BookingCode = b.Code
		return o, err
	}
	if e.State != Waiting {
		return o, nil
	}
	n, err := q.CountBefore(ctx, db.CountBeforeParams{PointID: e.PointID, AskedAt: sqldb.At(e.AskedAt), ID: e.ID})
	o.Before = int(n)
	return o, err
}

// OfBooking returns the entry that waits for a booking; ErrNotFound when there is none. The caller has
// asked who may see the booking.
func (s *Service) OfBooking(ctx context.Context, bookingID string) (Entry, error) {
	var e Entry
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		row, err := db.New(tx).EntryOfBooking(ctx, sqldb.OptText(bookingID))
		e, err = found(row.WaitingEntry, err)
		return err
	})
	return e, err
}

// Accept takes the offer offerID: the booking moves there, or one is made. Accepting again gives the same
// booking. It refuses with ErrMissed when the time to answer is over or the rules took the time away,
// with ErrNoOffer when it was answered otherwise, with ErrEnded when the entry is over.
func (s *Service) Accept(ctx context.Context, by By, offerID string) (agenda.Booking, error) {
	var b agenda.Booking
	err := s.base.Update(ctx, func(tx *sqldb.Tx) error {
		o, err := s.open(ctx, tx, by, identity.Book)
		if err != nil {
			return err
		}
		if o.Offer.ID == offerID && o.Offer.State == OfferAccepted {
			b, err = s.agenda.InTx(ctx, tx, o.Entry.BookingID)
			return err
		}
		if err := o.answerable(tx, offerID); err != nil {
			return err
		}
		b, err = s.accept(ctx, tx, by.Who, o)
		return err
	})
	if errors.Is(err, agenda.ErrExpired) {
		return b, ErrMissed
	}
	return b, err
}

// answerable refuses an offer that is no longer the one to answer.
func (o Opened) answerable(tx *sqldb.Tx, offerID string) error {
	switch {
	case o.Offer.ID == offerID && (o.Offer.State == OfferMissed || o.Offer.State == OfferOpen && o.Offer.Until.Before(tx.Now)):
		return ErrMissed
	case o.Entry.State != Waiting:
		return ErrEnded
	case o.Offer.ID != offerID || o.Offer.State != OfferOpen:
		return ErrNoOffer
	}
	return nil
}

func (s *Service) accept(ctx context.Context, tx *sqldb.Tx, who identity.Actor, o Opened) (agenda.Booking, error) {
	secret, err := s.heldSecret(o.Offer)
	if err != nil {
		return agenda.Booking{}, err
	}
	e := o.Entry
	if err := s.settle(ctx, tx, who, o.Offer, OfferAccepted); err != nil {
		return agenda.Booking{}, err
	}
	// The entry ends first: what the agenda tells of the move is then none of its business.
	e.State = Satisfied
	if err := endEntry(ctx, tx, e); err != nil {
		return agenda.Booking{}, err
	}
	var b agenda.Booking
	if e.BookingID != "" {
		b, err = s.agenda.MoveToHeld(ctx, tx, who, e.BookingID, secret)
	} else {
		b, err = s.agenda.ConfirmHeld(ctx, tx, who, secret, agenda.Details{Topic: e.Topic, Language: e.Language, Contact: e.Contact})
		if err == nil {
			err = s.booked(ctx, tx, e, b)
		}
	}
	if err != nil {
		return b, err
	}
	return b, note(ctx, tx, who, "accept", e, map[string]any{"offer": o.Offer.ID, "booking": b.ID})
}

// booked ties the booking that was made to its entry, for who opens the page again.
func (s *Service) booked(ctx context.Context, tx *sqldb.Tx, e Entry, b agenda.Booking) error {
	err := db.New(tx).SetBooking(ctx, db.SetBookingParams{ID: e.ID, BookingID: sqldb.OptText(b.ID)})
	if err != nil {
		return fmt.Errorf("waiting: write a booking: %w", err)
	}
	return nil
}

// Refuse gives an offer up: the time goes to the next who waits, and the entry goes on waiting.
func (s *Service) Refuse(ctx context.Context, by By, offerID string) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		o, err := s.open(ctx, tx, by, identity.Book)
		if err != nil {
			return err
		}
		if o.Offer.ID == offerID && o.Offer.State == OfferRefused {
			return nil
		}
		if err := o.answerable(tx, offerID); err != nil {
			return err
		}
		if err := s.release(ctx, tx, by.Who, o.Offer, OfferRefused); err != nil {
			return err
		}
		// Who answers is there: only offers without an answer in a row end the wait.
		if err := db.New(tx).SetMissed(ctx, db.SetMissedParams{ID: o.Entry.ID, Missed: 0}); err != nil {
			return fmt.Errorf("waiting: refuse: %w", err)
		}
		return note(ctx, tx, by.Who, "refuse", o.Entry, map[string]any{"offer": o.Offer.ID})
	})
}

// Leave takes an entry out of the list; an open offer goes to the next. Leaving twice is leaving once.
func (s *Service) Leave(ctx context.Context, by By) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		o, err := s.open(ctx, tx, by, identity.Book)
		if err != nil {
			return err
		}
		if o.Entry.State == Left {
			return nil
		}
		if o.Entry.State != Waiting {
			return ErrEnded
		}
		return s.end(ctx, tx, by.Who, o.Entry, Left)
	})
}

// heldSecret opens what the agenda gave to hold the time of an offer with.
func (s *Service) heldSecret(o Offer) (string, error) {
	secret, err := s.keys.Open(sealPurpose, o.sealed, o.ID)
	if err != nil {
		return "", fmt.Errorf("waiting: offer %s: %w", o.ID, err)
	}
	return string(secret), nil
}

// release settles an offer and lets its time go.
func (s *Service) release(ctx context.Context, tx *sqldb.Tx, who identity.Actor, o Offer, state string) error {
	secret, err := s.heldSecret(o)
	if err != nil {
		return err
	}
	if err := s.settle(ctx, tx, who, o, state); err != nil {
		return err
	}
	err = s.agenda.DropHeld(ctx, tx, secret)
	if errors.Is(err, agenda.ErrNotFound) {
		// The draft expired and was deleted: its time is free already.
		return nil
	}
	return err
}

func (s *Service) settle(ctx context.Context, tx *sqldb.Tx, who identity.Actor, o Offer, state string) error {
	n, err := db.New(tx).SettleOffer(ctx, db.SettleOfferParams{ID: o.ID, State: state, AnsweredAt: sqldb.At(tx.Now), AnsweredBy: sqldb.OptText(who.AccountID)})
	if err != nil {
		return fmt.Errorf("waiting: settle an offer: %w", err)
	}
	if n == 0 {
		return ErrNoOffer
	}
	o.State, o.AnsweredAt = state, tx.Now
	return s.bus.Publish(ctx, tx, Settled{Offer: o})
}

// end takes an entry out of the list in a state, lets the time of an open offer go and tells who listens.
func (s *Service) end(ctx context.Context, tx *sqldb.Tx, who identity.Actor, e Entry, state string) error {
	o, err := openOffer(ctx, tx, e.ID)
	if err == nil {
		err = s.release(ctx, tx, who, o, OfferWithdrawn)
	}
	if err != nil && !errors.Is(err, ErrNoOffer) {
		return err
	}
	if e, err = s.full(ctx, tx, e); err != nil {
		return err
	}
	e.State = state
	if err := endEntry(ctx, tx, e); err != nil {
		return err
	}
	if err := note(ctx, tx, who, "end", e, map[string]any{"state": state}); err != nil {
		return err
	}
	return s.bus.Publish(ctx, tx, Ended{Entry: e})
}

func endEntry(ctx context.Context, tx *sqldb.Tx, e Entry) error {
	n, err := db.New(tx).EndEntry(ctx, db.EndEntryParams{ID: e.ID, State: e.State, EndedAt: sqldb.At(tx.Now)})
	if err != nil {
		return fmt.Errorf("waiting: end an entry: %w", err)
	}
	if n == 0 {
		return ErrEnded
	}
	return nil
}
