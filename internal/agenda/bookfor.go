package agenda

import (
	"context"
	"errors"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/sqldb"
)

// ForRequest books for another person, in one step.
type ForRequest struct {
	Where
	// Channel is Phone when empty.
	Channel       string
	Details       Details
	NoticeVersion string
	// Key makes the same click twice one booking: at least 16 random characters, made for each form.
	Key string
	// Anyway goes beyond the limits of the network and answers yes to the question of [ErrSameDay].
	Anyway bool
}

// BookFor books and confirms for another person, by who may book at the point. It refuses as
// [Service.Hold] does, and with the limits and the question of [Service.Advice] unless r says Anyway.
func (s *Service) BookFor(ctx context.Context, who identity.Actor, r ForRequest) (Booking, error) {
	if !who.Can(identity.Book) {
		return Booking{}, identity.ErrForbidden
	}
	var err error
	if r.Details, err = checkedDetails(r.Details, true); err != nil {
		return Booking{}, err
	}
	key, err := r.keyHash(who)
	if err != nil {
		return Booking{}, err
	}
	if r.Channel == "" {
		r.Channel = Phone
	}
	if r.Audience == "" {
		r.Audience = kinds.Staff
	}
	w, inOrder, taken := s.prospects(ctx, r.Where)
	if taken != nil && (r.Key == "" || !errors.Is(taken, ErrTaken)) {
		return Booking{}, s.unlessHidden(ctx, who, r.PointID, taken)
	}
	if err := s.askFor(ctx, who, r, key); err != nil {
		return Booking{}, err
	}
	r.Where = w
	var b Booking
	err = s.base.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		was, again, err := byKey(ctx, q, key)
		if err != nil {
			return err
		}
		if _, err := s.points.RequirePoint(ctx, tx, who, identity.Book, r.PointID); err != nil {
			return err
		}
		switch {
		case again:
			b = was
			return nil
		case taken != nil:
			return taken
		}
		at, err := take(ctx, tx, q, w, inOrder)
		if err != nil {
			return err
		}
		b, err = s.bookFor(ctx, tx, who, r, at)
		return err
	})
	return b, err
}

// keyHash returns how the key is kept. The form sent again for another person, after going back, is another
// booking: it must not be answered with the first one.
func (r ForRequest) keyHash(who identity.Actor) (sqldb.OptText, error) {
	c := r.Details.Contact
	return keyHash(r.Key, "book", who.AccountID, r.PointID, instant(r.StartsAt), c.Name, c.OnBehalf, c.Phone, c.Email)
}

// askFor asks the question of the same day before the transaction: what matters is that it was asked. A
// click sent again is answered, not asked.
func (s *Service) askFor(ctx context.Context, who identity.Actor, r ForRequest, key sqldb.OptText) error {
	if r.Anyway {
		return nil
	}
	return s.base.View(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		if _, again, err := byKey(ctx, q, key); err != nil || again {
			return err
		}
		if _, err := s.points.RequirePoint(ctx, tx, who, identity.Book, r.PointID); err != nil {
			return err
		}
		return sameDay(ctx, q, Booking{Details: r.Details, Day: calendar.DayOf(r.StartsAt)})
	})
}

// bookFor writes the booking of the seat taken.
func (s *Service) bookFor(ctx context.Context, tx *sqldb.Tx, who identity.Actor, r ForRequest, at seat) (Booking, error) {
	q, d := db.New(tx), r.Details
	if !r.Anyway {
		asked := Booking{Details: d, Kind: r.Kind, Day: at.slot.Day, StartsAt: at.slot.StartsAt.Time, EndsAt: at.slot.EndsAt.Time}
		if err := withinLimits(ctx, tx, q, asked); err != nil {
			return Booking{}, err
		}
	}
	days, err := s.contactDays(ctx, tx)
	if err != nil {
		return Booking{}, err
	}
	contact, err := writeContact(ctx, tx, q, "", d.Contact, at.slot.Day.AddDays(days))
	if err != nil {
		return Booking{}, err
	}
	secret, err := newSecret("")
	if err != nil {
		return Booking{}, err
	}
	hash, err := r.keyHash(who)
	if err != nil {
		return Booking{}, err
	}
	b, err := insert(ctx, tx, q, r.Where, at, db.InsertBookingParams{
		SecretHash: hashed(secret), IdempotencyKey: hash, Topic: d.Topic, Reason: d.Reason, Needs: d.Needs, Language: d.Language,
		State: Confirmed, Channel: r.Channel, ContactID: sqldb.OptText(contact), NoticeVersion: r.NoticeVersion, CreatedBy: sqldb.OptText(who.AccountID),
	})
	if err != nil {
		return b, err
	}
	if err := record(ctx, tx, who, b, "agenda.book_for"); err != nil {
		return b, err
	}
	return b, s.tell(ctx, tx, Changed{What: Booked, Booking: b, Who: who})
}

// unlessHidden returns refusal, unless the point is none of who's: then nothing is said of its times.
func (s *Service) unlessHidden(ctx context.Context, who identity.Actor, pointID string, refusal error) error {
	return s.base.View(ctx, func(tx *sqldb.Tx) error {
		if _, err := s.points.RequirePoint(ctx, tx, who, identity.Book, pointID); err != nil {
			return err
		}
		return refusal
	})
}
