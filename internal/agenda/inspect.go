package agenda

import (
	"context"
	"fmt"
	"slices"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/sqldb"
)

// findings is what a look at one point found.
type findings struct {
	slots       int
	differences []Difference
	// stray are cells to take away; unclaimed are booked slots without all of their own cells; free is the
	// right number of free seats of slots that have another.
	stray     []cellKey
	unclaimed []Slot
	free      map[string]int
}

// given is how many seats of a slot were ever booked, and how many are now.
type given struct{ ever, now int }

// inspect compares a point with what its rules and bookings want, without the way in which Rebuild and the
// bookings keep it: it knows nothing of what changed, only how things should be.
func (s *Service) inspect(ctx context.Context, tx *sqldb.Tx, pointID string, sp span) (findings, error) {
	want, err := s.wantedUntil(ctx, tx, pointID, sp.last)
	if err != nil {
		return findings{}, err
	}
	q := db.New(tx)
	rows, err := q.SlotsToCheck(ctx, db.SlotsToCheckParams{PointID: pointID, FromDay: today(tx), After: sqldb.At(tx.Now)})
	if err != nil {
		return findings{}, fmt.Errorf("slots to check: %w", err)
	}
	have := make([]Slot, len(rows))
	for i, r := range rows {
		have[i] = slotFrom(r)
	}
	seats, err := seatsGiven(ctx, q, pointID, today(tx))
	if err != nil {
		return findings{}, err
	}
	f := findings{slots: len(have), free: map[string]int{}}
	due, err := s.dueUntil(ctx, tx, sp, slices.Concat(want, have))
	if err != nil {
		return findings{}, err
	}
	f.compareRules(want, have, seats, due)
	return f, f.compareSeats(ctx, tx, q, have, seats)
}

func seatsGiven(ctx context.Context, q *db.Queries, pointID string, from calendar.Day) (map[string]given, error) {
	rows, err := q.GivenToCheck(ctx, db.GivenToCheckParams{PointID: pointID, FromDay: from})
	if err != nil {
		return nil, fmt.Errorf("seats to check: %w", err)
	}
	seats := make(map[string]given, len(rows))
	for _, r := range rows {
		seats[r.SlotID] = given{int(r.Ever), int(r.Given)}
	}
	return seats, nil
}

