package points

import (
	"context"
	"slices"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/geo"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// Search is what a citizen asks for; empty fields do not narrow.
type Search struct {
	// Town is the Belfiore code of where the citizen is, From the place in it. Without Town, From is just a
	// place; without both the points come by name.
	Town string
	From geo.Point
	// Within is how many minutes of travel are too many; 0 is any. It wants a Town or From.
	Within int
	// Accessibility, Services and Languages are tags that the point must all have.
	Accessibility, Services, Languages []string
	// OpenAt is an instant at which it must be open; zero is any.
	OpenAt time.Time
	// Only are the points among which to look; nil is all.
	Only *Visible
	// Max is how many to return, 0 for 10; Offset is how many to skip.
	Max, Offset int
}

// Near is a point found by distance.
type Near struct {
	Point Point
	// AddressID is the nearest address, among those open when that was asked.
	AddressID string
	Travel
}

// Travel is how far a place is: all "circa".
type Travel struct {
	// Km means something only when Located, Minutes only when ByRoad: no road crosses the sea.
	Km              float64
	Minutes         int
	Located, ByRoad bool
}

// Place is an address of a public point with the way there.
type Place struct {
	PointID, AddressID string
	Travel
}

// Places are the addresses of public points that answer a search, the nearest first: all of one snapshot.
// They belong to one goroutine.
type Places struct {
	snap *snapshot
	// done are in order; rest is a heap of the others, because most searches want few.
	done, rest []candidate
}

// candidate is small, because thousands of them are put in order.
type candidate struct {
	minutes, km     float64
	point, address  int32
	here            bool
	located, byRoad bool
}

// Len returns how many addresses there are.
func (p *Places) Len() int { return len(p.done) + len(p.rest) }

// At returns the place of a rank, from 0.
func (p *Places) At(rank int) Place {
	p.arrange(rank)
	return p.place(&p.done[rank])
}

// Of returns the places of some points, the nearest first.
func (p *Places) Of(pointIDs []string) []Place {
	wanted := make(map[int32]bool, len(pointIDs))
	for _, id := range pointIDs {
		if i, ok := p.snap.byID[id]; ok {
			wanted[int32(i)] = true
		}
	}
	var theirs []candidate
	for _, list := range [][]candidate{p.done, p.rest} {
		for _, c := range list {
			if wanted[c.point] {
				theirs = append(theirs, c)
			}
		}
	}
	slices.SortFunc(theirs, func(a, b candidate) int { return p.compare(&a, &b) })
	found := make([]Place, len(theirs))
	for i := range theirs {
		found[i] = p.place(&theirs[i])
	}
	return found
}

func (p *Places) place(c *candidate) Place {
	point := &p.snap.all[c.point]
	return Place{PointID: point.ID, AddressID: point.Addresses[c.address].ID, Travel: Travel{
		Km: c.km, Minutes: int(c.minutes + 0.5), Located: c.located, ByRoad: c.byRoad,
	}}
}

// Point returns a point of the snapshot by id.
func (p *Places) Point(id string) (Point, bool) {
	i, ok := p.snap.byID[id]
	if !ok {
		return Point{}, false
	}
	return p.snap.all[i].clone(), true
}

// Points returns how many points the places belong to.
func (p *Places) Points() int {
	seen, n := make([]bool, len(p.snap.all)), 0
	for _, list := range [][]candidate{p.done, p.rest} {
		for i := range list {
			if at := list[i].point; !seen[at] {
				seen[at] = true
				n++
			}
		}
	}
	return n
}

const resultsSize = 10

// Near returns the public points that answer a search, the nearest first, and how many there are in
// all. An address without coordinates counts as being in the centre of its municipality.
func (s *Service) Near(ctx context.Context, search Search) (found []Near, total int, err error) {
	roads, err := s.Roads(ctx)
	if err != nil {
		return nil, 0, err
	}
	var places *Places
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		places, err = s.PlacesTx(ctx, tx, roads, search)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	if search.Max <= 0 {
		search.Max = resultsSize
	}
	seen := map[string]bool{}
	for rank := 0; rank < places.Len() && len(found) < search.Max; rank++ {
		at := places.At(rank)
		if seen[at.PointID] {
			continue
		}
		seen[at.PointID] = true
		if len(seen) > search.Offset {
			point, _ := places.Point(at.PointID)
			found = append(found, Near{Point: point, AddressID: at.AddressID, Travel: at.Travel})
		}
	}
	return found, places.Points(), nil
}

// Roads returns what [Service.PlacesTx] wants to know of roads. It is asked for before a transaction,
// because it may need one of its own.
func (s *Service) Roads(ctx context.Context) (*territory.Roads, error) { return s.territory.Roads(ctx) }

// PlacesTx returns the addresses that answer a search as a transaction that only reads sees them. Max and
// Offset do not count: the caller takes as many as it needs.
func (s *Service) PlacesTx(ctx context.Context, tx *sqldb.Tx, roads *territory.Roads, search Search) (*Places, error) {
	snap, err := s.snapshotTx(ctx, tx)
	if err != nil {
		return nil, fault("places", err)
	}
	only := map[string]bool{}
	if search.Only != nil {
		for _, id := range search.Only.IDs {
			only[id] = true
		}
	}
	from, here := roads.Spot(territory.End{Belfiore: search.Town, At: search.From}), ""
	if search.From.IsZero() {
		here = search.Town
	}
	spots, today := s.spotsOf(snap, roads), calendar.DayOf(tx.Now)
	places := &Places{snap: snap, rest: make([]candidate, 0, len(spots.list))}
	for i := range snap.all {
		p := &snap.all[i]
		if !p.Listed(today) || !p.offers(&search) || search.Only != nil && !search.Only.All && !only[p.ID] {
			continue
		}
		for j := range p.Addresses {
			if !search.OpenAt.IsZero() && !p.OpenAt(p.Addresses[j].ID, search.OpenAt) {
				continue
			}
			c := candidate{point: int32(i), address: int32(j), here: here != "" && here == p.Addresses[j].Belfiore}
			c.measure(roads, search.Town, &from, &spots.list[spots.first[i]+j])
			if search.Within == 0 || c.here || c.byRoad && int(c.minutes+0.5) <= search.Within {
				places.rest = append(places.rest, c)
			}
		}
	}
	places.heap()
	return places, nil
}

// offers reports whether the point has every tag of the search.
func (p *Point) offers(s *Search) bool {
	return hasAll(p.Accessibility, s.Accessibility) && hasAll(p.Services, s.Services) && hasAll(p.Languages, s.Languages)
}

// measure finds out how far an address is. From a place without a town nothing is known but the distance.
func (c *candidate) measure(roads *territory.Roads, town string, from, to *territory.Spot) {
	if town != "" {
		if trip, ok := roads.Between(from, to); ok {
			c.minutes, c.km, c.located, c.byRoad = trip.Minutes, trip.KM, true, true
			return
		}
	}
	c.km, c.located = from.Km(to)
	if town == "" && c.located {
		c.minutes, c.byRoad = float64(geo.TravelMinutes(c.km)), true
	}
}

// spots are the addresses of a snapshot made ready for measuring: those of its i-th point from first[i] on.
type spots struct {
	snap  *snapshot
	roads *territory.Roads
	first []int
	list  []territory.Spot
}

// spotsOf returns the spots of a snapshot, made once for each change of the points or of the roads.
func (s *Service) spotsOf(snap *snapshot, roads *territory.Roads) *spots {
	if m := s.measured.Load(); m != nil && m.snap == snap && m.roads == roads {
		return m
	}
	m := &spots{snap: snap, roads: roads, first: make([]int, len(snap.all))}
	for i := range snap.all {
		m.first[i] = len(m.list)
		for _, a := range snap.all[i].Addresses {
			end := territory.End{Belfiore: a.Belfiore}
			if a.HasAt {
				end.At = a.At
			}
			m.list = append(m.list, roads.Spot(end))
		}
	}
	s.measured.Store(m)
	return m
}

func hasAll(have, want []string) bool {
	return !slices.ContainsFunc(want, func(tag string) bool { return !slices.Contains(have, tag) })
}
