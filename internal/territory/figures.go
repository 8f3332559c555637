package territory

import (
	"cmp"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/territory/official"
)

// tally adds up rows by municipality: what a row says of one that has since ceased counts for its heir
// too.
type tally struct {
	d  *draft
	on calendar.Day
	// unknown are rows whose code nobody ever had.
	unknown []unknownCode
}

type unknownCode struct {
	row         int
	istat, name string
}

// of returns the municipality of a row and the one in force today in its place.
func (t *tally) of(row int, istat, name string) (then, now string, ok bool) {
	if then, ok = t.d.resolve(istat, t.on, name); !ok {
		t.unknown = append(t.unknown, unknownCode{row, istat, name})
		return "", "", false
	}
	return then, t.d.current(then), true
}

// population takes the residents of municipalities.
func (d *draft) population(f official.File, source string) *tally {
	t := &tally{d: d, on: f.Reference}
	sums := map[string]int{}
	for _, row := range f.Populations {
		then, now, ok := t.of(row.Row, row.ISTAT, row.Name)
		if !ok {
			continue
		}
		sums[now] += row.Total
		if then != now {
			d.towns[then].population, d.towns[then].populationFrom = row.Total, source
		}
	}
	for belfiore, sum := range sums {
		d.towns[belfiore].population, d.towns[belfiore].populationFrom = sum, source
	}
	return t
}

// ages takes the residents by bands of age.
func (d *draft) ages(f official.File, source string) *tally {
	t := &tally{d: d, on: f.Reference}
	sums := map[string]Ages{}
	for _, row := range f.Ages {
		then, now, ok := t.of(row.Row, row.ISTAT, row.Name)
		if !ok {
			continue
		}
		sum, one := sums[now], Ages{row.To14, row.To64, row.From65}
		sums[now] = Ages{sum.To14 + one.To14, sum.To64 + one.To64, sum.From65 + one.From65}
		if then != now {
			d.towns[then].ages, d.towns[then].agesFrom = one, source
		}
	}
	for belfiore, sum := range sums {
		d.towns[belfiore].ages, d.towns[belfiore].agesFrom = sum, source
	}
	return t
}

// classes takes area, altitude, zone, coast and urbanisation. Of municipalities that have merged the
// areas are added, and the rest is that of the largest.
func (d *draft) classes(f official.File, source string) *tally {
	t := &tally{d: d, on: f.Reference}
	rows := map[string][]official.Class{}
	for _, row := range f.Classes {
		then, now, ok := t.of(row.Row, row.ISTAT, row.Name)
		if !ok {
			continue
		}
		rows[now] = append(rows[now], row)
		if then != now {
			d.classify(then, []official.Class{row}, source)
		}
	}
	for belfiore, parts := range rows {
		d.classify(belfiore, parts, source)
	}
	return t
}

func (d *draft) classify(belfiore string, parts []official.Class, source string) {
	residents := func(c official.Class) int {
		if c.Population == nil {
			return 0
		}
		return *c.Population
	}
	slices.SortStableFunc(parts, func(a, b official.Class) int { return cmp.Compare(residents(b), residents(a)) })
	town, main := d.towns[belfiore], parts[0]
	town.area = 0
	for _, part := range parts {
		town.area += part.AreaKM2
	}
	town.hasAltitude = main.AltitudeM != nil
	if town.altitude = 0; town.hasAltitude {
		town.altitude = *main.AltitudeM
	}
	town.zone, town.degurba = Zone(main.AltimetricZone), main.Degurba
	town.coastal = slices.ContainsFunc(parts, func(c official.Class) bool { return c.Coastal })
	town.island, town.classesFrom = main.Island, source
}

// innerAreas takes the class of each municipality as an inner area. Of municipalities that have merged
// it is that of the largest.
func (d *draft) innerAreas(f official.File, source string) *tally {
	t := &tally{d: d, on: f.Reference}
	largest := map[string]int{}
	for _, row := range f.InnerAreas {
		then := row.Belfiore
		if d.towns[then] == nil {
			var ok bool
			if then, _, ok = t.of(row.Row, row.ISTAT, row.Name); !ok {
				continue
			}
		}
		now, residents := d.current(then), d.towns[then].population
		d.innerArea(then, row, t, source)
		if before, seen := largest[now]; then != now && (!seen || residents > before) {
			d.innerArea(now, row, t, source)
		}
		largest[now] = max(largest[now], residents)
	}
	return t
}

func (d *draft) innerArea(belfiore string, row official.InnerArea, t *tally, source string) {
	town := d.towns[belfiore]
	town.innerClass, town.innerPole, town.innerFrom = row.Class2021, "", source
	if row.PoleISTAT == "" {
		return
	}
	if pole, ok := d.resolve(row.PoleISTAT, t.on, row.PoleName); ok {
		town.innerPole = d.current(pole)
	}
}

// places gives a municipality without coordinates those of the largest among the ones that it took the
// place of: no official list has any.
func (d *draft) places() {
	largest := map[string]int{}
	for _, id := range sortedKeys(d.heirs) {
		then, now := d.towns[id], d.current(id)
		heir := d.towns[now]
		if now == id || !then.placed || heir.placed && largest[now] == 0 {
			continue
		}
		if size := then.population + 1; size > largest[now] {
			largest[now] = size
			heir.lat, heir.lon, heir.placed = then.lat, then.lon, true
		}
	}
}
