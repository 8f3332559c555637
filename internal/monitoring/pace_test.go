package monitoring

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/calendar"
	"capillare/internal/funding"
)

func day(m time.Month, d int) calendar.Day { return calendar.NewDay(2026, m, d) }

func TestGoal(t *testing.T) {
	t.Parallel()
	start, due := day(1, 1), day(4, 10) // 100 days
	for _, c := range []struct {
		name           string
		reached, value int
		on             calendar.Day
		want           Goal
	}{
		{"before the start", 0, 200, start.AddDays(-5), Goal{}},
		{"first day", 0, 200, start, Goal{Expected: 2, AtRisk: true}},
		{"half way, on pace", 100, 200, day(2, 19), Goal{Expected: 100, Percent: 50, Forecast: 200}},
		{"half way, at 85 %", 85, 200, day(2, 19), Goal{Expected: 100, Percent: 42, Forecast: 170}},
		{"half way, below 85 %", 84, 200, day(2, 19), Goal{Expected: 100, Percent: 42, Forecast: 168, AtRisk: true}},
		{"on the day", 200, 200, due, Goal{Expected: 200, Percent: 100, Forecast: 200}},
		{"later, missed", 100, 200, due.AddDays(50), Goal{Expected: 200, Percent: 50, Forecast: 100, AtRisk: true}},
		{"more than asked", 300, 200, due, Goal{Expected: 200, Percent: 150, Forecast: 300}},
		{"nothing asked", 3, 0, day(2, 19), Goal{Forecast: 6}},
	} {
		c.want.DueOn, c.want.Value = due, c.value
		if d := cmp.Diff(&c.want, goal(c.reached, c.value, start, due, c.on), cmp.AllowUnexported(calendar.Day{})); d != "" {
			t.Errorf("%s: goal differs (-want +got):\n%s", c.name, d)
		}
	}
}

func TestSteps(t *testing.T) {
	t.Parallel()
	targets := []funding.Target{
		{ProjectID: "b", KPI: "services", DueOn: day(6, 30), Value: 5}, {ProjectID: "a", KPI: "services", DueOn: day(12, 31), Value: 20},
		{ProjectID: "a", KPI: "services", DueOn: day(3, 31), Value: 10}, {ProjectID: "a", KPI: "points", DueOn: day(3, 31), Value: 99},
	}
	want := []step{{day(3, 31), 10}, {day(6, 30), 15}, {day(12, 31), 25}}
	if d := cmp.Diff(want, steps(targets, "services"), cmp.AllowUnexported(step{}, calendar.Day{})); d != "" {
		t.Errorf("steps differ (-want +got):\n%s", d)
	}
}

func TestWhatDoesNotGrowIsNotForecast(t *testing.T) {
	t.Parallel()
	targets := []funding.Target{{KPI: funding.KPIPoints, DueOn: day(12, 31), Value: 40}, {KPI: funding.KPIServices, DueOn: day(12, 31), Value: 40}}
	if got := indicator(funding.KPIPoints, 20, targets, day(1, 1), day(6, 30)); got.Next.Forecast != 20 {
		t.Errorf("forecast of points = %d, want the 20 there are", got.Next.Forecast)
	}
	if got := indicator(funding.KPIServices, 20, targets, day(1, 1), day(6, 30)); got.Next.Forecast <= 20 {
		t.Errorf("forecast of services = %d, want more than the 20 of half a year", got.Next.Forecast)
	}
}
