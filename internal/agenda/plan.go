package agenda

import (
	"cmp"
	"slices"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
)

// plan returns the slots that the rules want: for each shift a grid from its start in steps of its
// slot length, kept where a slot lies entirely in the shift and in one stretch of opening. hours gives
// the opening bands of an address on a day. No two slots of one facilitator begin together: the first
// shift in order wins.
func plan(shifts []facilitators.OnDay, hours func(addressID string, d calendar.Day) []calendar.Band) []Slot {
	var slots []Slot
	type start struct {
		facilitator string
		at          int64
	}
	seen := map[start]bool{}
	for _, shift := range shifts {
		for _, s := range planShift(shift, joined(hours(shift.Duty.AddressID, shift.Day))) {
			key := start{s.FacilitatorID, s.StartsAt.Unix()}
			if seen[key] {
				continue
			}
			seen[key] = true
			slots = append(slots, s)
		}
	}
	slices.SortFunc(slots, func(a, b Slot) int {
		return cmp.Or(a.StartsAt.Compare(b.StartsAt), cmp.Compare(a.FacilitatorID, b.FacilitatorID))
	})
	return slots
}

func planShift(shift facilitators.OnDay, open []calendar.Band) []Slot {
	var slots []Slot
	d, length := shift.Duty, calendar.Minute(shift.Duty.SlotMinutes)
	if length <= 0 {
		return nil
	}
	for m := d.Starts; m+length <= d.Ends; m += length {
		inside := slices.ContainsFunc(open, func(b calendar.Band) bool { return b.Opens <= m && m+length <= b.Closes })
		if !inside {
			continue
		}
		starts, ends, ok := instants(shift.Day, m, length)
		if !ok {
			continue
		}
		slots = append(slots, Slot{
			PointID: d.PointID, AddressID: d.AddressID, FacilitatorID: d.FacilitatorID, Kind: d.Kind, Day: shift.Day,
			StartsAt: starts, EndsAt: ends, Seats: d.Seats, Free: d.Seats, State: Open,
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
