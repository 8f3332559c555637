package calendar_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"

	"capillare/internal/calendar"
)

// anyRecurrence draws a recurrence that counts weeks or the weekdays of months.
func anyRecurrence(t *rapid.T, near calendar.Day) calendar.Recurrence {
	days := rapid.SliceOfNDistinct(rapid.IntRange(1, 7), 1, 7, rapid.ID[int]).Draw(t, "weekdays")
	var r calendar.Recurrence
	for _, d := range days {
		r.Weekdays |= calendar.WeekdaysOf(calendar.Weekday(d))
	}
	if rapid.Bool().Draw(t, "monthly") {
		r.Nth = rapid.SampledFrom([]int{1, 2, 3, 4, calendar.LastOfMonth}).Draw(t, "nth")
		return r
	}
	r.Every = rapid.IntRange(1, 9).Draw(t, "every")
	r.Anchor = near.AddDays(rapid.IntRange(-100, 0).Draw(t, "anchor"))
	return r
}

// oracle lists the same days by another library.
func oracle(t *rapid.T, r calendar.Recurrence, from, to calendar.Day) []calendar.Day {
	names := []rrule.Weekday{rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU}
	option := rrule.ROption{Freq: rrule.WEEKLY, Interval: max(r.Every, 1), Wkst: rrule.MO, Dtstart: noonUTC(r.Anchor), Until: noonUTC(to)}
	if r.Nth != 0 {
		option.Freq, option.Interval, option.Dtstart = rrule.MONTHLY, 1, noonUTC(from)
	}
	for _, w := range r.Weekdays.List() {
		name := names[w-1]
		if r.Nth != 0 {
			name = name.Nth(r.Nth)
		}
		option.Byweekday = append(option.Byweekday, name)
	}
	rule, err := rrule.NewRRule(option)
	if err != nil {
		t.Fatal(err)
	}
	var days []calendar.Day
	for _, at := range rule.Between(noonUTC(from), noonUTC(to), true) {
		days = append(days, calendar.NewDay(at.Date()))
	}
	return days
}

func noonUTC(d calendar.Day) time.Time {
	y, m, day := d.Date()
	return time.Date(y, m, day, 12, 0, 0, 0, time.UTC)
}

func TestRecurrenceAgreesWithAnotherLibrary(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from := calendar.NewDay(2026, time.January, 1).AddDays(rapid.IntRange(0, 1500).Draw(t, "from"))
		to := from.AddDays(rapid.IntRange(0, 900).Draw(t, "days"))
		r := anyRecurrence(t, from)
		if diff := cmp.Diff(oracle(t, r, from, to), r.Between(from, to), cmp.Comparer(calendar.Day.Equal)); diff != "" {
			t.Fatalf("%+v.Between(%v, %v) (-other library, +ours):\n%s", r, from, to, diff)
		}
	})
}

// Watched minute by minute, a clock in Rome shows nine on exactly the days of the recurrence, also in the
// weeks in which clocks change.
func TestRecurrenceKeepsTheWallClock(t *testing.T) {
	t.Parallel()
	for _, change := range []calendar.Day{calendar.NewDay(2027, time.March, 28), calendar.NewDay(2027, time.October, 31)} {
		for _, r := range []calendar.Recurrence{
			{Weekdays: calendar.WeekdaysOf(calendar.Sunday), Nth: calendar.LastOfMonth},
			{Weekdays: calendar.WeekdaysOf(calendar.Saturday, calendar.Sunday, calendar.Monday)},
			{Weekdays: calendar.WeekdaysOf(calendar.Sunday), Every: 2, Anchor: change},
		} {
			from, to := change.AddDays(-8), change.AddDays(8)
			var seen []calendar.Day
			for at := from.Start(); at.Before(to.AddDays(1).Start()); at = at.Add(time.Minute) {
				local := at.In(calendar.Rome)
				if local.Hour() == 9 && local.Minute() == 0 && r.On(calendar.DayOf(at)) {
					seen = append(seen, calendar.DayOf(at))
				}
			}
			if diff := cmp.Diff(seen, r.Between(from, to), cmp.Comparer(calendar.Day.Equal)); diff != "" {
				t.Errorf("%+v around %v (-clock, +ours):\n%s", r, change, diff)
			}
		}
	}
}

