package opendata

import (
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/points"
)

func day(t *testing.T, s string) calendar.Day {
	t.Helper()
	d, err := calendar.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func bands(t *testing.T, s string) calendar.Bands {
	t.Helper()
	b, err := calendar.ParseBands(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The browser tests compare these texts with another reader; here stands how they look.
func TestHours(t *testing.T) {
	t.Parallel()
	week := points.Schedule{Bands: bands(t, "lun 09:00-13:00; mar 09:00-13:00; mer 09:00-13:00; gio 15:00-18:30")}
	open := points.Point{State: points.StateOpen, OpenedOn: day(t, "2026-01-07")}
	tests := []struct {
		name    string
		point   points.Point
		address points.Address
		want    string
	}{
		{"week", open, points.Address{Schedules: []points.Schedule{week}}, "Mo-We 09:00-13:00; Th 15:00-18:30; PH off"},
		{"no hours yet", open, points.Address{}, "off"},
		{"not opened yet", points.Point{State: points.StateSettingUp}, points.Address{Schedules: []points.Schedule{week}}, "off"},
		{"season and patron", open, points.Address{PatronDay: "06-24", Schedules: []points.Schedule{week,
			{From: day(t, "2026-12-21"), To: day(t, "2027-01-06"), Bands: bands(t, "lun 10:00-12:00")},
			{From: day(t, "2026-07-01"), To: day(t, "2026-08-31")}}},
			"Mo-We 09:00-13:00; Th 15:00-18:30; 2026 Dec 21-2027 Jan 06 off; 2026 Dec 21-2027 Jan 06 Mo 10:00-12:00; PH off; Jun 24 off"},
		{"closure, then an exceptional opening", points.Point{State: points.StateOpen, OpenedOn: day(t, "2026-12-01"), OpenOnPatron: true,
			Closures: []points.Closure{{From: day(t, "2026-12-24"), To: day(t, "2026-12-24"), Reason: `Vigilia, "chiuso"`}, {From: day(t, "2026-08-10"), To: day(t, "2026-08-20")}}},
			points.Address{PatronDay: "06-24", Schedules: []points.Schedule{week},
				Exceptions: []points.Exception{{Day: day(t, "2026-12-27"), Bands: bands(t, "dom 10:00-12:00")}}},
			`Mo-We 09:00-13:00; Th 15:00-18:30; PH off; 2026 Dec 24 off "Vigilia, chiuso"; 2026 Dec 27 10:00-12:00; 2026 Nov 22-2026 Nov 30 off`},
		{"suspended", points.Point{State: points.StateSuspended, OpenedOn: day(t, "2026-01-07"), SuspendedOn: day(t, "2027-01-10")},
			points.Address{Schedules: []points.Schedule{week}}, "Mo-We 09:00-13:00; Th 15:00-18:30; PH off; 2027 Jan 10-2099 Dec 31 off"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Hours(tt.point, tt.address, day(t, "2026-11-22")); got != tt.want {
				t.Errorf("Hours() =\n%s, want\n%s", got, tt.want)
			}
		})
	}
}

func TestWeekWords(t *testing.T) {
	t.Parallel()
	for week, want := range map[string]string{
		"":                "",
		"lun 09:00-13:00": "Lun 9-13",
		"lun 09:00-13:00; mar 09:00-13:00; mer 09:00-13:00; gio 15:00-18:30":                                   "Lun-Mer 9-13; Gio 15-18:30",
		"mar 00:30-24:00; gio 00:30-24:00":                                                                     "Mar e Gio 0:30-24",
		"lun 08:00-10:00; lun 15:00-17:00; mer 08:00-10:00; mer 15:00-17:00; ven 08:00-10:00; ven 15:00-17:00": "Lun, Mer e Ven 8-10 e 15-17",
	} {
		one := place{Address: points.Address{Schedules: []points.Schedule{{Bands: bands(t, week)}}}}
		if got := weekWords(italian(), one, day(t, "2026-11-22")); got != want {
			t.Errorf("weekWords(%q) = %q, want %q", week, got, want)
		}
	}
}
