package agenda

import (
	"context"
	"fmt"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// Rebuild makes the future slots of a point what the rules want: it adds what is missing, takes away
// what is no longer wanted and nobody booked, and withdraws what somebody did. Running it again
// changes nothing.
func (s *Service) Rebuild(ctx context.Context, tx *sqldb.Tx, pointID string) error {
	return s.rebuild(ctx, tx, []string{pointID})
}

func (s *Service) rebuild(ctx context.Context, tx *sqldb.Tx, pointIDs []string) error {
	q := db.New(tx)
	changes := make([]change, len(pointIDs))
	// What goes, goes first everywhere: a shift that moves from one point to another is of one person.
	for i, id := range pointIDs {
		want, err := s.wanted(ctx, tx, id)
		if err != nil {
			return err
		}
		have, err := q.FutureSlots(ctx, db.FutureSlotsParams{PointID: id, Today: today(tx), After: sqldb.At(tx.Now)})
		if err != nil {
			return fmt.Errorf("rebuild the slots of a point: %w", err)
		}
		changes[i] = compare(want, have)
		if err := remove(ctx, q, changes[i]); err != nil {
			return err
		}
	}
	for i, id := range pointIDs {
		offered, err := offerSlots(ctx, tx, q, changes[i])
		if err != nil {
			return err
		}
		if offered {
			if err := s.tell(ctx, tx, Freed{PointID: id}); err != nil {
				return err
			}
		}
	}
	return nil
}

func remove(ctx context.Context, q *db.Queries, c change) error {
	if len(c.remove) > 0 {
		if err := q.DeleteSlots(ctx, sqldb.List(c.remove)); err != nil {
			return fmt.Errorf("rebuild the slots of a point: %w", err)
		}
	}
	if len(c.withdraw) > 0 {
		if err := q.WithdrawSlots(ctx, sqldb.List(c.withdraw)); err != nil {
			return fmt.Errorf("rebuild the slots of a point: %w", err)
		}
	}
	return nil
}

// wanted returns the future slots of the rules, up to the horizon.
func (s *Service) wanted(ctx context.Context, tx *sqldb.Tx, pointID string) ([]Slot, error) {
	days, err := s.horizon(ctx, tx)
	if err != nil {
		return nil, err
	}
	return s.wantedUntil(ctx, tx, pointID, today(tx).AddDays(days-1))
}

// wantedUntil is wanted with another last day of the network.
func (s *Service) wantedUntil(ctx context.Context, tx *sqldb.Tx, pointID string, last calendar.Day) ([]Slot, error) {
	point, err := s.points.RequirePoint(ctx, tx, identity.System("agenda"), identity.SeePoints, pointID)
	if err != nil {
		return nil, err
	}
	if point.Booking == points.BookingNone {
		return nil, nil
	}
	offered, err := s.kinds.AtTx(ctx, tx, point)
	if err != nil {
		return nil, err
	}
	r := rules{hours: point.OpenBands, kinds: make(map[string]kinds.Kind, len(offered)), first: today(tx), last: last}
	to := last
	for _, k := range offered {
		r.kinds[k.ID] = k
		if end := r.lastOf(k); end.After(to) {
			to = end
		}
	}
	shifts, err := s.facilitators.OnDuty(ctx, tx, []string{pointID}, r.first, to)
	if err != nil {
		return nil, err
	}
	if r.people, err = s.needed(ctx, tx, shifts, r.kinds); err != nil {
		return nil, err
	}
	var future []Slot
	for _, slot := range plan(shifts, r) {
		if slot.StartsAt.After(tx.Now) {
			future = append(future, slot)
		}
	}
	return future, nil
}

// needed reads the people on duty, when some kind of theirs asks for a skill or a language.
func (s *Service) needed(ctx context.Context, tx *sqldb.Tx, shifts []facilitators.OnDay, offered map[string]kinds.Kind) (map[string]facilitators.Facilitator, error) {
	asked := map[string]bool{}
	for _, shift := range shifts {
		for _, id := range shift.Duty.KindIDs {
			if k := offered[id]; len(k.Skills) > 0 || len(k.Languages) > 0 {
				asked[shift.Duty.FacilitatorID] = true
			}
		}
	}
	if len(asked) == 0 {
		return nil, nil
	}
	var ids []string
	for id := range asked {
		ids = append(ids, id)
	}
	return s.facilitators.ByIDsTx(ctx, tx, ids)
}

// change is what separates the slots that are there from those wanted.
type change struct {
	// remove and withdraw are ids of slots that the rules no longer cover: without and with bookings.
	remove, withdraw []string
	// add are slots to make.
	add []Slot
	// mend are slots to open again, or on other terms.
	mend []mending
}

// mending is a slot as it is to be. taken is how many seats are given; moved says that its pauses are others.
type mending struct {
	slot  Slot
	taken int
	moved bool
}

// spot tells slots apart: the same stretch and kind of the same person at the same address.
type spot struct {
	facilitator, address, kind, kindID string
	starts, ends                       int64
}

func compare(want []Slot, have []db.FutureSlotsRow) change {
	wanted := make(map[spot]Slot, len(want))
	for _, s := range want {
		wanted[spotOf(s)] = s
	}
	var c change
	kept := map[spot]bool{}
	// Open ones first: of two equal slots, one withdrawn before, the open one stays.
	for _, state := range []string{Open, Withdrawn} {
		for _, row := range have {
			if row.AgendaSlot.State != state {
				continue
			}
			slot := slotFrom(row.AgendaSlot)
			at := spotOf(slot)
			w, ok := wanted[at]
			if !ok || kept[at] {
				c.drop(row)
				continue
			}
			kept[at] = true
			// The seats given stay given when the rule now has fewer.
			w.ID, w.beyond = slot.ID, max(0, int(row.Taken)-w.Seats)
			w.Seats += w.beyond
			if state == Withdrawn || !sameTerms(slot, w) {
				c.mend = append(c.mend, mending{w, int(row.Taken), !sameBusy(slot, w)})
			}
		}
	}
	for _, s := range want {
		if !kept[spotOf(s)] {
			c.add = append(c.add, s)
		}
	}
	return c
}

func sameTerms(a, b Slot) bool {
	return a.Seats == b.Seats && a.beyond == b.beyond && a.Kept == b.Kept && a.Mode == b.Mode && a.Audience == b.Audience && a.ClosesAt.Equal(b.ClosesAt) && sameBusy(a, b)
}

func sameBusy(a, b Slot) bool { return a.BusyFrom.Equal(b.BusyFrom) && a.BusyTo.Equal(b.BusyTo) }

func (c *change) drop(row db.FutureSlotsRow) {
	switch {
	case row.Ever == 0:
		c.remove = append(c.remove, row.AgendaSlot.ID)
	case row.AgendaSlot.State == Open:
		c.withdraw = append(c.withdraw, row.AgendaSlot.ID)
	}
}

func spotOf(s Slot) spot {
	return spot{s.FacilitatorID, s.AddressID, s.Kind, s.KindID, s.StartsAt.Unix(), s.EndsAt.Unix()}
}

// offerSlots adds slots and mends others, and reports whether there were any; those of a person who is booked
// elsewhere at that time have no free seat until the other booking goes.
func offerSlots(ctx context.Context, tx *sqldb.Tx, q *db.Queries, c change) (bool, error) {
	if len(c.add) == 0 && len(c.mend) == 0 {
		return false, nil
	}
	// Booked ones first: their pauses may claim other cells, which the free ones must see.
	for _, m := range c.mend {
		if m.taken > 0 {
			m.slot.Free = m.slot.Seats - m.taken
			if err := mendSlot(ctx, q, m); err != nil {
				return false, err
			}
		}
	}
	busy, err := busyCells(ctx, tx, q, c)
	if err != nil {
		return false, err
	}
	for _, slot := range c.add {
		if busy.blocks(slot) {
			slot.Free = 0
		}
		slot.ID = sqldb.NewID(tx.Now)
		if err := insertSlot(ctx, q, slot); err != nil {
			return false, err
		}
	}
	for _, m := range c.mend {
		if m.taken > 0 {
			continue
		}
		if m.slot.Free = m.slot.Seats; busy.blocks(m.slot) {
			m.slot.Free = 0
		}
		if err := mendSlot(ctx, q, m); err != nil {
			return false, err
		}
	}
	return true, nil
}

func insertSlot(ctx context.Context, q *db.Queries, slot Slot) error {
	_, err := q.InsertSlot(ctx, db.InsertSlotParams{
		ID: slot.ID, PointID: slot.PointID, AddressID: slot.AddressID, FacilitatorID: slot.FacilitatorID, Kind: slot.Kind,
		Day: slot.Day, StartsAt: sqldb.At(slot.StartsAt), EndsAt: sqldb.At(slot.EndsAt), Seats: slot.Seats, Free: slot.Free,
		KindID: sqldb.OptText(slot.KindID), Mode: string(slot.Mode), Kept: slot.Kept, Audience: string(slot.Audience),
		ClosesAt: sqldb.At(slot.ClosesAt), BusyFrom: sqldb.At(slot.BusyFrom), BusyTo: sqldb.At(slot.BusyTo), Part: partOf(slot.StartsAt).column(),
	})
	if err != nil {
		return fmt.Errorf("add a slot: %w", err)
	}
	return nil
}

func mendSlot(ctx context.Context, q *db.Queries, m mending) error {
	slot := m.slot
	_, err := q.OfferSlot(ctx, db.OfferSlotParams{
		ID: slot.ID, FacilitatorID: slot.FacilitatorID, StartsAt: sqldb.At(slot.StartsAt), Seats: slot.Seats, Free: slot.Free, Beyond: slot.beyond,
		Mode: string(slot.Mode), Kept: slot.Kept, Audience: string(slot.Audience),
		ClosesAt: sqldb.At(slot.ClosesAt), BusyFrom: sqldb.At(slot.BusyFrom), BusyTo: sqldb.At(slot.BusyTo),
	})
	if err != nil {
		return fmt.Errorf("offer a slot again: %w", err)
	}
	if m.taken > 0 && m.moved {
		return reclaim(ctx, q, slot)
	}
	return nil
}

// reclaim gives a booked slot the cells of its new pauses, but for those of another booking: that one was
// promised first.
func reclaim(ctx context.Context, q *db.Queries, slot Slot) error {
	had, err := q.DeleteCells(ctx, slot.ID)
	if err != nil {
		return fmt.Errorf("claim cells again: %w", err)
	}
	first, end := cellsOf(slot.BusyFrom, slot.BusyTo)
	_, err = q.InsertCells(ctx, db.InsertCellsParams{FacilitatorID: slot.FacilitatorID, SlotID: slot.ID, Cells: cellList(first, end)})
	if err != nil {
		return fmt.Errorf("claim cells again: %w", err)
	}
	for _, cell := range had {
		first, end = min(first, cell), max(end, cell+1)
	}
	return reopen(ctx, q, freed{slot.FacilitatorID, slot.ID, first, end})
}

// busyness is which slot holds a cell of a person.
type busyness map[cellKey]string

type cellKey struct {
	facilitator string
	cell        int64
}

func busyCells(ctx context.Context, tx *sqldb.Tx, q *db.Queries, c change) (busyness, error) {
	people := map[string]bool{}
	for _, slot := range c.add {
		people[slot.FacilitatorID] = true
	}
	for _, m := range c.mend {
		people[m.slot.FacilitatorID] = true
	}
	var ids []string
	for id := range people {
		ids = append(ids, id)
	}
	from, _ := cellsOf(tx.Now, tx.Now)
	return cellsFrom(ctx, q, ids, from)
}

func cellsFrom(ctx context.Context, q *db.Queries, people []string, from int64) (busyness, error) {
	rows, err := q.CellsOf(ctx, db.CellsOfParams{Ids: sqldb.List(people), FromCell: from})
	if err != nil {
		return nil, fmt.Errorf("cells: %w", err)
	}
	busy := make(busyness, len(rows))
	for _, r := range rows {
		busy[cellKey{r.FacilitatorID, r.Cell}] = r.SlotID
	}
	return busy, nil
}

// blocks reports whether another slot with bookings claims some of the person's time.
func (b busyness) blocks(slot Slot) bool {
	first, end := cellsOf(slot.BusyFrom, slot.BusyTo)
	for cell := first; cell < end; cell++ {
		if by, taken := b[cellKey{slot.FacilitatorID, cell}]; taken && by != slot.ID {
			return true
		}
	}
	return false
}