func TestMeetsAgreesWithLookingAtEveryDay(t *testing.T) {
	t.Parallel()
	start := calendar.NewDay(2027, time.January, 1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyRecurrence(t, start), anyRecurrence(t, start)
		to := start.AddDays(rapid.IntRange(0, 3000).Draw(t, "days"))
		var want calendar.Day
		for d := start; want.IsZero() && !d.After(to); d = d.AddDays(1) {
			if a.On(d) && b.On(d) {
				want = d
			}
		}
		got, ok := a.Meets(b, start, to)
		if got != want || ok == want.IsZero() {
			t.Fatalf("%+v.Meets(%+v, %v, %v) = %v, %t, want %v", a, b, start, to, got, ok, want)
		}
		if _, ever := a.Meets(b, start, calendar.Day{}); ok && !ever {
			t.Fatalf("%+v.Meets(%+v) without an end is false, with one true", a, b)
		}
	})
}

// Every step of weeks meets every nth weekday of a month in far less than the 400 years that are looked at.
func TestStepsOfWeeksMeetMonths(t *testing.T) {
	t.Parallel()
	start := calendar.NewDay(2027, time.January, 4)
	monday := calendar.WeekdaysOf(calendar.Monday)
	for _, every := range []int{2, 3, 4, 5, 13, 26, 51, calendar.MaxEvery} {
		for shift := range every {
			weeks := calendar.Recurrence{Weekdays: monday, Every: every, Anchor: start.AddDays(7 * shift)}
			for _, nth := range []int{1, 4, calendar.LastOfMonth} {
				if _, ok := weeks.Meets(calendar.Recurrence{Weekdays: monday, Nth: nth}, start, start.AddDays(365*100)); !ok {
					t.Errorf("every %d weeks, from week %d, never meets the Monday number %d of a month", every, shift, nth)
				}
			}
		}
	}
}

func TestRecurrenceRefuses(t *testing.T) {
	t.Parallel()
	from := calendar.NewDay(2027, time.January, 11)
	weekly := calendar.Recurrence{Weekdays: calendar.WeekdaysOf(calendar.Monday)}
	for name, test := range map[string]struct {
		r    calendar.Recurrence
		to   calendar.Day
		want error
	}{
		"weekly":              {weekly, calendar.Day{}, nil},
		"ten years":           {weekly, calendar.NewDay(2037, time.January, 11), nil},
		"a day more":          {weekly, calendar.NewDay(2037, time.January, 12), calendar.ErrEndless},
		"no weekday":          {calendar.Recurrence{}, calendar.Day{}, calendar.ErrRecurrence},
		"no anchor":           {calendar.Recurrence{Weekdays: weekly.Weekdays, Every: 2}, calendar.Day{}, calendar.ErrRecurrence},
		"too many weeks":      {calendar.Recurrence{Weekdays: weekly.Weekdays, Every: 53, Anchor: from}, calendar.Day{}, calendar.ErrRecurrence},
		"fifth":               {calendar.Recurrence{Weekdays: weekly.Weekdays, Nth: 5}, calendar.Day{}, calendar.ErrRecurrence},
		"never":               {calendar.Recurrence{Weekdays: calendar.WeekdaysOf(calendar.Sunday)}, from.AddDays(2), calendar.ErrNever},
		"not in these months": {calendar.Recurrence{Weekdays: weekly.Weekdays, Nth: 1}, from.AddDays(14), calendar.ErrNever},
	} {
		if err := test.r.CheckBetween(from, test.to); !errors.Is(err, test.want) && !(err == nil && test.want == nil) {
			t.Errorf("%s: CheckBetween(%v, %v) = %v, want %v", name, from, test.to, err, test.want)
		}
	}
}
