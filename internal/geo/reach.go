package geo

import "math"

// Reach returns kilometres beyond which neither DriveMinutes nor TravelMinutes says as little as some
// minutes, whatever the terrain: to narrow a search before drives are estimated.
func Reach(minutes float64) float64 {
	if math.IsInf(minutes, 1) {
		return math.Inf(1)
	}
	flat := math.Pow(max(0, minutes-driveStart)/driveFlat, 1/drivePower)
	// TravelMinutes rounds: half a minute more would still be said as these.
	straight := (minutes + 0.5 - travelStart) / travelPerKm
	// A little more, so that rounding loses nobody.
	return max(flat, straight, 0)*(1+1e-9) + 1e-6
}
