package coverage

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/geo"
	"capillare/internal/points"
	"capillare/internal/territory"
)

const (
	// mostNear is how many points the page of a municipality names.
	mostNear = 5
	// mostVisits is how many visits of tours it announces, within visitDays.
	mostVisits, visitDays = 6, 60
)

// Town is what a municipality should know of the points around it.
type Town struct {
	territory.Municipality
	// Near are the nearest public points, each at its nearest address.
	Near []Option
	// Visits are the next days on which a tour stops there.
	Visits []Visit
	// Bodies are those that run public points there, by id.
	Bodies []string
	// Broadband is nil until figures are imported.
	Broadband *territory.Broadband
}

// Option is a public point that people may go to.
type Option struct {
	Point   points.Point
	Address points.Address
	// Town is where it is, today's municipality.
	Town territory.Municipality
	// Minutes and KM mean something only when How is not empty: no estimate crosses the sea.
	Minutes int
	KM      float64
	How     territory.How
	Opening Opening
}

// Here reports whether the point is in the municipality m.
func (o Option) Here(m territory.Municipality) bool { return o.Town.Belfiore == m.Belfiore }

// Visit is a day on which a tour stops at an address.
type Visit struct {
	Point   points.Point
	Address points.Address
	Day     calendar.Day
	Bands   []calendar.Band
}

// Opening says whether an address is open, and when it opens next.
type Opening struct {
	// Until is when it closes, zero when it is shut now.
	Until time.Time
	// Next is when it opens next, zero when not within two months.
	Next time.Time
}

// Now reports whether it is open.
func (o Opening) Now() bool { return !o.Until.IsZero() }

// OpeningOf returns how an address stands at an instant.
func OpeningOf(p points.Point, a points.Address, now time.Time) Opening {
	var o Opening
	today := calendar.DayOf(now)
	for n := range visitDays {
		day := today.AddDays(n)
		for _, b := range p.OpeningOn(a, day).Bands {
			opens, closes := instant(day, b.Opens), instant(day, b.Closes)
			switch {
			case !closes.After(now):
			case !opens.After(now):
				o.Until = closes
			default:
				o.Next = opens
				return o
			}
		}
	}
	return o
}

// instant joins a day and a minute; a minute that the clocks of March skip is the zero time, long past.
func instant(d calendar.Day, m calendar.Minute) time.Time {
	at, err := d.At(m)
	if err != nil {
		return time.Time{}
	}
	return at
}

// Town returns what the page of a municipality in force shows. It refuses with
// territory.ErrNoMunicipality.
func (s *Service) Town(ctx context.Context, belfiore string, now time.Time) (Town, error) {
	m, err := s.territory.Current(ctx, belfiore)
	if err != nil {
		return Town{}, err
	}
	list, err := s.points.Public(ctx)
	if err != nil {
		return Town{}, err
	}
	towns, err := s.townsOf(ctx, list)
	if err != nil {
		return Town{}, err
	}
	roads, err := s.territory.Roads(ctx)
	if err != nil {
		return Town{}, err
	}
	t := Town{Municipality: m, Near: options(roads, m, list, towns, calendar.DayOf(now))}
	for i := range t.Near {
		t.Near[i].Opening = OpeningOf(t.Near[i].Point, t.Near[i].Address, now)
	}
	t.Visits = visits(m, list, towns, now)
	t.Bodies = bodies(m, list, towns)
	broadband, err := s.territory.Broadband(ctx)
	if b, ok := broadband[m.Belfiore]; ok {
		t.Broadband = &b
	}
	return t, err
}

// options returns the nearest points to m. Those that no road reaches come last, the nearest as the
// crow flies first.
func options(roads *territory.Roads, m territory.Municipality, list []points.Point, towns map[string]territory.Municipality, today calendar.Day) []Option {
	var found []Option
	for _, p := range list {
		best, ok := Option{}, false
		for _, a := range p.Addresses {
			if p.Kind == points.Itinerant && !kept(a, today) {
				continue
			}
			one := wayTo(roads, m, p, a, towns[a.Belfiore])
			if !ok || nearer(one, best) < 0 {
				best, ok = one, true
			}
		}
		if ok {
			found = append(found, best)
		}
	}
	slices.SortStableFunc(found, nearer)
	return found[:min(len(found), mostNear)]
}

func wayTo(roads *territory.Roads, m territory.Municipality, p points.Point, a points.Address, town territory.Municipality) Option {
	f := finder{roads: roads, stops: []stop{{belfiore: cmp.Or(town.Belfiore, a.Belfiore), at: placeOf(a, town)}}}
	one := Option{Point: p, Address: a, Town: town, KM: math.Inf(1)}
	if trip, ok := f.trip(&m, 0); ok {
		one.Minutes, one.KM, one.How = int(math.Round(trip.Minutes)), trip.KM, trip.How
	} else if here, placed := m.Place(); placed && f.stops[0].at.Valid() {
		one.KM = geo.Distance(here, f.stops[0].at)
	}
	return one
}

// nearer orders by minutes; without a road, by distance.
func nearer(a, b Option) int {
	if (a.How == "") != (b.How == "") {
		if a.How == "" {
			return 1
		}
		return -1
	}
	return cmp.Or(cmp.Compare(a.Minutes, b.Minutes), cmp.Compare(a.KM, b.KM), cmp.Compare(a.Point.Code, b.Point.Code))
}

// visits returns the next days on which tours stop in m.
func visits(m territory.Municipality, list []points.Point, towns map[string]territory.Municipality, now time.Time) []Visit {
	var found []Visit
	today := calendar.DayOf(now)
	for _, p := range list {
		for _, a := range p.Addresses {
			if p.Kind != points.Itinerant || towns[a.Belfiore].Belfiore != m.Belfiore {
				continue
			}
			for n := range visitDays {
				day := today.AddDays(n)
				bands := p.OpeningOn(a, day).Bands
				if len(bands) > 0 && instant(day, bands[len(bands)-1].Closes).After(now) {
					found = append(found, Visit{Point: p, Address: a, Day: day, Bands: bands})
				}
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Visit) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Bands[0].Opens, b.Bands[0].Opens), cmp.Compare(a.Point.Code, b.Point.Code))
	})
	return found[:min(len(found), mostVisits)]
}

// bodies returns who runs points in m.
func bodies(m territory.Municipality, list []points.Point, towns map[string]territory.Municipality) []string {
	var ids []string
	for _, p := range list {
		if slices.ContainsFunc(p.Addresses, func(a points.Address) bool { return towns[a.Belfiore].Belfiore == m.Belfiore }) {
			ids = append(ids, p.Bodies()...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
