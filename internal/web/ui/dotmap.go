package ui

import (
	"math"
	"strconv"

	"github.com/a-h/templ"
)

// Map is a map of dots, drawn by the server: the same points as the list beside it.
type Map struct {
	// Title says what is drawn, for those who do not see it.
	Title string
	// ID tells two maps of a page apart; empty means "map".
	ID    string
	Dots  []Dot
	Towns []Town
	// Here is where the person looks from; nil for nowhere.
	Here *Town
	// Attribution is what the licence of the data asks for.
	Attribution string
}

// Dot is one point of a map.
type Dot struct {
	// Number is that of the same point in the list; 0 draws a small dot without a number.
	Number      int
	Label, Href string
	Lat, Lon    float64
	// Itinerant points are diamonds, fixed ones are circles.
	Itinerant bool
}

// Town is a name that helps to find one's way.
type Town struct {
	Name     string
	Lat, Lon float64
}

const (
	mapWidth  = 480.0
	mapHeight = 460.0
	mapMargin = 36.0
	kmPerLat  = 111.2
)

// mapView is a Map with its points in the units of the drawing.
type mapView struct {
	Map
	width, height float64
	scale         float64 // units for a kilometre
	project       func(lat, lon float64) (x, y float64)
	places        []place
	bar           int // kilometres of the scale bar
}

type place struct{ x, y float64 }

// drawMap fits everything into the width, with places on top of one another set apart.
func drawMap(m Map) mapView {
	south, west, north, east := bounds(m)
	shrink := math.Cos((south + north) / 2 * math.Pi / 180)
	wide, high := math.Max((east-west)*shrink*kmPerLat, 8), math.Max((north-south)*kmPerLat, 8)
	scale := math.Min((mapWidth-2*mapMargin)/wide, (mapHeight-2*mapMargin)/high)
	v := mapView{Map: m, width: mapWidth, height: high*scale + 2*mapMargin, scale: scale, bar: scaleBar(scale)}
	midLat, midLon := (south+north)/2, (west+east)/2
	v.project = func(lat, lon float64) (float64, float64) {
		x := v.width/2 + (lon-midLon)*shrink*kmPerLat*scale
		y := v.height/2 - (lat-midLat)*kmPerLat*scale
		return x, y
	}
	for _, d := range m.Dots {
		x, y := v.project(d.Lat, d.Lon)
		v.places = append(v.places, v.apart(place{x, y}))
	}
	return v
}

// apart moves p a little, on a spiral, until it hides no dot drawn before.
func (v mapView) apart(p place) place {
	moved := p
	for step := 1; step < 60 && v.taken(moved); step++ {
		angle, far := float64(step)*2.4, 6*math.Sqrt(float64(step))
		moved = place{p.x + far*math.Cos(angle), p.y + far*math.Sin(angle)}
	}
	return moved
}

func (v mapView) taken(p place) bool {
	for _, o := range v.places {
		if math.Hypot(o.x-p.x, o.y-p.y) < 20 {
			return true
		}
	}
	return false
}

func bounds(m Map) (south, west, north, east float64) {
	south, west, north, east = 90, 180, -90, -180
	grow := func(lat, lon float64) {
		south, north = math.Min(south, lat), math.Max(north, lat)
		west, east = math.Min(west, lon), math.Max(east, lon)
	}
	for _, d := range m.Dots {
		grow(d.Lat, d.Lon)
	}
	if m.Here != nil {
		grow(m.Here.Lat, m.Here.Lon)
	}
	if len(m.Dots) == 0 {
		for _, t := range m.Towns {
			grow(t.Lat, t.Lon)
		}
	}
	return south, west, north, east
}

// townsInside are the towns that fall on the drawing and not under a dot.
func (v mapView) townsInside() []Town {
	var out []Town
	drawn := append([]place(nil), v.places...)
	if v.Here != nil {
		x, y := v.project(v.Here.Lat, v.Here.Lon)
		drawn = append(drawn, place{x, y})
	}
	for _, t := range v.Towns {
		x, y := v.project(t.Lat, t.Lon)
		if x < 20 || y < 12 || x > v.width-20 || y > v.height-20 || near(drawn, x, y) {
			continue
		}
		drawn = append(drawn, place{x, y})
		out = append(out, t)
	}
	return out
}

// near reports whether a name at x, y would run into one already written.
func near(drawn []place, x, y float64) bool {
	for _, o := range drawn {
		if math.Abs(o.x-x) < 60 && math.Abs(o.y-y) < 22 {
			return true
		}
	}
	return false
}

// scaleBar returns the round number of kilometres that is about a fifth of the width.
func scaleBar(scale float64) int {
	best := 1
	for _, km := range []int{1, 2, 5, 10, 20, 50, 100, 200} {
		if float64(km)*scale <= mapWidth/4 {
			best = km
		}
	}
	return best
}

func (v mapView) barPath() string {
	x, y := v.width-16-float64(v.bar)*v.scale, v.height-14
	return "M" + px(x) + " " + px(y-5) + "v5h" + px(float64(v.bar)*v.scale) + "v-5"
}

func (v mapView) viewBox() string { return "0 0 " + px(v.width) + " " + px(v.height) }

func (v mapView) id() string {
	if v.ID == "" {
		return "map"
	}
	return v.ID
}

func (v mapView) move(lat, lon float64) templ.Attributes {
	x, y := v.project(lat, lon)
	return templ.Attributes{"transform": "translate(" + px(x) + " " + px(y) + ")"}
}

func (v mapView) moveDot(i int) templ.Attributes {
	p := v.places[i]
	return templ.Attributes{"transform": "translate(" + px(p.x) + " " + px(p.y) + ")"}
}

// kinds reports which of the two shapes are on the map: the legend names only those.
func (v mapView) kinds() (fixed, itinerant bool) {
	for _, d := range v.Dots {
		fixed, itinerant = fixed || !d.Itinerant, itinerant || d.Itinerant
	}
	return fixed, itinerant
}

func (v mapView) has(itinerant bool) bool {
	f, i := v.kinds()
	if itinerant {
		return i
	}
	return f
}

func px(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }
