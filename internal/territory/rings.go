package territory

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"capillare/internal/geo"
	"capillare/internal/sqldb"
	"capillare/internal/territory/internal/db"
)

// Ring is a closed line: its first point is also its last.
type Ring []geo.Point

// Polygon is an outer ring and the rings of its holes.
type Polygon []Ring

// Boundary is the shape of a municipality: several polygons when it has islands.
type Boundary []Polygon

// Boundaries returns the shapes of the municipalities in force of a region by Belfiore code; those of
// all of Italy when region is empty. Nothing is there until boundaries are imported.
func (s *Service) Boundaries(ctx context.Context, region string) (map[string]Boundary, error) {
	towns, err := s.InRegion(ctx, region)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(towns))
	for i, m := range towns {
		ids[i] = m.Belfiore
	}
	found := map[string]Boundary{}
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).Boundaries(ctx, sqldb.List(ids))
		if err != nil {
			return err
		}
		for _, row := range rows {
			if found[row.Belfiore], err = parseRings(row.Rings); err != nil {
				return fmt.Errorf("%s: %w", row.Belfiore, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("territory: boundaries: %w", err)
	}
	return found, nil
}

// ringStep is the unit of kept boundaries: a ten-thousandth of a degree is eleven metres at most, less
// than the lines of the published maps are worth.
const ringStep = 1e4

// writeRings writes a boundary as text: polygons between semicolons, rings between bars, points as
// longitude and latitude, each the step from the point before. The last point of a ring, which is the
// first again, is left out, and so are points that fall on the one before.
func writeRings(b Boundary) string {
	var out strings.Builder
	for i, polygon := range b {
		if i > 0 {
			out.WriteByte(';')
		}
		for j, ring := range polygon {
			if j > 0 {
				out.WriteByte('|')
			}
			writeRing(&out, ring)
		}
	}
	return out.String()
}

func writeRing(out *strings.Builder, ring Ring) {
	lon, lat, first := 0, 0, true
	for i, p := range ring {
		if i > 0 && i == len(ring)-1 && p == ring[0] {
			return
		}
		x, y := int(math.Round(p.Lon*ringStep)), int(math.Round(p.Lat*ringStep))
		if !first && x == lon && y == lat {
			continue
		}
		if !first {
			out.WriteByte(' ')
		}
		out.WriteString(strconv.Itoa(x - lon))
		out.WriteByte(' ')
		out.WriteString(strconv.Itoa(y - lat))
		lon, lat, first = x, y, false
	}
}

// parseRings reads what writeRings wrote.
func parseRings(text string) (Boundary, error) {
	var b Boundary
	for polygonText := range strings.SplitSeq(text, ";") {
		var polygon Polygon
		for ringText := range strings.SplitSeq(polygonText, "|") {
			ring, err := parseRing(ringText)
			if err != nil {
				return nil, err
			}
			polygon = append(polygon, ring)
		}
		b = append(b, polygon)
	}
	return b, nil
}

func parseRing(text string) (Ring, error) {
	steps := strings.Fields(text)
	if len(steps)%2 != 0 || len(steps) == 0 {
		return nil, fmt.Errorf("a ring of %d numbers", len(steps))
	}
	ring := make(Ring, 0, len(steps)/2+1)
	lon, lat := 0, 0
	for i := 0; i < len(steps); i += 2 {
		x, err := strconv.Atoi(steps[i])
		if err != nil {
			return nil, err
		}
		y, err := strconv.Atoi(steps[i+1])
		if err != nil {
			return nil, err
		}
		lon, lat = lon+x, lat+y
		ring = append(ring, geo.Point{Lat: float64(lat) / ringStep, Lon: float64(lon) / ringStep})
	}
	return append(ring, ring[0]), nil
}
