package agenda

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/sqldb"
)

// Cancel gives up the booking with this code, for the citizen: ErrPast when it has begun, ErrEnded
// when it was cancelled before. The same key, when there is one, answers the same booking again.
func (s *Service) Cancel(ctx context.Context, code, key string) (Booking, error) {
	var b Booking
	err := s.base.Update(ctx, func(tx *sqldb.Tx) (err error) {
		q := db.New(tx)
		if b, err = byCode(ctx, q, code); err != nil {
			return err
		}
		b, err = once(ctx, tx, q, toCancel(key, b), func() (Booking, error) { return s.cancel(ctx, tx, q, identity.Public(""), b, ByCitizen) })
		return err
	})
	return b, err
}

// CancelByService cancels a booking for the service: the person is to be told. Keys are as in Cancel.
func (s *Service) CancelByService(ctx context.Context, who identity.Actor, bookingID, key string) (Booking, error) {
	var b Booking
	err := s.base.Update(ctx, func(tx *sqldb.Tx) (err error) {
		if b, err = s.required(ctx, tx, who, identity.Book, bookingID); err != nil {
			return err
		}
		q := db.New(tx)
		b, err = once(ctx, tx, q, toCancel(key, b), func() (Booking, error) { return s.cancel(ctx, tx, q, who, b, ByService) })
		return err
	})
	return b, err
}

func (s *Service) cancel(ctx context.Context, tx *sqldb.Tx, q *db.Queries, who identity.Actor, b Booking, by string) (Booking, error) {
	if err := b.changeable(tx); err != nil {
		return b, err
	}
	if b.TogetherID != "" {
		return s.cancelOne(ctx, tx, q, who, b, by)
	}
	before := b
	if err := end(ctx, tx, q, b, Cancelled, by); err != nil {
		return b, err
	}
	b, err := byID(ctx, q, b.ID)
	if err != nil {
		return b, err
	}
	if err := record(ctx, tx, who, b, "agenda.cancel"); err != nil {
		return b, err
	}
	what := CancelledByCitizen
	if by == ByService {
		what = CancelledByService
	}
	return b, s.tell(ctx, tx, Changed{What: what, Booking: b, Before: before, Who: who}, Freed{PointID: before.PointID})
}

// cancelOne ends the booking of one of those who come together, and returns that of the first.
func (s *Service) cancelOne(ctx context.Context, tx *sqldb.Tx, q *db.Queries, who identity.Actor, b Booking, by string) (Booking, error) {
	before, err := byID(ctx, q, b.TogetherID)
	if err != nil {
		return b, err
	}
	if err := endOne(ctx, tx, q, b, Cancelled, by); err != nil {
		return b, err
	}
	if err := setParty(ctx, tx, q, before.ID, max(1, before.Party-1)); err != nil {
		return b, err
	}
	first, err := byID(ctx, q, before.ID)
	if err != nil {
		return b, err
	}
	if err := record(ctx, tx, who, b, "agenda.fewer"); err != nil {
		return b, err
	}
	return first, s.tell(ctx, tx, Changed{What: Fewer, Booking: first, Before: before, Who: who}, Freed{PointID: before.PointID})
}

// changeable refuses a booking that is over in either sense.
func (b Booking) changeable(tx *sqldb.Tx) error {
	switch {
	case b.State != Confirmed && b.State != Held:
		return ErrEnded
	case !b.StartsAt.After(tx.Now):
		return ErrPast
	}
	return nil
}

// Move gives the booking with this code another time, for the citizen; code and id stay. The new seat
// is taken before the old one is free: when it is gone (ErrTaken) nothing has changed.
func (s *Service) Move(ctx context.Context, code string, r MoveRequest) (Booking, error) {
	var b Booking
	err := s.base.Update(ctx, func(tx *sqldb.Tx) (err error) {
		q := db.New(tx)
		if b, err = byCode(ctx, q, code); err != nil {
			return err
		}
		b, err = once(ctx, tx, q, toMove(r, b), func() (Booking, error) {
			if err := movedWithinLimits(ctx, tx, q, b, r.Where); err != nil {
				return b, err
			}
			return s.move(ctx, tx, q, identity.Public(""), b, r.Where)
		})
		return err
	})
	return b, err
}

