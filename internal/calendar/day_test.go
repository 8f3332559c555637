package calendar_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"capillare/internal/calendar"
)

func day(t testing.TB, s string) calendar.Day {
	t.Helper()
	d, err := calendar.ParseDay(s)
	if err != nil {
		t.Fatalf("ParseDay(%q) = %v", s, err)
	}
	return d
}

// anyDay draws days from 1894, when Italy took the hour of central Europe, to 2100.
func anyDay() *rapid.Generator[calendar.Day] {
	first := calendar.NewDay(1894, time.January, 1)
	last := calendar.NewDay(2100, time.December, 31)
	return rapid.Custom(func(t *rapid.T) calendar.Day {
		return first.AddDays(rapid.IntRange(0, last.Sub(first)).Draw(t, "days"))
	})
}

func TestParseDay(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		in, want string
		err      error
	}{
		{in: "2027-02-28", want: "2027-02-28"},
		{in: "28/02/2027", want: "2027-02-28"},
		{in: " 1/3/2027 ", want: "2027-03-01"},
		{in: "2028-02-29", want: "2028-02-29"},
		{in: "0001-01-01", want: "0001-01-01"},
		{in: "9999-12-31", want: "9999-12-31"},
		{in: "29/02/2027", err: calendar.ErrNoSuchDay},
		{in: "31/04/2027", err: calendar.ErrNoSuchDay},
		{in: "01/13/2027", err: calendar.ErrNoSuchDay},
		{in: "0000-01-01", err: calendar.ErrNoSuchDay},
		{in: "2027-00-10", err: calendar.ErrNoSuchDay},
		{in: "00/01/2027", err: calendar.ErrNoSuchDay},
		{in: "", err: calendar.ErrDay},
		{in: "28/02/27", err: calendar.ErrDay},
		{in: "2027-2-28", err: calendar.ErrDay},
		{in: "28-02-2027", err: calendar.ErrDay},
		{in: "2027/02/28", err: calendar.ErrDay},
		{in: "+1/02/2027", err: calendar.ErrDay},
		{in: "domani", err: calendar.ErrDay},
		{in: "2027-02-28T00:00:00Z", err: calendar.ErrDay},
	} {
		got, err := calendar.ParseDay(test.in)
		if !errors.Is(err, test.err) || got.String() != test.want {
			t.Errorf("ParseDay(%q) = %q, %v, want %q, %v", test.in, got, err, test.want, test.err)
		}
	}
}

func TestDayAgreesWithTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDay().Draw(t, "day")
		n := rapid.IntRange(-1000, 1000).Draw(t, "n")
		y, m, dd := d.Date()
		ref := time.Date(y, m, dd, 0, 0, 0, 0, time.UTC)
		moved := ref.AddDate(0, 0, n)
		if got, want := d.AddDays(n).String(), moved.Format("2006-01-02"); got != want {
			t.Fatalf("%v.AddDays(%d) = %v, want %v", d, n, got, want)
		}
		if got := d.AddDays(n).Sub(d); got != n {
			t.Fatalf("Sub after AddDays(%d) = %d", n, got)
		}
		if got, want := int(d.Weekday())%7, int(ref.Weekday()); got != want {
			t.Fatalf("%v.Weekday() = %d, want %d", d, got, want)
		}
		if got, want := d.Month(), ref.Format("2006-01"); got != want || d.Year() != y {
			t.Fatalf("%v.Month() = %q, want %q", d, got, want)
		}
		if again, err := calendar.ParseDay(d.String()); err != nil || again != d {
			t.Fatalf("ParseDay(%v) = %v, %v", d, again, err)
		}
		o := d.AddDays(n)
		if d.Before(o) != (n > 0) || d.After(o) != (n < 0) || d.Equal(o) != (n == 0) || (d.Compare(o) < 0) != (n > 0) {
			t.Fatalf("order of %v and %v is wrong", d, o)
		}
	})
}

func TestNewDayNormalises(t *testing.T) {
	t.Parallel()
	if got, want := calendar.NewDay(2027, time.April, 31).String(), "2027-05-01"; got != want {
		t.Errorf("NewDay(2027, 4, 31) = %v, want %v", got, want)
	}
	if got := calendar.NewDay(10000, time.January, 1); !got.IsZero() {
		t.Errorf("NewDay(10000, 1, 1) = %v, want no day", got)
	}
	if got := calendar.NewDay(1, time.January, 0); !got.IsZero() {
		t.Errorf("NewDay(1, 1, 0) = %v, want no day", got)
	}
}

