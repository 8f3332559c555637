package territory

import (
	"maps"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/geo"
	"capillare/internal/territory/official"
)

// extras are the rows of an import that do not belong to the record of a municipality.
type extras struct {
	boundaries map[string]boundaryRow // by Belfiore code
	travel     map[[2]string]travelRow
	broadband  map[broadbandKey]broadbandRow
	bodies     map[string]bodyRow // by IPA code
}

type boundaryRow struct{ rings, source string }

type travelRow struct {
	minutes, km float64
	source      string
}

type broadbandKey struct {
	belfiore string
	day      calendar.Day
}

type broadbandRow struct {
	addresses, white, grey, black, ftth, fwa int
	source                                   string
}

type bodyRow struct {
	IndexBody
	source string
}

func newExtras() *extras {
	return &extras{boundaries: map[string]boundaryRow{}, travel: map[[2]string]travelRow{},
		broadband: map[broadbandKey]broadbandRow{}, bodies: map[string]bodyRow{}}
}

// addBoundaries takes the shapes of municipalities. The shape of one that has ceased stays its own: two
// shapes side by side would need to be joined.
func (e *extras) addBoundaries(d *draft, f official.File, source string) *tally {
	t := &tally{d: d, on: f.Reference}
	for _, b := range f.Boundaries {
		belfiore := b.Belfiore
		if d.towns[belfiore] == nil {
			var ok bool
			if belfiore, _, ok = t.of(b.Row, b.ISTAT, b.Name); !ok {
				continue
			}
		}
		e.boundaries[belfiore] = boundaryRow{writeRings(boundaryOf(b)), source}
	}
	return t
}

func boundaryOf(b official.Boundary) Boundary {
	var shape Boundary
	for _, p := range b.Polygons {
		var polygon Polygon
		for _, ring := range p {
			polygon = append(polygon, Ring(ring))
		}
		shape = append(shape, polygon)
	}
	return shape
}

// neighbourKM is how far from the region a municipality may be for its roads to be kept: a drive that
// somebody makes to be helped.
const neighbourKM = 40

// roadsOf returns which pairs of a travel matrix are worth keeping: those within the region, and those
// with a neighbour of it.
func (d *draft) roadsOf(region string, on calendar.Day) func(from, to string) bool {
	inside, places := map[string]bool{}, map[string]geo.Point{}
	for id, t := range d.towns {
		inside[id] = t.region == region
		if t.placed {
			places[id] = geo.Point{Lat: t.lat, Lon: t.lon}
		}
	}
	towns := map[string]string{} // a matrix names each code thousands of times
	resolve := func(istat string) string {
		belfiore, ok := towns[istat]
		if !ok {
			if then, found := d.resolve(istat, on, ""); found {
				belfiore = d.current(then)
			}
			towns[istat] = belfiore
		}
		return belfiore
	}
	return func(from, to string) bool {
		a, b := resolve(from), resolve(to)
		if a == "" || b == "" || a == b {
			return false
		}
		if inside[a] && inside[b] {
			return true
		}
		if !inside[a] && !inside[b] {
			return false
		}
		there, okA := places[a]
		here, okB := places[b]
		return okA && okB && geo.Distance(there, here) <= neighbourKM
	}
}

// addTravel takes the trips of a matrix. Where several municipalities have become one the quickest
// trip stands for all.
func (e *extras) addTravel(d *draft, f official.File, source string) *tally {
	t := &tally{d: d, on: f.Reference}
	mine := map[[2]string]bool{}
	for _, trip := range f.Travels {
		_, from, okFrom := t.of(0, trip.From, "")
		_, to, okTo := t.of(0, trip.To, "")
		if !okFrom || !okTo || from == to {
			continue
		}
		pair := [2]string{from, to}
		if was, seen := e.travel[pair]; seen && mine[pair] && was.minutes <= trip.Minutes {
			continue
		}
		mine[pair] = true
		e.travel[pair] = travelRow{minutes: trip.Minutes, km: trip.KM, source: source}
	}
	return t
}

// addBroadband takes the connected addresses, added up where municipalities have become one.
func (e *extras) addBroadband(d *draft, f official.File, source string) *tally {
	t := &tally{d: d, on: f.Reference}
	sums := map[broadbandKey]broadbandRow{}
	for i, c := range f.Broadbands {
		t.on = f.Reference
		if !c.Day.IsZero() {
			t.on = c.Day
		}
		_, now, ok := t.of(i+1, c.ISTAT, "")
		if !ok || t.on.IsZero() {
			continue
		}
		key := broadbandKey{now, t.on}
		was := sums[key]
		sums[key] = broadbandRow{was.addresses + c.Addresses, was.white + c.White, was.grey + c.Grey, was.black + c.Black,
			was.ftth + c.FTTH, was.fwa + c.FWA, source}
	}
	maps.Copy(e.broadband, sums)
	return t
}

// addBodies takes public bodies. The municipality of the seat is known by Belfiore or ISTAT code, else
// by name and province: the older file has no codes.
func (e *extras) addBodies(d *draft, f official.File, source string) *tally {
	t := &tally{d: d, on: f.Reference}
	if t.on.IsZero() {
		t.on = calendar.DayOf(d.now)
	}
	named := d.byNameAndPlate()
	for _, b := range f.Bodies {
		e.bodies[b.IPA] = bodyRow{IndexBody{IPA: b.IPA, Name: b.Name, Kind: string(b.Kind), Category: b.Category, TaxCode: b.TaxCode,
			Belfiore: d.seat(b, t, named), PEC: b.PEC, Mail: b.Mail, Site: b.Site, CAP: b.CAP, Address: b.Address}, source}
	}
	return t
}

func (d *draft) seat(b official.Body, t *tally, named map[string]string) string {
	if d.towns[b.Belfiore] != nil {
		return d.current(b.Belfiore)
	}
	if b.ISTAT != "" {
		if _, now, ok := t.of(b.Row, b.ISTAT, b.Place); ok {
			return now
		}
		return ""
	}
	return named[Fold(b.Place)+" "+b.Plate]
}

// byNameAndPlate finds municipalities by their present and former names with the letters of the
// province; a present name is believed before a former one.
func (d *draft) byNameAndPlate() map[string]string {
	named := map[string]string{}
	for _, id := range sortedKeys(d.towns) {
		now := d.towns[d.current(id)]
		plate := " " + d.provinces[now.province].Abbr
		for _, name := range append(slices.Collect(maps.Keys(d.names[id])), d.towns[id].name) {
			if key := Fold(name) + plate; named[key] == "" {
				named[key] = d.current(id)
			}
		}
	}
	for _, id := range d.inForce() {
		t := d.towns[id]
		for _, name := range []string{t.name, t.other, t.name + " " + t.other} {
			named[Fold(name)+" "+d.provinces[t.province].Abbr] = id
		}
	}
	return named
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
