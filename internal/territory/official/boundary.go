package official

import "capillare/internal/geo"

// Ring is a closed line: its first point is also its last.
type Ring []geo.Point

// Polygon is an outer ring and the rings of its holes.
type Polygon []Ring

// Boundary is the shape of one municipality, known by ISTAT, Belfiore or both.
type Boundary struct {
	// Row is the number of the shape in the file, from 1.
	Row                   int
	ISTAT, Belfiore, Name string
	Polygons              []Polygon
}
