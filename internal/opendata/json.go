package opendata

import (
	"io"
	"math"
	"time"

	"capillare/internal/calendar"
)

// jsonVersion grows when a field changes its meaning or goes; new fields do not change it.
const jsonVersion = 1

// OpeningDays is how many days ahead openings are written out.
const OpeningDays = 60

// spot is what is said of an address in GeoJSON and JSON; docs/opendata.md explains each field.
type spot struct {
	Code          string   `json:"code"`
	Name          string   `json:"name"`
	Kind          string   `json:"kind"`
	Place         string   `json:"place,omitempty"`
	Street        string   `json:"street,omitempty"`
	PostalCode    string   `json:"postal_code,omitempty"`
	Municipality  string   `json:"municipality"`
	ISTAT         string   `json:"istat"`
	Belfiore      string   `json:"belfiore"`
	Province      string   `json:"province"`
	Body          string   `json:"managing_body"`
	Phone         string   `json:"phone,omitempty"`
	Email         string   `json:"email,omitempty"`
	OpeningHours  string   `json:"opening_hours"`
	Booking       string   `json:"booking"`
	Services      []string `json:"services"`
	Languages     []string `json:"languages"`
	Accessibility []string `json:"accessibility"`
	URL           string   `json:"url,omitempty"`
}

func (p place) spot(about About) spot {
	s := spot{
		Code: p.Code, Name: p.PublicName, Kind: p.Kind, Place: p.Place, Street: p.Street, PostalCode: p.CAP,
		Municipality: p.town.Name, ISTAT: p.town.ISTAT, Belfiore: p.town.Belfiore, Province: p.town.ProvinceAbbr, Body: p.body,
		Phone: p.Phone, Email: p.Email, OpeningHours: p.hours, Booking: p.Booking,
		Services: list(p.Services), Languages: list(p.Languages), Accessibility: list(p.Accessibility),
	}
	if about.Site != "" {
		s.URL = about.Site + "/punti/" + p.Code
	}
	return s
}

// file is the whole JSON file.
type file struct {
	Version int          `json:"version"`
	Day     calendar.Day `json:"day"`
	Network string       `json:"network"`
	Points  []openSpot   `json:"points"`
}

type openSpot struct {
	ID string `json:"id"`
	spot
	Latitude  *float64  `json:"latitude"`
	Longitude *float64  `json:"longitude"`
	Openings  []opening `json:"openings"`
}

// opening is one stretch, in the time of Rome with its offset.
type opening struct {
	From string `json:"from"`
	To   string `json:"to"`
}

func writeJSON(w io.Writer, places []place, about About) error {
	all := file{Version: jsonVersion, Day: about.Day, Network: about.Network, Points: make([]openSpot, len(places))}
	for i, one := range places {
		spot := openSpot{ID: one.id(), spot: one.spot(about), Openings: one.openings(about.Day)}
		if one.HasAt {
			lat, lon := rounded(one.At.Lat), rounded(one.At.Lon)
			spot.Latitude, spot.Longitude = &lat, &lon
		}
		all.Points[i] = spot
	}
	return encode(w, all)
}

// openings lists when an address is open on the next days.
func (p place) openings(from calendar.Day) []opening {
	all := []opening{}
	for i := range OpeningDays {
		day := from.AddDays(i)
		for _, band := range p.OpeningOn(p.Address, day).Bands {
			all = append(all, opening{From: instant(day, band.Opens), To: instant(day, band.Closes)})
		}
	}
	return all
}

// instant writes a minute of a day with its offset; one that the clocks jump over in spring is the same
// stretch after midnight.
func instant(day calendar.Day, m calendar.Minute) string {
	at, err := day.At(m)
	if err != nil {
		at = day.Start().Add(time.Duration(m) * time.Minute)
	}
	return at.Format(time.RFC3339)
}

// rounded keeps six decimals of a degree.
func rounded(degrees float64) float64 { return math.Round(degrees*1e6) / 1e6 }

// list makes of no tags an empty list, not null.
func list(tags []string) []string {
	if tags == nil {
		return []string{}
	}
	return tags
}
