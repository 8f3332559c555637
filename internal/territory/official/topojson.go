package official

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"capillare/internal/geo"
)

// errShape stands for any fault of one shape; the person reads which shape it is.
var errShape = errors.New("official: broken shape")

// transform turns the whole numbers of quantised arcs into degrees.
type transform struct {
	Scale     [2]float64 `json:"scale"`
	Translate [2]float64 `json:"translate"`
}

// topology is what the shapes of one TopoJSON share.
type topology struct {
	arcs      [][][]float64
	transform *transform
	// left bounds the points of all shapes together: a few arcs named often make any number.
	left *int
}

// polygons puts together the arcs of one shape.
func (t topology) polygons(g geometry) ([]Polygon, error) {
	var raw [][][]int
	switch g.Type {
	case "Polygon":
		var one [][]int
		if err := json.Unmarshal(g.Arcs, &one); err != nil {
			return nil, fmt.Errorf("official: arcs of a polygon: %w", err)
		}
		raw = append(raw, one)
	case "MultiPolygon":
		if err := json.Unmarshal(g.Arcs, &raw); err != nil {
			return nil, fmt.Errorf("official: arcs of polygons: %w", err)
		}
	}
	return polygonsOf(raw, t.ring)
}

// ring joins arcs. A negative number is an arc walked backwards: ^i is its place. The first point of
// an arc is the last of the one before.
func (t topology) ring(arcs []int) (Ring, error) {
	for _, i := range arcs {
		i = max(i, ^i)
		if i >= len(t.arcs) {
			return nil, errShape
		}
		if *t.left -= len(t.arcs[i]); *t.left < 0 {
			return nil, errShape
		}
	}
	var ring Ring
	for _, i := range arcs {
		line, err := t.line(max(i, ^i))
		if err != nil {
			return nil, err
		}
		if i < 0 {
			slices.Reverse(line)
		}
		if len(ring) > 0 && len(line) > 0 {
			line = line[1:]
		}
		ring = append(ring, line...)
	}
	return ring, nil
}

// line decodes an arc: each point of a quantised one is a step from the point before.
func (t topology) line(i int) (Ring, error) {
	line := make(Ring, 0, len(t.arcs[i]))
	var x, y float64
	for _, c := range t.arcs[i] {
		if len(c) < 2 {
			return nil, errShape
		}
		if t.transform == nil {
			line = append(line, geo.Point{Lat: c[1], Lon: c[0]})
			continue
		}
		x, y = x+c[0], y+c[1]
		line = append(line, geo.Point{
			Lat: y*t.transform.Scale[1] + t.transform.Translate[1],
			Lon: x*t.transform.Scale[0] + t.transform.Translate[0],
		})
	}
	return line, nil
}
