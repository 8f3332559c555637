package agenda

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/kinds"
	"capillare/internal/sqldb"
)

// candidates returns the free slots at a place and time for who asks, the person with the least to do
// first: on that day, then in that week.
func candidates(ctx context.Context, tx *sqldb.Tx, q *db.Queries, w Where) ([]db.CandidatesRow, error) {
	day := calendar.DayOf(w.StartsAt)
	arg := db.CandidatesParams{
		PointID: w.PointID, StartsAt: sqldb.At(w.StartsAt), Kind: w.Kind, Now: sqldb.At(tx.Now),
		AnyKindID: w.KindID == "", KindID: slotKind(w.KindID),
		AnyAddress: w.AddressID == "", AddressID: w.AddressID, AnyFacilitator: w.FacilitatorID == "", FacilitatorID: w.FacilitatorID,
	}
	var list []db.CandidatesRow
	var err error
	if public(w.Audience) {
		list, err = q.Candidates(ctx, arg)
	} else {
		list, err = candidatesInside(ctx, q, w.Audience, day, arg)
	}
	if err != nil {
		return nil, fmt.Errorf("slots at a time: %w", err)
	}
	if len(list) < 2 {
		// One person needs no order, and whoever fights for that time reads less.
		return list, nil
	}
	less, err := fairly(ctx, q, day, list)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, less)
	return list, nil
}

func candidatesInside(ctx context.Context, q *db.Queries, a kinds.Audience, day calendar.Day, arg db.CandidatesParams) ([]db.CandidatesRow, error) {
	rows, err := q.CandidatesInside(ctx, db.CandidatesInsideParams{
		PointID: arg.PointID, StartsAt: arg.StartsAt, OnDay: day, Staff: a == kinds.Staff, Now: arg.Now, Kind: arg.Kind,
		AnyKindID: arg.AnyKindID, KindID: arg.KindID,
		AnyAddress: arg.AnyAddress, AddressID: arg.AddressID, AnyFacilitator: arg.AnyFacilitator, FacilitatorID: arg.FacilitatorID,
	})
	list := make([]db.CandidatesRow, len(rows))
	for i, r := range rows {
		list[i] = db.CandidatesRow(r)
	}
	return list, err
}

func public(a kinds.Audience) bool { return a == "" || a == kinds.Everyone }

// slotKind is the kind of a slot for the KindID of a wish.
func slotKind(wished string) string {
	if wished == Plain {
		return ""
	}
	return wished
}

// wished asks, as [Where].KindID, for the kind of a slot and no other.
func wished(slotKindID string) string {
	if slotKindID == "" {
		return Plain
	}
	return slotKindID
}

// fairly returns the order that puts who has the least to do first. Of two with as much to do it is now
// one, now the other: in the order of the alphabet one person would get every first appointment.
func fairly(ctx context.Context, q *db.Queries, day calendar.Day, list []db.CandidatesRow) (func(a, b db.CandidatesRow) int, error) {
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i] = c.FacilitatorID
	}
	monday := day.AddDays(1 - int(day.Weekday()))
	rows, err := q.Loads(ctx, db.LoadsParams{OnDay: day, Facilitators: sqldb.List(ids), WeekFrom: monday, WeekTo: monday.AddDays(6)})
	if err != nil {
		return nil, fmt.Errorf("who has the least to do: %w", err)
	}
	loads := make(map[string]db.LoadsRow, len(rows))
	for _, r := range rows {
		loads[r.FacilitatorID] = r
	}
	return func(a, b db.CandidatesRow) int {
		x, y := loads[a.FacilitatorID], loads[b.FacilitatorID]
		return cmp.Or(
			cmp.Compare(min(len(a.KindID), 1), min(len(b.KindID), 1)),
			cmp.Compare(x.OnDay, y.OnDay), cmp.Compare(x.InWeek, y.InWeek),
			cmp.Compare(turn(a), turn(b)), cmp.Compare(a.ID, b.ID))
	}, nil
}

func turn(r db.CandidatesRow) uint32 {
	h := fnv.New32a()
	h.Write([]byte(r.Day.String() + r.FacilitatorID))
	return h.Sum32()
}

