package agenda

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// Stretch is a part of a day at an address.
type Stretch struct {
	AddressID string
	Day       calendar.Day
	From, To  calendar.Minute
}

// Minutes is how long the stretch really lasts, whatever clocks do in it.
func (s Stretch) Minutes() int { return s.Day.Elapsed(s.From, s.To) }

// Presence is how the open hours of a point are covered over some days, and how full its times are.
// Minutes are those that really pass.
type Presence struct {
	PointID string
	// Open is how long its addresses are open, Covered for how much of it somebody is on duty; OnDuty is
	// the time of all people together.
	Open, Covered, OnDuty int
	// Gaps are the open hours with nobody on duty, by day and time.
	Gaps []Stretch
	// People are those on duty.
	People []string
	// Booked is how many people are awaited or came, Busy the minutes of the people on duty that they take.
	Booked, Busy int
}

// Presences returns how points are covered from a day to a day, in the order of list, in three reads
// whatever their number. It tells numbers of bookings and no names: it asks to see the people of the points.
func (s *Service) Presences(ctx context.Context, who identity.Actor, list []points.Point, from, to calendar.Day) ([]Presence, error) {
	see, err := s.points.Visible(ctx, who, identity.SeeFacilitators)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, p := range list {
		if ids[i] = p.ID; !see.Has(p.ID) {
			return nil, identity.ErrNotHere
		}
	}
	out := make([]Presence, len(list))
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		shifts, err := s.facilitators.OnDuty(ctx, tx, ids, from, to)
		if err != nil {
			return err
		}
		at := map[string][]facilitators.OnDay{}
		for _, shift := range shifts {
			at[shift.Duty.PointID] = append(at[shift.Duty.PointID], shift)
		}
		for i, p := range list {
			out[i] = presence(p, at[p.ID], from, to)
		}
		return fillTaken(ctx, tx, ids, from, to, out)
	})
	return out, err
}

// fillTaken adds how many people are booked and how much time that takes: seats would say less, because
// the times of several kinds lie over each other.
func fillTaken(ctx context.Context, tx *sqldb.Tx, ids []string, from, to calendar.Day, out []Presence) error {
	q := db.New(tx)
	cells, err := q.BusyCells(ctx, db.BusyCellsParams{FromDay: from, ToDay: to, Points: sqldb.List(ids)})
	if err != nil {
		return fmt.Errorf("time taken at points: %w", err)
	}
	given, err := q.SeatsGiven(ctx, db.SeatsGivenParams{FromDay: from, ToDay: to, Points: sqldb.List(ids)})
	if err != nil {
		return fmt.Errorf("people booked at points: %w", err)
	}
	busy, booked := map[string]int64{}, map[string]int64{}
	for _, r := range cells {
		busy[r.PointID] = r.N * cellSeconds / 60
	}
	for _, r := range given {
		booked[r.PointID] = r.N
	}
	for i := range out {
		out[i].Busy, out[i].Booked = int(busy[out[i].PointID]), int(booked[out[i].PointID])
	}
	return nil
}

// presence compares the opening of each address with who is on duty there, day by day.
func presence(p points.Point, shifts []facilitators.OnDay, from, to calendar.Day) Presence {
	out := Presence{PointID: p.ID}
	type place struct {
		address string
		day     calendar.Day
	}
	duty := map[place][]calendar.Band{}
	for _, shift := range shifts {
		if shut(p, shift) {
			continue
		}
		key := place{shift.Duty.AddressID, shift.Day}
		duty[key] = append(duty[key], calendar.Band{Opens: shift.Duty.Starts, Closes: shift.Duty.Ends})
		out.OnDuty += shift.Day.Elapsed(shift.Duty.Starts, shift.Duty.Ends)
		if !slices.Contains(out.People, shift.Duty.FacilitatorID) {
			out.People = append(out.People, shift.Duty.FacilitatorID)
		}
	}
	for day := from; !day.After(to); day = day.AddDays(1) {
		for _, a := range p.Addresses {
			open := 0
			for _, b := range joined(p.OpeningOn(a, day).Bands) {
				open += day.Elapsed(b.Opens, b.Closes)
				for _, gap := range gapsIn(b, joined(duty[place{a.ID, day}])) {
					out.Gaps = append(out.Gaps, Stretch{AddressID: a.ID, Day: day, From: gap.Opens, To: gap.Closes})
				}
			}
			out.Open += open
			out.Covered += open
		}
	}
	for _, gap := range out.Gaps {
		out.Covered -= gap.Minutes()
	}
	return out
}

