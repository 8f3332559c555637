package ui

import (
	"strconv"
	"strings"

	"capillare/internal/geo"
	"capillare/internal/territory"
)

// AreaMap is a map of municipalities by class, drawn by the server as one picture: the lists on its
// page say the same, and lead on.
type AreaMap struct {
	// Title and Summary are for those who do not see it.
	Title, Summary string
	Areas          []Area
	// Classes are drawn plain the first, with a pattern each the others; the legend names those that are on
	// the map.
	Classes []AreaClass
	// Names help to find one's way.
	Names []Town
	// Points are drawn as small dots; PointLabel is their word in the legend.
	Points      []geo.Point
	PointLabel  string
	Attribution string
}

// AreaClass is one class of areas.
type AreaClass struct {
	// Sign is a digit or letter that stands in the areas; Label says what it means.
	Sign, Label string
}

// Area is one municipality.
type Area struct {
	// Class is its place in Classes.
	Class int
	// At is its town, the zero point when not known.
	At geo.Point
	// Shape is nil where boundaries are not imported: then the town is drawn.
	Shape territory.Boundary
}

const (
	areaWidth  = 800.0
	areaHeight = 900.0
	areaMargin = 24.0
	// areaPatterns is how many patterns the templates know.
	areaPatterns = 6
)

// areaView is an AreaMap in the units of the drawing.
type areaView struct {
	AreaMap
	geo.Projection
	// paths are the outlines of each class; dots the towns without one.
	paths []string
	dots  []areaSign
	// used says which classes are on the map.
	used []bool
	// signs stand where there is room; names and points are those that can be drawn.
	signs, names []areaSign
	points       []place
}

// areaSign is a text on the map.
type areaSign struct {
	place
	class int
	text  string
}

func drawAreas(m AreaMap) areaView {
	var all []geo.Point
	for _, a := range m.Areas {
		all = append(all, a.At)
		for _, polygon := range a.Shape {
			all = append(all, polygon[0]...)
		}
	}
	v := areaView{AreaMap: m, Projection: geo.NewProjection(all, areaWidth, areaHeight, areaMargin),
		paths: make([]string, len(m.Classes)), used: make([]bool, len(m.Classes))}
	v.drawNames()
	shapes := make([]strings.Builder, len(m.Classes))
	for _, a := range m.Areas {
		v.used[a.Class] = v.used[a.Class] || a.Shape != nil || a.At.Valid()
		for _, polygon := range a.Shape {
			for _, ring := range polygon {
				v.outline(&shapes[a.Class], ring)
			}
		}
		v.drawSign(a)
	}
	for i := range shapes {
		v.paths[i] = shapes[i].String()
	}
	for _, p := range m.Points {
		if p.Valid() {
			v.points = append(v.points, v.place(p))
		}
	}
	return v
}

func (v *areaView) place(p geo.Point) place {
	x, y := v.XY(p)
	return place{x, y}
}

func (v *areaView) drawNames() {
	for _, t := range v.Names {
		if p := (geo.Point{Lat: t.Lat, Lon: t.Lon}); p.Valid() {
			v.names = append(v.names, areaSign{place: v.place(p), text: t.Name})
		}
	}
}

// drawSign writes the sign of an area under its town, unless it would run into another: the pattern
// tells as well. A town without outline is its sign in a circle, and is never left out.
func (v *areaView) drawSign(a Area) {
	if !a.At.Valid() {
		return
	}
	sign := areaSign{place: v.place(a.At), class: a.Class, text: v.Classes[a.Class].Sign}
	if a.Shape == nil {
		v.dots = append(v.dots, sign)
		return
	}
	for _, other := range v.signs {
		if abs(other.x-sign.x) < 12 && abs(other.y-sign.y) < 12 {
			return
		}
	}
	for _, other := range v.names {
		if abs(other.x-sign.x) < 50 && abs(other.y-sign.y) < 16 {
			return
		}
	}
	v.signs = append(v.signs, sign)
}

func abs(f float64) float64 { return max(f, -f) }

// outline adds a closed line to a path: steps in tenths of a unit, those of no length left out.
func (v *areaView) outline(path *strings.Builder, ring territory.Ring) {
	var lastX, lastY int
	for i, p := range ring {
		x, y := v.XY(p)
		tenX, tenY := int(x*10+0.5), int(y*10+0.5)
		switch {
		case i == 0:
			path.WriteByte('M')
		case tenX == lastX && tenY == lastY:
			continue
		default:
			path.WriteByte('l')
		}
		path.WriteString(tenth(tenX - lastX))
		path.WriteByte(' ')
		path.WriteString(tenth(tenY - lastY))
		lastX, lastY = tenX, tenY
	}
	path.WriteByte('z')
}

// tenth writes n tenths: 12 is "1.2", 10 is "1".
func tenth(n int) string { return strconv.FormatFloat(float64(n)/10, 'f', -1, 64) }

func (v areaView) viewBox() string { return "0 0 " + px(v.Width) + " " + px(v.Height) }

// areaFill names the pattern of a class. More classes than patterns share the last one.
func areaFill(class int) string {
	return "url(#area-" + strconv.Itoa(min(class, areaPatterns-1)+1) + ")"
}

// areaLines are the lines of the patterns, on a square of eight units; the first has none.
func areaLines() []string {
	return []string{"", "M4 3v2", "M0 4h8", "M-1 1l2-2M0 8l8-8M7 9l2-2", "M-1 1l2-2M0 8l8-8M7 9l2-2M-1 7l2 2M0 0l8 8M7-1l2 2", "M1 4h2"}
}