// MoveFor is Move for another person, by who works at both points.
func (s *Service) MoveFor(ctx context.Context, who identity.Actor, bookingID string, r MoveRequest) (Booking, error) {
	if r.Audience == "" {
		r.Audience = kinds.Staff
	}
	var b Booking
	err := s.base.Update(ctx, func(tx *sqldb.Tx) (err error) {
		if b, err = s.required(ctx, tx, who, identity.Book, bookingID); err != nil {
			return err
		}
		if _, err := s.points.RequirePoint(ctx, tx, who, identity.Book, r.PointID); err != nil {
			return err
		}
		q := db.New(tx)
		b, err = once(ctx, tx, q, toMove(r, b), func() (Booking, error) { return s.move(ctx, tx, q, who, b, r.Where) })
		return err
	})
	return b, err
}

func (s *Service) move(ctx context.Context, tx *sqldb.Tx, q *db.Queries, who identity.Actor, b Booking, w Where) (Booking, error) {
	if b.State != Confirmed {
		return b, ErrEnded
	}
	if err := b.changeable(tx); err != nil {
		return b, err
	}
	b, err := head(ctx, q, b)
	if err != nil {
		return b, err
	}
	w.Party = b.Party
	if w, err = checkedWhere(w, tx.Now); err != nil || b.sits(w) {
		return b, err
	}
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
	if err := s.keepContact(ctx, tx, b.contactID, at.slot.Day); err != nil {
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

// Sweep lets go the holds that ran out and returns how many they were.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	total := 0
	for {
		var ids []string
		err := s.base.Update(ctx, func(tx *sqldb.Tx) (err error) {
			q := db.New(tx)
			ids, err = q.StaleHolds(ctx, db.StaleHoldsParams{Now: sqldb.At(tx.Now), Max: 50})
			if err != nil {
				return fmt.Errorf("sweep holds: %w", err)
			}
			points, err := expire(ctx, tx, q, ids)
			for _, id := range points {
				err = cmp.Or(err, s.tell(ctx, tx, Freed{PointID: id}))
			}
			return err
		})
		if err != nil {
			return total, err
		}
		if total += len(ids); len(ids) == 0 {
			return total, nil
		}
	}
}

// Purge deletes the contacts whose time is over, with the words people wrote, and returns how many.
// Expired drafts that are left without one go too.
func (s *Service) Purge(ctx context.Context) (int, error) {
	total := 0
	for {
		var n int64
		err := s.base.Update(ctx, func(tx *sqldb.Tx) error {
			n = 0
			q := db.New(tx)
			days, err := s.contactDays(ctx, tx)
			if err != nil {
				return err
			}
			ids, err := q.ContactsToDelete(ctx, db.ContactsToDeleteParams{Today: today(tx), Before: today(tx).AddDays(-days), Max: 200})
			if err != nil || len(ids) == 0 {
				return err
			}
			if err := q.ForgetContacts(ctx, sqldb.List(ids)); err != nil {
				return fmt.Errorf("purge contacts: %w", err)
			}
			n, err = q.DeleteContacts(ctx, sqldb.List(ids))
			return err
		})
		if err != nil {
			return total, fmt.Errorf("purge contacts: %w", err)
		}
		if total += int(n); n == 0 {
			return total, errors.Join(s.deleteDrafts(ctx), s.deleteRequests(ctx))
		}
	}
}

func (s *Service) deleteDrafts(ctx context.Context) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		before := tx.Now.AddDate(0, 0, -draftDays)
		if _, err := db.New(tx).DeleteDrafts(ctx, sqldb.At(before)); err != nil {
			return fmt.Errorf("delete expired drafts: %w", err)
		}
		return nil
	})
}
