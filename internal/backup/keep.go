package backup

import (
	"fmt"
	"slices"
	"time"

	"capillare/internal/calendar"
)

// Copy is a copy as it lies in its place.
type Copy struct {
	Name  string
	At    time.Time // when it was taken, which its name says
	Bytes int64
}

// nameLayout is what a copy is called: when it was taken. Files with other names are not ours to remove.
const nameLayout = "20060102T150405Z"

const nameEnd = ".capillare"

// NameAt returns what a copy taken at this instant is called.
func NameAt(at time.Time) string { return at.UTC().Format(nameLayout) + nameEnd }

// takenAt reads when a copy was taken from its name; ok is false for other files.
func takenAt(name string) (at time.Time, ok bool) {
	at, err := time.Parse(nameLayout+nameEnd, name)
	return at, err == nil
}

// Keep is how many copies stay: the last one of so many days, weeks and months, counted from the newest
// backwards over those that have one.
type Keep struct{ Daily, Weekly, Monthly int }

// freshFor is how long every copy stays, whoever asked for it.
const freshFor = 24 * time.Hour

// Superfluous returns the copies that the rule lets go, the oldest first. The newest one and those that
// keepAlways names stay whatever the rule says. Those of days that have not come, which a wrong clock dated,
// stay too and take nobody's place.
func (k Keep) Superfluous(copies []Copy, now time.Time, keepAlways ...string) []Copy {
	newestFirst := slices.Clone(copies)
	slices.SortFunc(newestFirst, func(a, b Copy) int { return b.At.Compare(a.At) })
	stays := map[string]bool{}
	for _, name := range keepAlways {
		stays[name] = true
	}
	ahead := func(c Copy) bool { return c.At.After(now) }
	for i, c := range newestFirst {
		if i == 0 || now.Sub(c.At) < freshFor {
			stays[c.Name] = true
		}
	}
	for _, r := range []struct {
		n    int
		slot func(calendar.Day) string
	}{{k.Daily, calendar.Day.String}, {k.Weekly, week}, {k.Monthly, calendar.Day.Month}} {
		seen := map[string]bool{}
		for _, c := range newestFirst {
			slot := r.slot(calendar.DayOf(c.At))
			if ahead(c) || seen[slot] || len(seen) >= r.n {
				continue
			}
			seen[slot], stays[c.Name] = true, true
		}
	}
	gone := slices.DeleteFunc(newestFirst, func(c Copy) bool { return stays[c.Name] })
	slices.Reverse(gone)
	return gone
}

func week(d calendar.Day) string {
	year, n := d.Start().ISOWeek()
	return fmt.Sprintf("%d-%02d", year, n)
}
