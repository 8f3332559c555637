package territory

import (
	"cmp"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/territory/official"
)

// archive takes ANPR's periods as the history of each municipality in it. What the database knows that
// came later than the last period stays: the archive does not tell every renumbering.
func (d *draft) archive(f official.File) (unkeyed int) {
	periods := map[string][]official.ArchiveTown{}
	for _, row := range f.Archive {
		if row.Belfiore == "" {
			unkeyed++
			continue
		}
		periods[row.Belfiore] = append(periods[row.Belfiore], row)
	}
	for belfiore, rows := range periods {
		slices.SortFunc(rows, func(a, b official.ArchiveTown) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Row, b.Row)) })
		d.archiveTown(belfiore, rows)
	}
	return unkeyed
}

func (d *draft) archiveTown(belfiore string, rows []official.ArchiveTown) {
	newest := rows[len(rows)-1]
	town := d.towns[belfiore]
	if town == nil {
		town = &record{name: titled(newest.Name), other: titled(newest.NameOther), region: newest.RegionCode, province: newest.ISTAT[:3]}
		d.needPlaces(town, newest)
		d.towns[belfiore] = town
		if !newest.To.IsZero() {
			town.ceasedOn = newest.To.AddDays(1)
		}
	}
	before := slices.Clone(d.past.byTown[belfiore])
	slices.SortFunc(before, func(a, b *span) int { return a.from.Compare(b.from) })
	for _, s := range before {
		d.past.remove(s)
	}
	var last *span
	for _, row := range rows {
		if last != nil && last.istat == row.ISTAT && !row.From.After(last.to.AddDays(1)) {
			last.to = row.To
		} else {
			last = d.past.add(span{istat: row.ISTAT, belfiore: belfiore, from: row.From, to: row.To})
		}
		if !row.To.IsZero() && row.To.Before(newest.From) {
			d.formerly(belfiore, titled(row.Name), row.To)
		}
	}
	keepDays(before, d.past.byTown[belfiore])
	for _, s := range before {
		if s.from.After(last.from) && s.istat != last.istat {
			if last.to.IsZero() || !last.to.Before(s.from) {
				last.to = s.from.AddDays(-1)
			}
			last = d.past.add(*s)
		}
	}
}

// keepDays leaves a renumbering on the day that is known already, which is ISTAT's, when the archive has
// the same codes on either side of another.
func keepDays(known, archived []*span) {
	for i := 1; i < len(archived); i++ {
		day, found := archived[i].from, false
		for j := 1; j < len(known); j++ {
			same := known[j-1].istat == archived[i-1].istat && known[j].istat == archived[i].istat && known[j-1].to.AddDays(1) == known[j].from
			// Some islands went to and fro between two provinces: the nearest day is the one.
			if same && (!found || apart(known[j].from, archived[i].from) < apart(day, archived[i].from)) {
				day, found = known[j].from, true
			}
		}
		if found {
			archived[i-1].to, archived[i].from = day.AddDays(-1), day
		}
	}
	if len(known) == 0 {
		return
	}
	if known[0].istat == archived[0].istat && known[0].from != unification() {
		archived[0].from = known[0].from
	}
	last, end := known[len(known)-1], archived[len(archived)-1]
	if last.istat == end.istat && !last.to.IsZero() && !end.to.IsZero() {
		end.to = last.to
	}
}

// apart is how many days lie between two days.
func apart(a, b calendar.Day) int { return max(a.Sub(b), b.Sub(a)) }

// formerly notes a former name unless it is the present one.
func (d *draft) formerly(belfiore, name string, to calendar.Day) {
	if t := d.towns[belfiore]; t != nil && name != "" && Fold(name) != Fold(t.name) && Fold(name) != Fold(t.other) {
		d.rename(belfiore, name, to)
	}
}

// needPlaces makes the province and the region that a municipality of the past was in, when no list has
// told of them. "EX" and "00" are lands that Italy lost.
func (d *draft) needPlaces(town *record, row official.ArchiveTown) {
	if _, ok := d.regions[town.region]; !ok {
		d.regions[town.region] = town.region
	}
	if _, ok := d.provinces[town.province]; !ok {
		d.provinces[town.province] = Province{Code: town.province, Abbr: row.Plate, Name: cmp.Or(row.Plate, town.province), RegionCode: town.region}
	}
}

