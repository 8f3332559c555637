package facilitators

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators/internal/db"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// Scope is how much of a shift a change is about.
type Scope string

// The scopes. What is over stays as it was: Always is about every time from today on.
const (
	Once      Scope = "once"
	Following Scope = "following"
	Always    Scope = "always"
)

// Change is what becomes of a shift (it: modifica di un turno).
type Change struct {
	// DutyID is the shift: with Once this one stretch of it, else all of its entry.
	DutyID string
	Scope  Scope
	// Day is the time that changes, or the first one with Following; Always ignores it.
	Day calendar.Day
	// Cancel says that it takes place no more.
	Cancel bool
	// Restore makes a single time again what the shift says.
	Restore bool
	// One is what a single time becomes; its DutyID and Day are those of the change.
	One Occurrence
	// Entry is what the shift becomes. Person and kinds may change, the point stays.
	Entry Entry
}

// AddEntryTx adds the shifts of an entry inside the caller's transaction and returns their ids. It refuses
// like [Service.AddDuty].
func (s *Service) AddEntryTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, e Entry) ([]string, error) {
	list, err := e.checkedDuties()
	if err != nil {
		return nil, err
	}
	return s.addAll(ctx, tx, who, list, nil)
}

func (s *Service) addAll(ctx context.Context, tx *sqldb.Tx, who identity.Actor, list []Duty, instead []string) ([]string, error) {
	ids := make([]string, len(list))
	for i, d := range list {
		id, err := s.addDuty(ctx, tx, who, d, instead...)
		if err != nil {
			return nil, err
		}
		ids[i] = id
	}
	return ids, nil
}

// ChangeTx makes a change inside the caller's transaction. Bookable times follow through [DutyChanged];
// bookings that lose their time stay, for the caller to see to (agenda.ChangeShifts does).
func (s *Service) ChangeTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, c Change) error {
	d, p, err := s.editableDuty(ctx, tx, who, c.DutyID)
	if err != nil {
		return err
	}
	if c.Scope == Once {
		return s.changeOnce(ctx, tx, who, c, d, p)
	}
	if c.Scope != Following && c.Scope != Always {
		return errs.Problems{{Field: "scope", Key: "form.choice"}}.Err()
	}
	return s.changeEntry(ctx, tx, who, c, d, p)
}

// Change is [Service.ChangeTx] in a transaction of its own.
func (s *Service) Change(ctx context.Context, who identity.Actor, c Change) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error { return s.ChangeTx(ctx, tx, who, c) })
}

// EntryTx returns the entry that a shift belongs to.
func (s *Service) EntryTx(ctx context.Context, tx *sqldb.Tx, dutyID string) (Entry, error) {
	d, err := dutyByID(ctx, tx, dutyID)
	if err != nil {
		return Entry{}, err
	}
	return s.entryOf(ctx, tx, d)
}

func (s *Service) entryOf(ctx context.Context, tx *sqldb.Tx, d Duty) (Entry, error) {
	all, err := s.DutiesOf(ctx, tx, []string{d.FacilitatorID}, d.From)
	if err != nil {
		return Entry{}, err
	}
	for _, e := range Entries(all[d.FacilitatorID]) {
		if contains(e.IDs, d.ID) {
			return e, nil
		}
	}
	return Entry{}, ErrNotFound
}

// Entry is [Service.EntryTx] for who may see the people of its point.
func (s *Service) Entry(ctx context.Context, who identity.Actor, dutyID string) (e Entry, err error) {
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		if e, err = s.EntryTx(ctx, tx, dutyID); err != nil {
			return err
		}
		_, err = s.points.RequirePoint(ctx, tx, who, identity.SeeFacilitators, e.PointID)
		return err
	})
	return e, err
}

// changeEntry ends the entry of d before a day and lets the new one begin on it. Single times that go
// otherwise stay so where the new shift comes on their day.
func (s *Service) changeEntry(ctx context.Context, tx *sqldb.Tx, who identity.Actor, c Change, d Duty, p points.Point) error {
	was, err := s.entryOf(ctx, tx, d)
	if err != nil {
		return err
	}
	first := later(was.From, today(tx))
	if c.Scope == Following {
		first = c.Day
	}
	if first.Before(today(tx)) || first.Before(was.From) || !was.To.IsZero() && first.After(was.To) {
		return errs.Problems{{Field: "day", Key: "facilitators.change_from"}}.Err()
	}
	var next []Duty
	if !c.Cancel {
		e := c.Entry
		e.PointID, e.From = was.PointID, first
		if e.Every == was.Every && e.Nth == was.Nth && e.Anchor.IsZero() {
			e.Anchor = was.Anchor
		}
		if next, err = e.checkedDuties(); err != nil {
			return err
		}
	}
	if err := s.replace(ctx, tx, who, was, next, first); err != nil {
		return err
	}
	return s.record(ctx, tx, who, p, "facilitators.duty_change", was.FacilitatorID)
}

