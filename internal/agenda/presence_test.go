package agenda

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/points"
)

// bands draws stretches of a day in multiples of a quarter of an hour; they may overlap.
func bands(t *rapid.T, name string) []calendar.Band {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) calendar.Band {
		opens := rapid.IntRange(0, 94).Draw(t, "opens")
		closes := rapid.IntRange(opens+1, 96).Draw(t, "closes")
		return calendar.Band{Opens: calendar.Minute(15 * opens), Closes: calendar.Minute(15 * closes)}
	}), 0, 4).Draw(t, name)
}

// Against a count of minutes, also on the days on which clocks change.
func TestPresenceAgainstEveryMinute(t *testing.T) {
	t.Parallel()
	days := []calendar.Day{
		calendar.NewDay(2027, time.March, 15), calendar.NewDay(2027, time.March, 28), calendar.NewDay(2027, time.October, 31),
	}
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.SampledFrom(days).Draw(t, "day")
		open, duty := bands(t, "open"), bands(t, "duty")
		p := points.Point{ID: "p", State: points.StateOpen, OpenedOn: calendar.NewDay(2026, time.July, 1),
			Addresses: []points.Address{{ID: "a", Exceptions: []points.Exception{{Day: day, Bands: open}}}}}
		var shifts []facilitators.OnDay
		for i, b := range duty {
			shifts = append(shifts, facilitators.OnDay{Day: day, Duty: facilitators.Duty{
				PointID: "p", AddressID: "a", FacilitatorID: fmt.Sprint(i), Starts: b.Opens, Ends: b.Closes,
			}})
		}
		got := presence(p, shifts, day, day)
		wantOpen, wantCovered := 0, 0
		for at := day.Start(); at.Before(day.AddDays(1).Start()); at = at.Add(time.Minute) {
			m := calendar.MinuteOf(at)
			if within(open, m) {
				wantOpen++
				if within(duty, m) {
					wantCovered++
				}
			}
		}
		// An hour that comes twice belongs to a stretch as often as the clock shows it, when the stretch
		// holds the whole of it: the edges inside that hour mean its first passage.
		if edged(open, duty) {
			return
		}
		if got.Open != wantOpen || got.Covered != wantCovered {
			t.Errorf("presence on %v = open %d covered %d, want %d and %d", day, got.Open, got.Covered, wantOpen, wantCovered)
		}
	})
}

func within(list []calendar.Band, m calendar.Minute) bool {
	for _, b := range list {
		if b.Opens <= m && m < b.Closes {
			return true
		}
	}
	return false
}

// edged reports whether a stretch begins or ends inside the hour that comes twice in autumn.
func edged(lists ...[]calendar.Band) bool {
	for _, list := range lists {
		for _, b := range list {
			for _, m := range []calendar.Minute{b.Opens, b.Closes} {
				if m > 2*60 && m < 3*60 {
					return true
				}
			}
		}
	}
	return false
}
