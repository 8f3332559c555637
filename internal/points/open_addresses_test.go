package points_test

import (
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/points"
)

func TestOpenAddresses(t *testing.T) {
	t.Parallel()
	today := calendar.NewDay(2027, time.March, 1)
	week := []points.Schedule{{Bands: calendar.Bands{{Weekday: calendar.Monday, Opens: 540, Closes: 720}}}}
	season := []points.Schedule{{From: today.AddDays(-30), To: today.AddDays(-1), Bands: week[0].Bands}}
	home, over := points.Address{ID: "home", Schedules: week}, points.Address{ID: "over", Schedules: season}
	was := points.Address{ID: "was", Exceptions: []points.Exception{{Day: today.AddDays(-1)}}}
	comes := points.Address{ID: "comes", Exceptions: []points.Exception{{Day: today}}}
	for name, test := range map[string]struct {
		addresses []points.Address
		want      string
	}{
		"a stop that is over goes":  {[]points.Address{home, was, over, comes}, "home comes "},
		"without hours all of them": {[]points.Address{was, over}, "was over "},
	} {
		got := ""
		for _, a := range (points.Point{Addresses: test.addresses}).OpenAddresses(today) {
			got += a.ID + " "
		}
		if got != test.want {
			t.Errorf("%s: OpenAddresses(%v) = %q, want %q", name, today, got, test.want)
		}
	}
}
