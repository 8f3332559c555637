package calendar

import "time"

// Elapsed returns how many minutes pass on d between two readings of the clock in Rome: fewer, or more,
// than the clock says when it changes in between. A time that the clock skips counts as the moment of the
// jump.
func (d Day) Elapsed(from, to Minute) int {
	if d.IsZero() || to <= from {
		return 0
	}
	return int(d.reached(to).Sub(d.reached(from)) / time.Minute)
}

// reached returns when clocks first show m or later on d.
func (d Day) reached(m Minute) time.Time {
	for ; m < EndOfDay; m++ {
		if at, err := d.At(m); err == nil {
			return at
		}
	}
	return d.AddDays(1).Start()
}
