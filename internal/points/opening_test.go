package points

import (
	"slices"
	"testing"

	"capillare/internal/calendar"
)

// layers are what may decide a day, the strongest first, each with how a point comes to have it on the
// 2nd of June 2027: a Wednesday and a national holiday.
var layers = []struct {
	why   string
	bands string
	set   func(p *Point)
}{
	{ByState, "", func(p *Point) { p.SuspendedOn = day(2027, 6, 1) }},
	{ByException, "10:00-11:00", func(p *Point) {
		p.Addresses[0].Exceptions = []Exception{{Day: day(2027, 6, 2), Reason: "fiera", Bands: bands("mer 10-11")}}
	}},
	{ByClosure, "", func(p *Point) {
		p.Closures = []Closure{{From: day(2027, 6, 1), To: day(2027, 6, 3), Reason: "lavori", Reach: OfPoint}}
	}},
	{ByPatron, "", func(p *Point) { p.Addresses[0].PatronDay = "06-02" }},
	{ByHoliday, "", func(*Point) {}},
	{BySeason, "08:00-09:00", func(p *Point) {
		p.Addresses[0].Schedules = append(p.Addresses[0].Schedules, Schedule{From: day(2027, 6, 1), To: day(2027, 6, 30), Bands: bands("mer 8-9")})
	}},
	{ByWeek, "14:00-15:00", func(p *Point) {
		p.Addresses[0].Schedules = append(p.Addresses[0].Schedules, Schedule{Bands: bands("mer 14-15")})
	}},
}

// Of every two reasons that meet on a day, the stronger one decides.
func TestOpeningOrder(t *testing.T) {
	t.Parallel()
	for i, strong := range layers {
		for j, weak := range layers[i:] {
			on := day(2027, 6, 2)
			if strong.why == BySeason || strong.why == ByWeek {
				on = day(2027, 6, 9) // The Wednesday after: no holiday.
			}
			p := Point{State: StateOpen, OpenedOn: day(2026, 9, 1), Addresses: []Address{{ID: "a"}}}
			strong.set(&p)
			if j > 0 {
				weak.set(&p)
			}
			got := p.OpeningOn(p.Addresses[0], on)
			if got.Why != strong.why || hoursText(got.Bands) != strong.bands {
				t.Errorf("%s against %s: OpeningOn = %s %q, want %s %q", strong.why, weak.why, got.Why, hoursText(got.Bands), strong.why, strong.bands)
			}
		}
	}
}

func TestOpeningSaysWhy(t *testing.T) {
	t.Parallel()
	p := Point{State: StateOpen, OpenedOn: day(2026, 9, 1), Addresses: []Address{{ID: "a", PatronDay: "07-02", Schedules: []Schedule{{Bands: bands("ven 9-13")}}}}}
	layers[1].set(&p)
	for _, tt := range []struct {
		name   string
		on     calendar.Day
		change func(p *Point)
		why    string
		reason string
	}{
		{"an exceptional opening", day(2027, 6, 2), func(*Point) {}, ByException, "fiera"},
		{"a closure", day(2027, 7, 2), func(p *Point) { p.Closures = []Closure{{From: day(2027, 7, 2), To: day(2027, 7, 2), Reason: "sagra"}} }, ByClosure, "sagra"},
		{"the patron", day(2027, 7, 2), func(*Point) {}, ByPatron, ""},
		{"the patron of another year", day(2032, 7, 2), func(*Point) {}, ByPatron, ""},
		{"open on the patron's day", day(2027, 7, 2), func(p *Point) { p.OpenOnPatron = true }, ByWeek, ""},
		{"before it opens", day(2026, 8, 1), func(*Point) {}, ByState, ""},
	} {
		q := p.clone()
		tt.change(&q)
		if got := q.OpeningOn(q.Addresses[0], tt.on); got.Why != tt.why || got.Reason != tt.reason {
			t.Errorf("%s: OpeningOn = %+v, want %s %q", tt.name, got, tt.why, tt.reason)
		}
	}
}