// recodings takes the changes of province and the renumberings, in order of day.
func (d *draft) recodings(changes []official.Change) {
	for _, c := range changes {
		if c.Type != "AP" && c.Type != "RN" || c.ISTAT == c.ToISTAT || c.ToISTAT == "" {
			continue
		}
		if s := d.past.holder(c.ISTAT, c.Date.AddDays(-1)); s != nil {
			d.past.recode(s, c.ToISTAT, c.Date)
		} else if next := d.past.holder(c.ToISTAT, c.Date); next != nil {
			d.past.postpone(next, c.ISTAT, c.Date)
		}
	}
}

// foundings takes the days on which new municipalities began: ISTAT's, where the archive has a later
// one.
func (d *draft) foundings(changes []official.Change) {
	const late = 2 * 366 // days
	for _, c := range changes {
		if c.Type != "CS" || d.past.holder(c.ISTAT, c.Date) != nil {
			continue
		}
		for _, s := range d.past.byCode[c.ISTAT] {
			if s.from.After(c.Date) && s.from.Sub(c.Date) < late {
				s.from = c.Date
			}
		}
	}
}

// oldCodes takes from an Elenco the codes of the years with fewer provinces, where nothing else tells
// them: a code that somebody else had on those days is left alone.
func (d *draft) oldCodes(towns []official.Town) {
	for _, t := range towns {
		for _, old := range []struct {
			istat    string
			from, to calendar.Day
		}{
			{t.ISTAT110, calendar.NewDay(2010, 1, 1), calendar.NewDay(2016, 12, 31)},
			{t.ISTAT107, calendar.NewDay(2006, 1, 1), calendar.NewDay(2009, 12, 31)},
			{t.ISTAT103, calendar.NewDay(1995, 1, 1), calendar.NewDay(2005, 12, 31)},
		} {
			if old.istat == "" || d.towns[t.Belfiore] == nil || d.past.of(t.Belfiore, old.istat) != nil {
				continue
			}
			if d.past.holder(old.istat, old.from) == nil && d.past.holder(old.istat, old.to) == nil {
				d.past.add(span{istat: old.istat, belfiore: t.Belfiore, from: old.from, to: old.to})
			}
		}
	}
}

// list makes the municipalities of a list those in force on its day, and notes which are in force here
// and not in the list.
func (d *draft) list(f official.File, source string, born map[string]calendar.Day) {
	d.listSource, d.listDay, d.missing = source, f.Reference, map[string]bool{}
	listed := map[string]bool{}
	for _, t := range f.Towns {
		listed[t.Belfiore] = true
		d.listTown(t, f.Reference, source)
		d.listCode(t, f.Reference, born)
	}
	for _, id := range d.inForce() {
		if !listed[id] {
			d.missing[id] = true
		}
	}
}

func (d *draft) listTown(t official.Town, on calendar.Day, source string) {
	town := d.towns[t.Belfiore]
	if town == nil {
		town = &record{}
		d.towns[t.Belfiore] = town
	}
	name := cmp.Or(t.NameIT, t.Name)
	if town.name != "" && Fold(town.name) != Fold(name) {
		was := town.name
		town.name, town.other = name, t.NameOther
		d.formerly(t.Belfiore, was, on.AddDays(-1))
	}
	town.name, town.other = name, t.NameOther
	town.province, town.region = t.ProvinceCode, t.RegionCode
	town.capital, town.listedBy, town.ceasedOn = t.ProvinceCapital, source, calendar.Day{}
	if t.TaxCode != "" { // an Elenco tells neither this nor the capitals of regions
		town.taxCode, town.regionCapital = t.TaxCode, t.RegionCapital
	}
	town.nuts3 = cmp.Or(t.NUTS3, town.nuts3)
	delete(d.heirs, t.Belfiore)
	d.regions[t.RegionCode] = t.Region
	kind := ""
	if t.UTSKind > 0 {
		kind = string(rune('0' + t.UTSKind))
	}
	d.provinces[t.ProvinceCode] = Province{Code: t.ProvinceCode, Abbr: t.Plate, Name: t.Province, RegionCode: t.RegionCode, Kind: kind, UTS: t.UTSCode}
}

