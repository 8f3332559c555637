package agenda

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/kinds"
)

func always(bands ...calendar.Band) func(string, calendar.Day) []calendar.Band {
	return func(string, calendar.Day) []calendar.Band { return bands }
}

// TestPlanOfKinds draws the times of one Monday morning: "start+minutes", with what is particular after it.
func TestPlanOfKinds(t *testing.T) {
	t.Parallel()
	d := day("2027-01-11")
	for _, test := range []struct {
		name string
		kind kinds.Kind
		want string
	}{
		{"end to end", kinds.Kind{Minutes: 60}, "09:00+60 10:00+60 11:00+60"},
		{"pauses between, and outside the shift", kinds.Kind{Minutes: 40, Before: 10, After: 10}, "09:00+40 10:00+40 11:00+40"},
		{"a pause after", kinds.Kind{Minutes: 45, After: 15}, "09:00+45 10:00+45 11:00+45"},
		{"the last that fits without its pause", kinds.Kind{Minutes: 50, After: 15}, "09:00+50 10:05+50 11:10+50"},
		{"one time in three is kept", kinds.Kind{Minutes: 30, Kept: 3}, "09:00+30 09:30+30 10:00+30k1 10:30+30 11:00+30 11:30+30k1"},
		{"seats of a group are kept", kinds.Kind{Mode: kinds.Course, Minutes: 120, Seats: 10, Kept: 2}, "09:00+120k2"},
		{"a notice closes earlier", kinds.Kind{Minutes: 180, NoticeMinutes: 24 * 60}, "09:00+180 closes 2027-01-10 09:00"},
		{"for the staff", kinds.Kind{Mode: kinds.Home, Minutes: 90, Audience: kinds.Staff}, "09:00+90 staff 10:30+90 staff"},
		{"too long for the shift", kinds.Kind{Minutes: 200}, ""},
		{"not yet", kinds.Kind{Minutes: 60, From: d.AddDays(1)}, ""},
		{"over", kinds.Kind{Minutes: 60, To: d.AddDays(-1)}, ""},
		{"beyond its own horizon", kinds.Kind{Minutes: 60, HorizonDays: 2}, ""},
		{"the last day of its own horizon", kinds.Kind{Minutes: 180, HorizonDays: 3}, "09:00+180"},
		{"farther than the network", kinds.Kind{Minutes: 180, HorizonDays: 30}, "09:00+180"},
		{"who speaks the language", kinds.Kind{Minutes: 180, Languages: []string{"en"}}, "09:00+180"},
		{"nobody with the skill", kinds.Kind{Minutes: 180, Skills: []string{"7"}}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			k := test.kind
			k.ID, k.Seats = "k", max(k.Seats, 1)
			if k.From.IsZero() {
				k.From = d.AddDays(-10)
			}
			if k.Mode == "" {
				k.Mode = kinds.Desk
			}
			r := rules{
				hours: always(calendar.Band{Opens: 540, Closes: 720}), kinds: map[string]kinds.Kind{"k": k}, first: d.AddDays(-2), last: d.AddDays(-1),
				people: map[string]facilitators.Facilitator{"f": {Languages: []string{"en", "it"}}},
			}
			if k.HorizonDays == 0 {
				r.last = d
			}
			duty := facilitators.Duty{FacilitatorID: "f", Starts: 540, Ends: 720, KindIDs: []string{"k", "not offered here"}}
			got := ""
			for _, s := range plan([]facilitators.OnDay{{Duty: duty, Day: d, Grid: 540}}, r) {
				got = join(got, drawn(s, k))
			}
			if got != test.want {
				t.Errorf("plan = %q, want %q", got, test.want)
			}
		})
	}
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}

func drawn(s Slot, k kinds.Kind) string {
	text := calendar.MinuteOf(s.StartsAt).String() + "+" + itoa(int(s.EndsAt.Sub(s.StartsAt)/time.Minute))
	if s.Kept > 0 {
		text += "k" + itoa(s.Kept)
	}
	if !s.ClosesAt.Equal(s.StartsAt) {
		text += " closes " + calendar.DayOf(s.ClosesAt).String() + " " + calendar.MinuteOf(s.ClosesAt).String()
	}
	if k.Audience != "" {
		text += " " + string(s.Audience)
	}
	return text
}

func itoa(n int) string { return strconv.Itoa(n) }

