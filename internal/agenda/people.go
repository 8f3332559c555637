package agenda

import (
	"context"
	"errors"
	"fmt"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/sqldb"
)

// ErrMergeClash says when two records, which were to become one person, both have an appointment.
var ErrMergeClash = errs.New(errs.Conflict, "agenda.merge_clash")

// whatSlot names the times that followed a person entered twice.
const whatSlot = "agenda.slot"

// subscribePeople makes times and appointments follow people: who leaves, and who was entered twice.
func (s *Service) subscribePeople(bus *jobs.Bus) {
	jobs.Subscribe(bus, s.reassign)
	jobs.Subscribe(bus, mergePeople)
	jobs.Subscribe(bus, partPeople)
}

// reassign finds somebody else for the appointments of a person who leaves, at the same time and place,
// by the rule of every booking: who has the least to do. The others stay stranded, to be called.
func (s *Service) reassign(ctx context.Context, tx *sqldb.Tx, f facilitators.Leaving) error {
	q := db.New(tx)
	rows, err := q.StrandedOf(ctx, db.StrandedOfParams{FacilitatorID: f.FacilitatorID, After: f.Last})
	if err != nil {
		return fmt.Errorf("appointments of who leaves: %w", err)
	}
	for _, b := range heads(rows) {
		if !b.StartsAt.After(tx.Now) {
			continue
		}
		if _, err := s.handOver(ctx, tx, q, f.Who, b); err != nil && !errors.Is(err, ErrTaken) {
			return err
		}
	}
	return nil
}

// CountToCome returns how many appointments a person has from a day on, by point. It asks no permission:
// callers show numbers to who may change the person's shifts.
func (s *Service) CountToCome(ctx context.Context, facilitatorID string, from calendar.Day) (map[string]int, error) {
	counts := map[string]int{}
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).CountToCome(ctx, db.CountToComeParams{FacilitatorID: facilitatorID, FromDay: from})
		for _, r := range rows {
			counts[r.PointID] = int(r.N)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("appointments to come: %w", err)
	}
	return counts, nil
}

// StrandedOf returns the appointments of one person that no time covers any longer, at the points of which
// who may see the agenda.
func (s *Service) StrandedOf(ctx context.Context, who identity.Actor, facilitatorID string) ([]Booking, error) {
	all, err := s.Stranded(ctx, who, "")
	var own []Booking
	for _, b := range all {
		if b.FacilitatorID == facilitatorID {
			own = append(own, b)
		}
	}
	return own, err
}

// mergePeople moves the times of a person entered twice to the record that stays. It refuses with
// ErrMergeClash when both have an appointment at the same time: one person cannot have had both.
func mergePeople(ctx context.Context, tx *sqldb.Tx, m facilitators.Merged) error {
	q := db.New(tx)
	if err := refuseClash(ctx, q, m); err != nil {
		return err
	}
	// Times that nobody ever booked are made anew from the shifts; of two equal ones the idle one gives way.
	if err := q.DeleteFreeSlots(ctx, m.From); err != nil {
		return fmt.Errorf("merge two agendas: %w", err)
	}
	if err := q.DeleteTwins(ctx, db.DeleteTwinsParams{Gone: m.From, Kept: m.Into}); err != nil {
		return fmt.Errorf("merge two agendas: %w", err)
	}
	if err := q.WithdrawTwins(ctx, db.WithdrawTwinsParams{Gone: m.From, Kept: m.Into}); err != nil {
		return fmt.Errorf("merge two agendas: %w", err)
	}
	ids, err := q.SlotsOfPerson(ctx, m.From)
	if err != nil {
		return fmt.Errorf("merge two agendas: %w", err)
	}
	moved, err := moveSlots(ctx, q, ids, m.From, m.Into)
	if err != nil {
		return err
	}
	m.Moved(whatSlot, moved...)
	err = q.BlockBusy(ctx, db.BlockBusyParams{FacilitatorID: m.Into, After: sqldb.At(tx.Now)})
	if err != nil {
		return fmt.Errorf("merge two agendas: %w", err)
	}
	return nil
}

func refuseClash(ctx context.Context, q *db.Queries, m facilitators.Merged) error {
	clash, err := q.FirstClash(ctx, db.FirstClashParams{Gone: m.From, Kept: m.Into})
	if err != nil {
		return fmt.Errorf("merge two agendas: %w", err)
	}
	for _, c := range clash {
		day := calendar.DayOf(c.StartsAt.Time)
		return ErrMergeClash.With(errs.Args{"day": i18n.Printer{}.DayNum(day), "time": calendar.MinuteOf(c.StartsAt.Time).String()})
	}
	return nil
}

// moveSlots moves those of the slots ids that are one person's to another, with their cells and bookings.
func moveSlots(ctx context.Context, q *db.Queries, ids []string, from, into string) ([]string, error) {
	moved, err := q.MoveSlots(ctx, db.MoveSlotsParams{Gone: from, Kept: into, Ids: sqldb.List(ids)})
	if err != nil {
		return nil, fmt.Errorf("move times: %w", err)
	}
	if err := q.MoveCells(ctx, db.MoveCellsParams{Kept: into, Ids: sqldb.List(moved)}); err != nil {
		return nil, fmt.Errorf("move times: %w", err)
	}
	if err := q.MoveBookings(ctx, db.MoveBookingsParams{Kept: into, Ids: sqldb.List(moved)}); err != nil {
		return nil, fmt.Errorf("move times: %w", err)
	}
	return moved, nil
}

// partPeople moves back the times that mergePeople moved and that are still there.
func partPeople(ctx context.Context, tx *sqldb.Tx, u facilitators.MergeUndone) error {
	q := db.New(tx)
	back, err := moveSlots(ctx, q, u.Of(whatSlot), u.Into, u.From)
	if err != nil {
		return err
	}
	u.Back(whatSlot, back)
	err = q.FreeIdle(ctx, db.FreeIdleParams{FacilitatorID: u.Into, After: sqldb.At(tx.Now)})
	if err != nil {
		return fmt.Errorf("part two agendas: %w", err)
	}
	return nil
}
