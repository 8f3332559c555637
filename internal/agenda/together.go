package agenda

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/sqldb"
)

// takeParty takes the seats of people who come together, the first one in slot: of a group more seats of
// the same slot, else one of each slot that follows. All or none.
func takeParty(ctx context.Context, tx *sqldb.Tx, q *db.Queries, w Where, slot db.CandidatesRow) (seat, bool, error) {
	number, ok, err := takeSeat(ctx, tx, q, w.Audience, slot)
	got := seat{slot: slot, number: number}
	if err != nil || !ok {
		return got, false, err
	}
	for len(got.others) < w.Party-1 {
		next, ok, err := nextSeat(ctx, tx, q, w, got)
		if err != nil {
			return got, false, err
		}
		if !ok {
			return seat{}, false, leave(ctx, q, got)
		}
		got.others = append(got.others, next)
	}
	return got, true, nil
}

func nextSeat(ctx context.Context, tx *sqldb.Tx, q *db.Queries, w Where, got seat) (seat, bool, error) {
	next := got.slot
	if w.Kind != Group {
		last := got
		if n := len(got.others); n > 0 {
			last = got.others[n-1]
		}
		rows, err := q.SlotAfter(ctx, db.SlotAfterParams{
			FacilitatorID: last.slot.FacilitatorID, Day: last.slot.Day, PointID: w.PointID, AddressID: last.slot.AddressID,
			Kind: w.Kind, KindID: last.slot.KindID, EndsAt: last.slot.EndsAt, BusyTo: last.slot.BusyTo,
		})
		if err != nil {
			return seat{}, false, fmt.Errorf("slot that follows: %w", err)
		}
		if len(rows) == 0 {
			return seat{}, false, nil
		}
		r := rows[0]
		next.ID, next.Day, next.StartsAt, next.EndsAt, next.BusyFrom, next.BusyTo = r.ID, r.Day, r.StartsAt, r.EndsAt, r.BusyFrom, r.BusyTo
	}
	number, ok, err := takeSeat(ctx, tx, q, w.Audience, next)
	if err != nil || !ok {
		return seat{}, false, err
	}
	if w.Kind == Group {
		// Those taken a moment ago are not written yet.
		number, err = lowestSeat(ctx, q, got)
	}
	return seat{slot: next, number: number}, true, err
}

func lowestSeat(ctx context.Context, q *db.Queries, got seat) (int, error) {
	taken, err := q.SeatsTaken(ctx, got.slot.ID)
	if err != nil {
		return 0, fmt.Errorf("seats of a slot: %w", err)
	}
	taken = append(taken, got.number)
	for _, o := range got.others {
		taken = append(taken, o.number)
	}
	number := 1
	for slices.Contains(taken, number) {
		number++
	}
	return number, nil
}

// leave gives back seats that were taken a moment ago and that no booking has.
func leave(ctx context.Context, q *db.Queries, got seat) error {
	for _, at := range append([]seat{got}, got.others...) {
		if err := giveBack(ctx, q, Booking{SlotID: at.slot.ID, FacilitatorID: at.slot.FacilitatorID}); err != nil {
			return err
		}
	}
	return nil
}

// companions returns the bookings of who comes together with the first one b, in order of time.
func companions(ctx context.Context, q *db.Queries, b Booking) ([]Booking, error) {
	if b.Party <= 1 {
		return nil, nil
	}
	rows, err := q.Companions(ctx, sqldb.OptText(b.ID))
	if err != nil {
		return nil, fmt.Errorf("who comes together: %w", err)
	}
	list := make([]Booking, len(rows))
	for i, r := range rows {
		list[i] = bookingOf(db.BookingByIDRow(r))
	}
	return list, nil
}

// settleOthers moves who comes together with b to the other seats of at, adds who is new and lets go who
// is too many.
func settleOthers(ctx context.Context, tx *sqldb.Tx, q *db.Queries, b Booking, w Where, at seat, h holding) error {
	list, err := companions(ctx, q, b)
	if err != nil {
		return err
	}
	for i, o := range list {
		if i >= len(at.others) {
			if err := end(ctx, tx, q, o, Expired, ""); err != nil {
				return err
			}
			continue
		}
		if err := seatAt(ctx, tx, q, o, w, at.others[i], h); err != nil {
			return err
		}
		if err := giveBack(ctx, q, o); err != nil {
			return err
		}
	}
	p := db.InsertBookingParams{
		Topic: b.Topic, Reason: b.Reason, Needs: b.Needs, Language: b.Language, State: h.state, Channel: b.Channel,
		ContactID: sqldb.OptText(b.contactID), NoticeVersion: b.NoticeVersion, HeldUntil: sqldb.At(h.until), HeldSince: sqldb.At(h.since),
	}
	for i := len(list); i < len(at.others); i++ {
		if err := insertCompanion(ctx, tx, q, b.ID, w, at.others[i], p); err != nil {
			return err
		}
	}
	if party := 1 + len(at.others); party != b.Party {
		return setParty(ctx, tx, q, b.ID, party)
	}
	return nil
}

// insertCompanion writes the booking of somebody who comes together with the first one. Its own secret and
// code are given to nobody: one code is enough for all.
func insertCompanion(ctx context.Context, tx *sqldb.Tx, q *db.Queries, first string, w Where, at seat, p db.InsertBookingParams) error {
	secret, err := newSecret("")
	if err != nil {
		return err
	}
	p.SecretHash, p.TogetherID, p.Party, p.IdempotencyKey, p.ClientKey = hashed(secret), sqldb.OptText(first), 1, "", ""
	_, err = insertOne(ctx, tx, q, w, at, p)
	return err
}

