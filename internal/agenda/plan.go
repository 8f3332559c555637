package agenda

import (
	"cmp"
	"slices"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/kinds"
)

// rules are what the times of a point are made from, besides its shifts.
type rules struct {
	// hours gives the opening bands of an address on a day.
	hours func(addressID string, d calendar.Day) []calendar.Band
	// kinds are those that the point offers, by id.
	kinds map[string]kinds.Kind
	// people are those on duty, by id: read only when some kind asks for a skill or a language.
	people map[string]facilitators.Facilitator
	// first is the day from which horizons are counted; last is the last day of the network's.
	first, last calendar.Day
}

// plan returns the slots that the rules want. A shift offers its kinds, or its plain appointment when it
// names none; of each a grid from its start, kept where a slot lies entirely in the shift and in one stretch
// of opening. No two slots of a kind of one facilitator begin together: the first shift in order wins.
func plan(shifts []facilitators.OnDay, r rules) []Slot {
	var slots []Slot
	type start struct {
		facilitator, kind string
		at                int64
	}
	seen := map[start]bool{}
	for _, shift := range shifts {
		open := joined(r.hours(shift.Duty.AddressID, shift.Day))
		for _, o := range r.offers(shift) {
			for _, s := range planOffer(shift, o, open) {
				key := start{s.FacilitatorID, s.KindID, s.StartsAt.Unix()}
				if seen[key] {
					continue
				}
				seen[key] = true
				slots = append(slots, s)
			}
		}
	}
	slices.SortFunc(slots, func(a, b Slot) int {
		return cmp.Or(a.StartsAt.Compare(b.StartsAt), cmp.Compare(a.FacilitatorID, b.FacilitatorID), cmp.Compare(a.KindID, b.KindID))
	})
	return slots
}

// offer is what a shift gives: the terms of its appointments.
type offer struct {
	kindID, shape         string
	mode                  kinds.Mode
	minutes, before       calendar.Minute
	after                 calendar.Minute
	seats, kept, everyNth int
	notice                time.Duration
	audience              kinds.Audience
}

// offers returns what a shift gives on its day. A kind that the point no longer offers, that does not take
// place on the day, lies beyond its horizon or is not for this person gives nothing.
func (r rules) offers(shift facilitators.OnDay) []offer {
	d := shift.Duty
	if len(d.KindIDs) == 0 {
		if shift.Day.After(r.last) {
			return nil
		}
		return []offer{plain(d)}
	}
	var list []offer
	for _, id := range d.KindIDs {
		k, ok := r.kinds[id]
		if !ok || !k.On(shift.Day) || shift.Day.After(r.lastOf(k)) || !r.suits(k, d.FacilitatorID) {
			continue
		}
		o := offer{
			kindID: k.ID, shape: k.Mode.Shape(), mode: k.Mode, minutes: calendar.Minute(k.Minutes), before: calendar.Minute(k.Before),
			after: calendar.Minute(k.After), seats: k.Seats, notice: time.Duration(k.NoticeMinutes) * time.Minute, audience: k.Audience,
		}
		if o.shape == Group {
			o.kept = k.Kept
		} else {
			o.everyNth = k.Kept
		}
		list = append(list, o)
	}
	return list
}

// plain is the appointment of a shift that names no kind.
func plain(d facilitators.Duty) offer {
	o := offer{shape: d.Kind, mode: kinds.Desk, minutes: calendar.Minute(d.SlotMinutes), seats: d.Seats, audience: kinds.Everyone}
	if d.Kind == Group {
		o.mode = kinds.Group
	}
	return o
}

// lastOf is the last day with times of a kind.
func (r rules) lastOf(k kinds.Kind) calendar.Day {
	if k.HorizonDays == 0 {
		return r.last
	}
	return r.first.AddDays(k.HorizonDays - 1)
}

func (r rules) suits(k kinds.Kind, facilitatorID string) bool {
	f := r.people[facilitatorID]
	return k.SuitedTo(f.Skills, f.Languages)
}

// planOffer walks the grid of an offer: the pauses lie between one appointment and the next, and may lie
// outside the shift and the opening. Of one-to-one times the last of every so many is kept back, counted on
// the grid, so that it stays the same one whatever else changes.
func planOffer(shift facilitators.OnDay, o offer, open []calendar.Band) []Slot {
	var slots []Slot
	d, step := shift.Duty, o.before+o.minutes+o.after
	if o.minutes <= 0 {
		return nil
	}
	for i, m := 0, shift.Grid; m+o.minutes <= d.Ends; i, m = i+1, m+step {
		inside := slices.ContainsFunc(open, func(b calendar.Band) bool { return b.Opens <= m && m+o.minutes <= b.Closes })
		if m < d.Starts || !inside {
			continue
		}
		starts, ends, ok := instants(shift.Day, m, o.minutes)
		if !ok {
			continue
		}
		kept := o.kept
		if o.everyNth > 0 && i%o.everyNth == o.everyNth-1 {
			kept = 1
		}
		slots = append(slots, Slot{
			PointID: d.PointID, AddressID: d.AddressID, FacilitatorID: d.FacilitatorID, Kind: o.shape, KindID: o.kindID, Mode: o.mode,
			Day: shift.Day, StartsAt: starts, EndsAt: ends, ClosesAt: starts.Add(-o.notice), Audience: o.audience,
			BusyFrom: starts.Add(-time.Duration(o.before) * time.Minute), BusyTo: ends.Add(time.Duration(o.after) * time.Minute),
			Kept: kept, Seats: o.seats, Free: o.seats, State: Open,
		})
	}
	return slots
}

// instants returns when a stretch of the wall clock begins and ends. It is not ok when clocks change
// within it, so that its length or its place on the clock would not be what people read.
func instants(day calendar.Day, m, length calendar.Minute) (starts, ends time.Time, ok bool) {
	starts, err := day.At(m)
	if err != nil {
		return starts, ends, false
	}
	ends = starts.Add(time.Duration(length) * time.Minute)
	last := ends.Add(-time.Minute)
	return starts.UTC(), ends.UTC(), calendar.DayOf(last) == day && calendar.MinuteOf(last) == m+length-1
}

// joined sorts bands and makes one of those that touch.
func joined(bands []calendar.Band) []calendar.Band {
	sorted := slices.SortedFunc(slices.Values(bands), func(a, b calendar.Band) int { return cmp.Compare(a.Opens, b.Opens) })
	var list []calendar.Band
	for _, b := range sorted {
		if n := len(list); n > 0 && b.Opens <= list[n-1].Closes {
			list[n-1].Closes = max(list[n-1].Closes, b.Closes)
			continue
		}
		list = append(list, b)
	}
	return list
}

// cellSeconds is the length of a cell. Shifts begin, and slots last, multiples of it.
const cellSeconds = 300

// cellsOf returns the cells from an instant to an instant: five-minute stretches counted since 1970.
func cellsOf(from, to time.Time) (first, end int64) {
	return from.Unix() / cellSeconds, (to.Unix() + cellSeconds - 1) / cellSeconds
}

// cellStart is the instant at which a cell begins.
func cellStart(cell int64) time.Time { return time.Unix(cell*cellSeconds, 0).UTC() }
