package geo

import "math"

// Terrain is how the land lies around a town.
type Terrain int

// The terrains.
const (
	Plain Terrain = iota
	Hill
	Mountain
)

// Town is a place as far as driving to it is concerned.
type Town struct {
	Point
	Terrain Terrain
	// Altitude is in metres above the sea.
	Altitude float64
}

// The coefficients were fitted to the classes of Italy's inner areas, which ISTAT assigns by the
// driving time from 7,611 municipalities to their pole (C below 27'42", D below 40'54", E below
// 66'54"), by interval regression with a log-normal error; the class comes out right for 77.0 % and
// right or next to it for 99.6 %. Below some five kilometres the start, which is the time to reach the
// car and to park, is most of the answer.
const (
	driveStart        = 4.74
	driveFlat         = 1.95
	driveHill         = 0.32
	driveMountain     = 0.53
	drivePower        = 0.78
	drivePer100Metres = 1.38
)

// DriveMinutes estimates how long the drive between two towns takes, from the distance, the terrain of
// both ends, so that there and back are equal, and the difference in altitude. It knows no sea.
func DriveMinutes(a, b Town) float64 { return DriveMinutesOver(Distance(a.Point, b.Point), a, b) }

// DriveMinutesOver is DriveMinutes for who has the kilometres between the two already.
func DriveMinutesOver(km float64, a, b Town) float64 {
	pace := driveFlat + (a.Terrain.slows()+b.Terrain.slows())/2
	return driveStart + pace*math.Pow(km, drivePower) + drivePer100Metres*math.Abs(a.Altitude-b.Altitude)/100
}

func (t Terrain) slows() float64 {
	switch t {
	case Hill:
		return driveHill
	case Mountain:
		return driveMountain
	}
	return 0
}
