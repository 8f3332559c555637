package official

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/geo"
	"capillare/internal/tabular"
)

const (
	// shapeLimit bounds the shapes of a map, and pointLimit the points that arcs may make.
	shapeLimit = 20_000
	pointLimit = 10_000_000
	// shortestRing is a triangle that comes back to its first point.
	shortestRing = 4
)

// document is TopoJSON or GeoJSON, as far as municipalities need.
type document struct {
	Type      string              `json:"type"`
	Features  []feature           `json:"features"`
	Objects   map[string]geometry `json:"objects"`
	Arcs      [][][]float64       `json:"arcs"`
	Transform *transform          `json:"transform"`
}

type feature struct {
	ID         any            `json:"id"`
	Properties map[string]any `json:"properties"`
	Geometry   geometry       `json:"geometry"`
}

type geometry struct {
	Type        string          `json:"type"`
	ID          any             `json:"id"`
	Properties  map[string]any  `json:"properties"`
	Coordinates json.RawMessage `json:"coordinates"`
	Arcs        json.RawMessage `json:"arcs"`
	Geometries  []geometry      `json:"geometries"`
}

// shape is one feature of either form, whose rings are not made yet.
type shape struct {
	properties map[string]any
	polygons   func() ([]Polygon, error)
}

// readMap reads the shapes that have a code of a municipality.
func readMap(name string, data []byte, o Options) (File, error) {
	if o.Kind != "" && o.Kind != Boundaries {
		return File{}, ErrJSON
	}
	f := File{Name: name, Kind: Boundaries}
	f.Reference = f.dayOfName()
	if f.Reference.IsZero() {
		f.Reference = o.Reference
	}
	var doc document
	if err := json.Unmarshal([]byte(strings.TrimPrefix(string(data), "\uFEFF")), &doc); err != nil {
		return File{}, ErrJSON
	}
	shapes, err := doc.shapes()
	if err != nil {
		return File{}, err
	}
	if len(shapes) > shapeLimit {
		return File{}, tabular.ErrTooManyRows.With(errs.Args{"limit": shapeLimit})
	}
	m := mapReader{file: &f, first: map[string]int{}}
	for i, s := range shapes {
		m.take(i+1, s)
	}
	return f.checked(o)
}

// shapes returns the features of GeoJSON, or those of the one layer of TopoJSON that has most
// municipalities: provinces and regions come as other layers.
func (d *document) shapes() ([]shape, error) {
	var all []shape
	switch d.Type {
	case "FeatureCollection":
		for _, f := range d.Features {
			f.Geometry.Properties = f.Properties
			all = append(all, shape{f.Properties, func() ([]Polygon, error) { return geoPolygons(f.Geometry) }})
		}
	case "Topology":
		left := pointLimit
		t := topology{arcs: d.Arcs, transform: d.Transform, left: &left}
		most := -1
		for _, name := range slices.Sorted(maps.Keys(d.Objects)) {
			var layer []shape
			known := 0
			for _, g := range d.Objects[name].Geometries {
				layer = append(layer, shape{g.Properties, func() ([]Polygon, error) { return t.polygons(g) }})
				if istat, belfiore := codesOf(g.Properties); istat != "" || belfiore != "" {
					known++
				}
			}
			if known > most {
				all, most = layer, known
			}
		}
	default:
		return nil, ErrJSON
	}
	if len(all) > 0 && !slices.ContainsFunc(all, func(s shape) bool {
		istat, belfiore := codesOf(s.properties)
		return istat != "" || belfiore != ""
	}) {
		return nil, ErrNoCodes.With(errs.Args{"seen": seen(slices.Sorted(maps.Keys(all[0].properties)))})
	}
	return all, nil
}

// The names of properties that hold codes and names, as tabular.Canonical writes them: of openpolis,
// of ISTAT's own shapes, and of our files.
var (
	istatKeys    = [...]string{"istat", "comistatcode", "comistat", "procomt", "procom", "codiceistat", "codistat"}
	belfioreKeys = [...]string{"belfiore", "comcatastocode", "catasto", "codcatasto", "codicecatastale"}
	nameKeys     = [...]string{"name", "comune", "dencom", "denominazione", "nome"}
)

