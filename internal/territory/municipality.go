package territory

import (
	"capillare/internal/calendar"
	"capillare/internal/geo"
)

// Zone is ISTAT's altimetric zone of a municipality; "territory.zone." + the number is its word.
type Zone int

// The altimetric zones.
const (
	ZoneUnknown Zone = iota
	InnerMountain
	CoastalMountain
	InnerHill
	CoastalHill
	Plain
)

// Terrain says how roads run there, for estimates of travel.
func (z Zone) Terrain() geo.Terrain {
	switch z {
	case InnerMountain, CoastalMountain:
		return geo.Mountain
	case InnerHill, CoastalHill:
		return geo.Hill
	}
	return geo.Plain
}

// Ages are the residents by age; all zero where nobody has told.
type Ages struct{ To14, To64, From65 int }

// Total returns the residents of every age.
func (a Ages) Total() int { return a.To14 + a.To64 + a.From65 }

// Origins name who says what of a municipality. A nil one means the data that come with the program,
// or nothing. What they point to is shared: do not change it.
type Origins struct {
	// List is of names, codes and province.
	List                             *Source
	Population, Ages, Classes, Inner *Source
}

// Municipality is a comune, in force or ceased.
type Municipality struct {
	// Belfiore is the key: "A192".
	Belfiore string
	// ISTAT is the code in force, or the last one.
	ISTAT string
	Name  string
	// NameOther is the name in the second official language, empty in most places.
	NameOther string
	// Formerly is the old name under which Find found it: Rio was Rio Marina. Only Find fills it.
	Formerly     string
	ProvinceCode string
	ProvinceAbbr string
	ProvinceName string
	RegionCode   string
	Population   int
	// Ages sum to Population when both are of the same day.
	Ages Ages
	// Lat and Lon mean something only when HasPlace.
	Lat, Lon float64
	HasPlace bool
	CAPs     []string
	// Capital is true for the chief towns of a province, RegionCapital for those of a region.
	Capital, RegionCapital bool
	// TaxCode is that of the body, NUTS3 the European code of the province.
	TaxCode, NUTS3 string
	// AreaKM2 is zero when not known; Altitude, of the town hall, means something only when HasAltitude.
	AreaKM2     float64
	Altitude    int
	HasAltitude bool
	Zone        Zone
	// Coastal is on the sea; Island is on a small island, which Sicily and Sardinia are not.
	Coastal, Island bool
	// Degurba is 1 city, 2 town or suburb, 3 rural, 0 unknown; "territory.degurba." + it is the word.
	Degurba int
	// InnerClass is A pole, B pole of several, C belt, D between, E outlying, F far outlying, empty when
	// unknown; "territory.inner." + it is the word. InnerPole is the Belfiore code of the pole.
	InnerClass, InnerPole string
	// PatronDay is the day of the patron, "MM-DD"; empty when nobody has said.
	PatronDay string
	// CeasedOn is the first day on which it was no more, zero while in force. Successors took its place,
	// the one with most of it first.
	CeasedOn   calendar.Day
	Successors []string
	From       Origins
}

// Place returns the coordinates of the town, false when they are not known.
func (m Municipality) Place() (geo.Point, bool) {
	return geo.Point{Lat: m.Lat, Lon: m.Lon}, m.HasPlace
}

// InForce reports whether m still is a municipality.
func (m Municipality) InForce() bool { return m.CeasedOn.IsZero() }

// Province is a province or a unit that stands for one.
type Province struct {
	Code, Abbr, Name, RegionCode string
	// Kind is ISTAT's kind of unit, empty when unknown; "territory.province_kind." + it is the word: 1
	// province, 2 autonomous province, 3 metropolitan city, 4 free consortium, 5 former province.
	Kind string
	// UTS is the statistical code, which differs from Code for metropolitan cities.
	UTS string
}

// Region is one of the twenty regions.
type Region struct{ Code, Name string }
