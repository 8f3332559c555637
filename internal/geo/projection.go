package geo

import "math"

// Projection places points on a small drawing, north up, with the same scale both ways
// (equirectangular, true at the middle latitude).
type Projection struct {
	// Width and Height are the size of the drawing; Height is what the points need, not more than asked.
	Width, Height float64

	centre Point
	// perLon and perLat are drawing units for one degree.
	perLon, perLat float64
}

// NewProjection returns the projection that fits the valid points, with margin on every side, into
// width and at most height; height 0 sets no limit. One point alone stands in the middle.
func NewProjection(points []Point, width, height, margin float64) Projection {
	box, found := Bounds(points)
	p := Projection{Width: width, Height: height, centre: box.Centre()}
	if p.Height <= 0 {
		p.Height = width
	}
	// One degree of longitude is this much of one of latitude.
	shrink := math.Cos(radians(p.centre.Lat))
	spanX, spanY := (box.MaxLon-box.MinLon)*shrink, box.MaxLat-box.MinLat
	roomX, roomY := max(0, width-2*margin), max(0, height-2*margin)
	if !found || spanX <= 0 && spanY <= 0 {
		return p
	}
	scale := math.Inf(1)
	if spanX > 0 {
		scale = roomX / spanX
	}
	if spanY > 0 && height > 0 {
		scale = min(scale, roomY/spanY)
	}
	if math.IsInf(scale, 1) {
		// Points one above the other and no height asked: a square.
		scale = roomX / spanY
	}
	p.perLat, p.perLon = scale, scale*shrink
	p.Height = spanY*scale + 2*margin
	if height > 0 {
		p.Height = min(p.Height, height)
	}
	return p
}

// XY returns where p stands on the drawing: x to the right and y downwards from the top left corner.
func (p Projection) XY(at Point) (x, y float64) {
	return p.Width/2 + (at.Lon-p.centre.Lon)*p.perLon, p.Height/2 - (at.Lat-p.centre.Lat)*p.perLat
}