func (s *Service) replace(ctx context.Context, tx *sqldb.Tx, who identity.Actor, was Entry, next []Duty, first calendar.Day) error {
	ids, err := s.addAll(ctx, tx, who, next, was.IDs)
	if err != nil {
		return err
	}
	q := db.New(tx)
	for _, id := range was.IDs {
		old, err := dutyByID(ctx, tx, id)
		if err != nil {
			return err
		}
		var heirs []Duty
		for i, d := range next {
			if d.ID = ids[i]; old.goesOnAs(d) {
				heirs = append(heirs, d)
			}
		}
		if err := carry(ctx, tx, old, heirs, first); err != nil {
			return err
		}
		if err := s.bus.Publish(ctx, tx, Continued{From: id, Into: ids}); err != nil {
			return err
		}
		if err := endDutyOn(ctx, q, old, first.AddDays(-1)); err != nil {
			return err
		}
	}
	return s.noneTwice(ctx, tx, ids, first, endOfTime())
}

// goesOnAs reports whether next is d at about the same time of the same weekday: what was said of single
// days holds for it too.
func (d Duty) goesOnAs(next Duty) bool {
	return d.Weekday == next.Weekday && d.Starts < next.Ends && next.Starts < d.Ends
}

// carry lets the single times of a shift that go otherwise go on as those of the first of its heirs; one that
// does not take place does so for every heir. When somebody else does it from now on, what only the first
// person was to do otherwise is forgotten. Of two shifts with the same heir the first one decides about a day.
func carry(ctx context.Context, tx *sqldb.Tx, from Duty, heirs []Duty, first calendar.Day) error {
	if len(heirs) == 0 {
		return nil
	}
	q, to := db.New(tx), heirs[0]
	single, err := occurrences(ctx, tx, []string{from.ID}, first, endOfTime())
	if err != nil {
		return err
	}
	same := from.FacilitatorID == to.FacilitatorID
	err = q.CarryOccurrences(ctx, db.CarryOccurrencesParams{Gone: from.ID, Kept: to.ID, FromDay: first, Every: same, Person: from.FacilitatorID})
	if err == nil && same {
		err = q.CarrySubstitutes(ctx, db.CarrySubstitutesParams{Gone: from.ID, Kept: to.ID, FromDay: first})
	}
	for at, o := range single {
		for _, d := range heirs[1:] {
			if err == nil && o.Cancelled {
				one := Occurrence{DutyID: d.ID, Day: at.day, Cancelled: true, FacilitatorID: d.FacilitatorID, AddressID: d.AddressID,
					Starts: d.Starts, Ends: d.Ends}
				err = setOccurrence(ctx, tx, one)
			}
		}
	}
	if err != nil {
		return fmt.Errorf("change a shift: %w", err)
	}
	return nil
}

func setOccurrence(ctx context.Context, tx *sqldb.Tx, o Occurrence) error {
	state := changed
	if o.Cancelled {
		state = cancelled
	}
	return db.New(tx).SetOccurrence(ctx, db.SetOccurrenceParams{
		ID: sqldb.NewID(tx.Now), DutyID: o.DutyID, Day: o.Day, State: state, FacilitatorID: o.FacilitatorID, AddressID: o.AddressID,
		Starts: int(o.Starts), Ends: int(o.Ends), CreatedAt: sqldb.At(tx.Now),
	})
}

// noneTwice refuses with ErrDutyOverlap when who does single times of some shifts would be elsewhere too: who
// stands in comes along when the hours change.
func (s *Service) noneTwice(ctx context.Context, tx *sqldb.Tx, dutyIDs []string, from, to calendar.Day) error {
	single, err := occurrences(ctx, tx, dutyIDs, from, to)
	if err != nil {
		return err
	}
	instead, err := substitutes(ctx, tx, dutyIDs, from, to)
	if err != nil {
		return err
	}
	people := map[calendar.Day][]string{}
	for at, o := range single {
		people[at.day] = append(people[at.day], o.FacilitatorID)
	}
	for at, list := range instead {
		for _, one := range list {
			people[at.day] = append(people[at.day], one.FacilitatorID)
		}
	}
	for day, ids := range people {
		there, err := s.OnDutyOf(ctx, tx, ids, day, day)
		if err != nil {
			return err
		}
		if twice(there, dutyIDs) {
			return ErrDutyOverlap
		}
	}
	return nil
}

// twice reports whether somebody is at two places at once on one day, one of them by a shift of dutyIDs.
func twice(list []OnDay, dutyIDs []string) bool {
	for i, a := range list {
		for _, b := range list[:i] {
			ours := contains(dutyIDs, a.Duty.ID) || contains(dutyIDs, b.Duty.ID)
			if ours && a.Duty.FacilitatorID == b.Duty.FacilitatorID && a.meets(b.Duty.Starts, b.Duty.Ends) {
				return true
			}
		}
	}
	return false
}

