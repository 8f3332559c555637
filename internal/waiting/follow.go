package waiting

import (
	"context"
	"errors"
	"fmt"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/sqldb"
	"capillare/internal/waiting/internal/db"
)

// The jobs: OfferJob asks for [Service.OfferAt], SweepJob for [Service.Sweep], LookJob for
// [Service.LookEverywhere], NightJob for [Service.Refresh] and [Service.Forget].
type (
	OfferJob struct{ PointID string }
	SweepJob struct{}
	LookJob  struct{}
	NightJob struct{}
)

// Kind names the job in the queue.
func (OfferJob) Kind() string { return "waiting.offer" }

// Kind names the job in the queue.
func (SweepJob) Kind() string { return "waiting.sweep" }

// Kind names the job in the queue.
func (LookJob) Kind() string { return "waiting.look" }

// Kind names the job in the queue.
func (NightJob) Kind() string { return "waiting.night" }

// Subscribe makes the list follow the agenda: seats that become free, bookings that move or end.
func (s *Service) Subscribe(bus *jobs.Bus) {
	jobs.Subscribe(bus, s.freed)
	jobs.Subscribe(bus, s.changed)
}

// Handle gives the runner the work of this package and when to do it.
func (s *Service) Handle(r *jobs.Runner) {
	jobs.Handle(r, func(ctx context.Context, j OfferJob) error { _, err := s.OfferAt(ctx, j.PointID); return err })
	jobs.Handle(r, func(ctx context.Context, _ SweepJob) error { _, err := s.Sweep(ctx); return err })
	jobs.Handle(r, func(ctx context.Context, _ LookJob) error { return s.LookEverywhere(ctx) })
	jobs.Handle(r, func(ctx context.Context, _ NightJob) error {
		_, err := s.Forget(ctx)
		return errors.Join(err, s.Refresh(ctx))
	})
	const (
		lookEvery = 10 * time.Minute
		night     = 3 * 60
	)
	r.Every(SweepJob{}, jobs.Period(time.Minute))
	r.Every(LookJob{}, jobs.Period(lookEvery))
	r.Every(NightJob{}, jobs.Daily(night))
}

// freed asks for offers where somebody waits. Nothing is decided here, in the transaction of whoever
// frees a seat: it would make bookings wait for each other.
func (s *Service) freed(ctx context.Context, tx *sqldb.Tx, f agenda.Freed) error {
	n, err := db.New(tx).AnyoneAt(ctx, f.PointID)
	if err != nil || n == 0 {
		return err
	}
	return enqueue(ctx, tx, f.PointID)
}

// changed follows the booking that an entry would bring forward.
func (s *Service) changed(ctx context.Context, tx *sqldb.Tx, c agenda.Changed) error {
	switch c.What {
	case agenda.Moved, agenda.CancelledByCitizen, agenda.CancelledByService:
	default:
		return nil
	}
	row, err := db.New(tx).EntryOfBooking(ctx, sqldb.OptText(c.Booking.ID))
	e, err := found(row.WaitingEntry, err)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil
	case err != nil:
		return err
	case c.What != agenda.Moved:
		return s.end(ctx, tx, c.Who, e, Stopped)
	}
	if err := db.New(tx).SetBefore(ctx, db.SetBeforeParams{ID: e.ID, BeforeAt: sqldb.At(c.Booking.StartsAt)}); err != nil {
		return fmt.Errorf("waiting: follow a booking: %w", err)
	}
	o, err := openOffer(ctx, tx, e.ID)
	if errors.Is(err, ErrNoOffer) {
		return nil
	}
	if err != nil || o.StartsAt.Before(c.Booking.StartsAt) {
		return err
	}
	return s.release(ctx, tx, c.Who, o, OfferWithdrawn)
}

// dueAtOnce bounds what one sweep does.
const dueAtOnce = 500

