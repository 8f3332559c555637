package agenda

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
)

func day(s string) calendar.Day {
	d, err := calendar.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestPlan(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name         string
		day          string
		starts, ends calendar.Minute
		minutes      int
		open         string
		want         string
	}{
		{"whole morning", "2027-01-11", 540, 660, 30, "lun 9-11", "09:00 09:30 10:00 10:30"},
		{"only slots entirely inside", "2027-01-11", 540, 650, 30, "lun 9:15-11", "09:30 10:00"},
		{"grid from the start of the shift", "2027-01-11", 545, 660, 45, "lun 9-11", "09:05 09:50"},
		{"not across two bands", "2027-01-11", 660, 900, 60, "lun 9-12:30, 13:30-18", "11:00 14:00"},
		{"not open that day", "2027-01-12", 540, 660, 30, "lun 9-11", ""},
		{"to midnight", "2027-01-11", 1380, 1440, 30, "lun 20-24", "23:00 23:30"},
		{"clocks go forward", "2027-03-28", 60, 240, 30, "dom 0-24", "01:00 01:30 03:00 03:30"},
		{"a long one over the hour that is not there", "2027-03-28", 60, 300, 60, "dom 0-24", "01:00 03:00 04:00"},
		{"ninety minutes over it", "2027-03-28", 90, 270, 90, "dom 0-24", "03:00"},
		{"clocks go back: the doubled hour once", "2027-10-31", 60, 270, 30, "dom 0-24", "01:00 01:30 02:00 02:30 03:00 03:30 04:00"},
		{"a long one over the doubled hour", "2027-10-31", 90, 270, 90, "dom 0-24", "01:30 03:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			bands, err := calendar.ParseBands(test.open)
			if err != nil {
				t.Fatal(err)
			}
			d := day(test.day)
			shift := facilitators.OnDay{Day: d, Grid: test.starts, Duty: facilitators.Duty{FacilitatorID: "f", AddressID: "a", Starts: test.starts, Ends: test.ends, SlotMinutes: test.minutes, Seats: 1}}
			got := ""
			for _, s := range plan([]facilitators.OnDay{shift}, rules{last: d, hours: func(_ string, d calendar.Day) []calendar.Band { return bands.On(d.Weekday()) }}) {
				if got != "" {
					got += " "
				}
				got += calendar.MinuteOf(s.StartsAt).String()
				if length := s.EndsAt.Sub(s.StartsAt); length != time.Duration(test.minutes)*time.Minute {
					t.Errorf("slot at %v lasts %v, want %d minutes", s.StartsAt, length, test.minutes)
				}
			}
			if got != test.want {
				t.Errorf("plan = %q, want %q", got, test.want)
			}
		})
	}
}

// TestWallClockIsKept says that ten o'clock is ten o'clock on both sides of both changes of 2027.
func TestWallClockIsKept(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ day, want string }{
		{"2027-03-27", "2027-03-27T09:00:00Z"}, {"2027-03-28", "2027-03-28T08:00:00Z"},
		{"2027-10-30", "2027-10-30T08:00:00Z"}, {"2027-10-31", "2027-10-31T09:00:00Z"},
	} {
		starts, ends, ok := instants(day(test.day), 600, 30)
		if got := starts.Format(time.RFC3339); got != test.want || !ok || ends.Sub(starts) != 30*time.Minute {
			t.Errorf("10:00 on %s = %s, %v, want %s", test.day, got, ok, test.want)
		}
	}
}

// anyDay is often a day on which clocks change.
func anyDay(t *rapid.T) calendar.Day {
	if rapid.Bool().Draw(t, "change of clocks") {
		return day(rapid.SampledFrom([]string{"2026-10-25", "2027-03-28", "2027-10-31", "2028-03-26"}).Draw(t, "day"))
	}
	return day("2026-11-01").AddDays(rapid.IntRange(0, 800).Draw(t, "days"))
}

