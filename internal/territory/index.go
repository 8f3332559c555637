package territory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/sqldb"
	"capillare/internal/territory/internal/db"
)

// town is a municipality with the forms under which it is looked for.
type town struct {
	Municipality
	keys []string // folded: the name, the other name, the name with the letters of the province
}

func (t town) copy() Municipality {
	m := t.Municipality
	m.CAPs = slices.Clone(m.CAPs)
	return m
}

type istatCode struct {
	belfiore string
	from, to calendar.Day
}

// index is the whole territory in memory. It never changes once made.
type index struct {
	towns      []town
	byBelfiore map[string]int
	istat      map[string][]istatCode
	provinces  []Province
	regions    []Region
}

// index returns what is in memory, reading it first when nothing is. An empty territory is not kept:
// another process may be loading it.
func (s *Service) index(ctx context.Context) (*index, error) {
	if ix := s.known.Load(); ix != nil {
		return ix, nil
	}
	var ix *index
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		ix, err = readIndex(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("territory: read: %w", err)
	}
	if len(ix.towns) > 0 {
		s.known.Store(ix)
	}
	return ix, nil
}

func readIndex(ctx context.Context, tx *sqldb.Tx) (*index, error) {
	q := db.New(tx)
	ix := &index{byBelfiore: map[string]int{}, istat: map[string][]istatCode{}}
	regions, err := q.AllRegions(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range regions {
		ix.regions = append(ix.regions, Region(r))
	}
	provinces, err := q.AllProvinces(ctx)
	if err != nil {
		return nil, err
	}
	byCode := map[string]Province{}
	for _, p := range provinces {
		byCode[p.Code] = Province(p)
		ix.provinces = append(ix.provinces, Province(p))
	}
	slices.SortFunc(ix.provinces, func(a, b Province) int {
		return cmp.Or(cmp.Compare(Fold(a.Name), Fold(b.Name)), cmp.Compare(a.Code, b.Code))
	})
	towns, err := q.AllMunicipalities(ctx)
	if err != nil {
		return nil, err
	}
	for i, m := range towns {
		ix.towns = append(ix.towns, newTown(m, byCode[m.ProvinceCode]))
		ix.byBelfiore[m.Belfiore] = i
	}
	return ix, ix.readCodes(ctx, q)
}

func newTown(m db.AllMunicipalitiesRow, p Province) town {
	t := town{Municipality: Municipality{
		Belfiore: m.Belfiore, Name: m.Name, NameOther: m.NameOther,
		ProvinceCode: p.Code, ProvinceAbbr: p.Abbr, ProvinceName: p.Name, RegionCode: m.RegionCode,
		Population: m.Population, Lat: m.Lat.V, Lon: m.Lon.V, HasPlace: m.Lat.OK && m.Lon.OK, Capital: m.Capital,
	}}
	name := Fold(m.Name)
	t.keys = []string{name, name + " " + strings.ToLower(p.Abbr)}
	if m.NameOther != "" {
		t.keys = append(t.keys, Fold(m.NameOther))
	}
	return t
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
	if err != nil {
		return err
	}
	for _, c := range caps {
		t := &ix.towns[ix.byBelfiore[c.Belfiore]]
		t.CAPs = append(t.CAPs, c.Cap)
	}
	return nil
}
