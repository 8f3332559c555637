package agenda

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/codes"
	"capillare/internal/sqldb"
)

// staleAtOnce is how many expired holds are looked at when somebody wants their time: more than a
// point can have.
const staleAtOnce = 200

// longestSlot bounds how early a slot can begin that is still under way at an instant.
const longestSlot = 240 * time.Minute

// seat is what was taken: a seat of a slot, and those of who comes together with the first.
type seat struct {
	slot   db.CandidatesRow
	number int
	others []seat
}

// prospects looks before the transaction: the order of least load is a wish, not a promise, and read
// here it gives rivals nothing to conflict about. It answers ErrTaken when there is surely no seat.
func (s *Service) prospects(ctx context.Context, w Where) (Where, []db.CandidatesRow, error) {
	var list []db.CandidatesRow
	err := s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
		if w, err = checkedWhere(w, tx.Now); err != nil {
			return err
		}
		q := db.New(tx)
		if list, err = candidates(ctx, tx, q, w); err != nil || len(list) > 0 {
			return err
		}
		stale, err := staleAround(ctx, tx, q, w)
		if err == nil && len(stale) == 0 {
			return ErrTaken
		}
		return err
	})
	return w, list, err
}

func staleAround(ctx context.Context, tx *sqldb.Tx, q *db.Queries, w Where) ([]string, error) {
	ids, err := q.StaleHoldsAround(ctx, db.StaleHoldsAroundParams{
		Now: sqldb.At(tx.Now), Before: sqldb.At(w.StartsAt.Add(longestSlot)), After: sqldb.At(w.StartsAt), Max: staleAtOnce,
	})
	if err != nil {
		return nil, fmt.Errorf("expired holds: %w", err)
	}
	return ids, nil
}

// take takes a seat at a place and time: of the slots in order, else of whatever is free now, else of
// what the expired holds around that time let go. When there is none it answers ErrTaken and nothing
// more: who took it is nobody's business.
func take(ctx context.Context, tx *sqldb.Tx, q *db.Queries, w Where, inOrder []db.CandidatesRow) (seat, error) {
	if got, ok, err := takeOne(ctx, tx, q, w, inOrder); err != nil || ok {
		return got, err
	}
	if got, ok, err := takeAny(ctx, tx, q, w); err != nil || ok {
		return got, err
	}
	ids, err := staleAround(ctx, tx, q, w)
	if err != nil {
		return seat{}, err
	}
	// Who asks comes before those who wait; what is left of these times is told by the next change.
	if _, err := expire(ctx, tx, q, ids); err != nil {
		return seat{}, err
	}
	got, ok, err := takeAny(ctx, tx, q, w)
	if err == nil && !ok {
		return seat{}, ErrTaken
	}
	return got, err
}

func takeAny(ctx context.Context, tx *sqldb.Tx, q *db.Queries, w Where) (seat, bool, error) {
	list, err := candidates(ctx, tx, q, w)
	if err != nil {
		return seat{}, false, err
	}
	return takeOne(ctx, tx, q, w, list)
}

func takeOne(ctx context.Context, tx *sqldb.Tx, q *db.Queries, w Where, list []db.CandidatesRow) (seat, bool, error) {
	for _, slot := range list {
		got, ok, err := takeParty(ctx, tx, q, w, slot)
		if err != nil || ok {
			return got, ok, err
		}
	}
	return seat{}, false, nil
}

// end takes a booking to expired or cancelled and frees its seat, with those of who comes together. Of
// one who came with others, the others still come.
func end(ctx context.Context, tx *sqldb.Tx, q *db.Queries, b Booking, state, by string) error {
	others, err := companions(ctx, q, b)
	if err != nil {
		return err
	}
	for _, o := range others {
		if err := endOne(ctx, tx, q, o, state, by); err != nil {
			return err
		}
	}
	return endOne(ctx, tx, q, b, state, by)
}

