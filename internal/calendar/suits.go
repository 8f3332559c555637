package calendar

import "time"

// Weekdays is a set of weekdays; the zero set is none.
type Weekdays int

// AllWeek is every day from Monday to Sunday.
const AllWeek Weekdays = 1<<7 - 1

// WeekdaysOf returns the set of days.
func WeekdaysOf(days ...Weekday) Weekdays {
	var set Weekdays
	for _, d := range days {
		if d.Valid() {
			set |= 1 << (d - Monday)
		}
	}
	return set
}

// Has reports whether d is in the set.
func (w Weekdays) Has(d Weekday) bool { return d.Valid() && w&(1<<(d-Monday)) != 0 }

// List returns the days of the set from Monday to Sunday.
func (w Weekdays) List() []Weekday {
	var days []Weekday
	for d := Monday; d <= Sunday; d++ {
		if w.Has(d) {
			days = append(days, d)
		}
	}
	return days
}

// Valid reports whether the set has a day and nothing that is none.
func (w Weekdays) Valid() bool { return w > 0 && w <= AllWeek }

// Part is a part of the day; the zero Part is the whole day.
type Part string

// The parts: lunch is at one.
const (
	AnyPart   Part = ""
	Morning   Part = "morning"
	Afternoon Part = "afternoon"
)

const noon = 13 * 60

// Parts returns the parts in the order of the day, the whole day first.
func Parts() []Part { return []Part{AnyPart, Morning, Afternoon} }

// Has reports whether what begins at m is in that part of the day.
func (p Part) Has(m Minute) bool {
	switch p {
	case AnyPart:
		return true
	case Morning:
		return m < noon
	case Afternoon:
		return m >= noon
	}
	return false
}

// Suits is when a person could come: on these weekdays, in this part of the day.
type Suits struct {
	Weekdays Weekdays
	Part     Part
}

// AnyTime suits always.
func AnyTime() Suits { return Suits{Weekdays: AllWeek} }

// At reports whether what begins at t suits, on the clock of Rome.
func (s Suits) At(t time.Time) bool {
	return s.Weekdays.Has(DayOf(t).Weekday()) && s.Part.Has(MinuteOf(t))
}