// takeSeat takes the lowest free seat of a slot. The number of free seats is lowered first: on
// PostgreSQL that one row makes rivals wait for each other, and the loser is tried again and sees it.
func takeSeat(ctx context.Context, tx *sqldb.Tx, q *db.Queries, who kinds.Audience, slot db.CandidatesRow) (number int, ok bool, err error) {
	row, err := q.TakeSeat(ctx, db.TakeSeatParams{ID: slot.ID, Staff: who == kinds.Staff, Audience: string(who), Now: sqldb.At(tx.Now)})
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

// claim takes the cells of a slot, with its pauses, for its first booking. When another slot of the same
// person has one of them, this slot has no free seat after all.
func claim(ctx context.Context, q *db.Queries, slot db.CandidatesRow) (bool, error) {
	first, end := cellsOf(slot.BusyFrom.Time, slot.BusyTo.Time)
	n, err := q.InsertCells(ctx, db.InsertCellsParams{FacilitatorID: slot.FacilitatorID, SlotID: slot.ID, Cells: cellList(first, end)})
	if err != nil {
		return false, fmt.Errorf("claim cells: %w", err)
	}
	if n < end-first {
		if _, err := q.DeleteCells(ctx, slot.ID); err != nil {
			return false, fmt.Errorf("claim cells: %w", err)
		}
		if err := q.SetFree(ctx, db.SetFreeParams{ID: slot.ID, Free: 0}); err != nil {
			return false, fmt.Errorf("claim cells: %w", err)
		}
		return false, nil
	}
	err = q.BlockOverlapping(ctx, db.BlockOverlappingParams{
		FacilitatorID: slot.FacilitatorID, FromDay: slot.Day.AddDays(-1), ToDay: slot.Day.AddDays(1),
		ID: slot.ID, BusyFrom: slot.BusyFrom, BusyTo: slot.BusyTo,
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
	cells, err := q.DeleteCells(ctx, b.SlotID)
	if err != nil {
		return fmt.Errorf("free cells: %w", err)
	}
	if len(cells) == 0 {
		return nil
	}
	return reopen(ctx, q, freed{b.FacilitatorID, b.SlotID, slices.Min(cells), slices.Max(cells) + 1})
}

// freed is a stretch of cells of a person that a slot no longer has, or now has.
type freed struct {
	facilitatorID, slotID string
	first, end            int64
}

// reopen gives their seats again to the slots of a person over a stretch of cells that no other booking
// claims, and takes them from those over cells that one does.
func reopen(ctx context.Context, q *db.Queries, f freed) error {
	from, to := cellStart(f.first), cellStart(f.end)
	others, err := q.Overlapping(ctx, db.OverlappingParams{
		FacilitatorID: f.facilitatorID, ID: f.slotID, BusyFrom: sqldb.At(from), BusyTo: sqldb.At(to),
		FromDay: calendar.DayOf(from).AddDays(-1), ToDay: calendar.DayOf(to).AddDays(1),
	})
	if err != nil || len(others) == 0 {
		return err
	}
	first, end := f.first, f.end
	for _, o := range others {
		oFirst, oEnd := cellsOf(o.BusyFrom.Time, o.BusyTo.Time)
		first, end = min(first, oFirst), max(end, oEnd)
	}
	claimed, err := q.CellsBetween(ctx, db.CellsBetweenParams{FacilitatorID: f.facilitatorID, FromCell: first, ToCell: end})
	if err != nil {
		return fmt.Errorf("cells: %w", err)
	}
	var idle, blocked []string
	for _, o := range others {
		switch own, foreign := whose(claimed, o); {
		case own:
			// Its own bookings say what is free.
		case foreign && o.Free > 0:
			blocked = append(blocked, o.ID)
		case !foreign:
			idle = append(idle, o.ID)
		}
	}
	if err := q.SeatsAgain(ctx, sqldb.List(idle)); err != nil {
		return fmt.Errorf("overlapping slots: %w", err)
	}
	if len(blocked) == 0 {
		return nil
	}
	if err := q.NoSeats(ctx, sqldb.List(blocked)); err != nil {
		return fmt.Errorf("overlapping slots: %w", err)
	}
	return nil
}

// whose reports whether a slot has cells of its own, and whether others claim some of its time.
func whose(claimed []db.CellsBetweenRow, o db.OverlappingRow) (own, foreign bool) {
	first, end := cellsOf(o.BusyFrom.Time, o.BusyTo.Time)
	for _, c := range claimed {
		switch {
		case c.SlotID == o.ID:
			own = true
		case c.Cell >= first && c.Cell < end:
			foreign = true
		}
	}
	return own, foreign
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
