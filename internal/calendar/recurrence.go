package calendar

import "capillare/internal/errs"

// Refusals of recurrences.
var (
	ErrRecurrence = errs.New(errs.Invalid, "calendar.recurrence")
	// ErrNever says that no day of the stretch is one of the recurrence.
	ErrNever = errs.New(errs.Invalid, "calendar.recurrence_never")
	// ErrEndless says that an end is missing, or lies more than MaxYears ahead.
	ErrEndless = errs.New(errs.Invalid, "calendar.recurrence_endless")
)

const (
	// MaxEvery is the most weeks between two times of a recurrence.
	MaxEvery = 52
	// MaxYears is how far ahead the end of a recurrence may lie.
	MaxYears = 10
	// LastOfMonth is the Nth of the last weekday of a month.
	LastOfMonth = -1
)

// Recurrence says on which days something comes again (it: ricorrenza): on some weekdays of each week, of
// one week in Every, or on the nth of them in each month. It has no beginning and no end: callers bring the
// days between which it counts.
type Recurrence struct {
	Weekdays Weekdays
	// Every is how many weeks lie between two times; 0 is 1. It says nothing when Nth is not 0.
	Every int
	// Anchor is any day of a week in which it comes: needed when Every is more than 1.
	Anchor Day
	// Nth is 1 to 4, or LastOfMonth, for the nth of the weekdays in a month; 0 counts weeks.
	Nth int
}

// Check refuses a recurrence that is none: without weekdays, with too many weeks, without its first week.
func (r Recurrence) Check() error {
	switch {
	case len(r.Weekdays.List()) == 0,
		r.Every < 0 || r.Every > MaxEvery,
		r.Nth < LastOfMonth || r.Nth > 4,
		r.Every > 1 && r.Nth == 0 && r.Anchor.IsZero():
		return ErrRecurrence
	}
	return nil
}

// CheckBetween refuses with ErrNever what has no day between from and to (zero: it goes on), and with
// ErrEndless an end more than MaxYears after from.
func (r Recurrence) CheckBetween(from, to Day) error {
	if err := r.Check(); err != nil {
		return err
	}
	y, m, d := from.Date()
	if to.After(NewDay(y+MaxYears, m, d)) {
		return ErrEndless
	}
	if _, ok := r.First(from, to); !ok {
		return ErrNever
	}
	return nil
}

// On reports whether d is one of the days.
func (r Recurrence) On(d Day) bool {
	if d.IsZero() || !r.Weekdays.Has(d.Weekday()) {
		return false
	}
	switch {
	case r.Nth == LastOfMonth:
		return d.AddDays(7).Month() != d.Month()
	case r.Nth > 0:
		_, _, day := d.Date()
		return (day-1)/7+1 == r.Nth
	case r.Every > 1:
		return (weekOf(d)-weekOf(r.Anchor))%r.Every == 0
	}
	return true
}

// weekOf counts weeks that begin on Monday.
func weekOf(d Day) int { return (d.n - 1) / 7 }

// Between returns the days from a day to a day, in order; without an end none, for they never end.
func (r Recurrence) Between(from, to Day) []Day {
	var list []Day
	for d := from; !d.IsZero() && d.n <= min(to.n, lastDay); d.n++ {
		if r.On(d) {
			list = append(list, d)
		}
	}
	return list
}

// First returns the first day between from and to (zero: it goes on), and whether there is one.
func (r Recurrence) First(from, to Day) (Day, bool) { return r.Meets(r, from, to) }

// fullCircle is after how many days months and weekdays fall together as before: 400 years of the calendar.
const fullCircle = 146097

// lastDay is 9999-12-31.
const lastDay = 3652059

// Meets returns the first day between from and to (zero: both go on) that r and o have in common, and
// whether there is one.
func (r Recurrence) Meets(o Recurrence, from, to Day) (Day, bool) {
	shared := r.Weekdays & o.Weekdays
	if from.IsZero() || len(shared.List()) == 0 {
		return Day{}, false
	}
	last := min(from.n+r.circle(o), lastDay)
	if !to.IsZero() {
		last = min(last, to.n)
	}
	for d := from; d.n <= last; d.n++ {
		if shared.Has(d.Weekday()) && r.On(d) && o.On(d) {
			return d, true
		}
	}
	return Day{}, false
}

// circle is after how many days r and o together begin again: what they do not share until then, they
// never do. Weeks counted in steps meet each nth weekday of a month long before the calendar repeats.
func (r Recurrence) circle(o Recurrence) int {
	if r.Nth != 0 || o.Nth != 0 {
		return fullCircle
	}
	return 7 * max(r.Every, 1) * max(o.Every, 1)
}
