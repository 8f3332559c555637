package agenda

import (
	"context"
	"fmt"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// Rebuild makes the future slots of a point what the rules want: it adds what is missing, takes away
// what is no longer wanted and nobody booked, and withdraws what somebody did. Running it again
// changes nothing.
func (s *Service) Rebuild(ctx context.Context, tx *sqldb.Tx, pointID string) error {
	want, err := s.wanted(ctx, tx, pointID)
	if err != nil {
		return err
	}
	q := db.New(tx)
	have, err := q.FutureSlots(ctx, db.FutureSlotsParams{PointID: pointID, Today: today(tx), After: sqldb.At(tx.Now)})
	if err != nil {
		return fmt.Errorf("rebuild the slots of a point: %w", err)
	}
	change := compare(want, have)
	if len(change.remove) > 0 {
		if err := q.DeleteSlots(ctx, sqldb.List(change.remove)); err != nil {
			return fmt.Errorf("rebuild the slots of a point: %w", err)
		}
	}
	if len(change.withdraw) > 0 {
		if err := q.WithdrawSlots(ctx, sqldb.List(change.withdraw)); err != nil {
			return fmt.Errorf("rebuild the slots of a point: %w", err)
		}
	}
	return s.offer(ctx, tx, q, change)
}

// wanted returns the future slots of the rules, up to the horizon.
func (s *Service) wanted(ctx context.Context, tx *sqldb.Tx, pointID string) ([]Slot, error) {
	point, err := s.points.RequirePoint(ctx, tx, identity.System("agenda"), identity.SeePoints, pointID)
	if err != nil {
		return nil, err
	}
	if point.Booking == points.BookingNone {
		return nil, nil
	}
	days, err := s.horizon(ctx, tx)
	if err != nil {
		return nil, err
	}
	first := today(tx)
	shifts, err := s.facilitators.OnDuty(ctx, tx, []string{pointID}, first, first.AddDays(days-1))
	if err != nil {
		return nil, err
	}
	var future []Slot
	for _, slot := range plan(shifts, point.OpenBands) {
		if slot.StartsAt.After(tx.Now) {
			future = append(future, slot)
		}
	}
	return future, nil
}

// change is what separates the slots that are there from those wanted.
type change struct {
	// remove and withdraw are ids of slots that the rules no longer cover: without and with bookings.
	remove, withdraw []string
	// add are slots to make.
	add []Slot
	// mend are slots to open again, or with another number of seats.
	mend []mending
}

type mending struct {
	slot  Slot
	taken int
}

// place tells slots apart: the same stretch of the same person at the same address.
type place struct {
	facilitator, address, kind string
	starts, ends               int64
}

func compare(want []Slot, have []db.FutureSlotsRow) change {
	wanted := make(map[place]Slot, len(want))
	for _, s := range want {
		wanted[placeOf(s)] = s
	}
	var c change
	kept := map[place]bool{}
	// Open ones first: of two equal slots, one withdrawn before, the open one stays.
	for _, state := range []string{Open, Withdrawn} {
		for _, row := range have {
			if row.State != state {
				continue
			}
			slot := slotOf(row)
			w, ok := wanted[placeOf(slot)]
			if !ok || kept[placeOf(slot)] {
				c.drop(row)
				continue
			}
			kept[placeOf(slot)] = true
			// The seats given stay given when the rule now has fewer.
			slot.Seats, slot.State = max(w.Seats, int(row.Taken)), Open
			if slot.Seats != row.Seats || row.State == Withdrawn {
				c.mend = append(c.mend, mending{slot, int(row.Taken)})
			}
		}
	}
	for _, s := range want {
		if !kept[placeOf(s)] {
			c.add = append(c.add, s)
		}
	}
	return c
}

func (c *change) drop(row db.FutureSlotsRow) {
	switch {
	case row.Ever == 0:
		c.remove = append(c.remove, row.ID)
	case row.State == Open:
		c.withdraw = append(c.withdraw, row.ID)
	}
}

func placeOf(s Slot) place {
	return place{s.FacilitatorID, s.AddressID, s.Kind, s.StartsAt.Unix(), s.EndsAt.Unix()}
}

// offer adds and reopens slots; those of a person who is booked elsewhere at that time have no free
// seat until the other booking goes.
func (s *Service) offer(ctx context.Context, tx *sqldb.Tx, q *db.Queries, c change) error {
	if len(c.add) == 0 && len(c.mend) == 0 {
		return nil
	}
	busy, err := busyCells(ctx, tx, q, c)
	if err != nil {
		return err
	}
	for _, slot := range c.add {
		free := slot.Seats
		if busy.blocks(slot) {
			free = 0
		}
		_, err := q.InsertSlot(ctx, db.InsertSlotParams{
			ID: sqldb.NewID(tx.Now), PointID: slot.PointID, AddressID: slot.AddressID, FacilitatorID: slot.FacilitatorID, Kind: slot.Kind,
			Day: slot.Day, StartsAt: sqldb.At(slot.StartsAt), EndsAt: sqldb.At(slot.EndsAt), Seats: slot.Seats, Free: free,
		})
		if err != nil {
			return fmt.Errorf("add a slot: %w", err)
		}
	}
	for _, m := range c.mend {
		free := m.slot.Seats - m.taken
		if m.taken == 0 && busy.blocks(m.slot) {
			free = 0
		}
		_, err := q.OfferSlot(ctx, db.OfferSlotParams{
			ID: m.slot.ID, FacilitatorID: m.slot.FacilitatorID, StartsAt: sqldb.At(m.slot.StartsAt), Seats: m.slot.Seats, Free: free,
		})
		if err != nil {
			return fmt.Errorf("offer a slot again: %w", err)
		}
	}
	return nil
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
	rows, err := q.CellsOf(ctx, db.CellsOfParams{Ids: sqldb.List(ids), FromCell: from})
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
	first, end := cellsOf(slot.StartsAt, slot.EndsAt)
	for cell := first; cell < end; cell++ {
		if by, taken := b[cellKey{slot.FacilitatorID, cell}]; taken && by != slot.ID {
			return true
		}
	}
	return false
}

func slotOf(r db.FutureSlotsRow) Slot {
	return Slot{
		ID: r.ID, PointID: r.PointID, AddressID: r.AddressID, FacilitatorID: r.FacilitatorID, Kind: r.Kind, Day: r.Day,
		StartsAt: r.StartsAt.Time, EndsAt: r.EndsAt.Time, Seats: r.Seats, Free: r.Free, State: r.State,
	}
}
