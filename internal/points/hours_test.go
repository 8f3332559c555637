package points

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"capillare/internal/calendar"
)

func day(y int, m time.Month, d int) calendar.Day { return calendar.NewDay(y, m, d) }

func bands(text string) calendar.Bands {
	b, err := calendar.ParseBands(text)
	if err != nil {
		panic(err)
	}
	return b
}

// openPoint is open from 2026-09-01 at two addresses, "a" with a season in August 2027.
func openPoint() Point {
	return Point{
		State: StateOpen, OpenedOn: day(2026, 9, 1), Kind: Itinerant,
		Addresses: []Address{
			{ID: "a", Schedules: []Schedule{
				{Bands: bands("lun-ven 9-13; mar 15-18")},
				{Name: "estate", From: day(2027, 8, 1), To: day(2027, 8, 31), Bands: bands("mar 8-12")},
			}},
			{ID: "b", Schedules: []Schedule{{Bands: bands("mar 14-16")}}},
		},
		Closures: []Closure{{ID: "c", From: day(2026, 12, 28), To: day(2026, 12, 30), Reason: "lavori"}},
	}
}

func hoursText(list []calendar.Band) string {
	var parts []string
	for _, b := range list {
		parts = append(parts, b.Hours())
	}
	return strings.Join(parts, " ")
}

func TestOpenBands(t *testing.T) {
	t.Parallel()
	state := func(state string, suspended, closed calendar.Day) func(*Point) {
		return func(p *Point) { p.State, p.SuspendedOn, p.ClosedOn = state, suspended, closed }
	}
	none := calendar.Day{}
	tests := []struct {
		name    string
		change  func(*Point)
		address string
		day     calendar.Day
		want    string
	}{
		{"ordinary", nil, "a", day(2026, 11, 24), "09:00-13:00 15:00-18:00"},
		{"other address", nil, "b", day(2026, 11, 24), "14:00-16:00"},
		{"all addresses", nil, "", day(2026, 11, 24), "09:00-13:00 14:00-16:00 15:00-18:00"},
		{"unknown address", nil, "z", day(2026, 11, 24), ""},
		{"no band that weekday", nil, "a", day(2026, 11, 28), ""},
		{"first day", nil, "a", day(2026, 9, 1), "09:00-13:00 15:00-18:00"},
		{"before opening", nil, "a", day(2026, 8, 31), ""},
		{"season replaces", nil, "a", day(2027, 8, 3), "08:00-12:00"},
		{"season replaces the whole week", nil, "a", day(2027, 8, 4), ""},
		{"season's last day", nil, "a", day(2027, 8, 31), "08:00-12:00"},
		{"day after the season", nil, "a", day(2027, 9, 1), "09:00-13:00"},
		{"season of the other address", nil, "b", day(2027, 8, 3), "14:00-16:00"},
		{"closure, first day", nil, "a", day(2026, 12, 28), ""},
		{"closure, last day", nil, "a", day(2026, 12, 30), ""},
		{"after the closure", nil, "a", day(2026, 12, 31), "09:00-13:00"},
		{"holiday: immacolata", nil, "a", day(2026, 12, 8), ""},
		{"holiday: Easter Monday", nil, "a", day(2027, 3, 29), ""},
		{"4 October 2027 is a holiday", nil, "a", day(2027, 10, 4), ""},
		{"awarded", state(StateAwarded, none, none), "a", day(2026, 11, 24), ""},
		{"setting up", state(StateSettingUp, none, none), "a", day(2026, 11, 24), ""},
		{"suspended that day", state(StateSuspended, day(2026, 11, 24), none), "a", day(2026, 11, 24), ""},
		{"suspended from the next day", state(StateSuspended, day(2026, 11, 25), none), "a", day(2026, 11, 24), "09:00-13:00 15:00-18:00"},
		{"closed that day", state(StateClosed, none, day(2026, 11, 24)), "a", day(2026, 11, 24), ""},
		{"closed from the next day", state(StateClosed, none, day(2026, 11, 25)), "a", day(2026, 11, 24), "09:00-13:00 15:00-18:00"},
		{"given up before it opened", func(p *Point) { p.State, p.OpenedOn, p.ClosedOn = StateClosed, none, day(2027, 1, 1) }, "a", day(2026, 11, 24), ""},
	}
	for _, tt := range tests {
		p := openPoint()
		if tt.change != nil {
			tt.change(&p)
		}
		if got := hoursText(p.OpenBands(tt.address, tt.day)); got != tt.want {
			t.Errorf("%s: OpenBands(%q, %v) = %q, want %q", tt.name, tt.address, tt.day, got, tt.want)
		}
	}
}

