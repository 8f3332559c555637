package points

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"capillare/internal/calendar"
)

func TestEveryStep(t *testing.T) {
	t.Parallel()
	allowed := []string{
		"awarded>setting_up", "awarded>closed", "setting_up>open", "setting_up>closed",
		"open>suspended", "open>closed", "suspended>open", "suspended>closed",
	}
	today := day(2026, 11, 24)
	for _, from := range States() {
		for _, to := range States() {
			p := openPoint()
			p.State = from
			got, err := p.step(to, calendar.Day{}, today)
			want := slices.Contains(allowed, from+">"+to)
			if want != (err == nil) || !want && !errors.Is(err, ErrStateStep) {
				t.Errorf("step(%s to %s) = %v, want allowed %v", from, to, err, want)
			}
			if err == nil && got.State != to {
				t.Errorf("step(%s to %s) gives %s", from, to, got.State)
			}
		}
	}
}

func TestStepDays(t *testing.T) {
	t.Parallel()
	today, none := day(2026, 11, 24), calendar.Day{}
	suspended := openPoint()
	suspended.State, suspended.SuspendedOn = StateSuspended, day(2026, 11, 1)
	setting := openPoint()
	setting.State, setting.OpenedOn, setting.SettingUpOn = StateSettingUp, none, day(2026, 10, 1)
	tests := []struct {
		name  string
		p     Point
		state string
		on    calendar.Day
		want  string // the refusal, or the day kept
	}{
		{"open today", setting, StateOpen, none, "2026-11-24"},
		{"open in the past", setting, StateOpen, day(2026, 10, 1), "2026-10-01"},
		{"open before it was set up", setting, StateOpen, day(2026, 9, 30), "on points.state_before"},
		{"open in the future", setting, StateOpen, day(2026, 12, 1), "2026-12-01"},
		{"close before it opened", openPoint(), StateClosed, day(2026, 8, 31), "on points.state_before"},
		{"close before the suspension", suspended, StateClosed, day(2026, 10, 31), "on points.state_before"},
		{"close", suspended, StateClosed, none, "2026-11-24"},
		{"reopen in the future", suspended, StateOpen, day(2026, 11, 25), "on points.reopen_future"},
		{"reopen", suspended, StateOpen, none, "2026-09-01"},
	}
	for _, tt := range tests {
		got, err := tt.p.step(tt.state, tt.on, today)
		switch {
		case err != nil:
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: step = %v, want %s", tt.name, err, tt.want)
			}
		case tt.state == StateOpen && got.OpenedOn.String() != tt.want, tt.state == StateClosed && got.ClosedOn.String() != tt.want:
			t.Errorf("%s: step gives %v, %v, want %s", tt.name, got.OpenedOn, got.ClosedOn, tt.want)
		case tt.state == StateOpen && !got.SuspendedOn.IsZero():
			t.Errorf("%s: SuspendedOn = %v, want none", tt.name, got.SuspendedOn)
		}
	}
}

func TestOpenNeeds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*Point)
		want   error
	}{
		{"all there", func(*Point) {}, nil},
		{"no ordinary hours", func(p *Point) {
			p.Addresses[0].Schedules = p.Addresses[0].Schedules[1:]
			p.Addresses[1].Schedules = nil
		}, ErrNeedsHours},
		{"itinerant with one address", func(p *Point) { p.Addresses = p.Addresses[:1] }, ErrNeedsPlaces},
		{"fixed with one address", func(p *Point) { p.Addresses, p.Kind = p.Addresses[:1], Fixed }, nil},
	} {
		p := openPoint()
		p.State, p.OpenedOn = StateSettingUp, calendar.Day{}
		tt.change(&p)
		if _, err := p.step(StateOpen, calendar.Day{}, day(2026, 11, 24)); !errors.Is(err, tt.want) {
			t.Errorf("%s: step(open) = %v, want %v", tt.name, err, tt.want)
		}
	}
}