func endOne(ctx context.Context, tx *sqldb.Tx, q *db.Queries, b Booking, state, by string) error {
	n, err := q.EndBooking(ctx, db.EndBookingParams{ID: b.ID, State: state, CancelledBy: by, UpdatedAt: sqldb.At(tx.Now)})
	if err != nil {
		return fmt.Errorf("end a booking: %w", err)
	}
	if n == 0 {
		return ErrEnded
	}
	return giveBack(ctx, q, b)
}

// expire lets go the holds of ids, which are known to have run out in this transaction, and returns the
// points where seats became free.
func expire(ctx context.Context, tx *sqldb.Tx, q *db.Queries, ids []string) (points []string, err error) {
	for _, id := range ids {
		b, err := byID(ctx, q, id)
		if err != nil {
			return nil, err
		}
		if b, err = head(ctx, q, b); err != nil {
			return nil, err
		}
		if b.State != Held {
			// It went with the first of those who come together.
			continue
		}
		if err := end(ctx, tx, q, b, Expired, ""); err != nil {
			return nil, err
		}
		if !slices.Contains(points, b.PointID) {
			points = append(points, b.PointID)
		}
	}
	return points, nil
}

// insert writes a new booking in the seat taken, and those of who comes together.
func insert(ctx context.Context, tx *sqldb.Tx, q *db.Queries, w Where, at seat, p db.InsertBookingParams) (Booking, error) {
	p.Party = 1 + len(at.others)
	id, err := insertOne(ctx, tx, q, w, at, p)
	if err != nil {
		return Booking{}, err
	}
	for _, other := range at.others {
		if err := insertCompanion(ctx, tx, q, id, w, other, p); err != nil {
			return Booking{}, err
		}
	}
	return byID(ctx, q, id)
}

// insertOne writes one booking, with a code that nobody has.
func insertOne(ctx context.Context, tx *sqldb.Tx, q *db.Queries, w Where, at seat, p db.InsertBookingParams) (string, error) {
	p.ID, p.CreatedAt, p.UpdatedAt = sqldb.NewID(tx.Now), sqldb.At(tx.Now), sqldb.At(tx.Now)
	p.SlotID, p.Seat, p.PointID, p.FacilitatorID, p.Kind = at.slot.ID, at.number, w.PointID, at.slot.FacilitatorID, w.Kind
	p.Day, p.StartsAt, p.EndsAt = at.slot.Day, at.slot.StartsAt, at.slot.EndsAt
	if p.Language == "" {
		p.Language = "it"
	}
	const tries = 5
	for range tries {
		p.Code = codes.NewCode(rand.Reader)
		n, err := q.InsertBooking(ctx, p)
		if err != nil {
			return "", fmt.Errorf("write a booking: %w", err)
		}
		if n == 1 {
			return p.ID, nil
		}
	}
	return "", errors.New("agenda: no free code, or a seat that was free is not")
}

// settle moves a booking to the seat taken, in a state, with who comes together; a confirmed one is not
// held. The seat that the first one had is given back by the caller.
func settle(ctx context.Context, tx *sqldb.Tx, q *db.Queries, b Booking, w Where, at seat, hold holding) error {
	if err := seatAt(ctx, tx, q, b, w, at, hold); err != nil {
		return err
	}
	hold.client = ""
	return settleOthers(ctx, tx, q, b, w, at, hold)
}

func seatAt(ctx context.Context, tx *sqldb.Tx, q *db.Queries, b Booking, w Where, at seat, hold holding) error {
	err := q.PlaceBooking(ctx, db.PlaceBookingParams{
		ID: b.ID, SlotID: at.slot.ID, Seat: at.number, PointID: w.PointID, FacilitatorID: at.slot.FacilitatorID, Kind: w.Kind,
		Day: at.slot.Day, StartsAt: at.slot.StartsAt, EndsAt: at.slot.EndsAt, State: hold.state,
		HeldUntil: sqldb.At(hold.until), HeldSince: sqldb.At(hold.since), ClientKey: hold.client, UpdatedAt: sqldb.At(tx.Now),
	})
	if err != nil {
		return fmt.Errorf("place a booking: %w", err)
	}
	return nil
}