func TestFourthOfOctoberBefore2026(t *testing.T) {
	t.Parallel()
	p := openPoint()
	p.OpenedOn = day(2020, 1, 1)
	// A Monday in 2021, before the law; a Sunday in 2026, so a Monday of 2027 stands for after.
	if got := p.OpenBands("a", day(2021, 10, 4)); len(got) == 0 {
		t.Errorf("OpenBands(2021-10-04) = %v, want open", got)
	}
	if got := p.OpenBands("a", day(2027, 10, 4)); len(got) != 0 {
		t.Errorf("OpenBands(2027-10-04) = %v, want shut", got)
	}
}

func TestOpenAt(t *testing.T) {
	t.Parallel()
	p := openPoint()
	tests := []struct {
		at   time.Time
		want bool
	}{
		{time.Date(2026, 11, 24, 8, 59, 59, 0, calendar.Rome), false},
		{time.Date(2026, 11, 24, 9, 0, 0, 0, calendar.Rome), true},
		{time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC), true},
		{time.Date(2026, 11, 24, 12, 59, 0, 0, calendar.Rome), true},
		{time.Date(2026, 11, 24, 13, 0, 0, 0, calendar.Rome), false},
		{time.Date(2026, 11, 24, 15, 30, 0, 0, calendar.Rome), true},
	}
	for _, tt := range tests {
		if got := p.OpenAt("a", tt.at); got != tt.want {
			t.Errorf("OpenAt(%v) = %v, want %v", tt.at, got, tt.want)
		}
	}
}

func TestListed(t *testing.T) {
	t.Parallel()
	p := openPoint()
	for _, tt := range []struct {
		name   string
		change func(*Point)
		want   bool
	}{
		{"open", func(*Point) {}, true},
		{"opens later", func(p *Point) { p.OpenedOn = day(2027, 1, 1) }, true},
		{"suspended", func(p *Point) { p.State, p.SuspendedOn = StateSuspended, day(2026, 11, 24) }, false},
		{"stops tomorrow", func(p *Point) { p.State, p.SuspendedOn = StateSuspended, day(2026, 11, 25) }, true},
		{"closed", func(p *Point) { p.State, p.ClosedOn = StateClosed, day(2026, 11, 1) }, false},
		{"awarded", func(p *Point) { p.State = StateAwarded }, false},
	} {
		q := p.clone()
		tt.change(&q)
		if got := q.Listed(day(2026, 11, 24)); got != tt.want {
			t.Errorf("%s: Listed = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestScheduleRefused(t *testing.T) {
	t.Parallel()
	mon := calendar.Monday
	tests := []struct {
		name string
		s    Schedule
		want string
	}{
		{"overlap", Schedule{Bands: calendar.Bands{{Weekday: mon, Opens: 540, Closes: 780}, {Weekday: mon, Opens: 720, Closes: 900}}}, "hours calendar.band_overlap"},
		{"reversed", Schedule{Bands: calendar.Bands{{Weekday: mon, Opens: 780, Closes: 540}}}, "hours calendar.band_reversed"},
		{"one day only", Schedule{From: day(2027, 8, 1), Bands: bands("lun 9-13")}, "from points.season_days"},
		{"last day only", Schedule{To: day(2027, 8, 1), Bands: bands("lun 9-13")}, "from points.season_days"},
		{"days reversed", Schedule{From: day(2027, 8, 2), To: day(2027, 8, 1), Bands: bands("lun 9-13")}, "to points.days_reversed"},
	}
	for _, tt := range tests {
		if _, err := tt.s.normal(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: normal() = %v, want %s", tt.name, err, tt.want)
		}
	}
}

// Whatever two seasons are: they are refused exactly when some day lies in both.
func TestSeasonsNeverShareADay(t *testing.T) {
	t.Parallel()
	first := day(2027, 1, 1)
	rapid.Check(t, func(t *rapid.T) {
		season := func(name string) Schedule {
			from := rapid.IntRange(0, 20).Draw(t, name)
			return Schedule{From: first.AddDays(from), To: first.AddDays(from + rapid.IntRange(0, 10).Draw(t, name+" days"))}
		}
		a, b := season("a"), season("b")
		shared := false
		for n := range 40 {
			d := first.AddDays(n)
			shared = shared || !d.Before(a.From) && !d.After(a.To) && !d.Before(b.From) && !d.After(b.To)
		}
		if err := checkSeasons([]Schedule{{}, a, b}); (err != nil) != shared {
			t.Errorf("checkSeasons(%v-%v, %v-%v) = %v, want refused %v", a.From, a.To, b.From, b.To, err, shared)
		}
	})
}
