package points

import (
	"cmp"
	"context"
	"slices"
	"strings"
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
type Places struct {
	snap *snapshot
	list []candidate
}

// candidate is small, because thousands of them are sorted.
type candidate struct {
	minutes, km     float64
	point, address  int32
	here            bool
	located, byRoad bool
}

// Len returns how many addresses there are.
func (p *Places) Len() int { return len(p.list) }

// At returns the place of a rank, from 0.
func (p *Places) At(rank int) Place {
	c := p.list[rank]
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
	seen := make(map[int32]bool, len(p.list))
	for _, c := range p.list {
		seen[c.point] = true
	}
	return len(seen)
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
	for rank := range places.Len() {
		at := places.At(rank)
		if seen[at.PointID] {
			continue
		}
		seen[at.PointID] = true
		if n := len(seen); n > search.Offset && n <= search.Offset+search.Max {
			point, _ := places.Point(at.PointID)
			found = append(found, Near{Point: point, AddressID: at.AddressID, Travel: at.Travel})
		}
	}
	return found, len(seen), nil
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
	way, today := newWay(roads, search), calendar.DayOf(tx.Now)
	places := &Places{snap: snap}
	for i := range snap.all {
		p := &snap.all[i]
		if !p.Listed(today) || !p.offers(search) || search.Only != nil && !search.Only.All && !only[p.ID] {
			continue
		}
		for j := range p.Addresses {
			if !search.OpenAt.IsZero() && !p.OpenAt(p.Addresses[j].ID, search.OpenAt) {
				continue
			}
			c := way.to(&p.Addresses[j])
			c.point, c.address = int32(i), int32(j)
			if search.Within == 0 || c.here || c.byRoad && int(c.minutes+0.5) <= search.Within {
				places.list = append(places.list, c)
			}
		}
	}
	slices.SortFunc(places.list, places.compare)
	return places, nil
}

// offers reports whether the point has every tag of the search.
func (p *Point) offers(s Search) bool {
	return hasAll(p.Accessibility, s.Accessibility) && hasAll(p.Services, s.Services) && hasAll(p.Languages, s.Languages)
}

// compare puts the town of who asks first, then what a road leads to, then the rest, by name at last.
func (p *Places) compare(a, b candidate) int {
	switch {
	case a.here != b.here:
		return first(a.here)
	case a.byRoad != b.byRoad:
		return first(a.byRoad)
	case a.located != b.located:
		return first(a.located)
	case a.minutes != b.minutes:
		return cmp.Compare(a.minutes, b.minutes)
	case a.km != b.km:
		return cmp.Compare(a.km, b.km)
	}
	return cmp.Or(strings.Compare(p.snap.names[a.point], p.snap.names[b.point]), cmp.Compare(a.point, b.point), cmp.Compare(a.address, b.address))
}

func first(a bool) int {
	if a {
		return -1
	}
	return 1
}

// way leads from where somebody is to addresses.
type way struct {
	roads *territory.Roads
	from  territory.End
	at    geo.Point
	known bool
}

func newWay(roads *territory.Roads, s Search) way {
	w := way{roads: roads, from: territory.End{Belfiore: s.Town, At: s.From}}
	w.at, w.known = roads.Place(w.from)
	return w
}

// to measures the way to an address. Without a town nothing is known but the distance.
func (w way) to(a *Address) candidate {
	var c candidate
	end := territory.End{Belfiore: a.Belfiore}
	if a.HasAt {
		end.At = a.At
	}
	place, located := w.roads.Place(end)
	c.here = w.from.Belfiore == a.Belfiore && w.from.Belfiore != "" && w.from.At.IsZero()
	if !w.known || !located {
		return c
	}
	c.located, c.km = true, geo.Distance(w.at, place)
	if w.from.Belfiore == "" {
		c.minutes, c.byRoad = float64(geo.TravelMinutes(c.km)), true
		return c
	}
	if trip, ok := w.roads.Trip(w.from, end); ok {
		c.minutes, c.km, c.byRoad = trip.Minutes, trip.KM, true
	}
	return c
}

func hasAll(have, want []string) bool {
	return !slices.ContainsFunc(want, func(tag string) bool { return !slices.Contains(have, tag) })
}
