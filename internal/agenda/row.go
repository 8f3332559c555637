package agenda

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/kinds"
	"capillare/internal/sqldb"
)

// shortestKey is how long an idempotency key must be: the secret of a draft is made from it, so it
// must be as hard to guess.
const shortestKey = 16

// newSecret returns the secret of a new draft: made from key, so that the same key gives the same
// secret again without the secret being kept anywhere, or random without a key.
func newSecret(key string) (string, error) {
	if key == "" {
		return rand.Text(), nil
	}
	if len(key) < shortestKey {
		return "", ErrKey
	}
	sum := sha256.Sum256([]byte("capillare draft secret " + key))
	return base64.RawURLEncoding.EncodeToString(sum[:]), nil
}

// hashed is how secrets and keys are kept: who reads the database can use neither.
func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// keyHash returns how the key of a request is kept, "" without one. With it goes what is asked for: the same
// key with other words, or from somebody else, is another request.
func keyHash(key string, asked ...string) (sqldb.OptText, error) {
	switch {
	case key == "":
		return "", nil
	case len(key) < shortestKey:
		return "", ErrKey
	}
	return sqldb.OptText(hashed(fmt.Sprintf("capillare booking key %s %q", key, asked))), nil
}

func byID(ctx context.Context, q *db.Queries, id string) (Booking, error) {
	row, err := q.BookingByID(ctx, id)
	return whole(ctx, q, row, err)
}

// whole adds until when people who come together stay.
func whole(ctx context.Context, q *db.Queries, row db.BookingByIDRow, err error) (Booking, error) {
	b, err := found(row, err)
	if err != nil || b.Party <= 1 {
		return b, err
	}
	until, err := q.UntilTogether(ctx, sqldb.OptText(b.ID))
	if err == nil && until.After(b.Until) {
		b.Until = until.Time
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return b, fmt.Errorf("who comes together: %w", err)
	}
	return b, nil
}

func bySecret(ctx context.Context, q *db.Queries, secret string) (Booking, error) {
	row, err := q.BookingBySecret(ctx, hashed(secret))
	return whole(ctx, q, db.BookingByIDRow(row), err)
}

func byCode(ctx context.Context, q *db.Queries, code string) (Booking, error) {
	row, err := q.BookingByCode(ctx, code)
	b, err := whole(ctx, q, db.BookingByIDRow(row), err)
	if err == nil && (b.Draft() || b.TogetherID != "") {
		return Booking{}, ErrNotFound
	}
	return b, err
}

// byKey returns the booking that was confirmed with a key, and whether there is one.
func byKey(ctx context.Context, q *db.Queries, key sqldb.OptText) (Booking, bool, error) {
	if key == "" {
		return Booking{}, false, nil
	}
	row, err := q.BookingByKey(ctx, key)
	b, err := whole(ctx, q, db.BookingByIDRow(row), err)
	if errors.Is(err, ErrNotFound) {
		return Booking{}, false, nil
	}
	return b, err == nil, err
}

func found(row db.BookingByIDRow, err error) (Booking, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Booking{}, ErrNotFound
	}
	if err != nil {
		return Booking{}, fmt.Errorf("booking: %w", err)
	}
	return bookingOf(row), nil
}

func bookingOf(row db.BookingByIDRow) Booking {
	b := row.AgendaBooking
	return Booking{
		ID: b.ID, Code: b.Code, SlotID: b.SlotID, Seat: b.Seat, PointID: b.PointID, AddressID: row.AddressID, FacilitatorID: b.FacilitatorID,
		Kind: b.Kind, Day: b.Day, StartsAt: b.StartsAt.Time, EndsAt: b.EndsAt.Time,
		Details: Details{
			Topic: b.Topic, Reason: b.Reason, Needs: b.Needs, Language: b.Language,
			Contact: Contact{Name: string(row.ContactName), Phone: string(row.ContactPhone), Email: string(row.ContactEmail), OnBehalf: string(row.OnBehalf), Relation: string(row.Relation)},
		},
		State: b.State, Channel: b.Channel, NoticeVersion: b.NoticeVersion, HeldUntil: b.HeldUntil.Time, HeldSince: b.HeldSince.Time,
		CancelledBy: b.CancelledBy, CreatedAt: b.CreatedAt.Time, Version: b.Version,
		Party: b.Party, Until: b.EndsAt.Time, TogetherID: string(b.TogetherID), KindID: string(row.KindID), Mode: kinds.Mode(row.Mode),
		contactID: string(b.ContactID), key: b.IdempotencyKey, clientKey: b.ClientKey,
	}
}

func slotFrom(r db.AgendaSlot) Slot {
	return Slot{
		ID: r.ID, PointID: r.PointID, AddressID: r.AddressID, FacilitatorID: r.FacilitatorID, Kind: r.Kind,
		KindID: string(r.KindID), Mode: kinds.Mode(r.Mode), Day: r.Day, StartsAt: r.StartsAt.Time, EndsAt: r.EndsAt.Time,
		BusyFrom: r.BusyFrom.Time, BusyTo: r.BusyTo.Time, ClosesAt: r.ClosesAt.Time, Audience: kinds.Audience(r.Audience),
		Kept: r.Kept, Seats: r.Seats, Free: r.Free, State: r.State, beyond: r.Beyond,
	}
}
