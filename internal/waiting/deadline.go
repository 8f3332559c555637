package waiting

import (
	"time"

	"capillare/internal/calendar"
)

// The hours in which somebody may be asked for an answer, and the least time given for one.
const (
	dayBegins = calendar.Minute(8 * 60)
	dayEnds   = calendar.Minute(21 * 60)
	// margin is how long before the time an answer must come: the facilitator plans by it, and who waits
	// must still get there.
	margin = 30 * time.Minute
	// shortest is the least daytime that is an honest chance to answer.
	shortest = 30 * time.Minute
)

// Deadline returns until when an offer made now, of a time that begins at starts, can be answered: after
// span of daytime, and no later than half an hour before the time. ok is false when what is left is too
// short to answer in.
func Deadline(now, starts time.Time, span time.Duration) (until time.Time, ok bool) {
	until = afterDaytime(now, span)
	if last := starts.Add(-margin); until.After(last) {
		until = last
	}
	return until, until.After(now) && daytime(now, until) >= shortest
}

// afterDaytime returns the instant at which so much daytime has passed since from.
func afterDaytime(from time.Time, span time.Duration) time.Time {
	for day := calendar.DayOf(from); ; day = day.AddDays(1) {
		begins, ends := dayOf(day)
		if begins.Before(from) {
			begins = from
		}
		if left := ends.Sub(begins); left >= span {
			return begins.Add(span)
		} else if left > 0 {
			span -= left
		}
	}
}

// daytime returns how much daytime there is between two instants.
func daytime(from, to time.Time) (sum time.Duration) {
	for day := calendar.DayOf(from); !day.After(calendar.DayOf(to)); day = day.AddDays(1) {
		begins, ends := dayOf(day)
		if begins.Before(from) {
			begins = from
		}
		if ends.After(to) {
			ends = to
		}
		if ends.After(begins) {
			sum += ends.Sub(begins)
		}
	}
	return sum
}

// dayOf returns when the daytime of a day begins and ends. Clocks change at night, so both always exist.
func dayOf(d calendar.Day) (begins, ends time.Time) {
	begins, _ = d.At(dayBegins)
	ends, _ = d.At(dayEnds)
	return begins, ends
}