// TestPlanAgainstEveryMinute compares plan with a walk over every minute of the day: the minutes of the
// clock as they really pass, each open or not.
func TestPlanAgainstEveryMinute(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDay(t)
		var bands []calendar.Band
		for range rapid.IntRange(0, 4).Draw(t, "bands") {
			opens := calendar.Minute(rapid.IntRange(0, 1430).Draw(t, "opens"))
			closes := min(calendar.EndOfDay, opens+calendar.Minute(rapid.IntRange(1, 600).Draw(t, "open for")))
			bands = append(bands, calendar.Band{Weekday: d.Weekday(), Opens: opens, Closes: closes})
		}
		starts := calendar.Minute(5 * rapid.IntRange(0, 280).Draw(t, "starts"))
		duty := facilitators.Duty{FacilitatorID: "f", Starts: starts, Seats: 1,
			Ends:        min(calendar.EndOfDay, starts+calendar.Minute(5*rapid.IntRange(1, 150).Draw(t, "shift"))),
			SlotMinutes: 5 * rapid.IntRange(2, 48).Draw(t, "slot")}
		var got []string
		for _, s := range plan([]facilitators.OnDay{{Duty: duty, Day: d, Grid: duty.Starts}}, rules{last: d, hours: func(string, calendar.Day) []calendar.Band { return bands }}) {
			got = append(got, s.StartsAt.Format(time.RFC3339)+" "+s.EndsAt.Format(time.RFC3339))
		}
		if diff := cmp.Diff(byMinute(d, duty, duty.SlotMinutes, bands), got); diff != "" {
			t.Fatalf("plan differs (-by minute +plan):\n%s", diff)
		}
	})
}

// byMinute walks the real minutes of a day and looks for stretches that read m, m+1, ... on the clock,
// all open, from each minute of the grid, which has its steps; the first time the clock shows it.
func byMinute(d calendar.Day, duty facilitators.Duty, step int, bands []calendar.Band) []string {
	type tick struct {
		wall calendar.Minute
		at   time.Time
	}
	var ticks []tick
	for at := d.Start(); calendar.DayOf(at) == d; at = at.Add(time.Minute) {
		ticks = append(ticks, tick{calendar.MinuteOf(at), at})
	}
	open := func(m calendar.Minute) bool {
		for _, b := range bands {
			if b.Opens <= m && m < b.Closes {
				return true
			}
		}
		return false
	}
	var list []string
	seen := map[calendar.Minute]bool{}
	for i, first := range ticks {
		onGrid := first.wall >= duty.Starts && int(first.wall-duty.Starts)%step == 0
		if !onGrid || seen[first.wall] || i+duty.SlotMinutes > len(ticks) {
			continue
		}
		seen[first.wall] = true
		good := first.wall+calendar.Minute(duty.SlotMinutes) <= duty.Ends
		for k := range duty.SlotMinutes {
			good = good && ticks[i+k].wall == first.wall+calendar.Minute(k) && open(ticks[i+k].wall)
		}
		if good {
			end := first.at.Add(time.Duration(duty.SlotMinutes) * time.Minute)
			list = append(list, first.at.UTC().Format(time.RFC3339)+" "+end.UTC().Format(time.RFC3339))
		}
	}
	return list
}

func TestNormalPhone(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"055 1234567": "0551234567", "+39 055 123 4567": "0551234567", "0039-055/1234567": "0551234567", "(055) 123.4567": "0551234567",
		"333 1234567": "3331234567", "+44 20 7946 0000": "+442079460000", "0044 20 7946 0000": "+442079460000", "112233": "112233",
		"12345": "", "1234567890123456": "", "+39": "", "055 12ab34": "", "": "", "05+51234567": "", "٠٥٥١٢٣٤٥": "",
	} {
		got, ok := normalPhone(in)
		if got != want || ok != (want != "") {
			t.Errorf("normalPhone(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
}

func TestCheckedDetailsSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	long := fmt.Sprintf("%01001d", 0)
	_, err := checkedDetails(Details{Reason: long, Contact: Contact{Phone: "x", Email: "a b@c"}}, true)
	for _, field := range []string{"name", "phone", "email", "reason"} {
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("checkedDetails = %v, want the field %s in it", err, field)
		}
	}
	if _, err := checkedDetails(Details{Contact: Contact{Name: "Rosa"}}, true); err != nil {
		t.Errorf("checkedDetails with only a name = %v", err)
	}
	if _, err := checkedDetails(Details{}, false); err != nil {
		t.Errorf("checkedDetails of nothing = %v", err)
	}
}