// shut reports whether the address of a shift is closed that day for a holiday, a closure or good: the shift
// is not held then. A shift outside the hours of the week is: who wrote it was warned.
func shut(p points.Point, shift facilitators.OnDay) bool {
	for _, a := range p.Addresses {
		if a.ID == shift.Duty.AddressID {
			opening := p.OpeningOn(a, shift.Day)
			return len(opening.Bands) == 0 && opening.Why != points.ByWeek && opening.Why != points.BySeason
		}
	}
	return false
}

// gapsIn returns the parts of open that none of duty, which is sorted and apart, covers.
func gapsIn(open calendar.Band, duty []calendar.Band) []calendar.Band {
	var gaps []calendar.Band
	at := open.Opens
	for _, d := range duty {
		if d.Closes <= at || d.Opens >= open.Closes {
			continue
		}
		if d.Opens > at {
			gaps = append(gaps, calendar.Band{Opens: at, Closes: d.Opens})
		}
		at = max(at, d.Closes)
	}
	if at < open.Closes {
		gaps = append(gaps, calendar.Band{Opens: at, Closes: open.Closes})
	}
	return gaps
}

// Clash is a person with two bookings at the same time.
type Clash struct {
	FacilitatorID string
	Day           calendar.Day
	BookingIDs    [2]string
}

// clashesShown bounds a list that must be empty.
const clashesShown = 20

// Clashes looks whether anybody is booked twice at the same time at points from a day to a day. The
// database refuses it: this is the proof that it did.
func (s *Service) Clashes(ctx context.Context, who identity.Actor, list []points.Point, from, to calendar.Day) ([]Clash, error) {
	see, err := s.points.Visible(ctx, who, identity.SeeFacilitators)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, p := range list {
		if see.Has(p.ID) {
			ids = append(ids, p.ID)
		}
	}
	var found []Clash
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).TwiceBooked(ctx, db.TwiceBookedParams{FromDay: from, ToDay: to, Points: sqldb.List(ids), Max: clashesShown})
		if err != nil {
			return fmt.Errorf("people booked twice: %w", err)
		}
		found = make([]Clash, len(rows))
		for i, r := range rows {
			found[i] = Clash{FacilitatorID: r.FacilitatorID, Day: r.Day, BookingIDs: [2]string{r.FirstID, r.SecondID}}
		}
		return nil
	})
	return found, err
}

// WorkDay is a day of the sheet of hours of one person.
type WorkDay struct {
	Day calendar.Day
	// Shifts are the stretches on duty, in order of time; none at a point that is shut that day.
	Shifts []facilitators.OnDay
	// Away are the absences that touch the day.
	Away []facilitators.Absence
	// OnDuty is the minutes of the shifts, Booked those of the times that were given to somebody.
	OnDuty, Booked int
}

// WorkDays returns the days of a person from a day to a day, those without a shift too, at the points
// where who may see the agenda.
func (s *Service) WorkDays(ctx context.Context, who identity.Actor, f facilitators.Facilitator, from, to calendar.Day) ([]WorkDay, error) {
	days, err := s.onDuty(ctx, who, identity.SeeAgenda, f.ID, from, to)
	if err != nil {
		return nil, err
	}
	entries, err := s.Between(ctx, who, f.ID, from, to)
	for _, e := range entries {
		if slices.ContainsFunc(e.Bookings, func(b Booking) bool { return !b.Draft() }) {
			days[e.Slot.Day.Sub(from)].Booked += minutesOf(e.Slot)
		}
	}
	return days, err
}

// ShiftDays is WorkDays without what was booked, for who may see the person and no agenda.
func (s *Service) ShiftDays(ctx context.Context, who identity.Actor, f facilitators.Facilitator, from, to calendar.Day) ([]WorkDay, error) {
	return s.onDuty(ctx, who, identity.SeeFacilitators, f.ID, from, to)
}