// Sweep ends the offers that nobody answered in time and the entries whose days are over, and returns how
// many they were.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	var offers []Offer
	var entries []Entry
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		offers, entries = nil, nil
		q := db.New(tx)
		due, err := q.DueOffers(ctx, db.DueOffersParams{Now: sqldb.At(tx.Now), Max: dueAtOnce})
		if err != nil {
			return fmt.Errorf("waiting: offers due: %w", err)
		}
		for _, r := range due {
			offers = append(offers, offerOf(r.WaitingOffer))
		}
		over, err := q.DueEntries(ctx, db.DueEntriesParams{Today: calendar.DayOf(tx.Now), Now: sqldb.At(tx.Now), Max: dueAtOnce})
		if err != nil {
			return fmt.Errorf("waiting: entries due: %w", err)
		}
		for _, r := range over {
			entries = append(entries, entryOf(r.WaitingEntry))
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, o := range offers {
		if err := s.miss(ctx, o); err != nil {
			return 0, err
		}
	}
	for _, e := range entries {
		err := s.base.Update(ctx, func(tx *sqldb.Tx) error { return s.end(ctx, tx, identity.System(programName), e, Over) })
		if err != nil && !errors.Is(err, ErrEnded) {
			return 0, err
		}
	}
	return len(offers) + len(entries), nil
}

// miss ends an offer without an answer; after several in a row the entry ends too, so that times are not
// held for somebody who is not there.
func (s *Service) miss(ctx context.Context, o Offer) error {
	err := s.base.Update(ctx, func(tx *sqldb.Tx) error {
		who := identity.System(programName)
		row, err := db.New(tx).EntryByID(ctx, o.EntryID)
		e, err := found(row.WaitingEntry, err)
		if err != nil {
			return err
		}
		if err := s.release(ctx, tx, who, o, OfferMissed); err != nil {
			return err
		}
		e.Missed++
		if err := db.New(tx).SetMissed(ctx, db.SetMissedParams{ID: e.ID, Missed: e.Missed}); err != nil {
			return fmt.Errorf("waiting: miss: %w", err)
		}
		if err := note(ctx, tx, who, "miss", e, map[string]any{"offer": o.ID, "missed": e.Missed}); err != nil {
			return err
		}
		set, err := setting(ctx, tx)
		if err != nil || e.Missed < set.MissedAtMost {
			return err
		}
		return s.end(ctx, tx, who, e, Unanswered)
	})
	if errors.Is(err, ErrNoOffer) {
		// It was answered while this was on its way.
		return nil
	}
	return err
}

// LookEverywhere asks for the offers at every point where somebody waits: times that came without being
// freed, such as those of a new shift or of a day that entered the horizon.
func (s *Service) LookEverywhere(ctx context.Context) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		ids, err := db.New(tx).PointsWanted(ctx)
		if err != nil {
			return fmt.Errorf("waiting: points wanted: %w", err)
		}
		for _, id := range ids {
			if err := enqueue(ctx, tx, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// Refresh looks again at which points are near enough for each entry: points open, move and close.
func (s *Service) Refresh(ctx context.Context) error {
	const atOnce = 200
	for after, n := "", atOnce; n == atOnce; {
		var rows []db.WaitingAfterRow
		err := s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
			rows, err = db.New(tx).WaitingAfter(ctx, db.WaitingAfterParams{AfterID: after, Max: atOnce})
			return err
		})
		if err != nil {
			return fmt.Errorf("waiting: refresh: %w", err)
		}
		for _, r := range rows {
			if err := s.replace(ctx, r); err != nil {
				return err
			}
			after = r.ID
		}
		n = len(rows)
	}
	return nil
}

func (s *Service) replace(ctx context.Context, r db.WaitingAfterRow) error {
	places, err := s.reach(ctx, r.PointID, r.Minutes)
	if err != nil {
		return err
	}
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		if err := q.DeletePlaces(ctx, r.ID); err != nil {
			return fmt.Errorf("waiting: refresh: %w", err)
		}
		for id, minutes := range places {
			if err := q.PutPlace(ctx, db.PutPlaceParams{EntryID: r.ID, PointID: id, Minutes: minutes}); err != nil {
				return fmt.Errorf("waiting: refresh: %w", err)
			}
		}
		return nil
	})
}
