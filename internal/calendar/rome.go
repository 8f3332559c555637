package calendar

import (
	"time"
	_ "time/tzdata" // the zone must load on a machine without zone files
)

// Rome is the one time zone of the program.
var Rome = mustLoad("Europe/Rome")

func mustLoad(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic("calendar: the embedded zone " + name + " is missing: " + err.Error())
	}
	return zone
}

// instants returns the instants at which clocks in Rome show wall (given as if it were UTC),
// earliest first: none in the hour skipped in spring, two in the hour repeated in autumn.
func instants(wall time.Time) []time.Time {
	before, after := offset(wall.Add(-26*time.Hour)), offset(wall.Add(26*time.Hour))
	var found []time.Time
	// The larger offset gives the earlier instant.
	for _, o := range []time.Duration{max(before, after), min(before, after)} {
		t := wall.Add(-o)
		if offset(t) == o && (len(found) == 0 || !found[0].Equal(t)) {
			found = append(found, t.In(Rome))
		}
	}
	return found
}

func offset(t time.Time) time.Duration {
	_, seconds := t.In(Rome).Zone()
	return time.Duration(seconds) * time.Second
}
