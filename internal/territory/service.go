package territory

import (
	"context"
	"slices"
	"sync/atomic"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/geo"
	"capillare/internal/sqldb"
)

// ErrNoMunicipality says that no municipality has the code asked for.
var ErrNoMunicipality = errs.New(errs.NotFound, "territory.no_municipality")

// Municipality is a comune.
type Municipality struct {
	// Belfiore is the key: "A192".
	Belfiore string
	// ISTAT is the code in force, or the last one.
	ISTAT string
	Name  string
	// NameOther is the name in the second official language, empty in most places.
	NameOther    string
	ProvinceCode string
	ProvinceAbbr string
	ProvinceName string
	RegionCode   string
	Population   int
	// Lat and Lon mean something only when HasPlace.
	Lat, Lon float64
	HasPlace bool
	CAPs     []string
	// Capital is true for the chief towns of a province.
	Capital bool
}

// Place returns the coordinates of the town, false when they are not known.
func (m Municipality) Place() (geo.Point, bool) {
	return geo.Point{Lat: m.Lat, Lon: m.Lon}, m.HasPlace
}

// Province is a province or metropolitan city.
type Province struct{ Code, Abbr, Name, RegionCode string }

// Region is one of the twenty regions.
type Region struct{ Code, Name string }

// Service answers what is where. Reading needs no actor: the territory is public.
//
// All of it (some 7,900 municipalities, a few megabytes) stands in memory from the first question on;
// Load forgets it.
type Service struct {
	db    *sqldb.DB
	known atomic.Pointer[index]
}

// New returns a Service on db.
func New(db *sqldb.DB) *Service { return &Service{db: db} }

// ByBelfiore returns the municipalities with the given Belfiore codes; unknown codes are left out.
func (s *Service) ByBelfiore(ctx context.Context, ids []string) (map[string]Municipality, error) {
	ix, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	found := make(map[string]Municipality, len(ids))
	for _, id := range ids {
		if i, ok := ix.byBelfiore[id]; ok {
			found[id] = ix.towns[i].copy()
		}
	}
	return found, nil
}

// ByISTAT returns the municipality that had the ISTAT code on a day. It refuses with ErrNoMunicipality.
func (s *Service) ByISTAT(ctx context.Context, istat string, on calendar.Day) (Municipality, error) {
	ix, err := s.index(ctx)
	if err != nil {
		return Municipality{}, err
	}
	for _, c := range ix.istat[istat] {
		if !on.Before(c.from) && (c.to.IsZero() || !on.After(c.to)) {
			return ix.towns[ix.byBelfiore[c.belfiore]].copy(), nil
		}
	}
	return Municipality{}, ErrNoMunicipality
}

// InRegion returns the municipalities of a region by name.
func (s *Service) InRegion(ctx context.Context, code string) ([]Municipality, error) {
	ix, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	var found []Municipality
	for _, t := range ix.towns {
		if t.RegionCode == code {
			found = append(found, t.copy())
		}
	}
	slices.SortFunc(found, byName)
	return found, nil
}

// Provinces returns the provinces of a region by name; all of Italy's when region is empty.
func (s *Service) Provinces(ctx context.Context, region string) ([]Province, error) {
	ix, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	var found []Province
	for _, p := range ix.provinces {
		if region == "" || p.RegionCode == region {
			found = append(found, p)
		}
	}
	return found, nil
}

// Regions returns the regions by code, which goes from north to south.
func (s *Service) Regions(ctx context.Context) ([]Region, error) {
	ix, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(ix.regions), nil
}