// TestPlainAndKindsTogether says that a shift that names kinds has no plain appointment, and that two kinds
// may begin together.
func TestPlainAndKindsTogether(t *testing.T) {
	t.Parallel()
	d := day("2027-01-11")
	k := func(id string, minutes int) kinds.Kind {
		return kinds.Kind{ID: id, Mode: kinds.Desk, Minutes: minutes, Seats: 1, From: d}
	}
	r := rules{hours: always(calendar.Band{Opens: 0, Closes: 1440}), first: d, last: d, kinds: map[string]kinds.Kind{"a": k("a", 60), "b": k("b", 30)}}
	duty := facilitators.Duty{FacilitatorID: "f", Starts: 540, Ends: 600, Kind: Individual, SlotMinutes: 20, Seats: 1, KindIDs: []string{"a", "b"}}
	var got []string
	for _, s := range plan([]facilitators.OnDay{{Duty: duty, Day: d, Grid: 540}}, r) {
		got = append(got, s.KindID+calendar.MinuteOf(s.StartsAt).String())
	}
	if diff := cmp.Diff([]string{"a09:00", "b09:00", "b09:30"}, got); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
}

// TestKindsAgainstEveryMinute compares the times of any kind, on days when clocks change too, with a walk
// over every real minute: where they lie, that their pauses never meet, and which ones are kept back.
func TestKindsAgainstEveryMinute(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDay(t)
		opens := calendar.Minute(5 * rapid.IntRange(0, 60).Draw(t, "opens"))
		bands := []calendar.Band{
			{Weekday: d.Weekday(), Opens: opens, Closes: opens + calendar.Minute(rapid.IntRange(10, 400).Draw(t, "open for"))},
			{Weekday: d.Weekday(), Opens: 14 * 60, Closes: 18 * 60},
		}
		k := kinds.Kind{
			ID: "k", Mode: kinds.Desk, Seats: 1, From: d, Minutes: 5 * rapid.IntRange(2, 48).Draw(t, "minutes"),
			Before: 5 * rapid.IntRange(0, 6).Draw(t, "before"), After: 5 * rapid.IntRange(0, 6).Draw(t, "after"),
			Kept: rapid.SampledFrom([]int{0, 2, 3, 5}).Draw(t, "kept"), NoticeMinutes: rapid.IntRange(0, 3000).Draw(t, "notice"),
		}
		starts := calendar.Minute(5 * rapid.IntRange(0, 200).Draw(t, "starts"))
		duty := facilitators.Duty{FacilitatorID: "f", Starts: starts, KindIDs: []string{"k"}, SlotMinutes: k.Minutes,
			Ends: min(calendar.EndOfDay, starts+calendar.Minute(5*rapid.IntRange(1, 200).Draw(t, "shift")))}
		slots := plan([]facilitators.OnDay{{Duty: duty, Day: d, Grid: starts}}, rules{hours: always(bands...), kinds: map[string]kinds.Kind{"k": k}, first: d, last: d})
		step := k.Before + k.Minutes + k.After
		var got []string
		for i, s := range slots {
			got = append(got, s.StartsAt.Format(time.RFC3339)+" "+s.EndsAt.Format(time.RFC3339))
			// Where an hour is missing on the clock the pauses come nearer: cells give them to who books first.
			if i > 0 && s.BusyFrom.Before(slots[i-1].BusyTo) && !shortened(slots[i-1].StartsAt, s.StartsAt) {
				t.Fatalf("the pauses of %v and %v meet", slots[i-1].StartsAt, s.StartsAt)
			}
			if s.StartsAt.Sub(s.BusyFrom) != time.Duration(k.Before)*time.Minute || s.BusyTo.Sub(s.EndsAt) != time.Duration(k.After)*time.Minute ||
				s.StartsAt.Sub(s.ClosesAt) != time.Duration(k.NoticeMinutes)*time.Minute {
				t.Fatalf("slot = %+v, want the pauses and the notice of %+v", s, k)
			}
			nth := int(calendar.MinuteOf(s.StartsAt)-starts) / step
			if want := k.Kept > 0 && nth%k.Kept == k.Kept-1; (s.Kept == 1) != want {
				t.Fatalf("time %d of the grid: kept %d, want kept %v", nth, s.Kept, want)
			}
		}
		if diff := cmp.Diff(byMinute(d, duty, step, bands), got); diff != "" {
			t.Fatalf("plan differs (-by minute +plan):\n%s", diff)
		}
	})
}

// shortened reports whether fewer minutes pass between two instants than the clock shows.
func shortened(from, to time.Time) bool {
	return to.Sub(from) < time.Duration(calendar.MinuteOf(to)-calendar.MinuteOf(from))*time.Minute
}
