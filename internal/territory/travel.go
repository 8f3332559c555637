package territory

import (
	"context"
	"fmt"

	"capillare/internal/geo"
	"capillare/internal/sqldb"
	"capillare/internal/territory/internal/db"
)

// How says where the minutes of a trip come from; "territory.how." + it is the word.
type How string

// The providers of travel times, from the best.
const (
	// ByMatrix is a row of the matrix of ISTAT, measured on the road graph.
	ByMatrix How = "matrix"
	// ByTerrain is the formula of distance, terrain and altitude.
	ByTerrain How = "terrain"
	// ByDistance is the formula of distance only, where terrain or altitude are not known.
	ByDistance How = "distance"
)

// End is one end of a trip.
type End struct {
	Belfiore string
	// At is where in the municipality; zero is its town.
	At geo.Point
}

// Trip is how long a drive takes. Unless How is ByMatrix it is a guess: "circa".
type Trip struct {
	Minutes, KM float64
	How         How
	// Source is the file of a matrix, nil for a formula.
	Source *Source
}

// Roads answers how long drives take, from memory. It never changes once made, so that a page of many
// trips is of one piece.
type Roads struct {
	index  *index
	matrix map[[2]int32]roadRow // by the places of the two municipalities in the index
}

type roadRow struct {
	minutes, km float32
	source      *Source
}

// Roads returns what is known of roads: the imported matrix, and formulas where it is silent.
func (s *Service) Roads(ctx context.Context) (*Roads, error) {
	ix, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	if roads := s.roads.Load(); roads != nil && roads.index == ix {
		return roads, nil
	}
	roads := &Roads{index: ix, matrix: map[[2]int32]roadRow{}}
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).AllTravel(ctx)
		for _, row := range rows {
			pair := [2]int32{int32(ix.byBelfiore[row.FromBelfiore]), int32(ix.byBelfiore[row.ToBelfiore])}
			roads.matrix[pair] = roadRow{minutes: float32(row.Minutes), km: float32(row.Km), source: ix.sources[row.SourceID]}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("territory: read travel times: %w", err)
	}
	s.roads.Store(roads)
	return roads, nil
}

// Trip returns how long the drive from a to b takes, there only; false where nobody can tell: a place
// is not known, or the sea is between them, because no estimate knows ferries. A row of the matrix goes
// from town to town whatever At says.
func (r *Roads) Trip(a, b End) (Trip, bool) {
	from, to := r.Spot(a), r.Spot(b)
	return r.Between(&from, &to)
}

// Spot is an end of trips made ready, for who asks for thousands of trips between the same places. It
// holds for the Roads that made it.
type Spot struct {
	town      int32 // in the index, -1 when the municipality is not known
	land      string
	place     geo.Town
	direction geo.Direction
	located   bool
	drivable  bool
}

// Spot makes an end of trips ready.
func (r *Roads) Spot(e End) Spot {
	i, ok := r.index.byBelfiore[e.Belfiore]
	if !ok {
		s := spotOf(&Municipality{}, e.At)
		s.town = -1
		return s
	}
	s := spotOf(&r.index.towns[i].Municipality, e.At)
	s.town = int32(i)
	return s
}

// spotOf is a place in m, or its town.
func spotOf(m *Municipality, at geo.Point) Spot {
	s := Spot{land: landOf(m), drivable: m.drivable(), located: at.Valid()}
	s.place = geo.Town{Point: at, Terrain: m.Zone.Terrain(), Altitude: float64(m.Altitude)}
	if at.IsZero() {
		s.place.Point, s.located = m.Place()
	}
	s.direction = s.place.Direction()
	return s
}

// Km returns the kilometres between two spots as the crow flies; false where nobody knows where one is.
func (s *Spot) Km(other *Spot) (float64, bool) {
	if !s.located || !other.located {
		return 0, false
	}
	return s.direction.Km(other.direction), true
}

// Between is Trip between spots.
func (r *Roads) Between(a, b *Spot) (Trip, bool) {
	if a.town < 0 || b.town < 0 {
		return Trip{}, false
	}
	if len(r.matrix) > 0 && a.town != b.town {
		if row, ok := r.matrix[[2]int32{a.town, b.town}]; ok {
			return Trip{Minutes: float64(row.minutes), KM: float64(row.km), How: ByMatrix, Source: row.source}, true
		}
	}
	return estimate(a, b)
}

// estimate is what the formulas say.
func estimate(a, b *Spot) (Trip, bool) {
	km, ok := a.Km(b)
	switch {
	case !ok || a.land != b.land:
		return Trip{}, false
	case a.drivable && b.drivable:
		return Trip{Minutes: geo.DriveMinutesOver(km, a.place, b.place), KM: km, How: ByTerrain}, true
	}
	return Trip{Minutes: float64(geo.TravelMinutes(km)), KM: km, How: ByDistance}, true
}

// drivable reports whether enough is known of m for the better formula.
func (m *Municipality) drivable() bool { return m.Zone != ZoneUnknown && m.HasAltitude }

// Pair is a trip to ask for.
type Pair struct{ From, To End }

// TravelMinutes returns the trips of pairs, in their order; the How of one that nobody can tell is
// empty.
func (s *Service) TravelMinutes(ctx context.Context, pairs []Pair) ([]Trip, error) {
	roads, err := s.Roads(ctx)
	if err != nil {
		return nil, err
	}
	trips := make([]Trip, len(pairs))
	for i, p := range pairs {
		trips[i], _ = roads.Trip(p.From, p.To)
	}
	return trips, nil
}