// changeOnce changes one time of a shift.
func (s *Service) changeOnce(ctx context.Context, tx *sqldb.Tx, who identity.Actor, c Change, d Duty, p points.Point) error {
	if c.Day.Before(today(tx)) || !d.On(c.Day) {
		return errs.Problems{{Field: "day", Key: "facilitators.no_such_time"}}.Err()
	}
	if c.Restore {
		if err := s.freeOn(ctx, tx, d, c.Day); err != nil {
			return err
		}
		if _, err := db.New(tx).DeleteOccurrence(ctx, db.DeleteOccurrenceParams{DutyID: d.ID, Day: c.Day}); err != nil {
			return fmt.Errorf("change one time of a shift: %w", err)
		}
		return s.record(ctx, tx, who, p, "facilitators.duty_once", d.FacilitatorID)
	}
	o, err := s.checkedOnce(ctx, tx, c, d, p)
	if err != nil {
		return err
	}
	if err := setOccurrence(ctx, tx, o); err != nil {
		return fmt.Errorf("change one time of a shift: %w", err)
	}
	if err := s.noneTwice(ctx, tx, []string{d.ID}, c.Day, c.Day); err != nil {
		return err
	}
	return s.recordOnce(ctx, tx, who, p, d, o)
}

// recordOnce writes the change in the history of whose shift it is and of who takes it.
func (s *Service) recordOnce(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p points.Point, d Duty, o Occurrence) error {
	if o.FacilitatorID != d.FacilitatorID {
		err := audit.Write(ctx, tx, who, audit.Entry{
			Action: "facilitators.substitute", Subject: "facilitator", SubjectID: o.FacilitatorID, BodyID: p.ManagingBodyID, PointID: p.ID,
		})
		if err != nil {
			return err
		}
	}
	return s.record(ctx, tx, who, p, "facilitators.duty_once", d.FacilitatorID)
}

func (s *Service) checkedOnce(ctx context.Context, tx *sqldb.Tx, c Change, d Duty, p points.Point) (Occurrence, error) {
	o := c.One
	if o.DutyID, o.Day = d.ID, c.Day; c.Cancel {
		return Occurrence{DutyID: d.ID, Day: c.Day, Cancelled: true, FacilitatorID: d.FacilitatorID, AddressID: d.AddressID,
			Starts: d.Starts, Ends: d.Ends}, nil
	}
	next := d.as(o)
	next.From, next.To, next.Every, next.Nth = c.Day, c.Day, 0, 0
	if len(next.KindIDs) > 0 {
		// The length of the plain appointment says nothing about the kinds that are offered.
		next.SlotMinutes = min(next.SlotMinutes, max(10, int(next.Ends-next.Starts)/5*5))
	}
	if _, err := checkedDuty(next); err != nil {
		return o, err
	}
	if _, ok := p.Address(o.AddressID); !ok {
		return o, errs.Problems{{Field: "address_id", Key: "facilitators.address"}}.Err()
	}
	f, err := s.byID(ctx, tx, o.FacilitatorID)
	if err != nil {
		return o, err
	}
	if !f.WorksOn(c.Day) || f.MergedInto != "" {
		return o, errs.Problems{{Field: "facilitator_id", Key: ErrNotWorking.Key}}.Err()
	}
	if near, err := s.colleague(ctx, tx, f, d, p, c.Day); err != nil || !near {
		return o, cmp.Or(err, errs.Problems{{Field: "facilitator_id", Key: ErrNotSuited.Key}}.Err())
	}
	return o, s.freeOn(ctx, tx, next, c.Day)
}

// colleague reports whether f may be given one time of d at p: whose shift it is, who serves the point, and who
// works for a body of it or for that of whose shift it is. The people of others are not at hand.
func (s *Service) colleague(ctx context.Context, tx *sqldb.Tx, f Facilitator, d Duty, p points.Point, day calendar.Day) (bool, error) {
	if f.ID == d.FacilitatorID || f.ServesOn(p.ID, day) || contains(p.Bodies(), f.BodyID) {
		return true, nil
	}
	owner, err := s.byID(ctx, tx, d.FacilitatorID)
	return owner.BodyID == f.BodyID, err
}

// freeOn refuses with ErrDutyOverlap when the person of d is elsewhere on a day in its hours.
func (s *Service) freeOn(ctx context.Context, tx *sqldb.Tx, d Duty, day calendar.Day) error {
	list, err := s.OnDutyOf(ctx, tx, []string{d.FacilitatorID}, day, day)
	if err != nil {
		return err
	}
	for _, o := range list {
		if o.Duty.ID != d.ID && o.meets(d.Starts, d.Ends) {
			return ErrDutyOverlap
		}
	}
	return nil
}

// Occurrences returns the single times of shifts from today on that go otherwise, by shift and day.
func (s *Service) Occurrences(ctx context.Context, who identity.Actor, pointID string) ([]Occurrence, error) {
	list, err := s.Duties(ctx, who, pointID)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, d := range list {
		ids[i] = d.ID
	}
	var single []Occurrence
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		single = nil
		found, err := occurrences(ctx, tx, ids, today(tx), endOfTime())
		for _, o := range found {
			single = append(single, o)
		}
		return err
	})
	slices.SortFunc(single, func(a, b Occurrence) int {
		if c := a.Day.Compare(b.Day); c != 0 {
			return c
		}
		return int(a.Starts - b.Starts)
	})
	return single, err
}