func TestNoDay(t *testing.T) {
	t.Parallel()
	var none calendar.Day
	d := day(t, "2026-11-24")
	if !none.IsZero() || none.String() != "" || none.Month() != "" || none.Year() != 0 || none.Weekday() != 0 {
		t.Errorf("no day has a date: %v", none)
	}
	if got := none.AddDays(5); !got.IsZero() {
		t.Errorf("no day + 5 = %v, want no day", got)
	}
	if !none.Before(d) || d.Sub(none) != 0 || !none.Start().IsZero() || !calendar.DayOf(time.Time{}).IsZero() {
		t.Error("no day behaves as a day")
	}
	if _, err := none.At(60); !errors.Is(err, calendar.ErrDay) {
		t.Errorf("no day At(60) = %v, want %v", err, calendar.ErrDay)
	}
}

func TestDayOfIsTheDayInRome(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ in, want string }{
		{"2026-11-24T22:59:59Z", "2026-11-24"},
		{"2026-11-24T23:00:00Z", "2026-11-25"},
		{"2026-07-01T22:00:00Z", "2026-07-02"},
		{"2026-07-01T21:59:59Z", "2026-07-01"},
	} {
		instant, err := time.Parse(time.RFC3339, test.in)
		if err != nil {
			t.Fatal(err)
		}
		if got := calendar.DayOf(instant).String(); got != test.want {
			t.Errorf("DayOf(%v) = %v, want %v", test.in, got, test.want)
		}
	}
}

func TestAtWhenClocksChange(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		day    string
		minute calendar.Minute
		want   string
		err    error
	}{
		{day: "2027-03-28", minute: 119, want: "2027-03-28T01:59:00+01:00"},
		{day: "2027-03-28", minute: 120, err: calendar.ErrNoSuchTime},
		{day: "2027-03-28", minute: 150, err: calendar.ErrNoSuchTime},
		{day: "2027-03-28", minute: 179, err: calendar.ErrNoSuchTime},
		{day: "2027-03-28", minute: 180, want: "2027-03-28T03:00:00+02:00"},
		{day: "2027-10-31", minute: 119, want: "2027-10-31T01:59:00+02:00"},
		{day: "2027-10-31", minute: 150, want: "2027-10-31T02:30:00+02:00"},
		{day: "2027-10-31", minute: 180, want: "2027-10-31T03:00:00+01:00"},
		{day: "2027-10-31", minute: 1440, want: "2027-11-01T00:00:00+01:00"},
		{day: "2026-11-24", minute: 1441, err: calendar.ErrMinute},
		{day: "2026-11-24", minute: -1, err: calendar.ErrMinute},
	} {
		got, err := day(t, test.day).At(test.minute)
		if !errors.Is(err, test.err) {
			t.Errorf("%v.At(%v) error = %v, want %v", test.day, test.minute, err, test.err)
			continue
		}
		if text := got.Format(time.RFC3339); err == nil && text != test.want {
			t.Errorf("%v.At(%v) = %v, want %v", test.day, test.minute, text, test.want)
		}
	}
}

// clock reads a wall clock in Rome, in whole minutes.
type clock struct {
	day    calendar.Day
	minute calendar.Minute
}

// firstShown walks the minutes around d and notes when each reading of the clock is first shown.
func firstShown(d calendar.Day) map[clock]time.Time {
	y, m, dd := d.Date()
	start := time.Date(y, m, dd, 0, 0, 0, 0, time.UTC).Add(-6 * time.Hour)
	shown := map[clock]time.Time{}
	for i := range 36 * 60 {
		instant := start.Add(time.Duration(i) * time.Minute)
		reading := clock{calendar.DayOf(instant), calendar.MinuteOf(instant)}
		if _, seen := shown[reading]; !seen {
			shown[reading] = instant
		}
	}
	return shown
}

func checkAt(t interface{ Fatalf(string, ...any) }, d calendar.Day) {
	shown := firstShown(d)
	for m := range calendar.EndOfDay {
		got, err := d.At(m)
		want, exists := shown[clock{d, m}]
		if exists && (err != nil || !got.Equal(want)) {
			t.Fatalf("%v.At(%v) = %v, %v, want %v", d, m, got, err, want)
		}
		if !exists && !errors.Is(err, calendar.ErrNoSuchTime) {
			t.Fatalf("%v.At(%v) = %v, %v, want %v", d, m, got, err, calendar.ErrNoSuchTime)
		}
	}
	if end, err := d.At(calendar.EndOfDay); err == nil && !end.Equal(d.AddDays(1).Start()) {
		t.Fatalf("%v.At(24:00) = %v, want %v", d, end, d.AddDays(1).Start())
	}
}

