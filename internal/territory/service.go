package territory

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/sqldb"
)

// ErrNoMunicipality says that no municipality has the code asked for.
var ErrNoMunicipality = errs.New(errs.NotFound, "territory.no_municipality")

// Service answers what is where. Reading needs no actor: the territory is public.
//
// All of it (some 7,900 municipalities and 2,000 that ceased, a few megabytes) stands in memory from the
// first question on; what another process has imported is seen within ten seconds.
type Service struct {
	db *sqldb.DB
	// Seats says where the municipalities among some bodies are: body to Belfiore code. It comes from
	// above, because bodies are not known here; without it only who reaches the whole network may
	// change anything.
	Seats func(ctx context.Context, bodies []string) (map[string]string, error)

	known   atomic.Pointer[known]
	reading sync.Mutex
	roads   atomic.Pointer[Roads]
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

// Today returns, by the Belfiore codes asked for, the municipalities that are in their place today: what
// a page that is about the present shows of a point in a municipality that has merged since. The
// coordinates stay those of the town asked for, because the point has not moved. Unknown codes are left
// out.
func (s *Service) Today(ctx context.Context, ids []string) (map[string]Municipality, error) {
	ix, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	found := make(map[string]Municipality, len(ids))
	for _, id := range ids {
		if i, ok := ix.byBelfiore[id]; ok {
			m, then := ix.towns[ix.current(i)].copy(), &ix.towns[i]
			if then.HasPlace {
				m.Lat, m.Lon, m.HasPlace = then.Lat, then.Lon, true
			}
			found[id] = m
		}
	}
	return found, nil
}

// CodesIn returns the Belfiore codes that mean a province today, given by code or letters: its
// municipalities in force, and those that ceased into them.
func (s *Service) CodesIn(ctx context.Context, province string) ([]string, error) {
	ix, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for i := range ix.towns {
		if now := &ix.towns[ix.current(i)]; now.InForce() && (now.ProvinceCode == province || strings.EqualFold(now.ProvinceAbbr, province)) {
			ids = append(ids, ix.towns[i].Belfiore)
		}
	}
	return ids, nil
}

// ByISTAT returns the municipality that had the ISTAT code on a day, which may have ceased since. It
// refuses with ErrNoMunicipality.
func (s *Service) ByISTAT(ctx context.Context, istat string, on calendar.Day) (Municipality, error) {
	ix, err := s.index(ctx)
	if err != nil {
		return Municipality{}, err
	}
	if i, ok := ix.codeOn(istat, on); ok {
		return ix.towns[i].copy(), nil
	}
	return Municipality{}, ErrNoMunicipality
}

// Current returns the municipality that is today in the place of the one with a Belfiore code: itself
// while in force, else the successor with most of it. It refuses with ErrNoMunicipality.
func (s *Service) Current(ctx context.Context, belfiore string) (Municipality, error) {
	ix, err := s.index(ctx)
	if err != nil {
		return Municipality{}, err
	}
	i, ok := ix.byBelfiore[belfiore]
	if !ok {
		return Municipality{}, ErrNoMunicipality
	}
	return ix.towns[ix.current(i)].copy(), nil
}

// InRegion returns the municipalities in force of a region by name; all of Italy's when code is empty.
func (s *Service) InRegion(ctx context.Context, code string) ([]Municipality, error) {
	ix, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	var found []Municipality
	for _, i := range ix.byName {
		t := &ix.towns[i]
		if t.InForce() && (code == "" || t.RegionCode == code) {
			found = append(found, t.copy())
		}
	}
	return found, nil
}

// Largest returns the n municipalities in force of a region where most people live; all of Italy's when code
// is empty.
func (s *Service) Largest(ctx context.Context, code string, n int) ([]Municipality, error) {
	ix, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	var found []Municipality
	for _, i := range ix.bySize {
		if len(found) == n {
			break
		}
		if t := &ix.towns[i]; code == "" || t.RegionCode == code {
			found = append(found, t.copy())
		}
	}
	return found, nil
}

// Provinces returns the provinces in force of a region by name; all of Italy's when region is empty.
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