func (s *Service) onDuty(ctx context.Context, who identity.Actor, may identity.Permission, facilitatorID string, from, to calendar.Day) ([]WorkDay, error) {
	see, err := s.points.Visible(ctx, who, may)
	if err != nil {
		return nil, err
	}
	var shifts []facilitators.OnDay
	var away []facilitators.Absence
	var places map[string]points.Point
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		if shifts, err = s.facilitators.OnDutyOf(ctx, tx, []string{facilitatorID}, from, to); err != nil {
			return err
		}
		if places, err = s.points.ByIDsTx(ctx, tx, pointsOf(shifts)); err != nil {
			return err
		}
		away, err = s.facilitators.AwayOf(ctx, tx, facilitatorID, from, to)
		return err
	})
	if err != nil {
		return nil, err
	}
	days := workDays(from, to, away)
	for _, shift := range shifts {
		if d := &days[shift.Day.Sub(from)]; see.Has(shift.Duty.PointID) && !shut(places[shift.Duty.PointID], shift) {
			d.Shifts = append(d.Shifts, shift)
			d.OnDuty += shift.Day.Elapsed(shift.Duty.Starts, shift.Duty.Ends)
		}
	}
	for i := range days {
		slices.SortStableFunc(days[i].Shifts, func(a, b facilitators.OnDay) int { return cmp.Compare(a.Duty.Starts, b.Duty.Starts) })
	}
	return days, nil
}

// pointsOf returns the points of shifts, each once.
func pointsOf(shifts []facilitators.OnDay) []string {
	var ids []string
	for _, shift := range shifts {
		ids = append(ids, shift.Duty.PointID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func workDays(from, to calendar.Day, away []facilitators.Absence) []WorkDay {
	days := make([]WorkDay, to.Sub(from)+1)
	for i := range days {
		day := from.AddDays(i)
		days[i].Day = day
		for _, a := range away {
			if !day.Before(a.From) && !day.After(a.To) {
				days[i].Away = append(days[i].Away, a)
			}
		}
	}
	return days
}

func minutesOf(s Slot) int { return int(s.EndsAt.Sub(s.StartsAt).Minutes()) }

// Between returns the slots of a facilitator from a day to a day at the points that who may see, in order
// of time, each with its bookings.
func (s *Service) Between(ctx context.Context, who identity.Actor, facilitatorID string, from, to calendar.Day) ([]Entry, error) {
	see, err := s.points.Visible(ctx, who, identity.SeeAgenda)
	if err != nil {
		return nil, err
	}
	var list []Entry
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		slots, err := q.SlotsOfDay(ctx, db.SlotsOfDayParams{FacilitatorID: facilitatorID, FromDay: from, ToDay: to})
		if err != nil {
			return fmt.Errorf("slots of a person: %w", err)
		}
		rows, err := q.BookingsOfFacilitator(ctx, db.BookingsOfFacilitatorParams{FacilitatorID: facilitatorID, FromDay: from, ToDay: to})
		if err != nil {
			return fmt.Errorf("bookings of a person: %w", err)
		}
		bookings := make([]Booking, len(rows))
		for i, r := range rows {
			bookings[i] = bookingOf(db.BookingByIDRow(r))
		}
		list = slices.DeleteFunc(entries(slots, bookings), func(e Entry) bool { return !see.Has(e.Slot.PointID) })
		return nil
	})
	return list, err
}

// PresenceByDay returns how a point is covered on each day from a day to a day.
func (s *Service) PresenceByDay(ctx context.Context, who identity.Actor, p points.Point, from, to calendar.Day) ([]Presence, error) {
	see, err := s.points.Visible(ctx, who, identity.SeeFacilitators)
	if err != nil {
		return nil, err
	}
	if !see.Has(p.ID) {
		return nil, identity.ErrNotHere
	}
	var shifts []facilitators.OnDay
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		shifts, err = s.facilitators.OnDuty(ctx, tx, []string{p.ID}, from, to)
		return err
	})
	if err != nil {
		return nil, err
	}
	on := map[calendar.Day][]facilitators.OnDay{}
	for _, shift := range shifts {
		on[shift.Day] = append(on[shift.Day], shift)
	}
	days := make([]Presence, to.Sub(from)+1)
	for i := range days {
		day := from.AddDays(i)
		days[i] = presence(p, on[day], day, day)
	}
	return days, nil
}
