package territory

import (
	"cmp"
	"slices"
	"time"

	"capillare/internal/calendar"
)

// record is all that is kept of one municipality except its codes, names and heirs. Two records are
// the same when they are equal.
type record struct {
	name, other, province, region string
	capital, regionCapital        bool
	taxCode, nuts3, listedBy      string
	population                    int
	populationFrom                string
	ages                          Ages
	agesFrom                      string
	lat, lon                      float64
	placed                        bool
	area                          float64
	altitude                      int
	hasAltitude                   bool
	zone                          Zone
	coastal, island               bool
	degurba                       int
	classesFrom                   string
	innerClass, innerPole         string
	innerFrom                     string
	ceasedOn                      calendar.Day
}

// sameValues reports whether r and o say the same, whoever says it.
func (r record) sameValues(o record) bool {
	o.listedBy, o.populationFrom, o.agesFrom, o.classesFrom, o.innerFrom = r.listedBy, r.populationFrom, r.agesFrom, r.classesFrom, r.innerFrom
	return r == o
}

func recordOf(m *Municipality) record {
	id := func(s *Source) string {
		if s == nil {
			return ""
		}
		return s.ID
	}
	return record{
		name: m.Name, other: m.NameOther, province: m.ProvinceCode, region: m.RegionCode,
		capital: m.Capital, regionCapital: m.RegionCapital, taxCode: m.TaxCode, nuts3: m.NUTS3, listedBy: id(m.From.List),
		population: m.Population, populationFrom: id(m.From.Population), ages: m.Ages, agesFrom: id(m.From.Ages),
		lat: m.Lat, lon: m.Lon, placed: m.HasPlace, area: m.AreaKM2, altitude: m.Altitude, hasAltitude: m.HasAltitude, zone: m.Zone,
		coastal: m.Coastal, island: m.Island, degurba: m.Degurba, classesFrom: id(m.From.Classes),
		innerClass: m.InnerClass, innerPole: m.InnerPole, innerFrom: id(m.From.Inner), ceasedOn: m.CeasedOn,
	}
}

// draft is the territory as it would be after an import: a copy of the index that the files change.
type draft struct {
	was       *index
	now       time.Time
	regions   map[string]string // name by code
	provinces map[string]Province
	towns     map[string]*record // by Belfiore code
	past      past
	// spansBefore is the past as it was, by Belfiore code.
	spansBefore map[string][]span
	names       map[string]map[string]calendar.Day // by Belfiore code: former names with their last days
	heirs       map[string][]string
	// listSource and listDay are of the list among the files, if any; missing are the municipalities
	// that it lacks.
	listSource string
	listDay    calendar.Day
	missing    map[string]bool
}

func newDraft(ix *index, now time.Time) *draft {
	d := &draft{was: ix, now: now, regions: map[string]string{}, provinces: map[string]Province{}, towns: map[string]*record{},
		past: past{byCode: map[string][]*span{}, byTown: map[string][]*span{}}, names: map[string]map[string]calendar.Day{}, heirs: map[string][]string{}, spansBefore: map[string][]span{}}
	for _, r := range ix.regions {
		d.regions[r.Code] = r.Name
	}
	for code, p := range ix.allOf {
		d.provinces[code] = p
	}
	for i := range ix.towns {
		m := &ix.towns[i].Municipality
		one := recordOf(m)
		d.towns[m.Belfiore] = &one
		if len(m.Successors) > 0 {
			d.heirs[m.Belfiore] = slices.Clone(m.Successors)
		}
	}
	for code, spans := range ix.istat {
		for _, c := range spans {
			one := d.past.add(span{istat: code, belfiore: c.belfiore, from: c.from, to: c.to})
			d.spansBefore[c.belfiore] = append(d.spansBefore[c.belfiore], *one)
		}
	}
	for belfiore, names := range ix.former {
		for _, n := range names {
			d.rename(belfiore, n.name, n.to)
		}
	}
	return d
}

// rename notes that a municipality had a name until a day.
func (d *draft) rename(belfiore, name string, to calendar.Day) {
	if d.names[belfiore] == nil {
		d.names[belfiore] = map[string]calendar.Day{}
	}
	folded := Fold(name)
	for known, day := range d.names[belfiore] {
		if Fold(known) != folded {
			continue
		}
		// One name in two spellings: the one with small letters is nearer to how it was written.
		if known != name && name != titled(name) || known == name {
			d.names[belfiore][known] = latest(day, to)
			return
		}
		delete(d.names[belfiore], known)
		to = latest(day, to)
	}
	d.names[belfiore][name] = to
}

func latest(a, b calendar.Day) calendar.Day {
	if a.After(b) {
		return a
	}
	return b
}

// current follows the heirs of a municipality to one in force; it stays where none is known.
func (d *draft) current(belfiore string) string {
	for range d.towns {
		t := d.towns[belfiore]
		if t == nil || t.ceasedOn.IsZero() || len(d.heirs[belfiore]) == 0 {
			return belfiore
		}
		belfiore = d.heirs[belfiore][0]
	}
	return belfiore
}

// inForce returns the Belfiore codes of the municipalities in force, in order.
func (d *draft) inForce() []string {
	var ids []string
	for id, t := range d.towns {
		if t.ceasedOn.IsZero() {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// called reports whether a municipality has or had a name.
func (d *draft) called(belfiore, folded string) bool {
	t := d.towns[belfiore]
	if t == nil {
		return false
	}
	// Lists of two languages join the names, each in its own way.
	for _, name := range []string{t.name, t.other, t.name + " " + t.other, t.other + " " + t.name} {
		if Fold(name) == folded {
			return true
		}
	}
	for name := range d.names[belfiore] {
		if Fold(name) == folded {
			return true
		}
	}
	return false
}

// resolve returns the municipality that a code means on a day. Files of one year mix codes of several,
// so that a code that nobody had on the day is that of who had it last before, or first after; and
// where the name says otherwise, the holder with that name is meant.
func (d *draft) resolve(istat string, on calendar.Day, name string) (string, bool) {
	spans := d.past.byCode[istat]
	if len(spans) == 0 {
		return "", false
	}
	ordered := slices.Clone(spans)
	slices.SortStableFunc(ordered, func(a, b *span) int { return cmp.Compare(a.distance(on), b.distance(on)) })
	if folded := Fold(name); folded != "" && len(ordered) > 1 {
		for _, s := range ordered {
			if d.called(s.belfiore, folded) {
				return s.belfiore, true
			}
		}
	}
	return ordered[0].belfiore, true
}
