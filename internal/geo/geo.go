// Package geo holds places on the map (it: le coordinate): points, distances, boxes and the drawing
// of a small dot map.
//
// Its rules: latitude and longitude are degrees of WGS84; distances are great circles in kilometres;
// travel times are rough ("circa") and grow with distance only.
//
// It knows no roads and no addresses: times by road come from imported tables, elsewhere.
package geo

import "math"

const (
	earthRadius = 6371.0088 // km, mean radius
	// A line fitted to known trips by car between small towns: minutes = 9.2 + 1.08 km.
	travelStart = 9.2
	travelPerKm = 1.08
)

// Point is a place; latitude grows northwards and longitude eastwards.
type Point struct{ Lat, Lon float64 }

// IsZero reports whether p is "no place": nothing of ours is in the Gulf of Guinea.
func (p Point) IsZero() bool { return p == Point{} }

// Valid reports whether p is on the globe and is not the zero point.
func (p Point) Valid() bool {
	// Written so that NaN is refused too.
	return p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180 && !p.IsZero()
}

// Distance returns the kilometres between a and b as the crow flies.
func Distance(a, b Point) float64 {
	lat1, lat2 := radians(a.Lat), radians(b.Lat)
	sinLat := math.Sin((lat2 - lat1) / 2)
	sinLon := math.Sin(radians(b.Lon-a.Lon) / 2)
	h := sinLat*sinLat + math.Cos(lat1)*math.Cos(lat2)*sinLon*sinLon
	return 2 * earthRadius * math.Asin(math.Sqrt(min(1, h)))
}

// Direction is where a point lies seen from the centre of the earth. Between two of them the distance
// costs a tenth of what it costs between points: for who measures thousands.
type Direction [3]float64

// Direction returns the direction of p.
func (p Point) Direction() Direction {
	lat, lon := radians(p.Lat), radians(p.Lon)
	return Direction{math.Cos(lat) * math.Cos(lon), math.Cos(lat) * math.Sin(lon), math.Sin(lat)}
}

// Km returns the kilometres between two directions on the ground, as Distance does between their points.
func (d Direction) Km(e Direction) float64 {
	x, y, z := d[0]-e[0], d[1]-e[1], d[2]-e[2]
	return 2 * earthRadius * math.Asin(min(1, math.Sqrt(x*x+y*y+z*z)/2))
}

// TravelMinutes returns about how long km as the crow flies take by car, to the nearest minute.
func TravelMinutes(km float64) int {
	return int(math.Round(travelStart + travelPerKm*max(0, km)))
}

// Box is the smallest rectangle of latitude and longitude around some points. It does not reach
// across the 180th meridian.
type Box struct{ MinLat, MinLon, MaxLat, MaxLon float64 }

// Bounds returns the box around the valid points; false when there is none.
func Bounds(points []Point) (Box, bool) {
	var box Box
	found := false
	for _, p := range points {
		switch {
		case !p.Valid():
		case !found:
			box, found = Box{MinLat: p.Lat, MinLon: p.Lon, MaxLat: p.Lat, MaxLon: p.Lon}, true
		default:
			box.MinLat, box.MaxLat = min(box.MinLat, p.Lat), max(box.MaxLat, p.Lat)
			box.MinLon, box.MaxLon = min(box.MinLon, p.Lon), max(box.MaxLon, p.Lon)
		}
	}
	return box, found
}

// Around returns a box that holds every point within km of centre, to narrow a search before
// distances are measured.
func Around(centre Point, km float64) Box {
	// A little wider, so that rounding loses nobody.
	angle := max(0, km)/earthRadius*(1+1e-9) + 1e-12
	lat := degrees(angle)
	box := Box{
		MinLat: max(-90, centre.Lat-lat), MaxLat: min(90, centre.Lat+lat),
		MinLon: -180, MaxLon: 180,
	}
	// Meridians meet at the poles: near them every longitude may be close.
	if ratio := math.Sin(min(angle, math.Pi/2)) / math.Cos(radians(centre.Lat)); ratio < 1 && box.MinLat > -90 && box.MaxLat < 90 {
		lon := degrees(math.Asin(ratio))
		if centre.Lon-lon >= -180 && centre.Lon+lon <= 180 {
			box.MinLon, box.MaxLon = centre.Lon-lon, centre.Lon+lon
		}
	}
	return box
}

// Contains reports whether p is in the box, edges included.
func (b Box) Contains(p Point) bool {
	return p.Lat >= b.MinLat && p.Lat <= b.MaxLat && p.Lon >= b.MinLon && p.Lon <= b.MaxLon
}

// Centre returns the middle of the box.
func (b Box) Centre() Point {
	return Point{Lat: (b.MinLat + b.MaxLat) / 2, Lon: (b.MinLon + b.MaxLon) / 2}
}

func radians(deg float64) float64 { return deg * math.Pi / 180 }
func degrees(rad float64) float64 { return rad * 180 / math.Pi }
