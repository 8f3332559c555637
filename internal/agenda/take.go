package agenda

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/sqldb"
)

// staleAtOnce is how many expired holds are looked at when somebody wants their time: more than a
// point can have.
const staleAtOnce = 200

// longestSlot bounds how early a slot can begin that is still under way at an instant.
const longestSlot = 240 * time.Minute

// seat is what was taken: a seat of a slot.
type seat struct {
	slot   db.CandidatesRow
	number int
}

// candidates returns the free slots at a place and time, the person with the least to do first: on
// that day, then in that week.
func candidates(ctx context.Context, q *db.Queries, w Where) ([]db.CandidatesRow, error) {
	day := calendar.DayOf(w.StartsAt)
	monday := day.AddDays(1 - int(day.Weekday()))
	rows, err := q.Candidates(ctx, db.CandidatesParams{
		PointID: w.PointID, StartsAt: sqldb.At(w.StartsAt), Kind: w.Kind, WeekFrom: monday, WeekTo: monday.AddDays(6),
		AnyAddress: w.AddressID == "", AddressID: w.AddressID, AnyFacilitator: w.FacilitatorID == "", FacilitatorID: w.FacilitatorID,
	})
	if err != nil {
		return nil, fmt.Errorf("slots at a time: %w", err)
	}
	return rows, nil
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
		if list, err = candidates(ctx, q, w); err != nil || len(list) > 0 {
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
	if got, ok, err := takeOne(ctx, q, inOrder); err != nil || ok {
		return got, err
	}
	if got, ok, err := takeAny(ctx, q, w); err != nil || ok {
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
	got, ok, err := takeAny(ctx, q, w)
	if err == nil && !ok {
		return seat{}, ErrTaken
	}
	return got, err
}

func takeAny(ctx context.Context, q *db.Queries, w Where) (seat, bool, error) {
	list, err := candidates(ctx, q, w)
	if err != nil {
		return seat{}, false, err
	}
	return takeOne(ctx, q, list)
}

func takeOne(ctx context.Context, q *db.Queries, list []db.CandidatesRow) (seat, bool, error) {
	for _, slot := range list {
		number, ok, err := takeSeat(ctx, q, slot)
		if err != nil || ok {
			return seat{slot, number}, ok, err
		}
	}
	return seat{}, false, nil
}

// takeSeat takes the lowest free seat of a slot. The number of free seats is lowered first: on
// PostgreSQL that one row makes rivals wait for each other, and the loser is tried again and sees it.
func takeSeat(ctx context.Context, q *db.Queries, slot db.CandidatesRow) (number int, ok bool, err error) {
	row, err := q.TakeSeat(ctx, slot.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("take a seat: %w", err)
	}
	if row.Free == row.Seats-1 {
		if ok, err := claim(ctx, q, slot); err != nil || !ok {
			return 0, false, err
		}
	}
	if row.Seats == 1 {
		return 1, true, nil
	}
	taken, err := q.SeatsTaken(ctx, slot.ID)
	if err != nil {
		return 0, false, fmt.Errorf("take a seat: %w", err)
	}
	number = 1
	for _, n := range taken {
		if n != number {
			break
		}
		number++
	}
	return number, true, nil
}

// claim takes the cells of a slot for its first booking. When another slot of the same person has one
// of them, this slot has no free seat after all.
func claim(ctx context.Context, q *db.Queries, slot db.CandidatesRow) (bool, error) {
	first, end := cellsOf(slot.StartsAt.Time, slot.EndsAt.Time)
	n, err := q.InsertCells(ctx, db.InsertCellsParams{FacilitatorID: slot.FacilitatorID, SlotID: slot.ID, Cells: cellList(first, end)})
	if err != nil {
		return false, fmt.Errorf("claim cells: %w", err)
	}
	if n < end-first {
		if err := q.DeleteCells(ctx, slot.ID); err != nil {
			return false, fmt.Errorf("claim cells: %w", err)
		}
		if err := q.SetFree(ctx, db.SetFreeParams{ID: slot.ID, Free: 0}); err != nil {
			return false, fmt.Errorf("claim cells: %w", err)
		}
		return false, nil
	}
	err = q.BlockOverlapping(ctx, db.BlockOverlappingParams{
		FacilitatorID: slot.FacilitatorID, Day: slot.Day, ID: slot.ID, StartsAt: slot.StartsAt, EndsAt: slot.EndsAt,
	})
	if err != nil {
		return false, fmt.Errorf("block overlapping slots: %w", err)
	}
	return true, nil
}

// giveBack frees the seat that a booking had; the booking itself must have left already. With the last
// one the cells go, and the overlapping slots of the same person have their seats again.
func giveBack(ctx context.Context, q *db.Queries, b Booking) error {
	if err := q.FreeSeat(ctx, b.SlotID); err != nil {
		return fmt.Errorf("free a seat: %w", err)
	}
	left, err := q.SeatsTaken(ctx, b.SlotID)
	if err != nil || len(left) > 0 {
		return err
	}
	if err := q.DeleteCells(ctx, b.SlotID); err != nil {
		return fmt.Errorf("free cells: %w", err)
	}
	others, err := q.Overlapping(ctx, db.OverlappingParams{
		FacilitatorID: b.FacilitatorID, Day: b.Day, ID: b.SlotID, StartsAt: sqldb.At(b.StartsAt), EndsAt: sqldb.At(b.EndsAt),
	})
	if err != nil {
		return fmt.Errorf("overlapping slots: %w", err)
	}
	for _, o := range others {
		first, end := cellsOf(o.StartsAt.Time, o.EndsAt.Time)
		n, err := q.CountCells(ctx, db.CountCellsParams{FacilitatorID: b.FacilitatorID, FromCell: first, ToCell: end})
		if err != nil {
			return fmt.Errorf("overlapping slots: %w", err)
		}
		if n > 0 {
			continue
		}
		if err := q.SetFree(ctx, db.SetFreeParams{ID: o.ID, Free: o.Seats}); err != nil {
			return fmt.Errorf("overlapping slots: %w", err)
		}
	}
	return nil
}

// end takes a booking to expired or cancelled and frees its seat.
func end(ctx context.Context, tx *sqldb.Tx, q *db.Queries, b Booking, state, by string) error {
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
		if err := end(ctx, tx, q, b, Expired, ""); err != nil {
			return nil, err
		}
		if !slices.Contains(points, b.PointID) {
			points = append(points, b.PointID)
		}
	}
	return points, nil
}

// insert writes a new booking in the seat taken, with a code that nobody has.
func insert(ctx context.Context, tx *sqldb.Tx, q *db.Queries, w Where, at seat, p db.InsertBookingParams) (Booking, error) {
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
			return Booking{}, fmt.Errorf("write a booking: %w", err)
		}
		if n == 1 {
			return byID(ctx, q, p.ID)
		}
	}
	return Booking{}, errors.New("agenda: no free code, or a seat that was free is not")
}

// settle moves a booking to the seat taken, in a state; a confirmed one is not held.
func settle(ctx context.Context, tx *sqldb.Tx, q *db.Queries, b Booking, w Where, at seat, hold holding) error {
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

func cellList(first, end int64) string {
	b := []byte{'['}
	for cell := first; cell < end; cell++ {
		if cell > first {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, "%d", cell)
	}
	return string(append(b, ']'))
}
