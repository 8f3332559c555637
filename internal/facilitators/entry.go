package facilitators

import (
	"cmp"
	"errors"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/points"
)

// Hours is one stretch of the hours of a shift, on the wall clock.
type Hours struct{ Starts, Ends calendar.Minute }

// String returns "09:00-12:00".
func (h Hours) String() string { return h.Starts.String() + "-" + h.Ends.String() }

// Entry is what people enter and read as one shift (it: turno): the same person, place, kinds and days, on
// some weekdays, in some bands of each.
type Entry struct {
	// Duty is what all have in common; its ID, Weekday, Starts and Ends are those of the first.
	Duty
	Weekdays calendar.Weekdays
	Bands    []Hours
	// IDs are the shifts that it stands for.
	IDs []string
}

// Recurrence returns the days on which any of it comes, but for From and To.
func (e Entry) Recurrence() calendar.Recurrence {
	r := e.Duty.Recurrence()
	r.Weekdays = e.Weekdays
	return r
}

// Entries reads shifts together that people would write in one line, in the order of the shifts.
func Entries(list []Duty) []Entry {
	var entries []Entry
	for _, d := range list {
		i := slices.IndexFunc(entries, func(e Entry) bool {
			return e.Weekdays == calendar.WeekdaysOf(d.Weekday) && e.common().Equal(common(d))
		})
		if i < 0 {
			entries = append(entries, Entry{Duty: d, Weekdays: calendar.WeekdaysOf(d.Weekday)})
			i = len(entries) - 1
		}
		e := &entries[i]
		e.Bands, e.IDs = append(e.Bands, Hours{d.Starts, d.Ends}), append(e.IDs, d.ID)
	}
	return joinWeekdays(entries)
}

// joinWeekdays makes one entry of those that have the same bands on different weekdays.
func joinWeekdays(entries []Entry) []Entry {
	var joined []Entry
	for _, e := range entries {
		slices.SortFunc(e.Bands, func(a, b Hours) int { return cmp.Compare(a.Starts, b.Starts) })
		i := slices.IndexFunc(joined, func(o Entry) bool {
			return slices.Equal(o.Bands, e.Bands) && o.common().Equal(e.common())
		})
		if i < 0 {
			joined = append(joined, e)
			continue
		}
		joined[i].Weekdays |= e.Weekdays
		joined[i].IDs = append(joined[i].IDs, e.IDs...)
	}
	return joined
}

func (e Entry) common() Duty { return common(e.Duty) }

// common is d without what tells the shifts of one entry apart.
func common(d Duty) Duty {
	d.ID, d.Weekday, d.Starts, d.Ends = "", 0, 0, 0
	return d
}

// checkedDuties returns the shifts of an entry as they are kept, or one refusal with every problem.
func (e Entry) checkedDuties() ([]Duty, error) {
	var p errs.Problems
	if len(e.Weekdays.List()) == 0 {
		p.Add("weekday", "form.required")
	}
	if len(e.Bands) == 0 {
		p.Add("starts", "form.required")
	}
	if bandsMeet(e.Bands) {
		p.Add("starts", "facilitators.bands_meet")
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	// Every weekday counts weeks from the same one, else two days of one entry would come in turns.
	if e.Every > 1 && e.Nth == 0 && e.Anchor.IsZero() {
		weekly := calendar.Recurrence{Weekdays: e.Weekdays}
		e.Anchor, _ = weekly.First(e.From, calendar.Day{})
	}
	var list []Duty
	never := 0
	for _, w := range e.Weekdays.List() {
		for _, h := range e.Bands {
			d := e.Duty
			d.ID, d.Weekday, d.Starts, d.Ends, d.KindIDs = "", w, h.Starts, h.Ends, slices.Clone(e.KindIDs)
			d, err := checkedDuty(d)
			if neverComes(err) {
				never++
				continue
			}
			if err != nil {
				return nil, err
			}
			list = append(list, d)
		}
	}
	if len(list) == 0 && never > 0 {
		return nil, errs.Problems{{Field: "to", Key: calendar.ErrNever.Key}}.Err()
	}
	return list, nil
}

// neverComes reports whether the only problem of a shift is that it has no day.
func neverComes(err error) bool {
	r, ok := errors.AsType[*errs.Refusal](err)
	return ok && len(r.Problems) == 1 && r.Problems[0].Key == calendar.ErrNever.Key
}

func bandsMeet(bands []Hours) bool {
	for i, a := range bands {
		for _, b := range bands[:i] {
			if a.Starts < b.Ends && b.Starts < a.Ends {
				return true
			}
		}
	}
	return false
}

// Outside returns the bands of an entry that reach beyond the ordinary hours of its address, by weekday: for
// a warning, since hours may be about to change.
func Outside(p points.Point, e Entry) calendar.Bands {
	a, _ := p.Address(e.AddressID)
	open := a.Ordinary()
	var beyond calendar.Bands
	for _, w := range e.Weekdays.List() {
		for _, h := range e.Bands {
			covered := slices.ContainsFunc(open.On(w), func(b calendar.Band) bool { return b.Opens <= h.Starts && h.Ends <= b.Closes })
			if !covered {
				beyond = append(beyond, calendar.Band{Weekday: w, Opens: h.Starts, Closes: h.Ends})
			}
		}
	}
	return beyond
}
