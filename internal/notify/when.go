package notify

import (
	"time"

	"capillare/internal/calendar"
)

const (
	// eveningBefore is how long before the quiet hours a reminder leaves that would fall into them and
	// come too late after them.
	eveningBefore = 15 * time.Minute
	// useful is how long before the appointment a reminder must come to be one.
	useful = time.Hour
	// Reminders that would follow on the heels of the confirmation say nothing new.
	firstApart  = 12 * time.Hour
	secondApart = 3 * time.Hour
	// badNews is how long before the appointment whoever would travel for nothing must know.
	badNews = 2 * time.Hour
)

// clockBefore returns the instant so many hours before at: whole days by the wall clock of Rome, the rest
// by hours that pass. An hour that the clock skips is the one after.
func clockBefore(at time.Time, hours int) time.Time {
	const dayHours = 24
	local := at.In(calendar.Rome)
	year, month, day := local.Date()
	// time.Date moves a clock time that does not exist on by the hour that was skipped.
	whole := time.Date(year, month, day-hours/dayHours, local.Hour(), local.Minute(), local.Second(), 0, calendar.Rome)
	return whole.Add(-time.Duration(hours%dayHours) * time.Hour).UTC()
}

// quiet reports whether nobody is to be disturbed at an instant.
func (set Setting) quiet(at time.Time) bool {
	m := calendar.MinuteOf(at)
	switch {
	case set.QuietFrom == set.QuietTo:
		return false
	case set.QuietFrom < set.QuietTo:
		return set.QuietFrom <= m && m < set.QuietTo
	}
	return m >= set.QuietFrom || m < set.QuietTo
}

// awake returns at, or the end of the quiet hours that it falls into.
func (set Setting) awake(at time.Time) time.Time {
	if !set.quiet(at) {
		return at
	}
	day := calendar.DayOf(at)
	if set.QuietFrom > set.QuietTo && calendar.MinuteOf(at) >= set.QuietFrom {
		day = day.AddDays(1)
	}
	return clock(day, set.QuietTo)
}

// asleep returns the beginning of the quiet hours that at falls into.
func (set Setting) asleep(at time.Time) time.Time {
	day := calendar.DayOf(at)
	if set.QuietFrom > set.QuietTo && calendar.MinuteOf(at) < set.QuietTo {
		day = day.AddDays(-1)
	}
	return clock(day, set.QuietFrom)
}

// clock is the instant of a clock time, the next one that exists when clocks skip it.
func clock(day calendar.Day, m calendar.Minute) time.Time {
	year, month, d := day.Date()
	return time.Date(year, month, d, 0, int(m), 0, 0, calendar.Rome).UTC()
}

// reminderAt returns when a reminder leaves that is due so many hours before starts, and whether it is
// worth planning now.
func (set Setting) reminderAt(now, starts time.Time, hours int, apart time.Duration) (time.Time, bool) {
	if hours == 0 {
		return time.Time{}, false
	}
	due := clockBefore(starts, hours)
	if set.quiet(due) {
		due = set.unquiet(due, starts)
	}
	return due, due.Sub(now) >= apart
}

// unquiet moves a reminder out of the quiet hours: after them where that is early enough, else before.
func (set Setting) unquiet(due, starts time.Time) time.Time {
	if after := set.awake(due); starts.Sub(after) >= useful {
		return after
	}
	return set.asleep(due).Add(-eveningBefore)
}

// dueAt returns when news of an appointment leaves. Answer is the answer by e-mail to what the person has
// just done on line: it comes at once. Bad news that could not wait for the morning does not.
func (set Setting) dueAt(now, starts time.Time, answer, bad bool) time.Time {
	if answer {
		return now
	}
	due := set.awake(now)
	if bad && due.After(now) && starts.Sub(due) < badNews {
		return now
	}
	return due
}