func TestAtAgreesWithAClockWatchedByMinute(t *testing.T) {
	t.Parallel()
	for _, d := range []string{
		"2026-11-24", "2027-03-28", "2027-10-31", "2026-03-29", "2026-10-25",
		"1966-05-22", "1966-09-24", "1966-09-25", "1979-05-27", "1945-04-02", "1916-06-04",
	} {
		checkAt(t, day(t, d))
	}
	rapid.Check(t, func(t *rapid.T) { checkAt(t, anyDay().Draw(t, "day")) })
}

func TestEveryDayStartsWhenTheDayBeforeEnds(t *testing.T) {
	t.Parallel()
	last := calendar.NewDay(2100, time.December, 31)
	for d := calendar.NewDay(1894, time.January, 1); !d.After(last); d = d.AddDays(1) {
		start := d.Start()
		if got := calendar.DayOf(start); got != d {
			t.Fatalf("%v starts on %v (%v)", d, got, start)
		}
		if got := calendar.DayOf(start.Add(-time.Nanosecond)); got != d.AddDays(-1) {
			t.Fatalf("just before %v starts it is %v", d, got)
		}
	}
}

func TestAge(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		born, on string
		want     int
	}{
		{"1985-12-10", "2026-12-09", 40},
		{"1985-12-10", "2026-12-10", 41},
		{"1985-12-10", "1985-12-10", 0},
		{"2024-02-29", "2025-02-28", 0},
		{"2024-02-29", "2025-03-01", 1},
		{"2024-02-29", "2028-02-29", 4},
		{"2026-11-24", "2026-11-23", -1},
	} {
		if got := calendar.Age(day(t, test.born), day(t, test.on)); got != test.want {
			t.Errorf("Age(%v, %v) = %v, want %v", test.born, test.on, got, test.want)
		}
	}
	if got := calendar.Age(calendar.Day{}, day(t, "2026-11-24")); got != 0 {
		t.Errorf("Age(no day) = %v, want 0", got)
	}
}

func TestDayInColumnsAndJSON(t *testing.T) {
	t.Parallel()
	d := day(t, "2026-11-24")
	for _, src := range []any{"2026-11-24", []byte("2026-11-24"), time.Date(2026, time.November, 24, 0, 0, 0, 0, time.UTC)} {
		var got calendar.Day
		if err := got.Scan(src); err != nil || got != d {
			t.Errorf("Scan(%v) = %v, %v, want %v", src, got, err, d)
		}
	}
	got := d
	if err := got.Scan(nil); err != nil || !got.IsZero() {
		t.Errorf("Scan(nil) = %v, %v, want no day", got, err)
	}
	for _, src := range []any{"2026-02-30", 20261124, "ieri"} {
		if err := got.Scan(src); err == nil {
			t.Errorf("Scan(%v) = %v, want an error", src, got)
		}
	}
	if v, err := d.Value(); err != nil || v != "2026-11-24" {
		t.Errorf("Value() = %v, %v, want 2026-11-24", v, err)
	}
	if v, err := (calendar.Day{}).Value(); err != nil || v != nil {
		t.Errorf("Value() of no day = %v, %v, want nil", v, err)
	}
	in := []calendar.Day{d, {}}
	text, err := json.Marshal(in)
	if err != nil || string(text) != `["2026-11-24",""]` {
		t.Fatalf("Marshal = %s, %v", text, err)
	}
	var out []calendar.Day
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, out); diff != "" {
		t.Errorf("JSON round trip (-want +got):\n%s", diff)
	}
}

func TestParseMinute(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]calendar.Minute{
		"9": 540, "09": 540, "9:30": 570, "09:30": 570, "09.30": 570, " 0:00 ": 0, "24:00": 1440, "24": 1440, "23.59": 1439,
	} {
		if got, err := calendar.ParseMinute(in); err != nil || got != want {
			t.Errorf("ParseMinute(%q) = %v, %v, want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "24:01", "25", "9:60", "9:3", "9:300", ":30", "9:", "-1", "9,30", "9:30:00", "9.30.", "nove", "009"} {
		if got, err := calendar.ParseMinute(in); !errors.Is(err, calendar.ErrMinute) {
			t.Errorf("ParseMinute(%q) = %v, %v, want %v", in, got, err, calendar.ErrMinute)
		}
	}
	for m := range calendar.EndOfDay + 1 {
		if got, err := calendar.ParseMinute(m.String()); err != nil || got != m {
			t.Fatalf("ParseMinute(%v) = %v, %v", m, got, err)
		}
	}
}