// An exceptional opening is of one address: the other goes on as it does.
func TestExceptionIsOfOneAddress(t *testing.T) {
	t.Parallel()
	p := openPoint()
	p.Addresses[0].Exceptions = []Exception{{Day: day(2026, 12, 29), Bands: bands("mar 10-11"), Reason: "x"}}
	if got := hoursText(p.OpenBands("", day(2026, 12, 29))); got != "10:00-11:00" {
		t.Errorf("OpenBands(all, in a closure) = %s, want 10:00-11:00", got)
	}
	if got := p.OpenBands("b", day(2026, 12, 29)); got != nil {
		t.Errorf("OpenBands(b, in a closure) = %v, want none", got)
	}
}

func TestCovers(t *testing.T) {
	t.Parallel()
	p := Point{State: StateOpen, OpenedOn: day(2026, 9, 1), Addresses: []Address{{ID: "a", Schedules: []Schedule{{Bands: calendar.Bands{
		{Weekday: 3, Opens: 540, Closes: 600}, {Weekday: 3, Opens: 600, Closes: 660}, {Weekday: 3, Opens: 720, Closes: 780}}}}}}}
	on := day(2026, 11, 25)
	for _, tt := range []struct {
		from, to calendar.Minute
		want     bool
	}{
		{540, 600, true}, {570, 630, true}, {540, 660, true}, {539, 600, false}, {630, 690, false}, {660, 700, false}, {720, 780, true}, {600, 780, false},
	} {
		from, err := on.At(tt.from)
		check(t, err)
		to, err := on.At(tt.to)
		check(t, err)
		if got := p.Covers("a", from, to); got != tt.want {
			t.Errorf("Covers(%v to %v) = %v, want %v", tt.from, tt.to, got, tt.want)
		}
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	point := func(hours string, seasons ...Schedule) Point {
		p := Point{Addresses: []Address{{ID: "a", Schedules: append([]Schedule{{Bands: bands(hours)}}, seasons...)}}}
		return p.counted()
	}
	shift := func(hours string) []Shift {
		var list []Shift
		for _, b := range bands(hours) {
			list = append(list, Shift{AddressID: "a", Band: b, From: day(2026, 1, 1)})
		}
		return list
	}
	over := shift("lun 9-13")
	over[0].To = day(2026, 11, 1)
	for _, tt := range []struct {
		name   string
		p      Point
		min    int
		shifts []Shift
		want   []string
	}{
		{"all well", point("lun 9-13"), 240, shift("lun 9-11; lun 11-13"), nil},
		{"short of a minute", point("lun 9-13"), 241, shift("lun 9-13"), []string{WarnMinimum}},
		{"no hours", Point{Addresses: []Address{{ID: "a"}}}, 60, shift("lun 9-13"), []string{WarnNoDay}},
		{"a short season", point("lun 9-13", Schedule{From: day(2027, 8, 1), To: day(2027, 8, 31), Bands: bands("lun 9-10")}), 240, shift("lun 9-13"), []string{WarnSeason}},
		{"a short season that is over", point("lun 9-13", Schedule{From: day(2026, 8, 1), To: day(2026, 8, 31), Bands: bands("lun 9-10")}), 240, shift("lun 9-13"), nil},
		{"nobody for an hour", point("lun 9-13"), 0, shift("lun 9-12"), []string{WarnNoDuty + " lun 12:00-13:00"}},
		{"a shift that is over", point("lun 9-13"), 0, over, []string{WarnNoDuty + " lun 09:00-13:00"}},
		{"too late in the evening", point("lun 9-13"), 0, shift("lun 8-14"), []string{WarnOffHours + " lun 08:00-09:00; lun 13:00-14:00"}},
		{"a slip of a quarter", point("lun 9-11; lun 11:15-13"), 0, shift("lun 9-11; lun 11:15-13"), []string{WarnBreak + " lun 11:00-11:15"}},
		{"an hour for lunch", point("lun 9-12; lun 13-15"), 0, shift("lun 9-12; lun 13-15"), nil},
		{"seasons with a hole", Point{Addresses: []Address{{ID: "a", Schedules: []Schedule{
			{From: day(2026, 10, 1), To: day(2026, 12, 31), Bands: bands("lun 9-13")},
			{From: day(2027, 2, 1), To: day(2027, 3, 31), Bands: bands("lun 9-13")}}}}}, 0, shift("lun 9-13"), []string{WarnNoDay}},
	} {
		var got []string
		for _, w := range tt.p.Warnings(Terms{MinWeekly: tt.min}, tt.shifts, day(2026, 11, 24)) {
			text := w.Kind
			if len(w.Bands) > 0 {
				text += " " + w.Bands.String()
			}
			got = append(got, text)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: Warnings = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestLate(t *testing.T) {
	t.Parallel()
	terms, none := Terms{OpeningDays: 60, MinWeekly: 600}, calendar.Day{}
	awarded := day(2026, 9, 1) // to open by the 31st of October
	for _, tt := range []struct {
		name   string
		state  string
		opened calendar.Day
		today  calendar.Day
		days   int
		late   bool
	}{
		{"on the last day", StateAwarded, none, day(2026, 10, 31), 0, false},
		{"a day after", StateAwarded, none, day(2026, 11, 1), 1, true},
		{"being set up", StateSettingUp, none, day(2026, 11, 10), 10, true},
		{"opened in time", StateOpen, day(2026, 10, 31), day(2026, 12, 1), 0, false},
		{"opened late", StateOpen, day(2026, 11, 3), day(2026, 12, 1), 3, false},
		{"never opened", StateClosed, none, day(2026, 12, 1), 0, false},
	} {
		p := Point{State: tt.state, AwardedOn: awarded, OpenedOn: tt.opened}
		if days, late := p.DaysLate(terms, tt.today), p.Late(terms, tt.today); days != tt.days || late != tt.late {
			t.Errorf("%s: DaysLate = %d, Late = %v, want %d, %v", tt.name, days, late, tt.days, tt.late)
		}
	}
	if _, ok := (Point{AwardedOn: awarded}).OpenBy(Terms{}); ok {
		t.Error("OpenBy without terms has a day")
	}
	if p := (Point{State: StateOpen, WeeklyMinutes: 599}); !p.BelowMinimum(terms) || p.BelowMinimum(Terms{}) {
		t.Error("BelowMinimum(599 of 600) = false, or true without terms")
	}
}

// On the nights when clocks change, what counts is what they show: a night in autumn has an hour more.
func TestCoversWhenClocksChange(t *testing.T) {
	t.Parallel()
	p := Point{State: StateOpen, OpenedOn: day(2026, 9, 1), Addresses: []Address{{ID: "a", Schedules: []Schedule{{Bands: bands("dom 1-3; sab 20-24")}}}}}
	for _, tt := range []struct {
		name     string
		day      calendar.Day
		from, to calendar.Minute
		want     bool
	}{
		{"autumn", day(2026, 10, 25), 90, 180, true},
		{"past the end in spring", day(2028, 3, 26), 90, 210, false},
		{"an ordinary night", day(2027, 4, 4), 90, 180, true},
		{"up to midnight", day(2027, 4, 3), 23 * 60, 24 * 60, true},
	} {
		from, err := tt.day.At(tt.from)
		if err != nil {
			t.Fatal(err)
		}
		to, err := tt.day.At(tt.to)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Covers("a", from, to); got != tt.want {
			t.Errorf("%s: Covers(%v to %v) = %v, want %v", tt.name, from, to, got, tt.want)
		}
	}
}

func TestASeasonOverNewYear(t *testing.T) {
	t.Parallel()
	p := Point{State: StateOpen, OpenedOn: day(2026, 9, 1), Addresses: []Address{{ID: "a", Schedules: []Schedule{
		{Bands: bands("lun-dom 9-10")}, {From: day(2026, 12, 28), To: day(2027, 1, 5), Bands: bands("lun-dom 15-16")},
	}}}}
	for on, want := range map[calendar.Day]string{
		day(2026, 12, 27): "09:00-10:00", day(2026, 12, 28): "15:00-16:00", day(2027, 1, 1): "", day(2027, 1, 5): "15:00-16:00",
		day(2027, 1, 7): "09:00-10:00", day(2027, 12, 29): "09:00-10:00",
	} {
		if got := hoursText(p.OpeningOn(p.Addresses[0], on).Bands); got != want {
			t.Errorf("hours of %v = %q, want %q", on, got, want)
		}
	}
}
