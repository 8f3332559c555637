package territory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/sqldb"
	"capillare/internal/territory/internal/db"
)

// staleAfter bounds how long a process answers with a territory that another process has changed.
const staleAfter = 10 * time.Second

// town is a municipality with what finding it needs.
type town struct {
	Municipality
	// order goes from the largest to the smallest, among equals by name.
	order int
}

func (t *town) copy() Municipality {
	m := t.Municipality
	m.CAPs, m.Successors = slices.Clone(m.CAPs), slices.Clone(m.Successors)
	return m
}

type istatCode struct {
	belfiore string
	from, to calendar.Day // the last day, zero while in force
}

// formerName is a name that a municipality no longer has.
type formerName struct {
	name string
	to   calendar.Day
}

// index is the whole territory in memory. It never changes once made.
type index struct {
	revision   int
	towns      []town
	byName     []int // those in force, by name
	bySize     []int // those in force, from the largest: a town's order is its place here
	byBelfiore map[string]int
	istat      map[string][]istatCode
	former     map[string][]formerName // by Belfiore code
	provinces  []Province              // those in force, by name
	allOf      map[string]Province     // every province there ever was, by code
	regions    []Region
	sources    map[string]*Source
	search     *search
}

// known is an index and when it was last found to be the newest.
type known struct {
	*index
	at time.Time
}

// index returns what is in memory, reading it first when nothing is or when another process has
// changed it. An empty territory is not kept: another process may be loading it.
func (s *Service) index(ctx context.Context) (*index, error) {
	now := s.db.Now()
	k := s.known.Load()
	if k != nil && now.Sub(k.at) < staleAfter {
		return k.index, nil
	}
	if k != nil && !s.reading.TryLock() {
		return k.index, nil // somebody else is looking: a moment of old names harms nobody
	}
	if k == nil {
		s.reading.Lock()
		if k = s.known.Load(); k != nil && now.Sub(k.at) < staleAfter {
			s.reading.Unlock()
			return k.index, nil
		}
	}
	defer s.reading.Unlock()
	return s.refresh(ctx, k, now)
}

// refresh reads the index unless the one in memory is still the newest.
func (s *Service) refresh(ctx context.Context, k *known, now time.Time) (*index, error) {
	var ix *index
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		revision, err := db.New(tx).Revision(ctx)
		if err != nil {
			return err
		}
		if k != nil && k.revision == revision {
			ix = k.index
			return nil
		}
		ix, err = readIndex(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("territory: read: %w", err)
	}
	if ix.search == nil {
		ix.arrange() // outside of the transaction, which it would hold for nothing
	}
	if len(ix.towns) > 0 {
		s.known.Store(&known{index: ix, at: now})
	}
	return ix, nil
}

// forget makes the next question read again.
func (s *Service) forget() { s.known.Store(nil) }

// codeOn returns the municipality that had an ISTAT code on a day.
func (ix *index) codeOn(istat string, on calendar.Day) (int, bool) {
	for _, c := range ix.istat[istat] {
		if !on.Before(c.from) && (c.to.IsZero() || !on.After(c.to)) {
			i, ok := ix.byBelfiore[c.belfiore]
			return i, ok
		}
	}
	return 0, false
}

// current follows the successors of a municipality to one in force. It stays where it is when they
// are not known.
func (ix *index) current(i int) int {
	for range ix.towns { // never longer, even if the data went round in a circle
		t := &ix.towns[i]
		if t.InForce() || len(t.Successors) == 0 {
			return i
		}
		next, ok := ix.byBelfiore[t.Successors[0]]
		if !ok {
			return i
		}
		i = next
	}
	return i
}

func readIndex(ctx context.Context, tx *sqldb.Tx) (*index, error) {
	q := db.New(tx)
	ix := &index{byBelfiore: map[string]int{}, istat: map[string][]istatCode{}, former: map[string][]formerName{},
		allOf: map[string]Province{}, sources: map[string]*Source{}}
	for _, read := range []func(context.Context, *db.Queries) error{
		ix.readSources, ix.readProvinces, ix.readTowns, ix.readCodes, ix.readPast,
	} {
		if err := read(ctx, q); err != nil {
			return nil, err
		}
	}
	return ix, nil
}

func (ix *index) readSources(ctx context.Context, q *db.Queries) (err error) {
	if ix.revision, err = q.Revision(ctx); err != nil {
		return err
	}
	rows, err := q.AllSources(ctx)
	for _, row := range rows {
		ix.sources[row.ID] = newSource(row)
	}
	return err
}

func (ix *index) readProvinces(ctx context.Context, q *db.Queries) error {
	regions, err := q.AllRegions(ctx)
	if err != nil {
		return err
	}
	for _, r := range regions {
		ix.regions = append(ix.regions, Region(r))
	}
	provinces, err := q.AllProvinces(ctx)
	for _, p := range provinces {
		ix.allOf[p.Code] = Province{Code: p.Code, Abbr: p.Abbr, Name: p.Name, RegionCode: p.RegionCode, Kind: p.Kind, UTS: p.Uts}
	}
	return err
}

