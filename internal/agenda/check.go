package agenda

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/sqldb"
)

// What a time or a cell may have wrong, as [Difference] says it.
const (
	// Missing is a time that the rules want and that is not there.
	Missing = "missing"
	// Unwanted is an open time that no rule wants.
	Unwanted = "unwanted"
	// Terms is a time with other seats, pauses, notice or audience than the rules say.
	Terms = "terms"
	// Seats is a number of free seats that is not what is left of the bookings.
	Seats = "seats"
	// StrayCell is five minutes claimed for nobody, LostCell five minutes of an appointment that nobody claims.
	StrayCell = "stray_cell"
	LostCell  = "lost_cell"
)

// Difference is one thing that is not as the rules and the bookings want it. It names nobody.
type Difference struct {
	What     string    `json:"what"`
	PointID  string    `json:"point"`
	SlotID   string    `json:"slot,omitempty"`
	StartsAt time.Time `json:"at"`
}

// Check is what a run of [Service.Verify] found.
type Check struct {
	RanAt time.Time
	// Until is the last day on which times had to be there.
	Until                     calendar.Day
	Points, Slots, Difference int
	// Examples are the first differences.
	Examples []Difference
}

const (
	// examplesKept is how many differences of a run are kept one by one.
	examplesKept = 20
	// checksKept is for how many days the runs are kept.
	checksKept = 90
)

// Verify computes every bookable time again from the rules, and every free seat and cell from the bookings,
// point by point; it reports and keeps each difference, mends it, and lets the horizon move on. In a network
// where only this program writes there is none: a difference is a fault, of the program or of who wrote past it.
func (s *Service) Verify(ctx context.Context) (Check, error) {
	run, span, ids, err := s.beginCheck(ctx)
	if err != nil {
		return run, err
	}
	for _, id := range ids {
		var seen findings
		err := s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
			seen, err = s.inspect(ctx, tx, id, span)
			return err
		})
		if err != nil {
			return run, fmt.Errorf("check point %s: %w", id, err)
		}
		run.add(ctx, seen)
		if err := s.base.Update(ctx, func(tx *sqldb.Tx) error { return s.mend(ctx, tx, id, span, seen) }); err != nil {
			return run, fmt.Errorf("mend point %s: %w", id, err)
		}
	}
	return run, s.base.Update(ctx, func(tx *sqldb.Tx) error { return keepCheck(ctx, tx, run) })
}

// LastCheck returns what the latest run found, and whether there was one.
func (s *Service) LastCheck(ctx context.Context) (Check, bool, error) { return LastCheck(ctx, s.base) }

// LastCheck is [Service.LastCheck] for those who look at a database from outside.
func LastCheck(ctx context.Context, base *sqldb.DB) (last Check, ok bool, err error) {
	err = base.View(ctx, func(tx *sqldb.Tx) error {
		last, ok, err = lastCheck(ctx, tx)
		return err
	})
	return last, ok, err
}

func lastCheck(ctx context.Context, tx *sqldb.Tx) (Check, bool, error) {
	rows, err := db.New(tx).LastCheck(ctx)
	if err != nil {
		return Check{}, false, fmt.Errorf("last check: %w", err)
	}
	if len(rows) == 0 {
		return Check{}, false, nil
	}
	r := rows[0]
	c := Check{RanAt: r.RanAt.Time, Until: r.UntilDay, Points: r.Points, Slots: r.Slots, Difference: r.Differences}
	if err := json.Unmarshal([]byte(r.Examples), &c.Examples); err != nil {
		return Check{}, false, fmt.Errorf("last check: %w", err)
	}
	return c, true, nil
}

// span is how far a check looks. The horizon moves on every night, unless the program did not run: from due
// to last times may be there or not.
type span struct {
	// ran is the day of the run before, zero before the first one.
	ran calendar.Day
	// due is the last day that must have times, zero when nobody knows yet; last is the last that may have.
	due, last calendar.Day
}

func (s *Service) beginCheck(ctx context.Context) (run Check, sp span, ids []string, err error) {
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		days, err := s.horizon(ctx, tx)
		if err != nil {
			return err
		}
		until := today(tx).AddDays(days - 1)
		run = Check{RanAt: tx.Now, Until: until}
		sp = span{last: until}
		before, ok, err := lastCheck(ctx, tx)
		if err != nil {
			return err
		}
		if ok {
			sp.ran, sp.due = calendar.DayOf(before.RanAt), before.Until
			if sp.due.After(until) {
				sp.due, sp.last = until, sp.due
			}
		}
		ids, err = s.pointsToKeep(ctx, tx)
		return err
	})
	return run, sp, ids, err
}

func (c *Check) add(ctx context.Context, seen findings) {
	c.Points++
	c.Slots += seen.slots
	c.Difference += len(seen.differences)
	for _, d := range seen.differences {
		slog.WarnContext(ctx, "agenda: a bookable time differs from its rules", "what", d.What, "point", d.PointID, "slot", d.SlotID, "at", d.StartsAt)
		if len(c.Examples) < examplesKept {
			c.Examples = append(c.Examples, d)
		}
	}
}

func keepCheck(ctx context.Context, tx *sqldb.Tx, run Check) error {
	examples, err := json.Marshal(slices.Concat([]Difference{}, run.Examples))
	if err != nil {
		return fmt.Errorf("keep a check: %w", err)
	}
	q := db.New(tx)
	err = q.InsertCheck(ctx, db.InsertCheckParams{
		ID: sqldb.NewID(tx.Now), RanAt: sqldb.At(run.RanAt), UntilDay: run.Until, Points: run.Points, Slots: run.Slots,
		Differences: run.Difference, Examples: sqldb.RawJSON(examples),
	})
	if err != nil {
		return fmt.Errorf("keep a check: %w", err)
	}
	if err := q.DeleteChecks(ctx, sqldb.At(tx.Now.AddDate(0, 0, -checksKept))); err != nil {
		return fmt.Errorf("keep a check: %w", err)
	}
	return nil
}

// mend makes a point what the rules and the bookings want, and lets its horizon move on.
func (s *Service) mend(ctx context.Context, tx *sqldb.Tx, pointID string, sp span, seen findings) error {
	if err := s.Rebuild(ctx, tx, pointID); err != nil || len(seen.differences) == 0 {
		return err
	}
	// Looked at again: bookings may have come since, and Rebuild has mended the rest.
	seen, err := s.inspect(ctx, tx, pointID, sp)
	if err != nil {
		return err
	}
	q := db.New(tx)
	for _, c := range seen.stray {
		if err := q.DeleteCell(ctx, db.DeleteCellParams{FacilitatorID: c.facilitator, Cell: c.cell}); err != nil {
			return fmt.Errorf("mend a cell: %w", err)
		}
	}
	for _, slot := range seen.unclaimed {
		first, end := cellsOf(slot.StartsAt, slot.EndsAt)
		arg := db.InsertCellsParams{FacilitatorID: slot.FacilitatorID, SlotID: slot.ID, Cells: cellList(first, end)}
		if _, err := q.InsertCells(ctx, arg); err != nil {
			return fmt.Errorf("mend a cell: %w", err)
		}
	}
	if len(seen.stray)+len(seen.unclaimed) > 0 {
		if seen, err = s.inspect(ctx, tx, pointID, sp); err != nil {
			return err
		}
	}
	for id, free := range seen.free {
		if err := q.PutFree(ctx, db.PutFreeParams{ID: id, Free: free}); err != nil {
			return fmt.Errorf("mend free seats: %w", err)
		}
	}
	return nil
}