// listCode makes sure that a municipality has the code of a list on its day.
func (d *draft) listCode(t official.Town, on calendar.Day, born map[string]calendar.Day) {
	if s := d.past.holder(t.ISTAT, on); s != nil && s.belfiore == t.Belfiore {
		s.to = calendar.Day{}
		return
	}
	last := d.past.last(t.Belfiore)
	if last != nil && last.holds(on) {
		// Nobody tells since when: codes change with the year.
		d.past.recode(last, t.ISTAT, calendar.NewDay(on.Year(), 1, 1))
		return
	}
	from, known := born[t.ISTAT]
	if !known {
		from = unification()
		for _, s := range d.past.byCode[t.ISTAT] {
			from = latest(from, calendar.NewDay(on.Year(), 1, 1))
			if s.to.IsZero() {
				s.to = from.AddDays(-1)
			}
		}
	}
	d.past.add(span{istat: t.ISTAT, belfiore: t.Belfiore, from: from})
}

// endings takes what became of the municipalities that ceased.
func (d *draft) endings(changes []official.Change) {
	rows := map[string][]official.Change{}
	for _, c := range changes {
		if c.Type != "ES" {
			continue
		}
		if belfiore, ok := d.ending(c); ok {
			rows[belfiore] = append(rows[belfiore], c)
		}
	}
	for belfiore, changes := range rows {
		d.end(belfiore, changes)
	}
}

// ending returns the municipality that a row says ceased, unless it is known to be there later: one
// that was made again, or that a newer list has.
func (d *draft) ending(c official.Change) (string, bool) {
	before := c.Date.AddDays(-1)
	belfiore, ok := d.resolve(c.ISTAT, before, c.Name)
	if !ok || d.past.holder(c.ISTAT, before) == nil && !d.called(belfiore, Fold(c.Name)) {
		return "", false
	}
	if d.listedOn(belfiore).After(before) || !d.past.last(belfiore).from.Before(c.Date) {
		return "", false
	}
	return belfiore, true
}

// listedOn returns the day of the newest list that has the municipality; zero when none does.
func (d *draft) listedOn(belfiore string) calendar.Day {
	t := d.towns[belfiore]
	if t == nil || d.missing[belfiore] || !t.ceasedOn.IsZero() || t.listedBy == "" {
		return calendar.Day{}
	}
	if d.listSource == t.listedBy {
		return d.listDay
	}
	return d.was.sources[t.listedBy].Reference
}

// end closes a municipality on the last day that changes tell, and notes its heirs: first the one that
// kept its name, then as ISTAT orders them.
func (d *draft) end(belfiore string, changes []official.Change) {
	t := d.towns[belfiore]
	last := changes[0]
	for _, c := range changes {
		if c.Date.After(last.Date) {
			last = c
		}
	}
	if t.name == titled(t.name) && Fold(t.name) == Fold(last.Name) {
		t.name = last.Name // the archive has capital letters only
	}
	t.ceasedOn = last.Date
	if s := d.past.last(belfiore); s.from.Before(last.Date) {
		s.to = last.Date.AddDays(-1)
	}
	var heirs []string
	for _, c := range changes {
		heir, ok := d.resolve(c.ToISTAT, c.Date, c.ToName)
		if c.Date != last.Date || !ok || heir == belfiore || slices.Contains(heirs, heir) {
			continue
		}
		if Fold(c.ToName) == Fold(c.Name) {
			heirs = slices.Insert(heirs, 0, heir)
			continue
		}
		heirs = append(heirs, heir)
	}
	// The lists of different years have the same heirs in another order.
	if known := d.heirs[belfiore]; len(heirs) > 0 && !slices.Equal(slices.Sorted(slices.Values(known)), slices.Sorted(slices.Values(heirs))) {
		d.heirs[belfiore] = heirs
	}
}

// close ends the codes of the municipalities that ceased.
func (d *draft) close() {
	for belfiore, t := range d.towns {
		if s := d.past.last(belfiore); s != nil && !t.ceasedOn.IsZero() && s.to.IsZero() && s.from.Before(t.ceasedOn) {
			s.to = t.ceasedOn.AddDays(-1)
		}
	}
}

// renamings takes new names; of those that have ceased too.
func (d *draft) renamings(changes []official.Change) {
	for _, c := range changes {
		if c.Type != "CD" {
			continue
		}
		if belfiore, ok := d.resolve(c.ISTAT, c.Date, c.ToName); ok {
			d.formerly(belfiore, c.Name, c.Date.AddDays(-1))
		}
	}
}

// births returns the day on which each new code began.
func births(changes []official.Change) map[string]calendar.Day {
	born := map[string]calendar.Day{}
	for _, c := range changes {
		if c.Type == "CS" {
			born[c.ISTAT] = latest(born[c.ISTAT], c.Date)
		}
	}
	return born
}