func (ix *index) readTowns(ctx context.Context, q *db.Queries) error {
	rows, err := q.AllMunicipalities(ctx)
	for i, m := range rows {
		ix.towns = append(ix.towns, town{Municipality: ix.municipality(m)})
		ix.byBelfiore[m.Belfiore] = i
	}
	return err
}

func (ix *index) municipality(m db.AllMunicipalitiesRow) Municipality {
	p := ix.allOf[m.ProvinceCode]
	return Municipality{
		Belfiore: m.Belfiore, Name: m.Name, NameOther: m.NameOther,
		ProvinceCode: p.Code, ProvinceAbbr: p.Abbr, ProvinceName: p.Name, RegionCode: m.RegionCode,
		Population: m.Population, Ages: Ages{To14: m.Young, To64: m.Adult, From65: m.Old},
		Lat: m.Lat.V, Lon: m.Lon.V, HasPlace: m.Lat.OK && m.Lon.OK,
		Capital: m.Capital, RegionCapital: m.RegionCapital, TaxCode: m.TaxCode, NUTS3: m.Nuts3,
		AreaKM2: m.AreaKm2.V, Altitude: m.AltitudeM.V, HasAltitude: m.AltitudeM.OK, Zone: Zone(m.AltimetricZone),
		Coastal: m.Coastal, Island: m.Island, Degurba: m.Degurba,
		InnerClass: m.InnerClass, InnerPole: m.InnerPole, PatronDay: m.PatronDay, CeasedOn: m.CeasedOn,
		From: Origins{List: ix.sources[string(m.ListedBy)], Population: ix.sources[string(m.PopulationFrom)], Ages: ix.sources[string(m.AgesFrom)],
			Classes: ix.sources[string(m.ClassesFrom)], Inner: ix.sources[string(m.InnerFrom)]},
	}
}

// readCodes adds the ISTAT codes with their history, and the postal codes.
func (ix *index) readCodes(ctx context.Context, q *db.Queries) error {
	codes, err := q.AllISTAT(ctx)
	if err != nil {
		return err
	}
	latest := map[string]calendar.Day{}
	for _, c := range codes {
		ix.istat[c.Istat] = append(ix.istat[c.Istat], istatCode{belfiore: c.Belfiore, from: c.ValidFrom, to: c.ValidTo})
		if c.ValidFrom.After(latest[c.Belfiore]) {
			latest[c.Belfiore] = c.ValidFrom
			ix.towns[ix.byBelfiore[c.Belfiore]].ISTAT = c.Istat
		}
	}
	caps, err := q.AllCAPs(ctx)
	for _, c := range caps {
		t := &ix.towns[ix.byBelfiore[c.Belfiore]]
		t.CAPs = append(t.CAPs, c.Cap)
	}
	return err
}

// readPast adds what became of those that ceased, and former names.
func (ix *index) readPast(ctx context.Context, q *db.Queries) error {
	heirs, err := q.AllSuccessors(ctx)
	if err != nil {
		return err
	}
	for _, h := range heirs {
		t := &ix.towns[ix.byBelfiore[h.Belfiore]]
		t.Successors = append(t.Successors, h.Successor)
	}
	names, err := q.AllNames(ctx)
	for _, n := range names {
		ix.former[n.Belfiore] = append(ix.former[n.Belfiore], formerName{name: n.Name, to: n.ValidTo})
	}
	return err
}

// arrange puts in order what is in force, and makes it searchable.
func (ix *index) arrange() {
	used, peopled := map[string]bool{}, map[string]bool{}
	folded := make([]string, len(ix.towns))
	for i := range ix.towns {
		t := &ix.towns[i]
		folded[i] = Fold(t.Name)
		if t.InForce() {
			ix.byName = append(ix.byName, i)
			used[t.ProvinceCode], peopled[t.RegionCode] = true, true
		}
	}
	slices.SortFunc(ix.byName, func(a, b int) int {
		return cmp.Or(cmp.Compare(folded[a], folded[b]), cmp.Compare(ix.towns[a].Belfiore, ix.towns[b].Belfiore))
	})
	ix.bySize = slices.Clone(ix.byName)
	slices.SortStableFunc(ix.bySize, func(a, b int) int { return cmp.Compare(ix.towns[b].Population, ix.towns[a].Population) })
	for order, i := range ix.bySize {
		ix.towns[i].order = order
	}
	for code, p := range ix.allOf {
		if used[code] {
			ix.provinces = append(ix.provinces, p)
		}
	}
	slices.SortFunc(ix.provinces, func(a, b Province) int {
		return cmp.Or(cmp.Compare(Fold(a.Name), Fold(b.Name)), cmp.Compare(a.Code, b.Code))
	})
	ix.regions = slices.DeleteFunc(ix.regions, func(r Region) bool { return !peopled[r.Code] })
	ix.search = newSearch(ix)
}