// codesOf returns the codes of a shape, "" for what it lacks or does not write well.
func codesOf(properties map[string]any) (istat, belfiore string) {
	istat, _ = istatCode(property(properties, istatKeys[:]))
	if code, err := codes.CheckBelfiore(property(properties, belfioreKeys[:])); err == nil {
		belfiore = code
	}
	return istat, belfiore
}

func property(properties map[string]any, keys []string) string {
	for _, key := range keys {
		for name, value := range properties {
			if tabular.Canonical(name) != key {
				continue
			}
			switch v := value.(type) {
			case string:
				return strings.TrimSpace(v)
			case float64:
				return strconv.FormatFloat(v, 'f', -1, 64)
			}
		}
	}
	return ""
}

// mapReader takes shapes one by one.
type mapReader struct {
	file  *File
	first map[string]int
}

func (m *mapReader) take(number int, s shape) {
	b := Boundary{Row: number, Name: property(s.properties, nameKeys[:])}
	b.ISTAT, b.Belfiore = codesOf(s.properties)
	if b.ISTAT == "" && b.Belfiore == "" {
		m.refuse(number, b.Name, "official.shape_code", nil)
		return
	}
	key := b.ISTAT + b.Belfiore
	if first, twice := m.first[key]; twice {
		m.refuse(number, key, "official.twice", errs.Args{"first": first})
		return
	}
	polygons, err := s.polygons()
	if err != nil {
		m.refuse(number, key, "official.shape", nil)
		return
	}
	if where := place(polygons); where != "" {
		m.refuse(number, key, where, nil)
		return
	}
	m.first[key] = number
	b.Polygons = polygons
	m.file.Boundaries = append(m.file.Boundaries, b)
	m.file.Rows++
}

func (m *mapReader) refuse(number int, value, key string, args errs.Args) {
	m.file.Wrong++
	m.file.note(Problem{Row: number, Value: short(value, 40), Key: key, Args: args})
}

// Italy with the sea around it, in degrees.
const (
	south, north = 35.0, 47.6
	west, east   = 6.0, 19.0
)

// place returns what is wrong with where the shape lies: maps in metres are common.
func place(polygons []Polygon) string {
	for _, polygon := range polygons {
		for _, ring := range polygon {
			for _, p := range ring {
				switch {
				case math.Abs(p.Lat) > 90 || math.Abs(p.Lon) > 180:
					return "official.metres"
				case p.Lat < south || p.Lat > north || p.Lon < west || p.Lon > east:
					return "official.outside"
				}
			}
		}
	}
	return ""
}

// geoPolygons reads the coordinates of GeoJSON.
func geoPolygons(g geometry) ([]Polygon, error) {
	var raw [][][][]float64
	switch g.Type {
	case "Polygon":
		var one [][][]float64
		if err := json.Unmarshal(g.Coordinates, &one); err != nil {
			return nil, fmt.Errorf("official: polygon: %w", err)
		}
		raw = append(raw, one)
	case "MultiPolygon":
		if err := json.Unmarshal(g.Coordinates, &raw); err != nil {
			return nil, fmt.Errorf("official: polygons: %w", err)
		}
	}
	return polygonsOf(raw, func(ring [][]float64) (Ring, error) {
		points := make(Ring, 0, len(ring))
		for _, c := range ring {
			if len(c) < 2 {
				return nil, errShape
			}
			points = append(points, geo.Point{Lat: c[1], Lon: c[0]})
		}
		return points, nil
	})
}

// polygonsOf makes polygons of rings of either form.
func polygonsOf[R any](raw [][]R, ringOf func(R) (Ring, error)) ([]Polygon, error) {
	var polygons []Polygon
	for _, rings := range raw {
		var polygon Polygon
		for _, r := range rings {
			ring, err := ringOf(r)
			if err != nil {
				return nil, err
			}
			if len(ring) < shortestRing || ring[0] != ring[len(ring)-1] {
				return nil, errShape
			}
			polygon = append(polygon, ring)
		}
		if len(polygon) == 0 {
			return nil, errShape
		}
		polygons = append(polygons, polygon)
	}
	if len(polygons) == 0 {
		return nil, errShape
	}
	return polygons, nil
}
