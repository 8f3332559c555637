package coverage

import (
	"cmp"
	"context"
	"math"
	"slices"

	"capillare/internal/geo"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/territory"
)

// Deps is what coverage is made from.
type Deps struct {
	Points    *points.Service
	Territory *territory.Service
}

// Service answers questions of coverage. It keeps nothing.
type Service struct {
	points    *points.Service
	territory *territory.Service
}

// New returns a Service.
func New(d Deps) *Service { return &Service{points: d.Points, territory: d.Territory} }

// State says how a municipality stands; "coverage.state." + it is the word.
type State string

// The states of a municipality.
const (
	Reached State = "reached"
	Far     State = "far"
	// CutOff is a small island without a point: no road leads off it.
	CutOff State = "cut_off"
	// Unplaced is a municipality of which nobody knows where it is.
	Unplaced State = "unplaced"
)

// States lists them in the order of tables.
func States() []State { return []State{Reached, Far, CutOff, Unplaced} }

// Place is how one municipality is covered.
type Place struct {
	territory.Municipality
	State State
	// Near is the nearest point; none when PointID is empty.
	Near Near
}

// Near is the nearest point of a municipality.
type Near struct {
	PointID, Code, Name string
	// Town is the Belfiore code of the municipality in which it is.
	Town string
	// Minutes are whole, "circa" unless How is territory.ByMatrix.
	Minutes int
	KM      float64
	How     territory.How
}

// Answer is how a region is covered.
type Answer struct {
	Question
	// Places are its municipalities by name.
	Places []Place
	// Points and Addresses are how many were counted; Lost are the addresses whose place nobody knows.
	Points, Addresses, Lost int
	// At is where the counted addresses are, of those whose place is known.
	At []geo.Point
}

// Answer counts for who: planned points that citizens do not see yet count only where who sees them.
func (s *Service) Answer(ctx context.Context, who identity.Actor, q Question) (Answer, error) {
	if !who.Can(identity.SeeProgress) {
		return Answer{}, identity.ErrForbidden
	}
	towns, err := s.territory.InRegion(ctx, q.Region)
	if err != nil {
		return Answer{}, err
	}
	roads, err := s.territory.Roads(ctx)
	if err != nil {
		return Answer{}, err
	}
	stops, err := s.stops(ctx, who, q)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Question: q, Addresses: len(stops)}
	counted := map[string]bool{}
	for _, one := range stops {
		counted[one.pointID] = true
		if one.at.Valid() {
			a.At = append(a.At, one.at)
		} else {
			a.Lost++
		}
	}
	a.Points = len(counted)
	f := newFinder(roads, stops)
	for i := range towns {
		a.Places = append(a.Places, f.place(&towns[i], q.Minutes))
	}
	return a, nil
}

func (f *finder) place(m *territory.Municipality, limit int) Place {
	p := Place{Municipality: *m, State: Far}
	found, ok := f.of(m)
	switch {
	case ok:
		s := f.stops[found.stop]
		p.Near = Near{PointID: s.pointID, Code: s.code, Name: s.name, Town: s.belfiore,
			Minutes: int(math.Round(found.trip.Minutes)), KM: found.trip.KM, How: found.trip.How}
		if p.Near.Minutes <= limit {
			p.State = Reached
		}
	case m.OffRoad():
		p.State = CutOff
	case !m.HasPlace:
		p.State = Unplaced
	}
	return p
}

// stops returns the addresses that count, by code of the point.
func (s *Service) stops(ctx context.Context, who identity.Actor, q Question) ([]stop, error) {
	list, err := s.counted(ctx, who, q)
	if err != nil {
		return nil, err
	}
	towns, err := s.townsOf(ctx, list)
	if err != nil {
		return nil, err
	}
	var stops []stop
	for _, p := range list {
		for _, a := range p.Addresses {
			if q.counts(p, a) {
				town := towns[a.Belfiore]
				stops = append(stops, stop{pointID: p.ID, code: p.Code, name: p.PublicName, addressID: a.ID,
					belfiore: cmp.Or(town.Belfiore, a.Belfiore), at: placeOf(a, town)})
			}
		}
	}
	return stops, nil
}

// counted returns the points that who may count: where citizens are helped is no secret, what is only
// planned is.
func (s *Service) counted(ctx context.Context, who identity.Actor, q Question) ([]points.Point, error) {
	all, err := s.points.All(ctx, identity.System("coverage"), identity.SeePoints)
	if err != nil || q.Which != Planned {
		return all, err
	}
	seen, err := s.points.Visible(ctx, who, identity.SeePoints)
	return slices.DeleteFunc(all, func(p points.Point) bool { return !p.Listed(q.Day) && !seen.Has(p.ID) }), err
}

// townsOf returns what is today in the place of the municipalities of addresses.
func (s *Service) townsOf(ctx context.Context, list []points.Point) (map[string]territory.Municipality, error) {
	var ids []string
	for _, p := range list {
		for _, a := range p.Addresses {
			ids = append(ids, a.Belfiore)
		}
	}
	return s.territory.Today(ctx, ids)
}

// placeOf returns where an address is: its own coordinates, else its town, else nowhere.
func placeOf(a points.Address, town territory.Municipality) geo.Point {
	if a.HasAt {
		return a.At
	}
	at, ok := town.Place()
	if !ok {
		return geo.Point{}
	}
	return at
}