func setParty(ctx context.Context, tx *sqldb.Tx, q *db.Queries, id string, party int) error {
	if err := q.SetParty(ctx, db.SetPartyParams{ID: id, Party: party, UpdatedAt: sqldb.At(tx.Now)}); err != nil {
		return fmt.Errorf("how many come: %w", err)
	}
	return nil
}

// seats are the seats that b has with who comes together.
func seats(ctx context.Context, q *db.Queries, b Booking) (seat, error) {
	at := b.seat()
	list, err := companions(ctx, q, b)
	for _, o := range list {
		at.others = append(at.others, o.seat())
	}
	return at, err
}

// Together returns who comes together with a booking of an own point: the first one and the others, in
// order of time.
func (s *Service) Together(ctx context.Context, who identity.Actor, bookingID string) ([]Booking, error) {
	var list []Booking
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		b, err := s.required(ctx, tx, who, identity.SeeAgenda, bookingID)
		if err != nil {
			return err
		}
		if b, err = head(ctx, q, b); err != nil {
			return err
		}
		others, err := companions(ctx, q, b)
		list = append([]Booking{b}, others...)
		return err
	})
	return list, err
}

// head returns the booking of the first of those who come together.
func head(ctx context.Context, q *db.Queries, b Booking) (Booking, error) {
	if b.TogetherID == "" {
		return b, nil
	}
	return byID(ctx, q, b.TogetherID)
}

// parties returns the first one of each party in list, in order of time: also of those of whom only
// somebody who comes with the first one is there.
func parties(ctx context.Context, q *db.Queries, list []Booking) ([]Booking, error) {
	var first []Booking
	seen := map[string]bool{}
	for _, b := range list {
		b, err := head(ctx, q, b)
		if err != nil {
			return nil, err
		}
		if !seen[b.ID] {
			seen[b.ID] = true
			first = append(first, b)
		}
	}
	slices.SortStableFunc(first, func(a, b Booking) int { return a.StartsAt.Compare(b.StartsAt) })
	return first, nil
}

// OneFewer gives up the last seat of people who come together: one of them does not come. It refuses with
// ErrAlone who comes alone, and as [Service.Cancel] does.
func (s *Service) OneFewer(ctx context.Context, code, key string) (Booking, error) {
	var b Booking
	err := s.base.Update(ctx, func(tx *sqldb.Tx) (err error) {
		q := db.New(tx)
		if b, err = byCode(ctx, q, code); err != nil {
			return err
		}
		b, err = once(ctx, tx, q, toBeFewer(key, b), func() (Booking, error) {
			others, err := companions(ctx, q, b)
			if err != nil {
				return b, err
			}
			if len(others) == 0 {
				return b, ErrAlone
			}
			return s.cancel(ctx, tx, q, identity.Public(""), others[len(others)-1], ByCitizen)
		})
		return err
	})
	return b, err
}

// run is a stretch of free slots of one person that follow each other.
type run struct {
	facilitator, address, kindID string
}

// timesTogether returns the times at which w.Party people can come together, from a day to a day.
func timesTogether(ctx context.Context, tx *sqldb.Tx, w Where, from, to calendar.Day) ([]Time, error) {
	rows, err := db.New(tx).FreeSlots(ctx, db.FreeSlotsParams{
		PointID: w.PointID, FromDay: from, ToDay: to, After: sqldb.At(tx.Now), Now: sqldb.At(tx.Now),
		Staff: w.Audience == kinds.Staff, Audience: string(w.Audience), Max: timesAtOnce,
	})
	if err != nil {
		return nil, fmt.Errorf("free times: %w", err)
	}
	rows = slices.DeleteFunc(rows, func(r db.FreeSlotsRow) bool {
		return w.Kind != "" && r.Kind != w.Kind || w.KindID != "" && r.KindID != slotKind(w.KindID)
	})
	byRun := map[run][]db.FreeSlotsRow{}
	for _, r := range rows {
		k := run{r.FacilitatorID, r.AddressID, r.KindID}
		byRun[k] = append(byRun[k], r)
	}
	found := map[Time]int{}
	for _, slots := range byRun {
		for i, r := range slots {
			end, ok := fits(slots[i:], w.Party)
			if !ok {
				continue
			}
			found[Time{StartsAt: r.StartsAt.Time, EndsAt: end, Kind: r.Kind, KindID: r.KindID, Mode: kinds.Mode(r.Mode), AddressID: r.AddressID}] += int(r.Free)
		}
	}
	list := make([]Time, 0, len(found))
	for t, free := range found {
		t.Free = free
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b Time) int {
		return cmp.Or(a.StartsAt.Compare(b.StartsAt), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.KindID, b.KindID), cmp.Compare(a.AddressID, b.AddressID))
	})
	return list, nil
}

// fits reports whether a number of people have seats from the first slot on, and until when.
func fits(slots []db.FreeSlotsRow, party int) (time.Time, bool) {
	if slots[0].Kind == Group {
		return slots[0].EndsAt.Time, int(slots[0].Free) >= party
	}
	last := slots[0]
	for range party - 1 {
		i := slices.IndexFunc(slots, func(r db.FreeSlotsRow) bool {
			return !r.StartsAt.Before(last.EndsAt.Time) && !r.BusyFrom.After(last.BusyTo.Time)
		})
		if i < 0 {
			return time.Time{}, false
		}
		last = slots[i]
	}
	return last.EndsAt.Time, true
}
