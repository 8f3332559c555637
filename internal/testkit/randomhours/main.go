// Command randomhours prints invented points with every kind of hours, each with its opening_hours text and
// the stretches on which it is open, as JSON: the browser tests read the text with another program and
// compare (it: orari di prova).
//
// Its rules: the same seed gives the same points; the stretches come from points.Point.OpeningOn, never
// from the text.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/opendata"
	"capillare/internal/points"
)

// sample is one address. Open holds milliseconds since 1970: from, to, from, to...
type sample struct {
	Text string  `json:"text"`
	Open []int64 `json:"open"`
}

func main() {
	number := flag.Int("n", 200, "how many points")
	seed := flag.Uint64("seed", 1, "seed of the random numbers")
	first := flag.String("from", "2027-01-01", "first of the 365 days")
	flag.Parse()
	from, err := calendar.ParseDay(*first)
	if err == nil {
		err = write(rand.New(rand.NewPCG(*seed, 0)), *number, from)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "randomhours:", err)
		os.Exit(1)
	}
}

func write(rnd *rand.Rand, number int, from calendar.Day) error {
	samples := make([]sample, number)
	for i := range samples {
		p := invented(rnd, from)
		a := p.Addresses[0]
		samples[i] = sample{Text: opendata.Hours(p, a, from), Open: stretches(p, a, from)}
	}
	return json.NewEncoder(os.Stdout).Encode(samples)
}

// invented makes a point that has, one time in two or three, each thing that changes its hours.
func invented(rnd *rand.Rand, from calendar.Day) points.Point {
	some := func(n int) bool { return rnd.IntN(n) == 0 }
	day := func() calendar.Day { return from.AddDays(rnd.IntN(365)) }
	a := points.Address{Schedules: []points.Schedule{{Bands: week(rnd)}}}
	if some(2) {
		start := day()
		a.Schedules = append(a.Schedules, points.Schedule{From: start, To: start.AddDays(rnd.IntN(90)), Bands: week(rnd)})
	}
	if some(3) {
		a.PatronDay = day().String()[5:]
	}
	for range rnd.IntN(4) {
		d := day()
		if _, twice := a.ExceptionOn(d); !twice {
			a.Exceptions = append(a.Exceptions, points.Exception{Day: d, Bands: bands(rnd, d.Weekday())})
		}
	}
	p := points.Point{State: points.StateOpen, OpenedOn: from.AddDays(-30), OpenOnPatron: some(4), Addresses: []points.Address{a}}
	for range rnd.IntN(3) {
		start := day()
		p.Closures = append(p.Closures, points.Closure{From: start, To: start.AddDays(rnd.IntN(20)), Reason: `Ferie "estive"; chiuso`})
	}
	switch rnd.IntN(8) {
	case 0:
		p.OpenedOn = from.AddDays(1 + rnd.IntN(60))
	case 1:
		p.State, p.SuspendedOn = points.StateSuspended, from.AddDays(200+rnd.IntN(100))
	case 2:
		p.State, p.ClosedOn = points.StateClosed, from.AddDays(200+rnd.IntN(100))
	}
	return p
}

func week(rnd *rand.Rand) calendar.Bands {
	var all calendar.Bands
	for weekday := calendar.Monday; weekday <= calendar.Sunday; weekday++ {
		if rnd.IntN(3) > 0 {
			all = append(all, bands(rnd, weekday)...)
		}
	}
	return all
}

// bands makes one or two bands of a day, at half hours. 02:30 is left out: on the day on which the clocks
// jump over it the two programs may rightly differ.
func bands(rnd *rand.Rand, weekday calendar.Weekday) calendar.Bands {
	var cuts []int
	for len(cuts) < 4 {
		if cut := rnd.IntN(49) * 30; cut != 150 && !slices.Contains(cuts, cut) {
			cuts = append(cuts, cut)
		}
	}
	slices.Sort(cuts)
	all := calendar.Bands{{Weekday: weekday, Opens: calendar.Minute(cuts[0]), Closes: calendar.Minute(cuts[1])}}
	if rnd.IntN(2) == 0 {
		all = append(all, calendar.Band{Weekday: weekday, Opens: calendar.Minute(cuts[2]), Closes: calendar.Minute(cuts[3])})
	}
	return all
}

// stretches lists when the address is open, those that touch joined.
func stretches(p points.Point, a points.Address, from calendar.Day) []int64 {
	open := []int64{}
	for i := range 365 {
		day := from.AddDays(i)
		for _, band := range p.OpeningOn(a, day).Bands {
			start, end := instant(day, band.Opens), instant(day, band.Closes)
			switch {
			case start == end: // the clocks jumped over it
			case len(open) > 0 && open[len(open)-1] == start:
				open[len(open)-1] = end
			default:
				open = append(open, start, end)
			}
		}
	}
	return open
}

// instant takes the first minute that exists, when the clocks jump over m.
func instant(day calendar.Day, m calendar.Minute) int64 {
	at, err := day.At(m)
	for ; err != nil; at, err = day.At(m) {
		m++
	}
	return at.UnixMilli()
}
