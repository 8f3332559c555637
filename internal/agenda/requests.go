package agenda

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/sqldb"
)

// requestDays is for how long the same click twice is one: longer than anybody leaves a page open.
const requestDays = 2

// MoveRequest asks for another time of a booking.
type MoveRequest struct {
	Where
	// Key makes the same click twice one move: at least 16 random characters, made for each form. Sent again
	// it changes nothing, even when the booking went elsewhere meanwhile.
	Key string
}

// ConfirmRequest makes a draft a booking.
type ConfirmRequest struct {
	NoticeVersion string
	// Key makes the same click twice one confirmation: at least 16 random characters, made for each form.
	Key string
	// Anyway answers yes to the question of [ErrSameDay].
	Anyway bool
}

// request is the key of a change with what it asks for.
type request struct {
	key   string
	asked []string
}

// toCancel, toMove and toBeFewer are the requests to change a booking.
func toCancel(key string, b Booking) request { return request{key, []string{"cancel", b.ID}} }

func toMove(r MoveRequest, b Booking) request {
	w := r.Where
	return request{r.Key, []string{"move", b.ID, w.PointID, w.AddressID, w.FacilitatorID, w.Kind, w.KindID, instant(w.StartsAt)}}
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func toBeFewer(key string, b Booking) request { return request{key, []string{"fewer", b.ID}} }

// once makes a change of a booking unless its key was used before: then the booking is answered as it is.
func once(ctx context.Context, tx *sqldb.Tx, q *db.Queries, key request, change func() (Booking, error)) (Booking, error) {
	hash, err := keyHash(key.key, key.asked...)
	if err != nil {
		return Booking{}, err
	}
	if hash == "" {
		return change()
	}
	id, err := q.RequestedBooking(ctx, string(hash))
	if err == nil {
		return byID(ctx, q, id)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return Booking{}, fmt.Errorf("look for a request: %w", err)
	}
	b, err := change()
	if err != nil {
		return b, err
	}
	err = q.InsertRequest(ctx, db.InsertRequestParams{KeyHash: string(hash), BookingID: b.ID, CreatedAt: sqldb.At(tx.Now)})
	if err != nil {
		return b, fmt.Errorf("note a request: %w", err)
	}
	return b, nil
}

// deleteRequests forgets the keys of requests that nobody sends again.
func (s *Service) deleteRequests(ctx context.Context) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		before := tx.Now.Add(-requestDays * 24 * time.Hour)
		if err := db.New(tx).DeleteRequests(ctx, sqldb.At(before)); err != nil {
			return fmt.Errorf("forget requests: %w", err)
		}
		return nil
	})
}
