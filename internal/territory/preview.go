package territory

import (
	"cmp"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/territory/official"
)

// Preview is what an import would change, or has changed.
type Preview struct {
	Files []*FileReport
	// Stops say why the import cannot be done.
	Stops []Notice
	// New, Ceased, Renamed and Recoded are the municipalities that appear, that are no more (with the
	// one that took their place), that have another name, or another ISTAT code.
	New, Ceased, Renamed, Recoded []TownChange
	// Past counts municipalities of former times that become known.
	Past int
	// Lists, Populations, Ages, Classes and InnerAreas count the municipalities of which each group of
	// figures changes; Confirmed those where a newer file says the same.
	Lists, Populations, Ages, Classes, InnerAreas, Confirmed int
	// Histories counts the municipalities whose codes, names or heirs of the past change.
	Histories                             int
	Boundaries, Travel, Broadband, Bodies Counts
	// InForce, Residents and From65 are the totals as they will be.
	InForce, Residents, From65 int
	// Sources counts the files whose data would be in use for the first time.
	Sources int
}

// Counts are rows that appear and rows that change.
type Counts struct{ New, Changed int }

// Notice is a message.
type Notice struct {
	Key  string
	Args errs.Args
}

// AsideUndated is why a list is left out whose day nothing tells: it can be given.
const AsideUndated = "territory.aside.undated"

// FileReport is what there is to say of one file.
type FileReport struct {
	Name, Kind, Title      string
	Reference              calendar.Day
	Provisional, Estimated bool
	Rows, Skipped, Wrong   int
	// Aside is the message key of why the file is not used, empty when it is.
	Aside     string
	AsideArgs errs.Args
	// Unknown counts the rows whose code no municipality ever had.
	Unknown  int
	Notices  []Notice
	Problems []official.Problem
}

func (f *FileReport) notice(key string, args errs.Args) {
	f.Notices = append(f.Notices, Notice{Key: key, Args: args})
}

// TownChange is a change of one municipality.
type TownChange struct {
	Belfiore, Name, Province string
	// From and To are the old and the new code or name; of one that ceased, To names its heir.
	From, To string
	On       calendar.Day
}

// Empty reports whether the import changes nothing.
func (p *Preview) Empty() bool {
	return p.Added() == 0 && p.Changed() == 0 && p.Confirmed == 0 && p.Sources == 0
}

// Added counts what is new.
func (p *Preview) Added() int {
	return len(p.New) + p.Past + p.Boundaries.New + p.Travel.New + p.Broadband.New + p.Bodies.New
}

// Changed counts what changes, each municipality once for each group of figures.
func (p *Preview) Changed() int {
	return len(p.Ceased) + p.Lists + p.Populations + p.Ages + p.Classes + p.InnerAreas + p.Histories +
		p.Boundaries.Changed + p.Travel.Changed + p.Broadband.Changed + p.Bodies.Changed
}

// Ready reports whether the import can be done, and would change something.
func (p *Preview) Ready() bool { return len(p.Stops) == 0 && !p.Empty() }

// compare fills the preview with the differences between the draft and what is there.
func (p *planner) compare() {
	d := p.draft
	for _, id := range sortedKeys(d.towns) {
		town := d.towns[id]
		if town.ceasedOn.IsZero() {
			p.InForce++
			p.Residents += town.population
			p.From65 += town.ages.From65
		}
		if i, ok := d.was.byBelfiore[id]; ok {
			p.compareTown(id, recordOf(&d.was.towns[i].Municipality), *town)
		} else if town.ceasedOn.IsZero() {
			p.New = append(p.New, p.since(p.change(id, "", d.past.code(id))))
			p.records = append(p.records, id)
		} else {
			p.Past++
			p.records = append(p.records, id)
		}
		if d.historyChanged(id) {
			p.Histories++
			p.history = append(p.history, id)
		}
	}
	p.Plan.Sources = len(p.Plan.sources)
}

func (p *planner) compareTown(id string, was, is record) {
	if was == is {
		return
	}
	p.records = append(p.records, id)
	count := func(n *int, differs bool) {
		if differs {
			*n++
		}
	}
	count(&p.Confirmed, was.sameValues(is))
	count(&p.Populations, was.population != is.population)
	count(&p.Ages, was.ages != is.ages)
	count(&p.Classes, was.classPart() != is.classPart())
	count(&p.InnerAreas, was.innerClass != is.innerClass || was.innerPole != is.innerPole)
	count(&p.Lists, was.listPart() != is.listPart())
	if was.ceasedOn.IsZero() && !is.ceasedOn.IsZero() {
		heir := ""
		if now := p.draft.current(id); now != id {
			heir = p.draft.towns[now].name
		}
		change := p.change(id, is.name, heir)
		change.On = is.ceasedOn
		p.Ceased = append(p.Ceased, change)
		return
	}
	if Fold(was.name) != Fold(is.name) {
		change := p.change(id, was.name, is.name)
		if last, ok := p.draft.names[id][was.name]; ok {
			change.On = last.AddDays(1)
		}
		p.Renamed = append(p.Renamed, change)
	}
	if before := p.draft.was.towns[p.draft.was.byBelfiore[id]].ISTAT; is.ceasedOn.IsZero() && before != p.draft.past.code(id) {
		p.Recoded = append(p.Recoded, p.since(p.change(id, before, p.draft.past.code(id))))
	}
}

func (p *planner) change(id, from, to string) TownChange {
	town := p.draft.towns[id]
	return TownChange{Belfiore: id, Name: town.name, Province: p.draft.provinces[town.province].Abbr, From: from, To: to}
}

// since adds to a change the day on which the code of the municipality began, where it is known.
func (p *planner) since(c TownChange) TownChange {
	if s := p.draft.past.last(c.Belfiore); s != nil && s.from != unification() {
		c.On = s.from
	}
	return c
}

// classPart is what a file of classifications tells.
func (r record) classPart() record {
	return record{area: r.area, altitude: r.altitude, hasAltitude: r.hasAltitude, zone: r.zone, coastal: r.coastal, island: r.island, degurba: r.degurba}
}

// listPart is what a list of municipalities tells, and the place.
func (r record) listPart() record {
	return record{name: r.name, other: r.other, province: r.province, region: r.region, capital: r.capital, regionCapital: r.regionCapital,
		taxCode: r.taxCode, nuts3: r.nuts3, lat: r.lat, lon: r.lon, placed: r.placed}
}

// code returns the ISTAT code of a municipality, the last one when it has ceased.
func (p *past) code(belfiore string) string {
	if s := p.last(belfiore); s != nil {
		return s.istat
	}
	return ""
}

// historyChanged reports whether the codes, former names or heirs of a municipality are others.
func (d *draft) historyChanged(id string) bool {
	was := slices.Clone(d.spansBefore[id])
	var is []span
	for _, s := range d.past.byTown[id] {
		is = append(is, *s)
	}
	inOrder := func(a, b span) int { return cmp.Or(a.from.Compare(b.from), cmp.Compare(a.istat, b.istat)) }
	slices.SortFunc(was, inOrder)
	slices.SortFunc(is, inOrder)
	if !slices.Equal(was, is) {
		return true
	}
	if len(d.was.former[id]) != len(d.names[id]) {
		return true
	}
	for _, n := range d.was.former[id] {
		if d.names[id][n.name] != n.to {
			return true
		}
	}
	var heirs []string
	if i, ok := d.was.byBelfiore[id]; ok {
		heirs = d.was.towns[i].Successors
	}
	return !slices.Equal(heirs, d.heirs[id])
}
