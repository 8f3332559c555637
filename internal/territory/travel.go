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
	i, okA := r.index.byBelfiore[a.Belfiore]
	j, okB := r.index.byBelfiore[b.Belfiore]
	if !okA || !okB {
		return Trip{}, false
	}
	if i != j {
		if row, ok := r.matrix[[2]int32{int32(i), int32(j)}]; ok {
			return Trip{Minutes: float64(row.minutes), KM: float64(row.km), How: ByMatrix, Source: row.source}, true
		}
	}
	return estimate(&r.index.towns[i].Municipality, &r.index.towns[j].Municipality, a.At, b.At)
}

// Place returns where an end of a trip is; false where nobody knows.
func (r *Roads) Place(e End) (geo.Point, bool) {
	if !e.At.IsZero() {
		return e.At, e.At.Valid()
	}
	i, ok := r.index.byBelfiore[e.Belfiore]
	if !ok {
		return geo.Point{}, false
	}
	return r.index.towns[i].Place()
}

// estimate is what the formulas say.
func estimate(a, b *Municipality, atA, atB geo.Point) (Trip, bool) {
	if landOf(a) != landOf(b) {
		return Trip{}, false
	}
	from, okA := spot(a, atA)
	to, okB := spot(b, atB)
	if !okA || !okB {
		return Trip{}, false
	}
	km := geo.Distance(from.Point, to.Point)
	if a.drivable() && b.drivable() {
		return Trip{Minutes: geo.DriveMinutes(from, to), KM: km, How: ByTerrain}, true
	}
	return Trip{Minutes: float64(geo.TravelMinutes(km)), KM: km, How: ByDistance}, true
}

// drivable reports whether enough is known of m for the better formula.
func (m *Municipality) drivable() bool { return m.Zone != ZoneUnknown && m.HasAltitude }

func spot(m *Municipality, at geo.Point) (geo.Town, bool) {
	town := geo.Town{Point: at, Terrain: m.Zone.Terrain(), Altitude: float64(m.Altitude)}
	if at.IsZero() {
		town.Point = geo.Point{Lat: m.Lat, Lon: m.Lon}
		return town, m.HasPlace
	}
	return town, at.Valid()
}

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
