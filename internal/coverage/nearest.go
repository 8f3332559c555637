package coverage

import (
	"cmp"
	"math"
	"slices"

	"capillare/internal/geo"
	"capillare/internal/territory"
)

// stop is an address at which help is found.
type stop struct {
	pointID, code, name, addressID string
	// belfiore is the municipality in force today; at is the zero point when nobody knows where it is.
	belfiore string
	at       geo.Point
	globe    vector
}

// finder finds the nearest of some stops. It answers exactly what trying them all would.
type finder struct {
	roads *territory.Roads
	// stops come in the order that decides between equals.
	stops []stop
	// byZ are the stops whose place is known, from south to north.
	byZ    []int
	inTown map[string][]int
	// measured are, by the municipality where one starts, those with stops of which the matrix tells: no
	// distance bounds what was measured.
	measured map[string][]string
}

// nearest is a stop and the way to it.
type nearest struct {
	stop int
	trip territory.Trip
}

func newFinder(roads *territory.Roads, stops []stop) *finder {
	f := &finder{roads: roads, stops: stops, inTown: map[string][]int{}, measured: map[string][]string{}}
	for i := range stops {
		s := &stops[i]
		f.inTown[s.belfiore] = append(f.inTown[s.belfiore], i)
		if s.at.Valid() {
			s.globe = vectorOf(s.at)
			f.byZ = append(f.byZ, i)
		}
	}
	slices.SortFunc(f.byZ, func(a, b int) int { return cmp.Compare(stops[a].globe.z, stops[b].globe.z) })
	for from, to := range roads.Measured {
		if len(f.inTown[to]) > 0 {
			f.measured[from] = append(f.measured[from], to)
		}
	}
	return f
}

// trip returns the way from a municipality to a stop, false where nobody can tell.
func (f *finder) trip(m *territory.Municipality, i int) (territory.Trip, bool) {
	s := &f.stops[i]
	trip, ok := f.roads.Trip(territory.End{Belfiore: m.Belfiore}, territory.End{Belfiore: s.belfiore, At: s.at})
	if !ok && s.belfiore == m.Belfiore {
		return territory.Trip{Minutes: float64(geo.TravelMinutes(0)), How: territory.ByDistance}, true
	}
	return trip, ok
}

// of returns the stop nearest to the town of m, false when no road leads to any.
func (f *finder) of(m *territory.Municipality) (nearest, bool) {
	best := nearest{stop: -1, trip: territory.Trip{Minutes: math.Inf(1)}}
	for _, i := range f.inTown[m.Belfiore] {
		f.try(m, i, &best)
	}
	for _, to := range f.measured[m.Belfiore] {
		for _, i := range f.inTown[to] {
			f.try(m, i, &best)
		}
	}
	if at, ok := m.Place(); ok {
		f.around(m, at, &best)
	}
	return best, best.stop >= 0
}

// around tries the stops of known place, going away from a place to the north and to the south at once,
// until none can be nearer than the best.
func (f *finder) around(m *territory.Municipality, at geo.Point, best *nearest) {
	here, reach := vectorOf(at), geo.Reach(best.trip.Minutes)
	north, _ := slices.BinarySearchFunc(f.byZ, here.z, func(i int, z float64) int { return cmp.Compare(f.stops[i].globe.z, z) })
	south := north - 1
	for {
		toNorth, toSouth := math.Inf(1), math.Inf(1)
		if north < len(f.byZ) {
			toNorth = f.stops[f.byZ[north]].globe.z - here.z
		}
		if south >= 0 {
			toSouth = here.z - f.stops[f.byZ[south]].globe.z
		}
		if least := min(toNorth, toSouth); math.IsInf(least, 1) || least*globeRadius > reach {
			return
		}
		var i int
		if toNorth <= toSouth {
			i = f.byZ[north]
			north++
		} else {
			i = f.byZ[south]
			south--
		}
		if here.through(f.stops[i].globe) <= reach && f.try(m, i, best) {
			reach = geo.Reach(best.trip.Minutes)
		}
	}
}

// try puts stop i in the place of best when it is nearer, or as near and before it in the order.
func (f *finder) try(m *territory.Municipality, i int, best *nearest) bool {
	trip, ok := f.trip(m, i)
	if !ok || trip.Minutes > best.trip.Minutes || trip.Minutes == best.trip.Minutes && i >= best.stop {
		return false
	}
	*best = nearest{stop: i, trip: trip}
	return true
}

// globeRadius in kilometres is a little less than the one of package geo, so that what is computed
// with it is never more than a distance.
const globeRadius = 6371.0

// vector is a place on a globe of radius one: no trigonometry is needed to compare two of them.
type vector struct{ x, y, z float64 }

func vectorOf(p geo.Point) vector {
	lat, lon := p.Lat*math.Pi/180, p.Lon*math.Pi/180
	return vector{math.Cos(lat) * math.Cos(lon), math.Cos(lat) * math.Sin(lon), math.Sin(lat)}
}

// through returns the kilometres from a to b straight through the earth: never more than over it.
func (a vector) through(b vector) float64 {
	return globeRadius * math.Sqrt((a.x-b.x)*(a.x-b.x)+(a.y-b.y)*(a.y-b.y)+(a.z-b.z)*(a.z-b.z))
}
