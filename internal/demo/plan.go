package demo

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"capillare/internal/calendar"
)

// Options choose the network to build.
type Options struct {
	// Region is "basilicata" or "toscana".
	Region string
	// Today is the day on which the network stands: services before, bookings after.
	Today calendar.Day
	// Seed chooses among networks that are alike.
	Seed uint64
	// Scale is the part of the citizens, services and bookings to build, 1 for all; points are always all.
	Scale float64
	// Progress is told each step; nil is silence.
	Progress func(step string, done, all int)
}

// Region sizes: points, itinerant among them, citizens and services of the demo, and published targets.
type size struct {
	code, name, title string
	points, itinerant int
	citizens          int
	services          int
	amountCents       int64
	projects          int
	phone             string
	centre            string // municipality that must have an itinerant point, for the tour of the README
}

func sizes() map[string]size {
	return map[string]size{
		"basilicata": {code: "17", name: "Basilicata", title: "Punti Digitale Facile Basilicata", points: 32, itinerant: 11,
			citizens: 25_000, services: 37_500, amountCents: 140_000_000, projects: 6, phone: "800 00 00 17", centre: "Aliano"},
		"toscana": {code: "09", name: "Toscana", title: "Punti Digitale Facile Toscana", points: 169, itinerant: 34,
			citizens: 136_000, services: 204_000, amountCents: 745_110_300, projects: 38, phone: "800 00 00 09", centre: "Stazzema"},
	}
}

// The programme of the demo (decision of the network, not of the demo: regional money goes on after the
// national measure's first period).
func programmeDays() (from, to calendar.Day) {
	return calendar.NewDay(2026, 7, 1), calendar.NewDay(2027, 12, 31)
}

// plan is the size scaled, with what was asked.
type plan struct {
	Options
	size
	rng *rand.Rand
}

// ErrToday refuses a day on which the programme has not been running for a week.
var ErrToday = errors.New("demo: --today must be from 2026-07-08 to 2027-12-31, the days of the demo's programme")

func newPlan(o Options) (*plan, error) {
	s, ok := sizes()[strings.ToLower(o.Region)]
	if !ok {
		return nil, fmt.Errorf("demo: region %q is not known: basilicata or toscana", o.Region)
	}
	from, to := programmeDays()
	if o.Today.Before(from.AddDays(7)) || o.Today.After(to) {
		return nil, ErrToday
	}
	if o.Scale <= 0 || o.Scale > 1 {
		return nil, errors.New("demo: --scale is a part of the true size: more than 0, at most 1")
	}
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	s.citizens = max(40, int(float64(s.citizens)*o.Scale))
	s.services = max(60, int(float64(s.services)*o.Scale))
	return &plan{Options: o, size: s, rng: rand.New(rand.NewPCG(o.Seed, 0x6361_7069_6c6c_6172))}, nil
}

// weighted picks one of values with the chance of its weight.
func weighted[T any](rng *rand.Rand, values []T, weights []float64) T {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	x := rng.Float64() * sum
	for i, w := range weights {
		if x -= w; x < 0 {
			return values[i]
		}
	}
	return values[len(values)-1]
}

func one[T any](rng *rand.Rand, values []T) T { return values[rng.IntN(len(values))] }

// workingDays lists the days on which points usually open, from a to b included.
func workingDays(a, b calendar.Day) []calendar.Day {
	var days []calendar.Day
	for d := a; !d.After(b); d = d.AddDays(1) {
		if _, holiday := calendar.Holiday(d); d.Weekday() <= calendar.Friday && !holiday {
			days = append(days, d)
		}
	}
	return days
}