// dueUntil returns up to which day a time of a kind must be there. Before the first check it is the last day
// that has any.
func (s *Service) dueUntil(ctx context.Context, tx *sqldb.Tx, sp span, slots []Slot) (func(kindID string) calendar.Day, error) {
	if sp.ran.IsZero() {
		latest := map[string]calendar.Day{}
		for _, slot := range slots {
			if slot.ID != "" && slot.State == Open && slot.Day.After(latest[slot.KindID]) {
				latest[slot.KindID] = slot.Day
			}
		}
		return func(kindID string) calendar.Day { return latest[kindID] }, nil
	}
	var ids []string
	seen := map[string]bool{"": true}
	for _, slot := range slots {
		if !seen[slot.KindID] {
			seen[slot.KindID] = true
			ids = append(ids, slot.KindID)
		}
	}
	offered, err := s.kinds.ByIDs(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	return func(kindID string) calendar.Day {
		if k, ok := offered[kindID]; ok && k.HorizonDays > 0 {
			return sp.ran.AddDays(k.HorizonDays - 1)
		}
		return sp.due
	}, nil
}

// inWords is what tells a time from the others.
func inWords(s Slot) string {
	return fmt.Sprint(s.StartsAt.Unix(), "-", s.EndsAt.Unix(), " ", s.FacilitatorID, " ", s.AddressID, " ", s.Kind, " ", s.KindID)
}

func termsInWords(s Slot) string {
	return fmt.Sprint(s.Mode, " ", s.Audience, " kept ", s.Kept, " closes ", s.ClosesAt.Unix(), " busy ", s.BusyFrom.Unix(), "-", s.BusyTo.Unix())
}

// compareRules finds times that are missing, unwanted, or on other terms.
func (f *findings) compareRules(want, have []Slot, seats map[string]given, due func(kindID string) calendar.Day) {
	open := map[string]bool{}
	wanted := map[string]Slot{}
	for _, w := range want {
		wanted[inWords(w)] = w
	}
	for _, s := range have {
		w, ok := wanted[inWords(s)]
		switch {
		case s.State == Withdrawn:
			if seats[s.ID].ever == 0 {
				f.note(Unwanted, s)
			}
			continue
		case !ok || open[inWords(s)]:
			f.note(Unwanted, s)
		case termsInWords(s) != termsInWords(w) || !rightSeats(s, w, seats[s.ID]):
			f.note(Terms, s)
		}
		open[inWords(s)] = true
	}
	for _, w := range want {
		if !open[inWords(w)] && !w.Day.After(due(w.KindID)) {
			f.note(Missing, w)
		}
	}
}

// rightSeats allows more seats than the rule has to a slot that was booked before: those given stay given.
func rightSeats(s, w Slot, g given) bool {
	beyond := max(0, g.now-w.Seats)
	return s.Seats == w.Seats+beyond && s.beyond == beyond
}

// compareSeats finds free seats that are not those left by the bookings, and cells that are not theirs.
func (f *findings) compareSeats(ctx context.Context, tx *sqldb.Tx, q *db.Queries, have []Slot, seats map[string]given) error {
	people := map[string]bool{}
	for _, s := range have {
		people[s.FacilitatorID] = true
	}
	var ids []string
	for id := range people {
		ids = append(ids, id)
	}
	from, _ := cellsOf(tx.Now, tx.Now)
	cells, err := q.CellsToCheck(ctx, db.CellsToCheckParams{FromCell: from, People: sqldb.List(ids)})
	if err != nil {
		return fmt.Errorf("cells to check: %w", err)
	}
	right := map[cellKey]string{}
	here := map[string]bool{}
	for _, s := range have {
		here[s.PointID] = true
	}
	for _, c := range cells {
		first, end := cellsOf(c.BusyFrom.Time, c.BusyTo.Time)
		at := cellKey{c.FacilitatorID, c.Cell}
		if c.Given > 0 && c.FacilitatorID == c.OfFacilitator && c.Cell >= first && c.Cell < end {
			right[at] = c.SlotID
			continue
		}
		if here[c.PointID] {
			f.stray = append(f.stray, at)
			f.differences = append(f.differences, Difference{What: StrayCell, PointID: c.PointID, SlotID: c.SlotID, StartsAt: cellStart(c.Cell)})
		}
	}
	for _, s := range have {
		f.compareSlot(s, seats[s.ID].now, right)
	}
	return nil
}

func (f *findings) compareSlot(s Slot, taken int, cells map[cellKey]string) {
	if taken > 0 {
		first, end := cellsOf(s.StartsAt, s.EndsAt)
		for cell := first; cell < end; cell++ {
			if cells[cellKey{s.FacilitatorID, cell}] != s.ID {
				f.unclaimed = append(f.unclaimed, s)
				f.note(LostCell, s)
				break
			}
		}
	}
	free := s.Seats - taken
	if taken == 0 {
		first, end := cellsOf(s.BusyFrom, s.BusyTo)
		for cell := first; cell < end; cell++ {
			if by, busy := cells[cellKey{s.FacilitatorID, cell}]; busy && by != s.ID {
				free = 0
				break
			}
		}
	}
	if s.State == Open && s.Free != max(free, 0) {
		f.free[s.ID] = max(free, 0)
		f.note(Seats, s)
	}
}

func (f *findings) note(what string, s Slot) {
	f.differences = append(f.differences, Difference{What: what, PointID: s.PointID, SlotID: s.ID, StartsAt: s.StartsAt})
}
