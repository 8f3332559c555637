package waiting

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/sqldb"
	"capillare/internal/waiting/internal/db"
)

const (
	// queueAtOnce is how many of those who wait at a point are looked at for one offer.
	queueAtOnce = 200
	// offersAtOnce bounds the work of one job; what is left waits for the next.
	offersAtOnce = 200
	sealPurpose  = "waiting.held"
	programName  = "waiting"
)

// OfferAt offers the free times of a point to those who wait for them, in the order of asking, until
// nobody suits what is left, and returns how many offers it made.
func (s *Service) OfferAt(ctx context.Context, pointID string) (made int, err error) {
	for made < offersAtOnce {
		ok, err := s.offerOne(ctx, pointID)
		if err != nil || !ok {
			return made, err
		}
		made++
	}
	return made, nil
}

// offerOne makes one offer at a point. The times are read before the transaction: there each is held or
// found taken, and a time that becomes free meanwhile brings another job.
func (s *Service) offerOne(ctx context.Context, pointID string) (bool, error) {
	times, err := s.timesFor(ctx, pointID)
	if err != nil || len(times) == 0 {
		return false, err
	}
	made := false
	err = s.base.Update(ctx, func(tx *sqldb.Tx) error {
		made = false
		queue, err := readQueue(ctx, tx, pointID)
		if err != nil {
			return err
		}
		set, err := setting(ctx, tx)
		if err != nil {
			return err
		}
		free := slices.Clone(times)
		for _, e := range queue.entries {
			made, err = s.firstFor(ctx, tx, e, queue, set, &free)
			if err != nil || made || len(free) == 0 {
				return err
			}
		}
		return nil
	})
	return made, err
}

// timesFor reads the times that citizens can book at a point, when somebody waits there.
func (s *Service) timesFor(ctx context.Context, pointID string) ([]agenda.Time, error) {
	var from, to calendar.Day
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		queue, err := readQueue(ctx, tx, pointID)
		if err != nil || len(queue.entries) == 0 {
			return err
		}
		from, to = calendar.DayOf(tx.Now), queue.entries[0].Until
		for _, e := range queue.entries {
			if e.Until.After(to) {
				to = e.Until
			}
		}
		return nil
	})
	if err != nil || to.IsZero() {
		return nil, err
	}
	return s.agenda.Times(ctx, pointID, "", from, to)
}

// queue is who waits at a point without an open offer, in the order of asking, and the times there that
// were offered to each before.
type queue struct {
	point   string
	entries []Entry
	tried   map[string][]time.Time
}

func readQueue(ctx context.Context, tx *sqldb.Tx, pointID string) (queue, error) {
	q := db.New(tx)
	rows, err := q.QueueAt(ctx, db.QueueAtParams{PointID: pointID, Max: queueAtOnce})
	if err != nil {
		return queue{}, fmt.Errorf("waiting: queue: %w", err)
	}
	waiting := queue{point: pointID, tried: map[string][]time.Time{}}
	for _, r := range rows {
		waiting.entries = append(waiting.entries, entryOf(r.WaitingEntry))
	}
	tried, err := q.TriedAt(ctx, db.TriedAtParams{PointID: pointID, After: sqldb.At(tx.Now)})
	if err != nil {
		return queue{}, fmt.Errorf("waiting: offers before: %w", err)
	}
	for _, r := range tried {
		waiting.tried[r.EntryID] = append(waiting.tried[r.EntryID], r.StartsAt.Time)
	}
	return waiting, nil
}

// suits reports whether a time is one that the entry waits for.
func (e Entry) suits(t agenda.Time) bool {
	day := calendar.DayOf(t.StartsAt)
	switch {
	case t.Kind != e.Kind, (e.KindID != "" || e.BookingID != "") && t.KindID != e.KindID:
		return false
	case e.KindID == "" && !e.comesFor(t.Mode):
		return false
	case !e.Before.IsZero() && !t.StartsAt.Before(e.Before), t.EndsAt.Sub(t.StartsAt) < e.lasts:
		return false
	}
	return !day.Before(e.From) && !day.After(e.Until) && e.Suits.At(t.StartsAt)
}

