package jobs

import (
	"time"

	"capillare/internal/calendar"
)

// Schedule says when a job that comes back runs next.
type Schedule interface {
	// Next returns the first instant after now.
	Next(now time.Time) time.Time
}

// Period is a Schedule of every so much time, counted from 1970 so that a restart does not shift it.
type Period time.Duration

// Next returns the first multiple of the period after now.
func (p Period) Next(now time.Time) time.Time {
	return now.UTC().Truncate(time.Duration(p)).Add(time.Duration(p))
}

// Daily is a Schedule of once a day at this minute, in Rome.
type Daily calendar.Minute

// Next returns the first such minute after now. In the night when clocks go forward and the minute is
// not there, the job runs at the hour that clocks jump to.
func (d Daily) Next(now time.Time) time.Time {
	for day := calendar.DayOf(now); ; day = day.AddDays(1) {
		at, err := day.At(calendar.Minute(d))
		if err != nil {
			at = day.Start().Add(time.Duration(d) * time.Minute)
		}
		if at.After(now) {
			return at
		}
	}
}