// comesFor reports whether who asked for no kind of appointment means one held that way: whoever comes to
// a point does not mean to be visited at home, or called.
func (e Entry) comesFor(mode kinds.Mode) bool {
	return e.BookingID != "" || e.Kind == agenda.Group || mode == kinds.Desk || mode == ""
}

// firstFor offers e the first of the free times that suits it; times that turn out to be taken leave free.
func (s *Service) firstFor(ctx context.Context, tx *sqldb.Tx, e Entry, q queue, set Setting, free *[]agenda.Time) (bool, error) {
	for i := 0; i < len(*free); {
		t := (*free)[i]
		before := slices.ContainsFunc(q.tried[e.ID], t.StartsAt.Equal)
		until, intime := Deadline(tx.Now, t.StartsAt, time.Duration(set.AnswerMinutes)*time.Minute)
		if before || !intime || !e.suits(t) {
			i++
			continue
		}
		err := s.hold(ctx, tx, e, whereOf(q.point, t), until)
		switch {
		case errors.Is(err, agenda.ErrTaken), errors.Is(err, agenda.ErrPast):
			*free = slices.Delete(*free, i, i+1)
		default:
			return err == nil, err
		}
	}
	return false, nil
}

// whereOf asks for exactly the time t, plain when it has no kind of appointment.
func whereOf(pointID string, t agenda.Time) agenda.Where {
	w := agenda.Where{PointID: pointID, AddressID: t.AddressID, Kind: t.Kind, KindID: t.KindID, StartsAt: t.StartsAt}
	if w.KindID == "" {
		w.KindID = agenda.Plain
	}
	return w
}

// hold keeps a time for an entry and tells who listens.
func (s *Service) hold(ctx context.Context, tx *sqldb.Tx, e Entry, w agenda.Where, until time.Time) error {
	held, heldSecret, err := s.agenda.HoldFor(ctx, tx, agenda.HoldRequest{Where: w, Channel: e.Channel, Language: e.Language}, until)
	if err != nil {
		return err
	}
	secret := rand.Text()
	p := db.InsertOfferParams{
		ID: sqldb.NewID(tx.Now), EntryID: e.ID, SecretHash: hashed(secret), HeldID: held.ID, PointID: held.PointID, AddressID: held.AddressID,
		StartsAt: sqldb.At(held.StartsAt), EndsAt: sqldb.At(held.EndsAt), MadeAt: sqldb.At(tx.Now), UntilAt: sqldb.At(until),
	}
	p.Sealed = s.keys.Seal(sealPurpose, []byte(heldSecret), p.ID)
	n, err := db.New(tx).InsertOffer(ctx, p)
	if err != nil {
		return fmt.Errorf("waiting: write an offer: %w", err)
	}
	if n == 0 {
		return errors.New("waiting: the entry has an open offer already")
	}
	o, err := openOffer(ctx, tx, e.ID)
	if err != nil {
		return err
	}
	if err := note(ctx, tx, identity.System(programName), "offer", e, map[string]any{"offer": o.ID, "starts_at": o.StartsAt.Format(time.RFC3339)}); err != nil {
		return err
	}
	if e, err = s.full(ctx, tx, e); err != nil {
		return err
	}
	return s.bus.Publish(ctx, tx, Offered{Entry: e, Offer: o, Secret: secret})
}

// openOffer returns the offer that an entry has to answer; ErrNoOffer when there is none.
func openOffer(ctx context.Context, tx *sqldb.Tx, entryID string) (Offer, error) {
	rows, err := db.New(tx).OpenOffers(ctx, sqldb.List([]string{entryID}))
	if err != nil {
		return Offer{}, fmt.Errorf("waiting: offer: %w", err)
	}
	for _, r := range rows {
		return offerOf(r.WaitingOffer), nil
	}
	return Offer{}, ErrNoOffer
}
